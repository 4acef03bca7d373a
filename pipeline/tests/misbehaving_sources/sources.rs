//! The sources, each as a healthy site. A new source is one more entry.

use crate::support::{Answer, college};

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
    /// What its rows refer to, as SQL.
    pub(crate) parents: fn() -> String,
    /// How many of its answers every run asks for anew: lists, which tell what is new.
    pub(crate) anew: usize,
    /// Targets without which a part of the rows is loaded all the same.
    pub(crate) partial: &'static [&'static str],
    /// Targets that a run can do without: one that cannot be had is passed over.
    pub(crate) optional: &'static [&'static str],
}

pub(crate) const SOURCES: &[Source] = &[
    Source {
        name: "ncaa-directory",
        test: &["test"],
        sync: &["sync"],
        healthy: directory,
        required: &["/directory/api/common/sportList", "/directory/api/directory/memberList?type=12"],
        parents: String::new,
        anew: 4,
        partial: &["/directory/api/directory/memberList?type=12"],
        optional: &["/directory/orgDetail?id=3"],
    },
    Source {
        name: "ncaa-stats",
        test: &["test", "rosters", "--season", "2026", "--sport", "MBA"],
        sync: &["sync", "rosters", "--season", "2026", "--sport", "MBA"],
        healthy: college::answer,
        required: &["/team/inst_team_list?academic_year=2026&conf_id=-1&division=1&sport_code=MBA"],
        parents: schools,
        anew: 0,
        partial: &[],
        optional: &["/teams/260003/roster"],
    },
    Source {
        name: "ncaa-com",
        test: &["test", "ncaa_com_schools", "statistics", "--sport", "MBA", "--week", "2026-03-23"],
        sync: &["sync", "ncaa_com_schools"],
        healthy: college::answer,
        required: &["/stats/baseball/d1", "/json/schools"],
        parents: schools,
        anew: 0,
        partial: &[],
        optional: &["/stats/baseball/d1/current/individual/7"],
    },
    Source {
        name: "niche",
        test: &["test", "niche"],
        sync: &["sync", "niche"],
        healthy: college::answer,
        required: &["/colleges/search/best-colleges/?page=1"],
        parents: schools,
        anew: 0,
        partial: &[],
        optional: &["/colleges/dogwood-college/"],
    },
];

/// The sport and the schools of [`college`].
fn schools() -> String {
    let named = |id| format!("({id}, '{} College', 'MN')", college::name(id));
    let schools: Vec<String> = (1..=college::SCHOOLS).map(named).collect();
    format!(
        "insert into sport (ncaa_id, name, display_name, gender) values ('MBA', 'Baseball', 'Baseball', 'men');
         insert into school (ncaa_id, name, state) values {}",
        schools.join(", ")
    )
}

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
