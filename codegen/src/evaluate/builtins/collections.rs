//! `Map` and `Set`.

use std::rc::Rc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::super::iterator::Remaining;
use super::super::object::Kind;
use super::super::symbol::ITERATOR;
use super::super::{Call, Eval, Interpreter, Obj, Object, Opaque, Value};
use super::function;

/// The entries of a map in the order of their insertion; those of a set have their key for a value.
pub type Entries = IndexMap<Key, (Value, Value), FxBuildHasher>;

/// What makes keys the same: JavaScript's SameValueZero. The value itself, kept beside it, keeps the address in use.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number's bits, with one zero and one NaN.
    Number(u64),
    /// A BigInt.
    BigInt(i128),
    /// A string.
    String(Rc<str>),
    /// An object, by its address.
    Object(*const Object),
    /// An unknown value, by its address.
    Opaque(*const Opaque),
}

impl From<&Value> for Key {
    fn from(value: &Value) -> Self {
        match value {
            Value::Undefined => Key::Undefined,
            Value::Null => Key::Null,
            Value::Bool(value) => Key::Bool(*value),
            Value::Number(value) if *value == 0.0 => Key::Number(0),
            Value::Number(value) if value.is_nan() => Key::Number(f64::NAN.to_bits()),
            Value::Number(value) => Key::Number(value.to_bits()),
            Value::BigInt(value) => Key::BigInt(**value),
            Value::String(text) => Key::String(text.clone()),
            Value::Object(object) => Key::Object(Rc::as_ptr(object)),
            Value::Opaque(opaque) => Key::Opaque(Rc::as_ptr(opaque)),
        }
    }
}

pub(super) const METHODS: &[&str] =
    &["add", "clear", "delete", "entries", "forEach", "get", "has", "keys", "set", "values"];

pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    // That weak ones forget is not seen while a schema is evaluated.
    for name in ["Map", "WeakMap"] {
        let map = function(name, |cx, call| {
            let map = Value::Object(Object::new(Kind::Map(Default::default())));
            if !call.arg(0).is_nullish() {
                let Some(entries) = cx.iterate(&call.arg(0), call.arg_span(0))? else { return Ok(call.arg(0)) };
                for entry in entries {
                    let pair = [cx.get(&entry, "0", call.span)?, cx.get(&entry, "1", call.span)?];
                    cx.call_method(&map, "set", call.span, &Call::with(pair, call.span))?;
                }
            }
            Ok(map)
        });
        declare(name, map);
    }
    for name in ["Set", "WeakSet"] {
        let set = function(name, |cx, call| {
            let set = Value::Object(Object::new(Kind::Set(Default::default())));
            if !call.arg(0).is_nullish() {
                let Some(items) = cx.iterate(&call.arg(0), call.arg_span(0))? else { return Ok(call.arg(0)) };
                for item in items {
                    cx.call_method(&set, "add", call.span, &Call::with([item], call.span))?;
                }
            }
            Ok(set)
        });
        declare(name, set);
    }
}

pub(super) fn size(target: &Obj) -> Value {
    Value::Number(match &target.kind {
        Kind::Map(entries) | Kind::Set(entries) => entries.borrow().len() as f64,
        _ => 0.0,
    })
}

/// A method of a map or a set; `None` when they have none of that name.
pub(super) fn call(cx: &mut Interpreter<'_>, target: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
    let (Kind::Map(entries) | Kind::Set(entries)) = &target.kind else { return Ok(None) };
    let this = Value::Object(target.clone());
    let key = call.arg(0);
    let listed = |item: fn(&(Value, Value)) -> Value| Remaining::of(entries.borrow().values().map(item).collect());
    let value = match (name, &target.kind) {
        ("get", Kind::Map(_)) => {
            entries.borrow().get(&Key::from(&key)).map_or(Value::Undefined, |(_, value)| value.clone())
        }
        ("has", _) => Value::Bool(entries.borrow().contains_key(&Key::from(&key))),
        ("set", Kind::Map(_)) => {
            entries.borrow_mut().insert(Key::from(&key), (key, call.arg(1)));
            this
        }
        ("add", Kind::Set(_)) => {
            entries.borrow_mut().entry(Key::from(&key)).or_insert_with(|| (key.clone(), key));
            this
        }
        ("delete", _) => Value::Bool(entries.borrow_mut().shift_remove(&Key::from(&key)).is_some()),
        ("clear", _) => {
            entries.borrow_mut().clear();
            Value::Undefined
        }
        ("keys", _) => listed(|(key, _)| key.clone()),
        (ITERATOR, Kind::Set(_)) | ("values", _) => listed(|(_, value)| value.clone()),
        (ITERATOR, _) | ("entries", _) => listed(|(key, value)| Value::array(vec![key.clone(), value.clone()])),
        ("forEach", _) => {
            let pairs: Vec<(Value, Value)> = entries.borrow().values().cloned().collect();
            for (key, value) in pairs {
                cx.call(&call.arg(0), &Call::with([value, key, this.clone()], call.span))?;
            }
            Value::Undefined
        }
        _ => return Ok(None),
    };
    Ok(Some(value))
}
