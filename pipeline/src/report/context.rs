//! What log lines belong to: the command, task, partition, source and table of the spans around them.

use std::fmt;

use indexmap::IndexMap;
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::fmt::{FmtContext, FormatFields};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

/// The fields of spans that stand in every line below them. What else spans have is for traces.
pub(super) const FIELDS: [&str; 5] = ["command", "task", "partition", "source", "table"];

/// Keeps these fields with each span.
pub(super) struct Keep;

/// They themselves, as they are kept.
struct Kept(IndexMap<String, Value>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Keep {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        fields.0.retain(|name, value| FIELDS.contains(&name.as_str()) && *value != "");
        span.extensions_mut().insert(Kept(fields.0));
    }
}

/// The fields of all spans around an event; of one that several have, the innermost.
pub(super) fn around<S, N>(context: &FmtContext<'_, S, N>) -> IndexMap<String, Value>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    let mut fields = IndexMap::new();
    for span in context.event_scope().into_iter().flat_map(|scope| scope.from_root()) {
        if let Some(Kept(kept)) = span.extensions().get::<Kept>() {
            fields.extend(kept.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
    }
    fields
}

/// What an event says.
pub(super) struct Said {
    pub(super) target: String,
    pub(super) message: Option<Value>,
    pub(super) fields: IndexMap<String, Value>,
}

impl Said {
    pub(super) fn by(event: &Event<'_>) -> Self {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Fields(mut fields) = fields;
        // What comes through the bridge from the `log` crate has its target beside other fields of the bridge's own.
        let target = fields.get("log.target").and_then(Value::as_str).unwrap_or(event.metadata().target()).to_owned();
        fields.retain(|name, _| !name.starts_with("log."));
        Self { target, message: fields.shift_remove("message"), fields }
    }
}

/// Fields by name, numbers and truths as such, everything else as text.
#[derive(Default)]
struct Fields(IndexMap<String, Value>);

impl Fields {
    fn set(&mut self, field: &Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.set(field, json!(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, json!(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, json!(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, json!(value));
    }
}
