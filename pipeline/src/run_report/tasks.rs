//! The tasks of a run: how far each is, its partitions summed up, and what did not end well.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::accounts::rows_read;
use super::asked;
use crate::database::{Partitions, RunRecord, TaskRecord};
use crate::graph::{self, Node};
use crate::report::Status;

/// It was loaded by a run before.
pub(super) const COMPLETE: &str = "complete-before";
/// It was to run, and did not come to it.
pub(super) const NOT_BEGUN: &str = "not-begun";
/// It did not run, for a task that it needs failed.
pub(super) const NOT_RUN: &str = "not-run";
/// It has not said how it ended.
pub(super) const RUNNING: &str = "running";
/// It never will say it, for the run has ended.
pub(super) const BROKEN_OFF: &str = "broken-off";

/// All states, the worst first.
pub(super) const STATES: [&str; 11] =
    ["failed", "blocked", BROKEN_OFF, "stopped", NOT_RUN, RUNNING, NOT_BEGUN, "partial", "ok", "skipped", COMPLETE];

/// A task with all its partitions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TaskFacts {
    /// Its name.
    pub task: String,
    /// The source that it asks; nothing for one that this program does not know.
    pub source: Option<&'static str>,
    /// What it does.
    pub about: Option<&'static str>,
    /// The tasks of this run whose rows it needs.
    pub after: Vec<String>,
    /// How many partitions it is cut into in this run.
    pub partitions: usize,
    /// How many of them are in which state: `complete-before`, `not-begun`, `not-run`, `running`, `broken-off`, or as in a result.
    pub states: BTreeMap<String, usize>,
    /// When the first of them began.
    pub started_at: Option<DateTime<Utc>>,
    /// When the last of them ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Their times, summed up.
    pub busy_seconds: f64,
    /// The rows that they read.
    pub rows_read: u64,
}

/// A task and partition in time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Span {
    /// The task.
    pub task: String,
    /// The partition; empty for a task that is one piece.
    pub partition: String,
    /// How far it is.
    pub state: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// How long it took; of one that has not ended, until the run's last sign of life.
    pub seconds: f64,
}

/// Partitions of a task that did not end well, for one reason.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trouble {
    /// The task.
    pub task: String,
    /// How they ended.
    pub state: String,
    /// The exit code that they would have had alone.
    pub exit_code: Option<i32>,
    /// Why.
    pub error: Option<String>,
    /// How many they are.
    pub partitions: usize,
    /// The first of them, by name.
    pub examples: Vec<String>,
}

/// So many partitions of a trouble are named.
const EXAMPLES: usize = 5;

/// The state of what began.
fn state(run: &RunRecord, task: &TaskRecord) -> String {
    let is_lost = task.status == RUNNING && run.finished_at.is_some();
    if is_lost { BROKEN_OFF.to_owned() } else { task.status.clone() }
}

/// Each task and partition that began.
pub(super) fn timeline(run: &RunRecord, records: &[TaskRecord], last_sign: DateTime<Utc>) -> Vec<Span> {
    let began = records.iter().filter(|task| task.status != NOT_RUN);
    let span = |task: &TaskRecord| Span {
        task: task.task.clone(),
        partition: task.partition.clone(),
        state: state(run, task),
        started_at: task.started_at,
        finished_at: task.finished_at,
        seconds: seconds(task.started_at, task.finished_at.unwrap_or(last_sign)),
    };
    began.map(span).collect()
}

pub(super) fn seconds(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    ((to - from).as_seconds_f64().max(0.0) * 1000.0).round() / 1000.0
}

/// The tasks, each after those that it needs.
pub(super) fn tasks(
    run: &RunRecord,
    records: &[TaskRecord],
    plan: &[Node],
    loaded_before: &Partitions,
    timeline: &[Span],
) -> Vec<TaskFacts> {
    let mut states = BTreeMap::<&str, BTreeMap<String, usize>>::new();
    let mut note = |task, state| *states.entry(task).or_default().entry(state).or_default() += 1;
    records.iter().for_each(|task| note(&task.task, state(run, task)));
    let begun: BTreeSet<(&str, &str)> =
        records.iter().map(|task| (task.task.as_str(), task.partition.as_str())).collect();
    for node in plan {
        let partition = node.partition.to_string();
        if !begun.contains(&(node.task.name, partition.as_str())) {
            let is_loaded = loaded_before.contains(&(node.task.name.to_owned(), partition));
            note(node.task.name, without_record(run, records, is_loaded).to_owned());
        }
    }
    let of_graph = graph::all_tasks().map(|(_, task)| task.name).filter(|name| states.contains_key(name));
    // Those that another version of the program ran come last.
    let others = states.keys().copied().filter(|name| graph::task(name).is_err());
    let names: Vec<&str> = of_graph.chain(others).collect();
    let facts = |name: &str| {
        let known = graph::task(name).ok();
        let spans: Vec<&Span> = timeline.iter().filter(|span| span.task == name).collect();
        let results = records.iter().filter(|task| task.task == name).filter_map(|task| task.result.as_ref());
        let after = known.map_or(&[][..], |(_, task)| task.after);
        TaskFacts {
            task: name.to_owned(),
            source: known.map(|(source, _)| source.name),
            about: known.map(|(_, task)| task.about),
            after: after.iter().filter(|before| names.contains(before)).map(|&before| before.to_owned()).collect(),
            partitions: states[name].values().sum(),
            states: states[name].clone(),
            started_at: spans.iter().map(|span| span.started_at).min(),
            finished_at: spans.iter().filter_map(|span| span.finished_at).max(),
            busy_seconds: spans.iter().fold(0.0, |sum, span| sum + span.seconds),
            rows_read: results.map(rows_read).sum(),
        }
    };
    names.iter().map(|name| facts(name)).collect()
}

/// The state of what was planned and is not on record. A run that came to its end passed over it.
fn without_record(run: &RunRecord, records: &[TaskRecord], is_loaded: bool) -> &'static str {
    let passes_over = asked::passes_over_complete(run);
    let came_to_its_end = run.finished_at.is_some() && run.status != Status::Stopped.as_str();
    match () {
        () if passes_over && (is_loaded || (came_to_its_end && !records.is_empty())) => COMPLETE,
        () if run.status == Status::Skipped.as_str() => "skipped",
        () => NOT_BEGUN,
    }
}

/// What did not end well, the worst first.
pub(super) fn troubles(run: &RunRecord, records: &[TaskRecord]) -> Vec<Trouble> {
    let well = ["ok", "partial", "skipped", RUNNING];
    let mut troubles: Vec<Trouble> = Vec::new();
    for task in records {
        let (state, error) = (state(run, task), task.result.as_ref().and_then(|result| result["error"].as_str()));
        if well.contains(&state.as_str()) {
            continue;
        }
        let same =
            |known: &&mut Trouble| known.task == task.task && known.state == state && known.error.as_deref() == error;
        let trouble = match troubles.iter_mut().find(same) {
            Some(known) => known,
            None => {
                troubles.push(Trouble {
                    task: task.task.clone(),
                    state,
                    exit_code: task.exit_code,
                    error: error.map(str::to_owned),
                    partitions: 0,
                    examples: Vec::new(),
                });
                troubles.last_mut().expect("it was just pushed")
            }
        };
        trouble.partitions += 1;
        if trouble.examples.len() < EXAMPLES && !task.partition.is_empty() {
            trouble.examples.push(task.partition.clone());
        }
    }
    troubles.sort_by_key(|trouble| severity(&trouble.state));
    troubles
}

/// Where a state stands among all, the worst first. One that is unknown is looked at first.
pub(super) fn severity(state: &str) -> usize {
    STATES.iter().position(|known| *known == state).map_or(0, |position| position + 1)
}
