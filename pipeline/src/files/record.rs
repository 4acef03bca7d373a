//! One record that was kept, read again as the file that it came from was.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;

use super::batch::Batch;
use super::csv::CsvReader;
use super::ndjson::NdjsonReader;
use super::open::{Format, Layout};
use super::reader::Reader;
use crate::Result;

/// Reads one record. `layout` is that of [`super::Opened::layout`]; `known` are the names that NDJSON may give, with their spellings.
///
/// # Errors
/// A record that is longer than the layout allows.
pub fn read_record(name: &Arc<str>, layout: &Layout, known: &[Vec<String>], raw: &Bytes) -> Result<Batch> {
    let input = Box::new(Cursor::new(raw.clone()));
    let names = layout.names.clone().unwrap_or_default();
    let batch = match layout.format {
        // One of Parquet was written as JSON.
        Some(Format::Ndjson | Format::Parquet) => {
            let reader = NdjsonReader::new(Arc::clone(name), input, 0, layout.max_record);
            reader.with_fields(known, &names).next_batch()?
        }
        _ => {
            let reader = CsvReader::new(Arc::clone(name), input, 0, layout.dialect());
            reader.with_header(Some(names))?.1.next_batch()?
        }
    };
    Ok(batch.unwrap_or_default())
}
