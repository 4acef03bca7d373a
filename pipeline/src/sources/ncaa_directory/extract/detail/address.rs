//! The address of a detail page.

use std::sync::LazyLock;

use scraper::{Html, Selector};

use super::super::super::records::Address;
use super::{selector, text_of};

static SPANS: LazyLock<Selector> = LazyLock::new(|| selector("div.col-sm-8.col-md-8 address span"));
static INNER: LazyLock<Selector> = LazyLock::new(|| selector("span"));

/// The states, the District of Columbia, the territories and the military post's three.
const UNITED_STATES: &str = "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY \
    NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI AA AE AP";

/// The provinces and territories.
const CANADA: &str = "AB BC MB NB NL NS NT NU ON PE QC SK YT";

/// The address, if the page gives street and city. The spans are those of the street, then city, state and postal code in
/// some order, perhaps the country: what looks like a state or a postal code is one, and the last of the rest is the city.
pub(super) fn address(html: &Html) -> Option<Address> {
    // A span within a span would come twice.
    let leaves = html.select(&SPANS).filter(|span| span.select(&INNER).next().is_none());
    let spans = leaves.map(|span| text_of(span).trim_matches([',', ' ']).to_owned()).filter(|text| !text.is_empty());
    parse(spans.collect())
}

fn parse(mut parts: Vec<String>) -> Option<Address> {
    if parts.last().is_some_and(|last| is_country(last)) {
        parts.pop();
    }
    // State and postal code are looked for at the end only: a street may have parts that look like them.
    let tail = parts.len().saturating_sub(3);
    let zip_code = parts[tail..].iter().rposition(|part| is_postal_code(part)).map(|at| parts.remove(tail + at));
    let tail = parts.len().saturating_sub(2);
    let state = parts[tail..].iter().rposition(|part| country_of(part).is_some()).map(|at| parts.remove(tail + at));
    if zip_code.is_none() && state.is_none() {
        return None;
    }
    let city = parts.pop()?;
    if parts.is_empty() || city.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    let street = parts.join(", ");
    let foreign = zip_code.as_deref().is_some_and(is_canadian_code);
    let country = state.as_deref().and_then(country_of).unwrap_or(if foreign { "CA" } else { "US" });
    Some(Address {
        key: key(&street, &city, state.as_deref(), zip_code.as_deref(), country),
        street,
        city,
        state,
        zip_code,
        country,
    })
}

fn is_country(text: &str) -> bool {
    matches!(text.to_ascii_lowercase().as_str(), "us" | "usa" | "u.s.a." | "united states" | "canada" | "puerto rico")
}

/// The country of a state's or province's postal abbreviation.
fn country_of(text: &str) -> Option<&'static str> {
    if text.len() != 2 {
        return None;
    }
    let among = |all: &str| all.split_whitespace().any(|known| known == text);
    if among(UNITED_STATES) {
        Some("US")
    } else if among(CANADA) {
        Some("CA")
    } else {
        None
    }
}

fn is_postal_code(text: &str) -> bool {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let plus_four = text.split_once('-').is_some_and(|(code, four)| digits(code, 5) && digits(four, 4));
    digits(text, 5) || digits(text, 9) || plus_four || is_canadian_code(text)
}

/// `A1A 1A1`, with or without the space.
fn is_canadian_code(text: &str) -> bool {
    let code: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
    code.len() == 6
        && code.iter().enumerate().all(|(at, c)| if at % 2 == 0 { c.is_ascii_alphabetic() } else { c.is_ascii_digit() })
}

/// The normalised address. `Street` and `St` stay apart: which of two spellings is meant is not for certain (`St` may be
/// `Saint`), and taking two places for one is worse than keeping one twice.
fn key(street: &str, city: &str, state: Option<&str>, zip_code: Option<&str>, country: &str) -> String {
    let zip_code = zip_code.unwrap_or_default();
    let zip_code =
        if is_canadian_code(zip_code) { zip_code.replace(' ', "") } else { zip_code.chars().take(5).collect() };
    [street, city, state.unwrap_or_default(), &zip_code, country].map(comparable).join("|")
}

/// Lower case, without apostrophes, any other punctuation as a space, folded.
fn comparable(text: &str) -> String {
    let plain: String = text
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '\'' | '’'))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    crate::sources::text::folded(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(parts: &[&str]) -> Option<Address> {
        parse(parts.iter().map(|part| (*part).to_owned()).collect())
    }

    #[test]
    fn city_state_and_code_are_told_apart_in_any_order() {
        let orders =
            [["Ames", "IA", "50011"], ["IA", "50011", "Ames"], ["Ames", "50011", "IA"], ["50011", "Ames", "IA"]];
        for [one, two, three] in orders {
            let found = address(&["100 Main Street", "Suite 4", one, two, three]).unwrap();
            assert_eq!(found.street, "100 Main Street, Suite 4", "{one} {two} {three}");
            assert_eq!((found.city.as_str(), found.state.as_deref()), ("Ames", Some("IA")));
            assert_eq!((found.zip_code.as_deref(), found.country), (Some("50011"), "US"));
            assert_eq!(found.key, "100 main street suite 4|ames|ia|50011|us");
        }
    }

    #[test]
    fn two_spellings_of_a_place_have_one_key() {
        let one = address(&["1 St. Mary's  Rd.", "Winona", "MN", "55987-1399"]).unwrap();
        let two = address(&["1 ST MARYS RD", "WINONA", "MN", "55987"]).unwrap();
        assert_eq!(one.key, two.key);
        assert_eq!(one.zip_code.as_deref(), Some("55987-1399"));
    }

    #[test]
    fn canada_and_puerto_rico_are_known() {
        let burnaby = address(&["8888 University Drive", "Burnaby", "BC", "V5A 1S6", "Canada"]).unwrap();
        assert_eq!(
            (burnaby.country, burnaby.state.as_deref(), burnaby.zip_code.as_deref()),
            ("CA", Some("BC"), Some("V5A 1S6"))
        );
        assert_eq!(burnaby.key, "8888 university drive|burnaby|bc|v5a1s6|ca");
        let bayamon = address(&["Road 174", "Bayamón", "PR", "00959"]).unwrap();
        assert_eq!((bayamon.country, bayamon.city.as_str()), ("US", "Bayamón"));
    }

    #[test]
    fn without_street_and_city_there_is_no_address() {
        let cases: [&[&str]; 6] = [
            &[],
            &["Ames", "IA", "50011"],
            &["IA"],
            &["100 Main Street", "Ames"],
            &["IA", "50011"],
            &["100 Main Street", "50011 12", "IA"],
        ];
        for parts in cases {
            assert_eq!(address(parts), None, "{parts:?}");
        }
    }
}
