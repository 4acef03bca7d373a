//! The table of sponsored sports of a detail page.

use std::sync::LazyLock;

use models::{Division, Field, Subdivision};
use scraper::{ElementRef, Html, Selector};
use url::form_urlencoded;

use super::super::super::records::SponsoredSport;
use super::{selector, text_of};

/// What the heading above the table says; the season follows.
pub(super) const HEADING: &str = "Sponsored Sports";

static HEADINGS: LazyLock<Selector> = LazyLock::new(|| selector(".panel-heading"));
static TABLES: LazyLock<Selector> = LazyLock::new(|| selector("table"));
static ROWS: LazyLock<Selector> = LazyLock::new(|| selector("tr"));
static HEADERS: LazyLock<Selector> = LazyLock::new(|| selector("th"));
static CELLS: LazyLock<Selector> = LazyLock::new(|| selector("td"));
static ANCHORS: LazyLock<Selector> = LazyLock::new(|| selector("a[href]"));

/// The sports of the table, each once: a sport has a row for each of its co-head coaches.
pub(super) fn sponsored_sports(html: &Html) -> Vec<SponsoredSport> {
    let headings = html.select(&HEADINGS).filter(|heading| text_of(*heading).contains(HEADING));
    // The table is beside the heading, somewhere in the same panel.
    let mut panels = headings.filter_map(|heading| heading.parent().and_then(ElementRef::wrap));
    let Some(table) = panels.find_map(|panel| panel.select(&TABLES).next()) else {
        return Vec::new();
    };
    let headers: Vec<String> = table.select(&HEADERS).map(text_of).collect();
    let column = |name: &str, usual: usize| {
        let named = headers.iter().position(|header| header.eq_ignore_ascii_case(name));
        if headers.is_empty() { Some(usual) } else { named }
    };
    let (Some(sport), coach, division, conference) =
        (column("Sport", 0), column("Head Coach", 1), column("Division", 2), column("Conference", 3))
    else {
        return Vec::new();
    };
    let mut sports: Vec<SponsoredSport> = Vec::new();
    for row in table.select(&ROWS) {
        let cells: Vec<ElementRef> = row.select(&CELLS).collect();
        let cell = |column: Option<usize>| column.and_then(|at| cells.get(at)).copied();
        let text = |column| cell(column).map(text_of).unwrap_or_default();
        let label = text(Some(sport));
        if label.is_empty() {
            continue;
        }
        let at = sports.iter().position(|known| known.label == label).unwrap_or_else(|| {
            let (division, subdivision) = division_of(&text(division));
            let conference_id = cell(conference).map_or(Field::Absent, organisation);
            sports.push(SponsoredSport { label, division, subdivision, conference_id, head_coaches: vec![] });
            sports.len() - 1
        });
        let known = &mut sports[at];
        let coach = text(coach);
        if !coach.is_empty() && !known.head_coaches.contains(&coach) {
            known.head_coaches.push(coach);
        }
    }
    sports
}

/// The division column holds football's subdivision in the place of Division I.
fn division_of(text: &str) -> (Field<Option<Division>>, Field<Option<Subdivision>>) {
    let (division, subdivision) = match text {
        "I" => (Division::I, None),
        "II" => (Division::II, None),
        "III" => (Division::III, None),
        "FBS" => (Division::I, Some(Subdivision::Fbs)),
        "FCS" => (Division::I, Some(Subdivision::Fcs)),
        _ => return (Field::Absent, Field::Absent),
    };
    (Field::Value(Some(division)), Field::Value(subdivision))
}

/// The id of the organisation that a cell links to. An empty cell says that there is none, any other without a link nothing.
fn organisation(cell: ElementRef) -> Field<Option<i32>> {
    let link = cell.select(&ANCHORS).next().and_then(|anchor| anchor.value().attr("href"));
    let id = link.and_then(|href| {
        let query = href.split_once('?')?.1.split('#').next()?;
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "id")?.1.parse().ok()
    });
    match id {
        Some(id) => Field::Value(Some(id)),
        None if text_of(cell).is_empty() => Field::Value(None),
        None => Field::Absent,
    }
}
