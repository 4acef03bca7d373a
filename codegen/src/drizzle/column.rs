//! Column builders, and the columns that tables make of them.

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;

use super::known;
use super::metadata::column_property;
use super::sql::Sql;
use super::types::{SqlType, TypeInfo};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Call, Eval, Host, Interpreter, Obj, Value};
use crate::schema::DataType;
use crate::source::Span;
use crate::typescript::{TypeOf, TypeUse};

/// What a column builder has been told so far: drizzle-orm's `config`.
#[derive(Debug, Clone)]
pub(super) struct ColumnConfig {
    /// The name in the database; empty until a table sets it.
    pub(super) name: Rc<str>,
    /// True when no name was given, so that `casing` applies.
    pub(super) key_as_name: bool,
    pub(super) base: ColumnBase,
    pub(super) not_null: bool,
    pub(super) primary_key: bool,
    pub(super) default: Option<(Value, Span)>,
    pub(super) default_fn: Option<Value>,
    pub(super) on_update: Option<Value>,
    pub(super) is_unique: bool,
    /// The name given to `.unique()`.
    given_unique_name: Option<Rc<str>>,
    /// The first table made of the builder, which its unique constraint is named after.
    first_table: Option<Rc<TableName>>,
    pub(super) nulls_not_distinct: bool,
    /// `always`, and the sequence's options.
    pub(super) identity: Option<(bool, Value)>,
    pub(super) generated: Option<(Value, Span)>,
    /// `T` of `.$type<T>()`.
    pub(super) typescript_type: Option<TypeUse>,
}

/// What a column's type comes from.
#[derive(Debug, Clone)]
pub(super) enum ColumnBase {
    /// A column function of pg-core, or an enum.
    Known(Rc<TypeInfo>),
    /// `customType`: its parameters and the column's own configuration.
    Custom {
        parameters: Value,
        config: Value,
        /// The type arguments, as in `customType<{ data: T }>`.
        types: Option<TypeUse>,
    },
    /// A class of the schema's own that is derived from `PgColumnBuilder`.
    OwnClass,
    /// `.array(size)` of another builder.
    Array { element: Value, size: Option<f64> },
}

/// A column builder. It is mutable, and who shares it shares its changes, as in drizzle-orm.
#[derive(Debug)]
pub(super) struct ColumnBuilder {
    pub(super) config: RefCell<Rc<ColumnConfig>>,
    /// The functions given to `.references()`, with the actions and the place.
    pub(super) references: RefCell<Vec<(Value, Value, Span)>>,
    span: Span,
}

impl ColumnBuilder {
    pub(super) fn new(name: Rc<str>, base: ColumnBase, span: Span) -> Self {
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
            given_unique_name: None,
            first_table: None,
            nulls_not_distinct: false,
            identity: None,
            generated: None,
            typescript_type: None,
        };
        Self { config: RefCell::new(Rc::new(config)), references: RefCell::default(), span }
    }

    /// The configuration, to be changed. Columns that were made of it before keep what it was.
    pub(super) fn config_mut(&self) -> RefMut<'_, ColumnConfig> {
        RefMut::map(self.config.borrow_mut(), Rc::make_mut)
    }

    /// Whether the column has a type that some methods are of.
    fn has_type(&self, is: impl FnOnce(&DataType) -> bool) -> bool {
        matches!(&self.config.borrow().base, ColumnBase::Known(info) if is(&info.sql_type.data_type))
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
            ColumnBase::Known(info) => format!("a Drizzle column of type `{}`", info.sql_type.name),
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
        let mut config = self.config_mut();
        match name {
            "notNull" => config.not_null = true,
            "primaryKey" => {
                config.primary_key = true;
                config.not_null = true;
            }
            "default" => config.default = Some((call.arg(0), call.arg_span(0))),
            "$default" | "$defaultFn" => config.default_fn = Some(call.arg(0)),
            "$onUpdate" | "$onUpdateFn" => config.on_update = Some(call.arg(0)),
            "$type" => config.typescript_type = TypeUse::of_call(cx, call, TypeOf::Column),
            "unique" => {
                config.is_unique = true;
                config.given_unique_name = known::optional_text(call, 0, "the name of a unique constraint")?;
                config.first_table = None;
                drop(config);
                let options = call.arg(1);
                let nulls = if options.is_nullish() { options } else { cx.get(&options, "nulls", call.arg_span(1))? };
                self.config_mut().nulls_not_distinct = nulls.as_str() == Some("not distinct");
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
            "defaultNow" => {
                self.has_type(|ty| matches!(ty, DataType::Date | DataType::Time { .. } | DataType::Timestamp { .. }))
            }
            "defaultRandom" => self.has_type(|ty| *ty == DataType::Uuid),
            "generatedAlwaysAsIdentity" | "generatedByDefaultAsIdentity" => {
                self.has_type(|ty| matches!(ty, DataType::SmallInt | DataType::Integer | DataType::BigInt))
            }
            _ => false,
        };
        if !applies {
            return Ok(false);
        }
        let mut config = self.config_mut();
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
    pub(super) config: Rc<ColumnConfig>,
    pub(super) sql_type: Rc<SqlType>,
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
            return Ok(Some(Value::native(key, move |_, _| Ok(Value::string(&sql_type.name)))));
        }
        Ok(column_property(&self.0, key).or_else(|| Some(Value::opaque(format!("`{key}` of a Drizzle column"), span))))
    }

    fn methods(&self) -> &'static [&'static str] {
        &["getSQLType"]
    }

    fn call_method(&self, _: &mut Interpreter<'_>, _: &Obj, name: &str, _: &Call) -> Eval<Option<Value>> {
        Ok((name == "getSQLType").then(|| Value::string(&self.0.sql_type.name)))
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
            "getSQLType" => return Ok(Some(Value::string(&self.data.sql_type.name))),
            _ => return Ok(None),
        }
        Ok(Some(Value::Object(this.clone())))
    }
}

impl ColumnBase {
    /// The labels of `text({ enum: […] })`; of an array, its elements'.
    pub(super) fn text_enum(&self) -> Option<Vec<String>> {
        match self {
            Self::Known(info) => info.text_enum.clone(),
            Self::Custom { .. } | Self::OwnClass => None,
            Self::Array { element, .. } => element.as_host::<ColumnBuilder>()?.config.borrow().base.text_enum(),
        }
    }
}

impl ColumnConfig {
    /// The name of the unique constraint, once a table is made of it.
    pub(super) fn unique_name(&self) -> Option<String> {
        match (&self.given_unique_name, &self.first_table) {
            (Some(name), _) => Some(name.to_string()),
            (None, table) => table.as_ref().map(|table| [&*table.name, "_", &*self.name, "_unique"].concat()),
        }
    }

    /// Where the TypeScript type of its values is written, if anywhere: the last `.$type<T>()`, else what `customType` was
    /// given. On an array's element it speaks of the elements.
    pub(super) fn type_use(&self) -> Option<TypeUse> {
        if self.typescript_type.is_some() {
            return self.typescript_type;
        }
        match &self.base {
            ColumnBase::Known(_) | ColumnBase::OwnClass => None,
            ColumnBase::Custom { types, .. } => *types,
            ColumnBase::Array { element, .. } => {
                let mut found = element.as_host::<ColumnBuilder>()?.config.borrow().type_use()?;
                if found.of == TypeOf::Column {
                    found.of = TypeOf::Element;
                }
                Some(found)
            }
        }
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
            Rc::make_mut(&mut config).name = key.clone();
        }
        // This too stays in the builder: a shared one names its constraint after the first table.
        if config.first_table.is_none() {
            Rc::make_mut(&mut config).first_table = Some(table.clone());
        }
    }
    let config = builder.config.borrow().clone();
    let sql_type =
        resolve_type(cx, value, &config.base, if builder.span == Span::default() { key_span } else { builder.span })?;
    Ok(Rc::new(ColumnData { table: table.clone(), key: key.clone(), key_span, config, sql_type }))
}

fn resolve_type(cx: &mut Interpreter<'_>, value: &Value, base: &ColumnBase, span: Span) -> Eval<Rc<SqlType>> {
    match base {
        ColumnBase::Known(info) => Ok(info.sql_type.clone()),
        ColumnBase::Array { element, size } => {
            let Some(builder) = element.as_host::<ColumnBuilder>() else {
                return Err(known::mismatch(element, span, "the element of an array", "a column").into());
            };
            let base = builder.config.borrow().base.clone();
            let element = resolve_type(cx, element, &base, span)?;
            let digits = size.map(crate::evaluate::number_to_string).unwrap_or_default();
            let size = size.map(|size| size as u32);
            let data_type = DataType::Array { element: Box::new(element.data_type.clone()), size };
            Ok(Rc::new(SqlType { data_type, name: format!("{}[{digits}]", element.name) }))
        }
        ColumnBase::OwnClass => {
            let name = super::subclass::sql_type(cx, value, span)?;
            match name.as_str() {
                Some(sql) => Ok(SqlType::other(sql)),
                None => Err(known::mismatch(&name, span, "the type that `getSQLType` gives", "a string").into()),
            }
        }
        ColumnBase::Custom { parameters, config, .. } => {
            let call = Call { this: parameters.clone(), ..Call::with([config.clone()], span) };
            let name = cx.call_method(parameters, "dataType", span, &call)?;
            match name.as_str() {
                Some(sql) => Ok(SqlType::other(sql)),
                None => Err(known::mismatch(&name, span, "the type that `dataType` gives", "a string").into()),
            }
        }
    }
}

/// `customType({ dataType() {…} })`: gives a column function.
pub(super) fn custom_type(cx: &Interpreter<'_>, call: &Call) -> Value {
    let (parameters, types) = (call.arg(0), TypeUse::of_call(cx, call, TypeOf::CustomType));
    Value::native("customType", move |_, call| {
        let (name, config, _) = super::types::name_and_config(call)?;
        let base = ColumnBase::Custom { parameters: parameters.clone(), config, types };
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
