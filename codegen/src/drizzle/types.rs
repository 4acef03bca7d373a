//! The column functions of `drizzle-orm/pg-core`, and the SQL types that they mean.

use std::rc::Rc;

use crate::diagnostic::Diagnostic;
use crate::evaluate::{Call, Eval, Interpreter, Value, number_to_string};
use crate::schema::DataType;
use crate::source::Span;

/// A type and its spelling.
#[derive(Debug, PartialEq)]
pub(super) struct SqlType {
    pub(super) data_type: DataType,
    /// drizzle-orm's `getSQLType()`.
    pub(super) name: String,
}

impl SqlType {
    /// A type that Drizzle knows by its spelling only.
    pub(super) fn other(name: &str) -> Rc<Self> {
        Rc::new(Self { data_type: DataType::Other { sql: name.to_owned() }, name: name.to_owned() })
    }
}

/// What a column function makes: the type, and what else its options say.
#[derive(Debug, PartialEq)]
pub(super) struct TypeInfo {
    pub(super) sql_type: Rc<SqlType>,
    pub(super) mode: Option<String>,
    pub(super) text_enum: Option<Vec<String>>,
    /// True for types that drizzle-orm makes NOT NULL by themselves.
    pub(super) not_null: bool,
}

/// The column functions.
pub(super) const COLUMN_FUNCTIONS: &[&str] = &[
    "bigint",
    "bigserial",
    "bit",
    "boolean",
    "bytea",
    "char",
    "cidr",
    "date",
    "decimal",
    "doublePrecision",
    "geometry",
    "halfvec",
    "inet",
    "integer",
    "interval",
    "json",
    "jsonb",
    "line",
    "macaddr",
    "macaddr8",
    "numeric",
    "point",
    "real",
    "serial",
    "smallint",
    "smallserial",
    "sparsevec",
    "text",
    "time",
    "timestamp",
    "uuid",
    "varchar",
    "vector",
];

/// drizzle-orm's `getColumnNameAndConfig`: `f()`, `f('name')`, `f('name', config)`, `f(config)`.
pub(super) fn name_and_config(call: &Call) -> Eval<(Rc<str>, Value, Span)> {
    let (first, second) = (call.arg(0), call.arg(1));
    match &first {
        Value::String(name) => Ok((name.clone(), second, call.arg_span(1))),
        Value::Undefined => Ok((Rc::default(), second, call.arg_span(1))),
        Value::Object(_) => Ok((Rc::default(), first, call.arg_span(0))),
        other => Err(super::known::mismatch(other, call.arg_span(0), "the name of a column", "a string").into()),
    }
}

/// Reads the options of a column function.
struct Options<'c, 'i, 'a> {
    cx: &'c mut Interpreter<'i>,
    function: &'a str,
    config: &'a Value,
    span: Span,
}

impl Options<'_, '_, '_> {
    fn value(&mut self, key: &str) -> Eval<Value> {
        if self.config.is_nullish() { Ok(Value::Undefined) } else { self.cx.get(self.config, key, self.span) }
    }

    fn mismatch(&self, key: &str, value: &Value, expected: &str) -> Diagnostic {
        let what = format!("the option `{key}` of `{}`", self.function);
        super::known::mismatch(value, self.span, &what, expected)
    }

    fn number(&mut self, key: &str) -> Eval<Option<f64>> {
        match self.value(key)? {
            Value::Undefined => Ok(None),
            Value::Number(number) => Ok(Some(number)),
            other => Err(self.mismatch(key, &other, "a number").into()),
        }
    }

    fn flag(&mut self, key: &str) -> Eval<bool> {
        let value = self.value(key)?;
        match value.truthy() {
            Some(flag) => Ok(flag),
            None => Err(self.mismatch(key, &value, "true or false").into()),
        }
    }

    fn text(&mut self, key: &str) -> Eval<Option<String>> {
        match self.value(key)? {
            Value::Undefined => Ok(None),
            Value::String(text) => Ok(Some(text.to_string())),
            other => Err(self.mismatch(key, &other, "a string").into()),
        }
    }

    fn labels(&mut self) -> Eval<Option<Vec<String>>> {
        let value = self.value("enum")?;
        if value.is_undefined() {
            return Ok(None);
        }
        let labels: Option<Vec<String>> =
            value.as_array().and_then(|items| items.iter().map(|item| item.as_str().map(str::to_owned)).collect());
        match labels {
            Some(labels) => Ok(Some(labels)),
            None => Err(self.mismatch("enum", &value, "an array of strings").into()),
        }
    }
}

/// What the column function of that name makes of its options.
pub(super) fn type_info(cx: &mut Interpreter<'_>, function: &str, config: &Value, span: Span) -> Eval<TypeInfo> {
    let mut options = Options { cx, function, config, span };
    let mode = options.text("mode")?;
    let plain = |data_type: DataType, sql: &str| (data_type, sql.to_owned());
    let other = |sql: String| (DataType::Other { sql: sql.clone() }, sql);
    let mut text_enum = None;
    let (data_type, sql_type) = match function {
        "smallint" => plain(DataType::SmallInt, "smallint"),
        "integer" => plain(DataType::Integer, "integer"),
        "bigint" => plain(DataType::BigInt, "bigint"),
        "smallserial" => plain(DataType::SmallSerial, "smallserial"),
        "serial" => plain(DataType::Serial, "serial"),
        "bigserial" => plain(DataType::BigSerial, "bigserial"),
        "boolean" => plain(DataType::Boolean, "boolean"),
        "text" => {
            text_enum = options.labels()?;
            plain(DataType::Text, "text")
        }
        "varchar" | "char" => {
            text_enum = options.labels()?;
            let length = options.number("length")?;
            let sql = length.map_or_else(|| function.to_owned(), |n| format!("{function}({})", number_to_string(n)));
            let length = length.map(|length| length as u32);
            (if function == "char" { DataType::Char { length } } else { DataType::Varchar { length } }, sql)
        }
        "numeric" | "decimal" => {
            let (precision, scale) = (options.number("precision")?, options.number("scale")?);
            let sql = match (precision, scale) {
                (Some(p), Some(s)) => format!("numeric({}, {})", number_to_string(p), number_to_string(s)),
                (Some(p), None) => format!("numeric({})", number_to_string(p)),
                (None, _) => "numeric".to_owned(),
            };
            let scale = scale.filter(|_| precision.is_some()).map(|scale| scale as i32);
            (DataType::Numeric { precision: precision.map(|precision| precision as u32), scale }, sql)
        }
        "real" => plain(DataType::Real, "real"),
        "doublePrecision" => plain(DataType::DoublePrecision, "double precision"),
        "json" => plain(DataType::Json, "json"),
        "jsonb" => plain(DataType::Jsonb, "jsonb"),
        "uuid" => plain(DataType::Uuid, "uuid"),
        "date" => plain(DataType::Date, "date"),
        "bytea" => plain(DataType::Bytea, "bytea"),
        "inet" => plain(DataType::Inet, "inet"),
        "cidr" => plain(DataType::Cidr, "cidr"),
        "macaddr" => plain(DataType::Macaddr, "macaddr"),
        "macaddr8" => plain(DataType::Macaddr8, "macaddr8"),
        "time" | "timestamp" => {
            let with_time_zone = options.flag("withTimezone")?;
            let precision = options.number("precision")?;
            // drizzle-orm writes a space before the precision of a timestamp, except in string mode.
            let space = if function == "timestamp" && mode.as_deref() != Some("string") { " " } else { "" };
            let digits = precision.map(|precision| format!("{space}({})", number_to_string(precision)));
            let zone = if with_time_zone { " with time zone" } else { "" };
            let sql = format!("{function}{}{zone}", digits.unwrap_or_default());
            let precision = precision.map(|precision| precision as u32);
            let data_type = match function {
                "time" => DataType::Time { precision, with_time_zone },
                _ => DataType::Timestamp { precision, with_time_zone },
            };
            (data_type, sql)
        }
        "interval" => {
            let fields = options.text("fields")?;
            let precision = options.number("precision")?.filter(|precision| *precision != 0.0);
            let sql = format!(
                "interval{}{}",
                fields.as_ref().map(|fields| format!(" {fields}")).unwrap_or_default(),
                precision.map(|precision| format!("({})", number_to_string(precision))).unwrap_or_default()
            );
            (DataType::Interval { fields, precision: precision.map(|precision| precision as u32) }, sql)
        }
        "geometry" => other("geometry(point)".to_owned()),
        "point" | "line" => other(function.to_owned()),
        // bit, vector, halfvec, sparsevec
        _ => {
            let dimensions = options.number("dimensions")?;
            other(format!("{function}({})", dimensions.map_or_else(|| "undefined".to_owned(), number_to_string)))
        }
    };
    let not_null = match function {
        "serial" | "smallserial" => true,
        // An oversight of drizzle-orm's: only the number mode is.
        "bigserial" => mode.as_deref() == Some("number"),
        _ => false,
    };
    Ok(TypeInfo { sql_type: Rc::new(SqlType { data_type, name: sql_type }), mode, text_enum, not_null })
}
