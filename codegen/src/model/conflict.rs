//! Which key an upsert uses when none is named.

use std::collections::HashSet;

use crate::notice::{Notice, did_you_mean};
use crate::schema::{Column, DataType, Key, KeyKind, RuntimeValue, Table, truncated};

use super::is_not_null;

/// The choice, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// Index into the table's keys.
    pub key: Option<usize>,
    /// The reason as a sentence for people.
    pub reason: String,
}

/// Chooses by the rule of the contracts: a key that is named (in the settings, else by `@conflictKey`), else the one
/// unique key whose columns are all not null and given by the caller, else a natural primary key, else none, with a
/// warning.
///
/// # Errors
/// A named key that the table does not have.
pub fn choose(table: &Table, keys: &[Key], setting: Option<&str>, notices: &mut Vec<Notice>) -> Choice {
    let annotation = table.conflict_key.as_deref().map(|name| (name, "by @conflictKey in the schema"));
    if let Some((name, origin)) = setting.map(|name| (name, "by conflict_key in codegen.toml")).or(annotation) {
        return named(table, keys, name, origin, notices);
    }
    let candidates = natural_unique_keys(table, keys);
    if let [only] = candidates[..] {
        return Choice { key: Some(only), reason: "the one unique key of given, not null columns".to_owned() };
    }
    let natural = |key: &Key| key.kind == KeyKind::PrimaryKey && all_given(table, key);
    if let Some(primary) = keys.iter().position(natural) {
        return Choice { key: Some(primary), reason: "the primary key, which is natural".to_owned() };
    }
    let reason = if candidates.is_empty() {
        "no unique key of given, not null columns without a predicate".to_owned()
    } else {
        format!("{} unique keys could be meant: {}", candidates.len(), listed(candidates.iter().map(|&i| &keys[i])))
    };
    let help = if keys.is_empty() {
        "the table has no unique key: give it one to make upserts possible".to_owned()
    } else {
        format!("name one of {} with `@conflictKey` above the table or `conflict_key` in codegen.toml", listed(keys))
    };
    let message = format!("table `{}` has no default conflict key: {reason}", table.qualified_name());
    notices.push(Notice::warning("conflict-key", message).at(&table.location).help(help));
    Choice { key: None, reason }
}

fn named(table: &Table, keys: &[Key], name: &str, origin: &str, notices: &mut Vec<Notice>) -> Choice {
    let found = keys.iter().position(|key| key.name == name || truncated(&key.name) == name);
    if found.is_none() {
        let names = keys.iter().map(|key| key.name.as_str());
        let guess = did_you_mean(name, names);
        let message = format!("table `{}` has no unique key `{name}`, named {origin}{guess}", table.qualified_name());
        let known = if keys.is_empty() { "it has none".to_owned() } else { format!("it has {}", listed(keys)) };
        notices.push(Notice::error("conflict-key", message).at(&table.location).help(known));
    }
    Choice { key: found, reason: format!("named {origin}") }
}

/// Unique keys of all given, not null columns; of several over the same columns the first.
fn natural_unique_keys(table: &Table, keys: &[Key]) -> Vec<usize> {
    let mut seen = HashSet::new();
    let unique = |key: &Key| key.kind != KeyKind::PrimaryKey && all_given(table, key);
    let mut fresh = |key: &Key| {
        let mut columns = key.columns.clone();
        columns.sort();
        seen.insert(columns)
    };
    keys.iter().enumerate().filter(|(_, key)| unique(key) && fresh(key)).map(|(index, _)| index).collect()
}

fn all_given(table: &Table, key: &Key) -> bool {
    let given = |name: &String| table.column(name).is_some_and(|c| is_not_null(table, c) && is_given(c));
    key.predicate.is_none() && key.expressions.is_empty() && !key.columns.is_empty() && key.columns.iter().all(given)
}

/// Whether the caller gives the value: it is computed neither by the database (sequences, generated columns, defaults
/// such as `gen_random_uuid()`) nor by the client (`$defaultFn`). A constant default is no computation.
fn is_given(column: &Column) -> bool {
    let serial = matches!(column.data_type, DataType::SmallSerial | DataType::Serial | DataType::BigSerial);
    let computed = column.default.as_ref().is_some_and(|default| default.expression)
        || matches!(column.runtime_default.as_deref(), Some(value) if !matches!(value, RuntimeValue::Constant(_)));
    !serial && !computed && column.identity.is_none() && column.generated.is_none()
}

fn listed<'a>(keys: impl IntoIterator<Item = &'a Key>) -> String {
    keys.into_iter().map(|key| format!("`{}`", key.name)).collect::<Vec<_>>().join(", ")
}
