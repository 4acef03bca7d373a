//! `pgSchema('name')`: tables and enums in a schema of their own.

use super::{enums, known, sequence, table, view};
use crate::diagnostic::Diagnostic;
use crate::evaluate::{Call, Eval, Host, Interpreter, Obj, Value};
use crate::source::Span;

/// A schema.
#[derive(Debug)]
pub(super) struct PgSchema {
    pub(super) name: String,
    pub(super) column_functions: Value,
}

impl PgSchema {
    /// `pgSchema(name)` as a value. drizzle-orm refuses `public`, which needs no declaration.
    pub(super) fn declare(call: &Call, column_functions: Value) -> Eval<Value> {
        let name = known::string(call, 0, "the name of a schema")?;
        if name == "public" {
            return Err(Diagnostic::error("E0404", "`public` cannot be declared with `pgSchema`")
                .at(call.span, "drizzle-orm throws here")
                .help("use `pgTable` and `pgEnum` directly")
                .into());
        }
        Ok(Value::host(PgSchema { name, column_functions }))
    }
}

impl Host for PgSchema {
    fn describe(&self) -> String {
        format!("the Drizzle schema `{}`", self.name)
    }

    fn methods(&self) -> &'static [&'static str] {
        &["table", "enum", "view", "materializedView", "sequence"]
    }

    fn get(&self, _: &mut Interpreter<'_>, _: &Obj, key: &str, _: Span) -> Eval<Option<Value>> {
        Ok((key == "schemaName").then(|| Value::string(&self.name)))
    }

    fn call_method(&self, cx: &mut Interpreter<'_>, _: &Obj, name: &str, call: &Call) -> Eval<Option<Value>> {
        let schema = Some(self.name.clone());
        match name {
            "table" => {
                let table_name = known::string(call, 0, "the name of a table")?;
                table::pg_table(cx, call, table_name, schema, &self.column_functions).map(Some)
            }
            "enum" => enums::pg_enum(cx, call, schema).map(Some),
            "view" | "materializedView" => {
                view::pg_view(cx, call, schema, name == "materializedView", &self.column_functions).map(Some)
            }
            "sequence" => sequence::pg_sequence(call, schema).map(Some),
            _ => Ok(None),
        }
    }
}
