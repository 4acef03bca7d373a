//! Row accounting: every row handed to the loader ends in exactly one of these counts.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// What became of the rows of one table. After a commit,
/// `read = inserted + updated + unchanged + duplicates + ignored + quarantined`; after a rollback,
/// `read = rolled_back + quarantined`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
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
    /// Rows whose transaction was rolled back. Written only where there was a rollback.
    #[serde(skip_serializing_if = "is_zero")]
    pub rolled_back: u64,
    /// Rows of the table that were marked as deleted, since a full refresh no longer has them. They were not read, so they are
    /// counted apart. Written only where there are any.
    #[serde(skip_serializing_if = "is_zero")]
    pub marked_missing: u64,
}

impl TableCounts {
    /// The rows accounted for; equal to `read` once a load has ended.
    pub fn accounted(&self) -> u64 {
        self.inserted
            + self.updated
            + self.unchanged
            + self.duplicates
            + self.ignored
            + self.quarantined
            + self.rolled_back
    }

    /// The same rows after their transaction was rolled back: those in the quarantine stay there (it is written on its own
    /// then), all others were not loaded.
    #[must_use]
    pub fn after_rollback(self) -> Self {
        let rolled_back = self.read.saturating_sub(self.quarantined);
        Self { read: self.read, quarantined: self.quarantined, rolled_back, ..Self::default() }
    }
}

impl AddAssign for TableCounts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.inserted += other.inserted;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.duplicates += other.duplicates;
        self.ignored += other.ignored;
        self.quarantined += other.quarantined;
        self.rolled_back += other.rolled_back;
        self.marked_missing += other.marked_missing;
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}
