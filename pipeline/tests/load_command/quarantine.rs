//! `pipeline quarantine`: what was refused is looked at, loaded after all, and removed.

use std::process::Command;

use serde_json::Value;

use crate::{Ran, Scene};

impl Scene {
    /// Any command of the program, in the folder.
    pub(crate) fn pipeline(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pipeline"));
        self.surround(command.args(arguments));
        command
    }

    fn quarantine(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = self.pipeline(&[&["quarantine"], arguments].concat()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    /// What a query command prints, which must end well.
    #[track_caller]
    fn asked(&self, arguments: &[&str]) -> String {
        let (code, stdout, stderr) = self.quarantine(arguments);
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
        stdout
    }

    fn replay(&self, arguments: &[&str]) -> Ran {
        Ran::from(self.pipeline(&[&["quarantine", "replay"], arguments].concat()).output().unwrap())
    }

    /// How many entries `list` shows with these flags.
    #[track_caller]
    fn listed(&self, flags: &[&str]) -> usize {
        let found: Value = serde_json::from_str(&self.asked(&[&["list", "--json"], flags].concat())).unwrap();
        found.as_array().unwrap().len()
    }

    /// Entries: reason, whether they wait, how often they were replayed.
    async fn entries(&mut self) -> Vec<String> {
        self.query(
            "SELECT reason, (replayed_at IS NULL)::text, replays::text FROM pipeline.quarantine ORDER BY byte_offset",
        )
        .await
    }
}

const MAP: &str = r#"
rest = "ignore"

[columns]
ncaa_id = "Org ID"
name = { field = "Name", trim = true }
founded = { field = "Since", format = "%m/%d/%Y" }
"league.code" = { field = "League", null = ["-"] }
"#;

#[tokio::test]
async fn a_record_whose_cause_is_mended_lands() {
    let mut scene = Scene::new().await;
    scene.load_text("club", "clubs.csv", "ncaa_id,name\n1,A\n").ok("inserted 1, read 1");
    scene.file("seasons.csv", "club.ncaa_id;year;wins\n1;2024;10\n9;2024;'1\n2'\n9;2025;13\n");
    let flags = ["season", "seasons.csv", "--delimiter", ";", "--quote", "'"];
    scene.load(&flags).ok("inserted 1, quarantined 2, read 3");
    // The files are gone, and nothing is mended yet.
    for file in ["seasons.csv", "schema.ts"] {
        std::fs::remove_file(scene.folder.path().join(file)).unwrap();
    }
    scene.replay(&[]).ok("quarantined 2, read 2");
    assert_eq!(scene.entries().await, ["invalid-value|true|1", "unresolved-reference|true|1"]);
    // One cause is mended, and another one shows: the entry stays, with the reason of now.
    let columns = "\"club.ncaa_id\" = \"club.ncaa_id\"\nyear = \"year\"\nwins = { constant = \"12\" }\n";
    scene.file("wins.toml", format!("rest = \"ignore\"\n[columns]\n{columns}"));
    let ran = scene.replay(&["--reason", "invalid-value", "--map", "wins.toml"]);
    ran.ok("quarantined 1, read 1");
    assert_eq!(ran.result["status"], "partial");
    assert_eq!(scene.entries().await, ["unresolved-reference|true|2", "unresolved-reference|true|1"]);
    scene.execute("INSERT INTO club (ncaa_id, name) VALUES (9, 'Nine')").await;
    scene.replay(&["--table", "season", "--map", "wins.toml"]).ok("inserted 2, read 2");
    assert_eq!(scene.entries().await, ["unresolved-reference|false|3", "unresolved-reference|false|2"]);
    let seasons = "SELECT c.name, year::text, wins::text FROM season s JOIN club c ON c.id = club_id ORDER BY 2, 1";
    assert_eq!(scene.query(seasons).await, ["A|2024|10", "Nine|2024|12", "Nine|2025|12"]);
    let place = "SELECT substring(message FOR 8) FROM pipeline.quarantine ORDER BY byte_offset";
    assert_eq!(scene.query(place).await, ["line 3: ", "line 5: "]);
    // What landed does not wait any more, and the run that loaded it is known.
    scene.replay(&[]).ok("");
    let runs = "SELECT count(*)::text FROM pipeline.quarantine q JOIN pipeline.run r ON r.id = q.replay_run_id WHERE r.command = \
                'quarantine replay' AND r.result -> 'tables' -> 'public.season' ->> 'inserted' = '2'";
    assert_eq!(scene.query(runs).await, ["2"]);
}

#[tokio::test]
async fn records_come_with_their_map_or_with_a_mended_one() {
    let mut scene = Scene::new().await;
    scene.file("map.toml", MAP);
    scene.file(
        "export.csv",
        "Org ID,Name,Since,League,Remark\n1, One ,02/28/1901,-,x\n2,Two,1902-02-28,-,x\n3,Three,,-,x\n",
    );
    scene.load(&["club", "export.csv", "--map", "map.toml"]).ok("inserted 2, quarantined 1, read 3");
    let lines = "{\"ncaa_id\": 7, \"name\": \"a name that is longer than twenty characters\"}\n";
    scene.load_text("club", "lines.ndjson", lines).ok("quarantined 1, read 1");
    let mended = MAP.replace("%m/%d/%Y", "%Y-%m-%d");
    scene.file("mended.toml", mended);
    let ran = scene.replay(&["--reason", "conversion", "--map", "mended.toml", "--dry-run"]);
    ran.ok("read 1, rolled_back 1");
    scene.replay(&["--reason", "conversion", "--map", "mended.toml"]).ok("inserted 1, read 1");
    assert_eq!(scene.query("SELECT name, founded::text FROM club WHERE ncaa_id = 2").await, ["Two|1902-02-28"]);
    // A schema that allows more.
    scene.execute("ALTER TABLE club ALTER name TYPE varchar(60)").await;
    scene.replay(&["--table", "club"]).ok("quarantined 1, read 1");
    scene.file("wider.ts", crate::SCHEMA.replace("length: 20", "length: 60"));
    scene.replay(&["--table", "public.club", "--schema", "wider.ts"]).ok("inserted 1, read 1");
    assert_eq!(scene.query("SELECT name FROM club WHERE ncaa_id = 7").await.len(), 1);
}

#[tokio::test]
async fn rows_that_came_meanwhile_are_kept_on_demand() {
    for (flags, counts, name) in
        [(&["--on-conflict", "ignore"][..], "ignored 1, read 1", "New"), (&[], "read 1, updated 1", "Old")]
    {
        let mut scene = Scene::new().await;
        scene
            .load_text("club", "old.csv", "ncaa_id,name,league.code,founded\n1,Old,,1901-02-29\n")
            .ok("quarantined 1, read 1");
        scene.load_text("club", "new.csv", "ncaa_id,name\n1,New\n").ok("inserted 1, read 1");
        scene.file("map.toml", "rest = \"ignore\"\n[columns]\nncaa_id = \"ncaa_id\"\nname = \"name\"\n");
        scene.replay(&[&["--map", "map.toml"], flags].concat()).ok(counts);
        assert_eq!(scene.query("SELECT name FROM club").await, [name]);
        assert_eq!(scene.entries().await, ["invalid-value|false|1"]);
    }
}

#[tokio::test]
async fn references_are_set_once_their_parent_is_there() {
    let mut scene = Scene::new().await;
    scene.load_text("club", "clubs.csv", "ncaa_id,name,league.code\n1,A,L1\n2,B,L2\n3,C,\n").ok("inserted 3, read 3");
    scene.execute("ALTER TABLE club ADD touched integer DEFAULT 0").await;
    scene.execute("INSERT INTO league (code) VALUES ('L1')").await;
    let ran = scene.replay(&["--references"]);
    ran.ok("read 2, unchanged 1, updated 1");
    assert_eq!(ran.result["unresolved_references"], 1);
    let clubs = "SELECT c.ncaa_id::text, l.code FROM club c LEFT JOIN league l ON l.id = c.league_id ORDER BY 1";
    assert_eq!(scene.query(clubs).await, ["1|L1", "2|∅", "3|∅"]);
    let listed = "SELECT row_key::text, (resolved_at IS NULL)::text FROM pipeline.unresolved_reference ORDER BY 1";
    assert_eq!(scene.query(listed).await, ["{\"ncaa_id\": 1}|false", "{\"ncaa_id\": 2}|true"]);
    // A row that is gone is not made again.
    scene.execute("DELETE FROM club WHERE ncaa_id = 2; INSERT INTO league (code) VALUES ('L2')").await;
    scene.replay(&[]).ok("ignored 1, read 1");
    assert_eq!(scene.query(clubs).await, ["1|L1", "3|∅"]);
    assert_eq!(
        scene.query("SELECT count(*)::text FROM pipeline.unresolved_reference WHERE resolved_at IS NULL").await,
        ["0"]
    );
    scene.replay(&[]).ok("");
}

/// Of several rows of a key the one that wins decides what waits.
#[tokio::test]
async fn a_reference_that_a_later_row_of_the_key_gives_does_not_wait() {
    let cases = [("1,A,L9\n1,A,L1\n", "L1", "0"), ("1,A,L1\n1,A,L9\n", "L1", "1"), ("1,A,L9\n1,A,\n", "∅", "0")];
    for (rows, league, waiting) in cases {
        let mut scene = Scene::new().await;
        scene.execute("INSERT INTO league (code) VALUES ('L1')").await;
        for _ in 0..2 {
            let ran = scene.load_text("club", "clubs.csv", format!("ncaa_id,name,league.code\n{rows}"));
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            assert_eq!(ran.result["unresolved_references"].to_string(), waiting, "{rows}");
            let found = scene.query("SELECT l.code FROM club c LEFT JOIN league l ON l.id = c.league_id").await;
            let listed = "SELECT count(*)::text FROM pipeline.unresolved_reference WHERE resolved_at IS NULL";
            assert_eq!(
                (found, scene.query(listed).await),
                (vec![league.to_owned()], vec![waiting.to_owned()]),
                "{rows}"
            );
        }
    }
}

#[tokio::test]
async fn it_is_listed_shown_and_purged() {
    let mut scene = Scene::new().await;
    let bad = b"ncaa_id,name,founded\n1,\x1b[2Jcleared,x\n2,caf\xe9,\n3,C,x\n".as_slice();
    scene.load_text("club", "clubs.csv", bad).ok("quarantined 3, read 3");
    scene.load_text("club", "more.csv", "ncaa_id,name,league.code\n4,D,L4\n").ok("inserted 1, read 1");
    let counts: Value = serde_json::from_str(&scene.asked(&["list", "--summary", "--json"])).unwrap();
    let told: Vec<String> =
        counts.as_array().unwrap().iter().map(|c| format!("{} {}", c["reason"], c["entries"])).collect();
    assert_eq!(told, ["\"invalid-utf8\" 1", "\"invalid-value\" 2"]);
    let list = scene.asked(&["list"]);
    assert!(list.contains("public.club") && list.contains("field 2 is no valid UTF-8"), "{list}");
    assert!(list.bytes().all(|byte| byte == b'\n' || byte >= b' '), "{list:?}");
    assert!(scene.asked(&["list", "--limit", "1"]).contains("and 2 more"));
    let run = "00000000-0000-0000-0000-000000000000";
    let filters: [(&[&str], usize); 10] = [
        (&["--table", "club"], 3),
        (&["--table", "public.season"], 0),
        (&["--reason", "invalid-value"], 2),
        (&["--source", "file"], 3),
        (&["--source", "ncaa-directory"], 0),
        (&["--run", run], 0),
        (&["--older-than", "1h"], 0),
        (&["--newer-than", "1h"], 3),
        (&["--state", "done"], 0),
        (&["--references"], 1),
    ];
    for (flags, number) in filters {
        assert_eq!(scene.listed(flags), number, "{flags:?}");
    }
    let id = scene.query("SELECT id::text FROM pipeline.quarantine WHERE raw LIKE '%cleared%'").await.remove(0);
    let shown = scene.asked(&["show", &id]);
    assert!(shown.contains("1,\\u{1b}[2Jcleared,x") && shown.contains("clubs.csv"), "{shown}");
    assert_eq!(scene.asked(&["show", "--raw", &id]), "1,\u{1b}[2Jcleared,x");
    let hex = scene.query("SELECT id::text FROM pipeline.quarantine WHERE reason = 'invalid-utf8'").await.remove(0);
    let json: Value = serde_json::from_str(&scene.asked(&["show", "--json", &hex, &id])).unwrap();
    // They come in the order of the file.
    assert_eq!(json[0]["raw"], "1,\u{1b}[2Jcleared,x");
    assert_eq!(json[1]["raw_hex"], "322c636166e92c");

    let (code, stdout, stderr) = scene.quarantine(&["purge"]);
    assert_eq!((code, stdout.as_str()), (Some(64), ""), "{stderr}");
    assert!(stderr.contains("--all"), "{stderr}");
    assert!(scene.asked(&["purge", "--reason", "invalid-value", "--dry-run"]).contains("2 entries would be removed"));
    assert_eq!(scene.listed(&[]), 3);
    assert!(
        scene.asked(&["purge", "--reason", "invalid-value"]).contains("2 entries removed, 2 of them still waiting")
    );
    assert_eq!(scene.listed(&[]), 1);
    assert!(scene.asked(&["purge", "--all"]).contains("1 entries removed"));
    assert!(scene.asked(&["purge", "--all", "--references"]).contains("1 entries removed"));
    let left = "SELECT (SELECT count(*) FROM pipeline.quarantine)::text, (SELECT count(*) FROM pipeline.recipe)::text";
    assert_eq!(scene.query(left).await, ["0|0"]);
    assert_eq!(scene.asked(&["list"]), "nothing waits\n");
}

#[tokio::test]
async fn what_cannot_be_replayed_is_told_and_kept() {
    let mut scene = Scene::new().await;
    scene
        .load_text("club", "clubs.csv", format!("ncaa_id,name\n1,{}\n", "x".repeat(2 << 20)))
        .ok("quarantined 1, read 1");
    let ran = scene.replay(&[]);
    ran.ok("");
    assert_eq!(ran.result["skipped"]["record-cut"], 1);
    assert_eq!(scene.entries().await, ["too-long|true|0"]);
    scene.replay(&["77"]).failed(64, &["no entry 77"]);
    scene.replay(&["--on-conflict", "sometimes"]).failed(64, &["sometimes"]);
    let (code, _, stderr) = scene.quarantine(&["show", "77"]);
    assert_eq!(code, Some(64), "{stderr}");
}
