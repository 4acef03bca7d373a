//! What the headers of tables mean, in any sport and both layouts.

/// A column of a roster, or one that describes the player in a table of statistics.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    Number,
    Class,
    Position,
    Height,
    Weight,
    Hometown,
    HighSchool,
    GamesPlayed,
    GamesStarted,
    /// Known, and without a column of its own.
    Other,
}

/// The column of a header; none if it is not known.
pub(super) fn column(header: &str) -> Option<Column> {
    let header = header.to_ascii_lowercase();
    Some(match header.trim_end_matches('.') {
        "name" | "player" | "player name" => Column::Name,
        "#" | "no" | "number" | "jersey" | "jersey #" => Column::Number,
        "class" | "yr" | "year" | "cl" => Column::Class,
        "position" | "pos" | "p" => Column::Position,
        "height" | "ht" => Column::Height,
        "weight" | "wt" => Column::Weight,
        "hometown" => Column::Hometown,
        "high school" => Column::HighSchool,
        "gp" | "g" => Column::GamesPlayed,
        "gs" => Column::GamesStarted,
        "bats" | "throws" | "b/t" => Column::Other,
        _ => return None,
    })
}
/// Whether a column of a table of statistics describes the player: all but games, which are counted there.
pub(super) fn describes(header: &str) -> bool {
    !matches!(column(header), None | Some(Column::GamesPlayed | Column::GamesStarted))
}
