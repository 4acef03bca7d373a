//! The cache: what is asked once is not asked again, and nothing wrong is ever kept.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pipeline::Exit;
use pipeline::fetch::{CacheConfig, FetchConfig, Fetcher, Origin};
use support::{Answer, SOURCE, Site, request};

/// A fetcher with a cache: each is like another run of the program.
fn fetcher(site: &Site, folder: &Path) -> Fetcher {
    of(site, folder, |_| {})
}

fn of(site: &Site, folder: &Path, change: impl FnOnce(&mut FetchConfig)) -> Fetcher {
    let cache = CacheConfig { folder: folder.to_owned(), limit: 1 << 20, refresh: false, since: None };
    let mut config = FetchConfig { cache: Some(cache), ..site.config() };
    change(&mut config);
    Fetcher::new(config).unwrap()
}

/// A fetcher for which everything that is stored is stale.
fn doubting(site: &Site, folder: &Path) -> Fetcher {
    of(site, folder, |config| config.sources.get_mut(SOURCE).unwrap().lifetime = Duration::ZERO)
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let listed = |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    listed(folder).iter().flat_map(|folder| listed(folder)).collect()
}

#[tokio::test]
async fn a_second_run_asks_for_nothing_that_is_fresh_robots_txt_included() {
    for robots in [Answer::text(404, ""), Answer::text(200, "User-agent: *\nDisallow: /private\n")] {
        let site = Site::start(move |target, _| match target {
            "/robots.txt" => robots.clone(),
            "/list?a=1&b=2" => Answer::json("[1]").with("set-cookie", "secret=1"),
            "/moved" => Answer::text(302, "").with("location", "/target"),
            "/missing" => Answer::text(404, "not here"),
            _ => Answer::text(200, "<p>"),
        })
        .await;
        let folder = tempfile::tempdir().unwrap();
        let requests = [request("/list").query("b", 2).query("a", 1), request("/moved"), request("/missing")];
        let mut first = Vec::new();
        let run = fetcher(&site, folder.path());
        for request in &requests {
            first.push(run.get(request).await.unwrap());
        }
        let asked = site.asked().len();
        assert_eq!(asked, 5, "robots.txt, three requests, one redirect");

        let run = fetcher(&site, folder.path());
        for (request, first) in requests.iter().zip(&first) {
            let again = run.get(request).await.unwrap();
            assert_eq!((again.status, &again.body, &again.headers), (first.status, &first.body, &first.headers));
            assert_eq!((&again.url, &again.media_type), (&first.url, &first.media_type));
            assert_eq!((again.fetched_at, again.origin), (first.fetched_at, Origin::Cache), "as old as it is");
        }
        assert_eq!(site.asked().len(), asked);
        let told = run.statistics();
        assert_eq!((told.requests, told.from_cache, told.not_modified), (0, 3, 0));

        // What is not stored is still asked for by the rules that are.
        let run = fetcher(&site, folder.path());
        run.get(&request("/other")).await.unwrap();
        assert_eq!(site.asked().len(), asked + 1, "only the page");
        let is_open = run.get(&request("/private")).await.is_ok();
        assert_eq!(is_open, site.asked().len() == asked + 2, "the stored robots.txt holds");
    }
}

#[tokio::test]
async fn a_stale_answer_is_asked_for_conditionally_and_a_304_renews_it() {
    let etag = ("etag", "\"v1\"", "if-none-match: \"v1\"");
    let dated = ("last-modified", "Wed, 21 Oct 2026 07:28:00 GMT", "if-modified-since: wed, 21 oct 2026 07:28:00 gmt");
    for (header, value, asked_with) in [etag, dated] {
        let site = Site::start(move |target, before| match (target, before) {
            ("/robots.txt", _) => Answer::text(404, ""),
            (_, 0) => Answer::json("[1]").with(header, value),
            _ => Answer::Raw(b"HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n".to_vec()),
        })
        .await;
        let folder = tempfile::tempdir().unwrap();
        let first = fetcher(&site, folder.path()).get(&request("/list")).await.unwrap();

        let run = doubting(&site, folder.path());
        let confirmed = run.get(&request("/list")).await.unwrap();
        assert_eq!((confirmed.status, &confirmed.body[..]), (200, &b"[1]"[..]));
        assert_eq!(confirmed.media_type.as_deref(), Some("application/json"));
        assert!(confirmed.fetched_at > first.fetched_at);
        let told = run.statistics();
        assert_eq!(
            (told.requests, told.from_cache, told.not_modified),
            (1, 1, 1),
            "robots.txt is fresh by its own rule"
        );
        assert!(site.asked().last().unwrap().head.to_lowercase().contains(asked_with), "{header}");

        let run = fetcher(&site, folder.path());
        assert_eq!(run.get(&request("/list")).await.unwrap().fetched_at, confirmed.fetched_at, "renewed");
        assert_eq!(run.statistics().requests, 0);
    }
}

#[tokio::test]
async fn a_stale_answer_that_no_longer_holds_is_replaced() {
    // By a site that gives something to ask by, and by one that does not.
    for with_etag in [true, false] {
        let site = Site::start(move |target, before| match target {
            "/robots.txt" => Answer::text(404, ""),
            _ if with_etag => Answer::text(200, &before.to_string()).with("etag", format!("\"{before}\"")),
            _ => Answer::text(200, &before.to_string()),
        })
        .await;
        let folder = tempfile::tempdir().unwrap();
        fetcher(&site, folder.path()).get(&request("/page")).await.unwrap();
        let run = doubting(&site, folder.path());
        assert_eq!(&run.get(&request("/page")).await.unwrap().body[..], b"1");
        let head = site.asked().last().unwrap().head.to_lowercase();
        assert_eq!(head.contains("if-none-match: \"0\""), with_etag, "{head}");
        assert_eq!(&fetcher(&site, folder.path()).get(&request("/page")).await.unwrap().body[..], b"1");
        // A request may know better than its source how long it holds.
        let held = request("/page").lifetime(Duration::from_secs(60));
        assert_eq!(&doubting(&site, folder.path()).get(&held).await.unwrap().body[..], b"1");
        assert_eq!(site.targets().len(), 2);
    }
}

#[tokio::test]
async fn failures_refusals_and_empty_pages_are_not_kept() {
    let challenge = "<script src='/_sec/verify'></script>";
    let answers = [
        Answer::text(200, challenge),
        Answer::text(404, challenge),
        Answer::text(403, "no"),
        Answer::text(429, "no"),
        Answer::text(500, "no"),
        Answer::text(400, "no"),
        Answer::text(204, ""),
        Answer::text(200, ""),
        Answer::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".to_vec()),
    ];
    for bad in answers {
        let answer = bad.clone();
        let site = Site::start(move |target, _| match target {
            "/robots.txt" => Answer::text(404, ""),
            _ => answer.clone(),
        })
        .await;
        let folder = tempfile::tempdir().unwrap();
        let _ = fetcher(&site, folder.path()).get(&request("/page")).await;
        let before = site.targets().len();
        let _ = fetcher(&site, folder.path()).get(&request("/page")).await;
        assert_eq!(site.targets().len(), 2 * before, "{bad:?} is asked for again");
        assert_eq!(entries(folder.path()).len(), 1, "{bad:?}: robots.txt alone is kept");
    }
}

#[tokio::test]
async fn a_refresh_asks_for_everything_and_stores_it() {
    let site = Site::start(|target, before| match target {
        "/robots.txt" => Answer::text(404, ""),
        _ => Answer::text(200, &before.to_string()).with("etag", "\"same\""),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    fetcher(&site, folder.path()).get(&request("/page")).await.unwrap();
    let run = of(&site, folder.path(), |config| config.cache.as_mut().unwrap().refresh = true);
    assert_eq!(&run.get(&request("/page")).await.unwrap().body[..], b"1");
    assert!(!site.asked().last().unwrap().head.to_lowercase().contains("if-none-match"), "without conditions");
    assert_eq!(&fetcher(&site, folder.path()).get(&request("/page")).await.unwrap().body[..], b"1");
}

#[tokio::test]
async fn another_site_is_another_entry() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["one", "two"] {
        let site = Site::script(vec![Answer::text(200, name)]).await;
        assert_eq!(&fetcher(&site, folder.path()).get(&request("/page")).await.unwrap().body[..], name.as_bytes());
    }
}

#[tokio::test]
async fn a_damaged_entry_is_asked_for_again_and_mended() {
    let site = Site::script(vec![Answer::text(200, "the page")]).await;
    let folder = tempfile::tempdir().unwrap();
    fetcher(&site, folder.path()).get(&request("/page")).await.unwrap();
    let whole: Vec<_> = entries(folder.path()).into_iter().map(|path| (fs::read(&path).unwrap(), path)).collect();
    type Damage = fn(&[u8]) -> Vec<u8>;
    let damages: [Damage; 4] = [
        |_| Vec::new(),
        |bytes| bytes[..bytes.len() / 2].to_vec(),
        |bytes| [&bytes[..bytes.len() - 1], b"x"].concat(),
        |_| b"something else".to_vec(),
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        whole.iter().for_each(|(bytes, path)| fs::write(path, damage(bytes)).unwrap());
        let asked = site.asked().len();
        let run = fetcher(&site, folder.path());
        assert_eq!(&run.get(&request("/page")).await.unwrap().body[..], b"the page");
        assert_eq!(site.asked().len(), asked + 2, "damage {number}");
        assert_eq!(&fetcher(&site, folder.path()).get(&request("/page")).await.unwrap().body[..], b"the page");
        assert_eq!(site.asked().len(), asked + 2, "damage {number} is mended");
    }
}

#[tokio::test]
async fn the_oldest_answers_give_way_when_there_are_too_many() {
    let page = |target: &str| {
        // What does not compress: the numbers of a simple generator.
        let mut seed = target.bytes().fold(7_u64, |seed, byte| seed * 31 + u64::from(byte));
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as u8
        };
        (0..10_000).map(|_| next()).collect::<Vec<_>>()
    };
    let site = Site::start(move |target, _| match target {
        "/robots.txt" => Answer::text(404, ""),
        _ => Answer::Whole(200, Vec::new(), page(target)),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let limit = 100_000;
    for run in 0..3 {
        let run_of = of(&site, folder.path(), |config| config.cache.as_mut().unwrap().limit = limit);
        for number in 0..12 {
            run_of.get(&request(&format!("/{run}/{number}"))).await.unwrap();
            let size: u64 = entries(folder.path()).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
            assert!(size <= limit, "{size} after {run}/{number}");
        }
        // Times of files are coarse on some systems: the last two may be equally old.
        let asked = site.asked().len();
        run_of.get(&request(&format!("/{run}/11"))).await.unwrap();
        assert_eq!(site.asked().len(), asked, "the newest stays");
    }
    assert!(entries(folder.path()).len() >= 5, "no more than needed is removed");
    let asked = site.targets().len();
    fetcher(&site, folder.path()).get(&request("/0/0")).await.unwrap();
    assert_eq!(site.targets().len(), asked + 1, "the oldest is gone");
}

#[tokio::test]
async fn several_runs_share_a_folder_at_once() {
    let body = |target: &str| target.repeat(500);
    let site = Site::start(move |target, _| match target {
        "/robots.txt" => Answer::text(404, ""),
        _ => Answer::text(200, &body(target)),
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let runs: Vec<_> = (0..4).map(|_| fetcher(&site, folder.path())).collect();
    let paths: Vec<_> = (0..20).map(|number| format!("/{number}")).collect();
    let asks = runs.iter().flat_map(|run| {
        paths.iter().map(move |path| async move { (path.repeat(500), run.get(&request(path)).await.unwrap()) })
    });
    for (expected, answer) in futures::future::join_all(asks).await {
        assert!(answer.body[..] == *expected.as_bytes(), "{}", answer.url);
    }
    assert_eq!(entries(folder.path()).len(), 21, "no unfinished file is left");
}

#[tokio::test]
async fn a_cache_that_cannot_be_written_costs_nothing_but_requests() {
    let site = Site::script(vec![Answer::text(200, "yes")]).await;
    let folder = tempfile::tempdir().unwrap();
    let run = fetcher(&site, folder.path());
    // Files where the folders of entries would be.
    (0..=255).for_each(|byte| fs::write(folder.path().join(format!("{byte:02x}")), "").unwrap());
    for _ in 0..2 {
        assert_eq!(&run.get(&request("/page")).await.unwrap().body[..], b"yes");
    }
    assert_eq!(site.targets().len(), 2);
}

#[tokio::test]
async fn a_folder_that_cannot_be_one_is_told_at_once() {
    let site = Site::script(vec![Answer::text(200, "yes")]).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let cache = CacheConfig { folder: file.path().to_owned(), limit: 1, refresh: false, since: None };
    let error = Fetcher::new(FetchConfig { cache: Some(cache), ..site.config() }).unwrap_err();
    assert_eq!(error.exit(), Exit::Configuration);
    assert!(error.to_string().contains(&file.path().display().to_string()), "{error}");
}
