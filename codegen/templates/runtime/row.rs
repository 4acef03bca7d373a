use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A row type of a table.
pub trait Table: Send + Unpin + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> {
    /// The table as plain data.
    const TABLE: &'static TableDef;

    /// A new value of a column's `$defaultFn`, in text form.
    fn default_value(column: usize) -> Option<String> {
        let _ = column;
        None
    }

    /// A new value of a column's `$onUpdate`, in text form.
    fn update_value(column: usize) -> Option<String> {
        let _ = column;
        None
    }
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
    /// Any other type, by its text form.
    Shown(&'a dyn Shown),
    /// An array.
    Array(&'a dyn Elements),
    /// A parent row by its natural key; the database resolves it to the referenced column.
    Reference(&'a dyn Reference),
}

/// A value that is displayed as PostgreSQL reads it.
pub trait Shown: std::fmt::Display + std::fmt::Debug + Send + Sync {}

impl<T: std::fmt::Display + std::fmt::Debug + Send + Sync> Shown for T {}

/// A row that can be inserted.
pub trait Insert: Send + Sync {
    /// The row type of the table it goes into.
    type Row: Table;

    /// That table.
    const TABLE: &'static TableDef = Self::Row::TABLE;

    /// Hands over each field that the row gives, with its index in [`TableDef::columns`], in rising order. A field that is
    /// absent is not handed over: it takes the default on insert and is left alone on update.
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, Cell<'a>));

    /// Every rule of the table that the row breaks, as far as that can be told without the database.
    ///
    /// # Errors
    /// The violations.
    fn validate(&self) -> Result<(), Violations> {
        let mut rules = Rules::new(Self::TABLE);
        self.visit(&mut |column, cell| rules.field(column, cell));
        rules.complete(|column| computed::<Self::Row>(column).is_some());
        rules.outcome()
    }

    /// `INSERT`
    fn insert(&self) -> Statement<Self::Row>
    where
        Self: Sized,
    {
        Statement::insert(self)
    }

    /// `INSERT … ON CONFLICT … DO UPDATE`: a row with the key's values takes the given fields, and keeps those that are
    /// absent. If it has them all already, it is not touched.
    fn upsert_on(&self, key: Key<Self::Row>) -> Statement<Self::Row>
    where
        Self: Sized,
    {
        Statement::upsert(self, key)
    }
}

/// An insert type of a table that has a default conflict key.
pub trait Upsert: Insert {
    /// That key.
    const CONFLICT_KEY: Key<Self::Row>;

    /// [`Insert::upsert_on`] that key.
    fn upsert(&self) -> Statement<Self::Row>
    where
        Self: Sized,
    {
        self.upsert_on(Self::CONFLICT_KEY)
    }
}

/// Changes to a row.
pub trait Patch: Send + Sync {
    /// The row type of the table.
    type Row: Table;

    /// That table.
    const TABLE: &'static TableDef = Self::Row::TABLE;

    /// Hands over each field that the patch gives, as [`Insert::visit`] does.
    fn visit<'a>(&'a self, visit: &mut dyn FnMut(usize, Cell<'a>));

    /// Every rule of the table that the changes break, as far as that can be told without the database.
    ///
    /// # Errors
    /// The violations.
    fn validate(&self) -> Result<(), Violations> {
        let mut rules = Rules::new(Self::TABLE);
        self.visit(&mut |column, cell| rules.field(column, cell));
        rules.outcome()
    }

    /// `UPDATE` of the row that the key names. A patch without fields changes nothing.
    fn update(&self, key: impl Into<<Self::Row as Keyed>::Ref>) -> Statement<Self::Row>
    where
        Self: Sized,
        Self::Row: Keyed,
    {
        Statement::update(self, &key.into())
    }
}

/// A row type whose rows can be named by a key.
pub trait Keyed: Table {
    /// A row's name: the value of one of its keys.
    type Ref: Reference;

    /// `SELECT` of the row that the key names.
    fn find(key: impl Into<Self::Ref>) -> Statement<Self> {
        Statement::find(&key.into())
    }
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

impl<T: AsCell> Field<T> {
    /// Hands the value over, if it is given.
    pub fn visit<'a>(&'a self, column: usize, visit: &mut dyn FnMut(usize, Cell<'a>)) {
        if let Field::Value(value) = self {
            visit(column, value.as_cell());
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
