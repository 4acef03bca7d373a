//! Defaults as drizzle-kit writes them after `DEFAULT`.

use super::casing::Casing;
use super::column::ColumnData;
use super::known;
use super::sql::{Sql, Style, quote_string};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Eval, Interpreter, Kind, Value, iso_string, number_to_string, stringify};
use crate::schema::{ColumnDefault, DataType};
use crate::source::Span;

/// The default of a column.
///
/// JSON is escaped here, and vectors and points are written as their types read them, where drizzle-kit writes what
/// PostgreSQL refuses.
pub(super) fn default(cx: &mut Interpreter<'_>, column: &ColumnData, casing: Casing) -> Eval<Option<ColumnDefault>> {
    let Some((value, span)) = &column.config.default else { return Ok(None) };
    if value.is_undefined() {
        return Ok(None);
    }
    if let Some(sql) = value.as_host::<Sql>() {
        let sql = sql.render(cx, Style { qualified: true, casing })?;
        return Ok(Some(ColumnDefault { sql, expression: true }));
    }
    if let Value::Object(object) = value
        && matches!(object.kind, Kind::Date(None))
    {
        let message = format!("the default of column `{}` is the moment of evaluation", column.config.name);
        cx.report(
            Diagnostic::warning("E0411", message)
                .at(*span, "drizzle-kit writes the moment at which it runs; codegen writes `now()`")
                .help("write `.defaultNow()` or `` .default(sql`now()`) `` if each row is to have its own"),
        );
        return Ok(Some(ColumnDefault { sql: "now()".to_owned(), expression: true }));
    }
    let sql = literal(cx, value, *span, column)?;
    Ok(Some(ColumnDefault { sql, expression: false }))
}

fn literal(cx: &mut Interpreter<'_>, value: &Value, span: Span, column: &ColumnData) -> Eval<String> {
    let unknown = |value: &Value| {
        let what = format!("the default of column `{}`", column.config.name);
        known::mismatch(value, span, &what, "a value that SQL can express")
    };
    if let Value::String(text) = value {
        return Ok(quote_string(text));
    }
    if let DataType::Json | DataType::Jsonb = column.data_type {
        let json = match stringify(cx, value, span)? {
            Ok(Some(json)) => json,
            Ok(None) => return Err(unknown(value).into()),
            Err(opaque) => return Err(unknown(&opaque).into()),
        };
        return Ok(format!("{}::{}", quote_string(&json), column.sql_type.to_lowercase()));
    }
    if let Value::Object(object) = value
        && let Kind::Date(Some(time)) = object.kind
    {
        return Ok(quote_string(&moment(time, &column.sql_type)));
    }
    if let (DataType::Array { element, .. }, Some(items)) = (&column.data_type, value.as_array()) {
        let text = array(cx, &items, element, column, span)?.map_err(|value| unknown(&value))?;
        return Ok(quote_string(&text));
    }
    Ok(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => number_to_string(*value),
        Value::BigInt(value) => value.to_string(),
        _ => match (&column.data_type, stringify(cx, value, span)?) {
            // `[1,2,3]` is how pgvector reads a vector.
            (DataType::Other { .. }, Ok(Some(json))) if value.as_array().is_some() => quote_string(&json),
            _ => return Err(unknown(value).into()),
        },
    })
}

/// A date as drizzle-kit writes it for a type, which it compares by name: `timestamp (3)` is no `timestamp`.
fn moment(time: f64, sql_type: &str) -> String {
    let iso = iso_string(time);
    match sql_type.to_lowercase().as_str() {
        "date" => iso.split('T').next().unwrap_or_default().to_owned(),
        "timestamp" => iso.replace('T', " ").trim_end_matches('Z').to_owned(),
        _ => iso,
    }
}

/// The inside of an array literal, as drizzle-kit's `buildArrayString` writes it.
fn array(
    cx: &mut Interpreter<'_>,
    items: &[Value],
    element: &DataType,
    column: &ColumnData,
    span: Span,
) -> Eval<Result<String, Value>> {
    let mut parts = Vec::with_capacity(items.len());
    for item in items {
        let part = match item {
            Value::Number(value) => number_to_string(*value),
            Value::BigInt(value) => value.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Null => "null".to_owned(),
            Value::String(text) => quote_element(text),
            _ => match (item.as_array(), element) {
                (Some(inner), DataType::Array { element, .. }) => match array(cx, &inner, element, column, span)? {
                    Ok(text) => text,
                    Err(unknown) => return Ok(Err(unknown)),
                },
                _ => match (item.as_object().map(|object| &object.kind), stringify(cx, item, span)?) {
                    (Some(Kind::Date(Some(time))), _) => {
                        quote_element(&moment(*time, column.sql_type.split('[').next().unwrap_or_default()))
                    }
                    (_, Ok(Some(json))) => quote_element(&json),
                    (_, Ok(None)) => return Ok(Err(item.clone())),
                    (_, Err(unknown)) => return Ok(Err(unknown)),
                },
            },
        };
        parts.push(part);
    }
    Ok(Ok(format!("{{{}}}", parts.join(","))))
}

/// `"text"` inside an array literal.
fn quote_element(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
