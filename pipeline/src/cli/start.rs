//! What commands begin with: the log, and the runtime of asynchronous work.

use std::io;

use pipeline::config::{LogFilter, LogFormat, Settings};
use pipeline::report::{Logging, Progress, Terminal, init_logging};
use pipeline::traces::Tracer;
use pipeline::{Error, Exit, Result};
use tokio::runtime::{Builder, Runtime};
use tracing::level_filters::LevelFilter;
use uuid::Uuid;

use super::args::GlobalFlags;

/// What a run has and a query has not.
pub(crate) struct OfRun {
    pub(crate) id: Uuid,
    pub(crate) tracer: Option<Tracer>,
}

/// Starts the process's log and gives the progress that shares standard error with it.
pub(crate) fn log(global: &GlobalFlags, settings: &Settings, run: Option<OfRun>) -> Progress {
    let terminal = Terminal::of_stderr(global.color.into());
    let format = settings.log.format;
    // Bars would stand between the lines that a program reads.
    let bars = Terminal { interactive: terminal.interactive && format == LogFormat::Pretty, ..terminal };
    let progress = Progress::new(&bars, global.quiet);
    // Who asked for a level gets it, even with --quiet.
    let hushed = global.quiet && settings.log.level_is_default;
    let level = if hushed { LogFilter::of(LevelFilter::WARN) } else { settings.log.level.clone() };
    let (run_id, tracer) = run.map_or((None, None), |run| (Some(run.id), run.tracer));
    init_logging(Logging { level, format, run_id, terminal, progress: progress.clone(), tracer });
    settings.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    progress
}

/// The runtime of asynchronous work.
pub(crate) fn runtime() -> Result<Runtime> {
    Builder::new_multi_thread().enable_all().build().map_err(unstarted)
}

/// The machine refuses what any work needs: threads, signal handlers.
pub(crate) fn unstarted(error: io::Error) -> Error {
    Error::new(Exit::Temporary, "the program cannot start its work").caused_by(error)
}
