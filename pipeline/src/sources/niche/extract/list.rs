//! The list of best colleges.

use serde_json::{Value, json};

use super::super::records::ListedRecord;
use super::super::requests::A_PAGE;
use super::json_ld::{Thing, blocks, many};
use super::profile::slug_of;
use crate::Result;
use crate::fetch::Response;
use crate::sources::found::{Extracted, Fault, Found, Reason, Refused, layout_changed};
use crate::sources::text;

/// The colleges of a page of the list; the first page is 1. A page beyond the last one has none.
///
/// The rank is the position in the whole list. Whether the site counts on from page to page or begins each page anew is not known;
/// a position that is less than the page's first can only be within the page.
///
/// # Errors
/// A page without the list, a first page without colleges, or one of which none can be read: exit 65.
pub fn list(response: &Response, page: u32) -> Result<Extracted<ListedRecord>> {
    let blocks = blocks(response);
    let listed = blocks.things("CollectionPage").flat_map(|(place, thing)| {
        many(thing.get("mainEntity")).iter().filter_map(Value::as_object).map(move |list| (place, list))
    });
    // Some pages give the list by itself.
    let lists: Vec<_> = listed.chain(blocks.things("ItemList")).collect();
    let with_items = |list: &Thing| list.contains_key("itemListElement");
    let Some((place, list)) = lists.into_iter().find(|(_, list)| with_items(list)) else {
        let why = format!("there is no list of colleges: {}", blocks.summary());
        return Err(layout_changed(response, why));
    };
    let before = i64::from(page.saturating_sub(1)) * i64::from(A_PAGE);
    let mut extracted = Extracted::default();
    for _ in &blocks.broken {
        extracted.pass_over("broken-json-ld");
    }
    let items = many(list.get("itemListElement"));
    for (index, item) in items.iter().enumerate() {
        match listed_college(item, index as i64, before) {
            Ok(record) => extracted.records.push(Found { record, place: place.clone() }),
            Err(Fault { reason, message }) => {
                let key = item.get("position").map(|position| json!({ "position": position, "page": page }));
                let place = place.clone();
                extracted.refused.push(Refused { table: "public.niche_profile", key, reason, message, place });
            }
        }
    }
    if extracted.records.is_empty() && (page <= 1 || !items.is_empty()) {
        let first = extracted.refused.first().map_or("it is empty", |refused| &refused.message);
        return Err(layout_changed(response, format_args!("none of the list's colleges can be read: {first}")));
    }
    Ok(extracted)
}

fn listed_college(item: &Value, index: i64, before: i64) -> Result<ListedRecord, Fault> {
    let thing = item.as_object();
    let inner = thing.and_then(|thing| thing.get("item"));
    let text = |name: &str| {
        let of = |value: Option<&Value>| value.and_then(|value| value.get(name)?.as_str().map(text::folded));
        of(Some(item)).or_else(|| of(inner)).filter(|text| !text.is_empty())
    };
    // `item` may be the address itself; things are named by `@id` where they have no `url`.
    let address = text("url").or_else(|| text("@id")).or_else(|| inner.and_then(Value::as_str).map(text::folded));
    let address = address.ok_or_else(|| Fault::new(Reason::Missing, "the college has no `url`"))?;
    let slug = slug_of(&address).ok_or_else(|| {
        Fault::new(Reason::UnknownValue, format!("`url` is {address:?}, which is no college's profile"))
    })?;
    let position = match thing.and_then(|thing| thing.get("position")) {
        None | Some(Value::Null) => before + index + 1,
        Some(value) => {
            let number = value.as_i64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()));
            let number = number
                .filter(|number| *number >= 1)
                .ok_or_else(|| Fault::new(Reason::WrongType, format!("`position` is {value}, not a number from 1")))?;
            if number <= before { before + number } else { number }
        }
    };
    let rank = i32::try_from(position)
        .map_err(|_| Fault::new(Reason::WrongType, format!("`position` is {position}, which is too large")))?;
    Ok(ListedRecord { slug, name: text("name"), rank })
}
