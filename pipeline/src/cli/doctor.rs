//! `pipeline doctor`: what is wrong here, and what to do about it.

use clap::Args;
use pipeline::config::Settings;
use pipeline::doctor::{self, Finding};
use pipeline::report::{Terminal, tell_error};
use pipeline::{Exit, Result};

use super::args::GlobalFlags;
use super::query::{answer, printed};
use super::start;

#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    /// Also ask each source that is on for a page, at the polite rate.
    #[arg(long)]
    live: bool,
    /// Print JSON: an array with one object a check.
    #[arg(long)]
    json: bool,
}

/// Looks at everything and prints it. The exit code is that of the worst finding.
pub(crate) fn run(global: &GlobalFlags, args: &DoctorArgs) -> Exit {
    let shown = look(global, args.live).and_then(|findings| {
        let text = if args.json {
            printed(&findings)?
        } else {
            doctor::table(&findings, &Terminal::of_stdout(global.color.into()))
        };
        answer(&text).map(|()| doctor::exit(&findings))
    });
    shown.unwrap_or_else(|error| {
        tell_error(&error, &Terminal::of_stderr(global.color.into()));
        error.exit()
    })
}

fn look(global: &GlobalFlags, live: bool) -> Result<Vec<Finding>> {
    let inputs = global.inputs(Vec::new())?;
    let file = inputs.settings_file();
    let loaded = Settings::load(inputs);
    if let Ok(settings) = &loaded {
        // The warnings are findings.
        start::log(global, &Settings { warnings: Vec::new(), ..settings.clone() }, None);
    }
    Ok(start::runtime()?.block_on(doctor::examine(file, loaded, live)))
}
