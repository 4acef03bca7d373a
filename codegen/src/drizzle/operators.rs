//! `eq`, `and`, `inArray` and the other helpers that write conditions: drizzle-orm's `expressions`.

use std::rc::Rc;

use super::encode::bind;
use super::sql::{Chunk, Sql};
use crate::evaluate::{Call, Eval, Interpreter, Value, stringify};

/// Operators between two sides.
const BINARY: &[(&str, &str)] = &[
    ("eq", " = "),
    ("ne", " <> "),
    ("gt", " > "),
    ("gte", " >= "),
    ("lt", " < "),
    ("lte", " <= "),
    ("like", " like "),
    ("notLike", " not like "),
    ("ilike", " ilike "),
    ("notIlike", " not ilike "),
    ("arrayContains", " @> "),
    ("arrayContained", " <@ "),
    ("arrayOverlaps", " && "),
];

/// pgvector's distances, of which the right side may be an array of numbers.
const DISTANCES: &[(&str, &str)] = &[
    ("l2Distance", " <-> "),
    ("l1Distance", " <+> "),
    ("innerProduct", " <#> "),
    ("cosineDistance", " <=> "),
    ("hammingDistance", " <~> "),
    ("jaccardDistance", " <%> "),
];

/// Words after an operand.
const POSTFIX: &[(&str, &str)] =
    &[("isNull", " is null"), ("isNotNull", " is not null"), ("asc", " asc"), ("desc", " desc")];

/// Words before an operand.
const PREFIX: &[(&str, &str)] = &[("not", "not "), ("exists", "exists "), ("notExists", "not exists ")];

/// Functions over the rows of a group.
const AGGREGATES: &[(&str, &str)] = &[
    ("avg", "avg("),
    ("avgDistinct", "avg(distinct "),
    ("count", "count("),
    ("countDistinct", "count(distinct "),
    ("max", "max("),
    ("min", "min("),
    ("sum", "sum("),
    ("sumDistinct", "sum(distinct "),
];

/// All of them, by name.
pub(super) fn operators() -> Vec<(&'static str, Value)> {
    let mut functions = Vec::new();
    for (name, operator) in BINARY {
        let body = move |cx: &mut Interpreter<'_>, call: &Call| -> Eval<Value> {
            Ok(sql([arg(call, 0), text(operator), bound(cx, call, 1)?]))
        };
        functions.push((*name, Value::native(name, body)));
    }
    for (name, operator) in DISTANCES {
        functions.push((*name, Value::native(name, move |cx, call| distance(cx, call, operator))));
    }
    for (name, word) in POSTFIX {
        functions.push((*name, Value::native(name, |_, call| Ok(sql([arg(call, 0), text(word)])))));
    }
    for (name, word) in PREFIX {
        functions.push((*name, Value::native(name, |_, call| Ok(sql([text(word), arg(call, 0)])))));
    }
    for (name, word) in AGGREGATES {
        functions.push((*name, Value::native(name, |_, call| Ok(aggregate(call, word)))));
    }
    for (name, word) in [("and", " and "), ("or", " or ")] {
        functions.push((name, Value::native(name, move |_, call| Ok(combine(call, word)))));
    }
    for (name, word) in [("between", " between "), ("notBetween", " not between ")] {
        let body = move |cx: &mut Interpreter<'_>, call: &Call| -> Eval<Value> {
            Ok(sql([arg(call, 0), text(word), bound(cx, call, 1)?, text(" and "), bound(cx, call, 2)?]))
        };
        functions.push((name, Value::native(name, body)));
    }
    for (name, word, empty) in [("inArray", " in ", "false"), ("notInArray", " not in ", "true")] {
        let body = move |cx: &mut Interpreter<'_>, call: &Call| -> Eval<Value> {
            let Some(items) = call.arg(1).as_array() else {
                return Ok(sql([arg(call, 0), text(word), bound(cx, call, 1)?]));
            };
            if items.is_empty() {
                return Ok(sql([text(empty)]));
            }
            let span = call.arg_span(1);
            let bound: Eval<Vec<Value>> = items.iter().map(|item| bind(cx, item, &call.arg(0), span)).collect();
            Ok(sql([arg(call, 0), text(word), Chunk::Value(Value::array(bound?), span)]))
        };
        functions.push((name, Value::native(name, body)));
    }
    functions
}

/// `and` and `or`: conditions that are `undefined` do not count, one alone stands without parentheses.
fn combine(call: &Call, word: &str) -> Value {
    let conditions: Vec<Chunk> = call
        .args
        .iter()
        .filter(|arg| !arg.value.is_undefined())
        .map(|arg| Chunk::Value(arg.value.clone(), arg.span))
        .collect();
    match conditions.len() {
        0 => Value::Undefined,
        1 => Value::host(Sql::new(conditions)),
        _ => {
            let mut chunks = vec![text("(")];
            for (index, condition) in conditions.into_iter().enumerate() {
                if index > 0 {
                    chunks.push(text(word));
                }
                chunks.push(condition);
            }
            chunks.push(text(")"));
            Value::host(Sql::new(chunks))
        }
    }
}

/// `count()` counts rows, as `count(*)`.
fn aggregate(call: &Call, word: &str) -> Value {
    let of = if call.arg(0).is_nullish() { text("*") } else { arg(call, 0) };
    sql([text(word), of, text(")")])
}

/// An argument in the form of the column that is the first one.
fn bound(cx: &mut Interpreter<'_>, call: &Call, index: usize) -> Eval<Chunk> {
    let span = call.arg_span(index);
    Ok(Chunk::Value(bind(cx, &call.arg(index), &call.arg(0), span)?, span))
}

fn distance(cx: &mut Interpreter<'_>, call: &Call, operator: &str) -> Eval<Value> {
    let span = call.arg_span(1);
    let value = match call.arg(1) {
        value if value.as_array().is_some() => match stringify(cx, &value, span)? {
            Ok(json) => json.map_or(Value::Undefined, Value::string),
            Err(unknown) => unknown,
        },
        value => value,
    };
    Ok(sql([arg(call, 0), text(operator), Chunk::Value(value, span)]))
}

fn sql(chunks: impl IntoIterator<Item = Chunk>) -> Value {
    Value::host(Sql::new(chunks.into_iter().collect()))
}

fn text(text: &str) -> Chunk {
    Chunk::Text(Rc::from(text))
}

fn arg(call: &Call, index: usize) -> Chunk {
    Chunk::Value(call.arg(index), call.arg_span(index))
}
