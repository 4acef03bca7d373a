//! Parquet: columns of a row group into records, page by page.
//!
//! ```text
//! pages -> arrow arrays of some thousand rows -> texts as PostgreSQL reads them -> Batch
//!          only the columns that are used        value.rs, json.rs
//! ```
//!
//! The file's own types say how values are written; what they become is for the table's columns to say, as in the other formats.

mod json;
mod pages;
mod value;

use std::sync::Arc;

use arrow_array::Array;
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Fields, Schema, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::Type as Physical;
use parquet::errors::ParquetError;

pub(super) use self::json::string;
use self::pages::Pages;
use self::value::Writer;
use super::batch::{Batch, Datum};
use super::input::Content;
use super::reader::{Meter, Reader};
use crate::load::Fault;
use crate::{Error, Exit, Result};

/// What its records are called in the quarantine.
pub(crate) const MEDIA_TYPE: &str = "application/vnd.apache.parquet";

/// Bytes of values that a batch should hold, by the file's average.
const BATCH_BYTES: u64 = 256 << 10;

/// What a field is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Nothing: it is not read.
    None,
    /// A column of bytes: binary values are handed over as such.
    Bytes,
    /// A timestamp without time zone: moments are given in UTC, as Drizzle does it.
    Local,
    /// Any other column: binary values are texts that the file does not call so.
    Text,
}

/// Makes records of a Parquet file.
pub(super) struct ParquetReader {
    name: Arc<str>,
    names: Arc<[String]>,
    uses: Vec<Use>,
    max_record: usize,
    /// Rows that were read.
    read: u64,
    state: State,
}

enum State {
    Opened(Box<ParquetRecordBatchReaderBuilder<Pages>>),
    Reading(Box<ParquetRecordBatchReader>),
    Ended,
}

impl ParquetReader {
    /// Reads the footer.
    ///
    /// # Errors
    /// [`Exit::Input`] for what is no Parquet file, or a damaged one.
    pub(super) fn open(name: Arc<str>, content: Content, meter: &Arc<Meter>, max_record: usize) -> Result<Self> {
        let builder = builder(content, meter).map_err(|error| damaged(&name, &error))?;
        let names: Arc<[String]> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
        let uses = vec![Use::Text; names.len()];
        Ok(Self { name, names, uses, max_record, read: 0, state: State::Opened(Box::new(builder)) })
    }

    /// The names of its fields: those of the first level.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// How many rows it has.
    pub(super) fn rows(&self) -> Option<u64> {
        match &self.state {
            State::Opened(builder) => u64::try_from(builder.metadata().file_metadata().num_rows()).ok(),
            _ => None,
        }
    }

    fn next_arrays(&mut self) -> Result<Option<arrow_array::RecordBatch>> {
        loop {
            match std::mem::replace(&mut self.state, State::Ended) {
                State::Opened(builder) => {
                    let used = self.uses.iter().enumerate().filter(|(_, used)| **used != Use::None);
                    let mask = ProjectionMask::roots(builder.parquet_schema(), used.map(|(place, _)| place));
                    let rows = rows_at_once(&builder);
                    let reader = builder.with_projection(mask).with_batch_size(rows).build();
                    self.state = State::Reading(Box::new(reader.map_err(|error| damaged(&self.name, &error))?));
                }
                State::Reading(mut reader) => {
                    let Some(batch) = reader.next() else { return Ok(None) };
                    self.state = State::Reading(reader);
                    return batch.map(Some).map_err(|error| self.unreadable(&error));
                }
                State::Ended => return Ok(None),
            }
        }
    }

    fn unreadable(&self, error: &ArrowError) -> Error {
        damaged(&format!("{}, after row {},", self.name, self.read), error)
    }

    /// The texts of all rows, column by column.
    fn records(&self, arrays: &arrow_array::RecordBatch) -> Result<Batch> {
        let (rows, width) = (arrays.num_rows(), self.names.len());
        let mut batch = Batch { names: Some(Arc::clone(&self.names)), ..Batch::default() };
        batch.data.resize(rows * width, Datum::Absent);
        let mut sizes = vec![0; rows];
        let mut faults: Vec<Option<Fault>> = vec![None; rows];
        let schema = arrays.schema();
        let used = self.uses.iter().enumerate().filter(|(_, used)| **used != Use::None);
        for ((place, used), (field, array)) in used.zip(schema.fields().iter().zip(arrays.columns())) {
            let writer = self.writer(field, array, *used)?;
            for row in 0..rows {
                let start = batch.text.len();
                match writer.write(row, &mut batch.text) {
                    Ok(datum) => batch.data[row * width + place] = datum,
                    Err(fault) => faults[row] = faults[row].take().or(Some(fault)),
                }
                sizes[row] += batch.text.len() - start;
            }
        }
        if let Some(row) = sizes.iter().position(|size| *size > self.max_record) {
            let (name, row, most) = (&self.name, self.read + row as u64 + 1, self.max_record);
            let message = format!("{name}, row {row}: its values have more than {most} bytes");
            return Err(Error::new(Exit::Input, message).help("load.max_record_bytes raises the limit"));
        }
        for (row, fault) in faults.into_iter().enumerate() {
            batch.add(self.read + row as u64 + 1, row * width..(row + 1) * width, fault);
        }
        Ok(batch)
    }

    fn writer<'a>(&self, field: &'a FieldRef, array: &'a dyn Array, used: Use) -> Result<Writer<'a>> {
        Writer::new(field, array, used).map_err(|error| {
            let message = format!("{}: the field {:?} cannot be read: {error}", self.name, field.name());
            Error::new(Exit::Input, message).help("leave it out with --columns or a --map")
        })
    }
}

impl Reader for ParquetReader {
    fn next_batch(&mut self) -> Result<Option<Batch>> {
        let Some(arrays) = self.next_arrays()? else { return Ok(None) };
        let batch = self.records(&arrays)?;
        self.read += arrays.num_rows() as u64;
        Ok(Some(batch))
    }

    fn read_for(&mut self, uses: Vec<Use>) {
        self.uses = uses;
    }
}

fn builder(content: Content, meter: &Arc<Meter>) -> Result<ParquetRecordBatchReaderBuilder<Pages>, ParquetError> {
    let pages = Pages::of(content, meter)?;
    // Without the Arrow schema that some writers add: dictionaries and named time zones are theirs, not the values'.
    let options = || ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let found = ArrowReaderMetadata::load(&pages, options())?;
    let columns = found.parquet_schema().root_schema().get_fields();
    let fields = found.schema().fields().iter().zip(columns).map(|(field, column)| {
        // What Spark, Hive and Impala wrote are moments, and go beyond the years that nanoseconds have.
        if column.is_primitive() && column.get_physical_type() == Physical::INT96 {
            let moments = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
            return Arc::new(Field::clone(field).with_data_type(moments));
        }
        Arc::clone(field)
    });
    let schema = Schema::new_with_metadata(fields.collect::<Fields>(), found.schema().metadata().clone());
    let read = ArrowReaderMetadata::try_new(Arc::clone(found.metadata()), options().with_schema(Arc::new(schema)))?;
    Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(pages, read))
}

/// So many rows that their values take [`BATCH_BYTES`], as far as the footer tells.
fn rows_at_once(builder: &ParquetRecordBatchReaderBuilder<Pages>) -> usize {
    let groups = builder.metadata().row_groups();
    let (mut bytes, mut rows) = (0, 0);
    for group in groups {
        bytes += u64::try_from(group.total_byte_size()).unwrap_or_default();
        rows += u64::try_from(group.num_rows()).unwrap_or_default();
    }
    let each = (bytes / rows.max(1)).max(1);
    usize::try_from(BATCH_BYTES / each).unwrap_or_default().clamp(16, 8_192)
}

fn damaged(name: &str, error: &dyn std::fmt::Display) -> Error {
    Error::new(Exit::Input, format!("{name} is cut off, damaged or no Parquet: {error}"))
        .help("nothing was loaded from it")
}
