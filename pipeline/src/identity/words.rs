//! Words that names of schools are made of, as people and the NCAA shorten them.

/// Words that say what kind of institution it is.
pub(super) const KINDS: [&str; 10] =
    ["academy", "college", "colleges", "cuny", "institute", "school", "seminary", "suny", "university", "universities"];

/// Words that carry no meaning of their own: `University of Texas at Austin` is `University of Texas, Austin`.
pub(super) const FILLERS: [&str; 9] = ["a", "and", "at", "campus", "for", "in", "of", "on", "the"];

/// Phrases of several words, as one form. Longer ones first.
pub(super) const PHRASES: [(&[&str], &[&str]); 9] = [
    (&["state", "university", "of", "new", "york"], &["suny"]),
    (&["city", "university", "of", "new", "york"], &["cuny"]),
    (&["agricultural", "and", "mechanical"], &["aandm"]),
    (&["state", "university", "college", "at"], &["suny", "college"]),
    (&["institute", "of", "technology"], &["tech"]),
    (&["united", "states"], &["us"]),
    (&["main", "campus"], &[]),
    (&["penn", "state"], &["pennsylvania", "state"]),
    (&["cal", "state"], &["california", "state"]),
];

/// Short forms that mean the same with and without a point.
pub(super) const SHORT: [(&str, &str); 14] = [
    ("am", "aandm"),
    ("calif", "california"),
    ("fla", "florida"),
    ("ft", "fort"),
    ("inst", "institute"),
    ("intl", "international"),
    ("mass", "massachusetts"),
    ("mich", "michigan"),
    ("miss", "mississippi"),
    ("mt", "mount"),
    ("nc", "north carolina"),
    ("technological", "tech"),
    ("univ", "university"),
    ("wm", "william"),
];

/// Short forms that need their point: without it they are words or other short forms (`La Salle`, `Me`, `Cal Poly`).
pub(super) const POINTED: [(&str, &str); 51] = [
    ("ala", "alabama"),
    ("ariz", "arizona"),
    ("ark", "arkansas"),
    ("atl", "atlantic"),
    ("cal", "california"),
    ("caro", "carolina"),
    ("chris", "christopher"),
    ("col", "college"),
    ("coll", "college"),
    ("colo", "colorado"),
    ("conn", "connecticut"),
    ("del", "delaware"),
    ("east", "eastern"),
    ("eng", "england"),
    ("fran", "francisco"),
    ("ga", "georgia"),
    ("ill", "illinois"),
    ("ind", "indiana"),
    ("jeff", "jefferson"),
    ("kan", "kansas"),
    ("ky", "kentucky"),
    ("la", "louisiana"),
    ("md", "maryland"),
    ("me", "maine"),
    ("minn", "minnesota"),
    ("mo", "missouri"),
    ("mont", "montana"),
    ("nd", "north dakota"),
    ("neb", "nebraska"),
    ("nev", "nevada"),
    ("nh", "new hampshire"),
    ("nj", "new jersey"),
    ("nm", "new mexico"),
    ("ny", "new york"),
    ("okla", "oklahoma"),
    ("ore", "oregon"),
    ("pa", "pennsylvania"),
    ("pitt", "pittsburgh"),
    ("poly", "polytechnic"),
    ("sc", "south carolina"),
    ("sch", "school"),
    ("sd", "south dakota"),
    ("so", "southern"),
    ("tenn", "tennessee"),
    ("tex", "texas"),
    ("u", "university"),
    ("va", "virginia"),
    ("vt", "vermont"),
    ("wash", "washington"),
    ("wis", "wisconsin"),
    ("wyo", "wyoming"),
];

/// What a name may begin with when more follows, and what that may mean: `UC Davis`, `CSU Bakersfield`, `CSU Pueblo`.
pub(super) const BEGINNINGS: [(&str, &[&str]); 8] = [
    ("csu", &["california state university", "colorado state university"]),
    ("uc", &["university california", "university colorado"]),
    ("umass", &["university massachusetts"]),
    ("unc", &["university north carolina"]),
    ("usc", &["university south carolina"]),
    ("ut", &["university texas", "university tennessee"]),
    ("uw", &["university wisconsin", "university washington"]),
    ("siu", &["southern illinois university"]),
];

/// States, territories and provinces with member schools, by postal abbreviation.
const STATES: [(&str, &str); 53] = [
    ("AK", "alaska"),
    ("AL", "alabama"),
    ("AR", "arkansas"),
    ("AZ", "arizona"),
    ("BC", "british columbia"),
    ("CA", "california"),
    ("CO", "colorado"),
    ("CT", "connecticut"),
    ("DC", "district of columbia"),
    ("DE", "delaware"),
    ("FL", "florida"),
    ("GA", "georgia"),
    ("HI", "hawaii"),
    ("IA", "iowa"),
    ("ID", "idaho"),
    ("IL", "illinois"),
    ("IN", "indiana"),
    ("KS", "kansas"),
    ("KY", "kentucky"),
    ("LA", "louisiana"),
    ("MA", "massachusetts"),
    ("MD", "maryland"),
    ("ME", "maine"),
    ("MI", "michigan"),
    ("MN", "minnesota"),
    ("MO", "missouri"),
    ("MS", "mississippi"),
    ("MT", "montana"),
    ("NC", "north carolina"),
    ("ND", "north dakota"),
    ("NE", "nebraska"),
    ("NH", "new hampshire"),
    ("NJ", "new jersey"),
    ("NM", "new mexico"),
    ("NV", "nevada"),
    ("NY", "new york"),
    ("OH", "ohio"),
    ("OK", "oklahoma"),
    ("OR", "oregon"),
    ("PA", "pennsylvania"),
    ("PR", "puerto rico"),
    ("RI", "rhode island"),
    ("SC", "south carolina"),
    ("SD", "south dakota"),
    ("TN", "tennessee"),
    ("TX", "texas"),
    ("UT", "utah"),
    ("VA", "virginia"),
    ("VT", "vermont"),
    ("WA", "washington"),
    ("WI", "wisconsin"),
    ("WV", "west virginia"),
    ("WY", "wyoming"),
];

/// The postal abbreviation of a state, by itself or by its name in lower case.
pub(super) fn state(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let found = STATES.iter().find(|(code, name)| code.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text));
    found.map(|(code, _)| *code)
}

/// Whether the text, in lower case, is a state's name.
pub(super) fn is_state_name(text: &str) -> bool {
    STATES.iter().any(|(_, name)| *name == text)
}
