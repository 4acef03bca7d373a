//! Finds the school that a source means.

use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use models::Source;

use super::aliases::well_known;
use super::host::{host, hosts};
use super::name::{Reading, normalized, readings};
use super::similar::Similar;
use super::words::{is_state_name, state};
use super::{Candidate, KnownSchool, Match, Query, Resolution, Rule};

/// At most so many candidates are given.
const CANDIDATES: usize = 5;

/// Schools by everything that they can be found by. Made once; asking costs a few look-ups.
#[derive(Debug, Default)]
pub struct Matcher {
    schools: Vec<School>,
    by_id: HashMap<i32, usize>,
    /// By source and normalised alias.
    by_alias: HashMap<(Source, String), Vec<usize>>,
    /// By the alias as it is compared, whatever the source. Well-known names of schools that are not known are here too, with no school.
    by_any_alias: HashMap<String, Vec<usize>>,
    /// Colleges that are part of a joint member, as `by_any_alias`.
    by_part: HashMap<String, Vec<usize>>,
    by_host: HashMap<String, Vec<usize>>,
    by_name: HashMap<String, Vec<usize>>,
    by_name_and_city: HashMap<String, Vec<usize>>,
    by_short_name: HashMap<String, Vec<usize>>,
    /// Short names that more schools go by than the official names show.
    shared: Vec<&'static str>,
    similar: Similar,
}

#[derive(Debug)]
struct School {
    ncaa_id: i32,
    name: String,
    state: Option<&'static str>,
    /// The directory itself tells it from others of its name by its state.
    qualified: bool,
}

/// What one kind of evidence says: the rule, and the schools that it leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    rule: Rule,
    schools: Vec<usize>,
    /// It is one, and nothing else is needed.
    certain: bool,
}

impl Finding {
    /// Certain if there is one school; nothing if there is none.
    fn among(rule: Rule, schools: Vec<usize>) -> Option<Self> {
        (!schools.is_empty()).then_some(Self { rule, certain: schools.len() == 1, schools })
    }
}

impl Matcher {
    /// A matcher over these schools. Of several with the same id the first counts.
    pub fn new(schools: impl IntoIterator<Item = KnownSchool>) -> Self {
        let mut matcher = Self::default();
        for school in schools {
            matcher.add(school);
        }
        matcher.add_well_known();
        matcher
    }

    fn add(&mut self, known: KnownSchool) {
        let index = self.schools.len();
        let Entry::Vacant(place) = self.by_id.entry(known.ncaa_id) else { return };
        place.insert(index);
        let readings = readings(&known.name);
        let city = known.city.as_deref().map(normalized).filter(|city| !city.is_empty());
        for (number, reading) in readings.iter().enumerate() {
            // Only the plain reading is a whole name without a kind: `The Citadel`, but not `Cortland`, of the State University.
            if number == 0 || reading.has_kind {
                put(&mut self.by_name, &reading.full, index);
            }
            put(&mut self.by_short_name, &reading.core, index);
            if let Some(core) = reading.core_before_state() {
                put(&mut self.by_short_name, core, index);
            }
            if let Some(full) = city.as_deref().and_then(|city| with_city(reading, city)) {
                put(&mut self.by_name_and_city, &full, index);
            }
        }
        for host in known.websites.iter().flat_map(|sites| hosts(sites)) {
            put(&mut self.by_host, &host, index);
        }
        for alias in &known.aliases {
            self.by_alias.entry((alias.source.clone(), normalized(&alias.alias))).or_default().push(index);
            // What a source calls a school says nothing of what others mean by it; what a person says does.
            if alias.source == Source::Manual {
                add_alias(&mut self.by_any_alias, &alias.alias, Some(index));
            }
        }
        self.similar.add(readings.first().map_or("", |reading| &reading.full));
        let by_state = readings.first().and_then(|reading| reading.state);
        let state = known.state.as_deref().and_then(state).or(by_state);
        self.schools.push(School { ncaa_id: known.ncaa_id, name: known.name, state, qualified: by_state.is_some() });
    }

    fn add_well_known(&mut self) {
        let well_known = well_known();
        for school in &well_known.schools {
            let index = match school.ncaa_id {
                Some(id) => self.by_id.get(&id).copied(),
                None => self.by_official_name(&school.name),
            };
            school.aliases.iter().for_each(|alias| add_alias(&mut self.by_any_alias, alias, index));
            school.parts.iter().for_each(|part| add_alias(&mut self.by_part, part, index));
        }
        self.shared = well_known.shared.iter().map(String::as_str).collect();
    }

    /// The one school of this official name.
    fn by_official_name(&self, name: &str) -> Option<usize> {
        let reading = readings(name).into_iter().next()?;
        match self.by_name.get(&reading.full)?[..] {
            [school] => Some(school),
            _ => None,
        }
    }

    /// The school that a source means.
    pub fn resolve(&self, query: &Query<'_>) -> Resolution {
        if let Some(id) = query.ncaa_id {
            // The id says it all: if it is not known, the school is not, whatever its name is similar to.
            return match self.by_id.get(&id) {
                Some(_) => resolved(id, Rule::Id),
                None => Resolution::Unknown(Vec::new()),
            };
        }
        let readings = readings(query.name);
        let state = query.state.and_then(state);
        let named = match self.by_alias(query, &readings, state) {
            Named::Nothing => self.by_names(query, &readings, state),
            Named::Elsewhere => return Resolution::Unknown(self.similar_to(&readings)),
            // Whoever made the row knew the site, too.
            Named::Found(finding) if finding.rule == Rule::OwnAlias => return self.decided(finding),
            Named::Found(finding) => Some(finding),
        };
        match (named, self.by_website(query, state)) {
            (None, None) => Resolution::Unknown(self.similar_to(&readings)),
            (Some(finding), None) | (None, Some(finding)) => self.decided(finding),
            (Some(named), Some(site)) => self.agreed(named, site),
        }
    }

    /// Name and website say the same, or one narrows what the other leaves open, or nothing is certain.
    fn agreed(&self, named: Finding, site: Finding) -> Resolution {
        let both: Vec<usize> = named.schools.iter().copied().filter(|school| site.schools.contains(school)).collect();
        let certain = (named.certain || site.certain) && both.len() == 1;
        let rule = match (named.certain, site.certain) {
            // The site of a part may be that of the whole.
            (true, true) if named.rule != Rule::Part => named.rule.min(site.rule),
            (true, _) => named.rule,
            _ => site.rule,
        };
        if certain {
            return self.decided(Finding { rule, schools: both, certain });
        }
        Resolution::Ambiguous(likeliest([self.candidates(&named), self.candidates(&site)].concat()))
    }

    fn decided(&self, finding: Finding) -> Resolution {
        match finding.schools[..] {
            [school] if finding.certain => resolved(self.schools[school].ncaa_id, finding.rule),
            _ => Resolution::Ambiguous(self.candidates(&finding)),
        }
    }

    fn candidates(&self, finding: &Finding) -> Vec<Candidate> {
        let score = finding.rule.score();
        likeliest(finding.schools.iter().map(|school| self.candidate(*school, finding.rule, score)).collect())
    }

    fn candidate(&self, school: usize, rule: Rule, score: u8) -> Candidate {
        let school = &self.schools[school];
        Candidate { school: school.ncaa_id, name: school.name.clone(), rule, score }
    }

    fn similar_to(&self, readings: &[Reading]) -> Vec<Candidate> {
        let found = self.similar.to(readings.iter().map(|reading| reading.full.as_str()));
        likeliest(found.into_iter().map(|(school, score)| self.candidate(school, Rule::Similar, score)).collect())
    }

    fn by_alias(&self, query: &Query<'_>, readings: &[Reading], state: Option<&str>) -> Named {
        if let (Some(source), Some(key)) = (&query.source, query.key)
            && let Some(schools) = self.by_alias.get(&(source.clone(), normalized(key)))
        {
            return self.found(Rule::OwnAlias, schools, state);
        }
        let exact = normalized(query.name);
        if let Some(source) = &query.source
            && let Some(schools) = self.by_alias.get(&(source.clone(), exact.clone()))
        {
            return self.found(Rule::OwnAlias, schools, state);
        }
        let plain = readings.iter().filter(|reading| reading.state.is_none()).map(|reading| reading.full.as_str());
        let mut keys = std::iter::once(exact.as_str()).chain(plain);
        let known = keys.find_map(|key| {
            let by = |rule, aliases: &'_ HashMap<String, Vec<usize>>| Some((rule, aliases.get(key)?.clone()));
            by(Rule::Alias, &self.by_any_alias).or_else(|| by(Rule::Part, &self.by_part))
        });
        match known {
            None => Named::Nothing,
            // A name of a school that is not among the known ones must not be taken for another's.
            Some((_, schools)) if schools.is_empty() => Named::Elsewhere,
            Some((rule, schools)) => self.found(rule, &schools, state),
        }
    }

    /// Those of the schools that may be in the state.
    fn found(&self, rule: Rule, schools: &[usize], state: Option<&str>) -> Named {
        Finding::among(rule, self.in_state(schools, state)).map_or(Named::Nothing, Named::Found)
    }

    fn in_state(&self, schools: &[usize], state: Option<&str>) -> Vec<usize> {
        let may_be = |school: &&usize| match (self.schools[**school].state, state) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        schools.iter().filter(may_be).copied().collect()
    }

    fn by_website(&self, query: &Query<'_>, state: Option<&str>) -> Option<Finding> {
        let schools = self.by_host.get(&host(query.website?)?)?;
        match self.found(Rule::Website, schools, state) {
            // A host that several schools share is theirs, even where only one of them is in the state.
            Named::Found(finding) => Some(Finding { certain: schools.len() == 1, ..finding }),
            _ => None,
        }
    }

    fn by_names(&self, query: &Query<'_>, readings: &[Reading], state: Option<&str>) -> Option<Finding> {
        let rules = [Self::whole_name, Self::name_and_city, Self::state_university, Self::short_name];
        let mut open: Option<Finding> = None;
        for rule in rules {
            for reading in readings {
                // Two states that differ are no school's.
                let stated = match (state, reading.state) {
                    (Some(one), Some(other)) if one != other => continue,
                    (one, other) => one.or(other),
                };
                match rule(self, query, reading, stated) {
                    Some(finding) if finding.certain => return Some(finding),
                    Some(finding) => _ = open.get_or_insert(finding),
                    None => {}
                }
            }
        }
        open
    }

    fn whole_name(&self, _: &Query<'_>, reading: &Reading, state: Option<&str>) -> Option<Finding> {
        let schools = self.in_state(self.by_name.get(&reading.full)?, state);
        let unqualified = schools.iter().all(|school| !self.schools[*school].qualified);
        let (rule, certain) = match schools[..] {
            [] => return None,
            [_] if unqualified => (Rule::Name, true),
            [school] => (Rule::NameAndState, state.is_some() && self.schools[school].state == state),
            _ => (Rule::NameAndState, false),
        };
        Some(Finding { rule, schools, certain })
    }

    fn name_and_city(&self, query: &Query<'_>, reading: &Reading, state: Option<&str>) -> Option<Finding> {
        let theirs = self.by_name_and_city.get(&reading.full);
        let ours = query.city.map(normalized).and_then(|city| with_city(reading, &city));
        let ours = ours.and_then(|full| self.by_name.get(&full));
        let schools = self.in_state(theirs.or(ours)?, state);
        Finding::among(Rule::NameAndCity, schools)
    }

    fn state_university(&self, _: &Query<'_>, reading: &Reading, state: Option<&str>) -> Option<Finding> {
        if reading.has_kind || !is_state_name(&reading.core) {
            return None;
        }
        let schools = self.in_state(self.by_name.get(&format!("university {}", reading.core))?, state);
        Finding::among(Rule::StateUniversity, schools)
    }

    fn short_name(&self, _: &Query<'_>, reading: &Reading, stated: Option<&str>) -> Option<Finding> {
        if reading.has_kind {
            return None;
        }
        let schools = self.in_state(self.by_short_name.get(&reading.core)?, stated);
        let all_in_state = stated.is_some() && schools.iter().all(|school| self.schools[*school].state == stated);
        let rule = if all_in_state { Rule::ShortNameAndState } else { Rule::ShortName };
        // `Illinois` is not Illinois College; `California (PA)` is not in California.
        let of_state = state(&reading.core);
        let certain = match schools[..] {
            [] => return None,
            [_] if of_state.is_some() => all_in_state && of_state != stated,
            [_] if all_in_state => true,
            [school] => !self.schools[school].qualified && !self.shared.contains(&reading.core.as_str()),
            _ => false,
        };
        Some(Finding { rule, schools, certain })
    }
}

/// What a look-up among aliases says.
enum Named {
    Found(Finding),
    /// It is the name of a school that is not known.
    Elsewhere,
    Nothing,
}

fn resolved(school: i32, rule: Rule) -> Resolution {
    Resolution::Resolved(Match { school, rule, score: rule.score() })
}

/// The likeliest of the candidates, each school once.
fn likeliest(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by_key(|candidate| (Reverse(candidate.score), candidate.school));
    let mut seen = HashSet::new();
    candidates.retain(|candidate| seen.insert(candidate.school));
    candidates.truncate(CANDIDATES);
    candidates
}

/// The name with the city behind it, unless it ends so already.
fn with_city(reading: &Reading, city: &str) -> Option<String> {
    (!city.is_empty() && reading.has_kind && !reading.full.ends_with(city)).then(|| format!("{} {city}", reading.full))
}

/// Adds an alias; without a school where the school is not among the known ones.
fn add_alias(aliases: &mut HashMap<String, Vec<usize>>, alias: &str, school: Option<usize>) {
    for key in alias_keys(alias) {
        match school {
            Some(school) => put(aliases, &key, school),
            None => _ = aliases.entry(key).or_default(),
        }
    }
}

/// What an alias is found by: to the letter, and with its short forms written out.
fn alias_keys(alias: &str) -> Vec<String> {
    let mut keys = vec![normalized(alias)];
    keys.extend(readings(alias).into_iter().filter(|reading| reading.state.is_none()).map(|reading| reading.full));
    keys
}

fn put(map: &mut HashMap<String, Vec<usize>>, key: &str, school: usize) {
    let schools = map.entry(key.to_owned()).or_default();
    if !schools.contains(&school) {
        schools.push(school);
    }
}
