//! Rust names for database names: deterministic, ASCII, and never the same twice.

use std::collections::HashSet;

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};

/// Words that only a raw identifier can be.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum",
    "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move",
    "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Words that not even a raw identifier can be.
const NEVER_RAW: &[&str] = &["crate", "self", "super", "Self", "_"];

/// A field, parameter or method name: `createdAt` and `created-at` give `created_at`, `2fa` gives `_2fa`.
pub fn snake(text: &str) -> String {
    started(ascii(text).to_snake_case(), "unnamed")
}

/// A type or variant name: `roster_entry` gives `RosterEntry`.
pub fn pascal(text: &str) -> String {
    started(ascii(text).to_upper_camel_case(), "Unnamed")
}

/// A constant's name: `ncaa_id` gives `NCAA_ID`.
pub fn shouty(text: &str) -> String {
    started(ascii(text).to_shouty_snake_case(), "UNNAMED")
}

/// The name as it is written in source: raw (`r#type`) where it is a keyword, with `_` behind it where even that is
/// refused.
pub fn identifier(name: &str) -> String {
    if NEVER_RAW.contains(&name) {
        format!("{name}_")
    } else if KEYWORDS.contains(&name) {
        format!("r#{name}")
    } else {
        name.to_owned()
    }
}

/// The name of a module, which is a file's name too: a keyword gets `_` behind it.
pub fn module(name: &str) -> String {
    if NEVER_RAW.contains(&name) || KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// Apostrophes join (`Men's` is one word); other characters beyond ASCII are spelt by their code point, since a file
/// name, a module and an identifier of other scripts each have rules and lints of their own.
fn ascii(text: &str) -> String {
    let mut ascii = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\'' | '\u{2019}' => {}
            _ if c.is_ascii() => ascii.push(c),
            _ if c.is_alphanumeric() => ascii.push_str(&format!("u{:04x}", u32::from(c))),
            _ => ascii.push(' '),
        }
    }
    ascii
}

fn started(name: String, empty: &str) -> String {
    match name.chars().next() {
        None => empty.to_owned(),
        Some(first) if first.is_ascii_digit() => format!("_{name}"),
        Some(_) => name,
    }
}

/// Gives each name once.
#[derive(Debug, Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// With names that are not to be given.
    pub fn reserving<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Names { taken: names.into_iter().map(str::to_owned).collect() }
    }

    /// The first of the candidates that is free, else the last one with the first number that makes it so.
    pub fn give(&mut self, candidates: &[String]) -> String {
        self.give_family(candidates, &[""])
    }

    /// The same for a name that others are made of: it is free with each of these endings.
    pub fn give_family(&mut self, candidates: &[String], endings: &[&str]) -> String {
        let free =
            |taken: &HashSet<String>, name: &str| !endings.iter().any(|end| taken.contains(&format!("{name}{end}")));
        let last = candidates.last().map_or("", String::as_str);
        // `a_2` in snake case, `A2` in camel case, `A_2` after a digit.
        let separator = if last.contains('_')
            || last.starts_with(|c: char| c.is_lowercase())
            || last.ends_with(|c: char| c.is_ascii_digit())
        {
            "_"
        } else {
            ""
        };
        let numbered = (2u32..).map(|number| format!("{last}{separator}{number}"));
        let name = candidates.iter().cloned().chain(numbered).find(|name| free(&self.taken, name)).unwrap_or_default();
        self.taken.extend(endings.iter().map(|end| format!("{name}{end}")));
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_rust_names() {
        // database name, field, type, constant
        let cases = [
            ("ncaa_id", "ncaa_id", "NcaaId", "NCAA_ID"),
            ("createdAt", "created_at", "CreatedAt", "CREATED_AT"),
            ("URLPath", "url_path", "UrlPath", "URL_PATH"),
            ("weird-key here", "weird_key_here", "WeirdKeyHere", "WEIRD_KEY_HERE"),
            ("address2", "address2", "Address2", "ADDRESS2"),
            ("2fa", "_2fa", "_2fa", "_2FA"),
            ("men's", "mens", "Mens", "MENS"),
            ("", "unnamed", "Unnamed", "UNNAMED"),
            ("+", "unnamed", "Unnamed", "UNNAMED"),
            ("café", "cafu00e9", "Cafu00e9", "CAFU00E9"),
            ("_hidden_", "hidden", "Hidden", "HIDDEN"),
        ];
        for (name, field, type_name, constant) in cases {
            assert_eq!((snake(name), pascal(name), shouty(name)), (field.into(), type_name.into(), constant.into()));
        }
    }

    #[test]
    fn keywords_are_raw_or_marked() {
        assert_eq!(identifier("type"), "r#type");
        assert_eq!(identifier("gen"), "r#gen");
        assert_eq!(identifier("self"), "self_");
        assert_eq!(identifier("name"), "name");
        assert_eq!(module("type"), "type_");
    }

    #[test]
    fn a_name_is_given_once() {
        let mut names = Names::reserving(["Field"]);
        let give = |names: &mut Names, name: &str| names.give(&[name.to_owned()]);
        assert_eq!(give(&mut names, "Field"), "Field2");
        assert_eq!(give(&mut names, "created_at"), "created_at");
        assert_eq!(give(&mut names, "created_at"), "created_at_2");
        assert_eq!(give(&mut names, "v1"), "v1");
        assert_eq!(give(&mut names, "v1"), "v1_2");
        assert_eq!(names.give_family(&["User".into(), "UserRow".into()], &["", "Insert"]), "User");
        assert_eq!(names.give_family(&["User".into(), "UserRow".into()], &["", "Insert"]), "UserRow");
        assert_eq!(give(&mut names, "UserInsert"), "UserInsert2");
    }
}
