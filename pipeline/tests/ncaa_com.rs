//! ncaa.com: pages of invented people in the shapes that others report, with every kind of dirt.

mod support;

use std::collections::BTreeMap;

use models::{Division, Field, RosterEntryRef, SchoolRef, Source, SportRef, Subdivision, TeamRef};
use pipeline::Exit;
use pipeline::fetch::Response;
use pipeline::identity::{KnownAlias, KnownSchool, Matcher};
use pipeline::sources::found::{Found, Reason, Refused};
use pipeline::sources::ncaa_com::{
    Kind, KnownEntry, KnownRoster, LeaderRecord, alias_rows, categories, extract, path_of, resolve, schools, sports,
    stats,
};
use support::pages::{self, page};

const INDIVIDUAL: &str = "https://com.example/stats/basketball-men/d1/current/individual/136";

fn individual() -> Response {
    page(INDIVIDUAL, &pages::fixture("ncaa-com", "individual.html"))
}

fn told(refused: &[Refused]) -> Vec<(Reason, &str)> {
    refused.iter().map(|refused| (refused.reason, refused.message.as_str())).collect()
}

#[test]
fn requests_are_those_of_the_site() {
    let [basketball, football] = ["MBB", "MFB"].map(|code| path_of(code).unwrap());
    let d1 = (&Division::I, None);
    let target = |request: Option<pipeline::fetch::Request>| request.map(|request| request.target());
    let first = target(stats(basketball, d1, Kind::Individual, 136, 1)).unwrap();
    assert_eq!(first, "/stats/basketball-men/d1/current/individual/136");
    assert_eq!(target(stats(basketball, d1, Kind::Individual, 136, 2)).unwrap(), format!("{first}/p2"));
    let fcs = (&Division::I, Some(&Subdivision::Fcs));
    assert_eq!(target(stats(football, fcs, Kind::Team, 27, 1)).unwrap(), "/stats/football/fcs/current/team/27");
    assert_eq!(target(categories(football, &Division::III, None)).unwrap(), "/stats/football/d3");
    assert_eq!(categories(football, &Division::II, Some(&Subdivision::Fbs)), None);
    assert_eq!(schools().target(), "/json/schools");
    let codes: std::collections::BTreeSet<_> = sports().iter().map(|sport| sport.code).collect();
    let paths: std::collections::BTreeSet<_> = sports().iter().map(|sport| sport.path).collect();
    assert_eq!((codes.len(), paths.len()), (sports().len(), sports().len()));
    assert_eq!(path_of("MGO"), None, "golf has no such statistics");
}

#[test]
fn a_page_says_what_it_holds() {
    let found = extract::leaders(&individual()).unwrap();
    assert_eq!((found.sport.code, found.division, found.subdivision), ("MBB", Division::I, None));
    assert_eq!(
        (found.kind, found.category_id, found.title.as_deref()),
        (Kind::Individual, 136, Some("Points Per Game"))
    );
    assert_eq!((found.updated, found.page, found.pages), (chrono::NaiveDate::from_ymd_opt(2026, 3, 24), 1, 3));
    let listed: Vec<_> = found.categories.individual.iter().map(|known| (known.id, known.name.as_str())).collect();
    assert_eq!(listed, [(136, "Points Per Game"), (138, "Minutes Per Game")]);
    assert_eq!(found.categories.team.len(), 1);
    assert_eq!(extract::categories(&individual()).unwrap(), found.categories);

    let team =
        page("https://com.example/stats/football/fbs/current/team/27/p4", &pages::fixture("ncaa-com", "team.html"));
    let team = extract::leaders(&team).unwrap();
    assert_eq!((team.sport.code, team.subdivision, team.kind), ("MFB", Some(Subdivision::Fbs), Kind::Team));
    assert_eq!((team.title.as_deref(), team.updated), (Some("Scoring Offense"), None), "the title is the list's");
    assert_eq!((team.page, team.pages), (4, 4), "a page without a pager is the last");
    assert_eq!(team.stats.unknown, BTreeMap::from([("last update \"Updated recently\"".to_owned(), 1)]));
    let rows: Vec<_> = team
        .stats
        .records
        .iter()
        .map(|found| &found.record)
        .map(|record| {
            (record.subject.rank, record.subject.team_slug.as_deref(), &*record.category, record.raw.as_str())
        })
        .collect();
    assert_eq!(rows[0], (Some(1), Some("alder-am"), "Scoring Offense/G", "12"));
    assert_eq!(rows[3], (Some(1), Some("dogwood-st"), "Scoring Offense/Avg", "44.5"));
}

#[test]
fn leaders_are_told_figure_by_figure() {
    let response = individual();
    let found = extract::leaders(&response).unwrap().stats;
    let line = |found: &Found<LeaderRecord>| {
        let LeaderRecord { subject, category, value, raw } = &found.record;
        let (name, normalized) = subject.name.as_ref().unwrap();
        let value = value.map_or("null".to_owned(), |value| value.to_string());
        let (rank, class) = (subject.rank.unwrap_or_default(), subject.class_year.unwrap_or("-"));
        let school = format!("{} ({})", subject.team, subject.team_slug.as_deref().unwrap_or("-"));
        format!("{rank} {name} [{normalized}] {school} {class} {} | {category} | {value} | {raw}", subject.position)
    };
    let lines: Vec<_> = found.records.iter().map(line).collect();
    insta::assert_snapshot!(lines[..12].join("\n"), @r"
    1 Milo Renner [milo renner] Alder A&M (alder-am) Sr. G | Points Per Game/G | 30 | 30
    1 Milo Renner [milo renner] Alder A&M (alder-am) Sr. G | Points Per Game/PTS | 1023 | 1,023
    1 Milo Renner [milo renner] Alder A&M (alder-am) Sr. G | Points Per Game/FG% | 0.455 | 45.5%
    1 Milo Renner [milo renner] Alder A&M (alder-am) Sr. G | Points Per Game/MPG | 32.25 | 32:15
    1 Milo Renner [milo renner] Alder A&M (alder-am) Sr. G | Points Per Game/PPG | 34.1 | 34.10
    2 Jon Ase Jr. [jon ase] Dogwood St. (dogwood-st) Fr. F | Points Per Game/G | 29 | 29
    2 Jon Ase Jr. [jon ase] Dogwood St. (dogwood-st) Fr. F | Points Per Game/PTS | 801 | 801
    2 Jon Ase Jr. [jon ase] Dogwood St. (dogwood-st) Fr. F | Points Per Game/PPG | 27.62 | 27.62
    2 Sam Cole [sam cole] Elm Tech (-) So. G | Points Per Game/G | 29 | 29
    2 Sam Cole [sam cole] Elm Tech (-) So. G | Points Per Game/PTS | 801 | 801
    2 Sam Cole [sam cole] Elm Tech (-) So. G | Points Per Game/FG% | 0.5 | .500
    2 Sam Cole [sam cole] Elm Tech (-) So. G | Points Per Game/PPG | 27.62 | 27.62
    ");
    assert_eq!(lines[12], "4 Lev Adair [lev adair] Nowhere (nowhere) -  | Points Per Game/G | 28 | 28");
    assert_eq!(lines.len(), 18);
    assert_eq!(
        told(&found.refused),
        [(Reason::Missing, "`Team` is blank"), (Reason::WrongType, "the row has 2 cells, where the header has 11")]
    );
    assert_eq!(found.passed_over, BTreeMap::from([("empty-row", 1)]));
    for found in &found.records {
        let place = &found.place;
        assert_eq!(&response.body[place.offset..place.offset + place.raw.len()], &place.raw[..]);
        assert!(place.raw.starts_with(b"<tr>") && place.raw.ends_with(b"</tr>"));
    }
}

#[test]
fn a_page_that_is_not_what_it_was_is_a_change_of_layout() {
    let body = pages::fixture("ncaa-com", "individual.html");
    let cases = [
        (INDIVIDUAL, body.replace("main>", "div>"), "`main table` finds nothing"),
        (
            INDIVIDUAL,
            body.replace("<th>Name</th>", "<th>Who</th>"),
            "`main table` has no column `Name`, only: Rank, Who",
        ),
        (INDIVIDUAL, body.replace("<th>Team</th>", "<th>Side</th>"), "`main table` has no column `Team`"),
        (INDIVIDUAL, String::new(), "the body is empty"),
        ("https://com.example/stats/chess/d1/current/individual/136", body.clone(), "its address is not"),
        ("https://com.example/stats/basketball-men/d1/current/individual/136/x2", body.clone(), "its address is not"),
    ];
    for (url, body, message) in cases {
        let error = extract::leaders(&page(url, &body)).unwrap_err();
        assert_eq!(error.exit(), Exit::Input);
        assert!(error.to_string().contains(message), "{message:?} in {error}");
    }
    let error = extract::categories(&page(INDIVIDUAL, &body.replace("select-container", "container"))).unwrap_err();
    assert!(error.to_string().contains("`#select-container-individual`"), "{error}");
    let bare = body[..body.find("<tbody>").unwrap()].to_owned() + "</table></main></body></html>";
    assert_eq!(extract::leaders(&page(INDIVIDUAL, &bare)).unwrap().stats.records, [], "nobody has played yet");
    assert!(extract::schools(&page(INDIVIDUAL, "[{\"name\":\"x\"}]")).unwrap_err().to_string().contains("`slug`"));
}

fn school(ncaa_id: i32, name: &str, slugs: &[&str]) -> KnownSchool {
    let alias = |slug: &&str| KnownAlias { source: Source::NcaaCom, alias: (*slug).to_owned() };
    let aliases = slugs.iter().map(alias).collect();
    KnownSchool { ncaa_id, name: name.to_owned(), aliases, ..KnownSchool::default() }
}

fn entry(school: i32, key: &str, name: &str, position: &str, class: &str) -> KnownEntry {
    KnownEntry {
        school,
        source: Source::NcaaStats,
        player_key: key.to_owned(),
        normalized_name: name.to_owned(),
        position: position.to_owned(),
        class_year: Some(class.to_owned()),
    }
}

#[test]
fn a_player_is_found_by_school_and_exact_name_or_refused_with_candidates() {
    let schools = [school(1, "Alder A&M", &[]), school(2, "Dogwood Normal School", &["dogwood-st"])];
    let both = ["OH", "GA"].map(|state| KnownSchool { state: Some(state.to_owned()), ..school(0, "Elm Tech", &[]) });
    let both = both.into_iter().zip(3..).map(|(school, ncaa_id)| KnownSchool { ncaa_id, ..school });
    let matcher = Matcher::new(schools.into_iter().chain(both));
    let entries = [
        entry(1, "11", "milo renner", "G", "Sr."),
        entry(1, "12", "otto sand", "G", "Sr."),
        entry(2, "21", "jon ase", "F", "Fr."),
        entry(2, "jon ase|4|C", "jon ase", "C", "Fr."),
        entry(3, "31", "sam cole", "G", "So."),
    ];
    let known = KnownRoster::new("MBB", 2026, entries.clone());
    let found = resolve(extract::leaders(&individual()).unwrap(), &known, &matcher, "season");
    let key = |school: i32, key: &str| RosterEntryRef::SourceTeamIdPlayerKey {
        source: Source::NcaaStats,
        team_id: TeamRef::SchoolIdSportIdSeason {
            school_id: SchoolRef::NcaaId(school),
            sport_id: SportRef::NcaaId("MBB".into()),
            season: 2026,
        },
        player_key: key.to_owned(),
    };
    // Five figures of the one, three of the other: of two of that name, position and class tell which.
    assert_eq!(found.stats.len(), 8);
    assert!(found.stats[..5].iter().all(|row| row.record.roster_entry_id == key(1, "11")));
    assert!(found.stats[5..].iter().all(|row| row.record.roster_entry_id == key(2, "21")));
    let row = &found.stats[1].record;
    assert_eq!(
        (&row.source, row.period.as_str(), row.category.as_str()),
        (&Source::NcaaCom, "season", "Points Per Game/PTS")
    );
    assert_eq!((row.value, row.raw_value.as_str()), (Field::Value(Some(1023.into())), "1,023"));
    assert_eq!(row.played_on, Field::Value(chrono::NaiveDate::from_ymd_opt(2026, 3, 24)));
    assert_eq!(
        told(&found.refused)[2..],
        [
            (
                Reason::AmbiguousSchool,
                "\"Elm Tech\" may be Elm Tech (3; name-and-state 96 %), Elm Tech (4; name-and-state 96 %)"
            ),
            (Reason::UnknownSchool, "\"Nowhere\" is no known school, nor similar to one"),
            (Reason::UnknownPlayer, "no player of Alder A&M is called \"Milo Rener\""),
        ]
    );
    let candidates = |at: usize| found.refused[at].key.as_ref().unwrap()["candidates"].to_string();
    assert_eq!(candidates(2), "[{\"name\":\"Elm Tech\",\"ncaa_id\":3},{\"name\":\"Elm Tech\",\"ncaa_id\":4}]");
    assert_eq!(
        candidates(4),
        "[{\"class_year\":\"Sr.\",\"normalized_name\":\"milo renner\",\"player_key\":\"11\",\"position\":\"G\"}]"
    );
    assert!(found.refused[4].place.raw.starts_with(b"<tr><td>4</td><td>Milo Rener"));

    // Two that position and class do not tell apart are both candidates.
    let twins = entries.map(|entry| KnownEntry { position: "F".to_owned(), ..entry });
    let found =
        resolve(extract::leaders(&individual()).unwrap(), &KnownRoster::new("MBB", 2026, twins), &matcher, "season");
    let (reason, message) = told(&found.refused)[2];
    assert_eq!((reason, message), (Reason::UnknownPlayer, "2 players of Dogwood St. are called \"Jon Ase Jr.\""));
    assert_eq!(found.refused[2].key.as_ref().unwrap()["candidates"].as_array().unwrap().len(), 2);
}

#[test]
fn schools_become_aliases_of_the_one_school_that_they_name() {
    let list = extract::schools(&page("https://com.example/json/schools", &pages::fixture("ncaa-com", "schools.json")))
        .unwrap();
    assert_eq!((list.records.len(), list.refused.len()), (9, 2));
    let matcher = Matcher::new([
        school(1, "Alder Agricultural & Mechanical University", &[]),
        school(2, "Dogwood State University", &[]),
        school(5, "Saint Brendan's College", &[]),
        school(3, "Elm Institute of Technology", &["Elm Tech"]),
        school(8, "Gum College", &[]),
        school(9, "Gum University", &[]),
        KnownSchool { state: Some("OH".to_owned()), ..school(6, "Fir College", &[]) },
        KnownSchool { state: Some("GA".to_owned()), ..school(7, "Fir College", &[]) },
    ]);
    let rows = alias_rows(list, &matcher);
    let aliases: Vec<_> = rows
        .aliases
        .iter()
        .map(|found| &found.record)
        .map(|row| {
            let SchoolRef::NcaaId(school) = row.school_id else { panic!("{row:?}") };
            (school, row.alias.as_str(), row.normalized_alias.as_str(), row.is_preferred == Field::Value(true))
        })
        .collect();
    assert_eq!(
        aliases,
        [
            (1, "Alder A&M", "alder aandm", true),
            (1, "Alder Agricultural & Mechanical University", "alder agricultural and mechanical university", false),
            (1, "alder-am", "alder am", false),
            (2, "Dogwood St.", "dogwood st", true),
            (2, "Dogwood State University", "dogwood state university", false),
            (5, "St. Brendan's", "st brendans", true),
            (5, "Saint Brendan's College", "saint brendans college", false),
            (5, "saint-brendan", "saint brendan", false),
            (8, "Gum College", "gum college", false),
            (8, "gum-ga", "gum ga", false),
            (9, "Gum University", "gum university", false),
            (9, "gum-oh", "gum oh", false),
        ]
    );
    let several = "the names of several are those of one known school: elm-tech, elm-tech-2";
    assert_eq!(
        told(&rows.refused),
        [
            (Reason::Missing, "`slug` is null or blank"),
            (Reason::Missing, "`slug` is missing"),
            (Reason::UnknownSchool, "\"Nowhere College\" is no known school, nor similar to one"),
            (
                Reason::AmbiguousSchool,
                "\"Fir College\" may be Fir College (6; name-and-state 96 %), Fir College (7; name-and-state 96 %)"
            ),
            (Reason::Collision, several),
            (Reason::Collision, several),
            (Reason::Collision, "the alias \"Gum\" is that of 2 schools"),
            (Reason::Collision, "the alias \"Gum\" is that of 2 schools"),
        ]
    );
    let key = |at: usize| rows.refused[at].key.as_ref().unwrap().to_string();
    assert_eq!(key(3), "{\"alias\":\"Fir\",\"normalized_alias\":\"fir\",\"slug\":\"fir\",\"source\":\"ncaa-com\"}");
    assert_eq!(
        key(4),
        "{\"alias\":\"Elm Tech\",\"candidates\":[3],\"normalized_alias\":\"elm tech\",\"slug\":\"elm-tech\",\"source\":\"ncaa-com\"}"
    );
}
