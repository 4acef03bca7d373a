//! `JSON`.

use super::super::object::Kind;
use super::super::{Eval, Interpreter, Object, Value, number_to_string};
use super::{function, namespace};
use crate::source::Span;

pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    let stringify = function("stringify", |cx, call| {
        Ok(match stringify(cx, &call.arg(0), call.span)? {
            Ok(Some(text)) => Value::string(text),
            Ok(None) => Value::Undefined,
            Err(opaque) => opaque,
        })
    });
    let parse = function("parse", |_, call| {
        let Some(text) = call.arg(0).as_str().map(str::to_owned) else {
            return Ok(Value::opaque("JSON that is not known", call.span));
        };
        Ok(match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(value) => from_json(&value),
            Err(error) => {
                let message = format!("the schema parses text that is not JSON: {error}");
                return Err(crate::diagnostic::Diagnostic::error("E0306", message).at(call.span, "").into());
            }
        })
    });
    declare("JSON", namespace([("stringify", stringify), ("parse", parse)]));
}

/// A JSON document as values.
pub(in super::super) fn from_json(value: &serde_json::Value) -> Value {
    match value {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::string(text),
        serde_json::Value::Array(items) => Value::array(items.iter().map(from_json).collect()),
        serde_json::Value::Object(members) => {
            let object = Object::plain();
            for (key, member) in members {
                object.set(key.as_str(), from_json(member));
            }
            Value::Object(object)
        }
    }
}

/// `JSON.stringify` without indentation. `None` for what it leaves out; the inner error is a value that is not known.
///
/// # Errors
/// When a getter throws, or the value contains itself.
pub fn stringify(cx: &mut Interpreter<'_>, value: &Value, span: Span) -> Eval<Result<Option<String>, Value>> {
    cx.step(span)?;
    cx.nested(span, |cx| stringify_value(cx, value, span))
}

fn stringify_value(cx: &mut Interpreter<'_>, value: &Value, span: Span) -> Eval<Result<Option<String>, Value>> {
    let text = match value {
        Value::Undefined => return Ok(Ok(None)),
        Value::Opaque(_) => return Ok(Err(value.clone())),
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) if value.is_finite() => number_to_string(*value),
        Value::Number(_) => "null".to_owned(),
        Value::BigInt(_) => return Ok(Err(Value::opaque("a bigint as JSON", span))),
        Value::String(text) => quote(text),
        Value::Object(object) => match &object.kind {
            Kind::Array(items) => {
                let items = items.borrow().clone();
                let mut texts = Vec::with_capacity(items.len());
                for item in &items {
                    match stringify(cx, item, span)? {
                        Ok(text) => texts.push(text.unwrap_or_else(|| "null".to_owned())),
                        Err(opaque) => return Ok(Err(opaque)),
                    }
                }
                format!("[{}]", texts.join(","))
            }
            Kind::Date(Some(time)) => quote(&super::iso_string(*time)),
            Kind::Plain | Kind::Error | Kind::Namespace(_) => {
                let mut members = Vec::new();
                for (key, member, _) in cx.entries(value, span)? {
                    match stringify(cx, &member, span)? {
                        Ok(Some(text)) => members.push(format!("{}:{text}", quote(&key))),
                        Ok(None) => {}
                        Err(opaque) => return Ok(Err(opaque)),
                    }
                }
                format!("{{{}}}", members.join(","))
            }
            Kind::Map(_) | Kind::Set(_) => "{}".to_owned(),
            Kind::Function(_) | Kind::Native(_) | Kind::Class(_) => return Ok(Ok(None)),
            kind => return Ok(Err(Value::opaque(format!("{} as JSON", kind.describe()), span))),
        },
    };
    Ok(Ok(Some(text)))
}

/// A JSON string; JavaScript and serde escape the same characters.
fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
