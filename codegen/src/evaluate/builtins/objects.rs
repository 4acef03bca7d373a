//! `Object` and `structuredClone`.

use std::rc::Rc;

use super::super::object::{Kind, Slot};
use super::super::operators::property_key;
use super::super::{Call, Eval, Interpreter, Object, Value};
use super::{function, with_members};

pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    let object = function("Object", |_, call| {
        Ok(if call.arg(0).is_nullish() { Value::Object(Object::plain()) } else { call.arg(0) })
    });
    let members = [
        ("keys", function("keys", |cx, call| list(cx, call, |key, _| Value::String(key)))),
        (
            "getOwnPropertyNames",
            function("getOwnPropertyNames", |cx, call| list(cx, call, |key, _| Value::String(key))),
        ),
        ("values", function("values", |cx, call| list(cx, call, |_, value| value))),
        (
            "entries",
            function("entries", |cx, call| list(cx, call, |key, value| Value::array(vec![Value::String(key), value]))),
        ),
        ("fromEntries", function("fromEntries", from_entries)),
        ("assign", function("assign", assign)),
        (
            "freeze",
            function("freeze", |_, call| {
                if let Value::Object(object) = call.arg(0) {
                    object.freeze();
                }
                Ok(call.arg(0))
            }),
        ),
        ("seal", function("seal", |_, call| Ok(call.arg(0)))),
        (
            "isFrozen",
            function("isFrozen", |_, call| {
                Ok(Value::Bool(call.arg(0).as_object().is_none_or(|object| object.is_frozen())))
            }),
        ),
        (
            "create",
            function("create", |_, call| {
                let object = Object::plain();
                object.set_prototype(call.arg(0).as_object().cloned());
                Ok(Value::Object(object))
            }),
        ),
        (
            "getPrototypeOf",
            function("getPrototypeOf", |_, call| {
                let prototype = call.arg(0).as_object().and_then(|object| object.prototype());
                Ok(prototype.map_or(Value::Null, Value::Object))
            }),
        ),
        (
            "defineProperty",
            function("defineProperty", |cx, call| {
                if let (Value::Object(object), Some(key)) = (call.arg(0), property_key(&call.arg(1))) {
                    let get = cx.get(&call.arg(2), "get", call.arg_span(2))?;
                    let slot = if get.is_callable() {
                        Slot::Accessor { get: Some(get), set: None }
                    } else {
                        Slot::Value(cx.get(&call.arg(2), "value", call.arg_span(2))?)
                    };
                    object.define(key, slot, call.arg_span(1));
                }
                Ok(call.arg(0))
            }),
        ),
        (
            "hasOwn",
            function("hasOwn", |_, call| {
                Ok(match (call.arg(0), property_key(&call.arg(1))) {
                    (Value::Object(object), Some(key)) => Value::Bool(object.own(&key).is_some()),
                    (opaque @ Value::Opaque(_), _) => opaque,
                    _ => Value::Bool(false),
                })
            }),
        ),
    ];
    declare("Object", with_members(object, members));
    declare("structuredClone", function("structuredClone", |cx, call| clone(cx, &call.arg(0), call)));
}

fn list(cx: &mut Interpreter<'_>, call: &Call, item: impl Fn(Rc<str>, Value) -> Value) -> Eval<Value> {
    let object = call.arg(0);
    if let Value::Opaque(_) = object {
        return Ok(object);
    }
    let entries = cx.entries(&object, call.arg_span(0))?;
    Ok(Value::array(entries.into_iter().map(|(key, value, _)| item(key, value)).collect()))
}

fn from_entries(cx: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    let Some(entries) = cx.iterate(&call.arg(0), call.arg_span(0))? else { return Ok(call.arg(0)) };
    let object = Object::plain();
    for entry in entries {
        let key = cx.get(&entry, "0", call.arg_span(0))?;
        let value = cx.get(&entry, "1", call.arg_span(0))?;
        match property_key(&key) {
            Some(key) => object.define(key, Slot::Value(value), call.arg_span(0)),
            None => return Ok(Value::opaque("an object with a key that is not known", call.span)),
        }
    }
    Ok(Value::Object(object))
}

fn assign(cx: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    let target = call.arg(0);
    for arg in call.args.iter().skip(1) {
        if let Value::Opaque(_) = arg.value {
            return Ok(arg.value.clone());
        }
        for (key, value, span) in cx.entries(&arg.value, arg.span)? {
            match target.as_object() {
                Some(object) if matches!(object.kind, Kind::Plain) && object.find(&key).is_none() => {
                    object.define(key, Slot::Value(value), span);
                }
                _ => cx.set(&target, &key, value, span)?,
            }
        }
    }
    Ok(target)
}

fn clone(cx: &mut Interpreter<'_>, value: &Value, call: &Call) -> Eval<Value> {
    cx.step(call.span)?;
    cx.nested(call.span, |cx| clone_value(cx, value, call))
}

fn clone_value(cx: &mut Interpreter<'_>, value: &Value, call: &Call) -> Eval<Value> {
    let Value::Object(object) = value else { return Ok(value.clone()) };
    match &object.kind {
        Kind::Array(items) => {
            let items = items.borrow().clone();
            let copies: Eval<Vec<Value>> = items.iter().map(|item| clone(cx, item, call)).collect();
            Ok(Value::array(copies?))
        }
        Kind::Plain => {
            let copy = Object::plain();
            for (key, value, span) in cx.entries(value, call.span)? {
                let value = clone(cx, &value, call)?;
                copy.define(key, Slot::Value(value), span);
            }
            Ok(Value::Object(copy))
        }
        _ => Ok(value.clone()),
    }
}
