//! The site's sports and divisions, as its addresses name them.

use models::{Division, Subdivision};

/// A sport of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SportPath {
    /// The NCAA's code.
    pub code: &'static str,
    /// The site's name for it.
    pub path: &'static str,
}

/// The sports with statistics. *Reported*.
const SPORTS: [SportPath; 17] = [
    sport("MBA", "baseball"),
    sport("MBB", "basketball-men"),
    sport("MFB", "football"),
    sport("MIH", "icehockey-men"),
    sport("MLA", "lacrosse-men"),
    sport("MSO", "soccer-men"),
    sport("MVB", "volleyball-men"),
    sport("MWP", "waterpolo-men"),
    sport("WBB", "basketball-women"),
    sport("WFH", "fieldhockey"),
    sport("WIH", "icehockey-women"),
    sport("WLA", "lacrosse-women"),
    sport("WSB", "softball"),
    sport("WSO", "soccer-women"),
    sport("WSV", "beach-volleyball"),
    sport("WVB", "volleyball-women"),
    sport("WWP", "waterpolo-women"),
];

const fn sport(code: &'static str, path: &'static str) -> SportPath {
    SportPath { code, path }
}

/// Their codes.
pub(super) static CODES: [&str; SPORTS.len()] = codes();

const fn codes() -> [&'static str; SPORTS.len()] {
    let mut codes = [""; SPORTS.len()];
    let mut position = 0;
    while position < codes.len() {
        codes[position] = SPORTS[position].code;
        position += 1;
    }
    codes
}

/// Every sport with statistics.
pub fn sports() -> &'static [SportPath] {
    &SPORTS
}

/// The sport of a code.
pub fn path_of(code: &str) -> Option<SportPath> {
    SPORTS.iter().copied().find(|sport| sport.code == code)
}

/// The sport of a name in addresses.
pub(super) fn sport_of(path: &str) -> Option<SportPath> {
    SPORTS.iter().copied().find(|sport| sport.path == path)
}

/// A division as addresses name it: football's Division I comes in two.
pub(super) fn division_path(division: &Division, subdivision: Option<&Subdivision>) -> Option<&'static str> {
    Some(match (division, subdivision) {
        (Division::I, None) => "d1",
        (Division::I, Some(Subdivision::Fbs)) => "fbs",
        (Division::I, Some(Subdivision::Fcs)) => "fcs",
        (Division::II, None) => "d2",
        (Division::III, None) => "d3",
        _ => return None,
    })
}

/// The division of a name in addresses.
pub(super) fn division_of(path: &str) -> Option<(Division, Option<Subdivision>)> {
    Some(match path {
        "d1" => (Division::I, None),
        "fbs" => (Division::I, Some(Subdivision::Fbs)),
        "fcs" => (Division::I, Some(Subdivision::Fcs)),
        "d2" => (Division::II, None),
        "d3" => (Division::III, None),
        _ => return None,
    })
}
