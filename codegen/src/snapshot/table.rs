//! Tables, their columns, keys, indexes and policies.

use serde_json::Value;

use super::shape::{
    Check, Column, ForeignKey, Generated, Index, IndexPart, Policy, PrimaryKey, SequenceShape, Table, Unique,
};
use super::{Writer, public};
use crate::schema::{self, ColumnDefault, DataType, Wording};
use crate::sql::types::element;

impl Writer {
    pub(super) fn table(self, table: &schema::Table) -> Table {
        let named = |columns: &[String]| columns.to_vec();
        let (schema, name) = (table.schema.as_deref(), &table.name);
        Table {
            name: name.clone(),
            schema: schema.unwrap_or_default().to_owned(),
            columns: table.columns.iter().map(|c| (c.name.clone(), self.column(c, schema))).collect(),
            indexes: table.indexes.iter().map(|index| (index.name.clone(), self.index(index))).collect(),
            foreign_keys: table
                .foreign_keys
                .iter()
                .map(|key| {
                    let shape = ForeignKey {
                        name: key.name.clone(),
                        table_from: name.clone(),
                        table_to: key.foreign_table.clone(),
                        schema_to: key.foreign_schema.clone(),
                        columns_from: named(&key.columns),
                        columns_to: named(&key.foreign_columns),
                        on_delete: key.on_delete.clone(),
                        on_update: key.on_update.clone(),
                    };
                    (key.name.clone(), shape)
                })
                .collect(),
            composite_primary_keys: table
                .primary_key
                .iter()
                .map(|key| (key.name.clone(), PrimaryKey { name: key.name.clone(), columns: named(&key.columns) }))
                .collect(),
            unique_constraints: table
                .uniques
                .iter()
                .map(|unique| {
                    let nulls_not_distinct = unique.nulls_not_distinct;
                    let shape =
                        Unique { name: unique.name.clone(), nulls_not_distinct, columns: named(&unique.columns) };
                    (unique.name.clone(), shape)
                })
                .collect(),
            policies: table.policies.iter().map(|policy| (policy.name.clone(), self.policy(policy))).collect(),
            check_constraints: table
                .checks
                .iter()
                .map(|check| {
                    (check.name.clone(), Check { name: check.name.clone(), value: self.text(&check.expression) })
                })
                .collect(),
            is_rls_enabled: table.row_level_security,
        }
    }

    /// A column of a table or view of that schema.
    pub(super) fn column(self, column: &schema::Column, schema: Option<&str>) -> Column {
        let type_schema = match element(&column.data_type) {
            DataType::Enum { schema, from_object, .. }
                if !from_object || self.wording == Wording::Valid && schema.is_some() =>
            {
                Some(public(schema.as_deref()))
            }
            _ => None,
        };
        Column {
            name: column.name.clone(),
            r#type: column.sql_type.clone(),
            type_schema,
            primary_key: column.primary_key,
            not_null: column.not_null,
            generated: column.generated.as_ref().map(|sql| Generated { r#as: self.text(sql), r#type: "stored" }),
            identity: column.identity.as_ref().map(|identity| {
                let kind = if identity.always { "always" } else { "byDefault" };
                SequenceShape::new(Some(kind), identity.sequence.clone(), public(schema), &identity.options)
            }),
            default: column.default.as_ref().map(|default| self.default(default, column)),
        }
    }

    /// drizzle-kit keeps what it need not put in quotes as a JSON value, and so also what it should have put in quotes.
    fn default(self, default: &ColumnDefault, column: &schema::Column) -> Value {
        let is_json = matches!(column.data_type, DataType::Json | DataType::Jsonb);
        match &default.value {
            Some(value) if !is_json && (value.is_number() || value.is_boolean() || value.is_null()) => value.clone(),
            Some(value @ (Value::Array(_) | Value::Object(_)))
                if !is_json && self.wording == Wording::DrizzleKit && !column.sql_type.contains('[') =>
            {
                value.clone()
            }
            _ => Value::String(self.text(&default.sql)),
        }
    }

    fn index(self, index: &schema::Index) -> Index {
        let part = |part: &schema::IndexColumn| {
            let default = if part.ascending { "last" } else { "first" };
            let nulls = part.nulls.clone().unwrap_or_else(|| default.to_owned());
            let expression = self.text(&part.expression);
            let (asc, is_expression) = (part.ascending, part.is_expression);
            if is_expression {
                return IndexPart::Expression { expression, asc, is_expression, nulls };
            }
            IndexPart::Column { expression, is_expression, asc, nulls, opclass: part.opclass.clone() }
        };
        Index {
            name: index.name.clone(),
            columns: index.columns.iter().map(part).collect(),
            is_unique: index.unique,
            r#where: index.predicate.as_ref().map(|predicate| self.text(predicate)),
            concurrently: index.concurrently,
            method: index.method.clone(),
            with: index.with.iter().map(|(key, value)| (key.clone(), literal(value))).collect(),
        }
    }

    pub(super) fn policy(self, policy: &schema::Policy) -> Policy {
        Policy {
            name: policy.name.clone(),
            r#as: policy.kind.clone(),
            r#for: policy.command.clone(),
            to: policy.roles.clone(),
            using: policy.using.as_ref().map(|sql| self.text(sql)),
            with_check: policy.with_check.as_ref().map(|sql| self.text(sql)),
            schema: None,
            on: None,
        }
    }
}

/// A number or a boolean where the text is one, else the text.
pub(super) fn literal(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_))) => value,
        _ => Value::String(text.to_owned()),
    }
}
