//! Whether a live database is what the schema says: tables, columns, types, nullability, defaults, keys, references, enums,
//! views, sequences, row level security; and what each difference breaks.
//!
//! ```text
//! schema ──expected──▶ catalogue of temporary tables ─┐
//!                                                      compare ──▶ Comparison ──▶ report
//! database ───────────▶ catalogue of the real ones ────┘
//! ```

mod catalogue;
mod compare;
mod connect;
mod difference;
mod expected;
mod report;

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{Connection, PgConnection};

use crate::schema::{DataType, Schema, Table, truncated};
use crate::sql;
use catalogue::Name;
pub use connect::{ConnectError, connect};
pub use difference::{Comparison, Difference, Severity};
pub use report::{json, table};

/// Compares a schema with a database. What it makes there is temporary and rolled back; nothing is changed.
///
/// # Errors
/// What the database says, where it cannot be asked: a lost connection, or a role without the right TEMP.
pub async fn verify(connection: &mut PgConnection, schema: &Schema) -> Result<Comparison, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    // Both sides are spelt by the same path, and names without a schema mean `public`, as in drizzle-kit's DDL. Temporary
    // tables come last, or one called `uuid` would hide the type.
    sqlx::raw_sql("set local search_path to pg_catalog, public, pg_temp").execute(&mut *transaction).await?;
    let comparison = look(&mut transaction, schema).await;
    transaction.rollback().await?;
    comparison
}

async fn look(connection: &mut PgConnection, schema: &Schema) -> Result<Comparison, sqlx::Error> {
    let names: BTreeSet<String> = schemas(schema);
    let names: Vec<String> = names.into_iter().collect();
    let enums = catalogue::enums(connection, &names).await?;
    let tables = catalogue::tables(connection, &names).await?;
    let asked: Vec<Name> = schema
        .tables
        .iter()
        .map(|table| name(table.schema.as_deref(), &table.name))
        .chain(schema.views.iter().map(|view| name(view.schema.as_deref(), &view.name)))
        .chain(schema.sequences.iter().map(|sequence| name(sequence.schema.as_deref(), &sequence.name)))
        .collect();
    let live = catalogue::relations(connection, &asked).await?;

    let unknown_types = catalogue::unknown_types(connection, &type_names(schema)).await?;
    let mut by_schema: BTreeMap<Option<&str>, Vec<&Table>> = BTreeMap::new();
    for table in &schema.tables {
        if live.contains_key(&name(table.schema.as_deref(), &table.name)) {
            by_schema.entry(table.schema.as_deref()).or_default().push(table);
        }
    }
    let mut expected = BTreeMap::new();
    for (schema, tables) in by_schema {
        for (table, made) in expected::expected(connection, &tables, &unknown_types).await? {
            expected.insert(name(schema, &table), made);
        }
    }
    let known = compare::Known { enums, tables, live, expected };
    Ok(compare::compare(schema, &known))
}

/// The name that the catalogue has.
fn name(schema: Option<&str>, name: &str) -> Name {
    (truncated(schema.unwrap_or("public")).to_owned(), truncated(name).to_owned())
}

/// Every PostgreSQL schema that the Drizzle schema has something in.
fn schemas(schema: &Schema) -> BTreeSet<String> {
    let tables = schema.tables.iter().map(|table| table.schema.as_deref());
    let enums = schema.enums.iter().map(|declared| declared.schema.as_deref());
    let views = schema.views.iter().map(|view| view.schema.as_deref());
    tables.chain(enums).chain(views).map(|schema| schema.unwrap_or("public").to_owned()).collect()
}

/// The types of all columns as DDL spells them, but for serials, which are no types.
fn type_names(schema: &Schema) -> Vec<String> {
    let is_serial =
        |data_type: &DataType| matches!(data_type, DataType::Serial | DataType::SmallSerial | DataType::BigSerial);
    let columns = schema.tables.iter().flat_map(|table| &table.columns);
    let types =
        columns.filter(|column| !is_serial(&column.data_type)).map(|column| sql::types::ddl(column).into_owned());
    types.collect::<BTreeSet<_>>().into_iter().collect()
}
