/// A number in decimal digits, of any length, as PostgreSQL's `numeric` reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Number {
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

impl Number {
    /// The most digits before and after the point that `numeric` takes (PostgreSQL's manual, 8.1.2).
    const MOST_BEFORE: i64 = 131_072;
    const MOST_AFTER: i64 = 16_383;

    /// Reads the text form of a `numeric`; `None` if it is none.
    pub fn parse(form: &str) -> Option<Number> {
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

    /// A finite number; leading zeros may be there.
    pub fn finite(negative: bool, mut digits: Vec<u8>, scale: i32) -> Number {
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..zeros);
        Number::Finite { negative: negative && !digits.is_empty(), digits, scale }
    }

    /// True if `numeric(precision, scale)` holds it, after rounding half away from zero to `scale` as PostgreSQL does.
    pub fn fits(&self, precision: Option<u32>, limit: i32) -> bool {
        let Number::Finite { digits, scale, .. } = self else {
            // NaN fits everywhere; infinity only where no precision is declared.
            return precision.is_none() || *self == Number::NaN;
        };
        let before = digits.len() as i64 - i64::from(*scale);
        if before > Self::MOST_BEFORE || i64::from(*scale) > Self::MOST_AFTER {
            return false;
        }
        let Some(precision) = precision else {
            return true;
        };
        let most = i64::from(precision) - i64::from(limit);
        // Rounding can carry into one more digit: 99.995 is 100.00 in numeric(4, 2).
        before < most || (before == most && !self.rounds_up_to_next_power(limit)) || digits.is_empty()
    }

    /// A decimal as it is.
    pub fn of(value: Decimal) -> Number {
        let digits = value.mantissa().unsigned_abs().to_string();
        let scale = i32::try_from(value.scale()).unwrap_or(0);
        Self::finite(value.is_sign_negative(), digits.bytes().map(|byte| byte - b'0').collect(), scale)
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
