//! Tasks: the units in which sources are asked and loaded. A task brings one family of tables from one source.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Utc};
use futures::future::LocalBoxFuture;
use models::TableDef;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::batch::Batch;
use super::pages::Pages;
use crate::known::Known;
use crate::report::Progress;
use crate::{Error, Exit, Result};

/// A task as plain data: what the graph, the help and the runs need to know of it.
#[derive(Debug)]
pub struct Task {
    /// Its name on the command line and in the bookkeeping.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// The tasks whose rows it needs, of any source.
    pub after: &'static [&'static str],
    /// What its partitions are told apart by; nothing for a task that is one piece.
    pub partitions: &'static [Dimension],
    /// The tables that it loads, parents first.
    pub tables: &'static [&'static TableDef],
    /// Whether its DAG runs it; else only who names it, for it asks too much of the site to do so often.
    pub is_in_dag: bool,
    /// Whether it takes files that the user names.
    pub reads_files: bool,
    /// How many requests one of its partitions needs at least, roughly: for estimates before a run.
    pub requests: fn(&Volume<'_>) -> u64,
    /// Asks the source for one partition and gives its rows.
    pub collect: Collect,
}

/// How much there is of a partition, as far as it is known before it is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Volume<'a> {
    /// The partition.
    pub partition: &'a Partition,
    /// About how many teams its sport has in a season.
    pub teams: u64,
}

/// About how many member schools there are.
pub const MEMBER_SCHOOLS: u64 = 1_110;

/// Asks a source and gives rows.
pub type Collect = for<'a> fn(&'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>>;

/// What a task works with while it collects.
#[derive(Debug)]
pub struct Context<'a> {
    /// The source's pages.
    pub pages: &'a Pages,
    /// What was loaded before.
    pub known: &'a Known,
    /// The slice that is wanted.
    pub partition: &'a Partition,
    /// The most leaf records to take.
    pub limit: Option<u64>,
    /// Files that the user names as input, for sources that read some.
    pub files: &'a [std::path::PathBuf],
    /// What the user says of all that the files hold, by name.
    pub given: &'a BTreeMap<String, String>,
    /// Where it tells how far it is.
    pub progress: &'a Progress,
}

/// What partitions are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// The year in which a season ends.
    Season,
    /// The NCAA's code of a sport, such as `MBA`.
    Sport,
    /// A week, as the Monday on which it begins.
    Week,
}

impl Dimension {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Season, Self::Sport, Self::Week];

    /// Its name in partitions.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Season => "season",
            Self::Sport => "sport",
            Self::Week => "week",
        }
    }
}

/// One slice of a task: a value for each dimension. Written `season=2026,sport=MBA`; empty for a task that is one piece.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition(BTreeMap<Dimension, String>);

impl Partition {
    /// The same with one more value.
    #[must_use]
    pub fn with(mut self, dimension: Dimension, value: impl fmt::Display) -> Self {
        self.0.insert(dimension, value.to_string());
        self
    }

    /// The value of a dimension.
    pub fn get(&self, dimension: Dimension) -> Option<&str> {
        self.0.get(&dimension).map(String::as_str)
    }

    /// The dimensions that have a value.
    pub fn dimensions(&self) -> impl Iterator<Item = Dimension> {
        self.0.keys().copied()
    }

    /// True for a task that is one piece.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same without the dimensions that are not among these: the slice of another task that this one belongs to.
    #[must_use]
    pub fn within(&self, dimensions: &[Dimension]) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(key, _)| dimensions.contains(key))
                .map(|(key, value)| (*key, value.clone()))
                .collect(),
        )
    }

    /// The season.
    ///
    /// # Errors
    /// [`Exit::Usage`] where there is none.
    pub fn season(&self) -> Result<i32> {
        let missing = || Error::new(Exit::Usage, "the partition names no season");
        self.get(Dimension::Season).and_then(|season| season.parse().ok()).ok_or_else(missing)
    }

    /// The sport's code.
    ///
    /// # Errors
    /// [`Exit::Usage`] where there is none.
    pub fn sport(&self) -> Result<&str> {
        self.get(Dimension::Sport).ok_or_else(|| Error::new(Exit::Usage, "the partition names no sport"))
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (dimension, value)) in self.0.iter().enumerate() {
            let comma = if position == 0 { "" } else { "," };
            write!(f, "{comma}{}={value}", dimension.as_str())?;
        }
        Ok(())
    }
}

impl Serialize for Partition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Partition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl FromStr for Partition {
    type Err = String;

    /// Reads `season=2026,sport=MBA`, in any order.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut partition = Self::default();
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').ok_or("write it as season=2026,sport=MBA")?;
            let dimension = Dimension::ALL.into_iter().find(|dimension| dimension.as_str() == name);
            let dimension = dimension.ok_or_else(|| format!("{name} is none of season, sport, week"))?;
            check(dimension, value)?;
            if partition.0.insert(dimension, value.to_owned()).is_some() {
                return Err(format!("{name} is given twice"));
            }
        }
        Ok(partition)
    }
}

fn check(dimension: Dimension, value: &str) -> Result<(), String> {
    match dimension {
        Dimension::Season => match value.parse::<i32>() {
            Ok(1850..=2100) => Ok(()),
            _ => Err(format!("{value} is no season: the year in which it ends, such as 2026")),
        },
        Dimension::Sport => {
            let is_code = value.len() == 3 && value.bytes().all(|byte| byte.is_ascii_uppercase());
            is_code.then_some(()).ok_or_else(|| format!("{value} is no sport: the NCAA's code, such as MBA"))
        }
        Dimension::Week => match value.parse::<chrono::NaiveDate>() {
            Ok(day) if day.weekday() == chrono::Weekday::Mon => Ok(()),
            _ => Err(format!("{value} is no week: the date of its Monday, such as 2026-02-16")),
        },
    }
}

/// The month and day on which a season begins.
pub const SEASON_BEGINS: (u32, u32) = (8, 1);

/// The season of a moment: the academic year that it lies in, named by its end. It begins on the first of August.
pub fn season_of(moment: DateTime<Utc>) -> i32 {
    moment.year() + i32::from((moment.month(), moment.day()) >= SEASON_BEGINS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_read_as_they_are_written() {
        for text in ["", "season=2026", "season=2026,sport=MBA", "sport=WVB,week=2026-02-16"] {
            assert_eq!(text.parse::<Partition>().unwrap().to_string(), text);
        }
        assert_eq!("sport=MBA,season=2026".parse::<Partition>().unwrap().to_string(), "season=2026,sport=MBA");
        for wrong in
            ["season", "season=26", "sport=baseball", "week=2026-02-17", "year=2026", "season=2026,season=2025"]
        {
            assert!(wrong.parse::<Partition>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_season_is_named_by_its_end() {
        let season = |day: &str| season_of(format!("{day}T12:00:00Z").parse().unwrap());
        assert_eq!([season("2025-07-31"), season("2025-08-01"), season("2026-02-14")], [2025, 2026, 2026]);
    }
}
