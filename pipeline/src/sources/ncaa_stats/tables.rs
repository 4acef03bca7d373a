//! The site's records as rows of the tables.

use chrono::NaiveDate;
use models::{
    Field, Json, PlayerStatInsert, RosterEntryInsert, RosterEntryRef, SchoolRef, Source, SportRef, TeamInsert, TeamRef,
};

use super::records::{ContestPage, GridPage, PlayerRecord, RosterPage, StatPlayer, StatRecord, TeamHeader};
use super::requests::ListDivision;
use crate::sources::found::{Extracted, Found, Refused};

/// What a roster gives to load, in the order of loading.
#[derive(Debug, Clone)]
pub struct RosterRows {
    /// The row of `public.team`.
    pub team: Found<TeamInsert>,
    /// Rows of `public.roster_entry` whose player has an id, for the key `roster_entry_source_player_key`.
    pub identified: Vec<Found<RosterEntryInsert>>,
    /// Rows of `public.roster_entry` without an id, for the key `roster_entry_unnumbered_player_key`.
    pub unidentified: Vec<Found<RosterEntryInsert>>,
    /// What cannot be accepted.
    pub refused: Vec<Refused>,
}

/// What a page of statistics gives to load.
#[derive(Debug, Clone)]
pub struct StatRows {
    /// Rows of `public.player_stat`. The roster entries that they name must be loaded before.
    pub stats: Vec<Found<PlayerStatInsert>>,
    /// What cannot be accepted.
    pub refused: Vec<Refused>,
}

/// Turns a roster into rows. The division is that of the list that named the team, since the page does not tell it.
pub fn roster_rows(page: RosterPage, division: Option<ListDivision>) -> RosterRows {
    let RosterPage { team, players } = page;
    let entries = players.records.into_iter().map(|found| {
        let record = entry(found.record, &team);
        Found { record, place: found.place }
    });
    let (identified, unidentified) =
        entries.partition(|found| matches!(&found.record.source_player_id, Field::Value(id) if !id.is_empty()));
    let row = team_row(&team, division);
    RosterRows { team: Found { record: row, place: team.place }, identified, unidentified, refused: players.refused }
}

fn team_row(team: &TeamHeader, division: Option<ListDivision>) -> TeamInsert {
    let (school, sport) = (SchoolRef::NcaaId(team.organisation_id), SportRef::NcaaId(team.sport_code.clone()));
    let mut row = TeamInsert::new(school, sport, team.season);
    if let Some(id) = team.team_id {
        row.ncaa_team_id = Field::Value(Some(id));
    }
    if let Some(division) = division {
        let (division, subdivision) = division.division();
        row.division = Field::Value(Some(division));
        row.subdivision = Field::Value(subdivision);
    }
    row
}

fn team_reference(organisation: i32, sport_code: &str, season: i32) -> TeamRef {
    TeamRef::SchoolIdSportIdSeason {
        school_id: SchoolRef::NcaaId(organisation),
        sport_id: SportRef::NcaaId(sport_code.to_owned()),
        season,
    }
}

fn entry(player: PlayerRecord, team: &TeamHeader) -> RosterEntryInsert {
    let reference = team_reference(team.organisation_id, &team.sport_code, team.season);
    let mut row = RosterEntryInsert::new(reference, Source::NcaaStats, player.name, player.normalized_name);
    row.source_player_id = Field::Value(player.source_player_id.unwrap_or_default());
    row.number = Field::Value(player.number);
    row.position = Field::Value(player.position);
    if let Field::Value(class) = player.class_year {
        row.class_year = Field::Value(class.map(str::to_owned));
    }
    row.height_inches = player.height_inches;
    row.weight_pounds = player.weight_pounds;
    row.high_school = player.high_school;
    row.games_played = player.games_played;
    row.games_started = player.games_started;
    row.extra = Field::Value(Json(player.extra));
    if let Field::Value(hometown) = player.hometown {
        let hometown = hometown.unwrap_or_default();
        row.hometown_city = Field::Value(hometown.city);
        row.hometown_state = Field::Value(hometown.state.map(str::to_owned));
        row.hometown_country = Field::Value(hometown.country.map(str::to_owned));
        row.hometown = Field::Value(Some(hometown.text).filter(|text| !text.is_empty()));
    }
    row
}

/// Turns a season's statistics into rows of the period `season`. `through` is the day through which they count, if it is known.
pub fn grid_rows(page: GridPage, through: Option<NaiveDate>) -> StatRows {
    let GridPage { team, stats, .. } = page;
    stat_rows(stats, &team.sport_code, team.season, "season", through)
}

/// Turns a game's statistics into rows of the period `game:` and the contest's id. The page tells neither sport nor season: they
/// are those of the schedule that named the game.
pub fn contest_rows(page: ContestPage, sport_code: &str, season: i32) -> StatRows {
    let period = format!("game:{}", page.contest_id);
    stat_rows(page.stats, sport_code, season, &period, page.played_on)
}

fn stat_rows(
    stats: Extracted<StatRecord>,
    sport_code: &str,
    season: i32,
    period: &str,
    day: Option<NaiveDate>,
) -> StatRows {
    let row = |Found { record, place }: Found<StatRecord>| {
        let entry = RosterEntryRef::SourceTeamIdPlayerKey {
            source: Source::NcaaStats,
            team_id: team_reference(record.player.organisation_id, sport_code, season),
            player_key: player_key(&record.player),
        };
        let mut row = PlayerStatInsert::new(entry, Source::NcaaStats, period, &*record.category, record.raw);
        row.value = Field::Value(record.value);
        // A page that does not tell the day does not say that there is none.
        if let Some(day) = day {
            row.played_on = Field::Value(Some(day));
        }
        Found { record: row, place }
    };
    StatRows { stats: stats.records.into_iter().map(row).collect(), refused: stats.refused }
}

/// As the generated column `roster_entry.player_key` has it.
fn player_key(player: &StatPlayer) -> String {
    match &player.source_player_id {
        Some(id) => id.clone(),
        None => format!("{}|{}|{}", player.normalized_name, player.number, player.position),
    }
}
