//! When two values of a column are the same.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::family::{As, Family};
use super::number::Number;
use super::value::{float, integer, order};

/// What is no difference. Without anything said, values are the same if PostgreSQL says so, and NULL is none of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rule {
    /// Numbers may differ by so much.
    pub(super) tolerance: Option<Decimal>,
    /// Times may differ by so many microseconds.
    pub(super) time_tolerance: Option<u64>,
    /// Upper and lower case are the same.
    pub(super) ignore_case: bool,
    /// White space at the ends is nothing, and any between words is one space.
    pub(super) ignore_space: bool,
    /// NULL is the empty text.
    pub(super) null_is_empty: bool,
    /// What the column is compared as, whatever its types are.
    pub(super) forced: Option<As>,
}

impl Rule {
    /// The rule of all columns for which nothing else is said.
    pub fn new(
        tolerance: Option<Decimal>,
        time_tolerance: Option<std::time::Duration>,
        [ignore_case, ignore_space, null_is_empty]: [bool; 3],
    ) -> Self {
        let time_tolerance = time_tolerance.map(|time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
        Self { tolerance, time_tolerance, ignore_case, ignore_space, null_is_empty, forced: None }
    }

    /// Whether two values are the same. Values whose bytes are the same need not be asked about.
    pub(super) fn same(&self, family: Family, left: Option<&[u8]>, right: Option<&[u8]>) -> bool {
        let (left, right) = match (left, right) {
            (None, None) => return true,
            (Some(left), Some(right)) => (left, right),
            _ if self.null_is_empty && family == Family::Text => (left.unwrap_or_default(), right.unwrap_or_default()),
            _ => return false,
        };
        match family {
            Family::Text => left == right || self.text(left) == self.text(right),
            Family::Json => left == right || same_json(left, right),
            Family::Time { .. } => {
                let apart = integer(left).abs_diff(integer(right));
                // Infinity is near to nothing.
                let finite = [left, right].iter().all(|time| ![i64::MIN, i64::MAX].contains(&integer(time)));
                apart == 0 || finite && self.time_tolerance.is_some_and(|most| apart <= most)
            }
            _ => order(family, left, right).is_eq() || self.near(family, left, right),
        }
    }

    fn text<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let Ok(text) = std::str::from_utf8(bytes) else { return bytes.into() };
        let mut text = Cow::Borrowed(text);
        if self.ignore_space {
            text = text.split_whitespace().collect::<Vec<_>>().join(" ").into();
        }
        if self.ignore_case {
            text = text.to_lowercase().into();
        }
        match text {
            Cow::Borrowed(text) => text.as_bytes().into(),
            Cow::Owned(text) => text.into_bytes().into(),
        }
    }

    fn near(&self, family: Family, left: &[u8], right: &[u8]) -> bool {
        let Some(tolerance) = self.tolerance else { return false };
        let decimal = |bytes: &[u8]| match family {
            Family::Int => Some(integer(bytes).into()),
            Family::Decimal => Number::read(bytes)?.to_string().parse().ok(),
            // Its shortest text is what people mean by it: 0.1 is a tenth.
            Family::Single => (float(family, bytes) as f32).to_string().parse().ok(),
            Family::Double => float(family, bytes).to_string().parse().ok(),
            _ => None,
        };
        // Numbers too long for exact subtraction are not said to be near.
        let distance = |left: Decimal, right: Decimal| left.checked_sub(right).map(|apart| apart.abs());
        let (Some(left), Some(right)) = (decimal(left), decimal(right)) else { return false };
        distance(left, right).is_some_and(|apart| apart <= tolerance)
    }
}

/// Whether two texts of `jsonb` mean the same. The server writes the same value in the same way but for numbers, whose trailing
/// zeros it keeps.
fn same_json(mut left: &[u8], mut right: &[u8]) -> bool {
    loop {
        let (start, other) = (token(left), token(right));
        let (one, two) = (&left[..start], &right[..other]);
        let is_number = one.first().is_some_and(|first| matches!(first, b'-' | b'0'..=b'9'));
        if one != two && !(is_number && plain(one).is_some() && plain(one) == plain(two)) {
            return false;
        }
        if one.is_empty() {
            return true;
        }
        (left, right) = (&left[start..], &right[other..]);
    }
}

/// The length of the first token: a string, a number, or one sign.
fn token(text: &[u8]) -> usize {
    match text.first() {
        None => 0,
        Some(b'"') => {
            let mut escaped = false;
            let end = text.iter().skip(1).position(|byte| {
                let ends = *byte == b'"' && !escaped;
                escaped = *byte == b'\\' && !escaped;
                ends
            });
            end.map_or(text.len(), |end| end + 2)
        }
        Some(b'-' | b'0'..=b'9') => {
            let others = text.iter().skip(1).take_while(|byte| matches!(byte, b'0'..=b'9' | b'.'));
            others.count() + 1
        }
        Some(_) => 1,
    }
}

/// A number without the zeros that mean nothing; `jsonb` writes no exponents.
fn plain(number: &[u8]) -> Option<&[u8]> {
    let point = number.iter().position(|byte| *byte == b'.');
    let Some(point) = point else { return Some(number) };
    let end = number.iter().rposition(|byte| *byte != b'0')?;
    Some(if end == point { &number[..point] } else { &number[..=end] })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(rule: &Rule, left: Option<&str>, right: Option<&str>) -> bool {
        rule.same(Family::Text, left.map(str::as_bytes), right.map(str::as_bytes))
    }

    #[test]
    fn texts_are_the_same_only_as_far_as_asked() {
        let exact = Rule::default();
        let loose = Rule { ignore_case: true, ignore_space: true, null_is_empty: true, ..Rule::default() };
        // left, right, the same exactly, the same loosely
        let cases = [
            (Some("a"), Some("a"), true, true),
            (Some("a"), Some("A"), false, true),
            (Some("É"), Some("é"), false, true),
            (Some(" a  b\n"), Some("a b"), false, true),
            (Some("ab"), Some("a b"), false, false),
            (None, Some(""), false, true),
            (None, Some("  "), false, true),
            (None, Some("x"), false, false),
            (None, None, true, true),
        ];
        for (left, right, exactly, loosely) in cases {
            assert_eq!(text(&exact, left, right), exactly, "{left:?} {right:?}");
            assert_eq!(text(&loose, left, right), loosely, "{left:?} {right:?}");
        }
        assert!(!loose.same(Family::Int, None, Some(&[0, 0])), "null is no number");
    }

    #[test]
    fn numbers_and_times_may_be_near() {
        let near = Rule { tolerance: Some("0.05".parse().unwrap()), time_tolerance: Some(1_000), ..Rule::default() };
        let double =
            |left: f64, right: f64| near.same(Family::Double, Some(&left.to_be_bytes()), Some(&right.to_be_bytes()));
        for (left, right, same) in [
            (1.0, 1.05, true),
            (1.05, 1.0, true),
            (1.0, 1.06, false),
            (0.0, -0.0, true),
            (f64::NAN, -f64::NAN, true),
            (f64::NAN, 1.0, false),
            (f64::INFINITY, 1.0, false),
        ] {
            assert_eq!(double(left, right), same, "{left} {right}");
        }
        let time = |left: i64, right: i64| {
            near.same(Family::Time { zoned: true }, Some(&left.to_be_bytes()), Some(&right.to_be_bytes()))
        };
        assert!(time(0, 1_000) && time(1_000, 0) && !time(0, 1_001));
        assert!(!time(i64::MAX, i64::MAX - 1) && time(i64::MAX, i64::MAX));
        assert!(!Rule::default().same(Family::Int, Some(&[0, 1]), Some(&[0, 2])));
        assert!(Rule::default().same(Family::Int, Some(&[0, 1]), Some(&[0, 0, 0, 1])));
    }

    #[test]
    fn json_is_the_same_if_its_numbers_are() {
        let cases = [
            (r#"{"a": 1.0, "b": [1.50, "1.0"]}"#, r#"{"a": 1, "b": [1.5, "1.0"]}"#, true),
            (r#"{"a": "1.0"}"#, r#"{"a": "1"}"#, false),
            (r#"{"a": 10}"#, r#"{"a": 1}"#, false),
            (r#"[1, 2]"#, r#"[1, 2, 3]"#, false),
            (r#"["a\"1.0"]"#, r#"["a\"1"]"#, false),
            ("-0.0", "0", false),
            ("100", "100.00", true),
            ("null", "\"null\"", false),
        ];
        for (left, right, same) in cases {
            assert_eq!(
                Rule::default().same(Family::Json, Some(left.as_bytes()), Some(right.as_bytes())),
                same,
                "{left} {right}"
            );
        }
    }
}
