//! `relations()`: what the query builder knows of how tables belong together.

use super::column::column_of;
use super::constraint::list;
use super::known;
use super::table::Table;
use crate::evaluate::{Call, Eval, Host, Interpreter, Value};
use crate::schema::{Relation, object_key};
use crate::source::Span;

use super::casing::Casing;
use super::sql::column_name;

/// `relations(table, helpers => ({…}))`
#[derive(Debug)]
pub(super) struct Relations {
    table: Value,
    config: Value,
    span: Span,
}

/// `one(table, {…})` or `many(table, {…})`
#[derive(Debug)]
struct RelationTo {
    many: bool,
    table: Value,
    config: Value,
    span: Span,
}

pub(super) fn relations(_: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    Ok(Value::host(Relations { table: call.arg(0), config: call.arg(1), span: call.span }))
}

/// What each declaration's function is given: `{ one, many }`.
pub(super) fn helpers() -> Value {
    let helper = |many: bool| {
        Value::native(if many { "many" } else { "one" }, move |_, call| {
            Ok(Value::host(RelationTo { many, table: call.arg(0), config: call.arg(1), span: call.span }))
        })
    };
    Value::Object(super::sql::namespace([("one", helper(false)), ("many", helper(true))]))
}

impl Host for Relations {
    fn describe(&self) -> String {
        "Drizzle relations".to_owned()
    }
}

impl Host for RelationTo {
    fn describe(&self) -> String {
        "a Drizzle relation".to_owned()
    }
}

impl Relations {
    /// The relations that it declares. The database knows nothing of them, so what cannot be read is left out.
    ///
    /// `helpers` are [`helpers`].
    pub(super) fn lower(&self, cx: &mut Interpreter<'_>, casing: Casing, helpers: &Value) -> Eval<Vec<Relation>> {
        let Some(table) = self.table.as_host::<Table>() else { return Ok(Vec::new()) };
        let declared = cx.call(&self.config, &Call::with([helpers.clone()], self.span))?;
        let mut relations = Vec::new();
        for (name, value, _) in cx.entries(&declared, self.span)? {
            let Some(relation) = value.as_host::<RelationTo>() else { continue };
            let Some(foreign) = relation.table.as_host::<Table>() else {
                let what = format!("the table of relation `{name}`");
                if !known::is_reported(&relation.table) {
                    cx.report(known::mismatch(&relation.table, relation.span, &what, "a table"));
                }
                continue;
            };
            let option = |cx: &mut Interpreter<'_>, key: &str| match relation.config.is_nullish() {
                true => Ok(Value::Undefined),
                false => cx.get(&relation.config, key, relation.span),
            };
            let relation_name = option(cx, "relationName")?.as_str().map(str::to_owned);
            let mut columns_of = |key: &str| -> Eval<Vec<String>> {
                let value = option(cx, key)?;
                if value.is_nullish() {
                    return Ok(Vec::new());
                }
                let call = Call::with([value.clone()], relation.span);
                let columns = list(cx, &value, &call, "the columns of a relation")?;
                let columns = columns.iter().filter_map(column_of);
                Ok(columns.map(|column| column_name(&column.config.name, column.config.key_as_name, casing)).collect())
            };
            relations.push(Relation {
                table: qualified(table),
                name: (*name).to_owned(),
                many: relation.many,
                foreign_table: qualified(foreign),
                columns: columns_of("fields")?,
                foreign_columns: columns_of("references")?,
                relation_name,
            });
        }
        Ok(relations)
    }
}

pub(super) fn qualified(table: &Table) -> String {
    object_key(table.name.schema.as_deref(), &table.name.name)
}
