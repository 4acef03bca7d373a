//! Values beside columns in conditions, as drizzle-orm's `bindIfParam` and the columns' `mapToDriverValue` give them to
//! the database.

use super::column::{ColumnBase, ColumnBuilder, column_of};
use super::types::TypeInfo;
use crate::evaluate::{Call, Eval, Host, Interpreter, Kind, Value, iso_string, number_to_string, stringify};
use crate::schema::DataType;
use crate::source::Span;

/// `sql.param(value)`, or a value that a condition binds: one parameter, also where it is an array.
#[derive(Debug)]
pub(super) struct Param {
    pub(super) value: Value,
}

impl Host for Param {
    fn describe(&self) -> String {
        "a parameter of an `sql` template".to_owned()
    }
}

/// The right side of a condition whose left side is a column: in the form of that column's type.
///
/// # Errors
/// What the `toDriver` of a custom type throws.
pub(super) fn bind(cx: &mut Interpreter<'_>, value: &Value, left: &Value, span: Span) -> Eval<Value> {
    let is_plain = match value {
        Value::Undefined | Value::Opaque(_) => false,
        Value::Object(object) => !matches!(object.kind, Kind::Host(_)),
        _ => true,
    };
    match column_of(left) {
        Some(column) if is_plain => param(cx, value, &column.config.base, span),
        _ => Ok(value.clone()),
    }
}

/// `sql.param(value, encoder)`; a column may be the encoder.
pub(super) fn sql_param(cx: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    match column_of(&call.arg(1)) {
        Some(column) => param(cx, &call.arg(0), &column.config.base, call.span),
        None => Ok(Value::host(Param { value: call.arg(0) })),
    }
}

fn param(cx: &mut Interpreter<'_>, value: &Value, base: &ColumnBase, span: Span) -> Eval<Value> {
    let value = if matches!(value, Value::Null) { Value::Null } else { encode(cx, value, base, span)? };
    // `toDriver` may give SQL.
    let is_sql = matches!(&value, Value::Object(object) if matches!(object.kind, Kind::Host(_)));
    Ok(if is_sql { value } else { Value::host(Param { value }) })
}

fn encode(cx: &mut Interpreter<'_>, value: &Value, base: &ColumnBase, span: Span) -> Eval<Value> {
    match base {
        ColumnBase::Array { element, .. } => {
            let (Some(items), Some(element)) = (value.as_array(), element.as_host::<ColumnBuilder>()) else {
                return Ok(value.clone());
            };
            let element = element.config.borrow().base.clone();
            let items: Eval<Vec<Value>> = items
                .iter()
                .map(|item| if item.is_nullish() { Ok(item.clone()) } else { encode(cx, item, &element, span) })
                .collect();
            // The elements of an inner array are a literal of their own already.
            let nested = matches!(element, ColumnBase::Array { .. });
            Ok(Value::string(array_literal(&items?, nested)))
        }
        ColumnBase::Custom { parameters, .. } => {
            let to_driver = cx.get(parameters, "toDriver", span)?;
            if !to_driver.is_callable() {
                return Ok(value.clone());
            }
            cx.call(&to_driver, &Call { this: parameters.clone(), ..Call::with([value.clone()], span) })
        }
        ColumnBase::OwnClass => Ok(value.clone()),
        ColumnBase::Known(info) => encode_known(cx, value, info, span),
    }
}

fn encode_known(cx: &mut Interpreter<'_>, value: &Value, info: &TypeInfo, span: Span) -> Eval<Value> {
    let mode = info.mode.as_deref();
    let is_json = match &info.sql_type.data_type {
        DataType::Json | DataType::Jsonb => true,
        DataType::Other { sql } => sql.starts_with("vector") || sql.starts_with("halfvec"),
        _ => false,
    };
    if is_json {
        return Ok(match stringify(cx, value, span)? {
            Ok(Some(json)) => Value::string(json),
            Ok(None) => value.clone(),
            Err(unknown) => unknown,
        });
    }
    if let Value::Object(object) = value
        && let Kind::Date(Some(time)) = object.kind
    {
        return Ok(Value::string(iso_string(time)));
    }
    Ok(match (&info.sql_type.data_type, value) {
        (DataType::Numeric { .. }, Value::Number(number)) if mode == Some("number") => {
            Value::string(number_to_string(*number))
        }
        (DataType::Numeric { .. }, Value::BigInt(number)) if mode == Some("bigint") => {
            Value::string(number.to_string())
        }
        (DataType::Other { sql }, Value::Object(_)) => match shape(cx, sql, mode, value, span)? {
            Some(text) => Value::string(text),
            None => value.clone(),
        },
        _ => value.clone(),
    })
}

/// `(1,2)` of a point, `{1,2,3}` of a line, `point(1 2)` of a geometry; tuples or objects by the mode.
fn shape(
    cx: &mut Interpreter<'_>,
    sql_type: &str,
    mode: Option<&str>,
    value: &Value,
    span: Span,
) -> Eval<Option<String>> {
    let (keys, open, between, close): (&[&str], _, _, _) = match (sql_type, mode) {
        ("point", Some("xy")) => (&["x", "y"], "(", ",", ")"),
        ("point", _) => (&["0", "1"], "(", ",", ")"),
        ("line", Some("abc")) => (&["a", "b", "c"], "{", ",", "}"),
        ("line", _) => (&["0", "1", "2"], "{", ",", "}"),
        ("geometry(point)", Some("xy")) => (&["x", "y"], "point(", " ", ")"),
        ("geometry(point)", _) => (&["0", "1"], "point(", " ", ")"),
        _ => return Ok(None),
    };
    let mut parts = Vec::with_capacity(keys.len());
    for key in keys {
        match cx.get(value, key, span)? {
            Value::Number(number) => parts.push(number_to_string(number)),
            _ => return Ok(None),
        }
    }
    Ok(Some(format!("{open}{}{close}", parts.join(between))))
}

/// drizzle-orm's `makePgArray`. With `nested`, strings are literals of inner arrays.
pub(super) fn array_literal(items: &[Value], nested: bool) -> String {
    let parts: Vec<String> = items
        .iter()
        .map(|item| match item {
            Value::String(text) if nested => text.to_string(),
            Value::String(text) => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
            Value::Number(number) => number_to_string(*number),
            Value::BigInt(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            other => match other.as_array() {
                Some(inner) => array_literal(&inner, false),
                None => "null".to_owned(),
            },
        })
        .collect();
    format!("{{{}}}", parts.join(","))
}
