//! Pages as responses: fixtures, and the recorded real ones, which are no part of the project.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]

use std::io::Read;
use std::path::PathBuf;

use csv_core::{ReadRecordResult, Reader};
use pipeline::fetch::{Origin, Response};

/// A fixture of a source, by file name.
pub fn fixture(source: &str, name: &str) -> String {
    let path = format!("{}/tests/fixtures/{source}/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A response with a page.
pub fn page(url: &str, body: &str) -> Response {
    Response {
        status: 200,
        headers: Default::default(),
        body: body.to_owned().into(),
        url: url.to_owned(),
        media_type: Some("text/html".to_owned()),
        fetched_at: chrono::DateTime::UNIX_EPOCH,
        origin: Origin::Live,
    }
}

/// Where the recorded data lies.
pub fn recorded_data() -> PathBuf {
    std::env::var_os("RECORDED_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from)
}

/// A recorded page, or other text, which may be compressed; says so if it is not there.
pub fn recorded(path: &str) -> Option<String> {
    let path = recorded_data().join(path);
    let Ok(bytes) = std::fs::read(&path) else {
        eprintln!("NOT TESTED: there is no {}; set RECORDED_DATA", path.display());
        return None;
    };
    let mut text = String::new();
    if path.extension().is_some_and(|extension| extension == "gz") {
        flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("it is gzip and UTF-8");
    } else {
        text = String::from_utf8(bytes).expect("it is UTF-8");
    }
    Some(text)
}

/// The rows of a CSV file, its header first.
pub fn csv(text: &str) -> Vec<Vec<String>> {
    let (mut reader, mut input) = (Reader::new(), text.as_bytes());
    let (mut output, mut ends) = ([0_u8; 1 << 16], [0; 64]);
    let mut rows = Vec::new();
    loop {
        let (result, read, _, fields) = reader.read_record(input, &mut output, &mut ends);
        input = &input[read..];
        match result {
            ReadRecordResult::Record => {
                let starts = std::iter::once(0).chain(ends[..fields].iter().copied());
                let field = |(start, end): (usize, &usize)| String::from_utf8_lossy(&output[start..*end]).into_owned();
                rows.push(starts.zip(&ends[..fields]).map(field).collect());
            }
            // The text is at hand as a whole: what the reader took last is its end.
            ReadRecordResult::InputEmpty => {}
            ReadRecordResult::End => return rows,
            ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => panic!("a row is too long"),
        }
    }
}
