//! One file to a syntax tree.

use std::ops::Range;
use std::path::Path;

use swc_common::comments::SingleThreadedComments;
use swc_common::{BytePos, Spanned};
use swc_ecma_ast::{Module as SyntaxTree, ModuleItem};
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

/// What one part of a file gives, or all of it.
#[derive(Debug)]
pub(super) struct Part {
    parsed: Parsed,
    /// True if it begins with `export` or `import`, which no statement goes on with.
    begins_statement: bool,
}

/// Parses a part of a file as the file's extension says. It knows nothing of other parts and files, so that several can be
/// parsed at once.
///
/// swc panics on some texts that are no TypeScript (in debug builds, which build scripts are, by its own assertions): for the
/// schema's author that is an error in a file as any other, and whoever waits for the result gets one.
pub(super) fn parse(file: &SourceFile, range: Range<usize>) -> Part {
    std::panic::catch_unwind(|| parse_unguarded(file, range)).unwrap_or_else(|_| {
        let place = Span { lo: file.base, hi: file.base };
        let diagnostic = Diagnostic::error("E0204", "the parser gives up on this file")
            .at(place, "somewhere in here")
            .help("it is no valid TypeScript: `tsc` may tell the place");
        Part::of(Parsed::failed(diagnostic))
    })
}

impl Part {
    fn of(parsed: Parsed) -> Self {
        Self { parsed, begins_statement: false }
    }

    fn failed(diagnostic: Diagnostic) -> Self {
        Self::of(Parsed::failed(diagnostic))
    }
}

/// A file as its parts have it. Where they do not fit together, the file is parsed again as a whole.
///
/// They do if each has no error and each but the first begins with `export` or `import`: no statement, comment or template
/// goes on over such a place, or the part before it would end within it.
pub(super) fn join(file: &SourceFile, parts: Vec<Part>) -> Parsed {
    let fit = parts.iter().all(|part| part.parsed.diagnostics.is_empty())
        && parts.iter().skip(1).all(|part| part.begins_statement);
    let mut parts = if fit || parts.len() == 1 { parts } else { vec![parse(file, 0..file.text.len())] }.into_iter();
    let Some(Part { mut parsed, .. }) = parts.next() else { return Parsed::of(Body::Script(SyntaxTree::default())) };
    for Part { parsed: more, .. } in parts {
        if let (Body::Script(tree), Body::Script(rest)) = (&mut parsed.body, more.body) {
            tree.span.hi = rest.span.hi;
            tree.body.extend(rest.body);
        }
        parsed.docs.extend(more.docs);
    }
    if let Body::Script(tree) = &parsed.body {
        parsed.specifiers = imports::specifiers(tree, is_typescript(extension(&file.path)));
    }
    parsed
}

fn is_typescript(extension: &str) -> bool {
    !matches!(extension, "js" | "jsx" | "mjs" | "cjs")
}

fn parse_unguarded(file: &SourceFile, range: Range<usize>) -> Part {
    let extension = extension(&file.path);
    if extension == "json" {
        return Part::of(json(file));
    }
    let text = &file.text[range.clone()];
    let base = file.base + range.start as u32;
    if let Some(found) = too_deep(text.as_bytes()) {
        let (offset, message) = match found {
            TooDeep::Brackets(offset) => (offset, format!("brackets are nested more than {MAX_BRACKETS} deep")),
            TooDeep::Run(offset) => (
                offset,
                format!("more than {MAX_RUN} words and operators follow one another without a comma or a semicolon"),
            ),
        };
        let lo = base + offset as u32;
        let place = Span { lo, hi: lo + 1 };
        return Part::failed(Diagnostic::error("E0203", message).at(place, "this is too deep to be parsed"));
    }
    let jsx = matches!(extension, "tsx" | "jsx");
    let syntax = if is_typescript(extension) {
        Syntax::Typescript(TsSyntax { tsx: jsx, decorators: true, ..TsSyntax::default() })
    } else {
        Syntax::Es(EsSyntax { jsx, decorators: true, ..EsSyntax::default() })
    };
    let comments = SingleThreadedComments::default();
    let input = StringInput::new(text, BytePos(base), BytePos(base + text.len() as u32));
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
    Part {
        begins_statement: matches!(tree.body.first(), Some(ModuleItem::ModuleDecl(_))),
        parsed: Parsed {
            specifiers: Vec::new(),
            docs: comments::docs(&comments),
            diagnostics: diagnostics.collect(),
            body: Body::Script(tree),
        },
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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::split::split;
    use super::*;
    use crate::source::Sources;

    fn all_of(parsed: &Parsed) -> String {
        let mut docs = parsed.docs.clone();
        docs.sort();
        format!("{:?}\n{:?}\n{docs:?}\n{:?}", parsed.body, parsed.specifiers, parsed.diagnostics)
    }

    /// Whatever stands where a file is cut, its parts give what the whole gives.
    #[test]
    fn parts_are_the_whole() {
        let table = "/** What it holds. */\nexport const a = pgTable('a', {\n  id: integer(), // the key\n});\n\n";
        let around = table.repeat(800);
        let middles = [
            "",
            "/*\nexport const old = pgTable('old');\n\nexport const older = 1;\n*/\n",
            "const text = `a;\nexport const b = 1;\n${c});\n\nexport const d = 1;\n`;\n",
            "namespace A {\n  const b = 1;\nexport const c = f();\n/** Of d. */\nexport const d = f();\n}\n",
            "const f = () => ({});\n(1)\n;\n/** Of e. */\nexport default f;\n",
            "const late = 1\n/** Not of an export. */\nconst later = f(late)\n",
            "const broken = ;\nexport const b = ;\n",
            "import { late } from './late';\nexport * from './others';\nexport const c = late;\n",
        ];
        for middle in middles {
            let text = format!("{around}{}{around}", middle.repeat(900));
            let mut sources = Sources::default();
            let index = sources.add(PathBuf::from("schema.ts"), Path::new(""), text).expect("it fits");
            let file = sources.file(index);
            let ranges = split(&file.text, 7);
            assert!(ranges.len() > 1, "{middle}");
            let parts = ranges.into_iter().map(|range| parse(file, range)).collect();
            let whole = join(file, vec![parse(file, 0..file.text.len())]);
            assert_eq!(all_of(&join(file, parts)), all_of(&whole), "{middle}");
        }
    }
}
