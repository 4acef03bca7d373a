//! What status and exit code mean, and what to do now.

use serde::Serialize;

use super::facts::RunFacts;
use crate::Exit;

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What, and why.
    pub text: String,
    /// The command that does it.
    pub command: Option<String>,
}

impl Step {
    fn new(text: &str, command: Option<String>) -> Self {
        Self { text: text.to_owned(), command }
    }
}

/// What status and exit code mean, as the contract has it (`pipeline --help`).
pub(super) fn meaning(status: &str, exit_code: Option<i32>) -> &'static str {
    let is = |exit: Exit| exit_code == Some(i32::from(exit.code()));
    match status {
        "running" => "it has not said how it ended: it still runs, or it was killed",
        "ok" => "finished, and every row was accepted",
        "partial" => "finished; some rows are in the quarantine",
        "skipped" => "nothing to do: the source is off, or all of it is loaded already",
        "blocked" => "a source refuses us; trying again does not help",
        _ if is(Exit::Differences) => "differences were found",
        _ if is(Exit::Usage) => "the command line is wrong; never tried again",
        _ if is(Exit::Input) => "the input cannot be used: its layout changed, or too many errors; never tried again",
        _ if is(Exit::Unavailable) => "a source is down; it may be tried again",
        _ if is(Exit::Temporary) => "a passing trouble; it may be tried again",
        _ if is(Exit::Permission) => "no permission; never tried again",
        _ if is(Exit::Configuration) => {
            "the settings, or the state of the database, do not allow it; never tried again"
        }
        _ if is(Exit::Interrupted) => "stopped by SIGINT; what was under way was finished or rolled back",
        _ if is(Exit::Terminated) => "stopped by SIGTERM; what was under way was finished or rolled back",
        _ => "it ended in a way that this program does not know",
    }
}

/// What to do now; nothing if all is well. `sources` are those whose tasks failed, `waiting` the records in the quarantine.
pub(super) fn steps(run: &RunFacts, sources: &[&str], waiting: i64) -> Vec<Step> {
    let mut steps: Vec<Step> = run.help.iter().map(|help| Step::new(help, None)).collect();
    if run.resumed_by.is_empty() {
        steps.extend(way_out(run, sources));
    }
    if waiting > 0 {
        let of_run = |command: &str| Some(format!("pipeline quarantine {command} --run {}", run.id));
        steps.push(Step::new("Look at the records that wait in the quarantine.", of_run("list")));
        steps.push(Step::new("Load them, once the cause is mended.", of_run("replay")));
    }
    steps
}

fn way_out(run: &RunFacts, sources: &[&str]) -> Vec<Step> {
    let is = |exit: Exit| run.exit_code == Some(i32::from(exit.code()));
    let again = |when: &str| match run.asked {
        Some(_) => Step::new(
            &format!(
                "{when}, go on where it stood: what it loaded is passed over, what it was answered is not asked again."
            ),
            Some(format!("pipeline sync --resume={}", run.id)),
        ),
        None => Step::new(&format!("{when}, give the command again: nothing of it is half done."), None),
    };
    match run.status.as_str() {
        "ok" | "partial" | "skipped" => Vec::new(),
        "running" => vec![again("If its process is gone")],
        "blocked" => vec![
            Step::new(
                "Do not try at once: see what the site says, then wait or lower the rate.",
                Some("pipeline doctor --live".to_owned()),
            ),
            again("When it answers again"),
        ],
        _ if is(Exit::Permission) || is(Exit::Configuration) => {
            vec![Step::new("See what is wrong here, and what remedies it.", Some("pipeline doctor".to_owned()))]
        }
        _ if is(Exit::Input) => {
            let look = |source: &&str| {
                let command = format!("pipeline sources check --live {source}");
                Step::new(&format!("See what of the pages of {source} is still found."), Some(command))
            };
            sources.iter().map(look).chain([again("Once that is mended")]).collect()
        }
        _ if is(Exit::Usage) => Vec::new(),
        _ => vec![again("Once the trouble has passed")],
    }
}
