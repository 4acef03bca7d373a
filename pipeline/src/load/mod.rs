//! Brings rows into any table that a [`models::TableDef`] describes.
//!
//! ```text
//! Rows -> encode ---------> sieve -------> stage -------> survey ------------> merge ------------> counts
//!         validate, layout  the same is    binary COPY    refused, unresolved, one prefiltered
//!         shapes            passed over,   into a temp    duplicates           statement a shape
//!                           repeats noted  table
//! ```
//!
//! - No transaction is open before the rows are at hand: [`Load`] is one short transaction of a source or partition.
//! - A field is absent, null or a value. The set of fields that a row gives is its *shape*; absent fields take their
//!   defaults on insert and are left alone on update.
//! - References travel as natural keys and are resolved by joins in the statements. There is no mapping cache.
//! - An unchanged row is not touched: no row version, no id, no lock, no WAL. (A changed row takes a value of its table's
//!   sequence, as `ON CONFLICT` always does.)
//! - Rows that cannot be accepted go to `pipeline.quarantine`, in the same transaction. Every row ends in exactly one of
//!   the counts of [`crate::report::TableCounts`], and these come from what the database says it did.
//!
//! A row whose reference names a row of the same table that comes in the same call does not find it: load it again, or load
//! such tables in two calls.

mod again;
mod bisect;
mod cap;
mod commit;
mod copy;
mod dedupe;
mod encode;
mod failure;
mod fingerprint;
mod layout;
mod locks;
mod merge;
mod missing;
mod origin;
mod parents;
mod phases;
mod present;
mod quarantine;
mod recipe;
mod repeats;
mod resolve;
mod session;
mod shape;
mod sieve;
mod spool;
mod sql;
mod stage;
mod statement;
mod table;
mod unresolved;

pub use cap::Cap;
pub use commit::{Committed, was_committed};
pub use failure::{is_of_a_row, is_passing};
pub use missing::{MarkMissing, deleted_at};
pub use origin::{Fault, Fields, Iterated, Next, Origin, Rejected, Row, Rows};
pub use phases::Phases;
pub use quarantine::RAW_LIMIT;
pub use recipe::Recipe;
pub use session::{Load, LoadOutcome, OnConflict, Options, Refused, RunContext};
