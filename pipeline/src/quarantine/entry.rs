//! Entries as the database keeps them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::postgres::PgRow;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::filter::{Filter, Kind};
use crate::Result;
use crate::database::database_error;

/// A record that was refused.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
pub struct Entry {
    /// Its number.
    pub id: i64,
    /// The table it was meant for.
    #[serde(rename = "table")]
    pub table_name: String,
    /// A stable word for the rule that was broken.
    pub reason: String,
    /// What is wrong.
    pub message: String,
    /// The natural key, as far as it is known.
    pub key: Option<Value>,
    /// The source; `file` for files.
    pub source: String,
    /// The task that loaded it.
    pub task: Option<String>,
    /// The run that saw it last.
    pub run_id: Uuid,
    /// Where it was fetched from.
    pub url: Option<String>,
    /// Or the file it was read from.
    pub file: Option<String>,
    /// Where in it the record begins.
    pub byte_offset: Option<i64>,
    /// Its media type.
    pub media_type: Option<String>,
    /// The length of the whole record in bytes.
    pub raw_length: Option<i64>,
    /// The load that refused it was rolled back.
    pub rolled_back: bool,
    /// How often it was seen.
    pub times_seen: i64,
    /// When it was seen first.
    pub first_seen_at: DateTime<Utc>,
    /// When it was seen last.
    pub last_seen_at: DateTime<Utc>,
    /// How often it was replayed.
    pub replays: i64,
    /// When it was loaded after all.
    pub replayed_at: Option<DateTime<Utc>>,
    /// The record, at most its first MiB. Not among the fields that [`entries`] reads for a list.
    #[serde(skip)]
    pub raw: Option<Vec<u8>>,
    /// How its file was read.
    #[serde(skip)]
    pub recipe_id: Option<Vec<u8>>,
}

/// A nullable reference that names no row.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
pub struct Reference {
    /// Its number.
    pub id: i64,
    /// The table of the row that was loaded without it.
    #[serde(rename = "table")]
    pub table_name: String,
    /// The row's natural key.
    pub row_key: Value,
    /// The foreign key's name.
    pub reference: String,
    /// Its columns.
    pub columns: Vec<String>,
    /// The table it names.
    pub parent_table: String,
    /// The natural key that was not found there.
    pub parent_key: Value,
    /// The source.
    pub source: String,
    /// The task that loaded the row.
    pub task: Option<String>,
    /// The run that saw it last.
    pub run_id: Uuid,
    /// How often it was seen.
    pub times_seen: i64,
    /// When it was seen first.
    pub first_seen_at: DateTime<Utc>,
    /// When it was seen last.
    pub last_seen_at: DateTime<Utc>,
    /// When the parent was found after all.
    pub resolved_at: Option<DateTime<Utc>>,
    /// How the row's file was read.
    #[serde(skip)]
    pub recipe_id: Option<Vec<u8>>,
}

const ENTRY: &str = "id, table_name, reason, message, key, source, task, run_id, url, file, byte_offset, media_type, raw_length, \
    rolled_back, times_seen, first_seen_at, last_seen_at, replays, replayed_at, recipe_id";

const REFERENCE: &str = "SELECT id, table_name, row_key, reference, columns, parent_table, parent_key, source, task, run_id, \
    times_seen, first_seen_at, last_seen_at, resolved_at, recipe_id FROM pipeline.unresolved_reference AS q";

const READING: &str = "read the quarantine";

async fn read<T>(connection: &mut PgConnection, filter: &Filter, kind: Kind, head: &str, tail: &str) -> Result<Vec<T>>
where
    T: for<'r> FromRow<'r, PgRow>,
{
    let failed = |error| database_error(READING, error);
    let rows = filter.query(kind, head, tail).fetch_all(connection).await.map_err(failed)?;
    rows.iter().map(|row| T::from_row(row).map_err(failed)).collect()
}

/// In the order in which they came: those of one load were seen at the same time, and stand in their files one after the other.
fn ordered(kind: Kind, limit: Option<u64>) -> String {
    let place = if kind == Kind::Record { "q.file, q.url, q.byte_offset, " } else { "" };
    format!("ORDER BY q.last_seen_at, {place}q.id{}", limit.map_or(String::new(), |limit| format!(" LIMIT {limit}")))
}

/// The entries that a filter meets, the oldest first, without their records.
///
/// # Errors
/// Those of the database.
pub async fn entries(connection: &mut PgConnection, filter: &Filter, limit: Option<u64>) -> Result<Vec<Entry>> {
    let head = format!("SELECT {ENTRY}, NULL::bytea AS raw FROM pipeline.quarantine AS q");
    read(connection, filter, Kind::Record, &head, &ordered(Kind::Record, limit)).await
}

/// Whole entries. With `lock`, nobody else replays them until the transaction ends.
///
/// # Errors
/// Those of the database.
pub async fn entry(connection: &mut PgConnection, filter: &Filter, lock: bool) -> Result<Vec<Entry>> {
    let head = format!("SELECT {ENTRY}, raw FROM pipeline.quarantine AS q");
    let tail = format!("{}{}", ordered(Kind::Record, None), if lock { " FOR UPDATE" } else { "" });
    read(connection, filter, Kind::Record, &head, &tail).await
}

/// The references that a filter meets, the oldest first.
///
/// # Errors
/// Those of the database.
pub async fn references(connection: &mut PgConnection, filter: &Filter, limit: Option<u64>) -> Result<Vec<Reference>> {
    read(connection, filter, Kind::Reference, REFERENCE, &ordered(Kind::Reference, limit)).await
}
