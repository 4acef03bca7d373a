//! The settings of a fetcher.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::{CacheConfig, Rate};

/// Where responses come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// From the sites, also writing them to a recording if a folder is given.
    Live {
        /// The recording's folder; made if it is not there, added to if it is.
        record: Option<PathBuf>,
    },
    /// From the recording in this folder; the network is never touched.
    Replay(PathBuf),
    /// From the recording that ships with this program; the network is never touched.
    Offline,
}

/// How to reach one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceAccess {
    /// What request paths are appended to, such as `https://web3.ncaa.org`.
    pub base_url: String,
    /// How often its host may be asked. Of sources that share a host, the slowest rate holds.
    pub rate: Rate,
    /// How long its answers are fresh once they are stored; after zero they are asked for each time, conditionally.
    pub lifetime: Duration,
}

/// The settings of a fetcher. [`FetchConfig::default`] is polite; change only what must differ.
#[derive(Debug, Clone)]
pub struct FetchConfig {
    /// Where responses come from. Default: live, not recorded.
    pub mode: Mode,
    /// Where answers are kept, in live mode. Default: nowhere.
    pub cache: Option<CacheConfig>,
    /// The sources by name. Default: none; [`crate::sources::access`] gives those of the registry.
    pub sources: BTreeMap<String, SourceAccess>,
    /// How often a request is tried in all. Default: 3.
    pub attempts: u32,
    /// The first wait between attempts, before jitter; it doubles each time. Default: 1 second.
    pub backoff: Duration,
    /// The longest such wait. Default: 30 seconds.
    pub backoff_max: Duration,
    /// The longest `Retry-After` that is waited for; longer ones end the request at once. Default: 2 minutes.
    pub retry_after_max: Duration,
    /// How many requests to one host fail in a row, each after all its attempts, before it gets a rest. Default: 5.
    pub breaker_failures: u32,
    /// How long that rest is; then one request shows whether the host is back. Default: 60 seconds.
    pub breaker_rest: Duration,
    /// How many requests may be sent in all; retries, redirects and robots.txt count. Default: any number.
    pub max_requests: Option<u64>,
    /// How long a connection may take. Default: 10 seconds.
    pub connect_timeout: Duration,
    /// How long a site may say nothing while it answers. Default: 20 seconds.
    pub idle_timeout: Duration,
    /// How long one attempt may take in all, its body included. Default: 60 seconds.
    pub timeout: Duration,
    /// How many requests to one host may be under way at once. Default: 4.
    pub concurrency: usize,
    /// Whether another process may have asked the same hosts just before this one: then the first request to each waits its turn,
    /// too. Default: no.
    pub after_others: bool,
    /// The longest body accepted, in bytes, counted after decompression. Default: 64 MiB.
    pub body_limit: usize,
    /// How many times its packed size a body may be, once it is larger than a mebibyte. Default: 200.
    pub body_ratio: u32,
    /// A PEM file of certificates to trust besides the system's, for sites that send an incomplete chain. Default: none.
    pub ca_file: Option<PathBuf>,
    /// The `User-Agent`. Default: `drizzle-pipeline/` and the version. robots.txt is read for the part before the `/`.
    pub user_agent: String,
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            mode: Mode::Live { record: None },
            cache: None,
            sources: BTreeMap::new(),
            attempts: 3,
            backoff: Duration::from_secs(1),
            backoff_max: Duration::from_secs(30),
            retry_after_max: Duration::from_secs(120),
            breaker_failures: 5,
            breaker_rest: Duration::from_secs(60),
            max_requests: None,
            connect_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(20),
            timeout: Duration::from_secs(60),
            concurrency: 4,
            after_others: false,
            body_limit: 64 << 20,
            body_ratio: 200,
            ca_file: None,
            user_agent: concat!("drizzle-pipeline/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}
