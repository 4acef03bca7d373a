//! Recordings: what was recorded comes back, and nothing else does.

mod support;

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use pipeline::Exit;
use pipeline::fetch::{FetchConfig, FetchError, Fetcher, Mode, Origin, Response, is_beyond_recording};
use support::{Answer, SOURCE, Site, request};

fn recorder(site: &Site, folder: &Path) -> Fetcher {
    Fetcher::new(FetchConfig { mode: Mode::Live { record: Some(folder.to_owned()) }, ..site.config() }).unwrap()
}

fn replay(folder: &Path, url: &str) -> Fetcher {
    Fetcher::new(FetchConfig { mode: Mode::Replay(folder.to_owned()), ..support::config(url) }).unwrap()
}

fn told(response: &Response) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        response.status,
        response.body.clone(),
        response.headers.clone(),
        response.media_type.clone(),
        response.url.clone(),
    )
}

#[tokio::test]
async fn a_replay_answers_as_the_site_did_without_it() {
    let site = Site::start(|target, _| match target {
        "/list?a=1&b=2" => Answer::json("[1]").with("set-cookie", "secret=1"),
        "/empty" => Answer::text(200, ""),
        _ => Answer::text(404, "not here"),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let requests = [request("/list").query("b", 2).query("a", 1), request("/empty"), request("/missing")];
    let fetcher = recorder(&site, folder.path());
    let mut live = Vec::new();
    for request in &requests {
        live.push(fetcher.get(request).await.unwrap());
    }
    let url = site.url.clone();
    drop(site);

    let fetcher = replay(folder.path(), &url);
    for (request, live) in requests.iter().zip(&live) {
        let replayed = fetcher.get(request).await.unwrap();
        assert_eq!(told(&replayed), told(live));
        assert_eq!((replayed.origin, replayed.fetched_at), (Origin::Recording, live.fetched_at));
    }
    let statistics = fetcher.statistics();
    assert_eq!((statistics.requests, statistics.replayed), (0, 3));
    let index = fs::read_to_string(folder.path().join(SOURCE).join("index.ndjson")).unwrap();
    assert_eq!(index.lines().count(), 3, "robots.txt is no part of it");
    assert!(!index.contains("secret"));
}

#[tokio::test]
async fn an_unrecorded_request_names_itself_and_the_recording() {
    let site = Site::script(vec![Answer::json("[1]")]).await;
    let folder = tempfile::tempdir().unwrap();
    recorder(&site, folder.path()).get(&request("/list")).await.unwrap();
    let before = site.asked().len();

    let error = replay(folder.path(), &site.url).get(&request("/list").query("page", 2)).await.unwrap_err();
    assert_eq!(error.exit(), Exit::Input);
    let message = error.to_string();
    assert!(
        message.contains("GET /list?page=2") && message.contains(&folder.path().display().to_string()),
        "{message}"
    );
    let help = pipeline::Error::from(error).help_text().map(str::to_owned).unwrap();
    assert!(help.contains("same `--limit`"), "a recording of a part is asked for that part: {help}");
    assert_eq!(site.asked().len(), before, "a replay does not ask the site");
}

#[tokio::test]
async fn challenge_pages_and_failures_are_not_recorded() {
    let page = "<script>post('/_sec/verify')</script>";
    for answer in [Answer::text(200, page), Answer::text(500, ""), Answer::text(403, "")] {
        let site = Site::script(vec![answer]).await;
        let folder = tempfile::tempdir().unwrap();
        recorder(&site, folder.path()).get(&request("/list")).await.unwrap_err();
        assert!(!folder.path().join(SOURCE).exists());
    }
}

#[tokio::test]
async fn a_recording_of_a_challenge_page_is_blocked_too() {
    let folder = recording(r#"{"path":"/a","status":200,"body":"a.html","fetched_at":"2026-01-01T00:00:00Z"}"#);
    fs::write(folder.path().join(SOURCE).join("a.html"), "<p>bm-verify</p>").unwrap();
    assert!(replay(folder.path(), "http://host").get(&request("/a")).await.unwrap_err().is_blocked());
}

fn recording(index: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(SOURCE)).unwrap();
    fs::write(folder.path().join(SOURCE).join("index.ndjson"), index).unwrap();
    folder
}

#[tokio::test]
async fn a_path_may_be_absent_or_left_out_unless_it_is_recorded() {
    let folder = recording(concat!(
        r#"{"absent":"/detail"}"#,
        "\n",
        r#"{"path":"/detail","query":"b=2&a=1","status":200,"fetched_at":"2026-01-01T00:00:00Z"}"#,
        "\n",
        r#"{"absent":"/teams/*/roster"}"#,
        "\n",
        r#"{"beyond":"/teams/*"}"#,
        "\n",
    ));
    let fetcher = replay(folder.path(), "http://host");
    let cases = [
        (request("/detail").query("a", 1).query("b", 2), Some(200)),
        (request("/detail").query("id", 7), Some(404)),
        (request("/teams/8/roster"), Some(404)),
        (request("/details"), None),
        (request("/teams/8"), None),
    ];
    for (request, status) in cases {
        let answer = fetcher.get(&request).await;
        assert_eq!(answer.as_ref().ok().map(|response| response.status), status, "{request}");
    }
    // What a recording says that it leaves out is told from what is missing in it.
    for (path, is_beyond, exit) in [("/teams/8", true, Exit::NotApplicable), ("/details", false, Exit::Input)] {
        let error = pipeline::Error::from(fetcher.get(&request(path)).await.unwrap_err());
        assert_eq!((is_beyond_recording(&error), error.exit()), (is_beyond, exit), "{error}");
    }
}

#[tokio::test]
async fn a_recording_survives_the_death_of_its_recorder() {
    let site = Site::start(|target, _| Answer::text(200, target)).await;
    let folder = tempfile::tempdir().unwrap();
    recorder(&site, folder.path()).get(&request("/one")).await.unwrap();
    // Killed in the middle of a line.
    let index = folder.path().join(SOURCE).join("index.ndjson");
    OpenOptions::new().append(true).open(&index).unwrap().write_all(b"{\"method\":\"GET\",\"pa").unwrap();

    let fetcher = replay(folder.path(), &site.url);
    assert_eq!(&fetcher.get(&request("/one")).await.unwrap().body[..], b"/one");
    recorder(&site, folder.path()).get(&request("/two")).await.unwrap();
    let fetcher = replay(folder.path(), &site.url);
    for path in ["/one", "/two"] {
        assert_eq!(&fetcher.get(&request(path)).await.unwrap().body[..], path.as_bytes());
    }
    assert_eq!(fs::read_to_string(&index).unwrap().lines().count(), 2);
}

#[tokio::test]
async fn a_later_recording_of_a_request_holds() {
    let site = Site::script(vec![Answer::text(200, "old"), Answer::text(200, "new")]).await;
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        recorder(&site, folder.path()).get(&request("/page")).await.unwrap();
    }
    let response = replay(folder.path(), &site.url).get(&request("/page")).await.unwrap();
    assert_eq!(&response.body[..], b"new");
}

#[tokio::test]
async fn a_broken_recording_names_file_and_line() {
    let folder = recording("{\"absent\":\"/a\"}\n{\"path\":7}\n");
    let error = replay(folder.path(), "http://host").get(&request("/a")).await.unwrap_err();
    assert!(error.to_string().contains("index.ndjson:2"), "{error}");
    assert_eq!(error.exit(), Exit::Input);

    let outside = recording(r#"{"path":"/a","status":200,"body":"../../secret","fetched_at":"2026-01-01T00:00:00Z"}"#);
    let error = replay(outside.path(), "http://host").get(&request("/a")).await.unwrap_err();
    assert!(matches!(error, FetchError::Recording { .. }), "{error:?}");
}

#[test]
fn a_folder_that_cannot_be_used_is_told_before_any_request() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let nowhere = file.path().with_extension("nowhere");
    let record = |folder: &Path| Mode::Live { record: Some(folder.to_owned()) };
    let cases = [
        (record(file.path()), file.path(), "File exists"),
        (record(&file.path().join("recording")), file.path(), "Not a directory"),
        (Mode::Replay(nowhere.clone()), &nowhere, "No such file"),
        (Mode::Replay(file.path().to_owned()), file.path(), "not a folder"),
    ];
    for (mode, place, reason) in cases {
        let error = Fetcher::new(FetchConfig { mode, ..support::config("http://127.0.0.1:1") }).unwrap_err();
        assert_eq!(error.exit(), Exit::Configuration, "{error}");
        assert!(error.to_string().contains(&place.display().to_string()), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
}
