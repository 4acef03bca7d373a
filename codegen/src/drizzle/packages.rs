//! The packages that schemas import and codegen knows.

use std::cell::OnceCell;

use super::column::{ColumnBase, ColumnBuilder};
use super::{column, constraint, enums, index, known, operators, pg_schema, relations, sql, table, types};
use crate::evaluate::{Call, Eval, Host, Interpreter, Obj, Object, Packages, RandomUuid, Value};
use crate::source::Span;

/// `drizzle-orm`, `drizzle-orm/pg-core`, and the few others that decide what a schema means.
#[derive(Debug, Default)]
pub struct DrizzlePackages {
    orm: OnceCell<Obj>,
    kit: OnceCell<Obj>,
    uuid: OnceCell<Obj>,
}

impl Packages for DrizzlePackages {
    fn module(&self, specifier: &str) -> Option<Obj> {
        let module = match specifier {
            "drizzle-kit" => self.kit.get_or_init(drizzle_kit),
            "uuid" | "crypto" | "node:crypto" => self.uuid.get_or_init(uuid),
            // All of drizzle-orm that schemas use is in one namespace here, however deep the import reaches.
            "drizzle-orm" => self.orm.get_or_init(drizzle_orm),
            _ if ["drizzle-orm/pg-core", "drizzle-orm/sql", "drizzle-orm/relations", "drizzle-orm/table"]
                .iter()
                .any(|known| specifier == *known || specifier.starts_with(&format!("{known}/"))) =>
            {
                self.orm.get_or_init(drizzle_orm)
            }
            _ => return None,
        };
        Some(module.clone())
    }
}

/// What is known by name but not carried into the schema.
#[derive(Debug)]
pub(super) struct Unsupported {
    pub(super) what: String,
    pub(super) span: Span,
}

impl Host for Unsupported {
    fn describe(&self) -> String {
        format!("what `{}` makes", self.what)
    }

    fn get(&self, _: &mut Interpreter<'_>, _: &Obj, key: &str, span: Span) -> Eval<Option<Value>> {
        Ok(Some(Value::opaque(format!("`{key}` of {}", self.describe()), span)))
    }

    fn call_method(&self, _: &mut Interpreter<'_>, this: &Obj, _: &str, _: &Call) -> Eval<Option<Value>> {
        Ok(Some(Value::Object(this.clone())))
    }
}

pub(super) fn unsupported(what: &str, span: Span) -> Value {
    Value::host(Unsupported { what: what.to_owned(), span })
}

/// Functions of pg-core whose results the IR does not hold yet.
const UNSUPPORTED: &[&str] = &["pgView", "pgMaterializedView", "pgPolicy", "pgRole", "pgSequence"];

fn drizzle_orm() -> Obj {
    let orm = Object::plain();
    let columns = Object::plain();
    for name in types::COLUMN_FUNCTIONS {
        let function = Value::native(name, move |cx, call| {
            let column = column_function(cx, name, call);
            known::recover(cx, column)
        });
        columns.set(*name, function.clone());
        orm.set(*name, function);
    }
    let custom_type = Value::native("customType", |_, call| Ok(column::custom_type(call)));
    columns.set("customType", custom_type.clone());
    orm.set("customType", custom_type);
    let columns = Value::Object(columns);

    let functions = columns.clone();
    orm.set(
        "pgTable",
        Value::native("pgTable", move |cx, call| {
            let name = known::string(call, 0, "the name of a table")?;
            table::pg_table(cx, call, name, None, &functions)
        }),
    );
    let functions = columns.clone();
    orm.set(
        "pgTableCreator",
        Value::native("pgTableCreator", move |_, call| {
            let (rename, functions) = (call.arg(0), functions.clone());
            Ok(Value::native("pgTable", move |cx, call| {
                let renamed = cx.call(&rename, &Call::with([call.arg(0)], call.span))?;
                let Some(name) = renamed.as_str() else {
                    return Err(known::mismatch(&renamed, call.arg_span(0), "the name of a table", "a string").into());
                };
                table::pg_table(cx, call, name.to_owned(), None, &functions)
            }))
        }),
    );
    orm.set("pgSchema", Value::native("pgSchema", move |_, call| pg_schema::PgSchema::declare(call, columns.clone())));
    orm.set("pgEnum", Value::native("pgEnum", |cx, call| enums::pg_enum(cx, call, None)));
    orm.set("primaryKey", Value::native("primaryKey", constraint::primary_key));
    orm.set("unique", Value::native("unique", constraint::unique));
    orm.set("foreignKey", Value::native("foreignKey", constraint::foreign_key));
    orm.set("check", Value::native("check", constraint::check));
    orm.set("index", Value::native("index", |_, call| index::index(call, false)));
    orm.set("uniqueIndex", Value::native("uniqueIndex", |_, call| index::index(call, true)));
    orm.set("relations", Value::native("relations", relations::relations));
    orm.set("sql", sql::sql_function());
    for name in ["getTableColumns", "getColumns"] {
        orm.set(
            name,
            Value::native(name, |cx, call| {
                let columns = Object::plain();
                for (key, value, span) in cx.entries(&call.arg(0), call.arg_span(0))? {
                    columns.define(key, crate::evaluate::Slot::Value(value), span);
                }
                Ok(Value::Object(columns))
            }),
        );
    }
    orm.set(
        "getTableName",
        Value::native("getTableName", |_, call| {
            let table = call.arg(0);
            Ok(match table.as_host::<table::Table>() {
                Some(table) => Value::string(&table.name.name),
                None => Value::opaque("the name of what is no table", call.span),
            })
        }),
    );
    for (name, function) in operators::operators() {
        orm.set(name, function);
    }
    for name in UNSUPPORTED {
        orm.set(*name, Value::native(name, |_, call| Ok(unsupported(name, call.span))));
    }
    orm
}

fn column_function(cx: &mut Interpreter<'_>, name: &str, call: &Call) -> Eval<Value> {
    let (column_name, config, span) = types::name_and_config(call)?;
    let info = types::type_info(cx, name, &config, span)?;
    Ok(Value::host(ColumnBuilder::new(column_name, ColumnBase::Known(info), call.span)))
}

fn drizzle_kit() -> Obj {
    sql::namespace([("defineConfig", Value::native("defineConfig", |_, call| Ok(call.arg(0))))])
}

/// Random ids that the database knows as `uuid`.
fn uuid() -> Obj {
    let random = |name: &str| Value::native(name, |_, _| Ok(Value::host(RandomUuid)));
    sql::namespace([("v4", random("v4")), ("v7", random("v7")), ("randomUUID", random("randomUUID"))])
}
