//! CSV by RFC 4180, as PostgreSQL's `COPY … (FORMAT csv)` reads it: an empty field is null, a quoted empty one is text.
//! Lines end in `\n`, `\r\n` or `\r`; empty lines are passed over.

use std::io::{BufRead, Read};
use std::sync::Arc;

use csv_core::{ReadFieldResult, ReaderBuilder};

use super::batch::{Batch, Datum};
use super::open::unreadable;
use super::reader::Reader;
use crate::load::Fault;
use crate::{Error, Exit, Result};

/// Bytes that are read at once.
const CHUNK: usize = 256 << 10;

/// The signs of a file, and the longest record in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    pub(super) quote: Option<u8>,
    pub(super) max_record: usize,
}

/// Splits CSV into records.
pub(super) struct CsvReader {
    name: Arc<str>,
    input: Box<dyn BufRead + Send>,
    dialect: Dialect,
    core: csv_core::Reader,
    /// What was read and not yet split.
    rest: Vec<u8>,
    ended: bool,
    /// Where `rest` begins in the file, and in which line.
    offset: u64,
    line: u64,
    /// How many fields a record has; `None` before the header.
    width: Option<usize>,
}

/// How splitting off one record ended.
enum Split {
    /// A record, from and to these places.
    Record(usize, usize),
    /// It goes on beyond what was read.
    More,
    /// There is none.
    End,
}

impl CsvReader {
    pub(super) fn new(name: Arc<str>, input: Box<dyn BufRead + Send>, offset: u64, dialect: Dialect) -> Self {
        let mut builder = ReaderBuilder::new();
        builder.delimiter(dialect.delimiter);
        match dialect.quote {
            Some(quote) => builder.quote(quote),
            None => builder.quoting(false),
        };
        let core = builder.build();
        Self { name, input, dialect, core, rest: Vec::new(), ended: false, offset, line: 1, width: None }
    }

    /// Takes the names of the fields from the first line, unless they are given.
    pub(super) fn with_header(mut self, names: Option<Vec<String>>) -> Result<(Vec<String>, Self)> {
        if let Some(names) = names {
            self.width = Some(names.len());
            return Ok((names, self));
        }
        let Some(header) = self.batch_of(1)? else {
            let message = format!("{} is empty: it has no header", self.name);
            return Err(Error::new(Exit::Input, message).help("name the fields with --columns and --no-header"));
        };
        if let Some(fault) = header.records.first().and_then(|record| record.fault.as_ref()) {
            return Err(Error::new(Exit::Input, format!("{}, line 1: {}", self.name, fault.message)));
        }
        let names: Vec<String> =
            header.data.iter().map(|datum| header.text_of(*datum).unwrap_or_default().trim().to_owned()).collect();
        self.width = Some(names.len());
        Ok((names, self))
    }

    /// Up to `most` records.
    fn batch_of(&mut self, most: usize) -> Result<Option<Batch>> {
        let mut batch = Batch::default();
        let mut wanted = CHUNK;
        loop {
            self.fill(wanted)?;
            let mut at = 0;
            // The text grows ahead of what is written, so that its room is not cleared for each record.
            let mut text = 0;
            while batch.records.len() < most {
                match self.split(at, &mut batch, &mut text) {
                    Split::Record(start, end) if end - start > self.dialect.max_record => return Err(self.too_long()),
                    Split::Record(start, end) => {
                        self.line += memchr::memchr_iter(b'\n', &self.rest[start..end]).count() as u64;
                        at = end;
                    }
                    Split::More => break,
                    Split::End => {
                        at = self.rest.len();
                        break;
                    }
                }
            }
            if !batch.records.is_empty() || (self.ended && at == self.rest.len()) {
                batch.text.truncate(text);
                let left = self.rest.split_off(at);
                batch.raw = std::mem::replace(&mut self.rest, left);
                self.offset += at as u64;
                return Ok((!batch.records.is_empty()).then_some(batch));
            }
            if self.rest.len() - at > self.dialect.max_record {
                return Err(self.too_long());
            }
            // A record that goes on beyond it is split again from its start: doubling keeps that cheap.
            wanted = self.rest.len() * 2;
        }
    }

    fn fill(&mut self, wanted: usize) -> Result<()> {
        let missing = wanted.saturating_sub(self.rest.len());
        if self.ended || missing == 0 {
            return Ok(());
        }
        self.rest.reserve_exact(missing);
        let limited = (&mut self.input).take(missing as u64);
        let read = { limited }.read_to_end(&mut self.rest).map_err(|error| {
            let place = format!("{}, near line {}", self.name, self.line);
            unreadable(&place, &error)
        })?;
        self.ended = read < missing;
        Ok(())
    }

    /// Splits off the record that begins at `at`.
    fn split(&mut self, at: usize, batch: &mut Batch, text_end: &mut usize) -> Split {
        let mut start = at;
        while let Some(b'\n' | b'\r') = self.rest.get(start) {
            self.line += u64::from(self.rest[start] == b'\n');
            start += 1;
        }
        if start == self.rest.len() && !self.ended {
            // The line ends that were passed over are not to be counted again.
            self.line -= memchr::memchr_iter(b'\n', &self.rest[at..start]).count() as u64;
            return Split::More;
        }
        self.core.reset();
        let (first, first_text) = (batch.data.len(), *text_end);
        let (mut place, mut field_start, mut text) = (start, start, first_text);
        loop {
            if place == self.rest.len() && !self.ended {
                // The core would take an empty input for the end of the file.
                self.line -= memchr::memchr_iter(b'\n', &self.rest[at..start]).count() as u64;
                batch.data.truncate(first);
                return Split::More;
            }
            if batch.text.len() - text < 64 {
                batch.text.resize(batch.text.len() + 4096.max(self.rest.len() / 4), 0);
            }
            let (result, read, written) = self.core.read_field(&self.rest[place..], &mut batch.text[text..]);
            let field_text = text + written;
            place += read;
            text = field_text;
            match result {
                // An empty input tells the core that the file ends: the next round.
                ReadFieldResult::InputEmpty if self.ended => {}
                ReadFieldResult::InputEmpty => {
                    self.line -= memchr::memchr_iter(b'\n', &self.rest[at..start]).count() as u64;
                    batch.data.truncate(first);
                    return Split::More;
                }
                ReadFieldResult::OutputFull => batch.text.resize(batch.text.len() * 2, 0),
                ReadFieldResult::Field { record_end } => {
                    let from = batch.data[first..].iter().rev().find_map(|datum| match datum {
                        Datum::Text(_, end) => Some(*end),
                        _ => None,
                    });
                    let from = from.unwrap_or(first_text);
                    let quoted =
                        || self.dialect.quote.is_some_and(|quote| self.rest[field_start..place].contains(&quote));
                    let datum = if text > from || quoted() { Datum::Text(from, text) } else { Datum::Null };
                    batch.data.push(datum);
                    field_start = place;
                    if record_end {
                        break;
                    }
                }
                ReadFieldResult::End => {
                    batch.data.truncate(first);
                    return Split::End;
                }
            }
        }
        *text_end = text;
        let fault = self.fault(start, place, first, (first_text, text), batch);
        let end = trimmed(&self.rest, start, place);
        batch.close(self.line, self.offset + start as u64, start..end, first, fault);
        Split::Record(start, place)
    }

    /// What is wrong with a record.
    fn fault(&self, start: usize, end: usize, first: usize, texts: (usize, usize), batch: &Batch) -> Option<Fault> {
        let found = batch.data.len() - first;
        let fault = |reason: &'static str, message| Some(Fault { reason: reason.into(), message });
        let quotes = |quote| memchr::memchr_iter(quote, &self.rest[start..end]).count();
        if end == self.rest.len() && self.ended && self.dialect.quote.is_some_and(|quote| quotes(quote) % 2 == 1) {
            return fault("open-quote", "a quote is opened and never closed".to_owned());
        }
        if let Some(width) = self.width.filter(|width| *width != found) {
            return fault("ragged-line", format!("{found} fields, but {width} are named"));
        }
        let text = &batch.text[texts.0..texts.1];
        if let Err(error) = std::str::from_utf8(text) {
            let place = texts.0 + error.valid_up_to();
            let among =
                batch.data[first..].iter().position(|datum| matches!(datum, Datum::Text(_, end) if *end > place));
            let field = among.map_or(found, |field| field + 1);
            return fault("invalid-utf8", format!("field {field} is no valid UTF-8"));
        }
        None
    }

    fn too_long(&self) -> Error {
        let (name, line, most) = (&self.name, self.line, self.dialect.max_record);
        Error::new(Exit::Input, format!("{name}, line {line}: a record of more than {most} bytes begins here")).help(
            "a quote that is never closed looks so; --no-quote reads quotes as they are, and load.max_record_bytes \
             raises the limit",
        )
    }
}

/// The end of a record without what ends its line.
fn trimmed(bytes: &[u8], start: usize, mut end: usize) -> usize {
    while end > start && matches!(bytes[end - 1], b'\n' | b'\r') {
        end -= 1;
    }
    end
}

impl Reader for CsvReader {
    fn next_batch(&mut self) -> Result<Option<Batch>> {
        self.batch_of(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Whatever byte a read ends with, the records are the same.
    #[test]
    fn records_do_not_depend_on_where_a_read_ends() {
        for shift in 0..24 {
            let rows = (0..30_000).map(|n| format!("{n},\"a, \"\"b\"\"\",,x\r\n"));
            let content = format!("a,b,c,{}\r\n{}", "d".repeat(shift + 1), rows.collect::<String>());
            let dialect = Dialect { delimiter: b',', quote: Some(b'"'), max_record: 1 << 20 };
            let input = Box::new(Cursor::new(content.clone().into_bytes()));
            let (_, mut reader) = CsvReader::new("test".into(), input, 0, dialect).with_header(None).unwrap();
            let mut number = 0;
            while let Some(batch) = reader.next_batch().unwrap() {
                for record in &batch.records {
                    let texts: Vec<_> =
                        batch.data[record.data.clone()].iter().map(|datum| batch.text_of(*datum)).collect();
                    let first = number.to_string();
                    assert_eq!(texts, [Some(first.as_str()), Some("a, \"b\""), None, Some("x")]);
                    assert_eq!((record.fault.as_ref(), record.line), (None, number + 2));
                    let raw = &batch.raw[record.raw.clone()];
                    let start = record.offset.unwrap() as usize;
                    assert_eq!(raw, &content.as_bytes()[start..start + raw.len()]);
                    number += 1;
                }
            }
            assert_eq!(number, 30_000);
        }
    }
}
