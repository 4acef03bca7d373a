//! Drizzle in, Rust out.

pub mod schema;
