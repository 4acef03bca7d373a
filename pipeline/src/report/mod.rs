//! Counts, results, summaries, progress.

mod accounting;

pub use accounting::TableCounts;
