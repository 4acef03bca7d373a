//! Reads awards from the files that are named.

use bytes::Bytes;
use futures::future::LocalBoxFuture;

use super::{Given, KnownAthletes, extract, tables};
use crate::sources::batch::Batch;
use crate::sources::task::Context;
use crate::{Error, Exit, Result};

/// The task `awards`.
pub(super) fn collect<'a>(context: &'a Context<'a>) -> LocalBoxFuture<'a, Result<Batch>> {
    Box::pin(async move {
        if context.files.is_empty() {
            return Err(Error::new(Exit::NotApplicable, "awards are read from files, and none is named")
                .help("name them: pipeline sync awards --input all-americans.csv --given award='All-America' --given sport=WVB"));
        }
        let mut batch = Batch::default();
        let given = given(context)?;
        let mut records = Vec::new();
        for path in context.files {
            let name = path.display().to_string();
            let bytes = std::fs::read(path)
                .map_err(|error| Error::new(Exit::Usage, format!("the file {name} cannot be read")).caused_by(error))?;
            records.extend(batch.take(extract::awards(&name, &Bytes::from(bytes), &given)?));
        }
        if let Some(limit) = context.limit.and_then(|limit| usize::try_from(limit).ok())
            && records.len() > limit
        {
            batch.skip("beyond-limit", (records.len() - limit) as u64);
            records.truncate(limit);
        }
        if context.known.is_nothing() {
            batch.not_resolved(records.len());
            return Ok(batch);
        }
        let athletes = match &given.sport {
            Some(sport) => context.known.athletes(sport).await?,
            None => KnownAthletes::default(),
        };
        let rows = tables::rows(records, &given, &context.known.matcher().await?, &athletes);
        rows.passed_over.into_iter().for_each(|(reason, number)| batch.skip(reason, number));
        batch.refused.extend(rows.refused);
        batch.unresolved_references += rows.unresolved.len() as u64;
        for (column, what) in [("school_id", "school"), ("athlete_id", "athlete")] {
            let without = rows.unresolved.iter().filter(|unresolved| unresolved.column == column).count();
            if without > 0 {
                batch.remarks.push(format!("{without} awards are loaded without their {what}, which is not certain"));
            }
        }
        batch.rows(rows.aliases);
        batch.rows(rows.awards);
        Ok(batch)
    })
}

/// What the user says of all awards of the files.
fn given(context: &Context<'_>) -> Result<Given> {
    let mut given = Given::default();
    for (key, value) in context.given {
        let place = match key.as_str() {
            "award" => &mut given.award,
            "selector" => &mut given.selector,
            "team" => &mut given.team,
            "sport" => &mut given.sport,
            _ => {
                return Err(Error::new(Exit::Usage, format!("--given {key} is nothing that awards have"))
                    .help("what may be given is award, selector, team and sport"));
            }
        };
        *place = Some(value.clone());
    }
    Ok(given)
}
