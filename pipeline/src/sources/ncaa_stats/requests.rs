//! What is asked of the site.

use models::{Division, Subdivision};

use super::NAME;
use crate::fetch::Request;

/// A division as the team list knows it: football's Division I comes in two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListDivision {
    /// Division I, of all sports but football.
    I,
    /// Division II.
    II,
    /// Division III.
    III,
    /// Football's bowl subdivision.
    Fbs,
    /// Football's championship subdivision.
    Fcs,
}

impl ListDivision {
    /// The divisions in which a sport has teams.
    pub fn of(sport_code: &str) -> &'static [Self] {
        if sport_code == "MFB" { &[Self::Fbs, Self::Fcs, Self::II, Self::III] } else { &[Self::I, Self::II, Self::III] }
    }

    fn code(self) -> u8 {
        match self {
            Self::I => 1,
            Self::II => 2,
            Self::III => 3,
            Self::Fbs => 11,
            Self::Fcs => 12,
        }
    }

    /// The division that the list's number means.
    pub fn from_code(code: u8) -> Option<Self> {
        [Self::I, Self::II, Self::III, Self::Fbs, Self::Fcs].into_iter().find(|division| division.code() == code)
    }

    /// As the tables have it.
    pub fn division(self) -> (Division, Option<Subdivision>) {
        match self {
            Self::I => (Division::I, None),
            Self::II => (Division::II, None),
            Self::III => (Division::III, None),
            Self::Fbs => (Division::I, Some(Subdivision::Fbs)),
            Self::Fcs => (Division::I, Some(Subdivision::Fcs)),
        }
    }
}

/// The teams of a sport, season (its ending year) and division, of all conferences.
pub fn team_list(sport_code: &str, season: i32, division: ListDivision) -> Request {
    Request::get(NAME, "/team/inst_team_list")
        .query("academic_year", season)
        .query("conf_id", -1)
        .query("division", division.code())
        .query("sport_code", sport_code)
}

/// A season team's page, with its games.
pub fn team(team: i32) -> Request {
    Request::get(NAME, format!("/teams/{team}"))
}

/// A season team's roster.
pub fn roster(team: i32) -> Request {
    Request::get(NAME, format!("/teams/{team}/roster"))
}

/// A roster at its older address: of an organisation, and of the sport and season that `ctl` stands for.
pub fn old_roster(organisation: i32, ctl: i32) -> Request {
    Request::get(NAME, format!("/team/{organisation}/roster/{ctl}"))
}

/// A season team's statistics: of one category, or of the one that the site shows first.
pub fn season_stats(team: i32, category: Option<i32>) -> Request {
    let request = Request::get(NAME, format!("/teams/{team}/season_to_date_stats"));
    match category {
        Some(category) => request.query("year_stat_category_id", category),
        None => request,
    }
}

/// The statistics of a game, player by player.
pub fn contest_stats(contest: i32) -> Request {
    Request::get(NAME, format!("/contests/{contest}/individual_stats"))
}
