//! Answers of query commands as tables for people.

use chrono::{DateTime, SecondsFormat, Utc};
use comfy_table::{LineStyle, Table, TableStyle};

const LINE: LineStyle = LineStyle::none().fill('─').junction('─');

/// A table with a line under its head. Cells are written as they are: what was read from elsewhere is to be escaped before.
pub fn listing(head: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LINE));
    table.set_header(head);
    for row in rows {
        table.add_row(row);
    }
    table.trim_fmt() + "\n"
}

/// A moment, to the second.
pub fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// How long ago something was, in the largest unit that fits.
pub fn ago(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let seconds = (now - at).num_seconds().max(0);
    let (number, unit) = match seconds {
        0..60 => (seconds, "s"),
        60..3_600 => (seconds / 60, "min"),
        3_600..172_800 => (seconds / 3_600, "h"),
        _ => (seconds / 86_400, "d"),
    };
    format!("{number} {unit} ago")
}
