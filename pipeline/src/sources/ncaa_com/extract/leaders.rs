//! `/stats/…`: the leaders of a category.

use std::sync::{Arc, LazyLock};

use scraper::{ElementRef, Selector};
use serde_json::json;

use super::super::records::{Categories, Category, Kind, LeaderRecord, StatPage, Subject};
use super::super::sports::{division_of, sport_of};
use super::EMPTY;
use super::day::day;
use crate::Result;
use crate::fetch::Response;
use crate::sources::figures;
use crate::sources::found::{Extracted, Fault, Found, Reason, Refused};
use crate::sources::html::{Page, Row, Table, selector, text_of};
use crate::sources::names::person;
use crate::sources::profile::{class_year, is_blank, position};

static TABLE: LazyLock<Selector> = LazyLock::new(|| selector("main table"));
static TITLE: LazyLock<Selector> = LazyLock::new(|| selector(".stats-header__lower__title"));
static HIDDEN: LazyLock<Selector> = LazyLock::new(|| selector(".hidden"));
static UPDATED: LazyLock<Selector> = LazyLock::new(|| selector(".stats-header__lower__desc"));
static PAGES: LazyLock<Selector> = LazyLock::new(|| selector("ul.stats-pager a[href]"));
static INDIVIDUAL: LazyLock<Selector> = LazyLock::new(|| selector("#select-container-individual option[value]"));
static TEAM: LazyLock<Selector> = LazyLock::new(|| selector("#select-container-team option[value]"));
static LINKS: LazyLock<Selector> = LazyLock::new(|| selector("a[href*=\"/schools/\"]"));
static LOGOS: LazyLock<Selector> = LazyLock::new(|| selector("img[src]"));

/// A column that tells whose row it is; all others are statistics.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Rank,
    Name,
    Team,
    Class,
    Position,
    Height,
}

fn column(header: &str) -> Option<Column> {
    Some(match header.to_ascii_lowercase().trim_end_matches('.') {
        "rank" | "rk" | "#" => Column::Rank,
        "name" | "player" => Column::Name,
        "team" | "school" => Column::Team,
        "cl" | "class" | "yr" | "year" => Column::Class,
        "pos" | "position" => Column::Position,
        "ht" | "height" => Column::Height,
        _ => return None,
    })
}

/// The categories of a sport and division, of any page of its statistics.
///
/// # Errors
/// Neither list of categories is there: exit 65.
pub fn categories(response: &Response) -> Result<Categories> {
    let page = Page::parse(response)?;
    let categories = listed(&page);
    if categories == Categories::default() {
        return Err(page.lacks("neither `#select-container-individual` nor `#select-container-team` lists a category"));
    }
    Ok(categories)
}

/// A page of a category. A category without leaders is no error, as long as its table is there.
///
/// # Errors
/// The address is that of no category; the table, or its column of teams or players, is missing: exit 65.
pub fn leaders(response: &Response) -> Result<StatPage> {
    let page = Page::parse(response)?;
    let address = Address::parse(&response.url);
    let address =
        address.ok_or_else(|| page.lacks("its address is not `/stats/{sport}/{division}/current/{kind}/{id}`"))?;
    let element = page.first(&TABLE).ok_or_else(|| page.lacks("`main table` finds nothing"))?;
    let table = page.table(element);
    let mut needed = vec![(Column::Team, "Team")];
    if address.kind == Kind::Individual {
        needed.push((Column::Name, "Name"));
    }
    for (wanted, name) in needed {
        if !table.headers.iter().any(|header| column(header) == Some(wanted)) {
            let found = table.headers.join(", ");
            return Err(page.lacks(format_args!("`main table` has no column `{name}`, only: {found}")));
        }
    }
    let categories = listed(&page);
    let known = if address.kind == Kind::Team { &categories.team } else { &categories.individual };
    let listed = known.iter().find(|category| category.id == address.category_id).map(|category| category.name.clone());
    let title = page.first(&TITLE).map(shown_text).filter(|title| !title.is_empty()).or(listed);
    let mut stats = Extracted::default();
    let written = page.first(&UPDATED).map(text_of).unwrap_or_default();
    let updated = day(&written);
    if updated.is_none() {
        stats.unknown(format!("last update {written:?}"));
    }
    read(&table, address.kind, title.as_deref(), &mut stats);
    let numbers = page.all(&PAGES).filter_map(|link| page_number(link.value().attr("href")?));
    Ok(StatPage {
        sport: address.sport,
        division: address.division.0,
        subdivision: address.division.1,
        kind: address.kind,
        category_id: address.category_id,
        title,
        updated,
        page: address.page,
        pages: numbers.max().unwrap_or(1).max(address.page),
        categories,
        stats,
    })
}

/// What the address of a page says.
struct Address {
    sport: super::super::SportPath,
    division: (models::Division, Option<models::Subdivision>),
    kind: Kind,
    category_id: u32,
    page: u32,
}

impl Address {
    fn parse(url: &str) -> Option<Self> {
        let path = url.split_once("/stats/")?.1.split(['?', '#']).next()?;
        let mut parts = path.trim_end_matches('/').split('/');
        let (sport, division) = (sport_of(parts.next()?)?, division_of(parts.next()?)?);
        let _season = parts.next()?;
        let kind = match parts.next()? {
            "individual" => Kind::Individual,
            "team" => Kind::Team,
            _ => return None,
        };
        let category_id = parts.next()?.parse().ok()?;
        let page = parts.next().map_or(Some(1), |page| page.strip_prefix('p')?.parse().ok())?;
        parts.next().is_none().then_some(Self { sport, division, kind, category_id, page })
    }
}

/// `…/individual/136/p2`: 2.
fn page_number(href: &str) -> Option<u32> {
    href.trim_end_matches('/')
        .rsplit('/')
        .next()?
        .strip_prefix('p')?
        .parse()
        .ok()
        .filter(|page| (1..=10_000).contains(page))
}

fn listed(page: &Page) -> Categories {
    let categories = |options: &'static Selector, kind: Kind| {
        let marker = format!("/{}/", kind.path());
        let category = |option: ElementRef| {
            let id = option.value().attr("value")?.split_once(&marker)?.1.split('/').next()?.parse().ok()?;
            Some(Category { id, name: text_of(option) }).filter(|category| !category.name.is_empty())
        };
        page.all(options).filter_map(category).collect()
    };
    Categories { individual: categories(&INDIVIDUAL, Kind::Individual), team: categories(&TEAM, Kind::Team) }
}

/// The text of an element without that of a hidden part at its start.
fn shown_text(element: ElementRef) -> String {
    let hidden = element.select(&HIDDEN).next().map(text_of).unwrap_or_default();
    let text = text_of(element);
    text.strip_prefix(hidden.as_str()).map(str::trim_start).unwrap_or(&text).to_owned()
}

fn read(table: &Table, kind: Kind, title: Option<&str>, stats: &mut Extracted<LeaderRecord>) {
    let categories: Vec<Option<Arc<str>>> = table
        .headers
        .iter()
        .map(|header| {
            let statistic = column(header).is_none() && !header.is_empty();
            statistic.then(|| title.map_or(header.clone(), |title| format!("{title}/{header}")).into())
        })
        .collect();
    let mut rank = None;
    for row in &table.rows {
        let texts: Vec<String> = row.cells.iter().copied().map(text_of).collect();
        if texts.iter().all(String::is_empty) {
            stats.pass_over(EMPTY);
            continue;
        }
        let subject = match subject(table, row, &texts, kind, &mut rank) {
            Ok(subject) => Arc::new(subject),
            Err(Fault { reason, message }) => {
                stats.refused.push(Refused {
                    table: "public.player_stat",
                    key: Some(json!({ "source": super::super::NAME, "category": title, "row": texts })),
                    reason,
                    message,
                    place: row.place.clone(),
                });
                continue;
            }
        };
        for ((category, header), (text, cell)) in
            categories.iter().zip(&table.headers).zip(texts.iter().zip(&row.cells))
        {
            let Some(category) = category.as_ref().filter(|_| !is_blank(text)) else { continue };
            let sorted_by = cell.value().attr("data-order");
            let record = LeaderRecord {
                subject: Arc::clone(&subject),
                category: Arc::clone(category),
                value: figures::value(header, text, sorted_by),
                raw: text.clone(),
            };
            stats.records.push(Found { record, place: row.place.clone() });
        }
    }
}

fn subject(table: &Table, row: &Row, texts: &[String], kind: Kind, rank: &mut Option<u32>) -> Result<Subject, Fault> {
    let (cells, headers) = (texts.len(), table.headers.len());
    if cells != headers {
        let message = format!("the row has {cells} cells, where the header has {headers}");
        return Err(Fault::new(Reason::WrongType, message));
    }
    let at = |wanted| table.headers.iter().position(|header| column(header) == Some(wanted));
    let text = |wanted| at(wanted).map(|at| texts[at].as_str()).unwrap_or_default();
    // A tie repeats the rank, or leaves it empty.
    let written = text(Column::Rank).trim_start_matches(['T', 't', '-', '=', ' ']);
    if !written.is_empty() {
        *rank = written.parse().ok();
    }
    let name = if kind == Kind::Individual {
        let written = text(Column::Name);
        let person = person(written)
            .ok_or_else(|| Fault::new(Reason::Missing, format!("`Name` is {written:?}, which is no name")))?;
        Some((person.name, person.normalized))
    } else {
        None
    };
    let team = text(Column::Team);
    if is_blank(team) {
        return Err(Fault::new(Reason::Missing, "`Team` is blank"));
    }
    Ok(Subject {
        rank: *rank,
        name,
        team: team.to_owned(),
        team_slug: at(Column::Team).and_then(|at| slug(row.cells[at])),
        class_year: class_year(text(Column::Class)).known(),
        position: position(text(Column::Position)),
    })
}

/// The school's slug: of the link `/schools/{slug}`, or of the logo `…/schools/…/{slug}.svg`.
fn slug(cell: ElementRef) -> Option<String> {
    let link = cell.select(&LINKS).find_map(|link| {
        link.value().attr("href")?.split_once("/schools/")?.1.split(['/', '?', '#']).next().map(str::to_owned)
    });
    let logo = || {
        cell.select(&LOGOS).find_map(|logo| {
            let file = logo.value().attr("src")?.split(['?', '#']).next()?.rsplit('/').next()?;
            file.split_once('.').map(|(slug, _)| slug.to_owned())
        })
    };
    link.or_else(logo).filter(|slug| !slug.is_empty())
}
