//! What the site says, in its own terms. Each field tells its standing: *captured* (seen in recorded pages), *reported* (others
//! say so) or *unseen*.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use models::Field;
use rust_decimal::Decimal;

use super::ListDivision;
use crate::sources::found::{Extracted, Place};
use crate::sources::hometown::Hometown;

/// What was asked for. It holds where a page does not say of what it is; a page that says otherwise is an error.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The sport's code.
    pub sport_code: Option<String>,
    /// The season's ending year.
    pub season: Option<i32>,
}

impl Asked {
    /// A sport and season.
    pub fn new(sport_code: impl Into<String>, season: i32) -> Self {
        Self { sport_code: Some(sport_code.into()), season: Some(season) }
    }
}

/// The list of a sport's teams.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamList {
    /// *Captured.* The sport's code.
    pub sport_code: String,
    /// *Captured.* The season's ending year.
    pub season: i32,
    /// *Captured* for Division I; 11 and 12 are *reported*.
    pub division: ListDivision,
    /// The teams.
    pub teams: Extracted<ListedTeam>,
}

/// A team of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedTeam {
    /// *Captured.* The season team's id.
    pub team_id: i32,
    /// *Captured.* The school's name as this site writes it.
    pub name: String,
}

/// Which team a page is about.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamHeader {
    /// *Captured.* The season team's id; the older layout has none.
    pub team_id: Option<i32>,
    /// *Captured.* The organisation's id, the same as in the directory.
    pub organisation_id: i32,
    /// *Captured.* The sport's code.
    pub sport_code: String,
    /// *Captured.* The season's ending year.
    pub season: i32,
    /// *Captured.* The school's name as this site writes it (the logo's).
    pub school_name: Option<String>,
    /// *Captured.* The school's name with its nickname.
    pub team_name: Option<String>,
    /// *Captured.* The athletics site, absolute.
    pub athletics_url: Option<String>,
    /// The header on the page.
    pub place: Place,
}

/// A roster.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterPage {
    /// The team.
    pub team: TeamHeader,
    /// Its players.
    pub players: Extracted<PlayerRecord>,
}

/// A row of a roster. *Captured* for baseball in the present layout; other sports and the older layout are *reported*. What has no
/// column on the page is absent; what its column leaves empty, or says in a way that cannot be read, is null.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayerRecord {
    /// *Captured.* The site's id of the player in this season; many older players have none.
    pub source_player_id: Option<String>,
    /// *Captured.* The name as people write it; the older layout's `Last, First` (*reported*) is turned round.
    pub name: String,
    /// The name made comparable.
    pub normalized_name: String,
    /// *Captured.* The number on the shirt; empty where none is given.
    pub number: String,
    /// *Captured.* The position in upper case; empty where none is given.
    pub position: String,
    /// *Captured.* `Fr.`, `So.`, `Jr.`, `Sr.`; `Gr.` and those of redshirts are *reported*.
    pub class_year: Field<Option<&'static str>>,
    /// *Captured.* The height.
    pub height_inches: Field<Option<i32>>,
    /// *Reported.* The weight.
    pub weight_pounds: Field<Option<i32>>,
    /// *Captured.* The hometown.
    pub hometown: Field<Option<Hometown>>,
    /// *Captured.* The high school.
    pub high_school: Field<Option<String>>,
    /// *Captured.* Games played.
    pub games_played: Field<Option<i32>>,
    /// *Captured.* Games started.
    pub games_started: Field<Option<i32>>,
    /// What the page says beyond these, and what it says in other words, by its headers.
    pub extra: BTreeMap<String, String>,
}

/// A category of season statistics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// *Reported.* `year_stat_category_id`, which changes with each season.
    pub id: i32,
    /// *Reported.* Its name, such as `Pitching`.
    pub name: String,
}

/// The season statistics of a team in one category. The page as a whole is *reported*.
#[derive(Debug, Clone, PartialEq)]
pub struct GridPage {
    /// The team.
    pub team: TeamHeader,
    /// *Reported.* The category that is shown.
    pub category: Option<String>,
    /// *Reported.* All categories of the page, the shown one perhaps among them.
    pub categories: Vec<Category>,
    /// A record for each player and column.
    pub stats: Extracted<StatRecord>,
}

/// The statistics of a game.
#[derive(Debug, Clone, PartialEq)]
pub struct ContestPage {
    /// *Captured.* The contest's id.
    pub contest_id: i32,
    /// *Captured.* The day; the second game of a day (`02/14/2026(2)`) is *reported*.
    pub played_on: Option<NaiveDate>,
    /// A record for each player and column, of both teams.
    pub stats: Extracted<StatRecord>,
}

/// A game of a team's schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledContest {
    /// *Captured.* The contest's id; none before it is played.
    pub contest_id: Option<i32>,
    /// *Captured.* The day.
    pub played_on: NaiveDate,
    /// *Captured.* The opponent's season team, if it is one of the site's.
    pub opponent_team_id: Option<i32>,
    /// *Captured.* The opponent's name.
    pub opponent: String,
    /// *Captured.* The result as written, such as `L 8-11`.
    pub result: Option<String>,
}

/// The player of a statistic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatPlayer {
    /// *Captured.* The season team's id.
    pub team_id: Option<i32>,
    /// *Captured.* The organisation's id.
    pub organisation_id: i32,
    /// *Captured.* The site's id of the player in this season.
    pub source_player_id: Option<String>,
    /// *Captured.* The name as people write it.
    pub name: String,
    /// The name made comparable.
    pub normalized_name: String,
    /// *Captured.* The number on the shirt.
    pub number: String,
    /// *Captured.* The position, in a game the one that was played.
    pub position: String,
}

/// One statistic: a player, a column, a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatRecord {
    /// Whose it is.
    pub player: Arc<StatPlayer>,
    /// *Captured.* The column, after the category where the page names one: `Goalkeepers/Saves`.
    pub category: Arc<str>,
    /// *Captured.* The number that it means, if it means one.
    pub value: Option<Decimal>,
    /// *Captured.* As the page writes it.
    pub raw: String,
}
