//! Writes a recording.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::{Entry, INDEX};
use crate::fetch::{FetchError, Request, Response};

/// Adds responses to a recording. Killed at any moment it leaves a recording that can be replayed and added to: a body is
/// there in full before the line that names it, and a line that was not finished is taken back by the next recorder.
#[derive(Debug)]
pub(in crate::fetch) struct Recorder {
    folder: PathBuf,
    indexes: Mutex<HashMap<&'static str, File>>,
}

impl Recorder {
    /// A recorder for a folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`FetchError::RecordingWrite`] if the file system refuses: better now than after the first request.
    pub(in crate::fetch) fn new(folder: &Path) -> Result<Self, FetchError> {
        fs::create_dir_all(folder).map_err(failed(folder))?;
        Ok(Self { folder: folder.to_owned(), indexes: Mutex::new(HashMap::new()) })
    }

    /// Adds a response.
    ///
    /// # Errors
    /// [`FetchError::RecordingWrite`] if the file system refuses.
    pub(in crate::fetch) fn record(&self, request: &Request, response: &Response) -> Result<(), FetchError> {
        let folder = self.folder.join(request.source());
        let index_path = folder.join(INDEX);
        // One writer at a time: lines and the temporary files of bodies never mix.
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        if !indexes.contains_key(request.source()) {
            let file = open_index(&folder, &index_path).map_err(failed(&index_path))?;
            indexes.insert(request.source(), file);
        }
        let body = (!response.body.is_empty()).then(|| body_name(request, response));
        if let Some(name) = &body {
            let path = folder.join(name);
            write_whole(&path, &response.body).map_err(failed(&path))?;
        }
        let entry = Entry {
            method: request.method().to_owned(),
            path: request.path().to_owned(),
            query: request.query_string(),
            status: response.status,
            headers: response.headers.clone(),
            body,
            fetched_at: response.fetched_at,
        };
        let mut line = serde_json::to_vec(&entry).map_err(|error| failed(&index_path)(error.into()))?;
        line.push(b'\n');
        match indexes.get_mut(request.source()) {
            Some(index) => index.write_all(&line).map_err(failed(&index_path)),
            None => Ok(()),
        }
    }
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> FetchError {
    move |cause| FetchError::RecordingWrite { path: path.to_owned(), cause }
}

/// Opens an index for adding, without the unfinished line that a killed recorder may have left.
fn open_index(folder: &Path, path: &Path) -> std::io::Result<File> {
    fs::create_dir_all(folder)?;
    let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    if whole < text.len() {
        file.set_len(whole as u64)?;
        file.seek(SeekFrom::End(0))?;
    }
    Ok(file)
}

/// Writes a file under another name first, so that it is never there in part.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    fs::write(&part, bytes)?;
    fs::rename(&part, path)
}

/// A name that a reader recognises, and that differs where the content differs: an older line keeps its body.
fn body_name(request: &Request, response: &Response) -> String {
    let last = request.path().rsplit('/').find(|part| !part.is_empty()).unwrap_or("index");
    let query = request.query_string();
    let readable = if query.is_empty() { last.to_owned() } else { format!("{last}-{query}") };
    let mut name: String = readable
        .chars()
        .take(80)
        .map(|c| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '-' })
        .collect();
    let mut hash = Sha256::new();
    hash.update(request.to_string());
    hash.update([0]);
    hash.update(&response.body);
    name.push('-');
    for byte in &hash.finalize()[..4] {
        name.push_str(&format!("{byte:02x}"));
    }
    name.push_str(match response.media_type.as_deref() {
        Some("application/json") => ".json",
        Some("text/html") => ".html",
        Some("text/csv") => ".csv",
        Some("text/plain") => ".txt",
        _ => ".body",
    });
    name
}
