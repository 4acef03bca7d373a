//! What an extractor hands on: records with the place where they were found, refusals with their raw bytes, and counts of
//! what it passed over.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;

use crate::fetch::Response;
use crate::load::{Origin, Rejected, Row};
use crate::{Error, Exit};

/// Where something was found, and its raw form: what the quarantine keeps of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The address of the response, or the path of the file.
    pub url: Arc<str>,
    /// The media type of the response.
    pub media_type: Option<Arc<str>>,
    /// The position of the raw bytes in the response's body, in bytes.
    pub offset: usize,
    /// The raw bytes.
    pub raw: Bytes,
}

/// A record and where it was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<T> {
    /// The record.
    pub record: T,
    /// Where it was found.
    pub place: Place,
}

/// Something that should have been a record and cannot be accepted as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The table that it would have gone into, `schema.name`.
    pub table: &'static str,
    /// Its natural key by column, as far as it could be read.
    pub key: Option<serde_json::Value>,
    /// The kind of trouble, for counting.
    pub reason: Reason,
    /// The trouble, naming the field.
    pub message: String,
    /// Where it was found.
    pub place: Place,
}

/// Why something cannot be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A field that must be there is missing, null or blank.
    Missing,
    /// A field is not of the type that it must be.
    WrongType,
    /// A field's value is none of those that are known.
    UnknownValue,
    /// Several records have the key of one.
    Collision,
    /// No known player, or several, are the one that is named.
    UnknownPlayer,
    /// A school's name that more than one school goes by.
    AmbiguousSchool,
    /// A school's name that no known school goes by.
    UnknownSchool,
}

impl Reason {
    /// Its name in the quarantine and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing-field",
            Self::WrongType => "wrong-type",
            Self::UnknownValue => "unknown-value",
            Self::Collision => "key-collision",
            Self::UnknownPlayer => "unknown-player",
            Self::AmbiguousSchool => "ambiguous-school",
            Self::UnknownSchool => "unknown-school",
        }
    }
}

impl Place {
    fn into_origin(self, source: &Arc<str>) -> Arc<Origin> {
        let (url, file) = if self.url.contains("://") { (Some(self.url), None) } else { (None, Some(self.url)) };
        Arc::new(Origin {
            source: Arc::clone(source),
            url,
            file,
            byte_offset: Some(self.offset as u64),
            media_type: self.media_type,
            raw: self.raw,
            ..Origin::default()
        })
    }
}

impl<T> Found<T> {
    /// The same with what `turn` makes of the record.
    pub fn map<U>(self, turn: impl FnOnce(T) -> U) -> Found<U> {
        Found { record: turn(self.record), place: self.place }
    }

    /// The record, a row by now, as the loader takes it.
    pub fn into_row(self, source: &Arc<str>) -> Row<T> {
        Row { row: self.record, origin: self.place.into_origin(source) }
    }
}

impl Refused {
    /// The refusal, as the loader takes it to the quarantine.
    pub fn into_rejected(self, source: &Arc<str>) -> Rejected {
        Rejected {
            table: self.table.to_owned(),
            reason: self.reason.as_str().into(),
            message: self.message,
            key: self.key,
            origin: self.place.into_origin(source),
        }
    }
}

/// A record as the quarantine keeps it.
#[derive(Debug, Clone, Copy)]
pub struct Kept<'a> {
    /// The table it was meant for.
    pub table: &'a str,
    /// Its natural key, as far as it was known.
    pub key: Option<&'a serde_json::Value>,
    /// Its bytes, all of them.
    pub raw: &'a [u8],
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The kind of trouble.
    pub reason: Reason,
    /// The trouble, naming the field.
    pub message: String,
}

impl From<Fault> for crate::load::Fault {
    fn from(fault: Fault) -> Self {
        Self { reason: fault.reason.as_str().into(), message: fault.message }
    }
}

impl Fault {
    /// A fault of a field.
    pub fn new(reason: Reason, message: impl Into<String>) -> Self {
        Self { reason, message: message.into() }
    }
}

/// Everything that an extractor found in a response.
#[derive(Debug, Clone, PartialEq)]
pub struct Extracted<T> {
    /// The records in the order of the response.
    pub records: Vec<Found<T>>,
    /// What cannot be accepted.
    pub refused: Vec<Refused>,
    /// What is no record and was passed over, counted by reason.
    pub passed_over: BTreeMap<&'static str, u64>,
    /// Headers, sections and values that are not known, kept raw where a record can keep them, and how often each came.
    pub unknown: BTreeMap<String, u64>,
}

impl<T> Default for Extracted<T> {
    fn default() -> Self {
        Self { records: Vec::new(), refused: Vec::new(), passed_over: BTreeMap::new(), unknown: BTreeMap::new() }
    }
}

impl<T> Extracted<T> {
    /// Counts something that is passed over.
    pub fn pass_over(&mut self, reason: &'static str) {
        *self.passed_over.entry(reason).or_default() += 1;
    }

    /// Counts something that is not known.
    pub fn unknown(&mut self, what: impl Into<String>) {
        *self.unknown.entry(what.into()).or_default() += 1;
    }
}

/// A response that is not what the source used to answer: exit 65. Nothing of it is used.
pub fn layout_changed(response: &Response, found: impl std::fmt::Display) -> Error {
    layout_changed_at(&response.url, found)
}

/// The same of an address whose response is not at hand any more.
pub fn layout_changed_at(url: &str, found: impl std::fmt::Display) -> Error {
    Error::new(Exit::Input, format!("the layout of {url} has changed: {found}")).at(url).help(
        "nothing of it was used; look at the address with a browser, and record it (`--record`) to report the change",
    )
}
