//! What is asked of the site.

use models::{Division, Subdivision};

use super::NAME;
use super::records::Kind;
use super::sports::{SportPath, division_path};
use crate::fetch::Request;

/// The categories of a sport in a division. None of a division that the site does not know (a subdivision other than football's).
pub fn categories(sport: SportPath, division: &Division, subdivision: Option<&Subdivision>) -> Option<Request> {
    let division = division_path(division, subdivision)?;
    Some(Request::get(NAME, format!("/stats/{}/{division}", sport.path)))
}

/// A page of a category, counted from 1. None of a division that the site does not know.
pub fn stats(
    sport: SportPath,
    (division, subdivision): (&Division, Option<&Subdivision>),
    kind: Kind,
    category: u32,
    page: u32,
) -> Option<Request> {
    let division = division_path(division, subdivision)?;
    let first = format!("/stats/{}/{division}/current/{}/{category}", sport.path, kind.path());
    Some(Request::get(NAME, if page > 1 { format!("{first}/p{page}") } else { first }))
}

/// The schools by their slugs.
pub fn schools() -> Request {
    Request::get(NAME, "/json/schools")
}
