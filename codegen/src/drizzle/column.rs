//! Column builders, and the columns that tables make of them.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::known;
use super::metadata::column_property;
use super::sql::Sql;
use super::types::TypeInfo;
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Call, Eval, Host, Interpreter, Obj, Value};
use crate::schema::DataType;
use crate::source::Span;

/// What a column builder has been told so far: drizzle-orm's `config`.
#[derive(Debug, Clone)]
pub(super) struct ColumnConfig {
    /// The name in the database; empty until a table sets it.
    pub(super) name: String,
    /// True when no name was given, so that `casing` applies.
    pub(super) key_as_name: bool,
    pub(super) base: ColumnBase,
    pub(super) not_null: bool,
    pub(super) primary_key: bool,
    pub(super) default: Option<(Value, Span)>,
    pub(super) default_fn: Option<Value>,
    pub(super) on_update: Option<Value>,
    pub(super) is_unique: bool,
    pub(super) unique_name: Option<String>,
    pub(super) nulls_not_distinct: bool,
    /// `always`, and the sequence's options.
    pub(super) identity: Option<(bool, Value)>,
    pub(super) generated: Option<(Value, Span)>,
    /// Where `T` of `.$type<T>()` stands.
    pub(super) typescript_type: Option<Span>,
}

/// What a column's type comes from.
#[derive(Debug, Clone)]
pub(super) enum ColumnBase {
    /// A column function of pg-core, or an enum.
    Known(TypeInfo),
    /// `customType`: its parameters and the column's own configuration.
    Custom { parameters: Value, config: Value },
    /// A class of the schema's own that is derived from `PgColumnBuilder`.
    OwnClass,
    /// `.array(size)` of another builder.
    Array { element: Value, size: Option<f64> },
}

/// A column builder. It is mutable, and who shares it shares its changes, as in drizzle-orm.
#[derive(Debug)]
pub(super) struct ColumnBuilder {
    pub(super) config: RefCell<ColumnConfig>,
    /// The functions given to `.references()`, with the actions and the place.
    pub(super) references: RefCell<Vec<(Value, Value, Span)>>,
    span: Span,
}

impl ColumnBuilder {
    pub(super) fn new(name: String, base: ColumnBase, span: Span) -> Self {
        let not_null = matches!(&base, ColumnBase::Known(info) if info.not_null);
        let config = ColumnConfig {
            key_as_name: name.is_empty(),
            name,
            base,
            not_null,
            primary_key: false,
            default: None,
            default_fn: None,
            on_update: None,
            is_unique: false,
            unique_name: None,
            nulls_not_distinct: false,
            identity: None,
            generated: None,
            typescript_type: None,
        };
        Self { config: RefCell::new(config), references: RefCell::default(), span }
    }

    fn is_date(&self) -> bool {
        matches!(&self.config.borrow().base, ColumnBase::Known(info) if matches!(info.data_type,
            DataType::Date | DataType::Time { .. } | DataType::Timestamp { .. }))
    }

    fn is_integer(&self) -> bool {
        matches!(&self.config.borrow().base, ColumnBase::Known(info) if matches!(info.data_type,
            DataType::SmallInt | DataType::Integer | DataType::BigInt))
    }

    fn is_uuid(&self) -> bool {
        matches!(&self.config.borrow().base, ColumnBase::Known(info) if info.data_type == DataType::Uuid)
    }
}

const METHODS: &[&str] = &[
    "$default",
    "$defaultFn",
    "$onUpdate",
    "$onUpdateFn",
    "$type",
    "array",
    "default",
    "defaultNow",
    "defaultRandom",
    "generatedAlwaysAs",
    "generatedAlwaysAsIdentity",
    "generatedByDefaultAsIdentity",
    "notNull",
    "primaryKey",
    "references",
    "unique",
];

impl Host for ColumnBuilder {
    fn describe(&self) -> String {
        match &self.config.borrow().base {
            ColumnBase::Known(info) => format!("a Drizzle column of type `{}`", info.sql_type),
            ColumnBase::Custom { .. } => "a Drizzle column of a custom type".to_owned(),
            ColumnBase::OwnClass => "a Drizzle column of a class of its own".to_owned(),
            ColumnBase::Array { .. } => "a Drizzle array column".to_owned(),
        }
    }

    fn methods(&self) -> &'static [&'static str] {
        METHODS
    }

    fn call_method(&self, cx: &mut Interpreter<'_>, this: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        let own = Value::Object(this.clone());
        let mut config = self.config.borrow_mut();
        match name {
            "notNull" => config.not_null = true,
            "primaryKey" => {
                config.primary_key = true;
                config.not_null = true;
            }
            "default" => config.default = Some((call.arg(0), call.arg_span(0))),
            "$default" | "$defaultFn" => config.default_fn = Some(call.arg(0)),
            "$onUpdate" | "$onUpdateFn" => config.on_update = Some(call.arg(0)),
            "$type" => config.typescript_type = call.type_args,
            "unique" => {
                config.is_unique = true;
                config.unique_name = known::optional_string(call, 0, "the name of a unique constraint")?;
                drop(config);
                let options = call.arg(1);
                let nulls = if options.is_nullish() { options } else { cx.get(&options, "nulls", call.arg_span(1))? };
                self.config.borrow_mut().nulls_not_distinct = nulls.as_str() == Some("not distinct");
            }
            "references" => self.references.borrow_mut().push((call.arg(0), call.arg(1), call.span)),
            "generatedAlwaysAs" => config.generated = Some((call.arg(0), call.arg_span(0))),
            "array" => {
                let (element, name) = (own, config.name.clone());
                let size = match call.arg(0) {
                    Value::Number(size) => Some(size),
                    _ => None,
                };
                return Ok(Some(Value::host(ColumnBuilder::new(name, ColumnBase::Array { element, size }, self.span))));
            }
            _ => {
                drop(config);
                return self.special_method(name, call).map(|applies| applies.then_some(own));
            }
        }
        Ok(Some(own))
    }
}

impl ColumnBuilder {
    /// Methods that only some types have.
    fn special_method(&self, name: &str, call: &Call) -> Eval<bool> {
        let applies = match name {
            "defaultNow" => self.is_date(),
            "defaultRandom" => self.is_uuid(),
            "generatedAlwaysAsIdentity" | "generatedByDefaultAsIdentity" => self.is_integer(),
            _ => false,
        };
        if !applies {
            return Ok(false);
        }
        let mut config = self.config.borrow_mut();
        match name {
            "defaultNow" => config.default = Some((Value::host(Sql::text("now()")), call.span)),
            "defaultRandom" => config.default = Some((Value::host(Sql::text("gen_random_uuid()")), call.span)),
            _ => {
                config.identity = Some((name == "generatedAlwaysAsIdentity", call.arg(0)));
                config.not_null = true;
            }
        }
        Ok(true)
    }
}

/// A table's own name, which its columns know.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TableName {
    pub(super) schema: Option<String>,
    pub(super) name: String,
}

/// A column of a table: the builder's configuration as it was when the table was made.
#[derive(Debug)]
pub(super) struct ColumnData {
    pub(super) table: Rc<TableName>,
    /// The property's name.
    pub(super) key: Rc<str>,
    /// Where the property is written.
    pub(super) key_span: Span,
    pub(super) config: ColumnConfig,
    pub(super) data_type: DataType,
    pub(super) sql_type: String,
}

/// `table.column`
#[derive(Debug)]
pub(super) struct Column(pub(super) Rc<ColumnData>);

/// A column as the extra configuration sees it, with what `.asc()`, `.desc()`, `.nullsFirst()`, `.op()` said of it.
#[derive(Debug)]
pub(super) struct ExtraColumn {
    pub(super) data: Rc<ColumnData>,
    pub(super) index: RefCell<IndexOptions>,
}

/// How an index takes a column.
#[derive(Debug, Clone)]
pub(super) struct IndexOptions {
    pub(super) ascending: bool,
    pub(super) nulls_first: bool,
    pub(super) opclass: Option<String>,
}

impl Default for IndexOptions {
    fn default() -> Self {
        Self { ascending: true, nulls_first: false, opclass: None }
    }
}

/// The column that a value is, in either form.
pub(super) fn column_of(value: &Value) -> Option<Rc<ColumnData>> {
    if let Some(column) = value.as_host::<Column>() {
        return Some(column.0.clone());
    }
    value.as_host::<ExtraColumn>().map(|column| column.data.clone())
}

impl Host for Column {
    fn describe(&self) -> String {
        format!("the Drizzle column `{}`", self.0.config.name)
    }

    fn get(&self, _: &mut Interpreter<'_>, _: &Obj, key: &str, span: Span) -> Eval<Option<Value>> {
        if key == "getSQLType" {
            // Schemas keep this one and put their own in its place.
            let sql_type = self.0.sql_type.clone();
            return Ok(Some(Value::native(key, move |_, _| Ok(Value::string(&sql_type)))));
        }
        Ok(column_property(&self.0, key).or_else(|| Some(Value::opaque(format!("`{key}` of a Drizzle column"), span))))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["getSQLType"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, _: &Obj, name: &str, _: &Call) -> Eval<Option<Value>> {
        Ok((name == "getSQLType").then(|| Value::string(&self.0.sql_type)))
    }
}

impl Host for ExtraColumn {
    fn describe(&self) -> String {
        format!("the Drizzle column `{}`", self.data.config.name)
    }

    fn get(&self, _: &mut Interpreter<'_>, _: &Obj, key: &str, _: Span) -> Eval<Option<Value>> {
        Ok(column_property(&self.data, key))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["asc", "desc", "nullsFirst", "nullsLast", "op", "getSQLType"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, this: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        let mut index = self.index.borrow_mut();
        match name {
            "asc" => index.ascending = true,
            "desc" => index.ascending = false,
            "nullsFirst" => index.nulls_first = true,
            "nullsLast" => index.nulls_first = false,
            "op" => index.opclass = Some(known::string(call, 0, "an operator class")?),
            "getSQLType" => return Ok(Some(Value::string(&self.data.sql_type))),
            _ => return Ok(None),
        }
        Ok(Some(Value::Object(this.clone())))
    }
}

/// drizzle-orm's `build`: takes the builder's configuration for a table's column.
pub(super) fn build(
    cx: &mut Interpreter<'_>,
    value: &Value,
    builder: &ColumnBuilder,
    table: &Rc<TableName>,
    key: &Rc<str>,
    key_span: Span,
) -> Eval<Rc<ColumnData>> {
    {
        let mut config = builder.config.borrow_mut();
        if config.name.is_empty() {
            config.name = key.to_string();
        }
        // This too stays in the builder: a shared one names its constraint after the first table.
        if config.unique_name.is_none() {
            config.unique_name = Some(format!("{}_{}_unique", table.name, config.name));
        }
    }
    let config = builder.config.borrow().clone();
    let (data_type, sql_type) =
        resolve_type(cx, value, &config.base, if builder.span == Span::default() { key_span } else { builder.span })?;
    Ok(Rc::new(ColumnData { table: table.clone(), key: key.clone(), key_span, config, data_type, sql_type }))
}

fn resolve_type(cx: &mut Interpreter<'_>, value: &Value, base: &ColumnBase, span: Span) -> Eval<(DataType, String)> {
    match base {
        ColumnBase::Known(info) => Ok((info.data_type.clone(), info.sql_type.clone())),
        ColumnBase::Array { element, size } => {
            let Some(builder) = element.as_host::<ColumnBuilder>() else {
                return Err(known::mismatch(element, span, "the element of an array", "a column").into());
            };
            let base = builder.config.borrow().base.clone();
            let (element, sql) = resolve_type(cx, element, &base, span)?;
            let digits = size.map(crate::evaluate::number_to_string).unwrap_or_default();
            let size = size.map(|size| size as u32);
            Ok((DataType::Array { element: Box::new(element), size }, format!("{sql}[{digits}]")))
        }
        ColumnBase::OwnClass => {
            let name = super::subclass::sql_type(cx, value, span)?;
            match name.as_str() {
                Some(sql) => Ok((DataType::Other { sql: sql.to_owned() }, sql.to_owned())),
                None => Err(known::mismatch(&name, span, "the type that `getSQLType` gives", "a string").into()),
            }
        }
        ColumnBase::Custom { parameters, config } => {
            let call = Call { this: parameters.clone(), ..Call::with([config.clone()], span) };
            let name = cx.call_method(parameters, "dataType", span, &call)?;
            match name.as_str() {
                Some(sql) => Ok((DataType::Other { sql: sql.to_owned() }, sql.to_owned())),
                None => Err(known::mismatch(&name, span, "the type that `dataType` gives", "a string").into()),
            }
        }
    }
}

/// `customType({ dataType() {…} })`: gives a column function.
pub(super) fn custom_type(call: &Call) -> Value {
    let parameters = call.arg(0);
    Value::native("customType", move |_, call| {
        let (name, config, _) = super::types::name_and_config(call)?;
        let base = ColumnBase::Custom { parameters: parameters.clone(), config };
        Ok(Value::host(ColumnBuilder::new(name, base, call.span)))
    })
}

/// Marks something once.
#[derive(Debug, Clone, Default)]
pub(super) struct Flag(Cell<bool>);

impl Flag {
    pub(super) fn raise(&self) {
        self.0.set(true);
    }

    pub(super) fn is_raised(&self) -> bool {
        self.0.get()
    }
}

/// The error for a property of a table that is no column.
pub(super) fn not_a_column(value: &Value, key: &str, span: Span) -> Diagnostic {
    known::mismatch(value, span, &format!("the property `{key}` of a table"), "a column")
}
