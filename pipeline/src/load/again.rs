//! Entries of the quarantine that were replayed and refused again: they stay, and say why now.

use serde_json::Value;
use sqlx::PgConnection;

use super::failure;
use super::origin::Rejected;
use super::session::RunContext;
use crate::Result;

/// A refusal for another reason has another fingerprint. Where the same record is there for that reason too, this entry keeps
/// its own, since a fingerprint names one entry.
const UPDATE: &str = "\
UPDATE pipeline.quarantine AS q SET reason = n.reason, message = n.message, key = coalesce(n.key::jsonb, q.key),
  replays = q.replays + 1, replay_run_id = $1,
  fingerprint = CASE WHEN n.place = 1 AND NOT EXISTS (SELECT FROM pipeline.quarantine AS o WHERE o.fingerprint = n.fingerprint)
    THEN n.fingerprint ELSE q.fingerprint END
FROM (SELECT *, row_number() OVER (PARTITION BY fingerprint ORDER BY id) AS place
  FROM unnest($2::bigint[], $3::bytea[], $4::text[], $5::text[], $6::text[]) AS u (id, fingerprint, reason, message, key)) AS n
WHERE q.id = n.id";

/// What was refused again.
#[derive(Debug, Default)]
pub(super) struct Again(Vec<(i64, [u8; 32], Rejected)>);

impl Again {
    pub(super) fn add(&mut self, entry: i64, fingerprint: [u8; 32], rejected: Rejected) {
        self.0.push((entry, fingerprint, rejected));
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = i64> {
        self.0.iter().map(|(entry, ..)| *entry)
    }

    pub(super) fn rejected(&self) -> impl Iterator<Item = &Rejected> {
        self.0.iter().map(|(.., rejected)| rejected)
    }

    pub(super) async fn write(&self, connection: &mut PgConnection, run: &RunContext) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let (mut fingerprints, mut reasons, mut messages) = (Vec::new(), Vec::new(), Vec::new());
        for (_, fingerprint, rejected) in &self.0 {
            fingerprints.push(fingerprint.as_slice());
            reasons.push(rejected.reason.as_ref());
            messages.push(rejected.message.as_str());
        }
        let entries: Vec<i64> = self.entries().collect();
        let keys: Vec<Option<String>> =
            self.rejected().map(|rejected| rejected.key.as_ref().map(Value::to_string)).collect();
        let query = sqlx::query(UPDATE).persistent(false).bind(run.run_id).bind(entries).bind(fingerprints);
        let done = query.bind(reasons).bind(messages).bind(keys).execute(connection).await;
        done.map(drop).map_err(|error| failure::database("writing to pipeline.quarantine", error))
    }
}
