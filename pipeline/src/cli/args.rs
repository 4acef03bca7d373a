//! Commands and flags, as users write them.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use pipeline::Result;
use pipeline::config::{FlagValue, Inputs, Settings};
use pipeline::report::ColorChoice;

use super::compare::CompareArgs;
use super::doctor::DoctorArgs;
use super::graph::{DagsCommand, RunsArgs, StatusArgs};
use super::help;
use super::load::LoadArgs;
use super::quarantine::QuarantineCommand;
use super::report::ReportArgs;
use super::shell::{CompletionsArgs, ManArgs};
use super::sources::SourcesArgs;
use super::sync::{BackfillArgs, RunArgs, SyncArgs, TestArgs};

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
    /// How much is logged: off, error, warn, info, debug or trace; also by target, as in pipeline::fetch=debug,info.
    #[arg(long, global = true, value_name = "LEVEL")]
    log_level: Option<String>,
    /// How log lines are written: pretty or json.
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
    /// A file that jobs write Prometheus metrics into, for node_exporter; its name ends in .prom.
    #[arg(long, global = true, value_name = "FILE")]
    metrics_textfile: Option<String>,
    /// Where jobs offer Prometheus metrics while they last, such as 127.0.0.1:9464; a port alone is one of the loopback interface.
    #[arg(long, global = true, value_name = "ADDRESS")]
    metrics_listen: Option<String>,
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
    /// Bring data from its sources into the database: the NCAA directory, or the DAGs and tasks that are named.
    #[command(after_long_help = help::SYNC)]
    Sync(SyncArgs),
    /// Run one task for one partition, as a scheduler does.
    #[command(after_long_help = help::RUN)]
    Run(RunArgs),
    /// Fill past seasons, passing over what is complete.
    #[command(after_long_help = help::BACKFILL)]
    Backfill(BackfillArgs),
    /// Fetch, extract and check without a database: what would be loaded, and what refused.
    #[command(after_long_help = help::TEST)]
    Test(TestArgs),
    /// Load files into a table: CSV, NDJSON or Parquet, plain or compressed.
    #[command(after_long_help = help::LOAD)]
    Load(LoadArgs),
    /// Look at what was refused or waits for its parent, load it after all, or remove it.
    #[command(subcommand, after_long_help = help::QUARANTINE)]
    Quarantine(QuarantineCommand),
    /// List the sources, or see whether one still is what is expected of it.
    #[command(after_long_help = help::SOURCES)]
    Sources(SourcesArgs),
    /// Show the task graph.
    #[command(subcommand, after_long_help = help::DAGS)]
    Dags(DagsCommand),
    /// Tell of each task when it was loaded, whether it is stale, and why it failed.
    Status(StatusArgs),
    /// List what ran, or show one run with its tasks.
    #[command(after_long_help = help::RUNS)]
    Runs(RunsArgs),
    /// Write a run as a page for whoever is on duty: one HTML file that stands alone.
    #[command(after_long_help = help::REPORT)]
    Report(ReportArgs),
    /// Prepare, find, query, stop or reset the database.
    #[command(subcommand, after_long_help = help::DB)]
    Db(DbCommand),
    /// Tell in what two databases differ, row by row and column by column; nothing is written to either.
    #[command(after_long_help = help::COMPARE)]
    Compare(CompareArgs),
    /// Show every setting, its value and where it came from.
    #[command(after_long_help = help::config())]
    Config(ConfigArgs),
    /// Look for what is wrong: settings, folders, clock, database, sources; and say what to do about it.
    #[command(after_long_help = help::DOCTOR)]
    Doctor(DoctorArgs),
    /// Print a script that completes commands and flags in a shell.
    #[command(after_long_help = help::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Write man pages, one for each command.
    #[command(after_long_help = help::MAN)]
    Man(ManArgs),
}

/// The names of the commands that end in a result line.
pub(crate) const JOBS: [&str; 6] = ["sync", "run", "backfill", "test", "load", "quarantine replay"];

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

    /// All settings, with flags that are some.
    pub(crate) fn load(&self, flags: Vec<FlagValue>) -> Result<Settings> {
        Settings::load(self.inputs(flags)?)
    }

    /// Where settings are looked for.
    pub(crate) fn inputs(&self, mut flags: Vec<FlagValue>) -> Result<Inputs> {
        let own = [
            ("--database-url", &self.database_url),
            ("--log-level", &self.log_level),
            ("--log-format", &self.log_format),
            ("--metrics-textfile", &self.metrics_textfile),
            ("--metrics-listen", &self.metrics_listen),
        ];
        flags.extend(of_program(own));
        Inputs::of_process(flags, self.config.clone())
    }
}

/// The settings among flags that are not given per source.
pub(crate) fn of_program<const N: usize>(
    flags: [(&'static str, &Option<String>); N],
) -> impl Iterator<Item = FlagValue> {
    flags.into_iter().filter_map(|(flag, value)| value.clone().map(|value| FlagValue { flag, source: None, value }))
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
}
