//! Reads Drizzle PostgreSQL schemas without Node and writes Rust models.
//!
//! ```text
//! source -> parse -> evaluate -> drizzle -> schema -> model -> emit -> write
//! files    swc AST   values     lowering   IR        Rust     tokens  disk | diff
//!                                                 -> sql, snapshot, docs
//! ```
//!
//! - [`source`] finds and holds the files; [`parse`] makes syntax trees of them and all that they import.
//! - [`evaluate`] runs them as JavaScript would, over a small set of values; swc is known up to here.
//! - [`drizzle`] holds Drizzle's own rules, and lowers what the modules export.
//! - [`typescript`] reads the types that columns name in `$type<T>()`; it is the other reader of swc's trees.
//! - [`schema`] is the IR: what a Drizzle project declares, in PostgreSQL's terms.
//! - [`model`] brings it into Rust's terms: names, types, keys, references.
//! - [`emit`] writes those down; [`sql`] writes the DDL, [`snapshot`] drizzle-kit's own description of the schema, [`docs`] one for people.
//! - [`generate`](generate::generate) makes all output in memory; [`write`](mod@write) brings it to disk, or shows the difference.
//! - `verify` compares a live database with the IR (feature `cli`).
//! - [`config`] holds the settings, [`task`] is one run from settings to disk, [`build`] the whole of a build script.

pub mod build;
pub mod config;
pub mod diagnostic;
pub mod docs;
pub mod drizzle;
pub mod emit;
pub mod evaluate;
pub mod generate;
pub mod input;
pub mod model;
pub mod notice;
pub mod parse;
mod read;
pub mod schema;
pub mod snapshot;
pub mod source;
pub mod sql;
pub mod suggest;
pub mod task;
pub mod typescript;
#[cfg(feature = "cli")]
pub mod verify;
pub mod write;

pub use read::{Read, ReadOptions, Types, read, read_then};
