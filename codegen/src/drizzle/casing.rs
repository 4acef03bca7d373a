//! Names of columns that are given none: drizzle-orm's `casing.ts`.

use serde::{Deserialize, Serialize};

/// The `casing` setting. It applies to columns without an explicit name only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Casing {
    /// The property's name as it is.
    #[default]
    #[serde(skip)]
    Keep,
    /// `firstName` becomes `first_name`.
    #[serde(rename = "snake_case")]
    Snake,
    /// `first_name` becomes `firstName`.
    #[serde(rename = "camelCase")]
    Camel,
}

impl Casing {
    /// The column's name for a property's name.
    pub fn convert(self, name: &str) -> String {
        match self {
            Casing::Keep => name.to_owned(),
            Casing::Snake => words(name).iter().map(|word| word.to_lowercase()).collect::<Vec<_>>().join("_"),
            Casing::Camel => {
                let words = words(name);
                let capitalised = words.iter().enumerate().map(|(index, word)| {
                    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
                    if index == 0 { word.to_lowercase() } else { first.to_uppercase() + rest }
                });
                capitalised.collect()
            }
        }
    }
}

/// The words of an identifier, by drizzle-orm's expression `[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+` after apostrophes
/// are taken out. It knows ASCII only; any other character separates words.
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().filter(|c| !matches!(c, '\'' | '\u{2019}')).collect();
    let small = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let run =
        |from: usize, belongs: &dyn Fn(&char) -> bool| characters[from..].iter().take_while(|c| belongs(c)).count();
    let mut words = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let mut length = run(at, &small);
        if length == 0 {
            let capitals = run(at, &|c| c.is_ascii_uppercase());
            let before_lower = characters.get(at + capitals).is_some_and(char::is_ascii_lowercase);
            length = match capitals {
                0 => {
                    at += 1;
                    continue;
                }
                1 if before_lower => 1 + run(at + 1, &small),
                _ if before_lower => capitals - 1,
                _ => capitals,
            };
        }
        words.push(characters[at..at + length].iter().collect());
        at += length;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::Casing;

    /// Pairs measured on drizzle-kit.
    #[test]
    fn snake_case_is_drizzles() {
        let cases = [
            ("firstName", "first_name"),
            ("URLPath", "url_path"),
            ("iOSVersion", "i_os_version"),
            ("address2", "address2"),
            ("aB1C2", "a_b_1_c_2"),
            ("weird-key", "weird_key"),
        ];
        for (key, name) in cases {
            assert_eq!(Casing::Snake.convert(key), name, "{key}");
        }
    }

    #[test]
    fn camel_case_is_drizzles() {
        for (key, name) in [("first_name", "firstName"), ("id", "id"), ("created_at_utc", "createdAtUtc")] {
            assert_eq!(Casing::Camel.convert(key), name, "{key}");
        }
    }
}
