//! Which roster entry a statistic is of, where the page names a player by school and name only.

use std::collections::HashMap;
use std::sync::Arc;

use models::{Field, PlayerStatInsert, RosterEntryRef, SchoolRef, Source, SportRef, TeamRef};
use serde_json::{Value, json};

use super::NAME;
use super::records::{Kind, LeaderRecord, StatPage, Subject};
use crate::identity::{Matcher, Query, Resolution, unresolved};
use crate::sources::found::{Found, Reason, Refused};

/// A roster entry of the sport and season.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEntry {
    /// The school's NCAA id.
    pub school: i32,
    /// The source of the entry.
    pub source: Source,
    /// What names it within its source and team.
    pub player_key: String,
    /// The name made comparable.
    pub normalized_name: String,
    /// The position; empty where none is known.
    pub position: String,
    /// The class.
    pub class_year: Option<String>,
}

/// The rosters of a sport and season.
#[derive(Debug, Clone)]
pub struct KnownRoster {
    sport_code: String,
    season: i32,
    entries: HashMap<i32, Vec<KnownEntry>>,
}

impl KnownRoster {
    /// The rosters of a sport and season, of one source: a player that two sources have would be two of that name.
    pub fn new(sport_code: impl Into<String>, season: i32, entries: impl IntoIterator<Item = KnownEntry>) -> Self {
        let mut known = Self { sport_code: sport_code.into(), season, entries: HashMap::new() };
        for entry in entries {
            known.entries.entry(entry.school).or_default().push(entry);
        }
        known
    }
}

/// The rows of a page, and what could not be resolved.
#[derive(Debug, Clone, Default)]
pub struct Resolved {
    /// Rows of `public.player_stat`.
    pub stats: Vec<Found<PlayerStatInsert>>,
    /// What the page refused, and each row of the page whose player is not for certain, with the candidates.
    pub refused: Vec<Refused>,
}

/// Turns a page of players' statistics into rows of a period. The school is found by slug or name, the player is the one entry of the school with exactly that name; of
/// several, the one whose position and class are also those of the page. Anything else is refused. Teams' statistics have no table,
/// and give no rows.
pub fn resolve(page: StatPage, known: &KnownRoster, matcher: &Matcher, period: &str) -> Resolved {
    debug_assert_eq!(page.sport.code, known.sport_code, "the rosters are those of the page's sport");
    let mut resolved = Resolved { refused: page.stats.refused, ..Resolved::default() };
    if page.kind == Kind::Team {
        return resolved;
    }
    // The figures of a row follow one another and share its player.
    let mut last: Option<(Arc<Subject>, Option<RosterEntryRef>)> = None;
    for Found { record: LeaderRecord { subject, category, value, raw }, place } in page.stats.records {
        let entry = match last.take().filter(|(of, _)| Arc::ptr_eq(of, &subject)) {
            Some((_, entry)) => entry,
            None => match find(&subject, known, matcher) {
                Ok(entry) => Some(reference(entry, known)),
                Err((reason, message, candidates)) => {
                    resolved.refused.push(Refused {
                        table: "public.player_stat",
                        key: Some(json!({
                            "source": NAME,
                            "period": period,
                            "category": page.title,
                            "sport_id": { "ncaa_id": known.sport_code },
                            "season": known.season,
                            "player": subject.name.as_ref().map(|(name, _)| name),
                            "team": subject.team,
                            "team_slug": subject.team_slug,
                            "candidates": candidates,
                        })),
                        reason,
                        message,
                        place: place.clone(),
                    });
                    None
                }
            },
        };
        if let Some(entry) = &entry {
            let mut row = PlayerStatInsert::new(entry.clone(), Source::NcaaCom, period, &*category, raw);
            row.value = Field::Value(value);
            if let Some(day) = page.updated {
                row.played_on = Field::Value(Some(day));
            }
            resolved.stats.push(Found { record: row, place });
        }
        last = Some((subject, entry));
    }
    resolved
}

type Unresolved = (Reason, String, Vec<Value>);

fn find<'k>(subject: &Subject, known: &'k KnownRoster, matcher: &Matcher) -> Result<&'k KnownEntry, Unresolved> {
    let school = school(subject, matcher)?;
    let roster = known.entries.get(&school).map(Vec::as_slice).unwrap_or_default();
    let (name, normalized) =
        subject.name.as_ref().map(|(name, normalized)| (&**name, &**normalized)).unwrap_or_default();
    let named: Vec<&KnownEntry> = roster.iter().filter(|entry| entry.normalized_name == normalized).collect();
    match named[..] {
        [only] => return Ok(only),
        [] => {
            let message = format!("no player of {} is called {name:?}", subject.team);
            return Err((Reason::UnknownPlayer, message, similar(normalized, roster)));
        }
        _ => {}
    }
    let alike =
        |entry: &&&KnownEntry| entry.position == subject.position && entry.class_year.as_deref() == subject.class_year;
    match named.iter().filter(alike).collect::<Vec<_>>()[..] {
        [only] => Ok(only),
        _ => {
            let message = format!("{} players of {} are called {name:?}", named.len(), subject.team);
            Err((Reason::UnknownPlayer, message, named.into_iter().map(candidate).collect()))
        }
    }
}

fn school(subject: &Subject, matcher: &Matcher) -> Result<i32, Unresolved> {
    let slug = subject.team_slug.as_deref();
    let resolution =
        matcher.resolve(&Query { source: Some(Source::NcaaCom), key: slug, ..Query::named(&subject.team) });
    if let Resolution::Resolved(found) = resolution {
        return Ok(found.school);
    }
    let candidate =
        |candidate: &crate::identity::Candidate| json!({ "ncaa_id": candidate.school, "name": candidate.name });
    let candidates = resolution.candidates().iter().map(candidate).collect();
    let fault = unresolved(&subject.team, &resolution);
    let (reason, message) =
        fault.map(|fault| (fault.reason, fault.message)).unwrap_or((Reason::UnknownSchool, String::new()));
    Err((reason, message, candidates))
}

/// The players of a school whose names are most like one, for people to choose from.
fn similar(name: &str, roster: &[KnownEntry]) -> Vec<Value> {
    const SHOWN: usize = 3;
    const ALIKE: f64 = 0.8;
    let likeness = |entry: &KnownEntry| strsim::jaro_winkler(name, &entry.normalized_name);
    let mut alike: Vec<(f64, &KnownEntry)> =
        roster.iter().map(|entry| (likeness(entry), entry)).filter(|(likeness, _)| *likeness >= ALIKE).collect();
    alike.sort_by(|(one, first), (two, second)| {
        two.total_cmp(one).then_with(|| first.player_key.cmp(&second.player_key))
    });
    alike.into_iter().take(SHOWN).map(|(_, entry)| candidate(entry)).collect()
}

fn candidate(entry: &KnownEntry) -> Value {
    json!({
        "player_key": entry.player_key,
        "normalized_name": entry.normalized_name,
        "position": entry.position,
        "class_year": entry.class_year,
    })
}

fn reference(entry: &KnownEntry, known: &KnownRoster) -> RosterEntryRef {
    RosterEntryRef::SourceTeamIdPlayerKey {
        source: entry.source.clone(),
        team_id: TeamRef::SchoolIdSportIdSeason {
            school_id: SchoolRef::NcaaId(entry.school),
            sport_id: SportRef::NcaaId(known.sport_code.clone()),
            season: known.season,
        },
        player_key: entry.player_key.clone(),
    }
}
