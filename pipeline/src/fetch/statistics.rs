//! What a fetcher has done.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// What a fetcher has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Requests sent to sites: retries, redirects and robots.txt are requests too.
    pub requests: u64,
    /// How many of the requests were retries.
    pub retries: u64,
    /// Answers taken from the cache without asking, robots.txt included.
    pub from_cache: u64,
    /// Stored answers that a site confirmed (304): each is a request too.
    pub not_modified: u64,
    /// Responses taken from a recording instead.
    pub replayed: u64,
    /// The time spent waiting for a turn and between attempts, summed over concurrent requests.
    pub waited: Duration,
    /// Bytes of bodies received, decompressed.
    pub bytes: u64,
}

/// The counters behind [`Statistics`].
#[derive(Debug, Default)]
pub(super) struct Counters {
    requests: AtomicU64,
    retries: AtomicU64,
    from_cache: AtomicU64,
    not_modified: AtomicU64,
    replayed: AtomicU64,
    waited_micros: AtomicU64,
    bytes: AtomicU64,
}

impl Counters {
    pub(super) fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn cached(&self) {
        self.from_cache.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn not_modified(&self) {
        self.not_modified.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn replayed(&self) {
        self.replayed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn waited(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        self.waited_micros.fetch_add(micros, Ordering::Relaxed);
    }

    pub(super) fn received(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> Statistics {
        Statistics {
            requests: self.requests.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            from_cache: self.from_cache.load(Ordering::Relaxed),
            not_modified: self.not_modified.load(Ordering::Relaxed),
            replayed: self.replayed.load(Ordering::Relaxed),
            waited: Duration::from_micros(self.waited_micros.load(Ordering::Relaxed)),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}
