//! `primaryKey`, `unique`, `foreignKey` and `check` of the extra configuration.

use std::cell::RefCell;

use super::column::Flag;
use super::known;
use crate::evaluate::{Call, Eval, Host, Interpreter, Obj, Value};
use crate::source::Span;

/// `primaryKey({ name, columns })`, or the older `primaryKey(column, …)`.
#[derive(Debug)]
pub(super) struct PrimaryKey {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<Value>,
    pub(super) span: Span,
}

pub(super) fn primary_key(cx: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    let config = call.arg(0);
    let columns = match &config {
        Value::Object(object) if super::column::column_of(&config).is_none() && object.find("columns").is_some() => {
            cx.get(&config, "columns", call.arg_span(0))?
        }
        _ => return Ok(Value::host(PrimaryKey { name: None, columns: call.values(), span: call.span })),
    };
    let name = name_of(cx, &config, call, "the name of a primary key")?;
    let columns = list(cx, &columns, call, "the columns of a primary key")?;
    Ok(Value::host(PrimaryKey { name, columns, span: call.span }))
}

impl Host for PrimaryKey {
    fn describe(&self) -> String {
        "a Drizzle primary key".to_owned()
    }
}

/// `unique(name).on(…)`
#[derive(Debug)]
pub(super) struct Unique {
    pub(super) name: Option<String>,
    pub(super) columns: Vec<Value>,
    pub(super) nulls_not_distinct: Flag,
    pub(super) span: Span,
}

/// `unique(name)` before `.on(…)`.
#[derive(Debug)]
pub(super) struct UniqueOn {
    name: Option<String>,
}

pub(super) fn unique(_: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    Ok(Value::host(UniqueOn { name: known::optional_string(call, 0, "the name of a unique constraint")? }))
}

impl Host for UniqueOn {
    fn describe(&self) -> String {
        "`unique(…)` without `.on(…)`".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["on"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, _: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        Ok((name == "on").then(|| {
            let (name, columns) = (self.name.clone(), call.values());
            Value::host(Unique { name, columns, nulls_not_distinct: Flag::default(), span: call.span })
        }))
    }
}

impl Host for Unique {
    fn describe(&self) -> String {
        "a Drizzle unique constraint".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["nullsNotDistinct"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, this: &Obj, name: &str, _: &Call) -> Eval<Option<Value>> {
        if name != "nullsNotDistinct" {
            return Ok(None);
        }
        self.nulls_not_distinct.raise();
        Ok(Some(Value::Object(this.clone())))
    }
}

/// `foreignKey({ name, columns, foreignColumns })`
#[derive(Debug)]
pub(super) struct ForeignKey {
    pub(super) config: Value,
    pub(super) on_delete: RefCell<String>,
    pub(super) on_update: RefCell<String>,
    pub(super) span: Span,
}

pub(super) fn foreign_key(_: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    let action = || RefCell::new("no action".to_owned());
    Ok(Value::host(ForeignKey { config: call.arg(0), on_delete: action(), on_update: action(), span: call.span }))
}

impl Host for ForeignKey {
    fn describe(&self) -> String {
        "a Drizzle foreign key".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["onDelete", "onUpdate"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, this: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        let action = match name {
            "onDelete" => &self.on_delete,
            "onUpdate" => &self.on_update,
            _ => return Ok(None),
        };
        let given = known::optional_string(call, 0, "the action of a foreign key")?;
        *action.borrow_mut() = given.unwrap_or_else(|| "no action".to_owned());
        Ok(Some(Value::Object(this.clone())))
    }
}

/// `check(name, condition)`
#[derive(Debug)]
pub(super) struct Check {
    pub(super) name: String,
    pub(super) condition: Value,
    pub(super) span: Span,
}

pub(super) fn check(_: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    let name = known::string(call, 0, "the name of a check")?;
    Ok(Value::host(Check { name, condition: call.arg(1), span: call.arg_span(1) }))
}

impl Host for Check {
    fn describe(&self) -> String {
        "a Drizzle check".to_owned()
    }
}

/// The `name` of a configuration object.
pub(super) fn name_of(cx: &mut Interpreter<'_>, config: &Value, call: &Call, what: &str) -> Eval<Option<String>> {
    match cx.get(config, "name", call.arg_span(0))? {
        Value::Undefined => Ok(None),
        Value::String(name) => Ok(Some(name.to_string())),
        other => Err(known::mismatch(&other, call.arg_span(0), what, "a string").into()),
    }
}

/// An array's elements, which must be known.
pub(super) fn list(cx: &mut Interpreter<'_>, value: &Value, call: &Call, what: &str) -> Eval<Vec<Value>> {
    match cx.iterate(value, call.arg_span(0))? {
        Some(items) => Ok(items),
        None => Err(known::mismatch(value, call.arg_span(0), what, "an array").into()),
    }
}
