//! Tables of statistics: a row a player, a column a figure.

use std::sync::Arc;

use serde_json::json;

use super::super::NAME;
use super::super::records::{StatPlayer, StatRecord};
use super::columns::{Column, column, describes};
use super::roster::player_id;
use super::{EMPTY, TOTALS, is_sum};
use crate::sources::figures;
use crate::sources::found::{Extracted, Found, Reason, Refused};
use crate::sources::html::{Row, Table, text_of};
use crate::sources::names::person;
use crate::sources::profile::{is_blank, position};

/// Whose table it is, and of what.
pub(super) struct Context<'a> {
    pub(super) team_id: Option<i32>,
    pub(super) organisation_id: i32,
    /// The team's name: a row that bears it is a sum.
    pub(super) team_name: Option<&'a str>,
    /// The category, if the page names one.
    pub(super) category: Option<&'a str>,
}

/// Reads a table. False if it has no column of names.
pub(super) fn read(table: &Table, context: &Context, stats: &mut Extracted<StatRecord>) -> bool {
    let at = |wanted| table.headers.iter().position(|header| column(header) == Some(wanted));
    let Some(name_at) = at(Column::Name) else { return false };
    let categories = categories(&table.headers, context.category);
    for row in &table.rows {
        let texts: Vec<String> = row.cells.iter().copied().map(text_of).collect();
        let text = |column: Option<usize>| column.and_then(|at| texts.get(at)).map(String::as_str).unwrap_or_default();
        if texts.iter().all(String::is_empty) {
            stats.pass_over(EMPTY);
            continue;
        }
        let name = text(Some(name_at));
        let id = row.cells.get(name_at).and_then(|cell| player_id(*cell));
        let of_team = context.team_name.is_some_and(|team| team == name);
        if id.is_none() && (of_team || is_sum(&texts, name_at, table.headers.len())) {
            stats.pass_over(TOTALS);
            continue;
        }
        if texts.len() != table.headers.len() {
            let (cells, headers) = (texts.len(), table.headers.len());
            let message = format!("the row has {cells} cells, where the header has {headers}");
            stats.refused.push(refused(row, Reason::WrongType, message, id, context));
            continue;
        }
        let Some(person) = person(name) else {
            let message = format!("`{}` is {name:?}, which is no name", table.headers[name_at]);
            stats.refused.push(refused(row, Reason::Missing, message, id, context));
            continue;
        };
        let player = Arc::new(StatPlayer {
            team_id: context.team_id,
            organisation_id: context.organisation_id,
            source_player_id: id,
            name: person.name,
            normalized_name: person.normalized,
            number: text(at(Column::Number)).to_owned(),
            position: position(text(at(Column::Position))),
        });
        for ((category, cell), text) in categories.iter().zip(&row.cells).zip(&texts) {
            // An empty cell says nothing.
            let Some((header, category)) = category.as_ref().filter(|_| !is_blank(text)) else { continue };
            let raw = cell.value().attr("data-order");
            let record = StatRecord {
                player: Arc::clone(&player),
                category: Arc::clone(category),
                value: figures::value(header, text, raw),
                raw: text.clone(),
            };
            stats.records.push(Found { record, place: row.place.clone() });
        }
    }
    true
}

/// For each column that is a statistic its header and category; a header that comes again is numbered.
fn categories<'h>(headers: &'h [String], table: Option<&str>) -> Vec<Option<(&'h str, Arc<str>)>> {
    let category = |(at, header): (usize, &'h String)| {
        if header.is_empty() || describes(header) {
            return None;
        }
        let again = headers[..at].iter().filter(|earlier| *earlier == header).count();
        let numbered = if again == 0 { header.clone() } else { format!("{header} ({})", again + 1) };
        let category = table.map_or(numbered.clone(), |table| format!("{table}/{numbered}"));
        Some((header.as_str(), category.into()))
    };
    headers.iter().enumerate().map(category).collect()
}

fn refused(row: &Row, reason: Reason, message: String, id: Option<String>, context: &Context) -> Refused {
    let team = json!({ "school_id": { "ncaa_id": context.organisation_id }, "ncaa_team_id": context.team_id });
    Refused {
        table: "public.player_stat",
        key: Some(json!({ "source": NAME, "roster_entry_id": { "team_id": team, "source_player_id": id } })),
        reason,
        message,
        place: row.place.clone(),
    }
}
