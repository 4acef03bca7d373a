/// The text forms that are read on this side, so that a bad one refuses its row and not the load.
///
/// They are PostgreSQL's own output forms and ISO 8601; words such as `yesterday`, which mean something else each day, and
/// forms that depend on `DateStyle` are not read.
mod form {
    use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
    use serde_json::Value;

    /// PostgreSQL reads unique prefixes of these words, and `1` and `0`.
    pub(super) fn boolean(form: &str) -> Option<bool> {
        let form = form.trim().to_ascii_lowercase();
        match form.as_str() {
            "t" | "tr" | "tru" | "true" | "y" | "ye" | "yes" | "on" | "1" => Some(true),
            "f" | "fa" | "fal" | "fals" | "false" | "n" | "no" | "of" | "off" | "0" => Some(false),
            _ => None,
        }
    }

    /// A float; a finite form that overflows is refused as PostgreSQL refuses it.
    pub(super) fn float(form: &str) -> Option<f64> {
        let form = form.trim();
        let value: f64 = form.parse().ok()?;
        let infinite = form.trim_start_matches(['+', '-']).to_ascii_lowercase().starts_with("inf");
        // What only rounds to zero is refused too (numeric_value_out_of_range).
        let mantissa = form.split(['e', 'E']).next().unwrap_or(form);
        let underflow = value == 0.0 && mantissa.contains(|digit| matches!(digit, '1'..='9'));
        (!underflow && (value.is_finite() || value.is_nan() || infinite)).then_some(value)
    }

    /// `2026-01-31`
    pub(super) fn date(form: &str) -> Option<NaiveDate> {
        form.trim().parse().ok()
    }

    /// `13:05`, `13:05:09`, `13:05:09.25`
    pub(super) fn time(form: &str) -> Option<NaiveTime> {
        let form = form.trim();
        NaiveTime::parse_from_str(form, "%H:%M:%S%.f").or_else(|_| NaiveTime::parse_from_str(form, "%H:%M")).ok()
    }

    /// A date and a time with a `T` or a space between, or a date alone.
    pub(super) fn timestamp(form: &str) -> Option<NaiveDateTime> {
        let form = form.trim();
        match form.split_once(['T', ' ']) {
            Some((day, hour)) => Some(date(day)?.and_time(time(hour)?)),
            None => date(form).map(|day| day.and_time(NaiveTime::MIN)),
        }
    }

    /// A timestamp with its offset from UTC: `Z`, `+02`, `+02:00`, `+0200`. Without one the moment is not known.
    pub(super) fn timestamp_tz(form: &str) -> Option<DateTime<Utc>> {
        let form = form.trim().replacen('T', " ", 1);
        let formats = ["%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%d %H:%M%#z"];
        formats.iter().find_map(|format| DateTime::parse_from_str(&form, format).ok()).map(|at| at.with_timezone(&Utc))
    }

    /// True if a string or key in it contains NUL: jsonb refuses it, json stores it and fails when it is read.
    pub(super) fn json_has_nul(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains('\0'),
            Value::Array(values) => values.iter().any(json_has_nul),
            Value::Object(fields) => fields.iter().any(|(key, value)| key.contains('\0') || json_has_nul(value)),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
}
