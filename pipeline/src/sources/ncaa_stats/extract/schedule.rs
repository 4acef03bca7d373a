//! `/teams/{id}`: a team's games.

use std::sync::LazyLock;

use scraper::{ElementRef, Selector};

use super::super::records::ScheduledContest;
use super::contest::date;
use super::{EMPTY, id_after};
use crate::Result;
use crate::fetch::Response;
use crate::sources::found::{Extracted, Found, Reason, Refused};
use crate::sources::html::{Page, selector, text_of};

static TABLES: LazyLock<Selector> = LazyLock::new(|| selector("table:has(th)"));
static LINKS: LazyLock<Selector> = LazyLock::new(|| selector("a[href]"));

/// The games of the table with the columns `Date`, `Opponent` and `Result`, also those to come. What is no game (exhibitions
/// without a date, notes) is refused.
///
/// # Errors
/// There is no such table: exit 65.
pub fn schedule(response: &Response) -> Result<Extracted<ScheduledContest>> {
    let page = Page::parse(response)?;
    let columns = |element| {
        let headers = page.headers(element);
        let at = |name| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
        Some((at("Date")?, at("Opponent")?, at("Result")?))
    };
    let found = page.all(&TABLES).find_map(|element| Some((element, columns(element)?)));
    let (element, (day, opponent, result)) =
        found.ok_or_else(|| page.lacks("no table has the columns `Date`, `Opponent` and `Result`"))?;
    let mut games = Extracted::default();
    for row in page.table(element).rows {
        let text = |at: usize| row.cells.get(at).copied().map(text_of).unwrap_or_default();
        if row.cells.iter().all(|cell| text_of(*cell).is_empty()) {
            games.pass_over(EMPTY);
            continue;
        }
        let linked = |at: usize, prefix: &str| row.cells.get(at).and_then(|cell| link_to(*cell, prefix));
        let Some(played_on) = date(&text(day)) else {
            games.refused.push(Refused {
                table: "public.player_stat",
                key: None,
                reason: Reason::WrongType,
                message: format!("`Date` is {:?}, which is no day", text(day)),
                place: row.place,
            });
            continue;
        };
        let record = ScheduledContest {
            contest_id: linked(result, "/contests/"),
            played_on,
            opponent_team_id: linked(opponent, "/teams/"),
            opponent: row.cells.get(opponent).map(|cell| name_of(*cell)).unwrap_or_default(),
            result: Some(text(result)).filter(|result| !result.is_empty()),
        };
        games.records.push(Found { record, place: row.place });
    }
    Ok(games)
}

fn link_to(cell: ElementRef, prefix: &str) -> Option<i32> {
    cell.select(&LINKS).find_map(|link| id_after(link.value().attr("href")?, prefix))
}

/// The opponent's name, without the mark of games away and without its seed in a tournament (`#2`).
fn name_of(cell: ElementRef) -> String {
    let linked = cell.select(&LINKS).map(text_of).find(|name| !name.is_empty());
    let name = linked.unwrap_or_else(|| text_of(cell));
    let name = name.trim_start_matches(['@', ' ']);
    let seed = name.strip_prefix('#').map(|seed| seed.trim_start_matches(|c: char| c.is_ascii_digit()));
    seed.unwrap_or(name).trim_start().to_owned()
}
