//! What Niche says, in its own terms.

/// A college in the list of best colleges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedRecord {
    /// Its place on the site, `/colleges/{slug}/`.
    pub slug: String,
    /// The name; the list may leave it out.
    pub name: Option<String>,
    /// The position in the whole list, from 1.
    pub rank: i32,
}

/// A college's profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileRecord {
    /// Its place on the site, `/colleges/{slug}/`.
    pub slug: String,
    /// The name.
    pub name: String,
    /// The college's own site, absolute.
    pub website: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The state, as the site writes it.
    pub state: Option<String>,
    /// The position in the list of best colleges, where the profile says it: files do, pages do not.
    pub rank: Option<i32>,
    /// The grades, each category once.
    pub grades: Vec<Grade>,
}

/// One of a profile's grades.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grade {
    /// Such as `Campus Food`.
    pub category: &'static str,
    /// `A+` to `F`.
    pub grade: &'static str,
}
