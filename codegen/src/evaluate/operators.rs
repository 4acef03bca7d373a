//! Operators on values that are known.

use std::rc::Rc;

use swc_ecma_ast::{BinaryOp, UnaryOp};

use super::{Kind, Value, number_to_string};
use crate::source::Span;

/// The most elements of an array. No schema comes near; a loop that doubles an array would fill the memory.
pub(super) const MAX_ITEMS: usize = 1_000_000;

/// The most bytes of a string, likewise.
pub(super) const MAX_TEXT: usize = 16 << 20;

/// A string, unless it is too long to be meant.
pub(super) fn text(text: String, span: Span) -> Value {
    if text.len() > MAX_TEXT { too_long(span) } else { Value::string(text) }
}

/// Stands in for what is too long.
pub(super) fn too_long(span: Span) -> Value {
    Value::opaque("a string or an array that is too long to be meant", span)
}

/// A value as a property's name; `None` when it is not known or has no sensible one.
pub(super) fn property_key(value: &Value) -> Option<Rc<str>> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Object(object) => match &object.kind {
            Kind::Symbol(symbol) => Some(symbol.key.clone()),
            _ => None,
        },
        Value::Opaque(_) => None,
        other => Some(Rc::from(primitive_to_text(other))),
    }
}

/// ToString of anything but objects and unknown values, which give an empty text.
pub(super) fn primitive_to_text(value: &Value) -> String {
    match value {
        Value::Undefined => "undefined".to_owned(),
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => number_to_string(*value),
        Value::BigInt(value) => value.to_string(),
        Value::String(text) => text.to_string(),
        Value::Object(_) | Value::Opaque(_) => String::new(),
    }
}

/// True when `+` means concatenation.
pub(super) fn concatenates(left: &Value, right: &Value) -> bool {
    let text = |value: &Value| matches!(value, Value::String(_) | Value::Object(_));
    text(left) || text(right)
}

/// JavaScript's ToNumber; `None` for objects and unknown values.
pub(super) fn to_number(value: &Value) -> Option<f64> {
    Some(match value {
        Value::Undefined => f64::NAN,
        Value::Null => 0.0,
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::Number(value) => *value,
        Value::BigInt(value) => **value as f64,
        Value::String(text) => text_to_number(text),
        Value::Object(_) | Value::Opaque(_) => return None,
    })
}

fn text_to_number(text: &str) -> f64 {
    let text = text.trim();
    let radix = |digits: &str, radix| i64::from_str_radix(digits, radix).map_or(f64::NAN, |value| value as f64);
    match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        _ if text.is_empty() => 0.0,
        Some("0x") => radix(&text[2..], 16),
        Some("0o") => radix(&text[2..], 8),
        Some("0b") => radix(&text[2..], 2),
        _ => match text {
            "Infinity" | "+Infinity" => f64::INFINITY,
            "-Infinity" => f64::NEG_INFINITY,
            // Rust reads `inf` and `nan`, which JavaScript does not.
            _ if text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) => {
                text.parse().unwrap_or(f64::NAN)
            }
            _ => f64::NAN,
        },
    }
}

/// A binary operator that is neither logical nor concatenation.
pub(super) fn binary(op: BinaryOp, left: &Value, right: &Value, span: Span) -> Value {
    match op {
        BinaryOp::EqEqEq => return equality(left.strict_equals(right), span),
        BinaryOp::NotEqEq => return equality(left.strict_equals(right).map(|equal| !equal), span),
        BinaryOp::EqEq => return equality(loose_equals(left, right), span),
        BinaryOp::NotEq => return equality(loose_equals(left, right).map(|equal| !equal), span),
        BinaryOp::Lt | BinaryOp::LtEq | BinaryOp::Gt | BinaryOp::GtEq => {
            return compare(op, left, right).map_or_else(|| unknown(span), Value::Bool);
        }
        _ => {}
    }
    if let (Value::BigInt(left), Value::BigInt(right)) = (left, right) {
        return bigint(op, **left, **right).map_or_else(|| unknown(span), Value::bigint);
    }
    let (Some(left), Some(right)) = (to_number(left), to_number(right)) else { return unknown(span) };
    Value::Number(match op {
        BinaryOp::Add => left + right,
        BinaryOp::Sub => left - right,
        BinaryOp::Mul => left * right,
        BinaryOp::Div => left / right,
        BinaryOp::Mod => left % right,
        BinaryOp::Exp => left.powf(right),
        BinaryOp::BitAnd => f64::from(to_int32(left) & to_int32(right)),
        BinaryOp::BitOr => f64::from(to_int32(left) | to_int32(right)),
        BinaryOp::BitXor => f64::from(to_int32(left) ^ to_int32(right)),
        BinaryOp::LShift => f64::from(to_int32(left).wrapping_shl(to_int32(right) as u32 & 31)),
        BinaryOp::RShift => f64::from(to_int32(left) >> (to_int32(right) as u32 & 31)),
        BinaryOp::ZeroFillRShift => f64::from(to_int32(left) as u32 >> (to_int32(right) as u32 & 31)),
        _ => return unknown(span),
    })
}

fn unknown(span: Span) -> Value {
    Value::opaque("the result of this operation", span)
}

fn equality(equal: Option<bool>, span: Span) -> Value {
    equal.map_or_else(|| unknown(span), Value::Bool)
}

fn loose_equals(left: &Value, right: &Value) -> Option<bool> {
    if left.is_nullish() || right.is_nullish() {
        return Some(left.is_nullish() && right.is_nullish());
    }
    match (left, right) {
        (Value::Number(_) | Value::Bool(_), Value::String(_) | Value::Number(_) | Value::Bool(_))
        | (Value::String(_), Value::Number(_) | Value::Bool(_)) => Some(to_number(left)? == to_number(right)?),
        _ => left.strict_equals(right),
    }
}

fn compare(op: BinaryOp, left: &Value, right: &Value) -> Option<bool> {
    let ordering = match (left, right) {
        // JavaScript compares UTF-16 units, which differs from bytes beyond the basic plane only.
        (Value::String(left), Value::String(right)) => Some(left.encode_utf16().cmp(right.encode_utf16())),
        _ => to_number(left)?.partial_cmp(&to_number(right)?),
    };
    let Some(ordering) = ordering else { return Some(false) };
    Some(match op {
        BinaryOp::Lt => ordering.is_lt(),
        BinaryOp::LtEq => ordering.is_le(),
        BinaryOp::Gt => ordering.is_gt(),
        _ => ordering.is_ge(),
    })
}

fn bigint(op: BinaryOp, left: i128, right: i128) -> Option<i128> {
    match op {
        BinaryOp::Add => left.checked_add(right),
        BinaryOp::Sub => left.checked_sub(right),
        BinaryOp::Mul => left.checked_mul(right),
        BinaryOp::Div => left.checked_div(right),
        BinaryOp::Mod => left.checked_rem(right),
        BinaryOp::Exp => left.checked_pow(right.try_into().ok()?),
        _ => None,
    }
}

/// JavaScript's ToInt32: modulo 2^32.
fn to_int32(value: f64) -> i32 {
    if !value.is_finite() {
        return 0;
    }
    value.trunc().rem_euclid(4_294_967_296.0) as u32 as i32
}

/// A unary operator other than `delete`.
pub(super) fn unary(op: UnaryOp, value: &Value, span: Span) -> Value {
    if matches!(value, Value::Opaque(_)) {
        return if op == UnaryOp::Void { Value::Undefined } else { value.clone() };
    }
    match op {
        UnaryOp::Void => Value::Undefined,
        UnaryOp::TypeOf => value.type_of().map_or_else(|| unknown(span), Value::from),
        UnaryOp::Bang => value.truthy().map_or_else(|| unknown(span), |truthy| Value::Bool(!truthy)),
        UnaryOp::Minus => match value {
            Value::BigInt(value) => value.checked_neg().map_or_else(|| unknown(span), Value::bigint),
            _ => to_number(value).map_or_else(|| unknown(span), |value| Value::Number(-value)),
        },
        UnaryOp::Plus => to_number(value).map_or_else(|| unknown(span), Value::Number),
        UnaryOp::Tilde => to_number(value).map_or_else(|| unknown(span), |v| Value::Number(f64::from(!to_int32(v)))),
        UnaryOp::Delete => Value::Bool(true),
    }
}
