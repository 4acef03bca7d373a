//! What a run counts while it works, and how its end is judged.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use indexmap::IndexMap;
use uuid::Uuid;

use super::accounting::TableCounts;
use super::diagnostic::error_line;
use super::result::{Refusal, RunResult, Status};
use crate::error::{Error, Exit};
use crate::metrics;

/// A run under way. Tasks report to it; [`Run::finish`] makes the result.
#[derive(Debug)]
pub struct Run {
    id: Uuid,
    started_at: DateTime<Utc>,
    started: Instant,
    tables: IndexMap<String, TableCounts>,
    skipped: IndexMap<String, u64>,
    refusals: Vec<Refusal>,
    unresolved_references: u64,
    requests: u64,
    retries: u64,
    ends: Vec<End>,
    phases: Vec<(&'static str, f64)>,
    remarks: Vec<String>,
}

/// How one task ended.
#[derive(Debug)]
enum End {
    Finished,
    NotApplicable,
    Blocked(Error),
    Failed(Error),
}

impl End {
    fn exit(&self) -> Exit {
        match self {
            Self::Finished => Exit::Success,
            Self::NotApplicable => Exit::NotApplicable,
            Self::Blocked(error) | Self::Failed(error) => error.exit(),
        }
    }

    fn error(&self) -> Option<&Error> {
        match self {
            Self::Blocked(error) | Self::Failed(error) => Some(error),
            Self::Finished | Self::NotApplicable => None,
        }
    }

    /// How severe it is: a run of several tasks exits with the most severe, "does not apply" only if that holds for all.
    /// A blocked source counts for more than one that is down, for it must not be retried.
    fn severity(&self) -> (u8, bool) {
        (self.exit().severity(), matches!(self, Self::Blocked(_)))
    }
}

impl Run {
    /// A run that begins now, under an id of its own that sorts by time.
    pub fn begin() -> Self {
        Self {
            id: Uuid::now_v7(),
            started_at: Utc::now(),
            started: Instant::now(),
            tables: IndexMap::new(),
            skipped: IndexMap::new(),
            refusals: Vec::new(),
            unresolved_references: 0,
            requests: 0,
            retries: 0,
            ends: Vec::new(),
            phases: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// A part of this run that counts for itself, until it is absorbed.
    #[must_use]
    pub fn child(&self) -> Self {
        Self { id: self.id, ..Self::begin() }
    }

    /// Takes over what a part of this run counted, and how it ended.
    pub fn absorb(&mut self, child: Self) {
        child.tables.into_iter().for_each(|(table, counts)| *self.tables.entry(table).or_default() += counts);
        child.skipped.into_iter().for_each(|(reason, number)| *self.skipped.entry(reason).or_default() += number);
        for refusal in child.refusals {
            let known = |known: &&mut Refusal| known.table == refusal.table && known.reason == refusal.reason;
            match self.refusals.iter_mut().find(known) {
                Some(known) => known.rows += refusal.rows,
                None => self.refusals.push(refusal),
            }
        }
        self.unresolved_references += child.unresolved_references;
        self.requests(child.requests, child.retries);
        self.ends.extend(child.ends);
        self.phases.extend(child.phases);
        self.remarks.extend(child.remarks);
    }

    /// Its id, also in the logs and in the database.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// When it began.
    pub fn started_at(&self) -> DateTime<Utc> {
        self.started_at
    }

    /// Adds to the counts of `table` (`schema.name`). Tables are reported in the order of their first mention.
    pub fn count(&mut self, table: &str, counts: TableCounts) {
        metrics::rows(table, &counts);
        *self.tables.entry(table.to_owned()).or_default() += counts;
    }

    /// Counts `number` things that an extractor passed over for `reason`, before they were rows.
    pub fn skip(&mut self, reason: &str, number: u64) {
        if number > 0 {
            metrics::skipped(reason, number);
            *self.skipped.entry(reason.to_owned()).or_default() += number;
        }
    }

    /// Tells why a row of `table` was quarantined, for the summary. The row itself is counted by [`Run::count`].
    pub fn refuse(&mut self, table: &str, reason: &str, key: Option<&str>) {
        let known = self.refusals.iter_mut().find(|refusal| refusal.table == table && refusal.reason == reason);
        match known {
            Some(refusal) => refusal.rows += 1,
            None => self.refusals.push(Refusal {
                table: table.to_owned(),
                reason: reason.to_owned(),
                rows: 1,
                example: key.map(str::to_owned),
            }),
        }
    }

    /// Counts nullable references whose target was not found.
    pub fn unresolved_references(&mut self, number: u64) {
        metrics::unresolved(number);
        self.unresolved_references += number;
    }

    /// Counts requests to sources, and retries: of requests, and of whole loads.
    pub fn requests(&mut self, requests: u64, retries: u64) {
        self.requests += requests;
        self.retries += retries;
    }

    /// Tells what a part of the work took, for the summary.
    pub fn spent(&mut self, phase: &'static str, time: Duration) {
        self.phases.push((phase, time.as_secs_f64()));
    }

    /// Adds a remark for people to the summary.
    pub fn remark(&mut self, sentence: String) {
        self.remarks.push(sentence);
    }

    /// A task finished. A run in which nothing is said to have ended has finished too.
    pub fn finished(&mut self) {
        self.ends.push(End::Finished);
    }

    /// A task does not apply: its source is off, or its partition complete.
    pub fn not_applicable(&mut self) {
        self.ends.push(End::NotApplicable);
    }

    /// A task failed. An error with exit 130 or 143 says that a signal stopped it.
    pub fn failed(&mut self, error: Error) {
        self.ends.push(End::Failed(error));
    }

    /// A source refuses us.
    pub fn blocked(&mut self, error: Error) {
        self.ends.push(End::Blocked(error));
    }

    /// The errors of all tasks, in the order in which they came.
    pub fn errors(&self) -> impl Iterator<Item = &Error> {
        self.ends.iter().filter_map(End::error)
    }

    /// The result as of now. Of several tasks the most severe end decides exit code and error: 78, 77, 64, 65, 69, 75, 130 or 143, 1,
    /// 0, and 99 if all of them do not apply.
    pub fn finish(&self) -> RunResult {
        // Of equally severe ends the first one, which is likely the cause of the others.
        let worst = self.ends.iter().rev().max_by_key(|end| end.severity()).unwrap_or(&End::Finished);
        let exit = worst.exit();
        let quarantined = self.tables.values().any(|counts| counts.quarantined > 0);
        let status = match (exit, worst) {
            (Exit::Success, _) if quarantined => Status::Partial,
            (Exit::Success, _) => Status::Ok,
            (Exit::NotApplicable, _) => Status::Skipped,
            (Exit::Interrupted | Exit::Terminated, _) => Status::Stopped,
            (_, End::Blocked(_)) => Status::Blocked,
            _ => Status::Failed,
        };
        RunResult {
            v: 1,
            run_id: self.id,
            status,
            exit_code: exit,
            started_at: self.started_at,
            // Milliseconds are exact enough, and short to read.
            seconds: (self.started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0,
            error: worst.error().map(error_line),
            help: worst.error().and_then(Error::help_text).map(str::to_owned),
            tables: self.tables.clone(),
            skipped: self.skipped.clone(),
            unresolved_references: self.unresolved_references,
            requests: self.requests,
            retries: self.retries,
            refusals: self.refusals.clone(),
            phases: self.phases.clone(),
            remarks: self.remarks.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: [Exit; 9] = [
        Exit::Configuration,
        Exit::Permission,
        Exit::Usage,
        Exit::Input,
        Exit::Unavailable,
        Exit::Temporary,
        Exit::Interrupted,
        Exit::Differences,
        Exit::Success,
    ];

    fn end(run: &mut Run, exit: Exit) {
        match exit {
            Exit::Success => run.finished(),
            Exit::NotApplicable => run.not_applicable(),
            exit => run.failed(Error::new(exit, format!("{exit:?}"))),
        }
    }

    #[test]
    fn of_several_tasks_the_most_severe_decides() {
        for (index, worse) in CONTRACT.iter().enumerate() {
            for milder in CONTRACT[index + 1..].iter().chain([&Exit::NotApplicable]) {
                for pair in [[worse, milder], [milder, worse]] {
                    let mut run = Run::begin();
                    pair.into_iter().for_each(|exit| end(&mut run, *exit));
                    assert_eq!(run.finish().exit_code, *worse, "{worse:?} and {milder:?}");
                }
            }
        }
    }

    #[test]
    fn the_status_says_how_a_run_ended() {
        let refused = TableCounts { read: 1, quarantined: 1, ..TableCounts::default() };
        let down = || Error::new(Exit::Unavailable, "down");
        type Tell = fn(&mut Run, TableCounts, Error);
        let cases: [(Tell, &str, u8); 8] = [
            (|_, _, _| {}, "ok", 0),
            (|run, refused, _| run.count("public.school", refused), "partial", 0),
            (|run, _, _| run.not_applicable(), "skipped", 99),
            (|run, _, down| run.failed(down), "failed", 69),
            (|run, _, down| run.blocked(down), "blocked", 69),
            (|run, _, _| run.failed(Error::new(Exit::Interrupted, "SIGINT")), "stopped", 130),
            (|run, _, _| run.failed(Error::new(Exit::Terminated, "SIGTERM")), "stopped", 143),
            (
                |run, _, down| {
                    run.failed(down);
                    run.blocked(Error::new(Exit::Unavailable, "blocked"));
                },
                "blocked",
                69,
            ),
        ];
        for (number, (tell, status, code)) in cases.into_iter().enumerate() {
            let mut run = Run::begin();
            tell(&mut run, refused, down());
            let result = run.finish();
            assert_eq!((result.status.as_str(), result.exit_code.code()), (status, code), "case {number}");
        }
    }

    #[test]
    fn the_line_is_the_contracts() {
        let mut run = Run::begin();
        let counts = TableCounts {
            read: 7,
            inserted: 1,
            updated: 1,
            unchanged: 2,
            duplicates: 1,
            ignored: 1,
            quarantined: 1,
            ..TableCounts::default()
        };
        assert_eq!(counts.accounted(), counts.read);
        run.count("public.school", counts);
        run.count("public.conference", TableCounts { read: 3, quarantined: 1, ..counts }.after_rollback());
        run.skip("beyond --limit", 2);
        run.skip("never", 0);
        run.unresolved_references(11);
        run.requests(5, 1);
        run.failed(Error::new(Exit::Temporary, "two\nlines"));
        let mut line = Vec::new();
        run.finish().write_line(&mut line).unwrap();
        let line = String::from_utf8(line).unwrap();
        assert_eq!(line.matches('\n').count(), 1);

        // What differs from run to run is cut out; the rest is compared to the letter, order included.
        let (head, rest) = line.split_once(r#","tables""#).unwrap();
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        let expected_head = format!(
            r#"{{"v":1,"run_id":{},"status":"failed","exit_code":75,"started_at":{},"seconds":{}"#,
            value["run_id"], value["started_at"], value["seconds"]
        );
        assert_eq!(head, expected_head);
        assert_eq!(
            rest,
            concat!(
                r#":{"public.school":{"read":7,"inserted":1,"updated":1,"unchanged":2,"duplicates":1,"ignored":1,"quarantined":1},"#,
                r#""public.conference":{"read":3,"inserted":0,"updated":0,"unchanged":0,"duplicates":0,"ignored":0,"quarantined":1,"rolled_back":2}},"#,
                r#""skipped":{"beyond --limit":2},"unresolved_references":11,"requests":5,"retries":1,"error":"two\nlines"}"#,
                "\n"
            )
        );
        assert!(value["started_at"].as_str().unwrap().ends_with('Z'));
    }
}
