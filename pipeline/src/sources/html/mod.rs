//! Pages: parsed, with their tables as rows that know where they stand in the bytes.

pub(super) mod bounds;
mod raw;

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use scraper::node::{Element, Node};
use scraper::{ElementRef, Html, Selector};

use super::found::{Place, layout_changed};
use super::text;
use crate::Result;
use crate::fetch::Response;

/// A page, parsed.
pub struct Page<'r> {
    response: &'r Response,
    url: Arc<str>,
    media_type: Option<Arc<str>>,
    html: Html,
    /// The tables as they are written, by the address of the parsed element. None at all where they and the parsed ones are not as
    /// many.
    raw: OnceCell<HashMap<usize, raw::Table>>,
}

/// A table: what its header says, and its rows.
pub struct Table<'p> {
    /// The texts of the header; empty if it has none.
    pub headers: Vec<String>,
    /// The rows below the header, also empty ones.
    pub rows: Vec<Row<'p>>,
    /// The whole table.
    pub place: Place,
}

/// A row of a table.
pub struct Row<'p> {
    /// Its cells.
    pub cells: Vec<ElementRef<'p>>,
    /// Where it stands. The table's place if the parser and the bytes do not agree on the rows.
    pub place: Place,
}

impl<'r> Page<'r> {
    /// Parses a page. Parsing takes its time: in an async task, do it where blocking is fine.
    ///
    /// # Errors
    /// An answer that is no page: absent, empty, JSON, or so long or deep that no real page resembles it. Exit 65.
    pub fn parse(response: &'r Response) -> Result<Self> {
        if response.is_absent() {
            return Err(layout_changed(response, format_args!("HTTP {}: there is no page any more", response.status)));
        }
        let start = response.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&response.body).trim_ascii_start();
        match start.first() {
            None => return Err(layout_changed(response, "the body is empty, where a page was expected")),
            Some(b'<') => {}
            Some(_) => return Err(layout_changed(response, "the body is no HTML, where a page was expected")),
        }
        if let Some(reason) = bounds::unreal(&response.body) {
            return Err(layout_changed(response, reason));
        }
        Ok(Self {
            response,
            url: response.url.as_str().into(),
            media_type: response.media_type.as_deref().map(Arc::from),
            html: Html::parse_document(&String::from_utf8_lossy(&response.body)),
            raw: OnceCell::new(),
        })
    }

    /// The first element that a selector finds.
    pub fn first(&self, selector: &Selector) -> Option<ElementRef<'_>> {
        self.html.select(selector).next()
    }

    /// All elements that a selector finds.
    pub fn all<'p>(&'p self, selector: &'p Selector) -> impl Iterator<Item = ElementRef<'p>> {
        self.html.select(selector)
    }

    /// The error that an element is not where it always was.
    pub fn lacks(&self, what: impl std::fmt::Display) -> crate::Error {
        layout_changed(self.response, what)
    }

    /// A table with its rows. Tables within it are not looked into.
    pub fn table<'p>(&'p self, element: ElementRef<'p>) -> Table<'p> {
        let raw = self.raw_table(element);
        let place = self.place(raw.map_or(0..self.response.body.len(), |raw| raw.range.clone()));
        let elements: Vec<ElementRef> = rows_of(element).collect();
        let placed = raw.filter(|raw| raw.rows.len() == elements.len());
        let mut table = Table { headers: Vec::new(), rows: Vec::new(), place };
        for (at, row) in elements.into_iter().enumerate() {
            let cells: Vec<ElementRef> = children(row).filter(|cell| is(cell, "td") || is(cell, "th")).collect();
            if heads(row, &cells) {
                let texts: Vec<String> = cells.iter().copied().map(text_of).collect();
                // A title may stand above the header, over all of its columns. Sums below the rows may be header cells too.
                if table.rows.is_empty() && texts.len() >= table.headers.len() {
                    table.headers = texts;
                    continue;
                }
                if table.rows.is_empty() || texts == table.headers {
                    continue;
                }
            }
            let place = placed.map_or_else(|| table.place.clone(), |raw| self.place(raw.rows[at].clone()));
            table.rows.push(Row { cells, place });
        }
        table
    }

    /// What the header of a table says.
    pub fn headers(&self, element: ElementRef) -> Vec<String> {
        let heading = rows_of(element).find(|row| children(*row).any(|cell| is(&cell, "th")));
        heading.into_iter().flat_map(children).map(text_of).collect()
    }

    /// The first tag that holds a text, such as a path; an empty place if none does.
    pub fn tag_with(&self, text: &str) -> Place {
        let body = &self.response.body;
        let tag = memchr::memmem::find(body, text.as_bytes()).and_then(|at| {
            let start = memchr::memrchr(b'<', &body[..at])?;
            Some(start..at + memchr::memchr(b'>', &body[at..])? + 1)
        });
        self.place(tag.unwrap_or(0..0))
    }

    fn raw_table(&self, element: ElementRef) -> Option<&raw::Table> {
        let tables = self.raw.get_or_init(|| {
            let written = raw::tables(&self.response.body);
            // Nodes are made in the order of the bytes.
            let parsed = self.html.tree.nodes().filter_map(|node| node.value().as_element());
            let parsed: Vec<usize> = parsed.filter(|element| element.name() == "table").map(address).collect();
            if parsed.len() == written.len() { parsed.into_iter().zip(written).collect() } else { HashMap::new() }
        });
        tables.get(&address(element.value()))
    }

    /// The bytes are copied, so that a few of them do not keep the whole page in memory.
    fn place(&self, range: std::ops::Range<usize>) -> Place {
        Place {
            url: Arc::clone(&self.url),
            media_type: self.media_type.clone(),
            offset: range.start,
            raw: Bytes::copy_from_slice(&self.response.body[range]),
        }
    }
}

/// What tells an element from all others of its page.
fn address(element: &Element) -> usize {
    std::ptr::from_ref(element).addr()
}

fn named(node: &Node, name: &str) -> bool {
    node.as_element().is_some_and(|element| element.name() == name)
}

fn is(element: &ElementRef, name: &str) -> bool {
    element.value().name() == name
}

fn children(element: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    element.children().filter_map(ElementRef::wrap)
}

/// The rows of a table itself; the parser puts those without a section into a `tbody`.
fn rows_of(table: ElementRef<'_>) -> impl Iterator<Item = ElementRef<'_>> {
    children(table)
        .filter(|section| matches!(section.value().name(), "thead" | "tbody" | "tfoot"))
        .flat_map(|section| children(section).filter(|row| is(row, "tr")))
}

/// Whether a row is a header: it stands in the head, is called a heading, or has header cells only.
fn heads(row: ElementRef, cells: &[ElementRef]) -> bool {
    let in_head = row.parent().is_some_and(|section| named(section.value(), "thead"));
    let called = row.value().classes().any(|class| matches!(class, "heading" | "grey_heading"));
    in_head || called || (!cells.is_empty() && cells.iter().all(|cell| is(cell, "th")))
}

/// The text of an element, folded, without that of scripts and styles.
pub fn text_of(element: ElementRef) -> String {
    let mut text = String::new();
    for node in element.descendants() {
        if let Node::Text(part) = node.value()
            && !node.parent().is_some_and(|parent| named(parent.value(), "script") || named(parent.value(), "style"))
        {
            for word in part.split_whitespace() {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(word);
            }
        }
    }
    text
}

/// An attribute of an element, folded; none if it is blank.
pub fn attribute(element: ElementRef, name: &str) -> Option<String> {
    element.value().attr(name).map(text::folded).filter(|value| !value.is_empty())
}

/// A selector that is written in this source.
pub(super) fn selector(text: &'static str) -> Selector {
    Selector::parse(text).expect("selectors in the source are valid")
}
