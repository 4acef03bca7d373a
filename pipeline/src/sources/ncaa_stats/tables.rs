//! The site's records as rows of the tables.

use models::{Field, Json, RosterEntryInsert, SchoolRef, Source, SportRef, TeamInsert, TeamRef};

use super::records::{PlayerRecord, RosterPage, TeamHeader};
use super::requests::ListDivision;
use crate::sources::found::{Found, Refused};

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
