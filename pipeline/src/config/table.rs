//! Every setting, once. Environment names, flags, `pipeline config`, help texts and errors come from this table.

use std::path::PathBuf;
use std::sync::LazyLock;
use std::time::Duration;

use super::paths::Paths;
use super::value::{Kind, show_time};
use crate::sources::{self, Source};

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The table of `pipeline.toml` in which it stands.
    pub section: &'static str,
    /// Its key there.
    pub key: &'static str,
    /// What it accepts.
    pub kind: Kind,
    /// What it is without any other origin.
    pub preset: Preset,
    /// An environment variable with a name of its own, beside the one that follows from section and key.
    pub variable: Option<&'static str>,
    /// The flag that sets it, as the user writes it.
    pub flag: Option<&'static str>,
    /// What it does, in one sentence.
    pub help: &'static str,
}

/// The default of a setting.
#[derive(Debug, Clone, Copy)]
pub enum Preset {
    /// A value, written as a user would.
    Is(&'static str),
    /// A folder that depends on the user and the environment, and where that is.
    Folder(&'static str, fn(&Paths) -> Option<PathBuf>),
    /// Not set, which means this.
    Unset(&'static str),
}

impl Setting {
    const fn new(section: &'static str, key: &'static str, kind: Kind, preset: Preset, help: &'static str) -> Self {
        Self { section, key, kind, preset, variable: None, flag: None, help }
    }

    const fn flag(mut self, flag: &'static str) -> Self {
        self.flag = Some(flag);
        self
    }

    const fn variable(mut self, variable: &'static str) -> Self {
        self.variable = Some(variable);
        self
    }

    /// Its name, as errors and `pipeline config` say it: `http.timeout`.
    pub fn name(&self) -> String {
        format!("{}.{}", self.section, self.key)
    }

    /// The environment variables that set it, the winning one first.
    pub fn variables(&self) -> Vec<String> {
        let systematic = format!("PIPELINE_{}_{}", self.section, self.key).to_uppercase().replace(['-', '.'], "_");
        std::iter::once(systematic).chain(self.variable.map(str::to_owned)).collect()
    }
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const INSTANT: Duration = Duration::from_millis(1);

/// A year: no answer is worth keeping longer.
const LONGEST_LIFETIME: Duration = seconds(366 * 86_400);

/// The section below which each source has one of its own.
pub(super) const SOURCES: &str = "sources";

/// The table. Each source has a row in `base_url` and `rate`, and a section of its own.
pub static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    let of_sources = |row: fn(&'static Source) -> Setting| sources::ALL.iter().map(move |source| row(source));
    let mut all = GENERAL.to_vec();
    all.extend(of_sources(enabled));
    all.extend(of_sources(cache));
    all.extend(of_sources(base_url));
    all.extend(of_sources(rate));
    all.extend_from_slice(LOADING);
    all
});

fn enabled(source: &'static Source) -> Setting {
    let preset = if source.is_on { "on" } else { "off" };
    let help = "Whether DAGs ask this source; a task that is named runs all the same.";
    Setting::new(section(source), "enabled", Kind::Switch, Preset::Is(preset), help)
}

fn cache(source: &'static Source) -> Setting {
    let help = "How long answers of this source are fresh once they are stored; then they are asked for again, conditionally \
                where the site allows it. 0 is always.";
    let preset = Preset::Is(show_time(source.lifetime).leak());
    Setting::new(section(source), "cache", Kind::Time(Duration::ZERO, LONGEST_LIFETIME), preset, help)
}

/// The source's own section. Settings live as long as the program.
fn section(source: &Source) -> &'static str {
    format!("{SOURCES}.{}", source.name).leak()
}

fn base_url(source: &'static Source) -> Setting {
    let help = "Where this source is; its paths are appended.";
    Setting::new("base_url", source.name, Kind::WebUrl, Preset::Is(source.base_url), help).flag("--base-url")
}

fn rate(source: &'static Source) -> Setting {
    let help = "How often requests to this source may start.";
    let preset = Preset::Is(source.rate.to_string().leak());
    Setting::new("rate", source.name, Kind::Rate, preset, help).flag("--rate")
}

/// What comes before the sources.
const GENERAL: &[Setting] = &[
    Setting::new(
        "database",
        "url",
        Kind::DatabaseUrl,
        Preset::Unset("the embedded database"),
        "The PostgreSQL database to load.",
    )
    .flag("--database-url")
    .variable("DATABASE_URL"),
    Setting::new(
        "database",
        "dir",
        Kind::Path,
        Preset::Folder("in the user's data folder", |paths| paths.data.clone()),
        "The folder for the data of the embedded database.",
    ),
    Setting::new(
        "database",
        "pool_size",
        Kind::Count(1, 100),
        Preset::Is("4"),
        "The most connections to the database at once.",
    ),
    Setting::new(
        "database",
        "acquire_timeout",
        Kind::Time(INSTANT, seconds(3600)),
        Preset::Is("30s"),
        "How long to wait for a connection.",
    ),
    Setting::new(
        "http",
        "user_agent",
        Kind::Header,
        Preset::Is(concat!("drizzle-pipeline/", env!("CARGO_PKG_VERSION"))),
        "How requests name themselves; add a way to reach you.",
    ),
    Setting::new(
        "http",
        "connect_timeout",
        Kind::Time(INSTANT, seconds(3600)),
        Preset::Is("10s"),
        "How long a connection may take to open.",
    ),
    Setting::new(
        "http",
        "timeout",
        Kind::Time(INSTANT, seconds(3600)),
        Preset::Is("60s"),
        "How long one attempt may take, from its start to the last byte.",
    ),
    Setting::new(
        "http",
        "idle_timeout",
        Kind::Time(INSTANT, seconds(3600)),
        Preset::Is("20s"),
        "How long a source may say nothing while it answers.",
    ),
    Setting::new(
        "http",
        "attempts",
        Kind::Count(1, 100),
        Preset::Is("3"),
        "How often a request is tried, the first time included.",
    ),
    Setting::new(
        "http",
        "backoff_base",
        Kind::Time(INSTANT, seconds(3600)),
        Preset::Is("1s"),
        "The wait before the first retry; it doubles from one to the next.",
    ),
    Setting::new(
        "http",
        "backoff_max",
        Kind::Time(INSTANT, seconds(3600)),
        Preset::Is("30s"),
        "The longest wait before a retry.",
    ),
    Setting::new(
        "http",
        "retry_after_max",
        Kind::Time(Duration::ZERO, seconds(86_400)),
        Preset::Is("2m"),
        "The longest wait that a source may ask for; if it asks for more, the request ends at once.",
    ),
    Setting::new(
        "http",
        "concurrency",
        Kind::Count(1, 64),
        Preset::Is("4"),
        "The most requests to one source under way at once.",
    ),
    Setting::new(
        "http",
        "breaker_failures",
        Kind::Count(1, 1000),
        Preset::Is("5"),
        "How many requests to one host fail in a row, each after all its attempts, before it gets a rest.",
    ),
    Setting::new(
        "http",
        "breaker_rest",
        Kind::Time(INSTANT, seconds(86_400)),
        Preset::Is("60s"),
        "How long that rest is; then one request shows whether the host is back.",
    ),
    Setting::new(
        "http",
        "max_requests",
        Kind::Count(0, 1_000_000_000),
        Preset::Unset("any number"),
        "How many requests a run may send in all; retries, redirects and robots.txt count, stored answers do not.",
    )
    .flag("--max-requests"),
    Setting::new(
        "http",
        "ca_file",
        Kind::Path,
        Preset::Unset("the system's certificates alone"),
        "A PEM file with certificates to trust beside the system's.",
    )
    .flag("--ca-file"),
    Setting::new(
        "http",
        "max_body_bytes",
        Kind::Count(1, 1 << 40),
        Preset::Is("67108864"),
        "The largest response that is read, in bytes after decompression.",
    ),
    Setting::new(
        "http",
        "max_body_ratio",
        Kind::Count(1, 1_000_000),
        Preset::Is("200"),
        "How many times its packed size a response may unpack to, once it is larger than a mebibyte.",
    ),
];

/// What comes after them.
const LOADING: &[Setting] = &[
    Setting::new(
        "run",
        "attempts",
        Kind::Count(1, 100),
        Preset::Is("1"),
        "How often a task is tried whose source is down or slow, the first time included; schedulers have retries of their own.",
    ),
    Setting::new(
        "run",
        "retry_wait",
        Kind::Time(Duration::ZERO, seconds(86_400)),
        Preset::Is("5m"),
        "The wait before a task is tried again; it doubles from one to the next.",
    ),
    Setting::new(
        "run",
        "timeout",
        Kind::Time(Duration::ZERO, seconds(30 * 86_400)),
        Preset::Is("0"),
        "How long a task may ask its source; then it ends with 75. 0 is for ever.",
    ),
    Setting::new(
        "cache",
        "dir",
        Kind::Path,
        Preset::Folder("in the user's cache folder", |paths| Some(paths.cache.as_ref()?.join("responses"))),
        "The folder for answers of the sources.",
    ),
    Setting::new(
        "cache",
        "max_mib",
        Kind::Count(1, 1 << 20),
        Preset::Is("1024"),
        "How large that folder may become, in MiB; the oldest answers give way.",
    ),
    Setting::new(
        "load",
        "batch_rows",
        Kind::Count(1, 1_000_000),
        Preset::Is("5000"),
        "How many rows are encoded and sent to the database at once.",
    ),
    Setting::new(
        "load",
        "attempts",
        Kind::Count(1, 100),
        Preset::Is("3"),
        "How often a load is tried, the first time included, when it loses a lock, a race or the server.",
    ),
    Setting::new(
        "load",
        "lock_timeout",
        Kind::Time(Duration::ZERO, seconds(86_400)),
        Preset::Is("60s"),
        "How long a statement waits for a lock; 0 is for ever.",
    ),
    Setting::new(
        "load",
        "statement_timeout",
        Kind::Time(Duration::ZERO, seconds(86_400)),
        Preset::Is("15m"),
        "How long a statement of a load may take; 0 is for ever.",
    ),
    Setting::new(
        "load",
        "work_mem_mib",
        Kind::Count(1, 65_536),
        Preset::Is("64"),
        "PostgreSQL's work_mem while it merges, in MiB.",
    ),
    Setting::new(
        "load",
        "max_record_bytes",
        Kind::Count(1, 1 << 30),
        Preset::Is("16777216"),
        "The longest record of a file; a longer one ends the load.",
    ),
    Setting::new(
        "metrics",
        "textfile",
        Kind::Path,
        Preset::Unset("none"),
        "A file that jobs write figures into for node_exporter's textfile collector, now and then and at their end; its name ends in .prom.",
    )
    .flag("--metrics-textfile"),
    Setting::new(
        "metrics",
        "listen",
        Kind::Address,
        Preset::Unset("nowhere"),
        "Where jobs answer GET /metrics while they last: ADDRESS:PORT, or a port of the loopback interface.",
    )
    .flag("--metrics-listen"),
    Setting::new(
        "metrics",
        "interval",
        Kind::Time(INSTANT, seconds(3600)),
        Preset::Is("15s"),
        "How often metrics.textfile is written while a job lasts.",
    ),
    Setting::new(
        "metrics",
        "labels",
        Kind::Labels,
        Preset::Unset("none"),
        "Labels of every figure, such as `schedule=weekly`; two files that one node_exporter reads need different ones.",
    ),
    Setting::new(
        "log",
        "level",
        Kind::LogLevel,
        Preset::Is("info"),
        "How much is logged: a level, or levels by target, as in `pipeline::fetch=debug,info`.",
    )
    .flag("--log-level"),
    Setting::new("log", "format", Kind::LogFormat, Preset::Is("pretty"), "How log lines are written.")
        .flag("--log-format"),
];
