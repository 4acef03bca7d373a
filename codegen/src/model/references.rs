//! How other rows name a row: by its id, or by one of its natural keys.

use crate::schema::{Key, KeyKind, Schema};

use super::fields::Field;
use super::is_not_null;
use super::names::{Names, pascal};

/// The reference enum of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The field of the column that foreign keys hold: the variant with its plain value. `None` where the primary key has
    /// several columns: then no foreign key takes the reference, and it only names rows to find and update.
    pub target: Option<usize>,
    /// One variant for each key that can name a row, that column's own first.
    pub variants: Vec<Variant>,
}

/// A way to name a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// The variant's name.
    pub name: String,
    /// The key, as an index into the table's keys.
    pub key: usize,
    /// The key's parts.
    pub parts: Vec<Part>,
}

/// One column of a variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The column, as an index into the table's fields.
    pub field: usize,
    /// In a box, since the type contains itself through it.
    pub boxed: bool,
}

/// For each table the column that a reference to it stands for: its primary key, if that is one column.
pub fn targets(schema: &Schema) -> Vec<Option<usize>> {
    let target = |table: &crate::schema::Table| {
        let primary = table.keys().into_iter().find(|key| key.kind == KeyKind::PrimaryKey)?;
        let [only] = &primary.columns[..] else { return None };
        table.columns.iter().position(|column| &column.name == only)
    };
    schema.tables.iter().map(target).collect()
}

/// The reference of a table, if a key can name its rows.
///
/// A variant needs a key that names at most one row and that a join can use: no predicate, no expressions, all columns
/// not null, nulls not made equal.
pub fn build(
    schema: &Schema,
    table: usize,
    keys: &[Key],
    fields: &[Field<'_>],
    targets: &[Option<usize>],
) -> Option<Reference> {
    let target = targets[table];
    let definition = &schema.tables[table];
    let mut names = Names::reserving(["Self"]);
    let usable = |key: &Key| {
        let not_null = |name: &String| definition.column(name).is_some_and(|column| is_not_null(definition, column));
        key.predicate.is_none()
            && key.expressions.is_empty()
            && !key.nulls_not_distinct
            && !key.columns.is_empty()
            && key.columns.iter().all(not_null)
    };
    let mut seen: Vec<&[String]> = Vec::new();
    let mut variants = Vec::new();
    for (index, key) in keys.iter().enumerate().filter(|(_, key)| usable(key)) {
        if seen.contains(&key.columns.as_slice()) {
            continue;
        }
        seen.push(&key.columns);
        let part = |name: &String| {
            let field = fields.iter().position(|field| &field.column.name == name)?;
            // The plain value of the target column names the row itself, whatever that column refers to.
            let foreign = if key.kind == KeyKind::PrimaryKey { None } else { fields[field].target };
            Some(Part { field, boxed: foreign.is_some_and(|foreign| reaches(schema, foreign, table, targets)) })
        };
        let parts: Option<Vec<Part>> = key.columns.iter().map(part).collect();
        let name = names.give(&[pascal(&key.columns.join("_")), pascal(&key.name)]);
        variants.extend(parts.map(|parts| Variant { name, key: index, parts }));
    }
    (!variants.is_empty()).then_some(Reference { target, variants })
}

/// Whether the reference to one table contains, over any number of steps, the reference to another.
fn reaches(schema: &Schema, from: usize, to: usize, targets: &[Option<usize>]) -> bool {
    let mut seen = vec![false; schema.tables.len()];
    let mut open = vec![from];
    while let Some(table) = open.pop() {
        if table == to {
            return true;
        }
        if std::mem::replace(&mut seen[table], true) {
            continue;
        }
        let definition = &schema.tables[table];
        let keys = definition.keys();
        let in_a_key = |name: &String| keys.iter().any(|k| k.kind != KeyKind::PrimaryKey && k.columns.contains(name));
        for key in definition.foreign_keys.iter().filter(|key| key.columns.len() == 1 && in_a_key(&key.columns[0])) {
            let same = |t: &crate::schema::Table| t.schema == key.foreign_schema && t.name == key.foreign_table;
            open.extend(schema.tables.iter().position(same).filter(|&foreign| targets[foreign].is_some()));
        }
    }
    false
}
