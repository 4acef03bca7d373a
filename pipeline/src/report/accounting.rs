//! Row accounting: every row handed to the loader ends in exactly one of these counts.

use serde::Serialize;

/// What became of the rows of one table. After a commit,
/// `read = inserted + updated + unchanged + duplicates + ignored + quarantined`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct TableCounts {
    /// Rows handed to the loader.
    pub read: u64,
    /// Rows that were new.
    pub inserted: u64,
    /// Rows that existed and differed.
    pub updated: u64,
    /// Rows that existed and were the same.
    pub unchanged: u64,
    /// Rows whose key a later row of the same run gave again.
    pub duplicates: u64,
    /// Rows that existed and were to be left alone (`--on-conflict ignore`).
    pub ignored: u64,
    /// Rows that could not be accepted.
    pub quarantined: u64,
}

impl TableCounts {
    /// The rows accounted for; equal to `read` once a load has ended.
    pub fn accounted(&self) -> u64 {
        self.inserted + self.updated + self.unchanged + self.duplicates + self.ignored + self.quarantined
    }
}
