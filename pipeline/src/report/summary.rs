//! The summary: what a run did, for who watched it.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle};

use super::accounting::TableCounts;
use super::result::{RunResult, Status};
use super::terminal::{Paint, Terminal};

/// A column of the row accounting.
struct Column {
    name: &'static str,
    of: fn(&TableCounts) -> u64,
    /// Shown even if it is zero in every table.
    always: bool,
}

const COLUMNS: [Column; 9] = [
    Column { name: "read", of: |counts| counts.read, always: true },
    Column { name: "inserted", of: |counts| counts.inserted, always: true },
    Column { name: "updated", of: |counts| counts.updated, always: true },
    Column { name: "unchanged", of: |counts| counts.unchanged, always: true },
    Column { name: "duplicates", of: |counts| counts.duplicates, always: true },
    Column { name: "ignored", of: |counts| counts.ignored, always: false },
    Column { name: "quarantined", of: |counts| counts.quarantined, always: true },
    Column { name: "rolled back", of: |counts| counts.rolled_back, always: false },
    Column { name: "marked missing", of: |counts| counts.marked_missing, always: false },
];

/// The columns of a job that only tests: what would be loaded counts as ignored.
const TEST_COLUMNS: [Column; 3] = [
    Column { name: "read", of: |counts| counts.read, always: true },
    Column { name: "accepted", of: |counts| counts.ignored, always: true },
    Column { name: "refused", of: |counts| counts.quarantined, always: true },
];

const LINE: LineStyle = LineStyle::none().fill('─').junction('─');

/// The summary of `result`, whole lines. Where the table does not fit the terminal, each table's counts become a sentence.
pub fn summary(command: &str, result: &RunResult, terminal: &Terminal) -> String {
    let mut text = String::new();
    if !result.tables.is_empty() {
        let columns = if command == "test" { &TEST_COLUMNS[..] } else { &COLUMNS[..] };
        let table = accounting(result, columns);
        let natural = table.lines().map(|line| line.chars().count()).max().unwrap_or(0);
        if terminal.width.is_none_or(|width| natural <= usize::from(width)) {
            text.push_str(&table);
        } else {
            text.push_str(&sentences(result, columns));
        }
        text.push('\n');
    }
    for refusal in &result.refusals {
        let example = refusal.example.as_ref().map(|key| format!(", such as {key}")).unwrap_or_default();
        let word = if command == "test" { "refused" } else { "quarantined" };
        text.push_str(&format!(
            "{word} in {}: {} ({}{example})\n",
            refusal.table,
            refusal.reason,
            number(refusal.rows)
        ));
    }
    for (reason, skipped) in &result.skipped {
        text.push_str(&format!("skipped: {} ({})\n", reason, number(*skipped)));
    }
    if result.unresolved_references > 0 {
        text.push_str(&format!("unresolved references: {}\n", number(result.unresolved_references)));
    }
    for remark in &result.remarks {
        text.push_str(&format!("{remark}\n"));
    }
    if !result.phases.is_empty() {
        let parts: Vec<String> =
            result.phases.iter().map(|(phase, seconds)| format!("{phase} {}", duration(*seconds))).collect();
        text.push_str(&format!("time: {}\n", parts.join(", ")));
    }
    let (paint, word) = match result.status {
        Status::Ok => (Paint::Good, "ok"),
        Status::Partial => (Paint::Doubtful, "partial: some rows are in the quarantine"),
        Status::Skipped => (Paint::Doubtful, "skipped: nothing to do"),
        Status::Blocked => (Paint::Bad, "blocked"),
        Status::Failed => (Paint::Bad, "failed"),
        Status::Stopped => (Paint::Doubtful, "stopped"),
    };
    let what = if command == "load" {
        let read: u64 = result.tables.values().map(|counts| counts.read).sum();
        let rate = if result.seconds > 0.0 { (read as f64 / result.seconds) as u64 } else { 0 };
        format!("{}, {}/s", counted(read, "row", "rows"), number(rate))
    } else {
        let requests = counted(result.requests, "request", "requests");
        format!("{requests}, {}", counted(result.retries, "retry", "retries"))
    };
    text.push_str(&format!("{command} {}; {what}, {}\n", terminal.paint(paint, word), duration(result.seconds)));
    text
}

fn shown<'a>(result: &'a RunResult, columns: &'static [Column]) -> impl Iterator<Item = &'static Column> + use<'a> {
    columns.iter().filter(|column| column.always || result.tables.values().any(|counts| (column.of)(counts) > 0))
}

fn accounting(result: &RunResult, columns: &'static [Column]) -> String {
    let mut table = Table::new();
    table.load_style(TableStyle::new().header_separator(LINE).bottom_border(LINE));
    table.set_header(std::iter::once("table").chain(shown(result, columns).map(|column| column.name)));
    for (name, counts) in &result.tables {
        let cells = shown(result, columns).map(|column| number((column.of)(counts)));
        table.add_row(std::iter::once(name.clone()).chain(cells));
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt() + "\n"
}

fn sentences(result: &RunResult, columns: &[Column]) -> String {
    let sentence = |(name, counts): (&String, &TableCounts)| {
        let parts = columns.iter().filter(|column| column.name == "read" || (column.of)(counts) > 0);
        let parts = parts.map(|column| format!("\n  {} {}", number((column.of)(counts)), column.name));
        format!("{name}{}\n", parts.collect::<String>())
    };
    result.tables.iter().map(sentence).collect()
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// A number with its thousands apart: `1,234,567`.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A duration as people say it: `0.25 s`, `12.3 s`, `7 min 52 s`, `1 h 5 min`.
pub(crate) fn duration(seconds: f64) -> String {
    let whole = seconds.round() as u64;
    match whole {
        0..10 => format!("{seconds:.2} s"),
        10..60 => format!("{seconds:.1} s"),
        60..3600 => format!("{} min {} s", whole / 60, whole % 60),
        _ => format!("{} h {} min", whole / 3600, whole % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Run;

    fn result() -> RunResult {
        let mut run = Run::begin();
        let conference = TableCounts { read: 146, inserted: 146, ..TableCounts::default() };
        let school = TableCounts { read: 942, inserted: 939, duplicates: 1, quarantined: 2, ..TableCounts::default() };
        run.count("public.conference", conference);
        run.count("public.school", school);
        run.refuse("public.school", "name is missing", Some("30270"));
        run.refuse("public.school", "name is missing", Some("30271"));
        run.skip("beyond --limit", 1_234);
        run.unresolved_references(11);
        run.requests(945, 1);
        RunResult { seconds: 472.4, ..run.finish() }
    }

    #[test]
    fn a_wide_terminal_gets_a_table() {
        insta::assert_snapshot!(summary("sync", &result(), &Terminal::plain()));
    }

    #[test]
    fn a_narrow_terminal_gets_sentences_that_fit() {
        let narrow = Terminal { width: Some(40), ..Terminal::plain() };
        let text = summary("sync", &result(), &narrow);
        insta::assert_snapshot!(text);
        let accounting = text.split("\n\n").next().unwrap();
        assert!(accounting.lines().all(|line| line.chars().count() <= 40), "{text}");
    }

    #[test]
    fn rows_that_were_rolled_back_are_shown() {
        let mut run = Run::begin();
        run.count("public.school", TableCounts { read: 5, inserted: 5, ..TableCounts::default() }.after_rollback());
        let text = summary("sync", &run.finish(), &Terminal::plain());
        assert!(text.contains("rolled back"), "{text}");
    }

    #[test]
    fn numbers_and_durations_are_written_as_people_read_them() {
        let numbers = [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")];
        for (value, text) in numbers {
            assert_eq!(number(value), text);
        }
        let durations =
            [(0.25, "0.25 s"), (12.34, "12.3 s"), (59.96, "1 min 0 s"), (472.4, "7 min 52 s"), (3_900.0, "1 h 5 min")];
        for (seconds, text) in durations {
            assert_eq!(duration(seconds), text);
        }
    }
}
