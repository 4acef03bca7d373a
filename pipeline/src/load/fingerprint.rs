//! Numbers that stand for values, so that many rows can be compared in little memory.
//!
//! Two kinds of comparison need two kinds of number. Whether a row is as the table has it may only be answered with yes if all
//! bytes agree; a needless no costs a row on its way to the server, which decides. Whether two rows have one key may only be
//! answered with no if the server would say no: what it takes for equal must have equal bytes.

use std::hash::{BuildHasher, RandomState};

use models::{ColumnDef, Kind};

/// The length that stands for NULL.
const NULL: [u8; 4] = u32::MAX.to_le_bytes();

/// Which bytes of a value's binary form count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// All.
    Exact,
    /// All but the spaces at the end.
    Trimmed,
    /// All but the number of digits to show, of a `numeric`: bytes 6 and 7 of its form.
    Decimal,
}

impl Form {
    /// The form in which equal bytes mean equal values.
    pub(super) fn of_value(column: &ColumnDef) -> Self {
        match column.kind {
            _ if column.dimensions > 0 => Self::Exact,
            Kind::Char { .. } => Self::Trimmed,
            Kind::Numeric { .. } => Self::Decimal,
            _ => Self::Exact,
        }
    }

    /// The form in which equal values have equal bytes, whatever the server rounds or cuts off when it stores them; `None` for
    /// types that have none. The collation must be deterministic.
    pub(super) fn of_key(column: &ColumnDef) -> Option<Self> {
        use Kind::{Bool, Bytes, Char, Date, Enum, Int2, Int4, Int8, Text, Time, Timestamp, TimestampTz, Uuid};
        // `timestamp(0)` is rounded when it is stored.
        let rounded = column.sql_type.contains('(');
        match column.kind {
            _ if column.dimensions > 0 => None,
            Bool | Int2 | Int4 | Int8 | Uuid | Date | Bytes | Enum { .. } => Some(Self::Exact),
            Time | Timestamp | TimestampTz if !rounded => Some(Self::Exact),
            // `varchar(n)` cuts off the spaces that do not fit, `char(n)` has none at its end.
            Text { .. } | Char { .. } => Some(Self::Trimmed),
            _ => None,
        }
    }

    /// Appends what counts of a value, such that no two lists of values have the same bytes.
    fn put(self, value: Option<&[u8]>, out: &mut Vec<u8>) {
        let Some(bytes) = value else { return out.extend(NULL) };
        let (head, tail) = match self {
            Self::Exact => (bytes, &[][..]),
            Self::Trimmed => {
                let spaces = bytes.iter().rev().take_while(|byte| **byte == b' ').count();
                (&bytes[..bytes.len() - spaces], &[][..])
            }
            Self::Decimal => (&bytes[..bytes.len().min(6)], bytes.get(8..).unwrap_or_default()),
        };
        out.extend(((head.len() + tail.len()) as u32).to_le_bytes());
        out.extend(head);
        out.extend(tail);
    }
}

/// Makes the numbers of one load. Those of another load differ: nobody can choose values that collide.
#[derive(Debug, Default)]
pub(super) struct Fingerprints {
    state: RandomState,
    scratch: Vec<u8>,
}

impl Fingerprints {
    /// The number of a list of values.
    pub(super) fn of<'v>(&mut self, values: impl Iterator<Item = (Form, Option<&'v [u8]>)>) -> u64 {
        self.scratch.clear();
        values.for_each(|(form, value)| form.put(value, &mut self.scratch));
        self.state.hash_one(self.scratch.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes of a row's values; `None` for a null.
    type Values = &'static [Option<&'static [u8]>];

    #[test]
    fn what_counts_of_values_decides() {
        let mut prints = Fingerprints::default();
        let mut of = |form, values: &[Option<&[u8]>]| prints.of(values.iter().map(|value| (form, *value)));
        let cases: [(Form, Values, Values, bool); 8] = [
            (Form::Exact, &[Some(b"ab"), Some(b"c")], &[Some(b"ab"), Some(b"c")], true),
            (Form::Exact, &[Some(b"ab"), Some(b"c")], &[Some(b"a"), Some(b"bc")], false),
            (Form::Exact, &[Some(b"")], &[None], false),
            (Form::Exact, &[Some(b"a ")], &[Some(b"a")], false),
            (Form::Trimmed, &[Some(b"a  ")], &[Some(b"a")], true),
            (Form::Trimmed, &[Some(b" a")], &[Some(b"a")], false),
            // 1.5 and 1.50: one group more digits are only shown.
            (
                Form::Decimal,
                &[Some(&[0, 2, 0, 0, 0, 0, 0, 1, 0, 1, 19, 136])],
                &[Some(&[0, 2, 0, 0, 0, 0, 0, 2, 0, 1, 19, 136])],
                true,
            ),
            (Form::Decimal, &[Some(&[0, 1, 0, 0, 0, 0, 0, 0, 0, 1])], &[Some(&[0, 1, 0, 0, 0, 0, 0, 0, 0, 2])], false),
        ];
        for (form, one, other, same) in cases {
            assert_eq!(of(form, one) == of(form, other), same, "{form:?} {one:?} {other:?}");
        }
    }
}
