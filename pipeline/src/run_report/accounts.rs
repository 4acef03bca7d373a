//! What became of the rows, as the results tell it.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;

use crate::database::{RunRecord, TaskRecord};
use crate::graph;
use crate::report::TableCounts;

/// The rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TableFacts {
    /// The account.
    #[serde(flatten)]
    pub counts: TableCounts,
    /// Whether every row that was read is in exactly one of the counts.
    pub adds_up: bool,
}

/// The results of a run: its own, or as long as there is none those of the tasks that have ended.
pub(super) fn results<'a>(run: &'a RunRecord, tasks: &'a [TaskRecord]) -> Vec<&'a Value> {
    match &run.result {
        Some(result) => vec![result],
        None => tasks.iter().filter_map(|task| task.result.as_ref()).collect(),
    }
}

/// The accounts of the tables in the order of loading: JSON in the database has lost it.
pub(super) fn tables(results: &[&Value]) -> IndexMap<String, TableFacts> {
    let mut sums = BTreeMap::<String, TableCounts>::new();
    for (table, counts) in members(results, "tables") {
        // What is no account (of another version of the program) is none.
        *sums.entry(table.clone()).or_default() += TableCounts::deserialized(counts);
    }
    let order: Vec<String> =
        graph::all_tasks().flat_map(|(_, task)| task.tables).map(|table| table.qualified_name()).collect();
    let mut sums: Vec<(String, TableCounts)> = sums.into_iter().collect();
    sums.sort_by_key(|(table, _)| order.iter().position(|known| known == table).unwrap_or(order.len()));
    let told = |counts: TableCounts| TableFacts { counts, adds_up: counts.accounted() == counts.read };
    sums.into_iter().map(|(table, counts)| (table, told(counts))).collect()
}

/// What extractors passed over, by reason.
pub(super) fn skipped(results: &[&Value]) -> BTreeMap<String, u64> {
    let mut sums = BTreeMap::new();
    for (reason, number) in members(results, "skipped") {
        *sums.entry(reason.clone()).or_default() += number.as_u64().unwrap_or_default();
    }
    sums
}

/// The sum of a count.
pub(super) fn count(results: &[&Value], name: &str) -> u64 {
    results.iter().filter_map(|result| result[name].as_u64()).sum()
}

/// The rows that a result says were read.
pub(super) fn rows_read(result: &Value) -> u64 {
    members(&[result], "tables").filter_map(|(_, counts)| counts["read"].as_u64()).sum()
}

fn members<'a>(results: &[&'a Value], name: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let objects: Vec<_> = results.iter().filter_map(|result| result[name].as_object()).collect();
    objects.into_iter().flatten()
}

impl TableCounts {
    fn deserialized(value: &Value) -> Self {
        serde_json::from_value(value.clone()).unwrap_or_default()
    }
}
