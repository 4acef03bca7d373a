//! Bytes of the directory's answers to records. Pure: no network, no clock, no state.
//!
//! | answer | field | standing |
//! |---|---|---|
//! | sportList | `label`, `value` | captured |
//! | conferenceList | `orgId`, `nameOfficial` | captured |
//! | | `division` | captured, null only |
//! | memberList of type 3 | `orgId`, `division`, `webSiteUrl`, `athleticWebUrl` | reported |
//! | memberList | `orgId`, `nameOfficial`, `division`, `subdivision`, `conferenceId`, `webSiteUrl`, `athleticWebUrl`, `memberOrgAddress.state`, `privateFlag`, `historicallyBlackFlag`, `deactive` | captured |
//! | | `nickname` | captured, null only |
//! | orgDetail | links, address, sponsored sports | reported |
//! | | social media | unseen: recognised by host |

mod conferences;
mod detail;
mod members;
mod sports;

pub use conferences::{conference_members, conference_of, conferences};
pub use detail::{address_of, detail, sponsored_of};
pub use members::{member_of, members};
pub use sports::{sport_of, sports};

use models::{Division, Field};
use serde_json::{Value, json};

use crate::Result;
use crate::fetch::Response;
use crate::sources::found::{Extracted, Fault, Found, Reason, Refused, layout_changed};
use crate::sources::json::{Fields, elements, unknown_value, unreadable};

/// What one element of a list turns out to be.
enum Element<T> {
    Record(T),
    /// No record, for a reason that is counted.
    PassedOver(&'static str),
}

/// Reads a list element by element: a bad one is refused with its raw form, and the rest goes on.
///
/// # Errors
/// A body that is no list, and a list in which no element is what it should be: the layout has changed. Exit 65.
fn list<T>(
    response: &Response,
    table: &'static str,
    key: &str,
    mut read: impl FnMut(&Value) -> Result<Element<T>, Fault>,
) -> Result<Extracted<T>> {
    let mut extracted = Extracted::default();
    for (place, value) in elements(response)? {
        match value.as_ref().map_err(Fault::clone).and_then(&mut read) {
            Ok(Element::Record(record)) => extracted.records.push(Found { record, place }),
            Ok(Element::PassedOver(reason)) => extracted.pass_over(reason),
            Err(Fault { reason, message }) => {
                let key = value.ok().as_ref().and_then(|value| value.get(key)).map(|id| json!({ "ncaa_id": id }));
                extracted.refused.push(Refused { table, key, reason, message, place });
            }
        }
    }
    // Beyond the limit nothing is read, whatever it is.
    if !extracted.records.is_empty() || extracted.passed_over.contains_key(members::BEYOND_LIMIT) {
        return Ok(extracted);
    }
    let count = extracted.refused.len() as u64 + extracted.passed_over.values().sum::<u64>();
    let first = extracted.refused.first().map(|first| format!("the first: {}", first.message));
    let why = first.unwrap_or_else(|| {
        let reasons: Vec<&str> = extracted.passed_over.keys().copied().collect();
        format!("all are passed over ({})", reasons.join(", "))
    });
    Err(layout_changed(response, format_args!("none of its {count} records can be read; {why}")))
}

/// Reads one element by itself.
fn one<T>(raw: &[u8], read: impl FnOnce(&Fields) -> Result<T, Fault>) -> Result<T, Fault> {
    let value: Value = serde_json::from_slice(raw).map_err(|error| unreadable(&error))?;
    read(&Fields::new(&value)?)
}

/// The id of an organisation, at or above `least`.
fn organisation(fields: &Fields, least: i32) -> Result<i32, Fault> {
    let id = fields.required_integer("orgId")?;
    if id < least {
        return Err(Fault::new(Reason::UnknownValue, format!("`orgId` is {id}, which is no id")));
    }
    Ok(id)
}

/// The division as a number.
fn division(fields: &Fields) -> Result<Field<Option<Division>>, Fault> {
    Ok(match fields.integer("division")? {
        Field::Absent => Field::Absent,
        Field::Value(None) => Field::Value(None),
        Field::Value(Some(1)) => Field::Value(Some(Division::I)),
        Field::Value(Some(2)) => Field::Value(Some(Division::II)),
        Field::Value(Some(3)) => Field::Value(Some(Division::III)),
        Field::Value(Some(other)) => return Err(unknown_value("division", other, "1, 2 or 3")),
    })
}
