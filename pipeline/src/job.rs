//! A job: what it is asked to do, and what it works with.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::{DateTime, Utc};

use crate::config::Settings;
use crate::load::MarkMissing;
use crate::report::Progress;
use crate::shutdown::Shutdown;

/// What a job works with; `O` is what one of its kind is asked to do. It counts what it does in a [`crate::report::Run`] beside it.
#[derive(Debug, Clone)]
pub struct Job<O = JobOptions> {
    /// All settings.
    pub settings: Settings,
    /// What it is asked to do.
    pub options: O,
    /// Where it tells how far it is.
    pub progress: Progress,
    /// Whether it is to end early; it looks between batches.
    pub shutdown: Shutdown,
}

/// What a load does with rows that are deleted, or missing in what it reads.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Refresh {
    /// Soft-deleted rows return to life when they come again.
    pub revive: bool,
    /// What is read is all there is: other rows are marked as deleted.
    pub mark_missing: Option<MarkMissing>,
}

/// The options that all jobs on sources have.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JobOptions {
    /// The most leaf records to take from each source (of the directory: schools). Lists and parents load in full.
    pub limit: Option<u64>,
    /// Where the bytes come from.
    pub traffic: Traffic,
    /// What becomes of stored answers, where the bytes come from the sources themselves.
    pub caching: Caching,
    /// What becomes of rows that are deleted, or missing in what the source gives. `test` loads nothing and ignores it.
    pub refresh: Refresh,
    /// Files that sources take as input.
    pub files: Vec<PathBuf>,
    /// What holds for all that the files hold, by name.
    pub given: BTreeMap<String, String>,
    /// Whether a scheduler runs such jobs one after the other: the first request to a site waits as if the job before had just asked.
    pub after_others: bool,
}

impl AsRef<JobOptions> for JobOptions {
    fn as_ref(&self) -> &JobOptions {
        self
    }
}

/// What a job does with the answers that are stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Caching {
    /// Uses what is fresh, and stores what it asks for.
    #[default]
    Use,
    /// Uses what is fresh and all that was stored since that moment, as a run does that goes on with another; stores what it asks for.
    Since(DateTime<Utc>),
    /// Asks for everything, and stores it anew.
    Refresh,
    /// Neither reads nor stores.
    Off,
}

/// Where the bytes of a job come from. The choices exclude each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Traffic {
    /// The sources themselves.
    #[default]
    Live,
    /// The sources themselves; every exchange is also written to this recording.
    Record(PathBuf),
    /// A recording; the network is never touched.
    Replay(PathBuf),
    /// The recording that ships with the repository; the network is never touched.
    Offline,
}
