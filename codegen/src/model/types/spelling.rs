//! A type's SQL spelling, taken apart: `timestamp (3) with time zone[]` is `timestamp with time zone`, 3, and one dimension.

use crate::schema::DataType;

/// A type by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spelling {
    /// In lower case, without modifiers. Of a type that is written in quotes, as it is between them.
    pub(super) name: String,
    /// What stands in parentheses, as far as it is numbers: a length, a precision and a scale.
    pub(super) modifiers: Vec<i64>,
    /// Pairs of brackets.
    pub(super) dimensions: u8,
}

impl Spelling {
    fn new(name: &str, modifiers: impl IntoIterator<Item = i64>) -> Self {
        Self { name: name.to_owned(), modifiers: modifiers.into_iter().collect(), dimensions: 0 }
    }
}

/// The spelling of a type that is no array and no enum.
pub(super) fn of(data_type: &DataType) -> Spelling {
    let name = match data_type {
        DataType::SmallInt | DataType::SmallSerial => "smallint",
        DataType::Integer | DataType::Serial => "integer",
        DataType::BigInt | DataType::BigSerial => "bigint",
        DataType::Boolean => "boolean",
        DataType::Text => "text",
        DataType::Varchar { length } => return Spelling::new("varchar", length.map(i64::from)),
        DataType::Char { length } => return Spelling::new("char", length.map(i64::from)),
        DataType::Numeric { precision, scale } => {
            let modifiers = precision.map(i64::from).into_iter().chain(scale.map(i64::from));
            return Spelling::new("numeric", modifiers);
        }
        DataType::Real => "real",
        DataType::DoublePrecision => "double precision",
        DataType::Json => "json",
        DataType::Jsonb => "jsonb",
        DataType::Uuid => "uuid",
        DataType::Date => "date",
        DataType::Time { with_time_zone: false, .. } => "time",
        DataType::Time { with_time_zone: true, .. } => "time with time zone",
        DataType::Timestamp { with_time_zone: false, .. } => "timestamp",
        DataType::Timestamp { with_time_zone: true, .. } => "timestamp with time zone",
        DataType::Interval { .. } => "interval",
        DataType::Bytea => "bytea",
        DataType::Inet => "inet",
        DataType::Cidr => "cidr",
        DataType::Macaddr => "macaddr",
        DataType::Macaddr8 => "macaddr8",
        DataType::Enum { name, .. } => name,
        DataType::Array { element, .. } => return of(element),
        DataType::Other { sql } => return parse(sql),
    };
    Spelling::new(name, [])
}

/// What a `customType` spells.
pub(super) fn parse(sql: &str) -> Spelling {
    let mut rest = sql.trim();
    let mut dimensions = 0u8;
    while let Some((before, inside)) = rest.strip_suffix(']').and_then(|text| text.rsplit_once('[')) {
        if !inside.chars().all(|c| c.is_ascii_digit()) {
            break;
        }
        dimensions = dimensions.saturating_add(1);
        rest = before.trim_end();
    }
    if let Some(quoted) = rest.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        return Spelling { name: quoted.replace("\"\"", "\""), modifiers: Vec::new(), dimensions };
    }
    let lower = rest.to_lowercase();
    let (before, modifiers, after) = match (lower.find('('), lower.find(')')) {
        (Some(open), Some(close)) if open < close => (&lower[..open], &lower[open + 1..close], &lower[close + 1..]),
        _ => (lower.as_str(), "", ""),
    };
    let words: Vec<&str> = before.split_whitespace().chain(after.split_whitespace()).collect();
    let name = words.join(" ");
    // `interval day to second` is an interval.
    let name = match words.first() {
        Some(&"interval") => "interval",
        _ => name.strip_prefix("pg_catalog.").unwrap_or(&name),
    };
    let modifiers = modifiers.split(',').filter_map(|number| number.trim().parse().ok()).collect();
    Spelling { name: name.to_owned(), modifiers, dimensions }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_taken_apart() {
        let cases: [(&str, &str, &[i64], u8); 12] = [
            ("int4range", "int4range", &[], 0),
            ("NUMERIC(10, 2)", "numeric", &[10, 2], 0),
            ("timestamp (3) with time zone", "timestamp with time zone", &[3], 0),
            ("text[]", "text", &[], 1),
            ("text[3][]", "text", &[], 2),
            ("vector(1536)", "vector", &[1536], 0),
            ("geometry(Point, 4326)", "geometry", &[4326], 0),
            ("interval day to second(3)", "interval", &[3], 0),
            ("pg_catalog.int4", "int4", &[], 0),
            ("\"Role\"", "Role", &[], 0),
            ("bit varying (5)[]", "bit varying", &[5], 1),
            ("", "", &[], 0),
        ];
        for (sql, name, modifiers, dimensions) in cases {
            let expected = Spelling { name: name.to_owned(), modifiers: modifiers.to_vec(), dimensions };
            assert_eq!(parse(sql), expected, "{sql}");
        }
    }
}
