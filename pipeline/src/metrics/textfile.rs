//! A file for node_exporter's textfile collector.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::report::replace_file;

/// The file, which is only ever there as a whole. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Textfile {
    path: PathBuf,
    /// What its draft is called, so that two runs with one file do not write into each other's.
    draft: String,
    /// Whether its last content is there: what was being written meanwhile comes too late.
    is_final: Arc<Mutex<bool>>,
}

impl Textfile {
    pub(super) fn new(path: &Path, run: &str) -> Self {
        // A link is kept, and what it points to replaced.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        // The collector reads what ends in `.prom`, and so never a draft.
        Self { path, draft: run.to_owned(), is_final: Arc::default() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Writes it, unless its last content is there already.
    pub(super) fn write(&self, text: &str, is_last: bool) -> io::Result<()> {
        let mut is_final = self.is_final.lock().unwrap_or_else(PoisonError::into_inner);
        if *is_final {
            return Ok(());
        }
        *is_final = is_last;
        replace_file(&self.path, &self.draft, |file| io::Write::write_all(file, text.as_bytes()))
    }
}
