//! Records on their way from a reader to the rows.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;

use super::parquet::string;
use crate::load::Fault;

/// Some records of a file, with everything they point to.
#[derive(Debug, Default)]
pub struct Batch {
    /// The bytes of all records as they stand in the file, after decompression.
    pub raw: Vec<u8>,
    /// The names of the fields, of a format whose records have no bytes of their own: see [`Batch::raw_of`].
    pub names: Option<Arc<[String]>>,
    /// Texts of fields, unescaped.
    pub text: Vec<u8>,
    /// The fields of all records, one after the other.
    pub data: Vec<Datum>,
    /// The records.
    pub records: Vec<Record>,
}

/// A record.
#[derive(Debug)]
pub struct Record {
    /// The line it begins in, or in Parquet its row, from 1.
    pub line: u64,
    /// Where it begins in the file after decompression, in bytes.
    pub offset: Option<u64>,
    /// Its bytes in [`Batch::raw`].
    pub raw: Range<usize>,
    /// Its fields in [`Batch::data`], in the order of the layout's names; there are as many.
    pub data: Range<usize>,
    /// Why it is none.
    pub fault: Option<Fault>,
}

/// What a record says about a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Datum {
    /// Nothing.
    Absent,
    /// Null.
    Null,
    /// A text, at this place of [`Batch::text`]: valid UTF-8, in the form that PostgreSQL reads.
    Text(usize, usize),
    /// JSON that is neither text nor null, at this place of [`Batch::text`].
    Json(usize, usize),
}

impl Batch {
    /// The text of a field, if it has one.
    pub fn text_of(&self, datum: Datum) -> Option<&str> {
        match datum {
            Datum::Text(start, end) | Datum::Json(start, end) => {
                // Readers check: what is not UTF-8 is a fault of its record.
                std::str::from_utf8(&self.text[start..end]).ok()
            }
            Datum::Absent | Datum::Null => None,
        }
    }

    /// The record as it stands in the file; in Parquet it stands there in columns, and is written as a JSON object.
    pub fn raw_of(&self, record: &Record) -> Bytes {
        let Some(names) = &self.names else { return Bytes::copy_from_slice(&self.raw[record.raw.clone()]) };
        let mut json = vec![b'{'];
        for (name, datum) in names.iter().zip(&self.data[record.data.clone()]) {
            if *datum == Datum::Absent {
                continue;
            }
            if json.len() > 1 {
                json.push(b',');
            }
            string(name, &mut json);
            json.push(b':');
            match datum {
                Datum::Text(..) => string(self.text_of(*datum).unwrap_or_default(), &mut json),
                Datum::Json(start, end) => json.extend_from_slice(&self.text[*start..*end]),
                Datum::Null | Datum::Absent => json.extend_from_slice(b"null"),
            }
        }
        json.push(b'}');
        json.into()
    }

    /// Ends a record whose fields are the data from `first` on.
    pub(super) fn close(&mut self, line: u64, offset: u64, raw: Range<usize>, first: usize, fault: Option<Fault>) {
        self.records.push(Record { line, offset: Some(offset), raw, data: first..self.data.len(), fault });
    }

    /// Ends a record without bytes of its own.
    pub(super) fn add(&mut self, row: u64, data: Range<usize>, fault: Option<Fault>) {
        self.records.push(Record { line: row, offset: None, raw: 0..0, data, fault });
    }
}
