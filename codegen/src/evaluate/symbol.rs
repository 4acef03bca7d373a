//! Symbols. One is an object of its own kind, and a hidden property's name once it is used as one.

use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use super::object::{HIDDEN, Kind};
use super::{Object, Value};

/// The property's name of `Symbol.iterator`.
pub(super) const ITERATOR: &str = "\u{1}@iterator";

/// The property's name of `Symbol.toPrimitive`.
pub(super) const TO_PRIMITIVE: &str = "\u{1}@toPrimitive";

/// A symbol.
#[derive(Debug)]
pub struct Symbol {
    /// The name of the properties that it names: hidden, and of no other symbol.
    pub(super) key: Rc<str>,
    description: Value,
}

impl Symbol {
    /// A symbol whose properties have that name.
    fn with_key(key: String, description: Value) -> Value {
        Value::Object(Object::new(Kind::Symbol(Box::new(Symbol { key: Rc::from(key), description }))))
    }

    /// A property of a symbol.
    pub(super) fn get(&self, key: &str) -> Option<Value> {
        (key == "description").then(|| self.description.clone())
    }

    /// What its `toString` says.
    pub(super) fn text(&self) -> String {
        format!("Symbol({})", self.description.as_str().unwrap_or_default())
    }
}

/// `Symbol` with `Symbol.for` and the well-known symbols.
pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    let count = Cell::new(0_u64);
    let symbol = Value::native("Symbol", move |_, call| {
        count.set(count.get() + 1);
        Ok(Symbol::with_key(format!("{HIDDEN}@{}", count.get()), call.arg(0)))
    });
    let registry = std::cell::RefCell::new(HashMap::<String, Value>::new());
    let of_registry = Value::native("for", move |_, call| {
        let name = call.arg(0).as_str().unwrap_or_default().to_owned();
        let make = || Symbol::with_key(format!("{HIDDEN}@for:{name}"), Value::string(&name));
        Ok(registry.borrow_mut().entry(name.clone()).or_insert_with(make).clone())
    });
    if let Value::Object(object) = &symbol {
        object.set("for", of_registry);
        for name in ["asyncIterator", "hasInstance", "iterator", "toPrimitive", "toStringTag"] {
            let description = Value::string(format!("Symbol.{name}"));
            object.set(name, Symbol::with_key(format!("{HIDDEN}@{name}"), description));
        }
    }
    declare("Symbol", symbol);
}
