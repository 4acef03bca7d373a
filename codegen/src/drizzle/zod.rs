//! The one thing that schemas take from zod: the labels of `z.enum([…])`.

use crate::evaluate::{Call, Eval, Host, Interpreter, Kind, Obj, Object, Value};
use crate::source::Span;

/// The package, and its `z`.
#[derive(Debug)]
struct Zod;

/// `z.enum(labels)`, and `z.nativeEnum(object)`.
#[derive(Debug)]
struct ZodEnum {
    /// Keys with their values.
    members: Vec<(String, Value)>,
}

/// The module of the package: `import { z }`, `import * as z` and `import z` alike.
pub(super) fn zod() -> Obj {
    let module = Object::new(Kind::Host(Box::new(Zod)));
    module.set("z", Value::host(Zod));
    module
}

impl Host for Zod {
    fn describe(&self) -> String {
        "the package `zod`".to_owned()
    }

    fn get(&self, _: &mut Interpreter<'_>, _: &Obj, key: &str, span: Span) -> Eval<Option<Value>> {
        Ok((!METHODS.contains(&key)).then(|| Value::opaque(format!("`{key}` of the package `zod` is not known"), span)))
    }

    fn methods(&self) -> &'static [&'static str] {
        METHODS
    }

    fn call_method(&self, cx: &mut Interpreter<'_>, _: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        if !METHODS.contains(&name) {
            return Ok(None);
        }
        let given = call.arg(0);
        let members = match given.as_array() {
            Some(labels) => labels
                .into_iter()
                .map(|label| label.as_str().map(|name| (name.to_owned(), label.clone())))
                .collect::<Option<Vec<_>>>(),
            None if given.as_object().is_some() => {
                let entries = cx.entries(&given, call.arg_span(0))?;
                // A TypeScript enum of numbers also maps back from the numbers to the names.
                let own = entries.into_iter().filter(|(key, ..)| key.parse::<f64>().is_err());
                Some(own.map(|(key, value, _)| (key.to_string(), value)).collect())
            }
            None => None,
        };
        let unknown = || Value::opaque("an enum of labels that are not known", call.span);
        Ok(Some(members.map_or_else(unknown, |members| Value::host(ZodEnum { members }))))
    }
}

const METHODS: &[&str] = &["enum", "nativeEnum"];

impl Host for ZodEnum {
    fn describe(&self) -> String {
        "an enum of `zod`".to_owned()
    }

    fn get(&self, _: &mut Interpreter<'_>, _: &Obj, key: &str, span: Span) -> Eval<Option<Value>> {
        Ok(match key {
            "options" => Some(Value::array(self.members.iter().map(|(_, value)| value.clone()).collect())),
            "enum" | "Enum" | "Values" => {
                let object = Object::plain();
                for (key, value) in &self.members {
                    object.set(key.as_str(), value.clone());
                }
                Some(Value::Object(object))
            }
            _ if ENUM_METHODS.contains(&key) => None,
            _ => Some(Value::opaque(format!("`{key}` of an enum of `zod`"), span)),
        })
    }

    fn methods(&self) -> &'static [&'static str] {
        ENUM_METHODS
    }

    fn call_method(&self, _: &mut Interpreter<'_>, this: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        let picks = match name {
            "describe" | "meta" => return Ok(Some(Value::Object(this.clone()))),
            "extract" => true,
            "exclude" => false,
            _ => return Ok(None),
        };
        let Some(names) = call.arg(0).as_array() else { return Ok(Some(call.arg(0))) };
        let is_named = |key: &str| names.iter().any(|name| name.as_str() == Some(key));
        let members = self.members.iter().filter(|(key, _)| is_named(key) == picks).cloned().collect();
        Ok(Some(Value::host(ZodEnum { members })))
    }
}

const ENUM_METHODS: &[&str] = &["describe", "exclude", "extract", "meta"];
