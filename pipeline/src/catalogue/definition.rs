//! codegen's IR as [`TableDef`]s: what generated code holds as statics, built at run time.

use std::borrow::Cow;

use codegen::generate::Overrides;
use codegen::model::types::Kind as ModelKind;
use codegen::model::{self, Table, checks, fields::Field};
use codegen::notice::Level;
use codegen::schema::{self, Schema, truncated};
use models::{
    CheckDef, ColumnDef, Comparison, Condition, Identity, KeyDef, KeyKind, Kind, List, ReferenceDef, RuntimeValue, Str,
    TableDef, Test,
};

/// The tables of a schema, and what is wrong with it. That a table has no default key is no error here: a load may name one.
pub(super) fn tables(schema: &Schema) -> (Vec<TableDef>, Vec<String>) {
    let (overrides, mut notices) = (Overrides::default(), Vec::new());
    let schema = schema.as_stored();
    let model = model::build(&schema, &overrides, &mut notices);
    let errors = notices.iter().filter(|notice| notice.level == Level::Error).map(ToString::to_string).collect();
    (model.tables.iter().map(table).collect(), errors)
}

fn table(table: &Table<'_>) -> TableDef {
    TableDef {
        schema: owned(table.schema.schema.as_deref().unwrap_or("public")),
        name: owned(&table.schema.name),
        columns: table.fields.iter().map(|field| column(table, field)).collect(),
        keys: table.keys.iter().map(|(unique, _)| key(unique)).collect(),
        references: table.schema.foreign_keys.iter().map(reference).collect(),
        checks: table.checks.iter().map(|(declared, conditions)| check(declared, conditions)).collect(),
        conflict_key: table.conflict.key,
        conflict_key_reason: owned(&table.conflict.reason),
    }
}

fn column(table: &Table<'_>, field: &Field<'_>) -> ColumnDef {
    let column = field.column;
    ColumnDef {
        name: owned(&column.name),
        key: owned(&column.key),
        sql_type: codegen::sql::types::spelling(column).into(),
        rust_type: owned(&field.rust_type.path),
        kind: kind(&field.rust_type.kind),
        dimensions: field.rust_type.dimensions,
        not_null: field.not_null,
        default: field.default_sql(table.schema).map(Cow::Owned),
        identity: column.identity.as_ref().map(|identity| match identity.always {
            true => Identity::Always,
            false => Identity::ByDefault,
        }),
        generated: column.generated.as_deref().map(owned),
        allowed: column.text_enum.as_deref().map(list).unwrap_or_default(),
        runtime_default: column.runtime_default.as_deref().map(runtime_value),
        on_update: column.on_update.as_deref().map(runtime_value),
    }
}

fn kind(kind: &ModelKind) -> Kind {
    match kind {
        ModelKind::Plain(name) => match *name {
            "Bool" => Kind::Bool,
            "Int2" => Kind::Int2,
            "Int4" => Kind::Int4,
            "Int8" => Kind::Int8,
            "Float4" => Kind::Float4,
            "Float8" => Kind::Float8,
            "Json" => Kind::Json,
            "Jsonb" => Kind::Jsonb,
            "Uuid" => Kind::Uuid,
            "Date" => Kind::Date,
            "Time" => Kind::Time,
            "Timestamp" => Kind::Timestamp,
            "TimestampTz" => Kind::TimestampTz,
            "Bytes" => Kind::Bytes,
            _ => Kind::Other,
        },
        ModelKind::Numeric(precision, scale) => Kind::Numeric { precision: *precision, scale: *scale },
        ModelKind::Text(length) => Kind::Text { max_length: *length },
        ModelKind::Char(length) => Kind::Char { length: *length },
        ModelKind::Bit(length, varying) => Kind::Bit { length: *length, varying: *varying },
        ModelKind::Vector(dimensions) => Kind::Vector { dimensions: *dimensions },
        ModelKind::Enum(labels) => Kind::Enum { labels: list(labels) },
    }
}

fn runtime_value(value: &schema::RuntimeValue) -> RuntimeValue {
    match value {
        schema::RuntimeValue::Now => RuntimeValue::Now,
        schema::RuntimeValue::Uuid => RuntimeValue::Uuid,
        schema::RuntimeValue::UuidV7 => RuntimeValue::UuidV7,
        schema::RuntimeValue::NanoId { length, alphabet } => {
            RuntimeValue::NanoId { length: *length, alphabet: owned(alphabet.as_deref().unwrap_or_default()) }
        }
        schema::RuntimeValue::Cuid2 { length } => RuntimeValue::Cuid2 { length: *length },
        schema::RuntimeValue::Ulid => RuntimeValue::Ulid,
        schema::RuntimeValue::Sql(sql) => RuntimeValue::Sql(sql.clone().into()),
        schema::RuntimeValue::Constant(json) => RuntimeValue::Constant(json.to_string().into()),
        // What is not known here cannot be computed here.
        _ => RuntimeValue::Unknown,
    }
}

fn key(key: &schema::Key) -> KeyDef {
    KeyDef {
        name: owned(&key.name),
        kind: match key.kind {
            schema::KeyKind::PrimaryKey => KeyKind::PrimaryKey,
            schema::KeyKind::UniqueConstraint => KeyKind::UniqueConstraint,
            schema::KeyKind::UniqueIndex => KeyKind::UniqueIndex,
        },
        columns: list(&key.columns),
        expressions: list(&key.expressions),
        predicate: key.predicate.as_deref().map(owned),
        nulls_not_distinct: key.nulls_not_distinct,
    }
}

fn reference(key: &schema::ForeignKey) -> ReferenceDef {
    ReferenceDef {
        name: owned(truncated(&key.name)),
        columns: list(&key.columns),
        foreign_schema: owned(key.foreign_schema.as_deref().unwrap_or("public")),
        foreign_table: owned(&key.foreign_table),
        foreign_columns: list(&key.foreign_columns),
    }
}

fn check(check: &schema::Check, conditions: &[checks::Condition]) -> CheckDef {
    let conditions = conditions.iter().map(|checks::Condition { column, test }| Condition {
        column: owned(column),
        test: match test {
            checks::Test::Number(sign, constant) => Test::Number(comparison(*sign), owned(constant)),
            checks::Test::Length(sign, length) => Test::Length(comparison(*sign), *length),
            checks::Test::OneOf(values) => Test::OneOf(list(values)),
            checks::Test::NoneOf(values) => Test::NoneOf(list(values)),
        },
    });
    CheckDef { name: owned(truncated(&check.name)), sql: owned(&check.expression), conditions: conditions.collect() }
}

fn comparison(sign: checks::Comparison) -> Comparison {
    match sign {
        checks::Comparison::Less => Comparison::Less,
        checks::Comparison::LessOrEqual => Comparison::LessOrEqual,
        checks::Comparison::Equal => Comparison::Equal,
        checks::Comparison::NotEqual => Comparison::NotEqual,
        checks::Comparison::GreaterOrEqual => Comparison::GreaterOrEqual,
        checks::Comparison::Greater => Comparison::Greater,
    }
}

fn owned(text: &str) -> Str {
    Cow::Owned(text.to_owned())
}

fn list(texts: &[String]) -> List<Str> {
    texts.iter().map(|text| owned(text)).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::Catalogue;

    /// The same schema, once through generated code and once at run time.
    #[test]
    fn what_is_built_at_run_time_equals_what_is_generated() {
        let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../drizzle-schemas/*.sql.ts");
        let found = Catalogue::read(&schema).unwrap();
        // The committed file begins with a comment that says who wrote it.
        assert!(models::SCHEMA_SQL.trim().ends_with(found.ddl.trim()));
        assert_eq!(found.tables.len(), models::TABLES.len());
        for table in models::TABLES {
            assert_eq!(found.table(&table.qualified_name()).unwrap(), *table);
        }
    }

    #[test]
    fn tables_are_named_by_hint_when_misspelt() {
        let error = Catalogue::models().table("roster_entries").unwrap_err();
        assert!(error.to_string().contains("did you mean \"roster_entry\""), "{error}");
    }
}
