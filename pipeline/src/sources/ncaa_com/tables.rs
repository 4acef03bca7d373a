//! The list of schools as rows of `public.school_alias`.

use std::collections::{BTreeMap, BTreeSet};

use models::{Field, SchoolAliasInsert, SchoolRef, Source};
use serde_json::json;

use super::NAME;
use super::records::SchoolRecord;
use crate::sources::found::{Extracted, Found, Reason, Refused};
use crate::sources::names::comparable;

/// What the list of schools gives to load.
#[derive(Debug, Clone, Default)]
pub struct AliasRows {
    /// Rows of `public.school_alias`.
    pub aliases: Vec<Found<SchoolAliasInsert>>,
    /// What cannot be accepted.
    pub refused: Vec<Refused>,
}

/// Turns the list into aliases: name, long name and slug of each school, those that compare alike once. `schools` gives the ids of
/// the schools that are known by a name that [`comparable`] made. A school is refused unless its names lead to exactly one, and so
/// are two that claim the same name or the same school.
pub fn alias_rows(list: Extracted<SchoolRecord>, schools: impl Fn(&str) -> Vec<i32>) -> AliasRows {
    let mut rows = AliasRows { refused: list.refused, ..AliasRows::default() };
    let mut claims: BTreeMap<i32, Vec<Found<SchoolRecord>>> = BTreeMap::new();
    for found in list.records {
        let candidates: BTreeSet<i32> = names(&found.record).iter().flat_map(|(_, name)| schools(name)).collect();
        match candidates.iter().collect::<Vec<_>>()[..] {
            [school] => claims.entry(*school).or_default().push(found),
            _ => {
                let several =
                    format!("the names of {:?} are those of {} known schools", found.record.slug, candidates.len());
                rows.refused.push(refused(found, Reason::UnknownSchool, several, &candidates));
            }
        }
    }
    for (school, claims) in claims {
        let [_] = &claims[..] else {
            let slugs: Vec<&str> = claims.iter().map(|found| found.record.slug.as_str()).collect();
            let message = format!("the names of several are those of one known school: {}", slugs.join(", "));
            let collision = |found| refused(found, Reason::Collision, message.clone(), &BTreeSet::from([school]));
            rows.refused.extend(claims.into_iter().map(collision));
            continue;
        };
        for Found { record, place } in claims {
            for (at, (alias, normalized)) in names(&record).into_iter().enumerate() {
                let mut row = SchoolAliasInsert::new(SchoolRef::NcaaId(school), Source::NcaaCom, alias, normalized);
                row.is_preferred = Field::Value(at == 0);
                rows.aliases.push(Found { record: row, place: place.clone() });
            }
        }
    }
    shared(&mut rows);
    rows
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
            table: "public.school_alias",
            key: Some(json!({ "source": NAME, "alias": record.alias, "candidates": candidates })),
            reason: Reason::Collision,
            message: format!("the alias {:?} is that of {} schools", record.alias, candidates.len()),
            place,
        });
    }
}

/// The names of a school as written and made comparable, each once, the one that statistics use first.
fn names(school: &SchoolRecord) -> Vec<(String, String)> {
    let mut names: Vec<(String, String)> = Vec::new();
    for written in [Some(&school.name), school.long_name.as_ref(), Some(&school.slug)].into_iter().flatten() {
        let normalized = comparable(written);
        if !normalized.is_empty() && names.iter().all(|(_, known)| *known != normalized) {
            names.push((written.clone(), normalized));
        }
    }
    names
}

fn refused(found: Found<SchoolRecord>, reason: Reason, message: String, candidates: &BTreeSet<i32>) -> Refused {
    Refused {
        table: "public.school_alias",
        key: Some(json!({ "source": NAME, "slug": found.record.slug, "candidates": candidates })),
        reason,
        message,
        place: found.place,
    }
}
