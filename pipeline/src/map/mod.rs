//! From fields of a file to columns of a table.
//!
//! ```text
//! names of fields + map file + table -> Plan -> (each record) -> cells
//! ```
//!
//! A *path* names a column: its name in the database or its key in the Drizzle schema. A dotted path goes through a foreign
//! key to a column of the parent: `school.ncaa_id`, `team.school.ncaa_id`. The parts that are given of a parent must make up
//! one of its unique keys; the row is then found in the merge, by that key.

mod array;
mod convert;
mod file;
mod path;
mod plan;
mod recipe;
mod row;
mod rows;
mod text;

pub use file::{FieldRule, MapFile, Rest};
pub use plan::{Header, Plan, spellings};
pub use recipe::{Common, FileRecipe, KeptMap, line_of};
pub use row::MappedRow;
pub use rows::{FileRows, SOURCE};
