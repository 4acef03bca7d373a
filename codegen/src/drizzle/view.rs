//! `pgView` and `pgMaterializedView`.

use std::cell::RefCell;
use std::rc::Rc;

use super::column::{Column, ColumnData, TableName};
use super::known;
use super::query::{Query, query_builder};
use super::sql::Sql;
use super::table;
use crate::evaluate::{Call, Eval, Host, Interpreter, Kind, Obj, Object, Slot, Value};
use crate::schema;
use crate::source::Span;

/// `pgView(name, columns)` before `.as(…)` or `.existing()`.
#[derive(Debug)]
pub(super) struct ViewBuilder {
    name: Rc<TableName>,
    materialized: bool,
    /// The columns as a table's, where they are declared.
    columns: Option<Value>,
    options: RefCell<Options>,
    span: Span,
}

/// What is said between the name and `.as(…)`.
#[derive(Debug, Clone, Default)]
pub(super) struct Options {
    pub(super) with: Option<(Value, Span)>,
    pub(super) using: Option<String>,
    pub(super) tablespace: Option<String>,
    pub(super) with_no_data: bool,
}

/// A view. Its fields are own properties of the object.
#[derive(Debug)]
pub(super) struct View {
    pub(super) name: Rc<TableName>,
    /// What it is called in the database, where this is an alias of it.
    pub(super) original: Option<Rc<TableName>>,
    pub(super) materialized: bool,
    pub(super) query: Option<(Value, Span)>,
    pub(super) columns: Vec<Rc<ColumnData>>,
    pub(super) options: Options,
    pub(super) span: Span,
}

/// `pgView(name, columns)`, in a schema or in none.
pub(super) fn pg_view(
    cx: &mut Interpreter<'_>,
    call: &Call,
    schema: Option<String>,
    materialized: bool,
    column_functions: &Value,
) -> Eval<Value> {
    let name = known::string(call, 0, "the name of a view")?;
    let columns = match call.arg(1) {
        columns if columns.is_nullish() => None,
        // drizzle-orm makes a table of the columns, in no schema, and takes its columns.
        _ => Some(table::pg_table(cx, call, name.clone(), None, column_functions)?),
    };
    let name = Rc::new(TableName { schema, name });
    Ok(Value::host(ViewBuilder { name, materialized, columns, options: RefCell::default(), span: call.span }))
}

impl ViewBuilder {
    /// The view, with its columns or what its query selects as properties.
    fn build(&self, query: Option<(Value, Span)>, fields: Vec<(Rc<str>, Value)>) -> Value {
        let columns = fields.iter().filter_map(|(_, field)| super::column::column_of(field)).collect();
        let view = View {
            name: self.name.clone(),
            original: None,
            materialized: self.materialized,
            query,
            columns,
            options: self.options.borrow().clone(),
            span: self.span,
        };
        let object = Object::new(Kind::Host(Box::new(view)));
        for (key, field) in fields {
            object.define(key, Slot::Value(field), self.span);
        }
        Value::Object(object)
    }

    fn declared(&self, cx: &mut Interpreter<'_>) -> Eval<Vec<(Rc<str>, Value)>> {
        let Some(columns) = &self.columns else { return Ok(Vec::new()) };
        Ok(cx.entries(columns, self.span)?.into_iter().map(|(key, column, _)| (key, column)).collect())
    }

    fn define(&self, cx: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
        let mut query = call.arg(0);
        if self.columns.is_some() {
            let fields = self.declared(cx)?;
            return Ok(self.build(Some((query, call.arg_span(0))), fields));
        }
        if query.is_callable() {
            query = cx.call(&query, &Call::with([query_builder()], call.arg_span(0)))?;
        }
        let Some(select) = query.as_host::<Query>() else {
            let what = format!("the query of view `{}`", self.name.name);
            return Err(known::mismatch(&query, call.arg_span(0), &what, "a query").into());
        };
        // Read from the view, a column is the view's; an alias keeps its name.
        let view = Rc::new(TableName { schema: None, name: self.name.name.clone() });
        let fields = select.fields(cx)?.into_iter().map(|(key, field)| (key, super::query::seen_from(&field, &view)));
        let fields = fields.collect();
        Ok(self.build(Some((query, call.arg_span(0))), fields))
    }
}

impl Host for ViewBuilder {
    fn describe(&self) -> String {
        format!("the Drizzle view `{}` without `.as(…)` or `.existing()`", self.name.name)
    }

    fn methods(&self) -> &'static [&'static str] {
        &["as", "existing", "tablespace", "using", "with", "withNoData"]
    }

    fn call_method(&self, cx: &mut Interpreter<'_>, this: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        match name {
            "as" => return self.define(cx, call).map(Some),
            "existing" => {
                let fields = self.declared(cx)?;
                return Ok(Some(self.build(None, fields)));
            }
            "with" => self.options.borrow_mut().with = Some((call.arg(0), call.arg_span(0))),
            "using" if self.materialized => {
                self.options.borrow_mut().using = Some(known::string(call, 0, "the access method of a view")?);
            }
            "tablespace" if self.materialized => {
                self.options.borrow_mut().tablespace = Some(known::string(call, 0, "the tablespace of a view")?);
            }
            "withNoData" if self.materialized => self.options.borrow_mut().with_no_data = true,
            _ => return Ok(None),
        }
        Ok(Some(Value::Object(this.clone())))
    }
}

impl Host for View {
    fn describe(&self) -> String {
        format!("the Drizzle view `{}`", self.name.name)
    }

    fn get(&self, _: &mut Interpreter<'_>, _: &Obj, key: &str, span: Span) -> Eval<Option<Value>> {
        let internal = key.starts_with('$') || key == "_";
        Ok(internal.then(|| Value::opaque(format!("`{key}` of a Drizzle view"), span)))
    }
}

impl View {
    /// The view under another name.
    pub(super) fn under(&self, name: Rc<TableName>) -> Self {
        Self {
            name,
            original: Some(self.original.clone().unwrap_or_else(|| self.name.clone())),
            materialized: self.materialized,
            query: self.query.clone(),
            columns: self.columns.clone(),
            options: self.options.clone(),
            span: self.span,
        }
    }

    /// The query as SQL with its parameters inlined, or `None` for an existing view.
    pub(super) fn definition(&self, cx: &mut Interpreter<'_>, style: super::sql::Style) -> Eval<Option<schema::Sql>> {
        let Some((query, span)) = &self.query else { return Ok(None) };
        if let Some(sql) = query.as_host::<Sql>() {
            return sql.write(cx, style).map(Some);
        }
        if let Some(query) = query.as_host::<Query>() {
            return query.sql(cx)?.write(cx, style).map(Some);
        }
        let what = format!("the query of view `{}`", self.name.name);
        Err(known::mismatch(query, *span, &what, "an `sql` template or a query").into())
    }
}

/// A column as the table, view or subquery of that name has it.
pub(super) fn column_in(data: &ColumnData, table: &Rc<TableName>) -> Value {
    Value::host(Column(Rc::new(ColumnData {
        table: table.clone(),
        key: data.key.clone(),
        key_span: data.key_span,
        config: data.config.clone(),
        sql_type: data.sql_type.clone(),
    })))
}
