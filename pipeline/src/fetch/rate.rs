//! How often a host may be asked.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The least time between the starts of two requests to one host, written as a rate: `2/s`, `0.5/s`, `12/min`, `1/5s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate {
    gap: Duration,
}

impl Rate {
    /// Two a second: what the NCAA's directory is asked at by default.
    pub const TWO_A_SECOND: Self = Self { gap: Duration::from_millis(500) };

    /// One a second.
    pub const ONE_A_SECOND: Self = Self { gap: Duration::from_secs(1) };

    /// One in five seconds: for sites that want to be left alone.
    pub const ONE_IN_FIVE_SECONDS: Self = Self { gap: Duration::from_secs(5) };

    /// A rate by the time between two starts; none if that is zero.
    pub fn from_gap(gap: Duration) -> Option<Self> {
        (!gap.is_zero()).then_some(Self { gap })
    }

    /// The least time between the starts of two requests.
    pub fn gap(self) -> Duration {
        self.gap
    }
}

impl FromStr for Rate {
    type Err = String;

    /// Reads `COUNT/PERIOD`: `2/s`, `0.5/s`, `30/m`, `1/5s`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a rate; write it as `2/s`, `12/min` or `1/5s`");
        let (count, per) = text.trim().split_once('/').ok_or_else(wrong)?;
        let per = per.trim();
        let digits = per.find(|c: char| c.is_ascii_alphabetic()).ok_or_else(wrong)?;
        let (number, unit) = per.split_at(digits);
        let number = if number.is_empty() { 1.0 } else { decimal(number).ok_or_else(wrong)? };
        let count = decimal(count).ok_or_else(wrong)?;
        let unit = match unit {
            "ms" => 0.001,
            "s" | "sec" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            _ => return Err(wrong()),
        };
        if count <= 0.0 || number <= 0.0 {
            return Err(format!("`{text}` is not a rate above zero"));
        }
        Duration::try_from_secs_f64(number * unit / count)
            .ok()
            .filter(|gap| *gap <= SLOWEST)
            .and_then(Self::from_gap)
            .ok_or_else(|| format!("`{text}` is too fast or too slow to keep"))
    }
}

/// The longest time between two starts that makes sense.
const SLOWEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Digits with at most one point: what `f64` reads beyond that (`inf`, `1e9`, signs) is no number to a reader of settings.
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    plain.then(|| text.parse().ok()).flatten()
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.gap.as_secs_f64();
        if seconds > 1.0 {
            return if self.gap.subsec_nanos() == 0 {
                write!(f, "1/{}s", self.gap.as_secs())
            } else {
                write!(f, "1/{}ms", self.gap.as_millis())
            };
        }
        let per_second = (1000.0 / seconds).round() / 1000.0;
        write!(f, "{per_second}/s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_and_written() {
        let cases = [
            ("2/s", 500, "2/s"),
            ("50/s", 20, "50/s"),
            ("1/5s", 5000, "1/5s"),
            ("0.5/s", 2000, "1/2s"),
            ("12/min", 5000, "1/5s"),
            (" 1 / 1500ms ", 1500, "1/1500ms"),
            ("3/1.5s", 500, "2/s"),
            ("30/m", 2000, "1/2s"),
            ("60/h", 60_000, "1/60s"),
        ];
        for (text, milliseconds, shown) in cases {
            let rate: Rate = text.parse().unwrap();
            assert_eq!(rate.gap(), Duration::from_millis(milliseconds), "{text}");
            assert_eq!(rate.to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for text in ["", "2", "2/", "/s", "0/s", "-1/s", "inf/s", "nan/s", "2/day", "1/0s", "two/s", "1e9/s", "1/48h"] {
            assert!(text.parse::<Rate>().is_err(), "{text}");
        }
    }
}
