//! Logs: to standard error, for people or as JSON lines, never between the characters of a progress bar.

use std::fmt;
use std::io::{self, Write};

use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::{JsonFields, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use uuid::Uuid;

use super::json_lines::JsonLines;
use super::progress::Progress;
use super::terminal::Terminal;
use crate::config::LogFormat;

/// How to log.
#[derive(Debug, Clone)]
pub struct Logging {
    /// The least severe events of this program that are logged.
    pub level: LevelFilter,
    /// How lines are written.
    pub format: LogFormat,
    /// Stands in every JSON line.
    pub run_id: Option<Uuid>,
    /// What standard error can show.
    pub terminal: Terminal,
    /// Who else draws there.
    pub progress: Progress,
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
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).log_internal_errors(false);
    let registry = tracing_subscriber::registry().with(targets(logging.level));
    match logging.format {
        LogFormat::Pretty => {
            Box::new(registry.with(layer.with_ansi(logging.terminal.color).with_target(false).with_timer(Clock)))
        }
        LogFormat::Json => {
            Box::new(registry.with(
                layer.fmt_fields(JsonFields::new()).event_format(JsonLines::new(logging.run_id)).with_ansi(false),
            ))
        }
    }
}

/// This program's events from `level` up, those of the libraries a step less: at `debug` they would drown it, and some write
/// headers or statements at `trace`.
fn targets(level: LevelFilter) -> Targets {
    let libraries = match level {
        LevelFilter::OFF | LevelFilter::ERROR => level,
        LevelFilter::WARN | LevelFilter::INFO => LevelFilter::WARN,
        LevelFilter::DEBUG => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    Targets::new().with_default(libraries).with_target("pipeline", level).with_target("models", level)
}

/// The time of day in UTC: the date is in the result.
struct Clock;

impl FormatTime for Clock {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{}", chrono::Utc::now().format("%H:%M:%S"))
    }
}

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

    fn logged(level: LevelFilter, format: LogFormat, run_id: Option<Uuid>, work: impl FnOnce()) -> String {
        let buffer = Buffer::default();
        let logging = Logging { level, format, run_id, terminal: Terminal::plain(), progress: Progress::silent() };
        tracing::subscriber::with_default(subscriber(&logging, buffer.writer()), work);
        buffer.text()
    }

    #[test]
    fn every_json_line_is_an_object_that_names_the_run() {
        let run_id = Uuid::now_v7();
        let text = logged(LevelFilter::INFO, LogFormat::Json, Some(run_id), || {
            let span = tracing::info_span!("task", source = "ncaa-directory");
            let _entered = span.enter();
            tracing::info!(rows = 3, big = u64::MAX, ratio = 0.5, ok = true, name = "a\n\"b\"", "loaded {}", "schools");
            tracing::warn!(error = %"broken", "retrying");
        });
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 2, "{text}");
        for line in &lines {
            assert_eq!(line["run_id"], run_id.to_string());
            assert_eq!(line["spans"][0]["name"], "task");
            assert_eq!(line["spans"][0]["source"], "ncaa-directory");
            chrono::DateTime::parse_from_rfc3339(line["timestamp"].as_str().unwrap()).unwrap();
        }
        assert_eq!(lines[0]["level"], "INFO");
        assert_eq!(lines[0]["message"], "loaded schools");
        let expected = serde_json::json!({"rows": 3, "big": u64::MAX, "ratio": 0.5, "ok": true, "name": "a\n\"b\""});
        assert_eq!(lines[0]["fields"], expected);
        assert_eq!(lines[1]["fields"]["error"], "broken");
    }

    #[test]
    fn libraries_are_heard_a_step_less() {
        let text = logged(LevelFilter::INFO, LogFormat::Pretty, None, || {
            tracing::info!("ours");
            tracing::debug!("ours in detail");
            tracing::info!(target: "sqlx::query", "a library's");
            tracing::warn!(target: "sqlx::query", "a library's warning");
        });
        assert!(text.contains("ours\n") && text.contains("a library's warning"), "{text}");
        assert_eq!(text.lines().count(), 2, "{text}");
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }

    #[test]
    fn nothing_is_logged_at_off() {
        assert_eq!(logged(LevelFilter::OFF, LogFormat::Pretty, None, || tracing::error!("x")), "");
    }
}
