//! Texts that are other ones at each call.

use super::super::{Call, Eval, Host, Interpreter, Obj, Value};
use crate::source::Span;

/// A text of a clock or of chance. What is made of it is not known.
#[derive(Debug)]
pub struct Fresh<T> {
    /// What gives it.
    pub source: T,
    what: &'static str,
}

/// What gives such a text in JavaScript itself.
#[derive(Debug)]
pub enum FreshText {
    /// `new Date().toISOString()`
    Time,
    /// `crypto.randomUUID()`
    Uuid,
}

impl<T: std::fmt::Debug + 'static> Fresh<T> {
    /// The text as a value; `what` is what messages call it.
    pub fn value(source: T, what: &'static str) -> Value {
        Value::host(Self { source, what })
    }
}

impl<T: std::fmt::Debug + 'static> Host for Fresh<T> {
    fn describe(&self) -> String {
        self.what.to_owned()
    }

    fn get(&self, _: &mut Interpreter<'_>, _: &Obj, _: &str, span: Span) -> Eval<Option<Value>> {
        Ok(Some(Value::opaque(self.what, span)))
    }

    fn call_method(&self, _: &mut Interpreter<'_>, this: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        Ok(Some(match name {
            "toString" | "valueOf" => Value::Object(this.clone()),
            _ => Value::opaque(self.what, call.span),
        }))
    }
}
