//! `Object` and `structuredClone`.

use std::rc::Rc;

use super::super::object::{Accessor, Kind, Slot};
use super::super::operators::property_key;
use super::super::{Call, Eval, Interpreter, Obj, Object, Value};
use super::{function, with_members};
use crate::source::Span;

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
            function("create", |cx, call| {
                let object = Object::plain();
                object.set_prototype(call.arg(0).as_object().cloned());
                for (key, descriptor, span) in cx.entries(&call.arg(1), call.arg_span(1))? {
                    describe(cx, &object, key, &descriptor, span)?;
                }
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
                    describe(cx, &object, key, &call.arg(2), call.arg_span(1))?;
                }
                Ok(call.arg(0))
            }),
        ),
        (
            "defineProperties",
            function("defineProperties", |cx, call| {
                if let Value::Object(object) = call.arg(0) {
                    for (key, descriptor, span) in cx.entries(&call.arg(1), call.arg_span(1))? {
                        describe(cx, &object, key, &descriptor, span)?;
                    }
                }
                Ok(call.arg(0))
            }),
        ),
        (
            "is",
            function("is", |_, call| {
                Ok(match (call.arg(0), call.arg(1)) {
                    (Value::Number(a), Value::Number(b)) => {
                        Value::Bool(a.is_nan() && b.is_nan() || a == b && a.is_sign_negative() == b.is_sign_negative())
                    }
                    (a, b) => a.strict_equals(&b).map_or_else(|| Value::opaque("a comparison", call.span), Value::Bool),
                })
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
    let reflect = [
        ("ownKeys", function("ownKeys", |cx, call| list(cx, call, |key, _| Value::String(key)))),
        (
            "has",
            function("has", |_, call| {
                Ok(match (call.arg(0), property_key(&call.arg(1))) {
                    (Value::Object(object), Some(key)) => Value::Bool(object.find(&key).is_some()),
                    _ => Value::opaque("a property that is not known", call.span),
                })
            }),
        ),
        (
            "get",
            function("get", |cx, call| match property_key(&call.arg(1)) {
                Some(key) => cx.get(&call.arg(0), &key, call.span),
                None => Ok(Value::opaque("a property whose name is not known", call.span)),
            }),
        ),
    ];
    declare("Reflect", super::namespace(reflect));
    declare("structuredClone", function("structuredClone", |cx, call| clone(cx, &call.arg(0), call)));
}

/// A property as a descriptor has it: listed only where it says so.
fn describe(cx: &mut Interpreter<'_>, object: &Obj, key: Rc<str>, descriptor: &Value, span: Span) -> Eval<()> {
    let (get, set) = (cx.get(descriptor, "get", span)?, cx.get(descriptor, "set", span)?);
    let slot = if get.is_callable() || set.is_callable() {
        let function = |value: Value| value.is_callable().then_some(value);
        Slot::Accessor(Box::new(Accessor { get: function(get), set: function(set) }))
    } else {
        Slot::Value(cx.get(descriptor, "value", span)?)
    };
    if cx.get(descriptor, "enumerable", span)?.truthy() == Some(true) {
        object.define(key, slot, span);
    } else {
        object.define_hidden(key, slot, span);
    }
    Ok(())
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
    cx.step(|| call.span)?;
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
