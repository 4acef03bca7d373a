//! Which school a name means: by hand-made cases, over the recorded data, and in the tables.

#[path = "../../../tests/support/postgres.rs"]
mod server;

mod cases;
mod loaded;
mod recorded;
