//! Which school a name means. Sources write `A&M-Corpus Christi`, `TEXAS A & M UNIVERSITY-CORPUS CHRISTI`, `texas-am`; the
//! directory's id is what they have in common.
//!
//! A [`Matcher`] is made once over all known schools and asked for one name at a time. It is deterministic and never guesses: a
//! name that more than one school goes by stays unresolved, with its candidates. `docs/school-identity.md` says what each rule
//! takes, and how often it is right on recorded data.

mod aliases;
pub mod athletes;
mod host;
mod matcher;
mod name;
mod rows;
mod similar;
mod words;

pub use aliases::{Aliases, WELL_KNOWN, WellKnown, well_known};
pub use matcher::Matcher;
pub use name::normalized;
pub use rows::{alias_key, alias_row, replayed_alias, unresolved};

use models::Source;

/// A school that names are matched against.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KnownSchool {
    /// The NCAA's organisation id.
    pub ncaa_id: i32,
    /// The official name, as in the directory.
    pub name: String,
    /// State or province, by its name or postal abbreviation.
    pub state: Option<String>,
    /// The city, where it is known.
    pub city: Option<String>,
    /// The school's own sites, not those of its athletics.
    pub websites: Vec<String>,
    /// Other names and ids: rows of `school_alias`. Those of a source are found for that source only, `manual` ones for all. Give
    /// those that are certain: a row that a rule made would be found by itself again, also when the rule finds more schools by now.
    pub aliases: Vec<KnownAlias>,
}

/// Another name or id of a school, as a source writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAlias {
    /// Whose name or id it is.
    pub source: Source,
    /// As the source writes it.
    pub alias: String,
}

/// What a source says of a school.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query<'a> {
    /// The NCAA's id, if the source gives it.
    pub ncaa_id: Option<i32>,
    /// The source; with [`Query::key`] it finds aliases that only this source uses.
    pub source: Option<Source>,
    /// The source's own id: a slug, an IPEDS number.
    pub key: Option<&'a str>,
    /// The name as the source writes it.
    pub name: &'a str,
    /// The state, by its name or postal abbreviation.
    pub state: Option<&'a str>,
    /// The city.
    pub city: Option<&'a str>,
    /// The school's own site.
    pub website: Option<&'a str>,
}

impl<'a> Query<'a> {
    /// A name and nothing else.
    pub fn named(name: &'a str) -> Self {
        Self { name, ..Self::default() }
    }
}

/// What a matcher says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It is this school.
    Resolved(Match),
    /// It may be each of these, the likeliest first, and nothing tells which. One candidate alone is a school whose name the
    /// directory itself qualifies by its state, where no state was given.
    Ambiguous(Vec<Candidate>),
    /// None that is known; these have similar names, the most similar first.
    Unknown(Vec<Candidate>),
}

/// A school that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// The NCAA's organisation id.
    pub school: i32,
    /// What it was found by.
    pub rule: Rule,
    /// How certain the rule is, in percent.
    pub score: u8,
}

/// A school that may be meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The NCAA's organisation id.
    pub school: i32,
    /// Its official name.
    pub name: String,
    /// What speaks for it.
    pub rule: Rule,
    /// How much, in percent.
    pub score: u8,
}

impl Resolution {
    /// The school, if it is resolved.
    pub fn school(&self) -> Option<i32> {
        match self {
            Self::Resolved(found) => Some(found.school),
            Self::Ambiguous(_) | Self::Unknown(_) => None,
        }
    }

    /// The candidates, if it is not resolved.
    pub fn candidates(&self) -> &[Candidate] {
        match self {
            Self::Resolved(_) => &[],
            Self::Ambiguous(candidates) | Self::Unknown(candidates) => candidates,
        }
    }
}

/// What a school is found by, the most certain first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The NCAA's id.
    Id,
    /// The source's own alias or id, known from before. It is a row already: see [`alias_row`].
    OwnAlias,
    /// A name that a person or the list of well-known names gives, to the letter.
    Alias,
    /// The host of the school's site, which no other school has.
    Website,
    /// The whole name, short forms written out, which no other school has.
    Name,
    /// The whole name, and the state where the directory needs it to tell schools apart.
    NameAndState,
    /// The whole name with the city: one of the two says `-Fayetteville`, the other is in Fayetteville.
    NameAndCity,
    /// A college that competes as part of this school, a joint member, and is a school of its own otherwise: `Pitzer College`.
    Part,
    /// The name without `University`, `College` and the like, and the state.
    ShortNameAndState,
    /// A state's name alone, for its `University of …`.
    StateUniversity,
    /// The name without `University`, `College` and the like, which no other school has.
    ShortName,
    /// Words in common. This never resolves a name.
    Similar,
}

impl Rule {
    /// Its name in `school_alias` and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::OwnAlias => "own-alias",
            Self::Alias => "alias",
            Self::Website => "website",
            Self::Name => "name",
            Self::NameAndState => "name-and-state",
            Self::NameAndCity => "name-and-city",
            Self::Part => "part",
            Self::ShortNameAndState => "short-name-and-state",
            Self::StateUniversity => "state-university",
            Self::ShortName => "short-name",
            Self::Similar => "similar",
        }
    }

    /// How certain it is, in percent: an order among rules, not a measured frequency. Of [`Rule::Similar`], the most it can be.
    pub fn score(self) -> u8 {
        match self {
            Self::Id => 100,
            Self::OwnAlias | Self::Alias => 99,
            Self::Website => 98,
            Self::Name => 97,
            Self::NameAndState => 96,
            Self::NameAndCity => 95,
            Self::Part => 94,
            Self::ShortNameAndState => 93,
            Self::StateUniversity => 92,
            Self::ShortName => 90,
            Self::Similar => 80,
        }
    }
}
