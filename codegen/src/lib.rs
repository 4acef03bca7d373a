//! Reads Drizzle PostgreSQL schemas without Node and writes Rust models.
//!
//! ```text
//! schema -> model -> emit -> write
//! IR        Rust     tokens  disk | diff
//!        -> sql
//! ```
//!
//! - [`schema`] is the IR: what a Drizzle project declares, in PostgreSQL's terms.
//! - [`model`] brings it into Rust's terms: names, types, keys, references.
//! - [`emit`] writes those down; [`sql`] writes the DDL.
//! - [`generate`](generate::generate) makes all output in memory; [`write`] brings it to disk, or shows the difference.
//! - [`config`] holds the settings, [`build`] is the whole of a build script.

pub mod build;
pub mod config;
pub mod emit;
pub mod generate;
pub mod input;
pub mod model;
pub mod notice;
pub mod schema;
pub mod sql;
pub mod suggest;
pub mod task;
pub mod write;
