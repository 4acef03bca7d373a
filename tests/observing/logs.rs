//! Log lines: what they belong to, and what is never in them.

use std::collections::BTreeMap;
use std::process::Output;

use serde_json::Value;

use super::pipeline_command::{Pipeline, flags_at};
use super::site::college::{PLAYERS, SCHOOLS, answer, name};
use super::site::{Answer, Site};
use super::{WEEK, prepared};

const PASSWORD: &str = "hunter2-pw";
const TOKEN: &str = "t0ken-of-ours";

/// The college, behind a token that base URLs have and nothing else.
async fn guarded() -> Site {
    Site::start(|target, _| answer(target)).await
}

/// Runs the week at a site, with secrets in all addresses. The log is JSON.
async fn run(pipeline: &Pipeline, site: &Site, level: &str) -> Output {
    let url = site.url.replace("http://", &format!("http://{TOKEN}@"));
    let flags: Vec<String> = flags_at(site).into_iter().map(|flag| flag.replace(&site.url, &url)).collect();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let log = ["--log-format", "json", "--log-level", level];
    let mut command = pipeline.command(&[&WEEK[..], &flags, &log].concat());
    let url = command.get_envs().find(|(name, _)| *name == "DATABASE_URL").and_then(|(_, url)| url);
    let url = url.and_then(|url| url.to_str()).expect("a URL").replace("postgres@", &format!("postgres:{PASSWORD}@"));
    command.env("DATABASE_URL", url);
    tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("no panic")
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stderr.clone()).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

#[tokio::test]
async fn no_secret_and_nobodys_name_is_logged_at_any_level() {
    let site = guarded().await;
    let mut sizes = Vec::new();
    // Libraries at everything that can be asked for, too.
    let loudest =
        "trace,html5ever=trace,selectors=trace,scraper=trace,hyper=trace,hyper_util=trace,reqwest=trace,sqlx=trace";
    for level in ["info", "debug", loudest] {
        let pipeline = prepared().await;
        let output = run(&pipeline, &site, level).await;
        let log = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{log}");
        sizes.push(lines(&output).len());
        for secret in [PASSWORD, TOKEN] {
            assert!(!log.contains(secret), "{secret}: {}", line_with(&log, secret));
        }
        let stored = pipeline.psql("select string_agg(name, '|') from roster_entry").await;
        let athletes: Vec<&str> = stored.split('|').collect();
        assert_eq!(athletes.len(), usize::try_from(SCHOOLS * PLAYERS).expect("few"), "{stored}");
        for athlete in athletes {
            assert!(!log.contains(athlete), "{level}: {}", line_with(&log, athlete));
        }
        // What stands in the site's pages as such, too.
        for school in 1..=SCHOOLS {
            for number in 1..=PLAYERS {
                let text = format!("Player{number} {}", name(school));
                assert!(!log.contains(&text), "{level}: {}", line_with(&log, &text));
            }
        }
    }
    // There was more and more in which they might have been.
    assert!(sizes.is_sorted() && sizes[0] * 3 < sizes[2], "{sizes:?}");
    assert!(site.asked().iter().all(|asked| asked.head.contains("authorization: Basic")), "the token is sent");
}

fn line_with<'a>(log: &'a str, text: &str) -> &'a str {
    log.lines().find(|line| line.contains(text)).unwrap_or_default()
}

#[tokio::test]
async fn lines_say_what_they_belong_to_and_ends_how_long_it_took() {
    // One page fails at first, another one for good.
    let site = Site::start(|target, before| match target {
        "/directory/api/common/sportList" if before == 0 => Answer::text(503, ""),
        _ if target.ends_with("/260003/roster") => Answer::text(400, ""),
        _ => answer(target),
    })
    .await;
    let pipeline = prepared().await;
    let output = run(&pipeline, &site, "debug,pipeline::load=debug").await;
    let result: Value = serde_json::from_slice(&output.stdout).expect("a result");
    assert_eq!(result["exit_code"], 0, "{result}");
    let lines = lines(&output);
    let ours: Vec<&Value> =
        lines.iter().filter(|line| line["target"].as_str().is_some_and(|it| it.starts_with("pipeline"))).collect();
    assert!(ours.iter().all(|line| line["run_id"] == result["run_id"]));
    let said = |message: &str| ours.iter().filter(|line| line["message"] == message).copied().collect::<Vec<_>>();

    // Each task begins and ends under its own name.
    let recorded = pipeline.psql("select string_agg(task || '|' || partition, ' ') from pipeline.task_run").await;
    let recorded: BTreeMap<&str, usize> = recorded.split(' ').map(|task| (task, 1)).collect();
    for message in ["begins", "ended"] {
        let mut told = BTreeMap::new();
        for line in said(message) {
            let text = |key: &str| line[key].as_str().unwrap_or_default();
            *told.entry(format!("{}|{}", text("task"), text("partition"))).or_insert(0) += 1;
            assert!(!text("source").is_empty() && text("command") == "sync", "{line}");
        }
        let told: BTreeMap<&str, usize> = told.iter().map(|(task, number)| (task.as_str(), *number)).collect();
        assert_eq!(told, recorded, "{message}");
    }
    for message in ["ended", "answered", "loaded", "sync ended"] {
        let ends = said(message);
        assert!(!ends.is_empty(), "{message}");
        assert!(ends.iter().all(|line| line["fields"]["seconds"].as_f64().is_some_and(|it| it >= 0.0)), "{message}");
    }

    // What happens on other threads, and deep inside, belongs to its task as well.
    let of =
        |line: &Value| ["task", "partition", "source"].map(|key| line[key].as_str().unwrap_or_default().to_owned());
    let again = said("trying again");
    assert_eq!(again.iter().map(|line| of(line)).collect::<Vec<_>>(), [["sports", "", "ncaa-directory"]]);
    let less = said("one roster page less");
    assert_eq!(
        less.iter().map(|line| of(line)).collect::<Vec<_>>(),
        [["rosters", "season=2026,sport=MBA", "ncaa-stats"]]
    );
    assert!(said("answered").iter().all(|line| !of(line)[0].is_empty()));
    let mut tables: Vec<(String, &str)> =
        said("loaded").iter().map(|line| (of(line)[0].clone(), line["table"].as_str().unwrap_or_default())).collect();
    tables.retain(|(task, _)| matches!(task.as_str(), "sports" | "conferences" | "schools" | "rosters"));
    let expected = [
        ("sports", "public.sport"),
        ("conferences", "public.conference"),
        ("schools", "public.school"),
        ("rosters", "public.roster_entry"),
    ];
    for (task, table) in expected {
        assert!(tables.contains(&(task.to_owned(), table)), "{table} in {tables:?}");
    }
}
