//! A load that is asked to stop, at any point.

use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::{Ran, Scene};

const STATE: &str = "SELECT md5(string_agg(ncaa_id || name, ',' ORDER BY ncaa_id)), count(*)::text FROM club";

/// The table is read back, rows are sent, or they are merged: wherever it stops, the tables are as they were, all rows are
/// accounted for, and what was refused is kept.
#[tokio::test]
async fn what_was_refused_until_then_is_kept() {
    const ROWS: u32 = 60_000;
    let rows = |version: u32| (0..ROWS).map(move |n| format!("{n},Club {n} {version}\n"));
    let mut scene = Scene::new().await;
    scene
        .load_text("club", "first.csv", format!("ncaa_id,name\n{}", rows(0).collect::<String>()))
        .ok("inserted 60000, read 60000");
    scene.file("second.csv", format!("ncaa_id,name\nnone,B\n{}", rows(1).collect::<String>()));
    let before = scene.query(STATE).await;
    let (mut kept, mut missed) = (0, 0);
    for round in 0..20 {
        let child = scene.command(&["club", "second.csv"]).spawn().unwrap();
        let pid = Pid::from_raw(child.id().try_into().unwrap());
        tokio::time::sleep(Duration::from_millis(40 + 45 * round)).await;
        // It may have ended by itself.
        let _ = kill(pid, Signal::SIGTERM);
        let ended = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap()).await.unwrap();
        if ended.status.code() == Some(0) {
            break;
        }
        if ended.stdout.is_empty() {
            // It had no time to begin.
            continue;
        }
        let ran = Ran::from(ended);
        assert_eq!(ran.code, Some(143), "round {round}: {}", ran.stderr);
        assert_eq!(scene.query(STATE).await, before, "round {round}: {}", ran.stderr);
        // Checks that read = rolled_back + quarantined.
        let counts = ran.counts();
        let found = scene.query("SELECT reason, rolled_back::text FROM pipeline.quarantine").await;
        let expected: &[&str] = if counts.contains("quarantined") { &["invalid-value|true"] } else { &[] };
        assert_eq!(found, expected, "round {round}: {counts}: {}", ran.stderr);
        // The refused record is the first: once a load had time to read it, later ones have too.
        match expected.len() {
            0 => missed += i32::from(kept > 0),
            _ => kept += 1,
        }
        scene.execute("TRUNCATE pipeline.quarantine CASCADE").await;
    }
    assert!(kept > 2 && missed < 2, "{kept} loads kept what they had refused, {missed} later ones had none");
}
