//! Settings: what they are, where they come from, and how they are shown.
//!
//! ```text
//! flags > environment > pipeline.toml > defaults  ->  resolve  ->  Settings (typed)  and  one Effective per setting
//!                                                       table: names, kinds, defaults, help
//! ```
//!
//! - [`SETTINGS`] lists every setting once; environment names, `pipeline config`, help texts and errors come from it.
//! - `resolve` picks the winning value of each and remembers its origin. All mistakes are reported together.
//! - [`Settings`] is what the rest of the program sees: typed, checked, complete.
//! - [`Paths`] resolves the folders under which state, cache and data lie.

mod file;
mod log_filter;
mod paths;
mod resolve;
mod show;
mod suggest;
mod table;
mod typed;
mod value;

#[cfg(test)]
mod tests;

pub use log_filter::LogFilter;
pub use paths::Paths;
pub use resolve::{Effective, FlagValue, Inputs, Origin};
pub use show::{ShownSetting, settings_help};
pub(crate) use suggest::did_you_mean;
pub use table::{Preset, SETTINGS, Setting};
pub use typed::{
    CacheSettings, DatabaseSettings, HttpSettings, LoadSettings, LogSettings, MetricsSettings, RunSettings, Settings,
    SourceSettings,
};
pub use value::{DatabaseUrl, Kind, LogFormat, parse_time};
