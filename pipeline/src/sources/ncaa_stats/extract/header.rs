//! Which team a page is about: the card at its top.

use std::sync::LazyLock;

use scraper::Selector;

use super::super::records::{Asked, TeamHeader};
use super::id_after;
use crate::Result;
use crate::fetch::Response;
use crate::sources::html::{Page, attribute, selector, text_of};
use crate::sources::text::web_address;

static LOGO: LazyLock<Selector> = LazyLock::new(|| selector(".card-header img.logo_image[alt]"));
static NAME: LazyLock<Selector> = LazyLock::new(|| selector(".card-header a[target=ATHLETICS_URL]"));
static HISTORY: LazyLock<Selector> = LazyLock::new(|| selector("a[href*=\"/teams/history/\"]"));
static SEASON: LazyLock<Selector> = LazyLock::new(|| selector("select#year_list option[selected]"));

/// The team of a page. What the page does not say holds as it was asked for, or as its address tells.
///
/// # Errors
/// Organisation, sport or season are known from neither, or the page is of another sport or season than was asked for: exit 65.
pub(super) fn team(page: &Page, response: &Response, asked: &Asked) -> Result<TeamHeader> {
    let history = page.first(&HISTORY).and_then(|link| history(link.value().attr("href")?));
    let season = page.first(&SEASON);
    let path = path_of(&response.url);
    // `/team/{org}/roster/{ctl}` is the older layout, whose years are no season teams.
    let old = id_after(path, "/team/");
    let organisation_id = history.as_ref().map(|(_, organisation)| *organisation).or(old);
    let organisation_id =
        organisation_id.ok_or_else(|| page.lacks("`a[href^=\"/teams/history/\"]` finds no organisation"))?;
    let shown_sport = history.map(|(sport, _)| sport);
    let shown_season = season.and_then(|option| season_of(&text_of(option)));
    if let (Some(shown), Some(asked)) = (&shown_sport, &asked.sport_code)
        && shown != asked
    {
        return Err(page.lacks(format_args!("it is of sport {shown}, where {asked} was asked for")));
    }
    if let (Some(shown), Some(asked)) = (shown_season, asked.season)
        && shown != asked
    {
        return Err(page.lacks(format_args!("it is of season {shown}, where {asked} was asked for")));
    }
    let sport_code = shown_sport.or_else(|| asked.sport_code.clone());
    let sport_code = sport_code.ok_or_else(|| page.lacks("`a[href^=\"/teams/history/\"]` finds no sport"))?;
    let season_year = shown_season.or(asked.season);
    let season_year = season_year.ok_or_else(|| page.lacks("`select#year_list option[selected]` finds no season"))?;
    let selected = || season?.value().attr("value")?.parse().ok();
    let name = page.first(&NAME);
    Ok(TeamHeader {
        team_id: if old.is_some() { None } else { id_after(path, "/teams/").or_else(selected) },
        organisation_id,
        sport_code,
        season: season_year,
        school_name: page.first(&LOGO).and_then(|logo| attribute(logo, "alt")),
        team_name: name.map(text_of).filter(|name| !name.is_empty()),
        athletics_url: name.and_then(|link| web_address(link.value().attr("href")?)),
        place: page.tag_with("/teams/history/"),
    })
}

/// The path of an address.
pub(super) fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = rest.find('/').map_or("", |at| &rest[at..]);
    path.split(['?', '#']).next().unwrap_or_default()
}

/// `/teams/history/MBA/26172`: sport and organisation.
fn history(href: &str) -> Option<(String, i32)> {
    let mut parts = href.split_once("/teams/history/")?.1.split(['/', '?']);
    let (sport, organisation) = (parts.next()?, parts.next()?.parse().ok()?);
    (!sport.is_empty()).then(|| (sport.to_owned(), organisation))
}

/// `2025-26` is 2026, `1999-00` is 2000.
pub(super) fn season_of(text: &str) -> Option<i32> {
    let (first, last) = text.trim().split_once('-')?;
    let (year, ending): (i32, i32) = (first.parse().ok()?, last.parse().ok()?);
    (first.len() == 4 && last.len() == 2 && (year + 1) % 100 == ending).then_some(year + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seasons_end_in_the_year_after() {
        let cases = [
            ("2025-26", Some(2026)),
            ("1999-00", Some(2000)),
            (" 2009-10 ", Some(2010)),
            ("2025-27", None),
            ("2025", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(season_of(text), expected, "{text:?}");
        }
    }
}
