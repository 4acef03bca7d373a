//! Unique keys: what `ON CONFLICT` can name.

use serde::{Deserialize, Serialize};

use super::{Table, object_name};

/// What declares a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// The primary key.
    PrimaryKey,
    /// A unique constraint.
    UniqueConstraint,
    /// A unique index, which may be partial or over expressions.
    UniqueIndex,
}

/// A unique key of a table. Its columns never travel without its predicate: a partial index that is used as a conflict
/// target without it is an error in PostgreSQL ("no unique or exclusion constraint matching").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The constraint's or index's name.
    pub name: String,
    /// What declares it.
    pub kind: KeyKind,
    /// The plain columns, in key order.
    pub columns: Vec<String>,
    /// The expressions among the key's parts, as SQL.
    pub expressions: Vec<String>,
    /// The predicate of a partial index, as SQL.
    pub predicate: Option<String>,
    /// `NULLS NOT DISTINCT` (PostgreSQL 15).
    pub nulls_not_distinct: bool,
}

impl Table {
    /// All unique keys: the primary key, then unique constraints, then unique indexes, each in declaration order.
    pub fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::new();
        let single: Vec<String> = self.columns.iter().filter(|c| c.primary_key).map(|c| c.name.clone()).collect();
        if let Some(key) = &self.primary_key {
            keys.push(Key::plain(key.name.clone(), KeyKind::PrimaryKey, key.columns.clone(), false));
        } else if !single.is_empty() {
            // PostgreSQL names an unnamed primary key after its table.
            keys.push(Key::plain(object_name(&self.name, "_pkey"), KeyKind::PrimaryKey, single, false));
        }
        for unique in &self.uniques {
            let columns = unique.columns.clone();
            keys.push(Key::plain(unique.name.clone(), KeyKind::UniqueConstraint, columns, unique.nulls_not_distinct));
        }
        for index in self.indexes.iter().filter(|index| index.unique) {
            let part = |expressions| {
                let parts = index.columns.iter().filter(move |part| part.is_expression == expressions);
                parts.map(|part| part.expression.to_string()).collect()
            };
            keys.push(Key {
                name: index.name.clone(),
                kind: KeyKind::UniqueIndex,
                columns: part(false),
                expressions: part(true),
                predicate: index.predicate.as_ref().map(ToString::to_string),
                nulls_not_distinct: false,
            });
        }
        keys
    }
}

impl Key {
    fn plain(name: String, kind: KeyKind, columns: Vec<String>, nulls_not_distinct: bool) -> Key {
        Key { name, kind, columns, expressions: Vec::new(), predicate: None, nulls_not_distinct }
    }
}
