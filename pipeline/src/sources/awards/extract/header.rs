//! What the columns of a file mean.

use std::collections::BTreeMap;

use super::super::records::Given;
use crate::sources::text;
use crate::{Error, Exit, Result};

/// What a column may mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    Year,
    List,
    Award,
    Conference,
    Selector,
    Team,
    Player,
    Position,
    School,
    Class,
}

/// Headers in lower case, with `_` between words.
const HEADERS: [(&str, Meaning); 29] = [
    ("athlete", Meaning::Player),
    ("award", Meaning::Award),
    ("award_name", Meaning::Award),
    ("class", Meaning::Class),
    ("class_year", Meaning::Class),
    ("college", Meaning::School),
    ("conference", Meaning::Conference),
    ("honor", Meaning::Award),
    ("institution", Meaning::School),
    ("league", Meaning::Conference),
    ("list", Meaning::List),
    ("name", Meaning::Player),
    ("name_of_award", Meaning::List),
    ("organization", Meaning::Selector),
    ("player", Meaning::Player),
    ("player_name", Meaning::Player),
    ("pos", Meaning::Position),
    ("position", Meaning::Position),
    ("school", Meaning::School),
    ("school_name", Meaning::School),
    ("season", Meaning::Year),
    ("selector", Meaning::Selector),
    ("source", Meaning::Selector),
    ("team", Meaning::Team),
    ("team_level", Meaning::Team),
    ("title", Meaning::Award),
    ("university", Meaning::School),
    ("year", Meaning::Year),
    ("year_in_school", Meaning::Class),
];

/// The columns of a file by their meaning.
#[derive(Debug)]
pub(super) struct Columns {
    at: BTreeMap<Meaning, usize>,
    /// How many columns there are.
    pub(super) count: usize,
}

impl Columns {
    /// Finds the columns; tells those that mean nothing known, or repeat the meaning of another.
    ///
    /// # Errors
    /// A file without a column for the year, the player or the school, or with none for the award where none is given: exit 65.
    pub(super) fn new(file: &str, headers: &[String], given: &Given, unknown: &mut dyn FnMut(&str)) -> Result<Self> {
        let mut at = BTreeMap::new();
        for (index, header) in headers.iter().enumerate() {
            match meaning(header) {
                Some(meaning) if !at.contains_key(&meaning) => _ = at.insert(meaning, index),
                _ => unknown(header),
            }
        }
        if !at.contains_key(&Meaning::School)
            && let Some(team) = at.remove(&Meaning::Team)
        {
            at.insert(Meaning::School, team);
        }
        let has_award = at.contains_key(&Meaning::Award) || at.contains_key(&Meaning::List) || given.award.is_some();
        let missing = [
            ("the year", at.contains_key(&Meaning::Year)),
            ("the player", at.contains_key(&Meaning::Player)),
            ("the school", at.contains_key(&Meaning::School)),
            ("the award", has_award),
        ];
        let missing: Vec<&str> = missing.iter().filter(|(_, is_there)| !is_there).map(|(what, _)| *what).collect();
        if missing.is_empty() {
            return Ok(Self { at, count: headers.len() });
        }
        let message = format!(
            "{file} has no column for {}; its columns are {}",
            missing.join(", "),
            headers.iter().map(|header| format!("{header:?}")).collect::<Vec<_>>().join(", ")
        );
        Err(Error::new(Exit::Input, message)
            .help("nothing of it was used; the documentation of awards lists the headers"))
    }

    /// The field of a meaning, its white space folded; none if it is blank or there is no such column.
    pub(super) fn field(&self, fields: &[&str], meaning: Meaning) -> Option<String> {
        let field = fields.get(*self.at.get(&meaning)?)?;
        Some(text::folded(field)).filter(|text| !text.is_empty())
    }
}

fn meaning(header: &str) -> Option<Meaning> {
    let words: Vec<String> = header
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let header = words.join("_");
    HEADERS.iter().find(|(known, _)| *known == header).map(|(_, meaning)| *meaning)
}
