//! `defineRelations()`, which takes the place of `relations()` in drizzle-orm 1.0.

use std::rc::Rc;

use indexmap::IndexMap;

use super::casing::Casing;
use super::column::{Column, column_of};
use super::constraint::list;
use super::relations::qualified;
use super::sql::{column_name, namespace};
use super::table::Table;
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Call, Eval, Host, Interpreter, Obj, Value};
use crate::schema::Relation;
use crate::source::Span;

/// `defineRelations(tables, helpers => ({…}))`
#[derive(Debug)]
pub(super) struct DefinedRelations {
    tables: Value,
    config: Value,
    span: Span,
}

/// `r.one.table({…})` or `r.many.table({…})`
#[derive(Debug)]
struct RelationTo {
    many: bool,
    table: Value,
    config: Value,
}

/// `r.table.column`, or what `.through(…)` makes of it.
#[derive(Debug)]
struct End {
    column: Value,
    through: bool,
}

pub(super) fn define_relations(_: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    Ok(Value::host(DefinedRelations { tables: call.arg(0), config: call.arg(1), span: call.span }))
}

impl Host for DefinedRelations {
    fn describe(&self) -> String {
        "Drizzle relations".to_owned()
    }
}

impl Host for RelationTo {
    fn describe(&self) -> String {
        "a Drizzle relation".to_owned()
    }
}

impl Host for End {
    fn describe(&self) -> String {
        "a column of a Drizzle relation".to_owned()
    }

    fn call_method(&self, _: &mut Interpreter<'_>, _: &Obj, name: &str, _: &Call) -> Eval<Option<Value>> {
        Ok((name == "through").then(|| Value::host(End { column: self.column.clone(), through: true })))
    }
}

impl DefinedRelations {
    /// The relations that it declares. The database knows nothing of them, so what cannot be read is left out; a relation
    /// through a third table is too, with a warning.
    pub(super) fn lower(&self, cx: &mut Interpreter<'_>, casing: Casing) -> Eval<Vec<Relation>> {
        if !self.config.is_callable() {
            return Ok(Vec::new());
        }
        let mut tables: IndexMap<Rc<str>, Value> = IndexMap::new();
        for (key, value, _) in cx.entries(&self.tables, self.span)? {
            if value.as_host::<Table>().is_some() {
                tables.insert(key, value);
            }
        }
        let helpers = self.helpers(cx, &tables)?;
        let declared = cx.call(&self.config, &Call::with([helpers], self.span))?;
        let mut relations = Vec::new();
        for (key, of_table, _) in cx.entries(&declared, self.span)? {
            let Some(table) = tables.get(&key).and_then(|table| table.as_host::<Table>()) else { continue };
            for (name, value, span) in cx.entries(&of_table, self.span)? {
                let Some(to) = value.as_host::<RelationTo>() else { continue };
                let Some(foreign) = to.table.as_host::<Table>() else { continue };
                let ends = (to.ends(cx, "from", span, casing)?, to.ends(cx, "to", span, casing)?);
                let (Some(columns), Some(foreign_columns)) = ends else {
                    let message =
                        format!("the relation `{name}` of table `{}` goes through a third table", table.name.name);
                    cx.report(Diagnostic::warning("W0408", message).at(span, "is left out of the models"));
                    continue;
                };
                relations.push(Relation {
                    table: qualified(table),
                    name: name.to_string(),
                    many: to.many,
                    foreign_table: qualified(foreign),
                    columns,
                    foreign_columns,
                    relation_name: to.option(cx, "alias", span)?.as_str().map(str::to_owned),
                });
            }
        }
        Ok(relations)
    }

    /// `r`: the makers of relations by table, and the tables' columns.
    fn helpers(&self, cx: &mut Interpreter<'_>, tables: &IndexMap<Rc<str>, Value>) -> Eval<Value> {
        let makers = |many: bool| {
            let maker = |(key, table): (&Rc<str>, &Value)| {
                let table = table.clone();
                let make = move |_: &mut Interpreter<'_>, call: &Call| {
                    Ok(Value::host(RelationTo { many, table: table.clone(), config: call.arg(0) }))
                };
                (key.clone(), Value::native(key, make))
            };
            let made: Vec<_> = tables.iter().map(maker).collect();
            Value::Object(namespace(made.iter().map(|(key, make)| (&**key, make.clone()))))
        };
        let mut members = vec![(Rc::from("one"), makers(false)), (Rc::from("many"), makers(true))];
        for (key, table) in tables {
            let mut columns = Vec::new();
            for (name, column, _) in cx.entries(table, self.span)? {
                if column.as_host::<Column>().is_some() {
                    columns.push((name, Value::host(End { column, through: false })));
                }
            }
            let columns = namespace(columns.iter().map(|(name, end)| (&**name, end.clone())));
            members.push((key.clone(), Value::Object(columns)));
        }
        Ok(Value::Object(namespace(members.iter().map(|(key, member)| (&**key, member.clone())))))
    }
}

impl RelationTo {
    fn option(&self, cx: &mut Interpreter<'_>, key: &str, span: Span) -> Eval<Value> {
        if self.config.is_nullish() { Ok(Value::Undefined) } else { cx.get(&self.config, key, span) }
    }

    /// The columns of one side; `None` where it goes through another table.
    fn ends(&self, cx: &mut Interpreter<'_>, key: &str, span: Span, casing: Casing) -> Eval<Option<Vec<String>>> {
        let value = self.option(cx, key, span)?;
        if value.is_nullish() {
            return Ok(Some(Vec::new()));
        }
        let ends = if value.as_host::<End>().is_some() {
            vec![value]
        } else {
            list(cx, &value, &Call::with([value.clone()], span), "the columns of a relation")?
        };
        let mut columns = Vec::new();
        for end in ends.iter().filter_map(|end| end.as_host::<End>()) {
            if end.through {
                return Ok(None);
            }
            let column = column_of(&end.column);
            columns.extend(column.map(|column| column_name(&column.config.name, column.config.key_as_name, casing)));
        }
        Ok(Some(columns))
    }
}
