//! `union`, `intersect`, `except` and their `all` forms, as functions over queries and as methods of queries.

use super::column::column_of;
use super::known;
use super::query::{CLAUSES, Query, list, text};
use super::sql::{Chunk, Sql};
use crate::evaluate::{Call, Eval, Interpreter, Object, Value};
use crate::source::Span;

/// The functions with the words that they write.
pub(super) const SET_OPERATIONS: &[(&str, &str)] = &[
    ("union", "union "),
    ("unionAll", "union all "),
    ("intersect", "intersect "),
    ("intersectAll", "intersect all "),
    ("except", "except "),
    ("exceptAll", "except all "),
];

/// A query that is put beside another, and what is said of both.
#[derive(Debug, Clone)]
pub(super) struct SetOperation {
    word: &'static str,
    right: Value,
    span: Span,
    /// `orderBy`, `limit` and `offset` after the operation, in the places that they have among [`CLAUSES`].
    pub(super) clauses: [Option<Vec<Chunk>>; CLAUSES.len()],
}

/// `union(left, right, …)`
pub(super) fn combine(cx: &mut Interpreter<'_>, call: &Call, word: &'static str) -> Eval<Value> {
    let left = call.arg(0);
    let Some(query) = left.as_host::<Query>() else {
        return Err(known::mismatch(&left, call.arg_span(0), WHAT, "a query").into());
    };
    for arg in call.args.iter().skip(1) {
        query.combine(operation(cx, &arg.value, arg.span, word)?);
    }
    Ok(left)
}

/// `left.union(right)`, where a function is given the operations.
pub(super) fn operation(cx: &mut Interpreter<'_>, right: &Value, span: Span, word: &'static str) -> Eval<SetOperation> {
    let mut right = right.clone();
    if right.is_callable() {
        let functions = Object::plain();
        for (name, function) in functions_by_name() {
            functions.set(name, function);
        }
        right = cx.call(&right, &Call::with([Value::Object(functions)], span))?;
    }
    if right.as_host::<Query>().is_none() {
        return Err(known::mismatch(&right, span, WHAT, "a query").into());
    }
    Ok(SetOperation { word, right, span, clauses: Default::default() })
}

pub(super) fn functions_by_name() -> impl Iterator<Item = (&'static str, Value)> {
    SET_OPERATIONS.iter().map(|(name, word)| (*name, Value::native(name, |cx, call| combine(cx, call, word))))
}

const WHAT: &str = "what a set operation combines";

impl SetOperation {
    /// `(left) union (right)` with its clauses.
    pub(super) fn sql(&self, cx: &mut Interpreter<'_>, left: Sql) -> Eval<Sql> {
        let Some(right) = self.right.as_host::<Query>() else { return Ok(left) };
        let right = Value::host(right.sql(cx)?);
        let mut chunks = vec![text("("), Chunk::Value(Value::host(left), self.span), text(") "), text(self.word)];
        chunks.extend([text("("), Chunk::Value(right, self.span), text(")")]);
        for ((name, word), clause) in CLAUSES.iter().zip(&self.clauses) {
            if let Some(clause) = clause {
                chunks.push(text(word));
                chunks.extend(clause.iter().cloned());
                // A trailing space of drizzle-orm's own.
                if *name == "orderBy" {
                    chunks.push(text(" "));
                }
            }
        }
        Ok(Sql::new(chunks))
    }
}

/// What both queries are sorted by: columns stand without their tables, as the result has no table.
pub(super) fn order_by(values: Vec<(Value, Span)>) -> Vec<Chunk> {
    let bare = |(value, span): (Value, Span)| {
        if let Some(column) = column_of(&value) {
            let name = Sql::new(vec![Chunk::Identifier(column.config.name.clone())]);
            return (Value::host(name), span);
        }
        match value.as_host::<Sql>() {
            Some(sql) => (Value::host(sql.without_table()), span),
            None => (value, span),
        }
    };
    list(values.into_iter().map(bare).collect())
}
