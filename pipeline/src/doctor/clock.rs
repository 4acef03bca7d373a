//! This machine's clock beside another one.

use chrono::{DateTime, TimeDelta, Utc};

use super::finding::{Finding, Findings};

/// More than this is a clock that is off.
const BEARABLE: TimeDelta = TimeDelta::minutes(1);

/// What another clock said, and what ours said before it was asked and after it had answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Ours, before.
    pub before: DateTime<Utc>,
    /// The other one.
    pub there: DateTime<Utc>,
    /// Ours, after.
    pub after: DateTime<Utc>,
}

impl Moment {
    /// How far ours is ahead of the other, behind if negative; zero where the other time lies within the question.
    pub fn ahead(&self) -> TimeDelta {
        if self.there < self.before {
            self.before - self.there
        } else if self.there > self.after {
            self.after - self.there
        } else {
            TimeDelta::zero()
        }
    }
}

/// Compares the clock with that of `name`. More than a minute is a warning: what is fresh, stale or of which week is told by it.
pub fn compared(name: &str, moment: &Moment) -> Finding {
    let mut findings = Findings::of("clock");
    let ahead = moment.ahead();
    let seconds = ahead.num_seconds().unsigned_abs();
    if ahead.abs() <= BEARABLE {
        findings.ok(name, if seconds == 0 { "they agree".to_owned() } else { format!("they differ by {seconds} s") });
    } else {
        let how = if ahead > TimeDelta::zero() { "ahead of" } else { "behind" };
        let found = format!("this machine's clock is {} {how} that of {name}", told(seconds));
        let remedy = "compare both with a third clock, and set the wrong one: `timedatectl` shows whether this machine \
                      keeps time by NTP, `timedatectl set-ntp true` makes it do so";
        findings.warning(name, found, remedy);
    }
    findings.into_all().remove(0)
}

pub(super) fn unknown(name: &str, reason: &str, remedy: &str) -> Finding {
    let mut findings = Findings::of("clock");
    findings.not_checked(name, reason, remedy);
    findings.into_all().remove(0)
}

fn told(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn a_clock_that_is_off_by_more_than_a_minute_is_a_warning() {
        let at = |time: &str| format!("2026-02-14T{time}Z").parse::<DateTime<Utc>>().unwrap();
        // Ours before and after, and the other one.
        let cases = [
            ("12:00:00", "12:00:01", "12:00:00.5", Verdict::Ok, "they agree"),
            ("12:00:00", "12:00:00", "12:00:45", Verdict::Ok, "they differ by 45 s"),
            ("12:00:00", "12:00:00", "12:01:00", Verdict::Ok, "they differ by 60 s"),
            ("12:00:00", "12:00:00", "12:01:01", Verdict::Warning, "61 s behind that of db"),
            ("12:00:00", "12:00:00", "11:50:00", Verdict::Warning, "10 min ahead of that of db"),
            ("12:00:00", "12:00:00", "07:00:00", Verdict::Warning, "5 h ahead of that of db"),
            // A slow answer is no clock that is off.
            ("12:00:00", "12:05:00", "12:04:00", Verdict::Ok, "they agree"),
        ];
        for (before, after, there, verdict, found) in cases {
            let moment = Moment { before: at(before), there: at(there), after: at(after) };
            let finding = compared("db", &moment);
            assert_eq!(finding.verdict, verdict, "{finding:?}");
            assert!(finding.found.ends_with(found), "{finding:?}");
            assert_eq!(finding.remedy.is_some(), verdict != Verdict::Ok, "{finding:?}");
        }
    }
}
