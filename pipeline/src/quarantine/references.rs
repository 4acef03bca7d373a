//! Unresolved references as rows: the row's key and the reference, and nothing else. They go the way of records, as NDJSON.

use std::collections::BTreeMap;

use models::{KeyDef, TableDef};
use serde_json::{Map, Value};
use sqlx::PgConnection;

use super::entry::{Entry, Reference};
use super::records::{FileReader, Overrides, Pile, Reader, recipe_of};
use crate::Result;
use crate::catalogue::Catalogue;
use crate::files::{Format, Layout};
use crate::load::OnConflict;
use crate::map::{Header, Plan};

/// References of one table that are looked up in the same way.
#[derive(Debug)]
pub struct Waiting {
    /// The table and how its rows are made.
    pub pile: Pile,
    /// The references.
    pub entries: Vec<Entry>,
}

/// What references have in common that are looked up in the same way: table, recipe, fields.
type Alike = (String, Option<Vec<u8>>, Vec<String>);

const UNKNOWN_TABLE: &str = "table-unknown";

/// References by table and by the fields that they give. Those of a table that no schema at hand has are counted by reason.
///
/// # Errors
/// Those of the database; [`Exit::Configuration`](crate::Exit::Configuration) for a recipe that cannot be read.
pub async fn waiting(
    connection: &mut PgConnection,
    references: Vec<Reference>,
    overrides: &Overrides,
) -> Result<(Vec<Waiting>, BTreeMap<&'static str, u64>)> {
    let mut skipped = BTreeMap::new();
    let mut piles: BTreeMap<Alike, Option<Waiting>> = BTreeMap::new();
    for reference in references {
        let record = record(&reference);
        let names: Vec<String> = record.keys().cloned().collect();
        let place = (reference.table_name.clone(), reference.recipe_id.clone(), names);
        if !piles.contains_key(&place) {
            let made = pile(connection, &reference, &place.2, overrides).await?;
            piles.insert(place.clone(), made.map(|pile| Waiting { pile, entries: Vec::new() }));
        }
        match piles.get_mut(&place).and_then(Option::as_mut) {
            Some(waiting) => waiting.entries.push(entry(reference, &record)),
            None => *skipped.entry(UNKNOWN_TABLE).or_default() += 1,
        }
    }
    Ok((piles.into_values().flatten().collect(), skipped))
}

/// The fields of a reference's row, by path: those of its key, and for each column of the reference the parent's key.
fn record(reference: &Reference) -> Map<String, Value> {
    let mut fields = Map::new();
    if let Value::Object(key) = &reference.row_key {
        key.iter().for_each(|(column, value)| flatten(column, value, &mut fields));
    }
    reference.columns.iter().for_each(|column| flatten(column, &reference.parent_key, &mut fields));
    fields
}

fn flatten(path: &str, value: &Value, fields: &mut Map<String, Value>) {
    match value {
        Value::Object(parts) => {
            parts.iter().for_each(|(part, value)| flatten(&format!("{path}.{part}"), value, fields))
        }
        value => drop(fields.insert(path.to_owned(), value.clone())),
    }
}

async fn pile(
    connection: &mut PgConnection,
    reference: &Reference,
    names: &[String],
    overrides: &Overrides,
) -> Result<Option<Pile>> {
    let recipe = match &reference.recipe_id {
        Some(id) => Some(recipe_of(connection, id).await?),
        None => None,
    };
    let own;
    let catalogue = match (&overrides.catalogue, &recipe) {
        (Some(catalogue), _) => catalogue,
        (None, recipe) => {
            own = recipe.as_ref().map_or_else(|| Ok(Catalogue::models()), |recipe| recipe.catalogue())?;
            &own
        }
    };
    let Some(table) = catalogue.tables.iter().copied().find(|table| table.qualified_name() == reference.table_name)
    else {
        return Ok(None);
    };
    let Some(key) = key_of_row(table, &reference.row_key) else { return Ok(None) };
    let header = Header { file: "pipeline.unresolved_reference", names, format: Format::Ndjson };
    let plan = Plan::new(catalogue, (table, key), header, None, None)?;
    let layout = Layout {
        format: Some(Format::Ndjson),
        delimiter: None,
        quote: None,
        names: Some(names.to_vec()),
        max_record: overrides.max_record,
    };
    let reader = FileReader { layout, known: Vec::new(), plan };
    Ok(Some(Pile::new(catalogue, (table, key), OnConflict::Update, Reader::File(Box::new(reader)))))
}

/// The key whose columns a row's key names.
fn key_of_row(table: &'static TableDef, row_key: &Value) -> Option<&'static KeyDef> {
    let given = row_key.as_object()?;
    let named = |key: &&KeyDef| {
        key.expressions.is_empty()
            && key.columns.len() == given.len()
            && key.columns.iter().all(|column| given.contains_key(&**column))
    };
    table.keys.iter().find(named)
}

/// The reference as if it were a record of the quarantine; it is none, so that a row that is refused gets an entry of its own.
fn entry(reference: Reference, record: &Map<String, Value>) -> Entry {
    Entry {
        id: reference.id,
        table_name: reference.table_name,
        reason: String::new(),
        message: String::new(),
        key: Some(reference.row_key),
        source: reference.source,
        task: reference.task,
        run_id: reference.run_id,
        url: None,
        file: None,
        byte_offset: None,
        media_type: None,
        raw_length: None,
        rolled_back: false,
        times_seen: reference.times_seen,
        first_seen_at: reference.first_seen_at,
        last_seen_at: reference.last_seen_at,
        replays: 0,
        replayed_at: None,
        raw: serde_json::to_vec(record).ok(),
        recipe_id: reference.recipe_id,
    }
}
