//! Niche, `www.niche.com`: the rank and the grades of colleges, from the JSON-LD of its pages or from files.
//!
//! | what | request | answer |
//! |---|---|---|
//! | the list of best colleges | `/colleges/search/best-colleges/?page=` | HTML with JSON-LD, 25 a page |
//! | a college's profile | `/colleges/{slug}/` | HTML with JSON-LD; 404 means that there is none |
//!
//! The site protects itself against programs, and its terms may forbid them: it is not asked unless settings say so, and *blocked*
//! is believed. Recorded pages and a JSON file in the shape of [`extract::file`] are the usual input.
//!
//! Colleges are Niche's, not the NCAA's: [`rows`] resolves them to schools by site, name and state. A profile whose school is not
//! certain goes to the quarantine with its candidates.

mod collect;
pub mod extract;
mod records;
pub mod requests;
mod tables;

pub use records::{Grade, ListedRecord, ProfileRecord};
pub use tables::{Rows, rows};

use std::time::Duration;

use models::{NicheGrade, NicheProfile, SchoolAlias, Table};

use super::check::{Check, counted};
use super::task::MEMBER_SCHOOLS;
use super::{Source, Task};
use crate::fetch::Rate;

/// The source's name on the command line, in settings and recordings.
pub const NAME: &str = "niche";

/// The source.
pub static SOURCE: Source = Source {
    name: NAME,
    title: "Niche: ranks and grades of colleges",
    needs: "the schools of ncaa-directory, and --input FILE or your consent: its terms may forbid programs",
    base_url: "https://www.niche.com",
    rate: Rate::ONE_IN_FIVE_SECONDS,
    is_on: false,
    lifetime: Duration::from_secs(30 * 24 * 60 * 60),
    dag: "weekly_stats_sync",
    sports: &[],
    loads_as_one: false,
    tasks: &[Task {
        name: "niche",
        about: "the rank and the grades of each college that is a member school",
        after: &["schools"],
        partitions: &[],
        tables: &[SchoolAlias::TABLE, NicheProfile::TABLE, NicheGrade::TABLE],
        is_in_dag: true,
        reads_files: true,
        requests: |_| MEMBER_SCHOOLS,
        collect: collect::collect,
    }],
    checks: &[
        Check { page: "list", request: || requests::list(1), probe: |page| Ok(counted(&extract::list(page, 1)?)) },
        Check {
            page: "profile",
            request: || requests::profile("university-of-alabama"),
            probe: |page| Ok(counted(&extract::profile(page)?)),
        },
    ],
    ships_offline: false,
};
