//! The command: which tables, samples of rows, what is said where, exit codes, memory.

use std::process::Command;

use crate::{PLAIN, Ran, Scene};

#[tokio::test]
async fn without_tables_those_of_the_models_are_compared() {
    let ddl = models::SCHEMA_SQL.replace("--> statement-breakpoint", "");
    let rows = "INSERT INTO conference (ncaa_id, name, created_at, updated_at) VALUES (1, 'One', 'epoch', 'epoch');
        INSERT INTO sport (ncaa_id, name, display_name, gender) VALUES ('MBA', 'Baseball', 'Baseball', 'men');
        INSERT INTO school (ncaa_id, name, conference_id) VALUES (5, 'Five', 1);
        INSERT INTO team (school_id, sport_id, season) VALUES (1, 1, 2025);
        INSERT INTO roster_entry (team_id, source, name, normalized_name) VALUES (1, 'ncaa-stats', 'A', 'a');";
    let mut scene = Scene::new(&format!("{ddl}{rows}"), &format!("{ddl}{rows}")).await;
    let flags = ["--ignore", "created_at", "--ignore", "updated_at"];
    let told = scene.told(&flags);
    assert_eq!(told.lines().count(), models::TABLES.len(), "{told}");
    assert!(told.lines().all(|line| line.ends_with("~0")), "{told}");
    assert!(told.contains("roster_entry by source,team_id.school_id.ncaa_id,team_id.sport_id.ncaa_id,team_id.season,player_key: 1/1 =1"), "{told}");

    scene.execute(0, "DROP TABLE award, niche_grade").await;
    scene.execute(1, "DROP TABLE player_stat; UPDATE team SET conference_id = 1").await;
    let told = scene.told(&flags);
    assert!(told.contains("team by school_id.ncaa_id,sport_id.ncaa_id,season: 1/1 =0 ~1\n conference_id.ncaa_id 1: [5,2025,MBA] ∅ -> 1\n"), "{told}");
    assert!(
        told.ends_with("only_left public.player_stat\nonly_right public.award\nonly_right public.niche_grade\n"),
        "{told}"
    );
}

#[tokio::test]
async fn a_sample_is_the_same_on_both_sides_and_every_time() {
    let rows = "CREATE TABLE thing (code integer PRIMARY KEY, name text); INSERT INTO thing SELECT n, 'T' || n FROM generate_series(1, 2000) AS n;";
    let scene = Scene::new(rows, &rows.replace("integer PRIMARY", "bigint PRIMARY")).await;
    let sampled = |flags: &[&str]| {
        let told = scene.told(&[&["--table", "thing"], flags].concat());
        let numbers = told.strip_prefix("thing by code: ").unwrap().to_owned();
        let rows: u64 = numbers.split('/').next().unwrap().parse().unwrap();
        assert_eq!(numbers, format!("{rows}/{rows} ={rows} ~0\n"), "rows of a sample have their counterparts in it");
        rows
    };
    // Four standard deviations of a binomial distribution, 2,000 times at 1 in 10, are 54.
    for flags in [["--sample", "10%"], ["--sample", "200"]] {
        let rows = sampled(&flags);
        assert!((146..=254).contains(&rows), "{rows}");
        assert_eq!(sampled(&flags), rows);
    }
    assert_eq!(sampled(&["--sample", "100%"]), 2_000);
    assert_eq!(sampled(&["--sample", "5000"]), 2_000);
    let text = scene.run(&["--table", "thing", "--sample", "10%", "--seed", "9"]).stdout;
    assert!(text.contains("a sample: about 10% of the rows of each table, seed 9"), "{text}");
    assert!(text.ends_with("equal in this sample\n"), "{text}");
}

#[tokio::test]
async fn too_many_rows_of_a_key_are_told_and_not_held() {
    let rows = |name: &str| {
        format!(
            "CREATE TABLE thing (code text, name text); INSERT INTO thing SELECT 'same', '{name}' FROM generate_series(1, 5000); INSERT INTO thing VALUES ('z', 'z');"
        )
    };
    let scene = Scene::new(&rows("a"), &rows("b")).await;
    let told = scene.told(&["--table", "thing", "--key", "code"]);
    assert_eq!(told, "thing by code: 5001/5001 =1 ~0\n ? 10000 rows\n 2< 5000 of 1: same\n 2> 5000 of 1: same\n");
}

#[tokio::test]
async fn what_cannot_be_done_is_said_with_its_exit_code() {
    let mut scene = Scene::new(PLAIN, PLAIN).await;
    scene.execute(0, "CREATE TABLE bare (id serial PRIMARY KEY, v text); CREATE TABLE here (a text UNIQUE)").await;
    scene.execute(1, "CREATE TABLE bare (id serial PRIMARY KEY, v text)").await;
    let cases: [(&[&str], i32, &str); 12] = [
        (&[], 78, "none of the models' tables is on both sides"),
        (&["--table", "thng"], 64, "the right database has no table thng; did you mean \"thing\"?"),
        (&["--table", "here"], 64, "the right database has no table here"),
        (&["--table", "bare"], 64, "public.bare cannot be compared: public.bare has no unique key but ids"),
        (&["--table", "thing", "--key", "nme"], 64, "public.thing has no column nme on the right"),
        (&["--key", "code"], 64, "--key is the key of one table"),
        (&["--table", "thing", "--ignore", "nme"], 64, "--ignore nme: no table that is compared has such a column"),
        (&["--table", "thing", "--map", "none.toml"], 64, "the map none.toml cannot be read"),
        (&["--table", "thing", "--left-time-zone", "Mars"], 64, "the left database knows no time zone Mars"),
        (&["--table", "thing", "--sample", "0"], 64, "0 is neither a number of rows"),
        (&["--table", "thing", "--seed", "1"], 64, "--sample"),
        (&["--table", "thing", "-o", "none/file"], 78, "the answer cannot be written to none/file"),
    ];
    for (flags, code, message) in cases {
        let ran = scene.run(flags);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{flags:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(message), "{flags:?}: {}", ran.stderr);
    }
    // The database says why, and nothing is taken for the end of the rows.
    scene.execute(1, "INSERT INTO thing VALUES ('e', 'no number', 5)").await;
    std::fs::write(scene.folder.path().join("map.toml"), "[tables.thing.columns]\nname = { as = \"number\" }\n")
        .unwrap();
    let ran = scene.run(&["--table", "thing", "--map", "map.toml"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (65, ""), "{}", ran.stderr);
    // Rights.
    scene.execute(1, "CREATE ROLE reader LOGIN; REVOKE ALL ON thing FROM PUBLIC").await;
    let right = scene.urls[1].replace("postgres@", "reader:s3cret@");
    let ran = scene.run(&["--right", &right, "--table", "thing"]);
    assert_eq!(ran.code, 64, "clap refuses a flag twice: {}", ran.stderr);
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipeline"));
    command.args(["compare", "--table", "thing", "--log-level", "trace"]).env_clear().env("HOME", scene.folder.path());
    command.env("PIPELINE_COMPARE_LEFT", &scene.urls[0]).env("PIPELINE_COMPARE_RIGHT", &right);
    let ran = Ran::from(command.output().unwrap());
    assert_eq!((ran.code, ran.stdout.as_str()), (77, ""), "{}", ran.stderr);
    assert!(!ran.stderr.contains("s3cret") && !ran.stderr.contains("Ann"), "{}", ran.stderr);
    // Nothing answers.
    let nowhere = "postgres://me:s3cret@127.0.0.1:1/db";
    command.env("PIPELINE_COMPARE_RIGHT", nowhere);
    let ran = Ran::from(command.output().unwrap());
    assert_eq!(ran.code, 75, "{}", ran.stderr);
    assert!(!ran.stderr.contains("s3cret"), "{}", ran.stderr);
}

/// What people read: text without colours in a pipe, and with them when asked; a page that holds what values hold.
#[tokio::test]
async fn people_read_text_or_a_page() {
    let table = "CREATE TABLE thing (code text PRIMARY KEY, name text, rank integer);";
    let left = format!("{table} INSERT INTO thing VALUES ('a', '<b>&', 1), ('b', E'\\x1b[2J', 2), ('c', 'Cid', 3);");
    let right = format!("{table} INSERT INTO thing VALUES ('a', NULL, 1), ('b', 'B', 2), ('d', 'Dan', 4);");
    let scene = Scene::new(&left, &right).await;
    let ran = scene.run(&["--table", "thing"]);
    let text = ran.stdout.replace(scene.folder.path().to_str().unwrap(), "");
    let text: String =
        text.lines().filter(|line| !line.contains("postgresql://")).map(|line| format!("{line}\n")).collect();
    insta::assert_snapshot!("text", text);
    assert!(scene.run(&["--table", "thing", "--color", "always"]).stdout.contains("\u{1b}[31;1mdifferent"));

    // A file's name says its form, where nothing else does.
    let ran = scene.run(&["--table", "thing", "-o", "page.html"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{}", ran.stderr);
    let page = std::fs::read_to_string(scene.folder.path().join("page.html")).unwrap();
    for part in [
        "<html lang=\"en\">",
        "prefers-color-scheme: dark",
        "&lt;b&gt;&amp;",
        "\\u{1b}[2J",
        "scope=\"row\"",
        "<caption",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    for part in ["<b>", "\u{1b}", "http://", "https://", "<script", "<link", "url("] {
        assert!(!page.contains(part), "{part}\n{page}");
    }
}

/// A function that writes is refused by the transaction, whoever calls it.
#[tokio::test]
async fn it_only_reads() {
    let mut scene = Scene::new(PLAIN, PLAIN).await;
    scene.execute(1, "CREATE FUNCTION write() RETURNS text LANGUAGE sql VOLATILE AS $$ INSERT INTO thing VALUES ('w') RETURNING code $$;
        CREATE VIEW writing AS SELECT 'a'::text AS code, write() AS v").await;
    scene.execute(0, "CREATE VIEW writing AS SELECT 'a'::text AS code, 'w'::text AS v").await;
    let ran = scene.run(&["--table", "writing", "--key", "code"]);
    assert_eq!(ran.code, 78, "{}", ran.stderr);
    assert!(ran.stderr.contains("read-only transaction"), "{}", ran.stderr);
}

/// The most memory that the program had, in KiB.
fn peak(mut child: std::process::Child) -> (i32, u64) {
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        // The kernel's own high-water mark: only what comes between the last look and the end can be missed.
        let told = std::fs::read_to_string(&status).unwrap_or_default();
        let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(peak);
        if let Some(code) = child.try_wait().unwrap() {
            return (code.code().unwrap(), peak);
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[tokio::test]
async fn more_rows_take_no_more_memory() {
    let mut peaks = Vec::new();
    for rows in [50_000, 500_000] {
        let table = |change: &str| {
            format!(
                "CREATE TABLE thing (code integer PRIMARY KEY, name text, v integer);
                 INSERT INTO thing SELECT n, 'Thing number ' || n, n % 30 {change} FROM generate_series(1, {rows}) AS n;"
            )
        };
        let scene = Scene::new(&table(""), &table("+ CASE WHEN n % 10 = 0 THEN 1 ELSE 0 END")).await;
        let (code, peak) = peak(scene.command(&["--table", "thing"]).spawn().unwrap());
        assert_eq!(code, 1);
        assert!(scene.told(&["--table", "thing", "--samples", "0"]).contains(&format!(" v {}:", rows / 10)));
        peaks.push(peak);
    }
    assert!(peaks[1] < peaks[0] + 8 * 1_024, "{peaks:?} KiB");
}
