//! CSV record by record, each with its place.

use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use csv_core::{ReadRecordResult, Reader};

use super::super::records::{AwardRecord, Given};
use super::award::{award, no_player, team_level};
use super::header::{Columns, Meaning};
use crate::sources::found::{Extracted, Fault, Found, Place, Reason, Refused};
use crate::sources::json::unknown_value;
use crate::sources::{names, profile, text};
use crate::{Error, Exit, Result};

/// Years that an award may be of.
const YEARS: Range<i32> = 1850..2101;

/// The awards of a file; `name` is its path. What holds for all of them, and the file does not say, is given.
///
/// # Errors
/// A file without the columns that it takes, or in which no award can be read: exit 65.
pub fn awards(name: &str, bytes: &Bytes, given: &Given) -> Result<Extracted<AwardRecord>> {
    let team = match given.team.as_deref() {
        Some(team) => team_level(team)
            .ok_or_else(|| Error::new(Exit::Usage, format!("the team {team:?} is none")).help("give 1, 2, 3 or HM"))?,
        None => String::new(),
    };
    let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut records = Records { bytes, at: start, reader: Reader::new() };
    let header = records.next().map_or_else(|| Some(Vec::new()), |record| record.fields);
    let header = header.ok_or_else(|| Error::new(Exit::Input, format!("the header of {name} is not UTF-8")))?;
    let mut extracted = Extracted::default();
    let columns = Columns::new(name, &header, given, &mut |header| extracted.unknown(format!("column {header:?}")))?;
    let path: Arc<str> = name.into();
    let media_type: Arc<str> = "text/csv".into();
    for Record { range, fields } in records {
        let place = Place {
            url: Arc::clone(&path),
            media_type: Some(Arc::clone(&media_type)),
            offset: range.start,
            raw: bytes.slice(range),
        };
        match read(fields.as_deref(), &columns, given, &team) {
            Ok(Read::Award(record)) => extracted.records.push(Found { record: *record, place }),
            Ok(Read::PassedOver(reason)) => extracted.pass_over(reason),
            Err(Fault { reason, message }) => {
                extracted.refused.push(Refused { table: "public.award", key: None, reason, message, place });
            }
        }
    }
    if extracted.records.is_empty() && extracted.passed_over.is_empty() {
        let first = extracted.refused.first().map_or("it has no records", |refused| &refused.message);
        return Err(Error::new(Exit::Input, format!("{name} has no award that can be read: {first}")));
    }
    Ok(extracted)
}

enum Read {
    Award(Box<AwardRecord>),
    PassedOver(&'static str),
}

fn read(fields: Option<&[String]>, columns: &Columns, given: &Given, team: &str) -> Result<Read, Fault> {
    let fields = fields.ok_or_else(|| Fault::new(Reason::WrongType, "the record is not UTF-8"))?;
    if fields.len() != columns.count {
        let message = format!("the record has {} fields, and the header {}", fields.len(), columns.count);
        return Err(Fault::new(Reason::WrongType, message));
    }
    let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
    let field = |meaning| columns.field(&fields, meaning);
    let required =
        |meaning, what: &str| field(meaning).ok_or_else(|| Fault::new(Reason::Missing, format!("there is no {what}")));
    let year = required(Meaning::Year, "year")?;
    let year =
        year.parse().ok().filter(|year| YEARS.contains(year)).ok_or_else(|| unknown_value("year", &year, "a year"))?;
    let (list, title) = (field(Meaning::List), field(Meaning::Award));
    let award = award(list.as_deref(), field(Meaning::Conference).as_deref(), title.as_deref());
    let award = award.or_else(|| given.award.as_deref().map(text::folded));
    let award = award.ok_or_else(|| Fault::new(Reason::Missing, "there is no award"))?;
    let team_level = match field(Meaning::Team) {
        Some(team) => team_level(&team).ok_or_else(|| unknown_value("team", &team, "1, 2, 3 or HM"))?,
        None => team.to_owned(),
    };
    let player = required(Meaning::Player, "player")?;
    let position = field(Meaning::Position);
    if let Some(reason) = no_player(&player, position.as_deref(), &award) {
        return Ok(Read::PassedOver(reason));
    }
    let person = names::person(&player).ok_or_else(|| unknown_value("player", &player, "a name"))?;
    Ok(Read::Award(Box::new(AwardRecord {
        year,
        award,
        selector: field(Meaning::Selector).or_else(|| given.selector.as_deref().map(text::folded)).unwrap_or_default(),
        team_level,
        player: person.name,
        normalized_player: person.normalized,
        position: position.map(|position| profile::position(&position)).filter(|position| !position.is_empty()),
        school: required(Meaning::School, "school")?,
        class_year: field(Meaning::Class).map(|class| class.replace("- ", "-")),
    })))
}

/// The records of a file.
struct Records<'b> {
    bytes: &'b [u8],
    at: usize,
    reader: Reader,
}

/// A record: where it stands, without its line's end, and its fields; none if they are not UTF-8.
struct Record {
    range: Range<usize>,
    fields: Option<Vec<String>>,
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let start = self.at;
        let (mut text, mut ends) = (vec![0; 1024], vec![0; 32]);
        let (mut written, mut ended) = (0, 0);
        loop {
            let input = &self.bytes[self.at..];
            let (result, read, out, fields) = self.reader.read_record(input, &mut text[written..], &mut ends[ended..]);
            self.at += read;
            written += out;
            ended += fields;
            match result {
                // At the end of the input an empty one says so.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => text.resize(text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull => ends.resize(ends.len() * 2, 0),
                ReadRecordResult::Record => break,
                ReadRecordResult::End => return None,
            }
        }
        let mut from = 0;
        let fields = ends[..ended].iter().map(|end| {
            let field = std::str::from_utf8(&text[from..*end]).ok().map(str::to_owned);
            from = *end;
            field
        });
        let fields = fields.collect();
        let line = &self.bytes[start..self.at];
        let leading = line.len() - line.trim_ascii_start().len();
        let range = start + leading..start + leading + line.trim_ascii().len();
        Some(Record { range, fields })
    }
}
