//! What two databases have in common, and what not: by conflict key, column by column.
//!
//! ```text
//! tables  -> plan        -> select       -> stream        -> merge            -> outcome -> text, html, JSON
//! both       pairs of       COPY, sorted    batches of       counts, samples
//! catalogues tables, keys,  by key          either side's
//!            columns                        rows
//! ```
//!
//! Both servers sort, by rules that are the same on both: numbers by value, texts by their bytes. So the rows of both sides are
//! read once, side by side, and only some batches of either are ever held. Ids that a database made are never compared: a row
//! that refers to another is compared by that one's natural key (`columns`).

mod columns;
mod family;
mod html;
mod map;
mod merge;
mod number;
mod options;
mod outcome;
mod plan;
mod rule;
mod select;
mod show;
mod side;
mod sql;
mod stream;
mod tables;
mod text;
mod value;

use std::time::Instant;

pub use html::html;
pub use map::CompareMap;
pub use options::{Options, Sample};
pub use outcome::{
    ColumnOutcome, Comparison, Difference, Duplicates, Found, Key, NotCompared, Rows, SampleTaken, Status, TableOutcome,
};
pub use rule::Rule;
pub use side::Target;
pub use text::text;

use plan::{Plan, TablePlan};
use select::{Chosen, select};
use side::Side;
use stream::{Cursor, Question};

use crate::database::DatabaseConfig;
use crate::report::Progress;
use crate::{Error, Exit, Result};

/// Compares two databases. Each is read in one transaction that is read only and sees one state of it.
///
/// # Errors
/// [`Exit::Usage`] for tables and columns that are none, [`Exit::Configuration`] for a map that does not fit or if there is
/// nothing to compare; those of [`crate::database::connect()`] and of reading.
pub async fn compare(
    targets: [&Target; 2],
    config: &DatabaseConfig,
    options: &Options,
    progress: &Progress,
) -> Result<Comparison> {
    if options.key.is_some() && options.tables.len() != 1 {
        return Err(Error::new(Exit::Usage, "--key is the key of one table: name it with --table")
            .help("for several tables, a map has a `key` each (docs/comparing.md)"));
    }
    let [left, right] = targets;
    let (mut left, mut right) = tokio::try_join!(Side::open("left", left, config), Side::open("right", right, config))?;
    let zones = options.zones.iter().flatten().map(String::as_str).chain(options.map.time_zones());
    for zone in zones {
        left.check_zone(zone).await?;
        right.check_zone(zone).await?;
    }
    let plan = Plan::new(&left.tables, &right.tables, options)?;
    let sample = options.sample.map(|sample| SampleTaken { asked: sample.to_string(), seed: options.seed });
    let mut comparison = Comparison::new(left.shown.clone(), right.shown.clone(), sample);
    for table in &plan.tables {
        let outcome;
        (left, right, outcome) = one(table, left, right, options, progress).await?;
        comparison.tables.push(outcome);
    }
    comparison.not_compared = plan.not_compared;
    comparison.only_left = plan.only_left;
    comparison.only_right = plan.only_right;
    comparison.conclude();
    Ok(comparison)
}

/// Compares a table.
async fn one(
    plan: &TablePlan,
    mut left: Side,
    mut right: Side,
    options: &Options,
    progress: &Progress,
) -> Result<(Side, Side, TableOutcome)> {
    let began = Instant::now();
    let share = match options.sample {
        None => None,
        Some(Sample::Share(share)) => Some(share),
        Some(Sample::Rows(rows)) => {
            let (on_left, on_right) = tokio::try_join!(left.count(plan, 0), right.count(plan, 1))?;
            Some(rows as f64 / on_left.max(on_right).max(1) as f64)
        }
    };
    let chosen = share.map(|share| Chosen { seed: options.seed, share });
    let question = |side: &Side, place: usize| {
        let (schema, table) = &plan.names[place];
        Question {
            sql: select(plan, place, side.is_utf8, chosen),
            doing: format!("read {schema}.{table} of the {} database", side.name),
            fields: plan.key.len() + plan.values.len(),
            key: plan.key_families(),
        }
    };
    let (left_question, right_question) = (question(&left, 0), question(&right, 1));
    let mut left_rows = Cursor::start(left.connection, left_question);
    let mut right_rows = Cursor::start(right.connection, right_question);
    let mut outcome = merge::merge(plan, &mut left_rows, &mut right_rows, options.samples, progress).await;
    let (left_connection, right_connection) = tokio::join!(left_rows.finish(), right_rows.finish());
    (left.connection, right.connection) = (left_connection?, right_connection?);
    outcome.seconds = began.elapsed().as_secs_f64();
    tracing::debug!(table = outcome.table, seconds = outcome.seconds, "compared");
    Ok((left, right, outcome))
}
