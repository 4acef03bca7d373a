//! The binary form of values, as `COPY … (FORMAT binary)` reads them.
//!
//! Formats: PostgreSQL's manual, "COPY, Binary Format", and the `…_recv` functions of its types. All integers are
//! big-endian; dates and times count from 2000-01-01.

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike};
use models::{Cell, ColumnDef, Elements, Kind, Number, scalar};

/// What a COPY stream begins with: the signature, no flags, no header extension.
pub(super) const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";

/// What a COPY stream ends with.
pub(super) const TRAILER: [u8; 2] = (-1i16).to_be_bytes();

/// The length that stands for NULL.
pub(super) const NULL: [u8; 4] = (-1i32).to_be_bytes();

/// Days from 1 January of the year 1 to 2000-01-01.
const EPOCH_DAYS: i32 = 730_120;
/// Microseconds from 1970 to 2000.
const EPOCH_MICROSECONDS: i64 = 946_684_800_000_000;

/// Appends a value without its length. `cell` is what [`models::check`] gave for the column, and is neither null
/// nor a reference.
pub(super) fn value(column: &ColumnDef, cell: Cell<'_>, out: &mut Vec<u8>) {
    let kind = &column.kind;
    match cell {
        Cell::Bool(value) => out.push(u8::from(value)),
        Cell::Int2(value) => out.extend(value.to_be_bytes()),
        Cell::Int4(value) => out.extend(value.to_be_bytes()),
        Cell::Int8(value) => out.extend(value.to_be_bytes()),
        Cell::Float4(value) => out.extend(value.to_be_bytes()),
        Cell::Float8(value) => out.extend(value.to_be_bytes()),
        Cell::Numeric(value) => decimal(value.mantissa(), value.scale(), out),
        Cell::Text(form) => text(kind, form, out),
        Cell::Json(value) => {
            json_version(kind, out);
            // Writing into a Vec cannot fail, and a `Value` has no key that is not a string.
            out.extend(serde_json::to_vec(value).unwrap_or_default());
        }
        Cell::Document(document) => {
            json_version(kind, out);
            out.extend(serde_json::to_vec(&document.to_value()).unwrap_or_default());
        }
        Cell::Uuid(value) => out.extend(value.as_bytes()),
        Cell::Date(value) => out.extend(days(value).to_be_bytes()),
        Cell::Time(value) => out.extend(microseconds(value).to_be_bytes()),
        Cell::Timestamp(value) => out.extend(since_epoch(value.and_utc()).to_be_bytes()),
        Cell::TimestampTz(value) => out.extend(since_epoch(value).to_be_bytes()),
        Cell::Bytes(value) => out.extend(value),
        Cell::Shown(shown) => {
            // Read as its text form would be; what is no text to this kind was checked to be one of its values.
            let form = shown.to_string();
            value(column, scalar(column, Cell::Text(&form)).unwrap_or(Cell::Text(&form)), out);
        }
        Cell::Array(elements) => array(column, elements, out),
        // Null and references never come here; kinds of cell that a later runtime adds are refused in validation.
        _ => {}
    }
}

fn text(kind: &Kind, form: &str, out: &mut Vec<u8>) {
    match kind {
        Kind::Numeric { .. } => digits(&Number::parse(form).unwrap_or(Number::NaN), out),
        Kind::Json | Kind::Jsonb => {
            json_version(kind, out);
            out.extend(form.as_bytes());
        }
        _ => out.extend(form.as_bytes()),
    }
}

/// `jsonb_recv` wants the version of its format first, `json_recv` does not.
fn json_version(kind: &Kind, out: &mut Vec<u8>) {
    if *kind == Kind::Jsonb {
        out.push(1);
    }
}

fn days(date: NaiveDate) -> i32 {
    chrono::Datelike::num_days_from_ce(&date) - EPOCH_DAYS
}

fn microseconds(time: NaiveTime) -> i64 {
    i64::from(time.num_seconds_from_midnight()) * 1_000_000 + i64::from(time.nanosecond() / 1_000)
}

/// Digits below a microsecond are cut off towards the past, so that a moment stays the same however often it is sent.
fn since_epoch(at: DateTime<chrono::Utc>) -> i64 {
    at.timestamp_micros() - EPOCH_MICROSECONDS
}

/// A `numeric` is digits to the base 10,000, the weight of the first one, a sign, and the decimal digits to show.
fn decimal(mantissa: i128, scale: u32, out: &mut Vec<u8>) {
    // Groups of four digits start at the point, so the fraction is filled up to full groups first. A Decimal has 96 bits
    // of mantissa; three more decimal digits fit an i128 easily.
    let padding = (4 - scale % 4) % 4;
    let mut rest = mantissa.unsigned_abs() * 10u128.pow(padding);
    let mut groups = [0u16; 10];
    let mut count = 0;
    while rest > 0 {
        groups[count] = (rest % 10_000) as u16;
        rest /= 10_000;
        count += 1;
    }
    let fraction_groups = scale.div_ceil(4);
    let weight = count as i32 - fraction_groups as i32 - 1;
    let trailing = groups[..count].iter().take_while(|group| **group == 0).count();
    numeric(groups[trailing..count].iter().rev().copied(), weight, mantissa < 0, scale, out);
}

fn digits(number: &Number, out: &mut Vec<u8>) {
    let (negative, digits, scale) = match number {
        Number::Finite { negative, digits, scale } => (*negative, digits, *scale),
        Number::NaN => return special(0xC000, out),
        Number::Infinity(negative) => return special(if *negative { 0xF000 } else { 0xD000 }, out),
    };
    let before = digits.len() as i32 - scale;
    let first_group = before.div_euclid(4) + i32::from(before.rem_euclid(4) != 0);
    let lead = (first_group * 4 - before) as usize;
    let mut groups: Vec<u16> = Vec::with_capacity(digits.len() / 4 + 2);
    let mut padded = std::iter::repeat_n(0u8, lead).chain(digits.iter().copied()).peekable();
    while padded.peek().is_some() {
        groups.push((0..4).fold(0, |group, _| group * 10 + u16::from(padded.next().unwrap_or(0))));
    }
    let kept = groups.len() - groups.iter().rev().take_while(|group| **group == 0).count();
    numeric(groups[..kept].iter().copied(), first_group - 1, negative, scale.max(0) as u32, out);
}

fn numeric(groups: impl ExactSizeIterator<Item = u16>, weight: i32, negative: bool, scale: u32, out: &mut Vec<u8>) {
    let count = groups.len() as u16;
    out.extend(count.to_be_bytes());
    out.extend(if count == 0 { 0 } else { weight as i16 }.to_be_bytes());
    out.extend(if negative && count > 0 { 0x4000u16 } else { 0 }.to_be_bytes());
    out.extend((scale as u16).to_be_bytes());
    groups.for_each(|group| out.extend(group.to_be_bytes()));
}

fn special(sign: u16, out: &mut Vec<u8>) {
    out.extend([0; 4]);
    out.extend(sign.to_be_bytes());
    out.extend([0; 2]);
}

/// An array is its dimensions, whether it has nulls, its element type, and the elements row by row.
fn array(column: &ColumnDef, elements: &dyn Elements, out: &mut Vec<u8>) {
    let mut dimensions = Vec::new();
    measure(elements, &mut dimensions);
    // PostgreSQL knows one empty array, without dimensions.
    if dimensions.contains(&0) {
        dimensions.clear();
    }
    out.extend((dimensions.len() as u32).to_be_bytes());
    let flags = out.len();
    out.extend(0u32.to_be_bytes());
    out.extend(element_oid(column).to_be_bytes());
    for dimension in &dimensions {
        out.extend((*dimension as u32).to_be_bytes());
        out.extend(1u32.to_be_bytes()); // the lower bound
    }
    let nulls = if dimensions.is_empty() { false } else { put_elements(column, elements, out) };
    out[flags..flags + 4].copy_from_slice(&u32::from(nulls).to_be_bytes());
}

fn measure(elements: &dyn Elements, dimensions: &mut Vec<usize>) {
    dimensions.push(elements.count());
    if elements.count() > 0
        && let Cell::Array(inner) = elements.element(0)
    {
        measure(inner, dimensions);
    }
}

/// Tells whether there was a null among them.
fn put_elements(column: &ColumnDef, elements: &dyn Elements, out: &mut Vec<u8>) -> bool {
    let mut nulls = false;
    for index in 0..elements.count() {
        match elements.element(index) {
            Cell::Array(inner) => nulls |= put_elements(column, inner, out),
            Cell::Null => {
                nulls = true;
                out.extend(NULL);
            }
            cell => {
                let cell = scalar(column, cell).unwrap_or(cell);
                with_length(out, |out| value(column, cell, out));
            }
        }
    }
    nulls
}

/// Puts the length of what `write` appends before it.
pub(super) fn with_length(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; 4]);
    write(out);
    let length = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
}

/// The element types' OIDs, fixed in PostgreSQL's `pg_type.dat`. What is staged as text has text's.
fn element_oid(column: &ColumnDef) -> u32 {
    match &column.kind {
        Kind::Text { .. } if ["varchar", "character varying"].iter().any(|name| column.sql_type.starts_with(name)) => {
            1043
        }
        Kind::Bool => 16,
        Kind::Bytes => 17,
        Kind::Int8 => 20,
        Kind::Int2 => 21,
        Kind::Int4 => 23,
        Kind::Json => 114,
        Kind::Float4 => 700,
        Kind::Float8 => 701,
        Kind::Char { .. } => 1042,
        Kind::Date => 1082,
        Kind::Time => 1083,
        Kind::Timestamp => 1114,
        Kind::TimestampTz => 1184,
        Kind::Numeric { .. } => 1700,
        Kind::Uuid => 2950,
        Kind::Jsonb => 3802,
        _ => 25,
    }
}
