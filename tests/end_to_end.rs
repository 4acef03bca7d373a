//! The whole path as a user takes it: the real program, a real PostgreSQL, a real HTTP server.

#[path = "support/pipeline.rs"]
mod pipeline_command;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "../pipeline/tests/support/mod.rs"]
mod site;

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use pipeline_command::{Pipeline, assert_accounted, count, result_of, server};
use site::{Answer, Site};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

/// What a run that changes nothing leaves as it is: every row version, and every sequence.
const FOOTPRINT: &str = "
    select md5(string_agg(part, ',' order by part)) from (
      select 'sport' || ctid || xmin as part from sport union all
      select 'conference' || ctid || xmin from conference union all
      select 'location' || ctid || xmin from location union all
      select 'school' || ctid || xmin from school union all
      select 'school_sport' || ctid || xmin from school_sport union all
      select sequencename || coalesce(last_value, 0) from pg_sequences where schemaname = 'public') as footprint";

#[tokio::test]
async fn offline_fills_the_embedded_database_and_a_second_run_changes_nothing() {
    let pipeline = Pipeline::embedded();
    let (exit, first) = pipeline.job(&["sync", "--offline"]).await;
    assert_eq!((exit, first["status"].as_str()), (0, Some("ok")), "{first}");
    assert_accounted(&first);
    for table in ["sport", "conference", "location", "school", "school_sport"] {
        let rows: u64 = pipeline.psql(&format!("select count(*) from {table}")).await.parse().expect("a number");
        assert!(rows > 0, "{table} is filled");
        assert_eq!(rows, count(&first, table, "inserted"), "{table}");
    }
    assert_eq!(first["requests"], 0, "no request leaves the machine");
    // The recording holds two schools of dissolved conferences; they are loaded without one, and listed.
    assert_eq!(first["unresolved_references"], 2);
    let without = "select count(*) from school where conference_id is null and ncaa_id in \
                   (select (row_key->>'ncaa_id')::int from pipeline.unresolved_reference)";
    assert_eq!(pipeline.psql(without).await, "2");
    let joined = "select c.name from school s join conference c on c.id = s.conference_id where s.ncaa_id = 8";
    assert_eq!(pipeline.psql(joined).await, "Southeastern Conference");

    let before = pipeline.psql(FOOTPRINT).await;
    let (exit, second) = pipeline.job(&["sync", "--offline"]).await;
    assert_eq!(exit, 0);
    assert_accounted(&second);
    for table in ["sport", "conference", "location", "school", "school_sport"] {
        assert_eq!(count(&second, table, "unchanged"), count(&first, table, "inserted"), "{table}");
        assert_eq!(count(&second, table, "inserted") + count(&second, table, "updated"), 0, "{table}");
    }
    assert_eq!(pipeline.psql(FOOTPRINT).await, before, "no row version, no id");
    let runs = "select string_agg(status || ' ' || exit_code, ',' order by started_at) from pipeline.run";
    assert_eq!(pipeline.psql(runs).await, "ok 0,ok 0");
}

#[tokio::test]
async fn a_changed_school_is_updated_and_nothing_else() {
    let (pipeline, _connection) = Pipeline::on(server()).await;
    assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
    pipeline.job(&["sync", "--offline"]).await;
    pipeline.psql("update school set name = 'Elsewhere', updated_at = 'epoch' where ncaa_id = 8").await;
    let (_, result) = pipeline.job(&["sync", "--offline"]).await;
    assert_eq!((count(&result, "school", "updated"), count(&result, "school", "inserted")), (1, 0));
    let moved = "select name || ' ' || (updated_at > 'epoch') from school where ncaa_id = 8";
    assert_eq!(pipeline.psql(moved).await, "University of Alabama true");
}

#[tokio::test]
async fn the_limit_bounds_schools_and_the_lists_load_in_full() {
    let (pipeline, _connection) = Pipeline::on(server()).await;
    assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
    let (exit, result) = pipeline.job(&["sync", "--offline", "--limit", "3"]).await;
    assert_eq!((exit, count(&result, "school", "read"), count(&result, "sport", "read")), (0, 3, 108));
    assert!(result["skipped"]["beyond-limit"].as_u64().is_some_and(|beyond| beyond > 30), "{result}");
}

#[tokio::test]
async fn test_needs_no_database() {
    let pipeline = Pipeline::of(Some("postgres://nobody@127.0.0.1:1/none".into()));
    let (exit, result) = pipeline.job(&["test", "--offline"]).await;
    assert_eq!((exit, result["status"].as_str()), (0, Some("ok")), "{result}");
    assert_accounted(&result);
    assert!(count(&result, "school", "read") > 30);
}

/// The recorded answers of the real site, which are no part of the repository.
fn recorded() -> Option<PathBuf> {
    let folder = std::env::var_os("RECORDED_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    let folder = folder.join("ncaa-directory");
    if !folder.is_dir() {
        eprintln!("NOT TESTED: the recorded data is not in {}; set RECORDED_DATA", folder.display());
        return None;
    }
    Some(folder)
}

#[tokio::test]
async fn the_recorded_directory_loads_with_every_row_accounted_for() {
    let Some(folder) = recorded() else { return };
    let body = |name: &str| std::fs::read(folder.join(name)).expect("recorded");
    let (sports, conferences) = (body("sportList.2025.json"), body("conferenceList.2026.json"));
    let (members, robots) = (body("memberList.type12.sportCode-MBA.2022.json"), body("robots.txt"));
    let site = Site::start(move |target, _| match target {
        "/robots.txt" => Answer::Whole(200, Vec::new(), robots.clone()),
        "/directory/api/common/sportList" => Answer::json(sports.clone()),
        "/directory/api/common/conferenceList" => Answer::json(conferences.clone()),
        "/directory/api/directory/memberList?type=12" => Answer::json(members.clone()),
        _ => Answer::text(404, "not found"),
    })
    .await;
    let (pipeline, _connection) = Pipeline::on(server()).await;
    assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());

    let (exit, result) = pipeline.job_at(&site, &["sync"]).await;
    assert_eq!((exit, result["status"].as_str()), (0, Some("ok")), "{result}");
    assert_accounted(&result);
    let counts =
        |table| (count(&result, table, "read"), count(&result, table, "inserted"), count(&result, table, "duplicates"));
    assert_eq!(counts("sport"), (108, 107, 1), "WST is listed twice");
    assert_eq!(counts("conference"), (146, 146, 0));
    assert_eq!(counts("school"), (942, 942, 0));
    assert_eq!(result["unresolved_references"], 11, "the schools of two dissolved conferences");
    // robots.txt, three lists and one of conferences that is not there, and a detail page for each school.
    assert_eq!(result["requests"], 1 + 4 + 942);
    assert_eq!(site.targets().len(), 4 + 942);
    for untrimmed in ["sport", "conference", "school"] {
        let sql = format!("select count(*) from {untrimmed} where name <> trim(name) or name = ''");
        assert_eq!(pipeline.psql(&sql).await, "0", "{untrimmed}");
    }
    let listed = "select count(*), count(distinct parent_key->>'ncaa_id') from pipeline.unresolved_reference";
    assert_eq!(pipeline.psql(listed).await, "11|2");
    let genders = "select string_agg(gender || ' ' || n, ', ' order by gender) from \
                   (select gender, count(*) n from sport group by gender) g";
    assert_eq!(pipeline.psql(genders).await, "men 39, women 39, mixed 29");

    let before = pipeline.psql(FOOTPRINT).await;
    let (_, again) = pipeline.job_at(&site, &["sync"]).await;
    assert_eq!(count(&again, "school", "unchanged"), 942);
    assert_eq!(pipeline.psql(FOOTPRINT).await, before);
}

/// A site with lists of its own, and one answer of its own.
async fn small_site(target: &'static str, answer: Answer) -> Site {
    Site::start(move |asked, _| match asked {
        _ if asked == target => answer.clone(),
        "/directory/api/common/sportList" => Answer::json(r#"[{"label":"Baseball","value":"MBA","active":null}]"#),
        "/directory/api/common/conferenceList" => Answer::json(r#"[{"orgId":911,"nameOfficial":"Southeastern Conference","deactive":"N"}]"#),
        "/directory/api/directory/memberList?type=12" => Answer::json(
            r#"[{"orgId":8,"nameOfficial":"University of Alabama","deactive":"N","division":1,"conferenceId":911,"webSiteUrl":"www.ua.edu"},
                {"orgId":"eight","nameOfficial":"No Number","deactive":"N","division":1,"conferenceId":911,"webSiteUrl":"www.example.edu"}]"#,
        ),
        _ => Answer::text(404, ""),
    })
    .await
}

#[tokio::test]
async fn a_bad_record_is_quarantined_with_its_raw_form_and_the_rest_loads() {
    let site = small_site("", Answer::text(404, "")).await;
    let (pipeline, _connection) = Pipeline::on(server()).await;
    assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
    let (exit, result) = pipeline.job_at(&site, &["sync"]).await;
    assert_eq!((exit, result["status"].as_str()), (0, Some("partial")), "{result}");
    assert_accounted(&result);
    assert_eq!((count(&result, "school", "inserted"), count(&result, "school", "quarantined")), (1, 1));
    let kept = "select source || '|' || table_name || '|' || convert_from(raw, 'UTF8') from pipeline.quarantine";
    let kept = pipeline.psql(kept).await;
    assert!(kept.starts_with(r#"ncaa-directory|public.school|{"orgId":"eight""#), "{kept}");
}

#[tokio::test]
async fn what_the_site_answers_decides_the_exit_code_and_nothing_wrong_is_stored() {
    let list = "/directory/api/directory/memberList?type=12";
    let challenge = "<html><script src=\"/_sec/verify?provider=interstitial\"></script></html>";
    let cases = [
        ("an empty 200", list, Answer::json(""), 65, "failed"),
        ("an empty list", list, Answer::json("[]"), 65, "failed"),
        ("a page in place of a list", list, Answer::text(200, "<html>We moved</html>"), 65, "failed"),
        ("a challenge page", list, Answer::text(200, challenge), 69, "blocked"),
        ("forbidden", list, Answer::text(403, ""), 69, "blocked"),
        ("down", list, Answer::text(503, "").with("retry-after", "0"), 69, "failed"),
        ("robots.txt", "/robots.txt", Answer::text(200, "User-agent: *\nDisallow: /directory/"), 69, "blocked"),
    ];
    for (name, target, answer, code, status) in cases {
        let site = small_site(target, answer).await;
        let (pipeline, _connection) = Pipeline::on(server()).await;
        assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
        let mut command = pipeline.command(&["sync", "--base-url", &format!("ncaa-directory={}", site.url)]);
        command.args(["--rate", "ncaa-directory=1000/s"]).env("PIPELINE_HTTP_BACKOFF_BASE", "1ms");
        let output = tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("no panic");
        let (exit, result) = result_of(output);
        assert_eq!((exit, result["status"].as_str()), (code, Some(status)), "{name}: {result}");
        assert!(result["error"].as_str().is_some_and(|error| error.contains(&site.url)), "{name}: {result}");
        // What does not hang on the list of members is loaded all the same, unless the site refuses everything.
        let stored = pipeline.psql("select (select count(*) from sport) || ' ' || (select count(*) from school)").await;
        assert_eq!(stored, if target == list { "1 0" } else { "0 0" }, "{name}");
    }
}

#[tokio::test]
async fn a_database_that_lacks_something_is_told_before_the_first_request() {
    let site = small_site("", Answer::text(404, "")).await;
    let (pipeline, mut connection) = Pipeline::on(server()).await;
    let (exit, result) = pipeline.job_at(&site, &["sync"]).await;
    assert_eq!(exit, 78);
    assert!(result["error"].as_str().is_some_and(|error| error.contains("pipeline")), "{result}");

    assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
    sqlx::query("alter table school drop column is_private").execute(&mut connection).await.expect("it is dropped");
    let output = pipeline.run(&["sync", "--base-url", &format!("ncaa-directory={}", site.url)]).await;
    assert_eq!(output.status.code(), Some(78));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("is_private") && told.contains("school"), "{told}");
    assert_eq!(site.asked().len(), 0, "no request went out");
}

#[tokio::test]
async fn a_signal_ends_a_slow_run_and_leaves_the_tables_as_they_were() {
    let site =
        small_site("/directory/orgDetail?id=8", Answer::Late(Duration::from_secs(30), Box::new(Answer::text(404, ""))))
            .await;
    let (pipeline, mut connection) = Pipeline::on(server()).await;
    assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
    let mut command = pipeline.command(&["sync", "--base-url", &format!("ncaa-directory={}", site.url)]);
    command.args(["--rate", "ncaa-directory=1000/s"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("it starts");
    let pid = nix::unistd::Pid::from_raw(child.id().try_into().expect("a pid"));
    while !site.targets().iter().any(|target| target.contains("orgDetail")) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("it is there");
    let output =
        tokio::task::spawn_blocking(move || child.wait_with_output().expect("it ends")).await.expect("no panic");
    let (exit, result) = result_of(output);
    assert_eq!((exit, result["status"].as_str()), (143, Some("stopped")), "{result}");
    let rows =
        sqlx::query(AssertSqlSafe("select count(*) from sport")).fetch_one(&mut connection).await.expect("a count");
    assert_eq!(rows.get::<i64, _>(0), 0);
}

#[tokio::test]
async fn a_recording_replays_to_the_same_tables_without_the_site() {
    let site = small_site("", Answer::text(404, "")).await;
    let (recording, replaying) = (Pipeline::on(server()).await.0, Pipeline::on(server()).await.0);
    let folder = recording.home.path().join("recording");
    let folder = folder.to_str().expect("UTF-8");
    for pipeline in [&recording, &replaying] {
        assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
    }
    let (exit, live) = recording.job_at(&site, &["sync", "--record", folder]).await;
    assert_eq!(exit, 0, "{live}");
    drop(site);
    let (exit, replayed) = replaying.job(&["sync", "--replay", folder]).await;
    assert_eq!((exit, &replayed["tables"]), (0, &live["tables"]), "{replayed}");
    let schools = "select ncaa_id, name, website_url from school";
    assert_eq!(recording.psql(schools).await, replaying.psql(schools).await);
}

/// A detail page that shows an address and two sponsored sports, one of which nobody knows.
const DETAILS: &str = "<html><body><div class='col-sm-8 col-md-8'><address><span>739 Elm Street</span><br/><span>Tuscaloosa, \
    </span><span>AL </span><span>35487</span></address></div><div class='panel'><div class='panel-heading'>Sponsored Sports \
    (2026)</div><div><table><tr><th>Sport</th><th>Head Coach</th><th>Division</th><th>Conference</th></tr><tr><td>Baseball</td>\
    <td>Pat Doe</td><td>I</td><td><a href='/directory/orgDetail?id=911'>SEC</a></td></tr><tr><td>Lawn Bowls</td><td>Kim Roe</td>\
    <td>II</td><td></td></tr></table></div></div></body></html>";

#[tokio::test]
async fn what_a_source_gave_is_replayed_by_its_extractor() {
    let site = small_site("/directory/orgDetail?id=8", Answer::text(200, DETAILS)).await;
    let (pipeline, _connection) = Pipeline::on(server()).await;
    assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
    let (exit, result) = pipeline.job_at(&site, &["sync"]).await;
    assert_eq!((exit, count(&result, "school_sport", "quarantined")), (0, 1), "{result}");
    let (_, again) = pipeline.job(&["quarantine", "replay"]).await;
    assert_eq!(
        (count(&again, "school", "quarantined"), count(&again, "school_sport", "quarantined")),
        (1, 1),
        "{again}"
    );
    assert_accounted(&again);

    pipeline
        .psql("insert into sport (ncaa_id, name, display_name, gender) values ('XLB', 'Lawn Bowls', 'Bowls', 'mixed')")
        .await;
    let (exit, mended) = pipeline.job(&["quarantine", "replay", "--source", "ncaa-directory"]).await;
    assert_eq!((exit, count(&mended, "school_sport", "inserted")), (0, 1), "{mended}");
    let row = "select s.name, division, head_coaches from school_sport r join sport s on s.id = r.sport_id where s.ncaa_id = 'XLB'";
    assert_eq!(pipeline.psql(row).await, "Lawn Bowls|II|{\"Kim Roe\"}");
    let waiting =
        "select string_agg(table_name || ' ' || reason, ',') from pipeline.quarantine where replayed_at is null";
    assert_eq!(pipeline.psql(waiting).await, "public.school wrong-type");
    // The records of every table can be read again: they say what is there already.
    pipeline.psql("update pipeline.quarantine set replayed_at = null").await;
    let (_, same) = pipeline.job(&["quarantine", "replay", "--table", "school_sport"]).await;
    assert_eq!(count(&same, "school_sport", "unchanged"), 1, "{same}");
}

#[tokio::test]
async fn an_embedded_server_that_dies_is_started_again_and_the_load_repeated() {
    let pipeline = Pipeline::embedded();
    let rows: String = (0..2_000).map(|n| format!("{n},Conference {n}\n")).collect();
    std::fs::write(pipeline.home.path().join("conferences.csv"), format!("ncaa_id,name\n{rows}")).expect("a file");
    assert_eq!(
        pipeline.job(&["load", "conference", "conferences.csv", "--dry-run"]).await.0,
        0,
        "the tables are created"
    );
    let folder = pipeline.psql("show data_directory").await;
    // Somebody holds the table, so that the load is in the middle of its transaction when the server dies.
    let url = String::from_utf8(pipeline.run(&["db", "url"]).await.stdout).expect("UTF-8");
    let mut holder = PgConnection::connect(url.trim()).await.expect("it runs");
    sqlx::raw_sql("begin; lock table conference in share row exclusive mode")
        .execute(&mut holder)
        .await
        .expect("a lock");
    let mut command = pipeline.command(&["load", "conference", "conferences.csv"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let blocked =
        "select count(*) from pg_stat_activity where application_name = 'pipeline' and wait_event_type = 'Lock'";
    let mut tries = 0;
    while pipeline.psql(blocked).await == "0" {
        tries += 1;
        assert!(tries < 600, "the load does not come to the table");
    }
    let pid = std::fs::read_to_string(format!("{folder}/postmaster.pid")).expect("a process id");
    let pid: i32 = pid.lines().next().and_then(|line| line.parse().ok()).expect("a number");
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL).expect("it is there");
    let output =
        tokio::task::spawn_blocking(move || child.wait_with_output().expect("it ends")).await.expect("no panic");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let (exit, result) = result_of(output);
    assert_eq!(exit, 0, "{told}");
    assert!(result["retries"].as_u64() > Some(0), "{told}");
    assert_eq!(pipeline.psql("select count(*) from conference").await, "2000");
}
