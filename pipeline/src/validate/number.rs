//! Decimal numbers of any length, as PostgreSQL's `numeric` reads them.

/// A number in decimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Number {
    /// Not a number.
    NaN,
    /// Infinity, negative if true.
    Infinity(bool),
    /// `digits * 10^-scale`.
    Finite {
        /// Below zero.
        negative: bool,
        /// Values 0 to 9, the most significant first, without leading zeros.
        digits: Vec<u8>,
        /// Digits after the point; negative where zeros follow the digits.
        scale: i32,
    },
}

/// The most digits before and after the point, and the largest exponent, that `numeric` takes (PostgreSQL's manual, 8.1.2).
const MOST_BEFORE: i64 = 131_072;
const MOST_AFTER: i64 = 16_383;

/// Reads the text form of a `numeric`; `None` if it is none.
pub(crate) fn parse(form: &str) -> Option<Number> {
    let form = form.trim();
    let (negative, rest) = match form.as_bytes().first()? {
        b'-' => (true, &form[1..]),
        b'+' => (false, &form[1..]),
        _ => (false, form),
    };
    if rest.eq_ignore_ascii_case("nan") {
        return (rest.len() == form.len()).then_some(Number::NaN);
    }
    if rest.eq_ignore_ascii_case("infinity") || rest.eq_ignore_ascii_case("inf") {
        return Some(Number::Infinity(negative));
    }
    let (number, exponent) = match rest.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok().filter(|e| e.abs() < 200_000)?),
        None => (rest, 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut digits = Vec::with_capacity(whole.len() + fraction.len());
    for byte in whole.bytes().chain(fraction.bytes()) {
        digits.push(byte.is_ascii_digit().then(|| byte - b'0')?);
    }
    let scale = i32::try_from(fraction.len()).ok()? - exponent;
    Some(Number::finite(negative, digits, scale))
}

impl Number {
    /// A finite number; leading zeros may be there.
    pub(crate) fn finite(negative: bool, mut digits: Vec<u8>, scale: i32) -> Number {
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..zeros);
        Number::Finite { negative: negative && !digits.is_empty(), digits, scale }
    }

    /// True if `numeric(precision, scale)` holds it, after rounding half away from zero to `scale` as PostgreSQL does.
    pub(crate) fn fits(&self, precision: Option<u32>, limit: i32) -> bool {
        let Number::Finite { digits, scale, .. } = self else {
            // NaN fits everywhere; infinity only where no precision is declared.
            return precision.is_none() || *self == Number::NaN;
        };
        let before = digits.len() as i64 - i64::from(*scale);
        if before > MOST_BEFORE || i64::from(*scale) > MOST_AFTER {
            return false;
        }
        let Some(precision) = precision else {
            return true;
        };
        let most = i64::from(precision) - i64::from(limit);
        // Rounding can carry into one more digit: 99.995 is 100.00 in numeric(4, 2).
        before < most || (before == most && !self.rounds_up_to_next_power(limit)) || digits.is_empty()
    }

    fn rounds_up_to_next_power(&self, limit: i32) -> bool {
        let Number::Finite { digits, scale, .. } = self else {
            return false;
        };
        let kept = digits.len() as i64 - (i64::from(*scale) - i64::from(limit));
        let Ok(kept) = usize::try_from(kept) else {
            return false;
        };
        kept < digits.len() && digits[..kept].iter().all(|digit| *digit == 9) && digits[kept] >= 5
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fits_where_postgresql_says_so() {
        let cases = [
            ("99.99", 4, 2, true),
            ("99.994", 4, 2, true),
            ("99.995", 4, 2, false),
            ("100", 4, 2, false),
            ("-99.995", 4, 2, false),
            ("0.004", 2, 2, true),
            ("0.995", 2, 2, false),
            ("12345", 3, -2, true),
            ("99950", 3, -2, false),
            ("0", 1, 1, true),
            ("1e2", 3, 0, true),
            ("1e3", 3, 0, false),
            ("NaN", 1, 0, true),
            ("Infinity", 1, 0, false),
            ("0.0000001", 2, 4, true),
            ("0.0099", 2, 4, true),
            ("0.00995", 2, 4, false),
        ];
        for (form, precision, scale, expected) in cases {
            let number = parse(form).unwrap_or_else(|| panic!("{form} is a number"));
            assert_eq!(number.fits(Some(precision), scale), expected, "{form} in numeric({precision}, {scale})");
        }
    }

    #[test]
    fn refuses_what_is_no_number() {
        for form in ["", ".", "-", "1.2.3", "1e", "0x10", "1 2", "-NaN", "1,5"] {
            assert_eq!(parse(form), None, "{form:?}");
        }
    }
}
