//! `pgEnum`

use std::rc::Rc;

use super::column::{ColumnBase, ColumnBuilder};
use super::known;
use super::types::{SqlType, TypeInfo};
use crate::evaluate::{Call, Eval, Host, Interpreter, Obj, Value};
use crate::schema::DataType;
use crate::source::Span;

/// An enum type, which is also the function of its columns.
#[derive(Debug)]
pub(super) struct PgEnum {
    pub(super) schema: Option<String>,
    pub(super) name: String,
    pub(super) values: Vec<String>,
    from_object: bool,
    pub(super) span: Span,
}

/// `pgEnum(name, labels)`; the labels may be the values of an object.
pub(super) fn pg_enum(cx: &mut Interpreter<'_>, call: &Call, schema: Option<String>) -> Eval<Value> {
    let name = known::string(call, 0, "the name of an enum")?;
    let what = format!("the labels of enum `{name}`");
    let labels = call.arg(1);
    let items = match (&labels, labels.as_array()) {
        (_, Some(items)) => items,
        (Value::Object(_), None) => {
            cx.entries(&labels, call.arg_span(1))?.into_iter().map(|(_, value, _)| value).collect()
        }
        _ => return Err(known::mismatch(&labels, call.arg_span(1), &what, "an array of strings").into()),
    };
    let mut values = Vec::with_capacity(items.len());
    for item in &items {
        match item.as_str() {
            Some(label) => values.push(label.to_owned()),
            None => return Err(known::mismatch(item, call.arg_span(1), &what, "strings").into()),
        }
    }
    let from_object = labels.as_array().is_none();
    Ok(Value::host(PgEnum { schema, name, values, from_object, span: call.span }))
}

impl Host for PgEnum {
    fn describe(&self) -> String {
        format!("the Drizzle enum `{}`", self.name)
    }

    fn get(&self, _: &mut Interpreter<'_>, _: &Obj, key: &str, _: Span) -> Eval<Option<Value>> {
        Ok(match key {
            "enumName" => Some(Value::string(&self.name)),
            "enumValues" => Some(Value::array(self.values.iter().map(Value::string).collect())),
            "schema" => Some(self.schema.as_ref().map_or(Value::Undefined, Value::string)),
            _ => None,
        })
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call(&self, _: &mut Interpreter<'_>, _: &Obj, call: &Call) -> Eval<Value> {
        let name = known::optional_text(call, 0, "the name of a column")?.unwrap_or_default();
        let data_type = DataType::Enum {
            schema: self.schema.clone(),
            name: self.name.clone(),
            values: self.values.clone(),
            from_object: self.from_object,
        };
        let sql_type = Rc::new(SqlType { data_type, name: self.name.clone() });
        let info = TypeInfo { sql_type, mode: None, text_enum: None, not_null: false };
        Ok(Value::host(ColumnBuilder::new(name, ColumnBase::Known(Rc::new(info)), call.span)))
    }
}
