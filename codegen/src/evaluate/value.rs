//! Values.

use std::rc::Rc;

use super::object::{Kind, Object};
use super::{Host, Obj};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// A JavaScript value.
#[derive(Debug, Clone)]
pub enum Value {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number.
    Number(f64),
    /// A BigInt; those beyond 128 bits are opaque.
    BigInt(Box<i128>),
    /// A string.
    String(Rc<str>),
    /// An object: plain, array, function, or one that a package made.
    Object(Obj),
    /// A value that static evaluation cannot know.
    Opaque(Rc<Opaque>),
}

/// Why a value is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opaque {
    /// What could not be known, such as "the package `pg` is not read".
    pub reason: String,
    /// Where it could not be known.
    pub span: Span,
    /// True when an error has been reported for it already: a use of it is no second error.
    pub reported: bool,
    /// The error that spoilt it, in a module that the schema only imports from: an error where the schema depends on it.
    pub failure: Option<Box<Diagnostic>>,
}

impl Value {
    /// A string.
    pub fn string(text: impl AsRef<str>) -> Self {
        Value::String(Rc::from(text.as_ref()))
    }

    /// A BigInt: boxed, so that the values that schemas are made of stay small.
    pub fn bigint(value: i128) -> Self {
        Value::BigInt(Box::new(value))
    }

    /// An array.
    pub fn array(items: Vec<Value>) -> Self {
        Value::Object(Object::new(Kind::array(items)))
    }

    /// An object that a package made.
    pub fn host(host: impl Host) -> Self {
        Value::Object(Object::new(Kind::Host(Box::new(host))))
    }

    /// An unknown value.
    pub fn opaque(reason: impl Into<String>, span: Span) -> Self {
        Value::Opaque(Rc::new(Opaque { reason: reason.into(), span, reported: false, failure: None }))
    }

    /// The stand-in for a value whose error has been reported.
    pub fn reported(span: Span) -> Self {
        let reason = "an error was reported here".to_owned();
        Value::Opaque(Rc::new(Opaque { reason, span, reported: true, failure: None }))
    }

    /// The stand-in for a value whose error is told only where the schema depends on it.
    pub(super) fn failed(diagnostic: Diagnostic) -> Self {
        let span = diagnostic.primary.as_ref().map(|label| label.span).unwrap_or_default();
        let (reason, failure) = (diagnostic.message.clone(), Some(Box::new(diagnostic)));
        Value::Opaque(Rc::new(Opaque { reason, span, reported: false, failure }))
    }

    /// The host object of that type, if it is one.
    pub fn as_host<T: Host>(&self) -> Option<&T> {
        match self {
            Value::Object(object) => object.as_host(),
            _ => None,
        }
    }

    /// The text, if it is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The object, if it is one.
    pub fn as_object(&self) -> Option<&Obj> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// A copy of an array's elements, if it is an array.
    pub fn as_array(&self) -> Option<Vec<Value>> {
        match self {
            Value::Object(object) => match &object.kind {
                Kind::Array(items) => Some(items.borrow().clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// True where both are the same object.
    pub(super) fn is_same(&self, other: &Value) -> bool {
        matches!((self, other), (Value::Object(a), Value::Object(b)) if Rc::ptr_eq(a, b))
    }

    /// True for `undefined`.
    pub fn is_undefined(&self) -> bool {
        matches!(self, Value::Undefined)
    }

    /// True for `undefined` and `null`.
    pub fn is_nullish(&self) -> bool {
        matches!(self, Value::Undefined | Value::Null)
    }

    /// True for what can be called.
    pub fn is_callable(&self) -> bool {
        matches!(self, Value::Object(object) if object.is_callable())
    }

    /// JavaScript's ToBoolean; `None` for an unknown value.
    pub fn truthy(&self) -> Option<bool> {
        Some(match self {
            Value::Undefined | Value::Null => false,
            Value::Bool(value) => *value,
            Value::Number(value) => *value != 0.0 && !value.is_nan(),
            Value::BigInt(value) => **value != 0,
            Value::String(text) => !text.is_empty(),
            Value::Object(_) => true,
            Value::Opaque(_) => return None,
        })
    }

    /// What `typeof` says; `None` for an unknown value.
    pub fn type_of(&self) -> Option<&'static str> {
        Some(match self {
            Value::Undefined => "undefined",
            Value::Null => "object",
            Value::Bool(_) => "boolean",
            Value::Number(_) => "number",
            Value::BigInt(_) => "bigint",
            Value::String(_) => "string",
            Value::Object(object) if object.is_callable() => "function",
            Value::Object(object) if matches!(object.kind, Kind::Symbol(_)) => "symbol",
            Value::Object(_) => "object",
            Value::Opaque(_) => return None,
        })
    }

    /// What it is, for messages: "a string", "undefined", "a Drizzle table".
    pub fn describe(&self) -> String {
        match self {
            Value::Undefined => "undefined".to_owned(),
            Value::Null => "null".to_owned(),
            Value::Bool(value) => format!("`{value}`"),
            Value::Number(value) => format!("the number {}", number_to_string(*value)),
            Value::BigInt(value) => format!("the bigint {value}n"),
            Value::String(text) if text.chars().count() <= 40 => format!("the string {text:?}"),
            Value::String(_) => "a string".to_owned(),
            Value::Object(object) => object.kind.describe(),
            Value::Opaque(_) => "a value that is not known before run time".to_owned(),
        }
    }

    /// JavaScript's `===`; `None` when an unknown value takes part.
    pub fn strict_equals(&self, other: &Value) -> Option<bool> {
        Some(match (self, other) {
            (Value::Opaque(_), _) | (_, Value::Opaque(_)) => return None,
            (Value::Undefined, Value::Undefined) | (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Number(a), Value::Number(b)) => a == b,
            (Value::BigInt(a), Value::BigInt(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::Object(a), Value::Object(b)) => Rc::ptr_eq(a, b),
            _ => false,
        })
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::string(text)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Value::Bool(value)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Self {
        Value::Number(value)
    }
}

/// JavaScript's Number::toString with radix 10.
pub fn number_to_string(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs();
    // Most numbers are these, and they are written faster.
    if magnitude < 1e15 && value.fract() == 0.0 {
        return (value as i64).to_string();
    }
    if (1e-6..1e21).contains(&magnitude) {
        // Rust prints the shortest digits that read back the same, and no exponent, as JavaScript does in this range.
        return format!("{value}");
    }
    let exponential = format!("{value:e}");
    match exponential.split_once('e') {
        Some((digits, exponent)) if !exponent.starts_with('-') => format!("{digits}e+{exponent}"),
        _ => exponential,
    }
}
