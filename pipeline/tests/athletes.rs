//! People across seasons: what the rules link and what they leave alone, in cases with invented players, and over ten recorded
//! seasons with figures that the rules do not use as the judge.

#[path = "support/pages.rs"]
mod pages;

use std::collections::{BTreeMap, HashMap};

use pipeline::identity::athletes::{Appearance, LinkRule, contradictions, people};
use pipeline::sources::hometown::hometown;
use pipeline::sources::names::{comparable, person};
use pipeline::sources::profile::{class_year, height_inches, is_blank};

/// `school season class hometown/region high-school`, `-` where nothing is known.
fn appearance(text: &str) -> Appearance {
    let parts: Vec<&str> = text.split(' ').collect();
    let known = |part: &str| (part != "-").then(|| part.to_owned());
    let (city, region) = parts[3].split_once('/').unwrap_or((parts[3], "-"));
    Appearance {
        school: parts[0].parse().unwrap(),
        season: parts[1].parse().unwrap(),
        name: "sam birch".to_owned(),
        class_year: known(parts[2]),
        city: known(city),
        region: known(region),
        high_school: known(parts[4]).map(|school| school.replace('_', " ")),
        key: format!("MBA:{}:{}:{}", parts[0], parts[1], text.len()),
        ..Appearance::default()
    }
}

/// The people, each as the positions of their entries.
fn groups(appearances: &[Appearance]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> =
        people(appearances).iter().map(|person| person.entries.iter().map(|link| link.entry).collect()).collect();
    groups.sort();
    groups
}

#[test]
fn what_is_one_person_and_what_is_not() {
    type Case = (&'static str, &'static [&'static str], &'static [&'static [usize]]);
    let cases: [Case; 17] = [
        ("four years", &["1 2020 Fr. - -", "1 2021 So. - -", "1 2022 Jr. - -", "1 2023 Sr. - -"], &[&[0, 1, 2, 3]]),
        ("a redshirt", &["1 2020 Fr. - -", "1 2021 Fr. - -", "1 2022 So. - -"], &[&[0, 1, 2]]),
        ("a year back, and the same town", &["1 2020 So. Ely/mn -", "1 2021 Fr. Ely/mn -"], &[&[0, 1]]),
        ("a year back, and nothing else", &["1 2020 So. - -", "1 2021 Fr. - -"], &[&[0], &[1]]),
        ("two years back", &["1 2020 Jr. Ely/mn x", "1 2021 Fr. Ely/mn x"], &[&[0], &[1]]),
        ("a leap over a class", &["1 2020 Fr. Ely/mn x", "1 2021 Jr. Ely/mn x"], &[&[0], &[1]]),
        ("a year off with a reason to believe it", &["1 2020 Fr. Ely/mn -", "1 2022 So. Ely/mn -"], &[&[0, 1]]),
        ("a year off without", &["1 2020 Fr. - -", "1 2022 So. - -"], &[&[0], &[1]]),
        ("another town", &["1 2020 Fr. Ely/mn -", "1 2021 So. Ada/mn -"], &[&[0], &[1]]),
        ("another town, the same school", &["1 2020 Fr. Ely/mn east_high", "1 2021 So. Ada/mn east_hs"], &[&[0, 1]]),
        ("a transfer", &["1 2020 Fr. Ely/mn east_high_school", "2 2021 So. Ely/mn east"], &[&[0, 1]]),
        ("no transfer without a high school", &["1 2020 Fr. Ely/mn -", "2 2021 So. Ely/mn -"], &[&[0], &[1]]),
        ("two teams at once", &["1 2020 Fr. Ely/mn east", "2 2020 Fr. Ely/mn east"], &[&[0], &[1]]),
        (
            "two of one name: nobody knows who goes on",
            &["1 2020 Fr. - -", "1 2020 Fr. - x", "1 2021 So. - -"],
            &[&[0], &[1], &[2]],
        ),
        (
            "two of one name, told apart by their towns",
            &["1 2020 Fr. Ely/mn -", "1 2020 Fr. Ada/mn -", "1 2021 So. Ada/mn -", "1 2021 So. Ely/mn -"],
            &[&[0, 3], &[1, 2]],
        ),
        ("a town in another state", &["1 2020 Fr. Ely/mn -", "1 2021 So. Ely/nv -"], &[&[0], &[1]]),
        (
            "too long",
            &["1 2014 Fr. Ely/mn x", "1 2016 So. Ely/mn x", "1 2018 Jr. Ely/mn x", "1 2021 Sr. Ely/mn x"],
            &[&[0, 1, 2], &[3]],
        ),
    ];
    for (case, entries, expected) in cases {
        let entries: Vec<Appearance> = entries.iter().copied().map(appearance).collect();
        assert_eq!(groups(&entries), expected, "{case}");
        assert!(contradictions(&entries, &people(&entries)).is_empty(), "{case}");
    }
    let mut other = appearance("1 2021 So. - -");
    other.suffix = Some("jr");
    let first = Appearance { suffix: Some("iii"), ..appearance("1 2020 Fr. - -") };
    assert_eq!(groups(&[first, other]).len(), 2, "two suffixes");
}

#[test]
fn a_person_keeps_the_name_when_earlier_seasons_come_and_when_the_order_changes() {
    let later = appearance("1 2021 So. - -");
    let key = people(std::slice::from_ref(&later))[0].key.clone();
    let known = Appearance { known_as: Some(key.clone()), ..later };
    let earlier = appearance("1 2020 Fr. - -");
    for order in [[earlier.clone(), known.clone()], [known, earlier]] {
        let found = people(&order);
        assert_eq!((found.len(), &found[0].key), (1, &key));
    }
    // What was one before and is two now: the name stays with one of them.
    let known = |text| Appearance { known_as: Some("x".to_owned()), ..appearance(text) };
    let split = [known("1 2020 Fr. Ely/mn -"), known("1 2021 So. Ada/mn -"), known("1 2022 Jr. Ada/mn -")];
    let found = people(&split);
    let keys: BTreeMap<usize, &str> = found.iter().map(|person| (person.entries.len(), person.key.as_str())).collect();
    assert_eq!(keys[&2], "x");
    assert_ne!(keys[&1], "x");
}

struct Recorded {
    appearances: Vec<Appearance>,
    /// Which hand bats and which throws: the rules do not look at them.
    hands: Vec<(String, String)>,
}

fn recorded() -> Option<Recorded> {
    let (mut appearances, mut hands) = (Vec::new(), Vec::new());
    for season in 2014..=2023 {
        let text = pages::recorded(&format!("baseball/rosters-{season}.csv.gz"))?;
        let mut rows = pages::csv(&text).into_iter();
        let header = rows.next()?;
        let at = |name: &str| header.iter().position(|known| known == name).unwrap();
        let [school, id, name, class, height, town, high_school, bats, throws] = [
            "school_id",
            "player_id",
            "player_full_name",
            "player_class",
            "player_height_string",
            "player_hometown",
            "player_high_school",
            "player_batting_hand",
            "player_throwing_hand",
        ]
        .map(at);
        for row in rows {
            let Some(named) = person(&row[name]) else { continue };
            let home = hometown(&row[town]).unwrap_or_default();
            let said = |text: &str| Some(comparable(text)).filter(|text| !is_blank(text) && !text.is_empty());
            appearances.push(Appearance {
                school: row[school].parse().unwrap(),
                season,
                name: named.normalized,
                suffix: named.suffix,
                city: home.city.as_deref().map(comparable).or_else(|| said(&row[town])),
                region: home.state.or(home.country).map(str::to_lowercase),
                high_school: said(&row[high_school]),
                class_year: class_year(&row[class]).known().map(str::to_owned),
                height: height_inches(&row[height]).known(),
                key: format!("MBA:{}:{season}:{}", &row[school], &row[id]),
                known_as: None,
            });
            hands.push((row[bats].clone(), row[throws].clone()));
        }
    }
    Some(Recorded { appearances, hands })
}

#[test]
fn ten_recorded_seasons_give_no_contradiction_and_hands_agree() {
    let Some(Recorded { appearances, hands }) = recorded() else { return };
    let people = people(&appearances);
    assert_eq!(contradictions(&appearances, &people), Vec::<String>::new());
    let entries: usize = people.iter().map(|person| person.entries.len()).sum();
    assert_eq!(entries, appearances.len(), "every entry is somebody's");

    // Which hand throws is no part of the rules: what they link must agree in it, and what only shares a name must not.
    let judge = |one: usize, other: usize| {
        let (one, other) = (&hands[one].1, &hands[other].1);
        (!one.is_empty() && !other.is_empty() && !is_blank(one) && !is_blank(other)).then(|| one == other)
    };
    let mut rules = BTreeMap::<LinkRule, usize>::new();
    let mut judged = BTreeMap::<LinkRule, (usize, usize)>::new();
    let mut of_name = HashMap::<(&str, i32), Vec<(usize, usize)>>::new();
    for (who, person) in people.iter().enumerate() {
        for (position, link) in person.entries.iter().enumerate() {
            *rules.entry(link.rule).or_default() += 1;
            let appearance = &appearances[link.entry];
            of_name.entry((&appearance.name, appearance.season)).or_default().push((who, link.entry));
            let before = position.checked_sub(1).map(|before| person.entries[before].entry);
            if let Some(agrees) = before.and_then(|before| judge(before, link.entry)) {
                let (agree, all) = judged.entry(link.rule).or_default();
                *agree += usize::from(agrees);
                *all += 1;
            }
        }
    }
    let (mut agree_by_chance, mut by_chance) = (0, 0);
    for ((name, season), entries) in &of_name {
        for (who, entry) in entries {
            for (other, next) in
                of_name.get(&(*name, season + 1)).into_iter().flatten().filter(|(other, _)| other != who)
            {
                let _ = other;
                if let Some(agrees) = judge(*entry, *next) {
                    agree_by_chance += usize::from(agrees);
                    by_chance += 1;
                }
            }
        }
    }
    eprintln!("same name in the next season, not linked: {agree_by_chance} of {by_chance} agree");
    // Who is no freshman, and not of the first recorded season, was somewhere the year before.
    let older = |appearance: &Appearance| {
        appearance.season > 2014 && matches!(appearance.class_year.as_deref(), Some("So." | "Jr." | "Sr."))
    };
    let linked = people.iter().flat_map(|person| &person.entries).filter(|link| link.rule != LinkRule::First);
    let linked = linked.filter(|link| older(&appearances[link.entry])).count();
    let all = appearances.iter().filter(|appearance| older(appearance)).count();
    eprintln!("{} entries, {} people; {rules:?}; throwing hands agree (agree, of): {judged:?}", entries, people.len());
    eprintln!(
        "of {all} sophomores, juniors and seniors after the first season, {linked} are linked to an entry before"
    );
}
