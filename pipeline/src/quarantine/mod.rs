//! What was refused, and what was loaded without a parent: looking at it, loading it after all, removing it.
//!
//! ```text
//! pipeline.quarantine --+--> list, show, purge: for people and programs
//!                       +--> records (by recipe or extractor) --> load: in one transaction, each entry marked
//! pipeline.unresolved_reference ----> references --------------^
//! ```
//!
//! A replayed record that is refused again stays where it is, with the reason of now. Nothing is ever removed but by `purge`.

mod entry;
mod filter;
mod purge;
mod records;
mod references;
mod show;
mod sources;
mod visible;

pub use entry::{Entry, Reference, entries, entry, references};
pub use filter::{Filter, Kind, State};
pub use purge::{Removed, purge};
pub use records::{Overrides, Pile, piles};
pub use references::{Waiting, waiting};
pub use show::{group, list, purged, show};
pub use visible::{visible, visible_block};
