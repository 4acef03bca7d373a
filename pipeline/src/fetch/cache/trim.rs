//! How much room the cache takes, and which answers give way.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use super::{UNFINISHED, is_entry};

/// An unfinished entry this old was left by a process that was killed.
const ABANDONED: Duration = Duration::from_secs(3600);

/// The room that the entries of one folder take. Other processes add to the folder too, so what is known here is checked by
/// a look at the folder whenever it matters.
#[derive(Debug)]
pub(super) struct Space {
    limit: u64,
    /// Nothing before the first look.
    taken: Mutex<Option<u64>>,
}

impl Space {
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, taken: Mutex::new(None) }
    }

    pub(super) fn limit(&self) -> u64 {
        self.limit
    }

    /// Counts an entry that was stored, and removes the oldest ones if there is too much.
    pub(super) fn taken(&self, size: u64, folder: &Path) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let now = taken.map(|taken| taken + size);
        *taken = match now {
            Some(now) if now <= self.limit => Some(now),
            // The first entry of this process, or one too much.
            _ => Some(trim(folder, self.limit)),
        };
    }
}

struct Entry {
    path: PathBuf,
    size: u64,
    stored: SystemTime,
}

/// Removes the oldest entries of a folder that is over the limit, and a tenth more, so that this is not done for every entry.
/// What other processes remove meanwhile is gone all the same. Gives the size of what stays.
fn trim(folder: &Path, limit: u64) -> u64 {
    let mut entries = entries(folder);
    let mut taken: u64 = entries.iter().map(|entry| entry.size).sum();
    if taken <= limit {
        return taken;
    }
    let (before, number) = (taken, entries.len());
    entries.sort_by_key(|entry| entry.stored);
    let mut removed = 0;
    for entry in entries {
        if taken <= limit - limit / 10 {
            break;
        }
        if fs::remove_file(&entry.path).is_ok() {
            removed += 1;
        }
        taken -= entry.size;
    }
    tracing::debug!(folder = %folder.display(), before, number, removed, "the oldest answers gave way");
    taken
}

/// The entries of a folder. Unfinished ones that nobody finishes any more are removed.
fn entries(folder: &Path) -> Vec<Entry> {
    let listed = |folder: &Path| fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut entries = Vec::new();
    for path in listed(folder).flat_map(|folder| listed(&folder).collect::<Vec<_>>()) {
        let Ok(found) = fs::metadata(&path) else { continue };
        let stored = found.modified().unwrap_or(SystemTime::UNIX_EPOCH);
        if is_entry(&path) {
            entries.push(Entry { path, size: found.len(), stored });
        } else if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(UNFINISHED))
            && stored.elapsed().is_ok_and(|age| age > ABANDONED)
        {
            let _ = fs::remove_file(&path);
        }
    }
    entries
}
