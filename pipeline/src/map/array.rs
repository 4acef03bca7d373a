//! Arrays in their text form, `{a,"b c",NULL,{…}}`, by the rules of PostgreSQL's `array_in`; or as JSON.

use models::{Cell, Elements};
use serde_json::value::RawValue;

/// An array whose elements are in their text form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TextArray {
    pub(super) elements: Vec<Element>,
}

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Element {
    Null,
    Text(String),
    Array(TextArray),
}

impl Elements for TextArray {
    fn count(&self) -> usize {
        self.elements.len()
    }

    fn element(&self, index: usize) -> Cell<'_> {
        match &self.elements[index] {
            Element::Null => Cell::Null,
            Element::Text(text) => Cell::Text(text),
            Element::Array(inner) => Cell::Array(inner),
        }
    }
}

impl TextArray {
    /// Reads the text form. The error completes "cannot be read as an array: ".
    pub(super) fn parse(form: &str) -> Result<Self, &'static str> {
        let mut parser = Parser { rest: form };
        parser.skip();
        if parser.rest.starts_with('[') {
            return Err("its bounds are given, and arrays begin at 1 here");
        }
        let array = parser.array(1)?;
        parser.skip();
        if parser.rest.is_empty() { Ok(array) } else { Err("something follows the closing brace") }
    }

    /// Reads a JSON array; `null` is null, and an element that is no text counts in its JSON form.
    pub(super) fn of_json(json: &str) -> serde_json::Result<Self> {
        let values: Vec<&RawValue> = serde_json::from_str(json)?;
        let element = |value: &&RawValue| {
            Ok(match value.get().as_bytes().first() {
                Some(b'n') => Element::Null,
                Some(b'"') => Element::Text(serde_json::from_str(value.get())?),
                Some(b'[') => Element::Array(Self::of_json(value.get())?),
                _ => Element::Text(value.get().to_owned()),
            })
        };
        Ok(Self { elements: values.iter().map(element).collect::<serde_json::Result<_>>()? })
    }
}

struct Parser<'f> {
    rest: &'f str,
}

/// What `array_in` takes for white space.
fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}')
}

impl Parser<'_> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start_matches(is_space);
    }

    fn take(&mut self, sign: char) -> bool {
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn array(&mut self, depth: usize) -> Result<TextArray, &'static str> {
        if depth > 6 {
            return Err("it has more than 6 dimensions");
        }
        if !self.take('{') {
            return Err("it does not begin with a brace");
        }
        let mut elements = Vec::new();
        self.skip();
        if self.take('}') {
            // PostgreSQL before 17 refuses an empty array inside another.
            return if depth == 1 { Ok(TextArray { elements }) } else { Err("an inner array is empty") };
        }
        loop {
            self.skip();
            elements.push(if self.rest.starts_with('{') {
                Element::Array(self.array(depth + 1)?)
            } else if self.take('"') {
                Element::Text(self.quoted()?)
            } else {
                self.bare()?
            });
            self.skip();
            if self.take('}') {
                return Ok(TextArray { elements });
            }
            if !self.take(',') {
                return Err("a comma or a closing brace is missing");
            }
        }
    }

    fn quoted(&mut self) -> Result<String, &'static str> {
        let mut text = String::new();
        let mut characters = self.rest.char_indices();
        while let Some((place, character)) = characters.next() {
            match character {
                '"' => {
                    self.rest = &self.rest[place + 1..];
                    return Ok(text);
                }
                '\\' => text.extend(characters.next().map(|(_, escaped)| escaped)),
                other => text.push(other),
            }
        }
        Err("a quote is not closed")
    }

    fn bare(&mut self) -> Result<Element, &'static str> {
        let mut text = String::new();
        // White space at the end does not count, unless it is escaped.
        let (mut kept, mut escaped) = (0, false);
        let mut characters = self.rest.char_indices();
        let end = loop {
            match characters.next() {
                None => return Err("the closing brace is missing"),
                Some((place, ',' | '}')) => break place,
                Some((_, '"' | '{')) => return Err("a quote or a brace stands inside an element"),
                Some((_, '\\')) => {
                    let (_, character) = characters.next().ok_or("it ends in a backslash")?;
                    text.push(character);
                    (kept, escaped) = (text.len(), true);
                }
                Some((_, character)) => {
                    text.push(character);
                    if !is_space(character) {
                        kept = text.len();
                    }
                }
            }
        };
        self.rest = &self.rest[end..];
        text.truncate(kept);
        if text.is_empty() {
            return Err("an element is empty: write \"\" for an empty text, NULL for null");
        }
        let null = !escaped && text.eq_ignore_ascii_case("null");
        Ok(if null { Element::Null } else { Element::Text(text) })
    }
}
