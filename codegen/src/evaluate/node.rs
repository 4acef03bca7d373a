//! What Node.js gives each module beyond the language: its own path, `import.meta`, `require` and `module.exports`.

use std::path::Path;
use std::rc::Rc;

use super::builtins::{self, node};
use super::{Eval, Interpreter, Obj, Object, Value};
use crate::parse::{Import, ModuleId};
use crate::source::Span;

impl<'a> Interpreter<'a> {
    /// The path of the file that holds a span.
    fn file_of(&self, span: Span) -> Option<&'a Path> {
        self.parsed.all().map(|(_, module)| &module.file).find(|file| file.holds(span)).map(|file| file.path.as_path())
    }

    /// The value of a name that Node.js declares and no scope does. Most are opaque.
    pub(super) fn node_global(&mut self, name: &str, span: Span) -> Value {
        let file = self.file_of(span);
        let known = match (name, file) {
            ("__filename", Some(file)) => text(file),
            ("__dirname", Some(file)) => file.parent().and_then(text),
            ("module" | "exports" | "require", Some(file)) => self.common_js(name, file),
            ("process", _) => Some(Value::Object(node::process(self.folder.as_deref()))),
            ("URL", _) => Some(node::url_class()),
            _ => None,
        };
        known.unwrap_or_else(|| Value::opaque(format!("the global `{name}` is not known"), span))
    }

    /// `import.meta`
    pub(super) fn import_meta(&self, span: Span) -> Value {
        let Some(file) = self.file_of(span) else {
            return Value::opaque("`import.meta` is not known", span);
        };
        let meta = Object::plain();
        let unknown = |what: &str| Value::opaque(format!("`import.meta.{what}` is not known"), span);
        meta.set("filename", text(file).unwrap_or_else(|| unknown("filename")));
        meta.set("dirname", file.parent().and_then(text).unwrap_or_else(|| unknown("dirname")));
        meta.set("url", node::file_url(file).unwrap_or_else(|| unknown("url")));
        meta.set("env", unknown("env"));
        Value::Object(meta)
    }

    fn common_js(&mut self, name: &str, file: &Path) -> Option<Value> {
        let (ModuleId(position), _) = self.parsed.all().find(|(_, module)| module.file.path == file)?;
        if name == "require" {
            return Some(Value::native("require", move |cx, call| cx.require(ModuleId(position), call)));
        }
        let module = self.modules[position].common_js.get_or_insert_with(|| {
            let module = Object::plain();
            module.set("exports", Value::Object(Object::plain()));
            module
        });
        Some(match name {
            "exports" => exports(module),
            _ => Value::Object(module.clone()),
        })
    }

    fn require(&mut self, from: ModuleId, call: &super::Call) -> Eval<Value> {
        let unknown =
            |what: &str| Ok(Value::opaque(format!("what `require` gives for {what} is not known"), call.span));
        let specifier = call.arg(0);
        let Some(specifier) = specifier.as_str() else { return unknown("a computed name") };
        match self.parsed.get(from).and_then(|module| module.imports.get(specifier)) {
            Some(Import::Module(module)) => {
                let module = *module;
                self.run(module);
                Ok(match &self.modules[module.0].common_js {
                    Some(module) => exports(module),
                    None => self.namespace(module),
                })
            }
            Some(Import::Unreadable(_)) | None => match self.package(specifier) {
                Some(package) => Ok(Value::Object(package)),
                None => unknown(&format!("`{specifier}`")),
            },
            Some(Import::Package(package)) => Ok(self.package_export(package, None, call.span)),
        }
    }

    /// What a CommonJS module exports under a name; as ECMAScript modules see it, `default` is all of it.
    pub(super) fn common_js_export(&self, id: ModuleId, name: &str) -> Option<Value> {
        let all = exports(self.modules[id.0].common_js.as_ref()?);
        let Value::Object(object) = &all else { return (name == "default").then_some(all) };
        match object.own(name).map(|property| property.slot) {
            Some(super::Slot::Value(value)) => Some(value),
            _ => (name == "default").then_some(all),
        }
    }

    /// The names that a CommonJS module exports.
    pub(super) fn common_js_names(&self, id: ModuleId) -> Vec<Rc<str>> {
        let all = self.modules[id.0].common_js.as_ref().map(exports);
        all.as_ref().and_then(Value::as_object).map(|object| object.keys()).unwrap_or_default()
    }
}

fn exports(module: &Obj) -> Value {
    match module.own("exports").map(|property| property.slot) {
        Some(super::Slot::Value(value)) => value,
        _ => Value::Undefined,
    }
}

fn text(path: &Path) -> Option<Value> {
    path.to_str().map(Value::string)
}

/// The modules of Node.js that are known: `path`, `url`, `process`.
pub(super) fn module(specifier: &str, folder: Option<&Path>) -> Option<Obj> {
    builtins::node::module(specifier.strip_prefix("node:").unwrap_or(specifier), folder)
}
