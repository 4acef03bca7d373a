//! drizzle-kit's snapshot of a schema, version 7: what `drizzle-kit generate` writes to `meta/0000_snapshot.json`.
//!
//! Keys and their order are drizzle-kit's (its `pgSerializer`), so that its later migrations can start from ours.

mod shape;
mod table;
mod view;

use std::hash::{DefaultHasher, Hash, Hasher};

use indexmap::IndexMap;

use crate::schema::{Schema, Sequence, Sql, Wording};
use shape::{Enum, Policy, Role, SequenceShape, Snapshot};

/// What drizzle-kit writes as the id of what came before the first snapshot.
const NOTHING_BEFORE: &str = "00000000-0000-0000-0000-000000000000";

/// The snapshot as JSON, indented as drizzle-kit's. Its `id`, which is random there, is made of the content: the same schema
/// has the same one.
///
/// # Errors
/// When the schema cannot be written as JSON.
pub fn snapshot(schema: &Schema, wording: Wording) -> Result<String, serde_json::Error> {
    let mut snapshot = Writer { wording }.snapshot(schema);
    let content = serde_json::to_string(&snapshot)?;
    snapshot.id = id(&content);
    serde_json::to_string_pretty(&snapshot)
}

/// A UUID of version 8 (RFC 9562: made as the application likes) over the text.
fn id(content: &str) -> String {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        (seed, content).hash(&mut hasher);
        hasher.finish()
    };
    let bits = (u128::from(half(0)) << 64) | u128::from(half(1));
    let bits = (bits & !(0xf << 76) & !(0x3 << 62)) | (0x8 << 76) | (0x2 << 62);
    let digits = format!("{bits:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

#[derive(Debug, Clone, Copy)]
struct Writer {
    wording: Wording,
}

impl Writer {
    fn snapshot(self, schema: &Schema) -> Snapshot {
        Snapshot {
            id: String::new(),
            prev_id: NOTHING_BEFORE,
            version: "7",
            dialect: "postgresql",
            tables: schema.tables.iter().map(|table| (table.qualified_name(), self.table(table))).collect(),
            enums: schema
                .enums
                .iter()
                .map(|declared| {
                    let schema = public(declared.schema.as_deref());
                    let key = format!("{schema}.{}", declared.name);
                    (key, Enum { name: declared.name.clone(), schema, values: declared.values.clone() })
                })
                .collect(),
            schemas: schema.schemas.iter().map(|name| (name.clone(), name.clone())).collect(),
            sequences: schema.sequences.iter().map(sequence).collect(),
            roles: schema
                .roles
                .iter()
                .map(|role| {
                    let shape = Role {
                        name: role.name.clone(),
                        create_db: role.create_db,
                        create_role: role.create_role,
                        inherit: role.inherit,
                    };
                    (role.name.clone(), shape)
                })
                .collect(),
            policies: schema
                .policies
                .iter()
                .map(|linked| {
                    let schema = public(linked.schema.as_deref());
                    let on = format!("\"{schema}\".\"{}\"", linked.table);
                    let policy = Policy { schema: Some(schema), on: Some(on), ..self.policy(&linked.policy) };
                    (linked.policy.name.clone(), policy)
                })
                .collect(),
            views: schema
                .views
                .iter()
                .map(|view| (format!("{}.{}", public(view.schema.as_deref()), view.name), self.view(view)))
                .collect(),
            meta: IndexMap::from(["columns", "schemas", "tables"].map(|key| (key, IndexMap::new()))),
        }
    }

    fn text(self, sql: &Sql) -> String {
        sql.in_wording(self.wording).to_owned()
    }
}

fn sequence(sequence: &Sequence) -> (String, SequenceShape) {
    let schema = public(sequence.schema.as_deref());
    let key = format!("{schema}.{}", sequence.name);
    (key, SequenceShape::new(None, sequence.name.clone(), schema, &sequence.options))
}

/// drizzle-kit spells `public` out, but for the schema of a table.
fn public(schema: Option<&str>) -> String {
    schema.unwrap_or("public").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_uuid_that_follows_from_the_content() {
        let one = id("{}");
        assert_eq!(one, id("{}"));
        assert_ne!(one, id("{ }"));
        let parts: Vec<usize> = one.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert!(one[14..].starts_with('8') && one[19..].starts_with(['8', '9', 'a', 'b']), "{one}");
    }
}
