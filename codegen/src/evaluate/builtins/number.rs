//! Numbers, bigints and booleans.

use super::super::operators::{primitive_to_text, to_number};
use super::super::{Call, Value};
use super::{function, with_members};

pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    let number = function("Number", |_, call| {
        Ok(match call.args.len() {
            0 => Value::Number(0.0),
            _ => numeric(&call.arg(0), call, Some),
        })
    });
    let integer = |name: &'static str, limit: f64| {
        function(name, move |_, call| {
            Ok(match call.arg(0) {
                Value::Number(value) => {
                    Value::Bool(value.trunc() == value && value.is_finite() && value.abs() <= limit)
                }
                opaque @ Value::Opaque(_) => opaque,
                _ => Value::Bool(false),
            })
        })
    };
    let parse_float = || {
        function("parseFloat", |_, call| {
            Ok(text(call, |text| {
                leading(text, |c| c.is_ascii_digit() || "+-.eE".contains(c)).parse().unwrap_or(f64::NAN)
            }))
        })
    };
    let parse_int = || {
        function("parseInt", |_, call| {
            let given = to_number(&call.arg(1)).filter(|radix| (2.0..=36.0).contains(radix)).map(|radix| radix as u32);
            Ok(text(call, |text| {
                let (sign, digits) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
                let digits = digits.trim_start_matches('+');
                let hexadecimal = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
                let (digits, radix) = match (hexadecimal, given) {
                    (Some(digits), None | Some(16)) => (digits, 16),
                    (_, given) => (digits, given.unwrap_or(10)),
                };
                let digits = leading(digits, |c| c.is_digit(radix));
                i64::from_str_radix(digits, radix).map_or(f64::NAN, |value| sign * value as f64)
            }))
        })
    };
    let is_nan = || function("isNaN", |_, call| Ok(test(call, f64::is_nan)));
    let max_safe = 9_007_199_254_740_991.0;
    let members = [
        (
            "isNaN",
            function("isNaN", |_, call| Ok(Value::Bool(matches!(call.arg(0), Value::Number(value) if value.is_nan())))),
        ),
        (
            "isFinite",
            function("isFinite", |_, call| {
                Ok(Value::Bool(matches!(call.arg(0), Value::Number(value) if value.is_finite())))
            }),
        ),
        ("MIN_VALUE", Value::Number(5e-324)),
        ("POSITIVE_INFINITY", Value::Number(f64::INFINITY)),
        ("NEGATIVE_INFINITY", Value::Number(f64::NEG_INFINITY)),
        ("NaN", Value::Number(f64::NAN)),
        ("isInteger", integer("isInteger", f64::INFINITY)),
        ("isSafeInteger", integer("isSafeInteger", max_safe)),
        ("MAX_SAFE_INTEGER", Value::Number(max_safe)),
        ("MIN_SAFE_INTEGER", Value::Number(-max_safe)),
        ("MAX_VALUE", Value::Number(f64::MAX)),
        ("EPSILON", Value::Number(f64::EPSILON)),
        ("parseFloat", parse_float()),
        ("parseInt", parse_int()),
    ];
    declare("Number", with_members(number, members));
    declare("parseFloat", parse_float());
    declare("parseInt", parse_int());
    declare("isNaN", is_nan());
    declare("isFinite", function("isFinite", |_, call| Ok(test(call, f64::is_finite))));
    declare("Boolean", function("Boolean", |_, call| Ok(call.arg(0).truthy().map_or(call.arg(0), Value::Bool))));
    declare(
        "BigInt",
        function("BigInt", |_, call| {
            Ok(match call.arg(0) {
                Value::Number(value) if value.trunc() == value => Value::bigint(value as i128),
                Value::String(text) => match text.trim().parse() {
                    Ok(value) => Value::bigint(value),
                    Err(_) => Value::opaque("a bigint of this text", call.span),
                },
                other => other,
            })
        }),
    );
}

fn test(call: &Call, test: fn(f64) -> bool) -> Value {
    to_number(&call.arg(0)).map_or_else(|| Value::opaque("this value as a number", call.span), |n| Value::Bool(test(n)))
}

fn numeric(value: &Value, call: &Call, map: impl Fn(f64) -> Option<f64>) -> Value {
    match to_number(value).and_then(map) {
        Some(number) => Value::Number(number),
        None => Value::opaque("this value as a number", call.span),
    }
}

fn text(call: &Call, parse: impl Fn(&str) -> f64) -> Value {
    match call.arg(0) {
        opaque @ Value::Opaque(_) => opaque,
        value => Value::Number(parse(primitive_to_text(&value).trim())),
    }
}

fn is_whole(value: &Value) -> bool {
    matches!(value, Value::Number(number) if number.trunc() == *number && number.abs() < 9_007_199_254_740_992.0)
}

/// A whole number's digits.
fn in_radix(value: &Value, radix: f64) -> String {
    let number = to_number(value).unwrap_or_default();
    let (mut rest, radix, mut digits) = (number.abs() as u64, radix as u64, Vec::new());
    loop {
        digits.extend(char::from_digit((rest % radix) as u32, radix as u32));
        rest /= radix;
        if rest == 0 {
            break;
        }
    }
    if number < 0.0 {
        digits.push('-');
    }
    digits.into_iter().rev().collect()
}

fn leading(text: &str, belongs: impl Fn(char) -> bool) -> &str {
    &text[..text.find(|c| !belongs(c)).unwrap_or(text.len())]
}

/// A property of a number, a bigint or a boolean.
pub(in super::super) fn get(value: &Value, key: &str) -> Value {
    if !matches!(key, "toString" | "valueOf" | "toFixed") {
        return Value::Undefined;
    }
    let (receiver, name) = (value.clone(), key.to_owned());
    Value::native(key, move |cx, call| cx.call_method(&receiver, &name, call.span, call))
}

/// A method of a number, a bigint or a boolean; `None` when they have none of that name.
pub(in super::super) fn call(value: &Value, name: &str, call: &Call) -> Option<Value> {
    Some(match (name, value) {
        ("valueOf", _) => value.clone(),
        ("toString", Value::Number(_)) if !call.arg(0).is_undefined() => match to_number(&call.arg(0)) {
            Some(10.0) => Value::string(primitive_to_text(value)),
            Some(radix) if (2.0..=36.0).contains(&radix) && is_whole(value) => Value::string(in_radix(value, radix)),
            _ => Value::opaque("a number in another radix", call.span),
        },
        ("toString" | "toLocaleString", _) => Value::string(primitive_to_text(value)),
        ("toFixed", Value::Number(number)) => {
            let digits = to_number(&call.arg(0)).filter(|digits| !digits.is_nan()).unwrap_or(0.0).clamp(0.0, 100.0);
            Value::string(format!("{number:.*}", digits as usize))
        }
        _ => return None,
    })
}
