//! What a build script does and tells cargo, in a project of its own.

use std::fs;
use std::path::Path;

use codegen::build::{Environment, Report, build};

const TABLE: &str = "import { pgTable, serial, text } from 'drizzle-orm/pg-core';\n\
    import { label } from '../shared/columns';\n\
    export const tag = pgTable('tag', { id: serial().primaryKey(), slug: text().notNull().unique(), label: label() });\n";

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("db/tag.ts", TABLE);
    write("shared/columns.ts", "import { text } from 'drizzle-orm/pg-core';\nexport const label = () => text();\n");
    write("codegen.toml", "schema = \"db/*.ts\"\nout = \"models/src/generated\"\n");
    write("models/Cargo.toml", "");
    folder
}

fn run(root: &Path, mode: &str) -> Report {
    build(&Environment {
        manifest_dir: root.join("models"),
        out_dir: root.join("target/debug/build/models/out"),
        mode: Some(mode.to_owned()),
        ci: None,
    })
}

#[test]
fn writes_and_watches_what_it_read_and_wrote() {
    let folder = project();
    let root = folder.path();
    let report = run(root, "write");
    assert!(report.success, "{report:?}");
    assert!(fs::read_to_string(root.join("models/src/generated/tag.rs")).unwrap().contains("pub struct TagInsert"));

    let watched: Vec<&Path> =
        report.lines.iter().filter_map(|line| line.strip_prefix("cargo::rerun-if-changed=").map(Path::new)).collect();
    for path in ["codegen.toml", "db", "db/tag.ts", "shared/columns.ts", "models/src/generated"] {
        assert!(watched.contains(&root.join(path).as_path()), "{path} is not among {watched:?}");
    }
    // A missing path would rerun the script at every build.
    assert!(watched.iter().all(|path| path.exists()), "{watched:?}");
    for variable in ["CODEGEN_MODE", "CI"] {
        assert!(report.lines.contains(&format!("cargo::rerun-if-env-changed={variable}")));
    }
    assert_eq!(run(root, "check"), report);
}

#[test]
fn fails_on_stale_output_and_on_mistakes_with_one_directive_a_line() {
    let folder = project();
    let root = folder.path();
    let stale = run(root, "check");
    assert!(!stale.success && !root.join("models/src").exists(), "{stale:?}");
    assert!(
        stale.lines.iter().any(|line| line.starts_with("cargo::error=the generated models are stale")),
        "{stale:?}"
    );

    fs::write(root.join("db/tag.ts"), TABLE.replace("notNull", "notNul")).unwrap();
    let wrong = run(root, "write");
    assert!(!wrong.success && !root.join("models/src").exists(), "{wrong:?}");
    assert!(wrong.lines.iter().any(|line| line.contains("db/tag.ts:3:")), "{wrong:?}");
    assert!(wrong.lines.iter().all(|line| line.starts_with("cargo::") && !line.contains('\n')), "{wrong:?}");

    let unknown = run(root, "maybe");
    assert!(!unknown.success && unknown.lines.iter().any(|line| line.contains("CODEGEN_MODE=maybe")), "{unknown:?}");
}
