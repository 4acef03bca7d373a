//! What the stages after the schema IR have to say about a schema: errors and warnings with their place and way out.

use std::fmt;

use crate::diagnostic::{Diagnostic, Look, Severity, render_message, render_one};
use crate::schema::Location;
use crate::source::Sources;
use crate::suggest::nearest;

/// How serious a [`Notice`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing is written.
    Error,
    /// Output is written; something in it is less than it could be.
    Warning,
}

/// One thing to tell the schema's author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How serious it is.
    pub level: Level,
    /// A stable code, such as `conflict-key`.
    pub code: &'static str,
    /// What is the case, naming the table, column or key.
    pub message: String,
    /// The place in the schema, where there is one.
    pub location: Option<Location>,
    /// The way out.
    pub help: Option<String>,
}

impl Notice {
    /// An error without a place.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Notice { level: Level::Error, code, message: message.into(), location: None, help: None }
    }

    /// A warning without a place.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Notice { level: Level::Warning, ..Notice::error(code, message) }
    }

    /// The same at a place.
    pub fn at(self, location: &Location) -> Self {
        Notice { location: Some(location.clone()), ..self }
    }

    /// The same with a way out.
    pub fn help(self, help: impl Into<String>) -> Self {
        Notice { help: Some(help.into()), ..self }
    }

    /// It as text or JSON, with the line that it is about where the sources have it (a schema read from its IR has none).
    pub fn render(&self, sources: &Sources, look: Look) -> String {
        let span = self.location.as_ref().and_then(|place| sources.span_at(place));
        if span.is_none() && self.location.is_some() {
            return render_message(&self.to_string(), look);
        }
        let severity = match self.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
        };
        let mut diagnostic = Diagnostic { severity, ..Diagnostic::error(self.code, &self.message) };
        if let Some(span) = span {
            diagnostic = diagnostic.at(span, "");
        }
        diagnostic.help.extend(self.help.clone());
        render_one(&diagnostic, sources, look)
    }
}

/// Several, one after the other.
pub(crate) fn render(notices: &[Notice], sources: &Sources, look: Look) -> String {
    let separator = if look == Look::Json { "\n" } else { "\n\n" };
    notices.iter().map(|notice| notice.render(sources, look)).collect::<Vec<_>>().join(separator)
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = match self.level {
            Level::Error => "error",
            Level::Warning => "warning",
        };
        write!(f, "{level}[{}]: {}", self.code, self.message)?;
        if let Some(Location { file, line, column }) = &self.location {
            write!(f, "\n  --> {file}:{line}:{column}")?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  = help: {help}")?;
        }
        Ok(())
    }
}

/// `; did you mean …?` where one of the known names is close to the given one, else nothing.
pub(crate) fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(given, known) {
        Some(name) => format!("; did you mean `{name}`?"),
        None => String::new(),
    }
}
