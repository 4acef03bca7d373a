//! Bytes of the site's pages to records. Pure: no network, no clock, no state.
//!
//! | page | what | standing |
//! |---|---|---|
//! | team list | hidden form, links `/teams/{id}` | captured (men's lacrosse) |
//! | team | header, `select#year_list`, history link; schedule | captured |
//! | roster | `table[id^=rosters_form_players_]`, baseball's headers | captured |
//! | | other sports' headers; the older layout | reported |
//! | season statistics | `#stat_grid`, categories by `year_stat_category_id` | reported |
//! | statistics of a game | `table[id^=competitor_]` under its team's header | captured (men's lacrosse) |

mod columns;
mod contest;
mod grid;
mod header;
mod roster;
mod schedule;
mod season;
mod team_list;

pub use contest::contest;
pub use roster::roster;
pub use schedule::schedule;
pub use season::season;
pub use team_list::team_list;

use crate::sources::names::comparable;

/// The rows that are sums, not players.
pub const TOTALS: &str = "totals-row";

/// Rows without anything in them.
pub const EMPTY: &str = "empty-row";

/// Whether a row is a sum: its name says so, or, where cells span columns, what stands first does.
fn is_sum(texts: &[String], name_at: usize, columns: usize) -> bool {
    let name = texts.get(name_at).filter(|name| texts.len() == columns && !name.is_empty());
    let name = name.or_else(|| texts.iter().find(|text| !text.is_empty()));
    name.is_some_and(|name| {
        let sums =
            ["team", "team totals", "total", "totals", "opponent", "opponents", "opponent total", "opponent totals"];
        sums.contains(&comparable(name).as_str())
    })
}

/// The number after a prefix of a path: of `/players/77?x`, after `/players/`, 77.
fn id_after(path: &str, prefix: &str) -> Option<i32> {
    let rest = &path[path.find(prefix)? + prefix.len()..];
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    rest[..digits].parse().ok()
}
