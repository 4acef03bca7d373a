//! The list of schools as rows of `public.school_alias`.

use std::collections::{BTreeMap, BTreeSet};

use models::{Field, SchoolAliasInsert, SchoolRef, Source};
use serde_json::json;

use super::records::SchoolRecord;
use crate::identity::{Match, Matcher, Query, Resolution, alias_key, alias_row, normalized, unresolved};
use crate::sources::found::{Extracted, Fault, Found, Reason, Refused};

const TABLE: &str = "public.school_alias";

/// What the list of schools gives to load.
#[derive(Debug, Clone, Default)]
pub struct AliasRows {
    /// Rows of `public.school_alias`.
    pub aliases: Vec<Found<SchoolAliasInsert>>,
    /// What cannot be accepted.
    pub refused: Vec<Refused>,
}

/// Turns the list into aliases: name, long name and slug of each school, those that compare alike once. A school is refused unless
/// its names lead to exactly one known school, and so are two that claim the same school or the same alias.
pub fn alias_rows(list: Extracted<SchoolRecord>, matcher: &Matcher) -> AliasRows {
    let mut rows = AliasRows { refused: list.refused, ..AliasRows::default() };
    let mut claims: BTreeMap<i32, Vec<(Match, Found<SchoolRecord>)>> = BTreeMap::new();
    for found in list.records {
        match school_of(&found.record, matcher) {
            Ok(school) => claims.entry(school.school).or_default().push((school, found)),
            Err(fault) => rows.refused.push(refused(found, fault, &[])),
        }
    }
    for (school, claims) in claims {
        let slugs: Vec<&str> = claims.iter().map(|(_, found)| found.record.slug.as_str()).collect();
        let message = format!("the names of several are those of one known school: {}", slugs.join(", "));
        let alone = slugs.len() == 1;
        for (found_by, found) in claims {
            if !alone {
                rows.refused.push(refused(found, Fault::new(Reason::Collision, message.clone()), &[school]));
                continue;
            }
            for (at, alias) in names(&found.record).into_iter().enumerate() {
                let mut row = alias_row(Source::NcaaCom, alias, &found_by);
                row.is_preferred = Field::Value(at == 0);
                rows.aliases.push(Found { record: row, place: found.place.clone() });
            }
        }
    }
    shared(&mut rows);
    rows
}

/// The school that the names of a record lead to, by the most certain of the rules that find it.
fn school_of(record: &SchoolRecord, matcher: &Matcher) -> Result<Match, Fault> {
    let names = [record.long_name.as_deref(), Some(record.name.as_str())].into_iter().flatten();
    let resolve = |name| {
        let query = Query { source: Some(Source::NcaaCom), key: Some(&record.slug), ..Query::named(name) };
        (name, matcher.resolve(&query))
    };
    let resolutions: Vec<(&str, Resolution)> = names.map(resolve).collect();
    let resolved = |(_, resolution): &(&str, Resolution)| match resolution {
        Resolution::Resolved(found) => Some(*found),
        Resolution::Ambiguous(_) | Resolution::Unknown(_) => None,
    };
    let mut found: Vec<Match> = resolutions.iter().filter_map(resolved).collect();
    found.sort_by_key(|found| found.rule);
    match found.first() {
        Some(first) if found.iter().all(|other| other.school == first.school) => Ok(*first),
        Some(_) => Err(Fault::new(
            Reason::AmbiguousSchool,
            format!("the names of {:?} are those of several schools", record.slug),
        )),
        None => {
            let told = resolutions.iter().find_map(|(name, resolution)| unresolved(name, resolution));
            Err(told.unwrap_or_else(|| Fault::new(Reason::UnknownSchool, format!("{:?} has no name", record.slug))))
        }
    }
}

/// Refuses the aliases that several schools claim: the key holds each once.
fn shared(rows: &mut AliasRows) {
    let mut schools: BTreeMap<String, BTreeSet<i32>> = BTreeMap::new();
    for row in rows.aliases.iter().map(|found| &found.record) {
        if let SchoolRef::NcaaId(school) = row.school_id {
            schools.entry(row.normalized_alias.clone()).or_default().insert(school);
        }
    }
    let aliases = std::mem::take(&mut rows.aliases);
    for Found { record, place } in aliases {
        let candidates = &schools[&record.normalized_alias];
        if candidates.len() == 1 {
            rows.aliases.push(Found { record, place });
            continue;
        }
        rows.refused.push(Refused {
            table: TABLE,
            key: Some(alias_key(&Source::NcaaCom, &record.alias)),
            reason: Reason::Collision,
            message: format!("the alias {:?} is that of {} schools", record.alias, candidates.len()),
            place,
        });
    }
}

/// The names of a school as written, of those that compare alike the first; the one that statistics use comes first.
fn names(school: &SchoolRecord) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for written in [Some(school.name.as_str()), school.long_name.as_deref(), Some(&school.slug)].into_iter().flatten() {
        let compared = normalized(written);
        if !compared.is_empty() && names.iter().all(|known| normalized(known) != compared) {
            names.push(written);
        }
    }
    names
}

fn refused(found: Found<SchoolRecord>, Fault { reason, message }: Fault, candidates: &[i32]) -> Refused {
    let mut key = alias_key(&Source::NcaaCom, &found.record.name);
    key["slug"] = json!(found.record.slug);
    if !candidates.is_empty() {
        key["candidates"] = json!(candidates);
    }
    Refused { table: TABLE, key: Some(key), reason, message, place: found.place }
}
