//! What JavaScript itself brings: the globals and the methods of its own types.

pub(super) mod array;
mod collections;
mod date;
mod encoding;
mod fresh;
mod json;
mod math;
pub(super) mod node;
pub(super) mod number;
mod objects;
pub(super) mod regexp;
pub(super) mod string;

use std::rc::Rc;

use super::object::Kind;
use super::scope::{Binding, Scope};
use super::{Call, Eval, Interpreter, Obj, Object, Value};
use crate::source::Span;

pub use collections::{Entries, Key};
pub use date::iso_string;
pub use fresh::{Fresh, FreshText};
pub(super) use json::from_json;
pub use json::stringify;
pub use regexp::RegExp;

/// What `crypto.randomUUID()` and its like give.
pub fn random_uuid() -> Value {
    Fresh::value(FreshText::Uuid, "a random UUID")
}

/// The scope around all modules.
pub(super) fn globals() -> Rc<Scope> {
    let scope = Scope::default();
    let mut declare = |name: &str, value: Value| scope.declare(name, Binding::Value(value));
    declare("undefined", Value::Undefined);
    declare("NaN", Value::Number(f64::NAN));
    declare("Infinity", Value::Number(f64::INFINITY));
    objects::declare(&mut declare);
    array::declare(&mut declare);
    string::declare(&mut declare);
    regexp::declare(&mut declare);
    number::declare(&mut declare);
    math::declare(&mut declare);
    json::declare(&mut declare);
    date::declare(&mut declare);
    collections::declare(&mut declare);
    encoding::declare(&mut declare);
    super::symbol::declare(&mut declare);
    for name in ["Error", "TypeError", "RangeError", "SyntaxError", "ReferenceError", "EvalError"] {
        declare(name, function(name, move |_, call| Ok(error(name, call))));
    }
    let silent = ["log", "info", "warn", "error", "debug", "trace", "table", "assert", "time", "timeEnd"];
    declare("console", namespace(silent.map(|name| (name, function(name, |_, _| Ok(Value::Undefined))))));
    let uuid = function("randomUUID", |_, _| Ok(random_uuid()));
    declare("crypto", namespace([("randomUUID", uuid)]));
    Rc::new(scope)
}

/// What Node.js declares by itself and is not evaluated here: opaque, where any other undeclared name is an error.
const NODE_GLOBALS: &[&str] = &[
    "AbortController",
    "AbortSignal",
    "ArrayBuffer",
    "AsyncLocalStorage",
    "Atomics",
    "BigInt64Array",
    "BigUint64Array",
    "Blob",
    "BroadcastChannel",
    "Buffer",
    "Bun",
    "ByteLengthQueuingStrategy",
    "CompressionStream",
    "CountQueuingStrategy",
    "CustomEvent",
    "DOMException",
    "DataView",
    "DecompressionStream",
    "Deno",
    "Event",
    "EventTarget",
    "File",
    "FinalizationRegistry",
    "Float32Array",
    "Float64Array",
    "FormData",
    "Function",
    "Headers",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "Intl",
    "Iterator",
    "MessageChannel",
    "MessageEvent",
    "MessagePort",
    "Promise",
    "Proxy",
    "ReadableStream",
    "RegExp",
    "Request",
    "Response",
    "SharedArrayBuffer",
    "TextDecoder",
    "TextEncoder",
    "TransformStream",
    "URIError",
    "URL",
    "URLSearchParams",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "WeakRef",
    "WebAssembly",
    "WebSocket",
    "WritableStream",
    "AggregateError",
    "__dirname",
    "__filename",
    "arguments",
    "clearImmediate",
    "clearInterval",
    "clearTimeout",
    "crypto",
    "escape",
    "eval",
    "exports",
    "fetch",
    "global",
    "globalThis",
    "module",
    "navigator",
    "performance",
    "process",
    "queueMicrotask",
    "require",
    "setImmediate",
    "setInterval",
    "setTimeout",
    "unescape",
];

/// True for a name that Node.js declares.
pub(super) fn is_node_global(name: &str) -> bool {
    NODE_GLOBALS.contains(&name)
}

/// A property of a built-in object that is no own property of it.
pub(super) fn get(target: &Obj, this: &Value, key: &str) -> Value {
    let known = match &target.kind {
        Kind::Array(_) => array::METHODS,
        Kind::Map(_) | Kind::Set(_) => {
            if key == "size" {
                return collections::size(target);
            }
            collections::METHODS
        }
        Kind::Date(_) => date::METHODS,
        Kind::Iterator(_) => super::iterator::METHODS,
        Kind::Symbol(symbol) => {
            if let Some(value) = symbol.get(key) {
                return value;
            }
            &[]
        }
        Kind::RegExp(regexp) => {
            if let Some(value) = regexp::property(regexp, key) {
                return value;
            }
            regexp::METHODS
        }
        Kind::Function(_) | Kind::Native(_) | Kind::Class(_) => match (&target.kind, key) {
            (Kind::Native(native), "name") => return Value::String(native.name.clone()),
            (Kind::Class(class), "prototype") => return Value::Object(class.prototype()),
            (_, "name") => return Value::from(""),
            _ => FUNCTION_METHODS,
        },
        _ => &[],
    };
    let is_known = known.contains(&key)
        || OBJECT_METHODS.contains(&key)
        || key == super::symbol::ITERATOR
            && matches!(&target.kind, Kind::Array(_) | Kind::Map(_) | Kind::Set(_) | Kind::Iterator(_));
    if !is_known {
        return Value::Undefined;
    }
    let (receiver, name) = (this.clone(), Rc::<str>::from(key));
    Value::native(key, move |cx, call| cx.call_method(&receiver, &name, call.span, call))
}

const FUNCTION_METHODS: &[&str] = &["call", "apply", "bind"];
const OBJECT_METHODS: &[&str] = &["hasOwnProperty", "isPrototypeOf", "toString", "valueOf"];

/// A method of a built-in object; `None` when it has none of that name.
pub(super) fn call_method(cx: &mut Interpreter<'_>, target: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
    let own = match &target.kind {
        Kind::Array(items) => array::call(cx, target, items, name, call)?,
        Kind::Map(_) | Kind::Set(_) => collections::call(cx, target, name, call)?,
        Kind::Iterator(_) if name == super::symbol::ITERATOR => Some(call.this.clone()),
        Kind::Iterator(remaining) => remaining.call(name, call),
        Kind::Date(time) => date::call(*time, name, call),
        Kind::RegExp(regexp) => regexp::call(cx, regexp, name, call)?,
        Kind::Function(_) | Kind::Native(_) | Kind::Class(_) => function_method(cx, target, name, call)?,
        _ => None,
    };
    if own.is_some() {
        return Ok(own);
    }
    Ok(match name {
        "hasOwnProperty" => {
            let key = super::operators::property_key(&call.arg(0));
            key.map(|key| Value::Bool(target.own(&key).is_some() || target.keys().contains(&key)))
        }
        "valueOf" => Some(call.this.clone()),
        "isPrototypeOf" => {
            let mut next = call.arg(0).as_object().and_then(|object| object.prototype());
            let mut found = false;
            while let Some(object) = next.filter(|_| !found) {
                found = Rc::ptr_eq(&object, target);
                next = object.prototype();
            }
            Some(Value::Bool(found))
        }
        "toString" if matches!(target.kind, Kind::Symbol(_)) => match &target.kind {
            Kind::Symbol(symbol) => Some(Value::string(symbol.text())),
            _ => None,
        },
        "toString" if matches!(target.kind, Kind::Array(_)) => Some(match cx.to_text(&call.this, call.span)? {
            Ok(text) => Value::string(text),
            Err(opaque) => opaque,
        }),
        "toString" if !matches!(target.kind, Kind::Host(_) | Kind::Array(_)) => Some(Value::from("[object Object]")),
        "toString" => Some(Value::opaque("an object as text", call.span)),
        _ => None,
    })
}

fn function_method(cx: &mut Interpreter<'_>, target: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
    let function = Value::Object(target.clone());
    match name {
        "call" => {
            let args = call.args.iter().skip(1).cloned().collect();
            cx.call(&function, &Call { this: call.arg(0), args, ..call.clone() }).map(Some)
        }
        "apply" => {
            let args = call.arg(1).as_array().unwrap_or_default();
            let call = Call { this: call.arg(0), ..Call::with(args, call.span) };
            cx.call(&function, &call).map(Some)
        }
        "bind" => {
            let (this, bound) = (call.arg(0), call.args.iter().skip(1).cloned().collect::<Vec<_>>());
            Ok(Some(Value::native("bound", move |cx, call| {
                let args = bound.iter().chain(&call.args).cloned().collect();
                cx.call(&function, &Call { this: this.clone(), args, ..call.clone() })
            })))
        }
        _ => Ok(None),
    }
}

/// `instanceof`
pub(super) fn instance_of(value: &Value, class: &Value, span: Span) -> Value {
    let (Value::Object(object), Value::Object(class)) = (value, class) else { return Value::Bool(false) };
    if let Kind::Native(native) = &class.kind {
        if super::class::descends_from(object, class) {
            return Value::Bool(true);
        }
        return Value::Bool(match (&*native.name, &object.kind) {
            ("Date", Kind::Date(_))
            | ("Map", Kind::Map(_))
            | ("Set", Kind::Set(_))
            | ("Array", Kind::Array(_))
            | ("Error", Kind::Error)
            | ("RegExp", Kind::RegExp(_))
            | ("Object", _) => true,
            (name, Kind::Error) => object.own("name").is_some_and(
                |property| matches!(property.slot, super::Slot::Value(Value::String(text)) if &*text == name),
            ),
            _ => false,
        });
    }
    if let Kind::Host(host) = &class.kind {
        let known = host.has_instance(&Value::Object(object.clone()));
        return known.map_or_else(|| Value::opaque("an `instanceof` of a package's class", span), Value::Bool);
    }
    let mut prototype = object.prototype();
    while let Some(current) = prototype {
        if let Some(property) = current.own("constructor")
            && let super::Slot::Value(Value::Object(constructor)) = property.slot
            && Rc::ptr_eq(&constructor, class)
        {
            return Value::Bool(true);
        }
        prototype = current.prototype();
    }
    Value::Bool(false)
}

fn error(name: &'static str, call: &Call) -> Value {
    let object = Object::new(Kind::Error);
    object.define_hidden("name", super::Slot::Value(Value::from(name)), Span::default());
    object.define_hidden("message", super::Slot::Value(call.arg(0)), Span::default());
    Value::Object(object)
}

fn function(name: &str, body: impl Fn(&mut Interpreter<'_>, &Call) -> Eval<Value> + 'static) -> Value {
    Value::native(name, body)
}

/// An object of functions, such as `Math`.
fn namespace<'n>(members: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    let object = Object::plain();
    for (name, value) in members {
        object.set(name, value);
    }
    Value::Object(object)
}

/// A function that is also an object of functions, such as `Object`.
fn with_members<'n>(callee: Value, members: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    if let Value::Object(object) = &callee {
        for (name, value) in members {
            object.set(name, value);
        }
    }
    callee
}
