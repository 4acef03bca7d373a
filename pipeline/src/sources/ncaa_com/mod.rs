//! `www.ncaa.com`: the national leaders of each statistic, and the schools by their slugs.
//!
//! | what | request | answer |
//! |---|---|---|
//! | categories | `/stats/{sport}/{division}` | HTML: two lists of categories |
//! | statistics | `/stats/{sport}/{division}/current/{individual\|team}/{id}[/pN]` | HTML: a table, its columns by category |
//! | schools | `/json/schools` | JSON array |
//!
//! No page has been captured; everything here is *reported* by several published scrapers, which agree. The statistics are those of
//! the season so far, as of the day that the page names. They name players by school and name only: [`resolve`] finds the roster
//! entry that is meant, and refuses where there is not exactly one.

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

/// The source's name.
pub const NAME: &str = "ncaa-com";
