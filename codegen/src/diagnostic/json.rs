//! Diagnostics for programs: one JSON object a line.

use serde::Serialize;

use super::{Diagnostic, Severity};
use crate::source::{Sources, Span};

/// One line. Fields are added, never taken away or given another meaning.
#[derive(Serialize)]
struct Line<'a> {
    /// Such as `E0301`; null for what goes wrong outside of the schema.
    code: Option<&'a str>,
    severity: &'static str,
    message: &'a str,
    spans: Vec<Place<'a>>,
    help: Vec<&'a str>,
    /// What `--message-format human` prints.
    rendered: &'a str,
}

/// A place. Bytes count from 0 in the file's text after a byte order mark; lines and columns from 1, columns in characters.
/// Ends are exclusive.
#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    byte_start: usize,
    byte_end: usize,
    line_start: u32,
    column_start: u32,
    line_end: u32,
    column_end: u32,
    is_primary: bool,
    label: Option<&'a str>,
}

pub(super) fn line(diagnostic: &Diagnostic, sources: &Sources, rendered: &str) -> String {
    let labels = diagnostic.primary.iter().map(|label| (true, label));
    let labels = labels.chain(diagnostic.labels.iter().map(|label| (false, label)));
    let places = labels.filter_map(|(is_primary, label)| {
        let (file, range) = sources.locate(label.span)?;
        let start = sources.location(label.span);
        let end = file.base + range.end as u32;
        let end = sources.location(Span { lo: end, hi: end });
        Some(Place {
            file: &file.name,
            byte_start: range.start,
            byte_end: range.end,
            line_start: start.line,
            column_start: start.column,
            line_end: end.line,
            column_end: end.column,
            is_primary,
            label: Some(label.text.as_str()).filter(|text| !text.is_empty()),
        })
    });
    written(&Line {
        code: Some(diagnostic.code),
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        message: &diagnostic.message,
        spans: places.collect(),
        help: diagnostic.help.iter().map(String::as_str).collect(),
        rendered,
    })
}

pub(super) fn message(message: &str) -> String {
    let (code, severity) = (None, "error");
    let bare = message.strip_prefix("error: ").unwrap_or(message);
    written(&Line { code, severity, message: bare, spans: Vec::new(), help: Vec::new(), rendered: message })
}

fn written(line: &Line<'_>) -> String {
    // Strings and numbers can always be written.
    serde_json::to_string(line).unwrap_or_default()
}
