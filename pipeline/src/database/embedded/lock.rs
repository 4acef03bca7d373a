//! One at a time, across processes.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::{Duration, Instant};

use super::file_error;
use crate::error::{Error, Exit, Result};

/// Longer than any start with recovery should take; then waiting is no longer a help.
const PATIENCE: Duration = Duration::from_secs(180);

/// A lock on a file, held until dropped. The operating system also releases it when the process is killed. The file stays:
/// removing it would let two processes lock two files of the same name.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for the lock.
    ///
    /// # Errors
    /// [`Exit::Temporary`] when another process holds it for minutes; [`Exit::Permission`] when the file cannot be made.
    pub(super) async fn acquire(path: &Path) -> Result<Self> {
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(|error| file_error("open the lock", path, error))?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if started.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(TryLockError::WouldBlock) => {
                    let message = format!("another process has been holding {} for minutes", path.display());
                    return Err(Error::new(Exit::Temporary, message)
                        .help("it is starting, stopping or installing the database; see which (`ps`) and try again"));
                }
                Err(TryLockError::Error(error)) => return Err(file_error("lock", path, error)),
            }
        }
    }
}
