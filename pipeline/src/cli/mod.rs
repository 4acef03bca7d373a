//! The command line: arguments in, exit code out.
//!
//! ```text
//! argv -> args (clap) -> settings -> job or query -> exit code
//! ```
//!
//! - [`args`] are the commands and flags as users write them, [`help`] the texts around them.
//! - [`argv`] is what has to be known of the command line before, or without, parsing it.
//! - [`job`] runs what ends in a result line; [`query`] and [`db`] answer a question; [`start`] is what commands begin with.
//! - [`shell`] tells shells and `man` of the commands.

mod args;
mod argv;
mod compare;
mod db;
mod doctor;
mod export;
mod graph;
mod help;
mod job;
mod load;
mod quarantine;
mod query;
mod refresh;
mod report;
mod shell;
mod sources;
mod start;
mod sync;
mod usage;

use std::ffi::OsString;

use clap::{CommandFactory, FromArgMatches};
use pipeline::report::{Terminal, tell_error};
use pipeline::{Exit, Result, orchestrate};

use args::{Cli, Command};
use quarantine::QuarantineCommand;

/// Runs the command that `argv` asks for, the program's name included, and tells how it ended.
pub(crate) fn run(argv: Vec<OsString>) -> Exit {
    let argv = argv::protect_psql_arguments(argv);
    let color = argv::color(&argv);
    let parsed =
        Cli::command().color(color).try_get_matches_from(&argv).and_then(|found| Cli::from_arg_matches(&found));
    match parsed {
        Ok(cli) => dispatch(cli),
        Err(error) => usage::tell(&error, &argv),
    }
}

/// Hands a command to the function that does it.
fn dispatch(cli: Cli) -> Exit {
    let global = &cli.global;
    match cli.command {
        Command::Sync(args) => job::run("sync", global, &args, orchestrate::sync),
        Command::Run(args) => job::run("run", global, &args, orchestrate::sync),
        Command::Backfill(args) => job::run("backfill", global, &args, orchestrate::sync),
        Command::Test(args) => job::run("test", global, &args, orchestrate::test),
        Command::Load(args) => job::run("load", global, &args, orchestrate::load),
        Command::Quarantine(command) => match command {
            QuarantineCommand::List(args) => ended(quarantine::list(global, &args), global),
            QuarantineCommand::Show(args) => ended(quarantine::show(global, &args), global),
            QuarantineCommand::Replay(args) => job::run("quarantine replay", global, &args, orchestrate::replay),
            QuarantineCommand::Purge(args) => ended(quarantine::purge(global, &args), global),
        },
        Command::Dags(command) => ended(graph::dags(&command), global),
        Command::Sources(args) => ended(sources::run(global, &args), global),
        Command::Status(args) => ended(graph::status(global, &args), global),
        Command::Runs(args) => ended(graph::runs(global, &args), global),
        Command::Report(args) => ended(report::report(global, &args), global),
        Command::Db(command) => ended(db::run(command, global), global),
        Command::Compare(args) => compare::run(global, &args),
        Command::Config(args) => ended(query::config(global, &args), global),
        Command::Doctor(args) => doctor::run(global, &args),
        Command::Completions(args) => ended(shell::completions(&args), global),
        Command::Man(args) => ended(shell::man(&args), global),
    }
}

/// The end of a command that prints no result line.
fn ended(result: Result<()>, global: &args::GlobalFlags) -> Exit {
    match result {
        Ok(()) => Exit::Success,
        Err(error) => {
            tell_error(&error, &Terminal::of_stderr(global.color.into()));
            error.exit()
        }
    }
}
