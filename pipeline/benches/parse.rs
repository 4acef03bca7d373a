//! Extractors against the bare parse of the same page. `cargo bench -p pipeline --bench parse`
//!
//! The pages are the fixtures, their rows repeated until they are as long as real pages. *Bare* is what every extractor that builds
//! a tree must do: the bytes as text, and `scraper`'s tree of it. Items are pages.

use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use pipeline::fetch::{Origin, Response};
use pipeline::sources::{ncaa_com, ncaa_directory, ncaa_stats};
use scraper::Html;

fn main() {
    divan::main();
}

/// The kinds of pages.
const PAGES: [&str; 8] =
    ["team list", "roster", "season", "contest", "schedule", "leaders", "schools (JSON)", "directory detail"];

/// A page of real length, and its extractor, which gives how many records it found.
fn page(kind: &str) -> (Response, fn(&Response) -> usize) {
    let stats = |name: &str, path: &str, row: &str, kib| {
        let page = read(&format!("tests/fixtures/ncaa-stats/{name}.html"));
        response(path, repeated(&page, row, "</tr>", kib))
    };
    match kind {
        "team list" => (
            stats(
                "team-list",
                "/team/inst_team_list",
                "<tr>\n                <td>\n                  <a href=\"/teams/700001\"",
                50,
            ),
            |page| ncaa_stats::extract::team_list(page).unwrap().teams.records.len(),
        ),
        "roster" => (stats("roster-baseball", "/teams/700010/roster", "<tr>\n        <td>16</td>", 60), |page| {
            ncaa_stats::extract::roster(page, &ncaa_stats::Asked::default()).unwrap().players.records.len()
        }),
        "season" => (stats("season", "/teams/700010/season_to_date_stats", "<tr><td>20</td>", 120), |page| {
            ncaa_stats::extract::season(page, &ncaa_stats::Asked::default()).unwrap().stats.records.len()
        }),
        "contest" => (stats("contest", "/contests/8000001/individual_stats", "<tr id=\"game_player_1_", 140), |page| {
            ncaa_stats::extract::contest(page).unwrap().stats.records.len()
        }),
        "schedule" => {
            (stats("schedule", "/teams/700040", "<tr class=\"underline_rows\">\n          <td>02/01", 55), |page| {
                ncaa_stats::extract::schedule(page).unwrap().records.len()
            })
        }
        "leaders" => {
            let page = read("tests/fixtures/ncaa-com/individual.html");
            let page = repeated(&page, "<tr><td>1</td>", "</tr>", 60);
            (response("/stats/basketball-men/d1/current/individual/136", page), |page| {
                ncaa_com::extract::leaders(page).unwrap().stats.records.len()
            })
        }
        "schools (JSON)" => {
            let list = repeated(&read("tests/fixtures/ncaa-com/schools.json"), "{\"slug\":\"alder-am\"", "},", 250);
            (response("/json/schools", list), |page| ncaa_com::extract::schools(page).unwrap().records.len())
        }
        "directory detail" => {
            let page = read("recordings/offline/ncaa-directory/orgDetail-8.html");
            let page = repeated(&page, "<tr><td>", "</tr>", 30);
            (response("/directory/orgDetail?id=8", page), |page| ncaa_directory::extract::detail(page).sports.len())
        }
        other => unreachable!("{other}"),
    }
}

fn read(path: &str) -> String {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A page with one of its rows, from where it starts to its end, repeated until the page has that many KiB.
fn repeated(page: &str, start: &str, end: &str, kib: usize) -> String {
    let from = page.find(start).unwrap_or_else(|| panic!("{start:?} is in the page"));
    let to = from + page[from..].find(end).expect("the row ends") + end.len();
    let times = (kib << 10).saturating_sub(page.len()) / (to - from) + 1;
    [&page[..from], &page[from..to].repeat(times), &page[to..]].concat()
}

fn response(path: &str, body: String) -> Response {
    Response {
        status: 200,
        headers: Default::default(),
        body: body.into(),
        url: format!("https://site.example{path}"),
        media_type: Some("text/html".to_owned()),
        fetched_at: chrono::DateTime::UNIX_EPOCH,
        origin: Origin::Recording,
    }
}

#[divan::bench(args = PAGES, min_time = 1)]
fn extract(bencher: Bencher, kind: &str) {
    let (page, extract) = page(kind);
    assert!(extract(&page) > 0, "the extractor finds something");
    let bytes = BytesCount::new(page.body.len());
    bencher.counter(ItemsCount::new(1_usize)).counter(bytes).bench(|| extract(divan::black_box(&page)));
}

#[divan::bench(args = PAGES, min_time = 1)]
fn bare(bencher: Bencher, kind: &str) {
    let (page, _) = page(kind);
    let bytes = BytesCount::new(page.body.len());
    let bencher = bencher.counter(ItemsCount::new(1_usize)).counter(bytes);
    // What is made is dropped within the measure, as extractors do.
    if kind.ends_with("(JSON)") {
        bencher.bench(|| {
            let value: serde_json::Value = serde_json::from_slice(divan::black_box(&page.body)).unwrap();
            drop(divan::black_box(value));
        });
    } else {
        bencher.bench(|| {
            let html = Html::parse_document(&String::from_utf8_lossy(divan::black_box(&page.body)));
            drop(divan::black_box(html));
        });
    }
}
