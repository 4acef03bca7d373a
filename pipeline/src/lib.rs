//! College athletics data from the web into PostgreSQL.
//!
//! ```text
//! fetch -> sources -> validate -> load -> report        orchestrate: which tasks, in which order
//! bytes    records    accept or   COPY,   result line,
//!                     quarantine  merge   summary
//! ```
//!
//! - [`fetch`] gives bytes: live HTTP, or the replay of a recording. It knows politeness and nothing of what it fetches.
//! - [`sources`] says what to ask of each site and turns the answers into records. Extractors are pure.
//! - [`identity`] says which school a source means by a name.
//! - [`files`] turns files into records, [`map`] records into rows of a table that the [`catalogue`] knows.
//! - [`validate`] accepts a row or says why not.
//! - [`load`] brings rows into any table that a [`models::TableDef`] describes.
//! - [`quarantine`] shows what was refused, and makes rows of it again once the cause is mended.
//! - [`database`] finds or starts PostgreSQL and keeps the pipeline's own bookkeeping there.
//! - [`compare`] says in what two databases differ.
//! - [`doctor`] looks for what is wrong, and says what to do.
//! - [`report`] counts, and tells people and programs what happened.
//! - [`run_report`] tells a run to whoever is on duty, as a page.
//! - [`job`] is what a task is asked to do and works with, [`config`] its settings, [`shutdown`] the wish that it end.

pub mod catalogue;
pub mod compare;
pub mod config;
pub mod database;
pub mod doctor;
pub mod error;
pub mod fetch;
pub mod files;
pub mod graph;
pub mod identity;
pub mod job;
pub mod known;
pub mod load;
pub mod map;
pub mod mask;
pub mod metrics;
pub mod orchestrate;
pub mod quarantine;
pub mod report;
pub mod run_report;
pub mod shutdown;
pub mod sources;
pub mod traces;
pub mod validate;

pub use error::{Error, Exit, Result};
