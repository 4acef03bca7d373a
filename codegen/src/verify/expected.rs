//! What the catalogue would say if the schema were there: PostgreSQL's own answer.
//!
//! PostgreSQL rewrites what it stores (`'x'` becomes `'x'::text`, `a in (1, 2)` becomes `a = any (…)`), so texts of the schema
//! cannot be compared with texts of the catalogue. Instead the declared tables are made as *temporary* ones, in a transaction
//! that is rolled back, and the catalogue is asked about them. That needs the right TEMP and touches nothing of the user's.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, PgConnection};

use super::catalogue::{self, Relation};
use crate::schema::{DataType, Schema, Table};
use crate::sql;

/// A declared table as the catalogue would have it.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) relation: Relation,
    /// Why defaults, generated columns, checks and indexes are not in `relation`: what the database said to them.
    pub(super) refused: Option<String>,
    /// Columns whose types the database does not know; what `relation` says of their type and default means nothing.
    pub(super) untyped: BTreeSet<String>,
}

/// The tables of one schema, by name. A table that the database refuses in every form is not among them; the message is.
pub(super) async fn expected(
    connection: &mut PgConnection,
    tables: &[&Table],
    unknown_types: &BTreeSet<String>,
) -> Result<BTreeMap<String, Result<Expected, String>>, sqlx::Error> {
    let prepared: Vec<(Table, BTreeSet<String>)> = tables.iter().map(|table| typed(table, unknown_types)).collect();
    let all: Vec<&Table> = prepared.iter().map(|(table, _)| table).collect();
    let mut made = BTreeMap::new();
    // All at once; one by one only where one of them is refused.
    if let Ok(relations) = try_create(connection, &all, false).await? {
        for (table, untyped) in &prepared {
            if let Some(relation) = relations.get(sql_name(table)) {
                let expected = Expected { relation: relation.clone(), refused: None, untyped: untyped.clone() };
                made.insert(table.name.clone(), Ok(expected));
            }
        }
        return Ok(made);
    }
    for (table, untyped) in &prepared {
        let (relations, refused) = match try_create(connection, &[table], false).await? {
            Ok(relations) => (Ok(relations), None),
            Err(message) => (try_create(connection, &[table], true).await?, Some(message)),
        };
        let relation = relations.map(|mut relations| relations.remove(sql_name(table)));
        let expected = match relation {
            Ok(Some(relation)) => Ok(Expected { relation, refused, untyped: untyped.clone() }),
            Ok(None) => Err("it was made and then not found".to_owned()),
            Err(message) => Err(message),
        };
        made.insert(table.name.clone(), expected);
    }
    Ok(made)
}

/// Makes temporary tables, looks at them and takes them back. The inner error is the database's refusal.
async fn try_create(
    connection: &mut PgConnection,
    tables: &[&Table],
    plain: bool,
) -> Result<Result<BTreeMap<String, Relation>, String>, sqlx::Error> {
    let statements: Vec<String> = tables.iter().flat_map(|table| temporary(table, plain)).collect();
    sqlx::raw_sql("savepoint declared").execute(&mut *connection).await?;
    let made = match sqlx::raw_sql(AssertSqlSafe(statements.join(";\n"))).execute(&mut *connection).await {
        Ok(_) => {
            let schema: String =
                sqlx::query_scalar("select nspname::text from pg_namespace where oid = pg_my_temp_schema()")
                    .persistent(false)
                    .fetch_one(&mut *connection)
                    .await?;
            let names: Vec<_> = tables.iter().map(|table| (schema.clone(), sql_name(table).to_owned())).collect();
            let relations = catalogue::relations(connection, &names).await?;
            Ok(relations.into_iter().map(|((_, name), relation)| (name, relation)).collect())
        }
        Err(sqlx::Error::Database(error)) if !is_about_the_role(error.code().as_deref()) => {
            Err(error.message().to_owned())
        }
        Err(error) => return Err(error),
    };
    sqlx::raw_sql("rollback to savepoint declared").execute(connection).await?;
    Ok(made)
}

/// Whether it is the role or the server that refuses temporary tables, and not the declaration: `insufficient_privilege`,
/// `read_only_sql_transaction` (a standby).
fn is_about_the_role(sqlstate: Option<&str>) -> bool {
    matches!(sqlstate, Some("42501" | "25006"))
}

fn sql_name(table: &Table) -> &str {
    crate::schema::truncated(&table.name)
}

/// The statements that make a table with its keys, checks and indexes as a temporary one. Where `plain`, without whatever
/// holds an expression.
fn temporary(table: &Table, plain: bool) -> Vec<String> {
    let mut table = table.clone();
    let qualifier = table.schema.take().map(|schema| format!("{}.{}.", sql::quote(&schema), sql::quote(&table.name)));
    table.foreign_keys.clear();
    table.policies.clear();
    table.row_level_security = false;
    if plain {
        table.checks.clear();
        table.indexes.clear();
        for column in &mut table.columns {
            (column.default, column.generated) = (None, None);
        }
    }
    for index in &mut table.indexes {
        // Not in a transaction, and no part of what is indexed.
        index.concurrently = false;
    }
    let quoted = sql::quote(&table.name);
    let own = format!("{quoted}.");
    let (on_own, on_temporary) = (format!(" ON {quoted} USING "), format!(" ON pg_temp.{quoted} USING "));
    let alone = Schema {
        version: crate::schema::IR_VERSION,
        schemas: Vec::new(),
        enums: Vec::new(),
        sequences: Vec::new(),
        roles: Vec::new(),
        tables: vec![table],
        views: Vec::new(),
        policies: Vec::new(),
        relations: Vec::new(),
        types: Vec::new(),
    };
    let statements = sql::statements(&alone).into_iter().map(|statement| {
        // The schema's own expressions name the table in its schema.
        let statement = match &qualifier {
            Some(qualifier) => statement.replace(qualifier, &own),
            None => statement,
        };
        let statement = statement.trim_end().trim_end_matches(';');
        match statement.strip_prefix("CREATE TABLE ") {
            Some(rest) => format!("CREATE TEMP TABLE {rest}"),
            // An index: never on the real table.
            None => statement.replacen(&on_own, &on_temporary, 1),
        }
    });
    statements.collect()
}

/// The table with `text` for each type that the database does not know, and the columns that this touched.
fn typed(table: &Table, unknown_types: &BTreeSet<String>) -> (Table, BTreeSet<String>) {
    let mut table = table.clone();
    let mut untyped = BTreeSet::new();
    for column in &mut table.columns {
        if unknown_types.contains(&*sql::types::ddl(column)) {
            untyped.insert(crate::schema::truncated(&column.name).to_owned());
            (column.sql_type, column.data_type) = ("text".to_owned(), DataType::Text);
            (column.default, column.generated) = (None, None);
        }
    }
    (table, untyped)
}
