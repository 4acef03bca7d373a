//! How much is logged, as a whole and by target.

use std::fmt;
use std::str::FromStr;

use tracing::level_filters::LevelFilter;

use super::suggest::did_you_mean;

/// What a level may be.
pub(super) const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// The least severe events that are logged: of this program, and of targets (modules, such as `pipeline::fetch`) that are told
/// apart. Written `info`, or `pipeline::fetch=debug,info`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter {
    /// Of all that is not told apart.
    pub level: LevelFilter,
    /// Of targets and what is below them.
    pub targets: Vec<(String, LevelFilter)>,
}

impl LogFilter {
    /// One level for all.
    pub fn of(level: LevelFilter) -> Self {
        Self { level, targets: Vec::new() }
    }
}

impl FromStr for LogFilter {
    type Err = String;

    /// Reads levels apart by commas, at most one of them without a target; without one, that is `info`.
    fn from_str(text: &str) -> Result<Self, String> {
        let (mut general, mut targets) = (None, Vec::<(String, LevelFilter)>::new());
        for directive in text.split(',').map(str::trim) {
            let (target, name) = directive
                .split_once('=')
                .map_or((None, directive), |(target, name)| (Some(target.trim()), name.trim()));
            let Some(level) = level(name) else {
                return Err(format!("`{name}` is no level{}", did_you_mean(name, LEVELS)));
            };
            match target {
                None if general.replace(level).is_some() => {
                    return Err(format!("`{directive}` is a second level for everything"));
                }
                None => {}
                Some(target) if !is_target(target) => {
                    return Err(format!(
                        "`{target}` is no target: write the path of a module, such as pipeline::fetch"
                    ));
                }
                Some(target) if targets.iter().any(|(known, _)| known == target) => {
                    return Err(format!("`{target}` is given twice"));
                }
                Some(target) => targets.push((target.to_owned(), level)),
            }
        }
        Ok(Self { level: general.unwrap_or(LevelFilter::INFO), targets })
    }
}

fn level(name: &str) -> Option<LevelFilter> {
    // The library reads numbers and capitals, too.
    LEVELS.contains(&name).then(|| name.parse().ok()).flatten()
}

/// Names apart by `::`, as in the path of a module.
fn is_target(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.starts_with(|c: char| c.is_ascii_digit())
            && !name.is_empty()
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    text.split("::").all(is_name)
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.level)?;
        self.targets.iter().try_for_each(|(target, level)| write!(f, ",{target}={level}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_by_target() {
        let cases = [
            ("debug", "debug"),
            ("pipeline::fetch=debug,info", "info,pipeline::fetch=debug"),
            (" warn , sqlx = debug", "warn,sqlx=debug"),
            ("pipeline::load=trace", "info,pipeline::load=trace"),
            ("off,pipeline::fetch=error,pipeline::load=off", "off,pipeline::fetch=error,pipeline::load=off"),
        ];
        for (text, expected) in cases {
            assert_eq!(text.parse::<LogFilter>().map(|filter| filter.to_string()), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            ("loud", "`loud` is no level"),
            ("pipeline::fetch=debgu,info", "`debgu` is no level; did you mean \"debug\"?"),
            ("5", "`5` is no level"),
            ("INFO", "`INFO` is no level"),
            ("info,", "`` is no level"),
            ("info,debug", "`debug` is a second level"),
            ("=debug", "`` is no target"),
            ("pipeline:fetch=debug", "`pipeline:fetch` is no target"),
            ("a=debug,a=info", "`a` is given twice"),
        ];
        for (text, expected) in cases {
            let error = text.parse::<LogFilter>().unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
