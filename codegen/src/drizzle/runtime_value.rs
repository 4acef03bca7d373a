//! What `$defaultFn` and `$onUpdate` compute, as far as it can be read.

use super::Casing;
use super::sql::{Sql, Style};
use crate::evaluate::{Call, Fresh, FreshText, Interpreter, Kind, Obj, Value, random_uuid, stringify};
use crate::schema::RuntimeValue;
use crate::source::Span;

/// What `nanoid()` and its like give.
fn new_id(value: RuntimeValue) -> Value {
    Fresh::value(value, "a new id")
}

/// A function that gives a new value at each call.
fn fresh(name: &str, value: RuntimeValue) -> Value {
    Value::native(name, move |_, _| Ok(new_id(value.clone())))
}

/// uuid's functions, and Node's `randomUUID`: ids that the database knows as `uuid`.
pub(super) fn uuid() -> Obj {
    let random = |name| (name, Value::native(name, |_, _| Ok(random_uuid())));
    let sorted = |name| (name, fresh(name, RuntimeValue::UuidV7));
    super::sql::namespace([random("v4"), random("randomUUID"), sorted("v7"), sorted("uuidv7")])
}

/// nanoid's `nanoid(length)` and `customAlphabet(alphabet, length)`.
pub(super) fn nanoid() -> Obj {
    let nanoid = Value::native("nanoid", |_, call| Ok(nano_id(call, 0, DEFAULT_LENGTH, None)));
    let custom = Value::native("customAlphabet", |_, call| {
        let Some(alphabet) = call.arg(0).as_str().map(str::to_owned) else {
            return Ok(Value::opaque("nanoid with an unknown alphabet", call.span));
        };
        let Some(usual) = length(call, 1, DEFAULT_LENGTH) else {
            return Ok(Value::opaque("nanoid of an unknown length", call.span));
        };
        Ok(Value::native("nanoid", move |_, call| Ok(nano_id(call, 0, usual, Some(alphabet.clone())))))
    });
    super::sql::namespace([("nanoid", nanoid), ("customAlphabet", custom)])
}

/// cuid2's `createId()`, and `init({ length })`, which makes one.
pub(super) fn cuid2() -> Obj {
    const USUAL: u16 = 24;
    let create = fresh("createId", RuntimeValue::Cuid2 { length: USUAL });
    let init = Value::native("init", |cx, call| {
        let options = call.arg(0);
        let given = match &options {
            Value::Undefined => Value::Undefined,
            options => cx.get(options, "length", call.span)?,
        };
        let length = match given {
            Value::Undefined => Some(USUAL),
            Value::Number(length) if (2.0..=32.0).contains(&length) => Some(length as u16),
            _ => None,
        };
        Ok(match length {
            Some(length) => fresh("createId", RuntimeValue::Cuid2 { length }),
            None => Value::opaque("cuid2 of an unknown length", call.span),
        })
    });
    super::sql::namespace([("createId", create), ("init", init)])
}

/// ulid's `ulid()`.
pub(super) fn ulid() -> Obj {
    super::sql::namespace([("ulid", fresh("ulid", RuntimeValue::Ulid))])
}

/// nanoid's own.
const DEFAULT_LENGTH: usize = 21;

fn nano_id(call: &Call, argument: usize, usual: usize, alphabet: Option<String>) -> Value {
    match length(call, argument, usual) {
        Some(length) => new_id(RuntimeValue::NanoId { length, alphabet }),
        None => Value::opaque("nanoid of an unknown length", call.span),
    }
}

fn length(call: &Call, argument: usize, usual: usize) -> Option<usize> {
    match call.arg(argument) {
        Value::Undefined => Some(usual),
        Value::Number(length) if (1.0..=1_000.0).contains(&length) => Some(length as usize),
        _ => None,
    }
}

/// Runs the function once and sees what comes out. That it fails or cannot be known is no error: drizzle-kit never runs
/// it either.
pub(super) fn runtime_value(cx: &mut Interpreter<'_>, function: &Value, span: Span, casing: Casing) -> RuntimeValue {
    cx.leniently(|cx| read(cx, function, span, casing))
}

fn read(cx: &mut Interpreter<'_>, function: &Value, span: Span, casing: Casing) -> RuntimeValue {
    let Ok(value) = cx.call(function, &Call::with([], span)) else { return RuntimeValue::Unknown };
    if let Some(fresh) = value.as_host::<Fresh<RuntimeValue>>() {
        return fresh.source.clone();
    }
    if let Some(fresh) = value.as_host::<Fresh<FreshText>>() {
        return match fresh.source {
            FreshText::Time => RuntimeValue::Now,
            FreshText::Uuid => RuntimeValue::Uuid,
        };
    }
    if let Some(sql) = value.as_host::<Sql>() {
        return match sql.render(cx, Style::new(true, casing)) {
            Ok(text) if ["now()", "current_timestamp"].iter().any(|now| text.trim().eq_ignore_ascii_case(now)) => {
                RuntimeValue::Now
            }
            Ok(text) => RuntimeValue::Sql(text),
            Err(_) => RuntimeValue::Unknown,
        };
    }
    if let Value::Object(object) = &value
        && matches!(object.kind, Kind::Date(None))
    {
        return RuntimeValue::Now;
    }
    let json = match stringify(cx, &value, span) {
        Ok(Ok(Some(text))) => serde_json::from_str(&text).ok(),
        _ => None,
    };
    json.map_or(RuntimeValue::Unknown, RuntimeValue::Constant)
}
