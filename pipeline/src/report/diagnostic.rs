//! Errors as people read them: what happened, why, and the way out, each on lines of its own.

use std::error::Error as _;

use super::terminal::{Paint, Terminal};
use crate::error::Error;

/// `error` for a person: `error: …`, then a line `caused by: …` for each cause and `help: …` if there is a way out.
pub fn render_error(error: &Error, terminal: &Terminal) -> String {
    let mut text = paragraph(&terminal.paint(Paint::Bad, "error"), &error.to_string());
    for cause in causes(error) {
        text.push_str(&paragraph("  caused by", &cause));
    }
    if let Some(help) = error.help_text() {
        text.push_str(&paragraph(&format!("  {}", terminal.paint(Paint::Hint, "help")), help));
    }
    text
}

/// Writes [`render_error`] to standard error. That nobody reads it is no further error.
pub fn tell_error(error: &Error, terminal: &Terminal) {
    super::terminal::write_to_stderr(&render_error(error, terminal));
}

/// `error` and its causes in one line's worth of text, for programs.
pub fn error_line(error: &Error) -> String {
    std::iter::once(error.to_string()).chain(causes(error)).collect::<Vec<_>>().join(": ")
}

/// The causes, outermost first, without those that only repeat what the error above them says.
fn causes(error: &Error) -> Vec<String> {
    let mut above = error.to_string();
    let mut causes = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        next = cause.source();
        let text = cause.to_string();
        if !above.contains(&text) {
            causes.push(text.clone());
            above = text;
        }
    }
    causes
}

/// `label: text`, further lines of the text indented below.
fn paragraph(label: &str, text: &str) -> String {
    let mut lines = text.trim_end().lines();
    let mut paragraph = format!("{label}: {}\n", lines.next().unwrap_or_default());
    for line in lines {
        paragraph.push_str("    ");
        paragraph.push_str(line);
        paragraph.push('\n');
    }
    paragraph
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Exit;

    #[test]
    fn an_error_is_told_with_its_causes_and_its_way_out() {
        let inner = Error::new(Exit::Temporary, "no route to host");
        let same = Error::new(Exit::Temporary, "the database does not answer").caused_by(inner);
        let error =
            Error::new(Exit::Temporary, "the database does not answer").caused_by(same).help("start it\nor wait");
        let expected =
            "error: the database does not answer\n  caused by: no route to host\n  help: start it\n    or wait\n";
        assert_eq!(render_error(&error, &Terminal::plain()), expected);
        assert_eq!(error_line(&error), "the database does not answer: no route to host");
        let coloured = render_error(&error, &Terminal { color: true, ..Terminal::plain() });
        assert!(coloured.starts_with("\u{1b}["), "{coloured:?}");
    }
}
