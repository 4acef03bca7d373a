//! What `$defaultFn` and `$onUpdate` compute, as far as it can be read.

use super::sql::Sql;
use crate::evaluate::{Call, Interpreter, Kind, RandomUuid, Value, stringify};
use crate::schema::RuntimeValue;
use crate::source::Span;

/// Runs the function once and sees what comes out. That it fails or cannot be known is no error: drizzle-kit never runs
/// it either.
pub(super) fn runtime_value(cx: &mut Interpreter<'_>, function: &Value, span: Span) -> RuntimeValue {
    let Ok(value) = cx.call(function, &Call::with([], span)) else { return RuntimeValue::Unknown };
    if value.as_host::<RandomUuid>().is_some() {
        return RuntimeValue::Uuid;
    }
    if let Some(sql) = value.as_host::<Sql>() {
        let style = super::sql::Style::new(false, super::Casing::Keep);
        let now = sql
            .render(cx, style)
            .is_ok_and(|text| matches!(text.trim().to_ascii_lowercase().as_str(), "now()" | "current_timestamp"));
        return if now { RuntimeValue::Now } else { RuntimeValue::Unknown };
    }
    if let Value::Object(object) = &value
        && matches!(object.kind, Kind::Date(None))
    {
        return RuntimeValue::Now;
    }
    let json = match stringify(cx, &value, span) {
        Ok(Ok(Some(text))) => serde_json::from_str(&text).ok(),
        _ => None,
    };
    json.map_or(RuntimeValue::Unknown, RuntimeValue::Constant)
}
