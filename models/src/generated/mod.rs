//! (placeholder until codegen writes this folder)
pub mod runtime;
pub use runtime::*;
