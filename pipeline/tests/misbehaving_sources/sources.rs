//! The sources, each as a healthy site. A new source is one more entry.

use crate::support::Answer;

/// A source, and what of it may fail.
pub(crate) struct Source {
    pub(crate) name: &'static str,
    /// The command that fetches, extracts and checks it.
    pub(crate) test: &'static [&'static str],
    /// The command that loads it.
    pub(crate) sync: &'static [&'static str],
    /// What the healthy site answers to a path with its query.
    pub(crate) healthy: fn(&str) -> Answer,
    /// Targets without which there is nothing: what is wrong with one ends the run.
    pub(crate) required: &'static [&'static str],
    /// How many of its answers every run asks for anew: lists, which tell what is new.
    pub(crate) anew: usize,
    /// Targets without which a part of the rows is loaded all the same.
    pub(crate) partial: &'static [&'static str],
    /// Targets that a run can do without: one that cannot be had is passed over.
    pub(crate) optional: &'static [&'static str],
}

pub(crate) const SOURCES: &[Source] = &[Source {
    name: "ncaa-directory",
    test: &["test"],
    sync: &["sync"],
    healthy: directory,
    required: &["/directory/api/common/sportList", "/directory/api/directory/memberList?type=12"],
    anew: 4,
    partial: &["/directory/api/directory/memberList?type=12"],
    optional: &["/directory/orgDetail?id=3"],
}];

/// How many schools the directory has.
const SCHOOLS: usize = 20;

fn directory(target: &str) -> Answer {
    let school = |id| {
        format!(
            r#"{{"orgId":{id},"nameOfficial":"College {id}","memberOrgAddress":{{"state":"MI"}},"conferenceId":5}}"#
        )
    };
    match target {
        "/directory/api/common/sportList" => Answer::json(r#"[{"label":"Baseball","value":"MBA"}]"#),
        "/directory/api/common/conferenceList" => Answer::json(r#"[{"orgId":5,"nameOfficial":"Some Conference"}]"#),
        "/directory/api/directory/memberList?type=12" => {
            Answer::json(format!("[{}]", (1..=SCHOOLS).map(school).collect::<Vec<_>>().join(",")))
        }
        "/directory/orgDetail?id=7" => Answer::text(404, "no such page"),
        _ => Answer::text(200, "<a class=list-group-item href='www.some.edu'>1</a>"),
    }
}
