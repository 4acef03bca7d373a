//! What becomes of records that cannot be accepted.

use std::sync::Arc;

use pipeline::load::{Origin, RAW_LIMIT, Rejected};
use serde_json::json;

use crate::record::{Record, Value, rows};
use crate::tables::{CONFERENCE, SCHOOL};
use crate::{Database, conference, counts, school, school_key};

#[tokio::test]
async fn each_bad_value_refuses_its_row_and_no_other() {
    let mut database = Database::new().await;
    let school_with = |column: &str, value: Value| school(1, "One").with(&SCHOOL, column, value);
    let long: String = "é".repeat(41);
    let cases = vec![
        ("null-not-allowed", school_key(1).with(&SCHOOL, "name", Value::Null)),
        ("too-long", school(1, &long)),
        ("nul-character", school(1, "a\0b")),
        ("nul-character", school_with("meta", json!({"a": ["\0"]}).into())),
        ("nul-character", school_with("raw", json!({"\0": 1}).into())),
        ("unknown-label", school_with("division", "IV".into())),
        ("wrong-type", school_with("division", 1.into())),
        ("out-of-range", school_with("enrolment", Value::Int8(1 << 31))),
        ("out-of-range", school_with("enrolment", "2147483648".into())),
        ("invalid-value", school_with("enrolment", "12 000".into())),
        ("wrong-type", school_with("enrolment", Value::Bool(true))),
        ("wrong-type", school_with("enrolment", Value::Array(vec![1.into()]))),
    ];
    let mut records: Vec<Record> = cases.iter().map(|(_, record)| record.clone()).collect();
    let most = "é".repeat(40);
    records.push(school(2, &most).with(&SCHOOL, "enrolment", " 12 ").with(&SCHOOL, "meta", r#"{"text": "form"}"#));
    let refused = cases.len() as u64;
    let counts = database.load(&SCHOOL, 0, records).await;
    assert_eq!(counts, counts! { read: refused + 1, inserted: 1, quarantined: refused });
    assert_eq!(
        database.query("SELECT name, enrolment::text, meta ->> 'text' FROM school").await,
        [format!("{most}|12|form")]
    );
    let reasons = database.query("SELECT reason FROM pipeline.quarantine ORDER BY byte_offset").await;
    assert_eq!(reasons, cases.iter().map(|(reason, _)| *reason).collect::<Vec<_>>());
    let message = "SELECT message FROM pipeline.quarantine WHERE reason = 'unknown-label'";
    let expected = r#"column division ("Division") has no label "IV"; its labels are I, II, III"#;
    assert_eq!(database.query(message).await, [expected]);
}

#[tokio::test]
async fn the_same_refusal_is_one_entry_and_counts_up() {
    let mut database = Database::new().await;
    for _ in 0..2 {
        let records = vec![school(1, "a\0b"), school(1, "a\0b")];
        assert_eq!(database.load(&SCHOOL, 0, records).await, counts! { read: 2, quarantined: 2 });
    }
    // Two records of one load differ in their place.
    let shown = "SELECT times_seen::text, key::text, url, media_type, (last_seen_at > first_seen_at)::text FROM pipeline.quarantine";
    let line = r#"2|{"ncaa_id": 1}|http://127.0.0.1/list|text/plain|true"#;
    assert_eq!(database.query(shown).await, [line, line]);
}

#[tokio::test]
async fn raw_bytes_are_kept_up_to_a_limit_with_length_and_digest_of_the_whole() {
    let mut database = Database::new().await;
    let raw: Vec<u8> = (0..RAW_LIMIT + 10).map(|byte| byte as u8).collect();
    let mut load = database.begin().await;
    let origin = Origin { source: "directory".into(), raw: raw.into(), ..Origin::default() };
    load.quarantine(Rejected {
        table: "public.school".to_owned(),
        reason: "stub".into(),
        message: "no name\0".to_owned(),
        key: Some(json!({"ncaa_id": "\0"})),
        origin: Arc::new(origin),
    });
    let outcome = load.commit().await.unwrap();
    assert_eq!(outcome.tables["public.school"], counts! { read: 1, quarantined: 1 });
    let shown = "SELECT length(raw)::text, raw_length::text, (sha256(raw) = raw_sha256)::text, rolled_back::text FROM \
                 pipeline.quarantine";
    assert_eq!(database.query(shown).await, [format!("{RAW_LIMIT}|{}|false|false", RAW_LIMIT + 10)]);
    let whole = "SELECT (sha256(raw || substring(raw FOR 10)) = raw_sha256)::text FROM pipeline.quarantine";
    assert_eq!(database.query(whole).await, ["true"]);
}

#[tokio::test]
async fn after_a_rollback_the_quarantine_is_written_on_its_own() {
    let mut database = Database::new().await;
    let mut load = database.begin().await;
    let records = vec![conference(1, "One"), conference(2, "a\0b")];
    load.table_by_key(&CONFERENCE, &CONFERENCE.keys[0], &mut rows(records)).await.unwrap();
    // A failed statement, after which the transaction can only be undone.
    let twice = vec![conference(3, "Same"), conference(4, "Same")];
    load.table_by_key(&CONFERENCE, &CONFERENCE.keys[0], &mut rows(twice)).await.unwrap_err();
    let outcome = load.rollback().await.unwrap();
    assert_eq!(outcome.tables["public.conference"], counts! { read: 4, quarantined: 1, rolled_back: 3 });
    assert_eq!(database.query("SELECT count(*)::text FROM conference").await, ["0"]);
    assert_eq!(
        database.query("SELECT reason, rolled_back::text FROM pipeline.quarantine").await,
        ["nul-character|true"]
    );
}
