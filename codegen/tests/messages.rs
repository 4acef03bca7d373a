//! `--message-format json`: what programs read of errors and warnings.

#![cfg(feature = "cli")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Exit code, and the lines on standard error, each of which must be a JSON object.
fn messages(folder: &Path, arguments: &[&str]) -> (i32, Vec<Value>) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_codegen"));
    let output = command.args(arguments).args(["--message-format", "json"]).current_dir(folder).output().unwrap();
    let text = String::from_utf8(output.stderr).unwrap();
    let line = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    (output.status.code().unwrap(), text.lines().map(line).collect())
}

fn human(folder: &Path, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_codegen")).args(arguments).current_dir(folder).output().unwrap();
    String::from_utf8(output.stderr).unwrap()
}

fn number(value: &Value, key: &str) -> usize {
    usize::try_from(value[key].as_u64().unwrap_or_else(|| panic!("{key} in {value}"))).unwrap()
}

/// Line and column of a byte, from 1, as editors count them.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

fn check_span(folder: &Path, span: &Value) {
    let file = folder.join(span["file"].as_str().unwrap());
    let text = fs::read_to_string(&file).unwrap();
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let (start, end) = (number(span, "byte_start"), number(span, "byte_end"));
    assert!(start <= end && text.get(start..end).is_some(), "{span}: {} bytes", text.len());
    assert_eq!(position(text, start), (number(span, "line_start"), number(span, "column_start")), "{span}");
    assert_eq!(position(text, end), (number(span, "line_end"), number(span, "column_end")), "{span}");
    assert!(span["label"].is_null() || span["label"].is_string(), "{span}");
}

fn projects(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut projects: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    // Endless loops run until the evaluator's bound, which is long unoptimized; their snapshot shows the message.
    projects.retain(|project| project.join("schema.ts").is_file() && !project.ends_with("endless-loop"));
    projects.sort();
    assert!(!projects.is_empty());
    projects
}

/// The text that people see says the same, in the same order.
fn check(folder: &str, code: i32, severities: &[&str]) {
    // Files are named as seen from the folder of the nearest codegen.toml.
    let root = &Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    const EXPORT: &[&str] = &["export", "--format", "sql", "--schema", "schema.ts"];
    for project in projects(folder) {
        let (exited, messages) = messages(&project, EXPORT);
        let shown = project.display();
        assert!(exited == code && !messages.is_empty(), "{shown}: {exited} {messages:?}");
        for message in &messages {
            assert!(message["code"].as_str().is_some_and(|code| !code.is_empty()), "{shown}: {message}");
            assert!(severities.contains(&message["severity"].as_str().unwrap()), "{shown}: {message}");
            assert!(!message["message"].as_str().unwrap().is_empty(), "{shown}: {message}");
            assert!(message["help"].as_array().unwrap().iter().all(Value::is_string), "{shown}: {message}");
            let spans = message["spans"].as_array().unwrap();
            assert!(spans.iter().filter(|span| span["is_primary"] == true).count() <= 1, "{shown}: {message}");
            spans.iter().for_each(|span| check_span(root, span));
        }
        let rendered: Vec<_> = messages.iter().map(|message| message["rendered"].as_str().unwrap()).collect();
        assert_eq!(rendered.join("\n\n"), human(&project, EXPORT).trim_end(), "{shown}");
    }
}

#[test]
fn every_mistake_is_a_line_of_json_whose_spans_lie_in_its_files() {
    check("tests/diagnostics", 2, &["error", "warning"]);
}

#[test]
fn every_warning_is_one_too() {
    check("tests/diagnostics/warnings", 0, &["warning"]);
}

#[test]
fn fields_say_what_the_text_does() {
    let folder = tempfile::tempdir().unwrap();
    let schema = "import { pgTable, text } from 'drizzle-orm/pg-core';\n\n\
                  // ü: columns are characters, bytes are bytes.\n\
                  export const user = pgTable('user', { name: txt('nämé') });\n";
    fs::write(folder.path().join("schema.ts"), schema).unwrap();
    let (code, messages) = messages(folder.path(), &["export", "--format", "sql", "--schema", "schema.ts"]);
    let [message] = &messages[..] else { panic!("{messages:?}") };
    assert_eq!((code, &message["severity"]), (2, &Value::from("error")));
    let span = &message["spans"][0];
    let start = schema.find("txt").unwrap();
    assert_eq!((number(span, "byte_start"), number(span, "byte_end")), (start, start + 3), "{message}");
    assert_eq!((number(span, "line_start"), number(span, "column_start")), (4, 45), "{message}");
    assert_eq!((&span["file"], &span["is_primary"]), (&Value::from("schema.ts"), &Value::from(true)), "{message}");
}

/// What goes wrong outside of the schema has no code and no place, and is a line of JSON all the same.
#[test]
fn settings_and_files_are_told_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let (code, found) = messages(folder.path(), &["--schema", "schema.ts"]);
    assert_eq!((code, found.len()), (64, 1), "{found:?}");
    assert!(found[0]["code"].is_null() && found[0]["message"].as_str().unwrap().contains("--out"), "{found:?}");

    let (code, found) = messages(folder.path(), &["export", "--format", "sql", "--schema", "none.json"]);
    assert_eq!((code, found.len()), (2, 1), "{found:?}");
    assert!(found[0]["message"].as_str().unwrap().contains("none.json"), "{found:?}");

    let schema =
        "import { pgTable, text } from 'drizzle-orm/pg-core';\nexport const a = pgTable('a', { b: text() });\n";
    fs::write(folder.path().join("schema.ts"), schema).unwrap();
    let settings = "schema = \"schema.ts\"\nout = \"models\"\n[tables.\"public.b\"]\nconflict_key = \"x\"\n";
    fs::write(folder.path().join("codegen.toml"), settings).unwrap();
    let (code, found) = messages(folder.path(), &[]);
    assert!(code == 64 && found[0]["message"].as_str().unwrap().contains("public.b"), "{code} {found:?}");

    fs::write(folder.path().join("codegen.toml"), "schema = \"schema.ts\"\nout = \"models\"\n").unwrap();
    let (code, found) = messages(folder.path(), &[]);
    assert!(code == 0 && found.iter().all(|message| message["severity"] == "warning"), "{code} {found:?}");
    for span in found.iter().flat_map(|message| message["spans"].as_array().unwrap()) {
        check_span(folder.path(), span);
    }
}
