//! All that is told of a run. Serialised, it is what `--json` prints.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use indexmap::IndexMap;
use serde::Serialize;
use uuid::Uuid;

use super::accounts::TableFacts;
use super::compare::{Comparison, Point};
use super::refused::{ReferenceFacts, Refusals};
use super::steps::Step;
use super::tasks::{Span, TaskFacts, Trouble};
use crate::fetch::Statistics;

/// The facts of a run.
#[derive(Debug, Clone, Serialize)]
pub struct Facts {
    /// When they were read.
    pub made_at: DateTime<Utc>,
    /// The run itself.
    pub run: RunFacts,
    /// What to do now, if anything.
    pub steps: Vec<Step>,
    /// Its tasks, each after those that it needs, their partitions summed up.
    pub tasks: Vec<TaskFacts>,
    /// What did not end well, the same troubles together.
    pub troubles: Vec<Trouble>,
    /// Each task and partition that began, in that order.
    pub timeline: Vec<Span>,
    /// What became of the rows, by table, parents first.
    pub tables: IndexMap<String, TableFacts>,
    /// What extractors passed over, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// Requests sent to sources.
    pub requests: u64,
    /// Requests and loads that were tried again.
    pub retries: u64,
    /// The traffic by host; null where it was not recorded.
    pub hosts: Option<BTreeMap<String, Statistics>>,
    /// The records in the quarantine that this run saw last, by table and reason.
    pub quarantine: Vec<Refusals>,
    /// Rows that this run quarantined, by its own count. Records that a later run saw again are no longer among its own.
    pub quarantined: u64,
    /// References that this run left open, by the foreign key.
    pub unresolved: Vec<ReferenceFacts>,
    /// How many they were by its own count.
    pub unresolved_references: u64,
    /// Beside the last run of the same kind.
    pub comparison: Option<Comparison>,
    /// The last runs of the same kind, the oldest first, this one last.
    pub trend: Vec<Point>,
}

/// The run itself.
#[derive(Debug, Clone, Serialize)]
pub struct RunFacts {
    /// Its id.
    pub id: Uuid,
    /// What ran, in a few words.
    pub title: String,
    /// The command.
    pub command: String,
    /// The selection as a command line, as far as it is recorded.
    pub asked: Option<String>,
    /// `running`, or how it ended.
    pub status: String,
    /// The process's exit status.
    pub exit_code: Option<i32>,
    /// What status and exit code mean.
    pub meaning: &'static str,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// How long it took; of a run that has not ended, until its last sign of life.
    pub seconds: f64,
    /// When something of it was recorded last.
    pub last_sign_at: DateTime<Utc>,
    /// The most severe error.
    pub error: Option<String>,
    /// What remedies it, as the run itself said.
    pub help: Option<String>,
    /// The first run of those that it goes on with.
    pub resumes: Option<Uuid>,
    /// The runs that went on with it.
    pub resumed_by: Vec<Uuid>,
}

impl RunFacts {
    /// Whether it has said how it ended.
    pub fn has_ended(&self) -> bool {
        self.finished_at.is_some()
    }
}
