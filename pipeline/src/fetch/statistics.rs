//! What a fetcher has done, by host and in all.

use std::collections::BTreeMap;
use std::iter::Sum;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::Url;

use super::SourceAccess;
use crate::metrics::{self, Sent};

/// What a fetcher has done so far, with one host or in all. Times are serialised as seconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Statistics {
    /// Requests sent to sites: retries, redirects and robots.txt are requests too.
    pub requests: u64,
    /// How many of the requests were retries.
    pub retries: u64,
    /// How many of the requests got no answer that can be used: no connection, no whole body in time, HTTP 429 or 5xx, a refusal.
    pub failures: u64,
    /// Answers taken from the cache without asking, robots.txt included.
    pub from_cache: u64,
    /// Stored answers that a site confirmed (304): each is a request too.
    pub not_modified: u64,
    /// Responses taken from a recording instead.
    pub replayed: u64,
    /// The time spent waiting for a turn and between attempts, summed over concurrent requests.
    #[serde(rename = "waited_seconds", serialize_with = "as_seconds", deserialize_with = "from_seconds")]
    pub waited: Duration,
    /// The time from the start of a request to its last byte, summed over concurrent requests.
    #[serde(rename = "request_seconds", serialize_with = "as_seconds", deserialize_with = "from_seconds")]
    pub requesting: Duration,
    /// Bytes of bodies received, decompressed.
    pub bytes: u64,
}

impl Sum for Statistics {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            requests: sum.requests + one.requests,
            retries: sum.retries + one.retries,
            failures: sum.failures + one.failures,
            from_cache: sum.from_cache + one.from_cache,
            not_modified: sum.not_modified + one.not_modified,
            replayed: sum.replayed + one.replayed,
            waited: sum.waited + one.waited,
            requesting: sum.requesting + one.requesting,
            bytes: sum.bytes + one.bytes,
        })
    }
}

fn as_seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    // Milliseconds are exact enough, and short to read.
    serializer.serialize_f64((time.as_secs_f64() * 1000.0).round() / 1000.0)
}

fn from_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds).map_err(serde::de::Error::custom)
}

/// The counters of all hosts, as the sources know them.
#[derive(Debug, Default)]
pub(super) struct Books {
    by_host: BTreeMap<String, Arc<Counters>>,
    by_source: BTreeMap<String, Arc<Counters>>,
}

impl Books {
    /// Sources at the same host share its counters.
    pub(super) fn of(sources: &BTreeMap<String, SourceAccess>) -> Self {
        let mut books = Self::default();
        for (source, access) in sources {
            let host = host(&access.base_url);
            let new = || Arc::new(Counters { host: host.clone(), ..Counters::default() });
            let counters = books.by_host.entry(host.clone()).or_insert_with(new);
            books.by_source.insert(source.clone(), Arc::clone(counters));
        }
        books
    }

    /// The counters of the host at which a source lives.
    pub(super) fn of_source(&self, source: &str) -> Option<&Arc<Counters>> {
        self.by_source.get(source)
    }

    /// What was done with each host. One with which nothing was done is left out.
    pub(super) fn hosts(&self) -> BTreeMap<String, Statistics> {
        let hosts = self.by_host.iter().map(|(host, counters)| (host.clone(), counters.snapshot()));
        hosts.filter(|(_, done)| *done != Statistics::default()).collect()
    }
}

/// The host of a base URL, with its port where that is not the usual one.
fn host(base_url: &str) -> String {
    // One that is no URL is refused elsewhere, where it is needed.
    let Ok(url) = Url::parse(base_url) else { return base_url.to_owned() };
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The counters behind [`Statistics`]. What they count, the metrics count too.
#[derive(Debug, Default)]
pub(super) struct Counters {
    host: String,
    requests: AtomicU64,
    retries: AtomicU64,
    failures: AtomicU64,
    from_cache: AtomicU64,
    not_modified: AtomicU64,
    replayed: AtomicU64,
    waited_micros: AtomicU64,
    request_micros: AtomicU64,
    bytes: AtomicU64,
}

impl Counters {
    /// A request is sent. What becomes of it, the metrics are told by what this gives.
    pub(super) fn request(&self) -> Sent<'_> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        Sent::now(&self.host)
    }

    /// The host refuses us.
    pub(super) fn refused(&self) {
        metrics::refused(&self.host);
    }

    pub(super) fn retry(&self) {
        metrics::request_retried(&self.host);
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        self.failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn cached(&self) {
        metrics::stored_answer(&self.host, "fresh");
        self.from_cache.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn not_modified(&self) {
        metrics::stored_answer(&self.host, "confirmed");
        self.not_modified.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn replayed(&self) {
        metrics::stored_answer(&self.host, "recorded");
        self.replayed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn waited(&self, time: Duration) {
        metrics::waited(&self.host, time);
        self.waited_micros.fetch_add(micros(time), Ordering::Relaxed);
    }

    pub(super) fn requested(&self, time: Duration) {
        self.request_micros.fetch_add(micros(time), Ordering::Relaxed);
    }

    pub(super) fn received(&self, bytes: usize) {
        metrics::received(&self.host, bytes);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn snapshot(&self) -> Statistics {
        Statistics {
            requests: self.requests.load(Ordering::Relaxed),
            retries: self.retries.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
            from_cache: self.from_cache.load(Ordering::Relaxed),
            not_modified: self.not_modified.load(Ordering::Relaxed),
            replayed: self.replayed.load(Ordering::Relaxed),
            waited: Duration::from_micros(self.waited_micros.load(Ordering::Relaxed)),
            requesting: Duration::from_micros(self.request_micros.load(Ordering::Relaxed)),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_named_with_its_port_only_where_that_is_unusual() {
        let cases = [
            ("https://stats.ncaa.org/", "stats.ncaa.org"),
            ("https://stats.ncaa.org:443", "stats.ncaa.org"),
            ("http://127.0.0.1:8080/api", "127.0.0.1:8080"),
            ("no URL", "no URL"),
        ];
        for (base, name) in cases {
            assert_eq!(host(base), name, "{base}");
        }
    }

    #[test]
    fn times_are_kept_as_seconds() {
        let done = Statistics { requests: 3, waited: Duration::from_micros(1_234_567), ..Statistics::default() };
        let json = serde_json::to_value(done).unwrap();
        assert_eq!((&json["requests"], &json["waited_seconds"]), (&3.into(), &1.235.into()));
        let read: Statistics = serde_json::from_value(json).unwrap();
        assert_eq!(read, Statistics { waited: Duration::from_millis(1_235), ..done });
        assert!(serde_json::from_str::<Statistics>(r#"{"waited_seconds":-1}"#).is_err());
    }
}
