//! Relations, with the columns of those that say none: drizzle-orm's `normalizeRelation`.

use crate::notice::Notice;
use crate::schema::{self, Key, Schema};

use super::names::{Names, shouty};

/// A relation that is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// Its property name.
    pub name: String,
    /// True for `many`.
    pub many: bool,
    /// The name of its constant.
    pub constant: String,
    /// The columns of the table that it starts from.
    pub columns: Vec<String>,
    /// The table that it leads to.
    pub foreign: usize,
    /// The columns of that table.
    pub foreign_columns: Vec<String>,
    /// `relationName`
    pub relation_name: Option<String>,
}

/// Constants that a row type has besides those of keys, which begin with `BY_`, and of relations.
const RESERVED: &[&str] = &["TABLE", "RELATIONS"];

/// The relations of a table with these keys, whose constants are beside theirs. One that drizzle-orm refuses, which it does when
/// a query uses it, is left out with a warning.
pub fn build(
    schema: &Schema,
    table: &schema::Table,
    keys: &[(Key, String)],
    notices: &mut Vec<Notice>,
) -> Vec<Relation> {
    let own = table.qualified_name();
    let taken = keys.iter().map(|(_, constant)| constant.as_str()).chain(RESERVED.iter().copied());
    let mut constants = Names::reserving(taken);
    let mut relations = Vec::new();
    for relation in schema.relations.iter().filter(|relation| relation.table == own) {
        let complete = columns(schema, relation).and_then(|(columns, foreign_columns)| {
            let foreign = schema.tables.iter().position(|other| other.qualified_name() == relation.foreign_table);
            let foreign = foreign.ok_or_else(|| format!("`{}` is not exported", relation.foreign_table))?;
            Ok(Relation {
                name: relation.name.clone(),
                many: relation.many,
                constant: constants.give(&[shouty(&relation.name), format!("{}_RELATION", shouty(&relation.name))]),
                columns,
                foreign,
                foreign_columns,
                relation_name: relation.relation_name.clone(),
            })
        });
        match complete {
            Ok(relation) => relations.push(relation),
            Err(reason) => {
                let message = format!("relation `{}` of table `{own}` is left out: {reason}", relation.name);
                let help = "drizzle-orm refuses a query that uses it";
                notices.push(Notice::warning("relation", message).at(&table.location).help(help));
            }
        }
    }
    relations
}

/// The columns on both sides: those that `one` gives, else those of the one relation that leads back.
fn columns(schema: &Schema, relation: &schema::Relation) -> Result<(Vec<String>, Vec<String>), String> {
    if !relation.columns.is_empty() {
        return Ok((relation.columns.clone(), relation.foreign_columns.clone()));
    }
    let leads_back = |other: &&schema::Relation| {
        other.table == relation.foreign_table
            && match &relation.relation_name {
                Some(name) => !std::ptr::eq(*other, relation) && other.relation_name.as_ref() == Some(name),
                None => other.foreign_table == relation.table,
            }
    };
    let reverse: Vec<&schema::Relation> = schema.relations.iter().filter(leads_back).collect();
    match reverse[..] {
        [one] if !one.columns.is_empty() => Ok((one.foreign_columns.clone(), one.columns.clone())),
        [] | [_] => Err(format!("no `one` of `{}` with `fields` leads back", relation.foreign_table)),
        _ => Err(format!(
            "{} relations of `{}` could lead back: name it by `relationName`",
            reverse.len(),
            relation.foreign_table
        )),
    }
}
