//! What a plan asks of the sites at least, and how long that takes at the polite rate.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use super::Plan;
use crate::sources::Source;
use crate::sources::task::{Dimension, Volume};

/// Teams of a sport and season where nothing is known of it: what baseball has, of about 1,110 member schools.
pub(super) const TEAMS: u64 = 930;

/// What is ahead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// The partitions of each task, in the order of the plan.
    pub tasks: Vec<TaskEstimate>,
    /// How long the requests take: those to one host follow each other, those to different hosts do not wait for each other.
    pub time: Duration,
}

/// What is ahead of one task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskEstimate {
    /// Its name.
    pub task: &'static str,
    /// How many partitions are meant.
    pub partitions: usize,
    /// How many of them are complete.
    pub complete: usize,
    /// How many requests the others need at least.
    pub requests: u64,
}

impl Plan {
    /// What it asks for. `teams` is how many teams each sport is known to have, `reach` the host of a source and the least time
    /// between two requests to it.
    pub fn estimate(
        &self,
        complete: &[bool],
        teams: &BTreeMap<String, u64>,
        reach: &dyn Fn(&Source) -> (String, Duration),
    ) -> Estimate {
        let mut tasks: Vec<TaskEstimate> = Vec::new();
        let mut hosts: BTreeMap<String, (u64, Duration)> = BTreeMap::new();
        for (node, complete) in self.nodes.iter().zip(complete) {
            let (partition, name) = (&node.partition, node.task.name);
            let known = partition.get(Dimension::Sport).and_then(|sport| teams.get(sport)).copied();
            let teams = known.filter(|teams| *teams > 0).unwrap_or(TEAMS);
            let requests = if *complete { 0 } else { (node.task.requests)(&Volume { partition, teams }) };
            let (host, gap) = reach(node.source);
            let of_host = hosts.entry(host).or_default();
            *of_host = (of_host.0.saturating_add(requests), of_host.1.max(gap));
            let position = tasks.iter().position(|known| known.task == name).unwrap_or_else(|| {
                tasks.push(TaskEstimate { task: name, partitions: 0, complete: 0, requests: 0 });
                tasks.len() - 1
            });
            let task = &mut tasks[position];
            task.partitions += 1;
            task.complete += usize::from(*complete);
            task.requests = task.requests.saturating_add(requests);
        }
        let times =
            hosts.values().map(|(requests, gap)| gap.saturating_mul(u32::try_from(*requests).unwrap_or(u32::MAX)));
        Estimate { tasks, time: times.max().unwrap_or_default() }
    }
}

impl Estimate {
    /// How many partitions are to be loaded.
    pub fn left(&self) -> usize {
        self.tasks.iter().map(|task| task.partitions - task.complete).sum()
    }

    /// The requests of all of them.
    pub fn requests(&self) -> u64 {
        self.tasks.iter().map(|task| task.requests).sum()
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (left, requests) = (self.left(), self.requests());
        let all: usize = self.tasks.iter().map(|task| task.partitions).sum();
        write!(f, "{left} of {all} partitions to load, {} complete; ", all - left)?;
        match requests {
            0 => f.write_str("no requests"),
            _ => write!(
                f,
                "about {requests} requests at least, which take {} at the polite rate; stored answers need none",
                told(self.time)
            ),
        }
    }
}

impl fmt::Display for TaskEstimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { task, partitions, complete, requests } = self;
        write!(
            f,
            "{task}: {} of {partitions} partitions to load, {complete} complete, {requests} requests",
            partitions - complete
        )
    }
}

fn told(time: Duration) -> String {
    let minutes = time.as_secs() / 60;
    match minutes {
        0 => format!("{} s", time.as_secs_f64().ceil()),
        1..120 => format!("{minutes} min"),
        120..2_880 => format!("{} h {} min", minutes / 60, minutes % 60),
        _ => format!("{} d {} h", minutes / 1_440, minutes % 1_440 / 60),
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;
    use crate::graph::Selection;

    #[test]
    fn requests_and_time_follow_from_lists_teams_and_rate() {
        let selection = Selection {
            names: vec!["teams".to_owned(), "rosters".to_owned()],
            seasons: vec![2024, 2025],
            sports: vec!["MBA".to_owned(), "MFB".to_owned()],
            ..Selection::default()
        };
        let plan = Plan::new(&selection, Utc::now(), &|_| true).unwrap();
        let teams = BTreeMap::from([("MBA".to_owned(), 300), ("MFB".to_owned(), 100)]);
        let reach = |_: &Source| ("host".to_owned(), Duration::from_secs(5));
        // Two seasons: 3 lists and 300 rosters of baseball, 4 lists and 100 rosters of football.
        let estimate = plan.estimate(&vec![false; plan.nodes.len()], &teams, &reach);
        assert_eq!((estimate.left(), estimate.requests()), (8, 2 * (3 + 300 + 4 + 100)));
        assert_eq!(estimate.time, Duration::from_secs(5 * 814));
        assert_eq!(
            estimate.to_string(),
            "8 of 8 partitions to load, 0 complete; about 814 requests at least, which take 67 min at the polite rate; stored \
             answers need none"
        );
        assert_eq!(estimate.tasks[1].to_string(), "rosters: 4 of 4 partitions to load, 0 complete, 800 requests");
        let all = plan.estimate(&vec![true; plan.nodes.len()], &teams, &reach);
        assert_eq!(all.to_string(), "0 of 8 partitions to load, 8 complete; no requests");
        assert_eq!(all.time, Duration::ZERO);
        let unknown = plan.estimate(&vec![false; plan.nodes.len()], &BTreeMap::new(), &reach);
        assert_eq!(unknown.requests(), 2 * (3 + 930 + 4 + 930));
    }

    #[test]
    fn times_are_told_in_units_that_people_plan_with() {
        let cases =
            [(1, "1 s"), (59, "59 s"), (60, "1 min"), (7_199, "119 min"), (7_200, "2 h 0 min"), (180_000, "2 d 2 h")];
        for (seconds, expected) in cases {
            assert_eq!(told(Duration::from_secs(seconds)), expected);
        }
    }
}
