//! What asks the sources: from settings and options to a fetcher.

use chrono::DateTime;

use crate::Result;
use crate::config::{Settings, SourceSettings};
use crate::fetch::{CacheConfig, FetchConfig, Fetcher, Mode, SourceAccess};
use crate::job::{Caching, JobOptions, Traffic};

/// The fetcher that settings describe, for bytes from there.
///
/// # Errors
/// Settings that cannot be used, exit 78.
pub fn fetcher(settings: &Settings, options: &JobOptions) -> Result<Fetcher> {
    let http = &settings.http;
    let access = |source: &SourceSettings| SourceAccess {
        base_url: source.base_url.as_str().trim_end_matches('/').to_owned(),
        rate: source.rate,
        lifetime: source.lifetime,
    };
    let config = FetchConfig {
        mode: match &options.traffic {
            Traffic::Live => Mode::Live { record: None },
            Traffic::Record(folder) => Mode::Live { record: Some(folder.clone()) },
            Traffic::Replay(folder) => Mode::Replay(folder.clone()),
            Traffic::Offline => Mode::Offline,
        },
        cache: cache(settings, options),
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
        after_others: options.after_others,
        body_limit: usize::try_from(http.max_body_bytes).unwrap_or(usize::MAX),
        body_ratio: http.max_body_ratio,
        ca_file: http.ca_file.clone(),
        user_agent: http.user_agent.clone(),
    };
    Ok(Fetcher::new(config)?)
}

/// Where answers are kept. A default folder that cannot be made is done without: not every user has a home.
fn cache(settings: &Settings, options: &JobOptions) -> Option<CacheConfig> {
    let max_requests = settings.http.max_requests;
    let settings = &settings.cache;
    let is_live = matches!(options.traffic, Traffic::Live | Traffic::Record(_));
    let folder = settings.dir.clone().filter(|_| is_live && options.caching != Caching::Off)?;
    if let Some(error) = std::fs::create_dir_all(&folder).err().filter(|_| settings.dir_is_default) {
        tracing::warn!(folder = %folder.display(), %error, "answers are not kept: set `cache.dir`, or give `--no-cache`");
        return None;
    }
    let since = match options.caching {
        Caching::Since(moment) => Some(moment),
        // Without any request, what is stored is all there is, however old.
        _ if max_requests == Some(0) => Some(DateTime::UNIX_EPOCH),
        _ => None,
    };
    Some(CacheConfig { folder, limit: settings.max_bytes, refresh: options.caching == Caching::Refresh, since })
}
