//! NDJSON: one JSON object a line. A key that a line does not give is absent, and null is null.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::io::{BufRead, Read};
use std::sync::Arc;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

use super::batch::{Batch, Datum};
use super::open::unreadable;
use super::reader::Reader;
use crate::load::Fault;
use crate::{Error, Exit, Result};

const CHUNK: usize = 256 << 10;

/// Splits NDJSON into records.
pub(super) struct NdjsonReader {
    name: Arc<str>,
    input: Box<dyn BufRead + Send>,
    max_record: usize,
    rest: Vec<u8>,
    ended: bool,
    offset: u64,
    line: u64,
    /// The field of each key; several keys may mean one.
    fields: HashMap<String, usize>,
    width: usize,
}

impl NdjsonReader {
    pub(super) fn new(name: Arc<str>, input: Box<dyn BufRead + Send>, offset: u64, max_record: usize) -> Self {
        let (rest, fields) = (Vec::new(), HashMap::new());
        Self { name, input, max_record, rest, ended: false, offset, line: 1, fields, width: 0 }
    }

    /// The fields of a file that was read before: `names` as [`Self::with_names`] gave them. What is known now need not be what
    /// was known then; another spelling of a name means its field.
    pub(super) fn with_fields(mut self, known: &[Vec<String>], names: &[String]) -> Self {
        for (place, name) in names.iter().enumerate() {
            let spellings = known.iter().find(|spellings| spellings.contains(name));
            for spelling in spellings.into_iter().flatten().chain([name]) {
                self.fields.insert(spelling.clone(), place);
            }
        }
        self.width = names.len();
        self
    }

    /// The names of the fields: those that are known (each with its other spellings), and the keys of the first lines.
    pub(super) fn with_names(mut self, known: &[Vec<String>]) -> Result<(Vec<String>, Self)> {
        let mut names = Vec::new();
        for spellings in known {
            for spelling in spellings {
                self.fields.insert(spelling.clone(), names.len());
            }
            names.extend(spellings.first().cloned());
        }
        self.fill(CHUNK)?;
        let whole = memchr::memrchr(b'\n', &self.rest).unwrap_or(self.rest.len());
        for line in self.rest[..whole].split(|byte| *byte == b'\n') {
            let mut keys = |key: &str, _: &RawValue| {
                if !self.fields.contains_key(key) {
                    self.fields.insert(key.to_owned(), names.len());
                    names.push(key.to_owned());
                }
            };
            // What is wrong with a line is told when it is read.
            let _ = each_member(line, &mut keys);
        }
        self.width = names.len();
        Ok((names, self))
    }

    fn fill(&mut self, wanted: usize) -> Result<()> {
        let missing = wanted.saturating_sub(self.rest.len());
        if self.ended || missing == 0 {
            return Ok(());
        }
        let read = (&mut self.input).take(missing as u64).read_to_end(&mut self.rest).map_err(|error| {
            let place = format!("{}, near line {}", self.name, self.line);
            unreadable(&place, &error)
        })?;
        self.ended = read < missing;
        Ok(())
    }

    fn too_long(&self) -> Error {
        let (name, line, most) = (&self.name, self.line, self.max_record);
        let message = format!("{name}, line {line}: a line of more than {most} bytes begins here");
        Error::new(Exit::Input, message).help("one JSON object a line is read; load.max_record_bytes raises the limit")
    }

    fn record(&mut self, start: usize, end: usize, batch: &mut Batch) {
        let first = batch.data.len();
        batch.data.resize(first + self.width, Datum::Absent);
        let line = &self.rest[start..end];
        let (fields, number) = (&self.fields, self.line);
        let (mut unknown, mut twice) = (None, None);
        let (data, text) = (&mut batch.data[first..], &mut batch.text);
        let read = each_member(line, &mut |key, value| {
            let Some(field) = fields.get(key) else {
                unknown.get_or_insert_with(|| key.to_owned());
                return;
            };
            if data[*field] != Datum::Absent {
                twice.get_or_insert_with(|| key.to_owned());
            }
            data[*field] = datum(value, text);
        });
        let fault = |reason: &'static str, message| Some(Fault { reason: reason.into(), message });
        let fault = match (read, unknown, twice) {
            (Err(error), ..) if std::str::from_utf8(line).is_err() && error.is_syntax() => {
                fault("invalid-utf8", "no valid UTF-8".to_owned())
            }
            (Err(error), ..) => {
                let column = error.column();
                fault("invalid-json", format!("no JSON object at column {column}: {error}"))
            }
            (_, Some(key), _) => fault("unknown-field", format!("no column is meant by the key {key:?}")),
            (_, _, Some(key)) => {
                fault("repeated-field", format!("the key {key:?}, or another name of its column, stands twice"))
            }
            _ => None,
        };
        batch.close(number, self.offset + start as u64, start..end, first, fault);
    }
}

impl Reader for NdjsonReader {
    fn next_batch(&mut self) -> Result<Option<Batch>> {
        let mut batch = Batch::default();
        let mut wanted = CHUNK;
        loop {
            self.fill(wanted)?;
            let mut at = 0;
            while at < self.rest.len() {
                let end = match memchr::memchr(b'\n', &self.rest[at..]) {
                    Some(length) => at + length,
                    None if self.ended => self.rest.len(),
                    None => break,
                };
                if end - at > self.max_record {
                    return Err(self.too_long());
                }
                let trimmed = at + self.rest[at..end].trim_ascii_end().len();
                if trimmed > at {
                    self.record(at, trimmed, &mut batch);
                }
                self.line += 1;
                at = (end + 1).min(self.rest.len());
            }
            if !batch.records.is_empty() || self.ended {
                let left = self.rest.split_off(at);
                batch.raw = std::mem::replace(&mut self.rest, left);
                self.offset += at as u64;
                if batch.records.is_empty() {
                    return Ok(None);
                }
                return Ok(Some(batch));
            }
            if at > 0 {
                self.rest.drain(..at);
                self.offset += at as u64;
            }
            if self.rest.len() > self.max_record {
                return Err(self.too_long());
            }
            wanted = (self.rest.len() * 2).max(CHUNK);
        }
    }
}

/// A value as PostgreSQL reads it.
fn datum(value: &RawValue, text: &mut Vec<u8>) -> Datum {
    let json = value.get();
    let start = text.len();
    match json.as_bytes().first() {
        Some(b'n') => Datum::Null,
        Some(b'"') => {
            let string: Cow<'_, str> = serde_json::from_str::<Text<'_>>(json).map(|text| text.0).unwrap_or_default();
            text.extend_from_slice(string.as_bytes());
            Datum::Text(start, text.len())
        }
        _ => {
            text.extend_from_slice(json.as_bytes());
            Datum::Json(start, text.len())
        }
    }
}

#[derive(serde::Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// Hands over each member of an object.
fn each_member(line: &[u8], visit: &mut dyn FnMut(&str, &RawValue)) -> serde_json::Result<()> {
    struct Members<'v>(&'v mut dyn FnMut(&str, &RawValue));

    impl<'de> Visitor<'de> for Members<'_> {
        type Value = ();

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
            while let Some((key, value)) = map.next_entry::<Text<'de>, &'de RawValue>()? {
                (self.0)(&key.0, value);
            }
            Ok(())
        }
    }

    let mut deserializer = serde_json::Deserializer::from_slice(line);
    (&mut deserializer).deserialize_map(Members(visit))?;
    deserializer.end()
}
