//! Where a long file may be cut, so that its parts are parsed beside one another.
//!
//! A place is only a guess: a cut into a comment, a template or a namespace is found when the parts are joined.

use std::ops::Range;

/// Shorter parts are parsed sooner than a thread is started.
const MIN_PART: usize = 24 << 10;

/// Cuts a text into at most so many parts of about one length, each but the first beginning with a line that exports.
pub(super) fn split(text: &str, parts: usize) -> Vec<Range<usize>> {
    let parts = parts.min(text.len() / MIN_PART).max(1);
    let mut ranges = Vec::with_capacity(parts);
    let mut start = 0;
    for part in 1..parts {
        if let Some(cut) = cut(text, (text.len() / parts * part).max(start)) {
            ranges.push(start..cut);
            start = cut;
        }
    }
    ranges.push(start..text.len());
    ranges
}

/// The next line from a place on that begins a statement which exports, or the doc comment before one.
fn cut(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'\n', &bytes[from..]).map(|line_end| from + line_end + 1).find(|&line| {
        let begins = bytes[line..].starts_with(b"export ") || bytes[line..].starts_with(b"/**");
        begins && matches!(bytes[..line].trim_ascii_end().last(), Some(b';' | b')' | b'}'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_begin_where_statements_do() {
        let table = "/** What it holds. */\nexport const a = pgTable('a', {\n  id: integer(),\n});\n\n";
        let text = table.repeat(2_000);
        let ranges = split(&text, 4);
        assert_eq!(ranges.len(), 4);
        assert_eq!(ranges.iter().map(|range| &text[range.clone()]).collect::<String>(), text);
        for range in &ranges {
            assert!(text[range.clone()].starts_with("/** What"), "{range:?}");
        }
    }

    #[test]
    fn short_files_and_files_without_such_a_line_are_one_part() {
        let line = "const a = 1;\n";
        assert_eq!(split(&"export const a = 1;\n".repeat(100), 4).len(), 1);
        assert_eq!(split(&line.repeat(100_000), 4).len(), 1);
    }
}
