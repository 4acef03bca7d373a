//! stats.ncaa.org: pages of invented people in the real shapes with every kind of dirt, and the recorded real pages.

#[path = "../../../tests/support/postgres.rs"]
mod server;
#[path = "../support/mod.rs"]
mod support;

mod layout;
mod loading;
mod recorded;
mod recorded_rosters;
mod rosters;
mod statistics;

use models::{Division, Field, Subdivision};
use pipeline::fetch::Response;
use pipeline::sources::found::{Found, Reason, Refused};
use pipeline::sources::ncaa_stats::{Asked, ListDivision, RosterPage, extract, old_roster, roster, team_list};
use support::pages::{self, page};

const SITE: &str = "https://stats.example";

fn fixture(path: &str, name: &str) -> Response {
    page(&format!("{SITE}{path}"), &pages::fixture("ncaa-stats", name))
}

fn read_roster(path: &str, name: &str) -> RosterPage {
    extract::roster(&fixture(path, name), &Asked::default()).unwrap()
}

fn given<T>(value: T) -> Field<Option<T>> {
    Field::Value(Some(value))
}

/// The refusals as reason, table, message.
fn told(refused: &[Refused]) -> Vec<(Reason, &str, &str)> {
    refused.iter().map(|refused| (refused.reason, refused.table, refused.message.as_str())).collect()
}

fn places_are_true<T>(response: &Response, found: &[Found<T>], refused: &[Refused], starts: &str) {
    let places = found.iter().map(|found| &found.place).chain(refused.iter().map(|refused| &refused.place));
    for place in places {
        assert_eq!(&response.body[place.offset..place.offset + place.raw.len()], &place.raw[..]);
        assert!(place.raw.starts_with(starts.as_bytes()), "{}", String::from_utf8_lossy(&place.raw));
    }
}

#[test]
fn requests_are_those_of_the_site() {
    let list = "/team/inst_team_list?academic_year=2026&conf_id=-1&division=12&sport_code=MFB";
    assert_eq!(team_list("MFB", 2026, ListDivision::Fcs).target(), list);
    assert_eq!(roster(614839).target(), "/teams/614839/roster");
    assert_eq!(old_roster(26172, 12500).target(), "/team/26172/roster/12500");
    assert_eq!(ListDivision::of("MFB").len(), 4);
    assert_eq!(ListDivision::of("MBA"), [ListDivision::I, ListDivision::II, ListDivision::III]);
    assert_eq!(ListDivision::Fbs.division(), (Division::I, Some(Subdivision::Fbs)));
}
