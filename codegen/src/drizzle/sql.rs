//! `sql` templates and how they are written out: drizzle-orm's `sql.ts`.

use std::cell::RefCell;
use std::rc::Rc;

use super::casing::Casing;
use super::column::{ColumnData, Flag, column_of};
use super::encode::{Param, array_literal, sql_param};
use super::enums::PgEnum;
use super::known;
use super::query::{Query, Subquery};
use super::table::Table;
use super::view::View;
use crate::diagnostic::Diagnostic;
use crate::evaluate::{
    Call, Eval, Host, Interpreter, Kind, Obj, Object, Value, iso_string, number_to_string, stringify,
};
use crate::schema::{self, Wording};
use crate::source::Span;
use crate::sql::enclose;

/// No schema comes near; a loop that appends a template to itself would fill the memory.
const MAX_CHUNKS: usize = 1_000_000;

/// A piece of SQL.
#[derive(Debug)]
pub(super) struct Sql {
    chunks: RefCell<Vec<Chunk>>,
    /// `.inlineParams()`: values are written as literals by drizzle-kit too.
    inline: Flag,
}

/// A part of it.
#[derive(Debug, Clone)]
pub(super) enum Chunk {
    /// SQL as it is.
    Text(Rc<str>),
    /// `sql.identifier(name)`
    Identifier(Rc<str>),
    /// A column without its table.
    Column(Rc<ColumnData>),
    /// Anything else that was put into a template.
    Value(Value, Span),
}

/// How columns are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// `"table"."column"`, as everywhere but in an index's own expressions.
    pub(super) qualified: bool,
    pub(super) casing: Casing,
    /// Values are written as literals by drizzle-kit too, as in views.
    inline: bool,
    wording: Wording,
}

impl Style {
    /// Columns with or without their table; values as literals.
    pub(super) fn new(qualified: bool, casing: Casing) -> Self {
        Self { qualified, casing, inline: false, wording: Wording::Valid }
    }

    /// The same for what drizzle-kit writes without parameters.
    pub(super) fn inlined(self) -> Self {
        Self { inline: true, ..self }
    }

    /// Values become parameters, as drizzle-kit has them.
    fn is_bound(self) -> bool {
        !self.inline && self.wording == Wording::DrizzleKit
    }
}

/// Stands for a parameter until all are numbered. PostgreSQL takes no text with it.
const PARAMETER: char = '\0';

impl Sql {
    /// SQL as it is.
    pub(super) fn text(text: &str) -> Self {
        Self::new(vec![Chunk::Text(Rc::from(text))])
    }

    pub(super) fn new(chunks: Vec<Chunk>) -> Self {
        Self { chunks: RefCell::new(chunks), inline: Flag::default() }
    }

    /// The same with the columns that stand in it directly written without their table.
    pub(super) fn without_table(&self) -> Self {
        let bare = |chunk: &Chunk| match chunk {
            Chunk::Value(value, _) => column_of(value).map_or_else(|| chunk.clone(), Chunk::Column),
            other => other.clone(),
        };
        Self { inline: self.inline.clone(), ..Self::new(self.chunks.borrow().iter().map(bare).collect()) }
    }

    /// Writes it out as [`Sql::render`] does, and as drizzle-kit does.
    pub(super) fn write(&self, cx: &mut Interpreter<'_>, style: Style) -> Eval<schema::Sql> {
        let mut valid = Rendering::default();
        self.render_into(cx, style, &mut valid)?;
        if !valid.holds_values {
            return Ok(valid.text.into());
        }
        let theirs = self.render(cx, Style { wording: Wording::DrizzleKit, ..style })?;
        Ok(schema::Sql::new(valid.text, numbered(&theirs)))
    }

    /// Writes it out. What drizzle-kit would write as a parameter (`$1`, which no DDL allows) is written as a literal.
    ///
    /// # Errors
    /// When it contains a value that is not known, or that has no SQL form.
    pub(super) fn render(&self, cx: &mut Interpreter<'_>, style: Style) -> Eval<String> {
        let mut out = Rendering::default();
        self.render_into(cx, style, &mut out)?;
        Ok(out.text)
    }

    fn render_into(&self, cx: &mut Interpreter<'_>, style: Style, out: &mut Rendering) -> Eval<()> {
        // SQL can contain itself, through an array that it was put into later.
        cx.nested(Span::default(), |cx| {
            let style = Style { inline: style.inline || self.inline.is_raised(), ..style };
            for chunk in self.chunks.borrow().iter() {
                match chunk {
                    Chunk::Text(part) => out.text.push_str(part),
                    Chunk::Identifier(name) => out.identifier(name),
                    Chunk::Column(column) => out.column(column, style.casing),
                    Chunk::Value(value, span) => render_value(cx, value, *span, style, out)?,
                }
            }
            Ok(())
        })
    }
}

/// SQL on its way.
#[derive(Debug, Default)]
struct Rendering {
    text: String,
    /// True once there is a value in it, which drizzle-kit may write as a parameter.
    holds_values: bool,
}

impl Rendering {
    fn identifier(&mut self, name: &str) {
        enclose(&mut self.text, name, '"');
    }

    fn column(&mut self, column: &ColumnData, casing: Casing) {
        match column.config.key_as_name && casing != Casing::Keep {
            true => self.identifier(&casing.convert(&column.config.name)),
            false => self.identifier(&column.config.name),
        }
    }

    fn qualified(&mut self, schema: Option<&str>, name: &str) {
        if let Some(schema) = schema {
            self.identifier(schema);
            self.text.push('.');
        }
        self.identifier(name);
    }
}

fn render_value(cx: &mut Interpreter<'_>, value: &Value, span: Span, style: Style, out: &mut Rendering) -> Eval<()> {
    if let Some(column) = column_of(value) {
        if style.qualified {
            out.qualified(column.table.schema.as_deref(), &column.table.name);
            out.text.push('.');
        }
        out.column(&column, style.casing);
    } else if let Some(inner) = value.as_host::<Sql>() {
        inner.render_into(cx, style, out)?;
    } else if let Some(table) = value.as_host::<Table>() {
        out.qualified(table.name.schema.as_deref(), &table.name.name);
    } else if let Some(view) = value.as_host::<View>() {
        out.qualified(view.name.schema.as_deref(), &view.name.name);
    } else if let Some(aliased) = value.as_host::<Aliased>() {
        out.identifier(&aliased.alias);
    } else if let Some(subquery) = value.as_host::<Subquery>() {
        if !subquery.is_with {
            out.text.push('(');
            render_value(cx, &subquery.sql, span, style, out)?;
            out.text.push_str(") ");
        }
        out.identifier(&subquery.alias);
    } else if let Some(query) = value.as_host::<Query>() {
        out.text.push('(');
        query.sql(cx)?.render_into(cx, style, out)?;
        out.text.push(')');
    } else if let Some(enum_) = value.as_host::<PgEnum>() {
        out.qualified(enum_.schema.as_deref(), &enum_.name);
    } else if let Some(param) = value.as_host::<Param>() {
        out.holds_values = true;
        match param.value.as_array() {
            _ if style.is_bound() => out.text.push(PARAMETER),
            Some(items) => out.text.push_str(&quote_string(&array_literal(&items, false))),
            None => out.text.push_str(&literal(cx, &param.value, span)?),
        }
    } else if let Some(items) = value.as_array() {
        out.text.push('(');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                out.text.push_str(", ");
            }
            render_value(cx, item, span, style, out)?;
        }
        out.text.push(')');
    } else if !value.is_undefined() {
        out.holds_values = true;
        match style.is_bound() {
            true => out.text.push(PARAMETER),
            false => out.text.push_str(&literal(cx, value, span)?),
        }
    }
    Ok(())
}

/// A JavaScript value as an SQL literal.
fn literal(cx: &mut Interpreter<'_>, value: &Value, span: Span) -> Eval<String> {
    Ok(match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(value) => number_to_string(*value),
        Value::BigInt(value) => value.to_string(),
        Value::String(text) => quote_string(text),
        Value::Object(object) => match &object.kind {
            Kind::Date(Some(time)) => quote_string(&iso_string(*time)),
            Kind::Plain => match stringify(cx, value, span)? {
                Ok(json) => quote_string(&json.unwrap_or_default()),
                Err(unknown) => return Err(known::mismatch(&unknown, span, WHAT, EXPECTED).into()),
            },
            _ => return Err(known::mismatch(value, span, WHAT, EXPECTED).into()),
        },
        Value::Undefined | Value::Opaque(_) => return Err(known::mismatch(value, span, WHAT, EXPECTED).into()),
    })
}

const WHAT: &str = "a value in an `sql` template";
const EXPECTED: &str = "a column, a table, SQL or a literal";

/// The name of a column under `casing`.
pub(super) fn column_name(name: &str, key_as_name: bool, casing: Casing) -> String {
    if key_as_name { casing.convert(name) } else { name.to_owned() }
}

/// `'text'`, quotes doubled.
pub(super) fn quote_string(text: &str) -> String {
    crate::sql::literal(text)
}

/// The text with its parameters numbered as they come.
fn numbered(text: &str) -> String {
    let mut parts = text.split(PARAMETER);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.zip(1..).fold(first, |text, (part, number)| format!("{text}${number}{part}"))
}

/// `sql.as(alias)`
#[derive(Debug)]
pub(super) struct Aliased {
    pub(super) sql: Value,
    pub(super) alias: Rc<str>,
    /// True for what a view or a named query selects under that name.
    pub(super) is_field: bool,
}

impl Aliased {
    /// As who selects from the query sees it: by its name.
    pub(super) fn as_field(&self) -> Self {
        Self { sql: self.sql.clone(), alias: self.alias.clone(), is_field: true }
    }
}

impl Host for Aliased {
    fn describe(&self) -> String {
        format!("the SQL that is named `{}`", self.alias)
    }

    fn methods(&self) -> &'static [&'static str] {
        &["getSQL"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, _: &Obj, name: &str, _: &Call) -> Eval<Option<Value>> {
        Ok((name == "getSQL").then(|| self.sql.clone()))
    }
}

impl Host for Sql {
    fn describe(&self) -> String {
        "an `sql` template".to_owned()
    }

    fn methods(&self) -> &'static [&'static str] {
        &["append", "as", "getSQL", "if", "inlineParams", "mapWith"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, this: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        let own = Value::Object(this.clone());
        match name {
            "append" => {
                if let Some(more) = call.arg(0).as_host::<Sql>() {
                    let more = more.chunks.borrow().clone();
                    if self.chunks.borrow().len() + more.len() > MAX_CHUNKS {
                        let message = format!("an `sql` template of more than {MAX_CHUNKS} parts");
                        return Err(Diagnostic::error("E0405", message).at(call.span, "appended to here").into());
                    }
                    self.chunks.borrow_mut().extend(more);
                }
                Ok(Some(own))
            }
            "if" => Ok(Some(match call.arg(0).truthy() {
                Some(true) => own,
                Some(false) => Value::Undefined,
                None => call.arg(0),
            })),
            "as" if !call.arg(0).is_undefined() => {
                let alias = Rc::from(known::string(call, 0, "an alias")?);
                Ok(Some(Value::host(Aliased { sql: own, alias, is_field: false })))
            }
            "inlineParams" => {
                self.inline.raise();
                Ok(Some(own))
            }
            // A decoder matters to the client only.
            "as" | "getSQL" | "mapWith" => Ok(Some(own)),
            _ => Ok(None),
        }
    }
}

/// The function `sql` itself, with `sql.raw` and the others.
pub(super) fn sql_function() -> Value {
    let sql = Value::native("sql", |cx, call| {
        let strings = call.arg(0).as_array().unwrap_or_default();
        let mut chunks = Vec::with_capacity(2 * strings.len());
        for (index, string) in strings.iter().enumerate() {
            let Some(part) = string.as_str() else {
                return Ok(cx.poison(
                    Diagnostic::error("E0405", "`sql` is a template tag").at(call.span, "called as a function"),
                ));
            };
            chunks.push(Chunk::Text(Rc::from(part)));
            if let Some(arg) = call.args.get(index + 1) {
                chunks.push(Chunk::Value(arg.value.clone(), arg.span));
            }
        }
        Ok(Value::host(Sql::new(chunks)))
    });
    let members = [
        ("raw", Value::native("raw", |_, call| Ok(Value::host(Sql::text(&known::string(call, 0, "raw SQL")?))))),
        ("empty", Value::native("empty", |_, _| Ok(Value::host(Sql::new(Vec::new()))))),
        (
            "identifier",
            Value::native("identifier", |_, call| {
                let name = known::string(call, 0, "an identifier")?;
                Ok(Value::host(Sql::new(vec![Chunk::Identifier(Rc::from(name))])))
            }),
        ),
        ("param", Value::native("param", sql_param)),
        ("join", Value::native("join", join)),
        (
            "fromList",
            Value::native("fromList", |cx, call| {
                let items = cx.iterate(&call.arg(0), call.arg_span(0))?.unwrap_or_default();
                Ok(Value::host(Sql::new(items.into_iter().map(|item| Chunk::Value(item, call.arg_span(0))).collect())))
            }),
        ),
    ];
    if let Value::Object(object) = &sql {
        for (name, member) in members {
            object.set(name, member);
        }
    }
    sql
}

fn join(cx: &mut Interpreter<'_>, call: &Call) -> Eval<Value> {
    let Some(items) = cx.iterate(&call.arg(0), call.arg_span(0))? else { return Ok(call.arg(0)) };
    let mut chunks = Vec::with_capacity(2 * items.len());
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 && !call.arg(1).is_undefined() {
            chunks.push(Chunk::Value(call.arg(1), call.arg_span(1)));
        }
        chunks.push(Chunk::Value(item, call.arg_span(0)));
    }
    Ok(Value::host(Sql::new(chunks)))
}

/// An object of the given members, such as the namespace of a package.
pub(super) fn namespace<'n>(members: impl IntoIterator<Item = (&'n str, Value)>) -> Obj {
    let object = Object::plain();
    for (name, value) in members {
        object.set(name, value);
    }
    object
}
