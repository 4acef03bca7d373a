//! What the directory says, in its own terms. A field is absent where the answer does not show it, null where it shows that
//! there is none.

use models::{Division, Field, SocialLinks, SportGender, Subdivision};

use crate::sources::found::Found;

/// A row of the list of sports. The list may give a code twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SportRecord {
    /// The code, such as `MBB`.
    pub ncaa_id: String,
    /// The label, such as `Men's Basketball`.
    pub name: String,
    /// The label without the gender, such as `Basketball`.
    pub display_name: String,
    /// From the first letter of the code; labels do not always tell it.
    pub gender: SportGender,
}

/// A row of the list of conferences. `Independent` is one of them, with id 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConferenceRecord {
    /// The organisation's id.
    pub ncaa_id: i32,
    /// The official name.
    pub name: String,
    /// The division. The list has shown only null so far, which says nothing: it is absent then.
    pub division: Field<Option<Division>>,
    /// The conference's site, absolute; the list of conferences does not show it.
    pub website_url: Field<Option<String>>,
}

/// A conference in the list of members.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConferenceMember {
    /// The division.
    pub division: Option<Division>,
    /// The conference's site, absolute.
    pub website_url: Option<String>,
}

impl ConferenceRecord {
    /// Adds what the list of members shows. What it does not show, it does not deny.
    pub fn add(&mut self, member: ConferenceMember) {
        if let Some(division) = member.division {
            self.division = Field::Value(Some(division));
        }
        if let Some(url) = member.website_url {
            self.website_url = Field::Value(Some(url));
        }
    }
}

/// A row of the list of members: a school.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRecord {
    /// The organisation's id.
    pub ncaa_id: i32,
    /// The official name.
    pub name: String,
    /// The primary division.
    pub division: Field<Option<Division>>,
    /// The football subdivision; null where there is none.
    pub subdivision: Field<Option<Subdivision>>,
    /// The id of the primary conference. It may name one that is not in the list of conferences.
    pub conference_id: Field<Option<i32>>,
    /// State, province or territory.
    pub state: Field<Option<String>>,
    /// Private, not public.
    pub is_private: Field<Option<bool>>,
    /// Historically Black.
    pub is_historically_black: Field<Option<bool>>,
    /// Whether it is a member now.
    pub is_active: Field<Option<bool>>,
    /// The school's site, absolute.
    pub website_url: Field<Option<String>>,
    /// The athletics site, absolute.
    pub athletics_url: Field<Option<String>>,
    /// The nickname. The list has shown only null so far, which says nothing: it is absent then.
    pub nickname: Field<Option<String>>,
}

/// A school's detail page. It shows a field or does not: nothing here is ever null.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DetailRecord {
    /// The school's site, absolute.
    pub website_url: Option<String>,
    /// The athletics site, absolute.
    pub athletics_url: Option<String>,
    /// Where the school is, if the page gives street and city.
    pub address: Option<Found<Address>>,
    /// Profiles by platform, absolute.
    pub social_links: SocialLinks,
    /// The sports that the school sponsors.
    pub sports: Vec<Found<SponsoredSport>>,
}

impl DetailRecord {
    /// The page showed nothing that is known.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A postal address with a street and a city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// What makes two spellings the same place: street, city, state, postal code and country in lower case, without
    /// punctuation, with folded white space, divided by `|`; of a US postal code the first five digits.
    pub key: String,
    /// Street and number, or the post-office box.
    pub street: String,
    /// The city.
    pub city: String,
    /// State, province or territory, as its postal abbreviation.
    pub state: Option<String>,
    /// The postal code.
    pub zip_code: Option<String>,
    /// ISO 3166-1 alpha-2. Puerto Rico is `US`, with the state `PR`, as its addresses are written.
    pub country: &'static str,
}

/// A row of the table of sponsored sports; the rows of co-head coaches are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SponsoredSport {
    /// The label, as in the list of sports.
    pub label: String,
    /// The division in this sport.
    pub division: Field<Option<Division>>,
    /// The football subdivision; the page shows it in the place of the division.
    pub subdivision: Field<Option<Subdivision>>,
    /// The id of the conference in this sport; null where the page leaves it empty.
    pub conference_id: Field<Option<i32>>,
    /// Its head coaches in the order of the page.
    pub head_coaches: Vec<String>,
}
