//! The jobs: what runs, in which order.
//!
//! ```text
//! Selection -> Plan -> execute -> stage: collect -> load, in one transaction with its bookkeeping
//! ```
//!
//! [`sync()`] and [`test()`] share one path from the source to the rows; `test` stops before the database. [`load()`] brings
//! files into a table.

mod attempts;
mod collect;
mod execute;
mod load;
mod outcome;
mod prepare;
mod replay;
mod stage;
mod sync;
mod test;

pub use load::{LoadOptions, load};
pub use replay::{ReplayOptions, replay};
pub use sync::{SyncOptions, What, database_config, sync};
pub use test::{TestOptions, test};

use outcome::{account, load_options};

use crate::config::Settings;
use crate::fetch::{FetchConfig, Fetcher, Mode, SourceAccess};
use crate::job::{Job, Traffic};
use crate::{Error, Result};

/// The fetcher that settings describe, for bytes from there.
///
/// # Errors
/// Settings that cannot be used, exit 78.
pub fn fetcher(settings: &Settings, traffic: &Traffic) -> Result<Fetcher> {
    let http = &settings.http;
    let access = |source: &crate::config::SourceSettings| SourceAccess {
        base_url: source.base_url.as_str().trim_end_matches('/').to_owned(),
        rate: source.rate,
    };
    let config = FetchConfig {
        mode: match traffic {
            Traffic::Live => Mode::Live { record: None },
            Traffic::Record(folder) => Mode::Live { record: Some(folder.clone()) },
            Traffic::Replay(folder) => Mode::Replay(folder.clone()),
            Traffic::Offline => Mode::Offline,
        },
        sources: settings.sources.iter().map(|(name, source)| ((*name).to_owned(), access(source))).collect(),
        attempts: http.attempts,
        backoff: http.backoff_base,
        backoff_max: http.backoff_max,
        retry_after_max: http.retry_after_max,
        connect_timeout: http.connect_timeout,
        timeout: http.timeout,
        concurrency: http.concurrency,
        body_limit: usize::try_from(http.max_body_bytes).unwrap_or(usize::MAX),
        ca_file: http.ca_file.clone(),
        user_agent: http.user_agent.clone(),
    };
    Ok(Fetcher::new(config)?)
}

/// Waits for work, or for a signal that ends it where it stands.
async fn unless_stopped<T, O>(job: &Job<O>, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        biased;
        () = job.shutdown.requested() => {
            job.shutdown.check()?;
            Err(Error::new(crate::Exit::Interrupted, "stopped"))
        }
        outcome = work => outcome,
    }
}
