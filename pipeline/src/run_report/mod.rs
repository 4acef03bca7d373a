//! A run, told to whoever is on duty: one HTML file that stands alone, or the same facts as data.
//!
//! ```text
//! pipeline.run, task_run, quarantine, unresolved_reference -> gather -> Facts -> page: HTML
//!                                                                            -> JSON
//! ```
//!
//! The page loads nothing, runs nothing, and says so in its content security policy. Whatever it shows that came from elsewhere is
//! escaped by the templates, and made visible first where it would not be seen.

mod accounts;
mod asked;
mod compare;
mod facts;
mod gather;
mod page;
mod refused;
mod steps;
mod tasks;

pub use accounts::TableFacts;
pub use compare::{Change, Comparison, Point, Unit};
pub use facts::{Facts, RunFacts};
pub use gather::{Wish, gather};
pub use page::page;
pub use refused::{ReferenceFacts, Refusals, Sample};
pub use steps::Step;
pub use tasks::{Span, TaskFacts, Trouble};
