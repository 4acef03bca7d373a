//! Passing troubles: a load is repeated as a whole, visibly, and the tables are as they were until it succeeds.

use std::process::Child;
use std::time::Duration;

use sqlx::PgConnection;

use crate::{Ran, Scene, server};

const CLUBS: &str = "ncaa_id,name,budget\n1,A,10\n2,B,20\n";

impl Scene {
    async fn with_two_clubs() -> Self {
        let scene = Self::new().await;
        scene.load_text("club", "first.csv", CLUBS).ok("inserted 2, read 2");
        scene.file("second.csv", "ncaa_id,name\n1,A2\n2,B2\n");
        scene
    }

    async fn other(&self) -> PgConnection {
        server().connect(&self.database).await
    }

    /// Starts `load club second.csv` with further settings.
    fn start(&self, settings: &[(&str, &str)]) -> Child {
        self.command(&["club", "second.csv"]).envs(settings.iter().copied()).spawn().unwrap()
    }

    /// Waits until a load waits for a lock.
    pub(crate) async fn wait_until_blocked(&mut self) {
        let blocked = "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND application_name = \
                       'pipeline' AND wait_event_type = 'Lock'";
        self.wait_while(blocked, "0").await;
    }

    /// Waits while a query has this answer.
    async fn wait_while(&mut self, sql: &str, answer: &str) {
        for _ in 0..6_000 {
            if self.query(sql).await != [answer] {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("for a minute it was {answer}: {sql}");
    }

    async fn clubs(&mut self) -> Vec<String> {
        self.query("SELECT name, budget::text FROM club ORDER BY ncaa_id").await
    }
}

async fn execute(connection: &mut PgConnection, sql: &'static str) {
    sqlx::raw_sql(sql).execute(connection).await.unwrap();
}

async fn ended(child: Child) -> Ran {
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    Ran::from(output.await.unwrap())
}

#[tokio::test]
async fn the_victim_of_a_deadlock_tries_again_and_no_update_is_lost() {
    let mut scene = Scene::with_two_clubs().await;
    // Whoever waits longer than this looks for a deadlock: the load does, the other does not.
    scene.execute(&format!("ALTER DATABASE {} SET deadlock_timeout = '1s'", scene.database)).await;
    let mut other = scene.other().await;
    execute(&mut other, "SET deadlock_timeout = '10min'; BEGIN; UPDATE club SET budget = 21 WHERE ncaa_id = 2").await;
    let child = scene.start(&[]);
    scene.wait_until_blocked().await;
    // The load holds the first club and waits for the second; this waits for the first.
    execute(&mut other, "UPDATE club SET budget = 11 WHERE ncaa_id = 1; COMMIT").await;
    let ran = ended(child).await;
    ran.ok("read 2, updated 2");
    assert_eq!(ran.result["retries"], 1);
    assert!(ran.stderr.contains("attempt 1 of 3") && ran.stderr.contains("40P01"), "{}", ran.stderr);
    assert_eq!(scene.clubs().await, ["A2|11.00", "B2|21.00"]);
}

#[tokio::test]
async fn a_serialisation_failure_is_repeated() {
    let mut scene = Scene::with_two_clubs().await;
    let isolation = format!("ALTER DATABASE {} SET default_transaction_isolation = 'repeatable read'", scene.database);
    scene.execute(&isolation).await;
    let mut other = scene.other().await;
    execute(&mut other, "BEGIN; UPDATE club SET budget = 11 WHERE ncaa_id = 1").await;
    let child = scene.start(&[]);
    scene.wait_until_blocked().await;
    execute(&mut other, "COMMIT").await;
    let ran = ended(child).await;
    ran.ok("read 2, updated 2");
    assert_eq!(ran.result["retries"], 1);
    assert!(ran.stderr.contains("40001"), "{}", ran.stderr);
    assert_eq!(scene.clubs().await, ["A2|11.00", "B2|20.00"]);
}

#[tokio::test]
async fn a_lock_that_is_never_given_ends_with_75_and_changes_nothing() {
    let mut scene = Scene::with_two_clubs().await;
    let mut other = scene.other().await;
    execute(&mut other, "BEGIN; LOCK TABLE club IN SHARE ROW EXCLUSIVE MODE").await;
    let settings = [("PIPELINE_LOAD_LOCK_TIMEOUT", "100ms"), ("PIPELINE_LOAD_ATTEMPTS", "2")];
    let ran = ended(scene.start(&settings)).await;
    ran.failed(75, &["55P03", "attempt 1 of 2", "nothing was changed"]);
    assert_eq!((ran.result["retries"].as_u64(), ran.counts().as_str()), (Some(1), "read 2, rolled_back 2"));
    execute(&mut other, "COMMIT").await;
    assert_eq!(scene.clubs().await, ["A|10.00", "B|20.00"]);
    // One that is given in the end is worth the wait.
    execute(&mut other, "BEGIN; LOCK TABLE club IN SHARE ROW EXCLUSIVE MODE").await;
    let child = scene.start(&[("PIPELINE_LOAD_LOCK_TIMEOUT", "50ms"), ("PIPELINE_LOAD_ATTEMPTS", "100")]);
    scene.wait_until_blocked().await;
    let rolled_back = "SELECT xact_rollback::text FROM pg_stat_database WHERE datname = current_database()";
    let before = scene.query(rolled_back).await.remove(0);
    scene.wait_while(rolled_back, &before).await;
    execute(&mut other, "COMMIT").await;
    let ran = ended(child).await;
    ran.ok("read 2, updated 2");
    assert!(ran.result["retries"].as_u64() > Some(0), "{}", ran.result);
}

#[tokio::test]
async fn a_connection_that_the_server_ends_is_opened_again() {
    let mut scene = Scene::with_two_clubs().await;
    let mut other = scene.other().await;
    execute(&mut other, "BEGIN; UPDATE club SET budget = 11 WHERE ncaa_id = 1").await;
    let mut child = scene.command(&["club", "-"]);
    let mut child = child.stdin(std::process::Stdio::piped()).spawn().unwrap();
    // Standard input can be read once only; the second attempt has it even so.
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"ncaa_id,name\n1,A2\n2,B2\n").unwrap();
    scene.wait_until_blocked().await;
    scene
        .execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pipeline'")
        .await;
    execute(&mut other, "COMMIT").await;
    let ran = ended(child).await;
    ran.ok("read 2, updated 2");
    assert_eq!(ran.result["retries"], 1);
    assert_eq!(scene.clubs().await, ["A2|11.00", "B2|20.00"]);
}

/// Of two loads of one table the second waits for the first; both end well, and neither undoes the other.
#[tokio::test]
async fn two_loads_of_one_table_at_once_both_arrive() {
    let mut scene = Scene::new().await;
    let rows = |column: &str, up: bool| -> String {
        let row = |n: u32| format!("{},Club,{}\n", if up { n } else { 3_000 - n }, n % 7);
        format!("ncaa_id,name,{column}\n{}", (0..3_000).map(row).collect::<String>())
    };
    scene.file("budgets.csv", rows("budget", true));
    scene.file("ratings.csv", rows("rating", false));
    for _ in 0..3 {
        let children = ["budgets.csv", "ratings.csv"].map(|file| scene.command(&["club", file]).spawn().unwrap());
        for child in children {
            let ran = ended(child).await;
            assert_eq!((ran.code, ran.result["retries"].as_u64()), (Some(0), Some(0)), "{}", ran.stderr);
        }
        let both = "SELECT count(*)::text, count(budget)::text, count(rating)::text FROM club";
        assert_eq!(scene.query(both).await, ["3001|3000|3000"]);
        scene.execute("UPDATE club SET budget = NULL, rating = NULL").await;
    }
    // A load that holds on is not waited for without end.
    let mut other = scene.other().await;
    execute(
        &mut other,
        "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('pipeline load task load public.club', 0))",
    )
    .await;
    let mut command = scene.command(&["club", "budgets.csv"]);
    let ran = Ran::from(command.env("PIPELINE_LOAD_LOCK_TIMEOUT", "100ms").output().unwrap());
    ran.failed(75, &["another load of task load public.club is at work"]);
    assert_eq!(ran.result["retries"], 0);
}
