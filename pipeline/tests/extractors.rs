//! Whatever a page holds, extractors end, and what they say of its bytes is true.

mod support;

use pipeline::Result;
use pipeline::fetch::Response;
use pipeline::sources::found::{Extracted, Place};
use pipeline::sources::{ncaa_com, ncaa_stats};
use proptest::prelude::*;
use support::pages;

type Read = fn(&Response) -> Result<Vec<Place>>;

/// Each kind of page with its fixture and extractor, which gives the places of all that it found.
const KINDS: [(&str, &str, &str, Read); 8] = [
    ("ncaa-stats", "team-list.html", "/team/inst_team_list", |page| {
        ncaa_stats::extract::team_list(page).map(|found| places(found.teams))
    }),
    ("ncaa-stats", "roster-baseball.html", "/teams/700010/roster", |page| {
        ncaa_stats::extract::roster(page, &ncaa_stats::Asked::default()).map(|found| places(found.players))
    }),
    ("ncaa-stats", "roster-older.html", "/team/90003/roster/12500", |page| {
        ncaa_stats::extract::roster(page, &ncaa_stats::Asked::new("MFB", 2016)).map(|found| places(found.players))
    }),
    ("ncaa-stats", "season.html", "/teams/700010/season_to_date_stats", |page| {
        ncaa_stats::extract::season(page, &ncaa_stats::Asked::default()).map(|found| places(found.stats))
    }),
    ("ncaa-stats", "contest.html", "/contests/8000001/individual_stats", |page| {
        ncaa_stats::extract::contest(page).map(|found| places(found.stats))
    }),
    ("ncaa-stats", "schedule.html", "/teams/700040", |page| ncaa_stats::extract::schedule(page).map(places)),
    ("ncaa-com", "individual.html", "/stats/basketball-men/d1/current/individual/136", |page| {
        ncaa_com::extract::leaders(page).map(|found| places(found.stats))
    }),
    ("ncaa-com", "schools.json", "/json/schools", |page| ncaa_com::extract::schools(page).map(places)),
];

fn places<T>(found: Extracted<T>) -> Vec<Place> {
    let refused = found.refused.into_iter().map(|refused| refused.place);
    found.records.into_iter().map(|found| found.place).chain(refused).collect()
}

/// Reads a page, and compares what it says with the bytes.
fn holds(kind: usize, body: Vec<u8>) {
    let (_, _, path, read) = KINDS[kind];
    let response = Response { body: body.into(), ..pages::page(&format!("https://site.example{path}"), "") };
    for place in read(&response).unwrap_or_default() {
        assert_eq!(&response.body[place.offset..][..place.raw.len()], &place.raw[..]);
    }
}

fn fixture(kind: usize) -> Vec<u8> {
    let (source, name, ..) = KINDS[kind];
    pages::fixture(source, name).into_bytes()
}

#[test]
fn a_page_may_end_anywhere() {
    for kind in 0..KINDS.len() {
        let page = fixture(kind);
        for end in (0..page.len()).step_by(23) {
            holds(kind, page[..end].to_vec());
        }
    }
}

/// Pieces of the languages that pages are made of.
const PIECES: [&str; 20] = [
    "<tr>",
    "</tr>",
    "<td>",
    "</td>",
    "<table>",
    "</table>",
    "<thead>",
    "</tbody>",
    "<th>",
    "<!--",
    "-->",
    "<script>",
    "</a>",
    "\"",
    "&",
    ">",
    "\u{92}é",
    "<a href=\"/teams/99999999999999999999\">",
    "02/14/2026é",
    "1,2.3:4%",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_page_may_be_damaged(kind in 0..KINDS.len(), damage in prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, 0..PIECES.len(), any::<bool>()), 1..12)) {
        let mut page = fixture(kind);
        for (at, length, piece, is_byte) in damage {
            let from = at.index(page.len());
            let to = (from + length).min(page.len());
            let piece: &[u8] = if is_byte { &[0xff, 0x00, b'<'] } else { PIECES[piece].as_bytes() };
            page.splice(from..to, piece.iter().copied());
        }
        holds(kind, page);
    }
}
