//! Answers from a recording.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Display;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};

use super::{Entry, INDEX, shipped};
use crate::fetch::{FetchError, Origin, Request, Response, SourceAccess, message, pattern};
use crate::mask::without_credentials;

/// A recording opened for reading. It has no way to reach a network.
#[derive(Debug)]
pub(in crate::fetch) struct Replay {
    store: Store,
    /// The base URLs by source: a replayed response names the address that it stands for.
    bases: BTreeMap<String, String>,
    indexes: Mutex<HashMap<&'static str, Arc<Index>>>,
}

/// The moment that the shipped recording is of: its latest answer's.
pub fn shipped_at() -> DateTime<Utc> {
    let indexes = ["ncaa-directory", "ncaa-stats", "ncaa-com"].map(|source| Store::Shipped.read(source, INDEX));
    let moments = indexes.iter().flatten().filter_map(|text| parse_index(text, "offline").ok()?.recorded_at);
    moments.max().unwrap_or_default()
}

/// Where the files of a recording are.
#[derive(Debug)]
enum Store {
    Folder(PathBuf),
    Shipped,
}

#[derive(Debug, Default)]
struct Index {
    entries: HashMap<(String, String, String), Entry>,
    absent: Vec<String>,
    beyond: Vec<String>,
    recorded_at: Option<DateTime<Utc>>,
}

impl Replay {
    /// The recording in a folder.
    ///
    /// # Errors
    /// [`FetchError::Configuration`] if there is no such folder: better now than at the first request.
    pub(in crate::fetch) fn of_folder(
        folder: &Path,
        sources: &BTreeMap<String, SourceAccess>,
    ) -> Result<Self, FetchError> {
        let unusable = |reason: &dyn Display| {
            FetchError::Configuration(format!("the recording {} cannot be read: {reason}", folder.display()))
        };
        let found = std::fs::metadata(folder).map_err(|error| unusable(&error))?;
        if !found.is_dir() {
            return Err(unusable(&"it is not a folder"));
        }
        Ok(Self::new(Store::Folder(folder.to_owned()), sources))
    }

    /// The recording that ships with this program.
    pub(in crate::fetch) fn shipped(sources: &BTreeMap<String, SourceAccess>) -> Self {
        Self::new(Store::Shipped, sources)
    }

    fn new(store: Store, sources: &BTreeMap<String, SourceAccess>) -> Self {
        let bases =
            sources.iter().map(|(name, access)| (name.clone(), without_credentials(&access.base_url))).collect();
        Self { store, bases, indexes: Mutex::default() }
    }

    /// The recorded answer, of any status.
    ///
    /// # Errors
    /// [`FetchError::Unrecorded`] if the recording does not say what the answer is, [`FetchError::Beyond`] if it says that it does
    /// not hold such things, [`FetchError::Recording`] if it is broken.
    pub(in crate::fetch) fn get(&self, request: &Request) -> Result<Response, FetchError> {
        let index = self.index(request.source())?;
        let key = (request.method().to_owned(), request.path().to_owned(), request.query_string());
        let base = self.bases.get(request.source()).map_or("", |base| base.trim_end_matches('/'));
        let url = format!("{base}{}", request.target());
        if let Some(entry) = index.entries.get(&key) {
            let body = match &entry.body {
                Some(name) => self.store.read(request.source(), name)?,
                None => Bytes::new(),
            };
            return Ok(Response {
                status: entry.status,
                headers: entry.headers.clone(),
                body,
                url,
                media_type: message::media_type(&entry.headers),
                fetched_at: entry.fetched_at,
                origin: Origin::Recording,
            });
        }
        let is_one_of = |patterns: &[String]| patterns.iter().any(|it| pattern::matches_all(it, request.path()));
        if is_one_of(&index.absent) {
            return Ok(Response {
                status: 404,
                headers: BTreeMap::new(),
                body: Bytes::new(),
                url,
                media_type: None,
                fetched_at: index.recorded_at.unwrap_or_default(),
                origin: Origin::Recording,
            });
        }
        let (request, source_name, recording) = (request.to_string(), request.source(), self.store.name());
        Err(if is_one_of(&index.beyond) {
            FetchError::Beyond { request, source_name, recording }
        } else {
            FetchError::Unrecorded { request, source_name, recording }
        })
    }

    fn index(&self, source: &'static str) -> Result<Arc<Index>, FetchError> {
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(index) = indexes.get(source) {
            return Ok(Arc::clone(index));
        }
        let text = self.store.read(source, INDEX)?;
        let index = Arc::new(parse_index(&text, &self.store.place(source, INDEX))?);
        indexes.insert(source, Arc::clone(&index));
        Ok(index)
    }
}

impl Store {
    fn name(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::Shipped => "offline".to_owned(),
        }
    }

    fn place(&self, source: &str, file: &str) -> String {
        format!("{}/{source}/{file}", self.name())
    }

    fn read(&self, source: &str, file: &str) -> Result<Bytes, FetchError> {
        let unreadable = |reason: String| FetchError::Recording { place: self.place(source, file), reason };
        if !Path::new(file).components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(unreadable("a body file lies within the recording's folder".to_owned()));
        }
        match self {
            Self::Folder(folder) => std::fs::read(folder.join(source).join(file))
                .map(Bytes::from)
                .map_err(|error| unreadable(error.to_string())),
            Self::Shipped => shipped::file(source, file)
                .map(Bytes::from_static)
                .ok_or_else(|| unreadable("it is not part of what ships".to_owned())),
        }
    }
}

fn parse_index(text: &[u8], place: &str) -> Result<Index, FetchError> {
    let mut index = Index::default();
    let mut lines = text.split(|byte| *byte == b'\n').zip(1..).peekable();
    while let Some((line, number)) = lines.next() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let parsed = parse_line(line, &mut index);
        // What follows the last newline is a line that a killed recorder did not finish.
        if let Err(error) = parsed {
            if lines.peek().is_none() {
                tracing::warn!(place, line = number, "the last line of the recording's index is not whole: left out");
                break;
            }
            return Err(FetchError::Recording { place: format!("{place}:{number}"), reason: error.to_string() });
        }
    }
    Ok(index)
}

fn parse_line(line: &[u8], index: &mut Index) -> serde_json::Result<()> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Pattern {
        Absent(String),
        Beyond(String),
    }
    if let Ok(pattern) = serde_json::from_slice(line) {
        match pattern {
            Pattern::Absent(pattern) => index.absent.push(pattern),
            Pattern::Beyond(pattern) => index.beyond.push(pattern),
        }
        return Ok(());
    }
    let entry: Entry = serde_json::from_slice(line)?;
    index.recorded_at = index.recorded_at.max(Some(entry.fetched_at));
    let key = (entry.method.clone(), entry.path.clone(), message::sorted_query(&entry.query));
    index.entries.insert(key, entry);
    Ok(())
}
