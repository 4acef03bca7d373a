//! Opening files: which compression, which format, which fields.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::csv::{self, Dialect};
use super::input::{Content, Input};
use super::ndjson;
use super::reader::{Meter, Reader};
use crate::{Error, Exit, Result};

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Fields between delimiters, by RFC 4180.
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// How files are to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The format; `None` to tell it from the name and the first bytes.
    pub format: Option<Format>,
    /// The delimiter of CSV; `None` for a comma, and a tab in `.tsv`.
    pub delimiter: Option<u8>,
    /// The quote of CSV; `None` for none.
    pub quote: Option<u8>,
    /// The names of the fields, for a CSV file whose first line is not a header.
    pub names: Option<Vec<String>>,
    /// The longest record, in bytes.
    pub max_record: usize,
}

impl Layout {
    pub(super) fn dialect(&self) -> Dialect {
        let delimiter = self.delimiter.unwrap_or(b',');
        Dialect { delimiter, quote: self.quote, max_record: self.max_record }
    }
}

/// A file that is open, with the names of its fields known.
pub struct Opened {
    /// Its name as errors and the quarantine show it.
    pub name: Arc<str>,
    /// Its format.
    pub format: Format,
    /// The media type of its records.
    pub media_type: Arc<str>,
    /// The names of its fields. Those of NDJSON are the keys of the first lines; others may follow.
    pub names: Vec<String>,
    /// What it occupies, in bytes.
    pub size: Option<u64>,
    /// How its records are read, with nothing left open.
    pub layout: Layout,
    pub(super) reader: Box<dyn Reader>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("name", &self.name).field("format", &self.format).finish_non_exhaustive()
    }
}

/// Opens a file and reads its header. `known` are names that records may give beside those found.
///
/// # Errors
/// [`Exit::Usage`] for a file that is not there; [`Exit::Input`] for one that cannot be read as what it seems to be.
pub fn open(input: &Input, layout: &Layout, meter: &Arc<Meter>, known: &[Vec<String>]) -> Result<Opened> {
    let name = input.name();
    let (file, size) = input.open()?;
    let failed = |error: io::Error| unreadable(&name, &error);
    let mut input = BufReader::with_capacity(256 << 10, Metered { inner: file, meter: Arc::clone(meter) });
    let magic = peek(&mut input).map_err(failed)?;
    if magic.starts_with(b"PAR1") {
        return Err(Error::new(Exit::Input, format!("{name} is Parquet, which is not read here"))
            .help("convert it to CSV or NDJSON"));
    }
    let format = layout.format.unwrap_or_else(|| of_name(&name));
    let mut plain: Box<dyn BufRead + Send> = match magic {
        [0x1f, 0x8b, ..] => buffered(flate2::bufread::MultiGzDecoder::new(input)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => buffered(zstd::stream::read::Decoder::with_buffer(input).map_err(failed)?),
        _ => Box::new(input),
    };
    let bom = match peek_at(&mut plain).map_err(failed)? {
        [0xef, 0xbb, 0xbf, ..] => 3,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            return Err(Error::new(Exit::Input, format!("{name} is UTF-16"))
                .help("convert it, such as with `iconv -f UTF-16 -t UTF-8`"));
        }
        _ => 0,
    };
    plain.consume(bom);
    let shared: Arc<str> = name.as_str().into();
    let mut read = Layout { format: Some(format), ..layout.clone() };
    let (names, reader): (Vec<String>, Box<dyn Reader>) = match format {
        Format::Csv => {
            let by_name = if base_name(&name).ends_with(".tsv") { b'\t' } else { b',' };
            read.delimiter.get_or_insert(by_name);
            let reader = csv::CsvReader::new(Arc::clone(&shared), plain, bom as u64, read.dialect());
            let (names, reader) = reader.with_header(layout.names.clone())?;
            (names, Box::new(reader))
        }
        _ => {
            let reader = ndjson::NdjsonReader::new(Arc::clone(&shared), plain, bom as u64, layout.max_record);
            let (names, reader) = reader.with_names(known)?;
            (names, Box::new(reader))
        }
    };
    let media_type = if format == Format::Csv { "text/csv" } else { "application/x-ndjson" };
    read.names = Some(names.clone());
    Ok(Opened { name: shared, format, media_type: media_type.into(), names, size, layout: read, reader })
}

fn buffered(reader: impl Read + Send + 'static) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::with_capacity(256 << 10, reader))
}

/// Up to four bytes, of which none is consumed. A short read is not the end of the file.
fn peek(input: &mut BufReader<Metered>) -> io::Result<&'static [u8]> {
    let start = input.fill_buf()?;
    Ok(match start {
        [b'P', b'A', b'R', b'1', ..] => b"PAR1",
        [0x1f, 0x8b, ..] => &[0x1f, 0x8b],
        [0x28, 0xb5, 0x2f, 0xfd, ..] => &[0x28, 0xb5, 0x2f, 0xfd],
        _ => &[],
    })
}

fn peek_at(input: &mut Box<dyn BufRead + Send>) -> io::Result<&'static [u8]> {
    Ok(match input.fill_buf()? {
        [0xef, 0xbb, 0xbf, ..] => &[0xef, 0xbb, 0xbf],
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => &[0xff, 0xfe],
        _ => &[],
    })
}

/// The name without the endings of compressed files, in lower case.
fn base_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let endings = [".gz", ".zst", ".zstd"];
    endings.iter().find_map(|ending| lower.strip_suffix(ending)).unwrap_or(&lower).to_owned()
}

fn of_name(name: &str) -> Format {
    let base = base_name(name);
    let json = [".ndjson", ".jsonl", ".json"].iter().any(|ending| base.ends_with(ending));
    if json { Format::Ndjson } else { Format::Csv }
}

/// An error of reading: a file that ends too early or is damaged is unusable, anything else may pass.
pub(super) fn unreadable(name: &str, error: &io::Error) -> Error {
    let damaged = matches!(
        error.kind(),
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::Other
    );
    if damaged {
        Error::new(Exit::Input, format!("{name} is cut off or damaged: {error}")).help("nothing was loaded from it")
    } else {
        Error::new(Exit::Temporary, format!("{name} cannot be read: {error}"))
    }
}

/// Counts the bytes that are read.
struct Metered {
    inner: Content,
    meter: Arc<Meter>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.meter.add_bytes(read as u64);
        Ok(read)
    }
}
