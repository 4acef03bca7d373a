//! `/team/inst_team_list`: the teams of a sport, season and division.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use scraper::{ElementRef, Selector};

use super::super::records::{ListedTeam, TeamList};
use super::super::requests::ListDivision;
use super::id_after;
use crate::Result;
use crate::fetch::Response;
use crate::sources::found::{Extracted, Found, Place, Reason, Refused};
use crate::sources::html::{Page, attribute, selector, text_of};

static FORM: LazyLock<Selector> = LazyLock::new(|| selector("form[name=params_form] input[name]"));
static TABLES: LazyLock<Selector> = LazyLock::new(|| selector(".css-panes table"));
static LINKS: LazyLock<Selector> = LazyLock::new(|| selector("a[href*=\"/teams/\"], a[href*=\"/team/\"]"));

/// The teams of the list. A list without teams is no error, as long as its table is there.
///
/// # Errors
/// No such page: exit 65.
pub fn team_list(response: &Response) -> Result<TeamList> {
    let page = Page::parse(response)?;
    let asked: BTreeMap<String, String> =
        page.all(&FORM).filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?))).collect();
    let field = |name: &str| {
        asked
            .get(name)
            .ok_or_else(|| page.lacks(format_args!("`form[name=params_form] input[name={name}]` finds nothing")))
    };
    let number = |name: &str| {
        let value = field(name)?;
        value
            .parse::<i32>()
            .map_err(|_| page.lacks(format_args!("its field `{name}` is {value:?}, which is no number")))
    };
    let division = number("division")?;
    let division = u8::try_from(division)
        .ok()
        .and_then(ListDivision::from_code)
        .ok_or_else(|| page.lacks(format_args!("its field `division` is {division}, which is no division")))?;
    let mut tables = page.all(&TABLES).peekable();
    if tables.peek().is_none() {
        return Err(page.lacks("`.css-panes table` finds nothing"));
    }
    let mut teams = Extracted::default();
    // The tables are columns of one that stands around them, whose only rows hold them.
    for table in tables.filter(|table| table.select(&TABLES_WITHIN).next().is_none()) {
        for row in page.table(table).rows {
            for link in row.cells.iter().flat_map(|cell| cell.select(&LINKS)) {
                match listed(link) {
                    Some(record) => teams.records.push(Found { record, place: row.place.clone() }),
                    None => teams.refused.push(refused(link, &row.place)),
                }
            }
        }
    }
    Ok(TeamList { sport_code: field("sport_code")?.clone(), season: number("academic_year")?, division, teams })
}

static TABLES_WITHIN: LazyLock<Selector> = LazyLock::new(|| selector("table"));

fn listed(link: ElementRef) -> Option<ListedTeam> {
    let name = text_of(link);
    let team_id = id_after(link.value().attr("href")?, "/teams/")?;
    (!name.is_empty()).then_some(ListedTeam { team_id, name })
}

fn refused(link: ElementRef, place: &Place) -> Refused {
    let href = link.value().attr("href").unwrap_or_default();
    Refused {
        table: "public.team",
        key: None,
        reason: Reason::Missing,
        message: format!("the link {href:?} ({:?}) names no season team", text_of(link)),
        place: place.clone(),
    }
}
