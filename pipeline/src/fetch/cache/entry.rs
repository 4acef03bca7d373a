//! The form of a stored answer.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::fetch::{Origin, Response, message};

pub(super) const EXTENSION: &str = "zst";

/// A higher level saves little on pages and costs more time than a request takes from the disk.
const LEVEL: i32 = 3;

/// No line of headers is longer.
const LONGEST_HEAD: u64 = 1 << 20;

/// What precedes the body.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    /// The version of this form.
    v: u8,
    /// The address that was asked for: a hash tells no two of them apart for certain.
    key: String,
    status: u16,
    headers: BTreeMap<String, String>,
    /// The address that answered.
    url: String,
    fetched_at: DateTime<Utc>,
}

const VERSION: u8 = 1;

/// An answer as it is stored. The frame's checksum covers all of it.
pub(super) fn to_bytes(key: &str, response: &Response) -> io::Result<Vec<u8>> {
    let head = Head {
        v: VERSION,
        key: key.to_owned(),
        status: response.status,
        headers: response.headers.clone(),
        url: response.url.clone(),
        fetched_at: response.fetched_at,
    };
    let mut frame = zstd::Encoder::new(Vec::new(), LEVEL)?;
    frame.include_checksum(true)?;
    serde_json::to_writer(&mut frame, &head)?;
    frame.write_all(b"\n")?;
    frame.write_all(&response.body)?;
    frame.finish()
}

/// Reads what [`to_bytes`] made.
///
/// # Errors
/// Anything but a whole, undamaged entry of that address, in this version, with a body within the limit.
pub(super) fn read(file: impl Read, key: &str, body_limit: usize) -> io::Result<Response> {
    let unusable = |reason: &'static str| io::Error::new(io::ErrorKind::InvalidData, reason);
    let mut frame = BufReader::new(zstd::Decoder::new(file)?);
    let mut line = Vec::new();
    frame.by_ref().take(LONGEST_HEAD).read_until(b'\n', &mut line)?;
    let head: Head = serde_json::from_slice(&line)?;
    if head.v != VERSION || head.key != key {
        return Err(unusable("it is of another version or address"));
    }
    let mut body = Vec::new();
    frame.take(body_limit as u64 + 1).read_to_end(&mut body)?;
    if body.len() > body_limit {
        return Err(unusable("its body is longer than the limit"));
    }
    Ok(Response {
        status: head.status,
        media_type: message::media_type(&head.headers),
        headers: head.headers,
        body: body.into(),
        url: head.url,
        fetched_at: head.fetched_at,
        origin: Origin::Cache,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "http://host/list?type=12";

    fn response() -> Response {
        Response {
            status: 200,
            headers: [("etag".to_owned(), "\"1\"".to_owned())].into(),
            body: "[1,2,3]\n".repeat(500).into(),
            url: "http://host/moved".to_owned(),
            media_type: None,
            fetched_at: DateTime::UNIX_EPOCH,
            origin: Origin::Live,
        }
    }

    #[test]
    fn an_entry_comes_back_whole() {
        let read = read(&to_bytes(KEY, &response()).unwrap()[..], KEY, 4000).unwrap();
        assert_eq!((read.body, read.headers), (response().body, response().headers));
        assert_eq!((read.url, read.fetched_at, read.origin), (response().url, response().fetched_at, Origin::Cache));
    }

    #[test]
    fn an_entry_that_is_cut_changed_or_of_something_else_is_none() {
        let whole = to_bytes(KEY, &response()).unwrap();
        for length in 0..whole.len() {
            assert!(read(&whole[..length], KEY, 4000).is_err(), "cut to {length} of {}", whole.len());
        }
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 0x10;
            let is_same = read(&changed[..], KEY, 4000).is_ok_and(|read| read.body == response().body);
            assert!(read(&changed[..], KEY, 4000).is_err() || is_same, "byte {place} of {}", whole.len());
        }
        assert!(read(&[&whole[..], b"more"].concat()[..], KEY, 4000).is_err(), "more than an entry");
        assert!(read(&whole[..], "http://host/list?type=3", 4000).is_err(), "another address");
        assert!(read(&whole[..], KEY, 3999).is_err(), "beyond the limit");
    }
}
