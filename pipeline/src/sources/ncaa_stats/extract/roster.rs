//! Rosters: `/teams/{id}/roster`, and `/team/{org}/roster/{ctl}` as it was before.
//!
//! | | present | older (*reported*) |
//! |---|---|---|
//! | table | `rosters_form_players_{ctl}_data_table` | `#stat_grid` |
//! | name | `First Last`, linking `/players/{id}` | `Last, First`, linking `stats_player_seq={id}` or nothing |
//! | headers | `# Name Class Position Height …` | `Jersey Player Pos Yr …` |

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use models::Field;
use scraper::{ElementRef, Selector};
use serde_json::json;

use super::super::NAME;
use super::super::records::{Asked, PlayerRecord, RosterPage, TeamHeader};
use super::columns::{Column, column};
use super::{EMPTY, TOTALS, header, id_after, is_sum};
use crate::Result;
use crate::fetch::Response;
use crate::sources::found::{Extracted, Fault, Found, Reason, Refused};
use crate::sources::hometown::hometown;
use crate::sources::html::{Page, Table, selector, text_of};
use crate::sources::names::person;
use crate::sources::profile::{Reading, class_year, height_inches, is_blank, position, weight_pounds};

static PRESENT: LazyLock<Selector> = LazyLock::new(|| selector("table[id^=\"rosters_form_players_\"]"));
static OLDER: LazyLock<Selector> = LazyLock::new(|| selector("table#stat_grid"));
static TABLES: LazyLock<Selector> = LazyLock::new(|| selector("table:has(th)"));
static LINKS: LazyLock<Selector> = LazyLock::new(|| selector("a[href]"));

/// A roster, its columns by their headers. A roster without players is no error, as long as its table is there.
///
/// Of players without an id, those that share name, number and position are all refused, unless their rows are equal in all.
///
/// # Errors
/// The table or its name column is missing, or it is not known whose roster it is: exit 65.
pub fn roster(response: &Response, asked: &Asked) -> Result<RosterPage> {
    let page = Page::parse(response)?;
    let element = page.first(&PRESENT).or_else(|| page.first(&OLDER));
    let element = element.ok_or_else(|| {
        page.lacks("neither `table[id^=\"rosters_form_players_\"]` nor `table#stat_grid` finds a roster")
    })?;
    let team = header::team(&page, response, asked)?;
    let table = page.table(element);
    let columns: Vec<Option<Column>> = table.headers.iter().map(|header| column(header)).collect();
    if !columns.contains(&Some(Column::Name)) {
        let found = table.headers.join(", ");
        return Err(page.lacks(format_args!("the roster has no column `Name` or `Player`, only: {found}")));
    }
    let mut players = Extracted::default();
    for header in table.headers.iter().zip(&columns).filter(|(_, column)| column.is_none()).map(|(header, _)| header) {
        players.unknown(format!("header {header:?}"));
    }
    for other in page.all(&TABLES).filter(|other| *other != element) {
        players.unknown(format!("table {:?}", page.headers(other).join(", ")));
    }
    rows(&table, &columns, &team, &mut players);
    collisions(&team, &mut players);
    Ok(RosterPage { team, players })
}

fn rows(table: &Table, columns: &[Option<Column>], team: &TeamHeader, players: &mut Extracted<PlayerRecord>) {
    for row in &table.rows {
        let texts: Vec<String> = row.cells.iter().copied().map(text_of).collect();
        if texts.iter().all(String::is_empty) {
            players.pass_over(EMPTY);
            continue;
        }
        let name_at = columns.iter().position(|column| *column == Some(Column::Name)).unwrap_or_default();
        let id = row.cells.get(name_at).and_then(|cell| player_id(*cell));
        if id.is_none() && is_sum(&texts, name_at, table.headers.len()) {
            players.pass_over(TOTALS);
            continue;
        }
        let read = if texts.len() == table.headers.len() {
            player(&table.headers, columns, &texts, id.clone(), &mut players.unknown)
        } else {
            let (cells, headers) = (texts.len(), table.headers.len());
            Err(Fault::new(Reason::WrongType, format!("the row has {cells} cells, where the header has {headers}")))
        };
        match read {
            Ok(record) => players.records.push(Found { record, place: row.place.clone() }),
            Err(Fault { reason, message }) => players.refused.push(Refused {
                table: "public.roster_entry",
                key: Some(json!({ "source": NAME, "team_id": team_key(team), "source_player_id": id })),
                reason,
                message,
                place: row.place.clone(),
            }),
        }
    }
}

/// The id of the player that a cell links to.
pub(super) fn player_id(cell: ElementRef) -> Option<String> {
    cell.select(&LINKS).find_map(|link| {
        let href = link.value().attr("href")?;
        let id = id_after(href, "/players/").or_else(|| id_after(href, "stats_player_seq="))?;
        (id > 0).then(|| id.to_string())
    })
}

fn player(
    headers: &[String],
    columns: &[Option<Column>],
    texts: &[String],
    id: Option<String>,
    unknown: &mut BTreeMap<String, u64>,
) -> Result<PlayerRecord, Fault> {
    let of = |wanted: Column| {
        let at = columns.iter().position(|column| *column == Some(wanted))?;
        Some((headers[at].as_str(), texts[at].as_str()))
    };
    let (header, text) = of(Column::Name).unwrap_or_default();
    let name =
        person(text).ok_or_else(|| Fault::new(Reason::Missing, format!("`{header}` is {text:?}, which is no name")))?;
    let mut extra = BTreeMap::new();
    let mut kept = |header: &str, text: &str| {
        if !is_blank(text) {
            extra.insert(header.to_owned(), text.to_owned());
        }
    };
    for ((header, text), column) in headers.iter().zip(texts).zip(columns) {
        if matches!(column, None | Some(Column::Other)) {
            kept(header, text);
        }
    }
    if name.name != text {
        kept(header, text);
    }
    let mut figure = |wanted: Column, read: fn(&str) -> Reading<i32>| {
        let Some((header, text)) = of(wanted) else { return Field::Absent };
        let reading = read(text);
        if reading == Reading::Unreadable {
            kept(header, text);
            *unknown.entry(format!("{header} {text:?}")).or_default() += 1;
        }
        Field::Value(reading.known())
    };
    let height_inches = figure(Column::Height, height_inches);
    let weight_pounds = figure(Column::Weight, weight_pounds);
    let games_played = figure(Column::GamesPlayed, games);
    let games_started = figure(Column::GamesStarted, games);
    let mut class = Field::Absent;
    if let Some((header, text)) = of(Column::Class) {
        let reading = class_year(text);
        class = Field::Value(reading.known());
        if reading != Reading::Known(text) {
            kept(header, text);
        }
        if reading == Reading::Unreadable {
            *unknown.entry(format!("{header} {text:?}")).or_default() += 1;
        }
    }
    let (header, text) = of(Column::Position).unwrap_or_default();
    let position = position(text);
    if position != text {
        kept(header, text);
    }
    let shown = |wanted| of(wanted).map(|(_, text)| Some(text).filter(|text| !is_blank(text)));
    Ok(PlayerRecord {
        source_player_id: id,
        name: name.name,
        normalized_name: name.normalized,
        number: shown(Column::Number).flatten().unwrap_or_default().to_owned(),
        position,
        class_year: class,
        height_inches,
        weight_pounds,
        hometown: shown(Column::Hometown).map_or(Field::Absent, |text| Field::Value(text.and_then(hometown))),
        high_school: shown(Column::HighSchool).map_or(Field::Absent, |text| Field::Value(text.map(str::to_owned))),
        games_played,
        games_started,
        extra,
    })
}

fn games(text: &str) -> Reading<i32> {
    match text.parse() {
        _ if is_blank(text) => Reading::Blank,
        Ok(games @ 0..=999) => Reading::Known(games),
        _ => Reading::Unreadable,
    }
}

/// Refuses those that the key of players without an id cannot tell apart.
fn collisions(team: &TeamHeader, players: &mut Extracted<PlayerRecord>) {
    let key = |player: &PlayerRecord| {
        let key = (player.normalized_name.clone(), player.number.clone(), player.position.clone());
        player.source_player_id.is_none().then_some(key)
    };
    let mut first: HashMap<_, usize> = HashMap::new();
    let mut colliding = HashSet::new();
    for (at, found) in players.records.iter().enumerate() {
        let Some(key) = key(&found.record) else { continue };
        let earlier = *first.entry(key.clone()).or_insert(at);
        if players.records[earlier].record != found.record {
            colliding.insert(key);
        }
    }
    if colliding.is_empty() {
        return;
    }
    let (refused, records) = std::mem::take(&mut players.records)
        .into_iter()
        .partition(|found: &Found<PlayerRecord>| key(&found.record).is_some_and(|key| colliding.contains(&key)));
    players.records = records;
    players.refused.extend(refused.into_iter().map(|Found { record, place }: Found<PlayerRecord>| {
        let PlayerRecord { normalized_name, number, position, .. } = record;
        Refused {
            table: "public.roster_entry",
            message: format!(
                "several players without an id are {normalized_name:?} with number {number:?} and position {position:?}"
            ),
            key: Some(json!({
                "team_id": team_key(team), "normalized_name": normalized_name, "number": number, "position": position,
            })),
            reason: Reason::Collision,
            place,
        }
    }));
}

fn team_key(team: &TeamHeader) -> serde_json::Value {
    json!({
        "school_id": { "ncaa_id": team.organisation_id },
        "sport_id": { "ncaa_id": team.sport_code },
        "season": team.season,
    })
}
