//! What a run refused, and what it loaded without a parent.

use serde::Serialize;
use serde_json::Value;
use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use crate::database::database_error;
use crate::error::Result;
use crate::mask::mask_url;
use crate::quarantine::{visible, visible_block};

/// So many examples are given of a reason.
const SAMPLES: i32 = 3;

/// So many bytes of a record are read, and so many characters of it shown.
const EXCERPT: i32 = 1_000;
const SHOWN: usize = 300;

/// Records of a table that were refused for one reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refusals {
    /// The table.
    pub table: String,
    /// The reason: a stable word.
    pub reason: String,
    /// How many records.
    pub records: i64,
    /// How many of them were loaded after all.
    pub loaded_since: i64,
    /// How many of them were refused by a load that was rolled back.
    pub rolled_back: i64,
    /// Some of them.
    pub samples: Vec<Sample>,
}

/// A record that was refused.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sample {
    /// Its number in the quarantine.
    pub id: i64,
    /// Its natural key, as far as it is known.
    pub key: Option<Value>,
    /// Its address or file.
    pub place: Option<String>,
    /// Where in it the record begins.
    pub byte_offset: Option<i64>,
    /// What is wrong, which may quote the record: only where samples are wished for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The beginning of the record: only where samples are wished for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

/// Rows that were loaded without a reference, by the foreign key.
#[derive(Debug, Clone, PartialEq, Serialize, FromRow)]
pub struct ReferenceFacts {
    /// The table of the rows.
    #[serde(rename = "table")]
    pub table_name: String,
    /// The foreign key.
    pub reference: String,
    /// The table that was searched.
    pub parent_table: String,
    /// How many rows.
    pub rows: i64,
    /// How many of them have found their parent since.
    pub resolved_since: i64,
    /// How many parents are missing.
    pub parents: i64,
    /// The keys of some of the parents.
    pub examples: Value,
}

#[derive(FromRow)]
struct Row {
    table_name: String,
    reason: String,
    records: i64,
    loaded_since: i64,
    rolled_back: i64,
    id: i64,
    key: Option<Value>,
    url: Option<String>,
    file: Option<String>,
    byte_offset: Option<i64>,
    message: String,
    excerpt: Option<Vec<u8>>,
}

/// The records in the quarantine that a run saw last, the most frequent reason first. Messages and excerpts of the records
/// themselves only if they are wished for: they may name people.
pub(super) async fn refusals(connection: &mut PgConnection, run: Uuid, with_records: bool) -> Result<Vec<Refusals>> {
    let sql = "SELECT * FROM (SELECT table_name, reason, id, key, url, file, byte_offset, message, substring(raw FOR $3) AS excerpt, \
               count(*) OVER same AS records, count(replayed_at) OVER same AS loaded_since, \
               count(*) FILTER (WHERE rolled_back) OVER same AS rolled_back, row_number() OVER (same ORDER BY id) AS position \
               FROM pipeline.quarantine WHERE run_id = $1 WINDOW same AS (PARTITION BY table_name, reason)) AS q \
               WHERE position <= $2 ORDER BY records DESC, table_name, reason, position";
    let query = sqlx::query_as(sql).persistent(false).bind(run).bind(SAMPLES);
    let query = query.bind(if with_records { EXCERPT } else { 0 });
    let rows: Vec<Row> =
        query.fetch_all(connection).await.map_err(|error| database_error("read what was refused", error))?;
    let mut all: Vec<Refusals> = Vec::new();
    for row in rows {
        let place = row.url.as_deref().map(mask_url).or_else(|| row.file.as_deref().map(visible));
        let sample = Sample {
            id: row.id,
            key: row.key,
            place,
            byte_offset: row.byte_offset,
            message: with_records.then(|| visible(&row.message)),
            excerpt: row.excerpt.filter(|_| with_records).map(|raw| shortened(&raw)),
        };
        match all.last_mut() {
            Some(same) if same.table == row.table_name && same.reason == row.reason => same.samples.push(sample),
            _ => all.push(Refusals {
                table: row.table_name,
                reason: row.reason,
                records: row.records,
                loaded_since: row.loaded_since,
                rolled_back: row.rolled_back,
                samples: vec![sample],
            }),
        }
    }
    Ok(all)
}

/// The beginning of a record, everything in it visible.
fn shortened(raw: &[u8]) -> String {
    let text = visible_block(raw);
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The references that a run left open, the most frequent first.
pub(super) async fn references(connection: &mut PgConnection, run: Uuid) -> Result<Vec<ReferenceFacts>> {
    let sql = "SELECT table_name, reference, parent_table, count(*) AS rows, count(resolved_at) AS resolved_since, \
               count(DISTINCT parent_key) AS parents, \
               to_jsonb((array_agg(DISTINCT parent_key ORDER BY parent_key))[1:$2]) AS examples \
               FROM pipeline.unresolved_reference WHERE run_id = $1 GROUP BY 1, 2, 3 ORDER BY rows DESC, 1, 2";
    let query = sqlx::query_as(sql).persistent(false).bind(run).bind(SAMPLES);
    query.fetch_all(connection).await.map_err(|error| database_error("read the unresolved references", error))
}
