//! The list of sports.

use models::SportGender;

use super::super::records::SportRecord;
use super::{Element, list, one};
use crate::Result;
use crate::fetch::Response;
use crate::sources::found::{Extracted, Fault};
use crate::sources::json::{Fields, unknown_value};

/// What labels start with where they tell the gender.
const GENDERS: [&str; 3] = ["Men's ", "Women's ", "Mixed "];

/// The sports of a `sportList`, a code that comes twice twice.
///
/// # Errors
/// A body that is no such list: exit 65.
pub fn sports(response: &Response) -> Result<Extracted<SportRecord>> {
    list(response, "public.sport", "value", |value| sport(&Fields::new(value)?).map(Element::Record))
}

/// One sport of the list by itself.
///
/// # Errors
/// What is wrong with it.
pub fn sport_of(raw: &[u8]) -> Result<SportRecord, Fault> {
    one(raw, sport)
}

fn sport(fields: &Fields) -> Result<SportRecord, Fault> {
    let ncaa_id = fields.required_text("value")?;
    let name = fields.required_text("label")?;
    let gender = match ncaa_id.chars().next() {
        Some('M') => SportGender::Men,
        Some('W') => SportGender::Women,
        Some('X') => SportGender::Mixed,
        _ => return Err(unknown_value("value", &ncaa_id, "a code that starts with M, W or X")),
    };
    let bare = GENDERS.iter().find_map(|gender| name.strip_prefix(gender)).unwrap_or(&name);
    Ok(SportRecord { display_name: bare.to_owned(), ncaa_id, name, gender })
}
