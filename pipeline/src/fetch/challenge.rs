//! Recognises the pages that bot protection sends in place of an answer, often as HTTP 200.

use super::Response;

/// What such pages contain, in lower case. Seen on stats.ncaa.org (Akamai).
const MARKERS: [&str; 4] = ["bm-verify", "akamai_validation", "request_quota_reached", "/_sec/verify"];

/// The plain refusal of the same protection. Ordinary words: they count only on a page too short to be anything else.
const REFUSAL: &str = "access denied";
const REFUSAL_PAGE: usize = 8 << 10;

/// How far into a page the markers are looked for; challenge pages are a few kilobytes long.
const SEARCHED: usize = 64 << 10;

/// The marker that shows a body to be a challenge page. JSON and binary data are never one.
pub(super) fn marker(response: &Response) -> Option<&'static str> {
    let start = response.body.trim_ascii_start();
    let markup =
        start.starts_with(b"<") || response.media_type.as_deref().is_none_or(|media| media.starts_with("text/"));
    if !markup || matches!(start.first(), Some(b'[' | b'{')) {
        return None;
    }
    let page = String::from_utf8_lossy(&start[..start.len().min(SEARCHED)]).to_lowercase();
    let marker = MARKERS.into_iter().find(|marker| page.contains(marker));
    marker.or_else(|| (start.len() <= REFUSAL_PAGE && page.contains(REFUSAL)).then_some(REFUSAL))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::DateTime;

    use super::*;
    use crate::fetch::Origin;

    fn response(media_type: Option<&str>, body: &str) -> Response {
        Response {
            status: 200,
            headers: BTreeMap::new(),
            body: body.to_owned().into(),
            url: "http://host/".to_owned(),
            media_type: media_type.map(str::to_owned),
            fetched_at: DateTime::UNIX_EPOCH,
            origin: Origin::Live,
        }
    }

    #[test]
    fn challenge_pages_are_told_from_answers() {
        let long = format!("<p>{}</p><p>Access denied to the ball</p>", "x".repeat(REFUSAL_PAGE));
        let cases = [
            (Some("text/html"), "<meta content=\"5; URL='/teams/1?bm-verify=AAA'\">", Some("bm-verify")),
            (Some("text/html"), "<iframe src=\"/akamai_validation.html\">", Some("akamai_validation")),
            (Some("text/html"), "<iframe src=\"/request_quota_reached.html\">", Some("request_quota_reached")),
            (Some("text/html"), "<script>post('/_sec/verify?provider=x')", Some("/_sec/verify")),
            (Some("text/html"), "<TITLE>Access Denied</TITLE>", Some("access denied")),
            (None, "<TITLE>Access Denied</TITLE>", Some("access denied")),
            (Some("application/json"), "<TITLE>Access Denied</TITLE>", Some("access denied")),
            (Some("application/json"), r#"[{"nameOfficial":"Access Denied College"}]"#, None),
            (Some("text/html"), r#" [{"nameOfficial":"Access Denied College"}]"#, None),
            (Some("text/html"), long.as_str(), None),
            (Some("text/html"), "<title>Directory</title>", None),
            (Some("text/html"), "", None),
        ];
        for (media_type, body, expected) in cases {
            assert_eq!(marker(&response(media_type, body)), expected, "{body:.60}");
        }
    }
}
