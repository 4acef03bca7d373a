//! The settings as the program uses them.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::log_filter::LogFilter;
use super::paths::Paths;
use super::resolve::{Effective, Inputs, Origin, resolve};
use super::table::SOURCES;
use super::value::{DatabaseUrl, LogFormat, Value};
use crate::error::Result;
use crate::fetch::Rate;
use crate::sources;

/// All settings of one run: checked, complete, and with the origin of each.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The database that is loaded.
    pub database: DatabaseSettings,
    /// How requests are made.
    pub http: HttpSettings,
    /// Each source, by name.
    pub sources: BTreeMap<&'static str, SourceSettings>,
    /// How answers are kept.
    pub cache: CacheSettings,
    /// How tasks run.
    pub run: RunSettings,
    /// How rows are loaded.
    pub load: LoadSettings,
    /// What is logged, and how.
    pub log: LogSettings,
    /// Where figures are published.
    pub metrics: MetricsSettings,
    /// The folders that are the pipeline's own.
    pub paths: Paths,
    /// Every setting with its value and origin, in the order in which they are shown.
    pub effective: Vec<Effective>,
    /// Remarks for the user that are no errors, each a sentence.
    pub warnings: Vec<String>,
}

/// The section `database`.
#[derive(Debug, Clone)]
pub struct DatabaseSettings {
    /// The user's database; without one, the embedded database is used.
    pub url: Option<DatabaseUrl>,
    /// The folder for the data of the embedded database; nothing if none was set and the user has no home folder.
    pub dir: Option<PathBuf>,
    /// The most connections at once; at least one.
    pub pool_size: u32,
    /// How long to wait for a connection.
    pub acquire_timeout: Duration,
}

/// The section `http`.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// The `User-Agent` header; visible ASCII.
    pub user_agent: String,
    /// How long a connection may take to open.
    pub connect_timeout: Duration,
    /// How long one attempt may take as a whole.
    pub timeout: Duration,
    /// How long a source may say nothing while it answers.
    pub idle_timeout: Duration,
    /// How often a request is tried, the first time included; at least one.
    pub attempts: u32,
    /// The wait before the first retry.
    pub backoff_base: Duration,
    /// The longest wait before a retry.
    pub backoff_max: Duration,
    /// The longest `Retry-After` that is waited for.
    pub retry_after_max: Duration,
    /// The most requests to one source under way at once; at least one.
    pub concurrency: usize,
    /// How many requests to one host fail in a row before it gets a rest; at least one.
    pub breaker_failures: u32,
    /// How long that rest is.
    pub breaker_rest: Duration,
    /// How many requests a run may send in all.
    pub max_requests: Option<u64>,
    /// A PEM file with certificates to trust beside the system's.
    pub ca_file: Option<PathBuf>,
    /// The largest response that is read, in bytes after decompression.
    pub max_body_bytes: u64,
    /// How many times its packed size a larger response may unpack to; at least one.
    pub max_body_ratio: u32,
}

/// The section `cache`.
#[derive(Debug, Clone)]
pub struct CacheSettings {
    /// The folder for answers; nothing if none was set and the user has no home folder.
    pub dir: Option<PathBuf>,
    /// Whether somebody asked for that folder; a default that cannot be used is done without.
    pub dir_is_default: bool,
    /// How large it may become, in bytes.
    pub max_bytes: u64,
}

/// A source's row of the sections `base_url` and `rate`, and its own section.
#[derive(Debug, Clone)]
pub struct SourceSettings {
    /// Where the source is; its paths are appended.
    pub base_url: Url,
    /// How often requests may start.
    pub rate: Rate,
    /// Whether DAGs ask it.
    pub is_on: bool,
    /// How long answers are fresh once they are stored.
    pub lifetime: Duration,
}

/// The section `run`.
#[derive(Debug, Clone)]
pub struct RunSettings {
    /// How often a task is tried, the first time included; at least once.
    pub attempts: u32,
    /// The wait before the second attempt.
    pub retry_wait: Duration,
    /// How long a task may ask its source; zero is for ever.
    pub timeout: Duration,
}

/// The section `load`.
#[derive(Debug, Clone)]
pub struct LoadSettings {
    /// How many rows are encoded and sent at once; at least one.
    pub batch_rows: usize,
    /// How often a load is tried, the first time included; at least once.
    pub attempts: u32,
    /// PostgreSQL's `lock_timeout`; zero is for ever.
    pub lock_timeout: Duration,
    /// PostgreSQL's `statement_timeout`; zero is for ever.
    pub statement_timeout: Duration,
    /// PostgreSQL's `work_mem` while it merges, in MiB; at least one.
    pub work_mem_mib: u32,
    /// The longest record of a file, in bytes; at least one.
    pub max_record_bytes: usize,
}

/// The section `metrics`.
#[derive(Debug, Clone)]
pub struct MetricsSettings {
    /// A file for node_exporter.
    pub textfile: Option<PathBuf>,
    /// Where to listen while a job lasts.
    pub listen: Option<SocketAddr>,
    /// How often the file is written while a job lasts.
    pub interval: Duration,
    /// Labels of every figure.
    pub labels: Vec<(String, String)>,
}

impl MetricsSettings {
    /// Whether anybody is to see them.
    pub fn is_on(&self) -> bool {
        self.textfile.is_some() || self.listen.is_some()
    }
}

/// The section `log`.
#[derive(Debug, Clone)]
pub struct LogSettings {
    /// The least severe events that are logged, as a whole and by target.
    pub level: LogFilter,
    /// Whether somebody asked for that level; a default gives way to `--quiet`.
    pub level_is_default: bool,
    /// How lines are written.
    pub format: LogFormat,
}

impl Settings {
    /// Reads all settings.
    ///
    /// # Errors
    /// All mistakes at once, each with setting, value, origin and what is allowed: [`crate::Exit::Usage`] if all stand on the
    /// command line, else [`crate::Exit::Configuration`].
    pub fn load(inputs: Inputs) -> Result<Self> {
        let resolved = resolve(&inputs)?;
        let values = Values(&resolved.effective);
        let sources = sources::ALL.iter().map(|source| {
            let section = format!("{SOURCES}.{}", source.name);
            let settings = SourceSettings {
                base_url: values.web_url("base_url", source.name),
                rate: values.rate("rate", source.name),
                is_on: values.switch(&section, "enabled"),
                lifetime: values.time(&section, "cache"),
            };
            (source.name, settings)
        });
        Ok(Self {
            database: DatabaseSettings {
                url: values.database_url("database", "url"),
                dir: values.path("database", "dir"),
                pool_size: values.count("database", "pool_size"),
                acquire_timeout: values.time("database", "acquire_timeout"),
            },
            http: HttpSettings {
                user_agent: values.header("http", "user_agent"),
                connect_timeout: values.time("http", "connect_timeout"),
                timeout: values.time("http", "timeout"),
                idle_timeout: values.time("http", "idle_timeout"),
                attempts: values.count("http", "attempts"),
                backoff_base: values.time("http", "backoff_base"),
                backoff_max: values.time("http", "backoff_max"),
                retry_after_max: values.time("http", "retry_after_max"),
                concurrency: values.count("http", "concurrency"),
                breaker_failures: values.count("http", "breaker_failures"),
                breaker_rest: values.time("http", "breaker_rest"),
                max_requests: values.optional_count("http", "max_requests"),
                ca_file: values.path("http", "ca_file"),
                max_body_bytes: values.count("http", "max_body_bytes"),
                max_body_ratio: values.count("http", "max_body_ratio"),
            },
            sources: sources.collect(),
            cache: CacheSettings {
                dir: values.path("cache", "dir"),
                dir_is_default: values.of("cache", "dir").origin == Origin::Default,
                max_bytes: values.count::<u64>("cache", "max_mib") << 20,
            },
            run: RunSettings {
                attempts: values.count("run", "attempts"),
                retry_wait: values.time("run", "retry_wait"),
                timeout: values.time("run", "timeout"),
            },
            load: LoadSettings {
                batch_rows: values.count("load", "batch_rows"),
                attempts: values.count("load", "attempts"),
                lock_timeout: values.time("load", "lock_timeout"),
                statement_timeout: values.time("load", "statement_timeout"),
                work_mem_mib: values.count("load", "work_mem_mib"),
                max_record_bytes: values.count("load", "max_record_bytes"),
            },
            metrics: MetricsSettings {
                textfile: values.path("metrics", "textfile"),
                listen: values.address("metrics", "listen"),
                interval: values.time("metrics", "interval"),
                labels: values.labels("metrics", "labels").unwrap_or_default(),
            },
            log: LogSettings {
                level: values.log_level("log", "level"),
                level_is_default: values.of("log", "level").origin == Origin::Default,
                format: values.log_format("log", "format"),
            },
            paths: inputs.paths.clone(),
            warnings: resolved.warnings.clone(),
            effective: resolved.effective,
        })
    }
}

/// Typed access to the resolved table. Section, key and kind are the program's own: a mismatch with the table is a defect
/// that the first start, and so every test, shows.
struct Values<'a>(&'a [Effective]);

macro_rules! accessor {
    ($name:ident, $variant:ident, $type:ty) => {
        fn $name(&self, section: &str, key: &str) -> $type {
            match &self.of(section, key).value {
                Some(Value::$variant(value)) => value.clone(),
                other => unreachable!("{section}.{key} is {other:?}"),
            }
        }
    };
    ($name:ident, optional $variant:ident, $type:ty) => {
        fn $name(&self, section: &str, key: &str) -> Option<$type> {
            match &self.of(section, key).value {
                Some(Value::$variant(value)) => Some(value.clone()),
                None => None,
                other => unreachable!("{section}.{key} is {other:?}"),
            }
        }
    };
}

impl Values<'_> {
    fn of(&self, section: &str, key: &str) -> &Effective {
        let found = self.0.iter().find(|one| one.setting.section == section && one.setting.key == key);
        found.unwrap_or_else(|| unreachable!("{section}.{key} is not in the table"))
    }

    /// The bounds in the table are within the type that the program uses.
    fn count<T: TryFrom<u64>>(&self, section: &str, key: &str) -> T {
        match self.of(section, key).value {
            Some(Value::Count(count)) => {
                T::try_from(count).unwrap_or_else(|_| unreachable!("{section}.{key} is bounded too widely"))
            }
            ref other => unreachable!("{section}.{key} is {other:?}"),
        }
    }

    accessor!(optional_count, optional Count, u64);
    accessor!(time, Time, Duration);
    accessor!(rate, Rate, Rate);
    accessor!(web_url, WebUrl, Url);
    accessor!(switch, Switch, bool);
    accessor!(header, Header, String);
    accessor!(log_level, LogLevel, LogFilter);
    accessor!(log_format, LogFormat, LogFormat);
    accessor!(database_url, optional DatabaseUrl, DatabaseUrl);
    accessor!(path, optional Path, PathBuf);
    accessor!(address, optional Address, SocketAddr);
    accessor!(labels, optional Labels, Vec<(String, String)>);
}
