//! Bytes of CSV files to awards. Pure.
//!
//! | field | headers | standing |
//! |---|---|---|
//! | year | `year`, `season` | `year` captured |
//! | award | `award`, `award_name`, `honor`, `title` | `award` captured |
//! | list that the award belongs to | `name_of_award`, `list` | `name_of_award` captured |
//! | conference | `conference`, `league` | `conference` captured |
//! | selector | `selector`, `source`, `organization` | `source` captured |
//! | team | `team`, `team_level`; without a column for the school, `team` is the school | `team` captured |
//! | player | `player`, `name`, `player_name`, `athlete` | `name` captured |
//! | position | `position`, `pos` | `position` captured |
//! | school | `school`, `college`, `university`, `institution`, `school_name` | `school` captured |
//! | class | `class`, `class_year`, `year_in_school` | `class` captured |
//!
//! Other columns are told by name. Awards to coaches and to units (`Army Black Knights`, `OL Unit`) are counted and passed over: they are
//! no player's.

mod award;
mod header;
mod record;

pub use record::awards;
