//! Hands on what is of this program alone: libraries have spans, too.

use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;

use super::Tracer;

/// Spans of this program, and what it warns of within them.
pub(crate) struct OfProgram<S>(OpenTelemetryLayer<S, Tracer>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> OfProgram<S> {
    pub(crate) fn new(tracer: Tracer) -> Self {
        let layer = tracing_opentelemetry::layer().with_tracer(tracer);
        Self(layer.with_location(false).with_threads(false).with_tracked_inactivity(false).with_target(false))
    }

    /// Whether spans like this one are to be traced.
    pub(crate) fn takes(metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && is_own(metadata)
    }

    fn knows(id: &Id, context: &Context<'_, S>) -> bool {
        context.metadata(id).is_some_and(is_own)
    }
}

fn is_own(metadata: &Metadata<'_>) -> bool {
    metadata.target().split("::").next() == Some("pipeline")
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for OfProgram<S> {
    fn on_register_dispatch(&self, dispatch: &tracing::Dispatch) {
        self.0.on_register_dispatch(dispatch);
    }

    fn on_layer(&mut self, subscriber: &mut S) {
        self.0.on_layer(subscriber);
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if is_own(attributes.metadata()) {
            self.0.on_new_span(attributes, id, context);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if Self::knows(id, &context) {
            self.0.on_record(id, values, context);
        }
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: Context<'_, S>) {
        if Self::knows(id, &context) && Self::knows(follows, &context) {
            self.0.on_follows_from(id, follows, context);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if is_own(event.metadata()) && *event.metadata().level() <= Level::WARN {
            self.0.on_event(event, context);
        }
    }

    fn on_enter(&self, id: &Id, context: Context<'_, S>) {
        if Self::knows(id, &context) {
            self.0.on_enter(id, context);
        }
    }

    fn on_exit(&self, id: &Id, context: Context<'_, S>) {
        if Self::knows(id, &context) {
            self.0.on_exit(id, context);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if Self::knows(&id, &context) {
            self.0.on_close(id, context);
        }
    }
}
