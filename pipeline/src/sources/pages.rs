//! Pages of sources as tasks ask for them: one by one, shared between tasks, or many of a kind of which some may fail.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use futures::StreamExt;
use futures::stream;
use tokio::sync::OnceCell;
use tracing::Span;

use super::batch::Batch;
use super::found::layout_changed_at;
use crate::fetch::{FetchError, Fetcher, Request, Response};
use crate::report::ProgressTask;
use crate::{Error, Exit, Result};

/// The pages of a run.
#[derive(Debug)]
pub struct Pages {
    fetcher: Fetcher,
    shared: Mutex<HashMap<Request, Arc<OnceCell<Response>>>>,
}

/// Many pages of one kind.
#[derive(Debug)]
pub struct Kind<'a> {
    /// What the kind is called in the counts of what was skipped, such as `detail`.
    pub name: &'static str,
    /// Where each page that is done is told.
    pub progress: &'a ProgressTask,
}

/// What became of many pages of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageCounts {
    /// Pages that gave something.
    pub read: u64,
    /// Pages that showed nothing known.
    pub empty: u64,
    /// What has no page (404): no fault.
    pub absent: u64,
    /// Pages that could not be had, while others could.
    pub unavailable: u64,
    /// Pages that were not what they used to be, while others were.
    pub changed: u64,
}

/// So many pages without anything known, and none with something, are no accident.
const TELLING: u64 = 3;

impl PageCounts {
    /// Counts what was not read.
    pub fn skip(&self, kind: &str, batch: &mut Batch) {
        batch.skip(format!("{kind}-unavailable"), self.unavailable);
        batch.skip(format!("{kind}-empty"), self.empty);
        batch.skip(format!("{kind}-changed"), self.changed);
        batch.has_gaps |= self.unavailable + self.changed > 0;
    }
}

impl Pages {
    /// The pages that a fetcher gets.
    pub fn new(fetcher: Fetcher) -> Self {
        Self { fetcher, shared: Mutex::default() }
    }

    /// The fetcher, for what it counts.
    pub fn fetcher(&self) -> &Fetcher {
        &self.fetcher
    }

    /// Gets a page.
    ///
    /// # Errors
    /// Those of [`Fetcher::get`].
    pub async fn get(&self, request: &Request) -> Result<Response, FetchError> {
        self.fetcher.get(request).await
    }

    /// Gets a page that several tasks of a run need: it is asked for once, and kept until the run ends.
    ///
    /// # Errors
    /// Those of [`Fetcher::get`]; whoever needs it next asks again.
    pub async fn shared(&self, request: &Request) -> Result<Response, FetchError> {
        let cell = {
            let mut shared = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(shared.entry(request.clone()).or_default())
        };
        cell.get_or_try_init(|| self.fetcher.get(request)).await.cloned()
    }

    /// Gets many pages of one kind, as many at once as is worth it, and reads each: what it shows, or nothing known. The outcome
    /// is in the order of the requests.
    ///
    /// A single page that cannot be had (the site fails, refuses this one, redirects away, answers without end) is passed over
    /// and counted. When all of them fail, or more than 3 and a twentieth, the last failure is the error.
    ///
    /// # Errors
    /// The fetcher's. Pages of which none shows anything known, and pages that `read` refuses (all, or more than 3 and a twentieth),
    /// exit 65.
    pub async fn each<K, T, F>(
        &self,
        kind: &Kind<'_>,
        requests: Vec<(K, Request)>,
        read: F,
    ) -> Result<(Vec<(K, T)>, PageCounts)>
    where
        T: Send + 'static,
        F: Fn(&Response) -> Result<Option<T>> + Clone + Send + 'static,
    {
        let bearable = 3 + requests.len() as u64 / 20;
        let (mut found, mut counts) = (Vec::with_capacity(requests.len()), PageCounts::default());
        let (mut last_failure, mut last_empty, mut last_change) = (None, None, None);
        let mut answers = stream::iter(requests.into_iter().enumerate())
            .map(|(position, (key, request))| async move { (position, key, self.get(&request).await) })
            .buffer_unordered(self.fetcher.concurrency());
        while let Some((position, key, answer)) = answers.next().await {
            match answer {
                Ok(response) if response.is_absent() => counts.absent += 1,
                Ok(response) => {
                    let (url, read) = (response.url.clone(), read.clone());
                    // Reading a page may take long; a signal must be able to end the job meanwhile.
                    let task = Span::current();
                    let read = move || task.in_scope(|| read(&response));
                    let shown = tokio::task::spawn_blocking(read).await.map_err(|error| {
                        Error::new(Exit::Input, format!("the page {url} cannot be read: {error}")).caused_by(error)
                    })?;
                    match shown {
                        Err(error) if error.exit() == Exit::Input && counts.changed < bearable => {
                            tracing::warn!(%error, "one {} page less", kind.name);
                            self.fetcher.forget(&url);
                            counts.changed += 1;
                            last_change = Some(error);
                        }
                        Err(error) => return Err(error),
                        Ok(Some(shown)) => {
                            counts.read += 1;
                            found.push((position, key, shown));
                        }
                        Ok(None) => {
                            tracing::warn!(url, "the {} page shows nothing that is known", kind.name);
                            counts.empty += 1;
                            last_empty = Some(url);
                        }
                    }
                }
                Err(error) if is_of_the_page(&error) && counts.unavailable < bearable => {
                    tracing::warn!(%error, "one {} page less", kind.name);
                    counts.unavailable += 1;
                    last_failure = Some(error);
                }
                Err(error) => return Err(error.into()),
            }
            kind.progress.advance(1);
        }
        drop(answers);
        if let Some(error) = last_change.filter(|_| counts.read == 0) {
            return Err(error);
        }
        if let Some(error) = last_failure.filter(|_| counts.read + counts.empty + counts.absent == 0) {
            return Err(error.into());
        }
        if let Some(url) = last_empty.filter(|_| counts.read == 0 && counts.empty >= TELLING) {
            let (number, kind) = (counts.empty, kind.name);
            return Err(layout_changed_at(
                &url,
                format_args!("none of {number} {kind} pages shows anything that is known; this is the last of them"),
            ));
        }
        found.sort_by_key(|(position, ..)| *position);
        Ok((found.into_iter().map(|(_, key, shown)| (key, shown)).collect(), counts))
    }
}

/// Whether an error is about the one page that was asked for, rather than about the site, our settings or the recording.
fn is_of_the_page(error: &FetchError) -> bool {
    error.is_of_the_page() || matches!(error, FetchError::Down { .. })
}
