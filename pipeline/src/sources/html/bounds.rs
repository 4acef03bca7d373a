//! What no real page resembles is not parsed: the parser's time grows with the square of the nesting.

use std::collections::BTreeMap;
use std::fmt;

/// The longest page that is parsed, in bytes. Real pages have some tens of kilobytes.
const LONGEST: usize = 2 * 1024 * 1024;

/// The deepest nesting that is parsed, counted naively. Real pages nest some tens of tags.
const DEEPEST: usize = 1_000;

/// Elements that have no content, and so no closing tag.
const VOID: [&[u8]; 14] = [
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source",
    b"track", b"wbr",
];

/// Elements of SVG that close themselves; HTML's own do not, whatever they say.
const SELF_CLOSING: [&[u8]; 10] =
    [b"circle", b"ellipse", b"image", b"line", b"path", b"polygon", b"polyline", b"rect", b"stop", b"use"];

/// Elements whose content is text, whatever it looks like.
const TEXT_ONLY: [&[u8]; 2] = [b"script", b"style"];

/// Why a page is not parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sources) enum Unreal {
    Long(usize),
    Deep,
}

impl fmt::Display for Unreal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Long(bytes) => write!(f, "it has {bytes} bytes, more than {LONGEST}"),
            Self::Deep => write!(f, "its tags are nested more than {DEEPEST} deep"),
        }
    }
}

/// Whether a page is one that no real page resembles. One pass over the bytes: opening tags, less closing tags of the same
/// name. Unclosed `<li>` and the like count as nested, which the limit leaves room for.
pub(in crate::sources) fn unreal(page: &[u8]) -> Option<Unreal> {
    if page.len() > LONGEST {
        return Some(Unreal::Long(page.len()));
    }
    let mut depth = 0_usize;
    let mut open: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    // Of a name in lower case, so that no tag needs memory of its own.
    let mut lower = Vec::new();
    let mut rest = page;
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at + 1..];
        match rest.first() {
            Some(b'/') => {
                // One that closes nothing does not end what is open.
                lowered(name_of(&rest[1..]), &mut lower);
                if let Some(count) = open.get_mut(&lower).filter(|count| **count > 0) {
                    *count -= 1;
                    depth -= 1;
                }
            }
            Some(byte) if byte.is_ascii_alphabetic() => {
                let name = name_of(rest);
                let is = |names: &[&[u8]]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
                if is(&VOID) {
                    continue;
                }
                if is(&TEXT_ONLY) {
                    rest = after_text(rest, name);
                    continue;
                }
                // A tag's end is looked for only up to the next tag, so that every byte is seen a few times at most.
                let tag = &rest[..memchr::memchr2(b'<', b'>', rest).unwrap_or(rest.len())];
                if !(tag.ends_with(b"/") && is(&SELF_CLOSING)) {
                    lowered(name, &mut lower);
                    match open.get_mut(&lower) {
                        Some(count) => *count += 1,
                        None => _ = open.insert(lower.clone(), 1),
                    }
                    depth += 1;
                }
                if depth > DEEPEST {
                    return Some(Unreal::Deep);
                }
            }
            _ => {}
        }
    }
    None
}

fn lowered(name: &[u8], lower: &mut Vec<u8>) {
    lower.clear();
    lower.extend(name.iter().map(u8::to_ascii_lowercase));
}

fn name_of(tag: &[u8]) -> &[u8] {
    &tag[..tag.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()]
}

/// What follows the closing tag of an element whose content is text; nothing, if it is never closed.
fn after_text<'a>(page: &'a [u8], name: &[u8]) -> &'a [u8] {
    let mut rest = page;
    while let Some(at) = memchr::memchr(b'<', rest) {
        rest = &rest[at + 1..];
        let closing = rest.strip_prefix(b"/").and_then(|rest| rest.get(..name.len()));
        if closing.is_some_and(|closing| closing.eq_ignore_ascii_case(name)) {
            return rest;
        }
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::{Unreal, unreal};

    #[test]
    fn only_what_stays_open_counts_as_nested() {
        let cases = [
            ("<div>".repeat(1_001), Some(Unreal::Deep)),
            ("<div/>".repeat(1_001), Some(Unreal::Deep)),
            ("<div></x>".repeat(1_001), Some(Unreal::Deep)),
            ("<div></div>".repeat(100_000), None),
            ("<DIV></div><br><img src='a>b'>".repeat(10_000), None),
            ("<svg><path d='M0'/></svg>".repeat(10_000), None),
            (format!("<script>{}</script>", "if (a<b) '<div>';".repeat(10_000)), None),
            ("<p>a".repeat(300), None),
            (" ".repeat(2 * 1024 * 1024 + 1), Some(Unreal::Long(2 * 1024 * 1024 + 1))),
        ];
        for (page, expected) in cases {
            assert_eq!(unreal(page.as_bytes()), expected, "{}", &page[..page.len().min(40)]);
        }
    }
}
