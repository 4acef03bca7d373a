//! The records of rows that the merge may yet refuse: kept aside until then, in memory while they are few and in a
//! temporary file beyond that, so that a load of any size takes the same memory.
//!
//! A record is its ordinal, the number of its head, its line, its byte offset, the length of its raw bytes, and these. Rows that share
//! a record (one page, many rows) keep it once. Records stand in the order of their ordinals.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use bytes::Bytes;
use tempfile::SpooledTempFile;

use super::origin::Origin;
use crate::{Error, Exit, Result};

/// So many bytes stay in memory.
const IN_MEMORY: usize = 4 << 20;

/// Every so many records one is a place to begin reading at.
const STRIDE: u64 = 1024;

/// Stands for a line or byte offset that is not known.
const UNKNOWN: u64 = u64::MAX;

/// The bytes before the raw ones.
const HEAD: u64 = 8 + 4 + 8 + 8 + 4;

/// Stands for the raw bytes' length where the record is the one before.
const SAME: u32 = u32::MAX;

/// The records kept.
pub(super) struct Spool {
    file: BufWriter<SpooledTempFile>,
    /// What many records have in common: source, URL, file, media type and recipe. A replayed one has its own.
    heads: Vec<Arc<Origin>>,
    numbers: HashMap<HeadKey, u32>,
    /// Ordinal and position of every [`STRIDE`]th record.
    marks: Vec<(u64, u64)>,
    records: u64,
    position: u64,
    last: Option<Arc<Origin>>,
}

type HeadKey = (Arc<str>, Option<Arc<str>>, Option<Arc<str>>, Option<Arc<str>>, Option<i64>);

impl Default for Spool {
    fn default() -> Self {
        Self {
            file: BufWriter::new(SpooledTempFile::new(IN_MEMORY)),
            heads: Vec::new(),
            numbers: HashMap::new(),
            marks: Vec::new(),
            records: 0,
            position: 0,
            last: None,
        }
    }
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool").field("records", &self.records).field("bytes", &self.position).finish_non_exhaustive()
    }
}

impl Spool {
    /// Keeps the record of a row; ordinals rise.
    pub(super) fn keep(&mut self, ordinal: u64, origin: &Arc<Origin>) -> Result<()> {
        self.write(ordinal, origin).map_err(failed)
    }

    fn write(&mut self, ordinal: u64, origin: &Arc<Origin>) -> io::Result<()> {
        let marked = self.records.is_multiple_of(STRIDE);
        if marked {
            self.marks.push((ordinal, self.position));
        }
        self.records += 1;
        let same = !marked && self.last.as_ref().is_some_and(|last| Arc::ptr_eq(last, origin));
        let head = self.head(origin);
        let length = if same { SAME } else { u32::try_from(origin.raw.len()).unwrap_or(SAME - 1) };
        self.file.write_all(&ordinal.to_le_bytes())?;
        self.file.write_all(&head.to_le_bytes())?;
        self.file.write_all(&origin.line.unwrap_or(UNKNOWN).to_le_bytes())?;
        self.file.write_all(&origin.byte_offset.unwrap_or(UNKNOWN).to_le_bytes())?;
        self.file.write_all(&length.to_le_bytes())?;
        self.position += HEAD;
        if !same {
            self.file.write_all(&origin.raw[..length as usize])?;
            self.position += u64::from(length);
            self.last = Some(Arc::clone(origin));
        }
        Ok(())
    }

    /// The number of what the record has in common with others.
    fn head(&mut self, origin: &Origin) -> u32 {
        if let Some(last) = self.heads.last()
            && last.source == origin.source
            && last.file == origin.file
            && last.url == origin.url
            && last.media_type == origin.media_type
            && last.entry == origin.entry
        {
            return self.heads.len() as u32 - 1;
        }
        let (url, file, media) = (origin.url.clone(), origin.file.clone(), origin.media_type.clone());
        let heads = &mut self.heads;
        *self.numbers.entry((Arc::clone(&origin.source), url, file, media, origin.entry)).or_insert_with(|| {
            heads.push(Arc::new(Origin { raw: Bytes::new(), line: None, byte_offset: None, ..origin.clone() }));
            heads.len() as u32 - 1
        })
    }

    /// The records of rows, whose ordinals rise. A row without one gets an empty record.
    pub(super) fn find(&mut self, ordinals: &[u64]) -> Result<Vec<Arc<Origin>>> {
        self.read(ordinals).map_err(failed)
    }

    fn read(&mut self, ordinals: &[u64]) -> io::Result<Vec<Arc<Origin>>> {
        self.file.flush()?;
        let mut reader = BufReader::new(self.file.get_mut());
        let mut found = Vec::with_capacity(ordinals.len());
        // The mark from which is being read, and the last record read.
        let mut at: Option<usize> = None;
        let mut record: Option<(u64, Arc<Origin>)> = None;
        for wanted in ordinals {
            let Some(mark) = self.marks.partition_point(|(ordinal, _)| ordinal <= wanted).checked_sub(1) else {
                found.push(Arc::default());
                continue;
            };
            if at != Some(mark) {
                reader.seek(SeekFrom::Start(self.marks[mark].1))?;
                (at, record) = (Some(mark), None);
            }
            while record.as_ref().is_none_or(|(ordinal, _)| ordinal < wanted) && !reader.fill_buf()?.is_empty() {
                record = Some(next(&mut reader, &self.heads, record.as_ref())?);
            }
            let hit = record.as_ref().filter(|(ordinal, _)| ordinal == wanted);
            found.push(hit.map_or_else(Arc::default, |(_, origin)| Arc::clone(origin)));
        }
        Ok(found)
    }
}

fn next(
    reader: &mut impl Read,
    heads: &[Arc<Origin>],
    before: Option<&(u64, Arc<Origin>)>,
) -> io::Result<(u64, Arc<Origin>)> {
    let ordinal = u64::from_le_bytes(array(reader)?);
    let head = u32::from_le_bytes(array(reader)?);
    let line = u64::from_le_bytes(array(reader)?);
    let offset = u64::from_le_bytes(array(reader)?);
    let length = u32::from_le_bytes(array(reader)?);
    if length == SAME {
        return Ok((ordinal, before.map_or_else(Arc::default, |(_, origin)| Arc::clone(origin))));
    }
    let mut raw = vec![0; length as usize];
    reader.read_exact(&mut raw)?;
    let head = heads.get(head as usize).map(|head| Origin::clone(head)).unwrap_or_default();
    let known = |number| (number != UNKNOWN).then_some(number);
    let (line, byte_offset) = (known(line), known(offset));
    Ok((ordinal, Arc::new(Origin { line, byte_offset, raw: raw.into(), ..head })))
}

fn array<const N: usize>(reader: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn failed(error: io::Error) -> Error {
    let folder = std::env::temp_dir();
    Error::new(Exit::Temporary, format!("cannot keep records in a temporary file in {}", folder.display()))
        .help("TMPDIR names a folder with more room")
        .caused_by(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(number: u64) -> Arc<Origin> {
        Arc::new(Origin {
            source: "files".into(),
            file: Some(format!("{}.csv", number / 4_000).into()),
            line: number.is_multiple_of(5).then_some(number),
            byte_offset: (!number.is_multiple_of(7)).then_some(number * 10),
            raw: vec![b'x'; (number % 3_000) as usize].into(),
            ..Origin::default()
        })
    }

    fn shown(origin: &Origin) -> (Option<&str>, Option<u64>, Option<u64>, &[u8]) {
        (origin.file.as_deref(), origin.line, origin.byte_offset, &origin.raw)
    }

    #[test]
    fn what_was_kept_is_found_in_memory_and_on_disk() {
        let mut spool = Spool::default();
        // Every other row is kept, far beyond what stays in memory; three rows in a row share a record.
        let kept: Vec<u64> = (0..12_000).filter(|ordinal| ordinal % 2 == 1).collect();
        let of = |ordinal: u64| origin(ordinal / 6);
        let mut last = (u64::MAX, Arc::default());
        for ordinal in &kept {
            if last.0 != ordinal / 6 {
                last = (ordinal / 6, of(*ordinal));
            }
            spool.keep(*ordinal, &last.1).unwrap();
        }
        assert!(spool.position > IN_MEMORY as u64 / 2);
        for step in [1, 13, 2_047] {
            let wanted: Vec<u64> = kept.iter().copied().step_by(step).collect();
            let found = spool.find(&wanted).unwrap();
            for (ordinal, found) in wanted.iter().zip(&found) {
                assert_eq!(shown(found), shown(&of(*ordinal)), "{ordinal}");
            }
        }
        let missing = spool.find(&[0, 2, 99_999]).unwrap();
        assert!(missing.iter().all(|origin| origin.raw.is_empty()));
    }
}
