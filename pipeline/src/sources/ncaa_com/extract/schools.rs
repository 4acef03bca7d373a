//! `/json/schools`: the schools by their slugs.

use serde_json::json;

use super::super::records::SchoolRecord;
use crate::Result;
use crate::fetch::Response;
use crate::sources::found::{Extracted, Fault, Found, Refused, layout_changed};
use crate::sources::json::{Fields, elements};

/// The schools of the list.
///
/// # Errors
/// A body that is no such list, and one of which nothing can be read: exit 65.
pub fn schools(response: &Response) -> Result<Extracted<SchoolRecord>> {
    let mut schools = Extracted::default();
    for (place, value) in elements(response)? {
        match value.as_ref().map_err(Fault::clone).and_then(|value| school(&Fields::new(value)?)) {
            Ok(record) => schools.records.push(Found { record, place }),
            Err(Fault { reason, message }) => {
                let slug = value.ok().and_then(|value| value.get("slug").cloned());
                let key = slug.map(|slug| json!({ "source": super::super::NAME, "slug": slug }));
                schools.refused.push(Refused { table: "public.school_alias", key, reason, message, place });
            }
        }
    }
    match schools.refused.first() {
        Some(first) if schools.records.is_empty() => {
            Err(layout_changed(response, format_args!("none of its records can be read; the first: {}", first.message)))
        }
        _ => Ok(schools),
    }
}

fn school(fields: &Fields) -> Result<SchoolRecord, Fault> {
    Ok(SchoolRecord {
        slug: fields.required_text("slug")?,
        name: fields.required_text("name")?,
        long_name: fields.text("long")?.value().cloned().flatten(),
    })
}
