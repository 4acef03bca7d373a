//! What `pipeline doctor` says of things that are wrong: the real program against a real PostgreSQL and real sites.

#[path = "../../tests/support/pipeline.rs"]
mod pipeline_command;
#[path = "../../tests/support/postgres.rs"]
mod postgres;
#[path = "support/mod.rs"]
mod site;
#[path = "support/tls.rs"]
mod tls;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, SystemTime};

use pipeline::Exit;
use pipeline::doctor::{Space, Verdict, folder};
use pipeline_command::{Pipeline, server};
use serde_json::Value;
use site::{Answer, Site};
use sqlx::{AssertSqlSafe, PgConnection};

/// What is expected of a check: its group and name, its verdict, and words of what was found or of the remedy.
type Expected<'a> = (&'a str, &'a str, &'a [&'a str]);

/// Runs the doctor with environment variables and gives its exit code and findings.
async fn doctor(pipeline: &Pipeline, flags: &[&str], variables: &[(&str, &str)]) -> (i32, Vec<Value>, String) {
    let mut command = pipeline.command(&[&["doctor", "--json"], flags].concat());
    command.envs(variables.iter().copied());
    let output: Output =
        tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("no panic");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let all = format!("{text}{}", String::from_utf8_lossy(&output.stderr));
    let findings: Vec<Value> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {all}"));
    for finding in &findings {
        let (verdict, remedy) = (finding["verdict"].as_str().expect("a verdict"), &finding["remedy"]);
        assert_eq!(remedy.as_str().is_some_and(|remedy| !remedy.is_empty()), verdict != "ok", "{finding}");
        assert_eq!(finding["exit_code"].is_u64(), verdict == "wrong", "{finding}");
    }
    (output.status.code().unwrap_or(-1), findings, all)
}

/// The check is there, and says so.
fn assert_found(case: &str, findings: &[Value], (check, verdict, words): Expected<'_>) {
    let name = |finding: &&Value| format!("{}: {}", finding["group"], finding["check"]).replace('"', "") == check;
    let found = findings.iter().find(name).unwrap_or_else(|| panic!("{case}: no {check} in {findings:#?}"));
    assert_eq!(found["verdict"], verdict, "{case}: {found}");
    let text =
        format!("{} {}", found["found"].as_str().unwrap_or_default(), found["remedy"].as_str().unwrap_or_default());
    for word in words {
        assert!(text.contains(word), "{case}: `{word}` is not in {found}");
    }
}

/// The checks that are wrong, and no others.
fn wrong(findings: &[Value]) -> Vec<String> {
    let wrong = findings.iter().filter(|finding| finding["verdict"] == "wrong");
    wrong.map(|finding| format!("{}: {}", finding["group"], finding["check"]).replace('"', "")).collect()
}

async fn run(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.expect("it is SQL");
}

struct Case<'a> {
    name: &'a str,
    /// What is done to a database that was prepared by `db init --with-tables`.
    sql: &'a str,
    /// Part of the URL's beginning, in place of `postgres@`.
    role: &'a str,
    exit: i32,
    wrong: &'a [&'a str],
    expected: &'a [Expected<'a>],
}

const SCHEMA: &str = "database: schema pipeline";

#[tokio::test]
async fn a_database_is_told_with_everything_that_is_wrong_with_it() {
    let rights = "drop role if exists reader; create role reader login; grant usage on schema public, pipeline to reader; \
                  grant select on all tables in schema public, pipeline to reader";
    let column = "alter table school drop column nickname; alter table sport alter column gender type text";
    let (rights_and_column, rights) = (format!("{}; {column}", rights.replace("reader", "scribe")), rights);
    let cases = [
        Case {
            name: "prepared",
            sql: "",
            role: "postgres@",
            exit: 0,
            wrong: &[],
            expected: &[
                ("database: connection", "ok", &["PostgreSQL 1"]),
                (SCHEMA, "ok", &["version 4"]),
                ("database: tables", "ok", &["columns, types and keys"]),
                ("database: rights", "ok", &[]),
                ("clock: the database", "ok", &["agree"]),
            ],
        },
        Case {
            name: "no schema pipeline",
            sql: "drop schema pipeline cascade",
            role: "postgres@",
            exit: 78,
            wrong: &[SCHEMA],
            expected: &[(SCHEMA, "wrong", &["missing", "`pipeline db init`"]), ("database: tables", "ok", &[])],
        },
        Case {
            name: "nothing",
            sql: "drop schema pipeline cascade; drop schema public cascade; create schema public",
            role: "postgres@",
            exit: 78,
            wrong: &[SCHEMA, "database: tables"],
            expected: &[
                (SCHEMA, "wrong", &["missing"]),
                ("database: tables", "wrong", &["none of the", "pipeline db init --with-tables"]),
            ],
        },
        Case {
            name: "old version",
            sql: "delete from pipeline.schema_version where version = 4",
            role: "postgres@",
            exit: 78,
            wrong: &[SCHEMA],
            expected: &[(SCHEMA, "wrong", &["at version 3", "needs version 4", "`pipeline db init`"])],
        },
        Case {
            name: "columns of two tables",
            sql: column,
            role: "postgres@",
            exit: 78,
            wrong: &["database: table public.school", "database: table public.sport"],
            expected: &[
                ("database: table public.school", "wrong", &["public.school.nickname", "missing", "drizzle-kit"]),
                ("database: table public.sport", "wrong", &["public.sport.gender is text instead of"]),
            ],
        },
        Case {
            name: "rights",
            sql: rights,
            role: "reader@",
            exit: 77,
            wrong: &["database: rights"],
            expected: &[(
                "database: rights",
                "wrong",
                &[
                    "`reader` lacks",
                    "INSERT on table public.school\n",
                    "DELETE on table pipeline.quarantine",
                    "grant INSERT",
                ],
            )],
        },
        Case {
            name: "rights and columns at once",
            sql: &rights_and_column,
            role: "scribe@",
            exit: 78,
            wrong: &["database: table public.school", "database: table public.sport", "database: rights"],
            expected: &[("database: rights", "wrong", &["UPDATE on table public.team"])],
        },
    ];
    for case in cases {
        let name = server().create_database().await;
        let mut connection = server().connect(&name).await;
        let owner = Pipeline::of(Some(server().url(&name)));
        let made = owner.run(&["db", "init", "--with-tables"]).await;
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        run(&mut connection, case.sql).await;
        let relations = "select string_agg(oid::text || relname, ' ' order by oid) from pg_class";
        let before = owner.psql(relations).await;
        let pipeline = Pipeline::of(Some(server().url(&name).replace("postgres@", case.role)));
        let (exit, findings, _) = doctor(&pipeline, &[], &[]).await;
        assert_eq!(wrong(&findings), case.wrong, "{}: {findings:#?}", case.name);
        assert_eq!(exit, case.exit, "{}", case.name);
        for expected in case.expected {
            assert_found(case.name, &findings, *expected);
        }
        assert_eq!(owner.psql(relations).await, before, "{}: a user's database is only looked at", case.name);
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_told_without_its_password() {
    let name = server().create_database().await;
    let mut connection = server().connect(&name).await;
    // From now on, this role has to give its password.
    let guard = "create role guarded login password 'right'; \
                 do $$ begin execute format('copy (select unnest(array[''local all guarded scram-sha-256'', ''local all all trust''])) \
                 to %L', current_setting('hba_file')); end $$; select pg_reload_conf()";
    run(&mut connection, guard).await;
    let socket = server().folder();
    let cases = [
        (format!("postgres://me:hunter2@localhost/{name}?host=/no/such/folder"), 75, "is the server running"),
        (format!("postgres://me:hunter2@127.0.0.1:1/{name}?sslmode=disable"), 75, "is the server running"),
        (format!("postgres://guarded:hunter2@localhost/{name}?host={socket}"), 77, "check user and password"),
        (format!("postgres://postgres:hunter2@localhost/absent?host={socket}"), 78, "create the database"),
    ];
    for (url, expected, remedy) in cases {
        let (exit, findings, all) = doctor(&Pipeline::of(Some(url.clone())), &[], &[]).await;
        assert_eq!(exit, expected, "{all}");
        assert_found(&url, &findings, ("database: connection", "wrong", &[remedy]));
        assert_found(&url, &findings, ("database: schema pipeline, tables, rights", "not checked", &[]));
        assert_found(&url, &findings, ("clock: the database", "not checked", &[]));
        assert!(!all.contains("hunter2"), "{all}");
    }
}

#[tokio::test]
async fn settings_are_told_with_their_mistakes_and_the_rest_is_not_checked() {
    let pipeline = Pipeline::of(Some("postgres://me:hunter2@localhost/x?host=/no/such/folder".to_owned()));
    let file = pipeline.home.path().join("pipeline.toml");
    let (_, findings, _) =
        doctor(&pipeline, &[], &[("PIPELINE_HTTP_TIMEOU", "5s"), ("PIPELINE_HTTP_CA_FILE", "/no/such.pem")]).await;
    assert_found("typo", &findings, ("settings: file", "ok", &["no pipeline.toml"]));
    assert_found(
        "typo",
        &findings,
        ("settings: variables", "warning", &["PIPELINE_HTTP_TIMEOU ", "PIPELINE_HTTP_TIMEOUT"]),
    );
    assert_found("no file", &findings, ("settings: http", "wrong", &["/no/such.pem"]));

    std::fs::write(&file, "[http]\ntimeout = \"soon\"\nattempt = 3\n\n[database]\nurl = \"mysql://me:hunter2@db/x\"\n")
        .expect("written");
    let mut command = pipeline.command(&["doctor", "--json"]);
    command.env_remove("DATABASE_URL");
    let output = command.output().expect("it runs");
    assert_eq!(output.status.code(), Some(78));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let findings: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    let words = ["pipeline.toml:2", "soon", "http.attempt", "pipeline.toml:6"];
    assert_found("mistakes", &findings, ("settings: values", "wrong", &words));
    assert_found("mistakes", &findings, ("settings: file", "ok", &["pipeline.toml"]));
    assert_found("mistakes", &findings, ("database: all", "not checked", &["mend the settings"]));
    assert!(!text.contains("hunter2"), "{text}");
}

/// An embedded database that was never made is no fault, and asking does not make it.
#[tokio::test]
async fn an_embedded_database_is_looked_at_once_it_is_there() {
    let pipeline = Pipeline::embedded();
    let (exit, findings, _) = doctor(&pipeline, &[], &[]).await;
    assert_eq!(exit, 0, "{findings:#?}");
    assert_found(
        "none yet",
        &findings,
        ("database: connection", "not checked", &["no embedded database yet", "pipeline sync"]),
    );
    assert_found("none yet", &findings, ("programs: PostgreSQL", "ok", &["/"]));
    let made = std::fs::read_dir(pipeline.home.path()).expect("readable").count();
    assert_eq!(made, 0, "looking makes no folders");
    assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
    assert!(pipeline.run(&["db", "stop"]).await.status.success());
    let (exit, findings, _) = doctor(&pipeline, &[], &[]).await;
    assert_eq!(exit, 0, "{findings:#?}");
    assert_found("there", &findings, ("database: tables", "ok", &[]));
}

#[test]
fn a_folder_must_be_writable_and_have_room() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("file");
    std::fs::write(&file, "").expect("written");
    let closed = home.path().join("closed");
    std::fs::create_dir(&closed).expect("made");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o500)).expect("closed");
    let plenty = Space::Free(50 << 30);
    let mut cases = vec![
        (home.path().to_owned(), plenty, Verdict::Ok, None, "writable; 50 GiB free"),
        (home.path().join("a/b"), plenty, Verdict::Ok, None, "will be made"),
        (home.path().to_owned(), Space::Unknown, Verdict::Ok, None, "does not tell"),
        (home.path().to_owned(), Space::Free(500 << 20), Verdict::Warning, None, "500 MiB free"),
        (home.path().to_owned(), Space::Free(1 << 20), Verdict::Wrong, Some(Exit::Temporary), "1 MiB free"),
        (file.join("below"), plenty, Verdict::Wrong, Some(Exit::Configuration), "cannot be made"),
        // Nobody writes there, root neither.
        ("/sys/drizzle".into(), plenty, Verdict::Wrong, Some(Exit::Permission), "/sys cannot be written to"),
    ];
    let is_root = nix::unistd::geteuid().is_root();
    if is_root {
        println!("NOT TESTED as root, who may write everywhere: a folder that its permissions close");
    } else {
        cases.push((closed, plenty, Verdict::Wrong, Some(Exit::Permission), "cannot be written to"));
    }
    for (path, space, verdict, exit, words) in cases {
        let [finding] = folder("cache", &path, "set cache.dir", space).try_into().expect("one finding");
        assert_eq!((finding.verdict, finding.exit_code), (verdict, exit), "{finding:?}");
        assert!(finding.found.contains(words), "{finding:?}");
        assert_eq!(finding.remedy.is_some_and(|remedy| remedy.contains("set cache.dir")), verdict != Verdict::Ok);
    }
    assert!(!home.path().join("a").exists() && std::fs::read_dir(home.path()).expect("readable").count() == 2);
    assert!(Path::new(&file).is_file());
}

/// Only the directory is on, and lives there.
fn only_directory(url: &str) -> [(&str, &str); 4] {
    [
        ("PIPELINE_BASE_URL_NCAA_DIRECTORY", url),
        ("PIPELINE_RATE_NCAA_DIRECTORY", "1000/s"),
        ("PIPELINE_SOURCES_NCAA_STATS_ENABLED", "off"),
        ("PIPELINE_SOURCES_NCAA_COM_ENABLED", "off"),
    ]
}

const HOST: &str = "sources: ncaa-directory host";
const CERTIFICATE: &str = "sources: ncaa-directory certificate";
const ROBOTS: &str = "sources: ncaa-directory robots.txt";
const ANSWER: &str = "sources: ncaa-directory answer";

/// A case: the site's robots.txt and page, how many requests it gets, the exit code, and what is found.
type SiteCase<'a> = (&'a str, Answer, Answer, usize, i32, &'a [Expected<'a>]);

#[tokio::test]
async fn a_source_is_asked_once_and_told_with_what_is_wrong() {
    let pipeline = Pipeline::embedded();
    let none = || Answer::text(404, "");
    let page = || Answer::json("[]");
    let robots = |text: &str| Answer::Whole(200, vec![("content-type", "text/plain".to_owned())], text.into());
    let dated = |ago: i64| {
        let shift = Duration::from_secs(ago.unsigned_abs());
        let now = SystemTime::now();
        page().with("date", httpdate::fmt_http_date(if ago < 0 { now + shift } else { now - shift }))
    };
    let cases: Vec<SiteCase<'_>> = vec![
        (
            "well",
            none(),
            dated(0),
            2,
            0,
            &[
                (HOST, "ok", &["127.0.0.1"]),
                (ROBOTS, "ok", &["allows"]),
                (ANSWER, "ok", &["HTTP 200"]),
                ("clock: ncaa-directory", "ok", &[]),
            ],
        ),
        ("behind", none(), dated(-600), 2, 0, &[("clock: ncaa-directory", "warning", &["behind", "timedatectl"])]),
        ("ahead", none(), dated(7_300), 2, 0, &[("clock: ncaa-directory", "warning", &["2 h ahead"])]),
        ("no date", none(), page(), 2, 0, &[("clock: ncaa-directory", "not checked", &["no date"])]),
        (
            "forbidden",
            robots("User-agent: *\nDisallow: /directory/\n"),
            page(),
            1,
            69,
            &[
                (ROBOTS, "wrong", &["Disallow: /directory/", "sources.ncaa-directory.enabled"]),
                (ANSWER, "not checked", &[]),
            ],
        ),
        (
            "partly forbidden",
            robots("User-agent: *\nDisallow: /directory/orgDetail\n"),
            page(),
            2,
            69,
            &[(ROBOTS, "wrong", &["/directory/orgDetail?id=8"]), (ANSWER, "ok", &[])],
        ),
        ("blocked", none(), Answer::text(403, "no"), 2, 69, &[(ANSWER, "wrong", &["blocked", "403", "--replay"])]),
        (
            "challenge",
            Answer::text(200, "<html>Access Denied</html>"),
            page(),
            1,
            69,
            &[(HOST, "ok", &[]), (ROBOTS, "wrong", &["challenge page"]), (ANSWER, "not checked", &[])],
        ),
        ("down", none(), Answer::text(503, ""), 2, 69, &[(ANSWER, "wrong", &["503", "try again later"])]),
        ("moved", none(), none(), 2, 65, &[(ANSWER, "wrong", &["HTTP 404", "pipeline sources check ncaa-directory"])]),
    ];
    for (name, robots, page, requests, expected, findings) in cases {
        let site =
            Site::start(move |target, _| if target == "/robots.txt" { robots.clone() } else { page.clone() }).await;
        let (exit, found, all) = doctor(&pipeline, &["--live"], &only_directory(&site.url)).await;
        findings.iter().for_each(|expected| assert_found(name, &found, *expected));
        assert_eq!(exit, expected, "{name}: {all}");
        let asked = site.asked();
        assert_eq!(asked.len(), requests, "{name}: {asked:?}");
        assert!(asked.iter().all(|asked| asked.head.contains("drizzle-pipeline/")), "{asked:?}");
    }
    let site = Site::start(|_, _| Answer::json("[]")).await;
    let (exit, found, _) = doctor(&pipeline, &[], &only_directory(&site.url)).await;
    assert_found("not live", &found, ("sources: ncaa-directory", "not checked", &["pipeline doctor --live"]));
    assert_eq!((exit, site.asked().len()), (0, 0), "nothing is asked unless it is wished for");
}

#[tokio::test]
async fn a_host_that_is_not_reached_is_told_by_why() {
    let pipeline = Pipeline::embedded();
    let cases: [(&str, &[&str]); 2] = [
        (
            "http://no-such-host.invalid",
            &["no-such-host.invalid does not resolve", "getent hosts no-such-host.invalid"],
        ),
        ("http://127.0.0.1:1", &["is down", "the name resolves"]),
    ];
    for (url, words) in cases {
        let (exit, found, all) = doctor(&pipeline, &["--live"], &only_directory(url)).await;
        assert_found(url, &found, (HOST, "wrong", words));
        for check in [CERTIFICATE, ROBOTS, ANSWER] {
            assert_found(url, &found, (check, "not checked", &[]));
        }
        assert_eq!(exit, 69, "{all}");
    }
}

#[tokio::test]
async fn an_incomplete_chain_is_told_with_what_is_missing_and_its_remedy_helps() {
    let pipeline = Pipeline::embedded();
    let issuer = tls::intermediate();
    let (url, task) = tls::site(&issuer).await;
    let (exit, found, all) = doctor(&pipeline, &["--live"], &only_directory(&url)).await;
    let words = [tls::MISSING, tls::ADDRESS, "http.ca_file", "never switched off"];
    assert_found("incomplete", &found, (CERTIFICATE, "wrong", &words));
    assert_found("incomplete", &found, (ANSWER, "not checked", &[]));
    assert_eq!(exit, 78, "{all}");

    let file = pipeline.home.path().join("missing.pem");
    std::fs::write(&file, issuer.pem()).expect("written");
    let ca_file = [("PIPELINE_HTTP_CA_FILE", file.to_str().expect("UTF-8"))];
    let (exit, found, all) = doctor(&pipeline, &["--live"], &[&only_directory(&url)[..], &ca_file].concat()).await;
    assert_found("completed", &found, (CERTIFICATE, "ok", &[]));
    assert_eq!(exit, 0, "{all}");
    task.abort();
}

#[tokio::test]
async fn the_table_is_for_people_and_coloured_only_where_it_is_wished() {
    let pipeline = Pipeline::of(Some("postgres://me@localhost/x?host=/no/such/folder".to_owned()));
    let shown = async |flags: &[&str]| {
        let output = pipeline.run(&[&["doctor"], flags].concat()).await;
        (output.status.code(), String::from_utf8(output.stdout).expect("UTF-8"))
    };
    let (exit, plain) = shown(&[]).await;
    assert_eq!(exit, Some(75), "{plain}");
    let row = plain
        .lines()
        .position(|line| line.starts_with("wrong") && line.contains("database: connection"))
        .expect("a row");
    assert!(plain.lines().nth(row + 1).is_some_and(|line| line.trim_start().starts_with("do: ")), "{plain}");
    assert!(!plain.contains('\u{1b}'), "standard output is no terminal here");
    assert!(shown(&["--color", "always"]).await.1.contains("\u{1b}[31;1mwrong"));
}
