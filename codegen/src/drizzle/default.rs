//! Defaults as drizzle-kit writes them after `DEFAULT`.

use super::casing::Casing;
use super::column::ColumnData;
use super::known;
use super::sql::{Sql, Style, quote_string};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Eval, Interpreter, Kind, Value, iso_string, number_to_string, stringify};
use crate::schema::{ColumnDefault, DataType, Sql as SchemaSql};
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
        let sql = sql.write(cx, Style::new(true, casing))?;
        return Ok(Some(ColumnDefault { sql, expression: true, value: None }));
    }
    if let Value::Object(object) = value
        && matches!(object.kind, Kind::Date(None))
    {
        let message = format!("the default of column `{}` is the moment of evaluation", column.config.name);
        cx.report(
            Diagnostic::warning("W0405", message)
                .at(*span, "drizzle-kit writes the moment at which it runs; codegen writes `now()`")
                .help("write `.defaultNow()` or `` .default(sql`now()`) `` if each row is to have its own"),
        );
        return Ok(Some(ColumnDefault { sql: "now()".to_owned().into(), expression: true, value: None }));
    }
    let text = literal(cx, value, *span, column)?;
    let sql = match drizzle_kits(cx, value, *span, column)? {
        Some(theirs) => SchemaSql::new(text, theirs),
        None => text.into(),
    };
    Ok(Some(ColumnDefault { sql, expression: false, value: json(cx, value, *span) }))
}

/// The value as JSON. What has no form in it, such as an array of big integers, has none here.
fn json(cx: &mut Interpreter<'_>, value: &Value, span: Span) -> Option<serde_json::Value> {
    match value {
        Value::BigInt(_) => None,
        Value::String(text) => Some(text.as_ref().into()),
        Value::Bool(value) => Some((*value).into()),
        _ => serde_json::from_str(&stringify(cx, value, span).ok()?.ok()??).ok(),
    }
}

/// By its name, as drizzle-kit goes: a custom type may be one too.
fn is_json(column: &ColumnData) -> bool {
    ["json", "jsonb"].iter().any(|name| column.sql_type.name.eq_ignore_ascii_case(name))
}

/// What drizzle-kit writes where it is not what [`literal`] gives: it escapes nothing but strings.
fn drizzle_kits(cx: &mut Interpreter<'_>, value: &Value, span: Span, column: &ColumnData) -> Eval<Option<String>> {
    if let Value::String(text) = value {
        return Ok(is_json(column).then(|| quote_string(text)));
    }
    let sql_type = column.sql_type.name.to_lowercase();
    if is_json(column) {
        let json = stringify(cx, value, span)?.ok().flatten();
        return Ok(json.map(|json| format!("'{json}'::{sql_type}")));
    }
    Ok(match value.as_array() {
        Some(items) if is_array(&column.sql_type.name) => {
            Some(format!("'{}'", unescaped_array(cx, &items, span, &sql_type)?))
        }
        // `1,2,3` and `[object Object]`: JavaScript's own text.
        _ if matches!(value.as_object().map(|object| &object.kind), Some(Kind::Date(_)) | None) => None,
        _ => cx.to_text(value, span)?.ok(),
    })
}

/// drizzle-kit's `buildArrayString`.
fn unescaped_array(cx: &mut Interpreter<'_>, items: &[Value], span: Span, sql_type: &str) -> Eval<String> {
    let mut parts = Vec::with_capacity(items.len());
    for item in items {
        parts.push(match item {
            Value::Number(value) => number_to_string(*value),
            Value::BigInt(value) => value.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::String(text) => format!("\"{text}\""),
            _ => match (item.as_array(), item.as_object().map(|object| &object.kind)) {
                (Some(inner), _) => unescaped_array(cx, &inner, span, sql_type)?,
                (_, Some(Kind::Date(Some(time)))) => format!("\"{}\"", date(*time, base(sql_type))),
                _ => {
                    let json = stringify(cx, item, span)?.ok().flatten().unwrap_or_else(|| "undefined".to_owned());
                    format!("\"{}\"", json.replace('"', "\\\""))
                }
            },
        });
    }
    Ok(format!("{{{}}}", parts.join(",")))
}

/// Whether drizzle-kit takes it for an array: a custom type counts by its name.
fn is_array(sql_type: &str) -> bool {
    sql_type
        .split_once('[')
        .is_some_and(|(_, rest)| rest.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(']'))
}

/// The type without brackets.
fn base(sql_type: &str) -> &str {
    sql_type.split('[').next().unwrap_or_default()
}

/// A point in time, in milliseconds, as a column of the type reads it.
fn date(time: f64, sql_type: &str) -> String {
    let iso = iso_string(time);
    match sql_type {
        "date" => iso.split('T').next().unwrap_or_default().to_owned(),
        "timestamp" => iso.replace('T', " ").trim_end_matches('Z').to_owned(),
        _ => iso,
    }
}

fn literal(cx: &mut Interpreter<'_>, value: &Value, span: Span, column: &ColumnData) -> Eval<String> {
    let unknown = |value: &Value| {
        let what = format!("the default of column `{}`", column.config.name);
        known::mismatch(value, span, &what, "a value that SQL can express")
    };
    if let Value::String(text) = value {
        // drizzle-kit hands a text on as it is, which is what its author means where the text is JSON itself.
        if !is_json(column) || serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
            return Ok(quote_string(text));
        }
    }
    if is_json(column) {
        let json = match stringify(cx, value, span)? {
            Ok(Some(json)) => json,
            Ok(None) => return Err(unknown(value).into()),
            Err(opaque) => return Err(unknown(&opaque).into()),
        };
        return Ok(format!("{}::{}", quote_string(&json), column.sql_type.name.to_lowercase()));
    }
    if let Value::Object(object) = value
        && let Kind::Date(Some(time)) = object.kind
    {
        let text = date(time, &column.sql_type.name.to_lowercase());
        return Ok(quote_string(&text));
    }
    if is_array(&column.sql_type.name)
        && let Some(items) = value.as_array()
    {
        let element = match &column.sql_type.data_type {
            DataType::Array { element, .. } => element,
            other => other,
        };
        let text = array(cx, &items, element, span, base(&column.sql_type.name.to_lowercase()))?
            .map_err(|value| unknown(&value))?;
        return Ok(quote_string(&text));
    }
    if let Some(text) = geometric(cx, value, span, base(&column.sql_type.name.to_lowercase()))? {
        return Ok(quote_string(&text));
    }
    Ok(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => number_to_string(*value),
        Value::BigInt(value) => value.to_string(),
        _ => match (&column.sql_type.data_type, stringify(cx, value, span)?) {
            // `[1,2,3]` is how pgvector reads a vector.
            (DataType::Other { .. }, Ok(Some(json))) if value.as_array().is_some() => quote_string(&json),
            _ => return Err(unknown(value).into()),
        },
    })
}

/// A point or a line, from a tuple or an object, as its type reads it.
fn geometric(cx: &mut Interpreter<'_>, value: &Value, span: Span, sql_type: &str) -> Eval<Option<String>> {
    let (keys, open, between, close): (&[&str], _, _, _) = match sql_type {
        "point" => (&["x", "y"], "(", ",", ")"),
        "line" => (&["a", "b", "c"], "{", ",", "}"),
        _ if sql_type.starts_with("geometry") => (&["x", "y"], "POINT(", " ", ")"),
        _ => return Ok(None),
    };
    let numbers = match value.as_array() {
        Some(items) => items,
        None if value.as_object().is_some() => {
            keys.iter().map(|key| cx.get(value, key, span)).collect::<Eval<Vec<_>>>()?
        }
        None => return Ok(None),
    };
    let number = |value: &Value| match value {
        Value::Number(number) => Some(number_to_string(*number)),
        _ => None,
    };
    let numbers: Option<Vec<String>> = numbers.iter().map(number).collect();
    let numbers = numbers.filter(|numbers| numbers.len() == keys.len());
    Ok(numbers.map(|numbers| format!("{open}{}{close}", numbers.join(between))))
}

/// The inside of an array literal, as drizzle-kit's `buildArrayString` writes it.
fn array(
    cx: &mut Interpreter<'_>,
    items: &[Value],
    element: &DataType,
    span: Span,
    base: &str,
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
                (Some(inner), DataType::Array { element, .. }) => match array(cx, &inner, element, span, base)? {
                    Ok(text) => text,
                    Err(unknown) => return Ok(Err(unknown)),
                },
                _ => match (item.as_object().map(|object| &object.kind), stringify(cx, item, span)?) {
                    (Some(Kind::Date(Some(time))), _) => quote_element(&date(*time, base)),
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
