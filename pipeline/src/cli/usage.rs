//! Help, version, and command lines that are wrong.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory};
use pipeline::report::{OutputFile, Run};
use pipeline::{Error, Exit};

use super::args::{Cli, JOBS};
use super::job::Reporter;

/// Prints what clap found and gives the exit code for it: help and version are answers; anything else is a wrong command line.
/// A job still prints its result line then, for the scheduler that waits for it.
pub(crate) fn tell(found: &clap::Error, argv: &[OsString]) -> Exit {
    match found.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // A reader that has seen enough (`pipeline --help | head`) is no error.
            let _ = found.print();
            Exit::Success
        }
        _ => {
            let _ = found.print();
            unbegun_job(found, argv);
            Exit::Usage
        }
    }
}

fn unbegun_job(found: &clap::Error, argv: &[OsString]) {
    // What can be understood of the command line despite the error.
    let Ok(partial) = Cli::command().ignore_errors(true).try_get_matches_from(argv) else {
        return;
    };
    let Some((name, arguments)) = job(&partial) else { return };
    let mut reporter = Reporter::of_unbegun(&name);
    let path = arguments.try_get_one::<PathBuf>("result_file").ok().flatten();
    reporter.result_file = path.and_then(|path| OutputFile::new("--result-file", path).ok());
    let mut run = Run::begin();
    run.failed(Error::new(Exit::Usage, first_paragraph(found)));
    reporter.conclude(run);
}

/// The job that a command line names, with its arguments.
fn job(found: &ArgMatches) -> Option<(String, &ArgMatches)> {
    let (first, arguments) = found.subcommand()?;
    let second = arguments.subcommand().map(|(name, arguments)| (format!("{first} {name}"), arguments));
    let jobs = second.into_iter().chain([(first.to_owned(), arguments)]);
    { jobs }.find(|(name, _)| JOBS.contains(&name.as_str()))
}

/// The error itself, without usage and hints.
fn first_paragraph(found: &clap::Error) -> String {
    let text = found.render().to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    paragraph.strip_prefix("error: ").unwrap_or(paragraph).trim().to_owned()
}
