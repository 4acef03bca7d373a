//! A client that is killed leaves the tables as they were, and the next run makes up for it.

use std::time::{Duration, Instant};

use crate::Scene;

#[tokio::test]
async fn killed_at_any_point_and_run_again_equals_an_undisturbed_load() {
    let rows = |version: u32| -> String {
        let row =
            |n: u32| format!("{},Club {n} {}\n", n * 7_919 % 30_011, if n.is_multiple_of(10) { version } else { 0 });
        format!("ncaa_id,name\n{}", (0..30_000).map(row).collect::<String>())
    };
    let state = "SELECT md5(string_agg(ncaa_id || name, ',' ORDER BY ncaa_id)), count(*)::text FROM club";
    let mut undisturbed = Scene::new().await;
    undisturbed.load_text("club", "first.csv", rows(0)).ok("inserted 30000, read 30000");
    let before = undisturbed.query(state).await;
    let start = Instant::now();
    undisturbed.load_text("club", "second.csv", rows(1)).ok("read 30000, unchanged 27000, updated 3000");
    let duration = start.elapsed();
    let after = undisturbed.query(state).await;

    let mut scene = Scene::new().await;
    scene.load_text("club", "first.csv", rows(0)).ok("inserted 30000, read 30000");
    scene.file("second.csv", rows(1));
    let mut killed = 0;
    // At points all over the time that it takes, whatever the machine.
    for twelfth in 1..12 {
        let wait = duration * twelfth / 12;
        let mut child = scene.command(&["club", "second.csv"]).spawn().unwrap();
        tokio::time::sleep(wait).await;
        let ended = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        killed += u32::from(!ended);
        // Nobody may still be at work on it, or the next would wait for it.
        scene.wait_until_alone().await;
        let now = scene.query(state).await;
        assert!(now == before || now == after, "killed after {wait:?}");
        if now == after {
            scene.load(&["club", "first.csv"]).ok("read 30000, unchanged 27000, updated 3000");
        }
    }
    assert!(killed > 2, "it was too fast to be killed");
    let ran = scene.load(&["club", "second.csv"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(scene.query(state).await, after);
    assert_eq!(scene.query("SELECT count(*)::text FROM pipeline.quarantine").await, ["0"]);
}

impl Scene {
    async fn wait_until_alone(&mut self) {
        let others = "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
        while self.query(others).await != ["0"] {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
