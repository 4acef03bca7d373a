//! ToString.

use super::object::{Kind, Slot};
use super::{Call, Eval, Interpreter, Value, operators};
use crate::source::Span;

impl Interpreter<'_> {
    /// JavaScript's ToString; the inner error is the unknown value that it hangs on.
    pub fn to_text(&mut self, value: &Value, span: Span) -> Eval<Result<String, Value>> {
        self.nested(span, |cx| cx.text_of(value, span))
    }

    fn text_of(&mut self, value: &Value, span: Span) -> Eval<Result<String, Value>> {
        Ok(Ok(match value {
            Value::Opaque(_) => return Ok(Err(value.clone())),
            Value::Object(object) => match &object.kind {
                Kind::Array(items) => {
                    let items = items.borrow().clone();
                    let mut texts = Vec::with_capacity(items.len());
                    for item in &items {
                        if item.is_nullish() {
                            texts.push(String::new());
                            continue;
                        }
                        match self.to_text(item, span)? {
                            Ok(text) => texts.push(text),
                            Err(opaque) => return Ok(Err(opaque)),
                        }
                    }
                    texts.join(",")
                }
                Kind::Symbol(symbol) => symbol.text(),
                _ if object.find(super::symbol::TO_PRIMITIVE).is_some() => {
                    let call = Call::with([Value::from("string")], span);
                    let text = self.call_method(value, super::symbol::TO_PRIMITIVE, span, &call)?;
                    return self.to_text(&text, span);
                }
                _ => match object.find("toString") {
                    Some(property) if matches!(property.slot, Slot::Value(_)) => {
                        let text = self.call_method(value, "toString", span, &Call::with([], span))?;
                        return match text {
                            Value::Object(_) => Ok(Err(Value::opaque("an object as text", span))),
                            other => self.to_text(&other, span),
                        };
                    }
                    _ if matches!(object.kind, Kind::Plain) => "[object Object]".to_owned(),
                    _ if matches!(object.kind, Kind::RegExp(_)) => {
                        let text = self.call_method(value, "toString", span, &Call::with([], span))?;
                        return self.to_text(&text, span);
                    }
                    _ => {
                        let reason = format!("{} as text", object.kind.describe());
                        return Ok(Err(Value::opaque(reason, span)));
                    }
                },
            },
            primitive => operators::primitive_to_text(primitive),
        }))
    }
}
