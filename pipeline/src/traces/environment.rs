//! What the environment says of traces. Names and meanings are OpenTelemetry's; endpoint, headers, timeout, sampler, limits and
//! resource are read by its own library.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;

use opentelemetry::Context;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;

/// Whether traces are sent, and what they belong to.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Whether a collector is named.
    pub is_on: bool,
    /// Whether the service has a name.
    pub(super) has_name: bool,
    /// A PEM file with certificates to trust beside the system's.
    pub(super) certificate: Option<PathBuf>,
    /// The span that ours belong to: `TRACEPARENT`, as schedulers and CI hand it on.
    pub(super) parent: Option<Context>,
    /// What is wrong with it, each a sentence. By OpenTelemetry's rules it never ends a program.
    pub warnings: Vec<String>,
}

impl Environment {
    /// Reads it.
    pub fn read(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let known: HashMap<String, String> = variables
            .into_iter()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            // Empty is as good as not set.
            .filter(|(_, value)| !value.trim().is_empty())
            .collect();
        let get = |name: &str| known.get(name).map(|value| value.trim());
        let of_traces = |what: &str| {
            get(&format!("OTEL_EXPORTER_OTLP_TRACES_{what}")).or_else(|| get(&format!("OTEL_EXPORTER_OTLP_{what}")))
        };
        let mut read = Self {
            has_name: get("OTEL_SERVICE_NAME").is_some()
                || get("OTEL_RESOURCE_ATTRIBUTES").is_some_and(|all| all.contains("service.name=")),
            certificate: of_traces("CERTIFICATE").map(PathBuf::from),
            ..Self::default()
        };
        let is_off = get("OTEL_SDK_DISABLED").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        let is_wanted = match get("OTEL_TRACES_EXPORTER") {
            _ if is_off => false,
            Some("otlp") => true,
            Some("none") => false,
            Some(other) => {
                read.warnings.push(format!(
                    "OTEL_TRACES_EXPORTER is `{other}`: only otlp and none are known, so no traces are sent"
                ));
                false
            }
            // OpenTelemetry's default is a collector on this machine. Few have one, so that it must be named.
            None => of_traces("ENDPOINT").is_some(),
        };
        read.is_on = match of_traces("PROTOCOL") {
            None | Some("http/protobuf") => is_wanted,
            Some(other) if is_wanted => {
                read.warnings.push(format!("OTEL_EXPORTER_OTLP_PROTOCOL is `{other}`: traces are sent by http/protobuf only (mostly port 4318), so none are"));
                false
            }
            Some(_) => false,
        };
        if let Some(parent) = get("TRACEPARENT").filter(|_| read.is_on) {
            let mut carrier = HashMap::from([("traceparent".to_owned(), parent.to_owned())]);
            carrier.extend(get("TRACESTATE").map(|state| ("tracestate".to_owned(), state.to_owned())));
            let context = TraceContextPropagator::new().extract(&carrier);
            match context.span().span_context().is_valid() {
                true => read.parent = Some(context),
                false => {
                    read.warnings.push("TRACEPARENT is no trace context: the run begins a trace of its own".to_owned())
                }
            }
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Environment {
        Environment::read(variables.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn traces_are_sent_where_a_collector_is_named() {
        const NAMED: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
        // (variables, whether it is on, warnings)
        type Case<'a> = (&'a [(&'a str, &'a str)], bool, usize);
        let cases: [Case<'_>; 12] = [
            (&[], false, 0),
            (&[NAMED], true, 0),
            (&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://x/v1/traces")], true, 0),
            (&[("OTEL_EXPORTER_OTLP_ENDPOINT", "")], false, 0),
            (&[("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://x")], false, 0),
            (&[("OTEL_TRACES_EXPORTER", "otlp")], true, 0),
            (&[NAMED, ("OTEL_TRACES_EXPORTER", "none")], false, 0),
            (&[NAMED, ("OTEL_TRACES_EXPORTER", "zipkin")], false, 1),
            (&[NAMED, ("OTEL_SDK_DISABLED", "true")], false, 0),
            (&[NAMED, ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")], false, 1),
            (
                &[
                    NAMED,
                    ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
                    ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf"),
                ],
                true,
                0,
            ),
            (&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")], false, 0),
        ];
        for (variables, is_on, warnings) in cases {
            let found = read(variables);
            assert_eq!((found.is_on, found.warnings.len()), (is_on, warnings), "{variables:?}: {:?}", found.warnings);
        }
    }

    #[test]
    fn a_parent_is_taken_if_it_is_one() {
        let of = |parent| read(&[("OTEL_TRACES_EXPORTER", "otlp"), ("TRACEPARENT", parent)]);
        let found = of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        let context = found.parent.expect("a parent");
        assert_eq!(context.span().span_context().trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert!(found.warnings.is_empty());
        for wrong in ["nonsense", "00-0-0-01"] {
            let found = of(wrong);
            assert!(found.parent.is_none() && found.warnings.len() == 1, "{wrong}");
        }
        // Without traces, nobody cares.
        assert!(read(&[("TRACEPARENT", "nonsense")]).warnings.is_empty());
    }
}
