//! The directory's records as rows of the tables.

use std::collections::HashMap;

use models::{
    ConferenceInsert, ConferenceRef, Field, LocationInsert, LocationRef, SchoolInsert, SchoolRef, SchoolSportInsert,
    SocialLinks, SportInsert, SportRef,
};
use serde_json::json;

use super::collect::Schools;
use super::records::{Address, ConferenceRecord, DetailRecord, MemberRecord, SponsoredSport, SportRecord};
use crate::sources::batch::Batch;
use crate::sources::found::{Found, Reason, Refused};

/// The codes of the sports by their labels in lower case.
pub(super) fn codes(sports: &[Found<SportRecord>]) -> HashMap<String, String> {
    sports.iter().map(|sport| (sport.record.name.to_lowercase(), sport.record.ncaa_id.clone())).collect()
}

/// The rows of schools, of where they are and of what they sponsor: locations first, then schools, which name them. A conference
/// that is not among the conferences is named all the same.
pub(super) fn schools(found: Schools, codes: &HashMap<String, String>) -> Batch {
    let mut batch = Batch::default();
    found.pages.skip("detail", &mut batch);
    let (mut locations, mut schools, mut school_sports) = (Vec::new(), Vec::new(), Vec::new());
    for listed in batch.take(found.members) {
        let id = listed.record.ncaa_id;
        let detail = found.details.get(&id).cloned().unwrap_or_default();
        locations.extend(detail.address.clone().map(|address| address.map(location)));
        for sponsored in &detail.sports {
            match codes.get(&sponsored.record.label.to_lowercase()) {
                Some(code) => {
                    let row = school_sport(id, code, &sponsored.record);
                    school_sports.push(Found { record: row, place: sponsored.place.clone() });
                }
                None => batch.refused.push(unknown_sport(id, sponsored)),
            }
        }
        schools.push(listed.map(|member| school(member, detail)));
    }
    // The list of schools is whole. Locations and sponsored sports are from pages, and a page that is not there says nothing.
    batch.rows(locations);
    batch.whole(schools);
    batch.rows(school_sports);
    batch
}

pub(super) fn sport(sport: SportRecord) -> SportInsert {
    SportInsert::new(sport.ncaa_id, sport.name, sport.display_name, sport.gender)
}

pub(super) fn conference(conference: ConferenceRecord, detail: DetailRecord) -> ConferenceInsert {
    let mut row = ConferenceInsert::new(conference.ncaa_id, conference.name);
    row.division = conference.division;
    row.website_url = first(conference.website_url, detail.website_url.or(detail.athletics_url));
    row.social_links = social_links(detail.social_links);
    row
}

pub(super) fn location(address: Address) -> LocationInsert {
    let mut row = LocationInsert::new(address.key, address.street, address.city);
    row.state = shown(address.state);
    row.zip_code = shown(address.zip_code);
    row.with_country(address.country)
}

pub(super) fn school(member: MemberRecord, detail: DetailRecord) -> SchoolInsert {
    let mut row = SchoolInsert::new(member.ncaa_id, member.name);
    row.nickname = member.nickname;
    row.division = member.division;
    row.subdivision = member.subdivision;
    row.state = member.state;
    row.is_private = member.is_private;
    row.is_historically_black = member.is_historically_black;
    if let Field::Value(Some(is_active)) = member.is_active {
        row.is_active = Field::Value(is_active);
    }
    row.website_url = first(member.website_url, detail.website_url);
    row.athletics_url = first(member.athletics_url, detail.athletics_url);
    row.social_links = social_links(detail.social_links);
    row.conference_id = conference_reference(member.conference_id);
    if let Some(address) = detail.address {
        row.location_id = Field::Value(Some(LocationRef::AddressKey(address.record.key)));
    }
    row
}

pub(super) fn school_sport(school: i32, code: &str, sponsored: &SponsoredSport) -> SchoolSportInsert {
    let mut row = SchoolSportInsert::new(SchoolRef::NcaaId(school), SportRef::NcaaId(code.to_owned()));
    row.division = sponsored.division.clone();
    row.subdivision = sponsored.subdivision.clone();
    row.conference_id = conference_reference(sponsored.conference_id);
    row.with_head_coaches(sponsored.head_coaches.clone())
}

/// A member of the list of those that sponsor a sport.
pub(super) fn membership(sport: &str, member: &MemberRecord) -> SchoolSportInsert {
    let mut row = SchoolSportInsert::new(SchoolRef::NcaaId(member.ncaa_id), SportRef::NcaaId(sport.to_owned()));
    row.division = member.division.clone();
    row.subdivision = member.subdivision.clone();
    row.conference_id = conference_reference(member.conference_id);
    row
}

fn unknown_sport(school: i32, sponsored: &Found<SponsoredSport>) -> Refused {
    let label = &sponsored.record.label;
    Refused {
        table: "public.school_sport",
        key: Some(json!({ "school_id": { "ncaa_id": school }, "sport_id": { "name": label } })),
        reason: Reason::UnknownValue,
        message: unknown_label(label),
        place: sponsored.place.clone(),
    }
}

pub(super) fn unknown_label(label: &str) -> String {
    format!("`Sport` is {label:?}, which is not in the list of sports")
}

/// What a page shows; what it does not show is absent.
fn shown(value: Option<String>) -> Field<Option<String>> {
    value.map_or(Field::Absent, |value| Field::Value(Some(value)))
}

/// The list's value, and the detail page's where the list has none.
fn first(list: Field<Option<String>>, detail: Option<String>) -> Field<Option<String>> {
    match (list, detail) {
        (Field::Absent | Field::Value(None), Some(detail)) => Field::Value(Some(detail)),
        (list, _) => list,
    }
}

/// A page without profiles does not say that the school has none.
fn social_links(links: SocialLinks) -> Field<SocialLinks> {
    if links == SocialLinks::default() { Field::Absent } else { Field::Value(links) }
}

fn conference_reference(id: Field<Option<i32>>) -> Field<Option<ConferenceRef>> {
    match id {
        Field::Absent => Field::Absent,
        Field::Value(id) => Field::Value(id.map(ConferenceRef::NcaaId)),
    }
}
