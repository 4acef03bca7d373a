//! Awards and All-America selections, from CSV files: record books, associations, newspapers. There is no site to ask.
//!
//! The columns are found by their headers, in the words that such files use: see [`extract`]. What a file does not say because it is
//! about one award only, the caller [gives](Given).
//!
//! Schools are names here. [`rows`] resolves them with a [`crate::identity::Matcher`]; each name becomes a row of `school_alias`, or waits
//! in the quarantine with its candidates. An award whose school or player is not certain is loaded all the same, with the names as
//! they are written and without the reference.

pub mod extract;
mod records;
mod tables;

pub use extract::awards;
pub use records::{AwardRecord, Given};
pub use tables::{KnownAthlete, KnownAthletes, Rows, Unresolved, rows};

/// The source's name on the command line, in settings and recordings.
pub const NAME: &str = "awards";
