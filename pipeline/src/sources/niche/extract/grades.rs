//! The grades: 13 categories and a scale from A+ to F.

use serde_json::{Value, json};

use super::super::records::{Grade, ProfileRecord};
use crate::sources::found::{Extracted, Place, Reason, Refused};
use crate::sources::text;

/// The categories, as the site writes them and as the file does.
pub const CATEGORIES: [(&str, &str); 13] = [
    ("Overall Niche Grade", "overall"),
    ("Academics", "academics"),
    ("Value", "value"),
    ("Diversity", "diversity"),
    ("Campus", "campus"),
    ("Athletics", "athletics"),
    ("Party Scene", "partyScene"),
    ("Professors", "professors"),
    ("Location", "location"),
    ("Dorms", "dorms"),
    ("Campus Food", "campusFood"),
    ("Student Life", "studentLife"),
    ("Safety", "safety"),
];

/// The scale, best first.
const SCALE: [&str; 13] = ["A+", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D", "D-", "F"];

/// What stands where a category has no grade.
const NONE: [&str; 5] = ["", "NG", "N/A", "-", "NR"];

/// The category of a property's name. White space and case do not count.
pub(super) fn category(name: &str) -> Option<&'static str> {
    let name = text::folded(name);
    CATEGORIES.iter().find(|(site, file)| site.eq_ignore_ascii_case(&name) || *file == name).map(|(site, _)| *site)
}

/// Adds a grade to a profile. No grade is counted; what is none of the scale, and a second grade that differs, are refused.
pub(super) fn add(
    profile: &mut ProfileRecord,
    category: &'static str,
    value: &Value,
    place: &Place,
    extracted: &mut Extracted<ProfileRecord>,
) {
    // Some write the true minus sign, or a dash.
    let written = value.as_str().map(|text| text::folded(text).replace(['−', '–'], "-").to_ascii_uppercase());
    if value.is_null() || written.as_deref().is_some_and(|text| NONE.contains(&text)) {
        extracted.pass_over("no-grade");
        return;
    }
    let mut refuse = |reason, message| {
        let key = Some(json!({ "slug": profile.slug, "category": category }));
        extracted.refused.push(Refused { table: "public.niche_grade", key, reason, message, place: place.clone() });
    };
    let Some(grade) = SCALE.iter().copied().find(|grade| written.as_deref() == Some(grade)) else {
        return refuse(Reason::UnknownValue, format!("the grade of {category:?} is {value}, none of A+ to F"));
    };
    match profile.grades.iter().find(|known| known.category == category) {
        Some(known) if known.grade == grade => {}
        Some(known) => {
            refuse(Reason::Collision, format!("the grade of {category:?} is {grade}, and {} before", known.grade));
        }
        None => profile.grades.push(Grade { category, grade }),
    }
}
