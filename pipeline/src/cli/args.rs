//! Commands and flags, as users write them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use pipeline::Result;
use pipeline::config::{FlagValue, Inputs, Settings};
use pipeline::job::{Caching, JobOptions, Refresh, Traffic};
use pipeline::report::ColorChoice;

use super::help;
use super::job::Arguments;
use super::load::LoadArgs;
use super::quarantine::QuarantineCommand;
use super::refresh::RefreshFlags;

/// College athletics data from the web into PostgreSQL.
#[derive(Debug, Parser)]
#[command(name = "pipeline", version, about, after_help = help::SHORT, after_long_help = help::LONG)]
#[command(arg_required_else_help = true, subcommand_required = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: GlobalFlags,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Flags of every command, before or after its name.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalFlags {
    /// The PostgreSQL database; without it, DATABASE_URL or else a private embedded one.
    #[arg(long, global = true, value_name = "URL")]
    database_url: Option<String>,
    /// The settings file; without it, the nearest pipeline.toml from here upward, else the user's own.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How much is logged: off, error, warn, info, debug or trace.
    #[arg(long, global = true, value_name = "LEVEL")]
    log_level: Option<String>,
    /// How log lines are written: pretty or json.
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
    /// Only warnings, errors and the answer: no progress, no summary.
    #[arg(long, global = true)]
    pub(crate) quiet: bool,
    /// When to use colours; auto also heeds NO_COLOR.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

impl From<Color> for ColorChoice {
    fn from(color: Color) -> Self {
        match color {
            Color::Auto => Self::Auto,
            Color::Always => Self::Always,
            Color::Never => Self::Never,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Load the NCAA directory: sports, conferences, schools and where they are.
    #[command(after_long_help = help::SYNC)]
    Sync(SyncArgs),
    /// Fetch, extract and check without a database: what would be loaded, and what refused.
    #[command(after_long_help = help::TEST)]
    Test(JobArgs),
    /// Load files into a table: CSV or NDJSON, plain or compressed.
    #[command(after_long_help = help::LOAD)]
    Load(LoadArgs),
    /// Look at what was refused or waits for its parent, load it after all, or remove it.
    #[command(subcommand, after_long_help = help::QUARANTINE)]
    Quarantine(QuarantineCommand),
    /// Prepare, find, query, stop or reset the database.
    #[command(subcommand, after_long_help = help::DB)]
    Db(DbCommand),
    /// Show every setting, its value and where it came from.
    #[command(after_long_help = help::config())]
    Config(ConfigArgs),
}

/// The names of the commands that end in a result line.
pub(crate) const JOBS: [&str; 4] = ["sync", "test", "load", "quarantine replay"];

#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    job: JobArgs,
    #[command(flatten)]
    refresh: RefreshFlags,
}

#[derive(Debug, Args)]
pub(crate) struct JobArgs {
    /// Take at most N leaf records of each source (of the directory: schools); what costs one request loads in full.
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Also write the result line to this file, in one step.
    #[arg(long, value_name = "PATH")]
    result_file: Option<PathBuf>,
    #[command(flatten)]
    source: SourceFlags,
}

/// Where a job's bytes come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Source options")]
struct SourceFlags {
    /// Replay the recording that ships with the program; no request leaves this machine.
    #[arg(long, conflicts_with_all = ["replay", "record", "base_url"])]
    offline: bool,
    /// Replay a recording; no request leaves this machine.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["record", "base_url"])]
    replay: Option<PathBuf>,
    /// Record every exchange, for --replay.
    #[arg(long, value_name = "DIR")]
    record: Option<PathBuf>,
    /// Ask for everything again, whatever is stored, and store it anew.
    #[arg(long, conflicts_with_all = ["offline", "replay", "no_cache"])]
    refresh: bool,
    /// Neither use stored answers nor store any.
    #[arg(long)]
    no_cache: bool,
    /// Where a source is, such as ncaa-directory=http://127.0.0.1:8080. May be given for several sources.
    #[arg(long, value_name = "SOURCE=URL", value_parser = of_source)]
    base_url: Vec<(String, String)>,
    /// How often requests to a source may start, such as ncaa-directory=50/s or 1/5s. May be given for several sources.
    #[arg(long, value_name = "SOURCE=N/s", value_parser = of_source)]
    rate: Vec<(String, String)>,
    /// Send at most N requests in all, and end with 75 if more are needed; 0 works from stored answers alone.
    #[arg(long, value_name = "N")]
    max_requests: Option<String>,
    /// A PEM file with certificates to trust beside the system's.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Print JSON: an object with one member a setting.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Create the pipeline's own schema, and with --with-tables the tables that are loaded.
    Init {
        /// Also create the tables of the Drizzle schemas.
        #[arg(long)]
        with_tables: bool,
        /// Print the SQL and change nothing.
        #[arg(long)]
        print: bool,
    },
    /// Print the URL of the database; the embedded one is started if need be.
    Url,
    /// Open psql on the database. All that follows is handed to psql.
    #[command(disable_help_flag = true)]
    Psql {
        /// psql's own arguments.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGS")]
        args: Vec<OsString>,
    },
    /// Stop the embedded database; its data stays.
    Stop,
    /// Delete the embedded database with all its data.
    Reset {
        /// Do not ask.
        #[arg(long)]
        yes: bool,
    },
}

impl GlobalFlags {
    /// All settings, for a command without flags of its own that are settings.
    pub(crate) fn settings(&self) -> Result<Settings> {
        self.load(Vec::new())
    }

    fn load(&self, mut flags: Vec<FlagValue>) -> Result<Settings> {
        let own = [
            ("--database-url", &self.database_url),
            ("--log-level", &self.log_level),
            ("--log-format", &self.log_format),
        ];
        flags.extend(of_program(own));
        Settings::load(Inputs::of_process(flags, self.config.clone())?)
    }
}

impl Arguments for SyncArgs {
    type Options = JobOptions;

    fn settings(&self, global: &GlobalFlags) -> Result<Settings> {
        self.job.settings(global)
    }

    fn options(&self) -> Result<JobOptions> {
        Ok(JobOptions { refresh: self.refresh.of(&[]), ..self.job.options()? })
    }

    fn result_file(&self) -> Option<&Path> {
        self.job.result_file()
    }
}

impl Arguments for JobArgs {
    type Options = JobOptions;

    fn settings(&self, global: &GlobalFlags) -> Result<Settings> {
        let of_sources = |flag, given: &[(String, String)]| {
            let given = given.iter().cloned();
            given.map(|(source, value)| FlagValue { flag, source: Some(source), value }).collect::<Vec<_>>()
        };
        let mut flags = of_sources("--base-url", &self.source.base_url);
        flags.extend(of_sources("--rate", &self.source.rate));
        let own = [("--ca-file", &self.source.ca_file), ("--max-requests", &self.source.max_requests)];
        flags.extend(of_program(own));
        global.load(flags)
    }

    fn options(&self) -> Result<JobOptions> {
        let traffic = match &self.source {
            SourceFlags { offline: true, .. } => Traffic::Offline,
            SourceFlags { replay: Some(folder), .. } => Traffic::Replay(folder.clone()),
            SourceFlags { record: Some(folder), .. } => Traffic::Record(folder.clone()),
            _ => Traffic::Live,
        };
        let caching = match &self.source {
            SourceFlags { refresh: true, .. } => Caching::Refresh,
            SourceFlags { no_cache: true, .. } => Caching::Off,
            _ => Caching::Use,
        };
        Ok(JobOptions { limit: self.limit, traffic, caching, refresh: Refresh::default() })
    }

    fn result_file(&self) -> Option<&Path> {
        self.result_file.as_deref()
    }
}

/// The settings among flags that are not given per source.
fn of_program<const N: usize>(flags: [(&'static str, &Option<String>); N]) -> impl Iterator<Item = FlagValue> {
    flags.into_iter().filter_map(|(flag, value)| value.clone().map(|value| FlagValue { flag, source: None, value }))
}

fn of_source(raw: &str) -> Result<(String, String), String> {
    let (source, value) = raw.split_once('=').ok_or("write it as SOURCE=VALUE, such as ncaa-directory=50/s")?;
    Ok((source.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definitions_are_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_jobs_are_commands() {
        for job in JOBS {
            let found = job.split(' ').try_fold(Cli::command(), |command, name| command.find_subcommand(name).cloned());
            assert!(found.is_some(), "{job}");
        }
    }

    #[test]
    fn the_traffic_flags_exclude_each_other() {
        let options = |flags: &[&str]| match Cli::try_parse_from(["pipeline", "sync"].iter().chain(flags))?.command {
            Command::Sync(args) => Ok(args.options().unwrap()),
            other => unreachable!("{other:?}"),
        };
        let cases: [(&[&str], Traffic); 4] = [
            (&[], Traffic::Live),
            (&["--offline", "--rate", "ncaa-directory=9/s"], Traffic::Offline),
            (&["--replay", "here"], Traffic::Replay("here".into())),
            (&["--record", "there", "--base-url", "ncaa-directory=http://x"], Traffic::Record("there".into())),
        ];
        for (flags, traffic) in cases {
            let found: Result<JobOptions, clap::Error> = options(flags);
            assert_eq!(found.unwrap().traffic, traffic);
        }
        for (flag, caching) in
            [("--refresh", Caching::Refresh), ("--no-cache", Caching::Off), ("--limit=1", Caching::Use)]
        {
            let found: Result<JobOptions, clap::Error> = options(&[flag]);
            assert_eq!(found.unwrap().caching, caching);
        }
        for flags in [["--refresh", "--no-cache"], ["--refresh", "--offline"], ["--refresh", "--replay=x"]] {
            assert!(options(&flags).is_err(), "{flags:?}");
        }
        for flags in [["--offline", "--replay=x"], ["--offline", "--record=x"], ["--replay=x", "--record=y"]] {
            assert!(options(&flags).is_err(), "{flags:?}");
        }
    }
}
