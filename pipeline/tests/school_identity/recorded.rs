//! How well names of other sources join the directory, over the recorded data. `-- --nocapture` shows what is unresolved and wrong.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::path::PathBuf;

use models::{Field, SchoolRef, Source};
use pipeline::fetch::{Origin, Response};
use pipeline::identity::{KnownSchool, Matcher, Query, Resolution, Rule, well_known};
use pipeline::sources::awards::{self, Given};
use pipeline::sources::ncaa_directory::extract;
use pipeline::sources::niche;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A file of the recorded data, which is no part of the project.
fn recorded(name: &str) -> Option<Vec<u8>> {
    let folder = std::env::var_os("RECORDED_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    match std::fs::read(folder.join(name)) {
        Ok(bytes) if name.ends_with(".gz") => {
            let mut text = Vec::new();
            flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut text).unwrap();
            Some(text)
        }
        Ok(bytes) => Some(bytes),
        Err(_) => {
            eprintln!("NOT TESTED: the recorded data is not in {}; set RECORDED_DATA", folder.display());
            None
        }
    }
}

/// The directory's schools that sponsor baseball: 942 of some 1,110.
fn directory() -> Option<Vec<KnownSchool>> {
    let body = recorded("ncaa-directory/memberList.type12.sportCode-MBA.2022.json")?;
    let response = Response {
        status: 200,
        headers: BTreeMap::new(),
        body: body.into(),
        url: "https://site.example/list".to_owned(),
        media_type: Some("application/json".to_owned()),
        fetched_at: chrono::Utc::now(),
        origin: Origin::Recording,
    };
    let given = |field: Field<Option<String>>| field.value().cloned().flatten();
    let members = extract::members(&response, None).unwrap().records.into_iter().map(|found| found.record);
    let schools = members.map(|member| KnownSchool {
        ncaa_id: member.ncaa_id,
        name: member.name,
        state: given(member.state),
        websites: given(member.website_url).into_iter().collect(),
        ..KnownSchool::default()
    });
    Some(schools.collect())
}

/// What became of names whose school is known: by rule the right ones; the wrong; the unresolved.
#[derive(Debug, Default)]
struct Quality {
    right: BTreeMap<Rule, usize>,
    wrong: Vec<String>,
    unresolved: Vec<String>,
}

impl Quality {
    fn count(&mut self, text: String, resolution: &Resolution, truth: &[i32]) {
        match resolution {
            Resolution::Resolved(found) if truth.contains(&found.school) => {
                *self.right.entry(found.rule).or_default() += 1
            }
            Resolution::Resolved(found) => self.wrong.push(format!("{text}: {found:?}, not {truth:?}")),
            Resolution::Ambiguous(candidates) => self.unresolved.push(format!("{text}: may be {}", candidates.len())),
            Resolution::Unknown(_) => self.unresolved.push(format!("{text}: unknown")),
        }
    }

    fn share(&self) -> f64 {
        let right: usize = self.right.values().sum();
        right as f64 / (right + self.wrong.len() + self.unresolved.len()) as f64
    }

    fn report(&self, what: &str) {
        let right: usize = self.right.values().sum();
        let all = right + self.wrong.len() + self.unresolved.len();
        println!(
            "{what}: {right} of {all} ({:.1} %), {} wrong; {:?}",
            100. * self.share(),
            self.wrong.len(),
            self.right
        );
        self.wrong.iter().for_each(|line| println!("  wrong: {line}"));
        self.unresolved.iter().for_each(|line| println!("  unresolved: {line}"));
    }
}

/// The names of stats.ncaa.org in the ten recorded seasons, with the school's id. `Team` is what the record has where the page
/// named none: of several schools.
fn roster_names() -> Option<BTreeMap<String, BTreeSet<i32>>> {
    let mut names: BTreeMap<String, BTreeSet<i32>> = BTreeMap::new();
    for season in 2014..=2023 {
        let text = String::from_utf8(recorded(&format!("baseball/rosters-{season}.csv.gz"))?).unwrap();
        // The columns that matter come before any that is quoted.
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.splitn(9, ',').collect();
            names.entry(fields[7].trim_matches('"').to_owned()).or_default().insert(fields[6].parse().unwrap());
        }
    }
    Some(names)
}

#[test]
fn roster_names_alone_join_the_directory() {
    let (Some(directory), Some(names)) = (directory(), roster_names()) else { return };
    let known: BTreeSet<i32> = directory.iter().map(|school| school.ncaa_id).collect();
    let matcher = Matcher::new(directory);
    let (mut inside, mut outside) = (Quality::default(), Vec::new());
    for (name, ids) in &names {
        let resolution = matcher.resolve(&Query::named(name));
        match ids.iter().collect::<Vec<_>>()[..] {
            [id] if known.contains(id) => inside.count(name.clone(), &resolution, &[*id]),
            // A school that is not in this directory, or a name that says nothing: nothing must be found.
            _ if resolution.school().is_some() => outside.push(format!("{name}: {resolution:?}")),
            _ => {}
        }
    }
    inside.report("roster names");
    println!("of schools that are not in the directory: wrong {outside:?}");
    assert!(inside.wrong.is_empty() && outside.is_empty());
    assert!(inside.share() > 0.9, "{}", inside.share());
}

/// How many times the directory is tried with a part of it missing.
const PARTS: usize = 20;

#[test]
fn a_school_that_is_missing_is_not_taken_for_another() {
    let (Some(directory), Some(names)) = (directory(), roster_names()) else { return };
    let (mut tried, mut wrong) = (0, Vec::new());
    for part in 0..PARTS {
        let (missing, rest): (Vec<_>, Vec<_>) = directory.iter().enumerate().partition(|(at, _)| at % PARTS == part);
        let missing: BTreeSet<i32> = missing.into_iter().map(|(_, school)| school.ncaa_id).collect();
        let matcher = Matcher::new(rest.into_iter().map(|(_, school)| school.clone()));
        let of_missing = names.iter().filter(|(_, ids)| ids.len() == 1 && ids.is_subset(&missing));
        for (name, _) in of_missing {
            tried += 1;
            if let Resolution::Resolved(found) = matcher.resolve(&Query::named(name)) {
                wrong.push(format!("{name}: {found:?}"));
            }
        }
    }
    assert_eq!((tried, wrong), (939, Vec::<String>::new()));
}

#[test]
fn ipeds_names_join_the_directory() {
    let (Some(directory), Some(join)) = (directory(), recorded("schools/ncaa-ipeds-join.json")) else { return };
    let matcher = Matcher::new(directory);
    let join: Vec<Value> = serde_json::from_slice(&join).unwrap();
    // Two of IPEDS' schools are two members each.
    let id = |row: &Value, field: &str| row[field].as_i64().unwrap() as i32;
    let mut members: HashMap<i32, Vec<i32>> = HashMap::new();
    join.iter().for_each(|row| members.entry(id(row, "ipeds_id")).or_default().push(id(row, "ncaa_org_id")));
    let (mut all, mut without_site, mut name_alone) = (Quality::default(), Quality::default(), Quality::default());
    for row in &join {
        let text = |field: &str| row[field].as_str();
        let truth = &members[&id(row, "ipeds_id")][..];
        let name = text("ipeds_name").unwrap();
        let query = Query {
            source: Some(Source::Ipeds),
            state: text("address_state"),
            city: text("address_city"),
            website: text("website_main"),
            ..Query::named(name)
        };
        let shown = format!("{name} ({:?}, {:?})", query.state, query.website);
        all.count(shown, &matcher.resolve(&query), truth);
        without_site.count(name.to_owned(), &matcher.resolve(&Query { website: None, ..query.clone() }), truth);
        name_alone.count(name.to_owned(), &matcher.resolve(&Query::named(name)), truth);
    }
    all.report("IPEDS");
    without_site.report("IPEDS by name, city and state");
    name_alone.report("IPEDS by name alone");
    assert_eq!([&all.wrong, &without_site.wrong, &name_alone.wrong], [&Vec::<String>::new(); 3]);
    assert!(all.share() > 0.98, "{}", all.share());
}

/// How many names are checked by hand.
const CHECKED: usize = 60;

/// The names that are checked by hand: those whose hash comes first, so that they are anybody's choice but ours.
fn sample(names: &BTreeSet<String>) -> Vec<&str> {
    let mut by_hash: Vec<_> = names.iter().map(|name| (Sha256::digest(name), name.as_str())).collect();
    by_hash.sort();
    by_hash.into_iter().take(CHECKED).map(|(_, name)| name).collect()
}

/// What was found by hand: names and the official names of their schools; nothing where the school is not in the directory.
fn checked(table: &str) -> BTreeMap<&str, &str> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let pairs = lines.map(|line| line.split_once(" =>").expect("a name and a school"));
    pairs.map(|(name, school)| (name, school.trim())).collect()
}

/// Compares what is found with what was found by hand: nothing may be wrong, and nothing found may lack its check.
fn compare(what: &str, found: &BTreeMap<String, Option<String>>, table: &str) {
    let names: BTreeSet<String> = found.keys().cloned().collect();
    let by_hand = checked(table);
    let (mut right, mut missed, mut wrong) = (0, Vec::new(), Vec::new());
    for name in sample(&names) {
        let truth = by_hand.get(name).copied();
        match (&found[name], truth) {
            (Some(school), Some(truth)) if school == truth => right += 1,
            (None, Some("")) => right += 1,
            (None, Some(truth)) => missed.push(format!("{name}: {truth}")),
            (found, truth) => wrong.push(format!("{name} => {found:?}, not {truth:?}")),
        }
    }
    for (name, school) in found {
        println!("  {name} => {}", school.as_deref().unwrap_or("?"));
    }
    let resolved = found.values().flatten().count();
    println!(
        "{what}: {resolved} of {} resolved; of {CHECKED} checked by hand {right} right, missed {missed:?}",
        found.len()
    );
    assert_eq!(wrong, Vec::<String>::new());
}

fn names_of(directory: &[KnownSchool]) -> HashMap<i32, String> {
    directory.iter().map(|school| (school.ncaa_id, school.name.clone())).collect()
}

#[test]
fn niche_profiles_join_the_directory() {
    let (Some(directory), Some(profiles)) = (directory(), recorded("niche/profiles.json")) else { return };
    let names = names_of(&directory);
    let matcher = Matcher::new(directory);
    let profiles = niche::extract::file("profiles.json", &profiles.into()).unwrap().records;
    let rows = niche::rows(profiles.clone(), &[], &matcher);
    let by_slug: HashMap<&str, i32> = rows
        .aliases
        .iter()
        .map(|found| match found.record.school_id {
            SchoolRef::NcaaId(id) => (found.record.alias.as_str(), id),
            _ => unreachable!("schools are named by the NCAA's id"),
        })
        .collect();
    let found: BTreeMap<String, Option<String>> = profiles
        .iter()
        .map(|profile| {
            let school = by_slug.get(profile.record.slug.as_str()).map(|id| names[id].clone());
            (profile.record.name.clone(), school)
        })
        .collect();
    compare("Niche", &found, include_str!("checked-niche.txt"));
    assert!(by_slug.len() >= 270, "{}", by_slug.len());
}

#[test]
fn awards_join_the_directory() {
    let (football, first) =
        ("awards/wertzhayden_2024_football_accolades.csv", "awards/avca_first_team_all_americans.csv");
    let (Some(directory), Some(football), Some(first)) = (directory(), recorded(football), recorded(first)) else {
        return;
    };
    let known = names_of(&directory);
    let matcher = Matcher::new(directory);
    let given = Given { award: Some("All-America".to_owned()), ..Given::default() };
    let records = [football, first].map(|file| awards::awards("awards.csv", &file.into(), &given).unwrap().records);
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    records.iter().flatten().for_each(|found| *times.entry(found.record.school.clone()).or_default() += 1);
    let resolve = |name: &String| {
        let resolution = matcher.resolve(&Query { source: Some(Source::Awards), ..Query::named(name) });
        resolution.school().map(|id| known[&id].clone())
    };
    let found: BTreeMap<String, Option<String>> = times.keys().map(|name| (name.clone(), resolve(name))).collect();
    let with_school: usize = found.iter().filter(|(_, school)| school.is_some()).map(|(name, _)| times[name]).sum();
    println!("awards with their school: {with_school} of {}", times.values().sum::<usize>());
    compare("Awards", &found, include_str!("checked-awards.txt"));
    assert!(found.values().flatten().count() >= 160 && with_school >= 2_200);
}

#[test]
fn every_well_known_name_is_one_school_s() {
    let Some(directory) = directory() else { return };
    let names = names_of(&directory);
    let matcher = Matcher::new(directory);
    let (mut with_id, mut aliases) = (0, 0);
    for school in &well_known().schools {
        match school.ncaa_id {
            Some(id) => assert_eq!(names.get(&id), Some(&school.name)),
            // It plays no baseball: its name is found as it is written in other records, or not at all.
            None => assert!(!names.values().any(|name| *name == school.name), "{}: its id is known", school.name),
        }
        with_id += usize::from(school.ncaa_id.is_some());
        for alias in school.aliases.iter().chain(&school.parts) {
            aliases += 1;
            assert_eq!(matcher.resolve(&Query::named(alias)).school(), school.ncaa_id, "{alias}");
        }
    }
    println!("{aliases} well-known names of {} schools, {with_id} of them with their id", well_known().schools.len());
}
