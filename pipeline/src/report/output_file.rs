//! A file that a command is asked to write, such as `--result-file`, where a sidecar or a script looks for the result.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::error::{Error, Exit, Result};

/// Where something is to be written.
#[derive(Debug)]
pub struct OutputFile {
    flag: &'static str,
    path: PathBuf,
}

impl OutputFile {
    /// Checks the `path` that a flag names before the work begins, so that a mistyped folder does not cost a run.
    ///
    /// # Errors
    /// [`Exit::Usage`] if its folder does not exist or it is a folder itself.
    pub fn new(flag: &'static str, path: &Path) -> Result<Self> {
        let unusable = |why: &str| Error::new(Exit::Usage, format!("{flag} {}: {why}", path.display()));
        if path.is_dir() {
            return Err(unusable("is a folder"));
        }
        if !folder_of(path).is_dir() {
            return Err(unusable("its folder does not exist").help("make the folder first"));
        }
        // A link is kept, and what it points to replaced.
        Ok(Self { flag, path: path.canonicalize().unwrap_or_else(|_| path.to_owned()) })
    }

    /// Writes all of it. A reader sees the old file or the new one, never half of it. What is there and no regular file (a
    /// pipe, `/dev/stdout`) is written to and not replaced.
    ///
    /// # Errors
    /// [`Exit::Permission`] or [`Exit::Temporary`], as the file system says.
    pub fn write(&self, content: &[u8]) -> Result<()> {
        let special = fs::metadata(&self.path).is_ok_and(|metadata| !metadata.is_file());
        let written = if special {
            File::options().write(true).open(&self.path).and_then(|mut file| file.write_all(content))
        } else {
            replace_file(&self.path, &Uuid::now_v7().to_string(), |file| file.write_all(content))
        };
        written.map_err(|error| {
            let denied = matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem);
            let exit = if denied { Exit::Permission } else { Exit::Temporary };
            Error::new(exit, format!("{} {} cannot be written", self.flag, self.path.display())).caused_by(error)
        })
    }
}

/// Replaces a file in one step, by way of a hidden draft beside it that the run's own name tells from others'. A reader sees the old
/// content or the new one.
///
/// # Errors
/// What the file system says; then the old content stands.
pub(crate) fn replace_file(path: &Path, run: &str, write: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = folder_of(path).join(format!(".{name}.{run}"));
    let written = File::create_new(&draft).and_then(|mut file| {
        write(&mut file)?;
        file.flush()?;
        file.sync_all()?;
        fs::rename(&draft, path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLAG: &str = "--result-file";

    #[test]
    fn a_file_is_replaced_in_one_step_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result.json");
        fs::write(&path, "a longer text that was there before the run began, and must be gone\n".repeat(100)).unwrap();
        OutputFile::new(FLAG, &path).unwrap().write(b"{}\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{}\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        fs::write(&target, "").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        OutputFile::new(FLAG, &link).unwrap().write(b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "new");
    }

    #[test]
    fn a_device_is_written_to_and_not_replaced() {
        OutputFile::new(FLAG, Path::new("/dev/null")).unwrap().write(b"new").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
    }

    #[test]
    fn an_impossible_place_is_refused_before_the_work_begins() {
        for path in ["/nowhere/result.json", "/"] {
            assert_eq!(OutputFile::new(FLAG, Path::new(path)).unwrap_err().exit(), Exit::Usage, "{path}");
        }
    }
}
