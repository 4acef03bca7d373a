//! Bars: shares of rows, and the tasks in time.

use crate::run_report::facts::Facts;
use crate::run_report::tasks::{Span, seconds, severity};

/// Up to so many partitions each get a bar; of more, the slowest, and one a task for the rest.
const ALL: usize = 40;
const SLOWEST: usize = 25;

/// A part of a bar, in percent of its length.
pub(super) struct Share {
    pub(super) name: &'static str,
    pub(super) from: String,
    pub(super) length: String,
}

/// What parts make of their sum. Those that are none are left out.
pub(super) fn shares(parts: impl Iterator<Item = (&'static str, u64)> + Clone) -> Vec<Share> {
    let sum: u64 = parts.clone().map(|(_, part)| part).sum();
    let mut before = 0;
    let mut shares = Vec::new();
    for (name, part) in parts.filter(|(_, part)| *part > 0) {
        shares.push(Share { name, from: percent(before as f64, sum as f64), length: percent(part as f64, sum as f64) });
        before += part;
    }
    shares
}

pub(super) fn percent(part: f64, whole: f64) -> String {
    let percent = if whole > 0.0 { part / whole * 100.0 } else { 0.0 };
    format!("{percent:.2}%")
}

/// The tasks in time.
pub(super) struct Chart<'a> {
    pub(super) bars: Vec<Bar<'a>>,
    /// How long the whole is.
    pub(super) seconds: f64,
    /// How many partitions share bars.
    pub(super) summed: usize,
}

/// A partition, or the rest of a task's.
pub(super) struct Bar<'a> {
    pub(super) task: &'a str,
    pub(super) partition: &'a str,
    /// How many partitions it stands for.
    pub(super) partitions: usize,
    pub(super) state: &'a str,
    pub(super) began: f64,
    /// From the first to the last.
    pub(super) took: f64,
    pub(super) from: String,
    pub(super) length: String,
}

impl<'a> Chart<'a> {
    pub(super) fn of(facts: &'a Facts) -> Self {
        let mut by_length: Vec<&Span> = facts.timeline.iter().collect();
        by_length.sort_by(|one, other| other.seconds.total_cmp(&one.seconds));
        let shown = if by_length.len() > ALL { SLOWEST } else { by_length.len() };
        let (slowest, rest) = by_length.split_at(shown);
        let whole = facts.run.seconds;
        let mut bars: Vec<Bar<'_>> = slowest.iter().map(|span| bar(facts, &[*span], &span.partition)).collect();
        bars.sort_by(|one, other| one.began.total_cmp(&other.began));
        for task in &facts.tasks {
            let spans: Vec<&Span> = rest.iter().copied().filter(|span| span.task == task.task).collect();
            if !spans.is_empty() {
                bars.push(bar(facts, &spans, ""));
            }
        }
        Self { bars, seconds: whole, summed: rest.len() }
    }
}

/// A bar for some partitions of a task, at least one.
fn bar<'a>(facts: &'a Facts, spans: &[&'a Span], partition: &'a str) -> Bar<'a> {
    let (start, whole) = (facts.run.started_at, facts.run.seconds);
    let began = spans.iter().map(|span| seconds(start, span.started_at)).fold(f64::INFINITY, f64::min);
    let ended = spans.iter().map(|span| seconds(start, span.started_at) + span.seconds).fold(0.0, f64::max);
    let worst = spans.iter().min_by_key(|span| severity(&span.state));
    // A bar that nobody sees says nothing.
    let length = (ended - began).max(whole * 0.004);
    let from = began.min((whole - length).max(0.0));
    Bar {
        task: spans.first().map_or("", |span| &span.task),
        partition,
        partitions: spans.len(),
        state: worst.map_or("", |span| &span.state),
        began,
        took: ended - began,
        from: percent(from, whole),
        length: percent(length, whole),
    }
}
