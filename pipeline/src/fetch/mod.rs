//! Bytes from sites or recordings, politely.
//!
//! One code path for all modes: [`Fetcher::get`] takes a [`Request`] and gives a [`Response`], whether it comes from the
//! site, from the site while being recorded, from a recording, or from the recording that ships with this program.
//!
//! ```text
//! Request -> live: cache, else robots.txt, rate, retries -> outcome -> Response
//!            or recording                                   blocked? absent? down?
//! ```
//!
//! Manners of the live client: requests to one host start at least 1/rate apart, redirects and retries and robots.txt
//! included; at most a few at once; exponential backoff with jitter; `Retry-After` holds back every request to that host;
//! redirects never leave the host; a host that only fails gets a rest. *Blocked* (a challenge page, 403, 429 without end, robots.txt) is an outcome of its own:
//! it is said, never evaded, the body is never handed on, and the host is asked for nothing more.

mod breaker;
mod budget;
mod cache;
mod challenge;
mod charset;
mod config;
mod error;
mod live;
mod message;
mod pace;
mod pattern;
mod rate;
pub mod recording;
mod retry;
mod robots;
mod statistics;

pub use cache::CacheConfig;
pub use charset::Text;
pub use config::{FetchConfig, Mode, SourceAccess};
pub use error::{FetchError, is_beyond_recording, is_blocked};
pub use message::{Origin, Request, Response};
pub use rate::Rate;
pub use recording::shipped_at;
pub use statistics::Statistics;

use statistics::Books;
use std::collections::BTreeMap;
use std::sync::Arc;

use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

/// Gets responses, in the [`Mode`] it was made for. Shared by reference between any number of tasks.
#[derive(Debug)]
pub struct Fetcher {
    backend: Backend,
    books: Books,
    concurrency: usize,
}

#[derive(Debug)]
enum Backend {
    Live { client: Arc<live::Client>, recorder: Option<recording::Recorder> },
    Replay(recording::Replay),
}

impl Fetcher {
    /// A fetcher for the given settings. Nothing is requested yet.
    ///
    /// # Errors
    /// [`FetchError::Configuration`] for a base URL, a certificate file or a recording's folder that cannot be used,
    /// [`FetchError::RecordingWrite`] for a folder that cannot be made.
    pub fn new(config: FetchConfig) -> Result<Self, FetchError> {
        let books = Books::of(&config.sources);
        let concurrency = config.concurrency.max(1);
        let backend = match &config.mode {
            Mode::Live { record } => {
                let recorder = record.as_deref().map(recording::Recorder::new).transpose()?;
                Backend::Live { client: Arc::new(live::Client::new(&config, &books)?), recorder }
            }
            Mode::Replay(folder) => Backend::Replay(recording::Replay::of_folder(folder, &config.sources)?),
            Mode::Offline => Backend::Replay(recording::Replay::shipped(&config.sources)),
        };
        Ok(Self { backend, books, concurrency })
    }

    /// Gets what `request` asks for. A response is a success or says that there is nothing at that address (404, 410; see
    /// [`Response::is_absent`]).
    ///
    /// # Errors
    /// Every other outcome; see [`FetchError`].
    pub async fn get(&self, request: &Request) -> Result<Response, FetchError> {
        match &self.backend {
            Backend::Live { client, recorder } => {
                let (client, asked) = (Arc::clone(client), request.clone());
                // A task of its own: a turn is taken when it comes, also while whoever asks is busy with an earlier answer.
                let task =
                    AbortOnDropHandle::new(tokio::spawn(async move { client.get(&asked).await }.in_current_span()));
                let response = task.await.unwrap_or_else(|error| match error.try_into_panic() {
                    Ok(panic) => std::panic::resume_unwind(panic),
                    Err(_) => Err(FetchError::Ended { url: request.to_string() }),
                })?;
                if let Some(recorder) = recorder {
                    recorder.record(request, &response)?;
                }
                Ok(response)
            }
            Backend::Replay(replay) => {
                let response = outcome(replay.get(request)?)?;
                if let Some(counters) = self.books.of_source(request.source()) {
                    counters.replayed();
                }
                Ok(response)
            }
        }
    }

    /// Whether robots.txt allows a request. Asks for robots.txt if it is not known yet, and for nothing else; without a site to
    /// ask, everything is allowed.
    ///
    /// # Errors
    /// [`FetchError::Disallowed`] if it does not; every other outcome of asking for robots.txt.
    pub async fn allowed(&self, request: &Request) -> Result<(), FetchError> {
        match &self.backend {
            Backend::Live { client, .. } => client.allowed(request).await,
            Backend::Replay(_) => Ok(()),
        }
    }

    /// Forgets the stored answer of an address: what was read of it makes no sense, and the next run is to ask again.
    pub fn forget(&self, url: &str) {
        if let Backend::Live { client, .. } = &self.backend {
            client.forget(url);
        }
    }

    /// How many requests are worth starting at once: twice as many as may be under way, so that an answer that waits to be
    /// read keeps no other request from its turn.
    pub fn concurrency(&self) -> usize {
        2 * self.concurrency
    }

    /// What it has done so far, in all.
    pub fn statistics(&self) -> Statistics {
        self.hosts().into_values().sum()
    }

    /// What it has done so far with each host; one that has an unusual port is `host:port`. Of a recording, the host that it
    /// stands for.
    pub fn hosts(&self) -> BTreeMap<String, Statistics> {
        self.books.hosts()
    }
}

/// Tells an answer from a refusal; the same for live and recorded responses.
fn outcome(response: Response) -> Result<Response, FetchError> {
    let blocked = |reason: String| FetchError::Blocked { url: response.url.clone(), reason };
    if let Some(marker) = challenge::marker(&response) {
        return Err(blocked(format!(
            "the answer (HTTP {}) is a challenge page: it contains `{marker}`",
            response.status
        )));
    }
    match response.status {
        200..=299 | 404 | 410 => Ok(response),
        403 => Err(blocked("the site answers HTTP 403 (forbidden)".to_owned())),
        429 => Err(blocked("the site answers HTTP 429 (too many requests)".to_owned())),
        status if retry::is_passing(status) => Err(FetchError::Down {
            url: response.url,
            attempts: 1,
            reason: format!("the site answers HTTP {status}"),
            status: Some(status),
        }),
        status => Err(FetchError::Status { url: response.url, status }),
    }
}
