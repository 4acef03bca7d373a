//! Comments of TypeScript as rustdoc reads them.

/// Tags of TSDoc that are a note of their own, with the words that stand for them.
const NOTES: &[(&str, &str)] = &[
    ("@deprecated", "**Deprecated:**"),
    ("@remarks", ""),
    ("@description", ""),
    ("@summary", ""),
    ("@see", "See"),
    ("@default", "Default:"),
    ("@defaultValue", "Default:"),
    ("@since", "Since"),
    ("@todo", "To do:"),
    ("@throws", "Throws"),
    ("@returns", "Returns"),
    ("@example", "Example:"),
];

/// Words from the schema, safe in Markdown: what rustdoc would take for a link, a tag or a test is none, code stays code.
pub(super) fn of(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut fence: Option<String> = None;
    for line in text.lines() {
        let trimmed = line.trim_start();
        if let Some(open) = &fence {
            let ends = trimmed.trim_end() == open;
            lines.push(line.to_owned());
            if ends {
                fence = None;
            }
            continue;
        }
        let ticks: String = trimmed.chars().take_while(|&c| c == '`' || c == '~').collect();
        if ticks.len() >= 3 {
            // Code without a language would be a test of rustdoc's.
            let language = trimmed[ticks.len()..].trim();
            let foreign = matches!(language, "" | "rust" | "should_panic" | "no_run" | "ignore" | "compile_fail");
            lines.push(if foreign { format!("{ticks}ts") } else { format!("{ticks}{language}") });
            fence = Some(ticks);
            continue;
        }
        if let Some(note) = note(trimmed) {
            // A tag begins a paragraph.
            if lines.last().is_some_and(|last| !last.is_empty()) {
                lines.push(String::new());
            }
            lines.push(words(&note));
            continue;
        }
        // Four spaces would make it code, and code a test.
        let list = trimmed.starts_with(['-', '*', '+']) || trimmed.starts_with(|c: char| c.is_ascii_digit());
        let indent = if list { line.len() - trimmed.len() } else { (line.len() - trimmed.len()).min(3) };
        lines.push(format!("{}{}", " ".repeat(indent.min(3)), words(trimmed)));
    }
    if let Some(open) = fence {
        lines.push(open);
    }
    lines.join("\n")
}

/// A line that begins with a tag, in words.
fn note(line: &str) -> Option<String> {
    let (tag, rest) = line.split_at(line.find(|c: char| c.is_whitespace()).unwrap_or(line.len()));
    let (_, words) = NOTES.iter().find(|(known, _)| *known == tag)?;
    Some(format!("{words} {}", rest.trim()).trim().to_owned())
}

/// A line of words.
fn words(line: &str) -> String {
    let line = inline_links(line);
    let mut safe = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some(c) = rest.chars().next() {
        if c == '`' {
            // A code span, if it is closed.
            let ticks = rest.len() - rest.trim_start_matches('`').len();
            let end = rest[ticks..].find(&rest[..ticks]).map(|at| ticks + at + ticks);
            let Some(end) = end else {
                safe.push_str(&"\\`".repeat(ticks));
                rest = &rest[ticks..];
                continue;
            };
            safe.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if let Some(link) = markdown_link(rest) {
            safe.push_str(link);
            rest = &rest[link.len()..];
        } else if rest.starts_with("http://") || rest.starts_with("https://") {
            let end = rest
                .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | ')' | ']' | '`'))
                .unwrap_or(rest.len());
            let address = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']);
            safe.push_str(&format!("<{address}>"));
            rest = &rest[address.len()..];
        } else if let Some(address) = rest.strip_prefix("<http").and_then(|after| after.find('>')) {
            // `<https://…>` is a link already.
            let end = "<http".len() + address + 1;
            safe.push_str(&rest[..end]);
            rest = &rest[end..];
        } else {
            if matches!(c, '[' | ']' | '<' | '>') {
                safe.push('\\');
            }
            safe.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    safe
}

/// `[words](https://…)` at the start of the text.
fn markdown_link(text: &str) -> Option<&str> {
    let middle = text.strip_prefix('[')?.find("](")? + 1;
    let label = &text[1..middle];
    let target = &text[middle + 2..];
    let end = target.find(')')?;
    let address = target[..end].trim_matches(['<', '>']);
    let plain = !label.contains(['[', ']', '<', '>']) && !address.contains(char::is_whitespace);
    let known = ["http://", "https://", "mailto:"].iter().any(|scheme| address.starts_with(scheme));
    (plain && known).then(|| &text[..middle + 2 + end + 1])
}

/// `{@link Name}` is the name as code, `{@link https://… words}` a link.
fn inline_links(line: &str) -> String {
    let mut found = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find("{@") {
        let Some(end) = rest[start..].find('}').map(|at| start + at) else { break };
        let (tag, content) =
            rest[start + 2..end].split_once(char::is_whitespace).unwrap_or((&rest[start + 2..end], ""));
        found.push_str(&rest[..start]);
        let (target, label) = content.trim().split_once(['|', ' ']).unwrap_or((content.trim(), ""));
        let (target, label) = (target.trim(), label.trim());
        let is_address = target.starts_with("http://") || target.starts_with("https://");
        match (tag, is_address, label) {
            ("link" | "linkcode" | "linkplain" | "see", true, "") => found.push_str(target),
            ("link" | "linkcode" | "linkplain" | "see", true, label) => found.push_str(&format!("[{label}]({target})")),
            ("link" | "linkcode" | "linkplain" | "see" | "code" | "inheritDoc", false, "") => {
                found.push_str(&format!("`{}`", target.replace('`', "'")));
            }
            ("link" | "linkcode" | "linkplain" | "see", false, label) => found.push_str(label),
            _ => found.push_str(content),
        }
        rest = &rest[end + 1..];
    }
    found.push_str(rest);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_words_to_rustdoc() {
        // comment, Markdown
        let cases = [
            ("plain words", "plain words"),
            ("an array[0] of <T>", "an array\\[0\\] of \\<T\\>"),
            ("`a[0]` and `` b`<c> ``", "`a[0]` and `` b`<c> ``"),
            ("a lone ` tick [x]", "a lone \\` tick \\[x\\]"),
            ("see https://example.org/a_b.", "see <https://example.org/a_b>."),
            ("(https://example.org)", "(<https://example.org>)"),
            ("<https://example.org>", "<https://example.org>"),
            ("[the list](https://example.org)", "[the list](https://example.org)"),
            ("[the list](<https://example.org>)", "[the list](<https://example.org>)"),
            ("[a](b)", "\\[a\\](b)"),
            ("{@link users} and {@link https://example.org the site}", "`users` and [the site](https://example.org)"),
            ("@deprecated use `b`", "**Deprecated:** use `b`"),
            ("words\n@deprecated", "words\n\n**Deprecated:**"),
            ("@example\n```\nf()\n```", "Example:\n```ts\nf()\n```"),
            ("```ts\na[0]\n```", "```ts\na[0]\n```"),
            ("```\nnever closed", "```ts\nnever closed\n```"),
            ("words:\n    f(x)", "words:\n   f(x)"),
            ("- a\n  - b", "- a\n  - b"),
        ];
        for (comment, markdown) in cases {
            assert_eq!(of(comment), markdown, "{comment}");
        }
    }
}
