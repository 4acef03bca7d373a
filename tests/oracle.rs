//! The oracle: drizzle-kit itself. Each folder under `tests/oracle/fixtures` is a Drizzle project named for the construct
//! that it proves; the DDL that codegen makes of it must be the migration that `drizzle-kit generate` writes, to the byte.
//!
//! A new case is a new folder with a `schema.ts`, or with a `drizzle.config.ts` that names its files.

#[path = "support/drizzle_kit.rs"]
mod drizzle_kit;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use codegen::drizzle::{DrizzleConfig, read_config};
use codegen::{ReadOptions, diagnostic, read, sql};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// The DDL that codegen makes of a project, or its errors as text.
fn ours(project: &Path) -> Result<String, String> {
    let config_file = project.join("drizzle.config.ts");
    let config = if config_file.is_file() {
        read_config(&config_file)
            .map_err(|(diagnostics, sources)| diagnostic::render(&diagnostics, &sources, diagnostic::Look::Plain))?
    } else {
        DrizzleConfig { schema: vec!["schema.ts".to_owned()], ..DrizzleConfig::default() }
    };
    let options = ReadOptions { root: project.to_owned(), patterns: config.schema, casing: config.casing };
    let read = read(&options);
    match read.schema {
        Some(schema) => Ok(sql::script(&schema)),
        None => Err(diagnostic::render(&read.diagnostics, &read.sources, diagnostic::Look::Plain)),
    }
}

fn difference(project: &Path) -> Option<String> {
    let theirs = match drizzle_kit::generate(project) {
        Ok(theirs) => theirs,
        Err(message) => return Some(format!("drizzle-kit refuses it:\n{message}")),
    };
    match ours(project) {
        Ok(ours) if ours == theirs => None,
        Ok(ours) => {
            let diff = similar::TextDiff::from_lines(&theirs, &ours);
            Some(diff.unified_diff().context_radius(2).header("drizzle-kit", "codegen").to_string())
        }
        Err(errors) => Some(format!("codegen refuses it:\n{errors}")),
    }
}

#[test]
fn ddl_is_drizzle_kits_for_every_fixture() {
    let fixtures = repository().join("tests/oracle/fixtures");
    let entries = std::fs::read_dir(&fixtures).expect("the fixtures");
    let mut projects: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|p| p.is_dir()).collect();
    projects.sort();
    // The schema whose Rust output is compiled and used.
    projects.push(repository().join("codegen/tests/fixtures/everything"));
    assert!(!projects.is_empty(), "no fixtures in {}", fixtures.display());

    // Most of the time is drizzle-kit's: one runs on each core.
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(project) = projects.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(difference) = difference(project) {
                        let name = project.file_name().unwrap_or_default().to_string_lossy().into_owned();
                        failures.lock().expect("no panic").push(format!("== {name}\n{difference}"));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().expect("no panic");
    failures.sort();
    let (count, all) = (failures.len(), projects.len());
    assert!(failures.is_empty(), "{count} of {all} fixtures differ:\n\n{}", failures.join("\n\n"));
}

#[test]
fn ddl_is_drizzle_kits_for_our_own_schema() {
    if let Some(difference) = difference(&repository().join("drizzle-schemas")) {
        panic!("drizzle-schemas:\n{difference}");
    }
}
