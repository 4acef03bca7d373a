//! Traces for OpenTelemetry: a span a run, task, request and load, sent to a collector by OTLP.
//!
//! They are off unless the environment that OpenTelemetry defines for all programs names a collector
//! (<https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/>); the pipeline has no settings of its own for it.
//! What the spans say, call sites tell `tracing`, as they do for the log.

mod environment;
mod layer;
mod sender;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
pub use opentelemetry_sdk::trace::SdkTracer as Tracer;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Span;

pub use environment::Environment;
pub(crate) use layer::OfProgram;

use crate::error::{Error, Exit, Result};
use crate::mask::mask_quoted;
use crate::report::{RunResult, error_line};
use sender::Sender;

/// How long a run waits in the end for its last spans to arrive.
const PATIENCE: Duration = Duration::from_secs(2);

/// What sends the spans of a run.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
    lost: Arc<AtomicU64>,
    parent: Option<opentelemetry::Context>,
}

impl Traces {
    /// Begins to send, on a runtime that lasts until [`Traces::end`], if the environment names a collector.
    ///
    /// # Errors
    /// [`Exit::Configuration`] for a collector's address or certificate that cannot be used.
    pub fn begin(environment: &Environment, runtime: &Handle) -> Result<Option<Self>> {
        if !environment.is_on {
            return Ok(None);
        }
        let unusable = |error: &dyn std::error::Error| {
            Error::new(Exit::Configuration, format!("traces cannot be sent as the environment says: {error}"))
                .help("mend the OTEL_… variables, or switch traces off with OTEL_TRACES_EXPORTER=none")
        };
        let lost = Arc::default();
        let sender = Sender::new(runtime, environment.certificate.as_deref(), Arc::clone(&lost))?;
        let exporter = SpanExporter::builder().with_http().with_http_client(sender).build();
        let exporter = exporter.map_err(|error| unusable(&error))?;
        let mut resource = Resource::builder();
        if !environment.has_name {
            resource = resource.with_service_name("pipeline");
        }
        let version = opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let resource = resource.with_attribute(version).build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Some(Self { provider, lost, parent: environment.parent.clone() }))
    }

    /// What makes spans.
    pub fn tracer(&self) -> Tracer {
        self.provider.tracer("pipeline")
    }

    /// Makes a span that belongs to the trace that the environment names, if it names one.
    pub fn root(&self, make: impl FnOnce() -> Span) -> Span {
        let _attached = self.parent.clone().map(opentelemetry::Context::attach);
        make()
    }

    /// Sends what is left. A collector that does not take it in time, or at all, costs a warning.
    pub fn end(self) {
        if self.provider.shutdown_with_timeout(PATIENCE).is_err() {
            tracing::warn!("the collector of traces did not take the last spans within {} s", PATIENCE.as_secs());
        }
        match self.lost.load(Ordering::Relaxed) {
            0 => {}
            times => tracing::warn!(times, "spans could not be sent to the collector of traces"),
        }
    }
}

/// Tells a span that what it stands for failed.
pub(crate) fn failed(span: &Span, error: &Error) {
    fail(span, error.exit(), &error_line(error));
}

fn fail(span: &Span, exit: Exit, error: &str) {
    span.record("error.type", exit.code().to_string());
    // An error may quote what it is about, and that may be a person's name.
    span.record("otel.status_description", mask_quoted(error));
    span.record("otel.status_code", "ERROR");
}

/// Tells a span how a run or task ended.
pub fn ended(span: &Span, result: &RunResult) {
    span.record("pipeline.status", result.status.as_str());
    if let Some(error) = &result.error {
        fail(span, result.exit_code, error);
    }
}
