//! The people behind the roster entries of a sport: made from what was loaded, without a request.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use chrono::Utc;
use futures::future::LocalBoxFuture;
use models::{AthleteInsert, AthleteLinkInsert, AthleteRef, Field, Json, RosterEntryRef, SchoolRef, SportRef, TeamRef};
use serde_json::json;

use crate::Result;
use crate::identity::athletes::{Appearance, people};
use crate::known::KnownAppearance;
use crate::sources::batch::Batch;
use crate::sources::found::{Found, Place};
use crate::sources::names::{comparable, person};
use crate::sources::task::Context;

/// The task `athletes`: who is who over all seasons that are loaded. Links are made anew; who was found before keeps the identity.
pub(super) fn collect_athletes<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        let sport = context.partition.sport()?;
        let known = context.known.appearances(sport).await?;
        let (people, known) = {
            let sport = sport.to_owned();
            let work = move || {
                let appearances: Vec<Appearance> = known.iter().map(|entry| appearance(&sport, entry)).collect();
                (people(&appearances), known)
            };
            tokio::task::spawn_blocking(work).await.map_err(|error| {
                crate::Error::new(crate::Exit::Temporary, "a defect of the program ended the linking of athletes")
                    .caused_by(error)
            })?
        };
        let place = Place {
            url: format!("the roster entries of {sport}").into(),
            media_type: Some(Arc::from("application/json")),
            offset: 0,
            raw: Default::default(),
        };
        let found = |raw: serde_json::Value| Place { raw: raw.to_string().into(), ..place.clone() };
        let (mut athletes, mut links) = (Vec::new(), Vec::new());
        // Who turned out to be somebody else is nobody's identity any more.
        let mut left: BTreeMap<String, &str> =
            known.iter().filter_map(|entry| Some((entry.identity_key.clone()?, entry.name.as_str()))).collect();
        let names: HashSet<&str> = people.iter().map(|person| person.key.as_str()).collect();
        left.retain(|key, _| !names.contains(key.as_str()));
        for (key, name) in left {
            let place = found(json!({ "identity_key": &key }));
            let mut row = AthleteInsert::new(key, name);
            row.deleted_at = Field::Value(Some(Utc::now()));
            athletes.push(Found { record: row, place });
        }
        for person in people {
            // What is said last is the likeliest to hold.
            let Some(last) = person.entries.last().map(|link| &known[link.entry]) else { continue };
            let mut row = AthleteInsert::new(person.key.clone(), last.name.clone());
            row.hometown = Field::Value(last.hometown.clone());
            row.high_school = Field::Value(last.high_school.clone());
            row.deleted_at = Field::Value(None);
            athletes.push(Found { record: row, place: found(json!({ "identity_key": &person.key })) });
            for link in person.entries {
                let entry = &known[link.entry];
                let raw =
                    json!({ "identity_key": &person.key, "season": entry.season, "player_key": &entry.player_key });
                let mut row = AthleteLinkInsert::new(
                    reference(sport, entry),
                    AthleteRef::IdentityKey(person.key.clone()),
                    link.rule.as_str(),
                );
                row.evidence = Field::Value(Json(link.evidence));
                links.push(Found { record: row, place: found(raw) });
            }
        }
        let mut batch = Batch::default();
        batch.rows(athletes);
        batch.rows(links);
        Ok(batch)
    })
}

fn appearance(sport: &str, entry: &KnownAppearance) -> Appearance {
    let town = entry.hometown_city.as_deref().or(entry.hometown.as_deref());
    Appearance {
        school: entry.school,
        season: entry.season,
        name: entry.normalized_name.clone(),
        suffix: person(&entry.name).and_then(|name| name.suffix),
        city: town.map(comparable).filter(|city| !city.is_empty()),
        region: entry.hometown_state.as_ref().or(entry.hometown_country.as_ref()).map(|region| region.to_lowercase()),
        high_school: entry.high_school.as_deref().map(comparable).filter(|school| !school.is_empty()),
        class_year: entry.class_year.clone(),
        height: entry.height_inches,
        key: format!("{sport}:{}:{}:{}", entry.school, entry.season, entry.player_key),
        known_as: entry.identity_key.clone(),
    }
}

fn reference(sport: &str, entry: &KnownAppearance) -> RosterEntryRef {
    RosterEntryRef::SourceTeamIdPlayerKey {
        source: entry.source(),
        team_id: TeamRef::SchoolIdSportIdSeason {
            school_id: SchoolRef::NcaaId(entry.school),
            sport_id: SportRef::NcaaId(sport.to_owned()),
            season: entry.season,
        },
        player_key: entry.player_key.clone(),
    }
}
