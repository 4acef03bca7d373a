//! Documentation of a schema, for people. The same schema always gives the same text.
//!
//! - [`mermaid`] draws tables and foreign keys as an entity relationship diagram.
//! - [`markdown`] is a reference of all that is declared.

pub mod markdown;
pub mod mermaid;

use crate::schema::{Column, ForeignKey, Table};

/// What a column takes part in: its table's primary key, a foreign key, a unique key over it alone.
#[derive(Debug, Clone, Copy)]
struct Roles {
    primary: bool,
    foreign: bool,
    unique: bool,
}

impl Roles {
    fn of(table: &Table, column: &Column) -> Roles {
        let composite = table.primary_key.iter().any(|key| key.columns.contains(&column.name));
        Roles {
            primary: column.primary_key || composite,
            foreign: table.foreign_keys.iter().any(|key| key.columns.contains(&column.name)),
            unique: is_unique(table, std::slice::from_ref(&column.name)),
        }
    }

    /// `PK`, `FK`, `UK`; a primary key of one column is unique without a word.
    fn marks(self) -> Vec<&'static str> {
        let unique = self.unique && !self.primary;
        let marks = [(self.primary, "PK"), (self.foreign, "FK"), (unique, "UK")];
        marks.into_iter().filter_map(|(has, mark)| has.then_some(mark)).collect()
    }
}

/// True when no two rows have the same values in these columns: a key that is neither partial nor over expressions is within.
fn is_unique(table: &Table, columns: &[String]) -> bool {
    table.keys().iter().any(|key| {
        let whole = key.predicate.is_none() && key.expressions.is_empty();
        whole && !key.columns.is_empty() && key.columns.iter().all(|column| columns.contains(column))
    })
}

/// True when a row may refer to none: PostgreSQL does not check a key of which one column is null.
fn is_optional(table: &Table, key: &ForeignKey) -> bool {
    key.columns.iter().any(|name| table.column(name).is_none_or(|column| !is_required(table, column)))
}

/// True when the column is never null. The columns of a composite primary key are not, whatever the schema says of them.
fn is_required(table: &Table, column: &Column) -> bool {
    column.not_null || column.identity.is_some() || Roles::of(table, column).primary
}

/// `schema.name`, or the name alone in `public`.
fn display_name(schema: Option<&str>, name: &str) -> String {
    schema.map_or_else(|| name.to_owned(), |schema| format!("{schema}.{name}"))
}
