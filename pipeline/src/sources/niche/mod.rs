//! Niche, `www.niche.com`: the rank and the grades of colleges, from the JSON-LD of its pages or from files.
//!
//! | what | request | answer |
//! |---|---|---|
//! | the list of best colleges | `/colleges/search/best-colleges/?page=` | HTML with JSON-LD, 25 a page |
//! | a college's profile | `/colleges/{slug}/` | HTML with JSON-LD; 404 means that there is none |
//!
//! The site protects itself against programs, and its terms may forbid them: it is not asked unless settings say so, and *blocked*
//! is believed. Recorded pages and a JSON file in the shape of [`extract::file`] are the usual input.
//!
//! Colleges are Niche's, not the NCAA's: [`rows`] resolves them to schools by site, name and state. A profile whose school is not
//! certain goes to the quarantine with its candidates.

pub mod extract;
mod records;
pub mod requests;
mod tables;

pub use records::{Grade, ListedRecord, ProfileRecord};
pub use tables::{Rows, rows};

/// The source's name on the command line, in settings and recordings.
pub const NAME: &str = "niche";
