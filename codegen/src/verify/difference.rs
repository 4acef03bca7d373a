//! One difference between schema and database, and what it breaks.

use serde::Serialize;

use crate::schema::Location;

/// How much a difference matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Statements that the schema allows fail, or rows cannot be read.
    Error,
    /// Statements succeed, and do something else than the schema says.
    Warning,
    /// Nothing breaks. It is no drift by itself.
    Note,
}

/// Something that schema and database do not agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// How much it matters.
    pub severity: Severity,
    /// What it is about: a table, enum, view or sequence as `schema.name`.
    pub object: String,
    /// What differs.
    pub message: String,
    /// What that breaks, with the SQLSTATE where PostgreSQL refuses something.
    pub consequence: &'static str,
    /// Where the schema declares it.
    pub location: Option<Location>,
}

/// The differences, sorted by object, and how many tables were compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The version of this form.
    pub version: u32,
    /// The tables of the schema.
    pub tables: usize,
    /// What differs, by object in the schema's order, errors first.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// True where the database is not the schema's. Notes are no drift.
    pub fn has_drifted(&self) -> bool {
        self.differences.iter().any(|difference| difference.severity != Severity::Note)
    }

    /// The number of differences of that severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.differences.iter().filter(|difference| difference.severity == severity).count()
    }
}
