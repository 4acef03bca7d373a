//! The day of the last update, as the page words it.

use chrono::NaiveDate;

/// The last day that a text names: `Last updated March 24, 2026`, `Updated Mar. 24, 2026 03:15 PM`, `Through 03/24/2026`.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()).collect();
    let mut written = words.windows(3).filter_map(|words| {
        let (day, year) = (words[1].parse().ok()?, words[2].get(..4)?.parse().ok()?);
        NaiveDate::from_ymd_opt(year, month(words[0])?, day)
    });
    let mut figures =
        words.iter().filter_map(|word| NaiveDate::parse_from_str(word.trim_end_matches('.'), "%m/%d/%Y").ok());
    written.next_back().or_else(|| figures.next_back())
}

/// A month by its name or the first three letters of it.
fn month(word: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let place = MONTHS.iter().position(|month| word.len() >= 3 && month.starts_with(&word))?;
    u32::try_from(place).ok().map(|place| place + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_as_they_are_worded() {
        let march = NaiveDate::from_ymd_opt(2026, 3, 24);
        let cases = [
            ("Last updated March 24, 2026", march),
            ("Last Updated Mar. 24, 2026 - 03:15 PM", march),
            ("LAST UPDATED: MAR 24, 2026", march),
            ("Through games 03/24/2026", march),
            ("Season began October 5, 2025. Last updated March 24, 2026.", march),
            ("Last updated February 30, 2026", None),
            ("Last updated yesterday", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(day(text), expected, "{text:?}");
        }
    }
}
