//! Arrays.

use std::cell::RefCell;

use super::super::iterator::Remaining;
use super::super::operators::{MAX_ITEMS, property_key, text, to_number, too_long};
use super::super::symbol::ITERATOR;
use super::super::{Call, Eval, Interpreter, Kind, Obj, Value};
use super::{function, with_members};
use crate::diagnostic::Diagnostic;

pub(super) const METHODS: &[&str] = &[
    "at",
    "concat",
    "copyWithin",
    "every",
    "fill",
    "filter",
    "find",
    "findIndex",
    "findLast",
    "findLastIndex",
    "flat",
    "flatMap",
    "forEach",
    "includes",
    "indexOf",
    "join",
    "keys",
    "lastIndexOf",
    "map",
    "pop",
    "push",
    "reduce",
    "reduceRight",
    "reverse",
    "shift",
    "slice",
    "some",
    "sort",
    "splice",
    "toSorted",
    "toSpliced",
    "with",
    "toReversed",
    "unshift",
    "values",
    "entries",
];

pub(super) fn declare(declare: &mut dyn FnMut(&str, Value)) {
    let array = function("Array", |_, call| {
        Ok(match (call.args.len(), call.arg(0)) {
            (1, Value::Number(length)) => {
                Value::array(vec![Value::Undefined; (length.max(0.0) as usize).min(MAX_ITEMS)])
            }
            _ => Value::array(call.values()),
        })
    });
    let members = [
        (
            "isArray",
            function("isArray", |_, call| {
                Ok(match call.arg(0) {
                    opaque @ Value::Opaque(_) => opaque,
                    value => Value::Bool(value.as_array().is_some()),
                })
            }),
        ),
        ("of", function("of", |_, call| Ok(Value::array(call.values())))),
        ("from", function("from", from)),
    ];
    declare("Array", with_members(array, members));
}

/// Writes an element, growing the array as JavaScript does.
pub(in super::super) fn set_index(items: &mut Vec<Value>, index: usize, value: Value) {
    if index < MAX_ITEMS {
        if index >= items.len() {
            items.resize(index + 1, Value::Undefined);
        }
        items[index] = value;
    }
}

fn from(cx: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    let source = call.arg(0);
    let items = match &source {
        Value::Object(object) if matches!(object.kind, Kind::Plain) && object.find(ITERATOR).is_none() => {
            let length = cx.get(&source, "length", call.arg_span(0))?;
            let length = to_number(&length).filter(|length| length.is_finite()).unwrap_or(0.0);
            vec![Value::Undefined; (length.max(0.0) as usize).min(MAX_ITEMS)]
        }
        _ => match cx.iterate(&source, call.arg_span(0))? {
            Some(items) => items,
            None => return Ok(source),
        },
    };
    let mapper = call.arg(1);
    if !mapper.is_callable() {
        return Ok(Value::array(items));
    }
    let mut mapped = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        mapped.push(cx.call(&mapper, &Call::with([item, Value::Number(index as f64)], call.span))?);
    }
    Ok(Value::array(mapped))
}

/// The methods that loops build and empty arrays with: none may take longer the longer the array is.
fn at_the_end(cell: &RefCell<Vec<Value>>, name: &str, call: &Call) -> Option<Value> {
    let length = cell.borrow().len();
    match name {
        "push" if length + added(call) > MAX_ITEMS => Some(too_long(call.span)),
        "push" => {
            // An array may be pushed into itself.
            let values = call.values();
            let length = length + values.len();
            cell.borrow_mut().extend(values);
            Some(Value::Number(length as f64))
        }
        "pop" => Some(cell.borrow_mut().pop().unwrap_or(Value::Undefined)),
        _ => None,
    }
}

/// A method of an array; `None` when arrays have none of that name.
pub(super) fn call(
    cx: &mut Interpreter<'_>,
    target: &Obj,
    cell: &RefCell<Vec<Value>>,
    name: &str,
    call: &Call,
) -> Eval<Option<Value>> {
    let this = || Value::Object(target.clone());
    let changes =
        matches!(name, "push" | "pop" | "shift" | "unshift" | "splice" | "reverse" | "sort" | "fill" | "copyWithin");
    if changes && target.is_frozen() {
        return Ok(Some(Value::Undefined));
    }
    if let Some(value) = at_the_end(cell, name, call) {
        return Ok(Some(value));
    }
    // Callbacks may change the array: they see a copy, as far as schemas can tell JavaScript's own order of things.
    let items = cell.borrow().clone();
    let value = match name {
        "unshift" | "concat" if items.len() + added(call) > MAX_ITEMS => too_long(call.span),
        "shift" if items.is_empty() => Value::Undefined,
        "shift" => cell.borrow_mut().remove(0),
        "unshift" => {
            cell.borrow_mut().splice(0..0, call.values());
            Value::Number((items.len() + call.args.len()) as f64)
        }
        "splice" | "toSpliced" => {
            let start = relative(&call.arg(0), items.len(), 0);
            let count = match call.args.len() {
                0 | 1 => items.len() - start,
                _ => (to_number(&call.arg(1)).unwrap_or(0.0).max(0.0) as usize).min(items.len() - start),
            };
            let inserted = call.values().into_iter().skip(2).collect::<Vec<_>>();
            if name == "toSpliced" {
                let mut copy = items;
                copy.splice(start..start + count, inserted);
                return Ok(Some(Value::array(copy)));
            }
            let removed = cell.borrow_mut().splice(start..start + count, inserted).collect();
            Value::array(removed)
        }
        "slice" => {
            let start = relative(&call.arg(0), items.len(), 0);
            let end = relative(&call.arg(1), items.len(), items.len());
            Value::array(items.get(start..end.max(start)).unwrap_or_default().to_vec())
        }
        "concat" => {
            let mut joined = items;
            for value in call.values() {
                match value.as_array() {
                    Some(more) => joined.extend(more),
                    None => joined.push(value),
                }
            }
            Value::array(joined)
        }
        "at" => {
            let index = to_number(&call.arg(0)).unwrap_or(0.0);
            let index = if index < 0.0 { index + items.len() as f64 } else { index };
            if index < 0.0 { Value::Undefined } else { items.get(index as usize).cloned().unwrap_or(Value::Undefined) }
        }
        "join" => {
            let separator = call.arg(0);
            let separator = separator.as_str().unwrap_or(",");
            let mut texts = Vec::with_capacity(items.len());
            for item in &items {
                if item.is_nullish() {
                    texts.push(String::new());
                    continue;
                }
                match cx.to_text(item, call.span)? {
                    Ok(text) => texts.push(text),
                    Err(opaque) => return Ok(Some(opaque)),
                }
            }
            text(texts.join(separator), call.span)
        }
        "with" => {
            let index = to_number(&call.arg(0)).unwrap_or(0.0);
            let index = if index < 0.0 { index + items.len() as f64 } else { index };
            let mut copy = items;
            match copy.get_mut(index as usize).filter(|_| index >= 0.0) {
                Some(item) => *item = call.arg(1),
                None => return Ok(Some(Value::opaque("an index outside of the array", call.span))),
            }
            Value::array(copy)
        }
        "copyWithin" => {
            let (target, start) = (relative(&call.arg(0), items.len(), 0), relative(&call.arg(1), items.len(), 0));
            let end = relative(&call.arg(2), items.len(), items.len());
            let copied = items.get(start..end.max(start)).unwrap_or_default();
            for (item, place) in copied.iter().zip(cell.borrow_mut().iter_mut().skip(target)) {
                *place = item.clone();
            }
            this()
        }
        "includes" | "indexOf" | "lastIndexOf" => {
            let mut position = None;
            let from_end = name == "lastIndexOf";
            for step in 0..items.len() {
                let index = if from_end { items.len() - 1 - step } else { step };
                let item = &items[index];
                match item.strict_equals(&call.arg(0)) {
                    Some(true) => {
                        position = Some(index);
                        break;
                    }
                    Some(false) => {}
                    None => return Ok(Some(Value::opaque("a search among values that are not known", call.span))),
                }
            }
            match name {
                "includes" => Value::Bool(position.is_some()),
                _ => Value::Number(position.map_or(-1.0, |index| index as f64)),
            }
        }
        "reverse" | "toReversed" => {
            let reversed: Vec<Value> = items.into_iter().rev().collect();
            return Ok(Some(in_place(name == "reverse", cell, this(), reversed)));
        }
        "sort" | "toSorted" => {
            let sorted = sort(cx, items, call)?;
            return Ok(Some(in_place(name == "sort", cell, this(), sorted)));
        }
        "fill" => {
            let (start, end) =
                (relative(&call.arg(1), items.len(), 0), relative(&call.arg(2), items.len(), items.len()));
            let mut cells = cell.borrow_mut();
            cells.iter_mut().take(end).skip(start).for_each(|item| *item = call.arg(0));
            drop(cells);
            this()
        }
        "flat" => {
            let depth = to_number(&call.arg(0)).filter(|depth| !depth.is_nan()).unwrap_or(1.0);
            let mut flat = Vec::new();
            flatten(cx, &items, depth, call, &mut flat)?;
            Value::array(flat)
        }
        "keys" => Remaining::of((0..items.len()).map(|index| Value::Number(index as f64)).collect()),
        ITERATOR | "values" => Remaining::of(items),
        "entries" => {
            let pairs = items.into_iter().enumerate();
            Remaining::of(pairs.map(|(index, item)| Value::array(vec![Value::Number(index as f64), item])).collect())
        }
        "reduce" | "reduceRight" => {
            let mut rest: Vec<(usize, Value)> = items.into_iter().enumerate().collect();
            if name == "reduceRight" {
                rest.reverse();
            }
            let mut rest = rest.into_iter();
            let mut total = match call.args.len() {
                0 | 1 => match rest.next() {
                    Some((_, first)) => first,
                    None => {
                        let message = "`reduce` of an empty array without a first value";
                        return Err(Diagnostic::error("E0306", message).at(call.span, "this throws").into());
                    }
                },
                _ => call.arg(1),
            };
            for (index, item) in rest {
                let args = [total, item, Value::Number(index as f64), this()];
                total = cx.call(&call.arg(0), &Call::with(args, call.span))?;
            }
            total
        }
        "findLast" | "findLastIndex" => {
            for (index, item) in items.into_iter().enumerate().rev() {
                let args = [item.clone(), Value::Number(index as f64), this()];
                let result = cx.call(&call.arg(0), &Call::with(args, call.span))?;
                match result.truthy() {
                    Some(true) if name == "findLast" => return Ok(Some(item)),
                    Some(true) => return Ok(Some(Value::Number(index as f64))),
                    Some(false) => {}
                    None => return Ok(Some(result)),
                }
            }
            if name == "findLast" { Value::Undefined } else { Value::Number(-1.0) }
        }
        "map" | "forEach" | "filter" | "find" | "findIndex" | "some" | "every" | "flatMap" => {
            return each(cx, &this(), items, name, call).map(Some);
        }
        _ => return Ok(None),
    };
    Ok(Some(value))
}

/// The methods that call a function with each element.
fn each(cx: &mut Interpreter<'_>, this: &Value, items: Vec<Value>, name: &str, call: &Call) -> Eval<Value> {
    let mut results = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        let args = [item.clone(), Value::Number(index as f64), this.clone()];
        let result = cx.call(&call.arg(0), &Call::with(args, call.span))?;
        match name {
            "map" => results.push(result),
            "flatMap" => match result.as_array() {
                Some(more) => results.extend(more),
                None => results.push(result),
            },
            "forEach" => {}
            _ => {
                let Some(truthy) = result.truthy() else { return Ok(result) };
                match name {
                    "filter" if truthy => results.push(item),
                    "find" if truthy => return Ok(item),
                    "findIndex" if truthy => return Ok(Value::Number(index as f64)),
                    "some" if truthy => return Ok(Value::Bool(true)),
                    "every" if !truthy => return Ok(Value::Bool(false)),
                    _ => {}
                }
            }
        }
    }
    Ok(match name {
        "forEach" | "find" => Value::Undefined,
        "findIndex" => Value::Number(-1.0),
        "some" => Value::Bool(false),
        "every" => Value::Bool(true),
        _ => Value::array(results),
    })
}

fn in_place(changes: bool, cell: &RefCell<Vec<Value>>, this: Value, items: Vec<Value>) -> Value {
    if !changes {
        return Value::array(items);
    }
    *cell.borrow_mut() = items;
    this
}

/// A merge sort, since the comparison may fail.
fn sort(cx: &mut Interpreter<'_>, mut items: Vec<Value>, call: &Call) -> Eval<Vec<Value>> {
    if items.len() < 2 {
        return Ok(items);
    }
    let right = sort(cx, items.split_off(items.len() / 2), call)?;
    let left = sort(cx, items, call)?;
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut merged = Vec::new();
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let takes_right = if call.arg(0).is_callable() {
            let order = cx.call(&call.arg(0), &Call::with([a.clone(), b.clone()], call.span))?;
            to_number(&order).is_some_and(|order| order > 0.0)
        } else {
            let (a, b) = (property_key(a).unwrap_or_default(), property_key(b).unwrap_or_default());
            a.encode_utf16().gt(b.encode_utf16())
        };
        merged.extend(if takes_right { right.next() } else { left.next() });
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}

/// How many elements a call adds at most.
fn added(call: &Call) -> usize {
    call.args.iter().map(|arg| arg.value.as_array().map_or(1, |items| items.len())).sum()
}

fn flatten(cx: &mut Interpreter<'_>, items: &[Value], depth: f64, call: &Call, flat: &mut Vec<Value>) -> Eval<()> {
    for item in items {
        cx.step(|| call.span)?;
        match item.as_array() {
            Some(inner) if depth >= 1.0 => cx.nested(call.span, |cx| flatten(cx, &inner, depth - 1.0, call, flat))?,
            _ => flat.push(item.clone()),
        }
    }
    Ok(())
}

/// A position that counts from the end when negative.
pub(super) fn relative(value: &Value, length: usize, absent: usize) -> usize {
    if value.is_undefined() {
        return absent;
    }
    let position = to_number(value).unwrap_or(0.0);
    let position = if position < 0.0 { position + length as f64 } else { position };
    (position.max(0.0) as usize).min(length)
}
