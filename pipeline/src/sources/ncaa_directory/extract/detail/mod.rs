//! A school's detail page: `/directory/orgDetail?id=`.
//!
//! No whole page has been captured; the selectors are those that several published scrapers agree on. So every field fails
//! soft: what is not where it is looked for is absent, and nothing else suffers.

mod address;
mod links;
mod sponsored;

use std::sync::Arc;

use bytes::Bytes;
use scraper::{ElementRef, Html, Selector};

use super::super::records::{Address, DetailRecord, SponsoredSport};
use crate::fetch::Response;
use crate::sources::found::{Found, Place};
use crate::sources::html::bounds;
use crate::sources::text;

/// What a detail page shows. Of a page that no real page resembles (too long, or nested too deeply to parse in reasonable
/// time) nothing is known, and a warning says so. Parsing takes its time: in an async task, do it where blocking is fine.
pub fn detail(response: &Response) -> DetailRecord {
    if let Some(reason) = bounds::unreal(&response.body) {
        tracing::warn!(url = response.url, %reason, "the detail page is not read");
        return DetailRecord::default();
    }
    let page = String::from_utf8_lossy(&response.body);
    let html = Html::parse_document(&page);
    let links = links::links(&html);
    DetailRecord {
        website_url: links.institution,
        athletics_url: links.athletics,
        address: address::address(&html)
            .map(|record| Found { record, place: fragment(response, "<address", "</address>", "") }),
        social_links: links.social,
        sports: {
            let place = fragment(response, "<table", "</table>", sponsored::HEADING);
            let found = |record| Found { record, place: place.clone() };
            sponsored::sponsored_sports(&html).into_iter().map(found).collect()
        },
    }
}

/// The address of a fragment that [`detail`] found one in, or of a whole page.
pub fn address_of(raw: &[u8]) -> Option<Address> {
    address::address(&within(raw, "<div class=\"col-sm-8 col-md-8\">"))
}

/// The sports of a fragment that [`detail`] found them in, or of a whole page.
pub fn sponsored_of(raw: &[u8]) -> Vec<SponsoredSport> {
    let opening = format!("<div><div class=\"panel-heading\">{}</div>", sponsored::HEADING);
    sponsored::sponsored_sports(&within(raw, &opening))
}

/// A fragment in the surroundings that selectors look for.
fn within(raw: &[u8], opening: &str) -> Html {
    Html::parse_document(&format!("{opening}{}</div>", String::from_utf8_lossy(raw)))
}

/// The raw form of an element: the first one after a text. The bytes are copied, so that a few of them do not keep the whole
/// page in memory. Where it is not found as written, the whole page is the raw form.
fn fragment(response: &Response, opening: &str, closing: &str, after: &str) -> Place {
    let body = &response.body;
    let from = find(body, after, 0).unwrap_or_default();
    let range = find(body, opening, from)
        .and_then(|start| find(body, closing, start).map(|end| start..end + closing.len()))
        .unwrap_or(0..body.len());
    Place {
        url: response.url.as_str().into(),
        media_type: response.media_type.as_deref().map(Arc::from),
        offset: range.start,
        raw: Bytes::copy_from_slice(&body[range]),
    }
}

/// The position of a text at or after `from`, without regard to ASCII case.
fn find(body: &[u8], text: &str, from: usize) -> Option<usize> {
    if text.is_empty() {
        return Some(from);
    }
    let found = body[from..].windows(text.len()).position(|window| window.eq_ignore_ascii_case(text.as_bytes()))?;
    Some(from + found)
}

/// A selector that is written in this source.
fn selector(text: &'static str) -> Selector {
    Selector::parse(text).expect("selectors in the source are valid")
}

/// The text of an element, folded.
fn text_of(element: ElementRef) -> String {
    text::folded(&element.text().collect::<Vec<_>>().join(" "))
}
