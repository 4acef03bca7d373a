//! Hand-made cases over a small directory of real schools.

use models::{Field, SchoolRef, Source};
use pipeline::identity::{
    KnownAlias, KnownSchool, Match, Matcher, Query, Resolution, Rule, alias_key, alias_row, replayed_alias, unresolved,
};
use pipeline::sources::found::{Kept, Reason};
use proptest::prelude::*;
use rust_decimal::Decimal;

const DIRECTORY: [(i32, &str, &str, &str); 33] = [
    (8, "University of Alabama", "AL", "www.ua.edu"),
    (9, "University of Alabama at Birmingham", "AL", "www.uab.edu"),
    (31, "University of Arkansas, Fayetteville", "AR", "www.uark.edu/"),
    (40, "Augustana College (Illinois)", "IL", "www.augustana.edu"),
    (41, "Augustana University (South Dakota)", "SD", "www.augie.edu"),
    (67, "Boston College", "MA", "www.bc.edu"),
    (94, "California State University, Bakersfield", "CA", "www.csub.edu"),
    (106, "California University of Pennsylvania", "PA", "www.calu.edu"),
    (107, "University of California, Berkeley", "CA", "www.berkeley.edu"),
    (108, "University of California, Davis", "CA", "www.ucdavis.edu"),
    (158, "Columbia University-Barnard College", "NY", "www.columbia.edu"),
    (168, "State University of New York at Cortland", "NY", "www.cortland.edu"),
    (221, "Fairleigh Dickinson University, Florham", "NJ", "www.fdu.edu"),
    (222, "Fairleigh Dickinson University, Metropolitan Campus", "NJ", "www.fdu.edu"),
    (277, "University of Hawaii, Manoa", "HI", "manoa.hawaii.edu"),
    (297, "Illinois College", "IL", "www.ic.edu"),
    (414, "Miami University (Ohio)", "OH", "www.miamiOH.edu"),
    (415, "University of Miami (Florida)", "FL", "www.miami.edu"),
    (418, "University of Michigan", "MI", "www.umich.edu"),
    (450, "Mount St. Mary's University", "MD", "www.msmary.edu"),
    (490, "North Carolina State University", "NC", "www.ncsu.edu"),
    (513, "University of Notre Dame", "IN", "www.nd.edu"),
    (571, "Rhode Island College", "RI", "www.ric.edu"),
    (598, "St. Cloud State University", "MN", "www.stcloudstate.edu/"),
    (611, "St. Mary's College of Maryland", "MD", "www.smcm.edu/"),
    (612, "Saint Mary's University of Minnesota", "MN", "www.smumn.edu"),
    (630, "San Jose State University", "CA", "www.sjsu.edu"),
    (643, "Slippery Rock University of Pennsylvania", "PA", "www.sru.edu"),
    (703, "University of Texas at Austin", "TX", "www.utexas.edu"),
    (725, "U.S. Military Academy", "NY", "https://www.westpoint.edu/"),
    (1450, "Westminster College (Missouri)", "MO", "www.wcmo.edu/"),
    (1451, "Westminster College (Pennsylvania)", "PA", "www.westminster.edu/"),
    (30126, "Notre Dame College (Ohio)", "OH", "www.notredamecollege.edu/"),
];

fn schools() -> Vec<KnownSchool> {
    let school = |(ncaa_id, name, state, website): (i32, &str, &str, &str)| KnownSchool {
        ncaa_id,
        name: name.to_owned(),
        state: Some(state.to_owned()),
        websites: vec![website.to_owned()],
        ..KnownSchool::default()
    };
    DIRECTORY.map(school).into()
}

/// The school and the rule, or the candidates that are more than similar.
type Answer = Result<(i32, Rule), Vec<i32>>;

fn found(resolution: &Resolution) -> Answer {
    match resolution {
        Resolution::Resolved(found) => Ok((found.school, found.rule)),
        Resolution::Ambiguous(candidates) => Err(candidates.iter().map(|candidate| candidate.school).collect()),
        Resolution::Unknown(_) => Err(Vec::new()),
    }
}

#[test]
fn names_alone() {
    use Rule::{Alias, Name, NameAndState, Part, ShortName, ShortNameAndState, StateUniversity};
    let matcher = Matcher::new(schools());
    let cases: [(&str, Answer); 45] = [
        ("UNIVERSITY OF ALABAMA AT BIRMINGHAM", Ok((9, Name))),
        ("University of Alabama - Birmingham", Ok((9, Name))),
        ("The University of Alabama", Ok((8, Name))),
        ("Alabama", Ok((8, StateUniversity))),
        ("alabama", Ok((8, StateUniversity))),
        ("UAB", Ok((9, Alias))),
        ("Michigan", Ok((418, StateUniversity))),
        ("California", Ok((107, Alias))),
        ("California (PA)", Ok((106, ShortNameAndState))),
        ("UC Davis", Ok((108, Name))),
        ("CSU Bakersfield", Ok((94, Name))),
        ("Cal St. Bakersfield", Ok((94, Alias))),
        ("Illinois Col.", Ok((297, Name))),
        // The University of Illinois is not here: neither is it Illinois College.
        ("Illinois", Err(vec![])),
        ("NC State", Ok((490, Alias))),
        ("North Carolina St.", Ok((490, Alias))),
        // Nor is the University of North Carolina.
        ("North Carolina", Err(vec![])),
        ("St. Cloud St.", Ok((598, ShortName))),
        ("Saint Cloud State University", Ok((598, Name))),
        ("Slippery Rock", Ok((643, ShortName))),
        ("SUNY Cortland", Ok((168, Name))),
        ("Cortland", Ok((168, ShortName))),
        ("Army West Point", Ok((725, Alias))),
        ("United States Military Academy", Ok((725, Name))),
        ("San José State", Ok((630, ShortName))),
        ("University of Hawai'i", Ok((277, Alias))),
        ("Mount St. Mary's", Ok((450, ShortName))),
        ("Mt. St. Mary's", Ok((450, ShortName))),
        ("St. Mary's (MD)", Ok((611, ShortNameAndState))),
        ("St. Mary's", Err(vec![611, 612])),
        ("Miami (OH)", Ok((414, ShortNameAndState))),
        ("Miami (FL)", Ok((415, ShortNameAndState))),
        ("Miami", Err(vec![414, 415])),
        // The directory itself says that there are others of the name.
        ("University of Miami", Err(vec![415])),
        ("Miami University", Ok((414, Alias))),
        ("Notre Dame", Ok((513, Alias))),
        ("notre-dame", Ok((513, Alias))),
        ("Notre Dame (OH)", Ok((30126, ShortNameAndState))),
        ("Westminster College", Err(vec![1450, 1451])),
        ("Westminster College - Missouri", Ok((1450, NameAndState))),
        ("Barnard College", Ok((158, Part))),
        // More than one college goes by it, whatever the directory at hand has.
        ("Boston", Err(vec![67])),
        ("Boston U.", Err(vec![])),
        ("Augustana (IA)", Err(vec![])),
        ("", Err(vec![])),
    ];
    for (name, expected) in cases {
        let resolution = matcher.resolve(&Query::named(name));
        assert_eq!(found(&resolution), expected, "{name}: {resolution:?}");
    }
}

#[test]
fn with_state_city_and_site() {
    use Rule::{Alias, Name, NameAndCity, NameAndState, Part, ShortNameAndState, StateUniversity, Website};
    let matcher = Matcher::new(schools());
    // Name, state, city, site.
    let cases = [
        (("University of Miami", "FL", "CORAL GABLES", ""), Ok((415, NameAndState))),
        (("University of Miami", "Florida", "", ""), Ok((415, NameAndState))),
        (("Westminster College", "PA", "", ""), Ok((1451, NameAndState))),
        (("Westminster College", "UT", "", ""), Err(vec![])),
        // What the name says of the state and what is given differ.
        (("Westminster College (PA)", "MO", "", ""), Err(vec![])),
        (("Augustana", "IL", "", ""), Ok((40, ShortNameAndState))),
        // A state's name in that state is its university's, not its college's.
        (("Rhode Island", "RI", "", ""), Err(vec![571])),
        (("Rhode Island Col.", "RI", "", ""), Ok((571, Name))),
        (("Michigan", "MI", "", ""), Ok((418, StateUniversity))),
        (("Alabama A&M University", "AL", "NORMAL", ""), Err(vec![])),
        (("UNIVERSITY OF TEXAS", "TX", "AUSTIN", ""), Ok((703, Alias))),
        (("University of Hawaii", "HI", "MANOA", "hawaii.edu"), Ok((277, Alias))),
        (("Fairleigh Dickinson University", "NJ", "FLORHAM", ""), Ok((221, NameAndCity))),
        (("University of Michigan-Ann Arbor", "MI", "", "https://umich.edu/"), Ok((418, Website))),
        (("ST. CLOUD", "MN", "", "WWW.STCLOUDSTATE.EDU"), Ok((598, Website))),
        // A campus is not the whole.
        (("University of Michigan - Flint", "MI", "", "flint.umich.edu"), Err(vec![])),
        // A site of two schools is neither's.
        (("FAIRLEIGH DICKINSON", "NJ", "", "www.fdu.edu"), Err(vec![221, 222])),
        (("Fairleigh Dickinson University - Florham", "NJ", "", "www.fdu.edu"), Ok((221, Name))),
        // A site elsewhere is not it.
        (("Miami", "NY", "", "miami.edu"), Err(vec![])),
        // Name and site that differ are no answer.
        (("University of Alabama", "AL", "", "www.uab.edu"), Err(vec![9, 8])),
        (("Barnard College", "NY", "", "columbia.edu"), Ok((158, Part))),
    ];
    for ((name, state, city, site), expected) in cases {
        let given = |text: &'static str| (!text.is_empty()).then_some(text);
        let query = Query { state: given(state), city: given(city), website: given(site), ..Query::named(name) };
        let resolution = matcher.resolve(&query);
        assert_eq!(found(&resolution), expected, "{name}, {state}, {city}, {site}: {resolution:?}");
    }
}

#[test]
fn ids_and_aliases_of_sources() {
    let mut schools = schools();
    let alias = |source, alias: &str| KnownAlias { source, alias: alias.to_owned() };
    schools[0].aliases = vec![alias(Source::Niche, "the-university-of-alabama"), alias(Source::Ipeds, "100751")];
    schools[0].aliases.push(alias(Source::Manual, "Crimson Tide"));
    schools[0].city = Some("Tuscaloosa".to_owned());
    let matcher = Matcher::new(schools);
    let ask = |query: Query| found(&matcher.resolve(&query));
    assert_eq!(ask(Query { ncaa_id: Some(9), ..Query::named("Alabama") }), Ok((9, Rule::Id)));
    // An id that is not known is not looked for by name.
    assert_eq!(ask(Query { ncaa_id: Some(7), ..Query::named("Alabama") }), Err(vec![]));
    let by_key = |source, key| ask(Query { source: Some(source), key: Some(key), ..Query::named("Bama") });
    assert_eq!(by_key(Source::Ipeds, "100751"), Ok((8, Rule::OwnAlias)));
    assert_eq!(by_key(Source::Niche, "the-university-of-alabama"), Ok((8, Rule::OwnAlias)));
    assert_eq!(by_key(Source::Niche, "100751"), Err(vec![]));
    let elsewhere = Query { key: Some("100751"), website: Some("www.uab.edu"), ..Query::named("Alabama") };
    assert_eq!(ask(Query { source: Some(Source::Ipeds), ..elsewhere }), Ok((8, Rule::OwnAlias)));
    assert_eq!(ask(Query::named("crimson tide")), Ok((8, Rule::Alias)));
    assert_eq!(ask(Query::named("University of Alabama - Tuscaloosa")), Ok((8, Rule::NameAndCity)));
}

#[test]
fn well_known_names_of_schools_without_id_go_by_the_official_name() {
    let methodist = |name: &str| KnownSchool { ncaa_id: 663, name: name.to_owned(), ..KnownSchool::default() };
    let ask = |known| found(&Matcher::new([known]).resolve(&Query::named("SMU")));
    assert_eq!(ask(methodist("Southern Methodist University")), Ok((663, Rule::Alias)));
    assert_eq!(ask(methodist("Saint Martin's University")), Err(vec![]));
}

#[test]
fn what_is_found_and_what_is_not_as_rows() {
    let matcher = Matcher::new(schools());
    let Resolution::Resolved(alabama) = matcher.resolve(&Query::named("Alabama")) else { panic!() };
    let row = alias_row(Source::Awards, "Alabama ", &alabama);
    assert_eq!((&row.school_id, &row.source), (&SchoolRef::NcaaId(8), &Source::Awards));
    assert_eq!((row.alias.as_str(), row.normalized_alias.as_str()), ("Alabama ", "alabama"));
    assert_eq!(row.rule.value(), Some(&Some("state-university".to_owned())));
    assert_eq!(row.score.value(), Some(&Some(Decimal::new(92, 2))));

    // Found by a row that a person made: the row stays theirs.
    let own = alias_row(Source::Awards, "Bama", &Match { rule: Rule::OwnAlias, ..alabama });
    assert_eq!((own.rule, own.score), (Field::Absent, Field::Absent));

    let why = |name| unresolved(name, &matcher.resolve(&Query::named(name)));
    assert_eq!(why("Alabama"), None);
    let miami = why("Miami").unwrap();
    assert_eq!(miami.reason, Reason::AmbiguousSchool);
    assert!(miami.message.contains("Miami University (Ohio) (414"), "{}", miami.message);
    let state = why("Carolina State").unwrap();
    assert_eq!(state.reason, Reason::UnknownSchool);
    assert!(state.message.contains("similar are North Carolina State University (490; similar"), "{}", state.message);
    assert_eq!(why("Quidditch").unwrap().message, "\"Quidditch\" is no known school, nor similar to one");
}

#[test]
fn a_refused_alias_is_read_again() {
    let key = alias_key(&Source::Awards, "Quidditch (TX)");
    let kept = Kept { table: "public.school_alias", key: Some(&key), raw: b"" };
    let before = replayed_alias(&kept, &Matcher::new(schools()));
    assert_eq!(before.unwrap_err().reason, Reason::UnknownSchool);
    let mut schools = schools();
    schools[0].aliases = vec![KnownAlias { source: Source::Manual, alias: "Quidditch (TX)".to_owned() }];
    let row = replayed_alias(&kept, &Matcher::new(schools)).unwrap();
    assert_eq!((row.school_id, row.alias.as_str()), (SchoolRef::NcaaId(8), "Quidditch (TX)"));
    let kept = Kept { key: None, ..kept };
    assert_eq!(replayed_alias(&kept, &Matcher::default()).unwrap_err().reason, Reason::Missing);
}

#[test]
fn a_school_s_own_order_makes_no_difference() {
    let (mut backwards, names) = (schools(), ["Miami", "St. Mary's", "Carolina State", "Augustana"]);
    backwards.reverse();
    let (one, other) = (Matcher::new(schools()), Matcher::new(backwards));
    for name in names {
        assert_eq!(one.resolve(&Query::named(name)), other.resolve(&Query::named(name)), "{name}");
    }
}

proptest! {
    #[test]
    fn whatever_a_name_holds_there_is_an_answer(name in "(St\\. |A&M |\\(|\\)|UC |- |[a-zé'.,& ]|\\PC){0,16}", state in "\\PC{0,3}") {
        let matcher = Matcher::new(schools());
        let query = Query { state: Some(&state), website: Some(&name), city: Some(&name), ..Query::named(&name) };
        prop_assert_eq!(matcher.resolve(&query), matcher.resolve(&query));
    }
}
