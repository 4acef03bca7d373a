//! The database, on real servers: each test has its own, in its own folder, and ends it.
#![cfg(unix)]

mod connections;
mod embedded;
mod processes;
mod setup;
mod support;
