//! The schema with every name as the database keeps it.

use std::borrow::Cow;

use super::{DataType, Schema, Table, truncated};

impl Schema {
    /// The same with names of more than 63 bytes as PostgreSQL cuts them (NAMEDATALEN): what rows come back under.
    pub fn as_stored(&self) -> Cow<'_, Schema> {
        let mut stored = self.clone();
        stored.tables.iter_mut().for_each(cut_table);
        stored.enums.iter_mut().for_each(|declared| cut(&mut declared.name));
        for relation in &mut stored.relations {
            for name in [&mut relation.table, &mut relation.foreign_table] {
                if let Some((schema, table)) = name.split_once('.') {
                    *name = format!("{}.{}", truncated(schema), truncated(table));
                }
            }
            cut_all(&mut relation.columns);
            cut_all(&mut relation.foreign_columns);
        }
        if stored == *self { Cow::Borrowed(self) } else { Cow::Owned(stored) }
    }
}

fn cut(name: &mut String) {
    let length = truncated(name).len();
    name.truncate(length);
}

fn cut_all(names: &mut [String]) {
    names.iter_mut().for_each(cut);
}

fn cut_table(table: &mut Table) {
    cut(&mut table.name);
    for column in &mut table.columns {
        cut(&mut column.name);
        cut_type(&mut column.data_type);
    }
    table.primary_key.iter_mut().for_each(|key| cut_all(&mut key.columns));
    table.uniques.iter_mut().for_each(|key| cut_all(&mut key.columns));
    for key in &mut table.foreign_keys {
        cut_all(&mut key.columns);
        cut(&mut key.foreign_table);
        cut_all(&mut key.foreign_columns);
    }
    let parts = table.indexes.iter_mut().flat_map(|index| &mut index.columns);
    for part in parts.filter(|part| !part.is_expression) {
        part.expression = truncated(&part.expression).to_owned().into();
    }
}

fn cut_type(data_type: &mut DataType) {
    match data_type {
        DataType::Enum { name, .. } => cut(name),
        DataType::Array { element, .. } => cut_type(element),
        _ => {}
    }
}
