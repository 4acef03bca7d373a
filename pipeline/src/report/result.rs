//! The result of a run, version 1: the line that schedulers read.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use indexmap::IndexMap;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::accounting::TableCounts;
use crate::error::Exit;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Finished, and every row was accepted.
    Ok,
    /// Finished, and some rows are in the quarantine.
    Partial,
    /// There was nothing to do: the source is off, or the partition is complete.
    Skipped,
    /// A source refuses us. Trying again does not help.
    Blocked,
    /// An error ended it, or one of its tasks.
    Failed,
    /// A signal ended it.
    Stopped,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Ok, Self::Partial, Self::Skipped, Self::Blocked, Self::Failed, Self::Stopped];

    /// The word that stands in the result.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Partial => "partial",
            Self::Skipped => "skipped",
            Self::Blocked => "blocked",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
        }
    }
}

/// The result of a run. Its serialised form is a contract: version 1, members in this order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RunResult {
    /// The version of this form.
    pub v: u8,
    /// Which run it was.
    pub run_id: Uuid,
    /// How it ended.
    pub status: Status,
    /// The process's exit status.
    #[serde(serialize_with = "code")]
    pub exit_code: Exit,
    /// When it began.
    #[serde(serialize_with = "timestamp")]
    pub started_at: DateTime<Utc>,
    /// How long it took.
    pub seconds: f64,
    /// What became of the rows, by table (`schema.name`), in the order of loading.
    pub tables: IndexMap<String, TableCounts>,
    /// What extractors passed over, by reason.
    pub skipped: IndexMap<String, u64>,
    /// Nullable references whose target was not found; the rows were loaded without them.
    pub unresolved_references: u64,
    /// Requests sent to sources.
    pub requests: u64,
    /// How many of them were retries, and how often a load was tried again as a whole.
    pub retries: u64,
    /// The most severe error, its causes included; null if there was none.
    pub error: Option<String>,
    /// What to do about that error, if it is known. For people only.
    #[serde(skip)]
    pub help: Option<String>,
    /// Why rows were quarantined. For people only: the quarantine itself holds the details.
    #[serde(skip)]
    pub refusals: Vec<Refusal>,
    /// Where the time went, each part with its seconds. For people only.
    #[serde(skip)]
    pub phases: Vec<(&'static str, f64)>,
    /// Remarks for people, each a sentence.
    #[serde(skip)]
    pub remarks: Vec<String>,
}

/// Rows of one table that were quarantined for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The table.
    pub table: String,
    /// The reason.
    pub reason: String,
    /// How many rows.
    pub rows: u64,
    /// The key of the first of them, if it has one.
    pub example: Option<String>,
}

impl RunResult {
    /// Writes the result as exactly one line, in one piece.
    ///
    /// # Errors
    /// What the writer says, a closed pipe included.
    pub fn write_line(&self, writer: &mut impl Write) -> io::Result<()> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        writer.write_all(&line)?;
        writer.flush()
    }
}

fn code<S: Serializer>(exit: &Exit, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(exit.code())
}

fn timestamp<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true))
}
