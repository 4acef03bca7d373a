//! The query builder of views: `qb.select(…).from(…)…`, written out as drizzle-orm's `PgDialect.buildSelectQuery` does.

use std::cell::RefCell;
use std::rc::Rc;

use super::column::{TableName, column_of};
use super::known;
use super::set_operation::{self, SET_OPERATIONS, SetOperation};
use super::sql::{Aliased, Chunk, Sql};
use super::table::Table;
use super::view::{View, column_in};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Call, Eval, Host, Interpreter, Kind, Obj, Object, Slot, Value};
use crate::source::Span;

/// `new QueryBuilder()`: what `pgView(name).as((qb) => …)` is given, and what `qb.with(…)` gives.
#[derive(Debug)]
struct QueryBuilder {
    with: Vec<(Value, Span)>,
}

/// A query builder without common table expressions.
pub(super) fn query_builder() -> Value {
    Value::host(QueryBuilder { with: Vec::new() })
}

/// `qb.$with(alias)` before `.as(…)`.
#[derive(Debug)]
struct With {
    alias: Rc<str>,
}

/// `qb.select(fields)` before `.from(…)`.
#[derive(Debug)]
struct Select {
    fields: Value,
    distinct: Distinct,
    with: Vec<(Value, Span)>,
}

#[derive(Debug, Clone)]
enum Distinct {
    No,
    Yes,
    On(Value, Span),
}

/// A query.
#[derive(Debug)]
pub(super) struct Query {
    state: RefCell<State>,
    span: Span,
}

#[derive(Debug, Clone)]
struct State {
    /// True when the fields were given to `select`.
    partial: bool,
    fields: Value,
    distinct: Distinct,
    with: Vec<(Value, Span)>,
    from: Value,
    joins: Vec<Join>,
    /// ` where …`, ` group by …` and what else follows, in the order of the grammar.
    clauses: [Option<Vec<Chunk>>; CLAUSES.len()],
    /// Queries that are put beside it.
    set_operations: Vec<SetOperation>,
}

/// The clauses after the joins, in the order in which they are written.
pub(super) const CLAUSES: [(&str, &str); 7] = [
    ("where", " where "),
    ("groupBy", " group by "),
    ("having", " having "),
    ("orderBy", " order by "),
    ("limit", " limit "),
    ("offset", " offset "),
    ("for", " for "),
];

#[derive(Debug, Clone)]
struct Join {
    kind: &'static str,
    lateral: bool,
    table: Value,
    on: Option<(Value, Span)>,
}

/// A query with a name: `query.as(alias)`, or `$with(alias).as(query)`.
#[derive(Debug)]
pub(super) struct Subquery {
    pub(super) alias: Rc<str>,
    pub(super) sql: Value,
    /// True for a common table expression, which is named where it is used.
    pub(super) is_with: bool,
}

const JOINS: &[(&str, &str, bool)] = &[
    ("leftJoin", "left", false),
    ("leftJoinLateral", "left", true),
    ("rightJoin", "right", false),
    ("innerJoin", "inner", false),
    ("innerJoinLateral", "inner", true),
    ("fullJoin", "full", false),
    ("crossJoin", "cross", false),
    ("crossJoinLateral", "cross", true),
];

impl Host for QueryBuilder {
    fn describe(&self) -> String {
        "a Drizzle query builder".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["$with", "select", "selectDistinct", "selectDistinctOn", "with"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, _: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        let select = |fields, distinct, with| Ok(Some(Value::host(Select { fields, distinct, with })));
        match name {
            "select" => select(call.arg(0), Distinct::No, self.with.clone()),
            // drizzle-orm forgets the common table expressions here.
            "selectDistinct" => select(call.arg(0), Distinct::Yes, Vec::new()),
            "selectDistinctOn" => select(call.arg(1), Distinct::On(call.arg(0), call.arg_span(0)), Vec::new()),
            "with" => {
                let with = call.args.iter().map(|arg| (arg.value.clone(), arg.span)).collect();
                Ok(Some(Value::host(QueryBuilder { with })))
            }
            "$with" => Ok(Some(Value::host(With { alias: Rc::from(known::string(call, 0, "the name of a query")?) }))),
            _ => Ok(None),
        }
    }
}

impl Host for With {
    fn describe(&self) -> String {
        "`$with(…)` without `.as(…)`".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["as"]
    }

    fn call_method(&self, cx: &mut Interpreter<'_>, _: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        if name != "as" {
            return Ok(None);
        }
        let mut query = call.arg(0);
        if query.is_callable() {
            query = cx.call(&query, &Call::with([query_builder()], call.arg_span(0)))?;
        }
        match query.as_host::<Query>() {
            Some(select) => select.named(cx, self.alias.clone(), true).map(Some),
            None => Err(known::mismatch(&query, call.arg_span(0), "what `$with` names", "a query").into()),
        }
    }
}

impl Host for Select {
    fn describe(&self) -> String {
        "`select(…)` without `.from(…)`".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["from"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, _: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        if name != "from" {
            return Ok(None);
        }
        let from = call.arg(0);
        if table_name(&from).is_none() && from.as_host::<Sql>().is_none() {
            let expected = "a table, a view or a query";
            return Err(known::mismatch(&from, call.arg_span(0), "what a query selects from", expected).into());
        }
        let partial = !self.fields.is_nullish();
        let state = State {
            partial,
            fields: if partial { self.fields.clone() } else { from.clone() },
            distinct: self.distinct.clone(),
            with: self.with.clone(),
            from,
            joins: Vec::new(),
            clauses: Default::default(),
            set_operations: Vec::new(),
        };
        Ok(Some(Value::host(Query { state: RefCell::new(state), span: call.span })))
    }
}

impl Host for Query {
    fn describe(&self) -> String {
        "a Drizzle query".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &[
            "$dynamic",
            "as",
            "crossJoin",
            "crossJoinLateral",
            "except",
            "exceptAll",
            "for",
            "fullJoin",
            "getSQL",
            "groupBy",
            "having",
            "innerJoin",
            "innerJoinLateral",
            "intersect",
            "intersectAll",
            "leftJoin",
            "leftJoinLateral",
            "limit",
            "offset",
            "orderBy",
            "rightJoin",
            "union",
            "unionAll",
            "where",
        ]
    }

    fn call_method(&self, cx: &mut Interpreter<'_>, this: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        if let Some((_, kind, lateral)) = JOINS.iter().find(|(method, ..)| *method == name) {
            self.join(cx, kind, *lateral, call)?;
        } else if let Some((_, word)) = SET_OPERATIONS.iter().find(|(method, _)| *method == name) {
            self.combine(set_operation::operation(cx, &call.arg(0), call.arg_span(0), word)?);
        } else if let Some(index) = CLAUSES.iter().position(|(method, _)| *method == name) {
            let chunks = if name == "for" { locking(cx, call)? } else { self.clause(cx, name, call)? };
            let mut state = self.state.borrow_mut();
            // After a set operation, what sorts and cuts is said of both sides.
            match state.set_operations.last_mut().filter(|_| matches!(name, "orderBy" | "limit" | "offset")) {
                Some(both) => both.clauses[index] = chunks,
                None => state.clauses[index] = chunks,
            }
        } else {
            match name {
                "as" => {
                    let alias = Rc::from(known::string(call, 0, "the name of a query")?);
                    return self.named(cx, alias, false).map(Some);
                }
                "getSQL" => return Ok(Some(Value::host(self.sql(cx)?))),
                "$dynamic" => {}
                _ => return Ok(None),
            }
        }
        Ok(Some(Value::Object(this.clone())))
    }
}

impl Query {
    /// The selected fields with their names; a join without a selection nests them under the tables' names.
    pub(super) fn fields(&self, cx: &mut Interpreter<'_>) -> Eval<Vec<(Rc<str>, Value)>> {
        let fields = self.state.borrow().fields.clone();
        let entries = cx.entries(&fields, self.span)?;
        Ok(entries.into_iter().map(|(key, value, _)| (key, value)).collect())
    }

    fn join(&self, cx: &mut Interpreter<'_>, kind: &'static str, lateral: bool, call: &Call) -> Eval<()> {
        let table = call.arg(0);
        let name = table_name(&table);
        if name.is_none() && table.as_host::<Sql>().is_none() {
            let expected = "a table, a view or a query";
            return Err(known::mismatch(&table, call.arg_span(0), "what a query joins", expected).into());
        }
        let (partial, from, first) = {
            let state = self.state.borrow();
            (state.partial, state.from.clone(), state.joins.is_empty())
        };
        if !partial {
            let nested = Object::plain();
            let fields = self.state.borrow().fields.clone();
            match table_name(&from) {
                Some(base) if first => nested.define(base, Slot::Value(fields), self.span),
                _ => {
                    for (key, value, span) in cx.entries(&fields, self.span)? {
                        nested.define(key, Slot::Value(value), span);
                    }
                }
            }
            if let Some(name) = name {
                nested.define(name, Slot::Value(table.clone()), self.span);
            }
            self.state.borrow_mut().fields = Value::Object(nested);
        }
        let mut on = call.arg(1);
        if on.is_callable() {
            let fields = self.state.borrow().fields.clone();
            on = cx.call(&on, &Call::with([fields], call.arg_span(1)))?;
        }
        let on = (!on.is_undefined()).then(|| (on, call.arg_span(1)));
        self.state.borrow_mut().joins.push(Join { kind, lateral, table, on });
        Ok(())
    }

    /// What a clause says; `None` where it says nothing.
    fn clause(&self, cx: &mut Interpreter<'_>, name: &str, call: &Call) -> Eval<Option<Vec<Chunk>>> {
        let mut values: Vec<(Value, Span)> = call.args.iter().map(|arg| (arg.value.clone(), arg.span)).collect();
        if let Some((function, span)) = values.first().filter(|(value, _)| value.is_callable()).cloned() {
            let fields = Object::plain();
            for (key, field) in self.fields(cx)? {
                // Aliases are names where rows are sorted and grouped, and stand for their SQL where they are tested.
                let field = match field.as_host::<Aliased>() {
                    Some(aliased) if matches!(name, "where" | "having") => aliased.sql.clone(),
                    Some(aliased) => Value::host(aliased.as_field()),
                    None => field,
                };
                fields.define(key, Slot::Value(field), span);
            }
            let given = cx.call(&function, &Call::with([Value::Object(fields)], span))?;
            values = given.as_array().unwrap_or_else(|| vec![given]).into_iter().map(|value| (value, span)).collect();
        }
        let nothing = match (name, values.first()) {
            ("limit", Some((Value::Number(limit), _))) => *limit < 0.0,
            ("offset", Some((Value::Number(offset), _))) => *offset == 0.0,
            (_, Some((value, _))) => values.len() == 1 && value.is_undefined(),
            (_, None) => true,
        };
        let of_both = name == "orderBy" && !self.state.borrow().set_operations.is_empty();
        Ok((!nothing).then(|| if of_both { set_operation::order_by(values) } else { list(values) }))
    }

    /// Puts another query beside this one.
    pub(super) fn combine(&self, operation: SetOperation) {
        self.state.borrow_mut().set_operations.push(operation);
    }

    fn named(&self, cx: &mut Interpreter<'_>, alias: Rc<str>, is_with: bool) -> Eval<Value> {
        let table = Rc::new(TableName { schema: None, name: alias.to_string() });
        let fields = self.fields(cx)?;
        let object = Object::new(Kind::Host(Box::new(Subquery { alias, sql: Value::host(self.sql(cx)?), is_with })));
        for (key, field) in fields {
            object.define(key, Slot::Value(seen_from(&field, &table)), self.span);
        }
        Ok(Value::Object(object))
    }

    /// The query as SQL.
    pub(super) fn sql(&self, cx: &mut Interpreter<'_>) -> Eval<Sql> {
        let state = self.state.borrow().clone();
        let mut chunks = Vec::new();
        for (index, (with, span)) in state.with.iter().enumerate() {
            let Some(subquery) = with.as_host::<Subquery>() else {
                return Err(known::mismatch(with, *span, "what `with` is given", "a query named by `$with`").into());
            };
            chunks.push(text(if index == 0 { "with " } else { ", " }));
            chunks.push(Chunk::Identifier(subquery.alias.clone()));
            chunks.extend([text(" as ("), Chunk::Value(subquery.sql.clone(), *span), text(")")]);
        }
        chunks.push(text(if state.with.is_empty() { "select" } else { " select" }));
        match &state.distinct {
            Distinct::No => {}
            Distinct::Yes => chunks.push(text(" distinct")),
            Distinct::On(columns, span) => {
                let columns = columns.as_array().unwrap_or_else(|| vec![columns.clone()]);
                chunks.push(text(" distinct on ("));
                chunks.extend(list(columns.into_iter().map(|column| (column, *span)).collect()));
                chunks.push(text(")"));
            }
        }
        chunks.push(text(" "));
        let mut selection = Vec::new();
        self.flatten(cx, &state.fields, &mut selection)?;
        for (index, field) in selection.iter().enumerate() {
            if index > 0 {
                chunks.push(text(", "));
            }
            select_field(field, state.joins.is_empty(), self.span, &mut chunks);
        }
        chunks.push(text(" from "));
        source(&state.from, self.span, &mut chunks);
        for join in &state.joins {
            let lateral = if join.lateral { " lateral" } else { "" };
            chunks.push(text(&format!(" {} join{lateral} ", join.kind)));
            source(&join.table, self.span, &mut chunks);
            if let Some((on, span)) = &join.on {
                chunks.extend([text(" on "), Chunk::Value(on.clone(), *span)]);
            }
        }
        for ((_, word), clause) in CLAUSES.iter().zip(&state.clauses) {
            if let Some(clause) = clause {
                chunks.push(text(word));
                chunks.extend(clause.iter().cloned());
            }
        }
        let mut sql = Sql::new(chunks);
        for operation in &state.set_operations {
            sql = cx.nested(self.span, |cx| operation.sql(cx, sql))?;
        }
        Ok(sql)
    }

    /// The fields in order, those of nested objects, tables and views one by one.
    fn flatten(&self, cx: &mut Interpreter<'_>, fields: &Value, selection: &mut Vec<Value>) -> Eval<()> {
        for (key, field, span) in cx.entries(fields, self.span)? {
            let is_field = column_of(&field).is_some()
                || field.as_host::<Sql>().is_some()
                || field.as_host::<Aliased>().is_some()
                || field.as_host::<Subquery>().is_some();
            match &field {
                _ if is_field => selection.push(field),
                Value::Object(object) if matches!(object.kind, Kind::Plain | Kind::Host(_)) => {
                    self.flatten(cx, &field, selection)?;
                }
                _ => {
                    let what = format!("the field `{key}` of a query");
                    let place = if span == Span::default() { self.span } else { span };
                    return Err(known::mismatch(&field, place, &what, "a column or an `sql` template").into());
                }
            }
        }
        if selection.is_empty() && fields.as_host::<Sql>().is_some() {
            let message = "a query from an `sql` template needs the fields that it selects";
            return Err(Diagnostic::error("E0408", message).at(self.span, "`select()` without fields").into());
        }
        Ok(())
    }
}

/// What is selected from or joined: an alias with what it stands for.
fn source(value: &Value, span: Span, chunks: &mut Vec<Chunk>) {
    let table = value.as_host::<Table>().and_then(|table| Some((table.original.clone()?, &table.name)));
    let view = || value.as_host::<View>().and_then(|view| Some((view.original.clone()?, &view.name)));
    match table.or_else(view) {
        Some((original, alias)) => {
            if let Some(schema) = &original.schema {
                chunks.extend([Chunk::Identifier(schema.as_str().into()), text(".")]);
            }
            chunks.extend([Chunk::Identifier(original.name.as_str().into()), text(" ")]);
            chunks.push(Chunk::Identifier(alias.name.as_str().into()));
        }
        None => chunks.push(Chunk::Value(value.clone(), span)),
    }
}

/// `.for('update', { of, noWait, skipLocked })`
fn locking(cx: &mut Interpreter<'_>, call: &Call) -> Eval<Option<Vec<Chunk>>> {
    let mut chunks = vec![text(&known::string(call, 0, "the strength of a lock")?)];
    let (config, span) = (call.arg(1), call.arg_span(1));
    if config.is_nullish() {
        return Ok(Some(chunks));
    }
    let of = cx.get(&config, "of", span)?;
    if !of.is_nullish() {
        chunks.push(text(" of "));
        let tables = of.as_array().unwrap_or_else(|| vec![of.clone()]);
        chunks.extend(list(tables.into_iter().map(|table| (table, span)).collect()));
    }
    for (option, words) in [("noWait", " nowait"), ("skipLocked", " skip locked")] {
        if cx.get(&config, option, span)?.truthy() == Some(true) {
            chunks.push(text(words));
            break;
        }
    }
    Ok(Some(chunks))
}

/// A field of the selection. With a single table, columns stand without its name, one level deep.
fn select_field(field: &Value, single: bool, span: Span, chunks: &mut Vec<Chunk>) {
    if let Some(column) = column_of(field) {
        chunks.push(if single { Chunk::Column(column) } else { Chunk::Value(field.clone(), span) });
        return;
    }
    let aliased = field.as_host::<Aliased>();
    if let Some(aliased) = aliased.filter(|aliased| aliased.is_field) {
        chunks.push(Chunk::Identifier(aliased.alias.clone()));
        return;
    }
    let inner = aliased.map_or(field, |aliased| &aliased.sql);
    match inner.as_host::<Sql>() {
        Some(sql) if single => chunks.push(Chunk::Value(Value::host(sql.without_table()), span)),
        _ => chunks.push(Chunk::Value(inner.clone(), span)),
    }
    if let Some(aliased) = aliased {
        chunks.extend([text(" as "), Chunk::Identifier(aliased.alias.clone())]);
    }
}

/// A field as who selects from a view or a named query sees it.
pub(super) fn seen_from(field: &Value, table: &Rc<TableName>) -> Value {
    if let Some(column) = column_of(field) {
        return column_in(&column, table);
    }
    match field.as_host::<Aliased>() {
        Some(aliased) => Value::host(aliased.as_field()),
        None => field.clone(),
    }
}

/// The name by which a query knows what it selects from.
fn table_name(value: &Value) -> Option<Rc<str>> {
    if let Some(table) = value.as_host::<Table>() {
        return Some(Rc::from(table.name.name.as_str()));
    }
    if let Some(view) = value.as_host::<View>() {
        return Some(Rc::from(view.name.name.as_str()));
    }
    value.as_host::<Subquery>().map(|subquery| subquery.alias.clone())
}

impl Host for Subquery {
    fn describe(&self) -> String {
        format!("the Drizzle query `{}`", self.alias)
    }
}

pub(super) fn list(values: Vec<(Value, Span)>) -> Vec<Chunk> {
    let mut chunks = Vec::with_capacity(2 * values.len());
    for (index, (value, span)) in values.into_iter().enumerate() {
        if index > 0 {
            chunks.push(text(", "));
        }
        chunks.push(Chunk::Value(value, span));
    }
    chunks
}

pub(super) fn text(text: &str) -> Chunk {
    Chunk::Text(Rc::from(text))
}
