//! Partial keys, expression keys, keys with nulls.

use crate::record::{Record, Value};
use crate::tables::{ALIAS, ROSTER, SCHOOL, SLOT, SPORT, TEAM};
use crate::{Database, counts, school, sport, team, team_ref};

async fn with_team() -> Database {
    let mut database = Database::new().await;
    database.load(&SPORT, 0, vec![sport("MBB")]).await;
    database.load(&SCHOOL, 0, vec![school(1, "One")]).await;
    database.load(&TEAM, 0, vec![team(1, "MBB", 2026)]).await;
    database
}

#[tokio::test]
async fn a_partial_key_goes_with_its_predicate() {
    let mut database = with_team().await;
    let player = |source: Option<&str>, name: &str, number: &str| {
        let base = Record::default().with(&ROSTER, "team_id", team_ref(1, "MBB", 2026));
        let base = base.with(&ROSTER, "name", name).with(&ROSTER, "number", number);
        match source {
            Some(source) => base.with(&ROSTER, "source_id", source),
            None => base,
        }
    };
    let with_id = |number| vec![player(Some("7"), "Ann", number)];
    assert_eq!(database.load(&ROSTER, 0, with_id("1")).await, counts! { read: 1, inserted: 1 });
    // The same name without an id is another row, by the other key; each key sees only its own rows.
    let without = |number| vec![player(None, "Ann", number)];
    assert_eq!(database.load(&ROSTER, 1, without("2")).await, counts! { read: 1, inserted: 1 });
    assert_eq!(database.load(&ROSTER, 1, without("3")).await, counts! { read: 1, updated: 1 });
    assert_eq!(database.load(&ROSTER, 0, with_id("1")).await, counts! { read: 1, unchanged: 1 });
    assert_eq!(database.query("SELECT source_id, number FROM roster ORDER BY 2").await, ["7|1", "∅|3"]);
    // By the key of rows without an id, a row with one has no place: each run would insert it again.
    assert_eq!(database.load(&ROSTER, 1, with_id("1")).await, counts! { read: 1, quarantined: 1 });
    assert_eq!(database.query("SELECT reason FROM pipeline.quarantine").await, ["outside-key"]);
}

#[tokio::test]
async fn an_expression_key_compares_what_it_computes() {
    let mut database = Database::new().await;
    let alias = |name: &str, ordinal: i32| {
        Record::default().with(&ALIAS, "name", name).with(&ALIAS, "ordinal", ordinal).with(&ALIAS, "shape", "round")
    };
    let records = vec![alias("State U", 1), alias("STATE u", 2), alias("Tech", 3)];
    assert_eq!(database.load(&ALIAS, 0, records).await, counts! { read: 3, inserted: 2, duplicates: 1 });
    let records = || vec![alias("state u", 2), alias("Tech", 3)];
    assert_eq!(database.load(&ALIAS, 0, records()).await, counts! { read: 2, updated: 1, unchanged: 1 });
    assert_eq!(database.load(&ALIAS, 0, records()).await, counts! { read: 2, unchanged: 2 });
    assert_eq!(database.query("SELECT name, \"ordinal\"::text FROM alias ORDER BY 2").await, ["state u|2", "Tech|3"]);
}

#[tokio::test]
async fn nulls_are_equal_where_the_key_says_so() {
    let mut database = Database::new().await;
    let slot = |a: Option<i32>, b: Option<&str>, v: &str| {
        Record::default().with(&SLOT, "a", a).with(&SLOT, "b", b).with(&SLOT, "v", v)
    };
    let records = |v: &str| {
        vec![slot(None, None, v), slot(Some(1), None, v), slot(None, Some("x"), v), slot(Some(1), Some("x"), v)]
    };
    assert_eq!(database.load(&SLOT, 0, records("old")).await, counts! { read: 4, inserted: 4 });
    assert_eq!(database.load(&SLOT, 0, records("old")).await, counts! { read: 4, unchanged: 4 });
    let mut twice = records("between");
    twice.extend(records("new"));
    assert_eq!(database.load(&SLOT, 0, twice).await, counts! { read: 8, updated: 4, duplicates: 4 });
}

#[tokio::test]
async fn a_key_that_names_no_row_refuses_the_row() {
    let mut database = with_team().await;
    let nameless = Record::default().with(&SCHOOL, "name", "Who");
    let null = Record::default().with(&ROSTER, "team_id", team_ref(1, "MBB", 2026)).with(&ROSTER, "name", "Who");
    let null = null.with(&ROSTER, "source_id", Value::Null);
    assert_eq!(database.load(&SCHOOL, 0, vec![nameless]).await, counts! { read: 1, quarantined: 1 });
    assert_eq!(database.load(&ROSTER, 0, vec![null]).await, counts! { read: 1, quarantined: 1 });
    let reasons = "SELECT reason, table_name FROM pipeline.quarantine ORDER BY id";
    assert_eq!(database.query(reasons).await, ["missing-key|public.school", "null-key|public.roster"]);
}
