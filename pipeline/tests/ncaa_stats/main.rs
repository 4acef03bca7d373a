//! stats.ncaa.org: pages of invented people in the real shapes with every kind of dirt, and the recorded real pages.

mod support;

use std::collections::BTreeMap;

use models::{Division, Field, RosterEntryInsert, RosterEntryRef, SchoolRef, Source, SportRef, Subdivision, TeamRef};
use pipeline::Exit;
use pipeline::fetch::Response;
use pipeline::sources::found::{Found, Reason, Refused};
use pipeline::sources::ncaa_stats::{
    Asked, ListDivision, PlayerRecord, RosterPage, StatRecord, contest_rows, contest_stats, extract, grid_rows,
    old_roster, roster, roster_rows, season_stats, team_list,
};
use support::pages::{self, page};

const SITE: &str = "https://stats.example";

fn fixture(path: &str, name: &str) -> Response {
    page(&format!("{SITE}{path}"), &pages::fixture("ncaa-stats", name))
}

fn read_roster(path: &str, name: &str) -> RosterPage {
    extract::roster(&fixture(path, name), &Asked::default()).unwrap()
}

fn given<T>(value: T) -> Field<Option<T>> {
    Field::Value(Some(value))
}

/// The refusals as reason, table, message.
fn told(refused: &[Refused]) -> Vec<(Reason, &str, &str)> {
    refused.iter().map(|refused| (refused.reason, refused.table, refused.message.as_str())).collect()
}

fn places_are_true<T>(response: &Response, found: &[Found<T>], refused: &[Refused], starts: &str) {
    let places = found.iter().map(|found| &found.place).chain(refused.iter().map(|refused| &refused.place));
    for place in places {
        assert_eq!(&response.body[place.offset..place.offset + place.raw.len()], &place.raw[..]);
        assert!(place.raw.starts_with(starts.as_bytes()), "{}", String::from_utf8_lossy(&place.raw));
    }
}

#[test]
fn requests_are_those_of_the_site() {
    let list = "/team/inst_team_list?academic_year=2026&conf_id=-1&division=12&sport_code=MFB";
    assert_eq!(team_list("MFB", 2026, ListDivision::Fcs).target(), list);
    assert_eq!(roster(614839).target(), "/teams/614839/roster");
    assert_eq!(old_roster(26172, 12500).target(), "/team/26172/roster/12500");
    assert_eq!(ListDivision::of("MFB").len(), 4);
    assert_eq!(ListDivision::of("MBA"), [ListDivision::I, ListDivision::II, ListDivision::III]);
    assert_eq!(ListDivision::Fbs.division(), (Division::I, Some(Subdivision::Fbs)));
}

#[test]
fn a_team_list_names_its_sport_season_and_teams() {
    let response = fixture("/team/inst_team_list", "team-list.html");
    let list = extract::team_list(&response).unwrap();
    assert_eq!((list.sport_code.as_str(), list.season, list.division), ("MFB", 2026, ListDivision::Fcs));
    let teams: Vec<_> =
        list.teams.records.iter().map(|found| (found.record.team_id, found.record.name.as_str())).collect();
    assert_eq!(teams, [(700001, "Alder A&M"), (700002, "St. Brendan's (ME)"), (700003, "Cedar Valley")]);
    assert_eq!(
        told(&list.teams.refused),
        [(Reason::Missing, "public.team", "the link \"/team/44/0\" (\"Dogwood St.\") names no season team")]
    );
    places_are_true(&response, &list.teams.records, &list.teams.refused, "<tr>");
}

#[test]
fn a_roster_says_whose_it_is() {
    let found = read_roster("/teams/700010/roster", "roster-baseball.html");
    let team = &found.team;
    assert_eq!((team.team_id, team.organisation_id), (Some(700010), 90001));
    assert_eq!((team.sport_code.as_str(), team.season), ("MBA", 2026));
    assert_eq!((team.school_name.as_deref(), team.team_name.as_deref()), (Some("Alder A&M"), Some("Alder A&M Otters")));
    assert_eq!(team.athletics_url.as_deref(), Some("http://www.aldersports.example"));
    assert_eq!(&team.place.raw[..], b"<a href=\"/teams/history/MBA/90001\">");
}

/// Each dirt of a roster, row by row.
#[test]
fn a_roster_is_read_by_its_headers() {
    let response = fixture("/teams/700010/roster", "roster-baseball.html");
    let found = extract::roster(&response, &Asked::new("MBA", 2026)).unwrap().players;
    let extra = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(header, text)| ((*header).to_owned(), (*text).to_owned())).collect()
    };
    let records: Vec<&PlayerRecord> = found.records.iter().map(|found| &found.record).collect();
    assert_eq!(records.len(), 5);

    let marsh = records[0];
    assert_eq!(marsh.source_player_id.as_deref(), Some("99000001"));
    assert_eq!((marsh.name.as_str(), marsh.normalized_name.as_str()), ("Easton Marsh", "easton marsh"));
    assert_eq!((marsh.number.as_str(), marsh.position.as_str()), ("20", "P"));
    assert_eq!((&marsh.class_year, &marsh.height_inches), (&given("Sr."), &given(71)));
    assert_eq!((&marsh.weight_pounds, &marsh.games_played), (&Field::Absent, &given(16)), "it has no weight column");
    assert_eq!((&marsh.games_started, &marsh.high_school), (&given(6), &given("Lake Alder HS".to_owned())));
    let town = marsh.hometown.value().unwrap().as_ref().unwrap();
    assert_eq!((town.city.as_deref(), town.state, town.country), (Some("Lake Alder"), Some("TX"), Some("US")));
    assert_eq!(marsh.extra, extra(&[("Bats", "RIGHT"), ("Major", "Geology"), ("Throws", "LEFT")]));

    let luis = records[1];
    assert_eq!((luis.name.as_str(), luis.normalized_name.as_str()), ("Luís O'Hara-Díaz Jr.", "luis ohara diaz"));
    assert_eq!((luis.number.as_str(), luis.position.as_str()), ("09", "SS/P"));
    assert_eq!((&luis.class_year, &luis.height_inches), (&Field::Value(None), &Field::Value(None)), "`---` and `-`");
    assert_eq!((&luis.hometown, &luis.high_school), (&Field::Value(None), &Field::Value(None)));
    assert_eq!(luis.extra, extra(&[("Position", "ss/p")]));

    let zoe = records[2];
    assert_eq!((zoe.number.as_str(), zoe.position.as_str()), ("", ""));
    assert_eq!((&zoe.class_year, &zoe.games_played), (&Field::Value(None), &Field::Value(None)));
    let town = zoe.hometown.value().unwrap().as_ref().unwrap();
    assert_eq!((town.city.as_deref(), town.state, town.country), (Some("Port Maple"), Some("BC"), Some("CA")));
    assert_eq!(zoe.high_school, given("École Pointe-Érable".to_owned()));
    assert_eq!(zoe.extra, extra(&[("Bats", "RIGHT"), ("Height", "6-"), ("Throws", "RIGHT")]));

    let quill = records[3];
    assert_eq!(quill, records[4], "two equal rows are left to the loader, which counts one as a duplicate");
    assert_eq!((&quill.source_player_id, quill.name.as_str()), (&None, "Ansel Quill"));
    assert_eq!((&quill.class_year, &quill.height_inches), (&given("Fr."), &given(73)));
    let town = quill.hometown.value().unwrap().as_ref().unwrap();
    assert_eq!((town.text.as_str(), &town.city, town.state), ("Macon, Georgia", &None, None), "it may be the country");
    assert_eq!(quill.extra["Class"], "R-Fr.");

    let two = "several players without an id are \"ira voss\" with number \"5\" and position \"C\"";
    assert_eq!(
        told(&found.refused),
        [
            (Reason::Missing, "public.roster_entry", "`Name` is \"-\", which is no name"),
            (Reason::WrongType, "public.roster_entry", "the row has 3 cells, where the header has 12"),
            (Reason::Collision, "public.roster_entry", two),
            (Reason::Collision, "public.roster_entry", two),
        ]
    );
    assert_eq!(
        found.refused[2].key.as_ref().unwrap().to_string(),
        "{\"normalized_name\":\"ira voss\",\"number\":\"5\",\"position\":\"C\",\"team_id\":{\"school_id\":{\"ncaa_id\":90001},\
         \"season\":2026,\"sport_id\":{\"ncaa_id\":\"MBA\"}}}"
    );
    assert_eq!(found.passed_over, BTreeMap::from([("empty-row", 1), ("totals-row", 2)]));
    let unknown = [("Height \"6-\"", 1), ("header \"Major\"", 1), ("table \"Coach, Years\"", 1)];
    assert_eq!(found.unknown, unknown.into_iter().map(|(what, count)| (what.to_owned(), count)).collect());
    places_are_true(&response, &found.records, &found.refused, "<tr>");
}

#[test]
fn rosters_of_other_sports_and_of_the_older_layout_are_read_too() {
    type Told<'a> = (Option<&'a str>, &'a str, &'a str, &'a str, &'a str);
    let told = |page: &RosterPage| -> Vec<String> {
        let told = page.players.records.iter().map(|found| {
            let player = &found.record;
            let told: Told = (
                player.source_player_id.as_deref(),
                &player.name,
                &player.normalized_name,
                &player.number,
                &player.position,
            );
            format!("{told:?} {:?} {:?} {:?}", player.class_year, player.height_inches, player.weight_pounds)
        });
        told.collect()
    };
    let basketball = read_roster("/teams/700020/roster", "roster-basketball.html");
    assert_eq!((basketball.team.season, basketball.team.sport_code.as_str()), (2000, "WBB"));
    assert_eq!((&basketball.team.team_name, &basketball.team.athletics_url), (&None, &None));
    insta::assert_snapshot!(told(&basketball).join("\n"), @r#"
    (Some("99000101"), "Maya Reed", "maya reed", "00", "G") Value(Some("Gr.")) Value(Some(68)) Value(Some(150))
    (Some("99000102"), "Ada Stone III", "ada stone", "0", "Forward") Value(None) Value(None) Value(None)
    "#);
    let stone = &basketball.players.records[1].record.extra;
    assert_eq!((stone["Class"].as_str(), stone["Height"].as_str(), stone.len()), ("5th", "6-12", 2));
    assert_eq!(basketball.players.unknown.keys().collect::<Vec<_>>(), ["Class \"5th\"", "Height \"6-12\""]);

    let response = fixture("/team/90003/roster/12500", "roster-older.html");
    let older = extract::roster(&response, &Asked::new("MFB", 2016)).unwrap();
    assert_eq!((older.team.team_id, older.team.organisation_id, older.team.season), (None, 90003, 2016));
    insta::assert_snapshot!(told(&older).join("\n"), @r#"
    (Some("5550001"), "Tobias Bell", "tobias bell", "12", "QB") Value(Some("Jr.")) Absent Absent
    (None, "Noé Vega Jr.", "noe vega", "3", "WR") Value(Some("Fr.")) Absent Absent
    (None, "Cole Abbott", "cole abbott", "44", "LB") Value(None) Absent Absent
    (None, "Cole Abbott", "cole abbott", "44", "DB") Value(None) Absent Absent
    "#);
    assert_eq!(older.players.records[0].record.extra["Player"], "Bell, Tobias");
    assert_eq!((older.players.refused.len(), older.players.unknown.len()), (0, 0));

    let empty = read_roster("/teams/700030/roster", "roster-empty.html");
    assert_eq!((empty.players.records.len(), empty.players.refused.len()), (0, 0), "a team may have no players yet");
}

#[test]
fn rosters_become_rows_of_team_and_roster_entry() {
    let found = read_roster("/teams/700010/roster", "roster-baseball.html");
    let refused = found.players.refused.len();
    let rows = roster_rows(found, Some(ListDivision::Fcs));
    let team = &rows.team.record;
    assert_eq!(
        (&team.school_id, &team.sport_id, team.season),
        (&SchoolRef::NcaaId(90001), &SportRef::NcaaId("MBA".into()), 2026)
    );
    assert_eq!(team.ncaa_team_id, given(700010));
    assert_eq!((&team.division, &team.subdivision), (&given(Division::I), &given(Subdivision::Fcs)));
    let names = |rows: &[Found<RosterEntryInsert>]| rows.iter().map(|row| row.record.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&rows.identified), ["Easton Marsh", "Luís O'Hara-Díaz Jr.", "Zoé Tremblay-Roy"]);
    assert_eq!(names(&rows.unidentified), ["Ansel Quill", "Ansel Quill"]);
    assert_eq!(rows.refused.len(), refused);
    let row = &rows.identified[0].record;
    let expected = TeamRef::SchoolIdSportIdSeason {
        school_id: SchoolRef::NcaaId(90001),
        sport_id: SportRef::NcaaId("MBA".into()),
        season: 2026,
    };
    assert_eq!((&row.team_id, &row.source_player_id), (&expected, &Field::Value("99000001".to_owned())));
    assert_eq!((&row.hometown, &row.hometown_state), (&given("Lake Alder, TX".to_owned()), &given("TX".to_owned())));
    assert_eq!((&row.weight_pounds, &row.class_year), (&Field::Absent, &given("Sr.".to_owned())));
    let bare = &rows.identified[1].record;
    assert_eq!((&bare.hometown, &bare.hometown_city), (&Field::Value(None), &Field::Value(None)));
}

/// What is not there is named, never read as "none".
#[test]
fn a_page_that_is_not_what_it_was_is_a_change_of_layout() {
    let roster = pages::fixture("ncaa-stats", "roster-baseball.html");
    let list = pages::fixture("ncaa-stats", "team-list.html");
    type Read = fn(&Response) -> pipeline::Result<()>;
    let as_roster: Read = |response| extract::roster(response, &Asked::default()).map(drop);
    let as_asked: Read = |response| extract::roster(response, &Asked::new("MBA", 2025)).map(drop);
    let as_softball: Read = |response| extract::roster(response, &Asked::new("WSB", 2026)).map(drop);
    let as_list: Read = |response| extract::team_list(response).map(drop);
    let as_season: Read = |response| extract::season(response, &Asked::default()).map(drop);
    let as_contest: Read = |response| extract::contest(response).map(drop);
    let as_schedule: Read = |response| extract::schedule(response).map(drop);
    let [season, contest, schedule] =
        ["season.html", "contest.html", "schedule.html"].map(|name| pages::fixture("ncaa-stats", name));
    let cases: Vec<(Read, String, &str)> = vec![
        (as_season, season.replace("\"stat_grid\"", "\"grid\""), "`table#stat_grid` finds nothing"),
        (
            as_season,
            season.replace(">Player<", ">Who<"),
            "`table#stat_grid` has no column `Name` or `Player`, only: #, Who",
        ),
        (as_contest, contest.replace("competitor_", "team_"), "`table[id^=\"competitor_\"]` finds nothing"),
        (
            as_contest,
            contest.replace("<th>Name</th>", "<th>Who</th>"),
            "has no column `Name` or `Player`, only: #, Who, P",
        ),
        (as_contest, contest.replace("card-header", "card-top"), "a table of statistics has no `.card-header`"),
        (as_contest, contest.replace("/All_Logos/", "/Logos/"), "has no logo `img[src*=\"/All_Logos/\"]`"),
        (as_contest, contest.replace("/contests/", "/games/"), "names the game"),
        (as_schedule, schedule.replace("<th>Date</th>", "<th>Day</th>"), "columns `Date`, `Opponent` and `Result`"),
        (as_roster, String::new(), "the body is empty"),
        (as_roster, "{\"players\":[]}".to_owned(), "no HTML"),
        (as_roster, "<div>".repeat(1_001), "nested"),
        (as_roster, roster.replace("rosters_form_players_", "players_"), "`table[id^=\"rosters_form_players_\"]`"),
        (as_roster, roster.replace(">Name<", ">Who<"), "no column `Name` or `Player`, only: GP, GS, #, Who"),
        (
            as_roster,
            roster.replace("/teams/history/", "/history/"),
            "`a[href^=\"/teams/history/\"]` finds no organisation",
        ),
        (
            as_roster,
            roster.replace(" selected=\"selected\"", ""),
            "`select#year_list option[selected]` finds no season",
        ),
        (as_asked, roster.clone(), "it is of season 2026, where 2025 was asked for"),
        (as_softball, roster.clone(), "it is of sport MBA, where WSB was asked for"),
        (as_list, list.replace("css-panes", "panes"), "`.css-panes table` finds nothing"),
        (
            as_list,
            list.replace("params_form\"", "form\""),
            "`form[name=params_form] input[name=division]` finds nothing",
        ),
        (as_list, list.replace("value=\"12\"", "value=\"13\""), "`division` is 13, which is no division"),
    ];
    for (read, body, message) in cases {
        let error = read(&page(&format!("{SITE}/teams/700010/roster"), &body)).unwrap_err();
        assert_eq!(error.exit(), Exit::Input, "{message}");
        assert!(error.to_string().contains(message), "{message:?} in {error}");
        assert!(error.to_string().contains(SITE), "{error}");
    }
    let absent = Response { status: 404, ..page(SITE, &roster) };
    assert!(as_roster(&absent).unwrap_err().to_string().contains("HTTP 404"));
}

#[test]
fn the_recorded_pages_are_read() {
    let Some(list) = pages::recorded("ncaa-stats-pages/ncaa_team_list.html") else { return };
    let response = page(&format!("{SITE}/team/inst_team_list"), &list);
    let found = extract::team_list(&response).unwrap();
    assert_eq!((found.sport_code.as_str(), found.season, found.division), ("MLA", 2025, ListDivision::I));
    assert_eq!((found.teams.records.len(), found.teams.refused.len()), (list.matches("<a href=\"/teams/").count(), 0));
    places_are_true(&response, &found.teams.records, &[], "<tr>");

    let Some(roster) = pages::recorded("ncaa-stats-pages/roster_614839_2025-26_excerpt.html") else { return };
    let response = page(&format!("{SITE}/teams/614839/roster"), &roster);
    let found = extract::roster(&response, &Asked::new("MBA", 2026)).unwrap();
    assert_eq!((found.team.team_id, found.team.organisation_id), (Some(614839), 26172));
    let players = &found.players;
    assert_eq!((players.records.len(), players.refused.len(), players.unknown.len()), (6, 0, 0));
    places_are_true(&response, &players.records, &[], "<tr>");
    let heights: Vec<_> = players.records.iter().map(|found| found.record.height_inches).collect();
    assert_eq!(
        heights.iter().filter(|height| **height == Field::Value(None)).count(),
        roster.matches("<td>-</td>").count()
    );
    for found in &players.records {
        let player = &found.record;
        assert!(player.source_player_id.is_some() && !player.number.is_empty() && !player.position.is_empty());
        assert!(
            player.hometown.value().unwrap().as_ref().is_some_and(|town| town.country.is_some() && town.city.is_some())
        );
        assert_eq!(player.extra.keys().collect::<Vec<_>>(), ["Bats", "Throws"]);
    }
}

/// Statistics as lines: player, category, number, text.
fn lines(stats: &[Found<StatRecord>]) -> String {
    let line = |found: &Found<StatRecord>| {
        let StatRecord { player, category, value, raw } = &found.record;
        let id = player.source_player_id.as_deref().unwrap_or("-");
        let value = value.map_or("null".to_owned(), |value| value.to_string());
        format!("{id} {} #{} {} | {category} | {value} | {raw}", player.name, player.number, player.position)
    };
    stats.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn season_statistics_are_told_figure_by_figure() {
    let path = "/teams/700010/season_to_date_stats";
    let response = fixture(path, "season.html");
    let found = extract::season(&response, &Asked::new("MBA", 2026)).unwrap();
    assert_eq!((found.team.team_id, found.team.organisation_id), (Some(700010), 90001));
    let categories: Vec<_> = found.categories.iter().map(|category| (category.id, category.name.as_str())).collect();
    assert_eq!(categories, [(15687, "Hitting"), (15688, "Pitching"), (15689, "Fielding")]);
    insta::assert_snapshot!(lines(&found.stats.records), @r"
    99000001 Easton Marsh #20 P | Pitching/GP | 16 | 16
    99000001 Easton Marsh #20 P | Pitching/IP | 6.6667 | 6.2
    99000001 Easton Marsh #20 P | Pitching/ERA | 2.7012 | 2.70
    99000001 Easton Marsh #20 P | Pitching/BF | 1023 | 1,023
    99000001 Easton Marsh #20 P | Pitching/Pct | 0.333 | .333
    99000001 Easton Marsh #20 P | Pitching/Pct (2) | 0.455 | 45.5%
    99000001 Easton Marsh #20 P | Pitching/Min | 32.25 | 32:15
    99000001 Easton Marsh #20 P | Pitching/Mix | null | INF
    - Ansel Quill #31 OF | Pitching/GP | 4 | 4
    - Ansel Quill #31 OF | Pitching/Pct | 1 | 1.000
    ");
    assert_eq!(found.stats.passed_over, BTreeMap::from([("totals-row", 3)]));
    assert_eq!(found.stats.refused, []);
    places_are_true(&response, &found.stats.records, &[], "<tr>");

    let hitting = fixture(&format!("{path}?year_stat_category_id=15687"), "season.html");
    let hitting = extract::season(&hitting, &Asked::default()).unwrap();
    assert_eq!(hitting.category.as_deref(), Some("Hitting"), "the address tells more than the page");
    assert_eq!(season_stats(700010, Some(15687)).target(), format!("{path}?year_stat_category_id=15687"));
    assert_eq!(season_stats(700010, None).target(), path);
}

#[test]
fn a_game_gives_the_figures_of_both_teams() {
    let response = fixture("/contests/8000001/individual_stats", "contest.html");
    let found = extract::contest(&response).unwrap();
    assert_eq!((found.contest_id, found.played_on), (8000001, chrono::NaiveDate::from_ymd_opt(2026, 2, 14)));
    insta::assert_snapshot!(lines(&found.stats.records), @r"
    99000201 Pia Lindqvist #24 SSDM | Min | 60 | 60:00
    99000201 Pia Lindqvist #24 SSDM | Goals | 0 | 0
    99000201 Pia Lindqvist #24 SSDM | FO Won | 3 | 3
    - Una Sub #7 M | Goals | 1 | 1
    99000301 Wren Castillo #1 G | Goalkeepers/G Min | 60 | 60:00
    99000301 Wren Castillo #1 G | Goalkeepers/Save Pct | 0.476 | 0.476
    ");
    let teams: Vec<_> = found
        .stats
        .records
        .iter()
        .map(|found| (found.record.player.team_id, found.record.player.organisation_id))
        .collect();
    assert_eq!((teams[0], teams[5]), ((Some(700040), 90001), (Some(700041), 90004)));
    assert_eq!(
        told(&found.stats.refused),
        [(Reason::Missing, "public.player_stat", "`Name` is \"--\", which is no name")]
    );
    assert_eq!(found.stats.passed_over, BTreeMap::from([("totals-row", 2)]), "TEAM, and the team by its name");
    places_are_true(&response, &found.stats.records, &found.stats.refused, "<tr");
    assert_eq!(contest_stats(8000001).target(), "/contests/8000001/individual_stats");
}

#[test]
fn a_schedule_names_the_games() {
    let response = fixture("/teams/700040", "schedule.html");
    let found = extract::schedule(&response).unwrap();
    let games: Vec<_> = found
        .records
        .iter()
        .map(|found| &found.record)
        .map(|game| {
            let (opponent, result) = (game.opponent.as_str(), game.result.as_deref());
            (game.contest_id, game.played_on.to_string(), game.opponent_team_id, opponent, result)
        })
        .collect();
    assert_eq!(
        games,
        [
            (Some(8000000), "2026-02-01".to_owned(), Some(700041), "Dogwood St.", Some("L 8-11")),
            (Some(8000001), "2026-02-14".to_owned(), Some(700042), "Elm Tech", Some("W 21-8")),
            (None, "2026-05-02".to_owned(), None, "Fir College", None),
        ]
    );
    assert_eq!(told(&found.refused), [(Reason::WrongType, "public.player_stat", "`Date` is \"TBA\", which is no day")]);
    assert_eq!(found.passed_over, BTreeMap::from([("empty-row", 1)]));
    places_are_true(&response, &found.records, &found.refused, "<tr");
}

#[test]
fn statistics_become_rows_of_player_stat() {
    let page =
        extract::season(&fixture("/teams/700010/season_to_date_stats", "season.html"), &Asked::default()).unwrap();
    let rows = grid_rows(page, None);
    let team = TeamRef::SchoolIdSportIdSeason {
        school_id: SchoolRef::NcaaId(90001),
        sport_id: SportRef::NcaaId("MBA".into()),
        season: 2026,
    };
    let entry = |team_id: &TeamRef, key: &str| RosterEntryRef::SourceTeamIdPlayerKey {
        source: Source::NcaaStats,
        team_id: team_id.clone(),
        player_key: key.to_owned(),
    };
    assert_eq!((rows.stats.len(), rows.refused.len()), (10, 0));
    let innings = &rows.stats[1].record;
    assert_eq!(innings.roster_entry_id, entry(&team, "99000001"));
    assert_eq!((innings.period.as_str(), innings.category.as_str()), ("season", "Pitching/IP"));
    assert_eq!((innings.value, innings.raw_value.as_str()), (given("6.6667".parse().unwrap()), "6.2"));
    assert_eq!((&innings.source, innings.played_on), (&Source::NcaaStats, Field::Absent));
    assert_eq!(rows.stats[7].record.value, Field::Value(None), "a text that is no number");
    assert_eq!(rows.stats[8].record.roster_entry_id, entry(&team, "ansel quill|31|OF"));

    let page = extract::contest(&fixture("/contests/8000001/individual_stats", "contest.html")).unwrap();
    let rows = contest_rows(page, "WLA", 2026);
    let saves = &rows.stats[5].record;
    let team = TeamRef::SchoolIdSportIdSeason {
        school_id: SchoolRef::NcaaId(90004),
        sport_id: SportRef::NcaaId("WLA".into()),
        season: 2026,
    };
    assert_eq!((&saves.roster_entry_id, saves.period.as_str()), (&entry(&team, "99000301"), "game:8000001"));
    assert_eq!(saves.played_on, given(chrono::NaiveDate::from_ymd_opt(2026, 2, 14).unwrap()));
    assert_eq!(rows.refused.len(), 1);
}

#[test]
fn the_recorded_statistics_are_read() {
    let Some(game) = pages::recorded("ncaa-stats-pages/ncaa_game_details.html") else { return };
    let response = page(&format!("{SITE}/contests/6310104/individual_stats"), &game);
    let found = extract::contest(&response).unwrap();
    assert_eq!((found.contest_id, found.played_on), (6310104, chrono::NaiveDate::from_ymd_opt(2025, 2, 1)));
    let stats = &found.stats;
    // 56 field players with 11 figures each, two goalkeepers with 5; TEAM and the team itself are no players.
    let field_players = game.matches("_year_stat_category_15649\"").count() - 4;
    assert_eq!((stats.records.len(), stats.refused.len()), (11 * field_players + 5 * 2, 0));
    assert_eq!(stats.passed_over, BTreeMap::from([("totals-row", 2 * 2 + 2)]));
    assert!(
        stats
            .records
            .iter()
            .all(|found| found.record.value.is_some() && found.record.player.source_player_id.is_some())
    );
    let minutes: Vec<_> = stats.records.iter().filter(|found| found.record.raw == "60:00").collect();
    assert!(minutes.len() > 20 && minutes.iter().all(|found| found.record.value == Some(60.into())));
    let mut categories: Vec<&str> = stats.records.iter().map(|found| &*found.record.category).collect();
    categories.sort_unstable();
    categories.dedup();
    assert_eq!(categories.len(), 16, "{categories:?}");
    assert!(categories.contains(&"FO Won") && categories.contains(&"Goalkeepers/Save Pct"), "{categories:?}");
    places_are_true(&response, &stats.records, &[], "<tr");

    let Some(team) = pages::recorded("ncaa-stats-pages/ncaa_game_by_game.html") else { return };
    let response = page(&format!("{SITE}/teams/594020"), &team);
    let found = extract::schedule(&response).unwrap();
    let games: Vec<_> = found.records.iter().map(|found| &found.record).collect();
    assert_eq!((games.len(), found.refused.len()), (16, 0));
    let played = games.iter().filter(|game| game.contest_id.is_some()).count();
    assert_eq!((played, team.matches("/box_score\"").count()), (15, 15), "the last one is to come");
    assert!(games.iter().all(|game| game.opponent_team_id.is_some() && game.opponent.starts_with(char::is_alphabetic)));
}
