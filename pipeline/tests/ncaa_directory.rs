//! The NCAA's directory: the shipped recording, the recorded real answers, and every kind of dirt.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use models::{
    ConferenceInsert, ConferenceRef, Division, Field, LocationInsert, LocationRef, SchoolInsert, SchoolRef,
    SchoolSportInsert, SocialLinks, SportGender, SportRef, Subdivision,
};
use pipeline::fetch::{FetchConfig, Fetcher, Mode, Origin, Response, is_blocked};
use pipeline::graph;
use pipeline::known::Known;
use pipeline::report::Progress;
use pipeline::sources::batch::Batch;
use pipeline::sources::found::{Extracted, Reason};
use pipeline::sources::ncaa_directory::{self, ConferenceRecord, DetailRecord, MemberRecord, SportRecord, extract};
use pipeline::sources::pages::{PageCounts, Pages};
use pipeline::sources::task::{Context, Partition};
use pipeline::{Exit, Result, sources};
use support::{Answer, Site};

fn offline() -> Fetcher {
    Fetcher::new(FetchConfig { mode: Mode::Offline, sources: sources::access(), ..FetchConfig::default() }).unwrap()
}

/// What the directory's tasks find.
#[derive(Debug)]
struct Harvest {
    pages: Pages,
    sports: Extracted<SportRecord>,
    conferences: Extracted<ConferenceRecord>,
    schools: Extracted<MemberRecord>,
    details: BTreeMap<i32, DetailRecord>,
    counts: PageCounts,
}

async fn run(fetcher: Fetcher, limit: Option<u64>) -> Result<Harvest> {
    let (pages, progress) = (Pages::new(fetcher), Progress::silent());
    let sports = ncaa_directory::sports(&pages).await?;
    let conferences = ncaa_directory::conferences(&pages, Some(0), &progress).await?.list;
    let found = ncaa_directory::schools(&pages, limit, &progress).await?;
    Ok(Harvest { pages, sports, conferences, schools: found.members, details: found.details, counts: found.pages })
}

/// What a task gives to load.
async fn batch(task: &str, pages: &Pages, limit: Option<u64>) -> Result<Batch> {
    let (_, task) = graph::task(task).unwrap();
    let (known, partition, progress) = (Known::nothing(), Partition::default(), Progress::silent());
    let given = BTreeMap::new();
    let context =
        Context { pages, known: &known, partition: &partition, limit, files: &[], given: &given, progress: &progress };
    (task.collect)(&context).await
}

async fn skipped(fetcher: Fetcher, limit: Option<u64>) -> BTreeMap<String, u64> {
    batch("schools", &Pages::new(fetcher), limit).await.unwrap().skipped
}

fn school(harvest: &Harvest, id: i32) -> &MemberRecord {
    &harvest.schools.records.iter().find(|school| school.record.ncaa_id == id).expect("the school is there").record
}

fn given(value: &str) -> Field<Option<String>> {
    Field::Value(Some(value.to_owned()))
}

#[tokio::test]
async fn the_shipped_recording_gives_schools_of_every_kind() {
    let found = run(offline(), None).await.unwrap();
    assert_eq!(found.pages.fetcher().statistics().requests, 0);
    assert_eq!((found.sports.records.len(), found.conferences.records.len()), (108, 146));
    assert_eq!(found.schools.records.len(), 44);
    assert_eq!(skipped(offline(), None).await, BTreeMap::from([("stub-member".to_owned(), 1)]));
    assert_eq!(found.counts, PageCounts { read: 11, absent: 33, ..PageCounts::default() });
    assert!(
        found.sports.refused.is_empty() && found.conferences.refused.is_empty() && found.schools.refused.is_empty()
    );

    let alabama = school(&found, 8);
    assert_eq!(alabama.name, "University of Alabama");
    assert_eq!(alabama.division, Field::Value(Some(Division::I)));
    assert_eq!(alabama.subdivision, Field::Value(Some(Subdivision::Fbs)));
    assert_eq!(alabama.conference_id, Field::Value(Some(911)));
    assert_eq!((alabama.is_private, alabama.is_active), (Field::Value(Some(false)), Field::Value(Some(true))));
    assert_eq!(alabama.website_url, given("https://www.ua.edu"));
    assert_eq!(alabama.nickname, Field::Absent);
    assert_eq!(school(&found, 6).is_historically_black, Field::Value(Some(true)));
    assert_eq!(school(&found, 169).subdivision, Field::Value(None), "Creighton plays no football");
    assert_eq!(school(&found, 32).athletics_url, given("https://lrtrojans.com"));

    let named = |name: &str| &found.schools.records.iter().find(|school| school.record.name == name).unwrap().record;
    assert_eq!(named("Kenyon College").division, Field::Value(Some(Division::III)));
    assert_eq!(named("Mitchell College").athletics_url, Field::Value(None));
    assert_eq!(named("Pomona-Pitzer Colleges").website_url, given("https://www.pomona.edu"));
    assert_eq!(named("University of Tampa").subdivision, Field::Absent, "its row lacks the key");
    assert_eq!(named("University of Tampa").is_historically_black, Field::Absent);
}

#[tokio::test]
async fn the_shipped_recording_names_two_conferences_that_are_gone() {
    let found = run(offline(), None).await.unwrap();
    let known: BTreeSet<i32> = found.conferences.records.iter().map(|conference| conference.record.ncaa_id).collect();
    let named = |school: &MemberRecord| school.conference_id.value().copied().flatten();
    let gone = found.schools.records.iter().filter_map(|school| named(&school.record)).filter(|id| !known.contains(id));
    assert_eq!(gone.collect::<BTreeSet<_>>(), BTreeSet::from([888, 21062]));
}

#[tokio::test]
async fn detail_pages_add_address_profiles_and_sports() {
    let found = run(offline(), None).await.unwrap();
    let alabama = &found.details[&8];
    let address = alabama.address.as_ref().unwrap();
    assert_eq!(address.record.key, "739 university blvd|tuscaloosa|al|35487|us");
    assert_eq!(address.record.city, "Tuscaloosa");
    assert!(address.place.raw.starts_with(b"<address>") && address.place.raw.ends_with(b"</address>"));
    assert_eq!(alabama.athletics_url.as_deref(), Some("http://www.rolltide.com"));
    let profiles = &alabama.social_links;
    assert!(profiles.facebook.is_some() && profiles.instagram.is_some() && profiles.x.is_some(), "{profiles:?}");
    assert_eq!((&profiles.linkedin, &profiles.tiktok, &profiles.youtube), (&None, &None, &None));
    let sports: Vec<_> = alabama.sports.iter().map(|sport| &sport.record).collect();
    assert_eq!(sports.len(), 5);
    assert_eq!(
        (&sports[1].division, &sports[1].subdivision),
        (&Field::Value(Some(Division::I)), &Field::Value(Some(Subdivision::Fbs)))
    );
    assert_eq!(sports[4].label, "Women's Gymnastics");
    assert_eq!(sports[4].head_coaches.len(), 2, "co-head coaches have a row each");
    assert_eq!(sports[4].conference_id, Field::Value(Some(911)));
    assert!(alabama.sports[0].place.raw.starts_with(b"<table"));

    let omaha = &found.details[&169].address.as_ref().unwrap().record;
    assert_eq!(
        (omaha.city.as_str(), omaha.state.as_deref(), omaha.zip_code.as_deref()),
        ("Omaha", Some("NE"), Some("68178"))
    );
    assert_eq!(found.details[&6].social_links, SocialLinks::default(), "the site's own profiles are not the school's");
}

#[tokio::test]
async fn a_limit_bounds_the_schools_and_their_pages_only() {
    let found = run(offline(), Some(5)).await.unwrap();
    assert_eq!(
        (found.sports.records.len(), found.conferences.records.len(), found.schools.records.len()),
        (108, 146, 5)
    );
    assert_eq!(skipped(offline(), Some(5)).await.get("beyond-limit"), Some(&40));
    assert_eq!(found.pages.fetcher().statistics().replayed, 3 + 5);
    assert_eq!(run(offline(), Some(0)).await.unwrap().schools.records.len(), 0);
}

#[tokio::test]
async fn what_several_tasks_need_is_asked_for_once() {
    let pages = Pages::new(offline());
    for task in ["sports", "conferences", "schools"] {
        batch(task, &pages, Some(5)).await.unwrap();
    }
    assert_eq!(pages.fetcher().statistics().replayed, 3 + 5);
}

/// The recorded real answers, which are no part of the project.
fn recorded(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("RECORDED_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    match std::fs::read(folder.join("ncaa-directory").join(name)) {
        Ok(bytes) => Some(bytes),
        Err(_) => {
            eprintln!("NOT TESTED: the recorded data is not in {}; set RECORDED_DATA", folder.display());
            None
        }
    }
}

#[tokio::test]
async fn the_recorded_answers_load_with_every_row_accounted_for() {
    let (Some(sports), Some(conferences), Some(members), Some(robots)) = (
        recorded("sportList.2025.json"),
        recorded("conferenceList.2026.json"),
        recorded("memberList.type12.sportCode-MBA.2022.json"),
        recorded("robots.txt"),
    ) else {
        return;
    };
    let body = members.clone();
    let site = Site::start(move |target, _| match target {
        "/robots.txt" => Answer::Whole(200, vec![("content-type", "text/plain".to_owned())], robots.clone()),
        "/directory/api/common/sportList" => Answer::json(sports.clone()),
        "/directory/api/common/conferenceList" => Answer::json(conferences.clone()),
        "/directory/api/directory/memberList?type=12" => Answer::json(members.clone()),
        _ => Answer::text(404, "<h1>Not Found</h1>"),
    })
    .await;
    let found = run(site.fetcher(), None).await.unwrap();
    assert_eq!(found.counts, PageCounts { absent: 942, ..PageCounts::default() });
    assert!(skipped(site.fetcher(), None).await.is_empty());
    let refused = [found.sports.refused.len(), found.conferences.refused.len(), found.schools.refused.len()];
    assert_eq!(refused, [0, 0, 0]);
    assert_eq!((found.sports.records.len(), found.conferences.records.len()), (108, 146));
    assert_eq!(found.schools.records.len(), 942);

    let codes: BTreeSet<_> = found.sports.records.iter().map(|sport| sport.record.ncaa_id.as_str()).collect();
    assert_eq!(codes.len(), 107, "WST comes twice");
    let count = |gender| found.sports.records.iter().filter(|sport| sport.record.gender == gender).count();
    assert_eq!([SportGender::Men, SportGender::Women, SportGender::Mixed].map(count), [39, 40, 29]);
    let stunt: Vec<_> = found.sports.records.iter().filter(|sport| sport.record.ncaa_id == "WST").collect();
    assert!(stunt.iter().all(|sport| sport.record.name == "Women's Stunt" && sport.record.display_name == "Stunt"));

    let known: BTreeSet<i32> = found.conferences.records.iter().map(|conference| conference.record.ncaa_id).collect();
    let conference = |school: &MemberRecord| school.conference_id.value().copied().flatten().unwrap();
    let gone = found.schools.records.iter().filter(|school| !known.contains(&conference(&school.record))).count();
    assert_eq!(gone, 11);
    assert!(found.conferences.records.iter().all(|conference| conference.record.name.trim() == conference.record.name));
    for school in &found.schools.records {
        let place = &school.place;
        assert_eq!(&body[place.offset..place.offset + place.raw.len()], &place.raw[..]);
        let record = &school.record;
        for url in [&record.website_url, &record.athletics_url] {
            let url = url.value().unwrap().as_deref();
            assert!(url.is_some_and(|url| url.starts_with("http") && !url.contains(' ')), "{record:?}");
        }
    }
}

#[test]
fn newer_answers_have_more_keys_and_say_the_same() {
    let (Some(members), Some(basketball)) =
        (recorded("memberList.type12.2026.excerpt.json"), recorded("memberList.type12.divI.MBB.2026.excerpt.json"))
    else {
        return;
    };
    let members = extract::members(&response(&members), None).unwrap();
    let football: Vec<_> = members.records.iter().map(|school| school.record.subdivision.clone()).collect();
    assert_eq!((members.records.len(), members.refused.len()), (8, 0));
    assert!(football.contains(&Field::Value(Some(Subdivision::Fbs))) && football.contains(&Field::Value(None)));
    assert_eq!(extract::members(&response(&basketball), None).unwrap().records.len(), 3);
}

fn response(body: &[u8]) -> Response {
    Response {
        status: 200,
        headers: Default::default(),
        body: body.to_vec().into(),
        url: "https://site.example/list".to_owned(),
        media_type: Some("application/json".to_owned()),
        fetched_at: chrono::Utc::now(),
        origin: Origin::Live,
    }
}

fn members(json: &str) -> Extracted<MemberRecord> {
    extract::members(&response(json.as_bytes()), None).unwrap()
}

const GOOD: &str = r#"{"orgId":4,"nameOfficial":"Some College","memberOrgAddress":{"state":"MI"}}"#;

#[test]
fn a_bad_record_is_refused_with_its_raw_form_and_the_rest_goes_on() {
    use Reason::{Missing, UnknownValue, WrongType};
    let cases = [
        (r#"{"nameOfficial":"A","webSiteUrl":"a.edu"}"#, Missing, "`orgId` is missing", None),
        (r#"{"orgId":null,"nameOfficial":"A"}"#, Missing, "`orgId` is null or blank", Some("null")),
        (r#"{"orgId":"7","nameOfficial":"A","conferenceId":5}"#, WrongType, "`orgId` is the text \"7\"", Some("\"7\"")),
        (r#"{"orgId":-7,"nameOfficial":"A","conferenceId":5}"#, UnknownValue, "`orgId` is -7", Some("-7")),
        (r#"{"orgId":99999999999,"nameOfficial":"A","conferenceId":5}"#, WrongType, "99999999999", Some("99999999999")),
        (r#"{"orgId":7,"nameOfficial":"  ","conferenceId":5}"#, Missing, "`nameOfficial` is null or blank", Some("7")),
        (r#"{"orgId":7,"nameOfficial":["A"],"conferenceId":5}"#, WrongType, "`nameOfficial` is an array", Some("7")),
        (r#"{"orgId":7,"nameOfficial":"A","conferenceId":"5"}"#, WrongType, "`conferenceId`", Some("7")),
        (r#"{"orgId":7,"nameOfficial":"A","conferenceId":5,"division":4}"#, UnknownValue, "`division` is 4", Some("7")),
        (r#"{"orgId":7,"nameOfficial":"A","conferenceId":5,"division":"I"}"#, WrongType, "`division`", Some("7")),
        (
            r#"{"orgId":7,"nameOfficial":"A","conferenceId":5,"subdivision":9}"#,
            UnknownValue,
            "`subdivision`",
            Some("7"),
        ),
        (
            r#"{"orgId":7,"nameOfficial":"A","conferenceId":5,"privateFlag":"Q"}"#,
            UnknownValue,
            "`privateFlag`",
            Some("7"),
        ),
        (
            r#"{"orgId":7,"nameOfficial":"A","conferenceId":5,"deactive":false}"#,
            WrongType,
            "`deactive` is false",
            Some("7"),
        ),
        (
            r#"{"orgId":7,"nameOfficial":"A","conferenceId":5,"memberOrgAddress":"MI"}"#,
            WrongType,
            "`memberOrgAddress`",
            Some("7"),
        ),
        (r#"{"orgId":7,"nameOfficial":"A","conferenceId":5,"webSiteUrl":1}"#, WrongType, "`webSiteUrl`", Some("7")),
        ("17", WrongType, "the record is the number 17, not an object", None),
    ];
    for (bad, reason, message, key) in cases {
        let list = format!("[ {GOOD},\n {bad} ,{}]", GOOD.replace('4', "5"));
        let found = members(&list);
        assert_eq!((found.records.len(), found.refused.len()), (2, 1), "{bad}");
        let refused = &found.refused[0];
        assert_eq!((refused.reason, refused.table), (reason, "public.school"), "{bad}");
        assert!(refused.message.contains(message), "{bad}: {}", refused.message);
        let key = key.map(|id| serde_json::from_str(&format!("{{\"ncaa_id\":{id}}}")).unwrap());
        assert_eq!(refused.key, key, "{bad}");
        assert_eq!(&refused.place.raw[..], bad.as_bytes());
        assert_eq!(&list[refused.place.offset..][..bad.len()], bad);
        assert_eq!(&*refused.place.url, "https://site.example/list");
    }
}

#[test]
fn what_a_row_does_not_show_is_absent_and_what_it_shows_as_null_is_null() {
    let bare = members(&format!("[{GOOD}]")).records.remove(0).record;
    assert_eq!((bare.division, bare.conference_id, bare.is_active), (Field::Absent, Field::Absent, Field::Absent));
    assert_eq!((bare.website_url, bare.state), (Field::Absent, given("MI")));
    let nulls = r#"[{"new key":{"deep":[1]},"nickname":null,"athleticWebUrl":" ","webSiteUrl":"N/A","conferenceId":null,
        "division":null,"subdivision":0,"memberOrgAddress":{"state":"MI"},"nameOfficial":" Some \t College\u00a0","orgId":4}]"#;
    let nulls = members(nulls).records.remove(0).record;
    assert_eq!(nulls.name, "Some College");
    assert_eq!((nulls.division, nulls.conference_id), (Field::Value(None), Field::Value(None)));
    assert_eq!((nulls.subdivision, nulls.website_url), (Field::Value(None), Field::Value(None)));
    assert_eq!((nulls.athletics_url, nulls.nickname), (Field::Value(None), Field::Absent));
}

#[test]
fn a_stub_is_passed_over_and_a_school_that_looks_like_one_is_not() {
    let stub = r#"{"orgId":30270,"nameOfficial":"EC University","deactive":"N""#;
    let rows = [
        (r#""conferenceId":null,"memberOrgAddress":{"state":null},"webSiteUrl":null,"athleticWebUrl":null"#, true),
        (r#""conferenceId":0,"memberOrgAddress":{"state":" "},"webSiteUrl":"","athleticWebUrl":null"#, true),
        (r#""conferenceId":0,"memberOrgAddress":null,"webSiteUrl":null,"athleticWebUrl":null"#, true),
        (r#""conferenceId":911,"memberOrgAddress":null,"webSiteUrl":null,"athleticWebUrl":null"#, false),
        (r#""conferenceId":0,"memberOrgAddress":null,"webSiteUrl":"www.ec.edu","athleticWebUrl":null"#, false),
        (r#""conferenceId":0,"memberOrgAddress":{"state":"TX"},"webSiteUrl":null,"athleticWebUrl":null"#, false),
        // What a row does not show says nothing.
        (r#""academicYear":2027"#, false),
        (r#""memberOrgAddress":null,"webSiteUrl":null,"athleticWebUrl":null"#, false),
        (r#""conferenceId":0,"webSiteUrl":null,"athleticWebUrl":null"#, false),
        (r#""conferenceId":0,"memberOrgAddress":{"city":null},"webSiteUrl":null,"athleticWebUrl":null"#, false),
        (r#""conferenceId":0,"memberOrgAddress":null,"athleticWebUrl":null"#, false),
        (r#""conferenceId":0,"memberOrgAddress":null,"webSiteUrl":null"#, false),
    ];
    for (row, is_stub) in rows {
        let found = members(&format!("[{stub},{row}}},{GOOD}]"));
        assert_eq!(found.records.len() == 1, is_stub, "{row}");
        assert_eq!(found.passed_over.contains_key("stub-member"), is_stub, "{row}");
        assert!(found.refused.is_empty());
    }
}

#[test]
fn a_list_of_which_nothing_is_read_has_changed_its_layout() {
    let stub = r#"{"orgId":30270,"nameOfficial":"EC University","conferenceId":null,"memberOrgAddress":null,
        "webSiteUrl":null,"athleticWebUrl":null}"#;
    let list = response(format!("[{stub},{stub}]").as_bytes());
    let error = extract::members(&list, None).unwrap_err();
    assert_eq!(error.exit(), Exit::Input);
    assert!(error.to_string().contains("none of its 2 records"), "{error}");
    assert!(extract::members(&list, Some(0)).unwrap().records.is_empty(), "nothing was to be read");
}

#[test]
fn an_element_that_cannot_be_read_is_refused_and_the_rest_goes_on() {
    let deep = format!(r#"{{"orgId":7,"nameOfficial":"A","new":{}{}}}"#, "[".repeat(300), "]".repeat(300));
    for bad in [r#"{"orgId":7,"nameOfficial":"\ud800x"}"#, r#"{"orgId":7,"nameOfficial":"A","new":1e999}"#, &deep] {
        let list = format!("[{GOOD}, {bad} ,{}]", GOOD.replace('4', "5"));
        let found = members(&list);
        assert_eq!((found.records.len(), found.refused.len()), (2, 1), "{bad}");
        let refused = &found.refused[0];
        assert_eq!((refused.reason, refused.key.as_ref()), (Reason::WrongType, None), "{bad}");
        assert_eq!(&refused.place.raw[..], bad.as_bytes());
        assert_eq!(&list[refused.place.offset..][..bad.len()], bad);
    }
}

#[test]
fn sports_get_their_gender_from_the_code() {
    let list = r#"[{"label":"Baseball","value":"MBA","active":null},{"label":"Men's Track, Indoor","value":"MTI"},
        {"label":"Women's Stunt ","value":"WST"},{"label":"Mixed Archery","value":"XAR"},{"label":"Chess","value":"CHE"}]"#;
    let found = extract::sports(&response(list.as_bytes())).unwrap();
    let told: Vec<_> =
        found.records.iter().map(|sport| (sport.record.gender.clone(), sport.record.display_name.as_str())).collect();
    use SportGender::{Men, Mixed, Women};
    assert_eq!(told, [(Men, "Baseball"), (Men, "Track, Indoor"), (Women, "Stunt"), (Mixed, "Archery")]);
    assert_eq!(found.refused.len(), 1);
    assert!(found.refused[0].message.contains("\"CHE\""), "{}", found.refused[0].message);
}

#[test]
fn what_is_no_list_is_a_change_of_the_layout() {
    let cases = [
        ("", "empty"),
        (" \n", "empty"),
        ("\u{feff}", "empty"),
        ("[]", "empty list"),
        ("{\"error\":\"no\"}", "not a JSON array"),
        ("null", "not a JSON array"),
        ("[{\"orgId\":4},", "not a JSON array"),
        ("<!DOCTYPE html><title>Directory</title>", "a page"),
        ("[{\"id\":4},{\"id\":5}]", "none of its 2 records can be read"),
    ];
    for (body, reason) in cases {
        let error = extract::members(&response(body.as_bytes()), None).unwrap_err();
        assert_eq!(error.exit(), Exit::Input, "{body}");
        assert!(error.to_string().contains(reason), "{body}: {error}");
        assert!(error.to_string().contains("https://site.example/list"), "{error}");
    }
    assert_eq!(members(&format!("\u{feff}[{GOOD}]")).records[0].place.offset, 4, "a byte order mark is no fault");
}

/// A detail page that shows one thing.
const LINK: &str = "<a class=list-group-item href='www.some.edu'>1</a>";

const SPORTS: &str = r#"[{"label":"Baseball","value":"MBA"}]"#;
const CONFERENCES: &str = r#"[{"orgId":0,"nameOfficial":"Independent"}]"#;

/// A directory of `schools` schools whose detail pages answer as told.
async fn directory(schools: i32, detail: impl Fn(i32) -> Answer + Send + Sync + 'static) -> Site {
    let rows: Vec<_> = (1..=schools).map(|id| GOOD.replacen('4', &id.to_string(), 1)).collect();
    let list = format!("[{}]", rows.join(","));
    Site::start(move |target, _| match target {
        "/robots.txt" => Answer::text(404, ""),
        "/directory/api/common/sportList" => Answer::json(SPORTS),
        "/directory/api/common/conferenceList" => Answer::json(CONFERENCES),
        "/directory/api/directory/memberList?type=12" => Answer::json(list.clone()),
        _ => detail(target.rsplit('=').next().unwrap().parse().unwrap()),
    })
    .await
}

#[tokio::test]
async fn a_page_that_fails_is_passed_over_and_many_are_an_outage() {
    let site = directory(10, |id| Answer::text(if id == 3 { 500 } else { 404 }, "")).await;
    let found = run(site.fetcher(), None).await.unwrap();
    assert_eq!((found.counts.unavailable, found.counts.absent), (1, 9));
    assert_eq!(skipped(site.fetcher(), None).await.get("detail-unavailable"), Some(&1));

    for schools in [2, 10] {
        let site = directory(schools, |_| Answer::text(500, "")).await;
        let error = run(site.fetcher(), None).await.unwrap_err();
        assert_eq!((error.exit(), is_blocked(&error)), (Exit::Unavailable, false), "{schools}");
    }
}

#[tokio::test]
async fn whatever_is_wrong_with_one_page_costs_that_page_only() {
    type Make = fn() -> Answer;
    let cases: [(Make, Exit); 4] = [
        (|| Answer::text(400, ""), Exit::Input),
        (|| Answer::text(451, ""), Exit::Input),
        (|| Answer::text(501, ""), Exit::Input),
        (|| Answer::text(302, "").with("location", "http://elsewhere.example/"), Exit::Input),
    ];
    for (case, (answer, exit)) in cases.into_iter().enumerate() {
        let site = directory(10, move |id| if id == 3 { answer() } else { Answer::text(404, "") }).await;
        let found = run(site.fetcher(), None).await.unwrap();
        assert_eq!((found.counts.unavailable, found.counts.absent), (1, 9), "{case}");
        assert_eq!(skipped(site.fetcher(), None).await.get("detail-unavailable"), Some(&1), "{case}");

        let site = directory(10, move |_| answer()).await;
        assert_eq!(run(site.fetcher(), None).await.unwrap_err().exit(), exit, "{case}: all of them");
    }
    let big = "x".repeat(3000);
    let site = directory(10, move |id| Answer::text(200, if id == 3 { &big } else { LINK })).await;
    let fetcher = Fetcher::new(FetchConfig { body_limit: 2000, ..site.config() }).unwrap();
    let found = run(fetcher, None).await.unwrap();
    assert_eq!((found.counts.unavailable, found.counts.read), (1, 9));
}

#[tokio::test]
async fn pages_that_show_nothing_are_counted_and_where_none_shows_anything_the_layout_has_changed() {
    let site = directory(3, |id| Answer::text(200, if id == 1 { LINK } else { "<h1>Some College</h1>" })).await;
    assert_eq!(skipped(site.fetcher(), None).await.get("detail-empty"), Some(&2));

    let site = directory(2, |_| Answer::text(200, "<h1>Some College</h1>")).await;
    assert_eq!(skipped(site.fetcher(), None).await.get("detail-empty"), Some(&2), "two prove nothing");

    let site = directory(4, |id| Answer::text(if id == 4 { 404 } else { 200 }, "<h1>Some College</h1>")).await;
    let error = run(site.fetcher(), None).await.unwrap_err();
    assert_eq!(error.exit(), Exit::Input);
    let told = error.to_string();
    assert!(told.contains("layout") && told.contains("/directory/orgDetail") && told.contains('3'), "{told}");
}

#[test]
fn a_page_that_no_real_page_resembles_is_not_parsed() {
    let listed = |count: usize| format!("<ul>{}</ul>{LINK}", "<li><br><img src='x'><b>x</b></li>".repeat(count));
    let cases = [
        (format!("{LINK}{}", "<div>".repeat(40_000)), false),
        (format!("{LINK}{}", "<DIV class='a'>".repeat(1_001)), false),
        (format!("{LINK}{}", " ".repeat(2 * 1024 * 1024)), false),
        (format!("{LINK}{}", "<div>".repeat(900)), true),
        (format!("{LINK}<svg>{}</svg>", "<path d='a'/>".repeat(2_000)), true),
        (format!("<script>{}</script>{LINK}", "for(;i<n;)x();".repeat(2_000)), true),
        (listed(5_000), true),
    ];
    for (page, is_read) in cases {
        let start = std::time::Instant::now();
        let beginning: String = page.chars().take(120).collect();
        assert_eq!(!extract::detail(&response(page.as_bytes())).is_empty(), is_read, "{beginning}");
        assert!(start.elapsed().as_secs() < 10, "{beginning}");
    }
}

#[tokio::test]
async fn a_single_challenge_page_ends_the_pass() {
    let site = directory(10, |id| Answer::text(200, if id == 3 { "<a href=bm-verify>" } else { "<p>" })).await;
    let error = run(site.fetcher(), None).await.unwrap_err();
    assert_eq!((error.exit(), is_blocked(&error)), (Exit::Unavailable, true));
}

#[tokio::test]
async fn a_page_of_another_shape_costs_its_fields_only() {
    let site = directory(2, |id| {
        let page =
            "<div class='panel'><div class=panel-heading>Sponsored Sports</div><table><tr><td>Golf</table></div>";
        Answer::text(200, if id == 1 { page } else { "<h1>Some College</h1><address>1 Way</address>" })
    })
    .await;
    let found = run(site.fetcher(), None).await.unwrap();
    assert_eq!((found.counts.read, found.counts.empty), (1, 1));
    let golf = &found.details[&1];
    assert_eq!(golf.sports[0].record.label, "Golf");
    assert_eq!((&golf.address, &golf.website_url), (&None, &None));
}

#[tokio::test]
async fn an_empty_200_for_a_list_is_an_error_and_no_page_is_asked_for() {
    let site = Site::start(|target, _| match target {
        "/directory/api/common/sportList" => Answer::json(SPORTS),
        "/directory/api/common/conferenceList" => Answer::json(CONFERENCES),
        _ => Answer::json(""),
    })
    .await;
    let error = run(site.fetcher(), None).await.unwrap_err();
    assert_eq!(error.exit(), Exit::Input);
    assert!(!site.targets().iter().any(|target| target.contains("orgDetail")));
}

#[tokio::test]
async fn memberships_tell_division_and_conference_of_a_sport() {
    let site = Site::start(|target, _| match target {
        "/directory/api/directory/memberList?sportCode=MBA&type=12" => Answer::json(
            r#"[{"orgId":4,"nameOfficial":"Some College","division":3,"conferenceId":901,"memberOrgAddress":{"state":"MI"}},
                {"orgId":5,"nameOfficial":"Other College","division":1,"subdivision":2,"conferenceId":null,"memberOrgAddress":{"state":"MI"}},
                {"orgId":"six","nameOfficial":"No Number","memberOrgAddress":{"state":"MI"}}]"#,
        ),
        _ => Answer::text(404, ""),
    })
    .await;
    let (_, task) = graph::task("memberships").unwrap();
    let (pages, known, progress) = (Pages::new(site.fetcher()), Known::nothing(), Progress::silent());
    let (partition, given) = ("sport=MBA".parse().unwrap(), BTreeMap::new());
    let context = Context {
        pages: &pages,
        known: &known,
        partition: &partition,
        limit: None,
        files: &[],
        given: &given,
        progress: &progress,
    };
    let rows = (task.collect)(&context).await.unwrap();
    let found = rows.found::<SchoolSportInsert>();
    let baseball = SportRef::NcaaId("MBA".to_owned());
    assert!(found.iter().all(|row| row.record.sport_id == baseball));
    let told = |at: usize| (&found[at].record.division, &found[at].record.subdivision, &found[at].record.conference_id);
    let conference = Field::Value(Some(ConferenceRef::NcaaId(901)));
    assert_eq!(told(0), (&Field::Value(Some(Division::III)), &Field::Absent, &conference));
    let other = (&Field::Value(Some(Division::I)), &Field::Value(Some(Subdivision::Fcs)), &Field::Value(None));
    assert_eq!(told(1), other);
    assert_eq!((rows.refused.len(), rows.refused[0].table), (1, "public.school_sport"));
}

/// The conferences of a site that answers its list of conference members so.
async fn conferences_of(members: fn() -> Answer) -> Batch {
    let site = Site::start(move |target, _| match target {
        "/directory/api/common/conferenceList" => Answer::json(CONFERENCES.replace("}]", "},{\"orgId\":911,\"nameOfficial\":\"S\"}]")),
        "/directory/api/directory/memberList?type=3" => members(),
        "/directory/orgDetail?id=911" => Answer::text(
            200,
            "<a class=list-group-item href='https://x.com/some'>X</a><a class=list-group-item href='www.other.com'>1</a>",
        ),
        _ => Answer::text(404, ""),
    })
    .await;
    batch("conferences", &Pages::new(site.fetcher()), None).await.unwrap()
}

#[tokio::test]
async fn conferences_get_site_and_division_where_they_are_shown() {
    let rows = conferences_of(|| {
        Answer::json(
            r#"[{"orgId":911,"division":1,"webSiteUrl":"WWW.Some.com","nameOfficial":"S"},{"orgId":7,"webSiteUrl":"x.y"},{"orgId":"?"}]"#,
        )
    })
    .await;
    let found = rows.found::<ConferenceInsert>();
    let some = &found.iter().find(|row| row.record.ncaa_id == 911).unwrap().record;
    assert_eq!((&some.website_url, &some.division), (&given("https://www.some.com"), &Field::Value(Some(Division::I))));
    assert!(some.social_links.value().is_some_and(|links| links.x.is_some()));
    assert!(rows.remarks.is_empty() && rows.skipped.is_empty());
}

#[tokio::test]
async fn conferences_load_without_what_their_second_list_does_not_give() {
    let cases: [(fn() -> Answer, usize); 4] = [
        (|| Answer::text(404, ""), 0),
        (|| Answer::json(""), 1),
        (|| Answer::text(500, ""), 1),
        (|| Answer::text(200, "<h1>moved</h1>"), 1),
    ];
    for (members, remarks) in cases {
        let rows = conferences_of(members).await;
        let found = rows.found::<ConferenceInsert>();
        assert!(!found.is_empty() && found.iter().all(|row| row.record.website_url == Field::Absent));
        assert_eq!(rows.remarks.len(), remarks, "{:?}", rows.remarks);
    }
}

async fn offline_rows() -> Batch {
    batch("schools", &Pages::new(offline()), None).await.unwrap()
}

fn row(rows: &Batch, id: i32) -> &SchoolInsert {
    let schools = rows.found::<SchoolInsert>();
    &schools.into_iter().find(|school| school.record.ncaa_id == id).expect("the school is there").record
}

#[tokio::test]
async fn rows_name_their_parents_by_natural_keys() {
    let rows = offline_rows().await;
    assert_eq!(rows.found::<SchoolInsert>().len(), 44);
    let alabama = row(&rows, 8);
    assert_eq!(alabama.conference_id, Field::Value(Some(ConferenceRef::NcaaId(911))));
    let key = "739 university blvd|tuscaloosa|al|35487|us".to_owned();
    assert!(rows.found::<LocationInsert>().iter().any(|location| location.record.address_key == key));
    assert_eq!(alabama.location_id, Field::Value(Some(LocationRef::AddressKey(key))));
    let sponsored = rows.found::<SchoolSportInsert>();
    let football = sponsored
        .iter()
        .map(|sport| &sport.record)
        .find(|sport| sport.school_id == SchoolRef::NcaaId(8) && sport.sport_id == SportRef::NcaaId("MFB".to_owned()));
    assert_eq!(football.unwrap().subdivision, Field::Value(Some(Subdivision::Fbs)));
    assert!(rows.refused.is_empty(), "{:?}", rows.refused);
}

#[tokio::test]
async fn rows_leave_alone_what_the_directory_does_not_show() {
    let rows = offline_rows().await;
    let akron = row(&rows, 5);
    assert_eq!((&akron.location_id, &akron.social_links), (&Field::Absent, &Field::Absent), "it has no detail page");
    assert_eq!((&akron.nickname, &akron.created_at), (&Field::Absent, &Field::Absent));
    let alabama = row(&rows, 8);
    assert_eq!(alabama.website_url, given("https://www.ua.edu"), "the list's word, not the page's");
}

#[tokio::test]
async fn the_page_fills_in_what_the_list_lacks_and_an_unknown_sport_is_refused() {
    let site = directory(1, |_| {
        Answer::text(
            200,
            "<a class=list-group-item href='www.some.edu'>1</a><a class=list-group-item href='//go.some.com'>2</a>
             <div><div class=panel-heading>Sponsored Sports for the <span>2026-2027</span> Academic Year</div>
             <table><tr><th>Sport<th>Head Coach<th>Division<th>Conference
             <tr><td>BASEBALL<td>A B<td>IV<td>?<tr><td>Quidditch<td><td>I<td></table></div>",
        )
    })
    .await;
    let rows = batch("schools", &Pages::new(site.fetcher()), None).await.unwrap();
    let school = row(&rows, 1);
    assert_eq!(
        (&school.website_url, &school.athletics_url),
        (&given("https://www.some.edu"), &given("https://go.some.com"))
    );
    let sponsored = rows.found::<SchoolSportInsert>();
    let baseball = &sponsored[0].record;
    assert_eq!(baseball.sport_id, SportRef::NcaaId("MBA".to_owned()));
    assert_eq!((&baseball.division, &baseball.conference_id), (&Field::Absent, &Field::Absent), "unknown is not none");
    assert_eq!(rows.refused.len(), 1);
    assert!(rows.refused[0].message.contains("Quidditch"));
    let key = serde_json::json!({ "school_id": { "ncaa_id": 1 }, "sport_id": { "name": "Quidditch" } });
    assert_eq!(rows.refused[0].key.as_ref(), Some(&key));
    assert!(rows.refused[0].place.raw.starts_with(b"<table>"));
}

#[tokio::test]
async fn a_school_that_comes_twice_is_asked_for_once_and_both_rows_say_the_same() {
    let list = format!("[{GOOD},{GOOD}]");
    let site = Site::start(move |target, _| match target {
        "/robots.txt" => Answer::text(404, ""),
        "/directory/api/common/sportList" => Answer::json(SPORTS),
        "/directory/api/common/conferenceList" => Answer::json(CONFERENCES),
        "/directory/api/directory/memberList?type=12" => Answer::json(list.clone()),
        _ => Answer::text(200, "<a class=list-group-item href='www.some.edu'>1</a>"),
    })
    .await;
    let rows = batch("schools", &Pages::new(site.fetcher()), None).await.unwrap();
    assert_eq!(site.targets().len(), 2 + 1, "two lists and a page");
    let schools = rows.found::<SchoolInsert>();
    assert_eq!(schools.len(), 2, "the loader counts the duplicate");
    assert!(schools.iter().all(|school| school.record.website_url == given("https://www.some.edu")));
}

#[tokio::test]
async fn rows_and_refusals_take_their_place_to_the_loader() {
    let source = "ncaa-directory".into();
    let row = offline_rows().await.found::<SchoolInsert>()[0].clone().into_row(&source);
    let origin = &row.origin;
    assert_eq!(&*origin.source, "ncaa-directory");
    let list = "https://web3.ncaa.org/directory/api/directory/memberList?type=12";
    assert_eq!((origin.url.as_deref(), origin.media_type.as_deref()), (Some(list), Some("application/json")));
    assert!(origin.byte_offset.is_some_and(|offset| offset > 0) && origin.raw.starts_with(b"{\"orgId\":"));

    let refused = members(&format!("[{GOOD},{{\"orgId\":7}}]")).refused.remove(0);
    let rejected = refused.into_rejected(&source);
    assert_eq!((rejected.table.as_str(), &*rejected.reason), ("public.school", "missing-field"));
    assert_eq!(&rejected.origin.raw[..], b"{\"orgId\":7}");
}
