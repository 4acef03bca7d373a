//! The NCAA's directory, `web3.ncaa.org/directory`: sports, conferences, and every member school with its details.
//!
//! | what | request | answer |
//! |---|---|---|
//! | sports | `/directory/api/common/sportList` | JSON array |
//! | conferences | `/directory/api/common/conferenceList` | JSON array |
//! | schools | `/directory/api/directory/memberList?type=12` | JSON array, no paging |
//! | details of a school | `/directory/orgDetail?id=` | HTML; 404 means that there are none |
//!
//! The lists are never empty: an empty body, `[]` or a page in place of a list is a change of the site's layout, and an
//! error. The details add to what the list says and never contradict it: where both give a field, the list's holds.

pub mod extract;
mod harvest;
mod records;
mod replay;
mod requests;
mod tables;

pub use harvest::{DetailCounts, Harvest, Progress, harvest};
pub use records::{Address, ConferenceRecord, DetailRecord, MemberRecord, SponsoredSport, SportRecord};
pub use replay::{REPLAYED, replayed};
pub use tables::{Rows, rows};

use std::time::Duration;

use super::Source;
use crate::fetch::Rate;

/// The source.
pub static SOURCE: Source = Source {
    name: "ncaa-directory",
    title: "the NCAA's directory: sports, conferences and member schools",
    base_url: "https://web3.ncaa.org",
    rate: Rate::TWO_A_SECOND,
    lifetime: Duration::from_secs(12 * 60 * 60),
    dag: "ncaa_directory_sync",
    tasks: &[("sports", "public.sport"), ("conferences", "public.conference"), ("schools", "public.school")],
    ships_offline: true,
};
