//! What to ask of each site, and what its answers say.
//!
//! A source is a folder: `requests` (what to ask), `extract` (bytes to records, pure), `records` (what the records hold),
//! `tables` (records to rows) and `collect` (asks, extracts, counts: the tasks). Registering it in [`ALL`] makes it known
//! everywhere else: to `test`, `sync`, the task graph, the settings, the help.

pub mod awards;
pub mod batch;
pub mod check;
pub mod figures;
pub mod found;
pub mod hometown;
pub mod html;
pub mod json;
pub mod names;
pub mod ncaa_com;
pub mod ncaa_directory;
pub mod ncaa_stats;
pub mod niche;
pub mod packed;
pub mod pages;
pub mod profile;
pub mod task;
pub mod text;

use std::collections::BTreeMap;
use std::time::Duration;

pub use task::Task;

use crate::fetch::{Rate, SourceAccess};

/// A source as plain data: what settings, help and the task graph need to know of it.
#[derive(Debug)]
pub struct Source {
    /// Its name on the command line, in settings and recordings.
    pub name: &'static str,
    /// What it is, in one line.
    pub title: &'static str,
    /// What it needs of the user before it gives anything.
    pub needs: &'static str,
    /// Where it lives, unless settings say otherwise.
    pub base_url: &'static str,
    /// How often its host is asked, unless settings say otherwise.
    pub rate: Rate,
    /// Whether it is asked unless settings say otherwise.
    pub is_on: bool,
    /// How long its answers are fresh once they are stored, unless settings say otherwise.
    pub lifetime: Duration,
    /// The DAG that its tasks belong to.
    pub dag: &'static str,
    /// The sports that it has, by the NCAA's codes, for tasks that are cut by sport.
    pub sports: &'static [&'static str],
    /// Whether those of its tasks that run together and are not cut are loaded together, in one transaction. They must not read
    /// each other's rows.
    pub loads_as_one: bool,
    /// Its tasks, each after those that it depends on.
    pub tasks: &'static [Task],
    /// Pages that stand for all of their kind, to see whether the site still is what the extractors expect.
    pub checks: &'static [check::Check],
    /// Whether the shipped recording holds it, so that `--offline` works.
    pub ships_offline: bool,
}

/// Every source, in the order of loading.
pub static ALL: &[&Source] =
    &[&ncaa_directory::SOURCE, &ncaa_stats::SOURCE, &ncaa_com::SOURCE, &niche::SOURCE, &awards::SOURCE];

/// The source of that name.
pub fn find(name: &str) -> Option<&'static Source> {
    ALL.iter().copied().find(|source| source.name == name)
}

/// How to reach every source, as far as settings say nothing else.
pub fn access() -> BTreeMap<String, SourceAccess> {
    let access = |source: &&Source| {
        (
            source.name.to_owned(),
            SourceAccess { base_url: source.base_url.to_owned(), rate: source.rate, lifetime: source.lifetime },
        )
    };
    ALL.iter().map(access).collect()
}
