//! PostgreSQL's `numeric` in its binary form: order, and text.

use std::cmp::Ordering;

/// A decimal number as the server sends it: digits of base 10,000, the first of which counts 10,000 to the power of `weight`.
/// The server sends neither leading nor trailing zero digits.
#[derive(Debug, PartialEq)]
pub(super) enum Number {
    NegativeInfinity,
    Finite { negative: bool, weight: i16, scale: usize, digits: Vec<u16> },
    Infinity,
    Nan,
}

impl Number {
    /// `None` for bytes that are no `numeric`.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (words, []) = bytes.as_chunks::<2>() else { return None };
        let mut words = words.iter().map(|word| u16::from_be_bytes(*word));
        let (count, weight, sign, scale) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let digits: Vec<u16> = words.collect();
        Some(match sign {
            0xC000 => Self::Nan,
            0xD000 => Self::Infinity,
            0xF000 => Self::NegativeInfinity,
            0x0000 | 0x4000 if digits.len() == usize::from(count) => {
                Self::Finite { negative: sign == 0x4000, weight: weight.cast_signed(), scale: scale.into(), digits }
            }
            _ => return None,
        })
    }

    /// PostgreSQL's order: what is no number comes last. Trailing zeros are no difference.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let rank = |number: &Self| match number {
            Self::NegativeInfinity => 0,
            Self::Finite { negative, digits, .. } => match (digits.is_empty(), negative) {
                (true, _) => 2,
                (false, true) => 1,
                (false, false) => 3,
            },
            Self::Infinity => 4,
            Self::Nan => 5,
        };
        rank(self).cmp(&rank(other)).then_with(|| match (self, other) {
            (
                Self::Finite { negative, weight, digits, .. },
                Self::Finite { weight: other_weight, digits: others, .. },
            ) if !digits.is_empty() => {
                let size = weight.cmp(other_weight).then_with(|| digits.cmp(others));
                if *negative { size.reverse() } else { size }
            }
            _ => Ordering::Equal,
        })
    }
}

/// As PostgreSQL writes it.
impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (negative, weight, scale, digits) = match self {
            Self::NegativeInfinity => return f.write_str("-Infinity"),
            Self::Infinity => return f.write_str("Infinity"),
            Self::Nan => return f.write_str("NaN"),
            Self::Finite { negative, weight, scale, digits } => (negative, i32::from(*weight), *scale, digits),
        };
        let digit = |power: i32| usize::try_from(weight - power).ok().and_then(|at| digits.get(at)).unwrap_or(&0);
        if *negative {
            f.write_str("-")?;
        }
        write!(f, "{}", digit(weight.max(0)))?;
        for power in (0..weight.max(0)).rev() {
            write!(f, "{:04}", digit(power))?;
        }
        if scale == 0 {
            return Ok(());
        }
        let groups = i32::try_from(scale.div_ceil(4)).unwrap_or(i32::MAX);
        let fraction: String = (1..=groups).map(|place| format!("{:04}", digit(-place))).collect();
        write!(f, ".{}", &fraction[..scale])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finite(negative: bool, weight: i16, scale: usize, digits: &[u16]) -> Number {
        Number::Finite { negative, weight, scale, digits: digits.to_vec() }
    }

    /// The digits are those that PostgreSQL's documentation of its source gives: base 10,000, the point after `weight`.
    #[test]
    fn numbers_are_ordered_by_value_and_written_with_their_scale() {
        let ascending = [
            (Number::NegativeInfinity, "-Infinity"),
            (finite(true, 1, 0, &[1, 2345]), "-12345"),
            (finite(true, 0, 1, &[1, 5000]), "-1.5"),
            (finite(false, 0, 2, &[]), "0.00"),
            (finite(false, -2, 8, &[7]), "0.00000007"),
            (finite(false, -1, 4, &[1]), "0.0001"),
            (finite(false, -1, 2, &[500]), "0.05"),
            (finite(false, 0, 4, &[1]), "1.0000"),
            (finite(false, 0, 1, &[1, 5000]), "1.5"),
            (finite(false, 1, 0, &[1]), "10000"),
            (finite(false, 2, 0, &[3, 0, 17]), "300000017"),
            (Number::Infinity, "Infinity"),
            (Number::Nan, "NaN"),
        ];
        for (place, (number, text)) in ascending.iter().enumerate() {
            assert_eq!(number.to_string(), *text);
            for (other_place, (other, _)) in ascending.iter().enumerate() {
                assert_eq!(number.order(other), place.cmp(&other_place), "{number} and {other}");
            }
        }
        assert_eq!(finite(false, 0, 2, &[1, 5000]).order(&finite(false, 0, 4, &[1, 5000])), Ordering::Equal);
    }

    #[test]
    fn other_bytes_are_no_number() {
        for bytes in [&[][..], &[0; 7], &[0, 1, 0, 0, 0, 0, 0, 0], &[0, 0, 0, 0, 0x12, 0x34, 0, 0]] {
            assert_eq!(Number::read(bytes), None, "{bytes:?}");
        }
    }
}
