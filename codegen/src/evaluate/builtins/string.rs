//! Strings. Positions are counted in characters, which differs from JavaScript's UTF-16 units beyond the basic plane only.

use std::rc::Rc;

use super::super::operators::{self, to_number};
use super::super::{Call, Eval, Interpreter, Value};
use super::array::relative;
use super::{function, with_members};

const METHODS: &[&str] = &[
    "at",
    "charAt",
    "concat",
    "endsWith",
    "includes",
    "indexOf",
    "lastIndexOf",
    "match",
    "matchAll",
    "padEnd",
    "padStart",
    "repeat",
    "replace",
    "replaceAll",
    "search",
    "slice",
    "split",
    "substr",
    "localeCompare",
    "normalize",
    "codePointAt",
    "charCodeAt",
    "startsWith",
    "substring",
    "toLowerCase",
    "toString",
    "toUpperCase",
    "trim",
    "trimEnd",
    "trimStart",
    "valueOf",
];

pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    let string = function("String", |cx, call| match call.args.len() {
        0 => Ok(Value::from("")),
        _ => Ok(match cx.to_text(&call.arg(0), call.span)? {
            Ok(text) => Value::string(text),
            Err(opaque) => opaque,
        }),
    });
    let raw = function("raw", |cx, call| {
        let parts = cx.get(&call.arg(0), "raw", call.span)?.as_array().unwrap_or_default();
        let mut text = String::new();
        for (index, part) in parts.iter().enumerate() {
            text.push_str(part.as_str().unwrap_or_default());
            if let Some(arg) = call.args.get(index + 1).filter(|_| index + 1 < parts.len()) {
                match cx.to_text(&arg.value, arg.span)? {
                    Ok(value) => text.push_str(&value),
                    Err(opaque) => return Ok(opaque),
                }
            }
        }
        Ok(Value::string(text))
    });
    let from_codes = |name: &str| {
        function(name, |_, call| {
            let units = call.args.iter().map(|arg| to_number(&arg.value));
            let Some(units) = units.collect::<Option<Vec<f64>>>() else {
                return Ok(Value::opaque("a character of an unknown code", call.span));
            };
            let mut text = String::new();
            for unit in units {
                // Halves of a surrogate pair have no place in a string of ours.
                match char::from_u32(unit as u32) {
                    Some(character) => text.push(character),
                    None => return Ok(Value::opaque("half of a surrogate pair", call.span)),
                }
            }
            Ok(Value::string(text))
        })
    };
    let members =
        [("raw", raw), ("fromCharCode", from_codes("fromCharCode")), ("fromCodePoint", from_codes("fromCodePoint"))];
    declare("String", with_members(string, members));
}

/// A property of a string.
pub(in super::super) fn get(text: &Rc<str>, key: &str) -> Value {
    if key == "length" {
        return Value::Number(text.encode_utf16().count() as f64);
    }
    if let Ok(index) = key.parse::<usize>() {
        return text.chars().nth(index).map_or(Value::Undefined, |c| Value::string(c.to_string()));
    }
    if !METHODS.contains(&key) {
        return Value::Undefined;
    }
    let (receiver, name) = (Value::String(text.clone()), Rc::<str>::from(key));
    Value::native(key, move |cx, call| cx.call_method(&receiver, &name, call.span, call))
}

/// A method of a string; `None` when strings have none of that name.
pub(in super::super) fn call(cx: &mut Interpreter<'_>, text: &Rc<str>, name: &str, call: &Call) -> Eval<Option<Value>> {
    if let Some(arg) = call.args.iter().find(|arg| matches!(arg.value, Value::Opaque(_)))
        && METHODS.contains(&name)
    {
        return Ok(Some(arg.value.clone()));
    }
    let first = call.arg(0);
    if let Some(regexp) = super::regexp::of(&first)
        && let Some(value) = super::regexp::string_method(cx, text, regexp, name, call)?
    {
        return Ok(Some(value));
    }
    let argument = first.as_str().unwrap_or_default();
    let characters = || text.chars().collect::<Vec<char>>();
    let value = match name {
        "toString" | "valueOf" => Value::String(text.clone()),
        "toLowerCase" | "toLocaleLowerCase" => Value::string(text.to_lowercase()),
        "toUpperCase" | "toLocaleUpperCase" => Value::string(text.to_uppercase()),
        "trim" => Value::string(text.trim()),
        "trimStart" => Value::string(text.trim_start()),
        "trimEnd" => Value::string(text.trim_end()),
        "startsWith" => Value::Bool(text.starts_with(argument)),
        "endsWith" => Value::Bool(text.ends_with(argument)),
        "includes" => Value::Bool(text.contains(argument)),
        "indexOf" => position(text, text.find(argument)),
        "lastIndexOf" => position(text, text.rfind(argument)),
        "charAt" => {
            let index = to_number(&first).unwrap_or(0.0).max(0.0) as usize;
            Value::string(text.chars().nth(index).map(String::from).unwrap_or_default())
        }
        "at" => {
            let characters = characters();
            let index = to_number(&first).unwrap_or(0.0);
            let index = if index < 0.0 { index + characters.len() as f64 } else { index };
            let character = if index < 0.0 { None } else { characters.get(index as usize) };
            character.map_or(Value::Undefined, |c| Value::string(c.to_string()))
        }
        "slice" => {
            let characters = characters();
            let start = relative(&first, characters.len(), 0);
            let end = relative(&call.arg(1), characters.len(), characters.len());
            Value::string(characters.get(start..end.max(start)).unwrap_or_default().iter().collect::<String>())
        }
        "substring" => {
            let characters = characters();
            let bound = |value: &Value, absent| {
                if value.is_undefined() { absent } else { to_number(value).unwrap_or(0.0).max(0.0) as usize }
            };
            let start = bound(&first, 0).min(characters.len());
            let end = bound(&call.arg(1), characters.len()).min(characters.len());
            Value::string(characters[start.min(end)..start.max(end)].iter().collect::<String>())
        }
        "substr" => {
            let characters = characters();
            let start = relative(&first, characters.len(), 0);
            let length = to_number(&call.arg(1)).filter(|length| !length.is_nan()).unwrap_or(f64::INFINITY).max(0.0);
            Value::string(characters[start..].iter().take(length as usize).collect::<String>())
        }
        "concat" => {
            let mut joined = text.to_string();
            for arg in &call.args {
                match cx.to_text(&arg.value, arg.span)? {
                    Ok(more) => joined.push_str(&more),
                    Err(opaque) => return Ok(Some(opaque)),
                }
            }
            operators::text(joined, call.span)
        }
        "repeat" => {
            let count = to_number(&first).unwrap_or(0.0).max(0.0) as usize;
            if text.len().saturating_mul(count) > 1_000_000 {
                return Ok(Some(Value::opaque("a string of more than a million bytes", call.span)));
            }
            Value::string(text.repeat(count))
        }
        "padStart" | "padEnd" => {
            let width = (to_number(&first).unwrap_or(0.0).max(0.0) as usize).min(1_000_000);
            let fill = call.arg(1);
            let fill = fill.as_str().unwrap_or(" ");
            let missing = width.saturating_sub(text.chars().count());
            let padding: String = fill.chars().cycle().take(if fill.is_empty() { 0 } else { missing }).collect();
            Value::string(if name == "padStart" { padding + text } else { text.to_string() + &padding })
        }
        "split" => {
            let parts: Vec<Value> = match first.as_str() {
                None => vec![Value::String(text.clone())],
                Some("") => text.chars().map(|c| Value::string(c.to_string())).collect(),
                Some(separator) => text.split(separator).map(Value::string).collect(),
            };
            Value::array(parts)
        }
        "replace" | "replaceAll" => {
            let replacement = call.arg(1);
            let count = if name == "replace" { 1 } else { usize::MAX };
            let (mut replaced, mut end) = (String::with_capacity(text.len()), 0);
            for (at, found) in text.match_indices(argument).take(count) {
                replaced.push_str(&text[end..at]);
                end = at + found.len();
                let value = if replacement.is_callable() {
                    let args = [first.clone(), position(text, Some(at)), Value::String(text.clone())];
                    cx.call(&replacement, &Call::with(args, call.span))?
                } else {
                    replacement.clone()
                };
                match cx.to_text(&value, call.span)? {
                    Ok(value) if replacement.is_callable() => replaced.push_str(&value),
                    Ok(template) => super::regexp::expand(&template, text, at..end, None, &mut replaced),
                    Err(opaque) => return Ok(Some(opaque)),
                }
                if replaced.len() > operators::MAX_TEXT {
                    return Ok(Some(operators::too_long(call.span)));
                }
            }
            replaced.push_str(&text[end..]);
            operators::text(replaced, call.span)
        }
        "charCodeAt" | "codePointAt" => {
            let index = to_number(&first).unwrap_or(0.0).max(0.0) as usize;
            text.encode_utf16().nth(index).map_or(Value::Number(f64::NAN), |unit| Value::Number(f64::from(unit)))
        }
        "match" | "matchAll" | "search" => {
            // What is no regular expression is made into one.
            let pattern = if first.is_undefined() { "" } else { argument };
            let flags = if name == "matchAll" { "g" } else { "" };
            let made = super::regexp::regexp(pattern, flags, call.span);
            match super::regexp::of(&made) {
                Some(regexp) => return super::regexp::string_method(cx, text, regexp, name, call),
                None => made,
            }
        }
        "normalize" | "localeCompare" => Value::opaque(format!("the result of `{name}` on a string"), call.span),
        _ => return Ok(None),
    };
    Ok(Some(value))
}

fn position(text: &str, offset: Option<usize>) -> Value {
    Value::Number(offset.map_or(-1.0, |offset| text[..offset].encode_utf16().count() as f64))
}
