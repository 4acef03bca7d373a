//! Numbers, times and words as the page writes them. What templates get from here is escaped by them.

#![allow(unreachable_pub, reason = "what `filter_fn` makes of a function is pub, whatever the function is")]

use std::fmt::Display;

use askama::{Result, Values, filter_fn};
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::quarantine::visible;
use crate::report;
use crate::run_report::compare::{Change, Unit};

/// A number with its thousands apart.
#[filter_fn]
pub(super) fn number(value: impl Display, _: &dyn Values) -> Result<String> {
    let text = value.to_string();
    Ok(text.parse::<u64>().map_or(text, report::number))
}

/// A duration as people say it.
#[filter_fn]
pub(super) fn duration(seconds: &f64, _: &dyn Values) -> Result<String> {
    Ok(report::duration(*seconds))
}

/// The same of a duration that is kept as one.
#[filter_fn]
pub(super) fn time(time: &std::time::Duration, _: &dyn Values) -> Result<String> {
    Ok(report::duration(time.as_secs_f64()))
}

/// A moment for machines.
#[filter_fn]
pub(super) fn machine(at: &DateTime<Utc>, _: &dyn Values) -> Result<String> {
    Ok(report::moment(*at))
}

/// A moment for people.
#[filter_fn]
pub(super) fn moment(at: &DateTime<Utc>, _: &dyn Values) -> Result<String> {
    Ok(at.format("%Y-%m-%d %H:%M:%S UTC").to_string())
}

/// Text that came from elsewhere, with nothing unseen in it.
#[filter_fn]
pub(super) fn shown(text: impl Display, _: &dyn Values) -> Result<String> {
    Ok(visible(&text.to_string()))
}

/// A sentence in pieces, with whether each stands between backticks. A backtick without its other one is itself.
#[filter_fn]
pub(super) fn prose(text: &str, _: &dyn Values) -> Result<Vec<(bool, String)>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, code, after)) =
        rest.split_once('`').and_then(|(before, rest)| rest.split_once('`').map(|(code, after)| (before, code, after)))
    {
        pieces.push((false, before.to_owned()));
        pieces.push((true, code.to_owned()));
        rest = after;
    }
    pieces.push((false, rest.to_owned()));
    Ok(pieces)
}

/// A key as `name: value` pairs.
#[filter_fn]
pub(super) fn key(key: &Value, _: &dyn Values) -> Result<String> {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let text = match key {
        Value::Object(parts) => {
            let parts: Vec<String> = parts.iter().map(|(name, value)| format!("{name}: {}", plain(value))).collect();
            parts.join(", ")
        }
        other => plain(other),
    };
    Ok(visible(&text))
}

/// The kind of a state, which says how it looks.
#[filter_fn]
pub(super) fn kind(state: &str, _: &dyn Values) -> Result<&'static str> {
    Ok(kind_of(state))
}

pub(super) fn kind_of(state: &str) -> &'static str {
    match state {
        "ok" => "good",
        "partial" | "stopped" => "warn",
        "running" => "busy",
        "skipped" | "complete-before" | "not-begun" | "not-run" => "idle",
        _ => "bad",
    }
}

/// The mark of a state: colour is not the only thing that tells them apart.
#[filter_fn]
pub(super) fn mark(state: &str, _: &dyn Values) -> Result<&'static str> {
    Ok(match kind_of(state) {
        "good" => "✓",
        "warn" => "!",
        "busy" => "…",
        "idle" => "–",
        _ => "×",
    })
}

/// A state in words.
#[filter_fn]
pub(super) fn words(state: &str, _: &dyn Values) -> Result<String> {
    Ok(state.replace('-', " "))
}

/// Bytes in the largest unit that fits.
#[filter_fn]
pub(super) fn bytes(bytes: &u64, _: &dyn Values) -> Result<String> {
    let mut value = *bytes as f64;
    for unit in ["B", "KiB", "MiB"] {
        if value < 1024.0 {
            return Ok(if unit == "B" { format!("{value} B") } else { format!("{value:.1} {unit}") });
        }
        value /= 1024.0;
    }
    Ok(format!("{value:.1} GiB"))
}

/// A figure of a comparison.
#[filter_fn]
pub(super) fn figure(value: &f64, _: &dyn Values, unit: &Unit) -> Result<String> {
    Ok(written(*value, *unit))
}

/// How much more or less it is, with its sign, and as a part of what it was.
#[filter_fn]
pub(super) fn difference(change: &Change, _: &dyn Values) -> Result<String> {
    let difference = change.now - change.before;
    let sign = if difference > 0.0 { "+" } else { "−" };
    let size = written(difference.abs(), change.unit);
    if difference == 0.0 {
        return Ok("±0".to_owned());
    }
    if change.before == 0.0 {
        return Ok(format!("{sign}{size}"));
    }
    let percent = difference.abs() / change.before * 100.0;
    let percent = if percent < 10.0 { format!("{percent:.1}") } else { format!("{percent:.0}") };
    Ok(format!("{sign}{size} ({sign}{percent} %)"))
}

fn written(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Count => report::number(value as u64),
        Unit::Seconds => report::duration(value),
    }
}
