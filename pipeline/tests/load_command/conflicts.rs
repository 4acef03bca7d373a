//! What becomes of rows that exist, of runs that only try, and of those with too many errors.

use crate::Scene;

const FIRST: &str = "ncaa_id,name\n1,A\n2,B\n";
const SECOND: &str = "ncaa_id,name\n2,B2\n3,C\n";

async fn names(scene: &mut Scene) -> Vec<String> {
    scene.query("SELECT name FROM club ORDER BY ncaa_id").await
}

#[tokio::test]
async fn rows_that_exist_are_updated_left_alone_or_an_error() {
    for (what, counts, left) in [
        ("update", "inserted 1, read 2, updated 1", ["A", "B2", "C"]),
        ("ignore", "ignored 1, inserted 1, read 2", ["A", "B", "C"]),
    ] {
        let mut scene = Scene::new().await;
        scene.load_text("club", "first.csv", FIRST).ok("inserted 2, read 2");
        scene.file("second.csv", SECOND);
        scene.load(&["club", "second.csv", "--on-conflict", what]).ok(counts);
        assert_eq!(names(&mut scene).await, left);
    }
    let mut scene = Scene::new().await;
    scene.file("first.csv", FIRST);
    scene.load(&["club", "first.csv", "--on-conflict", "error"]).ok("inserted 2, read 2");
    scene.file("second.csv", SECOND);
    scene.load(&["club", "second.csv", "--on-conflict", "error"]).failed(65, &["1 of the rows", "\"ncaa_id\": 2"]);
    scene.file("twice.csv", "ncaa_id,name\n7,A\n7,B\n");
    scene.load(&["club", "twice.csv", "--on-conflict", "error"]).failed(65, &["repeat the key (ncaa_id)"]);
    assert_eq!(names(&mut scene).await, ["A", "B"]);
}

#[tokio::test]
async fn a_dry_run_tells_and_changes_nothing() {
    let mut scene = Scene::new().await;
    scene.load_text("club", "first.csv", FIRST).ok("inserted 2, read 2");
    scene.file("second.csv", "ncaa_id,name\n2,B2\n3,C\nx,D\n");
    let ran = scene.load(&["club", "second.csv", "--dry-run"]);
    ran.ok("quarantined 1, read 3, rolled_back 2");
    assert!(ran.stderr.contains("1 inserted, 1 updated, 0 unchanged"), "{}", ran.stderr);
    assert_eq!(names(&mut scene).await, ["A", "B"]);
    assert_eq!(scene.query("SELECT count(*)::text FROM pipeline.quarantine").await, ["0"]);
    assert_eq!(scene.query("SELECT count(*)::text FROM pipeline.run").await, ["1"]);
}

#[tokio::test]
async fn too_many_errors_stop_a_load_before_it_commits() {
    let mut scene = Scene::new().await;
    scene.file("bad.csv", "ncaa_id,name\n1,A\nx,B\ny,C\n");
    for (cap, code) in [("1", 65), ("50%", 65), ("0", 65), ("2", 0), ("70%", 0), ("none", 0)] {
        let ran = scene.load(&["club", "bad.csv", "--max-errors", cap, "--dry-run"]);
        assert_eq!(ran.code, Some(code), "{cap}: {}", ran.stderr);
    }
    scene.load(&["club", "bad.csv", "--max-errors", "1"]).failed(65, &["--max-errors is 1", "2 of 3 records"]);
    assert_eq!(names(&mut scene).await.len(), 0);
    // What was refused until then is kept, marked.
    let kept = scene.query("SELECT rolled_back::text, reason FROM pipeline.quarantine").await;
    assert_eq!(kept, ["true|invalid-value", "true|invalid-value"]);
}

#[tokio::test]
async fn an_unchanged_run_writes_nothing() {
    let mut scene = Scene::new().await;
    let rows: String = (0..3_000).map(|n| format!("{n},Club {n},2020-01-{:02}\n", n % 28 + 1)).collect();
    let content = format!("ncaa_id,name,founded\n{rows}");
    scene.load_text("club", "clubs.csv", &content).ok("inserted 3000, read 3000");
    let state = "SELECT md5(string_agg(ctid::text || xmin::text || xmax::text, ',' ORDER BY ctid)), (SELECT last_value::text FROM \
                 club_id_seq) FROM club";
    let before = scene.query(state).await;
    scene.load_text("club", "clubs.csv", &content).ok("read 3000, unchanged 3000");
    assert_eq!(scene.query(state).await, before);
}

#[tokio::test]
async fn only_some_columns_and_rows_are_taken_on_demand() {
    let mut scene = Scene::new().await;
    scene.load_text("club", "first.csv", "ncaa_id,name,is_private\n1,A,f\n2,B,f\n").ok("inserted 2, read 2");
    scene.file("next.csv", "ncaa_id,name,is_private\n1,A9,t\n2,B9,t\n");
    scene.load(&["club", "next.csv", "--columns", "ncaa_id,isPrivate", "--limit", "1"]).ok("read 1, updated 1");
    let found = scene.query("SELECT name, is_private::text FROM club ORDER BY ncaa_id").await;
    assert_eq!(found, ["A|true", "B|false"]);
}
