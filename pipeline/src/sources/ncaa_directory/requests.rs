//! What is asked of the directory.

use std::time::Duration;

use super::SOURCE;
use crate::fetch::Request;

/// All members, whatever they sponsor: what the site's advanced search asks for. Without `type` the site answers 200 with
/// an empty body.
const ALL_MEMBERS: u8 = 12;

/// The conferences as members, with site and division.
const CONFERENCES: u8 = 3;

/// A list costs one request, and tells what is new: it is asked for anew by each run.
const ALWAYS: Duration = Duration::ZERO;

pub(super) fn sports() -> Request {
    Request::get(SOURCE.name, "/directory/api/common/sportList").lifetime(ALWAYS)
}

pub(super) fn conferences() -> Request {
    Request::get(SOURCE.name, "/directory/api/common/conferenceList").lifetime(ALWAYS)
}

pub(super) fn members() -> Request {
    Request::get(SOURCE.name, "/directory/api/directory/memberList").query("type", ALL_MEMBERS).lifetime(ALWAYS)
}

pub(super) fn conference_members() -> Request {
    Request::get(SOURCE.name, "/directory/api/directory/memberList").query("type", CONFERENCES).lifetime(ALWAYS)
}

/// The members that sponsor a sport; division and conference are those of that sport.
pub(super) fn members_of(sport: &str) -> Request {
    members().query("sportCode", sport)
}

pub(super) fn detail(id: i32) -> Request {
    Request::get(SOURCE.name, "/directory/orgDetail").query("id", id)
}
