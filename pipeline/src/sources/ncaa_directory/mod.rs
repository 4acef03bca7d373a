//! The NCAA's directory, `web3.ncaa.org/directory`: sports, conferences, and every member school with its details.
//!
//! | what | request | answer |
//! |---|---|---|
//! | sports | `/directory/api/common/sportList` | JSON array |
//! | conferences | `/directory/api/common/conferenceList` | JSON array |
//! | sites of conferences | `/directory/api/directory/memberList?type=3` | JSON array, reported |
//! | schools | `/directory/api/directory/memberList?type=12` | JSON array, no paging |
//! | members that sponsor a sport | the same with `&sportCode=` | the same; division and conference are the sport's |
//! | details of a school or conference | `/directory/orgDetail?id=` | HTML; 404 means that there are none |
//!
//! The lists are never empty: an empty body, `[]` or a page in place of a list is a change of the site's layout, and an
//! error. The details add to what the list says and never contradict it: where both give a field, the list's holds.

mod collect;
pub mod extract;
mod records;
mod replay;
mod requests;
mod tables;

pub use collect::{Conferences, Schools, conferences, schools, sports};
pub use records::{
    Address, ConferenceMember, ConferenceRecord, DetailRecord, MemberRecord, SponsoredSport, SportRecord,
};
pub use replay::{REPLAYED, replayed};

use std::time::Duration;

use models::{Conference, Location, School, SchoolSport, SocialLinks, Sport, Table};

use super::check::{Check, Match, counted};
use super::task::{Dimension, MEMBER_SCHOOLS};
use super::{Source, Task};
use crate::fetch::{Rate, Response};

/// The source.
pub static SOURCE: Source = Source {
    name: "ncaa-directory",
    title: "the NCAA's directory: sports, conferences and member schools",
    needs: "nothing",
    base_url: "https://web3.ncaa.org",
    rate: Rate::TWO_A_SECOND,
    is_on: true,
    lifetime: Duration::from_secs(12 * 60 * 60),
    dag: "ncaa_directory_sync",
    sports: &super::ncaa_stats::SPORTS,
    loads_as_one: true,
    tasks: &[
        Task {
            name: "sports",
            about: "the sports and their codes",
            after: &[],
            partitions: &[],
            tables: &[Sport::TABLE],
            is_in_dag: true,
            reads_files: false,
            requests: |_| 1,
            collect: collect::collect_sports,
        },
        Task {
            name: "conferences",
            about: "the conferences, with site and profiles where they are shown",
            after: &[],
            partitions: &[],
            tables: &[Conference::TABLE],
            is_in_dag: true,
            reads_files: false,
            requests: |_| 2,
            collect: collect::collect_conferences,
        },
        Task {
            name: "schools",
            about: "the member schools with address, links and sponsored sports",
            after: &["sports", "conferences"],
            partitions: &[],
            tables: &[Location::TABLE, School::TABLE, SchoolSport::TABLE],
            is_in_dag: true,
            reads_files: false,
            requests: |_| 1 + MEMBER_SCHOOLS,
            collect: collect::collect_schools,
        },
        Task {
            name: "memberships",
            about: "which schools sponsor a sport, with its division and conference",
            after: &["schools"],
            partitions: &[Dimension::Sport],
            tables: &[SchoolSport::TABLE],
            is_in_dag: false,
            reads_files: false,
            requests: |_| 1,
            collect: collect::collect_memberships,
        },
    ],
    checks: &[
        Check { page: "sportList", request: requests::sports, probe: |page| Ok(counted(&extract::sports(page)?)) },
        Check {
            page: "conferenceList",
            request: requests::conferences,
            probe: |page| Ok(counted(&extract::conferences(page)?)),
        },
        Check {
            page: "memberList",
            request: requests::members,
            probe: |page| Ok(counted(&extract::members(page, None)?)),
        },
        Check { page: "orgDetail of a school", request: || requests::detail(ALABAMA), probe: |page| Ok(shown(page)) },
    ],
    ships_offline: true,
};

/// A school whose detail page stands for all: it sponsors football and has a full address.
const ALABAMA: i32 = 8;

/// What a detail page shows of what is looked for.
fn shown(page: &Response) -> Vec<Match> {
    let detail = extract::detail(page);
    vec![
        Match::of("institution link", detail.website_url.iter().count()),
        Match::of("athletics link", detail.athletics_url.iter().count()),
        Match::of("address", detail.address.iter().count()),
        Match::of("sponsored sports", detail.sports.len()),
        Match::of("profiles", usize::from(detail.social_links != SocialLinks::default())),
    ]
}
