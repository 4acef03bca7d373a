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
    for item in items {
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
    Ok(spaced(prettyplease::unparse(&file).trim_end()))
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
