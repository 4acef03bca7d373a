//! Hometowns as rosters write them, in parts where they are certain.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::names::comparable;

/// A hometown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hometown {
    /// As the source writes it.
    pub text: String,
    /// The city.
    pub city: Option<String>,
    /// State, province or territory of the US or Canada, as its postal abbreviation.
    pub state: Option<&'static str>,
    /// ISO 3166-1 alpha-2. Puerto Rico is `US`, with the state `PR`, as its addresses are written.
    pub country: Option<&'static str>,
}

/// Reads `City, ST`, `City, Province, Country` and the like. What could mean two places (`Georgia`, a bare city) is left to the
/// text. None if there is none.
pub fn hometown(text: &str) -> Option<Hometown> {
    if super::profile::is_blank(text) {
        return None;
    }
    let text = super::text::folded(text);
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let mut found = Hometown::default();
    let rest: &[&str] = match &parts[..] {
        [rest @ .., state, last] if country_of(last).is_some() => {
            found.country = country_of(last);
            match state_of(state).filter(|(_, country)| found.country == Some(country)) {
                Some((state, _)) => {
                    found.state = Some(state);
                    rest
                }
                None if rest.is_empty() && !is_short(state) => &parts[..1],
                // A region of a country whose regions are not known here, or of another country than it says.
                None => rest,
            }
        }
        [rest @ .., last] if state_of(last).is_some() && (!rest.is_empty() || !is_short(last)) => {
            let (state, country) = state_of(last)?;
            (found.state, found.country) = (Some(state), Some(country));
            rest
        }
        [only] => {
            found.country = country_of(only);
            &[]
        }
        _ => &[],
    };
    if let [city] = rest
        && !is_short(city)
    {
        found.city = Some((*city).to_owned());
    }
    found.text = text;
    Some(found)
}

/// An abbreviation, not a city.
fn is_short(text: &str) -> bool {
    text.len() <= 2
}

/// A state or province by its abbreviation or name.
fn state_of(text: &str) -> Option<(&'static str, &'static str)> {
    let abbreviation: String = text.chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    let known =
        if abbreviation.len() == 2 { STATE_BY_CODE.get(abbreviation.to_ascii_uppercase().as_str()) } else { None };
    known.or_else(|| STATE_BY_NAME.get(comparable(text).as_str())).copied()
}

fn country_of(text: &str) -> Option<&'static str> {
    COUNTRY_BY_NAME.get(comparable(text).as_str()).copied()
}

/// A state's or province's postal abbreviation, and the country that it is of.
type State = (&'static str, &'static str);

static STATE_BY_CODE: LazyLock<HashMap<&str, State>> =
    LazyLock::new(|| states().map(|(state, _)| (state.0, state)).collect());

static STATE_BY_NAME: LazyLock<HashMap<&str, State>> =
    LazyLock::new(|| states().flat_map(|(state, names)| names.map(move |name| (name, state))).collect());

static COUNTRY_BY_NAME: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| entries(COUNTRIES).flat_map(|(code, names)| names.map(move |name| (name, code))).collect());

fn states() -> impl Iterator<Item = (State, std::str::Split<'static, char>)> {
    let of =
        |(country, all): (&'static str, &'static str)| entries(all).map(move |(code, names)| ((code, country), names));
    STATES.into_iter().flat_map(of)
}

/// The entries of a list `CODE:name:name;CODE:name`.
fn entries(list: &'static str) -> impl Iterator<Item = (&'static str, std::str::Split<'static, char>)> {
    list.split(';').filter_map(|entry| {
        let mut names = entry.split(':');
        Some((names.next()?.trim(), names))
    })
}

/// Postal abbreviations, names, and how the press abbreviates them. `Georgia` alone may be the country.
const STATES: [(&str, &str); 2] = [
    (
        "US",
        "AL:alabama:ala;AK:alaska;AZ:arizona:ariz;AR:arkansas:ark;CA:california:calif;CO:colorado:colo;\
         CT:connecticut:conn;DE:delaware:del;DC:district of columbia;FL:florida:fla;GA;HI:hawaii;ID:idaho;IL:illinois:ill;\
         IN:indiana:ind;IA:iowa;KS:kansas:kan;KY:kentucky;LA:louisiana;ME:maine;MD:maryland;MA:massachusetts:mass;\
         MI:michigan:mich;MN:minnesota:minn;MS:mississippi:miss;MO:missouri;MT:montana:mont;NE:nebraska:neb;NV:nevada:nev;\
         NH:new hampshire;NJ:new jersey;NM:new mexico;NY:new york;NC:north carolina;ND:north dakota;OH:ohio;\
         OK:oklahoma:okla;OR:oregon:ore;PA:pennsylvania;RI:rhode island;SC:south carolina;SD:south dakota;TN:tennessee:tenn;\
         TX:texas:tex;UT:utah;VT:vermont;VA:virginia;WA:washington:wash;WV:west virginia;WI:wisconsin:wis;WY:wyoming:wyo;\
         AS:american samoa;GU:guam;MP:northern mariana islands;PR:puerto rico;VI:us virgin islands:virgin islands",
    ),
    (
        "CA",
        "AB:alberta:alta;BC:british columbia;MB:manitoba;NB:new brunswick;NL:newfoundland:newfoundland and labrador;\
         NS:nova scotia;NT:northwest territories;NU:nunavut;ON:ontario:ont;PE:prince edward island:pei;QC:quebec:que;\
         SK:saskatchewan:sask;YT:yukon",
    ),
];

/// Where students come from; not all countries. Those that are also a state or a city are not among them.
const COUNTRIES: &str = "US:usa:us:united states:united states of america;CA:canada;AR:argentina;AW:aruba;AU:australia;\
    AT:austria;BS:bahamas:the bahamas;BB:barbados;BY:belarus;BE:belgium;BZ:belize;BM:bermuda;BO:bolivia;\
    BA:bosnia and herzegovina;BW:botswana;BR:brazil;BG:bulgaria;CM:cameroon;KY:cayman islands;CL:chile;CN:china;CO:colombia;\
    CD:democratic republic of the congo;CR:costa rica;HR:croatia;CU:cuba;CW:curacao;CY:cyprus;CZ:czechia:czech republic;\
    DK:denmark;DO:dominican republic;EC:ecuador;EG:egypt;SV:el salvador;GB:united kingdom:uk:england:scotland:wales:\
    northern ireland:great britain;EE:estonia;ET:ethiopia;FJ:fiji;FI:finland;FR:france;GM:the gambia;DE:germany;GH:ghana;\
    GR:greece;GT:guatemala;HT:haiti;HN:honduras;HK:hong kong;HU:hungary;IS:iceland;IN:india;ID:indonesia;IE:ireland;\
    IL:israel;IT:italy;CI:ivory coast;JM:jamaica;JP:japan;KE:kenya;XK:kosovo;LV:latvia;LT:lithuania;LU:luxembourg;\
    MY:malaysia;ML:mali;MT:malta;MX:mexico;MD:moldova;ME:montenegro;MA:morocco;NL:netherlands:the netherlands;\
    NZ:new zealand;NI:nicaragua;NG:nigeria;MK:north macedonia;NO:norway;PK:pakistan;PA:panama;PY:paraguay;PE:peru;\
    PH:philippines;PL:poland;PT:portugal;RO:romania;RU:russia;RW:rwanda;LC:saint lucia;WS:samoa;SN:senegal;RS:serbia;\
    SG:singapore;SK:slovakia;SI:slovenia;ZA:south africa;KR:south korea:korea;SS:south sudan;ES:spain;SD:sudan;SE:sweden;\
    CH:switzerland;TW:taiwan;TZ:tanzania;TH:thailand;TT:trinidad and tobago;TN:tunisia;TR:turkey:turkiye;UG:uganda;\
    UA:ukraine;AE:united arab emirates;UY:uruguay;UZ:uzbekistan;VE:venezuela;VN:vietnam;ZM:zambia;ZW:zimbabwe";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_only_where_they_are_certain() {
        type Parts = (Option<&'static str>, Option<&'static str>, Option<&'static str>);
        let cases: [(&str, Parts); 24] = [
            ("Glenn Heights, TX", (Some("Glenn Heights"), Some("TX"), Some("US"))),
            ("Winona, Minn.", (Some("Winona"), Some("MN"), Some("US"))),
            ("Trenton, N.J.", (Some("Trenton"), Some("NJ"), Some("US"))),
            ("Portland, Oregon", (Some("Portland"), Some("OR"), Some("US"))),
            ("Washington, D.C.", (Some("Washington"), Some("DC"), Some("US"))),
            ("Ponce, PR", (Some("Ponce"), Some("PR"), Some("US"))),
            ("Ponce, Puerto Rico", (Some("Ponce"), Some("PR"), Some("US"))),
            ("Tillsonburg, Canada", (Some("Tillsonburg"), None, Some("CA"))),
            ("Vancouver, B.C., Canada", (Some("Vancouver"), Some("BC"), Some("CA"))),
            ("Québec, Québec", (Some("Québec"), Some("QC"), Some("CA"))),
            ("London, ON", (Some("London"), Some("ON"), Some("CA"))),
            ("Springfield, Ill., USA", (Some("Springfield"), Some("IL"), Some("US"))),
            ("Willemstad, Curaçao", (Some("Willemstad"), None, Some("CW"))),
            ("Sydney, NSW, Australia", (Some("Sydney"), None, Some("AU"))),
            ("Leeds, England", (Some("Leeds"), None, Some("GB"))),
            ("Japan", (None, None, Some("JP"))),
            ("Texas", (None, Some("TX"), Some("US"))),
            ("Macon, Georgia", (None, None, None)),
            ("Macon, GA", (Some("Macon"), Some("GA"), Some("US"))),
            ("Springfield", (None, None, None)),
            ("TX", (None, None, None)),
            ("Somewhere, Xx", (None, None, None)),
            ("A, B, TX", (None, Some("TX"), Some("US"))),
            ("Bogotá,Colombia", (Some("Bogotá"), None, Some("CO"))),
        ];
        for (text, expected) in cases {
            let found = hometown(text).unwrap();
            assert_eq!((found.city.as_deref(), found.state, found.country), expected, "{text:?}");
            assert_eq!(found.text, text);
        }
        for blank in ["", " ", "-", "N/A"] {
            assert_eq!(hometown(blank), None, "{blank:?}");
        }
    }
}
