//! Flags of loads that are full refreshes.

use clap::Args;
use pipeline::job::Refresh;
use pipeline::load::{Cap, MarkMissing};

/// The heading of these flags in the help.
pub(crate) const REFRESH: &str = "Refresh options";

#[derive(Debug, Args)]
#[command(next_help_heading = REFRESH)]
pub(crate) struct RefreshFlags {
    /// What is read is all there is: set deleted_at on rows of the table that are not in it. Nothing is marked if a record is
    /// refused, since it may be one of them.
    #[arg(long, conflicts_with = "limit")]
    mark_missing: bool,
    /// How many rows may go missing before nothing is loaded: a number, a share of the rows not deleted yet, or none for any.
    #[arg(long, value_name = "N|P%", default_value = "20%", requires = "mark_missing")]
    max_missing: Cap,
    /// Rows that were marked as deleted return to life when they come again; without it they are updated and stay deleted.
    #[arg(long)]
    revive: bool,
}

impl RefreshFlags {
    /// What they ask for.
    pub(crate) fn of(&self, within: &[String]) -> Refresh {
        let mark = || MarkMissing { at_most: self.max_missing, within: within.to_vec() };
        Refresh { revive: self.revive, mark_missing: self.mark_missing.then(mark) }
    }
}
