//! The list of conferences.

use std::collections::BTreeMap;

use models::Field;
use serde_json::Value;

use super::super::records::{ConferenceMember, ConferenceRecord};
use super::{Element, division, list, one, organisation};
use crate::Result;
use crate::fetch::Response;
use crate::sources::found::{Extracted, Fault};
use crate::sources::json::{Fields, elements};
use crate::sources::text;

/// The conferences of a `conferenceList`.
///
/// # Errors
/// A body that is no such list: exit 65.
pub fn conferences(response: &Response) -> Result<Extracted<ConferenceRecord>> {
    list(response, "public.conference", "orgId", |value| conference(&Fields::new(value)?).map(Element::Record))
}

/// One conference of the list by itself.
///
/// # Errors
/// What is wrong with it.
pub fn conference_of(raw: &[u8]) -> Result<ConferenceRecord, Fault> {
    one(raw, conference)
}

fn conference(fields: &Fields) -> Result<ConferenceRecord, Fault> {
    Ok(ConferenceRecord {
        // `Independent` has the id 0.
        ncaa_id: organisation(fields, 0)?,
        name: fields.required_text("nameOfficial")?,
        division: match division(fields)? {
            // The list gives null for every conference: it does not say that they have none.
            Field::Value(None) => Field::Absent,
            field => field,
        },
        website_url: Field::Absent,
    })
}

/// The conferences in the list of members of their type, by id. It is reported, not captured: an element that is not as expected
/// says nothing.
///
/// # Errors
/// A body that is no list: exit 65.
pub fn conference_members(response: &Response) -> Result<BTreeMap<i32, ConferenceMember>> {
    let read = |value: &Value| {
        let fields = Fields::new(value).ok()?;
        let url = |name| match fields.text(name) {
            Ok(Field::Value(Some(url))) => text::web_address(&url),
            _ => None,
        };
        let member = ConferenceMember {
            division: division(&fields).ok().and_then(|found| found.value().cloned().flatten()),
            website_url: url("webSiteUrl").or_else(|| url("athleticWebUrl")),
        };
        Some((organisation(&fields, 0).ok()?, member))
    };
    Ok(elements(response)?.iter().filter_map(|(_, value)| read(value.as_ref().ok()?)).collect())
}
