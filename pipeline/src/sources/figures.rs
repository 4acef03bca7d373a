//! Statistics as pages write them, as numbers.

use rust_decimal::Decimal;

/// The number that a cell means, to four places; none if it means none.
///
/// `raw` is what the page sorts by (`data-order`), which often holds the plain number: it is taken where the text itself is no
/// number, or is one that was cut short for display. Minutes, innings and percentages are read from the text.
/// - `32:15` is 32.25 minutes, `1:02:15` are 62.25.
/// - Innings have thirds after the point: of a column of innings, `6.2` is 6.6667.
/// - `45.5%` is 0.455; without the sign a number is what it says.
pub fn value(header: &str, text: &str, raw: Option<&str>) -> Option<Decimal> {
    let text = text.trim();
    // Most figures are small whole numbers; what the page sorts by cannot be another.
    if text.len() <= 6 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<u32>().ok().map(Decimal::from);
    }
    let number = if is_innings(header) {
        innings(text)
    } else if text.contains(':') {
        minutes(text)
    } else if let Some(percent) = text.strip_suffix('%') {
        plain(percent.trim()).map(|percent| percent / Decimal::ONE_HUNDRED)
    } else {
        let (shown, raw) = (plain(text), raw.and_then(plain));
        match (shown, raw) {
            // As much of the raw number as is shown is the number shown.
            (Some(shown), Some(raw)) if rounds_to(raw, shown) => Some(raw),
            (Some(shown), _) => Some(shown),
            (None, raw) => raw,
        }
    };
    number.map(|number| number.round_dp(4).normalize()).filter(|number| number.abs() < LARGEST)
}

/// The first number that a column `numeric(14, 4)` does not hold.
const LARGEST: Decimal = Decimal::from_parts(1_410_065_408, 2, 0, false, 0);

fn rounds_to(raw: Decimal, shown: Decimal) -> bool {
    (raw - shown).abs() < Decimal::new(1, shown.scale().min(27))
}

/// Whether a column holds innings.
fn is_innings(header: &str) -> bool {
    ["ip", "inn", "innings", "innings pitched"].iter().any(|name| name.eq_ignore_ascii_case(header.trim()))
}

/// A number as English texts write it: `1,023`, `.333`, `+4`, `-2`.
fn plain(text: &str) -> Option<Decimal> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['-', '−']) {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = whole.split(',').enumerate().all(|(at, group)| match at {
        0 => all_digits(group) && (!whole.contains(',') || (1..=3).contains(&group.len())),
        _ => all_digits(group) && group.len() == 3,
    });
    if !grouped || !all_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let point = if fraction.is_empty() { "" } else { "." };
    let number: Decimal = format!("0{}{point}{fraction}", whole.replace(',', "")).parse().ok()?;
    Some(if negative { -number } else { number })
}

/// Innings: the digit after the point counts outs, of which an inning has three.
fn innings(text: &str) -> Option<Decimal> {
    let (whole, outs) = text.split_once('.').unwrap_or((text, "0"));
    let outs = match outs {
        "0" | "" => 0,
        "1" => 1,
        "2" => 2,
        _ => return None,
    };
    let whole = if whole.is_empty() && text.len() > 1 { Decimal::ZERO } else { plain(whole)? };
    Some(whole + Decimal::from(outs) / Decimal::from(3))
}

/// Minutes and seconds, or hours, minutes and seconds, in minutes.
fn minutes(text: &str) -> Option<Decimal> {
    let mut parts = text.rsplit(':');
    let below_sixty = |part: &str| plain(part).filter(|part| part.scale() < 28 && *part < Decimal::from(60));
    let seconds = parts.next().filter(|seconds| seconds.len() >= 2).and_then(below_sixty)?;
    let minutes = parts.next()?;
    let minutes = match parts.next() {
        None => plain(minutes)?,
        Some(hours) => plain(hours)? * Decimal::from(60) + below_sixty(minutes)?,
    };
    let signless = parts.next().is_none() && !text.contains(['-', '+', '−']);
    signless.then(|| minutes + seconds / Decimal::from(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_the_numbers_that_people_mean() {
        let cases = [
            ("HR", "12", None, Some("12")),
            ("AB", "1,023", None, Some("1023")),
            ("AB", "1,023", Some("1023"), Some("1023")),
            ("AB", "12,34", None, None),
            ("BA", ".333", None, Some("0.333")),
            ("BA", ".333", Some("0.3333333"), Some("0.3333")),
            ("FldPct", "1.000", None, Some("1")),
            ("FG%", "45.5", None, Some("45.5")),
            ("FG%", "45.5%", Some("45.5"), Some("0.455")),
            ("IP", "6.2", Some("6.2"), Some("6.6667")),
            ("IP", "0.1", None, Some("0.3333")),
            ("IP", ".1", None, Some("0.3333")),
            ("IP", "104", None, Some("104")),
            ("IP", "1,104.0", None, Some("1104")),
            ("IP", "6.3", Some("6.3"), None),
            ("ERA", "6.2", None, Some("6.2")),
            ("Min", "60:00", Some("60"), Some("60")),
            ("Min", "32:15", Some("32"), Some("32.25")),
            ("MIN", "1:02:15", None, Some("62.25")),
            ("MIN", "1,032:30", None, Some("1032.5")),
            ("MIN", "32:75", None, None),
            ("MIN", "-1:30", None, None),
            ("+/-", "-2", None, Some("-2")),
            ("+/-", "+4", None, Some("4")),
            ("PCT", "INF", Some("-"), None),
            ("Rank", "T-3", Some("3"), Some("3")),
            ("Rank", "3", Some("40"), Some("3")),
            ("W-L", "3-2", None, None),
            ("X", ".", None, None),
            ("X", "1.2.3", None, None),
            ("X", "1e5", None, None),
            ("X", "9999999999.9999", None, Some("9999999999.9999")),
            ("X", "10000000000", None, None),
            ("X", "99999999999999999999999999999999999999", None, None),
        ];
        for (header, text, raw, expected) in cases {
            let found = value(header, text, raw).map(|number| number.to_string());
            assert_eq!(found.as_deref(), expected, "{header} {text:?} {raw:?}");
        }
    }
}
