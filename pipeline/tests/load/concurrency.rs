//! Two loaders at once.

use pipeline::Exit;
use pipeline::load::{Load, Options};
use pipeline::report::TableCounts;

use crate::record::{Record, rows};
use crate::tables::{SCHOOL, SPORT};
use crate::{Database, run, school, school_key, server};

#[tokio::test]
async fn one_task_does_not_run_twice_at_a_time() {
    let mut database = Database::new().await;
    let name = database.name.clone();
    let first = Load::begin(&mut database.connection, run("schools"), Options::default()).await.unwrap();
    let mut other = server().connect(&name).await;
    // It waits for a while, as for any lock.
    let impatient = Options { lock_timeout: std::time::Duration::from_millis(100), ..Options::default() };
    let error = Load::begin(&mut other, run("schools"), impatient).await.unwrap_err();
    assert_eq!(error.exit(), Exit::Temporary);
    assert!(error.to_string().contains("schools"), "{error}");
    first.commit().await.unwrap();
    Load::begin(&mut other, run("schools"), Options::default()).await.unwrap().commit().await.unwrap();
}

/// Loads into `school`, and commits.
async fn load(database: String, task: &'static str, records: Vec<Record>) -> TableCounts {
    let mut connection = server().connect(&database).await;
    let mut load = Load::begin(&mut connection, run(task), Options::default()).await.unwrap();
    let counts = load.table_by_key(&SCHOOL, &SCHOOL.keys[0], &mut rows(records)).await.unwrap();
    load.commit().await.unwrap();
    counts
}

/// Two loads side by side, on threads of their own.
async fn both(database: &str, up: Vec<Record>, down: Vec<Record>) -> (TableCounts, TableCounts) {
    let one = tokio::spawn(load(database.to_owned(), "up", up));
    let other = tokio::spawn(load(database.to_owned(), "down", down));
    (one.await.unwrap(), other.await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn opposite_orders_neither_deadlock_nor_lose_updates() {
    const ROWS: i32 = 2_000;
    let mut database = Database::new().await;
    let name = database.name.clone();
    for round in 0..5 {
        // One gives nicknames, the other enrolments, of the same schools, half of them new.
        let known = round * ROWS / 2;
        let nickname = |n: i32| {
            school(known + n, &format!("School {}", known + n)).with(&SCHOOL, "nickname", format!("N{round}").as_str())
        };
        let enrolment =
            |n: i32| school(known + n, &format!("School {}", known + n)).with(&SCHOOL, "enrolment", 1000 + round);
        let up: Vec<_> = (0..ROWS).map(nickname).collect();
        let down: Vec<_> = (0..ROWS).rev().map(enrolment).collect();
        let (one, other) = both(&name, up, down).await;
        let new = if round == 0 { ROWS } else { ROWS / 2 };
        assert_eq!(one.inserted + other.inserted, new as u64, "each new school is inserted once: {one:?} {other:?}");
        let sql = format!(
            "SELECT count(*)::text FROM school WHERE ncaa_id >= {known} AND nickname = 'N{round}' AND enrolment = {}",
            1000 + round
        );
        assert_eq!(database.query(&sql).await, [ROWS.to_string()], "both updates arrived");
    }
    // Rows that can only update lock in key order, too.
    let partial = |n: i32, value: i32| school_key(n).with(&SCHOOL, "enrolment", value);
    for round in 0..5 {
        let up: Vec<_> = (0..ROWS).map(|n| partial(n, 2 * round)).collect();
        let down: Vec<_> = (0..ROWS).rev().map(|n| partial(n, 2 * round + 1)).collect();
        let (one, other) = both(&name, up, down).await;
        assert_eq!((one.updated, other.updated), (ROWS as u64, ROWS as u64));
    }
}

/// Rows that give other fields are written by another statement, which begins again with the lowest key.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_of_several_shapes_do_not_deadlock_either() {
    const ROWS: i32 = 2_000;
    let mut database = Database::new().await;
    let name = database.name.clone();
    let mixed = |n: i32, first: bool, value: i32| match first {
        true => school(n, &format!("School {n}")).with(&SCHOOL, "nickname", format!("N{value}").as_str()),
        false => school(n, &format!("School {n}")).with(&SCHOOL, "enrolment", value),
    };
    for round in 0..10 {
        // What one writes in its first statement, the other writes in its second.
        let one = (0..ROWS).map(|n| mixed(n, n % 2 == 0, round)).collect();
        let other = (0..ROWS).map(|n| mixed((n + 1) % ROWS, n % 2 == 0, round)).collect();
        both(&name, one, other).await;
    }
    let found = database.query("SELECT count(*)::text FROM school WHERE nickname = 'N9' AND enrolment = 9").await;
    assert_eq!(found, [ROWS.to_string()]);
}

#[tokio::test]
async fn a_lock_that_is_not_given_is_a_passing_trouble() {
    let mut database = Database::new().await;
    let name = database.name.clone();
    database.execute("BEGIN; LOCK TABLE sport").await;
    let mut other = server().connect(&name).await;
    let options = Options { lock_timeout: std::time::Duration::from_millis(100), ..Options::default() };
    let mut load = Load::begin(&mut other, run("sports"), options).await.unwrap();
    let error = load.table_by_key(&SPORT, &SPORT.keys[0], &mut rows(vec![crate::sport("MBB")])).await.unwrap_err();
    assert_eq!(error.exit(), Exit::Temporary, "{error}");
}

#[tokio::test]
async fn a_role_without_rights_is_told_so() {
    let mut database = Database::new().await;
    let role = format!("reader_of_{}", database.name);
    database.execute(&format!("CREATE ROLE {role}; GRANT ALL ON SCHEMA pipeline TO {role}; GRANT ALL ON ALL TABLES IN SCHEMA pipeline TO {role}; SET ROLE {role}")).await;
    let error = database.try_load(&SPORT, 0, vec![crate::sport("MBB")]).await.unwrap_err();
    assert_eq!(error.exit(), Exit::Permission, "{error}");
    assert!(error.to_string().contains("sport"), "{error}");
}
