//! `pipeline report` as whoever is on duty runs it: the real program, a real PostgreSQL, a site of invented schools.

#[path = "support/pipeline.rs"]
mod pipeline_command;
#[path = "support/postgres.rs"]
mod postgres;
#[path = "../pipeline/tests/support/mod.rs"]
mod site;

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pipeline_command::{Pipeline, flags_at, server};
use scraper::{ElementRef, Html, Selector};
use serde_json::{Value, json};
use site::college::{SCHOOLS, answer};
use site::{Answer, Site};
use sqlx::{AssertSqlSafe, PgConnection};

async fn prepared() -> (Pipeline, PgConnection) {
    let (pipeline, connection) = Pipeline::on(server()).await;
    assert!(pipeline.run(&["db", "init", "--with-tables"]).await.status.success());
    (pipeline, connection)
}

/// A report on standard output, which holds nothing else.
async fn report(pipeline: &Pipeline, arguments: &[&str]) -> String {
    let output = pipeline.run(&[&["report"], arguments].concat()).await;
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

async fn facts(pipeline: &Pipeline, arguments: &[&str]) -> Value {
    serde_json::from_str(&report(pipeline, &[arguments, &["--json"]].concat()).await).expect("JSON")
}

async fn execute(connection: &mut PgConnection, sql: &str) {
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await.expect("it is executed");
}

fn select<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).expect("a selector")).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// The rows of the table whose caption has that id, cell by cell.
fn table(page: &Html, caption: &str) -> Vec<Vec<String>> {
    let rows = select(page, &format!("table:has(#{caption}) tbody tr"));
    let cells = Selector::parse("th, td").expect("a selector");
    rows.iter().map(|row| row.select(&cells).map(text).collect()).collect()
}

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

/// A site at which one list is broken, one member is none, and one school names a conference that nobody knows.
fn ailing(target: &str, before: usize) -> Answer {
    match (target, answer(target)) {
        ("/directory/api/common/conferenceList", _) if before == 0 => Answer::text(503, ""),
        ("/directory/api/directory/memberList?type=12", Answer::Whole(status, headers, body)) => {
            let body = String::from_utf8(body).expect("UTF-8");
            let body = body.replacen(r#""conferenceId":900"#, r#""conferenceId":901"#, 1);
            let long = format!(r#"[{{"orgId":77,"nameOfficial":"{} <script>","division":9}},"#, "x".repeat(300));
            Answer::Whole(status, headers, body.replacen('[', &long, 1).into_bytes())
        }
        (target, _) if target.contains("sport_code=MBB") => Answer::text(200, "<h1>We moved</h1>"),
        (_, answer) => answer,
    }
}

#[tokio::test]
async fn a_run_is_told_as_the_database_knows_it() {
    let site = Site::start(ailing).await;
    let (pipeline, _connection) = prepared().await;
    assert_eq!(pipeline.job_at(&site, &EVERYTHING).await.0, 65);
    let (exit, result) = pipeline.job_at(&site, &EVERYTHING).await;
    assert_eq!(exit, 65, "{result}");
    let facts = facts(&pipeline, &[]).await;

    // The run, and what it counted: the result line's.
    let run = &facts["run"];
    assert_eq!((&run["id"], &run["status"], &run["exit_code"]), (&result["run_id"], &json!("failed"), &json!(65)));
    assert_eq!(run["error"], result["error"]);
    assert!(
        run["help"].as_str().is_some_and(|help| help.contains("--record")),
        "what the program itself advised: {run}"
    );
    assert_eq!(facts["steps"][0]["text"], run["help"]);
    let asked = run["asked"].as_str().expect("it is on record");
    assert_eq!(asked, format!("pipeline {}", EVERYTHING.join(" ")));
    for (table, counts) in result["tables"].as_object().expect("tables") {
        let mut told = facts["tables"][table].clone();
        assert_eq!(told.as_object_mut().expect("an account").remove("adds_up"), Some(json!(true)), "{table}");
        assert_eq!(&told, counts, "{table}");
    }
    assert_eq!(facts["skipped"], result["skipped"]);
    assert_eq!((&facts["requests"], &facts["retries"]), (&result["requests"], &result["retries"]));

    // Tasks, by state.
    let states = "select string_agg(concat_ws(' ', task, status, n), ', ' order by task, status) from \
                  (select task, status, count(*) n from pipeline.task_run where run_id = (select max(id::text)::uuid from pipeline.run) group by 1, 2) t";
    let mut told: Vec<String> = Vec::new();
    for task in facts["tasks"].as_array().expect("tasks") {
        let states = task["states"].as_object().expect("states");
        told.extend(
            states.iter().map(|(state, number)| format!("{} {state} {number}", task["task"].as_str().expect("a name"))),
        );
    }
    told.sort();
    assert_eq!(told.join(", "), pipeline.psql(states).await);
    let sports = |task: &str, state: &str| {
        let task =
            facts["tasks"].as_array().expect("tasks").iter().find(|known| known["task"] == task).expect("it is there");
        task["states"][state].as_u64()
    };
    assert_eq!(
        (sports("teams", "ok"), sports("teams", "failed"), sports("rosters", "not-run")),
        (Some(2), Some(1), Some(1))
    );

    // What was refused and left open.
    let refused = "select string_agg(concat_ws(' ', table_name, reason, n), ', ') from \
                   (select table_name, reason, count(*) n from pipeline.quarantine where run_id = (select max(id::text)::uuid from pipeline.run) group by 1, 2) q";
    let told: Vec<String> = facts["quarantine"]
        .as_array()
        .expect("refusals")
        .iter()
        .map(|refusals| {
            format!(
                "{} {} {}",
                refusals["table"].as_str().expect("a table"),
                refusals["reason"].as_str().expect("a reason"),
                refusals["records"]
            )
        })
        .collect();
    assert_eq!(told.join(", "), pipeline.psql(refused).await);
    assert_eq!(told, ["public.school unknown-value 1"]);
    let sample = &facts["quarantine"][0]["samples"][0];
    assert_eq!(
        (&sample["key"], &sample["message"], &sample["excerpt"]),
        (&json!({ "ncaa_id": 77 }), &Value::Null, &Value::Null)
    );
    let open = &facts["unresolved"][0];
    assert_eq!((&open["rows"], &open["examples"]), (&json!(1), &json!([{ "ncaa_id": 901 }])));
    let commands: Vec<&str> =
        facts["steps"].as_array().expect("steps").iter().filter_map(|step| step["command"].as_str()).collect();
    let id = run["id"].as_str().expect("an id");
    for command in [
        "pipeline sources check --live ncaa-stats".to_owned(),
        format!("pipeline sync --resume={id}"),
        format!("pipeline quarantine replay --run {id}"),
    ] {
        assert!(commands.contains(&&*command), "{command} in {commands:?}");
    }

    // Of the run before, which did the work and had to ask twice for the conferences.
    let before = facts["comparison"]["changes"].as_array().expect("changes");
    let change = |what: &str| {
        let change =
            before.iter().find(|change| change["what"] == what).unwrap_or_else(|| panic!("{what} in {before:?}"));
        (change["before"].as_f64().expect("a number"), change["now"].as_f64().expect("a number"))
    };
    let first = facts["comparison"]["run_id"].as_str().expect("an id").to_owned();
    let counted = async |sql: &str| {
        pipeline
            .psql(&format!("select {sql} from pipeline.run where id = '{first}'"))
            .await
            .parse::<f64>()
            .expect("a number")
    };
    assert_eq!(
        change("requests"),
        (counted("(result ->> 'requests')::int").await, result["requests"].as_f64().expect("a number"))
    );
    assert_eq!(change("retries"), (1.0, 0.0));
    assert_eq!(
        change("rows inserted").0,
        counted("(select sum((value ->> 'inserted')::int) from jsonb_each(result -> 'tables'))").await
    );
    assert_eq!(change("rows inserted").1, 0.0, "all is there already");
    assert_eq!(facts["trend"].as_array().map(Vec::len), Some(2));

    // By host: what the site saw of the first run.
    let told = self::facts(&pipeline, &[&first]).await;
    let host = &told["hosts"][site.url.trim_start_matches("http://")];
    assert_eq!((&host["retries"], &host["failures"]), (&json!(1), &json!(1)));
    assert_eq!(host["requests"].as_f64(), Some(change("requests").0));

    // The page says the same.
    let page = report(&pipeline, &[]).await;
    assert!(!page.contains("xxxxxxxx"), "a record is shown only where samples are wished for");
    let page = Html::parse_document(&page);
    assert_eq!(text(select(&page, "h1")[0]), "ncaa_directory_sync, weekly_stats_sync");
    assert!(text(select(&page, "header")[0]).contains(&*result["error"].as_str().expect("an error").replace('`', "")));
    let rows = table(&page, "rows-caption");
    let school = rows.iter().find(|row| row[0] == "public.school").expect("schools");
    assert_eq!(
        school[1..],
        [(SCHOOLS + 1).to_string(), "0".into(), "0".into(), SCHOOLS.to_string(), "0".into(), "0".into(), "1".into()]
    );
    let troubles: Vec<String> = select(&page, ".troubles li").into_iter().map(text).collect();
    assert!(troubles[0].starts_with("× failed teams exit 65 the layout of "), "{troubles:?}");
    assert!(troubles[0].ends_with("finds nothing season=2026,sport=MBB"), "{troubles:?}");
    let not_run = "– not run rosters A task that it needs failed. season=2026,sport=MBB";
    assert!(troubles.iter().any(|trouble| trouble == not_run), "{troubles:?}");
    assert_eq!(select(&page, ".graph g.task").len(), facts["tasks"].as_array().map_or(0, Vec::len));
    assert_eq!(table(&page, "time-caption").len(), facts["timeline"].as_array().map_or(0, Vec::len));
}

/// A run of a thousand partitions, of which some failed, with names that are made to do harm; and the same before it.
async fn thousand(connection: &mut PgConnection) {
    let harm = r#"<script>alert(1)</script>"onload="x" </style> & \u202e"#;
    let sql = r#"
        insert into pipeline.run (id, command, status, exit_code, started_at, finished_at, what, result, hosts, help)
        select ('00000000-0000-7000-8000-00000000000' || n)::uuid, 'backfill', 'failed', 69, at, at + interval '2 hours',
          '{"missing":{"names":["weekly_stats_sync"],"seasons":[2024,2025],"sports":[],"week":"2026-03-23","of_past":true}}',
          jsonb_build_object('error', HARM, 'requests', 40000 + n, 'retries', 7, 'unresolved_references', 2, 'skipped', jsonb_build_object(HARM, 4),
            'tables', jsonb_build_object('public.team', '{"read":10,"inserted":6,"unchanged":3,"quarantined":1}'::jsonb, HARM, '{"read":5,"inserted":4}'::jsonb)),
          jsonb_build_object(HARM, '{"requests":40000,"waited_seconds":7200.5,"bytes":123456789}'::jsonb), HARM
        from generate_series(1, 2) n, lateral (select timestamptz '2026-03-01 04:00Z' + n * interval '1 day' as at) a;
        insert into pipeline.task_run (run_id, task, partition, status, exit_code, started_at, finished_at, result)
        select '00000000-0000-7000-8000-000000000002', case when n % 2 = 0 then 'teams' when n % 3 = 0 then HARM else 'rosters' end,
          format('season=2024,sport=%s', n), case when n % 100 = 0 then 'failed' else 'ok' end, case when n % 100 = 0 then 69 else 0 end,
          timestamptz '2026-03-03 04:00Z' + n * interval '7 seconds', timestamptz '2026-03-03 04:00Z' + n * interval '7 seconds' + (n % 13) * interval '1 second',
          jsonb_build_object('error', case when n % 100 = 0 then HARM end, 'tables', '{"public.team":{"read":300,"inserted":299,"quarantined":1}}'::jsonb)
        from generate_series(1, 1000) n;
        insert into pipeline.quarantine (fingerprint, run_id, source, table_name, reason, message, key, url, byte_offset, raw)
        select int4send(n), '00000000-0000-7000-8000-000000000002', 'ncaa-stats', HARM, 'reason-' || n % 3 || HARM, HARM, jsonb_build_object(HARM, HARM),
          'https://example.org/?token=s3cret&q=' || HARM, 1234567, convert_to(repeat(HARM, 100), 'UTF8')
        from generate_series(1, 1000) n;
        insert into pipeline.unresolved_reference (run_id, source, table_name, row_key, reference, columns, parent_table, parent_key)
        select '00000000-0000-7000-8000-000000000002', 'ncaa-stats', HARM, to_jsonb(n), HARM, array['x'], HARM, jsonb_build_object('id', HARM)
        from generate_series(1, 1000) n"#;
    // As a literal of the E kind, whose escapes are the text's.
    let literal = format!("E'{}'", harm.replace('\'', "''"));
    for statement in sql.split(";\n") {
        execute(connection, &statement.replace("HARM", &literal)).await;
    }
}

#[tokio::test]
async fn a_thousand_partitions_are_a_small_page_and_nothing_in_it_does_harm() {
    let (pipeline, mut connection) = prepared().await;
    thousand(&mut connection).await;
    // Without the start of the program, which a debug build takes long for.
    let started = Instant::now();
    report(&pipeline, &["--json"]).await;
    let page = report(&pipeline, &["--samples"]).await;
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert!(page.len() < 300_000, "{}", page.len());

    assert_eq!(page.matches("<style").count(), 1);
    for tag in ["<script", "</script", "<img", "<link", "<iframe", " src=", " style=", "\u{202e}", "s3cret"] {
        assert!(!page.contains(tag), "{tag}");
    }
    let parsed = Html::parse_document(&page);
    for element in select(&parsed, "*") {
        for (name, value) in element.value().attrs() {
            assert!(!name.starts_with("on"), "{name}={value} in {}", element.value().name());
            let is_link = ["href", "marker-end", "action"].contains(&name);
            assert!(!is_link || value.starts_with(['#', 'u']), "{name}={value} leads out of the page");
        }
    }
    assert_eq!(select(&parsed, "script, img, link, iframe, object, form, base").len(), 0);
    let policy = select(&parsed, "meta[http-equiv=Content-Security-Policy]")[0].attr("content").expect("a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");

    // What is summed up adds up.
    let tasks = table(&parsed, "tasks-caption");
    let counted: u64 = tasks
        .iter()
        .flat_map(|row| row[1].split_whitespace())
        .filter_map(|word| word.replace(',', "").parse::<u64>().ok())
        .sum();
    let told = facts(&pipeline, &[]).await;
    let planned: u64 =
        told["tasks"].as_array().expect("tasks").iter().filter_map(|task| task["partitions"].as_u64()).sum();
    assert_eq!(counted, planned);
    let bars = table(&parsed, "time-caption");
    assert!(bars.len() < 40, "{}", bars.len());
    let others: usize = bars
        .iter()
        .filter_map(|row| row[0].split_whitespace().rev().nth(1).filter(|_| row[0].ends_with("others")))
        .filter_map(|number| number.parse::<usize>().ok())
        .sum();
    assert_eq!(bars.iter().filter(|row| !row[0].ends_with("others")).count() + others, 1000);
    let harm = select(&parsed, "header .error")[0];
    assert!(text(harm).contains("<script>alert(1)</script>"), "it is shown as what it is");
    let rows = table(&parsed, "rows-caption");
    assert!(rows.iter().any(|row| row[0].ends_with("does not add up")), "{rows:?}");
    assert_eq!(
        table(&parsed, "before-caption").iter().find(|row| row[0] == "requests").map(|row| row[3].as_str()),
        Some("+1 (+0.0 %)")
    );
}

#[tokio::test]
async fn a_run_that_is_unknown_is_told_with_the_way_out() {
    let (pipeline, mut connection) = prepared().await;
    let refused = async |arguments: &[&str], part: &str| {
        let output = pipeline.run(&[&["report"], arguments].concat()).await;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(64), 0), "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
    };
    refused(&[], "nothing ran yet").await;
    for id in [
        "1a000000-0000-7000-8000-000000000001",
        "1a000000-0000-7000-8000-000000000002",
        "1b000000-0000-7000-8000-000000000003",
    ] {
        let at = &id[id.len() - 1..];
        execute(&mut connection, &format!("insert into pipeline.run (id, command, status, started_at) values ('{id}', 'sync', 'running', timestamptz '2026-03-01' + {at} * interval '1 day')")).await;
    }
    for (name, part) in [
        ("1a", "more than one run begins with 1a"),
        ("2", "there is no run 2"),
        ("last%", "no beginning"),
        ("1a0_", "no beginning"),
    ] {
        refused(&[name], part).await;
        refused(&[name, "--json"], "`pipeline runs` lists the runs").await;
    }
    refused(&["1b", "-o", "nowhere/run.html"], "its folder does not exist").await;
    for (arguments, id) in [(&["1b"][..], "3"), (&["1A000000-0000-7000-8000-000000000001"], "1"), (&[], "3")] {
        assert!(
            facts(&pipeline, arguments).await["run"]["id"].as_str().is_some_and(|found| found.ends_with(id)),
            "{arguments:?}"
        );
    }
    let file = pipeline.home.path().join("run.html");
    for target in [file.to_str().expect("UTF-8"), "run.html"] {
        assert_eq!(report(&pipeline, &["1b", "-o", target]).await, "", "the file has it");
        let page = std::fs::read_to_string(&file).expect("it is written");
        assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
        std::fs::remove_file(&file).expect("it is removed");
    }
    assert!(report(&pipeline, &["1b", "-o", "-"]).await.starts_with("<!doctype html>"));
}

/// A site that keeps everybody waiting for rosters until the gate is open.
async fn gated(gate: &Arc<AtomicBool>) -> Site {
    let gate = Arc::clone(gate);
    Site::start(move |target, _| {
        let is_shut = target.ends_with("/roster") && !gate.load(Ordering::SeqCst);
        if is_shut { Answer::Late(Duration::from_secs(600), Box::new(answer(target))) } else { answer(target) }
    })
    .await
}

/// Runs everything, and kills it when it has loaded the teams and waits for rosters.
async fn kill_midway(pipeline: &Pipeline, site: &Site) {
    let flags = flags_at(site);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let mut command = pipeline.command(&[&EVERYTHING[..], &flags].concat());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
    let reached = "select (select count(*) from pipeline.partition_done where task in ('teams', 'ncaa_com_schools')) \
                   + (select count(*) from pipeline.task_run where task = 'rosters')";
    while pipeline.psql(reached).await != "7" {
        assert!(child.try_wait().expect("it can be asked").is_none(), "it ended before it was killed");
    }
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
}

#[tokio::test]
async fn every_kind_of_run_is_told() {
    let gate = Arc::new(AtomicBool::new(false));
    let site = gated(&gate).await;
    let (pipeline, mut connection) = prepared().await;
    let states = |facts: &Value, task: &str| {
        let tasks = facts["tasks"].as_array().expect("tasks").clone();
        tasks.into_iter().find(|known| known["task"] == task).unwrap_or_else(|| panic!("{task} in {facts}"))["states"]
            .clone()
    };
    let command = |facts: &Value| facts["steps"][0]["command"].as_str().unwrap_or_default().to_owned();

    // Killed: the record says no more than that it runs.
    kill_midway(&pipeline, &site).await;
    gate.store(true, Ordering::SeqCst);
    let told = facts(&pipeline, &[]).await;
    let id = told["run"]["id"].as_str().expect("an id").to_owned();
    assert_eq!((&told["run"]["status"], &told["run"]["exit_code"]), (&json!("running"), &Value::Null));
    assert_eq!(command(&told), format!("pipeline sync --resume={id}"));
    assert_eq!(
        (states(&told, "schools"), states(&told, "athletes")["not-begun"].as_u64()),
        (json!({ "ok": 1 }), Some(3))
    );
    assert!(told["requests"].as_u64() > Some(0), "of the stages that ended: {}", told["hosts"]);
    assert_eq!(told["tables"]["public.school"]["inserted"], SCHOOLS);
    let page = Html::parse_document(&report(&pipeline, &[]).await);
    assert!(text(select(&page, "header")[0]).contains("it still runs, or it was killed"));

    // Gone on with: what was loaded is passed over, and the killed run says who went on.
    let (exit, resumed) = pipeline.job_at(&site, &["sync", "--resume"]).await;
    assert_eq!(exit, 0, "{resumed}");
    let told = facts(&pipeline, &[]).await;
    assert_eq!((&told["run"]["id"], &told["run"]["resumes"]), (&resumed["run_id"], &json!(id)));
    assert_eq!(
        (states(&told, "schools"), states(&told, "athletes")),
        (json!({ "complete-before": 1 }), json!({ "ok": 3 }))
    );
    assert_eq!(
        (&told["comparison"], &told["steps"]),
        (&Value::Null, &json!([])),
        "what it goes on with is no run beside it"
    );
    let told = facts(&pipeline, &[&id]).await;
    assert_eq!((&told["run"]["resumed_by"], &told["steps"]), (&json!([resumed["run_id"]]), &json!([])));

    // One task, as a scheduler runs it; one whose source is off; one whose source is away.
    let task = ["run", "rosters", "--partition", "season=2026,sport=MBA"];
    assert_eq!(pipeline.job_at(&site, &task).await.0, 0);
    let told = facts(&pipeline, &[]).await;
    assert_eq!(
        (&told["run"]["title"], &told["run"]["asked"]),
        (&json!("rosters season=2026,sport=MBA"), &json!(format!("pipeline {}", task.join(" "))))
    );
    assert_eq!((told["tasks"].as_array().map(Vec::len), states(&told, "rosters")), (Some(1), json!({ "ok": 1 })));
    assert_eq!(pipeline.job(&["run", "niche"]).await.0, 99);
    let told = facts(&pipeline, &[]).await;
    assert_eq!(
        (&told["run"]["status"], states(&told, "niche"), &told["steps"]),
        (&json!("skipped"), json!({ "skipped": 1 }), &json!([]))
    );
    let away = ["run", "sports", "--no-cache", "--base-url", "ncaa-directory=http://127.0.0.1:9"];
    assert_eq!(pipeline.job(&away).await.0, 69);
    let told = facts(&pipeline, &[]).await;
    assert_eq!(
        (&told["run"]["meaning"], &told["hosts"]["127.0.0.1:9"]["failures"]),
        (&json!("a source is down; it may be tried again"), &json!(3))
    );
    assert!(report(&pipeline, &[]).await.contains("127.0.0.1:9"));

    // A file, of which a row is refused; loaded again, and compared.
    let file = pipeline.home.path().join("schools.csv");
    std::fs::write(&file, "ncaa_id,name\n501,Aspen Academy\nabc,Nowhere\n").expect("it is written");
    let load = ["load", "school", file.to_str().expect("UTF-8")];
    assert_eq!(pipeline.job(&load).await.0, 0);
    let told = facts(&pipeline, &["--samples"]).await;
    assert_eq!(
        (&told["run"]["title"], &told["run"]["status"], &told["tasks"]),
        (&json!("load"), &json!("partial"), &json!([]))
    );
    let sample = &told["quarantine"][0]["samples"][0];
    assert_eq!((&sample["place"], &sample["byte_offset"]), (&json!(file), &json!(31)));
    assert_eq!(sample["excerpt"], "abc,Nowhere", "{sample}");
    let page = report(&pipeline, &[]).await;
    assert!(!page.contains("Nowhere") && page.contains("at byte 31") && !page.contains("class=\"graph\""));
    assert!(report(&pipeline, &["--samples"]).await.contains("abc,Nowhere"));
    assert_eq!(pipeline.job(&load).await.0, 0);
    let change = facts(&pipeline, &[]).await["comparison"]["changes"]
        .as_array()
        .expect("changes")
        .iter()
        .find(|change| change["what"] == "rows inserted")
        .cloned();
    assert_eq!(change, Some(json!({ "what": "rows inserted", "unit": "count", "before": 1.0, "now": 0.0 })));

    // Settings that cannot be used, found out when the run had begun; what another version of the program may have recorded.
    let empty = pipeline.home.path().join("empty.pem");
    std::fs::write(&empty, "").expect("it is written");
    let mut unusable = pipeline.command(&["run", "sports"]);
    unusable.env("PIPELINE_HTTP_CA_FILE", &empty);
    assert_eq!(unusable.output().expect("it runs").status.code(), Some(78));
    let told = facts(&pipeline, &[]).await;
    assert_eq!((states(&told, "sports"), command(&told)), (json!({ "not-begun": 1 }), "pipeline doctor".to_owned()));
    execute(&mut connection, "insert into pipeline.run (id, command, status, exit_code, started_at, finished_at, what, result, hosts) values \
        ('ffffffff-0000-7000-8000-000000000001', 'dance', 'odd', 42, now(), now(), '{\"steps\":3}', '[1]', '\"many\"')").await;
    let told = facts(&pipeline, &["ffff"]).await;
    assert_eq!((&told["tables"], &told["hosts"], &told["run"]["asked"]), (&json!({}), &Value::Null, &Value::Null));
    assert!(report(&pipeline, &["ffff"]).await.contains("does not know"));
}

/// Pages of all kinds, and one of a comparison, for `tests/report/look`, which looks at them in a browser.
#[tokio::test]
#[ignore = "writes pages for tests/report/look, into the folder that REPORT_PAGES names"]
async fn pages_to_look_at() {
    let folder = std::env::var("REPORT_PAGES").expect("the folder for the pages");
    let write = async |pipeline: &Pipeline, name: &str, arguments: &[&str]| {
        let path = Path::new(&folder).join(format!("{name}.html"));
        report(pipeline, &[arguments, &["-o", path.to_str().expect("UTF-8")]].concat()).await;
    };
    let site = Site::start(ailing).await;
    let (pipeline, mut connection) = prepared().await;
    write_nothing_yet(&mut connection).await;
    write(&pipeline, "empty", &[]).await;
    assert_eq!(pipeline.job_at(&site, &EVERYTHING).await.0, 65);
    assert_eq!(pipeline.job_at(&site, &EVERYTHING).await.0, 65);
    write(&pipeline, "failed", &[]).await;
    let healthy = Site::start(|target, _| Answer::Late(Duration::from_millis(10), Box::new(answer(target)))).await;
    assert_eq!(pipeline.job_at(&healthy, &EVERYTHING).await.0, 0);
    write(&pipeline, "ok", &[]).await;
    assert_eq!(pipeline.job_at(&healthy, &["run", "rosters", "--partition", "season=2026,sport=MBA"]).await.0, 0);
    write(&pipeline, "task", &[]).await;
    let (other, _connection) = prepared().await;
    kill_midway(&other, &gated(&Arc::default()).await).await;
    write(&other, "killed", &[]).await;
    thousand(&mut connection).await;
    write(&pipeline, "thousand", &["00000000-0000-7000-8000-000000000002", "--samples"]).await;
    // The comparison's page, of one that is complete and one that was killed on its way.
    execute(&mut connection, "update school set name = name || ' of old' where ncaa_id < 4").await;
    let urls = [pipeline.psql("select current_database()").await, other.psql("select current_database()").await];
    let urls = urls.map(|name| server().url(&name));
    let path = Path::new(&folder).join("compare.html");
    let sides =
        ["compare", "--left", &urls[0], "--right", &urls[1], "--ignore", "created_at", "--ignore", "updated_at"];
    let page = ["--format", "html", "-o", path.to_str().expect("UTF-8")];
    let compared = pipeline.run(&[&sides[..], &page].concat()).await;
    assert_eq!(compared.status.code(), Some(1), "{}", String::from_utf8_lossy(&compared.stderr));
}

async fn write_nothing_yet(connection: &mut PgConnection) {
    let run = "insert into pipeline.run (id, command, status, started_at) values ('00000000-0000-7000-8000-000000000000', 'load', 'running', '2026-03-01')";
    execute(connection, run).await;
}
