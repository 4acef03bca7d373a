//! A run beside those of the same kind before it.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::accounts::rows_read;
use super::facts::{Facts, RunFacts};
use super::tasks::seconds;
use super::{accounts, asked};
use crate::database::RunRecord;

/// The trend has so many runs, this one included.
const TREND: usize = 10;

/// What figures of a single table begin with.
pub(super) const READ_OF: &str = "read of ";

/// This run beside another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// The other run.
    pub run_id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How it ended.
    pub status: String,
    /// What is compared.
    pub changes: Vec<Change>,
}

/// A figure of both runs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// What it counts.
    pub what: String,
    /// In which unit.
    pub unit: Unit,
    /// In the run before.
    pub before: f64,
    /// In this run.
    pub now: f64,
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Things.
    Count,
    /// Time.
    Seconds,
}

/// A run in the trend.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// The run.
    pub run_id: Uuid,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// How it ended.
    pub status: String,
    /// How long it took.
    pub seconds: f64,
    /// The rows that it read.
    pub rows_read: u64,
}

/// Those of the `earlier` runs that are of the same kind and tell something, the last one first. What a run goes on with is no run
/// beside it, but a part of the same work.
pub(super) fn of_same_kind<'a>(run: &RunRecord, earlier: &'a [RunRecord]) -> Vec<&'a RunRecord> {
    let kind = asked::kind(run);
    let work = |run: &RunRecord| run.resumes.unwrap_or(run.id);
    let is_like = |other: &&RunRecord| work(other) != work(run) && asked::kind(other) == kind;
    earlier.iter().filter(is_like).collect()
}

/// This run beside the last one of its kind.
pub(super) fn comparison(facts: &Facts, before: &RunRecord) -> Comparison {
    let results = accounts::results(before, &[]);
    let tables = accounts::tables(&results);
    let mut changes = vec![Change {
        what: "time".to_owned(),
        unit: Unit::Seconds,
        before: seconds(before.started_at, before.finished_at.unwrap_or(before.started_at)),
        now: facts.run.seconds,
    }];
    let mut count = |what: String, before: u64, now: u64| {
        changes.push(Change { what, unit: Unit::Count, before: before as f64, now: now as f64 });
    };
    let sum =
        |of: fn(&accounts::TableFacts) -> u64| (tables.values().map(of).sum(), facts.tables.values().map(of).sum());
    let sums: [(&str, (u64, u64)); 5] = [
        ("rows read", sum(|table| table.counts.read)),
        ("rows inserted", sum(|table| table.counts.inserted)),
        ("rows updated", sum(|table| table.counts.updated)),
        ("rows unchanged", sum(|table| table.counts.unchanged)),
        ("rows quarantined", sum(|table| table.counts.quarantined)),
    ];
    sums.into_iter().for_each(|(what, (before, now))| count(what.to_owned(), before, now));
    for (what, now) in [
        ("unresolved_references", facts.unresolved_references),
        ("requests", facts.requests),
        ("retries", facts.retries),
    ] {
        count(what.replace('_', " "), accounts::count(&results, what), now);
    }
    let read = |tables: &indexmap::IndexMap<String, accounts::TableFacts>, table: &str| {
        tables.get(table).map_or(0, |table| table.counts.read)
    };
    let others = tables.keys().filter(|table| !facts.tables.contains_key(*table));
    for table in facts.tables.keys().chain(others) {
        count(format!("{READ_OF}{table}"), read(&tables, table), read(&facts.tables, table));
    }
    Comparison { run_id: before.id, started_at: before.started_at, status: before.status.clone(), changes }
}

/// The last runs of a kind, the oldest first, this one last.
pub(super) fn trend(run: &RunFacts, read: u64, before: &[&RunRecord]) -> Vec<Point> {
    let point = |run: &&RunRecord| Point {
        run_id: run.id,
        started_at: run.started_at,
        status: run.status.clone(),
        seconds: seconds(run.started_at, run.finished_at.unwrap_or(run.started_at)),
        rows_read: run.result.as_ref().map_or(0, |result: &Value| rows_read(result)),
    };
    let this = Point {
        run_id: run.id,
        started_at: run.started_at,
        status: run.status.clone(),
        seconds: run.seconds,
        rows_read: read,
    };
    let mut points: Vec<Point> = before.iter().take(TREND - 1).map(point).collect();
    points.reverse();
    points.push(this);
    points
}
