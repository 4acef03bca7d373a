//! Traces, as a collector receives them: OTLP by HTTP, decoded with OpenTelemetry's own definitions.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Output;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use prost::Message;

use super::pipeline_command::{Pipeline, flags_at, result_of};
use super::site::college::answer;
use super::site::{Answer, Site};
use super::{WEEK, prepared};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";
const TOKEN: &str = "t0ken-of-ours";

/// Requests as they came: head and body.
type Received = Mutex<Vec<(String, Vec<u8>)>>;

/// A collector on this machine. It answers each request with a status, or with nothing at all.
struct Collector {
    url: String,
    received: Arc<Received>,
}

impl Collector {
    fn start(status: Option<u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let all = Arc::new(Received::default());
        let received = Arc::clone(&all);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let received = Arc::clone(&received);
                std::thread::spawn(move || serve(&stream, status, &received));
            }
        });
        Self { url, received: all }
    }

    fn requests(&self) -> Vec<(String, Vec<u8>)> {
        self.received.lock().expect("no panic").clone()
    }

    /// All spans, with the attributes of the resource that they come from.
    fn spans(&self) -> (BTreeMap<String, String>, Vec<Span>) {
        let (mut resource, mut spans) = (BTreeMap::new(), Vec::new());
        for (head, body) in self.requests() {
            assert!(head.starts_with("POST /v1/traces HTTP/1.1"), "{head}");
            assert!(head.to_lowercase().contains("content-type: application/x-protobuf"), "{head}");
            let request = ExportTraceServiceRequest::decode(&*body).expect("OTLP");
            for of_resource in request.resource_spans {
                resource = attributes(&of_resource.resource.expect("a resource").attributes);
                spans.extend(of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
            }
        }
        (resource, spans)
    }
}

fn serve(stream: &TcpStream, status: Option<u16>, received: &Received) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).is_ok_and(|read| read == 0) {
                return;
            }
        }
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
        let mut body = vec![0; length.expect("a length").parse().expect("a number")];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        received.lock().expect("no panic").push((head, body));
        match status {
            Some(status) => {
                let mut stream = stream;
                let _ = write!(stream, "HTTP/1.1 {status} Said\r\ncontent-length: 0\r\n\r\n");
            }
            None => std::thread::sleep(Duration::from_secs(60)),
        }
    }
}

fn attributes(all: &[KeyValue]) -> BTreeMap<String, String> {
    let text = |attribute: &KeyValue| match attribute.value.as_ref().and_then(|value| value.value.as_ref()) {
        Some(any_value::Value::StringValue(text)) => text.clone(),
        Some(any_value::Value::IntValue(number)) => number.to_string(),
        other => format!("{other:?}"),
    };
    all.iter().map(|attribute| (attribute.key.clone(), text(attribute))).collect()
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn has_failed(span: &Span) -> bool {
    span.status.as_ref().is_some_and(|status| status.code() == StatusCode::Error)
}

async fn run(pipeline: &Pipeline, site: &Site, variables: &[(&str, &str)]) -> Output {
    let url = site.url.replace("http://", &format!("http://{TOKEN}@"));
    let flags: Vec<String> = flags_at(site).into_iter().map(|flag| flag.replace(&site.url, &url)).collect();
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    // Whatever is logged.
    let mut command = pipeline.command(&[&WEEK[..], &flags, &["--log-level", "warn"]].concat());
    command.envs(variables.iter().copied());
    tokio::task::spawn_blocking(move || command.output().expect("it runs")).await.expect("no panic")
}

#[tokio::test]
async fn spans_arrive_under_the_callers_with_what_they_stand_for() {
    let site = Site::start(|target, before| match target {
        "/directory/api/common/sportList" if before == 0 => Answer::text(503, ""),
        "/directory/api/common/conferenceList" => {
            let elsewhere = "/directory/api/common/conferenceList/";
            Answer::text(302, "").with("location", elsewhere)
        }
        "/directory/api/common/conferenceList/" => answer("/directory/api/common/conferenceList"),
        _ => answer(target),
    })
    .await;
    let pipeline = prepared().await;
    let collector = Collector::start(Some(200));
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str()),
        ("OTEL_SERVICE_NAME", "college"),
        ("TRACEPARENT", &format!("00-{TRACE}-{PARENT}-01")),
    ];
    let (exit, result) = result_of(run(&pipeline, &site, &variables).await);
    assert_eq!(exit, 0, "{result}");

    let (resource, spans) = collector.spans();
    assert_eq!((resource["service.name"].as_str(), resource.contains_key("service.version")), ("college", true));
    assert!(spans.iter().all(|span| hex(&span.trace_id) == TRACE));
    let by_id: BTreeMap<String, &Span> = spans.iter().map(|span| (hex(&span.span_id), span)).collect();
    assert_eq!(by_id.len(), spans.len());
    let parent = |span: &Span| by_id.get(&hex(&span.parent_span_id)).copied();
    let named = |start: &str| spans.iter().filter(|span| span.name.starts_with(start)).collect::<Vec<_>>();

    let [root] = named("pipeline ")[..] else { panic!("one run") };
    assert_eq!((root.name.as_str(), hex(&root.parent_span_id).as_str()), ("pipeline sync", PARENT));
    let of_root = attributes(&root.attributes);
    assert_eq!(Some(of_root["pipeline.run_id"].as_str()), result["run_id"].as_str());
    assert_eq!((of_root["pipeline.status"].as_str(), has_failed(root)), ("ok", false));

    let tasks = named("task ");
    let recorded = pipeline.psql("select count(*) from pipeline.task_run").await;
    assert_eq!(tasks.len().to_string(), recorded);
    for task in &tasks {
        let told = attributes(&task.attributes);
        assert_eq!(parent(task).map(|it| &it.name), Some(&root.name), "{}", task.name);
        assert_eq!(format!("task {}", told["task"]), task.name);
        assert!(!told["source"].is_empty() && told["pipeline.status"] == "ok" && told.contains_key("partition"));
        assert!(root.start_time_unix_nano <= task.start_time_unix_nano);
        assert!(task.end_time_unix_nano <= root.end_time_unix_nano && !has_failed(task));
    }

    let requests = named("GET");
    assert_eq!(Some(requests.len() as u64), result["requests"].as_u64());
    let mut outcomes = BTreeMap::new();
    for request in &requests {
        let told = attributes(&request.attributes);
        let of = parent(request).expect("it is of something");
        assert!(of.name.starts_with("task "), "{}", of.name);
        assert_eq!(request.kind(), SpanKind::Client);
        assert_eq!((told["http.request.method"].as_str(), told["server.address"].as_str()), ("GET", "127.0.0.1"));
        assert!(site.url.ends_with(&told["server.port"]));
        assert!(told["url.full"].starts_with(&format!("{}/", site.url)), "{told:?}");
        let status = told["http.response.status_code"].clone();
        assert_eq!(has_failed(request), status.as_str() >= "400", "{told:?}");
        assert_eq!(told.get("error.type"), has_failed(request).then_some(&status));
        *outcomes.entry((status, told.get("http.request.resend_count").cloned())).or_insert(0) += 1;
    }
    let of =
        |status: &str, resent: Option<&str>| outcomes.get(&(status.to_owned(), resent.map(str::to_owned))).copied();
    assert_eq!((of("503", None), of("302", None)), (Some(1), Some(1)), "{outcomes:?}");
    // After the failure, and after the redirect.
    assert_eq!(of("200", Some("1")), Some(2), "{outcomes:?}");

    let loads = named("load ");
    let mut read = BTreeMap::new();
    for load in &loads {
        let told = attributes(&load.attributes);
        assert!(parent(load).expect("it is of a task").name.starts_with("task "), "{}", load.name);
        assert_eq!((told["db.system.name"].as_str(), load.kind()), ("postgresql", SpanKind::Client));
        assert_eq!(load.name, format!("load {}", told["db.collection.name"]));
        *read.entry(told["db.collection.name"].clone()).or_insert(0) +=
            told["pipeline.rows_read"].parse::<u64>().expect("a number");
    }
    for (table, counts) in result["tables"].as_object().expect("tables") {
        assert_eq!(read.get(table).copied().unwrap_or_default(), counts["read"], "{table}");
    }

    // Nobody's name, and no secret.
    let sent: Vec<u8> = collector.requests().into_iter().flat_map(|(_, body)| body).collect();
    let sent = String::from_utf8_lossy(&sent).into_owned();
    assert!(sent.contains("public.roster_entry"));
    for never in [TOKEN, "Player1", "Aspen"] {
        assert!(!sent.contains(never), "{never}");
    }
}

#[tokio::test]
async fn what_fails_says_so() {
    let site = Site::start(|target, _| match target {
        "/directory/api/common/sportList" => Answer::text(403, ""),
        _ => answer(target),
    })
    .await;
    let pipeline = prepared().await;
    let collector = Collector::start(Some(200));
    let endpoint = format!("{}/v1/traces", collector.url);
    let output = run(&pipeline, &site, &[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", &endpoint)]).await;
    let (exit, result) = result_of(output);
    assert_eq!(exit, 69, "{result}");
    let (resource, spans) = collector.spans();
    assert_eq!(resource["service.name"], "pipeline");
    let failed: Vec<(&str, String)> = spans
        .iter()
        .filter(|span| has_failed(span))
        .map(|span| (span.name.as_str(), attributes(&span.attributes).remove("pipeline.status").unwrap_or_default()))
        .collect();
    for expected in [("pipeline sync", "blocked"), ("task sports", "blocked"), ("task schools", "not-run"), ("GET", "")]
    {
        assert!(failed.contains(&(expected.0, expected.1.to_owned())), "{expected:?} in {failed:?}");
    }
    let root = spans.iter().find(|span| span.name == "pipeline sync").expect("a run");
    assert!(root.parent_span_id.is_empty());
    assert!(root.status.as_ref().expect("a status").message.contains("HTTP 403"), "{:?}", root.status);
    assert_eq!(attributes(&root.attributes)["error.type"], "69");
}

#[tokio::test]
async fn a_collector_that_is_not_well_costs_a_warning_and_nothing_else() {
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a port");
    let (silent, refusing) = (Collector::start(None), Collector::start(Some(401)));
    let site = Site::start(|target, _| answer(target)).await;
    let endpoints = ["", &format!("http://{closed}"), &silent.url, &refusing.url];
    let mut times = Vec::new();
    for endpoint in endpoints {
        let pipeline = prepared().await;
        let began = Instant::now();
        let output = run(&pipeline, &site, &[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)]).await;
        times.push(began.elapsed());
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(told.contains("collector of traces"), !endpoint.is_empty(), "{endpoint}: {told}");
        assert_eq!(result_of(output).0, 0, "{told}");
    }
    let undisturbed = times[0];
    assert!(times.iter().all(|time| *time < undisturbed * 2 + Duration::from_millis(2_500)), "{times:?}");
    assert!(!silent.requests().is_empty() && !refusing.requests().is_empty());
}

#[tokio::test]
async fn traces_are_off_unless_they_are_asked_for() {
    let site = Site::start(|target, _| answer(target)).await;
    let collector = Collector::start(Some(200));
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("OTEL_TRACES_EXPORTER", "none")], ""),
        (&[("OTEL_SDK_DISABLED", "true")], ""),
        (&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")], "OTEL_EXPORTER_OTLP_PROTOCOL"),
        (&[("OTEL_TRACES_EXPORTER", "jaeger")], "OTEL_TRACES_EXPORTER"),
    ];
    for (variables, warning) in cases {
        let pipeline = prepared().await;
        let named = [("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url.as_str())];
        let output = run(&pipeline, &site, &[&named[..], variables].concat()).await;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(warning), "{told}");
        assert_eq!(result_of(output).0, 0, "{told}");
    }
    assert!(collector.requests().is_empty());
}
