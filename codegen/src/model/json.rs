//! The Rust types of JSON values: structs, enums, and what is written without a name of its own.
//!
//! One TypeScript declaration is one Rust type, called after it. What has no name in TypeScript is called after where it
//! stands: the column, or the type and the member.

mod boxes;
mod union;

use serde_json::Value;

use crate::schema::{Column, JsonObject, JsonType, Location, Schema, Table};
use crate::typescript::is_json;

use super::enums::{Enum, Labels, variants};
use super::names::{Names, identifier, pascal, pascal_in, snake};

pub use boxes::Boxes;
pub use union::{Union, Variant};

/// All types of JSON values.
#[derive(Debug, Default)]
pub struct Json {
    /// Each declaration, followed by the nameless types in it; then those of the columns.
    pub items: Vec<Item>,
    /// Where a type holds itself by value.
    pub boxes: Boxes,
}

/// A type of JSON values.
#[derive(Debug)]
pub struct Item {
    /// The Rust name.
    pub name: String,
    /// The comment in TypeScript.
    pub docs: Option<String>,
    /// What it is called in TypeScript, or where it stands.
    pub origin: String,
    /// Where it is declared, or the column that it belongs to.
    pub location: Location,
    /// What it is.
    pub shape: Shape,
}

/// What a type of JSON values is in Rust.
#[derive(Debug)]
pub enum Shape {
    /// A struct.
    Struct(Struct),
    /// An enum of literals that are not all strings; those are among the enums of the schema.
    Values(Vec<(String, Value)>),
    /// An enum of types.
    Union(Union),
    /// A struct around a type that contains it.
    Newtype(Path),
    /// Another name of a type.
    Alias(Path),
}

/// An object.
#[derive(Debug)]
pub struct Struct {
    /// Keys with the one value that they have.
    pub constants: Vec<(String, Value)>,
    /// All other members.
    pub fields: Vec<Field>,
    /// The name of the field for all other keys.
    pub others: String,
    /// What they hold; `None` for any value.
    pub rest: Option<Path>,
}

/// A member of an object.
#[derive(Debug)]
pub struct Field {
    /// The field's name as it is written in source.
    pub name: String,
    /// The key.
    pub key: String,
    /// The comment in TypeScript.
    pub docs: Option<String>,
    /// How it may be missing.
    pub presence: Presence,
    /// Its type without what `presence` puts around it.
    pub path: Path,
    /// Why it is any value, if it is one for a reason.
    pub reason: Option<String>,
}

/// How a member may be missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is always there.
    Required,
    /// It may be absent.
    Optional,
    /// It may be absent, and it may be null.
    Nullable,
    /// It may be absent, and may be anything.
    Unknown,
}

/// A Rust type.
#[derive(Debug, Clone, PartialEq)]
pub enum Path {
    /// Written as it is.
    Plain(&'static str),
    /// An enum of labels, by its Rust name.
    Enum(String),
    /// One of [`Json::items`].
    Item(usize),
    /// `Vec`
    List(Box<Path>),
    /// A map from strings.
    Map(Box<Path>),
    /// `Option`
    Option(Box<Path>),
    /// A tuple.
    Tuple(Vec<Path>),
}

/// How many elements a tuple has that traits are implemented for.
const LONGEST_TUPLE: usize = 8;

/// The types of a schema's columns, by table and column.
pub type ColumnPaths = Vec<Vec<Option<Path>>>;

/// Names the types of all columns; enums of labels are added to the enums.
pub fn build(schema: &Schema, names: &mut Names, enums: &mut Vec<Enum>) -> (Json, ColumnPaths) {
    // By name and place, so that a name depends on as few others as can be.
    let mut order: Vec<usize> = (0..schema.types.len()).collect();
    order.sort_by_key(|&index| {
        let declared = &schema.types[index];
        (&declared.name, &declared.location.file, declared.location.line, index)
    });
    let mut declared = vec![String::new(); schema.types.len()];
    for index in order {
        let name = pascal(&schema.types[index].name);
        declared[index] = names.give(&[name.clone(), format!("{name}Value")]);
    }
    let mut builder = Builder { schema, names, enums, declared, paths: Vec::new(), items: Vec::new() };
    builder.declarations();
    let columns = schema.tables.iter().map(|table| {
        let columns = table.columns.iter().map(|column| builder.column(table, column));
        columns.collect()
    });
    let columns = columns.collect();
    let items: Vec<Item> = builder.items.into_iter().flatten().collect();
    let boxes = Boxes::of(&items);
    (Json { items, boxes }, columns)
}

struct Builder<'b> {
    schema: &'b Schema,
    names: &'b mut Names,
    enums: &'b mut Vec<Enum>,
    /// The Rust name of each declaration, and what it is.
    declared: Vec<String>,
    paths: Vec<Path>,
    /// `None` while a type's parts are being named.
    items: Vec<Option<Item>>,
}

/// Where a nameless type stands.
#[derive(Clone)]
struct Place {
    /// What it will be called.
    name: String,
    origin: String,
    location: Location,
}

impl Place {
    fn within(&self, part: &str) -> Self {
        let name = pascal_in(&self.name, part);
        Self { name, origin: format!("{}, at `{part}`", self.origin), location: self.location.clone() }
    }
}

impl Builder<'_> {
    fn declarations(&mut self) {
        // Every declaration has its path before any is looked into: they may name each other.
        let count = self.schema.types.len();
        for index in 0..count {
            self.paths.push(match &self.schema.types[index].body {
                JsonType::Literals(values) if values.iter().all(Value::is_string) => {
                    Path::Enum(self.declared[index].clone())
                }
                _ => {
                    self.items.push(None);
                    Path::Item(self.items.len() - 1)
                }
            });
        }
        for index in 0..count {
            let declared = &self.schema.types[index];
            let place = Place {
                name: self.declared[index].clone(),
                origin: format!("The TypeScript type `{}`", declared.name),
                location: declared.location.clone(),
            };
            match self.paths[index] {
                Path::Item(item) => {
                    let shape = self.shape(&declared.body, &place, Some(index));
                    self.items[item] = Some(Item {
                        name: place.name,
                        docs: declared.docs.clone(),
                        origin: place.origin,
                        location: place.location,
                        shape,
                    });
                }
                _ => {
                    if let JsonType::Literals(values) = &declared.body {
                        self.labels(values, &place, declared.docs.clone());
                    }
                }
            }
        }
    }

    fn labels(&mut self, values: &[Value], place: &Place, docs: Option<String>) {
        let labels: Vec<String> = values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        self.enums.push(Enum {
            schema: None,
            name: place.origin.clone(),
            rust_name: place.name.clone(),
            docs,
            location: place.location.clone(),
            variants: variants(&labels),
            labels: Labels::Text,
        });
    }

    fn shape(&mut self, body: &JsonType, place: &Place, own: Option<usize>) -> Shape {
        match body {
            JsonType::Object(object) => Shape::Struct(self.structure(object, place)),
            JsonType::Literals(values) => {
                let labels: Vec<String> = values
                    .iter()
                    .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                    .collect();
                let names = variants(&labels).into_iter().map(|(name, _)| name);
                Shape::Values(names.zip(values.iter().cloned()).collect())
            }
            JsonType::Union(parts) => Shape::Union(self.union(parts, place)),
            other => {
                let path = self.path(other, place);
                let recursive = own.is_some_and(|own| self.is_alias_of(own, own, 0));
                if recursive { Shape::Newtype(path) } else { Shape::Alias(path) }
            }
        }
    }

    /// Whether an alias stands for something made of another, with nothing but aliases in between.
    fn is_alias_of(&self, from: usize, to: usize, depth: usize) -> bool {
        fn named(ty: &JsonType, found: &mut Vec<usize>) {
            match ty {
                JsonType::Object(_) | JsonType::Union(_) | JsonType::Literals(_) => {}
                JsonType::Declared(index) => found.push(*index),
                other => other.children().into_iter().for_each(|child| named(child, found)),
            }
        }
        let mut found = Vec::new();
        named(&self.schema.types[from].body, &mut found);
        depth <= self.schema.types.len()
            && found.into_iter().any(|next| next == to || (next > from && self.is_alias_of(next, to, depth + 1)))
    }

    fn structure(&mut self, object: &JsonObject, place: &Place) -> Struct {
        let mut names = Names::default();
        let mut found = Struct { constants: Vec::new(), fields: Vec::new(), others: String::new(), rest: None };
        for member in &object.members {
            if let (false, Some(value)) = (member.optional, self.constant(&member.value)) {
                found.constants.push((member.name.clone(), value));
                continue;
            }
            let (nullable, value) = match &member.value {
                JsonType::Nullable(inner) => (true, &**inner),
                other => (false, other),
            };
            let unknown = self.is_unknown(value);
            let presence = match (member.optional, nullable) {
                (true, _) if unknown => Presence::Unknown,
                (true, false) => Presence::Optional,
                (true, true) => Presence::Nullable,
                (false, _) => Presence::Required,
            };
            let path = self.path(value, &place.within(&member.name));
            found.fields.push(Field {
                name: identifier(&names.give(&[snake(&member.name)])),
                key: member.name.clone(),
                docs: member.docs.clone(),
                presence,
                path: if nullable && presence == Presence::Required { Path::Option(Box::new(path)) } else { path },
                reason: reason(value),
            });
        }
        found.others = names.give(&["other".to_owned(), "other_keys".to_owned()]);
        if let Some(rest) = object.rest.as_deref().filter(|rest| !self.is_unknown(rest)) {
            found.rest = Some(Path::Map(Box::new(self.path(rest, &place.within("value")))));
        }
        found
    }

    /// What a type is behind the names of aliases.
    fn expanded<'t>(&'t self, ty: &'t JsonType) -> &'t JsonType {
        let mut found = ty;
        for _ in 0..=self.schema.types.len() {
            match found {
                JsonType::Declared(index) => found = &self.schema.types[*index].body,
                other => return other,
            }
        }
        found
    }

    fn is_unknown(&self, ty: &JsonType) -> bool {
        matches!(self.expanded(ty), JsonType::Unknown { .. })
    }

    /// The one value that a type allows.
    fn constant(&self, ty: &JsonType) -> Option<Value> {
        match self.expanded(ty) {
            JsonType::Literals(values) => match &values[..] {
                [only] if !only.is_f64() => Some(only.clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// The Rust type of a type; what needs a name becomes an item.
    fn path(&mut self, ty: &JsonType, place: &Place) -> Path {
        match ty {
            JsonType::Null => Path::Plain("()"),
            JsonType::Boolean => Path::Plain("bool"),
            JsonType::Number => Path::Plain("serde_json::Number"),
            JsonType::String => Path::Plain("String"),
            JsonType::Array(element) => Path::List(Box::new(self.path(element, &place.within("item")))),
            JsonType::Record(value) => Path::Map(Box::new(self.path(value, &place.within("value")))),
            JsonType::Nullable(inner) | JsonType::Optional(inner) => Path::Option(Box::new(self.path(inner, place))),
            JsonType::Tuple(items) if (1..=LONGEST_TUPLE).contains(&items.len()) => {
                let items = items.iter().enumerate();
                Path::Tuple(items.map(|(index, item)| self.path(item, &place.within(&index.to_string()))).collect())
            }
            JsonType::Declared(index) => self.paths[*index].clone(),
            JsonType::Literals(values) if values.iter().all(Value::is_string) => {
                let place = self.given(place);
                self.labels(values, &place, None);
                Path::Enum(place.name)
            }
            JsonType::Object(_) | JsonType::Literals(_) | JsonType::Union(_) => {
                let place = self.given(place);
                self.items.push(None);
                let index = self.items.len() - 1;
                let shape = self.shape(ty, &place, None);
                let Place { name, origin, location } = place;
                self.items[index] = Some(Item { name, docs: None, origin, location, shape });
                Path::Item(index)
            }
            _ => Path::Plain("serde_json::Value"),
        }
    }

    /// A place with a name that nothing else has.
    fn given(&mut self, place: &Place) -> Place {
        Place { name: self.names.give(&[place.name.clone(), format!("{}Value", place.name)]), ..place.clone() }
    }

    /// The type of a column's values, of an array's elements.
    fn column(&mut self, table: &Table, column: &Column) -> Option<Path> {
        let place = Place {
            name: pascal_in(&pascal(&table.name), &column.name),
            origin: format!("The column `{}.{}`", table.qualified_name(), column.name),
            location: column.location.clone(),
        };
        if let Some(value) = column.value_type.as_deref().filter(|value| !self.is_unknown(value)) {
            let value = match value {
                // Null in a column of text is the column's.
                JsonType::Nullable(inner) if !is_json(&column.data_type) => inner,
                other => other,
            };
            return Some(self.path(value, &place));
        }
        let labels = column.text_enum.as_ref().filter(|labels| !labels.is_empty())?;
        let values = labels.iter().map(|label| Value::from(label.as_str())).collect();
        Some(self.path(&JsonType::Literals(values), &place))
    }
}

/// Why a type is any value.
pub(crate) fn reason(ty: &JsonType) -> Option<String> {
    match ty {
        JsonType::Unknown { reason } => reason.clone(),
        JsonType::Tuple(items) if items.len() > LONGEST_TUPLE => {
            Some(format!("a tuple of {} elements has no Rust type here", items.len()))
        }
        JsonType::Nullable(inner) | JsonType::Optional(inner) | JsonType::Array(inner) | JsonType::Record(inner) => {
            reason(inner)
        }
        _ => None,
    }
}

impl Json {
    /// The type as it is written inside of an item, or outside of all.
    pub fn written(&self, path: &Path, inside: Option<usize>) -> String {
        self.write(path, inside, true)
    }

    fn write(&self, path: &Path, inside: Option<usize>, by_value: bool) -> String {
        match path {
            Path::Plain(name) => (*name).to_owned(),
            Path::Enum(name) => name.clone(),
            Path::Item(index) => {
                let name = &self.items[*index].name;
                let boxed = by_value && inside.is_some_and(|inside| self.boxes.needed(inside, *index));
                if boxed { format!("Box<{name}>") } else { name.clone() }
            }
            Path::List(inner) => format!("Vec<{}>", self.write(inner, inside, false)),
            Path::Map(inner) => format!("std::collections::BTreeMap<String, {}>", self.write(inner, inside, false)),
            Path::Option(inner) => format!("Option<{}>", self.write(inner, inside, by_value)),
            Path::Tuple(items) => {
                let items: Vec<String> = items.iter().map(|item| self.write(item, inside, by_value)).collect();
                format!("({},)", items.join(", "))
            }
        }
    }

    /// The type of a column: named types are columns themselves, others in [`Json`](self) of the runtime.
    pub fn column(&self, path: &Path) -> String {
        let written = self.written(path, None);
        if self.is_column(path) { written } else { format!("Json<{written}>") }
    }

    fn is_column(&self, path: &Path) -> bool {
        match path {
            Path::Item(index) => match &self.items[*index].shape {
                Shape::Alias(target) => self.is_column(target),
                _ => true,
            },
            Path::Plain(name) => *name == "serde_json::Value",
            _ => false,
        }
    }
}
