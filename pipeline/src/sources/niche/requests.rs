//! What is asked of Niche.

use super::NAME;
use crate::fetch::Request;

/// How many colleges a page of the list has.
pub const A_PAGE: u32 = 25;

/// A page of the list of best colleges; the first is 1.
pub fn list(page: u32) -> Request {
    Request::get(NAME, "/colleges/search/best-colleges/").query("page", page)
}

/// A college's profile.
pub fn profile(slug: &str) -> Request {
    Request::get(NAME, format!("/colleges/{slug}/"))
}
