//! What is asked for.

use std::str::FromStr;

use super::map::CompareMap;
use super::rule::Rule;

/// What to compare, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The tables; none for all of the models that both sides have.
    pub tables: Vec<String>,
    /// The key of the only table: the name of a unique key, or columns with commas between them.
    pub key: Option<String>,
    /// What is called otherwise on the left, and rules of columns.
    pub map: CompareMap,
    /// Columns that are not compared: `column`, `table.column`.
    pub ignore: Vec<String>,
    /// The rule of columns of which the map says nothing.
    pub rule: Rule,
    /// The time zones of timestamps without one, left and right; `None` for what nobody says: UTC, where it matters.
    pub zones: [Option<String>; 2],
    /// The most samples of each kind.
    pub samples: usize,
    /// Compare only some rows.
    pub sample: Option<Sample>,
    /// Which rows these are.
    pub seed: u64,
}

/// How many rows to compare.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sample {
    /// About so many of each table.
    Rows(u64),
    /// About this share of each table, above 0 and at most 1.
    Share(f64),
}

impl FromStr for Sample {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text} is neither a number of rows, such as 1000, nor a share, such as 5%");
        if let Some(percent) = text.strip_suffix('%') {
            let percent: f64 = percent.trim().parse().map_err(|_| wrong())?;
            return if percent > 0.0 && percent <= 100.0 { Ok(Self::Share(percent / 100.0)) } else { Err(wrong()) };
        }
        match text.parse() {
            Ok(rows) if rows > 0 => Ok(Self::Rows(rows)),
            _ => Err(wrong()),
        }
    }
}

impl std::fmt::Display for Sample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Rows(rows) => write!(f, "{rows}"),
            Self::Share(share) => write!(f, "{}%", share * 100.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_a_number_or_a_share() {
        let cases =
            [("1000", Ok(Sample::Rows(1_000))), ("5%", Ok(Sample::Share(0.05))), ("0.1%", Ok(Sample::Share(0.001)))];
        for (text, expected) in cases {
            assert_eq!(text.parse(), expected, "{text}");
        }
        for text in ["", "0", "-1", "0%", "101%", "NaN%", "some"] {
            assert!(text.parse::<Sample>().is_err(), "{text}");
        }
    }
}
