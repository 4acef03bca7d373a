//! `pgSequence`, and the options that identities share with it.

use super::known;
use crate::evaluate::{Call, Eval, Host, Interpreter, Value, number_to_string};
use crate::schema::{self, SequenceOptions};
use crate::source::Span;

/// A sequence.
#[derive(Debug)]
pub(super) struct PgSequence {
    schema: Option<String>,
    name: String,
    options: Value,
    span: Span,
}

/// `pgSequence(name, options)`, in a schema or in none.
pub(super) fn pg_sequence(call: &Call, schema: Option<String>) -> Eval<Value> {
    let name = known::string(call, 0, "the name of a sequence")?;
    Ok(Value::host(PgSequence { schema, name, options: call.arg(1), span: call.span }))
}

impl Host for PgSequence {
    fn describe(&self) -> String {
        format!("the Drizzle sequence `{}`", self.name)
    }

    fn get(&self, _: &mut Interpreter<'_>, _: &crate::evaluate::Obj, key: &str, _: Span) -> Eval<Option<Value>> {
        Ok((key == "seqName").then(|| Value::string(&self.name)))
    }
}

impl PgSequence {
    pub(super) fn lower(&self, cx: &mut Interpreter<'_>) -> Eval<schema::Sequence> {
        let what = format!("of sequence `{}`", self.name);
        let options = sequence_options(cx, &self.options, self.span, &what, Bounds::SEQUENCE)?;
        Ok(schema::Sequence { schema: self.schema.clone(), name: self.name.clone(), options })
    }
}

/// Where a sequence ends that is given no bounds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    lowest: &'static str,
    highest: &'static str,
}

impl Bounds {
    const SEQUENCE: Self = Self { lowest: "-9223372036854775808", highest: "9223372036854775807" };

    /// drizzle-kit's for the identity of a column of that type. It looks the lowest number up under the name of the
    /// column's class, which is never found, so that every identity that counts down ends where a smallint does.
    pub(super) fn of_identity(sql_type: &str) -> Self {
        let highest = match sql_type {
            "integer" => "2147483647",
            "bigint" => "9223372036854775807",
            _ => "32767",
        };
        Self { lowest: "-32768", highest }
    }
}

/// drizzle-kit's reading of a sequence's options, with its defaults.
///
/// `what` says whose options they are ("of column `id`").
pub(super) fn sequence_options(
    cx: &mut Interpreter<'_>,
    options: &Value,
    span: Span,
    what: &str,
    bounds: Bounds,
) -> Eval<SequenceOptions> {
    let mut option = |key: &str| -> Eval<Option<String>> {
        if options.is_nullish() {
            return Ok(None);
        }
        Ok(match cx.get(options, key, span)? {
            Value::Undefined => None,
            Value::Number(value) => Some(number_to_string(value)),
            Value::BigInt(value) => Some(value.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            Value::String(text) => Some(text.to_string()),
            other => {
                let what = format!("the option `{key}` {what}");
                return Err(known::mismatch(&other, span, &what, "a number or a string").into());
            }
        })
    };
    let Bounds { lowest, highest } = bounds;
    let increment = option("increment")?.unwrap_or_else(|| "1".to_owned());
    let descending = increment.parse::<f64>().is_ok_and(|increment| increment < 0.0);
    let min_value = option("minValue")?.unwrap_or_else(|| if descending { lowest } else { "1" }.to_owned());
    let max_value = option("maxValue")?.unwrap_or_else(|| if descending { "-1" } else { highest }.to_owned());
    let start_with = option("startWith")?;
    Ok(SequenceOptions {
        cache: option("cache")?.unwrap_or_else(|| "1".to_owned()),
        cycle: option("cycle")?.as_deref() == Some("true"),
        start_with: start_with.unwrap_or_else(|| if descending { &max_value } else { &min_value }.clone()),
        increment,
        min_value,
        max_value,
    })
}
