//! What a reader sees of a mistake in a schema. Each folder under `tests/diagnostics` is a project with a mistake; the
//! rendered errors stand in a snapshot, for a person to judge.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use codegen::diagnostic::{Look, render};
use codegen::drizzle::Casing;
use codegen::{ReadOptions, read};

#[test]
fn mistakes_are_told_at_their_place() {
    check("tests/diagnostics", false);
}

/// What is worth a word and no reason to refuse the schema.
#[test]
fn warnings_leave_the_schema_as_it_is() {
    check("tests/diagnostics/warnings", true);
}

fn check(folder: &str, accepted: bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").join(folder);
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder.join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    let entries = std::fs::read_dir(&folder).expect("the fixtures");
    let mut projects: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    projects.retain(|project| project.join("schema.ts").is_file());
    projects.sort();
    assert!(!projects.is_empty());
    for project in projects {
        let name = project.file_name().expect("a name").to_string_lossy().into_owned();
        let patterns = vec!["schema.ts".to_owned()];
        let read = read(&ReadOptions { root: project, patterns, casing: Casing::Keep });
        assert_eq!(read.schema.is_some(), accepted, "{name} is accepted or refused");
        insta::assert_snapshot!(name, render(&read.diagnostics, &read.sources, Look::Plain));
    }
}

/// The codes that the source has between quotes. An error's begins with `E`, a warning's with `W`.
fn codes_in(folder: &Path, codes: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).expect("the source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            codes_in(&path, codes);
            continue;
        }
        let source = std::fs::read_to_string(&path).expect("a source file");
        for quoted in source.split('"').filter(|quoted| quoted.len() == 5) {
            if quoted.starts_with(['E', 'W']) && quoted[1..].bytes().all(|byte| byte.is_ascii_digit()) {
                codes.insert(quoted.to_owned());
                let (right, wrong) = if quoted.starts_with('E') { ("error", "warning") } else { ("warning", "error") };
                let called = |kind: &str| source.contains(&format!("Diagnostic::{kind}(\"{quoted}\""));
                assert!(!called(wrong), "{quoted} is the code of {right}s, and a {wrong} has it in {}", path.display());
            }
        }
    }
}

#[test]
fn every_code_has_one_meaning_in_the_docs() {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut used = BTreeSet::new();
    codes_in(&repository.join("codegen/src"), &mut used);
    let document = std::fs::read_to_string(repository.join("docs/diagnostics.md")).expect("the document");
    let mut meanings = BTreeMap::new();
    for row in document.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")) {
        let Some((code, meaning)) = row.split_once(" | ").filter(|(code, _)| *code != "code") else { continue };
        let before = meanings.insert(code.to_owned(), meaning);
        assert_eq!(before, None, "{code} means two things: {meaning}");
    }
    assert_eq!(used, meanings.keys().cloned().collect(), "the codes in the source, and those in docs/diagnostics.md");
}
