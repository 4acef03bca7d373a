//! JSON-LD in a page: its blocks, and the things that they describe.

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::fetch::Response;
use crate::sources::found::Place;

/// A thing that a page describes: an object with its types.
pub(super) type Thing = Map<String, Value>;

/// The blocks of a page.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    /// Those that could be read, with their places.
    pub(super) read: Vec<(Place, Value)>,
    /// What is wrong with each of the others.
    pub(super) broken: Vec<String>,
}

/// Reads the blocks of JSON-LD of a page.
pub(super) fn blocks(response: &Response) -> Blocks {
    let url: Arc<str> = response.url.as_str().into();
    let media_type: Option<Arc<str>> = response.media_type.as_deref().map(Into::into);
    let mut blocks = Blocks::default();
    for range in scripts(&response.body) {
        let raw = response.body.slice(range.clone());
        match serde_json::from_slice(bare(&raw)) {
            Ok(value) => {
                let place = Place { url: Arc::clone(&url), media_type: media_type.clone(), offset: range.start, raw };
                blocks.read.push((place, value));
            }
            Err(error) => blocks.broken.push(error.to_string()),
        }
    }
    blocks
}

impl Blocks {
    /// The things of a type, in the order of the page, each with the block that it stands in. They are looked for in arrays and
    /// `@graph`, not within the properties of other things.
    pub(super) fn things<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = (&'b Place, &'b Thing)> {
        self.read.iter().flat_map(move |(place, value)| {
            let mut things = Vec::new();
            collect(value, &mut things);
            things.into_iter().filter(move |thing| is(thing, kind)).map(move |thing| (place, thing))
        })
    }

    /// Why nothing was found, for people.
    pub(super) fn summary(&self) -> String {
        let mut kinds: Vec<&str> = Vec::new();
        for (_, value) in &self.read {
            let mut things = Vec::new();
            collect(value, &mut things);
            kinds.extend(things.into_iter().flat_map(types));
        }
        let broken = self.broken.first().map(|first| format!("; {} broken, the first: {first}", self.broken.len()));
        match (self.read.len() + self.broken.len(), kinds.is_empty()) {
            (0, _) => "it has no JSON-LD".to_owned(),
            (_, true) => format!("its JSON-LD names no type{}", broken.unwrap_or_default()),
            _ => format!("its JSON-LD has only {}{}", kinds.join(", "), broken.unwrap_or_default()),
        }
    }
}

/// The types of a thing.
fn types(thing: &Thing) -> Vec<&str> {
    many(thing.get("@type")).iter().filter_map(|kind| kind.as_str()).collect()
}

/// Whether a thing is of a type.
pub(super) fn is(thing: &Thing, kind: &str) -> bool {
    types(thing).into_iter().any(|name| name.rsplit(['/', ':']).next() == Some(kind))
}

/// JSON-LD writes one value where an array could have one.
pub(super) fn many(value: Option<&Value>) -> &[Value] {
    match value {
        None | Some(Value::Null) => &[],
        Some(Value::Array(values)) => values,
        Some(value) => std::slice::from_ref(value),
    }
}

fn collect<'v>(value: &'v Value, things: &mut Vec<&'v Thing>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, things)),
        Value::Object(thing) => {
            things.push(thing);
            if let Some(graph) = thing.get("@graph") {
                collect(graph, things);
            }
        }
        _ => {}
    }
}

/// A block without what hides it from readers that know no scripts: a comment, or CDATA.
fn bare(block: &[u8]) -> &[u8] {
    let mut block = block.trim_ascii();
    for opening in [&b"<!--"[..], b"//<![CDATA[", b"/*<![CDATA[*/", b"<![CDATA["] {
        block = block.strip_prefix(opening).unwrap_or(block).trim_ascii();
    }
    for closing in [&b"//-->"[..], b"-->", b"//]]>", b"/*]]>*/", b"]]>", b";"] {
        block = block.strip_suffix(closing).unwrap_or(block).trim_ascii();
    }
    block
}

/// The contents of the scripts that are JSON-LD. One pass over the bytes; comments hold none.
fn scripts(page: &[u8]) -> Vec<Range<usize>> {
    let mut scripts = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'<', &page[at..]) {
        let start = at + found;
        let tag = &page[start..];
        if tag.starts_with(b"<!--") {
            at = after(page, start + 4, b"-->");
        } else if starts(&tag[1..], b"script") {
            let content = after(page, start, b">");
            let end = end_of_script(page, content);
            let opening = page[start..content].to_ascii_lowercase();
            if memchr::memmem::find(&opening, b"application/ld+json").is_some() {
                scripts.push(content..end);
            }
            at = end;
        } else {
            at = start + 1;
        }
    }
    scripts
}

fn after(page: &[u8], from: usize, text: &[u8]) -> usize {
    memchr::memmem::find(&page[from..], text).map_or(page.len(), |found| from + found + text.len())
}

fn end_of_script(page: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(found) = memchr::memmem::find(&page[at..], b"</") {
        at += found;
        if starts(&page[at + 2..], b"script") {
            return at;
        }
        at += 2;
    }
    page.len()
}

fn starts(text: &[u8], name: &[u8]) -> bool {
    text.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_found_where_they_are() {
        let cases: [(&str, &[&str]); 7] = [
            ("<script type=\"application/ld+json\">{}</script>", &["{}"]),
            ("<SCRIPT id=a type='Application/LD+JSON' >\n[]\n</SCRIPT ><p>", &["\n[]\n"]),
            ("<script>var a = '<script type=\"application/ld+json\">';</script>", &[]),
            ("<!-- <script type=\"application/ld+json\">{}</script> -->", &[]),
            ("<script type=application/ld+json>{\"a\":\"</b>\"}</script>", &["{\"a\":\"</b>\"}"]),
            ("<script type=application/ld+json>{", &["{"]),
            ("<", &[]),
        ];
        for (page, expected) in cases {
            let found: Vec<&str> = scripts(page.as_bytes()).into_iter().map(|range| &page[range]).collect();
            assert_eq!(found, expected, "{page}");
        }
    }

    #[test]
    fn what_hides_a_block_is_no_part_of_it() {
        for block in
            ["{}", "<!-- {} -->", "//<![CDATA[\n{}\n//]]>", "/*<![CDATA[*/{}/*]]>*/", "<!--\n{}\n//-->", " {};\n"]
        {
            assert_eq!(bare(block.as_bytes()), b"{}", "{block}");
        }
    }
}
