//! A server that is killed, at any point: the tables are as they were or as the load left them, and never in between.

use std::time::Duration;

use crate::server::Server;
use crate::{Ran, Scene};

const STATE: &str = "SELECT md5(string_agg(ncaa_id || name, ',' ORDER BY ncaa_id)), count(*)::text FROM club";

fn rows(version: u32) -> String {
    let name = |n: u32| if n.is_multiple_of(3) { version } else { 0 };
    let row = |n: u32| format!("{},Club {n} {}\n", n * 7_919 % 30_011, name(n));
    format!("ncaa_id,name\n{}", (0..30_000).map(row).collect::<String>())
}

/// A scene on a server of its own, the tables filled, and what they are before and after the second load.
async fn prepared(server: &'static Server) -> (Scene, Vec<String>, Vec<String>) {
    let mut scene = Scene::on(server).await;
    scene.load_text("club", "second.csv", rows(1)).ok("inserted 30000, read 30000");
    let after = scene.query(STATE).await;
    scene.load_text("club", "first.csv", rows(0)).ok("read 30000, unchanged 20000, updated 10000");
    let before = scene.query(STATE).await;
    (scene, before, after)
}

fn server() -> &'static Server {
    // It lives as long as the process, as the common one does.
    Box::leak(Box::new(Server::start(&["-c", "fsync=off"])))
}

#[tokio::test]
async fn a_server_killed_at_any_point_loses_nothing_and_gains_nothing() {
    let server = server();
    let (mut scene, before, after) = prepared(server).await;
    let (mut failed, mut succeeded) = (0, 0);
    for round in 0..12 {
        scene.load_text("club", "first.csv", rows(0));
        let mut command = scene.command(&["club", "second.csv"]);
        let settings = [("PIPELINE_LOAD_ATTEMPTS", "1"), ("PIPELINE_DATABASE_ACQUIRE_TIMEOUT", "500ms")];
        let child = command.envs(settings).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(30 + round * 73 % 600)).await;
        server.kill();
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
        server.restart();
        scene.connect_again().await;
        let (ran, now) = (Ran::from(ended), scene.query(STATE).await);
        match ran.code {
            Some(0) => assert_eq!(now, after, "round {round}: {}", ran.stderr),
            Some(75) => assert!(now == before || now == after, "round {round}: {}", ran.stderr),
            code => panic!("round {round}: {code:?}: {}", ran.stderr),
        }
        if ran.code == Some(0) {
            succeeded += 1
        } else {
            failed += 1
        }
        let repeated = scene.load(&["club", "second.csv"]);
        assert_eq!(repeated.code, Some(0), "round {round}: {}", repeated.stderr);
        assert_eq!(scene.query(STATE).await, after);
    }
    assert!(failed > 2, "{failed} loads were killed, {succeeded} were too fast");
    assert_eq!(scene.query("SELECT count(*)::text FROM pipeline.quarantine").await, ["0"]);
}

#[tokio::test]
async fn a_load_whose_backend_is_killed_is_repeated() {
    let server = server();
    let (mut scene, before, after) = prepared(server).await;
    let mut retried = 0;
    for round in 0..8 {
        scene.load_text("club", "first.csv", rows(0));
        let child = scene.command(&["club", "second.csv"]).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(20 + round * 59 % 400)).await;
        let backend = "SELECT pid::text FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pipeline'";
        // PostgreSQL takes all its backends down when one is killed, this one too.
        if let Some(pid) = scene.query(backend).await.first() {
            nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid.parse().unwrap()), nix::sys::signal::Signal::SIGKILL)
                .unwrap();
            scene.connection_ends().await;
        }
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
        scene.connect_again().await;
        let ran = Ran::from(ended);
        let now = scene.query(STATE).await;
        match ran.code {
            Some(0) => assert_eq!(now, after, "round {round}: {}", ran.stderr),
            // Before and after the load itself nothing is repeated: while the tables are looked at, while its end is recorded.
            Some(75) => assert!(now == before || now == after, "round {round}: {}", ran.stderr),
            code => panic!("round {round}: {code:?}: {}", ran.stderr),
        }
        retried += ran.result["retries"].as_u64().unwrap();
    }
    assert!(retried > 1, "only {retried} loads were killed");
}
