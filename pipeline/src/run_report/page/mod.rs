//! The facts as one HTML file. Words and shapes are made here, markup in `templates/`.

mod chart;
mod filters;
mod graph;

use askama::Template;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::compare::{Change, Comparison, READ_OF};
use super::facts::Facts;
use super::tasks::severity;
use crate::error::{Error, Exit, Result};
use crate::report::TableCounts;
use chart::{Chart, Share, percent, shares};
use graph::Graph;

const STYLE: &str = include_str!("../../../templates/report.css");

/// So many troubles are told one by one.
const TROUBLES: usize = 50;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    facts: &'a Facts,
    style: &'static str,
    /// The style's hash, by which the content security policy knows it.
    style_hash: String,
    graph: Option<Graph>,
    chart: Chart<'a>,
    columns: Vec<&'static Column>,
}

/// The page.
///
/// # Errors
/// [`Exit::Temporary`] where the template fails, which would be a defect.
pub fn page(facts: &Facts) -> Result<String> {
    let page = Page {
        facts,
        style: STYLE,
        style_hash: BASE64_STANDARD.encode(Sha256::digest(STYLE)),
        graph: (!facts.tasks.is_empty()).then(|| Graph::of(&facts.tasks)),
        chart: Chart::of(facts),
        columns: shown(facts),
    };
    let page = page.render();
    let page = page.map_err(|error| Error::new(Exit::Temporary, "the report cannot be written").caused_by(error))?;
    Ok(page + "\n")
}

/// A column of the row accounting.
struct Column {
    name: &'static str,
    of: fn(&TableCounts) -> u64,
    /// Shown even if it is zero in every table.
    always: bool,
}

/// What rows that were read become.
const COLUMNS: [Column; 7] = [
    Column { name: "inserted", of: |counts| counts.inserted, always: true },
    Column { name: "updated", of: |counts| counts.updated, always: true },
    Column { name: "unchanged", of: |counts| counts.unchanged, always: true },
    Column { name: "duplicates", of: |counts| counts.duplicates, always: true },
    Column { name: "ignored", of: |counts| counts.ignored, always: true },
    Column { name: "quarantined", of: |counts| counts.quarantined, always: true },
    Column { name: "rolled-back", of: |counts| counts.rolled_back, always: false },
];

fn shown(facts: &Facts) -> Vec<&'static Column> {
    let is_shown =
        |column: &&Column| column.always || facts.tables.values().any(|table| (column.of)(&table.counts) > 0);
    COLUMNS.iter().filter(is_shown).collect()
}

impl Column {
    fn count(&self, counts: &TableCounts) -> u64 {
        (self.of)(counts)
    }

    /// The column's name in prose.
    fn words(&self) -> String {
        self.name.replace('-', " ")
    }
}

impl Page<'_> {
    /// The parts of a table's bar.
    fn bar(&self, counts: &TableCounts) -> Vec<Share> {
        shares(self.columns.iter().map(|column| (column.name, column.count(counts))))
    }

    /// The states of a task with their numbers, the worst first.
    fn states<'f>(&self, states: &'f std::collections::BTreeMap<String, usize>) -> Vec<(&'f String, &'f usize)> {
        let mut states: Vec<_> = states.iter().collect();
        states.sort_by_key(|(state, _)| severity(state));
        states
    }

    fn troubles(&self) -> &[super::Trouble] {
        &self.facts.troubles[..self.facts.troubles.len().min(TROUBLES)]
    }

    fn untold_troubles(&self) -> usize {
        self.facts.troubles.len() - self.troubles().len()
    }

    /// Records of the quarantine that are still this run's.
    fn records(&self) -> i64 {
        self.facts.quarantine.iter().map(|refusals| refusals.records).sum()
    }

    fn references(&self) -> i64 {
        self.facts.unresolved.iter().map(|reference| reference.rows).sum()
    }

    /// What is compared: of single tables only what differs.
    fn changes<'f>(&self, comparison: &'f Comparison) -> impl Iterator<Item = &'f Change> {
        comparison.changes.iter().filter(|change| change.now != change.before || !change.what.starts_with(READ_OF))
    }

    /// What a time is of the longest in the trend.
    fn part(&self, seconds: &f64) -> String {
        let longest = self.facts.trend.iter().map(|point| point.seconds).fold(0.0, f64::max);
        percent(*seconds, longest)
    }
}
