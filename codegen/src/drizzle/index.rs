//! `index` and `uniqueIndex`

use std::cell::RefCell;

use super::column::{ExtraColumn, IndexOptions};
use super::known;
use crate::evaluate::{Arg, Call, Eval, Host, Interpreter, Obj, Value};
use crate::source::Span;

/// `index(name)` before `.on(…)`.
#[derive(Debug)]
pub(super) struct IndexOn {
    name: Option<String>,
    unique: bool,
}

/// An index.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) name: Option<String>,
    pub(super) unique: bool,
    pub(super) method: String,
    /// Columns with how they are taken, and expressions, each with its place.
    pub(super) columns: Vec<(Value, IndexOptions, Span)>,
    pub(super) options: RefCell<Options>,
    pub(super) span: Span,
}

/// What is said after `.on(…)`.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) predicate: Option<(Value, Span)>,
    pub(super) concurrently: bool,
    pub(super) with: Option<(Value, Span)>,
}

pub(super) fn index(call: &Call, unique: bool) -> Eval<Value> {
    Ok(Value::host(IndexOn { name: known::optional_string(call, 0, "the name of an index")?, unique }))
}

impl Host for IndexOn {
    fn describe(&self) -> String {
        "`index(…)` without `.on(…)`".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["on", "onOnly", "using"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, _: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        let (method, columns) = match name {
            "on" | "onOnly" => ("btree".to_owned(), &call.args[..]),
            "using" => (known::string(call, 0, "the method of an index")?, &call.args[1..]),
            _ => return Ok(None),
        };
        // As in drizzle-orm, taking a column resets what `.desc()` and the others had set on it.
        let take = |arg: &Arg| {
            let options = arg.value.as_host::<ExtraColumn>().map(|extra| extra.index.take());
            (arg.value.clone(), options.unwrap_or_default(), arg.span)
        };
        Ok(Some(Value::host(Index {
            name: self.name.clone(),
            unique: self.unique,
            method,
            columns: columns.iter().map(take).collect(),
            options: RefCell::default(),
            span: call.span,
        })))
    }
}

impl Host for Index {
    fn describe(&self) -> String {
        "a Drizzle index".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["concurrently", "where", "with"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, this: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        let mut options = self.options.borrow_mut();
        match name {
            "where" => options.predicate = Some((call.arg(0), call.arg_span(0))),
            "concurrently" => options.concurrently = true,
            "with" => options.with = Some((call.arg(0), call.arg_span(0))),
            _ => return Ok(None),
        }
        Ok(Some(Value::Object(this.clone())))
    }
}
