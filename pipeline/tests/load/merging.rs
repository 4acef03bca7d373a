//! New, changed, unchanged, partial and repeated rows.

use serde_json::json;

use crate::record::Value;
use crate::tables::{CONFERENCE, SCHOOL};
use crate::{Database, conference, counts, school, school_key};

#[tokio::test]
async fn a_second_run_writes_nothing() {
    let mut database = Database::new().await;
    let records = || {
        let full = |n: i32| {
            school(n, &format!("School {n}"))
                .with(&SCHOOL, "division", "II")
                .with(&SCHOOL, "nickname", (n % 3 > 0).then_some("Owls"))
                .with(&SCHOOL, "meta", json!({"b": [1, 2], "a": n}))
                .with(&SCHOOL, "raw", json!({"b": 1.50, "a": null}))
        };
        (0..500).map(full).collect::<Vec<_>>()
    };
    assert_eq!(database.load(&SCHOOL, 0, records()).await, counts! { read: 500, inserted: 500 });
    let before = database.versions("school").await;
    assert_eq!(database.load(&SCHOOL, 0, records()).await, counts! { read: 500, unchanged: 500 });
    assert_eq!(database.versions("school").await, before);
}

#[tokio::test]
async fn only_changed_rows_are_written_and_only_their_updated_at_moves() {
    let mut database = Database::new().await;
    let records = |changed: i32| (0..20).map(|n| school(n, if n == changed { "New" } else { "Old" })).collect();
    database.load(&SCHOOL, 0, records(-1)).await;
    let before =
        database.query("SELECT ncaa_id::text, xmin::text, updated_at::text, token::text FROM school ORDER BY id").await;
    assert_eq!(database.load(&SCHOOL, 0, records(13)).await, counts! { read: 20, updated: 1, unchanged: 19 });
    let after =
        database.query("SELECT ncaa_id::text, xmin::text, updated_at::text, token::text FROM school ORDER BY id").await;
    let differing: Vec<_> = before.iter().zip(&after).filter(|(before, after)| before != after).collect();
    assert_eq!(differing.len(), 1);
    let (before, after) = differing[0];
    let field = |row: &str, place: usize| row.split('|').nth(place).unwrap().to_owned();
    assert_eq!(field(after, 0), "13");
    assert!(field(after, 2) > field(before, 2), "updated_at moves with the row");
    assert_eq!(field(after, 3), field(before, 3), "an insert default is not given again");
}

#[tokio::test]
async fn absent_takes_the_default_and_null_is_null() {
    let mut database = Database::new().await;
    let records = vec![
        school(1, "Absent"),
        school(2, "Null").with(&SCHOOL, "nickname", Value::Null),
        school(3, "Value").with(&SCHOOL, "nickname", "Owls").with(&SCHOOL, "enrolment", 9),
    ];
    assert_eq!(database.load(&SCHOOL, 0, records).await, counts! { read: 3, inserted: 3 });
    let shown = "SELECT name, nickname, enrolment::text FROM school ORDER BY ncaa_id";
    assert_eq!(database.query(shown).await, ["Absent|none|7", "Null|∅|7", "Value|Owls|9"]);
    // Absent never changes what is there; null does.
    let records = vec![school_key(3), school(2, "Null"), school_key(1).with(&SCHOOL, "nickname", Value::Null)];
    assert_eq!(database.load(&SCHOOL, 0, records).await, counts! { read: 3, updated: 1, unchanged: 2 });
    assert_eq!(database.query(shown).await, ["Absent|∅|7", "Null|∅|7", "Value|Owls|9"]);
}

#[tokio::test]
async fn a_partial_row_updates_and_never_inserts() {
    let mut database = Database::new().await;
    database.load(&SCHOOL, 0, vec![school(1, "One")]).await;
    let records = vec![school_key(1).with(&SCHOOL, "enrolment", 100), school_key(2).with(&SCHOOL, "enrolment", 200)];
    assert_eq!(database.load(&SCHOOL, 0, records).await, counts! { read: 2, updated: 1, quarantined: 1 });
    assert_eq!(database.query("SELECT name, enrolment::text FROM school").await, ["One|100"]);
    let kept =
        "SELECT reason, key::text, message, convert_from(raw, 'UTF8'), byte_offset::text FROM pipeline.quarantine";
    let message = "no row of this key exists, and a new one needs name, not given here";
    let expected = format!("parent-missing|{{\"ncaa_id\": 2}}|{message}|record 1|1");
    assert_eq!(database.query(kept).await, [expected]);
}

#[tokio::test]
async fn rows_of_one_key_have_the_outcome_of_applying_them_in_order() {
    let mut database = Database::new().await;
    let nickname = |n: i32, nickname: &str| school_key(n).with(&SCHOOL, "nickname", nickname);
    let enrolment = |n: i32, enrolment: i32| school_key(n).with(&SCHOOL, "enrolment", enrolment);
    let records = vec![
        // The last of one shape wins.
        school(1, "First"),
        school(1, "Last"),
        // A partial row after a full one keeps what it does not give, and so do those after it.
        nickname(2, "Early"),
        school(2, "Two"),
        enrolment(2, 5),
        nickname(2, "Owls"),
        enrolment(2, 6),
        // Partial rows before the full one count too.
        enrolment(3, 8),
        school(3, "Three"),
    ];
    assert_eq!(database.load(&SCHOOL, 0, records).await, counts! { read: 9, inserted: 3, duplicates: 6 });
    let shown = "SELECT name, nickname, enrolment::text FROM school ORDER BY ncaa_id";
    assert_eq!(database.query(shown).await, ["Last|none|7", "Two|Owls|6", "Three|none|8"]);
}

#[tokio::test]
async fn a_value_that_came_and_went_within_a_load_is_no_change() {
    let mut database = Database::new().await;
    database.load(&CONFERENCE, 0, vec![conference(1, "Same")]).await;
    let before = database.versions("conference").await;
    let records = vec![conference(1, "Other"), conference(1, "Same")];
    assert_eq!(database.load(&CONFERENCE, 0, records).await, counts! { read: 2, unchanged: 1, duplicates: 1 });
    assert_eq!(database.versions("conference").await, before);
}

#[tokio::test]
async fn a_rolled_back_or_dropped_load_leaves_the_tables_as_they_were() {
    let mut database = Database::new().await;
    database.load(&CONFERENCE, 0, vec![conference(1, "One")]).await;
    let shown = "SELECT ctid::text, xmin::text, name FROM conference";
    let before = database.query(shown).await;
    let records = || vec![conference(1, "Changed"), conference(2, "Two")];
    let mut load = database.begin().await;
    load.table_by_key(&CONFERENCE, &CONFERENCE.keys[0], &mut crate::rows(records())).await.unwrap();
    drop(load);
    assert_eq!(database.query(shown).await, before);
    let mut load = database.begin().await;
    load.table_by_key(&CONFERENCE, &CONFERENCE.keys[0], &mut crate::rows(records())).await.unwrap();
    let outcome = load.rollback().await.unwrap();
    assert_eq!(outcome.tables["public.conference"], counts! { read: 2, rolled_back: 2 });
    assert_eq!(database.query(shown).await, before);
}

#[tokio::test]
async fn a_refusal_of_the_database_names_table_and_constraint() {
    let mut database = Database::new().await;
    // Two keys, one name: the second unique key is not the one that the load goes by.
    let records = vec![conference(1, "Same"), conference(2, "Same")];
    let error = database.try_load(&CONFERENCE, 0, records).await.unwrap_err();
    assert_eq!(error.exit(), pipeline::Exit::Input);
    let message = error.to_string();
    assert!(message.contains("public.conference") && message.contains("conference_name_key"), "{message}");
    database.execute("DROP TABLE conference CASCADE").await;
    let error = database.try_load(&CONFERENCE, 0, vec![conference(1, "One")]).await.unwrap_err();
    assert_eq!(error.exit(), pipeline::Exit::Configuration);
    assert!(error.to_string().contains("public.conference"), "{error}");
}
