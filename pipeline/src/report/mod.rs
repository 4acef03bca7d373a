//! Counts, results, summaries, progress: what happened, for programs and for people.
//!
//! ```text
//! Run (counts while it works) -> RunResult -> one line of JSON on standard output, and `--result-file`
//!                                         -> summary on standard error
//! Progress, logging            -> standard error, sharing the terminal
//! ```

mod accounting;
#[cfg(test)]
mod capture;
mod context;
mod diagnostic;
mod json_lines;
mod listing;
mod logging;
mod output_file;
mod pretty_lines;
mod progress;
mod result;
mod run;
mod summary;
mod terminal;

pub use accounting::TableCounts;
pub use diagnostic::{error_line, render_error, tell_error};
pub use listing::{ago, listing, moment};
pub use logging::{Logging, init_logging};
pub use output_file::OutputFile;
pub(crate) use output_file::replace_file;
pub use progress::{Progress, ProgressTask, RowsTask};
pub use result::{Refusal, RunResult, Status};
pub use run::Run;
pub use summary::summary;
pub(crate) use summary::{duration, number};
pub(crate) use terminal::Paint;
pub use terminal::{ColorChoice, Terminal};
