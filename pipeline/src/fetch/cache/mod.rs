//! Answers kept on disk, so that what was asked once is not asked again: by a later run, or by one that goes on where another
//! was stopped.
//!
//! ```text
//! DIR/ab/cdef….zst   an answer: its address, status and headers as a line of JSON, then the body; one zstd frame
//! ```
//!
//! The name is the hash of the whole address, query included: another base URL is another entry. How long an answer is fresh
//! is not its own affair (`Cache-Control` is for browsers) but a setting of the source, or a wish of the request. A stale one
//! is asked for conditionally where the site gave it a validator.
//!
//! Entries are written under another name and renamed: any number of processes share a folder, and one that is killed leaves
//! nothing in part. A damaged entry counts as not there. A cache that cannot be written costs requests, never a run.

mod entry;
mod trim;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use sha2::{Digest, Sha256};

use super::{FetchError, Response, challenge};
use trim::Space;

/// Where answers are kept, and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheConfig {
    /// The folder; made if it is not there.
    pub folder: PathBuf,
    /// How large it may become, in bytes; the oldest answers give way.
    pub limit: u64,
    /// Whether what is stored is left unread: everything is asked for, and stored anew.
    pub refresh: bool,
    /// What was stored since this moment is fresh, whatever its lifetime: a run goes on with another.
    pub since: Option<DateTime<Utc>>,
}

/// How the names of unfinished entries begin.
const UNFINISHED: &str = ".part-";

/// The answers in a folder.
#[derive(Debug)]
pub(super) struct Cache {
    folder: PathBuf,
    refresh: bool,
    since: Option<DateTime<Utc>>,
    space: Space,
    /// Whether it was said already that nothing can be stored.
    told: AtomicBool,
}

impl Cache {
    /// The cache in a folder.
    ///
    /// # Errors
    /// [`FetchError::Configuration`] if there can be no such folder.
    pub(super) fn open(config: &CacheConfig) -> Result<Arc<Self>, FetchError> {
        fs::create_dir_all(&config.folder).map_err(|error| {
            let folder = config.folder.display();
            FetchError::Configuration(format!("the cache folder {folder} cannot be used: {error}"))
        })?;
        Ok(Arc::new(Self {
            folder: config.folder.clone(),
            refresh: config.refresh,
            since: config.since,
            space: Space::new(config.limit),
            told: AtomicBool::new(false),
        }))
    }

    /// What is stored for an address, if it can be read and its body is no longer than `body_limit`.
    pub(super) async fn get(self: &Arc<Self>, url: &str, body_limit: usize) -> Option<Stored> {
        if self.refresh {
            return None;
        }
        let (path, key) = (self.path(url), url.to_owned());
        let read = move || File::open(path).and_then(|file| entry::read(file, &key, body_limit));
        match tokio::task::spawn_blocking(read).await.ok()? {
            Ok(response) => Some(Stored {
                is_young: self.since.is_some_and(|since| response.fetched_at >= since),
                response: Box::new(response),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                tracing::debug!(url, %error, "the stored answer cannot be used");
                None
            }
        }
    }

    /// Stores an answer, if it is one to be kept. When this returns, a killed process no longer loses it.
    pub(super) async fn put(self: &Arc<Self>, url: &str, response: &Response) {
        if !is_kept(response) {
            return;
        }
        let (this, key, response) = (Arc::clone(self), url.to_owned(), response.clone());
        let written = tokio::task::spawn_blocking(move || this.write(&key, &response)).await;
        let failed = match written {
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
            Ok(Ok(())) => return,
        };
        if !self.told.swap(true, Ordering::Relaxed) {
            let folder = self.folder.display();
            tracing::warn!(%folder, error = failed, "answers cannot be stored: what is asked now is asked again next time");
        }
    }

    /// Removes what is stored for an address, for it cannot be used.
    pub(super) fn forget(&self, url: &str) {
        // Not there, or not to be removed: either way it is looked at again when it is asked for.
        let _ = fs::remove_file(self.path(url));
    }

    fn write(&self, url: &str, response: &Response) -> io::Result<()> {
        let bytes = entry::to_bytes(url, response)?;
        let size = bytes.len() as u64;
        if size > self.space.limit() {
            return Ok(());
        }
        let path = self.path(url);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let mut part = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
        part.write_all(&bytes)?;
        part.as_file().sync_data()?;
        part.persist(path).map_err(|error| error.error)?;
        self.space.taken(size, &self.folder);
        Ok(())
    }

    fn path(&self, url: &str) -> PathBuf {
        let hash: String = Sha256::digest(url).iter().map(|byte| format!("{byte:02x}")).collect();
        let (folder, name) = hash.split_at(2);
        self.folder.join(folder).join(format!("{name}.{}", entry::EXTENSION))
    }
}

/// Only what says something for good is kept: no failure, no refusal, and no empty page, which is a fault more often than an
/// answer.
fn is_kept(response: &Response) -> bool {
    let says_something = (response.status == 200 && !response.body.is_empty()) || response.is_absent();
    says_something && challenge::marker(response).is_none()
}

/// An answer that was stored.
#[derive(Debug)]
pub(super) struct Stored {
    response: Box<Response>,
    /// It was stored since the moment from which everything is fresh.
    is_young: bool,
}

impl Stored {
    /// The answer, if it is not older than `lifetime`. That there is nothing is believed for a quarter of that: pages appear
    /// more often than they change.
    pub(super) fn fresh(self, lifetime: Duration) -> Result<Response, Self> {
        if self.is_young {
            return Ok(*self.response);
        }
        let lifetime = if self.response.is_absent() { lifetime / 4 } else { lifetime };
        // An answer from the future shows a clock that was set back: nobody knows how old it is.
        let age = (Utc::now() - self.response.fetched_at).to_std();
        if age.is_ok_and(|age| age < lifetime) { Ok(*self.response) } else { Err(self) }
    }

    /// The headers that ask whether it still holds; empty if the site gave nothing to ask by.
    pub(super) fn validators(&self) -> HeaderMap {
        let pairs: [(&str, HeaderName); 2] = [("etag", IF_NONE_MATCH), ("last-modified", IF_MODIFIED_SINCE)];
        let given = pairs.into_iter().filter_map(|(header, asked)| {
            Some((asked, HeaderValue::from_str(self.response.headers.get(header)?).ok()?))
        });
        if self.response.status == 200 { given.collect() } else { HeaderMap::new() }
    }

    /// The answer, confirmed by a 304 just now: its headers hold, as far as they are not about the body (RFC 9111, 3.2).
    pub(super) fn confirmed(self, by: &Response) -> Response {
        let mut response = *self.response;
        let news = by.headers.iter().filter(|(name, _)| !name.starts_with("content-"));
        response.headers.extend(news.map(|(name, value)| (name.clone(), value.clone())));
        Response { fetched_at: by.fetched_at, ..response }
    }
}

/// Whether a file is an entry, by its name.
fn is_entry(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == entry::EXTENSION)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::fetch::Origin;

    fn aged(status: u16, seconds: i64) -> Stored {
        let response = Response {
            status,
            headers: [("etag".to_owned(), "\"1\"".to_owned())].into(),
            body: "body".into(),
            url: "http://host/".to_owned(),
            media_type: None,
            fetched_at: Utc::now() - TimeDelta::seconds(seconds),
            origin: Origin::Cache,
        };
        Stored { response: Box::new(response), is_young: false }
    }

    #[test]
    fn an_answer_is_fresh_for_its_lifetime_and_an_absence_for_a_quarter_of_it() {
        let cases = [
            (200, 0, true),
            (200, 3_000, true),
            (200, 3_700, false),
            (404, 800, true),
            (404, 1_000, false),
            (410, 1_000, false),
            // The clock was set back.
            (200, -60, false),
        ];
        for (status, age, is_fresh) in cases {
            let found = aged(status, age).fresh(Duration::from_secs(3_600));
            assert_eq!(found.is_ok(), is_fresh, "{status}, {age} s old");
        }
        assert!(aged(200, 0).fresh(Duration::ZERO).is_err(), "nothing is fresh for no time");
        let young = Stored { is_young: true, ..aged(404, 9_000) };
        assert!(young.fresh(Duration::ZERO).is_ok(), "a run that goes on asks nothing twice");
    }

    #[test]
    fn a_confirmation_brings_new_headers_and_keeps_the_body_and_what_is_about_it() {
        let mut confirmation = *aged(304, 0).response;
        confirmation.body = Default::default();
        confirmation.headers = [("etag", "\"2\""), ("content-type", "text/plain"), ("date", "now")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let confirmed = aged(200, 9_000).confirmed(&confirmation);
        assert_eq!((confirmed.status, &confirmed.body[..]), (200, &b"body"[..]));
        assert_eq!(confirmed.fetched_at, confirmation.fetched_at);
        let headers: Vec<_> = confirmed.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(headers, [("date", "now"), ("etag", "\"2\"")]);
    }
}
