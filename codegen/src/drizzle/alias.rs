//! `alias(table, name)`: a table or a view under another name in a query.

use std::rc::Rc;

use super::column::{TableName, column_of};
use super::known;
use super::table::Table;
use super::view::{View, column_in};
use crate::evaluate::{Call, Eval, Interpreter, Kind, Object, Slot, Value};

/// What a query is told by `from "table" "name"`, and its columns by `"name"."column"`.
pub(super) fn alias(cx: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    let given = call.arg(0);
    let name = Rc::new(TableName { schema: None, name: known::string(call, 1, "an alias")? });
    let kind = if let Some(table) = given.as_host::<Table>() {
        Kind::Host(Box::new(table.under(name.clone())))
    } else if let Some(view) = given.as_host::<View>() {
        Kind::Host(Box::new(view.under(name.clone())))
    } else {
        return Err(known::mismatch(&given, call.arg_span(0), "what an alias stands for", "a table or a view").into());
    };
    let object = Object::new(kind);
    for (key, value, span) in cx.entries(&given, call.arg_span(0))? {
        let value = column_of(&value).map_or(value, |column| column_in(&column, &name));
        object.define(key, Slot::Value(value), span);
    }
    Ok(Value::Object(object))
}
