//! What rosters say of a player, made comparable: height, weight, class, position.

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading<T> {
    /// Nothing: it is empty, or says so (`-`, `---`, `N/A`, `0-0`).
    Blank,
    /// This.
    Known(T),
    /// Something that cannot be read.
    Unreadable,
}

impl<T> Reading<T> {
    /// The value, if it is known.
    pub fn known(self) -> Option<T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Blank | Self::Unreadable => None,
        }
    }
}

/// Whether a cell says that nothing is known.
pub fn is_blank(text: &str) -> bool {
    let text = text.trim();
    text.chars().all(|c| matches!(c, '-' | '–' | '—'))
        || ["n/a", "na", "none"].iter().any(|no| text.eq_ignore_ascii_case(no))
}

/// A height in inches: `6-2`, `6'2"`, `6' 2''`, `6′2″`, `6 ft 2 in`. Between three and nine feet; anything else is no height.
pub fn height_inches(text: &str) -> Reading<i32> {
    let numbers: Vec<&str> = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    if is_blank(text) || (!numbers.is_empty() && numbers.iter().all(|number| number.trim_matches('0').is_empty())) {
        return Reading::Blank;
    }
    let written = text.trim().to_ascii_lowercase();
    let inches = written.split_once(['-', '\'', '′', '’', 'f']).and_then(|(feet, inches)| {
        let inches = inches.trim_start_matches(['t', '.', ' ', '-']);
        let inches = inches.trim_end_matches(['"', '″', '”', '\'', '.', ' ']).trim_end_matches("in").trim();
        let (feet, inches) = (number(feet.trim())?, number(inches)?);
        (inches < 12).then_some(feet * 12 + inches)
    });
    match inches {
        Some(inches @ 36..=108) => Reading::Known(inches),
        _ => Reading::Unreadable,
    }
}

/// A weight in pounds: `185`, `185 lbs.`
pub fn weight_pounds(text: &str) -> Reading<i32> {
    let written = text.trim().to_ascii_lowercase();
    let written =
        ["lbs.", "lbs", "lb.", "lb", "pounds"].iter().find_map(|unit| written.strip_suffix(unit)).unwrap_or(&written);
    match number(written.trim()) {
        _ if is_blank(text) => Reading::Blank,
        Some(0) => Reading::Blank,
        Some(pounds @ 50..=600) => Reading::Known(pounds),
        _ => Reading::Unreadable,
    }
}

/// Digits only, and not many.
fn number(text: &str) -> Option<i32> {
    (text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// The class: `Fr.`, `So.`, `Jr.`, `Sr.` or `Gr.`, also of one who sat out a year (`R-Fr.`, `RS So`, `Redshirt Junior`).
pub fn class_year(text: &str) -> Reading<&'static str> {
    if is_blank(text) {
        return Reading::Blank;
    }
    let written: String = text.to_ascii_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    let class = ["redshirt", "rs", "r"].iter().find_map(|sat_out| class_of(written.strip_prefix(sat_out)?));
    class_of(&written).or(class).map_or(Reading::Unreadable, Reading::Known)
}

fn class_of(written: &str) -> Option<&'static str> {
    Some(match written {
        "fr" | "fy" | "freshman" => "Fr.",
        "so" | "soph" | "sophomore" => "So.",
        "jr" | "junior" => "Jr.",
        "sr" | "senior" => "Sr.",
        "gr" | "grad" | "graduate" | "gs" => "Gr.",
        _ => return None,
    })
}

/// Positions: `p` is `P`, `ph, lf` is `PH/LF`; words are left as they are. Empty where none is given.
pub fn position(text: &str) -> String {
    let parts = text.split(['/', ',', ';']).map(str::trim).filter(|part| !is_blank(part));
    let parts: Vec<String> = parts
        .map(|part| {
            let short = part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if short { part.to_ascii_uppercase() } else { super::text::folded(part) }
        })
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::Reading::{Blank, Known, Unreadable};
    use super::*;

    #[test]
    fn heights() {
        let cases = [
            ("6-2", Known(74)),
            ("5-11", Known(71)),
            ("6-0", Known(72)),
            ("6'2\"", Known(74)),
            ("6' 2''", Known(74)),
            ("6′2″", Known(74)),
            ("6 ft 2 in", Known(74)),
            ("6ft. 2in.", Known(74)),
            (" 7-01 ", Known(85)),
            ("-", Blank),
            ("", Blank),
            ("0-0", Blank),
            ("-0", Blank),
            ("N/A", Blank),
            ("6-", Unreadable),
            ("-11", Unreadable),
            ("6-12", Unreadable),
            ("1-5", Unreadable),
            ("9-1", Unreadable),
            ("62", Unreadable),
            ("188 cm", Unreadable),
            ("six feet", Unreadable),
        ];
        for (text, expected) in cases {
            assert_eq!(height_inches(text), expected, "{text:?}");
        }
    }

    #[test]
    fn weights() {
        let cases = [
            ("185", Known(185)),
            ("185 lbs", Known(185)),
            ("185lbs.", Known(185)),
            ("-", Blank),
            ("0", Blank),
            ("", Blank),
            ("1850", Unreadable),
            ("18", Unreadable),
            ("84 kg", Unreadable),
        ];
        for (text, expected) in cases {
            assert_eq!(weight_pounds(text), expected, "{text:?}");
        }
    }

    #[test]
    fn classes() {
        let cases = [
            ("Fr.", Known("Fr.")),
            ("So", Known("So.")),
            ("JR", Known("Jr.")),
            ("Sr.", Known("Sr.")),
            ("Gr.", Known("Gr.")),
            ("R-Fr.", Known("Fr.")),
            ("RS So.", Known("So.")),
            ("Redshirt Junior", Known("Jr.")),
            ("Graduate", Known("Gr.")),
            ("---", Blank),
            ("N/A", Blank),
            ("", Blank),
            ("5th", Unreadable),
            ("Fr./So.", Unreadable),
        ];
        for (text, expected) in cases {
            assert_eq!(class_year(text), expected, "{text:?}");
        }
    }

    #[test]
    fn positions() {
        let cases = [
            ("p", "P"),
            ("INF", "INF"),
            ("ph/lf", "PH/LF"),
            ("SS, P", "SS/P"),
            ("SSDM", "SSDM"),
            ("Outside  Hitter", "Outside Hitter"),
            ("-", ""),
            ("", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(position(text), expected, "{text:?}");
        }
    }
}
