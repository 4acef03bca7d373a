//! What is compared with what: tables by name, rows by key, columns by name; ids by the natural keys of the rows that they name.

use std::cell::RefCell;
use std::collections::BTreeSet;

use models::TableDef;

use super::columns::{At, Place, Root};
use super::family::{Family, Type};
use super::map::TableMap;
use super::options::Options;
use super::outcome::NotCompared;
use super::rule::Rule;
use super::tables::{Table, Tables};
use crate::config::did_you_mean;
use crate::{Error, Exit, Result};

/// Everything that is to be compared, and what cannot be.
#[derive(Debug, Default)]
pub(super) struct Plan {
    pub(super) tables: Vec<TablePlan>,
    pub(super) not_compared: Vec<NotCompared>,
    pub(super) only_left: Vec<String>,
    pub(super) only_right: Vec<String>,
}

/// A table on both sides.
#[derive(Debug)]
pub(super) struct TablePlan {
    /// Its name on either side, left first.
    pub(super) names: [(String, String); 2],
    pub(super) key: Vec<Pair>,
    pub(super) values: Vec<Pair>,
    pub(super) not_compared: Vec<NotCompared>,
    pub(super) ignored: Vec<String>,
}

/// A column on both sides.
#[derive(Debug, Clone)]
pub(super) struct Pair {
    /// Its name on the right, with the way to it: `school_id.ncaa_id`.
    pub(super) label: String,
    pub(super) family: Family,
    pub(super) rule: Rule,
    /// Left first.
    pub(super) terms: [Term; 2],
}

/// What a side gives for a column.
#[derive(Debug, Clone)]
pub(super) struct Term {
    /// The foreign keys that lead from the table to the column's.
    pub(super) steps: Vec<Step>,
    pub(super) what: What,
}

#[derive(Debug, Clone)]
pub(super) enum What {
    Value {
        column: String,
        of: Type,
        /// The other side's type is the same.
        same_type: bool,
        /// Of timestamps without one.
        zone: String,
        sorts_by_bytes: bool,
    },
    /// Whether the row that the last step names is there, or none is named.
    Found,
}

/// From a row to the one that it names.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Step {
    pub(super) columns: Vec<String>,
    pub(super) schema: String,
    pub(super) table: String,
    pub(super) foreign_columns: Vec<String>,
    pub(super) is_enforced: bool,
}

/// What is known while a plan is made.
pub(super) struct Planner<'a> {
    pub(super) left: &'a Tables,
    pub(super) right: &'a Tables,
    pub(super) options: &'a Options,
    /// What the map says, by the right side's tables.
    said: Vec<(&'a Table, &'a str, &'a TableMap)>,
    /// Those of `--ignore` that some column had.
    ignored: RefCell<BTreeSet<&'a str>>,
}

impl Plan {
    /// Pairs what is on both sides.
    ///
    /// # Errors
    /// [`Exit::Usage`] for names that are none, and for a table that is named and cannot be compared;
    /// [`Exit::Configuration`] for a map that does not fit, or if no table is on both sides.
    pub(super) fn new(left: &Tables, right: &Tables, options: &Options) -> Result<Self> {
        let planner = Planner::new(left, right, options)?;
        let mut plan = Self::default();
        if options.tables.is_empty() {
            planner.all(&mut plan)?;
        } else {
            for name in &options.tables {
                let right = planner.right_named(name)?;
                let left = planner.left_of(right).ok_or_else(|| {
                    let name = planner.left_name(right);
                    let hint = did_you_mean(&name, left.0.iter().map(|table| table.name.as_str()));
                    Error::new(Exit::Usage, format!("the left database has no table {name}{hint}"))
                        .help("a map says what it is called there: [tables.NAME] left = \"…\" (docs/comparing.md)")
                })?;
                let table = planner.table(left, right)?.map_err(|reason| {
                    Error::new(Exit::Usage, format!("{} cannot be compared: {reason}", right.qualified())).help(
                        "--key names the columns by which rows are told apart; a map, those that are called otherwise",
                    )
                })?;
                plan.tables.push(table);
            }
        }
        planner.check_ignored()?;
        Ok(plan)
    }
}

impl<'a> Planner<'a> {
    fn new(left: &'a Tables, right: &'a Tables, options: &'a Options) -> Result<Self> {
        let mut said = Vec::new();
        for (name, table) in options.map.tables() {
            let Some(found) = right.named(name) else {
                let hint = did_you_mean(name, right.0.iter().map(|table| table.name.as_str()));
                return Err(options.map.at(name, None, &format!("is no table of the right database{hint}")));
            };
            if let Some(other) = &table.left
                && left.named(other).is_none()
            {
                let hint = did_you_mean(other, left.0.iter().map(|table| table.name.as_str()));
                return Err(options.map.at(
                    name,
                    None,
                    &format!("is {other} on the left, which has no such table{hint}"),
                ));
            }
            said.push((found, name, table));
        }
        Ok(Self { left, right, options, said, ignored: RefCell::default() })
    }

    /// The models' tables, and those of the map.
    fn all(&self, plan: &mut Plan) -> Result<()> {
        let models = models::TABLES.iter().map(|table| (table.schema.to_string(), table.name.to_string()));
        let mapped = self.said.iter().map(|(table, ..)| (table.schema.clone(), table.name.clone()));
        let mut seen = BTreeSet::new();
        for (schema, name) in models.chain(mapped) {
            if !seen.insert((schema.clone(), name.clone())) {
                continue;
            }
            let right = self.right.get(&schema, &name);
            if right.and_then(|right| self.said(right)).is_some_and(|said| said.skip) {
                continue;
            }
            let left = right.map_or_else(|| self.left.get(&schema, &name), |right| self.left_of(right));
            match (left, right) {
                (Some(left), Some(right)) => match self.table(left, right)? {
                    Ok(table) => plan.tables.push(table),
                    Err(reason) => plan.not_compared.push(NotCompared { name: right.qualified(), reason }),
                },
                (Some(left), None) => plan.only_left.push(left.qualified()),
                (None, Some(right)) => plan.only_right.push(right.qualified()),
                (None, None) => {}
            }
        }
        if plan.tables.is_empty() && plan.not_compared.is_empty() {
            return Err(Error::new(Exit::Configuration, "none of the models' tables is on both sides")
                .help("--table names others; a map says what tables are called on the left (docs/comparing.md)"));
        }
        Ok(())
    }

    /// A table of the right side, by its name there or by that of the left.
    fn right_named(&self, name: &str) -> Result<&'a Table> {
        let by_left =
            || self.said.iter().find(|(.., said)| said.left.as_deref() == Some(name)).map(|(table, ..)| *table);
        self.right.named(name).or_else(by_left).ok_or_else(|| {
            let hint = did_you_mean(name, self.right.0.iter().map(|table| table.name.as_str()));
            Error::new(Exit::Usage, format!("the right database has no table {name}{hint}"))
        })
    }

    pub(super) fn said(&self, right: &Table) -> Option<&'a TableMap> {
        self.said.iter().find(|(table, ..)| *table == right).map(|(.., said)| *said)
    }

    fn left_name(&self, right: &Table) -> String {
        self.said(right).and_then(|said| said.left.clone()).unwrap_or_else(|| right.qualified())
    }

    /// The table of the left side that is compared with one of the right.
    pub(super) fn left_of(&self, right: &Table) -> Option<&'a Table> {
        match self.said(right).and_then(|said| said.left.as_deref()) {
            Some(name) => self.left.named(name),
            None => self.left.get(&right.schema, &right.name),
        }
    }

    /// The table of the right side that is compared with one of the left.
    pub(super) fn right_of(&self, left: &Table) -> Option<&'a Table> {
        self.right.0.iter().find(|right| self.left_of(right) == Some(left))
    }

    /// Pairs the columns of a table; the inner error says why it cannot be compared.
    fn table(&self, left: &'a Table, right: &'a Table) -> Result<Result<TablePlan, String>> {
        let root = Root { left, said: self.said(right), used: RefCell::default() };
        let place = |table| Place { table, steps: Vec::new() };
        let at = At { root: &root, prefix: String::new(), right: place(right), left: Some(place(left)) };
        let (key_columns, key) = match self.key(&at) {
            Ok(found) => found,
            Err(reason) => return Ok(Err(reason)),
        };
        let (mut values, mut not_compared, mut ignored) = (Vec::new(), Vec::new(), Vec::new());
        for column in right.columns.iter().map(|column| &column.name) {
            if key_columns.contains(column) || self.is_surrogate(right, column) {
                continue;
            }
            if self.ignores(right, root.said, column) {
                ignored.push(column.clone());
                continue;
            }
            match self.expand(&at, column, &[]) {
                Ok(pairs) => values.extend(pairs),
                Err(reason) => not_compared.push(NotCompared { name: column.clone(), reason }),
            }
        }
        let used: BTreeSet<&str> = key.iter().chain(&values).flat_map(|pair| pair.terms[0].own_columns()).collect();
        for column in left.columns.iter().map(|column| column.name.as_str()) {
            let is_id = left.surrogate() == Some(column)
                || self.right_column(left, right, column).is_some_and(|own| self.is_surrogate(right, &own));
            let told = || not_compared.iter().any(|one| self.left_column(right, &one.name) == column);
            let is_ignored = || ignored.iter().any(|one| self.left_column(right, one) == column);
            if used.contains(column) || is_id || told() || is_ignored() {
                continue;
            }
            if self.ignores(right, root.said, column) {
                ignored.push(column.to_owned());
                continue;
            }
            let reason = "the right side has no such column".to_owned();
            not_compared.push(NotCompared { name: format!("{column} (left)"), reason });
        }
        self.check_map(right, &root, &ignored)?;
        let names = [left, right].map(|table| (table.schema.clone(), table.name.clone()));
        Ok(Ok(TablePlan { names, key, values, not_compared, ignored }))
    }

    /// The columns by which rows are told apart, and their pairs.
    fn key(&self, at: &At<'_, 'a>) -> Result<(Vec<String>, Vec<Pair>), String> {
        let Some(key) = &self.options.key else { return self.natural(at, &[]) };
        let table = at.right.table;
        let named = table.keys.iter().find(|known| known.name == *key);
        let columns = match named {
            Some(known) => known.columns.clone(),
            None => key.split(',').map(|column| column.trim().to_owned()).collect(),
        };
        let pairs = columns.iter().map(|column| self.expand(at, column, &[]));
        let pairs: Vec<Vec<Pair>> = pairs.collect::<Result<_, _>>()?;
        Ok((columns, pairs.concat()))
    }

    fn ignores(&self, table: &Table, said: Option<&TableMap>, column: &str) -> bool {
        let names = [column.to_owned(), format!("{}.{column}", table.name), format!("{}.{column}", table.qualified())];
        let flags = self.options.ignore.iter().filter(|name| names.contains(name));
        let matched: Vec<&str> = flags.map(String::as_str).collect();
        self.ignored.borrow_mut().extend(&matched);
        !matched.is_empty() || said.is_some_and(|said| said.ignore.iter().any(|name| name == column))
    }

    /// A name that ignores nothing is a slip.
    fn check_ignored(&self) -> Result<()> {
        let ignored = self.ignored.borrow();
        match self.options.ignore.iter().find(|name| !ignored.contains(name.as_str())) {
            Some(name) => Err(Error::new(
                Exit::Usage,
                format!("--ignore {name}: no table that is compared has such a column outside of its key"),
            )),
            None => Ok(()),
        }
    }

    /// What a map says of columns must be about some.
    fn check_map(&self, right: &Table, root: &Root<'a>, ignored: &[String]) -> Result<()> {
        let Some((_, name, said)) = self.said.iter().find(|(table, ..)| *table == right) else { return Ok(()) };
        let used = root.used.borrow();
        let mut labels = said.columns.keys();
        if let Some(label) = labels.find(|label| !used.contains(*label) && !ignored.contains(label)) {
            let hint = did_you_mean(label, used.iter().map(String::as_str));
            return Err(self.options.map.at(name, Some(label), &format!("is no column that is compared{hint}")));
        }
        if let Some(column) = said.ignore.iter().find(|column| !ignored.contains(column)) {
            return Err(self.options.map.at(
                name,
                None,
                &format!("ignores {column}, which is no column outside of the key"),
            ));
        }
        Ok(())
    }
}

impl Term {
    /// The columns of the table itself that it is made of.
    fn own_columns(&self) -> Vec<&str> {
        match (self.steps.first(), &self.what) {
            (Some(step), _) => step.columns.iter().map(String::as_str).collect(),
            (None, What::Value { column, .. }) => vec![column],
            (None, What::Found) => Vec::new(),
        }
    }
}

/// The models' definition of a table.
pub(super) fn model(table: &Table) -> Option<&'static TableDef> {
    models::TABLES.iter().find(|model| model.schema == table.schema && model.name == table.name).copied()
}
