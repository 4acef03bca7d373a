//! `Math`.

use super::super::operators::to_number;
use super::super::{Call, Value};
use super::{function, namespace};

/// A function of one number, by name.
type Unary = (&'static str, fn(f64) -> f64);

pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    let unary: [Unary; 17] = [
        ("abs", f64::abs),
        ("ceil", f64::ceil),
        ("floor", f64::floor),
        // JavaScript rounds halves up, Rust away from zero.
        ("round", |value| (value + 0.5).floor()),
        ("trunc", f64::trunc),
        ("sqrt", f64::sqrt),
        ("log", f64::ln),
        ("log2", f64::log2),
        ("log10", f64::log10),
        ("cbrt", f64::cbrt),
        ("exp", f64::exp),
        ("sin", f64::sin),
        ("cos", f64::cos),
        ("tan", f64::tan),
        ("atan", f64::atan),
        ("fround", |value| f64::from(value as f32)),
        ("sign", |value| if value == 0.0 { value } else { value.signum() }),
    ];
    let unary = unary.map(|(name, operation)| {
        let body = move |_: &mut super::Interpreter<'_>, call: &Call| Ok(fold(call, |values| operation(values[0])));
        (name, function(name, body))
    });
    let math = namespace(unary);
    let more = [
        (
            "max",
            function("max", |_, call| {
                Ok(fold(call, |values| values.iter().copied().fold(f64::NEG_INFINITY, f64::max)))
            }),
        ),
        (
            "min",
            function("min", |_, call| Ok(fold(call, |values| values.iter().copied().fold(f64::INFINITY, f64::min)))),
        ),
        (
            "pow",
            function("pow", |_, call| {
                Ok(fold(call, |values| values[0].powf(values.get(1).copied().unwrap_or(f64::NAN))))
            }),
        ),
        (
            "hypot",
            function("hypot", |_, call| {
                Ok(fold(call, |values| values.iter().map(|value| value * value).sum::<f64>().sqrt()))
            }),
        ),
        ("random", function("random", |_, call| Ok(Value::opaque("a random number", call.span)))),
        ("PI", Value::Number(std::f64::consts::PI)),
        ("E", Value::Number(std::f64::consts::E)),
    ];
    declare("Math", super::with_members(math, more));
}

fn fold(call: &Call, operation: impl Fn(&[f64]) -> f64) -> Value {
    let mut values: Vec<f64> = Vec::with_capacity(call.args.len());
    for arg in &call.args {
        match to_number(&arg.value) {
            Some(value) => values.push(value),
            None => return Value::opaque("arithmetic with a value that is not known", call.span),
        }
    }
    if values.is_empty() {
        values.push(f64::NAN);
    }
    Value::Number(operation(&values))
}
