//! Calls, and how functions of ours see them.

use std::rc::Rc;

use super::object::{Kind, Native, Object};
use super::{Eval, Interpreter, Value};
use crate::source::Span;

/// An argument with its place.
#[derive(Debug, Clone)]
pub struct Arg {
    /// Its value.
    pub value: Value,
    /// Where it is written.
    pub span: Span,
}

/// A call: the receiver, the arguments and the place.
#[derive(Debug, Clone)]
pub struct Call {
    /// `this`
    pub this: Value,
    /// The arguments, spreads expanded.
    pub args: Vec<Arg>,
    /// The whole call expression.
    pub span: Span,
    /// The type arguments, `<T>`.
    pub type_args: Option<Span>,
}

/// A function of ours.
pub(super) type NativeFn = Rc<dyn Fn(&mut Interpreter<'_>, &Call) -> Eval<Value>>;

impl Call {
    /// A call from our side, with arguments that stand nowhere of their own.
    pub fn with(args: impl IntoIterator<Item = Value>, span: Span) -> Self {
        let args = args.into_iter().map(|value| Arg { value, span }).collect();
        Self { this: Value::Undefined, args, span, type_args: None }
    }

    /// The argument at a position; `undefined` past the last.
    pub fn arg(&self, index: usize) -> Value {
        self.args.get(index).map_or(Value::Undefined, |arg| arg.value.clone())
    }

    /// The place of the argument at a position, or of the call.
    pub fn arg_span(&self, index: usize) -> Span {
        self.args.get(index).map_or(self.span, |arg| arg.span)
    }

    /// The arguments' values.
    pub fn values(&self) -> Vec<Value> {
        self.args.iter().map(|arg| arg.value.clone()).collect()
    }
}

impl Value {
    /// A function of ours.
    pub fn native(name: &str, function: impl Fn(&mut Interpreter<'_>, &Call) -> Eval<Value> + 'static) -> Self {
        let native = Native { name: Rc::from(name), function: Rc::new(function) };
        Value::Object(Object::new(Kind::Native(native)))
    }
}
