//! Single records of the directory, read again from the bytes that the quarantine kept.
//!
//! A record holds what its answer said of it and no more: a school comes without what its detail page added, which is absent
//! then and leaves the columns as they are.

use std::collections::HashMap;

use serde_json::Value;

use super::extract;
use super::tables;
use crate::load::Fields;
use crate::sources::found::{Fault, Kept, Reason};

/// The tables whose records can be read one by one.
pub const REPLAYED: [&str; 5] =
    ["public.sport", "public.conference", "public.location", "public.school", "public.school_sport"];

/// The row that a kept record means. `codes` are the sports' by their labels in lower case.
///
/// # Errors
/// Why it means none, as when it was extracted.
pub fn replayed(kept: &Kept<'_>, codes: &HashMap<String, String>) -> Result<Box<dyn Fields>, Fault> {
    Ok(match kept.table {
        "public.sport" => Box::new(tables::sport(extract::sport_of(kept.raw)?)),
        "public.conference" => Box::new(tables::conference(extract::conference_of(kept.raw)?, Default::default())),
        "public.school" => Box::new(tables::school(extract::member_of(kept.raw)?, Default::default())),
        "public.location" => {
            let address = extract::address_of(kept.raw);
            Box::new(tables::location(address.ok_or_else(|| missing("the address has no street, city and state"))?))
        }
        "public.school_sport" => {
            let (school, sport) = (part(kept, "school_id", "ncaa_id"), part(kept, "sport_id", "ncaa_id"));
            let school = school.and_then(|id| id.as_i64()?.try_into().ok());
            let school = school.ok_or_else(|| missing("the key does not tell the school"))?;
            let label = part(kept, "sport_id", "name").and_then(Value::as_str);
            let named = |candidate: &str| {
                let code = codes.get(&candidate.to_lowercase());
                let meant = match sport.and_then(Value::as_str) {
                    Some(wanted) => code.is_some_and(|code| code == wanted),
                    None => label.is_some_and(|label| label.eq_ignore_ascii_case(candidate)),
                };
                meant.then_some(code)
            };
            let sponsored = extract::sponsored_of(kept.raw);
            let found = sponsored.iter().find_map(|sport| Some((sport, named(&sport.label)?)));
            let (sponsored, code) = found.ok_or_else(|| missing("the table does not hold the sport of the key"))?;
            let code = code.ok_or_else(|| unknown(&sponsored.label))?;
            Box::new(tables::school_sport(school, code, sponsored))
        }
        other => return Err(missing(&format!("records of {other} cannot be read one by one"))),
    })
}

fn part<'k>(kept: &Kept<'k>, column: &str, part: &str) -> Option<&'k Value> {
    kept.key?.get(column)?.get(part)
}

fn missing(message: &str) -> Fault {
    Fault::new(Reason::Missing, message)
}

fn unknown(label: &str) -> Fault {
    Fault::new(Reason::UnknownValue, tables::unknown_label(label))
}
