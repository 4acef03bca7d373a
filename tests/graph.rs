//! The task graph as a user runs it: in parallel, broken off, gone on with, filled backwards. The real program, a real PostgreSQL,
//! a real HTTP server with two small sites of invented schools and players.

#[path = "support/pipeline.rs"]
mod pipeline_command;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "../pipeline/tests/support/mod.rs"]
mod site;

use std::collections::BTreeMap;
use std::process::Stdio;
use std::time::Duration;

use pipeline_command::{Pipeline, assert_accounted, count, flags_at, result_of, server};
use site::{Answer, Site};
use sqlx::{Connection, PgConnection};

const SPORTS: [&str; 3] = ["MBA", "MBB", "WVB"];
const SCHOOLS: i32 = 6;
const PLAYERS: i32 = 5;

/// A season team's id tells season, sport and school.
fn team_id(season: i32, sport: usize, school: i32) -> i32 {
    (season - 2000) * 10_000 + i32::try_from(sport).expect("small") * 100 + school
}

/// Both sites under one address.
fn answer(target: &str) -> Answer {
    match target {
        "/robots.txt" => Answer::text(404, ""),
        "/directory/api/common/sportList" => Answer::json(
            r#"[{"label":"Baseball","value":"MBA"},{"label":"Men's Basketball","value":"MBB"},{"label":"Women's Volleyball","value":"WVB"}]"#,
        ),
        "/directory/api/common/conferenceList" => Answer::json(r#"[{"orgId":900,"nameOfficial":"Lakes Conference"}]"#),
        "/directory/api/directory/memberList?type=12" => {
            let school = |id| {
                format!(
                    r#"{{"orgId":{id},"nameOfficial":"{} College","conferenceId":900,"division":1,"memberOrgAddress":{{"state":"MN"}}}}"#,
                    name(id)
                )
            };
            Answer::json(format!("[{}]", (1..=SCHOOLS).map(school).collect::<Vec<_>>().join(",")))
        }
        _ if target.starts_with("/team/inst_team_list?") => team_list(target),
        _ if target.ends_with("/roster") => roster(target),
        "/json/schools" => {
            let school = |id| format!(r#"{{"slug":"{0}-college","name":"{0}","long":"{0} College"}}"#, name(id));
            Answer::json(format!("[{}]", (1..=SCHOOLS).map(school).collect::<Vec<_>>().join(",")))
        }
        _ if target.starts_with("/stats/") && target.contains("/d1") => leaders(target),
        _ => Answer::text(404, ""),
    }
}

fn name(school: i32) -> &'static str {
    ["Aspen", "Birchwood", "Cedarfield", "Dogwood", "Elmhaven", "Firbank"]
        [usize::try_from(school - 1).expect("a school") % 6]
}

fn team_list(target: &str) -> Answer {
    let value = |key: &str| {
        target.split(['?', '&']).find_map(|pair| pair.strip_prefix(&format!("{key}="))).expect("it is given").to_owned()
    };
    let (season, sport, division) = (value("academic_year"), value("sport_code"), value("division"));
    let index = SPORTS.iter().position(|known| *known == sport).expect("a known sport");
    let ids = 1..=if division == "1" { SCHOOLS } else { 0 };
    let year: i32 = season.parse().expect("a year");
    let links: String = ids
        .map(|school| {
            format!(r#"<tr><td><a href="/teams/{}">{}</a></td></tr>"#, team_id(year, index, school), name(school))
        })
        .collect();
    Answer::text(
        200,
        &format!(
            r#"<form name="params_form"><input name="sport_code" value="{sport}"><input name="academic_year" value="{season}">
            <input name="division" value="{division}"></form><div class="css-panes"><table><tr><td><table>{links}</table></td></tr></table></div>"#
        ),
    )
}

fn roster(target: &str) -> Answer {
    let id: i32 = target.trim_start_matches("/teams/").trim_end_matches("/roster").parse().expect("a team");
    let (season, sport, school) =
        (2000 + id / 10_000, SPORTS[usize::try_from(id / 100 % 100).expect("small")], id % 100);
    let player = |number: i32| {
        format!(
            r#"<tr><td>{number}</td><td><a href="/players/{}">Player{number} {}</a></td><td>Jr.</td><td>P</td><td>6-{number}</td></tr>"#,
            id * 10 + number,
            name(school)
        )
    };
    let rows: String = (1..=PLAYERS).map(player).collect();
    Answer::text(
        200,
        &format!(
            r#"<a href="/teams/history/{sport}/{school}">h</a><select id="year_list"><option selected value="{id}">{}-{:02}</option></select>
            <table id="rosters_form_players_1_data_table"><thead><tr><th>#</th><th>Name</th><th>Class</th><th>Position</th><th>Height</th></tr></thead>
            <tbody>{rows}</tbody></table>"#,
            season - 1,
            season % 100
        ),
    )
}

/// The first category's first page; the address alone shows its categories.
fn leaders(target: &str) -> Answer {
    let path = target.split('/').nth(2).expect("a sport");
    let row = |school: i32| {
        format!(
            "<tr><td>{school}</td><td>Player1 {0}</td><td>{0}</td><td>Jr.</td><td>P</td><td>1,{school}00</td></tr>",
            name(school)
        )
    };
    let rows: String = (1..=SCHOOLS).map(row).collect();
    Answer::text(
        200,
        &format!(
            r#"<main><select id="select-container-individual"><option value="/stats/{path}/d1/current/individual/7">Points</option></select>
            <div class="stats-header__lower__desc">Last updated March 24, 2026</div>
            <table><thead><tr><th>Rank</th><th>Name</th><th>Team</th><th>Cl</th><th>Pos</th><th>PTS</th></tr></thead><tbody>{rows}</tbody></table></main>"#
        ),
    )
}

/// Everything that was loaded, by natural keys: what two runs that did the same have in common.
const CONTENT: &str = "
    select md5(string_agg(line, E'\\n' order by line)) from (
      select 'sport ' || ncaa_id || name as line from sport union all
      select 'conference ' || ncaa_id || name from conference union all
      select 'school ' || s.ncaa_id || s.name || coalesce(c.ncaa_id::text, '-') from school s left join conference c on c.id = s.conference_id union all
      select 'alias ' || s.ncaa_id || a.source || a.alias from school_alias a join school s on s.id = a.school_id union all
      select 'team ' || s.ncaa_id || p.ncaa_id || t.season || coalesce(t.ncaa_team_id::text, '-')
        from team t join school s on s.id = t.school_id join sport p on p.id = t.sport_id union all
      select 'entry ' || t.ncaa_team_id || e.source_player_id || e.name || e.position || e.height_inches || a.identity_key || l.rule
        from roster_entry e join team t on t.id = e.team_id join athlete_link l on l.roster_entry_id = e.id
        join athlete a on a.id = l.athlete_id union all
      select 'stat ' || e.source_player_id || p.source || p.period || p.category || p.value || p.raw_value || p.played_on
        from player_stat p join roster_entry e on e.id = p.roster_entry_id) as content";

const EVERYTHING: [&str; 9] = [
    "sync",
    "ncaa_directory_sync",
    "weekly_stats_sync",
    "--season",
    "2026",
    "--sport",
    "MBA,MBB,WVB",
    "--week",
    "2026-03-23",
];

async fn prepared() -> (Pipeline, PgConnection) {
    let (pipeline, connection) = Pipeline::on(server()).await;
    assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
    (pipeline, connection)
}

fn with<'a>(arguments: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [arguments, more].concat()
}

#[tokio::test]
async fn one_task_at_a_time_and_four_load_the_same() {
    let site = Site::start(|target, _| answer(target)).await;
    let (recorder, _connection) = prepared().await;
    let folder = recorder.home.path().join("recording").display().to_string();
    let (exit, live) = recorder.job_at(&site, &with(&EVERYTHING, &["--record", &folder])).await;
    assert_eq!(exit, 0, "{live}");
    let content = recorder.psql(CONTENT).await;
    assert_eq!(recorder.psql("select count(*) from roster_entry").await, (3 * SCHOOLS * PLAYERS).to_string());
    let stats =
        "select count(*) || ' ' || min(value) || ' ' || min(period) from player_stat where category = 'Points/PTS'";
    assert_eq!(recorder.psql(stats).await, format!("{} 1100.0000 week:2026-03-23", 3 * SCHOOLS));
    for parallel in ["1", "4"] {
        let (pipeline, _connection) = prepared().await;
        let (exit, result) = pipeline.job(&with(&EVERYTHING, &["--replay", &folder, "--parallel", parallel])).await;
        assert_eq!((exit, &result["requests"]), (0, &0.into()), "{result}");
        assert_accounted(&result);
        assert_eq!((&result["tables"], &result["skipped"]), (&live["tables"], &live["skipped"]), "{parallel}");
        assert_eq!(pipeline.psql(CONTENT).await, content, "{parallel}");
        let tasks = "select string_agg(distinct status, ',') || count(*) from pipeline.task_run";
        assert_eq!(pipeline.psql(tasks).await, "ok16");
        let done = "select string_agg(distinct task || ' ' || partition, '; ') from pipeline.partition_done where task = 'teams'";
        assert_eq!(
            pipeline.psql(done).await,
            "teams season=2026,sport=MBA; teams season=2026,sport=MBB; teams season=2026,sport=WVB"
        );
    }
}

#[tokio::test]
async fn a_task_that_fails_costs_what_hangs_on_it_and_nothing_else() {
    // (what is broken, exit, tables by their rows: sport, conference, school, team, roster_entry)
    let all = (SCHOOLS, 3 * SCHOOLS, 3 * SCHOOLS * PLAYERS);
    let cases = [
        ("/directory/api/common/conferenceList", "3 0 0 0 0".to_owned(), "schools was not run"),
        ("/directory/api/common/sportList", "0 1 0 0 0".to_owned(), "schools was not run"),
        (
            "/team/inst_team_list?academic_year=2026&conf_id=-1&division=1&sport_code=MBB",
            format!("3 1 {} {} {}", all.0, all.1 - SCHOOLS, all.2 - SCHOOLS * PLAYERS),
            "rosters season=2026,sport=MBB was not run",
        ),
    ];
    for (broken, rows, told) in cases {
        let site = Site::start(
            move |target, _| {
                if target == broken { Answer::text(200, "<h1>We moved</h1>") } else { answer(target) }
            },
        )
        .await;
        let (pipeline, _connection) = prepared().await;
        let (exit, result) = pipeline.job_at(&site, &EVERYTHING).await;
        assert_eq!((exit, result["status"].as_str()), (65, Some("failed")), "{broken}: {result}");
        let counts = "select concat_ws(' ', (select count(*) from sport), (select count(*) from conference), \
                      (select count(*) from school), (select count(*) from team), (select count(*) from roster_entry))";
        assert_eq!(pipeline.psql(counts).await, rows, "{broken}");
        let output = pipeline.run(&["runs", "--json"]).await;
        assert!(String::from_utf8_lossy(&output.stdout).contains("\"failed\""));
        let not_run =
            "select string_agg(task || ' ' || partition, ',') from pipeline.task_run where status = 'not-run'";
        let not_run = pipeline.psql(not_run).await;
        assert!(not_run.contains(told.split(" was").next().expect("a name").trim()), "{not_run}");
    }
}

#[tokio::test]
async fn a_killed_run_is_gone_on_with_and_asks_nothing_twice() {
    let site = Site::start(|target, _| Answer::Late(Duration::from_millis(8), Box::new(answer(target)))).await;
    let (undisturbed, _connection) = prepared().await;
    assert_eq!(undisturbed.job_at(&site, &EVERYTHING).await.0, 0);
    let content = undisturbed.psql(CONTENT).await;
    let before = site.targets().len();

    let (pipeline, _connection) = prepared().await;
    let flags = flags_at(&site);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let (mut kills, mut wait) = (0, 120);
    loop {
        // Killed before it could note that it began, there is nothing to go on with.
        let began = pipeline.psql("select count(*) from pipeline.run").await != "0";
        let begin = if began { vec!["sync", "--resume"] } else { EVERYTHING.to_vec() };
        let mut command = pipeline.command(&with(&begin, &flags));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts");
        // Another moment each time, as it comes.
        wait = (wait * 7 + 61) % 257 + 60;
        tokio::time::sleep(Duration::from_millis(wait)).await;
        if child.try_wait().expect("it can be asked").is_none() && kills < 12 {
            child.kill().expect("it is killed");
            child.wait().expect("it ends");
            kills += 1;
            continue;
        }
        let output =
            tokio::task::spawn_blocking(move || child.wait_with_output().expect("it ends")).await.expect("no panic");
        let (exit, result) = result_of(output);
        // 99: the last kill came when all was done.
        assert!(exit == 0 || exit == 99, "{result}");
        break;
    }
    assert!(kills >= 2, "{kills}");
    assert_eq!(pipeline.psql(CONTENT).await, content);
    // What was under way when it was killed had no answer yet, as far as the killed process knows.
    let mut asked = BTreeMap::<String, usize>::new();
    site.targets().into_iter().skip(before).for_each(|target| *asked.entry(target).or_default() += 1);
    let again: usize = asked.values().map(|times| times - 1).sum();
    assert!(again <= kills * 4, "{again} requests again after {kills} kills: {asked:?}");
    let first = "select count(distinct coalesce(resumes, id)) from pipeline.run where command = 'sync'";
    assert_eq!(pipeline.psql(first).await, "1");
    let output = pipeline.run(&with(&["sync", "--resume"], &flags)).await;
    assert_eq!(output.status.code(), Some(99), "it came to its end");
}

#[tokio::test]
async fn two_runs_at_once_lose_and_double_nothing() {
    let site = Site::start(|target, _| answer(target)).await;
    let (pipeline, _connection) = prepared().await;
    let (one, other) = tokio::join!(pipeline.job_at(&site, &EVERYTHING), pipeline.job_at(&site, &EVERYTHING));
    assert_eq!((one.0, other.0), (0, 0), "{} {}", one.1, other.1);
    let (single, _connection) = prepared().await;
    assert_eq!(single.job_at(&site, &EVERYTHING).await.0, 0);
    assert_eq!(pipeline.psql(CONTENT).await, single.psql(CONTENT).await);
    for table in ["sport", "school", "roster_entry"] {
        let sum = count(&one.1, table, "inserted") + count(&other.1, table, "inserted");
        assert_eq!(pipeline.psql(&format!("select count(*) from {table}")).await, sum.to_string(), "{table}");
    }
}

#[tokio::test]
async fn a_partition_that_another_loads_is_a_passing_trouble() {
    let site = Site::start(|target, _| answer(target)).await;
    let (pipeline, mut connection) = prepared().await;
    let mut transaction = connection.begin().await.expect("a transaction");
    sqlx::query("select pg_advisory_xact_lock(hashtextextended('pipeline load task sports', 0))")
        .execute(&mut *transaction)
        .await
        .expect("the lock");
    let base = format!("ncaa-directory={}", site.url);
    let mut command = pipeline.command(&["run", "sports", "--base-url", &base]);
    command.env("PIPELINE_LOAD_LOCK_TIMEOUT", "200ms").env("PIPELINE_LOAD_ATTEMPTS", "1");
    let output = tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("no panic");
    let (exit, result) = result_of(output);
    assert_eq!(exit, 75, "{result}");
    assert!(result["error"].as_str().is_some_and(|error| error.contains("task sports")), "{result}");
    transaction.rollback().await.expect("the lock is free");
    assert_eq!(pipeline.job_at(&site, &["run", "sports"]).await.0, 0);
    let (exit, result) = pipeline.job_at(&site, &["run", "rosters", "--partition", "season=2026"]).await;
    assert_eq!(exit, 64, "{result}");
}

#[tokio::test]
async fn a_backfill_fills_what_is_missing_and_goes_on_where_it_was_stopped() {
    let site = Site::start(|target, before| {
        // The second season's volleyball is broken at first.
        let broken = target.contains("academic_year=2025")
            && target.contains("WVB")
            && target.contains("division=1&")
            && before == 0;
        if broken { Answer::text(200, "<h1>later</h1>") } else { answer(target) }
    })
    .await;
    let (pipeline, _connection) = prepared().await;
    assert_eq!(pipeline.job_at(&site, &["sync"]).await.0, 0);
    let fill = ["backfill", "weekly_stats_sync", "--from", "2024", "--to", "2026", "--sport", "MBA,WVB"];
    let (exit, result) = pipeline.job_at(&site, &fill).await;
    assert_eq!(exit, 65, "{result}");
    let seasons = "select string_agg(season || ' ' || n, ', ' order by season) from (select season, count(*) n from team group by season) t";
    assert_eq!(pipeline.psql(seasons).await, format!("2024 {0}, 2025 {1}, 2026 {0}", 2 * SCHOOLS, SCHOOLS));
    let before = site.targets().len();
    // Of volleyball's second season, three lists and the rosters of as many teams as the last season has.
    let runs = pipeline.psql("select count(*) from pipeline.run").await;
    let flags = flags_at(&site);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let foreseen = pipeline.run(&[&fill[..], &["--dry-run"], &flags].concat()).await;
    let said = String::from_utf8_lossy(&foreseen.stderr).into_owned();
    let (exit, result) = result_of(foreseen);
    assert_eq!((exit, result["requests"].as_u64()), (0, Some(0)), "{result}");
    assert!(said.contains("rosters: 1 of 6 partitions to load, 5 complete, 6 requests"), "{said}");
    assert!(said.contains(&format!("about {} requests at least", 3 + SCHOOLS)), "{said}");
    assert_eq!(site.targets().len(), before, "nothing was asked");
    assert_eq!(pipeline.psql("select count(*) from pipeline.run").await, runs, "nothing was recorded");
    let (exit, result) = pipeline.job_at(&site, &fill).await;
    assert_eq!(exit, 0, "{result}");
    assert_eq!(count(&result, "roster_entry", "inserted"), u64::try_from(SCHOOLS * PLAYERS).expect("positive"));
    assert_eq!(pipeline.psql(seasons).await, format!("2024 {0}, 2025 {0}, 2026 {0}", 2 * SCHOOLS));
    let asked: Vec<String> = site.targets().split_off(before);
    assert!(
        asked.iter().all(|target| target.contains("academic_year=2025") || target.contains("/teams/25")),
        "{asked:?}"
    );
    let (exit, result) = pipeline.job_at(&site, &fill).await;
    assert_eq!((exit, result["status"].as_str()), (99, Some("skipped")), "{result}");
}
