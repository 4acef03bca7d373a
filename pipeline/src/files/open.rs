//! Opening files: which compression, which format, which fields.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::csv::{self, Dialect};
use super::guard::guarded;
use super::input::{Content, Input, spool};
use super::ndjson;
use super::parquet::{ParquetReader, Use};
use super::reader::{Meter, Reader};
use crate::{Error, Exit, Result};

/// How much longer tables are than when they are compressed, about: box scores 10 times, rosters 6.
const COMPRESSION: u64 = 8;

const PARQUET: &[u8] = b"PAR1";
const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];

/// A file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Fields between delimiters, by RFC 4180.
    Csv,
    /// One JSON object a line.
    Ndjson,
    /// Apache Parquet: columns with types of their own.
    Parquet,
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
    /// About how many bytes its records are, after decompression.
    pub plain_size: Option<u64>,
    /// How many records it has, where it says so.
    pub rows: Option<u64>,
    /// How its records are read, with nothing left open.
    pub layout: Layout,
    pub(super) reader: Box<dyn Reader>,
}

impl Opened {
    /// Says what each of its fields is read for.
    #[must_use]
    pub fn read_for(mut self, uses: Vec<Use>) -> Self {
        self.reader.read_for(uses);
        self
    }
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
pub fn open(source: &Input, layout: &Layout, meter: &Arc<Meter>, known: &[Vec<String>]) -> Result<Opened> {
    let name = source.name();
    let (file, size) = source.open()?;
    let failed = |error: io::Error| unreadable(&name, &error);
    let mut input = BufReader::with_capacity(256 << 10, Metered { inner: file, meter: Arc::clone(meter) });
    let magic = peek(&mut input).map_err(failed)?;
    let format = layout.format.unwrap_or_else(|| of_name(&name));
    let is_parquet = |start: &[u8]| match layout.format {
        Some(format) => format == Format::Parquet,
        None => format == Format::Parquet || start.starts_with(PARQUET),
    };
    let mut plain: Box<dyn BufRead + Send> = match magic {
        GZIP => buffered(flate2::bufread::MultiGzDecoder::new(input)),
        ZSTD => buffered(zstd::stream::read::Decoder::with_buffer(input).map_err(failed)?),
        // Its end is read first, and then any part of it: not what went through a buffer.
        _ if is_parquet(magic) => return parquet(&name, source.open()?, layout, meter),
        _ => Box::new(input),
    };
    let plain_size = size.map(|size| if magic.is_empty() { size } else { size * COMPRESSION });
    if is_parquet(plain.fill_buf().map_err(failed)?) {
        let spooled = spool(&name, plain)?;
        return parquet(&name, (Content::Spooled(spooled, 0), size), layout, meter);
    }
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
    let (name, media_type) = (shared, media_type.into());
    Ok(Opened { name, format, media_type, names, size, plain_size, rows: None, layout: read, reader })
}

/// The same for Parquet, which names its fields and counts its records at its end.
fn parquet(name: &str, (content, size): (Content, Option<u64>), layout: &Layout, meter: &Arc<Meter>) -> Result<Opened> {
    let (name, format): (Arc<str>, _) = (name.into(), Format::Parquet);
    let reader = guarded(&name, || ParquetReader::open(Arc::clone(&name), content, meter, layout.max_record))?;
    let (names, rows) = (reader.names().to_vec(), reader.rows());
    let layout = Layout { format: Some(format), names: Some(names.clone()), ..layout.clone() };
    let media_type = super::parquet::MEDIA_TYPE.into();
    Ok(Opened { name, format, media_type, names, size, plain_size: size, rows, layout, reader: Box::new(reader) })
}

fn buffered(reader: impl Read + Send + 'static) -> Box<dyn BufRead + Send> {
    Box::new(BufReader::with_capacity(256 << 10, reader))
}

/// The first bytes, if they say what follows; none is consumed. A short read is not the end of the file.
fn peek(input: &mut BufReader<Metered>) -> io::Result<&'static [u8]> {
    let start = input.fill_buf()?;
    Ok(match start {
        start if start.starts_with(PARQUET) => PARQUET,
        start if start.starts_with(GZIP) => GZIP,
        start if start.starts_with(ZSTD) => ZSTD,
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
    match base.rsplit_once('.') {
        Some((_, "ndjson" | "jsonl" | "json")) => Format::Ndjson,
        Some((_, "parquet" | "pq")) => Format::Parquet,
        _ => Format::Csv,
    }
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
pub(super) struct Metered {
    pub(super) inner: Content,
    pub(super) meter: Arc<Meter>,
}

impl Read for Metered {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.meter.add_bytes(read as u64);
        Ok(read)
    }
}
