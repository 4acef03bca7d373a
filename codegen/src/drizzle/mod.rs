//! Drizzle's own rules: what its functions make of their arguments, and what drizzle-kit makes of the result.
//!
//! The functions of `drizzle-orm` are host objects here that behave as drizzle-orm's do, down to what shows: builders
//! mutate, unnamed columns take the first key's name, `references` runs late. [`lower()`] then walks what the schema's
//! modules export, in drizzle-kit's order, into the [`crate::schema`] IR.

mod alias;
mod casing;
mod column;
mod config;
mod constraint;
mod default;
mod defined_relations;
mod encode;
mod enums;
mod index;
mod known;
mod lower;
mod metadata;
mod operators;
mod packages;
mod pg_schema;
mod query;
mod relations;
mod runtime_value;
mod security;
mod sequence;
mod set_operation;
mod sql;
mod subclass;
mod table;
mod types;
mod view;
mod zod;

pub use casing::Casing;
pub use config::{DrizzleConfig, read_config};
pub use lower::lower;
pub use packages::DrizzlePackages;
