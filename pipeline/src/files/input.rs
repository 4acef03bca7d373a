//! Where the bytes of a load come from. They can be read more than once, for a load that is tried again.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::{Error, Exit, Result};

/// A file, or what somebody else writes.
#[derive(Debug, Clone)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input, a pipe or another stream, spooled to a temporary file without a name: no transaction waits for whoever
    /// writes it, and it can be read again.
    Spooled(String, Arc<File>),
}

impl Input {
    /// The input of a path; `-` is standard input. A stream is read to its end.
    ///
    /// # Errors
    /// [`Exit::Usage`] for a file that is not there, [`Exit::Temporary`] if a stream cannot be spooled.
    pub fn of(path: &Path) -> Result<Self> {
        if path.as_os_str() == "-" {
            return Ok(Self::Spooled("standard input".to_owned(), spool("standard input", io::stdin().lock())?));
        }
        let name = path.display().to_string();
        let opened = |error| Error::new(Exit::Usage, format!("the file {name} cannot be opened")).caused_by(error);
        let metadata = std::fs::metadata(path).map_err(opened)?;
        if metadata.is_dir() {
            return Err(Error::new(Exit::Usage, format!("{name} is a folder")).help("name the files in it"));
        }
        if metadata.is_file() {
            return Ok(Self::File(path.to_owned()));
        }
        let stream = File::open(path).map_err(opened)?;
        let spooled = spool(&name, stream)?;
        Ok(Self::Spooled(name, spooled))
    }

    /// Its name in messages and in the quarantine.
    pub(super) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Spooled(name, _) => name.clone(),
        }
    }

    /// Its bytes from the beginning, and how many they are.
    pub(super) fn open(&self) -> Result<(Content, Option<u64>)> {
        let size = |file: &File| file.metadata().ok().map(|metadata| metadata.len());
        match self {
            Self::File(path) => {
                let file = File::open(path).map_err(|error| {
                    let message = format!("the file {} cannot be opened", path.display());
                    Error::new(Exit::Usage, message).caused_by(error)
                })?;
                let size = size(&file);
                Ok((Content::File(file), size))
            }
            Self::Spooled(_, file) => Ok((Content::Spooled(Arc::clone(file), 0), size(file))),
        }
    }
}

/// The bytes of an input, each reader with a position of its own.
pub(super) enum Content {
    File(File),
    Spooled(Arc<File>, u64),
}

impl Read for Content {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Spooled(file, position) => {
                let read = file.read_at(buffer, *position)?;
                *position += read as u64;
                Ok(read)
            }
        }
    }
}

impl Content {
    /// The file, for reading at any place.
    pub(super) fn shared(self) -> Arc<File> {
        match self {
            Self::File(file) => Arc::new(file),
            Self::Spooled(file, _) => file,
        }
    }
}

/// Copies what can only be read once, and in its order, to a temporary file.
pub(super) fn spool(name: &str, mut input: impl Read) -> Result<Arc<File>> {
    let spooled = tempfile::tempfile().and_then(|mut file| io::copy(&mut input, &mut file).map(|_| file));
    spooled.map(Arc::new).map_err(|error| {
        let folder = std::env::temp_dir();
        Error::new(Exit::Temporary, format!("{name} cannot be spooled to {}", folder.display()))
            .help("TMPDIR names a folder with more room")
            .caused_by(error)
    })
}
