//! What files of awards say, in their own terms.

/// What holds for every award of a file, where the file does not say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// The award, such as `All-America`.
    pub award: Option<String>,
    /// Who chose.
    pub selector: Option<String>,
    /// The team: `1`, `2`, `3`, `HM`, in any of its spellings.
    pub team: Option<String>,
    /// The NCAA's code of the sport. It also tells the season: that of a fall sport ends in the year after the award's.
    pub sport: Option<String>,
}

/// An award to a player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AwardRecord {
    /// The year as the file writes it; of fall sports that in which the season begins.
    pub year: i32,
    /// The award; where the file divides it over columns, all of them: `All Conference (BIG TEN): Player of the Year`.
    pub award: String,
    /// Who chose; empty where it is not said.
    pub selector: String,
    /// `1`, `2`, `3`, `HM`; empty where the award has no teams.
    pub team_level: String,
    /// The player's name, first name first.
    pub player: String,
    /// The same, comparable: see [`crate::sources::names::PersonName::normalized`].
    pub normalized_player: String,
    /// The position.
    pub position: Option<String>,
    /// The school as the file writes it.
    pub school: String,
    /// The class as the file writes it.
    pub class_year: Option<String>,
}
