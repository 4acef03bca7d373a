//! Records that could not be accepted, kept with everything that is needed to mend and replay them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::again::Again;
use super::failure;
use super::origin::{Origin, Rejected};
use super::recipe::Recipe;
use super::session::{Refused, RunContext};
use crate::Result;

/// The most of a record's raw bytes that is kept; the length and the SHA-256 are those of the whole.
pub const RAW_LIMIT: usize = 1024 * 1024;

/// A statement carries at most this many records, and raw bytes.
const BATCH_RECORDS: usize = 500;
const BATCH_BYTES: usize = 8 * 1024 * 1024;

const UPSERT: &str = "\
INSERT INTO pipeline.quarantine AS q (fingerprint, run_id, task, source, table_name, reason, message, key, url, file, byte_offset,
  media_type, raw, raw_length, raw_sha256, rolled_back, times_seen, recipe_id)
SELECT n.fingerprint, $1, $2, n.source, n.table_name, n.reason, n.message, n.key::jsonb, n.url, n.file, n.byte_offset,
  n.media_type, n.raw, n.raw_length, n.raw_sha256, $3, n.times_seen, n.recipe_id
FROM unnest($4::bytea[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::bigint[],
  $13::text[], $14::bytea[], $15::bigint[], $16::bytea[], $17::bigint[], $18::bytea[])
  AS n (fingerprint, source, table_name, reason, message, key, url, file, byte_offset, media_type, raw, raw_length, raw_sha256,
  times_seen, recipe_id)
ON CONFLICT (fingerprint) DO UPDATE SET run_id = excluded.run_id, task = excluded.task, message = excluded.message,
  rolled_back = excluded.rolled_back, times_seen = q.times_seen + excluded.times_seen, last_seen_at = now(),
  recipe_id = coalesce(excluded.recipe_id, q.recipe_id), replayed_at = NULL, replay_run_id = NULL";

/// The refused records of one load, by fingerprint: the same record refused again is the same entry.
#[derive(Debug, Default)]
pub(super) struct Quarantine {
    records: BTreeMap<[u8; 32], (Rejected, i64)>,
    recipes: BTreeMap<[u8; 32], Arc<Recipe>>,
    again: Again,
}

impl Quarantine {
    pub(super) fn add(&mut self, mut rejected: Rejected) {
        rejected.message = without_nul(&rejected.message);
        rejected.key = rejected.key.map(key_without_nul);
        if let Some(entry) = rejected.origin.entry {
            return self.again.add(entry, fingerprint(&rejected), rejected);
        }
        if let Some(recipe) = &rejected.origin.recipe {
            self.recipes.entry(recipe.id).or_insert_with(|| Arc::clone(recipe));
        }
        self.records.entry(fingerprint(&rejected)).or_insert((rejected, 0)).1 += 1;
    }

    /// The records by table and reason, in that order.
    pub(super) fn refused(&self) -> Vec<Refused> {
        let mut refused: BTreeMap<(&str, &str), Vec<Option<String>>> = BTreeMap::new();
        let again = self.again.rejected().map(|rejected| (rejected, &1));
        for (rejected, times) in self.records.values().map(|(rejected, times)| (rejected, times)).chain(again) {
            let keys = refused.entry((&rejected.table, &rejected.reason)).or_default();
            let key = rejected.key.as_ref().map(Value::to_string);
            keys.extend((0..*times).map(|_| key.clone()));
        }
        let refused = refused.into_iter();
        refused
            .map(|((table, reason), keys)| Refused { table: table.to_owned(), reason: reason.to_owned(), keys })
            .collect()
    }

    /// True if there is nothing to write.
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.again.entries().next().is_none()
    }

    /// The entries that were replayed and refused again.
    pub(super) fn refused_again(&self) -> impl Iterator<Item = i64> {
        self.again.entries()
    }

    /// Writes all records, in the order of their fingerprints, so that two loads never deadlock over them.
    pub(super) async fn write(&self, connection: &mut PgConnection, run: &RunContext, rolled_back: bool) -> Result<()> {
        self.again.write(connection, run).await?;
        for recipe in self.recipes.values() {
            recipe.write(connection).await?;
        }
        let mut batch = Batch::default();
        for (fingerprint, (rejected, times)) in &self.records {
            batch.push(fingerprint, rejected, *times);
            if batch.fingerprint.len() >= BATCH_RECORDS || batch.bytes >= BATCH_BYTES {
                std::mem::take(&mut batch).write(connection, run, rolled_back).await?;
            }
        }
        batch.write(connection, run, rolled_back).await
    }
}

/// The columns of a batch.
#[derive(Default)]
struct Batch<'a> {
    bytes: usize,
    fingerprint: Vec<&'a [u8]>,
    source: Vec<&'a str>,
    table: Vec<&'a str>,
    reason: Vec<&'a str>,
    message: Vec<&'a str>,
    key: Vec<Option<String>>,
    url: Vec<Option<String>>,
    file: Vec<Option<String>>,
    byte_offset: Vec<Option<i64>>,
    media_type: Vec<Option<String>>,
    raw: Vec<&'a [u8]>,
    raw_length: Vec<i64>,
    raw_sha256: Vec<Vec<u8>>,
    times: Vec<i64>,
    recipe: Vec<Option<&'a [u8]>>,
}

impl<'a> Batch<'a> {
    fn push(&mut self, fingerprint: &'a [u8], rejected: &'a Rejected, times: i64) {
        let origin: &Origin = &rejected.origin;
        let text = |text: &Option<Arc<str>>| text.as_deref().map(without_nul);
        let raw = &origin.raw[..origin.raw.len().min(RAW_LIMIT)];
        self.bytes += raw.len();
        self.fingerprint.push(fingerprint);
        self.source.push(&origin.source);
        self.table.push(&rejected.table);
        self.reason.push(&rejected.reason);
        self.message.push(&rejected.message);
        self.key.push(rejected.key.as_ref().map(Value::to_string));
        self.url.push(text(&origin.url));
        self.file.push(text(&origin.file));
        self.byte_offset.push(origin.byte_offset.and_then(|offset| i64::try_from(offset).ok()));
        self.media_type.push(text(&origin.media_type));
        self.raw.push(raw);
        self.raw_length.push(i64::try_from(origin.raw.len()).unwrap_or(i64::MAX));
        self.raw_sha256.push(Sha256::digest(&origin.raw).to_vec());
        self.times.push(times);
        self.recipe.push(origin.recipe.as_ref().map(|recipe| recipe.id.as_slice()));
    }

    async fn write(self, connection: &mut PgConnection, run: &RunContext, rolled_back: bool) -> Result<()> {
        if self.fingerprint.is_empty() {
            return Ok(());
        }
        let query = sqlx::query(UPSERT).persistent(false);
        let query = query.bind(run.run_id).bind(&run.task).bind(rolled_back);
        let query =
            query.bind(self.fingerprint).bind(self.source).bind(self.table).bind(self.reason).bind(self.message);
        let query = query.bind(self.key).bind(self.url).bind(self.file).bind(self.byte_offset).bind(self.media_type);
        let query = query.bind(self.raw).bind(self.raw_length).bind(self.raw_sha256).bind(self.times).bind(self.recipe);
        let done = query.execute(connection).await;
        done.map(drop).map_err(|error| failure::database("writing to pipeline.quarantine", error))
    }
}

/// SHA-256 over what makes a refusal the same one: source, table, reason, key, place and raw bytes, each with its length.
fn fingerprint(rejected: &Rejected) -> [u8; 32] {
    let origin = &rejected.origin;
    let place = origin.url.as_deref().or(origin.file.as_deref()).unwrap_or_default();
    let key = rejected.key.as_ref().map(Value::to_string).unwrap_or_default();
    let offset = origin.byte_offset.map(|offset| offset.to_string()).unwrap_or_default();
    let mut hash = Sha256::new();
    let parts = [
        origin.source.as_bytes(),
        rejected.table.as_bytes(),
        rejected.reason.as_bytes(),
        key.as_bytes(),
        place.as_bytes(),
    ];
    for part in parts.into_iter().chain([offset.as_bytes(), &origin.raw]) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// PostgreSQL's text holds no NUL; what shows a refused value must not be refused for it.
fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

fn key_without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(without_nul(&text)),
        Value::Array(values) => values.into_iter().map(key_without_nul).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (without_nul(&name), key_without_nul(value))).collect()
        }
        value => value,
    }
}
