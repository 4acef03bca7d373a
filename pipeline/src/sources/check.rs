//! Pages that stand for all of their kind: whether a site still is what the extractors expect.

use super::found::Extracted;
use crate::Result;
use crate::fetch::{Request, Response};

/// A page to look at.
#[derive(Debug)]
pub struct Check {
    /// The kind of page.
    pub page: &'static str,
    /// The request for one of them.
    pub request: fn() -> Request,
    /// What of that which is looked for is there.
    ///
    /// # Errors
    /// A page that is nothing like what was expected.
    pub probe: fn(&Response) -> Result<Vec<Match>>,
}

/// Something that is looked for in a page, and how often it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// What: a selector, a field, a kind of record.
    pub what: String,
    /// How often.
    pub found: usize,
}

impl Match {
    /// What was looked for, and how often it is there.
    pub fn of(what: impl Into<String>, found: usize) -> Self {
        Self { what: what.into(), found }
    }
}

/// What an extractor found in a list.
pub fn counted<T>(extracted: &Extracted<T>) -> Vec<Match> {
    let mut all = vec![Match::of("records", extracted.records.len())];
    if !extracted.refused.is_empty() {
        all.push(Match::of("refused", extracted.refused.len()));
    }
    let passed_over = extracted.passed_over.iter();
    all.extend(passed_over.map(|(reason, number)| Match::of(*reason, usize::try_from(*number).unwrap_or(usize::MAX))));
    all
}
