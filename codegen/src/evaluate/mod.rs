//! Syntax trees to values: a small, static JavaScript.
//!
//! [`Interpreter`] runs the modules of a graph as JavaScript would, in dependency order, over a small set of values. It
//! does no IO, and what it cannot know (the environment, the clock, packages that are not read) becomes *opaque*: a value
//! that anything may be done with, and that is an error only where the schema depends on it.
//!
//! The syntax trees stop here: what comes after sees values, spans and host objects only.

mod builtins;
mod call;
mod class;
mod exports;
mod expression;
mod function;
mod host;
mod interpreter;
mod iterator;
mod loops;
mod module;
mod name_map;
mod namespace;
mod node;
mod object;
mod operation;
mod operators;
mod pattern;
mod scope;
mod statement;
mod symbol;
mod text;
mod thrown;
mod value;

pub use builtins::{Entries, Fresh, FreshText, Key, RegExp, iso_string, random_uuid, stringify};
pub use call::{Arg, Call};
pub use host::{Host, Packages};
pub use interpreter::Interpreter;
pub use object::{Accessor, Kind, Object, Property, Slot};
pub use thrown::{Eval, Thrown};
pub use value::{Opaque, Value, number_to_string};

/// A shared object.
pub type Obj = std::rc::Rc<Object>;
