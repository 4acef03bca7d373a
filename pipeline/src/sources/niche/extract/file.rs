//! A file of profiles: a JSON array of objects with `name`, `slug`, `state`, `city`, `website`, `nicheRanking` and `nicheGrades`.

use std::collections::BTreeMap;

use bytes::Bytes;
use chrono::DateTime;
use models::Field;
use serde_json::{Value, json};

use super::super::records::ProfileRecord;
use super::grades::{CATEGORIES, add, category};
use crate::Result;
use crate::fetch::{Origin, Response};
use crate::sources::found::{Extracted, Fault, Found, Place, Reason, Refused, layout_changed};
use crate::sources::json::{Fields, elements, unknown_value};
use crate::sources::text;

/// Fields that the file has besides and that no table takes.
const UNUSED: [&str; 12] = [
    "acceptanceRate",
    "csRanking",
    "enrollment",
    "graduationRate",
    "medianDebt",
    "medianEarnings6yr",
    "nicheUrl",
    "region",
    "roomAndBoard",
    "tuitionInState",
    "tuitionOutOfState",
    "usnewsUrl",
];

const USED: [&str; 7] = ["city", "name", "nicheGrades", "nicheRanking", "slug", "state", "website"];

/// The profiles of a file; `name` is its path.
///
/// # Errors
/// A file that is no such array, or in which no profile can be read: exit 65.
pub fn file(name: &str, bytes: &Bytes) -> Result<Extracted<ProfileRecord>> {
    let response = Response {
        status: 200,
        headers: BTreeMap::new(),
        body: bytes.clone(),
        url: name.to_owned(),
        media_type: Some("application/json".to_owned()),
        fetched_at: DateTime::UNIX_EPOCH,
        origin: Origin::Recording,
    };
    let mut extracted = Extracted::default();
    for (place, value) in elements(&response)? {
        match value.as_ref().map_err(Fault::clone).and_then(|value| read(value, &place, &mut extracted)) {
            Ok(record) => extracted.records.push(Found { record, place }),
            Err(Fault { reason, message }) => {
                let slug = value.ok().and_then(|value| value.get("slug").cloned());
                let key = slug.map(|slug| json!({ "slug": slug }));
                extracted.refused.push(Refused { table: "public.niche_profile", key, reason, message, place });
            }
        }
    }
    if extracted.records.is_empty() {
        let first = extracted.refused.first().map_or("", |refused| &refused.message);
        return Err(layout_changed(&response, format_args!("none of its records is a profile; the first: {first}")));
    }
    Ok(extracted)
}

fn read(value: &Value, place: &Place, extracted: &mut Extracted<ProfileRecord>) -> Result<ProfileRecord, Fault> {
    let fields = Fields::new(value)?;
    let given = |name: &str| fields.text(name).map(|field| field.value().cloned().flatten());
    let mut profile = ProfileRecord {
        slug: fields.required_text("slug")?,
        name: fields.required_text("name")?,
        website: given("website")?.as_deref().and_then(text::web_address),
        city: given("city")?,
        state: given("state")?,
        ..ProfileRecord::default()
    };
    if let Field::Value(Some(rank)) = fields.integer("nicheRanking")? {
        if rank < 1 {
            return Err(unknown_value("nicheRanking", rank, "a number from 1"));
        }
        profile.rank = Some(rank);
    }
    match fields.raw("nicheGrades") {
        None => extracted.pass_over("profile-without-grades"),
        Some(Value::Object(grades)) => {
            for (name, value) in grades {
                match category(name) {
                    Some(category) => add(&mut profile, category, value, place, extracted),
                    None => extracted.unknown(format!("nicheGrades.{name}")),
                }
            }
            profile.grades.sort_by_key(|grade| CATEGORIES.iter().position(|(site, _)| *site == grade.category));
        }
        Some(other) => {
            return Err(Fault::new(Reason::WrongType, format!("`nicheGrades` is {other}, not an object")));
        }
    }
    let known = |name: &&String| !USED.contains(&name.as_str()) && !UNUSED.contains(&name.as_str());
    value
        .as_object()
        .into_iter()
        .flat_map(serde_json::Map::keys)
        .filter(known)
        .for_each(|name| extracted.unknown(name));
    Ok(profile)
}
