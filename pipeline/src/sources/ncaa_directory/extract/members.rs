//! The list of members.

use models::{Field, Subdivision};

use super::super::records::MemberRecord;
use super::{Element, division, list, one, organisation};
use crate::Result;
use crate::fetch::Response;
use crate::sources::found::{Extracted, Fault};
use crate::sources::json::{Fields, unknown_value};
use crate::sources::text;

/// Why a stub is passed over.
pub(super) const STUB: &str = "stub-member";

/// Why a school beyond the limit is passed over.
pub(super) const BEYOND_LIMIT: &str = "beyond-limit";

/// The schools of a `memberList`, at most `limit` of them; those after that are counted, not read.
///
/// A member that shows itself to have no state, site, athletics site and conference (null, or 0 for independent) is a stub
/// that the NCAA keeps for its own use (30270, "EC University"): every real school has a state at the least. It is passed
/// over. A member that lacks one of these keys is none: what is not shown is not known.
///
/// # Errors
/// A body that is no such list: exit 65.
pub fn members(response: &Response, limit: Option<u64>) -> Result<Extracted<MemberRecord>> {
    let mut accepted = 0;
    list(response, "public.school", "orgId", |value| {
        if limit.is_some_and(|limit| accepted >= limit) {
            return Ok(Element::PassedOver(BEYOND_LIMIT));
        }
        let fields = Fields::new(value)?;
        if is_stub(&fields) {
            return Ok(Element::PassedOver(STUB));
        }
        let member = member(&fields)?;
        accepted += 1;
        Ok(Element::Record(member))
    })
}

/// One school of the list by itself.
///
/// # Errors
/// What is wrong with it.
pub fn member_of(raw: &[u8]) -> Result<MemberRecord, Fault> {
    one(raw, member)
}

fn is_stub(fields: &Fields) -> bool {
    let has_name = fields.raw("orgId").is_some() && fields.raw("nameOfficial").is_some();
    let no_text = |fields: &Fields, name: &str| matches!(fields.text(name), Ok(Field::Value(None)));
    let no_state = match fields.object("memberOrgAddress") {
        Ok(Some(address)) => no_text(&address, "state"),
        Ok(None) => fields.has("memberOrgAddress"),
        Err(_) => false,
    };
    has_name
        && no_state
        && no_text(fields, "webSiteUrl")
        && no_text(fields, "athleticWebUrl")
        && matches!(fields.integer("conferenceId"), Ok(Field::Value(None | Some(0))))
}

fn member(fields: &Fields) -> Result<MemberRecord, Fault> {
    Ok(MemberRecord {
        ncaa_id: organisation(fields, 1)?,
        name: fields.required_text("nameOfficial")?,
        division: division(fields)?,
        subdivision: subdivision(fields)?,
        conference_id: fields.integer("conferenceId")?,
        state: match fields.object("memberOrgAddress")? {
            Some(address) => address.text("state")?,
            None => Field::Absent,
        },
        is_private: fields.flag("privateFlag")?,
        is_historically_black: fields.flag("historicallyBlackFlag")?,
        is_active: match fields.flag("deactive")? {
            Field::Value(Some(deactive)) => Field::Value(Some(!deactive)),
            field => field,
        },
        website_url: address(fields, "webSiteUrl")?,
        athletics_url: address(fields, "athleticWebUrl")?,
        nickname: match fields.text("nickname")? {
            Field::Value(None) => Field::Absent,
            field => field,
        },
    })
}

fn subdivision(fields: &Fields) -> Result<Field<Option<Subdivision>>, Fault> {
    Ok(match fields.integer("subdivision")? {
        Field::Absent => Field::Absent,
        Field::Value(None | Some(0)) => Field::Value(None),
        Field::Value(Some(1)) => Field::Value(Some(Subdivision::Fbs)),
        Field::Value(Some(2)) => Field::Value(Some(Subdivision::Fcs)),
        Field::Value(Some(other)) => return Err(unknown_value("subdivision", other, "0, 1 or 2")),
    })
}

/// A web address. What is none ("N/A") says that there is none: no reason to refuse a school.
fn address(fields: &Fields, name: &str) -> Result<Field<Option<String>>, Fault> {
    Ok(match fields.text(name)? {
        Field::Absent => Field::Absent,
        Field::Value(text) => Field::Value(text.as_deref().and_then(text::web_address)),
    })
}
