//! From memory to disk, or the difference between the two.
//!
//! Only files that codegen wrote itself (they say so in their first lines) are overwritten or removed.

mod diff;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::emit::MARK;
use crate::generate::Files;

pub use diff::diff;

/// What differs between the files in memory and those on disk. Paths are inside the output folder, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Not there yet.
    pub added: Vec<String>,
    /// There, with other content.
    pub modified: Vec<String>,
    /// Written by codegen once, and of no table any more.
    pub orphaned: Vec<String>,
}

impl Changes {
    /// Nothing differs.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.modified.is_empty() && self.orphaned.is_empty()
    }
}

/// Why output could not be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file or folder could not be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file or folder could not be written, as on a read-only file system.
    #[error("{path} is out of date and cannot be written: {source}")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of that name is there and was not written by codegen.
    #[error(
        "{path} was not written by codegen (its first lines do not say `{MARK}`), so it is not overwritten: move it, or choose another `out`"
    )]
    Foreign {
        /// Which.
        path: PathBuf,
    },
}

/// Compares the files with the folder. A folder that is not there is an empty one.
///
/// # Errors
/// [`Error::Read`]; [`Error::Foreign`] where a file would have to be overwritten that codegen did not write.
pub fn changes(files: &Files, out: &Path) -> Result<Changes, Error> {
    let mut changes = Changes::default();
    for (name, content) in files {
        let path = out.join(name);
        match fs::read(&path) {
            Ok(bytes) if same(&bytes, content) => {}
            Ok(bytes) if is_ours(&bytes) => changes.modified.push(name.clone()),
            Ok(_) => return Err(Error::Foreign { path }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => changes.added.push(name.clone()),
            Err(source) => return Err(Error::Read { path, source }),
        }
    }
    changes.orphaned = orphans(files, out)?;
    Ok(changes)
}

/// Makes the folder hold the files: writes those that differ, each in one step (a reader sees the old or the new one),
/// and removes the orphans. Gives what it changed. Where nothing differs nothing is touched, so a read-only folder is fine.
///
/// # Errors
/// As [`changes`]; [`Error::Write`].
pub fn write(files: &Files, out: &Path) -> Result<Changes, Error> {
    let changes = changes(files, out)?;
    if changes.is_empty() {
        return Ok(changes);
    }
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| Error::Write { path, source }
    };
    fs::create_dir_all(out).map_err(failed(out))?;
    for name in changes.added.iter().chain(&changes.modified) {
        let path = out.join(name);
        replace(&path, &files[name]).map_err(failed(&path))?;
    }
    for name in &changes.orphaned {
        let path = out.join(name);
        fs::remove_file(&path).map_err(failed(&path))?;
    }
    Ok(changes)
}

/// Writes beside the target and renames. The process id keeps two builds at once from writing the same file.
fn replace(path: &Path, content: &str) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let written = fs::write(&beside, content).and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // The first error is the one to tell.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Git may have checked the file out with CRLF; that is no difference.
fn same(bytes: &[u8], content: &str) -> bool {
    bytes == content.as_bytes()
        || std::str::from_utf8(bytes).is_ok_and(|text| text.contains('\r') && text.replace("\r\n", "\n") == content)
}

/// An empty file is nobody's; else one of the first lines has the mark (a merge conflict may stand above it).
fn is_ours(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]);
    bytes.is_empty() || head.lines().take(5).any(|line| line.contains(MARK))
}

fn orphans(files: &Files, out: &Path) -> Result<Vec<String>, Error> {
    let entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(Error::Read { path: out.to_owned(), source }),
    };
    let mut found = BTreeSet::new();
    for entry in entries {
        let entry = entry.map_err(|source| Error::Read { path: out.to_owned(), source })?;
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = matches!(path.extension().and_then(|end| end.to_str()), Some("rs" | "sql"));
        if !kind || files.contains_key(&name) || !path.is_file() {
            continue;
        }
        let bytes = fs::read(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
        if !bytes.is_empty() && is_ours(&bytes) {
            found.insert(name);
        }
    }
    Ok(found.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(of: &[(&str, &str)]) -> Files {
        of.iter().map(|(name, body)| ((*name).to_owned(), format!("// {MARK}; do not edit.\n{body}\n"))).collect()
    }

    fn lists(changes: &Changes) -> (Vec<&str>, Vec<&str>, Vec<&str>) {
        (
            changes.added.iter().map(String::as_str).collect(),
            changes.modified.iter().map(String::as_str).collect(),
            changes.orphaned.iter().map(String::as_str).collect(),
        )
    }

    #[test]
    fn writes_what_differs_and_removes_only_its_own_orphans() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("deep/generated");
        let first = write(&files(&[("a.rs", "1"), ("b.rs", "1")]), &out).unwrap();
        assert_eq!(lists(&first), (vec!["a.rs", "b.rs"], vec![], vec![]));
        fs::write(out.join("mine.rs"), "// by hand\n").unwrap();
        fs::write(out.join("notes.txt"), MARK).unwrap();
        let untouched = fs::metadata(out.join("a.rs")).unwrap().modified().unwrap();

        let second = write(&files(&[("a.rs", "1"), ("c.rs", "1")]), &out).unwrap();
        assert_eq!(lists(&second), (vec!["c.rs"], vec![], vec!["b.rs"]));
        assert_eq!(fs::metadata(out.join("a.rs")).unwrap().modified().unwrap(), untouched);
        let mut left: Vec<String> =
            fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        left.sort();
        assert_eq!(left, ["a.rs", "c.rs", "mine.rs", "notes.txt"]);

        let third = write(&files(&[("a.rs", "2"), ("c.rs", "1")]), &out).unwrap();
        assert_eq!(lists(&third), (vec![], vec!["a.rs"], vec![]));
    }

    #[test]
    fn a_hand_written_file_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.rs"), "fn precious() {}\n").unwrap();
        let error = write(&files(&[("a.rs", "1"), ("b.rs", "1")]), folder.path()).unwrap_err();
        assert!(error.to_string().contains("was not written by codegen"), "{error}");
        assert!(!folder.path().join("b.rs").exists());
        assert_eq!(fs::read_to_string(folder.path().join("a.rs")).unwrap(), "fn precious() {}\n");
    }

    #[test]
    fn line_ends_of_a_windows_checkout_are_no_difference() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(&[("a.rs", "1")]);
        fs::write(folder.path().join("a.rs"), files["a.rs"].replace('\n', "\r\n")).unwrap();
        assert!(changes(&files, folder.path()).unwrap().is_empty());
    }
}
