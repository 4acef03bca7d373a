//! Awards as rows of the tables.

use std::collections::{BTreeMap, HashMap, HashSet};

use models::{AthleteRef, AwardInsert, Field, SchoolAliasInsert, SchoolRef, Source, SportRef};
use serde_json::{Value, json};

use super::records::{AwardRecord, Given};
use crate::identity::{Matcher, Query, Resolution, alias_key, alias_row, normalized, unresolved};
use crate::sources::found::{Fault, Found, Place, Reason, Refused};

/// Sports whose season begins in the calendar year before the one in which it ends: an award of 2024 is of the season 2025.
const FALL: [&str; 8] = ["MCC", "MFB", "MSO", "MWP", "WCC", "WFH", "WSO", "WVB"];

/// Everything that a file of awards gives to load, in the order of loading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// Rows of `public.school_alias`: each name of a school that was resolved, once.
    pub aliases: Vec<Found<SchoolAliasInsert>>,
    /// Rows of `public.award`. Where school or player are not certain, without them.
    pub awards: Vec<Found<AwardInsert>>,
    /// Names of schools that are not resolved, with their candidates: what would have been rows of `public.school_alias`.
    pub refused: Vec<Refused>,
    /// References that awards are loaded without.
    pub unresolved: Vec<Unresolved>,
    /// The same award to the same player for another position, which is added to the first, and references that could not be looked
    /// for, by reason.
    pub passed_over: BTreeMap<&'static str, u64>,
}

/// A reference that a row is loaded without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// The key of the award.
    pub row_key: Value,
    /// The column.
    pub column: &'static str,
    /// Why: it is unknown, or not the only one.
    pub reason: Reason,
    /// The reason in words, with the candidates.
    pub message: String,
    /// Where the award was found.
    pub place: Place,
}

/// A player who is known to have been at a school in a season.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAthlete {
    /// The athlete's key.
    pub identity_key: String,
    /// As [`crate::sources::names::PersonName::normalized`].
    pub normalized_name: String,
    /// The school's id at the NCAA.
    pub school: i32,
    /// The year in which the season ends.
    pub season: i32,
}

/// Players by school, season and name: those of the sport that the awards are of.
#[derive(Debug, Clone, Default)]
pub struct KnownAthletes {
    by_name: HashMap<(i32, i32, String), Vec<String>>,
    /// The rosters that are known at all.
    rosters: HashSet<(i32, i32)>,
}

impl KnownAthletes {
    /// Players to look among. Rows that repeat a player make no difference.
    pub fn new(athletes: impl IntoIterator<Item = KnownAthlete>) -> Self {
        let mut known = Self::default();
        for KnownAthlete { identity_key, normalized_name, school, season } in athletes {
            known.rosters.insert((school, season));
            let keys = known.by_name.entry((school, season, normalized_name)).or_default();
            if !keys.contains(&identity_key) {
                keys.push(identity_key);
            }
        }
        known
    }
}

/// Turns awards into rows, with the schools that the matcher finds and the players among the known ones.
///
/// A player is looked for where the school is certain, the sport is given, and the roster of that season is known; by name, to the
/// letter of its normal form. Several of the name are none.
pub fn rows(records: Vec<Found<AwardRecord>>, given: &Given, matcher: &Matcher, athletes: &KnownAthletes) -> Rows {
    let mut rows = Rows::default();
    let mut schools: HashMap<String, Resolution> = HashMap::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for Found { record, place } in records {
        let key = row_key(&record);
        if let Some(first) = seen.get(&key.to_string()) {
            if add_position(&mut rows.awards[*first].record, record.position.as_deref()) {
                *rows.passed_over.entry("award-for-another-position").or_default() += 1;
                continue;
            }
        } else {
            seen.insert(key.to_string(), rows.awards.len());
        }
        let name = normalized(&record.school);
        if !schools.contains_key(&name) {
            let query = Query { source: Some(Source::Awards), ..Query::named(&record.school) };
            let resolution = matcher.resolve(&query);
            rows.school(&record.school, &resolution, &place);
            schools.insert(name.clone(), resolution);
        }
        let resolution = &schools[&name];
        if let Some(fault) = unresolved(&record.school, resolution) {
            rows.without("school_id", &key, fault, &place);
        }
        let school = resolution.school();
        let athlete = match (school, season(record.year, given.sport.as_deref())) {
            (Some(school), Some(season)) => rows.athlete((school, season), &record, athletes, &key, &place),
            _ => None,
        };
        rows.awards.push(Found { record: row(record, given, school, athlete), place });
    }
    rows
}

impl Rows {
    fn school(&mut self, name: &str, resolution: &Resolution, place: &Place) {
        if let Resolution::Resolved(found) = resolution {
            let record = alias_row(Source::Awards, name, found);
            self.aliases.push(Found { record, place: place.clone() });
        } else if let Some(Fault { reason, message }) = unresolved(name, resolution) {
            let (table, key, place) = ("public.school_alias", alias_key(&Source::Awards, name), place.clone());
            self.refused.push(Refused { table, key: Some(key), reason, message, place });
        }
    }

    fn without(&mut self, column: &'static str, key: &Value, Fault { reason, message }: Fault, place: &Place) {
        self.unresolved.push(Unresolved { row_key: key.clone(), column, reason, message, place: place.clone() });
    }

    fn athlete(
        &mut self,
        (school, season): (i32, i32),
        record: &AwardRecord,
        athletes: &KnownAthletes,
        key: &Value,
        place: &Place,
    ) -> Option<AthleteRef> {
        if !athletes.rosters.contains(&(school, season)) {
            *self.passed_over.entry("player-of-unknown-roster").or_default() += 1;
            return None;
        }
        let name = &record.normalized_player;
        let message = match athletes.by_name.get(&(school, season, name.clone())).map(Vec::as_slice) {
            Some([one]) => return Some(AthleteRef::IdentityKey(one.clone())),
            None | Some([]) => format!("nobody on the roster of {school} in {season} is called {:?}", record.player),
            Some(several) => {
                let mut several = several.to_vec();
                several.sort();
                let count = several.len();
                format!(
                    "{count} on the roster of {school} in {season} are called {:?}: {}",
                    record.player,
                    several.join(", ")
                )
            }
        };
        self.without("athlete_id", key, Fault::new(Reason::UnknownPlayer, message), place);
        None
    }
}

/// The season of an award; none where the sport, which tells it, is not given.
fn season(year: i32, sport: Option<&str>) -> Option<i32> {
    Some(year + i32::from(FALL.contains(&sport?)))
}

fn row_key(record: &AwardRecord) -> Value {
    json!({
        "year": record.year,
        "award": record.award,
        "selector": record.selector,
        "team_level": record.team_level,
        "player_name": record.player,
        "school_name": record.school,
    })
}

/// Adds a position to an award; false if it has it already.
fn add_position(award: &mut AwardInsert, position: Option<&str>) -> bool {
    let Some(position) = position else { return false };
    let known = award.position.value().cloned().flatten();
    if known.as_deref().is_some_and(|known| known.split('/').any(|known| known == position)) {
        return false;
    }
    let both = known.map_or_else(|| position.to_owned(), |known| format!("{known}/{position}"));
    award.position = Field::Value(Some(both));
    true
}

fn row(record: AwardRecord, given: &Given, school: Option<i32>, athlete: Option<AthleteRef>) -> AwardInsert {
    let mut row = AwardInsert::new(record.year, record.award, record.player, record.school)
        .with_selector(record.selector)
        .with_team_level(record.team_level);
    row.position = shown(record.position);
    row.class_year = shown(record.class_year);
    row.sport_id = shown(given.sport.clone().map(SportRef::NcaaId));
    row.school_id = shown(school.map(SchoolRef::NcaaId));
    row.athlete_id = shown(athlete);
    row
}

/// What a file does not say leaves the column as it is.
fn shown<T>(value: Option<T>) -> Field<Option<T>> {
    value.map_or(Field::Absent, |value| Field::Value(Some(value)))
}
