//! Files into records: compression, formats, and what is wrong with either.
//!
//! ```text
//! open -> decompress -> split into records -> Batch -> (bounded channel) -> rows
//! magic   gzip, zstd    csv, ndjson, parquet           the reader's thread waits here
//! ```
//!
//! A reader works on a thread of its own and hands over batches of a few thousand records. It knows names of fields, but
//! neither tables nor types: see [`crate::map`].

mod batch;
mod csv;
mod guard;
mod input;
mod ndjson;
mod open;
pub(crate) mod parquet;
mod reader;
mod record;

pub use batch::{Batch, Datum, Record};
pub use input::Input;
pub use open::{Format, Layout, Opened, open};
pub use parquet::Use;
pub use reader::{Meter, start};
pub use record::read_record;
