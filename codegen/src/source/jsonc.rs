//! JSON as TypeScript's configuration files have it: with comments and trailing commas.

use serde_json::Value;

/// Parses it; `None` for what is no JSON even without them.
pub(super) fn parse(text: &str) -> Option<Value> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&plain(text)).ok())
}

/// The text without comments and without commas before a closing bracket.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match (character, rest.peek()) {
            ('"', _) => {
                plain.push('"');
                while let Some(inside) = rest.next() {
                    plain.push(inside);
                    if inside == '\\' {
                        plain.extend(rest.next());
                    } else if inside == '"' {
                        break;
                    }
                }
            }
            ('/', Some('/')) => while rest.next_if(|character| *character != '\n').is_some() {},
            ('/', Some('*')) => {
                rest.next();
                let mut last = ' ';
                for character in rest.by_ref() {
                    if last == '*' && character == '/' {
                        break;
                    }
                    last = character;
                }
            }
            (']' | '}', _) => {
                let kept = plain.trim_end();
                let kept = kept.strip_suffix(',').unwrap_or(kept).len();
                plain.truncate(kept);
                plain.push(character);
            }
            _ => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn comments_and_trailing_commas_are_no_part_of_it() {
        let text = "\u{feff}{ // a, b\n \"a\": [1, /* 2, */ 3,\n], \"url\": \"http://x/*\", \"q\": \"\\\"//\", }";
        assert_eq!(parse(text), Some(json!({"a": [1, 3], "url": "http://x/*", "q": "\"//"})));
        assert_eq!(parse("{ a: 1 }"), None);
        assert_eq!(parse("/* open"), None);
    }
}
