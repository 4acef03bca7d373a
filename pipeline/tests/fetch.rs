//! The client against a site that misbehaves: what is retried, what is refused, and how it is told.

mod support;

use std::io::Write;
use std::time::{Duration, Instant};

use futures::StreamExt;
use pipeline::fetch::{FetchError, Fetcher, Rate, SourceAccess, is_blocked};
use pipeline::{Error, Exit};
use support::{Answer, SOURCE, Site, config, request};

async fn get(site: &Site) -> Result<pipeline::fetch::Response, FetchError> {
    site.fetcher().get(&request("/page")).await
}

#[tokio::test]
async fn an_answer_comes_with_its_status_type_and_headers_less_cookies() {
    let site = Site::script(vec![Answer::json("[1]").with("set-cookie", "session=1").with("x-served-by", "a")]).await;
    let response = site.fetcher().get(&request("/list").query("type", 12)).await.unwrap();
    assert_eq!((response.status, &response.body[..]), (200, &b"[1]"[..]));
    assert_eq!(response.media_type.as_deref(), Some("application/json"));
    assert_eq!(response.url, format!("{}/list?type=12", site.url));
    assert_eq!(response.headers.get("x-served-by").map(String::as_str), Some("a"));
    assert!(!response.headers.keys().any(|name| name.contains("cookie") || name == "content-length"));
    let asked = site.asked();
    assert_eq!(asked[1].target, "/list?type=12");
    let agent = format!("user-agent: drizzle-pipeline/{}", env!("CARGO_PKG_VERSION"));
    assert!(asked.iter().all(|asked| asked.head.to_lowercase().contains(&agent)), "{asked:?}");
}

#[tokio::test]
async fn passing_errors_are_tried_again() {
    for status in [408, 425, 429, 500, 502, 503, 504] {
        let site = Site::script(vec![Answer::text(status, "no"), Answer::text(200, "yes")]).await;
        let fetcher = site.fetcher();
        let response = fetcher.get(&request("/page")).await.unwrap();
        assert_eq!(&response.body[..], b"yes", "{status}");
        let statistics = fetcher.statistics();
        // robots.txt, the failure, the answer
        assert_eq!((statistics.requests, statistics.retries), (3, 1), "{status}");
    }
}

#[tokio::test]
async fn a_site_that_only_fails_is_down_after_all_attempts() {
    let site = Site::script(vec![Answer::text(503, "no")]).await;
    let error = get(&site).await.unwrap_err();
    assert_eq!(site.targets().len(), 3);
    let error = Error::from(error);
    assert_eq!(error.exit(), Exit::Unavailable);
    assert!(!is_blocked(&error));
    assert!(error.to_string().contains("HTTP 503 (3 attempts)"), "{error}");
}

#[tokio::test]
async fn a_site_that_is_not_there_is_down() {
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let fetcher = Fetcher::new(config(&format!("http://127.0.0.1:{port}"))).unwrap();
    let error = fetcher.get(&request("/page")).await.unwrap_err();
    assert!(matches!(error, FetchError::Down { attempts: 3, status: None, .. }), "{error:?}");
}

#[tokio::test]
async fn other_errors_are_not_tried_again() {
    for (status, exit) in [(400, Exit::Input), (401, Exit::Input), (403, Exit::Unavailable), (501, Exit::Input)] {
        let site = Site::script(vec![Answer::text(status, "no")]).await;
        let error = get(&site).await.unwrap_err();
        assert_eq!((error.exit(), error.is_blocked()), (exit, status == 403), "{status}: {error}");
        assert_eq!(site.targets().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_absent_and_no_error() {
    for status in [404, 410] {
        let site = Site::script(vec![Answer::text(status, "nothing here")]).await;
        assert!(get(&site).await.unwrap().is_absent());
        assert_eq!(site.targets().len(), 1);
    }
}

#[tokio::test]
async fn retry_after_is_waited_for_in_both_forms() {
    // A date has whole seconds only, and some time passes before the request: three seconds ahead is a wait of about two.
    for (seconds, dated, least) in [(1, false, 1000), (3, true, 1500)] {
        let value = if dated { httpdate_in(seconds) } else { seconds.to_string() };
        let refusal = Answer::text(429, "slow down").with("retry-after", value.as_str());
        let site = Site::script(vec![refusal, Answer::text(200, "yes")]).await;
        get(&site).await.unwrap();
        let asked = site.asked();
        assert_eq!(asked.len(), 3, "{value}");
        let waited = asked[2].at - asked[1].at;
        assert!(waited >= Duration::from_millis(least), "{value}: {waited:?}");
    }
}

fn httpdate_in(seconds: i64) -> String {
    let time = chrono::Utc::now() + chrono::TimeDelta::seconds(seconds);
    time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[tokio::test]
async fn retry_after_holds_back_every_request_to_the_host() {
    let site = Site::start(|target, before| match (target, before) {
        ("/robots.txt", _) => Answer::text(404, ""),
        ("/one", 0) => Answer::text(503, "").with("retry-after", "1"),
        _ => Answer::text(200, "yes"),
    })
    .await;
    let fetcher = site.fetcher();
    let (one, two) = (request("/one"), request("/two"));
    let later = async {
        while !site.targets().contains(&"/one".to_owned()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // Time for the refusal to arrive.
        tokio::time::sleep(Duration::from_millis(400)).await;
        fetcher.get(&two).await
    };
    let (first, second) = tokio::join!(fetcher.get(&one), later);
    first.unwrap();
    second.unwrap();
    let asked = site.asked();
    let refused = asked.iter().find(|asked| asked.target == "/one").unwrap().at;
    let two = asked.iter().find(|asked| asked.target == "/two").unwrap().at;
    assert!(two - refused >= Duration::from_secs(1), "{:?}", two - refused);
}

#[tokio::test]
async fn a_retry_after_beyond_the_limit_ends_at_once() {
    let site = Site::script(vec![Answer::text(429, "").with("retry-after", "3600")]).await;
    let answer = tokio::time::timeout(Duration::from_secs(20), get(&site)).await.expect("it does not wait for an hour");
    let error = answer.unwrap_err();
    assert!(error.is_blocked() && error.to_string().contains("asks to wait 3600 seconds"), "{error}");
    assert_eq!(site.targets().len(), 1);
}

#[tokio::test]
async fn too_many_requests_without_end_is_blocked() {
    let site = Site::script(vec![Answer::text(429, "no")]).await;
    let error = Error::from(get(&site).await.unwrap_err());
    assert_eq!(error.exit(), Exit::Unavailable);
    assert!(is_blocked(&error));
    assert_eq!(site.targets().len(), 3);
}

#[tokio::test]
async fn a_challenge_page_that_comes_as_200_is_blocked() {
    let page = "<html><iframe src=\"/akamai_validation.html\"></iframe></html>";
    let site = Site::script(vec![Answer::text(200, page)]).await;
    let error = get(&site).await.unwrap_err();
    assert!(error.is_blocked(), "{error:?}");
    assert!(error.to_string().contains("akamai_validation"), "{error}");
    assert_eq!(site.targets().len(), 1);
}

#[tokio::test]
async fn a_body_cut_short_is_tried_again() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[1,2".to_vec();
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\n[1,2\r\n".to_vec();
    for raw in [cut, chunked, b"".to_vec()] {
        let site = Site::script(vec![Answer::Raw(raw), Answer::json("[1,2]")]).await;
        assert_eq!(&get(&site).await.unwrap().body[..], b"[1,2]");
        assert_eq!(site.targets().len(), 2);
    }
}

#[tokio::test]
async fn a_slow_answer_is_given_up_and_tried_again() {
    let late = Answer::Late(Duration::from_secs(20), Box::new(Answer::text(200, "late")));
    let site = Site::script(vec![late, Answer::text(200, "soon")]).await;
    let mut config = site.config();
    config.timeout = Duration::from_secs(1);
    let response = Fetcher::new(config).unwrap().get(&request("/page")).await.unwrap();
    assert_eq!(&response.body[..], b"soon");
}

#[tokio::test]
async fn compressed_bodies_are_unpacked_and_lies_about_them_found_out() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packer.write_all(b"[\"packed\"]").unwrap();
    let packed = packer.finish().unwrap();
    let answer = Answer::json(packed.clone()).with("content-encoding", "gzip");
    let site = Site::script(vec![answer]).await;
    let response = get(&site).await.unwrap();
    assert_eq!(&response.body[..], b"[\"packed\"]");
    assert!(!response.headers.contains_key("content-encoding"));

    let lies = [Answer::json("not packed"), Answer::json(packed[..packed.len() / 2].to_vec())];
    for lie in lies {
        let site = Site::script(vec![lie.with("content-encoding", "gzip")]).await;
        assert!(matches!(get(&site).await.unwrap_err(), FetchError::Down { .. }));
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_also_if_it_grows_by_unpacking() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![b' '; 4 << 20]).unwrap();
    let bomb = packer.finish().unwrap();
    assert!(bomb.len() < 10_000);
    for answer in [Answer::json(vec![b' '; 20_000]), Answer::json(bomb).with("content-encoding", "gzip")] {
        let site = Site::script(vec![answer]).await;
        let mut config = site.config();
        config.body_limit = 10_000;
        let error = Fetcher::new(config).unwrap().get(&request("/page")).await.unwrap_err();
        assert!(matches!(error, FetchError::TooLarge { limit: 10_000, .. }), "{error:?}");
        assert_eq!(site.targets().len(), 1);
    }
}

#[tokio::test]
async fn redirects_are_followed_within_the_host_only() {
    let site = Site::start(|target, _| match target {
        "/robots.txt" => Answer::text(404, ""),
        "/page" => Answer::text(302, "").with("location", "/moved?x=1"),
        "/moved?x=1" => Answer::text(200, "here"),
        "/away" => Answer::text(301, "").with("location", "http://localhost:1/page"),
        "/port" => Answer::text(301, "").with("location", "http://127.0.0.1:1/page"),
        _ => Answer::text(302, "").with("location", "/round"),
    })
    .await;
    let fetcher = site.fetcher();
    let response = fetcher.get(&request("/page")).await.unwrap();
    assert_eq!(response.url, format!("{}/moved?x=1", site.url));
    for (path, reason) in [("/away", "within the host"), ("/port", "within the host"), ("/round", "too many")] {
        let error = fetcher.get(&request(path)).await.unwrap_err();
        assert_eq!(error.exit(), Exit::Input);
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[tokio::test]
async fn what_robots_txt_forbids_is_not_requested() {
    let site = Site::start(|target, _| match target {
        "/robots.txt" => Answer::text(200, "User-agent: *\nDisallow: /private/\n"),
        "/open" => Answer::text(302, "").with("location", "/private/page"),
        _ => Answer::text(200, "yes"),
    })
    .await;
    let fetcher = site.fetcher();
    for path in ["/private/page", "/open"] {
        let error = Error::from(fetcher.get(&request(path)).await.unwrap_err());
        assert_eq!((error.exit(), is_blocked(&error)), (Exit::Unavailable, true));
        assert!(error.to_string().contains("Disallow: /private/"), "{error}");
    }
    fetcher.get(&request("/public")).await.unwrap();
    let targets: Vec<_> = site.asked().into_iter().map(|asked| asked.target).collect();
    assert_eq!(targets, ["/robots.txt", "/open", "/public"], "asked once, and nothing forbidden");
}

#[tokio::test]
async fn without_a_robots_txt_all_is_open_and_one_that_fails_is_an_outage() {
    for (status, open) in [(404, true), (403, true), (500, false)] {
        let site = Site::start(move |target, _| match target {
            "/robots.txt" => Answer::text(status, ""),
            _ => Answer::text(200, "yes"),
        })
        .await;
        assert_eq!(get(&site).await.is_ok(), open, "{status}");
        assert_eq!(site.targets().is_empty(), !open, "{status}");
    }
}

#[tokio::test]
async fn request_starts_are_the_rate_apart_and_so_are_robots_txt_and_retries() {
    let gap = Duration::from_millis(100);
    let site = Site::start(|target, before| match (target, before) {
        ("/robots.txt", _) => Answer::text(404, ""),
        ("/3", 0) => Answer::text(500, ""),
        _ => Answer::text(200, "yes"),
    })
    .await;
    let mut config = site.config();
    config.sources.get_mut(SOURCE).unwrap().rate = Rate::from_gap(gap).unwrap();
    let fetcher = Fetcher::new(config).unwrap();
    let requests: Vec<_> = (0..8).map(|number| request(&format!("/{number}"))).collect();
    futures::future::join_all(requests.iter().map(|request| fetcher.get(request))).await;
    let mut starts: Vec<_> = site.asked().iter().map(|asked| asked.at).collect();
    starts.sort();
    assert_eq!(starts.len(), 10);
    // The client spaces the starts; on the way here each is late by a little, on a busy machine by more.
    let whole = *starts.last().unwrap() - starts[0];
    assert!(whole >= gap * 9 - gap / 2, "{whole:?}");
    for pair in starts.windows(2) {
        assert!(pair[1] - pair[0] >= gap / 2, "{:?}", pair[1] - pair[0]);
    }
    assert!(fetcher.statistics().waited >= gap * 9);
}

#[tokio::test]
async fn after_others_the_first_request_waits_its_turn_too() {
    let gap = Duration::from_millis(300);
    let site = Site::script(vec![Answer::text(200, "yes")]).await;
    let mut config = site.config();
    config.sources.get_mut(SOURCE).unwrap().rate = Rate::from_gap(gap).unwrap();
    config.after_others = true;
    let begun = Instant::now();
    let fetcher = Fetcher::new(config).unwrap();
    fetcher.get(&request("/one")).await.unwrap();
    let waited = site.asked()[0].at - begun;
    assert!(waited >= gap, "{waited:?}");
}

#[tokio::test]
async fn a_turn_is_taken_when_it_comes_also_while_nobody_waits_for_the_answer() {
    let site = Site::script(vec![Answer::text(200, "yes")]).await;
    let mut config = site.config();
    config.sources.get_mut(SOURCE).unwrap().rate = Rate::from_gap(Duration::from_millis(300)).unwrap();
    let fetcher = Fetcher::new(config).unwrap();
    let requests = [request("/one"), request("/two")];
    let mut answers = futures::stream::iter(&requests).map(|request| fetcher.get(request)).buffer_unordered(2);
    answers.next().await.unwrap().unwrap();
    // The second request waits for its turn, and whoever asked is busy with the first answer.
    let asked = async {
        while site.targets().len() < 2 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), asked).await.expect("it is sent all the same");
    answers.next().await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_nobody_wants_any_more_is_not_sent() {
    let site = Site::script(vec![Answer::text(200, "yes")]).await;
    let mut config = site.config();
    config.sources.get_mut(SOURCE).unwrap().rate = Rate::from_gap(Duration::from_millis(300)).unwrap();
    let fetcher = Fetcher::new(config).unwrap();
    fetcher.get(&request("/one")).await.unwrap();
    let dropped = request("/dropped");
    assert!(tokio::time::timeout(Duration::from_millis(50), fetcher.get(&dropped)).await.is_err());
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(site.targets(), ["/one"]);
}

#[tokio::test]
async fn sources_on_one_host_share_its_turns() {
    let site = Site::script(vec![Answer::text(200, "yes")]).await;
    let mut config = site.config();
    let slow = SourceAccess {
        base_url: site.url.clone(),
        rate: Rate::from_gap(Duration::from_millis(100)).unwrap(),
        lifetime: support::HOUR,
    };
    config.sources.insert("other".to_owned(), slow);
    let fetcher = Fetcher::new(config).unwrap();
    fetcher.get(&request("/a")).await.unwrap();
    fetcher.get(&pipeline::fetch::Request::get("other", "/b")).await.unwrap();
    let asked = site.asked();
    assert_eq!(asked.len(), 3, "one robots.txt for both");
    assert!(asked[2].at - asked[0].at >= Duration::from_millis(150));
}

#[tokio::test]
async fn no_more_than_the_limit_are_under_way_at_once() {
    let site = Site::start(|target, _| match target {
        "/robots.txt" => Answer::text(404, ""),
        _ => Answer::Late(Duration::from_millis(100), Box::new(Answer::text(200, "yes"))),
    })
    .await;
    let mut config = site.config();
    config.concurrency = 3;
    let fetcher = Fetcher::new(config).unwrap();
    let requests: Vec<_> = (0..12).map(|number| request(&format!("/{number}"))).collect();
    let answers = futures::future::join_all(requests.iter().map(|request| fetcher.get(request))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert!((2..=3).contains(&site.most_at_once()), "{}", site.most_at_once());
}

#[test]
fn settings_that_cannot_be_used_are_told_at_once() {
    for url in ["ftp://host", "host", "http://", "http://host/?x=1"] {
        let error = Fetcher::new(config(url)).unwrap_err();
        assert_eq!(error.exit(), Exit::Configuration, "{url}");
        assert!(error.to_string().contains(SOURCE), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate").unwrap();
    for file in [folder.path().join("missing.pem"), empty] {
        let mut config = config("http://127.0.0.1:1");
        config.ca_file = Some(file.clone());
        let error = Fetcher::new(config).unwrap_err();
        assert_eq!(error.exit(), Exit::Configuration);
        assert!(error.to_string().contains(&file.display().to_string()), "{error}");
    }
}

#[tokio::test]
async fn what_was_done_is_told_by_host() {
    let page = "0123456789";
    let slow = Site::start(move |target, before| match (target, before) {
        ("/robots.txt", _) => Answer::text(404, ""),
        ("/moved", _) => Answer::text(302, "").with("location", "/page"),
        ("/flaky", 0) => Answer::text(503, ""),
        ("/refused", _) => Answer::text(403, ""),
        _ => Answer::Late(Duration::from_millis(50), Box::new(Answer::text(200, page))),
    })
    .await;
    let other = Site::script(vec![Answer::text(200, page)]).await;
    let mut config = slow.config();
    for (name, url) in [("same", &slow.url), ("other", &other.url), ("idle", &"http://127.0.0.1:1".to_owned())] {
        let access = SourceAccess { base_url: url.clone(), ..config.sources[SOURCE].clone() };
        config.sources.insert(name.to_owned(), access);
    }
    let fetcher = Fetcher::new(config).unwrap();
    for request in [request("/moved"), request("/flaky"), pipeline::fetch::Request::get("same", "/page")] {
        fetcher.get(&request).await.unwrap();
    }
    fetcher.get(&pipeline::fetch::Request::get("other", "/page")).await.unwrap();
    assert!(fetcher.get(&request("/refused")).await.is_err());

    let hosts = fetcher.hosts();
    let name = |site: &Site| site.url.trim_start_matches("http://").to_owned();
    assert_eq!(hosts.keys().cloned().collect::<std::collections::BTreeSet<_>>(), [name(&slow), name(&other)].into());
    let told = hosts[&name(&slow)];
    // robots.txt, a redirect and its target, two attempts, the other source's page, the refusal
    assert_eq!((told.requests, told.retries, told.failures), (7, 1, 2));
    assert_eq!(told.requests as usize, slow.asked().len());
    assert_eq!(told.bytes, 3 * page.len() as u64);
    // Three answers that each came late; the client's own work on top.
    assert!(told.requesting >= Duration::from_millis(150), "{:?}", told.requesting);
    assert_eq!((hosts[&name(&other)].requests, hosts[&name(&other)].failures), (2, 0));

    let all = fetcher.statistics();
    assert_eq!((all.requests, all.failures, all.bytes), (9, 2, 4 * page.len() as u64));
}
