//! What no real page resembles is not parsed: the parser's time grows with the square of the nesting.

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

/// Elements whose content is text, whatever it looks like.
const TEXT_ONLY: [&[u8]; 2] = [b"script", b"style"];

/// Why a page is not parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unreal {
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

/// Whether a page is one that no real page resembles. One pass over the bytes: opening tags that stay open, less closing
/// tags. Unclosed `<li>` and the like count as nested, which the limit leaves room for.
pub(super) fn unreal(page: &[u8]) -> Option<Unreal> {
    if page.len() > LONGEST {
        return Some(Unreal::Long(page.len()));
    }
    let mut depth = 0_usize;
    let mut rest = page;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[at + 1..];
        match rest.first() {
            Some(b'/') => depth = depth.saturating_sub(1),
            Some(byte) if byte.is_ascii_alphabetic() => {
                let name = &rest[..rest.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count()];
                let is = |names: &[&[u8]]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
                if is(&VOID) {
                    continue;
                }
                if is(&TEXT_ONLY) {
                    rest = after_text(rest, name);
                    continue;
                }
                // A tag's end is looked for only up to the next tag, so that every byte is seen a few times at most.
                let tag = &rest[..rest.iter().position(|byte| matches!(byte, b'<' | b'>')).unwrap_or(rest.len())];
                if !tag.ends_with(b"/") {
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

/// What follows the closing tag of an element whose content is text; nothing, if it is never closed.
fn after_text<'a>(page: &'a [u8], name: &[u8]) -> &'a [u8] {
    let mut rest = page;
    while let Some(at) = rest.iter().position(|byte| *byte == b'<') {
        rest = &rest[at + 1..];
        let closing = rest.strip_prefix(b"/").and_then(|rest| rest.get(..name.len()));
        if closing.is_some_and(|closing| closing.eq_ignore_ascii_case(name)) {
            return rest;
        }
    }
    &[]
}
