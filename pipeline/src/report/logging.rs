//! Logs: to standard error, for people or as JSON lines, never between the characters of a progress bar.

use std::io::{self, Write};

use tracing::level_filters::LevelFilter;
use tracing::subscriber::Interest;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use uuid::Uuid;

use super::context::Keep;
use super::json_lines::JsonLines;
use super::pretty_lines::PrettyLines;
use super::progress::Progress;
use super::terminal::Terminal;
use crate::config::{LogFilter, LogFormat};
use crate::traces::{OfProgram, Tracer};

/// How to log.
#[derive(Debug, Clone)]
pub struct Logging {
    /// The least severe events that are logged.
    pub level: LogFilter,
    /// How lines are written.
    pub format: LogFormat,
    /// Stands in every JSON line.
    pub run_id: Option<Uuid>,
    /// What standard error can show.
    pub terminal: Terminal,
    /// Who else draws there.
    pub progress: Progress,
    /// What makes spans for a collector, if there is one.
    pub tracer: Option<Tracer>,
}

/// Installs the process's log. A second call changes nothing.
pub fn init_logging(logging: Logging) {
    // A process has one log; in a test program the first wins.
    let _ = subscriber(&logging, Stderr(logging.progress.clone())).try_init();
}

fn subscriber<W>(logging: &Logging, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // An error while writing must stay without consequence: by default it would go to `eprintln!`, which panics when nobody
    // reads any more.
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(false).log_internal_errors(false);
    let lines: Box<dyn Layer<_> + Send + Sync> = match logging.format {
        LogFormat::Pretty => Box::new(layer.event_format(PrettyLines::new(logging.terminal))),
        LogFormat::Json => Box::new(layer.event_format(JsonLines::new(logging.run_id))),
    };
    // One filter for all layers: a filter for each loses lines wherever a library only asks what is enabled, as sqlx does.
    let wanted = Wanted { logged: targets(&logging.level), is_traced: logging.tracer.is_some() };
    let traces = logging.tracer.clone().map(OfProgram::new);
    Box::new(tracing_subscriber::registry().with(wanted).with(Keep).with(traces).with(lines))
}

/// Libraries that write what they read, page by page, and so people's names.
const TALKATIVE: [&str; 4] = ["html5ever", "markup5ever", "scraper", "selectors"];

/// This program's events as `filter` says, those of the libraries a step less: at `debug` they would drown it. At `trace` some write
/// headers or statements with their values, so that they are never heard so far, whatever is asked for.
fn targets(filter: &LogFilter) -> Targets {
    let libraries = match filter.level {
        LevelFilter::OFF | LevelFilter::ERROR => filter.level,
        LevelFilter::WARN | LevelFilter::INFO => LevelFilter::WARN,
        LevelFilter::DEBUG => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let is_of = |target: &str, names: &[&str]| {
        let crate_name = target.split("::").next().unwrap_or_default();
        names.contains(&crate_name)
    };
    let bounded = |target: &str, level: LevelFilter| match target {
        _ if is_of(target, &OWN) => level,
        _ if is_of(target, &TALKATIVE) => level.min(LevelFilter::INFO),
        _ => level.min(LevelFilter::DEBUG),
    };
    let given = filter.targets.iter().map(|(target, level)| (target.clone(), bounded(target, *level)));
    Targets::new()
        .with_default(libraries)
        .with_targets(OWN.map(|target| (target, filter.level)))
        .with_targets(TALKATIVE.map(|target| (target, bounded(target, libraries))))
        .with_targets(given)
}

/// What is logged, and this program's spans where they are traced.
struct Wanted {
    logged: Targets,
    is_traced: bool,
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Wanted {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        match self.is_traced && OfProgram::<S>::takes(metadata) {
            true => Interest::always(),
            false => Layer::<S>::register_callsite(&self.logged, metadata),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, context: Context<'_, S>) -> bool {
        (self.is_traced && OfProgram::<S>::takes(metadata)) || self.logged.enabled(metadata, context)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        let logged = Layer::<S>::max_level_hint(&self.logged);
        // Requests are spans at `debug`, so that they cost nothing where they are not traced.
        if self.is_traced { logged.map(|level| level.max(LevelFilter::DEBUG)) } else { logged }
    }
}

/// The crates of this program.
const OWN: [&str; 3] = ["pipeline", "models", "codegen"];

/// Standard error, shared with the progress bars. The formatter hands over one whole line at a time.
struct Stderr(Progress);

impl MakeWriter<'_> for Stderr {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        Line(self.0.clone())
    }
}

struct Line(Progress);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::capture::Buffer;
    use super::*;

    fn logged(level: &str, format: LogFormat, run_id: Option<Uuid>, work: impl FnOnce()) -> String {
        let buffer = Buffer::default();
        let level = level.parse().unwrap();
        let logging =
            Logging { level, format, run_id, terminal: Terminal::plain(), progress: Progress::silent(), tracer: None };
        tracing::subscriber::with_default(subscriber(&logging, buffer.writer()), work);
        buffer.text()
    }

    fn task() -> tracing::span::EnteredSpan {
        tracing::error_span!("task", task = "rosters", partition = "season=2026", source = "ncaa-stats", other = 1)
            .entered()
    }

    #[test]
    fn every_json_line_says_what_it_belongs_to() {
        let run_id = Uuid::now_v7();
        let text = logged("info", LogFormat::Json, Some(run_id), || {
            let _task = task();
            tracing::info!(rows = 3, big = u64::MAX, ratio = 0.5, ok = true, name = "a\n\"b\"", "loaded {}", "schools");
            let _table = tracing::error_span!("load", table = "public.school", source = "inner").entered();
            tracing::warn!(error = %"broken", "retrying");
        });
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{text}");
        for line in &lines {
            assert_eq!(line["run_id"], run_id.to_string());
            assert_eq!((&line["task"], &line["partition"]), (&"rosters".into(), &"season=2026".into()));
            chrono::DateTime::parse_from_rfc3339(line["timestamp"].as_str().unwrap()).unwrap();
        }
        assert_eq!(lines[0]["level"], "INFO");
        assert_eq!(lines[0]["message"], "loaded schools");
        assert_eq!((&lines[0]["source"], lines[0].get("table")), (&"ncaa-stats".into(), None));
        let expected = serde_json::json!({"rows": 3, "big": u64::MAX, "ratio": 0.5, "ok": true, "name": "a\n\"b\""});
        assert_eq!(lines[0]["fields"], expected);
        assert_eq!(lines[1]["fields"], serde_json::json!({"error": "broken"}));
        assert_eq!((&lines[1]["source"], &lines[1]["table"]), (&"inner".into(), &"public.school".into()));
    }

    #[test]
    fn people_read_the_task_before_what_it_says() {
        // Also where only warnings are logged.
        let text = logged("warn", LogFormat::Pretty, None, || {
            let _task = task();
            tracing::info!("too little");
            tracing::warn!(seconds = 1.5, name = "a\n\u{1b}[31mb", "ended");
        });
        let (_, line) = text.split_once(' ').expect("a time");
        assert_eq!(line, " WARN rosters season=2026: ended seconds=1.5 name=a\\n\\u{1b}[31mb\n");
    }

    #[test]
    fn targets_have_levels_and_libraries_are_heard_a_step_less() {
        let work = || {
            tracing::info!("[ours]");
            tracing::debug!("[ours in detail]");
            tracing::debug!(target: "pipeline::fetch::live", "[fetch in detail]");
            tracing::warn!(target: "sqlx::query", "[library's warning]");
            tracing::info!(target: "sqlx::query", "[library's]");
            tracing::debug!(target: "sqlx::query", "[library's in detail]");
            tracing::trace!(target: "hyper::proto", "[headers]");
            tracing::debug!(target: "html5ever::tree_builder", "[names]");
        };
        let cases: [(&str, &[&str]); 6] = [
            ("off", &[]),
            ("info", &["ours", "library's warning"]),
            ("debug", &["ours", "ours in detail", "fetch in detail", "library's warning", "library's"]),
            ("pipeline::fetch=debug,info", &["ours", "fetch in detail", "library's warning"]),
            ("off,sqlx=debug", &["library's warning", "library's", "library's in detail"]),
            ("off,hyper=trace,html5ever=trace,html5ever::tree_builder=trace", &[]),
        ];
        for (level, expected) in cases {
            let text = logged(level, LogFormat::Pretty, None, work);
            let said: Vec<&str> = text.lines().map(|line| line.split(['[', ']']).nth(1).unwrap()).collect();
            assert_eq!(said, expected, "{level}");
        }
    }
}
