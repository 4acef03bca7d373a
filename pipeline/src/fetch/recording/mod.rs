//! Recordings of sites: written while fetching, replayed without a network.
//!
//! A recording is a folder with a folder for each source:
//!
//! ```text
//! DIR/<source>/index.ndjson   one line a response, or a pattern of what is absent or beyond the recording
//! DIR/<source>/<body file>    the bodies, decompressed
//! ```
//!
//! A line of the index is one of
//!
//! ```json
//! {"method":"GET","path":"/a","query":"x=1&y=2","status":200,"headers":{"content-type":"text/html"},"body":"a.html","fetched_at":"2026-08-01T06:00:00Z"}
//! {"absent":"/directory/orgDetail"}
//! {"beyond":"/teams/*"}
//! ```
//!
//! `query` is form-encoded, its order makes no difference, and it may be left out, like `method` (GET) and `headers`. A
//! response without a body has no `body`. Of two lines for one request the later holds. `absent` says of all requests whose
//! path is exactly that (`*` stands for any characters, the query does not matter) and that have no line of their own that
//! the site has nothing there: they are answered with 404. `beyond` says of those that are neither that the recording is of a
//! part of the site, and this lies outside: there is no answer, and a task that needs one has nothing to load
//! ([`FetchError::Beyond`](super::FetchError::Beyond)). Without it, such a request is an error: something is missing.

mod record;
mod replay;
mod shipped;

pub(super) use record::Recorder;
pub(super) use replay::Replay;
pub use replay::shipped_at;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The name of a source's index.
const INDEX: &str = "index.ndjson";

/// A recorded response: a line of the index.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Entry {
    #[serde(default = "get")]
    method: String,
    path: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    query: String,
    status: u16,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    fetched_at: DateTime<Utc>,
}

fn get() -> String {
    "GET".to_owned()
}
