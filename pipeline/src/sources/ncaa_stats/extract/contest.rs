//! `/contests/{id}/individual_stats`: what the players of both teams did in a game.

use std::sync::LazyLock;

use chrono::NaiveDate;
use scraper::{ElementRef, Selector};

use super::super::records::ContestPage;
use super::grid::{Context, read};
use super::{header, id_after};
use crate::Result;
use crate::fetch::Response;
use crate::sources::found::Extracted;
use crate::sources::html::{Page, selector, text_of};

static TABLES: LazyLock<Selector> = LazyLock::new(|| selector("table[id^=\"competitor_\"]"));
static CARD: LazyLock<Selector> = LazyLock::new(|| selector(".card-header"));
static TEAM: LazyLock<Selector> = LazyLock::new(|| selector("a[href*=\"/teams/\"]"));
static LOGO: LazyLock<Selector> = LazyLock::new(|| selector("img[src*=\"/All_Logos/\"]"));
static NOTES: LazyLock<Selector> = LazyLock::new(|| selector("td.grey_text"));
static CONTESTS: LazyLock<Selector> = LazyLock::new(|| selector("a[href*=\"/contests/\"]"));

/// The statistics of a game, each table under the header that names its team and category. The organisation is that of the
/// team's logo, the only place that tells it.
///
/// # Errors
/// The tables, a table's header or its name column are missing, or it is not known which game it is: exit 65.
pub fn contest(response: &Response) -> Result<ContestPage> {
    let page = Page::parse(response)?;
    let linked = || page.all(&CONTESTS).find_map(|link| id_after(link.value().attr("href")?, "/contests/"));
    let contest_id = id_after(header::path_of(&response.url), "/contests/").or_else(linked);
    let contest_id =
        contest_id.ok_or_else(|| page.lacks("neither its address nor `a[href^=\"/contests/\"]` names the game"))?;
    let played_on = page.all(&NOTES).find_map(|note| date(&text_of(note)));
    let mut stats = Extracted::default();
    let mut tables = 0;
    for element in page.all(&TABLES) {
        tables += 1;
        let card = card_of(element).ok_or_else(|| page.lacks("a table of statistics has no `.card-header`"))?;
        let link = card.select(&TEAM).next();
        let link = link.ok_or_else(|| page.lacks("a `.card-header` above statistics has no `a[href^=\"/teams/\"]`"))?;
        let logo = card.select(&LOGO).next().and_then(|logo| organisation_of(logo.value().attr("src")?));
        let organisation_id = logo
            .ok_or_else(|| page.lacks("a `.card-header` above statistics has no logo `img[src*=\"/All_Logos/\"]`"))?;
        // The category stands beside the name; elsewhere in the card are buttons.
        let heading = link.parent().and_then(ElementRef::wrap).map(text_of).unwrap_or_default();
        let team = text_of(link);
        let category = heading.strip_prefix(team.as_str()).map(str::trim).filter(|category| !category.is_empty());
        let context = Context {
            team_id: link.value().attr("href").and_then(|href| id_after(href, "/teams/")),
            organisation_id,
            team_name: Some(&team),
            category,
        };
        if !read(&page.table(element), &context, &mut stats) {
            let found = page.headers(element).join(", ");
            return Err(
                page.lacks(format_args!("a table of statistics has no column `Name` or `Player`, only: {found}"))
            );
        }
    }
    if tables == 0 {
        return Err(page.lacks("`table[id^=\"competitor_\"]` finds nothing"));
    }
    Ok(ContestPage { contest_id, played_on, stats })
}

/// The header of the card that a table stands in.
fn card_of(table: ElementRef<'_>) -> Option<ElementRef<'_>> {
    table.ancestors().filter_map(ElementRef::wrap).find_map(|around| around.select(&CARD).next())
}

/// `…/All_Logos/sm//721.gif`: 721.
fn organisation_of(logo: &str) -> Option<i32> {
    let file = logo.rsplit('/').next()?;
    file.split_once('.')?.0.parse().ok()
}

/// `02/14/2026`, also with a time or with the number of the day's game behind it.
pub(super) fn date(text: &str) -> Option<NaiveDate> {
    let day = text.trim().get(..10)?;
    let rest = &text.trim()[10..];
    let date = NaiveDate::parse_from_str(day, "%m/%d/%Y").ok()?;
    (rest.is_empty() || rest.starts_with([' ', '('])).then_some(date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_with_what_stands_behind_them() {
        let day = NaiveDate::from_ymd_opt(2026, 2, 14);
        let cases = [
            ("02/14/2026", day),
            ("02/14/2026(1)", day),
            (" 02/14/2026 03:00 PM ", day),
            ("02/30/2026", None),
            ("02/14/20261", None),
            ("Attendance: 1,213", None),
            ("École Pointe", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(date(text), expected, "{text:?}");
        }
    }
}
