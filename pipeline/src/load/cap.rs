//! How many refused records a load bears, and how many missing rows.

use std::fmt;
use std::str::FromStr;

use crate::report::TableCounts;
use crate::{Error, Exit, Result};

/// The most of something that a load bears before it ends without changing anything: records that are refused, rows that are
/// missing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cap {
    /// Any number.
    None,
    /// So many.
    Rows(u64),
    /// So many of a hundred. Of refused records it is judged from [`Cap::JUDGED_FROM`] records on, and at the end.
    Percent(f64),
}

impl Cap {
    /// Fewer records say little about a share.
    pub const JUDGED_FROM: u64 = 10_000;

    /// True if `number` of `all` is more than it allows.
    pub(super) fn is_passed(self, number: u64, all: u64) -> bool {
        match self {
            Self::None => false,
            Self::Rows(most) => number > most,
            Self::Percent(most) => number as f64 * 100.0 > most * all as f64,
        }
    }

    /// Ends the load if `more` refusals beyond those counted would pass the cap; `last` if no record is to come.
    pub(super) fn check(self, table: &str, counts: &TableCounts, more: u64, last: bool) -> Result<()> {
        let refused = counts.quarantined + more;
        if !self.is_passed(refused, if last { counts.read } else { counts.read.max(Self::JUDGED_FROM) }) {
            return Ok(());
        }
        let read = counts.read;
        let message = format!("{refused} of {read} records of {table} were refused, and --max-errors is {self}");
        Err(Error::new(Exit::Input, message).help(
            "nothing was loaded; the first lines above and `pipeline quarantine list` say what is wrong with them",
        ))
    }
}

impl fmt::Display for Cap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Rows(rows) => write!(f, "{rows}"),
            Self::Percent(share) => write!(f, "{share}%"),
        }
    }
}

impl FromStr for Cap {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("none") {
            return Ok(Self::None);
        }
        let share = text.strip_suffix('%').map(|share| share.trim().parse().ok());
        match share {
            Some(Some(share)) if (0.0..=100.0).contains(&share) => Ok(Self::Percent(share)),
            Some(_) => Err("a share lies between 0% and 100%".to_owned()),
            None => text.parse().map(Self::Rows).map_err(|_| "write it as 100, 2.5% or none".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_is_a_number_a_share_or_none() {
        let cases = [
            ("0", Some(Cap::Rows(0))),
            ("100", Some(Cap::Rows(100))),
            ("2.5%", Some(Cap::Percent(2.5))),
            ("none", Some(Cap::None)),
            ("101%", None),
            ("-1", None),
            ("many", None),
        ];
        for (text, cap) in cases {
            assert_eq!(text.parse().ok(), cap, "{text}");
        }
    }

    #[test]
    fn a_share_is_judged_when_it_says_something() {
        let counts = |read, quarantined| TableCounts { read, quarantined, ..TableCounts::default() };
        let passes = |cap: &str, counts, last| cap.parse::<Cap>().unwrap().check("t", &counts, 0, last).is_err();
        assert!(!passes("1%", counts(10, 5), false));
        assert!(passes("1%", counts(10, 5), true));
        assert!(passes("1%", counts(101, 101), false));
        assert!(!passes("1%", counts(20_000, 200), false));
        assert!(passes("1%", counts(20_000, 201), false));
        assert!(!passes("5", counts(5, 5), true));
        assert!(passes("5", counts(6, 6), false));
    }
}
