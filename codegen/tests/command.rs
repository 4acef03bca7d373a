//! The command as people and CI call it.

#![cfg(feature = "cli")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn project(settings: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("db")).unwrap();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../drizzle-schemas")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "ts") {
            fs::copy(&path, folder.path().join("db").join(path.file_name().unwrap())).unwrap();
        }
    }
    fs::write(folder.path().join("codegen.toml"), settings).unwrap();
    folder
}

const SETTINGS: &str = "schema = \"db/*.sql.ts\"\nout = \"src/models\"\n";

fn codegen(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_codegen")).args(arguments).current_dir(folder).output().unwrap()
}

/// Exit code, standard output, standard error.
fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn writes_then_is_up_to_date_then_shows_what_is_stale() {
    let folder = project(SETTINGS);
    let (code, diff, _) = told(&codegen(folder.path(), &["--check"]));
    assert_eq!(code, 1);
    assert!(diff.contains("+++ b/src/models/school.rs\n"), "{diff}");
    assert!(!folder.path().join("src").exists(), "--check writes nothing");

    let (code, out, err) = told(&codegen(folder.path(), &[]));
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", "codegen: 14 tables, 19 files in src/models: 19 written\n"));
    let (code, out, err) = told(&codegen(&folder.path().join("db"), &["--check"]));
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(err.ends_with("up to date\n"), "{err}");

    let sport = folder.path().join("db/sport.sql.ts");
    let text = fs::read_to_string(&sport).unwrap();
    fs::write(&sport, text.replace("A sport as the NCAA counts", "A sport as we count")).unwrap();
    let (code, diff, _) = told(&codegen(folder.path(), &["--check", "--quiet"]));
    assert_eq!(code, 1);
    assert!(diff.contains("-/// A sport as the NCAA counts"), "{diff}");
    assert!(diff.contains("+/// A sport as we count"), "{diff}");
    let (code, _, err) = told(&codegen(folder.path(), &["--quiet"]));
    assert_eq!((code, err.as_str()), (0, ""));
}

#[test]
fn mistakes_have_their_exit_codes() {
    let folder = project(SETTINGS);
    let (code, _, err) = told(&codegen(folder.path(), &["--chekc"]));
    assert!(code == 64 && err.contains("'--check'"), "{code} {err}");
    assert_eq!(told(&codegen(folder.path(), &["--help"])).0, 0);

    let wrong = project("scheme = 1\n");
    let (code, _, err) = told(&codegen(wrong.path(), &[]));
    assert!(code == 64 && err.contains(":1:1: unknown key `scheme`; did you mean `schema`?"), "{code} {err}");

    let none = tempfile::tempdir().unwrap();
    assert_eq!(told(&codegen(none.path(), &[])).0, 64);
    let no_out = project("schema = \"db/*.sql.ts\"\n");
    assert_eq!(told(&codegen(no_out.path(), &[])).0, 64);

    let unknown = project(&format!("{SETTINGS}[tables.\"public.scool\"]\nconflict_key = \"x\"\n"));
    let (code, _, err) = told(&codegen(unknown.path(), &[]));
    assert!(code == 64 && err.contains("did you mean `public.school`?"), "{code} {err}");
    let (code, _, err) = told(&codegen(unknown.path(), &["--schema", "db/none.json"]));
    assert!(code == 2 && err.contains("none.json"), "{code} {err}");

    fs::create_dir_all(folder.path().join("src/models")).unwrap();
    fs::write(folder.path().join("src/models/school.rs"), "struct Mine;\n").unwrap();
    let (code, _, err) = told(&codegen(folder.path(), &[]));
    assert!(code == 1 && err.contains("school.rs was not written by codegen"), "{code} {err}");
}

#[test]
fn overrides_change_types_and_keys() {
    let folder = project(&format!(
        "{SETTINGS}[tables.\"public.team\"]\nconflict_key = \"team_ncaa_team_id_key\"\n\
         [columns.\"public.school.social_links\"]\nrust_type = \"crate::SocialLinks\"\n"
    ));
    assert_eq!(told(&codegen(folder.path(), &[])).0, 0);
    let read = |name: &str| fs::read_to_string(folder.path().join("src/models").join(name)).unwrap();
    assert!(read("school.rs").contains("pub social_links: crate::SocialLinks,"));
    assert!(read("team.rs").contains("named by conflict_key in codegen.toml"));
}

#[test]
fn exports_go_to_standard_output_and_are_read_again() {
    let folder = project(SETTINGS);
    let (code, sql, _) = told(&codegen(folder.path(), &["export", "--format", "sql"]));
    assert_eq!(code, 0);
    assert!(sql.starts_with("CREATE TYPE \"public\".\"division\""), "{sql}");
    let (_, ir, _) = told(&codegen(folder.path(), &["export", "--format", "ir"]));
    fs::write(folder.path().join("again.json"), ir).unwrap();
    let (code, again, _) = told(&codegen(folder.path(), &["export", "--format", "sql", "--schema", "again.json"]));
    assert_eq!((code, again), (0, sql));
}

#[test]
fn export_takes_the_casing_from_the_flag_then_from_the_drizzle_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let schema = "import { pgTable, text } from 'drizzle-orm/pg-core';\n\
                  export const user = pgTable('user', { firstName: text(), given: text('lastName') });\n";
    fs::write(folder.path().join("schema.ts"), schema).unwrap();
    let config = "export default { dialect: 'postgresql', schema: './schema.ts', casing: 'snake_case' };\n";
    fs::write(folder.path().join("drizzle.config.ts"), config).unwrap();
    let columns = |arguments: &[&str]| {
        let (code, sql, err) = told(&codegen(folder.path(), &[&["export", "--format", "sql"], arguments].concat()));
        assert_eq!(code, 0, "{err}");
        sql.lines().filter_map(|line| line.trim().split(' ').next()).take(3).skip(1).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(columns(&[]), "\"first_name\" \"lastName\"");
    assert_eq!(columns(&["--casing", "camelCase"]), "\"firstName\" \"lastName\"");
    let (code, ..) = told(&codegen(folder.path(), &["export", "--format", "sql", "--casing", "kebab"]));
    assert_eq!(code, 64);
}

#[test]
fn the_reference_in_docs_is_what_help_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut reference = "# The commands of `codegen`\n\nWhat `--help` says of each. A test holds this page to the program: `UPDATE_DOCS=1 cargo test -p codegen --test command \
                         reference` writes it.\n"
        .to_owned();
    for command in ["", "export", "docs", "init", "verify"] {
        let words: Vec<&str> = [command, "--help"].into_iter().filter(|word| !word.is_empty()).collect();
        let (code, help, _) = told(&codegen(folder.path(), &words));
        assert_eq!(code, 0, "{command}");
        let title = format!("codegen {command}");
        reference.push_str(&format!("\n## {}\n\n```text\n{}\n```\n", title.trim_end(), help.trim_end()));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/codegen-commands.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &reference).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == reference, "{} is stale: run the test with UPDATE_DOCS=1", path.display());
}
