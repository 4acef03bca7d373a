//! `pgRole` and `pgPolicy`, and the ready-made ones of `drizzle-orm/supabase` and `drizzle-orm/neon`.

use std::cell::RefCell;
use std::rc::Rc;

use super::casing::Casing;
use super::column::{Flag, TableName};
use super::known;
use super::sql::{Chunk, Sql, Style};
use super::table::Table;
use crate::evaluate::{Call, Eval, Host, Interpreter, Obj, Value};
use crate::schema;
use crate::source::Span;

/// A role.
#[derive(Debug)]
pub(super) struct PgRole {
    name: String,
    config: Value,
    existing: Flag,
    span: Span,
}

/// `pgRole(name, config)`
pub(super) fn pg_role(call: &Call) -> Eval<Value> {
    let name = known::string(call, 0, "the name of a role")?;
    Ok(Value::host(PgRole { name, config: call.arg(1), existing: Flag::default(), span: call.span }))
}

/// A role of a hosting service, which is there already.
pub(super) fn existing_role(name: &str) -> Value {
    let existing = Flag::default();
    existing.raise();
    Value::host(PgRole { name: name.to_owned(), config: Value::Undefined, existing, span: Span::default() })
}

impl Host for PgRole {
    fn describe(&self) -> String {
        format!("the Drizzle role `{}`", self.name)
    }

    fn get(&self, cx: &mut Interpreter<'_>, _: &Obj, key: &str, span: Span) -> Eval<Option<Value>> {
        match key {
            "name" => Ok(Some(Value::string(&self.name))),
            "createDb" | "createRole" | "inherit" if !self.config.is_nullish() => {
                cx.get(&self.config, key, span).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn methods(&self) -> &'static [&'static str] {
        &["existing"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, this: &Obj, name: &str, _: &Call) -> Eval<Option<Value>> {
        if name != "existing" {
            return Ok(None);
        }
        self.existing.raise();
        Ok(Some(Value::Object(this.clone())))
    }
}

impl PgRole {
    /// `None` for a role that is not to be created.
    pub(super) fn lower(&self, cx: &mut Interpreter<'_>) -> Eval<Option<schema::Role>> {
        if self.existing.is_raised() {
            return Ok(None);
        }
        let mut flag = |key: &str, default: bool| -> Eval<bool> {
            if self.config.is_nullish() {
                return Ok(default);
            }
            let value = cx.get(&self.config, key, self.span)?;
            if value.is_undefined() {
                return Ok(default);
            }
            let what = format!("`{key}` of role `{}`", self.name);
            value.truthy().ok_or_else(|| known::mismatch(&value, self.span, &what, "true or false").into())
        };
        Ok(Some(schema::Role {
            name: self.name.clone(),
            create_db: flag("createDb", false)?,
            create_role: flag("createRole", false)?,
            inherit: flag("inherit", true)?,
        }))
    }
}

/// A policy.
#[derive(Debug)]
pub(super) struct PgPolicy {
    name: String,
    config: Value,
    linked: RefCell<Option<Rc<TableName>>>,
    pub(super) span: Span,
}

/// `pgPolicy(name, config)`
pub(super) fn pg_policy(call: &Call) -> Eval<Value> {
    let name = known::string(call, 0, "the name of a policy")?;
    Ok(policy(name, call.arg(1), call.span))
}

fn policy(name: String, config: Value, span: Span) -> Value {
    Value::host(PgPolicy { name, config, linked: RefCell::default(), span })
}

impl Host for PgPolicy {
    fn describe(&self) -> String {
        format!("the Drizzle policy `{}`", self.name)
    }

    fn get(&self, cx: &mut Interpreter<'_>, _: &Obj, key: &str, span: Span) -> Eval<Option<Value>> {
        match key {
            "name" => Ok(Some(Value::string(&self.name))),
            "as" | "for" | "to" | "using" | "withCheck" if !self.config.is_nullish() => {
                cx.get(&self.config, key, span).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn methods(&self) -> &'static [&'static str] {
        &["link"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, this: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        if name != "link" {
            return Ok(None);
        }
        let table = call.arg(0);
        let Some(table) = table.as_host::<Table>() else {
            let what = format!("what policy `{}` is linked to", self.name);
            return Err(known::mismatch(&table, call.arg_span(0), &what, "a table").into());
        };
        *self.linked.borrow_mut() = Some(table.name.clone());
        Ok(Some(Value::Object(this.clone())))
    }
}

impl PgPolicy {
    /// The table that `.link()` named.
    pub(super) fn linked(&self) -> Option<Rc<TableName>> {
        self.linked.borrow().clone()
    }

    pub(super) fn lower(&self, cx: &mut Interpreter<'_>, casing: Casing) -> Eval<schema::Policy> {
        let mut get = |key: &str| {
            if self.config.is_nullish() { Ok(Value::Undefined) } else { cx.get(&self.config, key, self.span) }
        };
        let (kind, command, to) = (get("as")?, get("for")?, get("to")?);
        let (using, with_check) = (get("using")?, get("withCheck")?);
        let word = |key: &str, value: &Value, default: &str| -> Eval<String> {
            match value {
                Value::Undefined => Ok(default.to_owned()),
                Value::String(word) => Ok(word.to_uppercase()),
                other => {
                    let what = format!("`{key}` of policy `{}`", self.name);
                    Err(known::mismatch(other, self.span, &what, "a string").into())
                }
            }
        };
        let mut condition = |key: &str, value: &Value| -> Eval<Option<schema::Sql>> {
            match (value.as_host::<Sql>(), value) {
                (Some(sql), _) => sql.write(cx, Style::new(true, casing)).map(Some),
                (None, Value::Opaque(_)) => {
                    let what = format!("`{key}` of policy `{}`", self.name);
                    Err(known::mismatch(value, self.span, &what, "an `sql` template").into())
                }
                // drizzle-kit passes over what is no SQL.
                (None, _) => Ok(None),
            }
        };
        Ok(schema::Policy {
            name: self.name.clone(),
            kind: word("as", &kind, "PERMISSIVE")?,
            command: word("for", &command, "ALL")?,
            roles: self.roles(&to)?,
            using: condition("using", &using)?,
            with_check: condition("withCheck", &with_check)?,
        })
    }

    fn roles(&self, to: &Value) -> Eval<Vec<String>> {
        let given = match (to.truthy(), to.as_array()) {
            (Some(false), _) => return Ok(vec!["public".to_owned()]),
            (_, Some(roles)) => roles,
            (_, None) => vec![to.clone()],
        };
        let mut roles = Vec::with_capacity(given.len());
        for role in &given {
            match (role_name(role), role) {
                (Some(name), _) => roles.push(name),
                (None, Value::Opaque(_)) => {
                    let what = format!("a role of policy `{}`", self.name);
                    return Err(known::mismatch(role, self.span, &what, "a name or a role").into());
                }
                (None, _) => {}
            }
        }
        roles.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
        Ok(roles)
    }
}

fn role_name(value: &Value) -> Option<String> {
    let name = value.as_str().map(str::to_owned);
    name.or_else(|| value.as_host::<PgRole>().map(|role| role.name.clone()))
}

/// `crudPolicy({ role, read, modify })` of `drizzle-orm/neon`: up to four policies.
pub(super) fn crud_policy(cx: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    let (options, span) = (call.arg(0), call.arg_span(0));
    let role = cx.get(&options, "role", span)?;
    let mut condition = |key: &str| -> Eval<Option<Value>> {
        Ok(match cx.get(&options, key, span)? {
            Value::Bool(allowed) => Some(Value::host(Sql::text(if allowed { "true" } else { "false" }))),
            value if value.is_nullish() => None,
            value => Some(value),
        })
    };
    let (read, modify) = (condition("read")?, condition("modify")?);
    let names = match role.as_array() {
        Some(roles) => roles.iter().map(role_name).collect::<Option<Vec<_>>>().map(|names| names.join("-")),
        None => role_name(&role),
    };
    let Some(names) = names else {
        return Err(known::mismatch(&role, span, "the role of a `crudPolicy`", "a name or a role").into());
    };
    let mut policies = Vec::new();
    let mut add = |command: &str, using: Option<&Value>, check: Option<&Value>| {
        let mut config = vec![("for", Value::from(command)), ("to", role.clone())];
        config.extend(using.map(|using| ("using", using.clone())));
        config.extend(check.map(|check| ("withCheck", check.clone())));
        let config = Value::Object(super::sql::namespace(config));
        policies.push(policy(format!("crud-{names}-policy-{command}"), config, call.span));
    };
    if let Some(read) = &read {
        add("select", Some(read), None);
    }
    if let Some(modify) = &modify {
        add("insert", None, Some(modify));
        add("update", Some(modify), Some(modify));
        add("delete", Some(modify), None);
    }
    Ok(Value::array(policies))
}

/// `authUid(column)` of `drizzle-orm/neon`.
pub(super) fn auth_uid(call: &Call) -> Value {
    let text = |text: &str| Chunk::Text(Rc::from(text));
    let column = Chunk::Value(call.arg(0), call.arg_span(0));
    Value::host(Sql::new(vec![text("(select auth.user_id() = "), column, text(")")]))
}
