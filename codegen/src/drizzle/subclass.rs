//! Column classes of the schema's own: `class X extends PgColumnBuilder`, `class Y extends PgColumn`.

use std::rc::Rc;

use super::column::{ColumnBase, ColumnBuilder};
use super::known;
use super::types::type_info;
use crate::evaluate::{Call, Eval, Host, Interpreter, Kind, Obj, Object, Slot, Value};
use crate::source::Span;

/// `PgColumnBuilder`, or the builder of one of drizzle-orm's own types.
#[derive(Debug)]
struct BuilderClass {
    name: &'static str,
    /// The column function of the type; none for `PgColumnBuilder`, whose `build` says what the type is.
    function: Option<&'static str>,
}

/// Builders that are made of a name and at most an object of options.
const BUILDERS: &[(&str, Option<&str>)] = &[
    ("PgColumnBuilder", None),
    ("PgBooleanBuilder", Some("boolean")),
    ("PgCharBuilder", Some("char")),
    ("PgIntegerBuilder", Some("integer")),
    ("PgJsonBuilder", Some("json")),
    ("PgJsonbBuilder", Some("jsonb")),
    ("PgSmallIntBuilder", Some("smallint")),
    ("PgTextBuilder", Some("text")),
    ("PgUUIDBuilder", Some("uuid")),
    ("PgVarcharBuilder", Some("varchar")),
];

/// The classes by name.
pub(super) fn builder_classes() -> impl Iterator<Item = (&'static str, Value)> {
    BUILDERS.iter().map(|(name, function)| (*name, Value::host(BuilderClass { name, function: *function })))
}

impl Host for BuilderClass {
    fn describe(&self) -> String {
        format!("the class `{}` of `drizzle-orm`", self.name)
    }

    fn allocate(&self) -> Option<Obj> {
        let builder = ColumnBuilder::new(Rc::default(), ColumnBase::OwnClass, Span::default());
        Some(Object::new(Kind::Host(Box::new(builder))))
    }

    /// `super(name, dataType, columnType)`, or `super(name, options)` of a known type.
    fn initialize(&self, cx: &mut Interpreter<'_>, this: &Value, call: &Call) -> Eval<()> {
        let (Some(builder), Value::Object(object)) = (this.as_host::<ColumnBuilder>(), this) else { return Ok(()) };
        let name = known::optional_text(call, 0, "the name of a column")?.unwrap_or_default();
        let base = match self.function {
            Some(function) => {
                let options = call.arg(1);
                let options = if options.as_object().is_some() { options } else { Value::Undefined };
                ColumnBase::Known(Rc::new(type_info(cx, function, &options, call.span)?))
            }
            None => ColumnBase::OwnClass,
        };
        let config = Object::plain();
        config.set("name", Value::string(&name));
        config.set("dataType", call.arg(1));
        config.set("columnType", call.arg(2));
        object.define_hidden("config", Slot::Value(Value::Object(config)), call.span);
        let mut own = builder.config_mut();
        own.key_as_name = name.is_empty();
        own.name = name;
        own.base = base;
        Ok(())
    }
}

/// `super(table, config)` in a class derived from `PgColumn`, which says its type by `getSQLType`.
pub(super) fn initialize_column(cx: &mut Interpreter<'_>, this: &Value, call: &Call) -> Eval<()> {
    let Value::Object(object) = this else { return Ok(()) };
    object.set("table", call.arg(0));
    object.set("config", call.arg(1));
    if !call.arg(1).is_nullish() {
        let name = cx.get(&call.arg(1), "name", call.span)?;
        object.set("name", name);
    }
    Ok(())
}

/// What `build(table).getSQLType()` of a builder of the schema's own gives.
pub(super) fn sql_type(cx: &mut Interpreter<'_>, builder: &Value, span: Span) -> Eval<Value> {
    let table = Value::opaque("the table that a column is built for", span);
    let call = Call { this: builder.clone(), ..Call::with([table], span) };
    let column = cx.call_method(builder, "build", span, &call)?;
    cx.call_method(&column, "getSQLType", span, &Call { this: column.clone(), ..Call::with([], span) })
}
