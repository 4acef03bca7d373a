//! Tokens to text: every item through prettyplease on its own, with a blank line between items.

use proc_macro2::TokenStream;

use crate::notice::Notice;

/// A file of a header (written as it is), `use` items (kept together) and other items.
///
/// # Errors
/// Tokens that are no Rust item: a bug in this generator.
pub(super) fn file(header: &str, uses: Vec<TokenStream>, items: Vec<TokenStream>) -> Result<String, Notice> {
    let mut blocks = vec![header.trim_end().to_owned()];
    if !uses.is_empty() {
        blocks.push(formatted(uses)?);
    }
    for item in items.into_iter().filter(|item| !item.is_empty()) {
        blocks.push(formatted(vec![item])?);
    }
    let mut text = blocks.join("\n\n");
    text.push('\n');
    Ok(text)
}

fn formatted(items: Vec<TokenStream>) -> Result<String, Notice> {
    let tokens: TokenStream = items.into_iter().collect();
    let source = tokens.to_string();
    let file = syn::parse2(tokens).map_err(|error| {
        Notice::error("internal", format!("codegen made source that is no Rust ({error}): {source}"))
            .help("this is a bug in codegen; please report it with the schema")
    })?;
    Ok(spaced(level(&prettyplease::unparse(&file)).trim_end()))
}

/// Takes back the second level by which prettyplease indents the arguments of a call that a chain begins with.
fn level(source: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let lines: Vec<&str> = source.lines().collect();
    let mut text = String::with_capacity(source.len());
    // Where the chains that are open begin.
    let mut open: Vec<usize> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        while open.last().is_some_and(|&begin| indent(line) <= begin) {
            open.pop();
        }
        text.push_str(line.get(open.len() * 4..).unwrap_or_default());
        text.push('\n');
        let next = lines.get(index + 1).map_or(0, |next| indent(next));
        if line.ends_with('(') && next == indent(line) + 8 {
            open.push(indent(line));
        }
    }
    text
}

/// Puts a blank line between the members of an `impl`: behind each function, and before each documented member or
/// function. Lines are enough to go by, since prettyplease escapes line breaks inside literals.
fn spaced(source: &str) -> String {
    let mut text = String::with_capacity(source.len());
    let mut in_impl = false;
    let mut previous = "";
    for line in source.lines() {
        in_impl = (in_impl || line.starts_with("impl")) && previous != "}";
        let ends = previous == "    }" || (previous.starts_with("    ") && previous.ends_with(';'));
        let begins = ["    ///", "    fn ", "    pub fn ", "    #["].iter().any(|start| line.starts_with(start));
        if in_impl && ends && begins && !previous.starts_with("     ") {
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
        previous = line;
    }
    text.truncate(text.trim_end().len());
    text
}
