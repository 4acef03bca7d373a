//! Values that the schema depends on and so must be known.

use std::rc::Rc;

use crate::diagnostic::Diagnostic;
use crate::evaluate::{Call, Eval, Interpreter, Value};
use crate::source::Span;

/// The error for a value that should have been something else, or that is not known.
///
/// `what` says what the value is for ("the name of a table"), `expected` what it should have been ("a string").
pub(super) fn mismatch(value: &Value, span: Span, what: &str, expected: &str) -> Diagnostic {
    let Value::Opaque(opaque) = value else {
        let message = format!("{what} must be {expected}, not {}", value.describe());
        return Diagnostic::error("E0402", message).at(span, format!("this is {}", value.describe()));
    };
    if let Some(failure) = &opaque.failure {
        return (**failure).clone();
    }
    let diagnostic = Diagnostic::error("E0401", format!("{what} cannot be known before run time"))
        .at(span, "the schema depends on this")
        .help("write it as a constant: codegen evaluates schemas without running them");
    if opaque.reported {
        return diagnostic.consequence();
    }
    if opaque.span == span {
        return diagnostic.label(span, opaque.reason.clone());
    }
    diagnostic.label(opaque.span, format!("not known from here on: {}", opaque.reason))
}

/// True when an error has been reported for the value already.
pub(super) fn is_reported(value: &Value) -> bool {
    matches!(value, Value::Opaque(opaque) if opaque.reported)
}

/// Reports what a function of Drizzle's refuses and goes on with a value that stands in for the result, so that all
/// mistakes of a schema are told at once. JavaScript would stop at the first.
pub(super) fn recover(cx: &mut Interpreter<'_>, result: Eval<Value>) -> Eval<Value> {
    match result {
        Err(thrown) if !thrown.fatal => Ok(cx.poison(*thrown.diagnostic)),
        other => other,
    }
}

/// A string argument.
pub(super) fn string(call: &Call, index: usize, what: &str) -> Eval<String> {
    let value = call.arg(index);
    match value.as_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(mismatch(&value, call.arg_span(index), what, "a string").into()),
    }
}

/// A string argument that may be left out.
pub(super) fn optional_text(call: &Call, index: usize, what: &str) -> Eval<Option<Rc<str>>> {
    match call.arg(index) {
        Value::Undefined => Ok(None),
        Value::String(text) => Ok(Some(text)),
        other => Err(mismatch(&other, call.arg_span(index), what, "a string").into()),
    }
}

/// A string argument that may be left out, as a text of its own.
pub(super) fn optional_string(call: &Call, index: usize, what: &str) -> Eval<Option<String>> {
    Ok(optional_text(call, index, what)?.map(|text| text.to_string()))
}
