//! `pgTable` and what makes tables.

use std::rc::Rc;

use super::column::{
    Column, ColumnBase, ColumnBuilder, ColumnData, ExtraColumn, Flag, IndexOptions, TableName, build, not_a_column,
};
use super::known;
use super::types::{SqlType, TypeInfo};
use crate::evaluate::{Call, Eval, Host, Interpreter, Kind, Obj, Object, Slot, Value};
use crate::schema::DataType;
use crate::source::Span;

/// A table. Its columns are own properties of the object, as in drizzle-orm.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: Rc<TableName>,
    /// What it is called in the database, where this is an alias of it.
    pub(super) original: Option<Rc<TableName>>,
    pub(super) columns: Vec<Rc<ColumnData>>,
    /// The columns as the schema sees and may change them; none of a package's own table.
    pub(super) objects: Vec<Value>,
    pub(super) inline_references: Vec<InlineReference>,
    /// The extra configuration's function.
    extra: Option<Value>,
    /// The properties whose columns had errors, which have been told.
    spoilt: Vec<(Rc<str>, Span)>,
    /// Where the extra configuration stands.
    pub(super) extra_span: Span,
    pub(super) row_level_security: Flag,
    pub(super) span: Span,
}

/// A `.references()` of a column.
#[derive(Debug, Clone)]
pub(super) struct InlineReference {
    pub(super) column: Rc<ColumnData>,
    pub(super) target: Value,
    pub(super) actions: Value,
    pub(super) span: Span,
}

impl Table {
    /// A table of which the name alone is known.
    pub(super) fn named(name: Rc<TableName>) -> Self {
        Self {
            name,
            original: None,
            columns: Vec::new(),
            objects: Vec::new(),
            inline_references: Vec::new(),
            extra: None,
            spoilt: Vec::new(),
            extra_span: Span::default(),
            row_level_security: Flag::default(),
            span: Span::default(),
        }
    }

    /// The table under another name.
    pub(super) fn under(&self, name: Rc<TableName>) -> Self {
        let row_level_security = Flag::default();
        if self.row_level_security.is_raised() {
            row_level_security.raise();
        }
        Self {
            name,
            original: Some(self.original.clone().unwrap_or_else(|| self.name.clone())),
            columns: self.columns.clone(),
            objects: Vec::new(),
            inline_references: self.inline_references.clone(),
            extra: self.extra.clone(),
            spoilt: self.spoilt.clone(),
            extra_span: self.extra_span,
            row_level_security,
            span: self.span,
        }
    }
}

impl Host for Table {
    fn describe(&self) -> String {
        format!("the Drizzle table `{}`", self.name.name)
    }

    fn get(&self, _: &mut Interpreter<'_>, _: &Obj, key: &str, span: Span) -> Eval<Option<Value>> {
        // `$inferSelect`, `$inferInsert` and `_` are there for types only.
        let internal = key.starts_with('$') || key == "_";
        Ok(internal.then(|| Value::opaque(format!("`{key}` of a Drizzle table"), span)))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["enableRLS"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, this: &Obj, name: &str, _: &Call) -> Eval<Option<Value>> {
        if name != "enableRLS" {
            return Ok(None);
        }
        self.row_level_security.raise();
        Ok(Some(Value::Object(this.clone())))
    }
}

/// `pgTable(name, columns, extra)`, in a schema or in none.
pub(super) fn pg_table(
    cx: &mut Interpreter<'_>,
    call: &Call,
    name: String,
    schema: Option<String>,
    column_functions: &Value,
) -> Eval<Value> {
    let name = Rc::new(TableName { schema, name });
    let mut columns = call.arg(1);
    if columns.is_callable() {
        columns = cx.call(&columns, &Call::with([column_functions.clone()], call.arg_span(1)))?;
    }
    if known::is_reported(&columns) {
        return Ok(columns);
    }
    if !matches!(&columns, Value::Object(object) if matches!(object.kind, Kind::Plain | Kind::Namespace(_))) {
        let what = format!("the columns of table `{}`", name.name);
        return Err(known::mismatch(&columns, call.arg_span(1), &what, "an object").into());
    }
    let entries = cx.entries(&columns, call.arg_span(1))?;
    let (mut built, mut references, mut spoilt) = (Vec::with_capacity(entries.len()), Vec::new(), Vec::new());
    for (key, value, span) in entries {
        // An error in one column is told, and the others go on; what uses the column is no further error.
        let column = match value.as_host::<ColumnBuilder>() {
            Some(builder) => build(cx, &value, builder, &name, &key, span),
            None => Err(not_a_column(&value, &key, span).into()),
        };
        let column = match column {
            Ok(column) => column,
            Err(thrown) if thrown.fatal => return Err(thrown),
            Err(thrown) => {
                if !known::is_reported(&value) {
                    cx.report(*thrown.diagnostic);
                }
                spoilt.push((key, span));
                continue;
            }
        };
        let Some(builder) = value.as_host::<ColumnBuilder>() else { continue };
        for (target, actions, span) in builder.references.borrow().iter() {
            let (target, actions) = (target.clone(), actions.clone());
            references.push(InlineReference { column: column.clone(), target, actions, span: *span });
        }
        built.push(column);
    }
    let extra = call.arg(2);
    let objects: Vec<Value> = built.iter().map(|column| Value::host(Column(column.clone()))).collect();
    let table = Table {
        name,
        original: None,
        columns: built.clone(),
        objects: objects.clone(),
        inline_references: references,
        extra: (!extra.is_nullish()).then_some(extra),
        spoilt: spoilt.clone(),
        extra_span: call.arg_span(2),
        row_level_security: Flag::default(),
        span: call.span,
    };
    let object = Object::with_room(Kind::Host(Box::new(table)), built.len() + spoilt.len());
    for (key, span) in spoilt {
        object.define(key, Slot::Value(Value::reported(span)), span);
    }
    for (column, value) in built.into_iter().zip(objects) {
        object.define(column.key.clone(), Slot::Value(value), column.key_span);
    }
    Ok(Value::Object(object))
}

/// The builders that the extra configuration gives: an array (flattened once), or an object's values.
pub(super) fn extra_config(cx: &mut Interpreter<'_>, table: &Table) -> Eval<Vec<Value>> {
    let Some(function) = &table.extra else { return Ok(Vec::new()) };
    let columns = Object::with_room(Kind::Plain, table.columns.len() + table.spoilt.len());
    for (key, span) in &table.spoilt {
        columns.define(key.clone(), Slot::Value(Value::reported(*span)), *span);
    }
    for column in &table.columns {
        let extra = ExtraColumn { data: column.clone(), index: IndexOptions::default().into() };
        columns.define(column.key.clone(), Slot::Value(Value::host(extra)), column.key_span);
    }
    let config = cx.call(function, &Call::with([Value::Object(columns)], table.extra_span))?;
    if known::is_reported(&config) {
        return Ok(Vec::new());
    }
    match config.as_array() {
        Some(items) => Ok(items.into_iter().flat_map(|item| item.as_array().unwrap_or_else(|| vec![item])).collect()),
        None if matches!(config, Value::Opaque(_)) => {
            let what = format!("the extra configuration of table `{}`", table.name.name);
            Err(known::mismatch(&config, table.extra_span, &what, "an array").into())
        }
        None => Ok(cx.entries(&config, table.extra_span)?.into_iter().map(|(_, value, _)| value).collect()),
    }
}

/// `authUsers` and `realtimeMessages` of `drizzle-orm/supabase`: tables that are there already and that schemas refer to.
pub(super) fn supabase_tables() -> (Value, Value) {
    let info = |data_type: DataType, sql_type: &str| {
        Rc::new(TypeInfo {
            sql_type: Rc::new(SqlType { data_type, name: sql_type.to_owned() }),
            mode: None,
            text_enum: None,
            not_null: false,
        })
    };
    let timestamp = || info(DataType::Timestamp { precision: None, with_time_zone: true }, "timestamp with time zone");
    let users = [
        ("id", "id", info(DataType::Uuid, "uuid")),
        ("email", "email", info(DataType::Varchar { length: Some(255) }, "varchar(255)")),
        ("phone", "phone", info(DataType::Text, "text")),
        ("emailConfirmedAt", "email_confirmed_at", timestamp()),
        ("phoneConfirmedAt", "phone_confirmed_at", timestamp()),
        ("lastSignInAt", "last_sign_in_at", timestamp()),
        ("createdAt", "created_at", timestamp()),
        ("updatedAt", "updated_at", timestamp()),
    ];
    let messages = [
        ("id", "id", info(DataType::BigSerial, "bigserial")),
        ("topic", "topic", info(DataType::Text, "text")),
        ("extension", "extension", info(DataType::Text, "text")),
    ];
    (external("auth", "users", &users), external("realtime", "messages", &messages))
}

/// A table of a package's own: its columns' keys, names and types.
fn external(schema: &str, name: &str, columns: &[(&str, &str, Rc<TypeInfo>)]) -> Value {
    let name = Rc::new(TableName { schema: Some(schema.to_owned()), name: name.to_owned() });
    let column = |(key, column, info): &(&str, &str, Rc<TypeInfo>)| {
        let builder = ColumnBuilder::new(Rc::from(*column), ColumnBase::Known(info.clone()), Span::default());
        Rc::new(ColumnData {
            table: name.clone(),
            key: Rc::from(*key),
            key_span: Span::default(),
            config: builder.config.into_inner(),
            sql_type: info.sql_type.clone(),
        })
    };
    let columns: Vec<Rc<ColumnData>> = columns.iter().map(column).collect();
    let table = Table { columns: columns.clone(), ..Table::named(name) };
    let object = Object::new(Kind::Host(Box::new(table)));
    for column in columns {
        object.define(column.key.clone(), Slot::Value(Value::host(Column(column))), Span::default());
    }
    Value::Object(object)
}
