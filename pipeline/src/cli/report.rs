//! `pipeline report`: a run as a page for whoever is on duty.

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Args;
use pipeline::database;
use pipeline::report::OutputFile;
use pipeline::run_report::{Wish, gather, page};
use pipeline::sources::Source;
use pipeline::{Error, Exit, Result};

use super::args::GlobalFlags;
use super::query::{answer, ask_of, printed};

#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// The run, by its id or the beginning of it; without it, the last one.
    #[arg(value_name = "RUN")]
    run: Option<String>,
    /// The file to write; - is standard output, as it is without this flag.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the same facts as JSON.
    #[arg(long)]
    json: bool,
    /// Show what is wrong with refused records and how they begin: that may name people.
    #[arg(long)]
    samples: bool,
}

/// Tells a run.
pub(crate) fn report(global: &GlobalFlags, args: &ReportArgs) -> Result<()> {
    let file = args.output.as_deref().filter(|path| *path != Path::new("-"));
    if args.output.is_none() && !args.json && io::stdout().is_terminal() {
        return Err(Error::new(Exit::Usage, "a terminal does not show HTML")
            .help("write a file with -o run.html, or see `pipeline runs RUN`"));
    }
    let file = file.map(|path| OutputFile::new("--output", path)).transpose()?;
    let settings = global.settings()?;
    let is_on = |source: &Source| settings.sources.get(source.name).map_or(source.is_on, |known| known.is_on);
    let wish = Wish { with_records: args.samples, is_on: &is_on };
    let facts = ask_of(global, &settings, async |connection| {
        let run = database::run_of(connection, args.run.as_deref()).await?;
        gather(connection, &run, wish).await
    })?;
    let text = if args.json { printed(&facts)? } else { page(&facts)? };
    match file {
        Some(file) => file.write(text.as_bytes()),
        None => answer(&text),
    }
}
