//! Bytes of the site's answers to records. Pure: no network, no clock, no state.
//!
//! | answer | what | standing |
//! |---|---|---|
//! | statistics | `main table`, `ul.stats-pager`, `.stats-header__lower__title`, `.stats-header__lower__desc`, `#select-container-individual`, `#select-container-team` | reported |
//! | schools | `slug`, `name`, `long` | reported |

mod day;
mod leaders;
mod schools;

pub use leaders::{categories, leaders};
pub use schools::schools;

/// Rows without anything in them.
pub const EMPTY: &str = "empty-row";
