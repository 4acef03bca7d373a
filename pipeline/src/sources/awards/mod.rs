//! Awards and All-America selections, from CSV files: record books, associations, newspapers. There is no site to ask.
//!
//! The columns are found by their headers, in the words that such files use: see [`extract`]. What a file does not say because it is
//! about one award only, the caller [gives](Given).
//!
//! Schools are names here. [`rows`] resolves them with a [`crate::identity::Matcher`]; each name becomes a row of `school_alias`, or waits
//! in the quarantine with its candidates. An award whose school or player is not certain is loaded all the same, with the names as
//! they are written and without the reference.

mod collect;
pub mod extract;
mod records;
mod tables;

pub use extract::awards;
pub use records::{AwardRecord, Given};
pub use tables::{KnownAthlete, KnownAthletes, Rows, Unresolved, rows};

use std::time::Duration;

use models::{Award, SchoolAlias, Table};

use super::{Source, Task};
use crate::fetch::Rate;

/// The source's name on the command line, in settings and recordings.
pub const NAME: &str = "awards";

/// The source. Nothing is asked of its address: it stands for the files.
pub static SOURCE: Source = Source {
    name: NAME,
    title: "awards and All-America selections from CSV files",
    needs: "the schools of ncaa-directory, and --input FILE; with athletes, --given sport=CODE",
    base_url: "https://awards.invalid",
    rate: Rate::ONE_A_SECOND,
    is_on: false,
    lifetime: Duration::ZERO,
    dag: "weekly_stats_sync",
    sports: &[],
    loads_as_one: false,
    tasks: &[Task {
        name: "awards",
        about: "who was given which award, by whom, for which school",
        after: &["schools", "athletes"],
        partitions: &[],
        tables: &[SchoolAlias::TABLE, Award::TABLE],
        is_in_dag: true,
        reads_files: true,
        requests: |_| 0,
        collect: collect::collect,
    }],
    checks: &[],
    ships_offline: false,
};
