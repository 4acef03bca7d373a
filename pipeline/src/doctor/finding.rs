//! What a check comes to.

use serde::{Serialize, Serializer};

use crate::error::{Error, Exit};
use crate::report::error_line;

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// As it should be.
    Ok,
    /// Work goes on, but not as well as it could.
    Warning,
    /// Some work will fail.
    Wrong,
    /// It could not be looked at, or was not asked for.
    NotChecked,
}

impl Verdict {
    /// As it is shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
            Self::NotChecked => "not checked",
        }
    }
}

impl Serialize for Verdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A check with its verdict, as JSON has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about: `settings`, `folders`, `programs`, `database`, `clock`, `sources`.
    pub group: &'static str,
    /// What was looked at.
    pub check: String,
    /// How it ended.
    pub verdict: Verdict,
    /// What was found. No secrets.
    pub found: String,
    /// What to do; there whenever the verdict is not ok.
    pub remedy: Option<String>,
    /// The exit code that a run would end with for it; there whenever the verdict is wrong.
    #[serde(serialize_with = "code")]
    pub exit_code: Option<Exit>,
}

fn code<S: Serializer>(exit: &Option<Exit>, serializer: S) -> Result<S::Ok, S::Error> {
    exit.map(Exit::code).serialize(serializer)
}

/// The exit code for all of them: that of the worst.
pub fn exit(findings: &[Finding]) -> Exit {
    let codes = findings.iter().filter_map(|finding| finding.exit_code);
    codes.max_by_key(|exit| exit.severity()).unwrap_or(Exit::Success)
}

/// The findings of a group as they are made.
#[derive(Debug)]
pub(super) struct Findings {
    group: &'static str,
    all: Vec<Finding>,
}

impl Findings {
    pub(super) fn of(group: &'static str) -> Self {
        Self { group, all: Vec::new() }
    }

    pub(super) fn into_all(self) -> Vec<Finding> {
        self.all
    }

    pub(super) fn ok(&mut self, check: impl Into<String>, found: impl Into<String>) {
        self.add(check, Verdict::Ok, found, None, None);
    }

    pub(super) fn warning(&mut self, check: impl Into<String>, found: impl Into<String>, remedy: impl Into<String>) {
        self.add(check, Verdict::Warning, found, Some(remedy.into()), None);
    }

    pub(super) fn not_checked(
        &mut self,
        check: impl Into<String>,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(check, Verdict::NotChecked, found, Some(remedy.into()), None);
    }

    pub(super) fn wrong(
        &mut self,
        check: impl Into<String>,
        exit: Exit,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.add(check, Verdict::Wrong, found, Some(remedy.into()), Some(exit));
    }

    /// An error with its causes, its own way out and its own exit code.
    pub(super) fn error(&mut self, check: impl Into<String>, error: &Error) {
        let remedy = error.help_text().unwrap_or(match error.exit() {
            Exit::Temporary => "try again; if it stays, look at the log of what did not answer",
            Exit::Permission => "give this user that right, or run as one who has it",
            Exit::Unavailable => "try again later",
            _ => "mend what it says, then ask again",
        });
        self.wrong(check, error.exit(), error_line(error), remedy);
    }

    fn add(
        &mut self,
        check: impl Into<String>,
        verdict: Verdict,
        found: impl Into<String>,
        remedy: Option<String>,
        exit_code: Option<Exit>,
    ) {
        let (check, found) = (check.into(), found.into());
        self.all.push(Finding { group: self.group, check, verdict, found, remedy, exit_code });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_decides_and_warnings_do_not_count() {
        let cases: [(&[Exit], Exit); 5] = [
            (&[], Exit::Success),
            (&[Exit::Temporary], Exit::Temporary),
            (&[Exit::Temporary, Exit::Unavailable], Exit::Unavailable),
            (&[Exit::Permission, Exit::Unavailable], Exit::Permission),
            (&[Exit::Permission, Exit::Configuration, Exit::Temporary], Exit::Configuration),
        ];
        for (codes, expected) in cases {
            let mut findings = Findings::of("settings");
            findings.warning("file", "found", "do");
            findings.not_checked("file", "found", "do");
            codes.iter().for_each(|code| findings.wrong("file", *code, "found", "do"));
            assert_eq!(exit(&findings.into_all()), expected, "{codes:?}");
        }
    }
}
