//! A college's profile.

use serde_json::Value;
use url::Url;

use super::super::records::ProfileRecord;
use super::grades::{add, category};
use super::json_ld::{Thing, blocks, is, many};
use crate::Result;
use crate::fetch::Response;
use crate::sources::found::{Extracted, Found, Place, Reason, Refused, layout_changed};
use crate::sources::text;

/// Sites of others that tell of a college: `sameAs` may name them beside its own.
const OTHERS: [&str; 9] = [
    "facebook.com",
    "instagram.com",
    "linkedin.com",
    "niche.com",
    "tiktok.com",
    "twitter.com",
    "wikipedia.org",
    "x.com",
    "youtube.com",
];

/// The profile of a page: one record, or none with the reason. A page that is not there (404) is no fault.
///
/// # Errors
/// A page without a college, or with properties of which none is a grade: exit 65.
pub fn profile(response: &Response) -> Result<Extracted<ProfileRecord>> {
    let mut extracted = Extracted::default();
    if response.is_absent() {
        extracted.pass_over("absent-profile");
        return Ok(extracted);
    }
    let blocks = blocks(response);
    for _ in &blocks.broken {
        extracted.pass_over("broken-json-ld");
    }
    let mut colleges: Vec<_> = blocks.things("CollegeOrUniversity").collect();
    // A page that describes its subject may name other colleges beside it: the one with the page's address, else with grades.
    let slug = slug_of(&response.url);
    let is_subject = |thing: &Thing| slug.is_some() && addresses(thing).any(|address| slug_of(address) == slug);
    colleges.sort_by_key(|(_, thing)| (!is_subject(thing), !thing.contains_key("additionalProperty")));
    let Some((place, college)) = colleges.first() else {
        let why = format!("there is no college: {}", blocks.summary());
        return Err(layout_changed(response, why));
    };
    match read(college, slug, place, &mut extracted) {
        Ok(record) => extracted.records.push(Found { record, place: (*place).clone() }),
        Err(message) => {
            let (table, place) = ("public.niche_profile", (*place).clone());
            extracted.refused.push(Refused { table, key: None, reason: Reason::Missing, message, place });
        }
    }
    let nothing_known = extracted.records.iter().all(|found| found.record.grades.is_empty())
        && !extracted.unknown.is_empty()
        && extracted.refused.is_empty()
        && !extracted.passed_over.contains_key("no-grade");
    if nothing_known {
        let names: Vec<&str> = extracted.unknown.keys().map(String::as_str).collect();
        return Err(layout_changed(response, format_args!("none of its properties is a grade: {}", names.join(", "))));
    }
    Ok(extracted)
}

fn read(
    college: &Thing,
    slug: Option<String>,
    place: &Place,
    extracted: &mut Extracted<ProfileRecord>,
) -> Result<ProfileRecord, String> {
    let slug = slug.or_else(|| addresses(college).find_map(slug_of)).ok_or("the profile has no address on the site")?;
    let name = first_text(college.get("name")).ok_or("`name` is missing or blank")?;
    let mut profile = ProfileRecord { slug, name, ..ProfileRecord::default() };
    profile.website = many(college.get("sameAs")).iter().filter_map(Value::as_str).find_map(own_site);
    for address in many(college.get("address")).iter().filter_map(Value::as_object) {
        let part = |name: &str| first_text(address.get(name));
        profile.city = profile.city.or_else(|| part("addressLocality"));
        profile.state = profile.state.or_else(|| part("addressRegion"));
    }
    for property in many(college.get("additionalProperty")).iter().filter_map(Value::as_object) {
        let Some(name) = first_text(property.get("name")) else {
            extracted.unknown("a property without a name");
            continue;
        };
        match category(&name) {
            Some(category) => {
                add(&mut profile, category, property.get("value").unwrap_or(&Value::Null), place, extracted)
            }
            None => extracted.unknown(name),
        }
    }
    Ok(profile)
}

/// Where a thing says that it is.
fn addresses(thing: &Thing) -> impl Iterator<Item = &str> {
    ["url", "@id", "mainEntityOfPage"].into_iter().filter_map(|name| match thing.get(name)? {
        Value::String(address) => Some(address.as_str()),
        Value::Object(page) if is(page, "WebPage") => page.get("@id")?.as_str(),
        _ => None,
    })
}

/// A text, or the first of several.
fn first_text(value: Option<&Value>) -> Option<String> {
    many(value).iter().filter_map(Value::as_str).map(text::folded).find(|text| !text.is_empty())
}

/// The college's own site; none for those of others.
fn own_site(address: &str) -> Option<String> {
    let address = text::web_address(address)?;
    let url = Url::parse(&address).ok()?;
    let host = url.host_str()?;
    let of = |domain: &&str| host.strip_suffix(*domain).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'));
    (!OTHERS.iter().any(of)).then_some(address)
}

/// The slug in the address of a profile: `/colleges/{slug}/`.
pub(super) fn slug_of(address: &str) -> Option<String> {
    let path = match Url::parse(address) {
        Ok(url) => url.path().to_owned(),
        Err(_) => address.split(['?', '#']).next()?.to_owned(),
    };
    let mut parts = path.split('/').skip_while(|part| *part != "colleges").skip(1).filter(|part| !part.is_empty());
    let slug = parts.next().filter(|slug| *slug != "search")?;
    // Pages below a profile are not it.
    parts.next().is_none().then(|| slug.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_are_in_addresses_of_profiles_only() {
        let cases = [
            ("https://www.niche.com/colleges/some-college/", Some("some-college")),
            ("https://www.niche.com/colleges/Some-College?x=/colleges/other/#y", Some("some-college")),
            ("/colleges/some-college", Some("some-college")),
            ("https://www.niche.com/colleges/some-college/reviews/", None),
            ("https://www.niche.com/colleges/search/best-colleges/", None),
            ("https://www.niche.com/colleges/", None),
            ("https://www.niche.com/k12/some-school/", None),
        ];
        for (address, expected) in cases {
            assert_eq!(slug_of(address).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn a_college_s_own_site_is_none_of_others() {
        let cases = [
            ("https://www.some.edu/", Some("https://www.some.edu")),
            ("www.some.edu", Some("https://www.some.edu")),
            ("https://en.wikipedia.org/wiki/Some_College", None),
            ("https://x.com/some", None),
            ("https://netx.com", Some("https://netx.com")),
        ];
        for (address, expected) in cases {
            assert_eq!(own_site(address).as_deref(), expected, "{address}");
        }
    }
}
