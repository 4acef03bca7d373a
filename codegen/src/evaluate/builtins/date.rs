//! `Date`, as far as it can be known without a clock and a time zone.

use super::super::object::Kind;
use super::super::operators::to_number;
use super::super::{Call, Object, Value};
use super::{Fresh, FreshText, function, with_members};

pub(super) const METHODS: &[&str] = &["getTime", "toISOString", "toJSON", "valueOf"];

const MILLISECONDS_A_DAY: f64 = 86_400_000.0;

/// JavaScript's last moment, and its first one negative, in milliseconds from 1970.
const LATEST: f64 = 8.64e15;

pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    let date = function("Date", |_, call| {
        let known = match (call.args.len(), call.arg(0)) {
            (0, _) => return Ok(Value::Object(Object::new(Kind::Date(None)))),
            (1, Value::Number(time)) => Some(time),
            (1, Value::String(text)) => parse(&text),
            (1, Value::Object(object)) if matches!(object.kind, Kind::Date(_)) => return Ok(Value::Object(object)),
            // Fields are in the local time zone, which is not known.
            _ => None,
        };
        Ok(match known.filter(|time| time.abs() <= LATEST) {
            Some(time) => Value::Object(Object::new(Kind::Date(Some(time)))),
            None => Value::opaque("a date that is not written as ISO 8601 in UTC", call.span),
        })
    });
    let now = function("now", |_, call| Ok(Value::opaque("the current time", call.span)));
    let utc = function("UTC", |_, call| {
        let field = |index: usize, absent: f64| call.args.get(index).map_or(Some(absent), |arg| to_number(&arg.value));
        let fields = (field(0, f64::NAN), field(1, 0.0), field(2, 1.0), field(3, 0.0), field(4, 0.0), field(5, 0.0));
        let (Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)) = fields else {
            return Ok(Value::opaque("a date", call.span));
        };
        if !(year.abs() <= 300_000.0 && month.abs() <= 1e6) {
            return Ok(Value::opaque("a date out of range", call.span));
        }
        let days = days_from_civil(year as i64 + (month / 12.0).floor() as i64, month.rem_euclid(12.0) as i64 + 1, 1);
        let days = days as f64 + day - 1.0;
        Ok(Value::Number(
            days * MILLISECONDS_A_DAY
                + ((hour * 60.0 + minute) * 60.0 + second) * 1000.0
                + field(6, 0.0).unwrap_or(0.0),
        ))
    });
    declare("Date", with_members(date, [("now", now), ("UTC", utc)]));
}

/// A method of a date; `None` when dates have none of that name.
pub(super) fn call(time: Option<f64>, name: &str, call: &Call) -> Option<Value> {
    let known = METHODS.contains(&name);
    Some(match (name, time) {
        ("getTime" | "valueOf", Some(time)) => Value::Number(time),
        ("toISOString" | "toJSON", Some(time)) => Value::string(iso_string(time)),
        (name, Some(time)) if name.starts_with("getUTC") => Value::Number(utc_field(time, name)?),
        ("toISOString" | "toJSON", None) => Fresh::value(FreshText::Time, "the current time"),
        (_, None) if known => Value::opaque("the current time", call.span),
        _ if name.starts_with("get") || name.starts_with("to") => {
            Value::opaque("a date in the local time zone", call.span)
        }
        _ => return None,
    })
}

/// A part of a date; `None` for what is no part.
fn utc_field(time: f64, getter: &str) -> Option<f64> {
    let days = (time / MILLISECONDS_A_DAY).floor();
    let rest = (time - days * MILLISECONDS_A_DAY) as i64;
    let (year, month, day) = civil_from_days(days as i64);
    Some(match getter {
        "getUTCFullYear" => year,
        "getUTCMonth" => month - 1,
        "getUTCDate" => day,
        // 1970 began on a Thursday.
        "getUTCDay" => (days as i64 + 4).rem_euclid(7),
        "getUTCHours" => rest / 3_600_000,
        "getUTCMinutes" => rest / 60_000 % 60,
        "getUTCSeconds" => rest / 1000 % 60,
        "getUTCMilliseconds" => rest % 1000,
        _ => return None,
    } as f64)
}

/// `Date.prototype.toISOString`, from milliseconds since 1970.
pub fn iso_string(time: f64) -> String {
    let days = (time / MILLISECONDS_A_DAY).floor();
    let rest = (time - days * MILLISECONDS_A_DAY) as i64;
    let (year, month, day) = civil_from_days(days as i64);
    let year = match year {
        0..=9999 => format!("{year:04}"),
        _ => format!("{}{:06}", if year < 0 { '-' } else { '+' }, year.abs()),
    };
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}.{:03}Z", rest / 1000 % 60, rest % 1000)
}

/// ISO 8601 dates, and date-times with `Z` or an offset. JavaScript reads a date alone as UTC.
fn parse(text: &str) -> Option<f64> {
    let (date, time) = text.split_once(['T', ' ']).map_or((text, None), |(date, time)| (date, Some(time)));
    let mut fields = date.split('-').map(|field| field.parse::<i64>().ok());
    let (year, month, day) = (fields.next()??, fields.next().unwrap_or(Some(1))?, fields.next().unwrap_or(Some(1))?);
    if year.abs() > 300_000 || fields.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let days = days_from_civil(year, month, day) as f64 * MILLISECONDS_A_DAY;
    let Some(time) = time else { return Some(days) };
    let (clock, offset) = match time.strip_suffix('Z') {
        Some(clock) => (clock, 0.0),
        None => {
            let at = time.rfind(['+', '-'])?;
            let (hours, minutes) = time[at + 1..].split_once(':')?;
            let minutes = hours.parse::<f64>().ok()? * 60.0 + minutes.parse::<f64>().ok()?;
            (&time[..at], if time.as_bytes()[at] == b'-' { -minutes } else { minutes })
        }
    };
    let mut fields = clock.split(':').map(|field| field.parse::<f64>().ok());
    let (hour, minute, second) = (fields.next()??, fields.next()??, fields.next().unwrap_or(Some(0.0))?);
    Some(days + (((hour * 60.0 + minute - offset) * 60.0 + second) * 1000.0).round())
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that leap days come last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let (day, month) =
        (day_of_year - (153 * shifted + 2) / 5 + 1, if shifted < 10 { shifted + 3 } else { shifted - 9 });
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::{iso_string, parse};

    /// Times as `new Date(text).getTime()` gives them: by hand from days since 1970.
    #[test]
    fn iso_dates_read_and_print_as_in_javascript() {
        let cases = [
            ("1970-01-01", 0.0, "1970-01-01T00:00:00.000Z"),
            ("2000-03-01", 951_868_800_000.0, "2000-03-01T00:00:00.000Z"),
            ("2024-02-29T12:30:15.250Z", 1_709_209_815_250.0, "2024-02-29T12:30:15.250Z"),
            ("2024-01-01T00:00:00+02:00", 1_704_060_000_000.0, "2023-12-31T22:00:00.000Z"),
            ("1969-12-31T23:59:59Z", -1000.0, "1969-12-31T23:59:59.000Z"),
        ];
        for (text, time, iso) in cases {
            assert_eq!(parse(text), Some(time), "{text}");
            assert_eq!(iso_string(time), iso, "{text}");
        }
        assert_eq!(parse("2024-01-02T03:04:05"), None, "local time is not known");
    }
}
