//! Loads that are large: what they do beside the others must not show in the outcome.

use std::time::Duration;

use pipeline::load::{Load, Options};

use crate::record::{Record, rows};
use crate::tables::{CONFERENCE, SCHOOL};
use crate::{Database, conference, conference_ref, counts, run, school, server};

/// Enough rows for everything that large loads do, with the defaults.
const ROWS: i32 = 12_000;

fn schools(changed: Option<i32>) -> Vec<Record> {
    let name = |n| if changed == Some(n) { "New".to_owned() } else { format!("School {n}") };
    let conference = |n: i32| (n % 5 > 0).then(|| conference_ref(n % 5));
    (0..ROWS).map(|n| school(n * 7 % ROWS, &name(n)).with(&SCHOOL, "conference_id", conference(n))).collect()
}

async fn filled() -> Database {
    let mut database = Database::new().await;
    database.load(&CONFERENCE, 0, (1..5).map(|n| conference(n, &n.to_string())).collect()).await;
    let all = ROWS as u64;
    assert_eq!(database.load(&SCHOOL, 0, schools(None)).await, counts! { read: all, inserted: all });
    database
}

#[tokio::test]
async fn what_the_table_has_is_compared_on_the_way_and_writes_nothing() {
    let mut database = filled().await;
    let (before, all) = (database.versions("school").await, ROWS as u64);
    let outcome = database.try_load(&SCHOOL, 0, schools(None)).await.unwrap();
    assert_eq!(outcome.tables["public.school"], counts! { read: all, unchanged: all });
    assert!(outcome.phases.compare > Duration::ZERO, "the table's rows were read");
    assert_eq!(database.versions("school").await, before);
    // Another name, or none of a parent where there was one.
    let counts = database.load(&SCHOOL, 0, schools(Some(9_000))).await;
    assert_eq!(counts, counts! { read: all, updated: 1, unchanged: all - 1 });
}

#[tokio::test]
async fn several_rows_of_a_key_count_alike_whether_the_first_was_the_same_or_not() {
    let mut database = filled().await;
    let key = 9_001 * 7 % ROWS;
    let (same, new) = (|| school(key, "School 9001"), || school(key, "New"));
    let all = ROWS as u64;
    // After the rows of the file: what comes for the key, and what is there in the end.
    let cases = [
        (vec![same()], "School 9001"),
        (vec![new()], "New"),
        (vec![new(), same()], "School 9001"),
        (vec![new(), new()], "New"),
    ];
    for (more, last) in cases {
        let duplicates = more.len() as u64;
        let updated = u64::from(last == "New");
        let counts = database.load(&SCHOOL, 0, [schools(None), more].concat()).await;
        let read = all + duplicates;
        assert_eq!(counts, counts! { read: read, updated: updated, unchanged: all - updated, duplicates: duplicates });
        let name = database.query(&format!("SELECT name FROM school WHERE ncaa_id = {key}")).await;
        assert_eq!(name, [last]);
        database.load(&SCHOOL, 0, schools(None)).await;
    }
}

#[tokio::test]
async fn a_table_that_another_fills_meanwhile_is_no_longer_filled_as_an_empty_one() {
    let mut database = Database::new().await;
    let name = database.name.clone();
    let mut other = server().connect(&name).await;
    let insert =
        "BEGIN; INSERT INTO school (ncaa_id, name, token, updated_at) VALUES (77, 'Before', gen_random_uuid(), now())";
    sqlx::raw_sql(insert).execute(&mut other).await.unwrap();
    let records: Vec<Record> = (0..ROWS).map(|n| school(n, "After")).collect();
    let loading = async {
        let mut load = Load::begin(&mut database.connection, run("large"), Options::default()).await.unwrap();
        let counts = load.table_by_key(&SCHOOL, &SCHOOL.keys[0], &mut rows(records)).await.unwrap();
        load.commit().await.unwrap();
        counts
    };
    let committing = async {
        // Until the load waits for the row that is not committed yet.
        let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'";
        let mut watch = server().connect("postgres").await;
        while sqlx::query_scalar::<_, i64>(waits).bind(&name).fetch_one(&mut watch).await.unwrap() == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
    };
    let (counts, ()) = tokio::join!(loading, committing);
    let all = ROWS as u64;
    assert_eq!(counts, counts! { read: all, inserted: all - 1, updated: 1 });
    assert_eq!(
        database.query("SELECT count(*)::text, min(name), max(name) FROM school").await,
        [format!("{all}|After|After")]
    );
}
