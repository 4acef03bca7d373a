//! A whole row, without a database.

use models::{Insert, RuntimeValue};

use super::{Reason, Refusal, check};

/// Checks every field that a row gives, and that it gives what an insert needs. Whether parents exist only the database
/// knows.
///
/// # Errors
/// The first refusal.
pub fn check_row<R: Insert>(row: &R) -> Result<(), Refusal> {
    let columns = &R::TABLE.columns;
    let mut given = vec![false; columns.len()];
    let mut outcome = Ok(());
    row.visit(&mut |index, cell| {
        given[index] = true;
        if outcome.is_ok() {
            outcome = check(&columns[index], cell).map(drop);
        }
    });
    outcome?;
    let lacking = columns.iter().zip(given).find(|(column, given)| {
        let computed = column.runtime_default.as_ref().is_some_and(|value| *value != RuntimeValue::Unknown);
        let by_itself = column.default.is_some() || column.identity.is_some() || column.generated.is_some() || computed;
        !given && column.not_null && !by_itself
    });
    match lacking {
        None => Ok(()),
        Some((column, _)) => {
            Err(Refusal::new(Reason::NullNotAllowed, format!("column {} is NOT NULL and not given", column.name)))
        }
    }
}
