//! When a host is asked no more: it is down, it refuses us, or enough has been asked.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::join_all;
use pipeline::fetch::{CacheConfig, FetchConfig, FetchError, Fetcher, Rate, SourceAccess};
use pipeline::{Error, Exit};
use support::{Answer, SOURCE, Site, request};

fn is_resting(answer: &Result<pipeline::fetch::Response, FetchError>) -> bool {
    matches!(answer, Err(FetchError::Resting { .. }))
}

/// A site that can be switched off.
async fn switched() -> (Site, Arc<AtomicBool>) {
    let is_up = Arc::new(AtomicBool::new(true));
    let switch = Arc::clone(&is_up);
    let site = Site::start(move |target, _| match target {
        "/robots.txt" => Answer::text(404, ""),
        "/gone" => Answer::text(404, ""),
        _ if is_up.load(Ordering::SeqCst) => Answer::text(200, "yes"),
        _ => Answer::text(503, "no"),
    })
    .await;
    (site, switch)
}

#[tokio::test]
async fn a_host_that_only_fails_gets_a_rest_and_one_trial_shows_whether_it_is_back() {
    let (site, switch) = switched().await;
    let rest = Duration::from_secs(1);
    let config = FetchConfig { breaker_failures: 3, breaker_rest: rest, attempts: 2, ..site.config() };
    let fetcher = Fetcher::new(config).unwrap();
    let get = |path: &str| {
        let request = request(path);
        let fetcher = &fetcher;
        async move { fetcher.get(&request).await }
    };
    // Failures that others interrupt are no outage; a page that is not there is no failure.
    for _ in 0..3 {
        for _ in 0..2 {
            switch.store(false, Ordering::SeqCst);
            assert!(matches!(get("/page").await, Err(FetchError::Down { attempts: 2, .. })));
        }
        get("/gone").await.unwrap();
    }
    for _ in 0..3 {
        assert!(matches!(get("/page").await, Err(FetchError::Down { .. })));
    }
    let before = site.asked().len();
    let error = get("/page").await.unwrap_err();
    assert!(matches!(error, FetchError::Resting { failures: 3, .. }), "{error:?}");
    assert_eq!(site.asked().len(), before, "nothing is asked for");
    let error = Error::from(error);
    assert_eq!((error.exit(), pipeline::fetch::is_blocked(&error)), (Exit::Unavailable, false));
    assert!(error.to_string().contains("the last 3 requests to its host failed"), "{error}");

    // The host is not back: of many requests one is the trial, with its attempts, and the rest begins anew.
    tokio::time::sleep(rest).await;
    let answers = join_all((0..5).map(|_| get("/page"))).await;
    assert_eq!(answers.iter().filter(|answer| is_resting(answer)).count(), 4, "{answers:?}");
    assert_eq!(site.asked().len(), before + 2);

    // It is back.
    switch.store(true, Ordering::SeqCst);
    tokio::time::sleep(rest).await;
    get("/page").await.unwrap();
    let answers = join_all((0..5).map(|_| get("/page"))).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
}

#[tokio::test]
async fn a_trial_that_is_given_up_lets_another_one_begin() {
    let site = Site::start(|target, before| match (target, before) {
        ("/robots.txt", _) => Answer::text(404, ""),
        ("/page", 0) => Answer::text(500, ""),
        ("/page", 1) => Answer::Late(Duration::from_secs(20), Box::new(Answer::text(200, "late"))),
        _ => Answer::text(200, "yes"),
    })
    .await;
    let rest = Duration::from_millis(50);
    let config = FetchConfig { breaker_failures: 1, breaker_rest: rest, attempts: 1, ..site.config() };
    let fetcher = Fetcher::new(config).unwrap();
    fetcher.get(&request("/page")).await.unwrap_err();
    tokio::time::sleep(2 * rest).await;
    let given_up = tokio::time::timeout(Duration::from_millis(300), fetcher.get(&request("/page"))).await;
    assert!(given_up.is_err(), "the trial takes long");
    fetcher.get(&request("/page")).await.unwrap();
}

#[tokio::test]
async fn requests_that_wait_when_the_rest_begins_do_not_start() {
    let site = Site::script(vec![Answer::text(500, "no")]).await;
    let mut config = FetchConfig { breaker_failures: 2, attempts: 1, concurrency: 2, ..site.config() };
    config.sources.get_mut(SOURCE).unwrap().rate = Rate::from_gap(Duration::from_millis(200)).unwrap();
    let fetcher = Fetcher::new(config).unwrap();
    let start = std::time::Instant::now();
    let requests: Vec<_> = (0..50).map(|number| request(&format!("/{number}"))).collect();
    let answers = join_all(requests.iter().map(|request| fetcher.get(request))).await;
    assert!(start.elapsed() < Duration::from_secs(8), "they fail at once, not each at its turn");
    let failed = answers.iter().filter(|answer| matches!(answer, Err(FetchError::Down { .. }))).count();
    assert_eq!(site.targets().len(), failed);
    // The second failure begins the rest; a third request may have been under way.
    assert!((2..=3).contains(&failed), "{failed}");
    assert_eq!(answers.iter().filter(|answer| is_resting(answer)).count(), 50 - failed);
}

#[tokio::test]
async fn the_first_refusal_ends_all_traffic_to_the_host() {
    let challenge = "<script src='/_sec/verify'></script>";
    let refusals = [(Answer::text(200, challenge), 1), (Answer::text(403, "no"), 1), (Answer::text(429, "no"), 3)];
    for (refusal, asked) in refusals {
        let answer = refusal.clone();
        let site = Site::start(move |target, _| match target {
            "/robots.txt" => Answer::text(404, ""),
            "/refused" => answer.clone(),
            _ => Answer::Late(Duration::from_millis(300), Box::new(Answer::text(200, "yes"))),
        })
        .await;
        let mut config = FetchConfig { concurrency: 2, breaker_rest: Duration::from_millis(1), ..site.config() };
        let other = SourceAccess { base_url: site.url.clone(), ..config.sources[SOURCE].clone() };
        config.sources.insert("other".to_owned(), other);
        let fetcher = Arc::new(Fetcher::new(config).unwrap());
        // Several tasks share the fetcher. One request is under way when another is refused; the others wait.
        let paths = ["/under-way", "/refused", "/1", "/2", "/3", "/4", "/5", "/6"];
        let tasks = paths.map(|path| {
            let fetcher = Arc::clone(&fetcher);
            tokio::spawn(async move { fetcher.get(&request(path)).await })
        });
        let answers: Vec<_> = join_all(tasks).await.into_iter().map(Result::unwrap).collect();
        let refused = site.targets().iter().filter(|target| *target == "/refused").count();
        assert_eq!(refused, asked, "{refusal:?}");
        let before = site.targets().len();
        for (path, answer) in paths.iter().zip(&answers) {
            let was_asked = site.targets().iter().any(|target| target == path);
            match answer {
                Ok(_) => assert!(was_asked, "{path}"),
                Err(error) => assert!(error.is_blocked() && (!was_asked || *path == "/refused"), "{path}: {error}"),
            }
        }
        // For good, for every source on that host, and not for a rest only.
        tokio::time::sleep(Duration::from_millis(20)).await;
        for later in [request("/later"), pipeline::fetch::Request::get("other", "/later")] {
            let error = fetcher.get(&later).await.unwrap_err();
            assert!(error.is_blocked() && error.to_string().contains("/refused"), "{error}");
        }
        assert_eq!(site.targets().len(), before);
    }
}

#[tokio::test]
async fn another_host_is_still_asked() {
    let (closed, open) =
        (Site::script(vec![Answer::text(403, "")]).await, Site::script(vec![Answer::text(200, "")]).await);
    let mut config = closed.config();
    config
        .sources
        .insert("other".to_owned(), SourceAccess { base_url: open.url.clone(), ..config.sources[SOURCE].clone() });
    let fetcher = Fetcher::new(config).unwrap();
    fetcher.get(&request("/page")).await.unwrap_err();
    fetcher.get(&pipeline::fetch::Request::get("other", "/page")).await.unwrap();
}

#[tokio::test]
async fn a_budget_bounds_all_requests_and_stored_answers_are_free() {
    let folder = tempfile::tempdir().unwrap();
    let site = Site::start(|target, before| match (target, before) {
        ("/robots.txt", _) => Answer::text(404, ""),
        ("/retried", 0) => Answer::text(500, ""),
        ("/moved", _) => Answer::text(302, "").with("location", "/target"),
        _ => Answer::text(200, "yes"),
    })
    .await;
    let run = |limit| {
        let cache = CacheConfig { folder: folder.path().to_owned(), limit: 1 << 20, refresh: false, since: None };
        Fetcher::new(FetchConfig { cache: Some(cache), max_requests: limit, ..site.config() }).unwrap()
    };
    let none = run(Some(0));
    let error = Error::from(none.get(&request("/page")).await.unwrap_err());
    assert_eq!((error.exit(), site.asked().len()), (Exit::Temporary, 0));
    assert!(error.to_string().contains("all 0 requests") && error.help_text().unwrap().contains("--max-requests"));

    // robots.txt, a failure and its retry, a redirect and its target: five.
    let five = run(Some(5));
    five.get(&request("/retried")).await.unwrap();
    five.get(&request("/moved")).await.unwrap();
    let error = five.get(&request("/page")).await.unwrap_err();
    assert!(matches!(error, FetchError::Budget { limit: 5, .. }), "{error:?}");
    assert_eq!((five.statistics().requests, site.asked().len()), (5, 5));

    let before = site.asked().len();
    let none = run(Some(0));
    none.get(&request("/retried")).await.unwrap();
    assert_eq!(site.asked().len(), before);
    let many = run(Some(30));
    let requests: Vec<_> = (0..60).map(|number| request(&format!("/{number}"))).collect();
    let answers = join_all(requests.iter().map(|request| many.get(request))).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 30, "robots.txt is stored");
    assert_eq!(site.asked().len(), before + 30);
}
