//! The kinds of values a setting can have: how each is written, checked and shown.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use super::log_filter::{LEVELS, LogFilter};
use crate::fetch::Rate;
use crate::mask::mask_url;
use crate::metrics::DEFINITIONS;

/// What a setting accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A whole number between two bounds, both included.
    Count(u64, u64),
    /// A time such as `30s`, between two bounds, both included.
    Time(Duration, Duration),
    /// How often something may start, such as `2/s`.
    Rate,
    /// An `http` or `https` URL without password, query and fragment.
    WebUrl,
    /// A `postgres` URL. Secret: its password is never shown.
    DatabaseUrl,
    /// A file or folder. In a settings file, a relative one is taken from that file's folder.
    Path,
    /// The value of an HTTP header: visible ASCII.
    Header,
    /// `on` or `off`.
    Switch,
    /// Where to listen: an address with its port, or a port of the loopback interface.
    Address,
    /// Names and values of Prometheus labels.
    Labels,
    /// How much is logged, as a whole and by target.
    LogLevel,
    /// How logs are written.
    LogFormat,
}

/// A value of one [`Kind`].
#[derive(Debug, Clone)]
pub(super) enum Value {
    Count(u64),
    Time(Duration),
    Rate(Rate),
    WebUrl(Url),
    DatabaseUrl(DatabaseUrl),
    Path(PathBuf),
    Header(String),
    Switch(bool),
    Address(SocketAddr),
    Labels(Vec<(String, String)>),
    LogLevel(LogFilter),
    LogFormat(LogFormat),
}

impl Kind {
    /// Reads `raw`; relative paths are taken from `folder`. Nothing if it is not of this kind.
    pub(super) fn parse(self, raw: &str, folder: &Path) -> Option<Value> {
        match self {
            Self::Count(least, most) => {
                raw.parse().ok().filter(|count| (least..=most).contains(count)).map(Value::Count)
            }
            Self::Time(least, most) => parse_time(raw).filter(|time| (least..=most).contains(time)).map(Value::Time),
            Self::Rate => raw.parse().ok().map(Value::Rate),
            Self::WebUrl => {
                let url = Url::parse(raw).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
                // A query or fragment would swallow the paths that are appended; a password would show in errors and logs.
                let plain = url.query().is_none() && url.fragment().is_none() && url.password().is_none();
                plain.then_some(Value::WebUrl(url))
            }
            Self::DatabaseUrl => {
                let url = Url::parse(raw).ok()?;
                matches!(url.scheme(), "postgres" | "postgresql")
                    .then(|| Value::DatabaseUrl(DatabaseUrl(raw.to_owned())))
            }
            Self::Path => (!raw.is_empty()).then(|| Value::Path(folder.join(raw))),
            Self::Header => (!raw.trim().is_empty() && raw.chars().all(|c| matches!(c, ' '..='~')))
                .then(|| Value::Header(raw.trim().to_owned())),
            Self::Switch => match raw {
                "on" | "true" => Some(Value::Switch(true)),
                "off" | "false" => Some(Value::Switch(false)),
                _ => None,
            },
            Self::Address => parse_address(raw).map(Value::Address),
            Self::Labels => parse_labels(raw).map(Value::Labels),
            Self::LogLevel => raw.parse().ok().map(Value::LogLevel),
            Self::LogFormat => match raw {
                "pretty" => Some(Value::LogFormat(LogFormat::Pretty)),
                "json" => Some(Value::LogFormat(LogFormat::Json)),
                _ => None,
            },
        }
    }

    /// What is allowed, for errors and help.
    pub fn allowed(self) -> String {
        match self {
            Self::Count(least, most) => format!("a whole number from {least} to {most}"),
            Self::Time(least, most) => {
                format!("a time from {} to {}, such as 500ms, 30s, 5m or 1h", show_time(least), show_time(most))
            }
            Self::Rate => "a rate such as 50/s, 0.5/s, 30/m or 1/5s".to_owned(),
            Self::WebUrl => "a URL such as https://example.org, without password and query".to_owned(),
            Self::DatabaseUrl => "a URL such as postgres://user@host:5432/name; special characters of a password \
                                  percent-encoded"
                .to_owned(),
            Self::Path => "a path".to_owned(),
            Self::Header => "visible ASCII characters".to_owned(),
            Self::Switch => "on, off".to_owned(),
            Self::Address => "ADDRESS:PORT, such as 127.0.0.1:9464, or a port alone".to_owned(),
            Self::Labels => "labels such as schedule=weekly,place=lab; not those that figures have already".to_owned(),
            Self::LogLevel => {
                format!("{}; or such levels by target, as in pipeline::fetch=debug,info", LEVELS.join(", "))
            }
            Self::LogFormat => "pretty, json".to_owned(),
        }
    }

    /// Which part of `raw` is not of this kind, where it has parts.
    pub(super) fn mistake(self, raw: &str) -> Option<String> {
        match self {
            Self::LogLevel => raw.parse::<LogFilter>().err(),
            _ => None,
        }
    }

    /// `raw` as it may be shown: without secrets.
    pub(super) fn show(self, raw: &str) -> String {
        match self {
            Self::DatabaseUrl => mask_url(raw),
            // A bare host is shown, so that the reader sees what is missing.
            Self::WebUrl if raw.contains("://") || raw.contains(['@', '=']) => mask_url(raw),
            _ => raw.to_owned(),
        }
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// The URL of a database. `Debug` and `Display` mask its secrets.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The URL with its password: for connecting, never for showing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mask_url(&self.0))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

/// Reads where to listen. `localhost` needs no look-up: it is the loopback interface, as a port alone is.
fn parse_address(raw: &str) -> Option<SocketAddr> {
    let port = raw.strip_prefix("localhost:").unwrap_or(raw);
    match port.parse::<u16>() {
        Ok(port) => Some(SocketAddr::from((Ipv4Addr::LOCALHOST, port))),
        Err(_) => raw.parse().ok(),
    }
}

/// Reads labels apart by commas. The rules for names: Prometheus, "Data model".
fn parse_labels(raw: &str) -> Option<Vec<(String, String)>> {
    let mut labels = Vec::<(String, String)>::new();
    for label in raw.split(',') {
        let (name, value) = label.split_once('=').map(|(name, value)| (name.trim(), value.trim()))?;
        let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let is_taken = labels.iter().any(|(known, _)| known == name)
            || name == "le"
            || DEFINITIONS.iter().any(|definition| definition.labels.contains(&name));
        if !is_name || is_taken || value.is_empty() {
            return None;
        }
        labels.push((name.to_owned(), value.to_owned()));
    }
    Some(labels)
}

/// Reads a number with a unit: `500ms`, `1.5s`, `5m`, `1h`, `30d`. A bare number is refused, for nobody knows its unit; `0` is not bare.
pub fn parse_time(raw: &str) -> Option<Duration> {
    if raw == "0" {
        return Some(Duration::ZERO);
    }
    let unit_at = raw.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = raw.split_at(unit_at);
    let unit = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    Duration::try_from_secs_f64(parse_decimal(number.trim())? * unit).ok()
}

/// Digits with at most one point: what `f64` accepts beyond that (`inf`, `1e9`, signs) is no number to a reader of settings.
fn parse_decimal(raw: &str) -> Option<f64> {
    let plain = raw.starts_with(|c: char| c.is_ascii_digit()) && raw.chars().all(|c| c.is_ascii_digit() || c == '.');
    plain.then(|| raw.parse().ok()).flatten()
}

/// A time as settings write it.
pub(super) fn show_time(time: Duration) -> String {
    let milliseconds = time.as_millis();
    match milliseconds {
        0 => "0s".to_owned(),
        ms if ms % 3_600_000 == 0 => format!("{}h", ms / 3_600_000),
        ms if ms % 60_000 == 0 => format!("{}m", ms / 60_000),
        ms if ms % 1_000 == 0 => format!("{}s", ms / 1_000),
        ms => format!("{ms}ms"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_to_listen_are_on_the_loopback_interface_unless_told() {
        let cases = [
            ("9464", Some("127.0.0.1:9464")),
            ("localhost:9464", Some("127.0.0.1:9464")),
            ("0.0.0.0:9464", Some("0.0.0.0:9464")),
            ("[::1]:9464", Some("[::1]:9464")),
            ("127.0.0.1", None),
            ("65536", None),
            ("example.org:9464", None),
            ("", None),
        ];
        for (raw, expected) in cases {
            assert_eq!(parse_address(raw).map(|address| address.to_string()).as_deref(), expected, "{raw}");
        }
    }

    #[test]
    fn labels_are_prometheus_own() {
        assert_eq!(
            parse_labels("schedule=weekly, place = the lab"),
            Some(vec![("schedule".into(), "weekly".into()), ("place".into(), "the lab".into())])
        );
        for wrong in ["", "a", "a=", "=b", "a-b=c", "9a=b", "__a=b", "a=b,a=c", "host=x", "le=1", "a=b,"] {
            assert_eq!(parse_labels(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn times_need_a_unit() {
        let cases = [
            ("500ms", Some(500)),
            ("1.5s", Some(1_500)),
            ("5m", Some(300_000)),
            ("5min", Some(300_000)),
            ("1h", Some(3_600_000)),
            ("2d", Some(172_800_000)),
            ("0", Some(0)),
            ("30", None),
            ("30 days", None),
            ("-1s", None),
            ("", None),
            ("s", None),
            ("1..5s", None),
        ];
        for (raw, milliseconds) in cases {
            assert_eq!(parse_time(raw).map(|time| time.as_millis()), milliseconds, "{raw}");
        }
    }
}
