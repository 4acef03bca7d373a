//! Where the tables and rows of a page stand in its bytes, which the parser does not tell.

use std::ops::Range;

/// A table as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) range: Range<usize>,
    /// Its own rows, not those of tables within it.
    pub(super) rows: Vec<Range<usize>>,
}

/// The tables of a page in the order of their opening tags. One pass over the bytes; comments, scripts and styles hold none.
pub(super) fn tables(page: &[u8]) -> Vec<Table> {
    let mut tables: Vec<Table> = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &page[at..]) {
        let start = at + found;
        if page[start..].starts_with(b"<!--") {
            at = after(page, start + 4, b"-->");
            continue;
        }
        let closing = page.get(start + 1) == Some(&b'/');
        let name = name_of(&page[start + 1 + usize::from(closing)..]);
        if name.is_empty() {
            at = start + 1;
            continue;
        }
        let end = end_of_tag(page, start);
        at = end;
        let is = |known: &[u8]| name.eq_ignore_ascii_case(known);
        if !closing && (is(b"script") || is(b"style")) {
            at = after_text(page, end, name);
        } else if is(b"table") && !closing {
            open.push(tables.len());
            tables.push(Table { range: start..page.len(), rows: Vec::new() });
        } else if is(b"table") {
            if let Some(table) = open.pop().map(|index| &mut tables[index]) {
                table.range.end = end;
                end_row(table, start);
            }
        } else if is(b"tr")
            && let Some(index) = open.last()
        {
            let table = &mut tables[*index];
            end_row(table, if closing { end } else { start });
            if !closing {
                // Its end is not known yet.
                table.rows.push(start..usize::MAX);
            }
        }
    }
    for table in &mut tables {
        end_row(table, page.len());
    }
    tables
}

/// Ends the row that is open, if one is.
fn end_row(table: &mut Table, end: usize) {
    if let Some(row) = table.rows.last_mut().filter(|row| row.end == usize::MAX) {
        row.end = end;
    }
}

fn name_of(tag: &[u8]) -> &[u8] {
    &tag[..tag.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()]
}

/// The position after a tag; `>` within quotes does not end it.
fn end_of_tag(page: &[u8], start: usize) -> usize {
    let mut at = start;
    while let Some(found) = memchr::memchr3(b'>', b'"', b'\'', &page[at..]) {
        at += found + 1;
        match page[at - 1] {
            b'>' => return at,
            quote => at = memchr::memchr(quote, &page[at..]).map_or(page.len(), |found| at + found + 1),
        }
    }
    page.len()
}

fn after(page: &[u8], from: usize, text: &[u8]) -> usize {
    memchr::memmem::find(&page[from.min(page.len())..], text).map_or(page.len(), |found| from + found + text.len())
}

/// The position of the closing tag of an element whose content is text.
fn after_text(page: &[u8], from: usize, name: &[u8]) -> usize {
    let mut at = from;
    while let Some(found) = memchr::memmem::find(&page[at..], b"</") {
        at += found;
        if page[at + 2..].get(..name.len()).is_some_and(|closing| closing.eq_ignore_ascii_case(name)) {
            return at;
        }
        at += 2;
    }
    page.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_where_they_are_written() {
        let cases: [(&str, &[&[&str]]); 6] = [
            ("<p><table><tr><td>1</td></tr> <TR><td>2</TR></table>", &[&["<tr><td>1</td></tr>", "<TR><td>2</TR>"]]),
            ("<table><tr><td>1<tr><td>2</table>", &[&["<tr><td>1", "<tr><td>2"]]),
            ("<table><tr title='a>b<tr>'><td>1</tr></table>", &[&["<tr title='a>b<tr>'><td>1</tr>"]]),
            (
                "<table><tr><td><table><tr><td>in</tr></table></tr></table>",
                &[&["<tr><td><table><tr><td>in</tr></table></tr>"], &["<tr><td>in</tr>"]],
            ),
            ("<table><!-- <tr> --><script>'<tr>'</script></table><table>", &[&[], &[]]),
            ("1 < 2 <tr>", &[]),
        ];
        for (page, expected) in cases {
            let tables = tables(page.as_bytes());
            let rows: Vec<Vec<&str>> =
                tables.iter().map(|table| table.rows.iter().map(|row| &page[row.clone()]).collect()).collect();
            assert_eq!(rows, expected, "{page}");
        }
    }
}
