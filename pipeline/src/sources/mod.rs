//! What to ask of each site, and what its answers say.
//!
//! A source is a folder: `requests` (what to ask), `extract` (bytes to records, pure), `records` (what the records hold),
//! `tables` (records to rows) and `harvest` (asks, extracts, counts). Registering it in [`ALL`] makes it known everywhere else.

pub mod figures;
pub mod found;
pub mod hometown;
pub mod html;
pub mod json;
pub mod names;
pub mod ncaa_com;
pub mod ncaa_directory;
pub mod ncaa_stats;
pub mod profile;
pub mod text;

use std::collections::BTreeMap;

use crate::fetch::{Rate, SourceAccess};

/// A source as plain data: what settings, help and the task graph need to know of it.
#[derive(Debug)]
pub struct Source {
    /// Its name on the command line, in settings and recordings.
    pub name: &'static str,
    /// What it is, in one line.
    pub title: &'static str,
    /// Where it lives, unless settings say otherwise.
    pub base_url: &'static str,
    /// How often its host is asked, unless settings say otherwise.
    pub rate: Rate,
    /// The DAG that its tasks belong to.
    pub dag: &'static str,
    /// Its tasks in the order of their dependence, each with the table that it loads.
    pub tasks: &'static [(&'static str, &'static str)],
    /// Whether the shipped recording holds it, so that `--offline` works.
    pub ships_offline: bool,
}

/// Every source, in the order of loading.
pub static ALL: &[&Source] = &[&ncaa_directory::SOURCE];

/// The source of that name.
pub fn find(name: &str) -> Option<&'static Source> {
    ALL.iter().copied().find(|source| source.name == name)
}

/// How to reach every source, as far as settings say nothing else.
pub fn access() -> BTreeMap<String, SourceAccess> {
    let access = |source: &&Source| {
        (source.name.to_owned(), SourceAccess { base_url: source.base_url.to_owned(), rate: source.rate })
    };
    ALL.iter().map(access).collect()
}
