//! Iterators: what generators, `Map.entries()` and `[Symbol.iterator]()` give.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use super::{Call, Eval, Interpreter, Kind, Object, Value, operators};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// How much of a generator is run: no schema needs more of one that does not end by itself.
const MAX_YIELDS: usize = 10_000;

/// The values that are still to come, computed beforehand.
#[derive(Debug, Default)]
pub struct Remaining {
    items: RefCell<VecDeque<Value>>,
    /// What a generator returns: the value of its last `next()`, once.
    result: RefCell<Option<Value>>,
    /// True when more would have come: the generator does not end.
    endless: Cell<bool>,
}

impl Remaining {
    pub(super) fn of(items: Vec<Value>) -> Value {
        let remaining = Self { items: RefCell::new(items.into()), ..Self::default() };
        Value::Object(Object::new(Kind::Iterator(Box::new(remaining))))
    }

    /// At most so many of the values to come, which it thereby gives.
    pub(super) fn take(&self, count: usize) -> Vec<Value> {
        let mut items = self.items.borrow_mut();
        let count = count.min(items.len());
        items.drain(..count).collect()
    }

    /// All values to come; `None` when they do not end.
    pub(super) fn all(&self) -> Option<Vec<Value>> {
        (!self.endless.get()).then(|| self.take(usize::MAX))
    }

    /// A method of an iterator; `None` when it has none of that name.
    pub(super) fn call(&self, name: &str, call: &Call) -> Option<Value> {
        let step = |value: Value, done: bool| {
            let object = Object::plain();
            object.set("value", value);
            object.set("done", Value::Bool(done));
            Value::Object(object)
        };
        match name {
            "next" => Some(match self.items.borrow_mut().pop_front() {
                Some(value) => step(value, false),
                None if self.endless.get() => Value::opaque("a generator that does not end", call.span),
                None => step(self.result.borrow_mut().take().unwrap_or(Value::Undefined), true),
            }),
            "return" => {
                self.items.borrow_mut().clear();
                self.endless.set(false);
                Some(step(call.arg(0), true))
            }
            _ => None,
        }
    }
}

pub(super) const METHODS: &[&str] = &["next", "return"];

impl Interpreter<'_> {
    /// Runs a generator to its end, or as far as anybody may ask, when it is called. That it runs before its values are
    /// asked for shows only in a generator that changes what others read.
    pub(super) fn generate(&mut self, run: impl FnOnce(&mut Self) -> Eval<Value>) -> Eval<Value> {
        self.yields.push(Vec::new());
        let result = run(self);
        let items = self.yields.pop().unwrap_or_default();
        let endless = items.len() >= MAX_YIELDS;
        let result = match result {
            Err(thrown) if thrown.fatal || !endless => return Err(thrown),
            Err(_) => None,
            Ok(value) => Some(value),
        };
        let remaining = Remaining {
            items: RefCell::new(items.into()),
            endless: Cell::new(endless && result.is_none()),
            result: RefCell::new(result),
        };
        Ok(Value::Object(Object::new(Kind::Iterator(Box::new(remaining)))))
    }

    /// `yield`; what `next` is given is not handed on.
    pub(super) fn yield_value(&mut self, value: Value, span: Span) -> Eval<Value> {
        if let Some(yields) = self.yields.last_mut() {
            yields.push(value);
            if yields.len() >= MAX_YIELDS {
                // Unwinds to `generate`, which keeps what came so far.
                return Err(Diagnostic::error("E0310", "a generator that does not end")
                    .at(span, "yielded here")
                    .into());
            }
        }
        Ok(Value::Undefined)
    }

    /// The values of an object with a `[Symbol.iterator]` of its own; `None` when it has none.
    pub(super) fn iterate_own(&mut self, value: &Value, span: Span) -> Eval<Option<Vec<Value>>> {
        let method = self.get(value, super::symbol::ITERATOR, span)?;
        if !method.is_callable() {
            return Ok(None);
        }
        let iterator = self.call(&method, &Call { this: value.clone(), ..Call::with([], span) })?;
        if let Value::Object(object) = &iterator
            && let Kind::Iterator(remaining) = &object.kind
        {
            return Ok(remaining.all());
        }
        let next = self.get(&iterator, "next", span)?;
        let mut items = Vec::new();
        loop {
            let step = self.call(&next, &Call { this: iterator.clone(), ..Call::with([], span) })?;
            if self.get(&step, "done", span)?.truthy() != Some(false) && !self.get(&step, "done", span)?.is_undefined()
            {
                return Ok(Some(items));
            }
            if items.len() >= operators::MAX_ITEMS || matches!(step, Value::Opaque(_)) {
                return Ok(None);
            }
            items.push(self.get(&step, "value", span)?);
        }
    }
}
