//! Running a job: whatever happens, one result line on standard output, the story on standard error, and an exit code.

use std::io::{self, Write};
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::Duration;

use futures::FutureExt as _;
use pipeline::config::{LogFormat, Settings};
use pipeline::job::Job;
use pipeline::metrics::Publisher;
use pipeline::report::{OutputFile, Run, RunResult, Terminal, error_line, summary, tell_error};
use pipeline::shutdown::Shutdown;
use pipeline::traces::{self, Traces};
use pipeline::{Error, Exit, Result};
use tracing::field::Empty;
use tracing::{Instrument, Span};

use super::args::GlobalFlags;
use super::start::{self, OfRun};

/// The arguments of a job.
pub(crate) trait Arguments {
    /// What they ask for.
    type Options;

    /// All settings, the job's own flags included.
    fn settings(&self, global: &GlobalFlags) -> Result<Settings>;

    /// What the job is asked to do.
    fn options(&self) -> Result<Self::Options>;

    /// Where the result is to be written, too.
    fn result_file(&self) -> Option<&Path>;
}

/// Runs `work` and reports how it ended. `work` counts in the [`Run`] it is given; an error it returns ends the run as failed.
pub(crate) fn run<A: Arguments>(
    command: &str,
    global: &GlobalFlags,
    args: &A,
    work: impl AsyncFnOnce(&Job<A::Options>, &mut Run) -> Result<()>,
) -> Exit {
    let mut reporter = Reporter::new(command, global);
    let mut run = Run::begin();
    if let Err(error) = attempt(&mut reporter, &mut run, global, args, work) {
        run.failed(error);
    }
    reporter.conclude(run)
}

fn attempt<A: Arguments>(
    reporter: &mut Reporter,
    run: &mut Run,
    global: &GlobalFlags,
    args: &A,
    work: impl AsyncFnOnce(&Job<A::Options>, &mut Run) -> Result<()>,
) -> Result<()> {
    reporter.result_file = args.result_file().map(|path| OutputFile::new("--result-file", path)).transpose()?;
    let (settings, options) = (args.settings(global)?, args.options()?);
    reporter.format = settings.log.format;
    let runtime = start::runtime()?;
    let environment = traces::Environment::read(std::env::vars_os());
    let traces = Traces::begin(&environment, runtime.handle())?;
    let tracer = traces.as_ref().map(Traces::tracer);
    let progress = start::log(global, &settings, Some(OfRun { id: run.id(), tracer }));
    environment.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    let make = || run_span(&reporter.command, run);
    let span = traces.as_ref().map_or_else(make, |traces| traces.root(make));
    let ended = runtime.block_on(
        async {
            let shutdown = Shutdown::listen().map_err(start::unstarted)?;
            reporter.metrics = Publisher::begin(&settings.metrics, &reporter.command, run).await?;
            let job = Job { settings, options, progress, shutdown };
            // A defect must not cost the result line that schedulers wait for.
            let work = AssertUnwindSafe(work(&job, run)).catch_unwind();
            work.await.unwrap_or_else(|_| {
                let defect = Error::new(Exit::Temporary, "a defect of the program ended the run");
                Err(defect.help("the lines above say where; please report them"))
            })
        }
        .instrument(span.clone()),
    );
    if let Err(error) = ended {
        run.failed(error);
    }
    traces::ended(&span, &run.finish());
    drop(span);
    if let Some(traces) = traces {
        traces.end();
    }
    // What still runs in the background (a look-up of a name, say) is not worth waiting for.
    runtime.shutdown_timeout(Duration::from_millis(100));
    Ok(())
}

/// Everything that a run does. Its level is the highest, so that also what is logged at `error` alone says its command.
fn run_span(command: &str, run: &Run) -> Span {
    tracing::error_span!(
        "run",
        command,
        otel.name = format!("pipeline {command}"),
        pipeline.run_id = %run.id(),
        pipeline.status = Empty,
        error.type = Empty,
        otel.status_code = Empty,
        otel.status_description = Empty,
    )
}

/// Tells how a job ended, to people and to programs.
pub(crate) struct Reporter {
    command: String,
    quiet: bool,
    /// Whether the errors have been told already.
    told: bool,
    terminal: Terminal,
    format: LogFormat,
    pub(crate) result_file: Option<OutputFile>,
    metrics: Option<Publisher>,
}

impl Reporter {
    fn new(command: &str, global: &GlobalFlags) -> Self {
        let terminal = Terminal::of_stderr(global.color.into());
        Self { quiet: global.quiet, told: false, terminal, ..Self::of_unbegun(command) }
    }

    /// One for a job that cannot begin because its command line is wrong, which people have been told already.
    pub(crate) fn of_unbegun(command: &str) -> Self {
        Self {
            command: command.to_owned(),
            quiet: true,
            told: true,
            terminal: Terminal::plain(),
            format: LogFormat::Pretty,
            result_file: None,
            metrics: None,
        }
    }

    /// Ends the run: errors and summary, the result file, and last of all the result line, for whoever reads both outputs as
    /// one.
    pub(crate) fn conclude(&self, mut run: Run) -> Exit {
        if !self.told {
            run.errors().for_each(|error| self.tell(error));
        }
        let mut result = run.finish();
        if let Some(error) = self.result_file.as_ref().and_then(|file| write(file, &result).err()) {
            self.tell(&error);
            run.failed(error);
            result = run.finish();
        }
        if let Some(error) = self.metrics.as_ref().and_then(|metrics| metrics.end(&result).err()) {
            // What was done is done; who watches the file sees that it is old.
            self.tell(&error);
        }
        if !self.quiet {
            self.summarise(&result);
        }
        match result.write_line(&mut io::stdout().lock()) {
            // After a timeout the scheduler no longer reads; what the run did stands.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.tell(&Error::new(Exit::Temporary, "the result cannot be printed").caused_by(error));
                if result.exit_code == Exit::Success { Exit::Temporary } else { result.exit_code }
            }
            _ => result.exit_code,
        }
    }

    fn tell(&self, error: &Error) {
        match self.format {
            LogFormat::Pretty => tell_error(error, &self.terminal),
            LogFormat::Json => {
                tracing::error!(exit_code = error.exit().code(), help = error.help_text(), "{}", error_line(error));
            }
        }
    }

    fn summarise(&self, result: &RunResult) {
        match self.format {
            LogFormat::Pretty => {
                // Nobody may be reading: that is no error.
                let _ = io::stderr().lock().write_all(summary(&self.command, result, &self.terminal).as_bytes());
            }
            LogFormat::Json => {
                let (status, seconds) = (result.status.as_str(), result.seconds);
                tracing::info!(status, exit_code = result.exit_code.code(), seconds, "{} ended", self.command);
            }
        }
    }
}

fn write(file: &OutputFile, result: &RunResult) -> Result<()> {
    let mut line = Vec::new();
    let written = result.write_line(&mut line);
    written.map_err(|error| Error::new(Exit::Temporary, "the result cannot be written").caused_by(error))?;
    file.write(&line)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;
    use pipeline::orchestrate::TestOptions;
    use pipeline::report::TableCounts;
    use serde_json::{Value, json};

    use super::super::args::{Cli, Command};
    use super::*;

    /// The result of `work`, as its result file tells it.
    fn result(work: impl AsyncFnOnce(&Job<TestOptions>, &mut Run) -> Result<()>) -> Value {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("result.json");
        let path = file.to_str().unwrap();
        let cli = Cli::parse_from(["pipeline", "test", "--quiet", "--limit", "7", "--offline", "--result-file", path]);
        let Command::Test(args) = &cli.command else { unreachable!("it was parsed from `test`") };
        let exit = run("test", &cli.global, args, work);
        let result: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        assert_eq!(result["exit_code"], exit.code());
        result
    }

    #[test]
    fn what_a_job_counts_is_in_its_result() {
        let result = result(async |job, run| {
            assert_eq!(job.options.common.limit, Some(7));
            run.count("public.sport", TableCounts { read: 2, inserted: 1, duplicates: 1, ..TableCounts::default() });
            run.requests(1, 0);
            Ok(())
        });
        assert_eq!((&result["status"], &result["error"]), (&json!("ok"), &Value::Null));
        assert_eq!(result["tables"]["public.sport"]["duplicates"], 1);
    }

    #[test]
    fn a_job_that_fails_keeps_its_counts() {
        let result = result(async |_, run| {
            run.count("public.sport", TableCounts { read: 2, ..TableCounts::default() }.after_rollback());
            Err(Error::new(Exit::Input, "the layout changed"))
        });
        assert_eq!((&result["status"], &result["exit_code"]), (&json!("failed"), &json!(65)));
        assert_eq!(result["tables"]["public.sport"]["rolled_back"], 2);
    }

    #[test]
    fn a_job_that_a_signal_stops_says_so() {
        async fn stopped(job: &Job<TestOptions>, _: &mut Run) -> Result<()> {
            job.shutdown.request(Exit::Terminated);
            job.shutdown.check()
        }
        let result = result(stopped);
        assert_eq!((&result["status"], &result["exit_code"]), (&json!("stopped"), &json!(143)));
    }

    #[test]
    fn a_defect_does_not_cost_the_result() {
        let result = result(async |_, _| -> Result<()> { panic!("a defect, for this test") });
        assert_eq!((&result["status"], &result["exit_code"]), (&json!("failed"), &json!(75)));
        assert!(result["error"].as_str().unwrap().contains("defect"));
    }
}
