//! Rust models of the Drizzle schemas.

#[rustfmt::skip]
pub mod generated;

pub use generated::*;
