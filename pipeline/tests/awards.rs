//! Awards: CSV files to rows, over fixtures of invented people; and the recorded files.

mod support;

use bytes::Bytes;
use models::{AthleteRef, AwardInsert, Field, SchoolRef, SportRef};
use pipeline::Exit;
use pipeline::identity::{KnownSchool, Matcher};
use pipeline::sources::awards::{AwardRecord, Given, KnownAthlete, KnownAthletes, Rows, awards, rows};
use pipeline::sources::found::{Extracted, Reason};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use support::pages::recorded;

fn fixture(name: &str) -> Bytes {
    let path = format!("{}/tests/fixtures/awards/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}")).into()
}

fn accolades() -> Extracted<AwardRecord> {
    awards("data/accolades.csv", &fixture("accolades.csv"), &Given::default()).unwrap()
}

/// A volleyball file, as it is about one award.
fn volleyball() -> Given {
    let text = |text: &str| Some(text.to_owned());
    Given { award: text("All-America"), selector: text("AVCA"), team: text("First Team"), sport: text("MVB") }
}

fn record(award: &str, team: &str, player: &str, position: Option<&str>, school: &str) -> AwardRecord {
    AwardRecord {
        year: 2024,
        award: award.to_owned(),
        selector: "abc".to_owned(),
        team_level: team.to_owned(),
        player: player.to_owned(),
        normalized_player: player.to_lowercase(),
        position: position.map(str::to_owned),
        school: school.to_owned(),
        class_year: None,
    }
}

#[test]
fn a_file_of_many_lists_gives_its_awards() {
    let found = accolades();
    let (all_american, all_conference) = ("All American", "All Conference (BIG TEN)");
    let easton = AwardRecord {
        normalized_player: "easton marsh".to_owned(),
        ..record(all_american, "2", "Easton Marsh Jr.", Some("K"), "HARBOR UNIVERSITY")
    };
    let tom = AwardRecord {
        normalized_player: "tom odell".to_owned(),
        ..record(all_american, "HM", "Tom O’Dell", None, "lake-view")
    };
    let expected = [
        record(all_american, "1", "Ivo Reed", Some("QB"), "Harbor"),
        easton,
        tom,
        record(all_conference, "1", "Ivo Reed", Some("KR"), "Harbor"),
        record(all_conference, "1", "Ivo Reed", Some("PR"), "Harbor"),
        record("All Conference (BIG TEN): Player of the Year", "", "Ivo Reed", Some("QB"), "Harbor"),
        record(all_conference, "1", "Ben Vale", Some("S"), "Saint Thomas"),
        record(all_conference, "1", "Max Stone", Some("S"), "Quidditch Tech"),
        record(all_conference, "3", "Zeno Park", Some("S"), "Saint Thomas"),
    ];
    let records: Vec<_> = found.records.iter().map(|found| found.record.clone()).collect();
    assert_eq!(records, expected);
    let passed_over: Vec<_> = found.passed_over.into_iter().collect();
    assert_eq!(passed_over, [("award-of-a-coach", 1), ("award-of-a-unit", 2)]);
    assert_eq!(found.unknown.into_iter().collect::<Vec<_>>(), [("column \"file\"".to_owned(), 1)]);
    let refused: Vec<_> = found.refused.iter().map(|refused| (refused.reason, refused.message.as_str())).collect();
    let expected = [
        (Reason::UnknownValue, "`year` is \"24\", not a year"),
        (Reason::Missing, "there is no player"),
        (Reason::Missing, "there is no school"),
        (Reason::UnknownValue, "`team` is \"practice squad\", not 1, 2, 3 or HM"),
        (Reason::Missing, "there is no award"),
        (Reason::WrongType, "the record has 8 fields, and the header 10"),
        (Reason::WrongType, "the record is not UTF-8"),
    ];
    assert_eq!(refused, expected);
}

#[test]
fn every_record_knows_where_it_stands() {
    let bytes = fixture("accolades.csv");
    assert!(bytes.starts_with(b"\xef\xbb\xbf") && bytes.windows(2).any(|two| two == b"\r\n"), "as real files have it");
    let found = accolades();
    let places =
        found.records.iter().map(|found| &found.place).chain(found.refused.iter().map(|refused| &refused.place));
    for place in places {
        assert_eq!(&bytes[place.offset..place.offset + place.raw.len()], &place.raw[..]);
        assert!(place.raw.starts_with(b"20") || place.raw.starts_with(b"24"), "{:?}", place.raw);
        assert!(!place.raw.ends_with(b"\n") && !place.raw.ends_with(b"\r"));
    }
    let origin = found.records[1].clone().into_row(&"awards".into()).origin;
    assert_eq!((origin.file.as_deref(), origin.media_type.as_deref()), (Some("data/accolades.csv"), Some("text/csv")));
    assert_eq!(&origin.raw[..], b"2024,all_american,,abc,\"Marsh, Easton Jr.\",k,HARBOR UNIVERSITY,2.0,,lists/a.py");
}

#[test]
fn a_file_about_one_award_is_told_what_it_does_not_say() {
    let found = awards("first.csv", &fixture("first-team.csv"), &volleyball()).unwrap();
    assert_eq!(found.records.len(), 4);
    let expected = AwardRecord {
        year: 2006,
        award: "All-America".to_owned(),
        selector: "AVCA".to_owned(),
        team_level: "1".to_owned(),
        player: "Ivo Reed".to_owned(),
        normalized_player: "ivo reed".to_owned(),
        position: Some("RS/Opp.".to_owned()),
        school: "Harbor University".to_owned(),
        class_year: Some("RS-Sr.".to_owned()),
    };
    assert_eq!(found.records[1].record, expected);
    let error = awards("first.csv", &fixture("first-team.csv"), &Given::default()).unwrap_err();
    assert_eq!(error.exit(), Exit::Input);
    assert!(error.to_string().contains("first.csv has no column for the award"), "{error}");
    let team = Given { team: Some("varsity".to_owned()), ..volleyball() };
    assert_eq!(awards("first.csv", &fixture("first-team.csv"), &team).unwrap_err().exit(), Exit::Usage);
}

#[test]
fn headers_in_other_words() {
    let cases = [
        (
            "Season,Honor,Selector,Player Name,Pos.,College,Team Level,Class Year\n2024,All-America,abc,Ivo Reed,QB,Harbor,1st,Sr.\n",
            "1",
        ),
        // Without a column for the school, the team is the school.
        ("\"YEAR\",title,organization,athlete,team\n2024,MVP,abc,Ivo Reed,Harbor\n", ""),
        ("year,award,selector,player,school,Team,TEAM_LEVEL\n2024,MVP,abc,Ivo Reed,Harbor,1,2", "1"),
    ];
    for (text, team) in cases {
        let found = awards("a.csv", &Bytes::from_static(text.as_bytes()), &Given::default()).unwrap();
        let record = &found.records[0].record;
        assert_eq!((record.player.as_str(), record.school.as_str()), ("Ivo Reed", "Harbor"), "{text}");
        assert_eq!((record.selector.as_str(), record.team_level.as_str()), ("abc", team), "{text}");
    }
}

#[test]
fn a_file_that_is_no_list_of_awards_is_refused_whole() {
    let cases = [
        ("", "no column for the year, the player, the school, the award"),
        ("year,player,school,award\n", "it has no records"),
        ("year,player,school,award\n2024,,Harbor,MVP\n", "there is no player"),
        ("<html></html>", "no column for the year"),
    ];
    for (text, why) in cases {
        let error = awards("a.csv", &Bytes::from_static(text.as_bytes()), &Given::default()).unwrap_err();
        assert_eq!(error.exit(), Exit::Input, "{text}");
        assert!(error.to_string().contains(why), "{error}");
    }
}

fn matcher() -> Matcher {
    let school = |ncaa_id, name: &str| KnownSchool { ncaa_id, name: name.to_owned(), ..KnownSchool::default() };
    let thomas = [school(903, "University of St. Thomas (Minnesota)"), school(904, "University of St. Thomas (Texas)")];
    Matcher::new([school(901, "Harbor University"), school(902, "Lake View College")].into_iter().chain(thomas))
}

fn athlete(key: &str, name: &str, school: i32, season: i32) -> KnownAthlete {
    KnownAthlete { identity_key: key.to_owned(), normalized_name: name.to_owned(), school, season }
}

fn football() -> (Given, Rows) {
    let given = Given { sport: Some("MFB".to_owned()), ..Given::default() };
    let athletes = KnownAthletes::new([
        // A season of football ends in the year after that of its awards.
        athlete("reed-1", "ivo reed", 901, 2025),
        athlete("reed-1", "ivo reed", 901, 2025),
        athlete("reed-0", "ivo reed", 901, 2024),
        athlete("marsh-1", "easton marsh", 901, 2025),
        athlete("marsh-2", "easton marsh", 901, 2025),
    ]);
    let rows = rows(accolades().records, &given, &matcher(), &athletes);
    (given, rows)
}

#[test]
fn awards_become_rows_of_schools_and_players() {
    let (_, rows) = football();
    let insert = |award: &str, team: &str, player: &str, position: Option<&str>, school: &str| {
        let mut row =
            AwardInsert::new(2024, award, player, school).with_selector("abc".to_owned()).with_team_level(team);
        row.position = position.map_or(Field::Absent, |position| Field::Value(Some(position.to_owned())));
        row.with_sport_id(SportRef::NcaaId("MFB".to_owned()))
    };
    let at = |row: AwardInsert, school| row.with_school_id(SchoolRef::NcaaId(school));
    let reed = |row: AwardInsert| at(row, 901).with_athlete_id(AthleteRef::IdentityKey("reed-1".to_owned()));
    let (all_american, all_conference) = ("All American", "All Conference (BIG TEN)");
    let expected = [
        reed(insert(all_american, "1", "Ivo Reed", Some("QB"), "Harbor")),
        at(insert(all_american, "2", "Easton Marsh Jr.", Some("K"), "HARBOR UNIVERSITY"), 901),
        at(insert(all_american, "HM", "Tom O’Dell", None, "lake-view"), 902),
        // Two positions are one award.
        reed(insert(all_conference, "1", "Ivo Reed", Some("KR/PR"), "Harbor")),
        reed(insert("All Conference (BIG TEN): Player of the Year", "", "Ivo Reed", Some("QB"), "Harbor")),
        insert(all_conference, "1", "Ben Vale", Some("S"), "Saint Thomas"),
        insert(all_conference, "1", "Max Stone", Some("S"), "Quidditch Tech"),
        insert(all_conference, "3", "Zeno Park", Some("S"), "Saint Thomas"),
    ];
    assert_eq!(rows.awards.iter().map(|found| found.record.clone()).collect::<Vec<_>>(), expected);
}

#[test]
fn names_of_schools_become_aliases_or_wait_with_their_candidates() {
    let (_, rows) = football();
    let aliases: Vec<_> =
        rows.aliases.iter().map(|found| (found.record.alias.as_str(), found.record.school_id.clone())).collect();
    let school = SchoolRef::NcaaId;
    let expected = [("Harbor", school(901)), ("HARBOR UNIVERSITY", school(901)), ("lake-view", school(902))];
    assert_eq!(aliases, expected);
    let refused: Vec<_> = rows.refused.iter().map(|refused| (refused.reason, refused.key.clone().unwrap())).collect();
    let key = |name: &str, alias: &str| json!({ "source": "awards", "normalized_alias": name, "alias": alias });
    let expected = [
        (Reason::AmbiguousSchool, key("saint thomas", "Saint Thomas")),
        (Reason::UnknownSchool, key("quidditch tech", "Quidditch Tech")),
    ];
    assert_eq!(refused, expected, "each name once");
    assert_eq!(rows.refused[0].table, "public.school_alias");
    let message = &rows.refused[0].message;
    assert!(message.contains("(Minnesota) (903;") && message.contains("(Texas) (904;"), "{message}");
}

#[test]
fn what_awards_are_loaded_without_is_told() {
    let (_, rows) = football();
    let unresolved: Vec<_> = rows
        .unresolved
        .iter()
        .map(|one| (one.column, one.row_key["player_name"].as_str().unwrap(), one.reason))
        .collect();
    let expected = [
        ("athlete_id", "Easton Marsh Jr.", Reason::UnknownPlayer),
        ("school_id", "Ben Vale", Reason::AmbiguousSchool),
        ("school_id", "Max Stone", Reason::UnknownSchool),
        ("school_id", "Zeno Park", Reason::AmbiguousSchool),
    ];
    assert_eq!(unresolved, expected);
    assert!(rows.unresolved[0].message.contains("2 on the roster of 901 in 2025"), "{}", rows.unresolved[0].message);
    assert!(rows.unresolved[0].message.ends_with("marsh-1, marsh-2"));
    let passed_over: Vec<_> = rows.passed_over.into_iter().collect();
    assert_eq!(passed_over, [("award-for-another-position", 1), ("player-of-unknown-roster", 1)]);
}

#[test]
fn a_season_of_the_spring_is_the_award_s_year() {
    let records = awards("first.csv", &fixture("first-team.csv"), &volleyball()).unwrap().records;
    let known = [
        athlete("reed", "ivo reed", 901, 2006),
        athlete("kealoha", "kai kealoha", 902, 2006),
        athlete("kealoha", "kai kealoha", 901, 2006),
    ];
    let athletes = KnownAthletes::new(known);
    let found = rows(records.clone(), &volleyball(), &matcher(), &athletes);
    let keys: Vec<_> = found.awards.iter().map(|found| found.record.athlete_id.clone()).collect();
    let key = |key: &str| Field::Value(Some(AthleteRef::IdentityKey(key.to_owned())));
    assert_eq!(keys, [Field::Absent, key("reed"), key("kealoha"), Field::Absent]);
    assert!(found.unresolved[0].message.contains("nobody on the roster of 902 in 2006 is called \"Two Names\""));
    assert_eq!(found.passed_over.get("player-of-unknown-roster"), Some(&1));
    // Without the sport the season is not known, and nobody is looked for.
    let found = rows(records, &Given { sport: None, ..volleyball() }, &matcher(), &athletes);
    assert!(found.awards.iter().all(|found| found.record.athlete_id == Field::Absent) && found.unresolved.is_empty());
}

#[test]
fn the_recorded_files_are_read_whole() {
    let football = "awards/wertzhayden_2024_football_accolades.csv";
    let (Some(football), Some(first)) = (recorded(football), recorded("awards/avca_first_team_all_americans.csv"))
    else {
        return;
    };
    let found = awards("football.csv", &football.into(), &Given::default()).unwrap();
    assert!(found.refused.is_empty(), "{:?}", found.refused);
    // 10 coaches, and units: 27 by their position, three more by the award alone.
    let passed_over: Vec<_> = found.passed_over.iter().map(|(reason, number)| (*reason, *number)).collect();
    assert_eq!(passed_over, [("award-of-a-coach", 10), ("award-of-a-unit", 30)]);
    assert_eq!(found.records.len(), 2_408 - 40);
    let rows = rows(found.records, &Given::default(), &matcher(), &KnownAthletes::default());
    // Counted in the file: awards that name a player for two positions.
    assert_eq!(rows.passed_over.get("award-for-another-position"), Some(&15));
    assert_eq!(rows.awards.len(), 2_408 - 40 - 15);

    let found = awards("first.csv", &first.into(), &volleyball()).unwrap();
    assert_eq!((found.records.len(), found.refused.len(), found.passed_over.len()), (218, 0, 0));
}

proptest! {
    #[test]
    fn whatever_a_file_holds_every_record_ends_in_one_count(lines in vec("[a-z,\"0-9\n\r /é]{0,24}", 0..12)) {
        let text = format!("year,award,player,school\n2024,MVP,Ivo Reed,Harbor\n{}", lines.join("\n"));
        let found = awards("a.csv", &Bytes::from(text.clone()), &Given::default()).unwrap();
        prop_assert!(!found.records.is_empty());
        for place in found.records.iter().map(|found| &found.place).chain(found.refused.iter().map(|refused| &refused.place)) {
            prop_assert_eq!(&text.as_bytes()[place.offset..place.offset + place.raw.len()], &place.raw[..]);
        }
    }
}
