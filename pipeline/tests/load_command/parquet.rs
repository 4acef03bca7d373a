//! Parquet files as other tools write them (`parquet/make.py`).

use std::path::Path;

use serde_json::json;

use crate::{Scene, gzip};

/// A table with a column for each type that Parquet has.
const KINDS: &str = r"
import { bigint, boolean, bytea, date, doublePrecision, integer, jsonb, numeric, pgTable, real, smallint, text, time, timestamp, uuid } from 'drizzle-orm/pg-core';

export const kinds = pgTable('kinds', {
  n: integer('n').primaryKey(),
  small: smallint('small'),
  big: bigint('big', { mode: 'bigint' }),
  huge: numeric('huge'),
  half: real('half'),
  float4: real('float4'),
  float8: doublePrecision('float8'),
  price: numeric('price', { precision: 10, scale: 2 }),
  wide: numeric('wide'),
  day: date('day'),
  at: time('at'),
  local: timestamp('local'),
  seconds: timestamp('seconds', { withTimezone: true }),
  nanos: timestamp('nanos', { withTimezone: true }),
  word: text('word'),
  oldWord: text('old_word'),
  data: bytea('data'),
  fixed: bytea('fixed'),
  uid: uuid('uid'),
  numbers: integer('numbers').array(),
  days: date('days').array(),
  jsonText: jsonb('json_text'),
  mapping: jsonb('mapping'),
  nested: jsonb('nested'),
});
";

fn recorded(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/load_command/parquet");
    std::fs::read(folder.join(name)).unwrap()
}

#[tokio::test]
async fn every_codec_and_writer_gives_the_same_rows() {
    let files = ["none", "snappy", "gzip", "zstd", "brotli", "lz4", "pages-2", "duckdb"].map(|name| {
        let name = format!("clubs-{name}.parquet");
        let content = recorded(&name);
        (name, content)
    });
    let zipped = ("clubs.parquet.gz".to_owned(), gzip(recorded("clubs-none.parquet")));
    let renamed = ("clubs".to_owned(), recorded("clubs-zstd.parquet"));
    for (name, content) in files.into_iter().chain([zipped, renamed]) {
        let mut scene = Scene::new().await;
        scene.load_text("club", &name, &content).ok("inserted 2, read 2");
        let found = scene
            .query("SELECT ncaa_id::text, name, is_private::text, colors::text, links::text FROM club ORDER BY 1")
            .await;
        assert_eq!(found, ["1|A, \"B\"|true|{red,\"off white\"}|{\"x\": [1]}", "2|C|∅|∅|∅"], "{name}");
        scene.load_text("club", &name, &content).ok("read 2, unchanged 2");
    }
}

#[tokio::test]
async fn every_type_keeps_its_values() {
    let mut scene = Scene::with_schema(KINDS).await;
    scene.load_text("kinds", "kinds.parquet", recorded("kinds.parquet")).ok("inserted 3, read 3");
    scene.execute("SET timezone = 'UTC'").await;
    let rows = scene.query("SELECT to_jsonb(kinds)::text FROM kinds ORDER BY n").await;
    let rows: Vec<serde_json::Value> = rows.iter().map(|row| serde_json::from_str(row).unwrap()).collect();
    let expected = json!({
        "n": 1, "small": -128, "big": i64::MIN, "huge": 0, "half": 0.5, "float4": 0.1, "float8": 1e300,
        "price": -12.3, "wide": 1, "day": "2025-02-14", "at": "12:30:15.25",
        "local": "2025-02-14T12:30:15.25", "seconds": "2025-02-14T12:30:15.25+00:00",
        "nanos": "2025-02-14T12:30:15.25+00:00", "word": "café", "old_word": "café", "data": "\\x00ff",
        "fixed": "\\x0001", "uid": "00000000-0000-0000-0000-000000000001", "numbers": [1, null, 3],
        "days": ["2025-02-14"], "json_text": {"a": [1, "x"]}, "mapping": {"a": 1, "b": null},
        "nested": {"s": "a \"quote\"", "l": [{"d": "2025-02-14"}], "f": 1.5, "b": true},
    });
    assert_eq!(rows[0], expected);
    let expected = json!({
        "n": 2, "small": 127, "big": i64::MAX, "huge": u64::MAX, "half": -2, "float4": "NaN", "float8": "-Infinity",
        "price": 99_999_999.99, "day": "1969-12-31", "at": "00:00:00", "local": "1969-12-31T23:59:59",
        "seconds": "0001-01-01T00:00:00+00:00", "nanos": "1969-12-31T23:59:59+00:00", "word": "", "old_word": "",
        "data": "\\x", "fixed": "\\x6162", "uid": "ffffffff-ffff-ffff-ffff-ffffffffffff", "numbers": [],
        "days": [null], "json_text": [], "mapping": {}, "nested": {"s": null, "l": null, "f": null, "b": null},
    });
    let mut second = rows[1].clone();
    second.as_object_mut().unwrap().remove("wide");
    assert_eq!(second, expected, "but for its widest number");
    assert_eq!(scene.query("SELECT wide::text FROM kinds WHERE n = 2").await, [format!("-{}", "9".repeat(50))]);
    let nulls = rows[2].as_object().unwrap();
    assert!(nulls.iter().all(|(name, value)| (name == "n") != value.is_null()), "{nulls:?}");

    // Spark's timestamps are moments; a timestamp without time zone holds them in UTC.
    scene.load_text("kinds", "int96.parquet", recorded("int96.parquet")).ok("read 2, unchanged 2");
    scene.file("map.toml", "rest = \"ignore\"\n[columns]\nn = \"n\"\nlocal = \"nanos\"\n");
    for file in ["int96.parquet", "kinds.parquet"] {
        scene.load(&["kinds", file, "--map", "map.toml", "--limit", "2"]).ok("read 2, unchanged 2");
    }
}

#[tokio::test]
async fn a_value_that_cannot_be_written_costs_its_row() {
    let mut scene = Scene::with_schema(KINDS).await;
    scene.load_text("kinds", "beyond.parquet", recorded("beyond.parquet")).ok("inserted 1, quarantined 3, read 4");
    let found = scene.query("SELECT reason, split_part(message, ':', 1) FROM pipeline.quarantine ORDER BY 2").await;
    assert_eq!(found, ["invalid-value|row 2", "invalid-value|row 3", "invalid-value|row 4"]);
    assert_eq!(scene.query("SELECT nested::text FROM kinds").await, [r#"{"at": "1970-01-01T00:00:00"}"#]);
}

#[tokio::test]
async fn a_refused_row_is_named_by_its_number_and_can_be_replayed() {
    let mut scene = Scene::new().await;
    scene.load_text("club", "clubs.parquet", recorded("some-refused.parquet"));
    let found = "SELECT message, media_type, convert_from(raw, 'UTF8') FROM pipeline.quarantine ORDER BY message";
    let found = scene.query(found).await;
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].starts_with("row 151: ") && found[0].contains("name"), "{found:?}");
    let raw = r#"{"ncaa_id":7,"name":"Club 7","founded":"someday","links":"{\"n\": 7}"}"#;
    assert!(found[1].starts_with("row 8: ") && found[1].contains("founded"), "{found:?}");
    assert!(found[1].ends_with(&format!("|application/vnd.apache.parquet|{raw}")), "{found:?}");
    assert_eq!(scene.query("SELECT count(*)::text FROM club").await, ["298"]);

    // A wider column takes the text; json stays json.
    scene.execute("ALTER TABLE club ALTER founded TYPE text").await;
    let schema = std::fs::read_to_string(scene.folder.path().join("schema.ts")).unwrap();
    scene.file("schema.ts", schema.replace("date('founded')", "text('founded')"));
    let mut replay = std::process::Command::new(env!("CARGO_BIN_EXE_pipeline"));
    scene.surround(replay.args(["quarantine", "replay", "--schema", "schema.ts"]));
    let output = replay.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found = scene.query("SELECT name, founded, links::text FROM club WHERE ncaa_id = 7").await;
    assert_eq!(found, ["Club 7|someday|{\"n\": 7}"]);
}

/// Columns that are not asked for are not read; those that are stand under other names.
#[tokio::test]
async fn a_map_takes_the_fields_it_wants() {
    let mut scene = Scene::new().await;
    scene.file("clubs.parquet", recorded("clubs-none.parquet"));
    scene.file(
        "map.toml",
        "rest = \"ignore\"\n[columns]\nncaa_id = \"ncaa_id\"\nname = { field = \"name\", trim = true }\n",
    );
    scene.load(&["club", "clubs.parquet", "--map", "map.toml"]).ok("inserted 2, read 2");
    assert_eq!(scene.query("SELECT name, colors::text FROM club ORDER BY 1").await, ["A, \"B\"|∅", "C|∅"]);
    scene.load(&["club", "clubs.parquet", "--columns", "ncaa_id,colors", "--limit", "1"]).ok("read 1, updated 1");
    assert_eq!(scene.query("SELECT colors::text FROM club ORDER BY ncaa_id").await, ["{red,\"off white\"}", "∅"]);
    scene.load(&["club", "clubs.parquet", "--map", "none.toml"]).failed(64, &["none.toml"]);
}

#[tokio::test]
async fn damaged_files_are_one_error() {
    let scene = Scene::new().await;
    let whole = recorded("some-refused.parquet");
    let cut = &whole[..whole.len() / 2];
    let mut footer = whole.clone();
    let end = footer.len() - 8;
    footer[end..end + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    for (name, content) in [
        ("cut.parquet", cut),
        ("footer.parquet", &footer),
        ("magic", b"PAR1"),
        ("empty.parquet", b""),
        ("text.parquet", b"ncaa_id,name\n1,A\n"),
    ] {
        scene.load_text("club", name, content).failed(65, &[name, "Parquet"]);
    }
    // Whatever byte is not what it was: an error, or rows, but neither a crash nor rows of one file and no error.
    let small = recorded("clubs-none.parquet");
    for place in (0..small.len()).step_by(13) {
        let mut content = small.clone();
        content[place] ^= 0xff;
        let ran = scene.load_text("club", "flipped.parquet", &content);
        assert!(matches!(ran.code, Some(0 | 64 | 65)), "byte {place}: {:?} {}", ran.code, ran.stderr);
        if ran.code == Some(0) {
            assert_eq!(ran.result["tables"]["public.club"]["read"], 2, "byte {place}: {}", ran.result);
        }
        assert!(!ran.stderr.contains("panicked"), "byte {place}: {}", ran.stderr);
    }
}
