use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A row type of a table.
pub trait Table {
    /// The table as plain data.
    const TABLE: &'static TableDef;
}

/// One field of a row on its way into the database.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub enum Cell<'a> {
    /// SQL NULL.
    Null,
    /// `boolean`
    Bool(bool),
    /// `smallint`
    Int2(i16),
    /// `integer`
    Int4(i32),
    /// `bigint`
    Int8(i64),
    /// `real`
    Float4(f32),
    /// `double precision`
    Float8(f64),
    /// `numeric`
    Numeric(Decimal),
    /// `text`, `varchar`, `char`, an enum's label, or any type given in its text form
    Text(&'a str),
    /// `json` or `jsonb`
    Json(&'a serde_json::Value),
    /// `json` or `jsonb`, of a type of its own
    Document(&'a dyn JsonDocument),
    /// `uuid`
    Uuid(Uuid),
    /// `date`
    Date(NaiveDate),
    /// `time`
    Time(NaiveTime),
    /// `timestamp without time zone`
    Timestamp(NaiveDateTime),
    /// `timestamp with time zone`
    TimestampTz(DateTime<Utc>),
    /// `bytea`
    Bytes(&'a [u8]),
    /// An array.
    Array(&'a dyn Elements),
    /// A parent row by its natural key; the database resolves it to the referenced column.
    Reference(&'a dyn Reference),
}

/// A row that can be inserted.
pub trait Insert: Send + Sync {
    /// The table it goes into.
    const TABLE: &'static TableDef;

    /// Hands over each field that the row gives, with its index in [`TableDef::columns`], in rising order. A field that is
    /// absent is not handed over: it takes the default on insert and is left alone on update.
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, Cell<'a>));
}

/// An insert type of a table that has a default conflict key.
pub trait Upsert: Insert {
    /// That key.
    const CONFLICT_KEY: &'static KeyDef;
}

/// A parent row named by one of its unique keys.
pub trait Reference: std::fmt::Debug + Send + Sync {
    /// The parent table.
    fn table(&self) -> &'static TableDef;

    /// The key that names the row.
    fn key(&self) -> &'static KeyDef;

    /// Hands over the key's parts, with their index in [`KeyDef::columns`], in order. A part may itself be a
    /// [`Cell::Reference`].
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, Cell<'a>));
}

/// The elements of an array.
pub trait Elements: std::fmt::Debug + Send + Sync {
    /// How many there are.
    fn count(&self) -> usize;

    /// The element at a position below [`Elements::count`].
    fn element(&self, index: usize) -> Cell<'_>;
}

/// A Rust type that a column can take.
pub trait AsCell {
    /// The value as a cell.
    fn as_cell(&self) -> Cell<'_>;
}

/// A field that may be left out: of an insert, so that the database's default applies, or of an update, so that the
/// column keeps its value. Absent is not null: a nullable column's field is a `Field<Option<T>>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Field<T> {
    /// Not given.
    #[default]
    Absent,
    /// Given.
    Value(T),
}

impl<T> Field<T> {
    /// The value, if it is given.
    pub fn value(&self) -> Option<&T> {
        match self {
            Field::Absent => None,
            Field::Value(value) => Some(value),
        }
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Field::Value(value)
    }
}

macro_rules! copied_cells {
    ($($rust:ty => $cell:ident),* $(,)?) => {
        $(impl AsCell for $rust {
            fn as_cell(&self) -> Cell<'_> {
                Cell::$cell(*self)
            }
        })*
    };
}

copied_cells! {
    bool => Bool,
    i16 => Int2,
    i32 => Int4,
    i64 => Int8,
    f32 => Float4,
    f64 => Float8,
    Decimal => Numeric,
    Uuid => Uuid,
    NaiveDate => Date,
    NaiveTime => Time,
    NaiveDateTime => Timestamp,
    DateTime<Utc> => TimestampTz,
}

impl AsCell for String {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Text(self)
    }
}

impl AsCell for serde_json::Value {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Json(self)
    }
}

impl AsCell for Vec<u8> {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Bytes(self)
    }
}

impl<T: AsCell> AsCell for Option<T> {
    fn as_cell(&self) -> Cell<'_> {
        self.as_ref().map_or(Cell::Null, AsCell::as_cell)
    }
}

impl<T: AsCell> AsCell for Box<T> {
    fn as_cell(&self) -> Cell<'_> {
        self.as_ref().as_cell()
    }
}

impl<T: AsCell + std::fmt::Debug + Send + Sync> AsCell for Vec<T> {
    fn as_cell(&self) -> Cell<'_> {
        Cell::Array(self)
    }
}

impl<T: AsCell + std::fmt::Debug + Send + Sync> Elements for Vec<T> {
    fn count(&self) -> usize {
        self.len()
    }

    fn element(&self, index: usize) -> Cell<'_> {
        self[index].as_cell()
    }
}
