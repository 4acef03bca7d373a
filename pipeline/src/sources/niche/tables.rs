//! Niche's records as rows of the tables.

use std::collections::{BTreeMap, HashMap};

use models::{Field, NicheGradeInsert, NicheProfileInsert, NicheProfileRef, SchoolAliasInsert, SchoolRef, Source};
use serde_json::json;

use super::records::{ListedRecord, ProfileRecord};
use crate::identity::{Match, Matcher, Query, Resolution, Rule, alias_row, unresolved};
use crate::sources::found::{Fault, Found, Reason, Refused};

/// Everything that profiles give to load, in the order of loading.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    /// Rows of `public.school_alias`: the slug of each profile that was resolved.
    pub aliases: Vec<Found<SchoolAliasInsert>>,
    /// Rows of `public.niche_profile`, at most one a school.
    pub profiles: Vec<Found<NicheProfileInsert>>,
    /// Rows of `public.niche_grade`.
    pub grades: Vec<Found<NicheGradeInsert>>,
    /// Profiles whose school is not certain, or has another profile.
    pub refused: Vec<Refused>,
    /// Grades of refused profiles.
    pub passed_over: BTreeMap<&'static str, u64>,
}

/// Turns profiles into rows, with the ranks of the list, and the schools that the matcher finds.
///
/// A school has one profile. Where several are found for it, the one by the more certain rule counts, then the one with the better
/// rank; the others are refused. A college that competes as part of a joint member (Pitzer) is no profile of the member.
pub fn rows(profiles: Vec<Found<ProfileRecord>>, listed: &[ListedRecord], matcher: &Matcher) -> Rows {
    let ranks: HashMap<&str, i32> = listed.iter().map(|college| (college.slug.as_str(), college.rank)).collect();
    let mut rows = Rows::default();
    let mut found: Vec<(Match, Option<i32>, Found<ProfileRecord>)> = Vec::new();
    for profile in profiles {
        let rank = ranks.get(profile.record.slug.as_str()).copied().or(profile.record.rank);
        let resolution = matcher.resolve(&query(&profile.record));
        match resolution {
            Resolution::Resolved(school) if school.rule == Rule::Part => {
                let message = format!(
                    "{:?} competes as part of {}, which is not the college of this profile",
                    profile.record.name, school.school
                );
                rows.refuse(profile, Fault::new(Reason::AmbiguousSchool, message));
            }
            Resolution::Resolved(school) => found.push((school, rank, profile)),
            _ => {
                if let Some(fault) = unresolved(&profile.record.name, &resolution) {
                    rows.refuse(profile, fault);
                }
            }
        }
    }
    // The order of the records stays as far as rule and rank leave it open.
    found.sort_by_key(|(school, rank, _)| (school.rule, rank.unwrap_or(i32::MAX)));
    let mut chosen: HashMap<i32, String> = HashMap::new();
    for (school, rank, profile) in found {
        match chosen.get(&school.school) {
            Some(slug) if *slug != profile.record.slug => {
                let message = format!("the school {} has the profile {slug:?} already", school.school);
                rows.refuse(profile, Fault::new(Reason::Collision, message));
            }
            _ => {
                chosen.insert(school.school, profile.record.slug.clone());
                rows.accept(&school, rank, profile);
            }
        }
    }
    rows
}

/// What a profile says of its school.
fn query(profile: &ProfileRecord) -> Query<'_> {
    Query {
        source: Some(Source::Niche),
        key: Some(&profile.slug),
        state: profile.state.as_deref(),
        city: profile.city.as_deref(),
        website: profile.website.as_deref(),
        ..Query::named(&profile.name)
    }
}

impl Rows {
    fn accept(&mut self, school: &Match, rank: Option<i32>, found: Found<ProfileRecord>) {
        let Found { record, place } = found;
        let alias = alias_row(Source::Niche, &record.slug, school);
        self.aliases.push(Found { record: alias, place: place.clone() });
        let reference = SchoolRef::NcaaId(school.school);
        for grade in &record.grades {
            let profile = NicheProfileRef::SchoolId(reference.clone());
            let record = NicheGradeInsert::new(profile, grade.category, grade.grade);
            self.grades.push(Found { record, place: place.clone() });
        }
        let mut row = NicheProfileInsert::new(reference, record.slug);
        // A profile that shows no rank does not say that the college has none.
        row.national_rank = rank.map_or(Field::Absent, |rank| Field::Value(Some(rank)));
        self.profiles.push(Found { record: row, place });
    }

    fn refuse(&mut self, profile: Found<ProfileRecord>, fault: Fault) {
        let Found { record, place } = profile;
        if !record.grades.is_empty() {
            *self.passed_over.entry("grade-of-refused-profile").or_default() += record.grades.len() as u64;
        }
        let (key, Fault { reason, message }) = (json!({ "slug": record.slug, "name": record.name }), fault);
        self.refused.push(Refused { table: "public.niche_profile", key: Some(key), reason, message, place });
    }
}
