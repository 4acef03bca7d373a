//! `JSON`.

use super::super::object::Kind;
use super::super::{Call, Eval, Interpreter, Object, Value, number_to_string};
use super::{function, namespace};
use crate::source::Span;

pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    let stringify = function("stringify", |cx, call| {
        let form = Form::of(call);
        Ok(match form.write(cx, "", &call.arg(0), 0, call.span)? {
            Ok(Some(text)) => Value::string(text),
            Ok(None) => Value::Undefined,
            Err(opaque) => opaque,
        })
    });
    let parse = function("parse", |cx, call| {
        let Some(text) = call.arg(0).as_str().map(str::to_owned) else {
            return Ok(Value::opaque("JSON that is not known", call.span));
        };
        Ok(match serde_json::from_str::<serde_json::Value>(&text) {
            Ok(value) if call.arg(1).is_callable() => return revive(cx, "", from_json(&value), call),
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
    Form::default().write(cx, "", value, 0, span)
}

/// How `JSON.stringify` was asked to write.
#[derive(Default)]
struct Form {
    /// What a level is indented by; empty for one line.
    indent: String,
    /// The only properties to write.
    keys: Option<Vec<Value>>,
    /// What replaces each value, by key and value.
    replacer: Option<Value>,
}

impl Form {
    fn of(call: &Call) -> Self {
        let replacer = call.arg(1);
        let indent = match call.arg(2) {
            Value::Number(width) => " ".repeat(width.clamp(0.0, 10.0) as usize),
            Value::String(text) => text.chars().take(10).collect(),
            _ => String::new(),
        };
        Self { indent, keys: replacer.as_array(), replacer: replacer.is_callable().then_some(replacer) }
    }

    fn write(
        &self,
        cx: &mut Interpreter<'_>,
        key: &str,
        value: &Value,
        depth: usize,
        span: Span,
    ) -> Eval<Result<Option<String>, Value>> {
        cx.step(|| span)?;
        cx.nested(span, |cx| {
            let mut value = value.clone();
            if let Value::Object(object) = &value
                && matches!(object.kind, Kind::Plain)
                && object.find("toJSON").is_some()
            {
                value = cx.call_method(&value, "toJSON", span, &Call::with([Value::string(key)], span))?;
            }
            if let Some(replacer) = &self.replacer {
                value = cx.call(replacer, &Call::with([Value::string(key), value], span))?;
            }
            self.write_value(cx, &value, depth, span)
        })
    }

    fn write_value(
        &self,
        cx: &mut Interpreter<'_>,
        value: &Value,
        depth: usize,
        span: Span,
    ) -> Eval<Result<Option<String>, Value>> {
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
                    for (index, item) in items.iter().enumerate() {
                        match self.write(cx, &index.to_string(), item, depth + 1, span)? {
                            Ok(text) => texts.push(text.unwrap_or_else(|| "null".to_owned())),
                            Err(opaque) => return Ok(Err(opaque)),
                        }
                    }
                    self.bracket('[', &texts, ']', depth)
                }
                Kind::Date(Some(time)) => quote(&super::iso_string(*time)),
                Kind::Plain | Kind::Error | Kind::Namespace(_) => {
                    let colon = if self.indent.is_empty() { ":" } else { ": " };
                    let mut members = Vec::new();
                    for (key, member, _) in cx.entries(value, span)? {
                        if self.keys.as_ref().is_some_and(|keys| !keys.iter().any(|k| k.as_str() == Some(&key))) {
                            continue;
                        }
                        match self.write(cx, &key, &member, depth + 1, span)? {
                            Ok(Some(text)) => members.push(format!("{}{colon}{text}", quote(&key))),
                            Ok(None) => {}
                            Err(opaque) => return Ok(Err(opaque)),
                        }
                    }
                    self.bracket('{', &members, '}', depth)
                }
                Kind::Map(_) | Kind::Set(_) | Kind::Iterator(_) => "{}".to_owned(),
                Kind::Function(_) | Kind::Native(_) | Kind::Class(_) | Kind::Symbol(_) => return Ok(Ok(None)),
                kind => return Ok(Err(Value::opaque(format!("{} as JSON", kind.describe()), span))),
            },
        };
        Ok(Ok(Some(text)))
    }

    fn bracket(&self, open: char, items: &[String], close: char, depth: usize) -> String {
        if self.indent.is_empty() || items.is_empty() {
            return format!("{open}{}{close}", items.join(","));
        }
        let outer = self.indent.repeat(depth);
        let inner = format!("\n{outer}{}", self.indent);
        format!("{open}{inner}{}\n{outer}{close}", items.join(&format!(",{inner}")))
    }
}

/// What the second argument of `JSON.parse` makes of a value, the innermost first.
fn revive(cx: &mut Interpreter<'_>, key: &str, value: Value, call: &Call) -> Eval<Value> {
    let revived = match &value {
        Value::Object(object) => match &object.kind {
            Kind::Array(items) => {
                let items = items.borrow().clone();
                let items = items.into_iter().enumerate();
                let items: Eval<Vec<Value>> =
                    items.map(|(index, item)| revive(cx, &index.to_string(), item, call)).collect();
                Value::array(items?)
            }
            _ => {
                let copy = Object::plain();
                for (key, member, _) in cx.entries(&value, call.span)? {
                    let member = revive(cx, &key, member, call)?;
                    if !member.is_undefined() {
                        copy.set(key, member);
                    }
                }
                Value::Object(copy)
            }
        },
        _ => value,
    };
    cx.call(&call.arg(1), &Call::with([Value::string(key), revived], call.span))
}

/// A JSON string; JavaScript and serde escape the same characters.
fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
