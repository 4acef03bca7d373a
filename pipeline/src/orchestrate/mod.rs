//! The jobs: what runs, in which order.
//!
//! [`sync()`] and [`test()`] share one path from the source to the rows; `test` stops before the database. [`load()`] brings
//! files into a table.

mod attempts;
mod directory;
mod load;
mod outcome;
mod prepare;
mod replay;
mod sync;
mod test;

pub use load::{LoadOptions, load};
pub use replay::{ReplayOptions, replay};
pub use sync::{database_config, sync};
pub use test::test;

use outcome::{account, load_options};

use crate::fetch::{CacheConfig, FetchConfig, Fetcher, Mode, SourceAccess};
use crate::job::{Caching, Job, Traffic};
use crate::report::Run;
use crate::{Error, Exit, Result};

/// The fetcher that a job's settings and options describe.
fn fetcher(job: &Job) -> Result<Fetcher> {
    let (settings, http) = (&job.settings, &job.settings.http);
    let access = |source: &crate::config::SourceSettings| SourceAccess {
        base_url: source.base_url.as_str().trim_end_matches('/').to_owned(),
        rate: source.rate,
        lifetime: source.lifetime,
    };
    let config = FetchConfig {
        mode: match &job.options.traffic {
            Traffic::Live => Mode::Live { record: None },
            Traffic::Record(folder) => Mode::Live { record: Some(folder.clone()) },
            Traffic::Replay(folder) => Mode::Replay(folder.clone()),
            Traffic::Offline => Mode::Offline,
        },
        cache: cache(job),
        sources: settings.sources.iter().map(|(name, source)| ((*name).to_owned(), access(source))).collect(),
        attempts: http.attempts,
        backoff: http.backoff_base,
        backoff_max: http.backoff_max,
        retry_after_max: http.retry_after_max,
        breaker_failures: http.breaker_failures,
        breaker_rest: http.breaker_rest,
        max_requests: http.max_requests,
        connect_timeout: http.connect_timeout,
        idle_timeout: http.idle_timeout,
        timeout: http.timeout,
        concurrency: http.concurrency,
        body_limit: usize::try_from(http.max_body_bytes).unwrap_or(usize::MAX),
        body_ratio: http.max_body_ratio,
        ca_file: http.ca_file.clone(),
        user_agent: http.user_agent.clone(),
    };
    Ok(Fetcher::new(config)?)
}

/// Where the job keeps answers. A default folder that cannot be made is done without: not every user has a home.
fn cache(job: &Job) -> Option<CacheConfig> {
    let settings = &job.settings.cache;
    let is_live = matches!(job.options.traffic, Traffic::Live | Traffic::Record(_));
    let folder = settings.dir.clone().filter(|_| is_live && job.options.caching != Caching::Off)?;
    if let Some(error) = std::fs::create_dir_all(&folder).err().filter(|_| settings.dir_is_default) {
        tracing::warn!(folder = %folder.display(), %error, "answers are not kept: set `cache.dir`, or give `--no-cache`");
        return None;
    }
    Some(CacheConfig { folder, limit: settings.max_bytes, refresh: job.options.caching == Caching::Refresh })
}

/// Waits for work, or for a signal that ends it where it stands.
async fn unless_stopped<T, O>(job: &Job<O>, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::select! {
        biased;
        () = job.shutdown.requested() => {
            job.shutdown.check()?;
            Err(Error::new(Exit::Interrupted, "stopped"))
        }
        outcome = work => outcome,
    }
}

/// Counts what was fetched, and tells a blocked source from other failures.
fn end_of_fetching<T>(run: &mut Run, fetcher: &Fetcher, outcome: Result<T>) -> Result<Option<T>> {
    let statistics = fetcher.statistics();
    run.requests(statistics.requests, statistics.retries);
    if statistics.from_cache + statistics.not_modified > 0 {
        let (stored, confirmed) = (statistics.from_cache, statistics.not_modified);
        run.remark(format!("answers from the cache: {stored} without a request, {confirmed} confirmed by the site"));
    }
    if let Some(address) = outcome.as_ref().err().and_then(Error::address) {
        fetcher.forget(address);
        if statistics.from_cache > 0 {
            run.remark("`--refresh` asks for everything again, also for what came from the cache".to_owned());
        }
    }
    match outcome {
        Ok(harvest) => Ok(Some(harvest)),
        Err(error) if crate::fetch::is_blocked(&error) => {
            run.blocked(error);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
