//! What the site says, in its own terms. All of it is *reported*: no page has been captured.

use std::sync::Arc;

use chrono::NaiveDate;
use models::{Division, Subdivision};
use rust_decimal::Decimal;

use super::SportPath;
use crate::sources::found::Extracted;

/// Whose statistics a category holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Players'.
    Individual,
    /// Teams'.
    Team,
}

impl Kind {
    /// As addresses name it.
    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::Team => "team",
        }
    }
}

/// A category of statistics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// *Reported.* Its id in addresses.
    pub id: u32,
    /// *Reported.* Its name, such as `Points Per Game`.
    pub name: String,
}

/// The categories of a sport and division.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Categories {
    /// *Reported.* Those of players.
    pub individual: Vec<Category>,
    /// *Reported.* Those of teams.
    pub team: Vec<Category>,
}

/// A page of a category.
#[derive(Debug, Clone, PartialEq)]
pub struct StatPage {
    /// *Reported*, as the next four: from the address.
    pub sport: SportPath,
    /// The division.
    pub division: Division,
    /// Football's subdivision.
    pub subdivision: Option<Subdivision>,
    /// Whose statistics these are.
    pub kind: Kind,
    /// The category's id.
    pub category_id: u32,
    /// *Reported.* The category's name.
    pub title: Option<String>,
    /// *Reported.* The day of the last update.
    pub updated: Option<NaiveDate>,
    /// *Reported.* Which page this is, counted from 1.
    pub page: u32,
    /// *Reported.* How many pages the category has.
    pub pages: u32,
    /// *Reported.* All categories, for the next requests.
    pub categories: Categories,
    /// A record for each row and column.
    pub stats: Extracted<LeaderRecord>,
}

/// The player or team of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// *Reported.* The rank; of those that share one, the first row's.
    pub rank: Option<u32>,
    /// *Reported.* The player's name as people write it, and made comparable; none of a team.
    pub name: Option<(String, String)>,
    /// *Reported.* The school's name as this site writes it.
    pub team: String,
    /// *Reported.* The school's slug, of the link or the logo.
    pub team_slug: Option<String>,
    /// *Reported.* `Fr.`, `So.`, `Jr.`, `Sr.`, `Gr.`
    pub class_year: Option<&'static str>,
    /// *Reported.* The position in upper case; empty where none is given.
    pub position: String,
}

/// One statistic: a row, a column, a figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaderRecord {
    /// Whose it is.
    pub subject: Arc<Subject>,
    /// *Reported.* The column after the category: `Points Per Game/PPG`.
    pub category: Arc<str>,
    /// *Reported.* The number that it means, if it means one.
    pub value: Option<Decimal>,
    /// *Reported.* As the page writes it.
    pub raw: String,
}

/// A school of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchoolRecord {
    /// *Reported.* What addresses call it.
    pub slug: String,
    /// *Reported.* The name as statistics write it.
    pub name: String,
    /// *Reported.* The long name.
    pub long_name: Option<String>,
}
