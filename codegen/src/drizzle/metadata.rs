//! What drizzle-orm tells of its own objects: `is`, `getTableConfig`, `getTableColumns`, a column's `dataType`.

use super::column::{Column, ColumnBase, ColumnData, column_of};
use super::constraint::{Check, ForeignKey, PrimaryKey, Unique};
use super::enums::PgEnum;
use super::index::Index;
use super::known;
use super::pg_schema::PgSchema;
use super::query::Subquery;
use super::relations::Relations;
use super::security::{PgPolicy, PgRole};
use super::sequence::PgSequence;
use super::sql::Sql;
use super::subclass::initialize_column;
use super::table::{Table, extra_config};
use super::view::View;
use crate::evaluate::{Call, Eval, Host, Interpreter, Object, Slot, Value};
use crate::schema::DataType;

/// The functions by name, and the classes that `is` and `instanceof` ask for.
pub(super) fn functions() -> impl Iterator<Item = (&'static str, Value)> {
    let functions: [(&str, Value); 14] = [
        ("is", Value::native("is", |_, call| Ok(is(call)))),
        ("isTable", tester("isTable", "PgTable")),
        ("isView", tester("isView", "View")),
        ("isPgView", tester("isPgView", "PgView")),
        ("isPgMaterializedView", tester("isPgMaterializedView", "PgMaterializedView")),
        ("isPgEnum", tester("isPgEnum", "PgEnum")),
        ("isPgSchema", tester("isPgSchema", "PgSchema")),
        ("isPgSequence", tester("isPgSequence", "PgSequence")),
        ("getTableColumns", Value::native("getTableColumns", columns)),
        ("getColumns", Value::native("getColumns", columns)),
        ("getViewSelectedFields", Value::native("getViewSelectedFields", columns)),
        ("getTableName", Value::native("getTableName", |_, call| Ok(name(call)))),
        ("getViewName", Value::native("getViewName", |_, call| Ok(name(call)))),
        ("getTableConfig", Value::native("getTableConfig", table_config)),
    ];
    let classes = CLASSES.iter().map(|name| (*name, Value::host(Class { name })));
    functions.into_iter().chain(classes)
}

/// Classes of drizzle-orm that schemas ask for.
const CLASSES: &[&str] = &[
    "Column",
    "PgColumn",
    "PgMaterializedView",
    "PgPolicy",
    "PgRole",
    "PgSchema",
    "PgSequence",
    "PgTable",
    "PgView",
    "Relations",
    "SQL",
    "Subquery",
    "Table",
    "View",
];

/// A class of drizzle-orm's.
#[derive(Debug)]
struct Class {
    name: &'static str,
}

impl Host for Class {
    fn describe(&self) -> String {
        format!("the class `{}` of `drizzle-orm`", self.name)
    }

    fn initialize(&self, cx: &mut Interpreter<'_>, this: &Value, call: &Call) -> Eval<()> {
        if self.name == "PgColumn" { initialize_column(cx, this, call) } else { Ok(()) }
    }

    fn has_instance(&self, value: &Value) -> Option<bool> {
        Some(is_a(value, self.name))
    }
}

/// `is(value, PgTable)`
fn is(call: &Call) -> Value {
    match (call.arg(0), call.arg(1).as_host::<Class>()) {
        (opaque @ Value::Opaque(_), _) => opaque,
        (value, Some(class)) => Value::Bool(is_a(&value, class.name)),
        (_, None) => Value::opaque("a class that is not known", call.span),
    }
}

fn tester(name: &'static str, class: &'static str) -> Value {
    Value::native(name, |_, call| {
        Ok(match call.arg(0) {
            opaque @ Value::Opaque(_) => opaque,
            value => Value::Bool(is_a(&value, class)),
        })
    })
}

fn is_a(value: &Value, class: &str) -> bool {
    let view = |materialized: Option<bool>| {
        value.as_host::<View>().is_some_and(|view| materialized.is_none_or(|wanted| view.materialized == wanted))
    };
    match class {
        "Table" | "PgTable" => value.as_host::<Table>().is_some(),
        "Column" | "PgColumn" => column_of(value).is_some(),
        "SQL" => value.as_host::<Sql>().is_some(),
        "View" => view(None),
        "PgView" => view(Some(false)),
        "PgMaterializedView" => view(Some(true)),
        "PgEnum" => value.as_host::<PgEnum>().is_some(),
        "PgSchema" => value.as_host::<PgSchema>().is_some(),
        "PgSequence" => value.as_host::<PgSequence>().is_some(),
        "PgRole" => value.as_host::<PgRole>().is_some(),
        "PgPolicy" => value.as_host::<PgPolicy>().is_some(),
        "Relations" => value.as_host::<Relations>().is_some(),
        "Subquery" => value.as_host::<Subquery>().is_some(),
        _ => false,
    }
}

/// A table's or a view's columns, as an object of its own.
fn columns(cx: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    if let opaque @ Value::Opaque(_) = call.arg(0) {
        return Ok(opaque);
    }
    let columns = Object::plain();
    for (key, value, span) in cx.entries(&call.arg(0), call.arg_span(0))? {
        columns.define(key, Slot::Value(value), span);
    }
    Ok(Value::Object(columns))
}

fn name(call: &Call) -> Value {
    let given = call.arg(0);
    if let Some(table) = given.as_host::<Table>() {
        return Value::string(&table.name.name);
    }
    match (given.as_host::<View>(), &given) {
        (Some(view), _) => Value::string(&view.name.name),
        (None, Value::Opaque(_)) => given,
        (None, _) => Value::opaque("the name of what is no table", call.span),
    }
}

/// `getTableConfig(table)`
fn table_config(cx: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    let given = call.arg(0);
    let Some(table) = given.as_host::<Table>() else {
        return Err(known::mismatch(&given, call.arg_span(0), "what `getTableConfig` is given", "a table").into());
    };
    let extra = extra_config(cx, table)?;
    let of = |is: &dyn Fn(&Value) -> bool| Value::array(extra.iter().filter(|item| is(item)).cloned().collect());
    let config = Object::plain();
    config.set("name", Value::string(&table.name.name));
    config.set("schema", table.name.schema.as_ref().map_or(Value::Undefined, Value::string));
    let columns = table.columns.iter().map(|column| Value::host(Column(column.clone())));
    config.set("columns", Value::array(columns.collect()));
    config.set("indexes", of(&|item| item.as_host::<Index>().is_some()));
    config.set("checks", of(&|item| item.as_host::<Check>().is_some()));
    config.set("primaryKeys", of(&|item| item.as_host::<PrimaryKey>().is_some()));
    config.set("uniqueConstraints", of(&|item| item.as_host::<Unique>().is_some()));
    config.set("policies", of(&|item| item.as_host::<PgPolicy>().is_some()));
    let inline = table.inline_references.iter();
    let inline = inline.map(|reference| Value::opaque("a foreign key that a column declares", reference.span));
    let explicit = extra.iter().filter(|item| item.as_host::<ForeignKey>().is_some()).cloned();
    config.set("foreignKeys", Value::array(inline.chain(explicit).collect()));
    config.set("enableRLS", Value::Bool(table.row_level_security.is_raised()));
    Ok(Value::Object(config))
}

/// A property of a column.
pub(super) fn column_property(data: &ColumnData, key: &str) -> Option<Value> {
    let config = &data.config;
    Some(match key {
        "name" => Value::string(&config.name),
        "keyAsName" => Value::Bool(config.key_as_name),
        "notNull" => Value::Bool(config.not_null),
        "primary" => Value::Bool(config.primary_key),
        "hasDefault" => Value::Bool(has_default(data)),
        "default" => config.default.as_ref().map_or(Value::Undefined, |(value, _)| value.clone()),
        "defaultFn" => config.default_fn.clone().unwrap_or(Value::Undefined),
        "onUpdateFn" => config.on_update.clone().unwrap_or(Value::Undefined),
        "isUnique" => Value::Bool(config.is_unique),
        "uniqueName" => config.unique_name().map_or(Value::Undefined, Value::string),
        "dataType" => Value::from(classes(&config.base).0),
        "columnType" => Value::from(classes(&config.base).1),
        "table" => Value::host(Table::named(data.table.clone())),
        "length" => match data.sql_type.data_type {
            DataType::Char { length } | DataType::Varchar { length } => {
                length.map_or(Value::Undefined, |length| Value::Number(length.into()))
            }
            _ => return None,
        },
        "enumValues" => match (&data.sql_type.data_type, &config.base) {
            (DataType::Enum { values, .. }, _) => Value::array(values.iter().map(Value::string).collect()),
            (_, ColumnBase::Known(info)) => Value::array(info.text_enum.as_ref()?.iter().map(Value::string).collect()),
            _ => return None,
        },
        _ => return None,
    })
}

/// What drizzle-orm counts as one: also what runs in the client, and what counts by itself.
fn has_default(data: &ColumnData) -> bool {
    let config = &data.config;
    let counts = matches!(data.sql_type.data_type, DataType::SmallSerial | DataType::Serial | DataType::BigSerial);
    counts
        || config.default.is_some()
        || config.default_fn.is_some()
        || config.on_update.is_some()
        || config.identity.is_some()
        || config.generated.is_some()
}

/// drizzle-orm's `dataType` and `columnType`.
fn classes(base: &ColumnBase) -> (&'static str, &'static str) {
    let info = match base {
        ColumnBase::Known(info) => info,
        ColumnBase::Array { .. } => return ("array", "PgArray"),
        ColumnBase::Custom { .. } | ColumnBase::OwnClass => return ("custom", "PgCustomColumn"),
    };
    match (&info.sql_type.data_type, info.mode.as_deref().unwrap_or_default()) {
        (DataType::SmallInt, _) => ("number", "PgSmallInt"),
        (DataType::Integer, _) => ("number", "PgInteger"),
        (DataType::BigInt, "number") => ("number", "PgBigInt53"),
        (DataType::BigInt, _) => ("bigint", "PgBigInt64"),
        (DataType::SmallSerial, _) => ("number", "PgSmallSerial"),
        (DataType::Serial, _) => ("number", "PgSerial"),
        (DataType::BigSerial, "number") => ("number", "PgBigSerial53"),
        (DataType::BigSerial, _) => ("bigint", "PgBigSerial64"),
        (DataType::Boolean, _) => ("boolean", "PgBoolean"),
        (DataType::Text, _) => ("string", "PgText"),
        (DataType::Varchar { .. }, _) => ("string", "PgVarchar"),
        (DataType::Char { .. }, _) => ("string", "PgChar"),
        (DataType::Numeric { .. }, "number") => ("number", "PgNumericNumber"),
        (DataType::Numeric { .. }, "bigint") => ("bigint", "PgNumericBigInt"),
        (DataType::Numeric { .. }, _) => ("string", "PgNumeric"),
        (DataType::Real, _) => ("number", "PgReal"),
        (DataType::DoublePrecision, _) => ("number", "PgDoublePrecision"),
        (DataType::Json, _) => ("json", "PgJson"),
        (DataType::Jsonb, _) => ("json", "PgJsonb"),
        (DataType::Uuid, _) => ("string", "PgUUID"),
        (DataType::Date, "date") => ("date", "PgDate"),
        (DataType::Date, _) => ("string", "PgDateString"),
        (DataType::Time { .. }, _) => ("string", "PgTime"),
        (DataType::Timestamp { .. }, "string") => ("string", "PgTimestampString"),
        (DataType::Timestamp { .. }, _) => ("date", "PgTimestamp"),
        (DataType::Interval { .. }, _) => ("string", "PgInterval"),
        (DataType::Inet, _) => ("string", "PgInet"),
        (DataType::Cidr, _) => ("string", "PgCidr"),
        (DataType::Macaddr, _) => ("string", "PgMacaddr"),
        (DataType::Macaddr8, _) => ("string", "PgMacaddr8"),
        (DataType::Enum { .. }, _) => ("string", "PgEnumColumn"),
        (DataType::Other { sql }, mode) => match (sql.split('(').next().unwrap_or_default(), mode) {
            ("point", "xy") => ("json", "PgPointObject"),
            ("point", _) => ("array", "PgPointTuple"),
            ("line", "abc") => ("json", "PgLineABC"),
            ("line", _) => ("array", "PgLine"),
            ("geometry", "xy") => ("json", "PgGeometryObject"),
            ("geometry", _) => ("array", "PgGeometry"),
            ("vector", _) => ("array", "PgVector"),
            ("halfvec", _) => ("array", "PgHalfVector"),
            ("sparsevec", _) => ("string", "PgSparseVector"),
            _ => ("string", "PgBinaryVector"),
        },
        _ => ("custom", "PgCustomColumn"),
    }
}
