//! The shape of the file: every key in drizzle-kit's order.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use crate::schema::SequenceOptions;

/// JSON objects keep the order in which drizzle-kit fills them.
pub(super) type Map<T> = IndexMap<String, T>;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Snapshot {
    pub(super) id: String,
    pub(super) prev_id: &'static str,
    pub(super) version: &'static str,
    pub(super) dialect: &'static str,
    pub(super) tables: Map<Table>,
    pub(super) enums: Map<Enum>,
    pub(super) schemas: Map<String>,
    pub(super) sequences: Map<SequenceShape>,
    pub(super) roles: Map<Role>,
    pub(super) policies: Map<Policy>,
    pub(super) views: Map<View>,
    /// What was renamed since the snapshot before: nothing.
    #[serde(rename = "_meta")]
    pub(super) meta: IndexMap<&'static str, Map<String>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Table {
    pub(super) name: String,
    /// Empty for `public`.
    pub(super) schema: String,
    pub(super) columns: Map<Column>,
    pub(super) indexes: Map<Index>,
    pub(super) foreign_keys: Map<ForeignKey>,
    pub(super) composite_primary_keys: Map<PrimaryKey>,
    pub(super) unique_constraints: Map<Unique>,
    pub(super) policies: Map<Policy>,
    pub(super) check_constraints: Map<Check>,
    #[serde(rename = "isRLSEnabled")]
    pub(super) is_rls_enabled: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) r#type: String,
    /// Of an enum, `public` spelled out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) type_schema: Option<String>,
    pub(super) primary_key: bool,
    pub(super) not_null: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) generated: Option<Generated>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) identity: Option<SequenceShape>,
    /// SQL; numbers, booleans and null as themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) default: Option<Value>,
}

#[derive(Debug, Serialize)]
pub(super) struct Generated {
    pub(super) r#as: String,
    pub(super) r#type: &'static str,
}

/// A sequence, or with a `type` an identity.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SequenceShape {
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    name: String,
    schema: String,
    increment: String,
    start_with: String,
    min_value: String,
    max_value: String,
    cache: String,
    cycle: bool,
}

impl SequenceShape {
    pub(super) fn new(kind: Option<&'static str>, name: String, schema: String, options: &SequenceOptions) -> Self {
        let SequenceOptions { increment, min_value, max_value, start_with, cache, cycle } = options.clone();
        Self { r#type: kind, name, schema, increment, start_with, min_value, max_value, cache, cycle }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) columns: Vec<IndexPart>,
    pub(super) is_unique: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) r#where: Option<String>,
    pub(super) concurrently: bool,
    pub(super) method: String,
    pub(super) with: Map<Value>,
}

/// The two kinds have their keys in different order.
#[derive(Debug, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(super) enum IndexPart {
    Expression {
        expression: String,
        asc: bool,
        is_expression: bool,
        nulls: String,
    },
    Column {
        expression: String,
        is_expression: bool,
        asc: bool,
        nulls: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        opclass: Option<String>,
    },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ForeignKey {
    pub(super) name: String,
    pub(super) table_from: String,
    pub(super) table_to: String,
    /// Absent for `public`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) schema_to: Option<String>,
    pub(super) columns_from: Vec<String>,
    pub(super) columns_to: Vec<String>,
    pub(super) on_delete: String,
    pub(super) on_update: String,
}

#[derive(Debug, Serialize)]
pub(super) struct PrimaryKey {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Unique {
    pub(super) name: String,
    pub(super) nulls_not_distinct: bool,
    pub(super) columns: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Policy {
    pub(super) name: String,
    pub(super) r#as: String,
    pub(super) r#for: String,
    pub(super) to: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) using: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) with_check: Option<String>,
    /// Only of a policy on a table that the schema does not create.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) schema: Option<String>,
    /// Likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) on: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Check {
    pub(super) name: String,
    pub(super) value: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Enum {
    pub(super) name: String,
    pub(super) schema: String,
    pub(super) values: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Role {
    pub(super) name: String,
    pub(super) create_db: bool,
    pub(super) create_role: bool,
    pub(super) inherit: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct View {
    pub(super) columns: Map<Column>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) definition: Option<String>,
    pub(super) name: String,
    pub(super) schema: String,
    pub(super) is_existing: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) with: Option<Map<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) with_no_data: Option<bool>,
    pub(super) materialized: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tablespace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) using: Option<String>,
}
