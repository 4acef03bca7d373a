//! Refused records as rows again: those of files by the recipe that was kept with them, those of a source by its extractor.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use models::{KeyDef, TableDef};
use sqlx::PgConnection;

use super::entry::Entry;
use super::filter::Kind;
use super::sources;
use crate::catalogue::Catalogue;
use crate::database::database_error;
use crate::files::{Layout, read_record};
use crate::load::{Fault, Fields, Next, OnConflict, Origin, Rows};
use crate::map::{FileRecipe, Header, MapFile, MappedRow, Plan, line_of, spellings};
use crate::{Error, Exit, Result};

/// What a replay takes from the command line rather than from the recipes.
#[derive(Debug, Default)]
pub struct Overrides {
    /// The schema.
    pub catalogue: Option<Catalogue>,
    /// The map.
    pub map: Option<MapFile>,
    /// What becomes of rows that exist.
    pub on_conflict: Option<OnConflict>,
    /// The longest record, in bytes.
    pub max_record: usize,
}

/// Records that become rows of one table in the same way.
#[derive(Debug)]
pub struct Pile {
    /// The table.
    pub table: &'static TableDef,
    /// The key by which its rows are told apart.
    pub key: &'static KeyDef,
    /// What becomes of rows that exist.
    pub on_conflict: OnConflict,
    /// The entries, by number.
    pub ids: Vec<i64>,
    /// Parents come before the rows that refer to them.
    rank: usize,
    reader: Reader,
}

#[derive(Debug)]
pub(super) enum Reader {
    /// A record of a file.
    File(Box<FileReader>),
    /// A record of a source, which its extractor knows to read.
    Source(sources::Extractor),
}

#[derive(Debug)]
pub(super) struct FileReader {
    pub(super) layout: Layout,
    pub(super) known: Vec<Vec<String>>,
    pub(super) plan: Plan,
}

/// Why an entry cannot be replayed, for the result's `skipped`.
const CUT: &str = "record-cut";
const NO_RECIPE: &str = "recipe-missing";

/// Sorts entries into piles, parents first. Those that cannot be replayed are counted by reason.
///
/// # Errors
/// [`Exit::Configuration`] for a recipe that cannot be read, or that the overrides do not fit; those of the database.
pub async fn piles(
    connection: &mut PgConnection,
    entries: &[Entry],
    overrides: &Overrides,
) -> Result<(Vec<Pile>, BTreeMap<&'static str, u64>)> {
    let mut skipped = BTreeMap::new();
    let mut places: HashMap<(Option<&[u8]>, &str, &str), usize> = HashMap::new();
    let mut piles: Vec<Pile> = Vec::new();
    for entry in entries {
        let recipe = entry.recipe_id.as_deref();
        let place = (recipe, entry.source.as_str(), entry.table_name.as_str());
        if entry.raw_length.is_none_or(|length| length > crate::load::RAW_LIMIT as i64) {
            *skipped.entry(CUT).or_default() += 1;
            continue;
        }
        if let Some(known) = places.get(&place) {
            piles[*known].ids.push(entry.id);
            continue;
        }
        let pile = match recipe {
            Some(id) => Some(of_file(&recipe_of(connection, id).await?, overrides)?),
            None => sources::pile(connection, &entry.source, &entry.table_name, overrides.on_conflict).await?,
        };
        match pile {
            Some(pile) => {
                places.insert(place, piles.len());
                piles.push(Pile { ids: vec![entry.id], ..pile });
            }
            None => *skipped.entry(NO_RECIPE).or_default() += 1,
        }
    }
    piles.sort_by_key(|pile| pile.rank);
    Ok((piles, skipped))
}

/// A recipe by its id.
pub(super) async fn recipe_of(connection: &mut PgConnection, id: &[u8]) -> Result<FileRecipe> {
    let query =
        sqlx::query_scalar("SELECT content::text FROM pipeline.recipe WHERE id = $1").persistent(false).bind(id);
    let content: String = query.fetch_one(connection).await.map_err(|error| database_error("read a recipe", error))?;
    FileRecipe::read(&content)
}

fn of_file(recipe: &FileRecipe, overrides: &Overrides) -> Result<Pile> {
    let own;
    let catalogue = match &overrides.catalogue {
        Some(catalogue) => catalogue,
        None => {
            own = recipe.catalogue()?;
            &own
        }
    };
    let (table, key) = recipe.target(catalogue)?;
    let kept = recipe.map()?;
    let map = overrides.map.as_ref().or(kept.as_ref());
    let layout = recipe.layout(overrides.max_record);
    let header = Header { file: "the recipe of the quarantine", names: &recipe.names, format: recipe.format };
    let plan = Plan::new(catalogue, (table, key), header, map, recipe.columns.as_deref())?;
    let reader = FileReader { layout, known: spellings(table, map), plan };
    let on_conflict = overrides.on_conflict.unwrap_or(recipe.on_conflict);
    Ok(Pile::new(catalogue, (table, key), on_conflict, Reader::File(Box::new(reader))))
}

impl Pile {
    pub(super) fn new(
        catalogue: &Catalogue,
        (table, key): (&'static TableDef, &'static KeyDef),
        on_conflict: OnConflict,
        reader: Reader,
    ) -> Self {
        let rank = catalogue.depth(table);
        Self { table, key, on_conflict, ids: Vec::new(), rank, reader }
    }

    /// The rows of some of its entries, whole ones.
    pub fn rows(&self, kind: Kind, entries: Vec<Entry>) -> PileRows<'_> {
        PileRows { reader: &self.reader, kind, entries: entries.into_iter(), origin: Arc::default(), row: None }
    }
}

/// The rows of a pile.
#[derive(Debug)]
pub struct PileRows<'p> {
    reader: &'p Reader,
    kind: Kind,
    entries: std::vec::IntoIter<Entry>,
    origin: Arc<Origin>,
    row: Option<Made>,
}

/// A row of whatever type.
pub(super) struct Made(pub(super) Box<dyn Fields>);

impl std::fmt::Debug for Made {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Made")
    }
}

impl Rows for PileRows<'_> {
    fn next(&mut self) -> Option<Next<'_>> {
        let entry = self.entries.next()?;
        let raw = Bytes::from(entry.raw.clone().unwrap_or_default());
        let made = match self.reader {
            Reader::File(reader) => reader.row(&raw).map(|row| Made(Box::new(row))),
            Reader::Source(extractor) => extractor.row(&entry, &raw),
        };
        self.origin = Arc::new(origin(self.kind, entry, raw));
        Some(match made {
            Ok(row) => Next::Row(&*self.row.insert(row).0),
            Err(fault) => Next::Refused(fault),
        })
    }

    fn origin(&self) -> Arc<Origin> {
        Arc::clone(&self.origin)
    }
}

fn origin(kind: Kind, entry: Entry, raw: Bytes) -> Origin {
    Origin {
        source: entry.source.into(),
        url: entry.url.map(Into::into),
        file: entry.file.map(Into::into),
        line: line_of(&entry.message).0,
        byte_offset: entry.byte_offset.map(i64::unsigned_abs),
        media_type: entry.media_type.map(Into::into),
        raw,
        recipe: None,
        entry: (kind == Kind::Record).then_some(entry.id),
    }
}

impl FileReader {
    /// The row that a record means, or why it means none.
    fn row(&self, raw: &Bytes) -> Result<MappedRow, Fault> {
        let unreadable = |error: Error| Fault { reason: "unreadable".into(), message: error.to_string() };
        let mut batch = read_record(&"the quarantine".into(), &self.layout, &self.known, raw).map_err(unreadable)?;
        let found = batch.records.len();
        if found != 1 {
            let message = format!("the bytes are {found} records now, not one");
            return Err(unreadable(Error::new(Exit::Input, message)));
        }
        if let Some(fault) = batch.records[0].fault.take() {
            return Err(fault);
        }
        let mut row = MappedRow::default();
        row.fill(&self.plan, &batch, &batch.records[0])?;
        Ok(row)
    }
}
