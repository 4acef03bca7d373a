//! Log events as JSON, one object a line.

use std::fmt;

use chrono::{SecondsFormat, Utc};
use indexmap::IndexMap;
use serde::Serialize;
use serde_json::Value;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;
use uuid::Uuid;

use super::context::{self, Said};

/// Writes `{"timestamp", "level", "run_id", "command", "task", "partition", "source", "table", "target", "message", "fields": {…}}`;
/// members without content are left out. The library's own JSON cannot say in every line what it belongs to.
pub(super) struct JsonLines {
    run_id: Option<Uuid>,
}

impl JsonLines {
    pub(super) fn new(run_id: Option<Uuid>) -> Self {
        Self { run_id }
    }
}

impl<S, N> FormatEvent<S, N> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let Said { target, message, fields } = Said::by(event);
        let line = Line {
            timestamp: Utc::now().to_rfc3339_opts(SecondsFormat::Micros, true),
            level: event.metadata().level().as_str(),
            run_id: self.run_id,
            belongs_to: context::around(context),
            target,
            message,
            fields,
        };
        let line = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        writeln!(writer, "{line}")
    }
}

#[derive(Serialize)]
struct Line<'a> {
    timestamp: String,
    level: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    run_id: Option<Uuid>,
    #[serde(flatten)]
    belongs_to: IndexMap<String, Value>,
    target: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Value>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    fields: IndexMap<String, Value>,
}
