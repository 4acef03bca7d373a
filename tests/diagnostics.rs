//! What a reader sees of a mistake in a schema. Each folder under `tests/diagnostics` is a project with a mistake; the
//! rendered errors stand in a snapshot, for a person to judge.

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
