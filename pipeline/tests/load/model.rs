//! Random batches against a model that applies row after row.

use std::collections::BTreeMap;

use pipeline::report::TableCounts;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{Just, Strategy, prop_oneof};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::record::{Record, Value};
use crate::tables::{CONFERENCE, SCHOOL};
use crate::{Database, conference, conference_ref, school_key};

/// A school's row: each field absent, null or a value.
#[derive(Debug, Clone)]
struct Given {
    key: i32,
    name: Option<&'static str>,
    nickname: Option<Option<&'static str>>,
    enrolment: Option<i32>,
    conference: Option<Option<i32>>,
}

#[derive(Debug, Clone, PartialEq)]
struct School {
    name: String,
    nickname: Option<String>,
    enrolment: i32,
    conference: Option<i32>,
}

/// Conferences 1 to 3 exist; those below `conferences` are named.
fn given(conferences: i32) -> impl Strategy<Value = Given> {
    let name = weighted(0.6, prop_oneof![4 => Just("A"), 4 => Just("B"), 1 => Just("bad\0")]);
    let nickname = weighted(0.4, weighted(0.7, prop_oneof![Just("x"), Just("y")]));
    let enrolment = weighted(0.4, 0..3);
    let conference = weighted(0.5, weighted(0.8, 1..conferences));
    (0..40, name, nickname, enrolment, conference).prop_map(|(key, name, nickname, enrolment, conference)| Given {
        key,
        name,
        nickname,
        enrolment,
        conference,
    })
}

impl Given {
    fn record(&self) -> Record {
        let mut record = school_key(self.key);
        if let Some(name) = self.name {
            record = record.with(&SCHOOL, "name", name);
        }
        if let Some(nickname) = self.nickname {
            record = record.with(&SCHOOL, "nickname", nickname);
        }
        if let Some(enrolment) = self.enrolment {
            record = record.with(&SCHOOL, "enrolment", enrolment);
        }
        match self.conference {
            Some(Some(conference)) => record.with(&SCHOOL, "conference_id", conference_ref(conference)),
            Some(None) => record.with(&SCHOOL, "conference_id", Value::Null),
            None => record,
        }
    }

    /// What it makes of a row that is there, or of the defaults.
    fn apply(&self, school: &mut School) {
        if let Some(name) = self.name {
            school.name = name.to_owned();
        }
        if let Some(nickname) = self.nickname {
            school.nickname = nickname.map(str::to_owned);
        }
        school.enrolment = self.enrolment.unwrap_or(school.enrolment);
        match self.conference {
            Some(Some(unknown)) if unknown > 3 => {}
            Some(conference) => school.conference = conference,
            None => {}
        }
    }
}

/// The outcome of a batch, and its counts.
fn apply(schools: &mut BTreeMap<i32, School>, batch: &[Given]) -> TableCounts {
    let mut counts = TableCounts { read: batch.len() as u64, ..TableCounts::default() };
    let mut by_key: BTreeMap<i32, Vec<&Given>> = BTreeMap::new();
    for row in batch {
        if row.name.is_some_and(|name| name.contains('\0')) {
            counts.quarantined += 1;
        } else {
            by_key.entry(row.key).or_default().push(row);
        }
    }
    for (key, rows) in by_key {
        counts.duplicates += rows.len() as u64 - 1;
        let known = schools.get(&key).cloned();
        if known.is_none() && rows.iter().all(|row| row.name.is_none()) {
            counts.quarantined += 1;
            continue;
        }
        let default = School { name: String::new(), nickname: Some("none".to_owned()), enrolment: 7, conference: None };
        let mut school = known.clone().unwrap_or(default);
        rows.iter().for_each(|row| row.apply(&mut school));
        match known {
            None => counts.inserted += 1,
            Some(known) if known == school => counts.unchanged += 1,
            Some(_) => counts.updated += 1,
        }
        schools.insert(key, school);
    }
    counts
}

#[tokio::test]
async fn random_batches_end_as_the_model_says() {
    let mut runner = TestRunner::deterministic();
    // As small loads are done, and as large ones; these compare with the table's rows where no reference is unresolved.
    for (bulk_rows, parents) in [(u64::MAX, 6), (0, 6), (u64::MAX, 4), (0, 4), (0, 4)] {
        let mut database = Database::new().await;
        database.options.bulk_rows = bulk_rows;
        let conferences = (1..4).map(|n| conference(n, &n.to_string())).collect();
        database.load(&CONFERENCE, 0, conferences).await;
        let mut model = BTreeMap::new();
        for _ in 0..8 {
            let batch = vec(given(parents), 0..120).new_tree(&mut runner).unwrap().current();
            let expected = apply(&mut model, &batch);
            let counts = database.load(&SCHOOL, 0, batch.iter().map(Given::record).collect()).await;
            assert_eq!(counts, expected, "{batch:#?}");
            let shown = "SELECT s.ncaa_id::text, s.name, s.nickname, s.enrolment::text, c.ncaa_id::text FROM school s LEFT JOIN \
                         conference c ON c.id = s.conference_id ORDER BY s.ncaa_id";
            let empty = || "∅".to_owned();
            let line = |(key, school): (&i32, &School)| {
                let School { name, nickname, enrolment, conference } = school.clone();
                let conference = conference.map_or_else(empty, |conference| conference.to_string());
                format!("{key}|{name}|{}|{enrolment}|{conference}", nickname.unwrap_or_else(empty))
            };
            assert_eq!(database.query(shown).await, model.iter().map(line).collect::<Vec<_>>());
        }
    }
}
