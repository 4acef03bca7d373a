//! Rows with planted differences: each is found, and nothing else is reported.

use std::fmt::Write as _;

use crate::{PLAIN, Scene};

/// What a case is about, both databases, flags, and what is to be told.
struct Case {
    about: &'static str,
    left: &'static str,
    right: &'static str,
    flags: &'static [&'static str],
    told: &'static str,
}

/// Runs cases and tells all that fail.
async fn check(cases: &[Case]) {
    let mut wrong = String::new();
    for case in cases {
        let scene = Scene::new(case.left, case.right).await;
        let told = scene.told(case.flags);
        let expected: String = case.told.lines().map(|line| format!("{}\n", line.trim_start_matches("    "))).collect();
        if told.trim() != expected.trim() {
            writeln!(wrong, "--- {}\nexpected:\n{expected}\ntold:\n{told}", case.about).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[tokio::test]
async fn every_planted_difference_is_found_and_nothing_else() {
    check(&[
        Case {
            about: "the same rows, in another physical order",
            left: PLAIN,
            right: "CREATE TABLE thing (code text PRIMARY KEY, name text, rank integer); INSERT INTO thing VALUES
              ('d', 'Dan', 4), ('b', 'Bob', 2), ('a', 'Ann', 1), ('c', 'Cid', 3);",
            flags: &["--table", "thing"],
            told: "thing by code: 4/4 =4 ~0",
        },
        Case {
            about: "a missing row, an additional one, changed ones",
            left: PLAIN,
            right: "CREATE TABLE thing (code text PRIMARY KEY, name text, rank integer); INSERT INTO thing VALUES
              ('a', 'Ann', 1), ('bb', 'Bob', 2), ('c', 'Sid', 3), ('d', 'Don', NULL);",
            flags: &["--table", "thing"],
            told: "thing by code: 4/4 =1 ~2
 < 1: b
 > 1: bb
 name 2: [c] Cid -> Sid; [d] Dan -> Don
 rank 1: [d] 4 -> ∅",
        },
        Case {
            about: "one side is empty; samples are bounded, counts are not",
            left: PLAIN,
            right: "CREATE TABLE thing (code text PRIMARY KEY, name text, rank integer);",
            flags: &["--table", "thing", "--samples", "2"],
            told: "thing by code: 4/0 =0 ~0\n < 4: a; b",
        },
        Case {
            about: "null is not the empty text",
            left: "CREATE TABLE thing (code text PRIMARY KEY, name text); INSERT INTO thing VALUES ('a', NULL), ('b', ''), ('c', ' ');",
            right: "CREATE TABLE thing (code text PRIMARY KEY, name text); INSERT INTO thing VALUES ('a', ''), ('b', ''), ('c', '');",
            flags: &["--table", "thing"],
            told: "thing by code: 3/3 =1 ~2\n name 2: [a] ∅ -> ''; [c]   -> ''",
        },
        Case {
            about: "unless asked",
            left: "CREATE TABLE thing (code text PRIMARY KEY, name text); INSERT INTO thing VALUES ('a', NULL), ('b', ''), ('c', ' ');",
            right: "CREATE TABLE thing (code text PRIMARY KEY, name text); INSERT INTO thing VALUES ('a', ''), ('b', ''), ('c', '');",
            flags: &["--table", "thing", "--null-is-empty", "--ignore-space"],
            told: "thing by code: 3/3 =3 ~0",
        },
        Case {
            about: "case, white space and numbers, as far as asked",
            left: "CREATE TABLE thing (code text PRIMARY KEY, name text, share numeric, at timestamptz);
              INSERT INTO thing VALUES ('a', 'Ann  Lee', 1.00, '2025-01-01 00:00Z'), ('b', 'Bob', 2.5, '2025-01-01 00:00Z');",
            right: "CREATE TABLE thing (code text PRIMARY KEY, name text, share numeric, at timestamptz);
              INSERT INTO thing VALUES ('a', ' ann lee', 1.01, '2025-01-01 00:00:01Z'), ('b', 'Rob', 2.52, '2025-01-01 00:00:03Z');",
            flags: &[
                "--table", "thing", "--ignore-case", "--ignore-space", "--numeric-tolerance", "0.01", "--time-tolerance", "2s",
            ],
            told: "thing by code: 2/2 =1 ~1
 name 1: [b] Bob -> Rob
 share 1: [b] 2.5 -> 2.52
 at 1: [b] 2025-01-01 00:00:00Z -> 2025-01-01 00:00:03Z",
        },
        Case {
            about: "no unique key holds: the same rows twice are paired, others are told",
            left: "CREATE TABLE thing (code text, name text); INSERT INTO thing VALUES
              ('a', 'Ann'), ('a', 'Al'), ('b', 'Bob'), ('b', 'Bob'), ('c', 'Cid'), (NULL, 'x'), (NULL, 'y');",
            right: "CREATE TABLE thing (code text, name text); INSERT INTO thing VALUES
              ('a', 'Al'), ('a', 'Ann'), ('b', 'Bob'), ('c', 'Cid'), ('c', 'Kid'), (NULL, 'y'), (NULL, 'z');",
            flags: &["--table", "thing", "--key", "code"],
            told: "thing by code: 7/7 =5 ~1
 < 1: b
 > 1: c
 2< 6 of 3: a; b; ∅
 2> 6 of 3: a; c; ∅
 name 1: [∅] x -> z",
        },
        Case {
            about: "a key of several columns with null in it",
            left: "CREATE TABLE thing (a integer, b text, v text, UNIQUE NULLS NOT DISTINCT (a, b)); INSERT INTO thing VALUES
              (10, 'x', '1'), (9, NULL, '2'), (NULL, 'x', '3'), (NULL, NULL, '4'), (-1, '', '5');",
            right: "CREATE TABLE thing (a integer, b text, v text, UNIQUE NULLS NOT DISTINCT (a, b)); INSERT INTO thing VALUES
              (10, 'x', '1'), (9, NULL, '2'), (NULL, 'x', '3'), (NULL, NULL, '5'), (NULL, 'z', '6'), (-1, '', '5');",
            flags: &["--table", "thing"],
            told: "thing by a,b: 5/6 =4 ~1\n > 1: ∅,z\n v 1: [∅,∅] 4 -> 5",
        },
        Case {
            about: "columns on one side leave the question open, and ignored ones do not",
            left: "CREATE TABLE thing (code text PRIMARY KEY, old text, gone text); INSERT INTO thing VALUES ('a', 'x', 'y');",
            right: "CREATE TABLE thing (code text PRIMARY KEY, new text, made text); INSERT INTO thing VALUES ('a', 'x', 'y');",
            flags: &["--table", "thing", "--ignore", "gone", "--ignore", "thing.made"],
            told: "thing by code: 1/1 =1 ~0
 ? new: public.thing has no column new on the left
 ? old (left): the right side has no such column",
        },
    ])
    .await;
}

#[tokio::test]
async fn keys_are_found_or_named() {
    check(&[
        Case {
            about: "only the left side has a key",
            left: "CREATE TABLE thing (a integer NOT NULL, b text NOT NULL, v text, UNIQUE (b, a)); INSERT INTO thing VALUES (1, 'x', '1');",
            right: "CREATE TABLE thing (a integer, b text, v text); INSERT INTO thing VALUES (1, 'x', '2');",
            flags: &["--table", "thing"],
            told: "thing by b,a: 1/1 =0 ~1\n v 1: [1,x] 1 -> 2",
        },
        Case {
            about: "a key without null before one with it, and a partial one is none",
            left: "CREATE TABLE thing (a text, b text NOT NULL, c text); INSERT INTO thing VALUES (NULL, 'x', 'c');",
            right: "CREATE TABLE thing (a text UNIQUE, b text NOT NULL UNIQUE, c text); INSERT INTO thing VALUES (NULL, 'x', 'c');
              CREATE UNIQUE INDEX aa ON thing (c) WHERE c > ''; CREATE UNIQUE INDEX ab ON thing (lower(c));",
            flags: &["--table", "thing"],
            told: "thing by b: 1/1 =1 ~0",
        },
        Case {
            about: "a key by its name",
            left: "CREATE TABLE thing (a text, b text NOT NULL); INSERT INTO thing VALUES ('x', 'y');",
            right: "CREATE TABLE thing (a text CONSTRAINT by_a UNIQUE, b text NOT NULL UNIQUE); INSERT INTO thing VALUES ('x', 'z');",
            flags: &["--table", "thing", "--key", "by_a"],
            told: "thing by a: 1/1 =0 ~1\n b 1: [x] y -> z",
        },
        Case {
            about: "the id itself, where it is asked for",
            left: "CREATE TABLE thing (id serial PRIMARY KEY, v text); INSERT INTO thing (v) VALUES ('x'), ('y');",
            right: "CREATE TABLE thing (id serial PRIMARY KEY, v text); INSERT INTO thing (v) VALUES ('y'), ('x'), ('z');",
            flags: &["--table", "thing", "--key", "id"],
            told: "thing by id: 2/3 =0 ~2\n > 1: 3\n v 2: [1] x -> y; [2] y -> x",
        },
        Case {
            about: "keys that differ in case and white space only, where that is nothing",
            left: "CREATE TABLE thing (code text PRIMARY KEY, v text); INSERT INTO thing VALUES ('b ', '1'), ('A  x', '2'), ('C', '3');",
            right: "CREATE TABLE thing (code text PRIMARY KEY, v text); INSERT INTO thing VALUES ('B', '1'), ('a x', '2'), ('D', '3');",
            flags: &["--table", "thing", "--ignore-case", "--ignore-space"],
            told: "thing by code: 3/3 =2 ~0\n < 1: c\n > 1: d",
        },
        Case {
            about: "names that need quotes",
            left: "CREATE SCHEMA \"Odd \"\"one\"; CREATE TABLE \"Odd \"\"one\".\"Sel.ect\" (\"a b\" text PRIMARY KEY, \"x.y\" text);
              INSERT INTO \"Odd \"\"one\".\"Sel.ect\" VALUES ('it''s \\', 'v');",
            right: "CREATE SCHEMA \"Odd \"\"one\"; CREATE TABLE \"Odd \"\"one\".\"Sel.ect\" (\"a b\" text PRIMARY KEY, \"x.y\" text);
              INSERT INTO \"Odd \"\"one\".\"Sel.ect\" VALUES ('it''s \\', 'w');",
            flags: &["--table", "Odd \"one.Sel.ect"],
            told: "Odd \"one.Sel.ect by a b: 1/1 =0 ~1\n x.y 1: [it's \\] v -> w",
        },
        Case {
            about: "a reference to a table whose rows nothing but their ids tells apart",
            left: "CREATE TABLE note (id serial PRIMARY KEY, v text); CREATE TABLE thing (code text PRIMARY KEY, note_id integer REFERENCES note);",
            right: "CREATE TABLE note (id serial PRIMARY KEY, v text); CREATE TABLE thing (code text PRIMARY KEY, note_id integer REFERENCES note);",
            flags: &["--table", "thing"],
            told: "thing by code: 0/0 =0 ~0\n ? note_id: public.note has no unique key but ids that the database made",
        },
        Case {
            about: "a reference that leads to another table on the left",
            left: "CREATE TABLE old (id serial PRIMARY KEY, code text NOT NULL UNIQUE); CREATE TABLE note (LIKE old INCLUDING ALL);
              CREATE TABLE thing (code text PRIMARY KEY, note_id integer REFERENCES old); INSERT INTO old (code) VALUES ('n');
              INSERT INTO note (code) VALUES ('n'); INSERT INTO thing VALUES ('a', 1);",
            right: "CREATE TABLE note (id serial PRIMARY KEY, code text NOT NULL UNIQUE);
              CREATE TABLE thing (code text PRIMARY KEY, note_id integer REFERENCES note); INSERT INTO note (code) VALUES ('n');
              INSERT INTO thing VALUES ('a', 1);",
            flags: &["--table", "thing"],
            told: "thing by code: 1/1 =1 ~0\n ? note_id: the left side does not say which code is meant",
        },
        Case {
            about: "a table whose key leads back to itself, by its parent",
            left: "CREATE TABLE thing (id serial PRIMARY KEY, parent_id integer REFERENCES thing, name text NOT NULL, path text UNIQUE,
              UNIQUE NULLS NOT DISTINCT (parent_id, name)); INSERT INTO thing (parent_id, name, path) VALUES (NULL, 'a', 'a'), (1, 'b', 'a/b');",
            right: "CREATE TABLE thing (id serial PRIMARY KEY, parent_id integer REFERENCES thing, name text NOT NULL, path text UNIQUE,
              UNIQUE NULLS NOT DISTINCT (parent_id, name)); ALTER SEQUENCE thing_id_seq RESTART 7;
              INSERT INTO thing (parent_id, name, path) VALUES (NULL, 'a', 'a'), (7, 'c', 'a/b');",
            flags: &["--table", "thing"],
            told: "thing by path: 2/2 =1 ~1\n name 1: [a/b] b -> c",
        },
    ])
    .await;
}

/// Rows longer than a batch, and rows of one key in several batches.
#[tokio::test]
async fn long_rows_are_compared_whole() {
    let rows = |last: &str, step: i32| {
        format!(
            "CREATE TABLE thing (code integer, v text); INSERT INTO thing SELECT n % 3, repeat(n::text, 40000) FROM generate_series(1, 30) AS n
             ORDER BY n * {step}; INSERT INTO thing VALUES (9, repeat('x', 300000) || '{last}');"
        )
    };
    let scene = Scene::new(&rows("a", 1), &rows("b", -1)).await;
    let told = scene.told(&["--table", "thing", "--key", "code", "--samples", "0"]);
    assert_eq!(told, "thing by code: 31/31 =30 ~1\n 2< 30 of 3: \n 2> 30 of 3: \n v 1: \n");
    // What differs far behind in a long value is what is shown of it.
    let text = scene.run(&["--table", "thing", "--key", "code"]).stdout;
    assert!(
        text.contains(&format!("…{}a", "x".repeat(20))) && text.contains(&format!("…{}b", "x".repeat(20))),
        "{text}"
    );
}

/// Ids that differ everywhere, in tables that refer to each other, with one planted difference of each kind.
#[tokio::test]
async fn ids_are_compared_by_the_rows_that_they_name() {
    const TABLES: &str = "
        CREATE TABLE league (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL UNIQUE);
        CREATE TABLE school (id bigserial PRIMARY KEY, ncaa_id integer NOT NULL UNIQUE, name text,
          league_id integer REFERENCES league (id), rival_id bigint REFERENCES school (id));
        CREATE TABLE team (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), school_id bigint NOT NULL REFERENCES school (id),
          season integer NOT NULL, coach text, UNIQUE (school_id, season));
        CREATE TABLE player (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, team_id uuid NOT NULL REFERENCES team (id),
          number integer NOT NULL, name text, UNIQUE (team_id, number));";
    const ROWS: &str = "
        INSERT INTO school (ncaa_id, name, league_id) SELECT n, 'School ' || n, (SELECT id FROM league WHERE code = 'L' || n % 3)
          FROM unnest(ARRAY[ORDER_OF_IDS]) AS n;
        UPDATE school SET rival_id = (SELECT id FROM school AS s WHERE s.ncaa_id = 13 - school.ncaa_id) WHERE ncaa_id > 2;
        INSERT INTO team (school_id, season, coach) SELECT id, year, 'C' || ncaa_id FROM school, generate_series(2024, 2025) AS year;
        INSERT INTO player (team_id, number, name) SELECT team.id, n, 'P' || n FROM team, generate_series(1, 3) AS n;";
    let left = TABLES.to_owned()
        + "INSERT INTO league (code) VALUES ('L0'), ('L1'), ('L2');"
        + &ROWS.replace("ORDER_OF_IDS", "9,10,11,1,2,3");
    let right = TABLES.to_owned()
        + "INSERT INTO league (code) VALUES ('x'), ('L2'), ('L1'), ('L0'); DELETE FROM league WHERE code = 'x';"
        + &ROWS.replace("ORDER_OF_IDS", "1,2,3,9,10,11");
    let mut scene = Scene::new(&left, &right).await;
    let all = ["--table", "league", "--table", "school", "--table", "team", "--table", "player"];
    let equal = "league by code: 3/3 =3 ~0
school by ncaa_id: 6/6 =6 ~0
team by school_id.ncaa_id,season: 12/12 =12 ~0
player by team_id.school_id.ncaa_id,team_id.season,number: 36/36 =36 ~0
";
    assert_eq!(scene.told(&all), equal);
    scene.execute(1, "UPDATE school SET league_id = (SELECT id FROM league WHERE code = 'L0') WHERE ncaa_id = 1").await;
    scene.execute(1, "UPDATE school SET rival_id = NULL WHERE ncaa_id = 10").await;
    scene.execute(1, "DELETE FROM player WHERE name = 'P3' AND team_id = (SELECT t.id FROM team AS t JOIN school AS s ON s.id = t.school_id WHERE s.ncaa_id = 2 AND season = 2025)").await;
    let told = "league by code: 3/3 =3 ~0
school by ncaa_id: 6/6 =4 ~2
 league_id.code 1: [1] L1 -> L0
 rival_id.ncaa_id 1: [10] 3 -> ∅
team by school_id.ncaa_id,season: 12/12 =12 ~0
player by team_id.school_id.ncaa_id,team_id.season,number: 36/35 =35 ~0
 < 1: 3,2,2025
";
    assert_eq!(scene.told(&all), told);
}

#[tokio::test]
async fn a_map_names_what_is_called_otherwise() {
    let left = "CREATE SCHEMA old; CREATE TABLE old.leagues (id serial PRIMARY KEY, abbreviation varchar(10) NOT NULL UNIQUE);
        CREATE TABLE old.colleges (college_id serial PRIMARY KEY, unit integer NOT NULL UNIQUE, title varchar(40), league integer,
          founded text, opened timestamp);
        CREATE TABLE old.squads (id serial PRIMARY KEY, college integer REFERENCES old.colleges (college_id), year integer, coach text);
        INSERT INTO old.leagues (abbreviation) VALUES ('B'), ('A');
        INSERT INTO old.colleges (unit, title, league, founded, opened) VALUES (7, 'SEVEN', 1, '1900', '2025-07-01 08:00'),
          (8, 'Eight', 2, '1901', '2025-01-01 08:00'), (9, 'Nine', 5, NULL, NULL);
        INSERT INTO old.squads (college, year, coach) VALUES (1, 2025, 'X'), (2, 2025, NULL);";
    let right = "CREATE TABLE league (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code text NOT NULL UNIQUE);
        CREATE TABLE school (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ncaa_id integer NOT NULL UNIQUE, name text,
          league_id integer REFERENCES league (id), founded integer, opened timestamptz);
        CREATE TABLE team (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ncaa_id integer, season integer, coach text,
          UNIQUE (ncaa_id, season));
        INSERT INTO league (code) VALUES ('A'), ('B');
        INSERT INTO school (ncaa_id, name, league_id, founded, opened) VALUES (8, 'Eight', 1, 1901, '2025-01-01 13:00Z'),
          (7, 'Seven', 2, 1900, '2025-07-01 12:00Z'), (9, 'Nine', NULL, NULL, NULL);
        INSERT INTO team (ncaa_id, season, coach) VALUES (7, 2025, 'X'), (8, 2025, '');";
    let scene = Scene::new(left, right).await;
    let map = r#"
        [tables.league]
        left = "old.leagues"
        columns = { code = "abbreviation" }

        [tables.school]
        left = "old.colleges"
        [tables.school.columns]
        ncaa_id = "unit"
        name = { left = "title", ignore_case = true }
        league_id = "league"
        founded = { as = "number" }
        opened = { left_time_zone = "America/New_York" }

        [tables.team]
        left = "old.squads"
        key = ["ncaa_id", "season"]
        [tables.team.columns]
        ncaa_id = "college.unit"
        season = "year"
        coach = { null_is_empty = true }
    "#;
    std::fs::write(scene.folder.path().join("map.toml"), map).unwrap();
    // The old table of colleges has no foreign key, so that 5 names no league: not the same as naming none.
    let told = "school by ncaa_id: 3/3 =2 ~1
 league_id names a row 1: [9] false -> true
team by ncaa_id,season: 2/2 =2 ~0
league by code: 2/2 =2 ~0
";
    assert_eq!(scene.told(&["--map", "map.toml"]), told);
    let faults = [
        ("[tables.scool]\n", 78, "map.toml:1:1: scool is no table of the right database; did you mean \"school\"?"),
        ("[tables.school]\nleft = \"old.college\"\n", 78, "map.toml:1:1: school is old.college on the left"),
        (
            "[tables.school]\nleft = \"old.colleges\"\ncolumns.nme = \"title\"\n",
            78,
            "school, nme is no column that is compared",
        ),
        ("[tables.school]\nlfet = \"x\"\n", 78, "map.toml:2:1: unknown field `lfet`"),
    ];
    for (map, code, message) in faults {
        std::fs::write(scene.folder.path().join("map.toml"), map).unwrap();
        let map = if message.contains("nme") {
            map.replace("columns.nme", "columns.ncaa_id = \"unit\"\ncolumns.nme")
        } else {
            map.to_owned()
        };
        std::fs::write(scene.folder.path().join("map.toml"), map).unwrap();
        let ran = scene.run(&["--map", "map.toml"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{}", ran.stderr);
        assert!(ran.stderr.contains(message), "{message}\n{}", ran.stderr);
    }
}
