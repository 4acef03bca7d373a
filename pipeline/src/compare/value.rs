//! A value as the server sends it: its order among others, and its text for people.

use std::cmp::Ordering;

use chrono::{DateTime, Days, NaiveDate};

use super::family::Family;
use super::number::Number;

/// The most characters of a value that a sample keeps.
const SHOWN: usize = 1_000;

/// 1 January 2000, where PostgreSQL's time begins, in seconds of Unix's.
const EPOCH: i64 = 946_684_800;

/// The fields of a tuple of binary COPY, behind the number of its fields.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Option<&'a [u8]>;

    fn next(&mut self) -> Option<Self::Item> {
        let (length, rest) = self.0.split_first_chunk()?;
        // A negative length is NULL's.
        let length = usize::try_from(i32::from_be_bytes(*length)).ok();
        let (value, rest) = rest.split_at_checked(length.unwrap_or(0))?;
        self.0 = rest;
        Some(length.map(|_| value))
    }
}

/// The order of the keys that two rows begin with, as the server sorts them: NULL comes last, and equals NULL.
pub(super) fn key_order(key: &[Family], left: &[u8], right: &[u8]) -> Ordering {
    let pairs = key.iter().zip(Fields(left).zip(Fields(right)));
    let mut orders = pairs.map(|(family, pair)| match pair {
        (Some(left), Some(right)) => order(*family, left, right),
        (left, right) => left.is_none().cmp(&right.is_none()),
    });
    orders.find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

/// The order of two values of a family. Text is ordered by its bytes.
pub(super) fn order(family: Family, left: &[u8], right: &[u8]) -> Ordering {
    match family {
        Family::Int | Family::Date | Family::Time { .. } => integer(left).cmp(&integer(right)),
        Family::Single | Family::Double => floats(float(family, left), float(family, right)),
        Family::Decimal => match (Number::read(left), Number::read(right)) {
            (Some(left), Some(right)) => left.order(&right),
            _ => left.cmp(right),
        },
        Family::Bool | Family::Text | Family::Uuid | Family::Bytes | Family::Json => left.cmp(right),
    }
}

/// A signed number of any width up to eight bytes.
pub(super) fn integer(bytes: &[u8]) -> i64 {
    match *bytes {
        [a, b] => i16::from_be_bytes([a, b]).into(),
        [a, b, c, d] => i32::from_be_bytes([a, b, c, d]).into(),
        [a, b, c, d, e, f, g, h] => i64::from_be_bytes([a, b, c, d, e, f, g, h]),
        _ => 0,
    }
}

/// A float of its family's width.
pub(super) fn float(family: Family, bytes: &[u8]) -> f64 {
    match (family, bytes.first_chunk(), bytes.first_chunk()) {
        (Family::Single, Some(four), _) => f32::from_be_bytes(*four).into(),
        (_, _, Some(eight)) => f64::from_be_bytes(*eight),
        _ => f64::NAN,
    }
}

/// PostgreSQL's order of floats: what is no number comes last, and equals itself.
fn floats(left: f64, right: f64) -> Ordering {
    left.partial_cmp(&right).unwrap_or_else(|| left.is_nan().cmp(&right.is_nan()))
}

/// A value for people; the end of a long one is cut off.
pub(super) fn shown(family: Family, bytes: &[u8]) -> String {
    cut(written(family, bytes), 0)
}

/// Two values that differ; of long ones, the part where they begin to.
pub(super) fn both_shown(family: Family, values: [Option<&[u8]>; 2]) -> [Option<String>; 2] {
    let texts = values.map(|value| value.map(|bytes| written(family, bytes)));
    let common = match &texts {
        [Some(left), Some(right)] => left.chars().zip(right.chars()).take_while(|(one, other)| one == other).count(),
        _ => 0,
    };
    let from = if common > SHOWN / 2 { common - SHOWN / 4 } else { 0 };
    texts.map(|text| text.map(|text| cut(text, from)))
}

/// At most as many characters as a sample keeps, from that one on.
fn cut(text: String, from: usize) -> String {
    let rest = text.char_indices().nth(from).map_or(text.len(), |(start, _)| start);
    let end = text[rest..].char_indices().nth(SHOWN).map(|(end, _)| rest + end);
    match (from, end) {
        (0, None) => text,
        (0, Some(end)) => format!("{}…", &text[..end]),
        (_, None) => format!("…{}", &text[rest..]),
        (_, Some(end)) => format!("…{}…", &text[rest..end]),
    }
}

fn written(family: Family, bytes: &[u8]) -> String {
    match family {
        Family::Bool => (bytes != [0]).to_string(),
        Family::Int => integer(bytes).to_string(),
        Family::Decimal => Number::read(bytes).map_or_else(|| "?".to_owned(), |number| number.to_string()),
        Family::Single => (float(family, bytes) as f32).to_string(),
        Family::Double => float(family, bytes).to_string(),
        Family::Text | Family::Json => String::from_utf8_lossy(bytes).into_owned(),
        Family::Uuid => uuid::Uuid::from_slice(bytes).map_or_else(|_| "?".to_owned(), |uuid| uuid.to_string()),
        Family::Date => date(integer(bytes)),
        Family::Time { zoned } => time(integer(bytes), zoned),
        Family::Bytes => {
            let hexadecimal = bytes.iter().map(|byte| format!("{byte:02x}"));
            "\\x".to_owned() + &hexadecimal.collect::<String>()
        }
    }
}

fn date(days: i64) -> String {
    let start = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    match i32::try_from(days) {
        Ok(i32::MAX) => return "infinity".to_owned(),
        Ok(i32::MIN) => return "-infinity".to_owned(),
        _ => {}
    }
    let count = Days::new(days.unsigned_abs());
    let date = if days < 0 { start.checked_sub_days(count) } else { start.checked_add_days(count) };
    date.map_or_else(|| format!("day {days} from 2000-01-01"), |date| date.to_string())
}

fn time(microseconds: i64, zoned: bool) -> String {
    match microseconds {
        i64::MAX => return "infinity".to_owned(),
        i64::MIN => return "-infinity".to_owned(),
        _ => {}
    }
    let (seconds, rest) = (microseconds.div_euclid(1_000_000), microseconds.rem_euclid(1_000_000));
    let moment = u32::try_from(rest * 1_000).ok().and_then(|rest| DateTime::from_timestamp(seconds + EPOCH, rest));
    let Some(moment) = moment else { return format!("{seconds} s from 2000-01-01") };
    moment.format("%Y-%m-%d %H:%M:%S%.f").to_string() + if zoned { "Z" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_people_write_them() {
        let time = |zoned| Family::Time { zoned };
        let cases: [(Family, &[u8], &str); 14] = [
            (Family::Bool, &[1], "true"),
            (Family::Int, &(-7_i16).to_be_bytes(), "-7"),
            (Family::Int, &i64::MIN.to_be_bytes(), "-9223372036854775808"),
            (Family::Single, &0.1_f32.to_be_bytes(), "0.1"),
            (Family::Double, &0.1_f64.to_be_bytes(), "0.1"),
            (Family::Text, b"caf\xc3\xa9", "café"),
            (Family::Date, &0_i32.to_be_bytes(), "2000-01-01"),
            (Family::Date, &(-1_i32).to_be_bytes(), "1999-12-31"),
            (Family::Date, &i32::MAX.to_be_bytes(), "infinity"),
            (time(false), &0_i64.to_be_bytes(), "2000-01-01 00:00:00"),
            (time(true), &(-1_i64).to_be_bytes(), "1999-12-31 23:59:59.999999Z"),
            (time(true), &i64::MIN.to_be_bytes(), "-infinity"),
            (Family::Bytes, &[0, 255], "\\x00ff"),
            (Family::Uuid, &[0x11; 16], "11111111-1111-1111-1111-111111111111"),
        ];
        for (family, bytes, expected) in cases {
            assert_eq!(shown(family, bytes), expected, "{family:?} {bytes:?}");
        }
        assert_eq!(shown(Family::Text, "é".repeat(2_000).as_bytes()), "é".repeat(1_000) + "…");
        let long = |end: &str| "x".repeat(5_000) + end;
        let cut = |end: &str| Some("…".to_owned() + &"x".repeat(250) + end);
        assert_eq!(
            both_shown(Family::Text, [Some(long("a").as_bytes()), Some(long("bc").as_bytes())]),
            [cut("a"), cut("bc")]
        );
    }

    #[test]
    fn keys_are_ordered_part_by_part_with_null_last() {
        let row = |parts: &[Option<&[u8]>]| {
            let mut bytes = Vec::new();
            for part in parts {
                bytes.extend(part.map_or(-1, |part| i32::try_from(part.len()).unwrap()).to_be_bytes());
                bytes.extend(part.unwrap_or_default());
            }
            bytes
        };
        let (two, ten) = (2_i32.to_be_bytes(), 10_i32.to_be_bytes());
        let ascending = [
            row(&[Some(&two), Some(b"A")]),
            row(&[Some(&two), Some(b"a")]),
            row(&[Some(&two), None]),
            row(&[Some(&ten), Some(b"")]),
            row(&[None, Some(b"")]),
            row(&[None, None]),
        ];
        for (place, left) in ascending.iter().enumerate() {
            for (other, right) in ascending.iter().enumerate() {
                assert_eq!(key_order(&[Family::Int, Family::Text], left, right), place.cmp(&other), "{place} {other}");
            }
        }
    }
}
