//! Log events as people read them: time, level, what the line belongs to, what it says.

use std::fmt;

use serde_json::Value;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use super::context::{self, Said};
use super::terminal::{Paint, Terminal};

/// Writes `10:15:02  INFO rosters season=2026,sport=MBA: ended seconds=3.2`.
pub(super) struct PrettyLines {
    terminal: Terminal,
}

impl PrettyLines {
    pub(super) fn new(terminal: Terminal) -> Self {
        Self { terminal }
    }
}

impl<S, N> FormatEvent<S, N> for PrettyLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        // The time of day in UTC: the date is in the result.
        write!(writer, "{} ", chrono::Utc::now().format("%H:%M:%S"))?;
        let level = format!("{:>5}", event.metadata().level().as_str());
        let level = match *event.metadata().level() {
            Level::ERROR => self.terminal.paint(Paint::Bad, &level),
            Level::WARN => self.terminal.paint(Paint::Doubtful, &level),
            Level::INFO => self.terminal.paint(Paint::Good, &level),
            _ => level,
        };
        write!(writer, "{level} ")?;
        let around = context::around(context);
        // Whoever watches knows the command; a task's name says its source.
        let place: Vec<&str> =
            ["task", "partition", "table"].iter().filter_map(|name| around.get(*name)?.as_str()).collect();
        if !place.is_empty() {
            write!(writer, "{}: ", self.terminal.paint(Paint::Hint, &place.join(" ")))?;
        }
        let Said { message, fields, .. } = Said::by(event);
        let mut apart = "";
        if let Some(message) = message {
            write!(writer, "{}", text(&message))?;
            apart = " ";
        }
        for (name, value) in fields {
            write!(writer, "{apart}{name}={}", text(&value))?;
            apart = " ";
        }
        writeln!(writer)
    }
}

/// A value without quotes, but no character in it that would move the cursor or end the line.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => {
            let shown = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
            text.chars().map(shown).collect()
        }
        other => other.to_string(),
    }
}
