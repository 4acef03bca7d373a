//! Globs with the meaning that drizzle-kit's glob gives them: braces, `**`, classes, `!(…)` and its kin, names that begin
//! with a dot only where the pattern does, and its order.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

/// The files and folders that a pattern with an absolute path names, in drizzle-kit's order.
///
/// # Errors
/// A message when the pattern's braces multiply beyond reason.
pub(super) fn glob(pattern: &str) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    for pattern in braces(pattern)? {
        let segments: Vec<&str> = pattern.split('/').filter(|segment| !segment.is_empty()).collect();
        let start = if pattern.starts_with('/') { PathBuf::from("/") } else { PathBuf::new() };
        walk(start, &segments, &mut found);
    }
    found.sort_by(|a, b| locale_order(&a.to_string_lossy(), &b.to_string_lossy()));
    found.dedup();
    Ok(found)
}

fn walk(folder: PathBuf, segments: &[&str], found: &mut Vec<PathBuf>) {
    let Some((segment, rest)) = segments.split_first() else {
        found.push(folder);
        return;
    };
    if *segment == "**" {
        walk(folder.clone(), rest, found);
        for (name, path) in entries(&folder) {
            // As the shell's globstar: a link to a folder is named, and not followed.
            if path.is_dir() && !path.is_symlink() && !name.starts_with('.') {
                walk(path, segments, found);
            } else if rest.is_empty() && !name.starts_with('.') {
                found.push(path);
            }
        }
        return;
    }
    let magic = segment.contains(['*', '?', '[']) || ["!(", "@(", "+("].iter().any(|mark| segment.contains(mark));
    if !magic {
        let path = folder.join(segment);
        if path.symlink_metadata().is_ok() {
            walk(path, rest, found);
        }
        return;
    }
    let (tokens, _) = parse(&segment.chars().collect::<Vec<_>>(), false);
    for (name, path) in entries(&folder) {
        let hidden = name.starts_with('.') && !segment.starts_with('.');
        if !hidden && matches(&tokens, &name.chars().collect::<Vec<_>>(), &|rest| rest.is_empty()) {
            walk(path, rest, found);
        }
    }
}

fn entries(folder: &Path) -> Vec<(String, PathBuf)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter_map(|entry| Some((entry.file_name().to_str()?.to_owned(), entry.path()))).collect()
}

/// How many patterns braces may make of one.
const MAX_ALTERNATIVES: usize = 1_000;

/// `a{b,c}` is `ab` and `ac`; `{1..3}` is `1`, `2` and `3`. Braces without a comma or a range stay.
fn braces(pattern: &str) -> Result<Vec<String>, String> {
    let mut done = Vec::new();
    let mut open = vec![pattern.to_owned()];
    while let Some(pattern) = open.pop() {
        if done.len() + open.len() > MAX_ALTERNATIVES {
            return Err(format!("means more than {MAX_ALTERNATIVES} patterns"));
        }
        match first_braces(&pattern) {
            Some((start, end, alternatives)) => {
                let (before, after) = (&pattern[..start], &pattern[end..]);
                open.extend(alternatives.iter().rev().map(|alternative| format!("{before}{alternative}{after}")));
            }
            None => done.push(pattern),
        }
    }
    Ok(done)
}

/// The first braces that mean something: where they start and end, and what they stand for.
fn first_braces(pattern: &str) -> Option<(usize, usize, Vec<String>)> {
    for (start, _) in pattern.match_indices('{') {
        let (mut depth, mut parts, mut from) = (0usize, Vec::new(), start + 1);
        for (offset, byte) in pattern.bytes().enumerate().skip(start) {
            match byte {
                b'{' => depth += 1,
                b',' if depth == 1 => {
                    parts.push(pattern[from..offset].to_owned());
                    from = offset + 1;
                }
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let last = &pattern[from..offset];
                let alternatives = match parts.is_empty() {
                    true => range(last),
                    false => Some(parts.into_iter().chain([last.to_owned()]).collect()),
                };
                match alternatives {
                    Some(alternatives) => return Some((start, offset + 1, alternatives)),
                    None => break,
                }
            }
        }
    }
    None
}

fn range(text: &str) -> Option<Vec<String>> {
    let (from, to) = text.split_once("..")?;
    let (from, to): (i32, i32) = (from.parse().ok()?, to.parse().ok()?);
    let length = from.abs_diff(to) as usize + 1;
    let step = if from <= to { 1 } else { -1 };
    (length <= MAX_ALTERNATIVES).then(|| (0..length as i32).map(|n| (from + n * step).to_string()).collect())
}

/// A part of a pattern for one name.
#[derive(Debug)]
enum Token {
    Literal(char),
    /// `?`
    One,
    /// `*`
    Any,
    /// `[a-z]`, `[!a-z]`
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    /// `@(a|b)` and, by its first character, `?(…)`, `*(…)`, `+(…)`, `!(…)`.
    Group {
        kind: char,
        alternatives: Vec<Vec<Token>>,
    },
}

/// The tokens up to the end, or inside a group up to its `|` or `)`; and how many characters they take up.
fn parse(text: &[char], in_group: bool) -> (Vec<Token>, usize) {
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let c = text[at];
        if in_group && matches!(c, '|' | ')') {
            break;
        }
        if matches!(c, '?' | '*' | '+' | '@' | '!')
            && text.get(at + 1) == Some(&'(')
            && let Some((alternatives, length)) = group(&text[at + 2..])
        {
            tokens.push(Token::Group { kind: c, alternatives });
            at += 2 + length;
            continue;
        }
        if c == '['
            && let Some((class, length)) = class(&text[at + 1..])
        {
            tokens.push(class);
            at += 1 + length;
            continue;
        }
        tokens.push(match c {
            '*' => Token::Any,
            '?' => Token::One,
            '\\' if at + 1 < text.len() => {
                at += 1;
                Token::Literal(text[at])
            }
            other => Token::Literal(other),
        });
        at += 1;
    }
    (tokens, at)
}

/// The alternatives of a group whose bracket is open, and the length with the closing one.
fn group(text: &[char]) -> Option<(Vec<Vec<Token>>, usize)> {
    let mut alternatives = Vec::new();
    let mut at = 0;
    loop {
        let (tokens, length) = parse(&text[at..], true);
        alternatives.push(tokens);
        at += length + 1;
        match text.get(at - 1) {
            Some(')') => return Some((alternatives, at)),
            Some(_) => {}
            None => return None,
        }
    }
}

fn class(text: &[char]) -> Option<(Token, usize)> {
    let negated = matches!(text.first(), Some('!' | '^'));
    let start = usize::from(negated);
    // A bracket that comes first stands for itself.
    let end = start + 1 + text.get(start + 1..)?.iter().position(|c| *c == ']')?;
    let (mut ranges, mut at) = (Vec::new(), start);
    while at < end {
        if at + 2 < end && text[at + 1] == '-' {
            ranges.push((text[at], text[at + 2]));
            at += 3;
        } else {
            ranges.push((text[at], text[at]));
            at += 1;
        }
    }
    Some((Token::Class { negated, ranges }, end + 1))
}

/// True when the tokens take up a beginning of the text that leaves what `rest` accepts.
fn matches(tokens: &[Token], text: &[char], rest: &dyn Fn(&[char]) -> bool) -> bool {
    let Some((token, others)) = tokens.split_first() else { return rest(text) };
    let one = |accepts: bool| accepts && matches(others, &text[1..], rest);
    match token {
        Token::Literal(c) => one(text.first() == Some(c)),
        Token::One => one(!text.is_empty()),
        Token::Class { negated, ranges } => {
            one(text.first().is_some_and(|c| ranges.iter().any(|(from, to)| (from..=to).contains(&c)) != *negated))
        }
        Token::Any => (0..=text.len()).any(|length| matches(others, &text[length..], rest)),
        Token::Group { kind: '!', alternatives } => (0..=text.len()).any(|length| {
            let (head, tail) = text.split_at(length);
            let is_named = alternatives.iter().any(|tokens| matches(tokens, head, &|rest| rest.is_empty()));
            !is_named && matches(others, tail, rest)
        }),
        Token::Group { kind, alternatives } => {
            let after = |text: &[char]| matches(others, text, rest);
            (matches!(kind, '?' | '*') && after(text))
                || repeated(alternatives, text, matches!(kind, '*' | '+'), &after)
        }
    }
}

/// One of the alternatives, and where it may repeat, any number more.
fn repeated(alternatives: &[Vec<Token>], text: &[char], again: bool, after: &dyn Fn(&[char]) -> bool) -> bool {
    alternatives.iter().any(|tokens| {
        matches(tokens, text, &|rest| {
            after(rest) || (again && rest.len() < text.len() && repeated(alternatives, rest, again, after))
        })
    })
}

/// `a.localeCompare(b, "en")`, by which drizzle-kit's glob sorts: punctuation before digits before letters, and case only
/// where all else is equal.
fn locale_order(a: &str, b: &str) -> Ordering {
    const PUNCTUATION: &str = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";
    let rank = |c: char| {
        let punctuation = PUNCTUATION.chars().position(|known| known == c);
        (punctuation.unwrap_or(PUNCTUATION.len()), c.to_lowercase().next().unwrap_or(c))
    };
    let primary = a.chars().map(rank).cmp(b.chars().map(rank));
    // Lower case comes first, unlike in ASCII.
    primary.then_with(|| b.cmp(a))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_matches_as_in_the_shell() {
        let cases: &[(&str, &str, &str)] = &[
            ("*", "a b.ts", ""),
            ("*.ts", "a.ts a.test.ts", "a.mts"),
            ("?.ts", "a.ts", "ab.ts .ts"),
            ("[a-c!]x", "ax !x", "dx x"),
            ("[!a-c]x", "dx", "ax x"),
            ("!(*.test).ts", "a.ts .ts", "a.test.ts a.js"),
            ("!(index|types).ts", "user.ts indexes.ts", "index.ts types.ts"),
            ("@(a|b*).ts", "a.ts b.ts bc.ts", "c.ts aa.ts"),
            ("+(ab).ts", "ab.ts abab.ts", ".ts aba.ts"),
            ("*(ab).ts", "ab.ts .ts", "aba.ts"),
            ("user?(s).ts", "user.ts users.ts", "userss.ts"),
            ("a(b", "a(b", "ab"),
        ];
        for (pattern, accepted, refused) in cases {
            let (tokens, _) = parse(&pattern.chars().collect::<Vec<_>>(), false);
            let accepts = |name: &str| matches(&tokens, &name.chars().collect::<Vec<_>>(), &|rest| rest.is_empty());
            for name in accepted.split_whitespace() {
                assert!(accepts(name), "`{pattern}` names `{name}`");
            }
            for name in refused.split_whitespace() {
                assert!(!accepts(name), "`{pattern}` does not name `{name}`");
            }
        }
    }

    #[test]
    fn braces_multiply() {
        let cases: &[(&str, &[&str])] = &[
            ("a/{b,c}.ts", &["a/b.ts", "a/c.ts"]),
            ("{a,b{1,2}}", &["a", "b1", "b2"]),
            ("{,x}{2..0}", &["2", "1", "0", "x2", "x1", "x0"]),
            ("{a}", &["{a}"]),
            ("{a,b", &["{a,b"]),
            ("{x}/{y,z}", &["{x}/y", "{x}/z"]),
        ];
        for (pattern, expected) in cases {
            assert_eq!(braces(pattern).unwrap(), *expected, "{pattern}");
        }
        assert!(braces(&"{a,b}".repeat(30)).is_err());
    }

    #[test]
    fn names_are_in_the_order_of_a_dictionary() {
        // `[…].sort((a, b) => a.localeCompare(b, "en"))` in Node.js
        let sorted =
            ["a_b/x", "a-b/x", "a/x", "a1", "ab", "aB", "Ab", "AB", "b", "B", "user_x.ts", "user.ts", "users.ts"];
        let mut names = sorted;
        names.reverse();
        names.sort_by(|a, b| locale_order(a, b));
        assert_eq!(names, sorted);
    }
}
