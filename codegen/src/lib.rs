//! Drizzle in, Rust out.
//!
//! ```text
//! source -> parse -> evaluate -> drizzle -> schema -> model -> emit -> write
//! files    swc AST   values     lowering   IR        Rust     tokens  disk | diff
//!                                           schema -> sql             (another end of the same IR)
//! ```

pub mod diagnostic;
pub mod drizzle;
pub mod evaluate;
pub mod parse;
mod read;
pub mod schema;
pub mod source;
pub mod suggest;

pub use read::{Read, ReadOptions, read};
