/// A type that a column is read as, from PostgreSQL's binary form. What the database holds and the type does not (`infinity`,
/// `NaN`, a NULL element) is an error, and never another value.
pub trait FromColumn: Sized {
    /// The PostgreSQL types that are read, as sqlx names them, in lower case.
    const TYPES: &'static [&'static str];

    /// Reads a value that is not null: the bytes that the type's `…_send` function gives.
    ///
    /// # Errors
    /// What the type does not hold, in words that complete "the column …".
    fn from_binary(bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError>;

    /// What NULL is, if it is anything.
    fn from_null() -> Option<Self> {
        None
    }

    /// Whether values of a database type are read.
    fn accepts(of: &sqlx::postgres::PgTypeInfo) -> bool {
        let name = sqlx::TypeInfo::name(of);
        Self::TYPES.iter().any(|known| name.eq_ignore_ascii_case(known))
    }

    /// Reads an element of an array, `depth` dimensions below it.
    ///
    /// # Errors
    /// Those of [`FromColumn::from_binary`], and an array of other dimensions.
    fn from_element(array: &mut PgArray<'_>, depth: usize) -> Result<Self, sqlx::error::BoxDynError> {
        if depth != array.dimensions.len() {
            return Err(array.other_than(depth));
        }
        match array.next()? {
            Some(bytes) => Self::from_binary(bytes),
            None => Self::from_null().ok_or_else(|| beyond("a NULL element", "its elements' type")),
        }
    }
}

/// A row of the database on its way into a row type.
#[derive(Debug)]
pub(super) struct RowReader<'r> {
    row: &'r sqlx::postgres::PgRow,
    table: &'static TableDef,
}

impl<'r> RowReader<'r> {
    pub(super) fn new(row: &'r sqlx::postgres::PgRow, table: &'static TableDef) -> Self {
        Self { row, table }
    }

    /// A column, by its index in the table's definition and its name in the row.
    pub(super) fn get<T: FromColumn>(&self, index: usize) -> sqlx::Result<T> {
        use sqlx::ValueRef;
        let value = sqlx::Row::try_get_raw(self.row, &*self.table.columns[index].name)
            .map_err(|error| self.error(index, error.into()))?;
        let of = value.type_info();
        let read = if value.is_null() {
            T::from_null().ok_or_else(|| "is NULL, but NOT NULL in the schema".into())
        } else if !T::accepts(of.as_ref()) {
            Err(self.other_type(index, of.as_ref()))
        } else if value.format() == sqlx::postgres::PgValueFormat::Text {
            Err("is in text form, as `raw_sql` gives it: use `query_as`, or a statement of the models".into())
        } else {
            value.as_bytes().and_then(T::from_binary)
        };
        read.map_err(|source| self.error(index, source))
    }

    /// A column of a type that `codegen.toml` names and the runtime does not know.
    #[allow(dead_code)]
    pub(super) fn foreign<T>(&self, index: usize) -> sqlx::Result<T>
    where
        T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        sqlx::Row::try_get(self.row, &*self.table.columns[index].name).map_err(|error| match error {
            sqlx::Error::ColumnDecode { source, .. } => self.error(index, source),
            error => self.error(index, error.into()),
        })
    }

    fn error(&self, index: usize, source: sqlx::error::BoxDynError) -> sqlx::Error {
        let column = &self.table.columns[index].name;
        sqlx::Error::ColumnDecode { index: format!("{}.{column}", self.table.qualified_name()), source }
    }

    fn other_type(&self, index: usize, of: &sqlx::postgres::PgTypeInfo) -> sqlx::error::BoxDynError {
        let (of, column) = (sqlx::TypeInfo::name(of), &self.table.columns[index]);
        let ColumnDef { name, sql_type, rust_type, .. } = column;
        if column.is_in_text_form() {
            format!("is {of}, to be read as text: select `{name}::text AS {name}`, as `TableDef::select_list` does").into()
        } else {
            format!("is {of} in the database, but {sql_type} in the schema: {rust_type} is not read from it").into()
        }
    }
}

/// The error of a value that a type does not hold.
fn beyond(what: &str, rust: &str) -> sqlx::error::BoxDynError {
    format!("holds {what}, and {rust} does not: `PgText` does, as its `rust_type` in codegen.toml").into()
}

/// The error of bytes that the type's `…_send` function does not give.
fn malformed() -> sqlx::error::BoxDynError {
    "is in a binary form that is not known here".into()
}

/// Bytes that are a number, or the parts of a value.
fn sized<const N: usize>(bytes: &[u8]) -> Result<[u8; N], sqlx::error::BoxDynError> {
    bytes.try_into().map_err(|_| malformed())
}

/// Takes the first bytes off.
fn take<'b>(bytes: &mut &'b [u8], count: usize) -> Result<&'b [u8], sqlx::error::BoxDynError> {
    let (taken, rest) = bytes.split_at_checked(count).ok_or_else(malformed)?;
    *bytes = rest;
    Ok(taken)
}

/// Takes a number off.
fn take_i32(bytes: &mut &[u8]) -> Result<i32, sqlx::error::BoxDynError> {
    Ok(i32::from_be_bytes(sized(take(bytes, 4)?)?))
}

/// Takes off a value that its length precedes; a length of -1 is NULL.
fn take_value<'b>(bytes: &mut &'b [u8]) -> Result<Option<&'b [u8]>, sqlx::error::BoxDynError> {
    match take_i32(bytes)? {
        -1 => Ok(None),
        length => take(bytes, usize::try_from(length)?).map(Some),
    }
}

/// The elements of an array on their way into a `Vec`, row by row (PostgreSQL's `array_send`).
#[derive(Debug)]
pub struct PgArray<'b> {
    rest: &'b [u8],
    dimensions: Vec<usize>,
}

impl<'b> PgArray<'b> {
    fn new(mut rest: &'b [u8]) -> Result<Self, sqlx::error::BoxDynError> {
        let count = take_i32(&mut rest)?;
        let (_has_nulls, _element_type) = (take_i32(&mut rest)?, take_i32(&mut rest)?);
        let mut dimensions = Vec::new();
        for _ in 0..count {
            dimensions.push(usize::try_from(take_i32(&mut rest)?)?);
            let first = take_i32(&mut rest)?;
            if first != 1 {
                return Err(beyond(&format!("an array that begins at {first}"), "Vec"));
            }
        }
        Ok(Self { rest, dimensions })
    }

    fn next(&mut self) -> Result<Option<&'b [u8]>, sqlx::error::BoxDynError> {
        take_value(&mut self.rest)
    }

    fn other_than(&self, depth: usize) -> sqlx::error::BoxDynError {
        let count = self.dimensions.len();
        format!("holds an array of {count} dimensions, but its type has {depth}; PostgreSQL does not hold to the declared ones").into()
    }
}

impl<T: FromColumn> FromColumn for Vec<T> {
    const TYPES: &'static [&'static str] = &[];

    fn accepts(of: &sqlx::postgres::PgTypeInfo) -> bool {
        match of.kind() {
            // All dimensions have one type.
            sqlx::postgres::PgTypeKind::Array(element) => T::accepts(element) || T::accepts(of),
            _ => false,
        }
    }

    fn from_binary(bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        let mut array = PgArray::new(bytes)?;
        // There is one empty array, of whatever dimensions.
        if array.dimensions.is_empty() { Ok(Vec::new()) } else { Self::from_element(&mut array, 0) }
    }

    fn from_element(array: &mut PgArray<'_>, depth: usize) -> Result<Self, sqlx::error::BoxDynError> {
        let count = *array.dimensions.get(depth).ok_or_else(|| array.other_than(depth + 1))?;
        (0..count).map(|_| T::from_element(array, depth + 1)).collect()
    }
}

impl<T: FromColumn> FromColumn for Option<T> {
    const TYPES: &'static [&'static str] = T::TYPES;

    fn from_null() -> Option<Self> {
        Some(None)
    }

    fn accepts(of: &sqlx::postgres::PgTypeInfo) -> bool {
        T::accepts(of)
    }

    fn from_binary(bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
        T::from_binary(bytes).map(Some)
    }
}
