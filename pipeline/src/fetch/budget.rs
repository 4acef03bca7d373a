//! How many requests may be sent in all.

use std::sync::atomic::{AtomicU64, Ordering};

use super::FetchError;

/// What is left of a number of requests; without a number, there is no end to it.
#[derive(Debug)]
pub(super) struct Budget {
    limit: Option<u64>,
    left: AtomicU64,
}

impl Budget {
    pub(super) fn new(limit: Option<u64>) -> Self {
        Self { limit, left: AtomicU64::new(limit.unwrap_or(0)) }
    }

    /// Whether there is something left.
    ///
    /// # Errors
    /// [`FetchError::Budget`] if not.
    pub(super) fn check(&self, url: &str) -> Result<(), FetchError> {
        match self.limit {
            Some(limit) if self.left.load(Ordering::Relaxed) == 0 => {
                Err(FetchError::Budget { url: url.to_owned(), limit })
            }
            _ => Ok(()),
        }
    }

    /// Takes one request from it.
    ///
    /// # Errors
    /// [`FetchError::Budget`] if none is left.
    pub(super) fn take(&self, url: &str) -> Result<(), FetchError> {
        let Some(limit) = self.limit else { return Ok(()) };
        match self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)) {
            Ok(_) => Ok(()),
            Err(_) => Err(FetchError::Budget { url: url.to_owned(), limit }),
        }
    }
}
