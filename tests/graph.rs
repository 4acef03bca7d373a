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

use pipeline::fetch::Statistics;
use pipeline_command::{Pipeline, assert_accounted, count, flags_at, result_of, server};
use site::college::{PLAYERS, SCHOOLS, answer};
use site::{Answer, Site};
use sqlx::{Connection, PgConnection};

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
    let hosts = recorder.psql("select hosts from pipeline.run").await;
    let hosts: BTreeMap<String, Statistics> = serde_json::from_str(&hosts).expect("by host");
    let name = site.url.trim_start_matches("http://");
    assert_eq!(hosts.keys().collect::<Vec<_>>(), [name]);
    assert_eq!((hosts[name].requests, hosts[name].failures), (site.asked().len() as u64, 0));
    assert_eq!(live["requests"], hosts[name].requests);
    assert_eq!(recorder.psql("select count(*) from roster_entry").await, (3 * SCHOOLS * PLAYERS).to_string());
    let stats =
        "select count(*) || ' ' || min(value) || ' ' || min(period) from player_stat where category = 'Points/PTS'";
    assert_eq!(recorder.psql(stats).await, format!("{} 1100.0000 week:2026-03-23", 3 * SCHOOLS));
    // Also with fewer connections than tasks.
    for (parallel, connections) in [("1", "4"), ("4", "4"), ("16", "2")] {
        let (pipeline, _connection) = prepared().await;
        let mut command = pipeline.command(&with(&EVERYTHING, &["--replay", &folder, "--parallel", parallel]));
        command.env("PIPELINE_DATABASE_POOL_SIZE", connections).env("PIPELINE_DATABASE_ACQUIRE_TIMEOUT", "5s");
        let output = tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("no panic");
        let (exit, result) = result_of(output);
        assert_eq!((exit, &result["requests"]), (0, &0.into()), "{result}");
        assert_accounted(&result);
        assert_eq!((&result["tables"], &result["skipped"]), (&live["tables"], &live["skipped"]), "{parallel}");
        assert_eq!(pipeline.psql(CONTENT).await, content, "{parallel}");
        let tasks = "select string_agg(distinct status, ',') || count(*) from pipeline.task_run";
        assert_eq!(pipeline.psql(tasks).await, "ok16");
        let asked = "select bool_and(value ->> 'requests' = '0' and value ->> 'replayed' <> '0') from pipeline.run, jsonb_each(hosts)";
        assert_eq!(pipeline.psql(asked).await, "t", "only answers of the recording");
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
    assert!(again <= kills * 8, "{again} requests again after {kills} kills: {asked:?}");
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
    // A first look at a season completes nothing.
    let look = ["sync", "rosters", "--season", "2024", "--sport", "MBA", "--limit", "2"];
    assert_eq!(pipeline.job_at(&site, &look).await.0, 0);
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
    assert!(said.contains(&format!("rosters: 1 of 6 partitions to load, 5 complete, {SCHOOLS} requests")), "{said}");
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
    // As a scheduler fills gaps: what is complete is skipped, what is made of other tasks' rows is made anew.
    for (task, partition, expected) in [("rosters", "season=2025,sport=WVB", 99), ("athletes", "sport=WVB", 0)] {
        let run = ["run", task, "--partition", partition, "--unless-complete"];
        let (exit, result) = pipeline.job_at(&site, &run).await;
        assert_eq!(exit, expected, "{result}");
    }
    assert_eq!(pipeline.job_at(&site, &["run", "rosters", "--partition", "season=2025,sport=WVB"]).await.0, 0);
}

#[tokio::test]
async fn files_are_input_as_pages_are() {
    let site = Site::start(|target, _| answer(target)).await;
    let (pipeline, _connection) = prepared().await;
    assert_eq!(pipeline.job_at(&site, &["sync"]).await.0, 0);
    for task in ["rosters", "athletes"] {
        let selected = ["sync", task, "--season", "2026", "--sport", "WVB"];
        assert_eq!(pipeline.job_at(&site, &selected).await.0, 0, "{task}");
    }
    let file = |name: &str, content: &str| {
        let path = pipeline.home.path().join(name);
        std::fs::write(&path, content).expect("it is written");
        path.display().to_string()
    };
    // A fall sport's award of 2025 is of the season 2026.
    let awards = file(
        "awards.csv",
        "year,name,school,position\n2025,Player1 Aspen,Aspen College,L\n2025,Nobody Known,Aspen,S\n2025,Player2 Kauri,Atlantis Tech,S\n",
    );
    let load = ["sync", "awards", "--input", &awards, "--given", "award=All-Lakes", "--given", "sport=WVB"];
    let (exit, result) = pipeline.job(&load).await;
    assert_eq!((exit, result["status"].as_str()), (0, Some("partial")), "{result}");
    let refused = pipeline.psql("select string_agg(message, '; ') from pipeline.quarantine").await;
    let counts = (count(&result, "award", "inserted"), count(&result, "school_alias", "quarantined"));
    assert_eq!(counts, (3, 1), "{refused}");
    let linked = "select string_agg(concat_ws(' ', w.school_name, s.ncaa_id, a.identity_key), ', ' order by w.school_name, w.player_name desc) \
                  from award w left join school s on s.id = w.school_id left join athlete a on a.id = w.athlete_id";
    assert_eq!(
        pipeline.psql(linked).await,
        "Aspen 1, Aspen College 1 WVB:1:2026:2602011, Atlantis Tech",
        "school and athlete where they are certain"
    );
    // The name is learned by hand; the same file then finds the school.
    pipeline
        .psql("insert into school_alias (school_id, source, alias, normalized_alias) select id, 'awards', 'Atlantis Tech', 'atlantis tech' from school where ncaa_id = 11")
        .await;
    let (exit, result) = pipeline.job(&load).await;
    assert_eq!((exit, count(&result, "award", "updated")), (0, 1), "{result}");

    let profiles = file(
        "profiles.json",
        r#"[{"name":"Birchwood College","slug":"birchwood-college","state":"MN","city":"X","nicheRanking":3,"website":null,
            "nicheGrades":{"overall":"B+","campusFood":"A-"}},
           {"name":"Atlantis Institute","slug":"atlantis","state":"MN","city":"X","nicheRanking":4,"website":null,"nicheGrades":{"overall":"C"}}]"#,
    );
    let (exit, result) = pipeline.job(&["sync", "niche", "--input", &profiles]).await;
    assert_eq!((exit, count(&result, "niche_profile", "quarantined")), (0, 1), "{result}");
    let grades = "select string_agg(s.ncaa_id || ' ' || p.national_rank || ' ' || g.category || ' ' || g.grade, ', ' order by g.category) \
                  from niche_grade g join niche_profile p on p.id = g.niche_profile_id join school s on s.id = p.school_id";
    assert_eq!(pipeline.psql(grades).await, "2 3 Campus Food A-, 2 3 Overall Niche Grade B+");
    // Off: a DAG passes it over, and a scheduler is told so.
    assert_eq!(pipeline.job(&["run", "niche"]).await.0, 99);
    assert_eq!(pipeline.job(&["run", "awards"]).await.0, 99);
}

#[tokio::test]
async fn a_task_is_tried_again_and_takes_no_longer_than_it_may() {
    let site = Site::start(|target, before| match target {
        "/directory/api/common/conferenceList" if before == 0 => Answer::text(503, ""),
        "/directory/api/common/sportList" if before == 0 => {
            Answer::Late(Duration::from_secs(20), Box::new(answer(target)))
        }
        _ => answer(target),
    })
    .await;
    let (pipeline, _connection) = prepared().await;
    let flags = flags_at(&site);
    let run = async |task: &str, settings: &[(&str, &str)]| {
        let mut command =
            pipeline.command(&[&["run", task], &flags.iter().map(String::as_str).collect::<Vec<_>>()[..]].concat());
        command.env("PIPELINE_HTTP_ATTEMPTS", "1").env("PIPELINE_RUN_RETRY_WAIT", "20ms");
        command.envs(settings.iter().map(|(name, value)| (format!("PIPELINE_{name}"), value)));
        result_of(tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("no panic"))
    };
    let (exit, result) = run("conferences", &[("RUN_ATTEMPTS", "2")]).await;
    assert_eq!((exit, count(&result, "conference", "inserted"), &result["retries"]), (0, 1, &1.into()), "{result}");
    let (exit, result) = run("sports", &[("RUN_TIMEOUT", "300ms")]).await;
    assert_eq!(exit, 75, "{result}");
    assert!(
        result["error"].as_str().is_some_and(|error| error.contains("sports asks its source for longer")),
        "{result}"
    );
    let (exit, result) = run("sports", &[("RUN_TIMEOUT", "30s")]).await;
    assert_eq!((exit, count(&result, "sport", "inserted")), (0, 3), "{result}");
}

#[tokio::test]
async fn statistics_of_seasons_and_games_are_loaded_from_their_pages() {
    // One team of the list has an address that names no season team.
    let site = Site::start(|target, _| match answer(target) {
        Answer::Whole(status, headers, body) if target.contains("division=1&") => {
            let body = String::from_utf8(body).expect("UTF-8");
            let more = r#"<tr><td><a href="/team/44/0">Nowhere</a></td></tr></table></td>"#;
            Answer::Whole(status, headers, body.replacen("</table></td>", more, 1).into_bytes())
        }
        answer => answer,
    })
    .await;
    let (pipeline, _connection) = prepared().await;
    assert_eq!(pipeline.job_at(&site, &["sync"]).await.0, 0);
    let of = |command: &'static str, task: &'static str| [command, task, "--season", "2026", "--sport", "MBA"];
    assert_eq!(pipeline.job_at(&site, &of("sync", "rosters")).await.0, 0);
    let players = u64::try_from(SCHOOLS * PLAYERS).expect("positive");
    // A season: two categories of two columns. A game: one column for each player of both sides.
    for (task, rows) in [("season_statistics", players * 4), ("game_statistics", players)] {
        let (exit, tested) = pipeline.job_at(&site, &of("test", task)).await;
        assert_eq!((exit, count(&tested, "player_stat", "read")), (0, rows), "{task}: {tested}");
        let (exit, result) = pipeline.job_at(&site, &of("sync", task)).await;
        assert_eq!((exit, count(&result, "player_stat", "inserted")), (0, rows), "{task}: {result}");
        assert_eq!((count(&result, "team", "read"), count(&result, "team", "quarantined")), (1, 1), "{task}: {result}");
        assert_accounted(&result);
        let (_, again) = pipeline.job_at(&site, &of("sync", task)).await;
        assert_eq!(
            (count(&again, "player_stat", "unchanged"), &again["requests"]),
            (rows, &0.into()),
            "{task}: {again}"
        );
    }
    let stats = "select string_agg(concat_ws(' ', p.period, p.category, p.value, p.played_on), ', ' order by p.period, p.category) \
                 from player_stat p join roster_entry e on e.id = p.roster_entry_id where e.name = 'Player2 Birchwood'";
    assert_eq!(
        pipeline.psql(stats).await,
        "game:260001 Goals 2.0000 2026-02-14, season Fielding/GP 2.0000, season Fielding/Pct 0.2000, season Hitting/GP 2.0000, season Hitting/Pct 0.2000"
    );
}
