//! Who a roster entry is: people across seasons. The site gives a player another id each season, so that a person is found by
//! what does not change: the name, the school, the hometown, the high school.
//!
//! The rules are conservative. Two entries are one person only where exactly one person fits and nothing speaks against it; what is
//! not certain begins a person of its own. No person is on two teams in a season, nor goes back in class by more than the year
//! that a redshirt takes. `docs/athlete-identity.md` tells how often the rules link, and how often they are right.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// A roster entry, as far as it tells who it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appearance {
    /// The school's NCAA id.
    pub school: i32,
    /// The season, by the year in which it ends.
    pub season: i32,
    /// The name made comparable, without suffix.
    pub name: String,
    /// `jr`, `iii` and the like.
    pub suffix: Option<&'static str>,
    /// The hometown's city, made comparable.
    pub city: Option<String>,
    /// The hometown's state or country, made comparable.
    pub region: Option<String>,
    /// The high school, made comparable.
    pub high_school: Option<String>,
    /// `Fr.`, `So.`, `Jr.`, `Sr.` or `Gr.`
    pub class_year: Option<String>,
    /// The height in inches.
    pub height: Option<i32>,
    /// What names the entry, for a person that begins with it.
    pub key: String,
    /// The person that it was linked to before.
    pub known_as: Option<String>,
}

/// Why an entry is a person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkRule {
    /// Nothing before is certainly the same person.
    First,
    /// The same name at the same school, and nothing against it.
    SameSchool,
    /// The same name, hometown and high school at another school.
    Transfer,
}

impl LinkRule {
    /// Its name in `athlete_link`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::SameSchool => "same-school",
            Self::Transfer => "transfer",
        }
    }
}

/// A person, and the entries that are theirs in the order of the seasons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// What names the person, the same when links are made anew.
    pub key: String,
    /// Positions in what was given, each with what links it.
    pub entries: Vec<Link>,
}

/// An entry of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The position in what was given.
    pub entry: usize,
    /// What links it to the entry before.
    pub rule: LinkRule,
    /// What agrees with the entry before, by name.
    pub evidence: BTreeMap<String, String>,
}

/// A season that a person may miss between two entries, at most this many, where more than the name speaks for it: injuries, missions, service.
const LONGEST_GAP: i32 = 3;

/// So many seasons lie between a person's first and last, at most: five years to play four, and two more.
const LONGEST_SPAN: i32 = 6;

/// Nobody grows or shrinks by more between two entries.
const MOST_INCHES: i32 = 4;

/// Finds the people behind the entries of one sport. The outcome does not depend on the order of what is given, but for the
/// positions in it.
pub fn people(appearances: &[Appearance]) -> Vec<Person> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (position, appearance) in appearances.iter().enumerate() {
        by_name.entry(&appearance.name).or_default().push(position);
    }
    let mut people = Vec::new();
    for (_, mut positions) in by_name {
        positions.sort_by_key(|position| {
            let one = &appearances[*position];
            (one.season, one.school, &one.key)
        });
        of_one_name(appearances, &positions, &mut people);
    }
    name_people(appearances, &mut people);
    people
}

/// Goes through the seasons: each entry joins the one person that fits best, if it is the one entry that fits that person best.
fn of_one_name(appearances: &[Appearance], positions: &[usize], people: &mut Vec<Person>) {
    let begin = people.len();
    for season in positions.chunk_by(|a, b| appearances[*a].season == appearances[*b].season) {
        let fits: Vec<Vec<Option<Fit>>> = season
            .iter()
            .map(|entry| people[begin..].iter().map(|person| fit(appearances, person, *entry)).collect())
            .collect();
        let strength = |entry: usize, person: usize| fits[entry][person].as_ref().map_or(0, |fit| fit.strength);
        let known = people.len() - begin;
        let best = |of: &dyn Fn(usize) -> u32, number: usize| {
            let most = (0..number).map(of).max().filter(|most| *most > 0)?;
            let mut with_most = (0..number).filter(|candidate| of(*candidate) == most);
            with_most.next().filter(|_| with_most.next().is_none())
        };
        let mut joined = Vec::new();
        for (at, entry) in season.iter().enumerate() {
            let person = best(&|person| strength(at, person), known);
            let is_mutual = person.filter(|person| best(&|other| strength(other, *person), season.len()) == Some(at));
            joined.push((*entry, is_mutual.map(|person| (person, fits[at][person].clone()))));
        }
        for (entry, found) in joined {
            match found {
                Some((person, Some(fit))) => {
                    people[begin + person].entries.push(Link { entry, rule: fit.rule, evidence: fit.evidence });
                }
                _ => {
                    let link = Link { entry, rule: LinkRule::First, evidence: BTreeMap::new() };
                    people.push(Person { key: String::new(), entries: vec![link] });
                }
            }
        }
    }
}

/// How well an entry fits a person.
#[derive(Debug, Clone)]
struct Fit {
    rule: LinkRule,
    strength: u32,
    evidence: BTreeMap<String, String>,
}

fn fit(appearances: &[Appearance], person: &Person, entry: usize) -> Option<Fit> {
    let entry = &appearances[entry];
    let first = &appearances[person.entries.first()?.entry];
    let last = &appearances[person.entries.last()?.entry];
    let gap = entry.season - last.season;
    if !(1..=LONGEST_GAP).contains(&gap) || entry.season - first.season > LONGEST_SPAN {
        return None;
    }
    if let (Some(one), Some(other)) = (entry.suffix, last.suffix)
        && one != other
    {
        return None;
    }
    if let (Some(one), Some(other)) = (entry.height, last.height)
        && (one - other).abs() > MOST_INCHES
    {
        return None;
    }
    let (home, high_school) = (same_home(entry, last), same_high_school(entry, last));
    let agrees = home == Some(true) || high_school == Some(true);
    let differs = home == Some(false) || high_school == Some(false);
    let advance = class_rank(entry).zip(class_rank(last)).map(|(now, before)| now - before);
    // Nobody leaps over a class, and only a redshirt that was told later goes back a year.
    if advance.is_some_and(|advance| advance > gap || advance < -1 || (advance == -1 && !agrees)) {
        return None;
    }
    let rule = if entry.school == last.school {
        if !agrees && (differs || gap > 1) {
            return None;
        }
        LinkRule::SameSchool
    } else {
        if home != Some(true) || high_school != Some(true) || advance.is_some_and(|advance| advance < 0) {
            return None;
        }
        LinkRule::Transfer
    };
    let mut evidence = BTreeMap::new();
    let mut strength = 1;
    let mut note = |what: &str, said: &str, worth: u32| {
        evidence.insert(what.to_owned(), said.to_owned());
        strength += worth;
    };
    match rule {
        LinkRule::SameSchool => note("school", "same", 4),
        _ => note("school", "another", 0),
    }
    for (what, agreement) in [("hometown", home), ("high_school", high_school)] {
        match agreement {
            Some(true) => note(what, "same", 2),
            Some(false) => note(what, "another", 0),
            None => {}
        }
    }
    if let (Some(advance), Some(before), Some(now)) = (advance, &last.class_year, &entry.class_year) {
        note("class", &format!("{before} to {now}"), u32::from(advance == gap));
    }
    Some(Fit { rule, strength, evidence })
}

fn class_rank(appearance: &Appearance) -> Option<i32> {
    Some(match appearance.class_year.as_deref()? {
        "Fr." => 1,
        "So." => 2,
        "Jr." => 3,
        "Sr." => 4,
        "Gr." => 5,
        _ => return None,
    })
}

/// Whether two hometowns are the same, if both are known. One may leave out what the other says.
fn same_home(one: &Appearance, other: &Appearance) -> Option<bool> {
    let (a, b) = (one.city.as_deref()?, other.city.as_deref()?);
    let regions = one.region.as_deref().zip(other.region.as_deref());
    Some(a == b && regions.is_none_or(|(a, b)| a == b))
}

/// Words that say that it is a school, not which.
const KINDS: [&str; 12] =
    ["hs", "h", "s", "high", "school", "sch", "senior", "sr", "academy", "acad", "prep", "preparatory"];

/// Whether two high schools may be the same, if both are known: one names all that the other names.
fn same_high_school(one: &Appearance, other: &Appearance) -> Option<bool> {
    let words = |appearance: &'_ Appearance| -> Option<HashSet<String>> {
        let text = appearance.high_school.as_deref()?;
        let words: HashSet<String> =
            text.split(' ').filter(|word| !KINDS.contains(word) && !word.is_empty()).map(str::to_owned).collect();
        (!words.is_empty()).then_some(words)
    };
    let (a, b) = (words(one)?, words(other)?);
    Some(a.is_subset(&b) || b.is_subset(&a))
}

/// Names people: as they were named before, where that is clear, else by their first entry.
fn name_people(appearances: &[Appearance], people: &mut [Person]) {
    let mut taken: HashSet<String> = HashSet::new();
    let mut order: Vec<usize> = (0..people.len()).collect();
    // Of two that were one before, the one with more entries keeps the name, then the one that begins earlier.
    order.sort_by_key(|position| {
        (std::cmp::Reverse(people[*position].entries.len()), people[*position].entries[0].entry)
    });
    for position in order {
        let person = &mut people[position];
        let mut votes: HashMap<&str, usize> = HashMap::new();
        let known = person.entries.iter().filter_map(|link| appearances[link.entry].known_as.as_deref());
        known.for_each(|name| *votes.entry(name).or_default() += 1);
        let mut names: Vec<(&str, usize)> = votes.into_iter().collect();
        names.sort_by_key(|(name, votes)| (std::cmp::Reverse(*votes), *name));
        let name = names.into_iter().map(|(name, _)| name).find(|name| !taken.contains(*name));
        let first = &appearances[person.entries[0].entry].key;
        // An entry that another person is named by may begin this one now.
        let own = || [first.clone(), format!("{first}#")].into_iter().find(|name| !taken.contains(name));
        person.key = name.map(str::to_owned).or_else(own).unwrap_or_else(|| format!("{first}##"));
        taken.insert(person.key.clone());
    }
}

/// What contradicts itself among people: on two teams in a season, or back in class by more than a year. There is none, unless the
/// rules are broken; each is told by the person's key.
pub fn contradictions(appearances: &[Appearance], people: &[Person]) -> Vec<String> {
    let mut found = Vec::new();
    let mut keys = BTreeSet::new();
    for person in people {
        if !keys.insert(&person.key) {
            found.push(format!("{}: two people of one name", person.key));
        }
        for pair in person.entries.windows(2) {
            let (before, after) = (&appearances[pair[0].entry], &appearances[pair[1].entry]);
            if before.season >= after.season {
                found.push(format!("{}: twice in {}", person.key, after.season));
            }
            if class_rank(after).zip(class_rank(before)).is_some_and(|(after, before)| after < before - 1) {
                found.push(format!("{}: back in class in {}", person.key, after.season));
            }
        }
    }
    found
}
