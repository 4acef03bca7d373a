//! `www.ncaa.com`: the national leaders of each statistic, and the schools by their slugs.
//!
//! | what | request | answer |
//! |---|---|---|
//! | categories | `/stats/{sport}/{division}` | HTML: two lists of categories |
//! | statistics | `/stats/{sport}/{division}/current/{individual\|team}/{id}[/pN]` | HTML: a table, its columns by category |
//! | schools | `/json/schools` | JSON array |
//!
//! No page has been captured; everything here is *reported* by several published scrapers, which agree. The statistics are those of
//! the season so far, as of the day that the page names. They name players by school and name only: [`resolve()`] finds the roster
//! entry that is meant, and refuses where there is not exactly one.

mod collect;
pub mod extract;
mod records;
mod requests;
mod resolve;
mod sports;
mod tables;

pub use records::{Categories, Category, Kind, LeaderRecord, SchoolRecord, StatPage, Subject};
pub use requests::{categories, schools, stats};
pub use resolve::{KnownEntry, KnownRoster, Resolved, resolve};
pub use sports::{SportPath, path_of, sports};
pub use tables::{AliasRows, alias_rows};

use std::time::Duration;

use models::{PlayerStat, SchoolAlias, Table};

use super::check::{Check, Match, counted};
use super::task::Dimension::{Sport, Week};
use super::{Source, Task};
use crate::fetch::Rate;

/// The source's name.
pub const NAME: &str = "ncaa-com";

/// For each division the page of categories, and a page of each of some twenty.
const PAGES: u64 = 3 * 21;

/// The source.
pub static SOURCE: Source = Source {
    name: NAME,
    title: "ncaa.com: the leaders of each statistic, week by week",
    needs: "the schools of ncaa-directory, the rosters of ncaa-stats",
    base_url: "https://www.ncaa.com",
    rate: Rate::ONE_A_SECOND,
    is_on: true,
    lifetime: Duration::from_secs(6 * 60 * 60),
    dag: "weekly_stats_sync",
    sports: &sports::CODES,
    loads_as_one: false,
    tasks: &[
        Task {
            name: "ncaa_com_schools",
            about: "the names and slugs by which the site knows schools",
            after: &["schools"],
            partitions: &[],
            tables: &[SchoolAlias::TABLE],
            is_in_dag: true,
            reads_files: false,
            requests: |_| 1,
            collect: collect::collect_schools,
        },
        Task {
            name: "statistics",
            about: "the players' statistics of the week, category by category",
            after: &["rosters", "ncaa_com_schools"],
            partitions: &[Sport, Week],
            tables: &[PlayerStat::TABLE],
            is_in_dag: true,
            reads_files: false,
            requests: |_| PAGES,
            collect: collect::collect_statistics,
        },
    ],
    checks: &[
        Check { page: "schools", request: requests::schools, probe: |page| Ok(counted(&extract::schools(page)?)) },
        Check {
            page: "categories",
            request: || crate::fetch::Request::get(NAME, "/stats/baseball/d1"),
            probe: |page| {
                let found = extract::categories(page)?;
                Ok(vec![
                    Match::of("#select-container-individual", found.individual.len()),
                    Match::of("#select-container-team", found.team.len()),
                ])
            },
        },
    ],
    ships_offline: true,
};
