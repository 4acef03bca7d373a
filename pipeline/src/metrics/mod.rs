//! Figures for Prometheus: counted while a run works, published as a file or at an address.
//!
//! ```text
//! fetch, load, tasks -> functions here -> table (every metric, once) -> text -> textfile, in one step, now and then and at the end
//! database ----------> stored: what only it knows                           -> endpoint, while the run lasts
//! ```
//!
//! The metrics are the process's, as its log is: whoever counts needs nothing to count with. [`Publisher`] is of one run.

mod endpoint;
mod publish;
mod stored;
mod table;
mod textfile;

use std::time::Duration;

pub use publish::Publisher;
pub(crate) use stored::{last_successes, waiting};
pub use table::{DEFINITIONS, Definition};

use crate::report::TableCounts;
use table::METRICS;

/// What became of a request that was sent, counted when this is dropped: also of one that is given up on its way.
#[derive(Debug)]
pub(crate) struct Sent<'a> {
    host: &'a str,
    began: std::time::Instant,
    /// Of the answer, as far as there is one.
    pub(crate) status: Option<u16>,
    /// In a word.
    pub(crate) outcome: &'static str,
}

impl<'a> Sent<'a> {
    /// A request that is sent now.
    pub(crate) fn now(host: &'a str) -> Self {
        Self { host, began: std::time::Instant::now(), status: None, outcome: "stopped" }
    }
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        let class = match self.status.map(|status| status / 100) {
            Some(1) => "1xx",
            Some(2) => "2xx",
            Some(3) => "3xx",
            Some(4) => "4xx",
            Some(5) => "5xx",
            _ => "none",
        };
        METRICS.http_requests.of([self.host, class, self.outcome]).inc();
        METRICS.http_duration.of([self.host]).observe(self.began.elapsed().as_secs_f64());
    }
}

/// A request to a host was sent again.
pub(crate) fn request_retried(host: &str) {
    METRICS.http_retries.of([host]).inc();
}

/// A request to a host waited.
pub(crate) fn waited(host: &str, time: Duration) {
    METRICS.http_waits.of([host]).inc_by(time.as_secs_f64());
}

/// An answer of a host was not asked for, or confirmed by it: `fresh`, `confirmed` or `recorded`.
pub(crate) fn stored_answer(host: &str, kind: &'static str) {
    METRICS.http_stored.of([host, kind]).inc();
}

/// A body came from a host.
pub(crate) fn received(host: &str, bytes: usize) {
    METRICS.http_bytes.of([host]).inc_by(bytes as u64);
}

/// A host refuses us.
pub(crate) fn refused(host: &str) {
    METRICS.http_refusals.of([host]).inc();
}

/// Rows of a table are accounted for.
pub(crate) fn rows(table: &str, counts: &TableCounts) {
    METRICS.rows_read.of([table]).inc_by(counts.read);
    let outcomes = [
        ("inserted", counts.inserted),
        ("updated", counts.updated),
        ("unchanged", counts.unchanged),
        ("duplicates", counts.duplicates),
        ("ignored", counts.ignored),
        ("quarantined", counts.quarantined),
        ("rolled_back", counts.rolled_back),
    ];
    for (outcome, number) in outcomes {
        METRICS.rows.of([table, outcome]).inc_by(number);
    }
    METRICS.rows_marked.of([table]).inc_by(counts.marked_missing);
}

/// An extractor passed something over.
pub(crate) fn skipped(reason: &str, number: u64) {
    METRICS.skipped.of([reason]).inc_by(number);
}

/// References were left open.
pub(crate) fn unresolved(number: u64) {
    METRICS.unresolved.of([]).inc_by(number);
}

/// A task ended.
pub(crate) fn task_ended(task: &str, status: &str, seconds: f64) {
    METRICS.tasks.of([task, status]).inc();
    METRICS.task_duration.of([task, status]).observe(seconds);
}

/// A task was not run, since one that it needs failed.
pub(crate) fn task_not_run(task: &str) {
    METRICS.tasks.of([task, "not-run"]).inc();
}

/// A task asks its source again.
pub(crate) fn task_retried(task: &str) {
    METRICS.task_retries.of([task]).inc();
}

/// A load is repeated.
pub(crate) fn load_retried() {
    METRICS.load_retries.of([]).inc();
}
