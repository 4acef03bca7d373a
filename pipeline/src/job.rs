//! What one job is asked to do, beside the settings.

use std::path::PathBuf;

/// Where the bytes of a job come from. The choices exclude each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Traffic {
    /// The sources themselves.
    Live,
    /// The sources themselves; every exchange is also written to this recording.
    Record(PathBuf),
    /// A recording; the network is never touched.
    Replay(PathBuf),
    /// The recording that ships with the repository; the network is never touched.
    Offline,
}

/// The options of `sync` and `test`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobOptions {
    /// The most leaf records to take from each source (of the directory: schools). Lists and parents load in full.
    pub limit: Option<u64>,
    /// Where the bytes come from.
    pub traffic: Traffic,
}
