//! Rust names for database names: deterministic, as readable as the database's, and never the same twice.

use std::collections::HashSet;

use heck::{ToShoutySnakeCase, ToSnakeCase, ToUpperCamelCase};
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

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
    started(words(text).to_snake_case(), "unnamed")
}

/// A type or variant name: `roster_entry` gives `RosterEntry`.
pub fn pascal(text: &str) -> String {
    started(words(text).to_upper_camel_case(), "Unnamed")
}

/// A type name made of two: a digit needs no `_` before it where letters are.
pub fn pascal_in(prefix: &str, text: &str) -> String {
    format!("{prefix}{}", pascal(text).trim_start_matches('_'))
}

/// A constant's name: `ncaa_id` gives `NCAA_ID`.
pub fn shouty(text: &str) -> String {
    started(words(text).to_shouty_snake_case(), "UNNAMED")
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

/// The name of a module, which is a file's name too: ASCII, and a keyword gets `_` behind it.
pub fn module(name: &str) -> String {
    let name = ascii(name);
    if NEVER_RAW.contains(&name.as_str()) || KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// The words of a name, in characters that an identifier may have (Unicode's XID_Continue, which is Rust's rule); what may not
/// stand in one separates words, and apostrophes join (`Men's` is one word).
///
/// Names that look the same are the same to Rust, which compares them in normal form C, so they are brought into it.
fn words(text: &str) -> String {
    let part = |c: char| match c {
        '\'' | '\u{2019}' => None,
        c if unicode_ident::is_xid_continue(c) => Some(c),
        _ => Some(' '),
    };
    ComposingNormalizerBorrowed::new_nfc().normalize(text).chars().filter_map(part).collect()
}

/// A name as a file's: without accents, since Rust finds modules in files of ASCII names only; characters of other scripts by
/// their code points.
fn ascii(text: &str) -> String {
    let part = |c: char| match c {
        c if c.is_ascii() => c.to_string(),
        c if unicode_ident::is_xid_start(c) => format!("u{:04x}", u32::from(c)),
        _ => String::new(),
    };
    DecomposingNormalizerBorrowed::new_nfd().normalize(text).chars().map(part).collect()
}

fn started(name: String, empty: &str) -> String {
    match name.chars().next() {
        None => empty.to_owned(),
        Some(first) if unicode_ident::is_xid_start(first) => name,
        Some(_) => format!("_{name}"),
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
            ("café", "café", "Café", "CAFÉ"),
            ("cafe\u{301}", "café", "Café", "CAFÉ"),
            ("ÉtatCivil", "état_civil", "ÉtatCivil", "ÉTAT_CIVIL"),
            ("Größe (m²)", "größe_m", "GrößeM", "GRÖSSE_M"),
            ("日本語", "日本語", "日本語", "日本語"),
            ("имя_файла", "имя_файла", "ИмяФайла", "ИМЯ_ФАЙЛА"),
            ("😀", "unnamed", "Unnamed", "UNNAMED"),
            ("٣d", "_٣d", "_٣d", "_٣D"),
            ("_hidden_", "hidden", "Hidden", "HIDDEN"),
        ];
        for (name, field, type_name, constant) in cases {
            assert_eq!((snake(name), pascal(name), shouty(name)), (field.into(), type_name.into(), constant.into()));
        }
    }

    #[test]
    fn a_digit_behind_a_name_begins_no_word() {
        assert_eq!(pascal_in("Lighthouse", "2nd lamp"), "Lighthouse2ndLamp");
        assert_eq!(pascal_in("Countries", "0"), "Countries0");
    }

    #[test]
    fn keywords_are_raw_or_marked() {
        assert_eq!(identifier("type"), "r#type");
        assert_eq!(identifier("gen"), "r#gen");
        assert_eq!(identifier("self"), "self_");
        assert_eq!(identifier("name"), "name");
        for (name, file) in [("type", "type_"), ("café", "cafe"), ("größe", "grou00dfe"), ("日本", "u65e5u672c")] {
            assert_eq!(module(name), file);
        }
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
