//! `Map` and `Set`.

use super::super::object::Kind;
use super::super::{Call, Eval, Interpreter, Obj, Object, Value};
use super::function;

pub(super) const METHODS: &[&str] =
    &["add", "clear", "delete", "entries", "forEach", "get", "has", "keys", "set", "values"];

pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    declare(
        "Map",
        function("Map", |cx, call| {
            let map = Value::Object(Object::new(Kind::Map(Default::default())));
            if !call.arg(0).is_nullish() {
                let Some(entries) = cx.iterate(&call.arg(0), call.arg_span(0))? else { return Ok(call.arg(0)) };
                for entry in entries {
                    let pair = [cx.get(&entry, "0", call.span)?, cx.get(&entry, "1", call.span)?];
                    cx.call_method(&map, "set", call.span, &Call::with(pair, call.span))?;
                }
            }
            Ok(map)
        }),
    );
    declare(
        "Set",
        function("Set", |cx, call| {
            let set = Value::Object(Object::new(Kind::Set(Default::default())));
            if !call.arg(0).is_nullish() {
                let Some(items) = cx.iterate(&call.arg(0), call.arg_span(0))? else { return Ok(call.arg(0)) };
                for item in items {
                    cx.call_method(&set, "add", call.span, &Call::with([item], call.span))?;
                }
            }
            Ok(set)
        }),
    );
}

pub(super) fn size(target: &Obj) -> Value {
    Value::Number(match &target.kind {
        Kind::Map(entries) => entries.borrow().len() as f64,
        Kind::Set(items) => items.borrow().len() as f64,
        _ => 0.0,
    })
}

/// A method of a map or a set; `None` when they have none of that name.
pub(super) fn call(cx: &mut Interpreter<'_>, target: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
    let this = Value::Object(target.clone());
    let pairs: Vec<(Value, Value)> = match &target.kind {
        Kind::Map(entries) => entries.borrow().clone(),
        Kind::Set(items) => items.borrow().iter().map(|item| (item.clone(), item.clone())).collect(),
        _ => return Ok(None),
    };
    let position = pairs.iter().position(|(key, _)| key.strict_equals(&call.arg(0)) == Some(true));
    let value = match (name, &target.kind) {
        ("get", Kind::Map(_)) => position.map_or(Value::Undefined, |index| pairs[index].1.clone()),
        ("has", _) => Value::Bool(position.is_some()),
        ("set", Kind::Map(entries)) => {
            match position {
                Some(index) => entries.borrow_mut()[index].1 = call.arg(1),
                None => entries.borrow_mut().push((call.arg(0), call.arg(1))),
            }
            this
        }
        ("add", Kind::Set(items)) => {
            if position.is_none() {
                items.borrow_mut().push(call.arg(0));
            }
            this
        }
        ("delete", Kind::Map(entries)) => {
            position.map(|index| entries.borrow_mut().remove(index));
            Value::Bool(position.is_some())
        }
        ("delete", Kind::Set(items)) => {
            position.map(|index| items.borrow_mut().remove(index));
            Value::Bool(position.is_some())
        }
        ("clear", Kind::Map(entries)) => {
            entries.borrow_mut().clear();
            Value::Undefined
        }
        ("clear", Kind::Set(items)) => {
            items.borrow_mut().clear();
            Value::Undefined
        }
        ("keys", _) => Value::array(pairs.into_iter().map(|(key, _)| key).collect()),
        ("values", _) => Value::array(pairs.into_iter().map(|(_, value)| value).collect()),
        ("entries", _) => Value::array(pairs.into_iter().map(|(key, value)| Value::array(vec![key, value])).collect()),
        ("forEach", _) => {
            for (key, value) in pairs {
                cx.call(&call.arg(0), &Call::with([value, key, this.clone()], call.span))?;
            }
            Value::Undefined
        }
        _ => return Ok(None),
    };
    Ok(Some(value))
}
