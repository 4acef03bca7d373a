//! The list of conferences.

use models::Field;

use super::super::records::ConferenceRecord;
use super::{Element, division, list, one, organisation};
use crate::Result;
use crate::fetch::Response;
use crate::sources::found::{Extracted, Fault};
use crate::sources::json::Fields;

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
    })
}
