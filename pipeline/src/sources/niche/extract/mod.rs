//! Bytes of Niche's pages, and of files about them, to records. Pure: no network, no clock, no state.
//!
//! | answer | field | standing |
//! |---|---|---|
//! | list | `CollectionPage.mainEntity.itemListElement[]`: `position`, `url` or `item.url`, `name` or `item.name` | reported |
//! | | whether `position` goes on from page to page or begins anew | unseen: both are read |
//! | profile | `CollegeOrUniversity`: `name`, `sameAs`, `url`, `address`, `additionalProperty[]` with the 13 grades | reported |
//! | | the list's rank on a profile | unseen: not read |
//! | file | `name`, `slug`, `state`, `city`, `website`, `nicheRanking`, `nicheGrades` with 13 grades in camel case | captured |
//! | | grades `A+` to `D-` | captured |
//! | | grade `F` | reported |
//!
//! No page of the site has been captured whole. A page has several blocks of JSON-LD: a broken one costs itself. A property that is
//! not known is counted by name; a grade that is not known goes to the quarantine.

mod file;
mod grades;
mod json_ld;
mod list;
mod profile;

pub use file::file;
pub use grades::CATEGORIES;
pub use list::list;
pub use profile::profile;
