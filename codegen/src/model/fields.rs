//! Columns as fields of the row and of the insert struct.

use crate::generate::Overrides;
use crate::schema::{self, Column, DataType, RuntimeValue, Schema};
use crate::sql::{literal, quote};

use super::enums::Enum;
use super::is_not_null;
use super::names::{Names, identifier, snake};
use super::types::{RustType, array, is_of_the_runtime, rust_type};

/// A column and its Rust side.
#[derive(Debug)]
pub struct Field<'a> {
    /// The column itself.
    pub column: &'a Column,
    /// The field's name as it is written in source, perhaps raw.
    pub name: String,
    /// The type without `Option`.
    pub rust_type: RustType,
    /// Read as the type's own sqlx traits say, and not by the runtime.
    pub foreign: bool,
    /// Not null in the database.
    pub not_null: bool,
    /// Whether and how an insert gives it.
    pub presence: Presence,
    /// The table whose rows it names, as an index into the schema's tables, when a reference can stand for it.
    pub target: Option<usize>,
    /// The type of the insert struct's field without `Option` and `Field`: the reference, where there is one.
    pub insert_type: String,
}

impl Field<'_> {
    /// The declared default as SQL; of serials and identities the next value of the sequence that the column owns.
    pub fn default_sql(&self, table: &schema::Table) -> Option<String> {
        let column = self.column;
        if let Some(default) = &column.default {
            return Some(default.sql.to_string());
        }
        let serial = matches!(column.data_type, DataType::SmallSerial | DataType::Serial | DataType::BigSerial);
        (serial || column.identity.is_some()).then(|| {
            let schema = table.schema.as_deref().unwrap_or("public");
            let name = format!("{}.{}", quote(schema), quote(&table.name));
            format!("nextval(pg_get_serial_sequence({}, {}))", literal(&name), literal(&column.name))
        })
    }
}

/// Whether an insert gives a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It must: not null and without a default, or with one that only Drizzle's client can compute.
    Required,
    /// It may.
    Optional,
    /// It cannot: generated, or `GENERATED ALWAYS AS IDENTITY`.
    Never,
}

/// The fields of a table. `rust_name` names a table's row, `typescript` the type that `$type<T>()` gives a column's values.
pub fn build<'a>(
    schema: &'a Schema,
    table_index: usize,
    enums: &[Enum],
    targets: &[Option<usize>],
    rust_name: &dyn Fn(usize) -> String,
    typescript: &dyn Fn(usize, usize) -> Option<String>,
    overrides: &Overrides,
) -> Vec<Field<'a>> {
    let table = &schema.tables[table_index];
    let mut names = Names::default();
    let enum_name = |schema: Option<&str>, name: &str| {
        // Every enum that a column has is among them.
        let found = enums.iter().find(|known| known.schema.as_deref() == schema && known.name == name);
        found.map_or_else(|| "String".to_owned(), |known| known.rust_name.clone())
    };
    let field = |(index, column): (usize, &'a Column)| {
        let mut rust_type = rust_type(&column.data_type, &enum_name);
        let custom = overrides.rust_type(table, column, rust_type.dimensions);
        let foreign = custom.as_deref().is_some_and(|path| !is_of_the_runtime(path));
        if let Some(path) = &custom {
            rust_type.path.clone_from(path);
        } else if let Some(path) = typescript(table_index, index) {
            // What TypeScript says of the values; the database's type stays what it is.
            rust_type.path = array(&path, rust_type.dimensions);
        }
        let target = if custom.is_some() { None } else { target(schema, table, column, targets) };
        let reference = target.map(|table| format!("{}Ref", rust_name(table)));
        let not_null = is_not_null(table, column);
        Field {
            column,
            name: identifier(&names.give(&[snake(&column.name)])),
            insert_type: reference.unwrap_or_else(|| rust_type.path.clone()),
            rust_type,
            foreign,
            not_null,
            presence: presence(column, not_null),
            target,
        }
    };
    table.columns.iter().enumerate().map(field).collect()
}

/// drizzle-orm's rule for insert models (`InferInsertModel`), except that a default which only Drizzle's client can compute,
/// because its function could not be read, is the caller's to give.
fn presence(column: &Column, not_null: bool) -> Presence {
    let serial = matches!(column.data_type, DataType::SmallSerial | DataType::Serial | DataType::BigSerial);
    let filled = column.default.is_some() || column.identity.is_some() || serial;
    let known =
        |value: &Option<Box<RuntimeValue>>| value.as_deref().is_some_and(|value| *value != RuntimeValue::Unknown);
    // SQL of an update may speak of the row that there is.
    let at_insert = known(&column.on_update) && !matches!(column.on_update.as_deref(), Some(RuntimeValue::Sql(_)));
    let by_nobody = not_null && !filled && !known(&column.runtime_default) && !at_insert;
    if column.generated.is_some() || column.identity.as_ref().is_some_and(|identity| identity.always) {
        Presence::Never
    } else if by_nobody || column.runtime_default.as_deref() == Some(&RuntimeValue::Unknown) {
        Presence::Required
    } else {
        Presence::Optional
    }
}

/// The table a column's own foreign key leads to, when it leads to the column that a reference to that table stands for.
fn target(schema: &Schema, table: &schema::Table, column: &Column, targets: &[Option<usize>]) -> Option<usize> {
    let own = |key: &&schema::ForeignKey| key.columns == [column.name.as_str()];
    table.foreign_keys.iter().filter(own).find_map(|key| {
        let same = |t: &schema::Table| t.schema == key.foreign_schema && t.name == key.foreign_table;
        let foreign = schema.tables.iter().position(same)?;
        let referenced = &schema.tables[foreign].columns[targets[foreign]?];
        (key.foreign_columns == [referenced.name.as_str()]).then_some(foreign)
    })
}
