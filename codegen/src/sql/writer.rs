//! The text of a script, written once from its first byte to its last.

use std::borrow::Cow;

use crate::schema::{Sql, Wording};

/// Writes statements in one wording.
#[derive(Debug)]
pub(super) struct Ddl {
    pub(super) wording: Wording,
    between: &'static str,
    text: String,
    starts: Vec<usize>,
}

impl Ddl {
    /// A writer that puts `between` between two statements.
    pub(super) fn new(wording: Wording, between: &'static str) -> Self {
        Self { wording, between, text: String::new(), starts: Vec::new() }
    }

    /// Makes room for so many bytes, so that a long script is not moved about as it grows.
    pub(super) fn reserve(&mut self, bytes: usize) {
        self.text.reserve(bytes);
    }

    /// Begins a statement.
    pub(super) fn statement(&mut self, words: &str) -> &mut Self {
        if !self.starts.is_empty() {
            self.text.push_str(self.between);
        }
        self.starts.push(self.text.len());
        self.push(words)
    }

    /// Words as they are.
    pub(super) fn push(&mut self, words: &str) -> &mut Self {
        self.text.push_str(words);
        self
    }

    /// SQL as it is.
    pub(super) fn sql(&mut self, sql: &Sql) -> &mut Self {
        let wording = self.wording;
        self.push(sql.in_wording(wording))
    }

    /// An identifier in double quotes; drizzle-kit puts names in quotes as they are.
    pub(super) fn name(&mut self, name: &str) -> &mut Self {
        match self.wording {
            Wording::Valid => enclose(&mut self.text, name, '"'),
            Wording::DrizzleKit => {
                self.text.push('"');
                self.text.push_str(name);
                self.text.push('"');
            }
        }
        self
    }

    /// A string literal.
    pub(super) fn literal(&mut self, text: &str) -> &mut Self {
        enclose(&mut self.text, text, '\'');
        self
    }

    /// `"schema"."name"`, or `"name"` where no schema is given.
    pub(super) fn qualified(&mut self, schema: Option<&str>, name: &str) -> &mut Self {
        if let Some(schema) = schema {
            self.name(schema).push(".");
        }
        self.name(name)
    }

    /// Items with a separator between them.
    pub(super) fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &str,
        mut write: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            write(self, item);
        }
        self
    }

    /// Names with commas between them. One with a comma falls apart in drizzle-kit's hands.
    pub(super) fn names(&mut self, names: &[String]) -> &mut Self {
        let write = |ddl: &mut Self, name: &str| {
            ddl.name(name);
        };
        match self.wording {
            Wording::Valid => self.list(names.iter().map(String::as_str), ",", write),
            Wording::DrizzleKit => self.list(names.iter().flat_map(|name| name.split(',')), ",", write),
        }
    }

    /// What comes out of drizzle-kit's own form of an object: the parts joined with a separator and split at it again, so
    /// that one which contains it falls apart.
    pub(super) fn kept<'p, const N: usize>(&self, parts: [&'p str; N], separator: &str) -> [Cow<'p, str>; N] {
        match self.wording {
            Wording::Valid => parts.map(Cow::Borrowed),
            Wording::DrizzleKit => {
                let joined = parts.join(separator);
                let mut split = joined.split(separator);
                parts.map(|_| Cow::Owned(split.next().unwrap_or("undefined").to_owned()))
            }
        }
    }

    /// The statements, each by itself.
    pub(super) fn into_statements(self) -> Vec<String> {
        let ends = self.starts.iter().skip(1).map(|start| start - self.between.len()).chain([self.text.len()]);
        self.starts.iter().zip(ends).map(|(start, end)| self.text[*start..end].to_owned()).collect()
    }

    /// The whole script.
    pub(super) fn into_script(self) -> String {
        self.text
    }
}

/// Writes a text between two quotes, those in it doubled.
pub(crate) fn enclose(out: &mut String, text: &str, quote: char) {
    out.push(quote);
    let mut rest = text;
    // Either quote is one byte.
    while let Some(end) = memchr::memchr(quote as u8, rest.as_bytes()) {
        out.push_str(&rest[..=end]);
        out.push(quote);
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out.push(quote);
}
