//! Refused records of sources, read again by the extractors that refused them.

use std::collections::HashMap;

use bytes::Bytes;
use sqlx::PgConnection;

use super::entry::Entry;
use super::records::{Made, Pile, Reader};
use crate::Result;
use crate::catalogue::{Catalogue, key_of};
use crate::database::database_error;
use crate::load::{Fault, OnConflict};
use crate::sources::found::Kept;
use crate::sources::ncaa_directory;

/// What reads the records of one table of a source.
#[derive(Debug)]
pub(super) struct Extractor {
    table: String,
    /// The codes of the sports by their labels in lower case, which detail pages name them by.
    codes: HashMap<String, String>,
}

/// The pile of a source's records for a table; `None` if the source's records cannot be read one by one.
pub(super) async fn pile(
    connection: &mut PgConnection,
    source: &str,
    table: &str,
    on_conflict: Option<OnConflict>,
) -> Result<Option<Pile>> {
    if source != ncaa_directory::SOURCE.name || !ncaa_directory::REPLAYED.contains(&table) {
        return Ok(None);
    }
    let failed = |error| database_error("read the sports", error);
    let query = sqlx::query_as("SELECT lower(name), ncaa_id FROM public.sport").persistent(false);
    let codes: Vec<(String, String)> = query.fetch_all(connection).await.map_err(failed)?;
    let (catalogue, extractor) =
        (Catalogue::models(), Extractor { table: table.to_owned(), codes: codes.into_iter().collect() });
    let table = catalogue.table(table)?;
    let target = (table, key_of(table, None)?);
    Ok(Some(Pile::new(&catalogue, target, on_conflict.unwrap_or_default(), Reader::Source(extractor))))
}

impl Extractor {
    pub(super) fn row(&self, entry: &Entry, raw: &Bytes) -> Result<Made, Fault> {
        let kept = Kept { table: &self.table, key: entry.key.as_ref(), raw };
        ncaa_directory::replayed(&kept, &self.codes).map(Made).map_err(Fault::from)
    }
}
