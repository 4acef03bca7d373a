//! Team lists and rosters.

use std::collections::BTreeMap;

use models::{Division, Field, RosterEntryInsert, SchoolRef, SportRef, Subdivision, TeamRef};
use pipeline::sources::found::{Found, Reason};
use pipeline::sources::ncaa_stats::{Asked, ListDivision, PlayerRecord, RosterPage, extract, roster_rows};

use super::{fixture, given, places_are_true, read_roster, told};

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
