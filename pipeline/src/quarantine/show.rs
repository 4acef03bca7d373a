//! Answers for people: tables, and one entry with everything that is known of it. Whatever was read from elsewhere is escaped.

use super::entry::{Entry, Reference};
use super::purge::Removed;
use super::visible::{visible, visible_block};
use crate::report::{listing, moment};

/// Texts are cut to so many characters in lists.
const CELL: usize = 70;

fn cell(text: &str) -> String {
    let text = visible(text);
    match text.char_indices().nth(CELL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A list of refused records; `more` are not shown.
pub fn list(entries: &[Entry], references: &[Reference], more: u64) -> String {
    let mut text = String::new();
    if !entries.is_empty() {
        let head = ["id", "table", "reason", "source", "last seen", "key", "message"];
        let row = |entry: &Entry| {
            let key = entry.key.as_ref().map(ToString::to_string).unwrap_or_default();
            vec![
                entry.id.to_string(),
                cell(&entry.table_name),
                cell(&entry.reason),
                cell(&entry.source),
                moment(entry.last_seen_at),
                cell(&key),
                cell(&entry.message),
            ]
        };
        text.push_str(&listing(&head, entries.iter().map(row)));
    }
    if !references.is_empty() {
        let head = ["id", "table", "source", "last seen", "row", "columns", "names", "of"];
        let row = |reference: &Reference| {
            vec![
                reference.id.to_string(),
                cell(&reference.table_name),
                cell(&reference.source),
                moment(reference.last_seen_at),
                cell(&reference.row_key.to_string()),
                cell(&reference.columns.join(", ")),
                cell(&reference.parent_key.to_string()),
                cell(&reference.parent_table),
            ]
        };
        text.push_str(&listing(&head, references.iter().map(row)));
    }
    if text.is_empty() {
        return "nothing waits\n".to_owned();
    }
    if more > 0 {
        text.push_str(&format!("and {more} more: --limit shows more of them, --summary counts them\n"));
    }
    text
}

/// Counts by table, reason and source.
pub fn group(counts: &[Removed]) -> String {
    if counts.is_empty() {
        return "nothing waits\n".to_owned();
    }
    let row = |count: &Removed| {
        let (entries, open) = (count.entries.to_string(), count.open.to_string());
        vec![cell(&count.table_name), cell(&count.reason), cell(&count.source), entries, open]
    };
    listing(&["table", "reason", "source", "entries", "waiting"], counts.iter().map(row))
}

/// What a purge removed, or would.
pub fn purged(counts: &[Removed], dry_run: bool) -> String {
    let entries: i64 = counts.iter().map(|count| count.entries).sum();
    let open: i64 = counts.iter().map(|count| count.open).sum();
    let verb = if dry_run { "would be removed" } else { "removed" };
    let told = format!("{entries} entries {verb}, {open} of them still waiting\n");
    if counts.is_empty() { told } else { group(counts) + &told }
}

/// All that is known of an entry.
pub fn show(entry: &Entry) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: Option<String>| {
        if let Some(value) = value {
            text.push_str(&format!("{label:<12} {}\n", visible(&value)));
        }
    };
    line("id", Some(entry.id.to_string()));
    line("table", Some(entry.table_name.clone()));
    line("reason", Some(entry.reason.clone()));
    line("message", Some(entry.message.clone()));
    line("key", entry.key.as_ref().map(ToString::to_string));
    line("source", Some(entry.source.clone()));
    line("task", entry.task.clone());
    line("url", entry.url.clone());
    line("file", entry.file.clone());
    line("byte offset", entry.byte_offset.map(|offset| offset.to_string()));
    line("media type", entry.media_type.clone());
    line("run", Some(entry.run_id.to_string()));
    let rolled_back = if entry.rolled_back { "; the load was rolled back" } else { "" };
    line("seen", Some(format!("{} times, last {}{rolled_back}", entry.times_seen, moment(entry.last_seen_at))));
    line("first seen", Some(moment(entry.first_seen_at)));
    if entry.replays > 0 {
        let ended = entry.replayed_at.map_or("not loaded yet".to_owned(), |at| format!("loaded {}", moment(at)));
        line("replayed", Some(format!("{} times; {ended}", entry.replays)));
    }
    let raw = entry.raw.as_deref().unwrap_or_default();
    let kept = match entry.raw_length {
        Some(length) if length > raw.len() as i64 => {
            format!("{length} bytes, of which the first {} are kept", raw.len())
        }
        _ => format!("{} bytes", raw.len()),
    };
    line("record", Some(kept));
    for line in visible_block(raw).lines() {
        text.push_str(&format!("  {line}\n"));
    }
    text
}
