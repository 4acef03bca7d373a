//! One file to a syntax tree.

use std::path::Path;

use swc_common::comments::SingleThreadedComments;
use swc_common::{BytePos, Spanned};
use swc_ecma_ast::Module as SyntaxTree;
use swc_ecma_parser::{EsSyntax, Parser, StringInput, Syntax, TsSyntax};

use super::nesting::{MAX_BRACKETS, MAX_RUN, TooDeep, too_deep};
use super::{Body, comments, imports};
use crate::diagnostic::Diagnostic;
use crate::source::{SourceFile, Span};

/// What a file's text gives.
#[derive(Debug)]
pub(super) struct Parsed {
    /// Its tree; empty after an error.
    pub(super) body: Body,
    /// What it loads.
    pub(super) specifiers: Vec<String>,
    /// Its TSDoc comments and the positions that they stand before.
    pub(super) docs: Vec<(u32, String)>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    fn of(body: Body) -> Self {
        Self { body, specifiers: Vec::new(), docs: Vec::new(), diagnostics: Vec::new() }
    }

    fn failed(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::of(Body::Script(SyntaxTree::default())) }
    }
}

/// Parses a file as its extension says. It knows nothing of other files, so that several can be parsed at once.
///
/// swc panics on some texts that are no TypeScript (in debug builds, which build scripts are, by its own assertions): for the
/// schema's author that is an error in a file as any other, and whoever waits for the result gets one.
pub(super) fn parse(file: &SourceFile) -> Parsed {
    std::panic::catch_unwind(|| parse_unguarded(file)).unwrap_or_else(|_| {
        let place = Span { lo: file.base, hi: file.base };
        Parsed::failed(
            Diagnostic::error("E0204", "the parser gives up on this file")
                .at(place, "somewhere in here")
                .help("it is no valid TypeScript: `tsc` may tell the place"),
        )
    })
}

fn parse_unguarded(file: &SourceFile) -> Parsed {
    let extension = extension(&file.path);
    if extension == "json" {
        return json(file);
    }
    if let Some(found) = too_deep(file.text.as_bytes()) {
        let (offset, message) = match found {
            TooDeep::Brackets(offset) => (offset, format!("brackets are nested more than {MAX_BRACKETS} deep")),
            TooDeep::Run(offset) => (
                offset,
                format!("more than {MAX_RUN} words and operators follow one another without a comma or a semicolon"),
            ),
        };
        let lo = file.base + offset as u32;
        let place = Span { lo, hi: lo + 1 };
        return Parsed::failed(Diagnostic::error("E0203", message).at(place, "this is too deep to be parsed"));
    }
    let jsx = matches!(extension, "tsx" | "jsx");
    let typescript = !matches!(extension, "js" | "jsx" | "mjs" | "cjs");
    let syntax = if typescript {
        Syntax::Typescript(TsSyntax { tsx: jsx, decorators: true, ..TsSyntax::default() })
    } else {
        Syntax::Es(EsSyntax { jsx, decorators: true, ..EsSyntax::default() })
    };
    let comments = SingleThreadedComments::default();
    let end = file.base + file.text.len() as u32;
    let input = StringInput::new(&file.text, BytePos(file.base), BytePos(end));
    let mut parser = Parser::new(syntax, input, Some(&comments));
    let parsed = parser.parse_module();
    let mut errors = parser.take_errors();
    let tree = parsed.unwrap_or_else(|error| {
        errors.push(error);
        SyntaxTree::default()
    });
    let diagnostics = errors.into_iter().map(|error| {
        let message = format!("syntax error: {}", error.kind().msg());
        Diagnostic::error("E0201", message).at(error.span().into(), "")
    });
    Parsed {
        specifiers: imports::specifiers(&tree, typescript),
        docs: comments::docs(&comments),
        diagnostics: diagnostics.collect(),
        body: Body::Script(tree),
    }
}

fn json(file: &SourceFile) -> Parsed {
    match serde_json::from_str(&file.text) {
        Ok(value) => Parsed::of(Body::Json(value)),
        Err(error) => {
            let line_starts = file.text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len);
            let offset = line_starts.sum::<usize>() + error.column().saturating_sub(1);
            let lo = file.base + offset.min(file.text.len()) as u32;
            let message = format!("`{}` is not valid JSON", file.name);
            // "expected value at line 1 column 2": the place is shown.
            let reason = error.to_string();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            Parsed::failed(Diagnostic::error("E0202", message).at(Span { lo, hi: lo }, reason))
        }
    }
}

fn extension(path: &Path) -> &str {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or("ts")
}
