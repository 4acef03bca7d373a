//! Parents by natural key.

use crate::record::{Record, Value};
use crate::tables::{CONFERENCE, ROSTER, SCHOOL, SPORT, TEAM};
use crate::{Database, conference, conference_ref, counts, parent, rows, school, school_key, sport, team, team_ref};

async fn with_parents() -> Database {
    let mut database = Database::new().await;
    database.load(&CONFERENCE, 0, vec![conference(10, "Ten"), conference(20, "Twenty")]).await;
    database.load(&SPORT, 0, vec![sport("MBB"), sport("WST")]).await;
    database.load(&SCHOOL, 0, vec![school(1, "One"), school(2, "Two")]).await;
    database
}

#[tokio::test]
async fn a_reference_may_go_by_any_key_by_id_or_be_null() {
    let mut database = with_parents().await;
    let by_name = parent(&CONFERENCE, 1, vec!["Twenty".into()]);
    let records = vec![
        school(1, "One").with(&SCHOOL, "conference_id", conference_ref(10)),
        school(2, "Two").with(&SCHOOL, "conference_id", by_name),
        school(3, "Three").with(&SCHOOL, "conference_id", 1),
        school(4, "Four").with(&SCHOOL, "conference_id", Value::Null),
    ];
    assert_eq!(database.load(&SCHOOL, 0, records.clone()).await, counts! { read: 4, inserted: 2, updated: 2 });
    let shown =
        "SELECT s.name, c.name FROM school s LEFT JOIN conference c ON c.id = s.conference_id ORDER BY s.ncaa_id";
    assert_eq!(database.query(shown).await, ["One|Ten", "Two|Twenty", "Three|Ten", "Four|∅"]);
    assert_eq!(database.load(&SCHOOL, 0, records).await, counts! { read: 4, unchanged: 4 });
}

#[tokio::test]
async fn an_unresolved_nullable_reference_loads_the_row_and_is_listed_until_it_resolves() {
    let mut database = with_parents().await;
    let of = |n: i32, conference: i32| {
        school(n, &format!("School {n}")).with(&SCHOOL, "conference_id", conference_ref(conference))
    };
    database.load(&SCHOOL, 0, vec![of(1, 10)]).await;
    let records = || vec![of(1, 99), of(2, 20), of(5, 99)];
    let outcome = database.try_load(&SCHOOL, 0, records()).await.unwrap();
    assert_eq!(outcome.tables["public.school"], counts! { read: 3, inserted: 1, updated: 1, unchanged: 1 });
    assert_eq!(outcome.unresolved_references, 2);
    let shown = "SELECT s.ncaa_id::text, c.name FROM school s LEFT JOIN conference c ON c.id = s.conference_id ORDER BY s.ncaa_id";
    assert_eq!(database.query(shown).await, ["1|Ten", "2|Twenty", "5|∅"], "the column is not touched");
    let listed = "SELECT row_key::text, reference, columns::text, parent_table, parent_key::text, times_seen::text, \
                  (resolved_at IS NULL)::text FROM pipeline.unresolved_reference ORDER BY row_key";
    let line = |key: i32, times: i32, open: bool| {
        let reference = "school_conference_fk|{conference_id}|public.conference|{\"ncaa_id\": 99}";
        format!("{{\"ncaa_id\": {key}}}|{reference}|{times}|{open}")
    };
    assert_eq!(database.query(listed).await, [line(1, 1, true), line(5, 1, true)]);
    // The same again: seen twice, nothing else written.
    let before = database.versions("school").await;
    database.load(&SCHOOL, 0, records()).await;
    assert_eq!(database.versions("school").await, before);
    assert_eq!(database.query(listed).await, [line(1, 2, true), line(5, 2, true)]);
    // The parent arrives: the same rows resolve.
    database.load(&CONFERENCE, 0, vec![conference(99, "Dissolved")]).await;
    let outcome = database.try_load(&SCHOOL, 0, records()).await.unwrap();
    assert_eq!(outcome.tables["public.school"], counts! { read: 3, updated: 2, unchanged: 1 });
    assert_eq!(outcome.unresolved_references, 0);
    assert_eq!(database.query(listed).await, [line(1, 2, false), line(5, 2, false)]);
}

#[tokio::test]
async fn an_unresolved_required_reference_quarantines_the_row() {
    let mut database = with_parents().await;
    let records = vec![team(1, "MBB", 2026), team(1, "XXX", 2026), team(77, "WST", 2026)];
    assert_eq!(database.load(&TEAM, 0, records).await, counts! { read: 3, inserted: 1, quarantined: 2 });
    let shown = "SELECT reason, key::text, convert_from(raw, 'UTF8') FROM pipeline.quarantine ORDER BY byte_offset";
    let line = |school: i32, sport: &str, record: i32| {
        let key =
            format!(r#"{{"season": 2026, "sport_id": {{"code": "{sport}"}}, "school_id": {{"ncaa_id": {school}}}}}"#);
        format!("unresolved-reference|{key}|record {record}")
    };
    assert_eq!(database.query(shown).await, [line(1, "XXX", 1), line(77, "WST", 2)]);
}

#[tokio::test]
async fn references_nest() {
    let mut database = with_parents().await;
    database.load(&TEAM, 0, vec![team(1, "MBB", 2026), team(2, "MBB", 2026), team(2, "WST", 2025)]).await;
    let player = |team, id: &str| {
        Record::default().with(&ROSTER, "team_id", team).with(&ROSTER, "source_id", id).with(&ROSTER, "name", id)
    };
    let records = || {
        vec![
            player(team_ref(2, "WST", 2025), "a"),
            player(team_ref(1, "MBB", 2026), "b"),
            player(team_ref(1, "MBB", 2025), "no such season"),
        ]
    };
    assert_eq!(database.load(&ROSTER, 0, records()).await, counts! { read: 3, inserted: 2, quarantined: 1 });
    let shown = "SELECT r.name, s.name, p.code, t.season::text FROM roster r JOIN team t ON t.id = r.team_id JOIN school s ON \
                 s.id = t.school_id JOIN sport p ON p.id = t.sport_id ORDER BY r.name";
    assert_eq!(database.query(shown).await, ["a|Two|WST|2025", "b|One|MBB|2026"]);
    assert_eq!(database.load(&ROSTER, 0, records()).await, counts! { read: 3, unchanged: 2, quarantined: 1 });
}

#[tokio::test]
async fn rows_that_name_one_parent_in_two_ways_are_duplicates() {
    let mut database = with_parents().await;
    let id: i32 = database.query("SELECT id::text FROM school WHERE ncaa_id = 2").await[0].parse().unwrap();
    let by_id = team(2, "MBB", 2026).0.into_iter().map(|(index, value)| match index {
        1 => (1, Value::Int8(id.into())),
        _ => (index, value),
    });
    let by_id = Record(by_id.collect()).with(&TEAM, "coach", "by id");
    let records = vec![team(2, "MBB", 2026).with(&TEAM, "coach", "by key"), by_id];
    assert_eq!(database.load(&TEAM, 0, records).await, counts! { read: 2, inserted: 1, duplicates: 1 });
    assert_eq!(database.query("SELECT coach FROM team").await, ["by id"]);
}

#[tokio::test]
async fn parents_of_the_same_load_are_found() {
    let mut database = Database::new().await;
    let mut load = database.begin().await;
    load.table_by_key(&CONFERENCE, &CONFERENCE.keys[0], &mut rows(vec![conference(10, "Ten")])).await.unwrap();
    let child = school(1, "One").with(&SCHOOL, "conference_id", conference_ref(10));
    load.table_by_key(&SCHOOL, &SCHOOL.keys[0], &mut rows(vec![child])).await.unwrap();
    let outcome = load.commit().await.unwrap();
    assert_eq!(outcome.unresolved_references, 0);
    assert_eq!(database.query("SELECT count(*)::text FROM school WHERE conference_id IS NOT NULL").await, ["1"]);
    // A reference with a null part names nobody.
    let headless = school_key(1).with(&SCHOOL, "conference_id", parent(&CONFERENCE, 0, vec![Value::Null]));
    assert_eq!(database.load(&SCHOOL, 0, vec![headless]).await, counts! { read: 1, quarantined: 1 });
    assert_eq!(database.query("SELECT reason FROM pipeline.quarantine").await, ["null-reference"]);
}
