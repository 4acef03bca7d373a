//! Niche: lists, profiles and files to rows, over fixtures of invented colleges; and the recorded file.

mod support;

use bytes::Bytes;
use models::{Field, NicheGradeInsert, NicheProfileInsert, NicheProfileRef, SchoolRef};
use pipeline::Exit;
use pipeline::identity::{KnownSchool, Matcher};
use pipeline::sources::found::{Extracted, Found, Reason};
use pipeline::sources::niche::{Grade, ListedRecord, ProfileRecord, extract, requests, rows};
use proptest::collection::vec;
use proptest::prelude::*;
use support::pages::{fixture, page, recorded};

const LIST: &str = "https://www.niche.com/colleges/search/best-colleges/?page=1";
const HARBOR: &str = "https://www.niche.com/colleges/harbor-university/";

fn with_json_ld(url: &str, blocks: &[&str]) -> pipeline::fetch::Response {
    let blocks: String =
        blocks.iter().map(|block| format!("<script type=\"application/ld+json\">{block}</script>")).collect();
    page(url, &format!("<html><head>{blocks}</head></html>"))
}

#[test]
fn what_is_asked() {
    assert_eq!(requests::list(3).to_string(), "GET /colleges/search/best-colleges/?page=3");
    assert_eq!(requests::profile("harbor-university").to_string(), "GET /colleges/harbor-university/");
    assert_eq!(requests::list(1).source(), "niche");
}

fn listed(slug: &str, name: Option<&str>, rank: i32) -> ListedRecord {
    ListedRecord { slug: slug.to_owned(), name: name.map(str::to_owned), rank }
}

fn records<T: Clone>(extracted: &Extracted<T>) -> Vec<T> {
    extracted.records.iter().map(|found| found.record.clone()).collect()
}

#[test]
fn a_list_gives_ranks_and_refuses_what_is_no_college() {
    let found = extract::list(&page(LIST, &fixture("niche", "list-1.html")), 1).unwrap();
    let expected = [
        listed("harbor-university", Some("Harbor University"), 1),
        listed("lakeview-college", Some("Lakeview College"), 2),
        listed("pine-state-university", None, 3),
    ];
    assert_eq!(records(&found), expected);
    let refused: Vec<_> = found.refused.iter().map(|refused| (refused.reason, refused.message.as_str())).collect();
    let elsewhere = "https://www.niche.com/colleges/search/best-liberal-arts-colleges/";
    let expected = [
        (Reason::Missing, "the college has no `url`".to_owned()),
        (Reason::WrongType, "`position` is 0, not a number from 1".to_owned()),
        (Reason::UnknownValue, format!("`url` is {elsewhere:?}, which is no college's profile")),
    ];
    assert_eq!(refused, expected.iter().map(|(reason, text)| (*reason, text.as_str())).collect::<Vec<_>>());
    let place = &found.records[0].place;
    assert!(place.raw.trim_ascii_start().starts_with(b"{") && place.offset > 0);
    assert_eq!((&*place.url, place.media_type.as_deref()), (LIST, Some("text/html")));
}

#[test]
fn ranks_go_on_over_pages_however_the_site_counts() {
    let item = |position: &str| {
        format!(
            r#"{{"@type":"ItemList","itemListElement":[{{{position}"url":"/colleges/a/"}},{{"url":"/colleges/b/"}}]}}"#
        )
    };
    // The position of the first; the second has none, and is what its place on the page says.
    for (position, page, ranks) in [
        (r#""position":1,"#, 1, [1, 2]),
        (r#""position":1,"#, 3, [51, 52]),
        (r#""position":51,"#, 3, [51, 52]),
        ("", 2, [26, 27]),
        (r#""position":30,"#, 2, [30, 27]),
    ] {
        let found = extract::list(&with_json_ld(LIST, &[&item(position)]), page).unwrap();
        assert_eq!(records(&found).iter().map(|college| college.rank).collect::<Vec<_>>(), ranks, "{position} {page}");
    }
}

#[test]
fn a_list_beyond_the_last_page_is_empty_and_any_other_without_colleges_has_changed() {
    let empty = r#"{"@type":"CollectionPage","mainEntity":{"@type":"ItemList","itemListElement":[]}}"#;
    assert_eq!(extract::list(&with_json_ld(LIST, &[empty]), 2).unwrap(), Extracted::default());
    let no_college = r#"{"@type":"ItemList","itemListElement":[{"name":"A"}]}"#;
    let cases: [(&[&str], u32, &str); 6] = [
        (&[empty], 1, "it is empty"),
        (&[no_college], 2, "the college has no `url`"),
        (&[], 1, "it has no JSON-LD"),
        (&["{\"@type\":\"WebPage\"}"], 1, "its JSON-LD has only WebPage"),
        (&["{"], 1, "its JSON-LD names no type; 1 broken"),
        (&["{\"@type\":\"CollectionPage\"}"], 1, "its JSON-LD has only CollectionPage"),
    ];
    for (blocks, page, why) in cases {
        let error = extract::list(&with_json_ld(LIST, blocks), page).unwrap_err();
        assert_eq!(error.exit(), Exit::Input);
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[test]
fn a_profile_gives_its_grades() {
    let found = extract::profile(&page(HARBOR, &fixture("niche", "profile.html"))).unwrap();
    let grades = [
        ("Overall Niche Grade", "A+"),
        ("Academics", "A"),
        ("Value", "A-"),
        ("Diversity", "B+"),
        ("Campus", "B"),
        ("Athletics", "B-"),
        ("Party Scene", "C+"),
        ("Professors", "C"),
        ("Location", "C-"),
        ("Dorms", "D+"),
        ("Student Life", "F"),
    ];
    let expected = ProfileRecord {
        slug: "harbor-university".to_owned(),
        name: "Harbor University".to_owned(),
        website: Some("https://admissions.harbor.edu".to_owned()),
        city: Some("Port Alma".to_owned()),
        state: Some("ME".to_owned()),
        rank: None,
        grades: grades.map(|(category, grade)| Grade { category, grade }).into(),
    };
    assert_eq!(records(&found), [expected]);
    assert_eq!(found.passed_over.into_iter().collect::<Vec<_>>(), [("broken-json-ld", 1), ("no-grade", 1)]);
    assert_eq!(found.unknown.into_iter().collect::<Vec<_>>(), [("Acceptance Rate".to_owned(), 1)]);
    let refused: Vec<_> = found.refused.iter().map(|refused| (refused.reason, refused.message.as_str())).collect();
    assert_eq!(
        refused,
        [
            (Reason::UnknownValue, "the grade of \"Campus Food\" is \"E\", none of A+ to F"),
            (Reason::Collision, "the grade of \"Academics\" is B, and A before"),
        ]
    );
    assert_eq!(found.refused[0].key, Some(serde_json::json!({"slug": "harbor-university", "category": "Campus Food"})));
    assert_eq!(found.refused[0].table, "public.niche_grade");
}

#[test]
fn profiles_of_every_shape() {
    let college = r#"{"@type":"CollegeOrUniversity","name":"Harbor University""#;
    // Blocks; whether a profile is found; what is passed over, unknown, refused.
    let found = |blocks: &[&str]| {
        let found = extract::profile(&with_json_ld(HARBOR, blocks)).unwrap();
        let grades: usize = found.records.iter().map(|found| found.record.grades.len()).sum();
        (found.records.len(), grades, found.unknown.len(), found.refused.len())
    };
    let bare = format!("{college}}}");
    assert_eq!(found(&[&bare]), (1, 0, 0, 0), "a college without grades is one");
    assert_eq!(found(&[&format!("[[{bare}]]")]), (1, 0, 0, 0));
    let type_as_address = bare.replace("CollegeOrUniversity", "https://schema.org/CollegeOrUniversity");
    assert_eq!(found(&[&type_as_address]), (1, 0, 0, 0));
    let one = format!(r#"{college},"additionalProperty":{{"name":"Safety","value":"B"}}}}"#);
    assert_eq!(found(&[&one]), (1, 1, 0, 0), "one property, not in an array");
    let nameless = format!(r#"{college},"additionalProperty":[{{"value":"B"}},{{"name":"Safety","value":"B"}},"x"]}}"#);
    assert_eq!(found(&[&nameless]), (1, 1, 1, 0));
    let number = format!(r#"{college},"additionalProperty":[{{"name":"Safety","value":4.1}}]}}"#);
    assert_eq!(found(&[&number]), (1, 0, 0, 1));
    assert_eq!(found(&[r#"{"@type":"CollegeOrUniversity","name":" "}"#]), (0, 0, 0, 1));
    // The one with the page's address counts, then the one with properties.
    let other =
        r#"{"@type":"CollegeOrUniversity","name":"Other","additionalProperty":[{"name":"Safety","value":"F"}]}"#;
    let own = r#"{"@type":"CollegeOrUniversity","name":"Own","url":"/colleges/harbor-university/"}"#;
    let first =
        |blocks: &[&str]| extract::profile(&with_json_ld(HARBOR, blocks)).unwrap().records.remove(0).record.name;
    assert_eq!(first(&[other, own]), "Own");
    assert_eq!(first(&[&bare, other]), "Other");
}

#[test]
fn a_page_without_a_college_has_changed_and_one_that_is_gone_is_none() {
    let none_known =
        r#"{"@type":"CollegeOrUniversity","name":"A","additionalProperty":[{"name":"Stars","value":"5"}]}"#;
    let cases: [(&[&str], &str); 3] = [
        (&[], "there is no college: it has no JSON-LD"),
        (&["{\"@type\":\"Product\"}", "nonsense"], "its JSON-LD has only Product; 1 broken"),
        (&[none_known], "none of its properties is a grade: Stars"),
    ];
    for (blocks, why) in cases {
        let error = extract::profile(&with_json_ld(HARBOR, blocks)).unwrap_err();
        assert_eq!(error.exit(), Exit::Input);
        assert!(error.to_string().contains(why), "{error}");
    }
    let mut gone = page(HARBOR, "<h1>Not found</h1>");
    gone.status = 404;
    let found = extract::profile(&gone).unwrap();
    assert_eq!((found.records.len(), found.passed_over.get("absent-profile")), (0, Some(&1)));
}

fn file() -> Extracted<ProfileRecord> {
    extract::file("data/profiles.json", &Bytes::from(fixture("niche", "profiles.json"))).unwrap()
}

#[test]
fn a_file_gives_profiles_and_refuses_what_is_none() {
    let found = file();
    let names: Vec<_> = found.records.iter().map(|found| (found.record.slug.as_str(), found.record.rank)).collect();
    let expected = [
        ("harbor-university", Some(1)),
        ("harbor-university-at-night", Some(9)),
        ("lakeview-college", None),
        ("elsewhere-college", Some(4)),
        ("pine-college", Some(5)),
    ];
    assert_eq!(names, expected);
    let harbor = &found.records[0].record;
    let grades = [("Overall Niche Grade", "A+"), ("Party Scene", "B-"), ("Campus Food", "C")];
    assert_eq!(harbor.grades, grades.map(|(category, grade)| Grade { category, grade }));
    assert_eq!((harbor.city.as_deref(), harbor.state.as_deref()), (Some("PORT ALMA"), Some("ME")));
    let unknown: Vec<_> = found.unknown.keys().map(String::as_str).collect();
    assert_eq!(unknown, ["mascot", "nicheGrades.quidditch"]);
    let passed_over: Vec<_> = found.passed_over.iter().map(|(reason, number)| (*reason, *number)).collect();
    // Rankless College is refused before its grades are looked for.
    assert_eq!(passed_over, [("no-grade", 1), ("profile-without-grades", 1)]);
    let refused: Vec<_> = found.refused.iter().map(|refused| refused.message.as_str()).collect();
    let expected = [
        "the grade of \"Dorms\" is \"Z\", none of A+ to F",
        "`name` is null or blank",
        "`nicheRanking` is 0, not a number from 1",
        "`nicheGrades` is \"A\", not an object",
    ];
    assert_eq!(refused, expected);
    let origin = found.records.into_iter().next().unwrap().into_row(&"niche".into()).origin;
    assert_eq!((origin.file.as_deref(), origin.url.as_deref()), (Some("data/profiles.json"), None));
}

#[test]
fn a_file_of_which_nothing_can_be_read_is_refused_whole() {
    for text in ["", "[]", "{}", "[{\"slug\":\"a\"}]", "[1]"] {
        let error = extract::file("profiles.json", &Bytes::from_static(text.as_bytes())).unwrap_err();
        assert_eq!(error.exit(), Exit::Input, "{text}");
    }
}

fn matcher() -> Matcher {
    let school = |ncaa_id, name: &str, state: &str, site: &str| KnownSchool {
        ncaa_id,
        name: name.to_owned(),
        state: Some(state.to_owned()),
        websites: vec![site.to_owned()],
        ..KnownSchool::default()
    };
    Matcher::new([
        school(901, "Harbor University", "ME", "www.harbor.edu"),
        school(902, "Lakeview College", "WI", "www.lakeview.edu"),
        school(903, "Pine College", "OR", ""),
        school(904, "Elsewhere College (Iowa)", "IA", "www.elsewhere.edu"),
    ])
}

#[test]
fn profiles_become_rows_of_schools() {
    let listed = [listed("lakeview-college", None, 77), listed("unheard-of", None, 3)];
    let rows = rows(file().records, &listed, &matcher());
    let row = |id, slug: &str, rank: Field<Option<i32>>| {
        let mut row = NicheProfileInsert::new(SchoolRef::NcaaId(id), slug);
        row.national_rank = rank;
        row
    };
    let profiles: Vec<_> = rows.profiles.iter().map(|found| found.record.clone()).collect();
    // By the certainty of the rule, then by rank: the site, then the names.
    let expected = [
        row(901, "harbor-university", Field::Value(Some(1))),
        row(903, "pine-college", Field::Value(Some(5))),
        row(902, "lakeview-college", Field::Value(Some(77))),
    ];
    assert_eq!(profiles, expected);
    let grades: Vec<_> = rows.grades.iter().map(|found| found.record.clone()).collect();
    let grade =
        |id, category, grade| NicheGradeInsert::new(NicheProfileRef::SchoolId(SchoolRef::NcaaId(id)), category, grade);
    let expected = [
        grade(901, "Overall Niche Grade", "A+"),
        grade(901, "Party Scene", "B-"),
        grade(901, "Campus Food", "C"),
        grade(902, "Overall Niche Grade", "B"),
    ];
    assert_eq!(grades, expected);
    let aliases: Vec<_> =
        rows.aliases.iter().map(|found| (found.record.alias.as_str(), found.record.rule.value())).collect();
    let rule = |rule: &str| Some(rule.to_owned());
    let (website, name) = (rule("website"), rule("name"));
    let expected =
        [("harbor-university", Some(&website)), ("pine-college", Some(&name)), ("lakeview-college", Some(&name))];
    assert_eq!(aliases, expected);

    let refused: Vec<_> = rows.refused.iter().map(|refused| (refused.reason, refused.message.as_str())).collect();
    let similar = "\"Elsewhere College\" is no known school; similar are Elsewhere College (Iowa) (904; similar 80 %)";
    let expected = [
        (Reason::UnknownSchool, similar),
        (Reason::Collision, "the school 901 has the profile \"harbor-university\" already"),
    ];
    assert_eq!(refused.iter().map(|(reason, _)| *reason).collect::<Vec<_>>(), expected.map(|(reason, _)| reason));
    assert!(refused[0].1.starts_with(similar), "{}", refused[0].1);
    assert_eq!(refused[1].1, expected[1].1);
    assert_eq!(rows.passed_over.into_iter().collect::<Vec<_>>(), [("grade-of-refused-profile", 2)]);
}

#[test]
fn a_part_of_a_joint_member_is_not_its_profile() {
    let joint =
        KnownSchool { ncaa_id: 158, name: "Columbia University-Barnard College".to_owned(), ..KnownSchool::default() };
    let profile = |name: &str| {
        let text = format!(r#"[{{"name":"{name}","slug":"a","nicheGrades":{{"overall":"A"}}}}]"#);
        extract::file("profiles.json", &text.into()).unwrap().records
    };
    let matcher = Matcher::new([joint]);
    assert_eq!(rows(profile("Columbia University"), &[], &matcher).profiles.len(), 1);
    let part = rows(profile("Barnard College"), &[], &matcher);
    assert_eq!((part.profiles.len(), part.grades.len(), part.refused.len()), (0, 0, 1));
    assert!(part.refused[0].message.contains("competes as part of 158"), "{}", part.refused[0].message);
}

#[test]
fn the_recorded_file_is_read_whole() {
    let Some(text) = recorded("niche/profiles.json") else { return };
    let found = extract::file("profiles.json", &text.into()).unwrap();
    assert_eq!((found.records.len(), found.refused.len()), (356, 0));
    assert!(found.unknown.is_empty() && found.passed_over.is_empty(), "{:?} {:?}", found.unknown, found.passed_over);
    let grades: usize = found.records.iter().map(|found| found.record.grades.len()).sum();
    assert_eq!(grades, 356 * 13);
    let ranks: Vec<_> = found.records.iter().map(|found: &Found<ProfileRecord>| found.record.rank).collect();
    assert_eq!(ranks, (1..=356).map(Some).collect::<Vec<_>>());
}

proptest! {
    #[test]
    fn whatever_a_page_holds_it_is_read_or_refused(parts in vec(prop_oneof![
        Just("<script type='application/ld+json'>"), Just("</script>"), Just("<!--"), Just("-->"), Just("{\"@graph\":["), Just("]}"),
        Just("{\"@type\":\"CollegeOrUniversity\",\"name\":\"A\"}"), Just("{\"@type\":\"ItemList\",\"itemListElement\":["), Just("]"),
        Just("{\"url\":\"/colleges/a/\",\"position\":9223372036854775807}"), Just(","), Just("é\u{0}<"), Just("null"),
    ], 0..20)) {
        let page = page(HARBOR, &parts.concat());
        let _ = extract::profile(&page);
        let _ = extract::list(&page, u32::MAX);
    }
}
