//! Every metric, once: its name, its labels, what it counts. `docs/observing.md` has the same table, and a test compares them.

use std::sync::LazyLock;
use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::TypedMetric;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Metric, Registry};

type Seconds = Counter<f64, AtomicU64>;
type Value = Gauge<f64, AtomicU64>;

/// From a page that is near to one that is slow, in seconds.
const REQUEST_BUCKETS: [f64; 9] = [0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 20.0, 60.0];

/// From a list of one request to a season of rosters, in seconds.
const TASK_BUCKETS: [f64; 9] = [1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0, 43_200.0];

/// What a metric is called and what it says.
#[derive(Debug, Clone, Copy)]
pub struct Definition {
    /// Its name, as it is written; of a histogram without what its series end in.
    pub name: &'static str,
    /// Its labels. None of them has more values than there are hosts, tables, tasks or reasons.
    pub labels: &'static [&'static str],
    /// What it says, without a full stop.
    pub help: &'static str,
}

/// Names and values.
type Labels<const N: usize> = [(&'static str, String); N];

/// A metric with `N` labels.
pub(super) struct Labelled<M, const N: usize> {
    labels: [&'static str; N],
    family: Family<Labels<N>, M, fn() -> M>,
}

impl<M: Clone + TypedMetric + Metric, const N: usize> Labelled<M, N> {
    /// The one with these values, in the order of the labels.
    pub(super) fn of(&self, values: [&str; N]) -> M {
        let labels = std::array::from_fn(|index| (self.labels[index], values[index].to_owned()));
        self.family.get_or_create_owned(&labels)
    }

    /// Forgets all values.
    pub(super) fn clear(&self) {
        self.family.clear();
    }
}

macro_rules! metrics {
    ($($field:ident: $type:ty, $labels:literal, $make:expr, $name:literal, [$($label:literal),*], $help:literal;)*) => {
        /// All metrics of the process.
        pub(super) struct Metrics {
            $(pub(super) $field: Labelled<$type, $labels>,)*
        }

        /// What they are called and what they say.
        pub static DEFINITIONS: &[Definition] =
            &[$(Definition { name: $name, labels: &[$($label),*], help: $help },)*];

        impl Metrics {
            fn new() -> Self {
                Self {
                    $($field: Labelled { labels: [$($label),*], family: Family::new_with_constructor($make as fn() -> $type) },)*
                }
            }

            /// Makes them known to a registry.
            pub(super) fn register(&self, registry: &mut Registry) {
                // The library puts the end of a counter's name behind it itself, and a full stop behind the help.
                $(registry.register($name.trim_end_matches("_total"), $help, self.$field.family.clone());)*
            }
        }
    };
}

metrics! {
    run_info: Value, 2, Value::default, "pipeline_run_info", ["command", "version"],
        "Always 1: the command of the run, and the program's version";
    run_status: Value, 1, Value::default, "pipeline_run_status", ["status"],
        "1 for the status that the run has: running, or as in the result line";
    run_exit_code: Value, 0, Value::default, "pipeline_run_exit_code", [],
        "The exit code, once the run has ended";
    run_started: Value, 0, Value::default, "pipeline_run_start_time_seconds", [],
        "When the run began, as a Unix time";
    run_ended: Value, 0, Value::default, "pipeline_run_end_time_seconds", [],
        "When it ended, as a Unix time";
    http_requests: Counter, 3, Counter::default, "pipeline_http_requests_total", ["host", "class", "outcome"],
        "Requests sent, by class of the status (2xx to 5xx, or none) and by what became of them";
    http_duration: Histogram, 1, || Histogram::new(REQUEST_BUCKETS), "pipeline_http_request_duration_seconds", ["host"],
        "How long requests took, from their start to the last byte";
    http_retries: Counter, 1, Counter::default, "pipeline_http_retries_total", ["host"],
        "Requests that were sent again after a passing failure";
    http_waits: Seconds, 1, Seconds::default, "pipeline_http_wait_seconds_total", ["host"],
        "Time spent waiting for a turn and between attempts, summed over concurrent requests";
    http_stored: Counter, 2, Counter::default, "pipeline_http_stored_answers_total", ["host", "kind"],
        "Stored answers that were used: fresh ones, confirmed ones (304), recorded ones";
    http_bytes: Counter, 1, Counter::default, "pipeline_http_received_bytes_total", ["host"],
        "Bytes of bodies received, decompressed";
    http_refusals: Counter, 1, Counter::default, "pipeline_http_refusals_total", ["host"],
        "Times that the host refused us: 403, 429 without end, a challenge page, robots.txt";
    rows_read: Counter, 1, Counter::default, "pipeline_rows_read_total", ["table"],
        "Rows handed to the loader";
    rows: Counter, 2, Counter::default, "pipeline_rows_total", ["table", "outcome"],
        "The same rows by what became of them; the outcomes of a table add up to what was read";
    rows_marked: Counter, 1, Counter::default, "pipeline_rows_marked_missing_total", ["table"],
        "Rows marked as deleted, since a full refresh no longer has them";
    skipped: Counter, 1, Counter::default, "pipeline_skipped_total", ["reason"],
        "What extractors passed over before it was a row";
    unresolved: Counter, 0, Counter::default, "pipeline_unresolved_references_total", [],
        "Nullable references whose target was not found";
    tasks: Counter, 2, Counter::default, "pipeline_tasks_total", ["task", "status"],
        "Tasks and partitions that ended, by how; not-run where one that they need failed";
    task_duration: Histogram, 2, || Histogram::new(TASK_BUCKETS), "pipeline_task_duration_seconds", ["task", "status"],
        "How long a task and partition took, from its first request to its commit";
    task_retries: Counter, 1, Counter::default, "pipeline_task_retries_total", ["task"],
        "Times that a task asked its source again as a whole";
    load_retries: Counter, 0, Counter::default, "pipeline_load_retries_total", [],
        "Times that a load was repeated as a whole";
    last_success: Value, 2, Value::default, "pipeline_task_last_success_time_seconds", ["dag", "task"],
        "When a partition of the task was loaded last, by any run, as a Unix time; asked of the database";
    quarantine: Value, 2, Value::default, "pipeline_quarantine_open_records", ["table", "reason"],
        "Refused records that wait in the quarantine; asked of the database at the end of a run";
    references: Value, 1, Value::default, "pipeline_quarantine_open_references", ["table"],
        "References that wait for their target; asked of the database at the end of a run";
}

/// The metrics. They count whether anybody asks for them or not: it is some atomic additions a request and a load.
pub(super) static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::new);

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of the table in the docs: name, labels, meaning.
    fn row(definition: &Definition) -> String {
        let Definition { name, labels, help } = definition;
        let labels: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
        format!("| `{name}` | {} | {help} |", labels.join(", ")).replace("|  |", "| |")
    }

    #[test]
    fn the_docs_have_the_same_table() {
        let docs = include_str!("../../../docs/observing.md");
        let told: Vec<&str> = docs.lines().filter(|line| line.starts_with("| `pipeline_")).collect();
        let expected: Vec<String> = DEFINITIONS.iter().map(row).collect();
        assert_eq!(told, expected, "the table is:\n{}", expected.join("\n"));
    }

    #[test]
    fn names_and_labels_are_as_prometheus_wants_them() {
        for Definition { name, labels, help } in DEFINITIONS {
            assert!(name.starts_with("pipeline_") && !help.ends_with('.'), "{name}");
            assert!(!labels.contains(&"partition") && !labels.contains(&"run_id"), "{name} has labels without bound");
            // Base units, told in the name (https://prometheus.io/docs/practices/naming/).
            assert!(!["_ms", "_minutes", "_millis", "_kb"].iter().any(|unit| name.contains(unit)), "{name}");
        }
    }
}
