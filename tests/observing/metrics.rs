//! Metrics, read by a parser that is not ours: the file for node_exporter, and the address while a run lasts.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use prometheus_parse::{Scrape, Value as Sample};
use serde_json::Value;

use super::pipeline_command::{Pipeline, flags_at, result_of};
use super::site::college::answer;
use super::site::{Answer, Site};
use super::{WEEK, prepared};

/// What another party reads in a text of metrics.
struct Metrics(Scrape);

impl Metrics {
    fn read(text: &str) -> Self {
        let lines = text.lines().map(|line| Ok(line.to_owned()));
        let scrape = Scrape::parse(lines).unwrap_or_else(|error| panic!("{error}: {text}"));
        // The parser passes over lines that it does not understand.
        let written = text.lines().filter(|line| !line.starts_with('#')).count();
        let read: usize = scrape
            .samples
            .iter()
            .map(|sample| match &sample.value {
                // Its buckets and what else it consists of are lines of their own.
                Sample::Histogram(buckets) => buckets.len(),
                _ => 1,
            })
            .sum();
        assert_eq!(read, written, "{text}");
        Self(scrape)
    }

    fn of_file(path: &Path) -> Self {
        Self::read(&std::fs::read_to_string(path).expect("it is there"))
    }

    /// The sum of all samples of a name whose labels include these.
    fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let of_name = self.0.samples.iter().filter(|sample| sample.metric == name);
        let meant = of_name.filter(|sample| labels.iter().all(|(name, value)| sample.labels.get(name) == Some(value)));
        meant
            .map(|sample| match sample.value {
                Sample::Counter(value) | Sample::Gauge(value) | Sample::Untyped(value) => value,
                ref other => panic!("{name} is {other:?}"),
            })
            .sum()
    }

    /// Each value of a label with its sum.
    fn by(&self, name: &str, label: &str) -> BTreeMap<String, f64> {
        let mut sums = BTreeMap::new();
        for sample in self.0.samples.iter().filter(|sample| sample.metric == name) {
            let value = sample.labels.get(label).unwrap_or_default().to_owned();
            sums.insert(value.clone(), self.sum(name, &[(label, &value)]));
        }
        sums
    }

    fn status(&self) -> Vec<String> {
        let states = self.by("pipeline_run_status", "status");
        assert_eq!(states.len(), 7, "{states:?}");
        states.into_iter().filter(|(_, value)| *value == 1.0).map(|(status, _)| status).collect()
    }
}

fn spawn(pipeline: &Pipeline, site: &Site, more: &[&str]) -> Child {
    let flags = flags_at(site);
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    let mut command: Command = pipeline.command(&[&WEEK[..], &flags, more].concat());
    command.env("PIPELINE_METRICS_INTERVAL", "20ms").stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it runs")
}

async fn ended(child: Child) -> (i32, Value) {
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().expect("it ends")).await;
    result_of(output.expect("no panic"))
}

/// One page that fails at first, one that fails for good, and a row of a roster that is none.
fn troubled(target: &str, before: usize) -> Answer {
    match target {
        "/directory/api/common/sportList" if before == 0 => Answer::text(503, ""),
        _ if target.ends_with("/260003/roster") => Answer::text(400, ""),
        _ if target.ends_with("/260004/roster") => match answer(target) {
            Answer::Whole(status, headers, body) => {
                let body = String::from_utf8(body).expect("text").replacen("<td>Jr.</td>", "", 1);
                Answer::Whole(status, headers, body.into())
            }
            other => other,
        },
        _ => answer(target),
    }
}

#[tokio::test]
async fn the_textfile_agrees_with_the_result_line() {
    let site = Site::start(troubled).await;
    let pipeline = prepared().await;
    let file = pipeline.home.path().join("pipeline.prom");
    let path = file.to_str().expect("UTF-8");
    let host = site.url.trim_start_matches("http://");
    for round in 0..2 {
        let mut child = spawn(&pipeline, &site, &["--metrics-textfile", path]);
        drop(child.stderr.take());
        let (exit, result) = ended(child).await;
        assert_eq!((exit, &result["status"]), (0, &"partial".into()), "{result}");
        let metrics = Metrics::of_file(&file);

        for (table, counts) in result["tables"].as_object().expect("tables") {
            let read = metrics.sum("pipeline_rows_read_total", &[("table", table)]);
            assert_eq!(Some(read), counts["read"].as_f64(), "{table}");
            assert_eq!(read, metrics.sum("pipeline_rows_total", &[("table", table)]), "{table}");
            for (outcome, number) in counts.as_object().expect("counts").iter().filter(|(name, _)| *name != "read") {
                let counted = metrics.sum("pipeline_rows_total", &[("table", table), ("outcome", outcome)]);
                assert_eq!(Some(counted), number.as_f64(), "{table} {outcome}");
            }
        }
        let tables = metrics.by("pipeline_rows_read_total", "table");
        assert_eq!(tables.len(), result["tables"].as_object().expect("tables").len(), "{tables:?}");

        let requests = metrics.sum("pipeline_http_requests_total", &[]);
        assert_eq!(Some(requests), result["requests"].as_f64());
        assert_eq!(requests, metrics.sum("pipeline_http_requests_total", &[("host", host)]));
        let retries = ["http", "task", "load"].map(|what| metrics.sum(&format!("pipeline_{what}_retries_total"), &[]));
        assert_eq!(Some(retries.iter().sum()), result["retries"].as_f64(), "{retries:?}");
        for (reason, number) in result["skipped"].as_object().expect("reasons") {
            assert_eq!(Some(metrics.sum("pipeline_skipped_total", &[("reason", reason)])), number.as_f64());
        }
        assert_eq!(metrics.status(), ["partial"]);
        assert_eq!(metrics.sum("pipeline_run_exit_code", &[]), 0.0);
        assert_eq!(metrics.sum("pipeline_run_info", &[("command", "sync")]), 1.0);
        let took =
            metrics.sum("pipeline_run_end_time_seconds", &[]) - metrics.sum("pipeline_run_start_time_seconds", &[]);
        assert!((took - result["seconds"].as_f64().expect("a time")).abs() < 1.0, "{took}");

        // What the database knows.
        let open = pipeline.psql("select count(*) from pipeline.quarantine where replayed_at is null").await;
        assert_eq!(metrics.sum("pipeline_quarantine_open_records", &[]).to_string(), open);
        let of_roster = [("table", "public.roster_entry"), ("reason", "wrong-type")];
        assert_eq!(metrics.sum("pipeline_quarantine_open_records", &of_roster), 1.0);
        let since = "select extract(epoch from max(loaded_at)) from pipeline.partition_done where task = 'rosters'";
        let since: f64 = pipeline.psql(since).await.parse().expect("a number");
        let labels = [("dag", "weekly_stats_sync"), ("task", "rosters")];
        assert!((metrics.sum("pipeline_task_last_success_time_seconds", &labels) - since).abs() < 0.001);
        let tasks = pipeline.psql("select count(*) from pipeline.task_run where status in ('ok', 'partial')").await;
        let told: f64 = metrics.sum("pipeline_tasks_total", &[]);
        assert_eq!(told * f64::from(round + 1), tasks.parse::<f64>().expect("a number"));

        let stored = metrics.by("pipeline_http_stored_answers_total", "kind");
        if round == 0 {
            let outcomes = metrics.by("pipeline_http_requests_total", "outcome");
            assert_eq!((outcomes["passing"], outcomes["unusable"]), (1.0, 1.0), "{outcomes:?}");
            assert_eq!(metrics.sum("pipeline_http_requests_total", &[("class", "5xx")]), 1.0);
            assert!(metrics.sum("pipeline_http_received_bytes_total", &[]) > 1_000.0);
            assert!(metrics.sum("pipeline_http_wait_seconds_total", &[]) > 0.0);
        } else {
            assert!(stored["fresh"] > 30.0, "{stored:?}");
        }
    }
    let beside: Vec<_> = std::fs::read_dir(pipeline.home.path()).expect("a folder").flatten().collect();
    assert!(!beside.iter().any(|it| it.file_name().to_string_lossy().starts_with(".pipeline.prom")), "{beside:?}");
}

#[tokio::test]
async fn a_refusal_and_what_it_costs_are_told() {
    let site = Site::start(|target, _| match target {
        "/directory/api/common/sportList" => Answer::text(403, ""),
        _ => answer(target),
    })
    .await;
    let pipeline = prepared().await;
    let path = pipeline.home.path().join("pipeline.prom");
    let path = path.to_str().expect("UTF-8");
    // The labels are for all figures.
    let mut child = {
        let flags = flags_at(&site);
        let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
        let mut command = pipeline.command(&[&["sync", "--metrics-textfile", path], &flags[..]].concat());
        command.env("PIPELINE_METRICS_LABELS", "schedule=daily,place=the lab");
        command.stdout(Stdio::piped()).spawn().expect("it runs")
    };
    drop(child.stderr.take());
    let (exit, _) = ended(child).await;
    assert_eq!(exit, 69);
    let metrics = Metrics::of_file(Path::new(path));
    assert_eq!(metrics.status(), ["blocked"]);
    assert_eq!(metrics.sum("pipeline_run_exit_code", &[("schedule", "daily")]), 69.0);
    assert_eq!(metrics.sum("pipeline_http_refusals_total", &[]), 1.0);
    assert_eq!(metrics.sum("pipeline_http_requests_total", &[("outcome", "refused"), ("class", "4xx")]), 1.0);
    assert!(metrics.0.samples.iter().all(|sample| sample.labels.get("place") == Some("the lab")));
}

/// Asks for a path as an HTTP client does.
fn ask(address: SocketAddr, method: &str, path: &str) -> std::io::Result<(String, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    write!(stream, "{method} {path} HTTP/1.1\r\nhost: {address}\r\naccept: */*\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
    Ok((head.to_owned(), body.to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_address_answers_while_the_run_lasts_and_then_no_more() {
    let site =
        Site::start(|target, before| Answer::Late(Duration::from_millis(60), Box::new(troubled(target, before)))).await;
    let pipeline = prepared().await;
    let mut child = spawn(&pipeline, &site, &["--metrics-listen", "0"]);
    let mut lines = BufReader::new(child.stderr.take().expect("a log")).lines();
    let told = lines.by_ref().map_while(Result::ok).find(|line| line.contains("metrics are at"));
    let told = told.expect("it says where");
    let address = told.split("http://").nth(1).and_then(|rest| rest.split('/').next()).expect("an address");
    let address: SocketAddr = address.parse().expect("an address");
    assert!(address.ip().is_loopback());
    // The log goes on being read, as whoever watches does.
    let rest = std::thread::spawn(move || lines.map_while(Result::ok).count());

    let asked = Instant::now();
    loop {
        let (head, body) = ask(address, "GET", "/metrics").expect("it answers");
        assert!(head.starts_with("HTTP/1.1 200 OK") && head.contains("text/plain; version=0.0.4"), "{head}");
        let metrics = Metrics::read(&body);
        assert_eq!(metrics.status(), ["running"]);
        if metrics.sum("pipeline_http_requests_total", &[]) > 5.0 && metrics.sum("pipeline_rows_read_total", &[]) > 0.0
        {
            break;
        }
        assert!(asked.elapsed() < Duration::from_secs(60), "{body}");
    }
    for (method, path, expected) in [
        ("HEAD", "/metrics", "200"),
        ("GET", "/metrics?name[]=x", "200"),
        ("GET", "/", "404"),
        ("POST", "/metrics", "405"),
    ] {
        let (head, body) = ask(address, method, path).expect("it answers");
        assert_eq!((head.split(' ').nth(1), body.is_empty()), (Some(expected), method == "HEAD"), "{method} {path}");
    }
    // A client that says nothing, and one that says nonsense, keep nobody from the metrics.
    let silent = TcpStream::connect(address).expect("it listens");
    let mut noisy = TcpStream::connect(address).expect("it listens");
    noisy.write_all(&[b'x'; 20_000]).expect("it is taken");
    assert!(ask(address, "GET", "/metrics").is_ok());

    assert_eq!(ended(child).await.0, 0);
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
    drop((silent, noisy));
    assert!(rest.join().expect("the log is read") > 0);
}

#[tokio::test]
async fn a_place_that_cannot_be_had_is_told_before_anything_is_asked() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().map(|address| (taken, address.to_string())).expect("an address");
    let cases: [(&[&str], i32, &str); 5] = [
        (&["--metrics-listen", &taken.1], 75, &taken.1),
        (&["--metrics-listen", "203.0.113.1:9464"], 78, "203.0.113.1:9464"),
        (&["--metrics-listen", "nowhere"], 64, "127.0.0.1:9464"),
        (&["--metrics-textfile", "/nowhere/pipeline.prom"], 78, "/nowhere/pipeline.prom"),
        (&["--metrics-textfile", "/dev"], 78, "/dev"),
    ];
    let site = Site::start(troubled).await;
    let pipeline = prepared().await;
    for (flags, exit, place) in cases {
        let output = spawn(&pipeline, &site, flags).wait_with_output().expect("it ends");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(exit), "{told}");
        assert!(told.contains(place) && told.contains("help:"), "{flags:?}: {told}");
    }
    assert!(site.asked().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_stopped_leaves_a_whole_file() {
    let site =
        Site::start(|target, before| Answer::Late(Duration::from_millis(80), Box::new(troubled(target, before)))).await;
    let pipeline = prepared().await;
    let file = pipeline.home.path().join("pipeline.prom");
    let mut child = spawn(&pipeline, &site, &["--metrics-textfile", file.to_str().expect("UTF-8")]);
    drop(child.stderr.take());
    // It is written while the run lasts, and whole each time.
    let began = Instant::now();
    let (mut seen, mut requests) = (0, 0.0);
    while requests < 8.0 {
        assert!(began.elapsed() < Duration::from_secs(60));
        if file.exists() {
            let metrics = Metrics::of_file(&file);
            assert_eq!(metrics.status(), ["running"]);
            requests = metrics.sum("pipeline_http_requests_total", &[]);
            seen += 1;
        }
    }
    assert!(seen > 2);
    let signal = nix::sys::signal::Signal::SIGTERM;
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(child.id().try_into().expect("a pid")), signal).expect("it runs");
    let (exit, result) = ended(child).await;
    assert_eq!(exit, 143, "{result}");
    let metrics = Metrics::of_file(&file);
    assert_eq!(metrics.status(), ["stopped"]);
    assert_eq!(metrics.sum("pipeline_run_exit_code", &[]), 143.0);
    // Those that were under way are counted as well.
    assert_eq!(Some(metrics.sum("pipeline_http_requests_total", &[])), result["requests"].as_f64());
}
