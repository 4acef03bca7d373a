//! The packages that schemas import and codegen knows.

use std::cell::OnceCell;
use std::rc::Rc;

use super::column::{ColumnBase, ColumnBuilder};
use super::types::TypeInfo;
use super::{
    alias, column, constraint, defined_relations, enums, index, known, metadata, operators, pg_schema, query,
    relations, runtime_value, security, sequence, set_operation, sql, subclass, table, types, view, zod,
};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Call, Eval, Interpreter, Obj, Object, Packages, Slot, Value};

/// `drizzle-orm`, `drizzle-orm/pg-core`, and the few others that decide what a schema means.
#[derive(Debug, Default)]
pub struct DrizzlePackages {
    orm: OnceCell<Obj>,
    kit: OnceCell<Obj>,
    supabase: OnceCell<Obj>,
    neon: OnceCell<Obj>,
    uuid: OnceCell<Obj>,
    nanoid: OnceCell<Obj>,
    cuid2: OnceCell<Obj>,
    ulid: OnceCell<Obj>,
    zod: OnceCell<Obj>,
    lodash: OnceCell<Obj>,
    ramda: OnceCell<Obj>,
}

/// The modules of drizzle-orm whose exports are the same things that `drizzle-orm` and `drizzle-orm/pg-core` export; the
/// last is of older releases.
const ORM_MODULES: [&str; 7] = [
    "drizzle-orm/pg-core",
    "drizzle-orm/sql",
    "drizzle-orm/relations",
    "drizzle-orm/table",
    "drizzle-orm/entity",
    "drizzle-orm/utils",
    "drizzle-orm/expressions",
];

impl Packages for DrizzlePackages {
    fn module(&self, specifier: &str) -> Option<Obj> {
        let module = match specifier {
            "drizzle-kit" => self.kit.get_or_init(drizzle_kit),
            "uuid" | "uuidv7" | "crypto" | "node:crypto" => self.uuid.get_or_init(runtime_value::uuid),
            "nanoid" | "nanoid/non-secure" => self.nanoid.get_or_init(runtime_value::nanoid),
            "@paralleldrive/cuid2" => self.cuid2.get_or_init(runtime_value::cuid2),
            "ulid" | "ulidx" => self.ulid.get_or_init(runtime_value::ulid),
            "drizzle-orm/supabase" => self.supabase.get_or_init(supabase),
            "drizzle-orm/neon" => self.neon.get_or_init(neon),
            "zod" | "zod/v3" | "zod/v4" => self.zod.get_or_init(zod::zod),
            // All of drizzle-orm that schemas use is in one namespace here, however deep the import reaches.
            "drizzle-orm" => self.orm.get_or_init(drizzle_orm),
            "ramda" => self.ramda.get_or_init(|| object_tools(1)),
            "lodash" | "lodash-es" | "es-toolkit" | "es-toolkit/compat" | "radash" | "remeda" => {
                self.lodash.get_or_init(|| object_tools(0))
            }
            _ if ORM_MODULES.iter().any(|known| specifier == *known || specifier.starts_with(&format!("{known}/"))) => {
                self.orm.get_or_init(drizzle_orm)
            }
            _ => return None,
        };
        Some(module.clone())
    }
}

fn drizzle_orm() -> Obj {
    let orm = Object::plain();
    let columns = Object::plain();
    for name in types::COLUMN_FUNCTIONS {
        let plain = OnceCell::new();
        let function = Value::native(name, move |cx, call| {
            let column = column_function(cx, name, call, &plain);
            known::recover(cx, column)
        });
        columns.set(*name, function.clone());
        orm.set(*name, function);
    }
    let custom_type = Value::native("customType", |cx, call| Ok(column::custom_type(cx, call)));
    columns.set("customType", custom_type.clone());
    orm.set("customType", custom_type);
    let columns = Value::Object(columns);
    let functions = columns.clone();
    orm.set("getPgColumnBuilders", Value::native("getPgColumnBuilders", move |_, _| Ok(functions.clone())));

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
    for (name, materialized) in [("pgView", false), ("pgMaterializedView", true)] {
        let functions = columns.clone();
        let view = move |cx: &mut Interpreter<'_>, call: &Call| view::pg_view(cx, call, None, materialized, &functions);
        orm.set(name, Value::native(name, view));
    }
    for name in ["snakeCase", "camelCase"] {
        orm.set(
            name,
            Value::Object(sql::namespace(["table", "view", "materializedView"].map(|member| {
                let of_the_next_major = move |_: &mut Interpreter<'_>, call: &Call| {
                    let message = format!("`{name}.{member}` is of drizzle-orm 1.0, and codegen reads schemas for 0.x");
                    let help = "write `pgTable`, and `casing` in drizzle.config.ts";
                    Err(Diagnostic::error("E0309", message)
                        .at(call.span, "not known to drizzle-orm 0.x")
                        .help(help)
                        .into())
                };
                (member, Value::native(member, of_the_next_major))
            }))),
        );
    }
    // A symbol in truth: what it names is drizzle-orm's own business.
    orm.set("entityKind", Value::from("drizzle:entityKind"));
    orm.set("QueryBuilder", Value::native("QueryBuilder", |_, _| Ok(query::query_builder())));
    orm.set("pgSequence", Value::native("pgSequence", |_, call| sequence::pg_sequence(call, None)));
    orm.set("pgRole", Value::native("pgRole", |_, call| security::pg_role(call)));
    orm.set("pgPolicy", Value::native("pgPolicy", |_, call| security::pg_policy(call)));
    orm.set("pgSchema", Value::native("pgSchema", move |_, call| pg_schema::PgSchema::declare(call, columns.clone())));
    orm.set("pgEnum", Value::native("pgEnum", |cx, call| enums::pg_enum(cx, call, None)));
    orm.set("primaryKey", Value::native("primaryKey", constraint::primary_key));
    orm.set("unique", Value::native("unique", constraint::unique));
    orm.set("foreignKey", Value::native("foreignKey", constraint::foreign_key));
    orm.set("check", Value::native("check", constraint::check));
    orm.set("index", Value::native("index", |_, call| index::index(call, false)));
    orm.set("uniqueIndex", Value::native("uniqueIndex", |_, call| index::index(call, true)));
    orm.set("relations", Value::native("relations", relations::relations));
    for name in ["defineRelations", "defineRelationsPart"] {
        orm.set(name, Value::native(name, defined_relations::define_relations));
    }
    orm.set("sql", sql::sql_function());
    for name in ["alias", "aliasedTable"] {
        orm.set(name, Value::native(name, alias::alias));
    }
    let own = subclass::builder_classes().chain(metadata::functions());
    for (name, function) in set_operation::functions_by_name().chain(own) {
        orm.set(name, function);
    }
    for (name, function) in operators::operators() {
        orm.set(name, function);
    }
    orm
}

/// `plain` keeps the function's type without options, which most columns share.
fn column_function(cx: &mut Interpreter<'_>, name: &str, call: &Call, plain: &OnceCell<Rc<TypeInfo>>) -> Eval<Value> {
    let (column_name, config, span) = types::name_and_config(call)?;
    let info = match plain.get() {
        Some(info) if config.is_nullish() => info.clone(),
        _ => Rc::new(types::type_info(cx, name, &config, span)?),
    };
    if config.is_nullish() {
        plain.get_or_init(|| info.clone());
    }
    Ok(Value::host(ColumnBuilder::new(column_name, ColumnBase::Known(info), call.span)))
}

fn drizzle_kit() -> Obj {
    sql::namespace([("defineConfig", Value::native("defineConfig", |_, call| Ok(call.arg(0))))])
}

/// `drizzle-orm/supabase`: the roles, functions and tables that Supabase brings.
fn supabase() -> Obj {
    let roles = [
        ("anonRole", "anon"),
        ("authenticatedRole", "authenticated"),
        ("serviceRole", "service_role"),
        ("postgresRole", "postgres_role"),
        ("supabaseAuthAdminRole", "supabase_auth_admin"),
    ];
    let module = sql::namespace(roles.map(|(key, name)| (key, security::existing_role(name))));
    module.set("authUid", Value::host(sql::Sql::text("(select auth.uid())")));
    module.set("realtimeTopic", Value::host(sql::Sql::text("realtime.topic()")));
    let (users, messages) = table::supabase_tables();
    module.set("authUsers", users);
    module.set("realtimeMessages", messages);
    module
}

/// `drizzle-orm/neon`: its roles and `crudPolicy`.
fn neon() -> Obj {
    let module = sql::namespace([
        ("anonymousRole", security::existing_role("anonymous")),
        ("authenticatedRole", security::existing_role("authenticated")),
    ]);
    module.set("authUid", Value::native("authUid", |_, call| Ok(security::auth_uid(call))));
    module.set("crudPolicy", Value::native("crudPolicy", security::crud_policy));
    module
}

/// `omit` and `pick` of the packages that schemas take columns out of shared objects with. `data` is the argument that the
/// object is; the keys are the other.
fn object_tools(data: usize) -> Obj {
    let tool = |name: &'static str, keeps: bool| {
        let function = Value::native(name, move |cx, call| {
            let (object, keys) = (call.arg(data), call.arg(1 - data));
            let keys = keys.as_array().or_else(|| matches!(keys, Value::String(_)).then(|| vec![keys.clone()]));
            let keys: Option<Vec<_>> =
                keys.and_then(|keys| keys.iter().map(|key| Some(key.as_str()?.to_owned())).collect());
            let Some(keys) = keys else {
                return Ok(Value::opaque(format!("what `{name}` gives is not known"), call.span));
            };
            if matches!(object, Value::Opaque(_)) {
                return Ok(object);
            }
            let rest = Object::plain();
            for (key, value, span) in cx.entries(&object, call.arg_span(data))? {
                if keys.iter().any(|named| **named == *key) == keeps {
                    rest.define(key, Slot::Value(value), span);
                }
            }
            Ok(Value::Object(rest))
        });
        (name, function)
    };
    sql::namespace([tool("omit", false), tool("pick", true)])
}
