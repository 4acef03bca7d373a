/// A range: `int4range`, `tstzrange`, and the like. PostgreSQL gives those over whole numbers and dates back in one form,
/// `[lower, upper)`, whatever form they were given in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize)]
pub enum PgRange<T> {
    /// The range that holds nothing.
    #[default]
    Empty,
    /// What lies between two bounds, the lower one first.
    Between(std::ops::Bound<T>, std::ops::Bound<T>),
}

impl<T> From<std::ops::Range<T>> for PgRange<T> {
    fn from(range: std::ops::Range<T>) -> Self {
        PgRange::Between(std::ops::Bound::Included(range.start), std::ops::Bound::Excluded(range.end))
    }
}

impl<T: AsCell> std::fmt::Display for PgRange<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        use std::ops::Bound::{Excluded, Included, Unbounded};
        let PgRange::Between(lower, upper) = self else { return f.write_str("empty") };
        let quoted = |value: &T| format!("\"{}\"", text(value.as_cell()));
        match lower {
            Included(value) => write!(f, "[{},", quoted(value)),
            Excluded(value) => write!(f, "({},", quoted(value)),
            Unbounded => f.write_str("(,"),
        }?;
        match upper {
            Included(value) => write!(f, "{}]", quoted(value)),
            Excluded(value) => write!(f, "{})", quoted(value)),
            Unbounded => f.write_str(")"),
        }
    }
}

impl<T: AsCell + std::fmt::Debug + Send + Sync> AsCell for PgRange<T> {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Shown(self)
    }
}

impl<T: FromColumn> FromColumn for PgRange<T> {
    const TYPES: &'static [&'static str] = &[];

    fn accepts(of: &sqlx::postgres::PgTypeInfo) -> bool {
        matches!(of.kind(), sqlx::postgres::PgTypeKind::Range(element) if T::accepts(element))
    }

    fn from_binary(mut bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        use std::ops::Bound;
        // The flags of PostgreSQL's `rangetypes.h`.
        const EMPTY: u8 = 0x01;
        const LOWER_INCLUDED: u8 = 0x02;
        const UPPER_INCLUDED: u8 = 0x04;
        const LOWER_INFINITE: u8 = 0x08;
        const UPPER_INFINITE: u8 = 0x10;
        let flags = take(&mut bytes, 1)?[0];
        if flags & EMPTY != 0 {
            return Ok(PgRange::Empty);
        }
        let mut bound = |infinite: u8, included: u8| {
            if flags & infinite != 0 {
                return Ok::<_, sqlx::error::BoxDynError>(Bound::Unbounded);
            }
            let value = T::from_binary(take_value(&mut bytes)?.ok_or_else(malformed)?)?;
            Ok(if flags & included != 0 { Bound::Included(value) } else { Bound::Excluded(value) })
        };
        let lower = bound(LOWER_INFINITE, LOWER_INCLUDED)?;
        Ok(PgRange::Between(lower, bound(UPPER_INFINITE, UPPER_INCLUDED)?))
    }
}
