//! How well names of other sources join the directory, over the recorded data. `-- --nocapture` shows what is unresolved and wrong.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;
use std::path::PathBuf;

use models::{Field, Source};
use pipeline::fetch::{Origin, Response};
use pipeline::identity::{KnownSchool, Matcher, Query, Resolution, Rule, well_known};
use pipeline::sources::ncaa_directory::extract;
use serde_json::Value;

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

#[test]
fn niche_profiles_join_the_directory() {
    let (Some(directory), Some(profiles)) = (directory(), recorded("niche/profiles.json")) else { return };
    let names: HashMap<i32, String> = directory.iter().map(|school| (school.ncaa_id, school.name.clone())).collect();
    let matcher = Matcher::new(directory);
    let profiles: Vec<Value> = serde_json::from_slice(&profiles).unwrap();
    for row in &profiles {
        let text = |field: &str| row[field].as_str();
        let query = Query {
            source: Some(Source::Niche),
            key: text("slug"),
            state: text("state"),
            city: text("city"),
            website: text("website"),
            ..Query::named(text("name").unwrap())
        };
        match matcher.resolve(&query) {
            Resolution::Resolved(found) => println!(
                "{} {:?} {:?} => {} {:?}",
                query.name, query.state, query.website, names[&found.school], found.rule
            ),
            other => println!("{} {:?} ## {other:?}", query.name, query.website),
        }
    }
}

#[test]
fn every_well_known_name_is_one_school_s() {
    let Some(directory) = directory() else { return };
    let names: HashMap<i32, String> = directory.iter().map(|school| (school.ncaa_id, school.name.clone())).collect();
    let matcher = Matcher::new(directory);
    for school in &well_known().schools {
        assert_eq!(names.get(&school.ncaa_id), Some(&school.name));
        for alias in &school.aliases {
            assert_eq!(matcher.resolve(&Query::named(alias)).school(), Some(school.ncaa_id), "{alias}");
        }
    }
}
