//! The seam between the evaluator and the packages that it knows.

use std::any::Any;

use super::{Call, Eval, Interpreter, Obj, Value};
use crate::source::Span;

/// An object that a known package made: a table, a column builder, a `sql` template.
///
/// Own properties of the object itself come before what these methods give.
pub trait Host: Any {
    /// What it is, for messages: "a Drizzle table".
    fn describe(&self) -> String;

    /// A property; `None` when it has none of that name.
    ///
    /// # Errors
    /// What reading the property throws.
    fn get(&self, cx: &mut Interpreter<'_>, this: &Obj, key: &str, span: Span) -> Eval<Option<Value>> {
        let _ = (cx, this, key, span);
        Ok(None)
    }

    /// Calls a method; `None` when it has none of that name.
    ///
    /// # Errors
    /// What the method throws.
    fn call_method(&self, cx: &mut Interpreter<'_>, this: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        let _ = (cx, this, name, call);
        Ok(None)
    }

    /// The names of its methods: for reading one without calling it, and for suggestions.
    fn methods(&self) -> &'static [&'static str] {
        &[]
    }

    /// True when the object itself can be called.
    fn is_callable(&self) -> bool {
        false
    }

    /// For a class: whether a value is an instance of it, as `instanceof` says; `None` when that is not known.
    fn has_instance(&self, value: &Value) -> Option<bool> {
        let _ = value;
        None
    }

    /// For a class: the object that an instance of a class derived from it begins as; `None` for a plain one.
    fn allocate(&self) -> Option<Obj> {
        None
    }

    /// For a class: what `super(…)` in a class derived from it does.
    ///
    /// # Errors
    /// What the constructor throws.
    fn initialize(&self, cx: &mut Interpreter<'_>, this: &Value, call: &Call) -> Eval<()> {
        let _ = (cx, this, call);
        Ok(())
    }

    /// Calls the object itself.
    ///
    /// # Errors
    /// What the call throws.
    fn call(&self, cx: &mut Interpreter<'_>, this: &Obj, call: &Call) -> Eval<Value> {
        let _ = (cx, this);
        Ok(Value::opaque(format!("{} was called", self.describe()), call.span))
    }
}

/// The packages that the evaluator knows.
pub trait Packages {
    /// The namespace object of a package's module; `None` when it is not known, which makes it opaque.
    fn module(&self, specifier: &str) -> Option<Obj>;
}
