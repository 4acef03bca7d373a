//! Whether the tables in the database are those of the models.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use models::{KeyDef, TableDef};
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::errors::database_error;
use crate::error::Result;

/// What separates the statements of drizzle-kit's DDL, and of ours.
const BREAKPOINT: &str = "--> statement-breakpoint";

/// Where tables without a schema in the DDL go: a role called `pipeline` would otherwise make them in the schema of its
/// own name, beside the bookkeeping.
pub(super) const SEARCH_PATH: &str = "set local search_path to public";

/// Something that the models have and the database has not, or has otherwise; or that it asks for and they do not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// No such schema.
    MissingSchema {
        /// Its name.
        schema: String,
    },
    /// No such table.
    MissingTable {
        /// As `schema.name`.
        table: String,
    },
    /// No such column.
    MissingColumn {
        /// As `schema.name`.
        table: String,
        /// Its name.
        column: String,
        /// The type it should have.
        expected: String,
    },
    /// A column of another type.
    ColumnType {
        /// As `schema.name`.
        table: String,
        /// Its name.
        column: String,
        /// The type it should have.
        expected: String,
        /// The type it has.
        found: String,
    },
    /// A column that the models do not know and that no row can leave out: not null, and nothing fills it.
    UnknownRequired {
        /// As `schema.name`.
        table: String,
        /// Its name.
        column: String,
        /// The type it has.
        found: String,
    },
    /// No unique index that `ON CONFLICT` could use for the table's conflict key.
    MissingKey {
        /// As `schema.name`.
        table: String,
        /// The key's name in the models.
        key: String,
        /// Its parts.
        parts: Vec<String>,
    },
}

impl Difference {
    /// The table that it is about, as `schema.name`; of a missing schema, its name.
    pub fn place(&self) -> &str {
        match self {
            Self::MissingSchema { schema } => schema,
            Self::MissingTable { table }
            | Self::MissingColumn { table, .. }
            | Self::ColumnType { table, .. }
            | Self::UnknownRequired { table, .. }
            | Self::MissingKey { table, .. } => table,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingSchema { schema } => write!(f, "schema {schema} is missing"),
            Self::MissingTable { table } => write!(f, "table {table} is missing"),
            Self::MissingColumn { table, column, expected } => {
                write!(f, "column {table}.{column} ({expected}) is missing")
            }
            Self::ColumnType { table, column, expected, found } => {
                write!(f, "column {table}.{column} is {found} instead of {expected}")
            }
            Self::UnknownRequired { table, column, found } => {
                write!(f, "column {table}.{column} ({found}) is required by the database and unknown to the models")
            }
            Self::MissingKey { table, key, parts } => {
                write!(f, "table {table} has no usable unique key ({}) like {key}", parts.join(", "))
            }
        }
    }
}

/// Compares tables with the database: schemas, tables, columns, their types, and the conflict key. Three queries, however
/// many tables there are. What the database has besides is no difference, unless no row could be inserted for it.
pub async fn check_tables(connection: &mut PgConnection, tables: &[&TableDef]) -> Result<Vec<Difference>> {
    let mut differences = check_columns(connection, tables).await?;
    let lost: BTreeSet<String> = differences
        .iter()
        .filter_map(|difference| match difference {
            Difference::MissingTable { table } => Some(table.clone()),
            _ => None,
        })
        .collect();
    let lost_schemas: BTreeSet<&str> = differences
        .iter()
        .filter_map(|difference| match difference {
            Difference::MissingSchema { schema } => Some(schema.as_str()),
            _ => None,
        })
        .collect();
    let there: Vec<&TableDef> = tables
        .iter()
        .copied()
        .filter(|table| !lost.contains(&table.qualified_name()) && !lost_schemas.contains(&*table.schema))
        .collect();
    differences.extend(check_unknown(connection, &there).await?);
    differences.extend(check_keys(connection, &there).await?);
    Ok(differences)
}

/// Creates tables: `ddl` is statements separated by `--> statement-breakpoint`, run in the caller's transaction.
pub(super) async fn create_tables(transaction: &mut PgConnection, ddl: &str) -> Result<()> {
    let failed = |error| database_error("create the tables", error);
    sqlx::raw_sql(SEARCH_PATH).execute(&mut *transaction).await.map_err(failed)?;
    for statement in ddl.split(BREAKPOINT).map(str::trim).filter(|statement| !statement.is_empty()) {
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut *transaction).await.map_err(|error| {
            let beginning = statement.lines().next().unwrap_or_default();
            database_error(&format!("create the tables (at `{beginning}`)"), error)
        })?;
    }
    Ok(())
}

async fn check_columns(connection: &mut PgConnection, tables: &[&TableDef]) -> Result<Vec<Difference>> {
    let columns: Vec<_> =
        tables.iter().flat_map(|table| table.columns.iter().map(move |column| (*table, column))).collect();
    let failed = |error| database_error("compare the tables with the models", error);
    let rows = sqlx::query(include_str!("queries/columns.sql"))
        .persistent(false)
        .bind(columns.iter().map(|(table, _)| &*table.schema).collect::<Vec<_>>())
        .bind(columns.iter().map(|(table, _)| &*table.name).collect::<Vec<_>>())
        .bind(columns.iter().map(|(_, column)| &*column.name).collect::<Vec<_>>())
        .bind(columns.iter().map(|(_, column)| &*column.sql_type).collect::<Vec<_>>())
        .fetch_all(connection)
        .await
        .map_err(failed)?;

    let mut differences = Vec::new();
    for ((table, column), row) in columns.into_iter().zip(rows) {
        let found: Option<String> = row.try_get("found").map_err(failed)?;
        let expected = column.sql_type.to_string();
        let column = column.name.to_string();
        let difference = if !row.try_get::<bool, _>("has_schema").map_err(failed)? {
            Difference::MissingSchema { schema: table.schema.to_string() }
        } else if !row.try_get::<bool, _>("has_table").map_err(failed)? {
            Difference::MissingTable { table: table.qualified_name() }
        } else {
            match found {
                None => Difference::MissingColumn { table: table.qualified_name(), column, expected },
                Some(found) => {
                    let same_type: bool = row.try_get("same_type").map_err(failed)?;
                    if same_type && same_modifiers(&expected, &found) {
                        continue;
                    }
                    Difference::ColumnType { table: table.qualified_name(), column, expected, found }
                }
            }
        };
        // A missing table is one difference, however many columns it has.
        if !differences.contains(&difference) {
            differences.push(difference);
        }
    }
    Ok(differences)
}

/// Columns that every row must give and that the models do not know.
async fn check_unknown(connection: &mut PgConnection, tables: &[&TableDef]) -> Result<Vec<Difference>> {
    let failed = |error| database_error("compare the tables with the models", error);
    let rows = sqlx::query(include_str!("queries/required.sql"))
        .persistent(false)
        .bind(tables.iter().map(|table| &*table.schema).collect::<Vec<_>>())
        .bind(tables.iter().map(|table| &*table.name).collect::<Vec<_>>())
        .fetch_all(connection)
        .await
        .map_err(failed)?;
    let mut differences = Vec::new();
    for row in rows {
        let (schema, name): (String, String) =
            (row.try_get("schema_name").map_err(failed)?, row.try_get("table_name").map_err(failed)?);
        let column: String = row.try_get("column_name").map_err(failed)?;
        let is_known = |table: &&&TableDef| table.columns.iter().any(|known| known.name == column);
        let table = tables.iter().find(|table| table.schema == schema && table.name == name);
        if let Some(table) = table.filter(|table| !is_known(table)) {
            let found = row.try_get("found").map_err(failed)?;
            differences.push(Difference::UnknownRequired { table: table.qualified_name(), column, found });
        }
    }
    Ok(differences)
}

/// A unique index as far as `ON CONFLICT` is concerned.
struct Index {
    columns: BTreeSet<String>,
    expressions: usize,
    partial: bool,
    nulls_not_distinct: bool,
}

impl Index {
    /// Whether `ON CONFLICT` finds it for this key (PostgreSQL's inference: the same set of columns; an index without a
    /// predicate serves every predicate). Predicates and expressions are not compared as text, since PostgreSQL spells
    /// them its own way; that they are there is.
    fn serves(&self, key: &KeyDef) -> bool {
        self.columns.len() == key.columns.len()
            && key.columns.iter().all(|column| self.columns.contains(&**column))
            && self.expressions == key.expressions.len()
            && (!self.partial || key.predicate.is_some())
            && (self.nulls_not_distinct || !key.nulls_not_distinct)
    }
}

async fn check_keys(connection: &mut PgConnection, tables: &[&TableDef]) -> Result<Vec<Difference>> {
    let failed = |error| database_error("compare the tables' keys with the models", error);
    let rows = sqlx::query(include_str!("queries/keys.sql"))
        .persistent(false)
        .bind(tables.iter().map(|table| &*table.schema).collect::<Vec<_>>())
        .bind(tables.iter().map(|table| &*table.name).collect::<Vec<_>>())
        .fetch_all(connection)
        .await
        .map_err(failed)?;
    let mut indexes: BTreeMap<i64, Vec<Index>> = BTreeMap::new();
    for row in rows {
        let columns: Vec<String> = row.try_get("columns").map_err(failed)?;
        indexes.entry(row.try_get("position").map_err(failed)?).or_default().push(Index {
            columns: columns.into_iter().collect(),
            expressions: usize::try_from(row.try_get::<i64, _>("expressions").map_err(failed)?).unwrap_or_default(),
            partial: row.try_get("partial").map_err(failed)?,
            nulls_not_distinct: row.try_get("nulls_not_distinct").map_err(failed)?,
        });
    }
    let missing = (1..).zip(tables).filter_map(|(position, table)| {
        let key = table.default_conflict_key()?;
        let found = indexes.get(&position).is_some_and(|indexes| indexes.iter().any(|index| index.serves(key)));
        let parts = key.columns.iter().chain(key.expressions.iter()).map(ToString::to_string).collect();
        (!found).then(|| Difference::MissingKey { table: table.qualified_name(), key: key.name.to_string(), parts })
    });
    Ok(missing.collect())
}

/// Whether the lengths, precisions and scales of two spellings of a type agree. Modifiers that are not numbers are the
/// business of an extension, which may show them differently from how they were written.
fn same_modifiers(expected: &str, found: &str) -> bool {
    let (expected, found) = (modifiers(expected), modifiers(found));
    let numbers = |text: &str| text.chars().all(|c| c.is_ascii_digit() || c == ',');
    if !numbers(&expected) || !numbers(&found) {
        return true;
    }
    // PostgreSQL fills in what was left out: char is char(1), numeric(10) is numeric(10,0).
    expected == found || (expected.is_empty() && found == "1") || format!("{expected},0") == found
}

/// What is in parentheses outside quotes, without spaces.
fn modifiers(sql_type: &str) -> String {
    let (mut quoted, mut inside, mut text) = (false, false, String::new());
    for c in sql_type.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => inside = true,
            ')' if !quoted => inside = false,
            c if inside && !c.is_whitespace() => text.push(c),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_precisions_are_compared_as_postgresql_spells_them() {
        let cases = [
            ("varchar(255)", "character varying(255)", true),
            ("varchar(100)", "character varying(255)", false),
            ("varchar", "character varying", true),
            ("varchar", "character varying(255)", false),
            ("numeric(10, 2)", "numeric(10,2)", true),
            ("numeric(10)", "numeric(10,0)", true),
            ("numeric(10, 2)", "numeric(10,3)", false),
            ("numeric", "numeric(10,2)", false),
            ("char", "character(1)", true),
            ("char(2)", "character(2)", true),
            ("timestamp (3) with time zone", "timestamp(3) with time zone", true),
            ("timestamp with time zone", "timestamp(3) with time zone", false),
            ("varchar(5)[]", "character varying(5)[]", true),
            ("geometry(point)", "geometry(Point,4326)", true),
            ("\"odd (1)\"", "\"odd (1)\"", true),
        ];
        for (expected, found, same) in cases {
            assert_eq!(same_modifiers(expected, found), same, "{expected} and {found}");
        }
    }
}
