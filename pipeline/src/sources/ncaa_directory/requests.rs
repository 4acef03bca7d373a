//! What is asked of the directory.

use super::SOURCE;
use crate::fetch::Request;

/// All members, whatever they sponsor: what the site's advanced search asks for. Without `type` the site answers 200 with
/// an empty body.
const ALL_MEMBERS: u8 = 12;

/// The conferences as members, with site and division.
const CONFERENCES: u8 = 3;

pub(super) fn sports() -> Request {
    Request::get(SOURCE.name, "/directory/api/common/sportList")
}

pub(super) fn conferences() -> Request {
    Request::get(SOURCE.name, "/directory/api/common/conferenceList")
}

pub(super) fn members() -> Request {
    Request::get(SOURCE.name, "/directory/api/directory/memberList").query("type", ALL_MEMBERS)
}

pub(super) fn conference_members() -> Request {
    Request::get(SOURCE.name, "/directory/api/directory/memberList").query("type", CONFERENCES)
}

pub(super) fn detail(id: i32) -> Request {
    Request::get(SOURCE.name, "/directory/orgDetail").query("id", id)
}
