//! Paths: columns by name, through foreign keys.

use models::{ColumnDef, TableDef};

use crate::catalogue::Catalogue;
use crate::config::did_you_mean;

/// A column of a table, as an index, and where the path goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step<'p> {
    /// The column itself.
    Column(usize),
    /// Through the column to the parent, where the rest of the path is to be looked up.
    Parent(usize, &'p str),
}

/// The first step of a path. The error completes "… names": why it names nothing.
pub(super) fn step<'p>(table: &TableDef, path: &'p str) -> Result<Step<'p>, String> {
    if let Some(column) = named(table, path)? {
        return Ok(Step::Column(column));
    }
    let Some((first, rest)) = path.split_once('.') else {
        let names = table.columns.iter().flat_map(|column| [&*column.name, &*column.key]);
        return Err(format!("no column of {}{}", table.qualified_name(), did_you_mean(path, names)));
    };
    if let Some(column) = named(table, first)? {
        return Ok(Step::Parent(column, rest));
    }
    // The parent's own name will do where one foreign key leads there.
    let mut leading = table.references.iter().filter(|reference| reference.foreign_table == first);
    match (leading.next(), leading.next()) {
        (Some(reference), None) if reference.columns.len() == 1 => {
            let column = table.column_index(&reference.columns[0]);
            column.map(|column| Step::Parent(column, rest)).ok_or_else(|| format!("no column of {}", table.name))
        }
        (Some(one), Some(other)) => Err(format!(
            "more than one thing: {} and {} of {} both refer to {first}; name the column",
            one.columns.join(", "),
            other.columns.join(", "),
            table.qualified_name()
        )),
        _ => Err(format!("neither a column of {} nor a table that it refers to", table.qualified_name())),
    }
}

/// The column of a name or key.
fn named(table: &TableDef, name: &str) -> Result<Option<usize>, String> {
    let by_name = table.columns.iter().position(|column| column.name == name);
    let by_key = table.columns.iter().position(|column| column.key == name);
    match (by_name, by_key) {
        (Some(name_of), Some(key_of)) if name_of != key_of => Err(format!(
            "two columns of {}: {} by its name in the database, and {} by its key in the Drizzle schema",
            table.qualified_name(),
            table.columns[name_of].name,
            table.columns[key_of].name
        )),
        (found, other) => Ok(found.or(other)),
    }
}

/// The table that a column refers to, if it does.
pub(super) fn parent(catalogue: &Catalogue, table: &TableDef, column: &ColumnDef) -> Result<&'static TableDef, String> {
    let reference = table.references.iter().find(|reference| reference.columns.contains(&column.name));
    let Some(reference) = reference else {
        return Err(format!("something beyond {}.{}, which is no foreign key", table.qualified_name(), column.name));
    };
    catalogue.parent(&reference.foreign_schema, &reference.foreign_table).ok_or_else(|| {
        format!(
            "a column of {}.{}, which the schema does not declare",
            reference.foreign_schema, reference.foreign_table
        )
    })
}
