//! Errors and warnings about schemas, rendered as rustc renders its own, or as JSON.

mod json;

use std::ops::Range;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Renderer, Snippet};

use crate::source::{SourceFile, Sources, Span};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// No output can be made.
    Error,
    /// Output is made, but the reader should know.
    Warning,
}

/// How diagnostics are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Look {
    /// Text.
    #[default]
    Plain,
    /// Text with colours, for a terminal.
    Colored,
    /// For programs: a JSON object a line.
    Json,
}

/// A place with a remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What there is to say about it; may be empty.
    pub text: String,
}

/// One error or warning. The codes are stable: E01xx reading, E02xx syntax, E03xx evaluation, E04xx Drizzle's rules.
/// `docs/diagnostics.md` lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Such as `E0301`.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, in one sentence.
    pub message: String,
    /// The place, when there is one.
    pub primary: Option<Label>,
    /// Other places that explain it.
    pub labels: Vec<Label>,
    /// Ways out.
    pub help: Vec<String>,
    /// True for what only follows from an error that has been told: it is not told itself.
    pub(crate) is_consequence: bool,
}

impl Diagnostic {
    /// An error without a place.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            code,
            severity: Severity::Error,
            message,
            primary: None,
            labels: Vec::new(),
            help: Vec::new(),
            is_consequence: false,
        }
    }

    /// A warning without a place.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// Says where it is and what is to be seen there.
    #[must_use]
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.primary = Some(Label { span, text: text.into() });
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Marks it as a mere consequence of an error that has been told.
    pub(crate) fn consequence(mut self) -> Self {
        self.is_consequence = true;
        self
    }

    /// Where it stands among others: source order.
    pub(crate) fn order(&self) -> u32 {
        self.primary.as_ref().map_or(0, |label| label.span.lo)
    }
}

/// How many diagnostics are told. More say no more, and the time to lay each out grows with its file.
const MAX_TOLD: usize = 100;

/// The diagnostics in the order given: as text with an empty line between two, or as lines of JSON. Of very many, the
/// first 100, and how many more there are.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, look: Look) -> String {
    let separator = if look == Look::Json { "\n" } else { "\n\n" };
    let told = &diagnostics[..diagnostics.len().min(MAX_TOLD)];
    let mut rendered: Vec<String> = told.iter().map(|diagnostic| render_one(diagnostic, sources, look)).collect();
    if told.len() < diagnostics.len() {
        let more = format!("error: {} more errors and warnings are not shown", diagnostics.len() - told.len());
        rendered.push(render_message(&more, look));
    }
    rendered.join(separator)
}

/// One diagnostic.
pub fn render_one(diagnostic: &Diagnostic, sources: &Sources, look: Look) -> String {
    match look {
        Look::Plain => text(diagnostic, sources, &Renderer::plain()),
        Look::Colored => text(diagnostic, sources, &Renderer::styled()),
        Look::Json => json::line(diagnostic, sources, &text(diagnostic, sources, &Renderer::plain())),
    }
}

/// What goes wrong outside of any source file, such as a folder that cannot be written.
pub fn render_message(message: &str, look: Look) -> String {
    if look == Look::Json { json::message(message) } else { message.to_owned() }
}

fn text(diagnostic: &Diagnostic, sources: &Sources, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&diagnostic.message).id(diagnostic.code);
    let labels = diagnostic.primary.iter().map(|label| (AnnotationKind::Primary, label));
    let labels = labels.chain(diagnostic.labels.iter().map(|label| (AnnotationKind::Context, label)));

    // One snippet a file, the primary label's first.
    let mut places: Vec<(&SourceFile, Vec<_>)> = Vec::new();
    for (kind, label) in labels {
        let Some((file, range)) = sources.locate(label.span) else { continue };
        match places.iter_mut().find(|(known, _)| known.name == file.name) {
            Some((_, places)) => places.push((kind, range, &label.text)),
            None => places.push((file, vec![(kind, range, &label.text)])),
        }
    }
    let snippets: Vec<_> = places.into_iter().map(|(file, places)| snippet(file, places)).collect();
    let mut group: Group<'_> = if snippets.is_empty() { Group::with_title(title) } else { title.elements(snippets) };
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    renderer.render(&[group]).to_string()
}

/// Of the file only the lines that the places are on: the renderer lays out all that it is given.
fn snippet<'a>(
    file: &'a SourceFile,
    places: Vec<(AnnotationKind, Range<usize>, &'a String)>,
) -> Snippet<'a, Annotation<'a>> {
    let lines = file.lines();
    let line_of = |byte: usize| lines.partition_point(|start| *start <= byte).saturating_sub(1);
    let first = places.iter().map(|(_, range, _)| line_of(range.start)).min().unwrap_or(0);
    let last = places.iter().map(|(_, range, _)| line_of(range.end)).max().unwrap_or(0);
    let start = lines.get(first).copied().unwrap_or(0);
    let end = lines.get(last + 1).copied().unwrap_or(file.text.len());
    let mut snippet = Snippet::source(&file.text[start..end]).line_start(first + 1).path(&*file.name).fold(true);
    for (kind, range, text) in places {
        let mut annotation = kind.span(range.start - start..range.end - start);
        if !text.is_empty() {
            annotation = annotation.label(text);
        }
        snippet = snippet.annotation(annotation);
    }
    snippet
}
