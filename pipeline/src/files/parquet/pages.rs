//! The bytes of a Parquet file, read where they are asked for.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use crate::files::input::Content;
use crate::files::open::Metered;
use crate::files::reader::Meter;

/// Enough for the header of a page.
const HEADER: usize = 1 << 10;

/// A file of which any part can be read.
pub(super) struct Pages {
    file: Arc<File>,
    size: u64,
    meter: Arc<Meter>,
}

impl Pages {
    pub(super) fn of(content: Content, meter: &Arc<Meter>) -> io::Result<Self> {
        let file = content.shared();
        Ok(Self { size: file.metadata()?.len(), file, meter: Arc::clone(meter) })
    }
}

impl Length for Pages {
    fn len(&self) -> u64 {
        self.size
    }
}

impl ChunkReader for Pages {
    type T = BufReader<Metered>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let inner = Content::Spooled(Arc::clone(&self.file), start);
        Ok(BufReader::with_capacity(HEADER, Metered { inner, meter: Arc::clone(&self.meter) }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // The length stands in the file: no room is made for what is not there.
        if self.size.saturating_sub(start) < length as u64 {
            return Err(ParquetError::EOF(format!("{length} bytes at {start} of {} are named", self.size)));
        }
        let inner = Content::Spooled(Arc::clone(&self.file), start);
        let mut bytes = vec![0; length];
        Metered { inner, meter: Arc::clone(&self.meter) }.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}
