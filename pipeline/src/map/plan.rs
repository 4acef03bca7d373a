//! The plan of a file: for each column that it gives, where the value comes from.

use std::collections::HashMap;
use std::sync::Arc;

use models::{ColumnDef, Identity, KeyDef, Kind, TableDef};

use super::file::{FieldRule, MapFile, Rest};
use super::path::{Step, parent, step};
use crate::catalogue::Catalogue;
use crate::config::did_you_mean;
use crate::files::{Format, Use};
use crate::load::Recipe;
use crate::{Error, Exit, Result};

/// How records of one file become rows of a table.
#[derive(Debug)]
pub struct Plan {
    /// Columns in rising order.
    pub(super) fields: Vec<(usize, Node)>,
    /// The names of the file's fields, for messages.
    pub(super) names: Vec<String>,
    /// Texts of a json column are JSON values (NDJSON), not JSON to be read (CSV).
    pub(super) texts_are_values: bool,
    /// How the records are read, to be kept beside those that are refused.
    pub(super) recipe: Option<Arc<Recipe>>,
}

/// What is known of a file before its records are read.
#[derive(Debug, Clone, Copy)]
pub struct Header<'a> {
    /// Its name in messages.
    pub file: &'a str,
    /// The names of its fields.
    pub names: &'a [String],
    /// Its format.
    pub format: Format,
}

/// Where a value comes from.
#[derive(Debug)]
pub(super) enum Node {
    Value(Leaf),
    Parent(Parent),
}

/// A value.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) input: Input,
    pub(super) rule: FieldRule,
    pub(super) column: &'static ColumnDef,
}

#[derive(Debug)]
pub(super) enum Input {
    Field(usize),
    Constant(String),
}

/// A parent row by one of its keys.
#[derive(Debug)]
pub(super) struct Parent {
    pub(super) table: &'static TableDef,
    pub(super) key: &'static KeyDef,
    /// In key order.
    pub(super) parts: Vec<Node>,
}

/// A tree of paths while it grows; by column.
#[derive(Default)]
struct Tree(Vec<(usize, Branch)>);

enum Branch {
    Value(Leaf),
    Parent(&'static TableDef, Tree),
}

/// The names under which NDJSON may give what a table and a map speak of: columns that can be written, and the map's fields.
pub fn spellings(table: &TableDef, map: Option<&MapFile>) -> Vec<Vec<String>> {
    let mapped: Vec<&str> =
        map.iter().flat_map(|map| map.rules()).filter_map(|(_, rule)| rule.field.as_deref()).collect();
    let mut names: Vec<Vec<String>> = mapped.iter().map(|name| vec![(*name).to_owned()]).collect();
    if map.is_none_or(|map| map.rest() == Rest::Match) {
        let writable = table.columns.iter().filter(|column| is_writable(column));
        names.extend(writable.map(|column| {
            let both = [column.name.to_string(), column.key.to_string()];
            both.into_iter().filter(|name| !mapped.contains(&name.as_str())).collect::<Vec<_>>()
        }));
    }
    names.retain(|spellings| !spellings.is_empty());
    names
}

fn is_writable(column: &ColumnDef) -> bool {
    column.generated.is_none() && column.identity != Some(Identity::Always)
}

impl Plan {
    /// Brings the fields of a file, the map and the table together. `only` are the columns to load; `None` is all.
    ///
    /// # Errors
    /// [`Exit::Input`] for a header that does not fit, [`Exit::Configuration`] for a map that does not, with its place.
    pub fn new(
        catalogue: &Catalogue,
        (table, key): (&'static TableDef, &'static KeyDef),
        Header { file, names, format }: Header<'_>,
        map: Option<&MapFile>,
        only: Option<&[String]>,
    ) -> Result<Self> {
        let self_describing = format == Format::Ndjson;
        let of_header =
            |name: &str, what: &str| Error::new(Exit::Input, format!("{file}: the header {name:?} names {what}"));
        let mut places: HashMap<&str, usize> = HashMap::new();
        for (place, name) in names.iter().enumerate() {
            if let Some(first) = places.insert(name, place) {
                let (first, second) = (first + 1, place + 1);
                let message = format!("{file}: the header {name:?} stands twice, in fields {first} and {second}");
                return Err(Error::new(Exit::Input, message));
            }
        }
        let mut tree = Tree::default();
        let mut used = vec![false; names.len()];
        for (path, rule) in map.iter().flat_map(|map| map.rules()) {
            let at = |what: &str| map.map_or_else(|| of_header(path, what), |map| map.at(path, what));
            let input = match (&rule.field, &rule.constant) {
                (Some(field), _) => {
                    let place = places.get(field.as_str()).copied().ok_or_else(|| {
                        let hint = did_you_mean(field, names.iter().map(String::as_str));
                        at(&format!("takes the field {field:?}, which {file} does not have{hint}"))
                    })?;
                    used[place] = true;
                    Input::Field(place)
                }
                (None, constant) => Input::Constant(constant.clone().unwrap_or_default()),
            };
            let added = tree.add(catalogue, table, path, input, rule.clone());
            added.map_err(|what| at(&format!("names {what}")))?;
        }
        if map.is_none_or(|map| map.rest() == Rest::Match) {
            for (place, name) in names.iter().enumerate().filter(|(place, _)| !used[*place]) {
                // A column that the map gives otherwise may still be known to a file without a header.
                if self_describing && tree.gives(table, name) {
                    continue;
                }
                let added = tree.add(catalogue, table, name, Input::Field(place), FieldRule::default());
                added.map_err(|what| {
                    of_header(name, &what)
                        .help("give a --map that says where it belongs, or passes it over with rest = \"ignore\"")
                })?;
            }
        }
        if let Some(only) = only {
            tree.keep(table, only)?;
        }
        let at =
            |path: &str, what: &str| match map.filter(|map| map.rules().any(|(mapped, _)| mapped.starts_with(path))) {
                Some(map) => Error::new(Exit::Configuration, format!("{}: {path} {what}", map.name)),
                None => Error::new(Exit::Input, format!("{file}: {path} {what}")),
            };
        let fields = tree.finish(table, "", &at)?;
        let missing: Vec<&str> = (key.columns.iter())
            .filter(|name| !fields.iter().any(|(column, _)| table.columns[*column].name == **name))
            .map(AsRef::as_ref)
            .collect();
        if !missing.is_empty() {
            let (missing, key) = (missing.join(", "), &key.name);
            let message =
                format!("{file} does not give {missing}, part of the key {key} of {}", table.qualified_name());
            return Err(Error::new(Exit::Input, message).help("give it by a --map, or name another key with --key"));
        }
        Ok(Self { fields, names: names.to_vec(), texts_are_values: self_describing, recipe: None })
    }

    /// The same, with the recipe that is kept beside refused records.
    #[must_use]
    pub fn with_recipe(self, recipe: Arc<Recipe>) -> Self {
        Self { recipe: Some(recipe), ..self }
    }

    /// The recipe that is kept beside refused records, if there is one.
    pub fn recipe(&self) -> Option<Arc<Recipe>> {
        self.recipe.clone()
    }

    /// What each field is read for.
    pub fn uses(&self) -> Vec<Use> {
        let mut uses = vec![Use::None; self.names.len()];
        self.fields.iter().for_each(|(_, node)| node.note_uses(&mut uses));
        uses
    }

    /// True if records give the column.
    pub fn gives(&self, table: &TableDef, column: &str) -> bool {
        self.fields.iter().any(|(index, _)| table.columns[*index].name == column)
    }
}

impl Node {
    fn note_uses(&self, uses: &mut [Use]) {
        match self {
            Self::Value(Leaf { input: Input::Field(place), column, .. }) => {
                let wanted = match column.kind {
                    Kind::Bytes => Use::Bytes,
                    Kind::Timestamp => Use::Local,
                    _ => Use::Text,
                };
                let known = uses[*place];
                uses[*place] = if known == Use::None || known == wanted { wanted } else { Use::Text };
            }
            Self::Value(_) => {}
            Self::Parent(parent) => parent.parts.iter().for_each(|part| part.note_uses(uses)),
        }
    }
}

impl Tree {
    fn add(
        &mut self,
        catalogue: &Catalogue,
        table: &'static TableDef,
        path: &str,
        input: Input,
        rule: FieldRule,
    ) -> Result<(), String> {
        match step(table, path)? {
            Step::Column(index) => {
                let column = &table.columns[index];
                if self.0.iter().any(|(known, _)| *known == index) {
                    return Err(format!("the column {}, which something else gives too", column.name));
                }
                self.0.push((index, Branch::Value(Leaf { input, rule, column })));
                Ok(())
            }
            Step::Parent(index, rest) => {
                let column = &table.columns[index];
                let parent = parent(catalogue, table, column)?;
                let place = match self.0.iter().position(|(known, _)| *known == index) {
                    Some(place) => place,
                    None => {
                        self.0.push((index, Branch::Parent(parent, Tree::default())));
                        self.0.len() - 1
                    }
                };
                match &mut self.0[place].1 {
                    Branch::Parent(_, tree) => tree.add(catalogue, parent, rest, input, rule),
                    Branch::Value(_) => Err(format!("a part of {}, which is given as a value too", column.name)),
                }
            }
        }
    }

    /// True if a column of that name has its value already.
    fn gives(&self, table: &TableDef, name: &str) -> bool {
        self.0.iter().any(|(index, _)| table.columns[*index].name == name || table.columns[*index].key == name)
    }

    fn keep(&mut self, table: &TableDef, only: &[String]) -> Result<()> {
        let mut kept = Vec::new();
        for name in only {
            let index = (table.columns.iter()).position(|column| column.name == *name || column.key == *name);
            let index = index.ok_or_else(|| {
                let hint = did_you_mean(name, table.columns.iter().map(|column| &*column.name));
                let table = table.qualified_name();
                Error::new(Exit::Usage, format!("--columns names {name}, which {table} does not have{hint}"))
            })?;
            if !self.0.iter().any(|(known, _)| *known == index) {
                return Err(Error::new(Exit::Input, format!("--columns names {name}, which the file does not give")));
            }
            kept.push(index);
        }
        self.0.retain(|(index, _)| kept.contains(index));
        Ok(())
    }

    fn finish(
        mut self,
        table: &'static TableDef,
        prefix: &str,
        at: &dyn Fn(&str, &str) -> Error,
    ) -> Result<Vec<(usize, Node)>> {
        self.0.sort_by_key(|(index, _)| *index);
        let mut nodes = Vec::new();
        for (index, branch) in self.0 {
            let column = &table.columns[index];
            let path = format!("{prefix}{}", column.name);
            if prefix.is_empty() && !is_writable(column) {
                return Err(
                    at(&path, "can only be written by the database").help("leave it out with --columns or a --map")
                );
            }
            let node = match branch {
                Branch::Value(leaf) => {
                    check(&leaf).map_err(|what| at(&path, &what))?;
                    Node::Value(leaf)
                }
                Branch::Parent(parent, tree) => {
                    let parts = tree.finish(parent, &format!("{path}."), at)?;
                    Node::Parent(by_key(parent, parts).map_err(|what| at(&path, &what))?)
                }
            };
            nodes.push((index, node));
        }
        Ok(nodes)
    }
}

/// The key of the parent that the parts make up.
fn by_key(table: &'static TableDef, mut parts: Vec<(usize, Node)>) -> Result<Parent, String> {
    let is_key = |key: &&KeyDef| {
        key.expressions.is_empty()
            && key.columns.len() == parts.len()
            && parts.iter().all(|(index, _)| key.columns.contains(&table.columns[*index].name))
    };
    let Some(key) = table.keys.iter().find(is_key) else {
        let given: Vec<&str> = parts.iter().map(|(index, _)| &*table.columns[*index].name).collect();
        let keys: Vec<String> = table.keys.iter().map(|key| format!("({})", key.columns.join(", "))).collect();
        return Err(format!(
            "names a row of {} by ({}), which is none of its unique keys: {}",
            table.qualified_name(),
            given.join(", "),
            keys.join(", ")
        ));
    };
    let mut ordered = Vec::new();
    for name in key.columns.iter() {
        let place = parts.iter().position(|(index, _)| table.columns[*index].name == *name);
        ordered.extend(place.map(|place| parts.swap_remove(place).1));
    }
    Ok(Parent { table, key, parts: ordered })
}

/// Whether a rule suits its column.
fn check(leaf: &Leaf) -> Result<(), String> {
    let (rule, column) = (&leaf.rule, leaf.column);
    let of_moment = matches!(column.kind, Kind::Date | Kind::Time | Kind::Timestamp | Kind::TimestampTz);
    if rule.format.is_some() && !of_moment {
        return Err(format!("has a `format` of dates and times, but is {}", column.sql_type));
    }
    if (!rule.truths.is_empty() || !rule.falsehoods.is_empty()) && column.kind != Kind::Bool {
        return Err(format!("has words for true and false, but is {}", column.sql_type));
    }
    Ok(())
}
