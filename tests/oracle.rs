//! The oracle: drizzle-kit itself. Each folder under `tests/oracle/fixtures` is a Drizzle project named for the construct
//! that it proves. `codegen export --bug-compatible` must write what `drizzle-kit generate` writes, to the byte; what
//! `codegen export` writes without it must be the same too, and run in PostgreSQL.
//!
//! A new case is a new folder with a `schema.ts`, or with a drizzle configuration that names its files. What else it may
//! hold, each a text for its reader:
//!
//! - `differs.txt`: why the default output is not drizzle-kit's. The difference stands in `tests/oracle/snapshots`.
//! - `refused.txt`: why drizzle-kit refuses the project. codegen must refuse it too; its message stands there as well.
//! - `before.sql`: what the database holds already: extensions, and what the schema refers to and does not create. Without
//!   an extension that it asks for, the server cannot run the fixture's SQL; the test says so and goes on.
//! - `not-run.txt`: why no PostgreSQL would run the SQL, which is what the author asked for.

#[path = "support/drizzle_kit.rs"]
mod drizzle_kit;
#[path = "support/postgres.rs"]
mod postgres;

use std::collections::BTreeMap;
use std::fs::read_to_string;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use codegen::config::{Flags, settings};
use codegen::diagnostic::Look;
use codegen::docs::{markdown::markdown, mermaid::mermaid};
use codegen::input::Input;
use codegen::schema::Wording;
use codegen::{input, snapshot, sql};
use postgres::Server;
use sqlx::{AssertSqlSafe, Executor, PgConnection};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_owned()
}

/// All fixtures, and the schema whose Rust output is compiled and used.
fn projects() -> Vec<PathBuf> {
    let fixtures = repository().join("tests/oracle/fixtures");
    let entries = std::fs::read_dir(&fixtures).expect("the fixtures");
    let mut projects: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|p| p.is_dir()).collect();
    assert!(!projects.is_empty(), "no fixtures in {}", fixtures.display());
    projects.sort();
    projects.push(repository().join("codegen/tests/fixtures/everything"));
    projects
}

fn name(project: &Path) -> String {
    project.file_name().expect("a name").to_string_lossy().into_owned()
}

/// What the command reads, or its errors as text.
fn ours(project: &Path) -> Result<Input, String> {
    let extensions = ["ts", "js", "mjs", "cjs", "json"];
    let config = extensions.map(|extension| project.join(format!("drizzle.config.{extension}")));
    let config = config.into_iter().find(|config| config.is_file());
    let schema = if config.is_some() { Vec::new() } else { vec!["schema.ts".to_owned()] };
    let flags = Flags { schema, config, ..Flags::default() };
    let settings = settings(&flags, project).map_err(|error| error.to_string())?;
    input::read(&settings, Look::Plain).map_err(|error| error.to_string())
}

fn difference(theirs: &str, ours: &str) -> Option<String> {
    let diff = similar::TextDiff::from_lines(theirs, ours);
    let unified = || diff.unified_diff().context_radius(2).header("drizzle-kit", "codegen").to_string();
    (theirs != ours).then(unified)
}

/// A snapshot less its `id`, which is random in drizzle-kit's.
fn without_id(snapshot: &str) -> String {
    let is_id = |line: &str| line.starts_with("  \"id\": \"");
    assert_eq!(snapshot.lines().filter(|line| is_id(line)).count(), 1, "a snapshot has an id:\n{snapshot}");
    snapshot.lines().filter(|line| !is_id(line)).fold(String::new(), |text, line| text + line + "\n")
}

/// What a fixture shows: nothing where all is as it should be.
#[derive(Default)]
struct Outcome {
    failures: Vec<String>,
    /// What a person judges, by the name of the snapshot.
    judged: BTreeMap<String, String>,
}

fn judge(project: &Path) -> Outcome {
    let mut outcome = Outcome::default();
    let note = |file: &str| read_to_string(project.join(file)).ok();
    let (theirs, ours) = (drizzle_kit::generate(project), ours(project));
    if note("refused.txt").is_some() {
        match ours {
            Err(message) => drop(outcome.judged.insert(name(project), message)),
            Ok(_) => outcome.failures.push("codegen accepts what is marked as refused".to_owned()),
        }
        outcome.failures.extend(theirs.ok().map(|_| "drizzle-kit accepts what is marked as refused".to_owned()));
        return outcome;
    }
    let (theirs, ours) = match (theirs, ours) {
        (Ok(theirs), Ok(ours)) => (theirs, ours),
        (theirs, ours) => {
            outcome.failures.extend(theirs.err().map(|message| format!("drizzle-kit refuses it:\n{message}")));
            outcome.failures.extend(ours.err().map(|message| format!("codegen refuses it:\n{message}")));
            return outcome;
        }
    };
    let snapshot = |wording| without_id(&snapshot::snapshot(&ours.schema, wording).expect("the snapshot is written"));
    let their_snapshot = without_id(&theirs.snapshot);
    let sql = |wording| sql::script_in(&ours.schema, wording, ours.breakpoints);
    outcome.failures.extend(difference(&theirs.sql, &sql(Wording::DrizzleKit)));
    outcome.failures.extend(difference(&their_snapshot, &snapshot(Wording::DrizzleKit)));
    let differences =
        [difference(&theirs.sql, &sql(Wording::Valid)), difference(&their_snapshot, &snapshot(Wording::Valid))];
    let default = differences.into_iter().flatten().reduce(|all, more| format!("{all}\n{more}"));
    match (note("differs.txt"), default) {
        (None, default) => outcome.failures.extend(default),
        (Some(_), None) => outcome.failures.push("marked as different, and is not: remove differs.txt".to_owned()),
        (Some(why), Some(diff)) => drop(outcome.judged.insert(name(project), format!("{}\n\n{diff}", why.trim()))),
    }
    outcome
}

#[test]
fn every_fixture_is_as_drizzle_kit_has_it() {
    let projects = projects();
    // Most of the time is drizzle-kit's: one runs on each core.
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(project) = projects.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = judge(project);
                    outcomes.lock().expect("no panic").insert(name(project), outcome);
                }
            });
        }
    });
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(repository().join("tests/oracle/snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let _bound = settings.bind_to_scope();
    let mut failures = Vec::new();
    for (project, outcome) in outcomes.into_inner().expect("no panic") {
        failures.extend(outcome.failures.iter().map(|failure| format!("== {project}\n{failure}")));
        for (name, text) in outcome.judged {
            insta::assert_snapshot!(name, text);
        }
    }
    let all = projects.len();
    assert!(failures.is_empty(), "{} failures in {all} fixtures:\n\n{}", failures.len(), failures.join("\n\n"));
}

#[test]
fn our_own_schema_is_as_drizzle_kit_has_it() {
    let failures = judge(&repository().join("drizzle-schemas")).failures;
    assert!(failures.is_empty(), "drizzle-schemas:\n{}", failures.join("\n\n"));
}

/// The names in `CREATE EXTENSION` that the server does not have.
async fn missing_extensions(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let available: Vec<String> = sqlx::query_scalar("select name::text from pg_available_extensions")
        .fetch_all(connection)
        .await
        .expect("the extensions");
    let names = sql.lines().filter_map(|line| Some(line.strip_prefix("CREATE EXTENSION ")?.trim_matches([';', '"'])));
    names.filter(|name| !available.iter().any(|known| known == name)).map(str::to_owned).collect()
}

/// Runs a script as one statement after another, in a transaction that leaves nothing behind.
async fn run(connection: &mut PgConnection, before: &str, script: &str) -> Result<(), String> {
    let begun = "BEGIN";
    connection.execute(begun).await.map_err(|error| error.to_string())?;
    let mut outcome =
        connection.execute(AssertSqlSafe(before.to_owned())).await.map_err(|e| format!("before.sql: {e}"));
    for statement in script.split(sql::BREAKPOINT) {
        if outcome.is_ok() {
            // In a transaction, PostgreSQL builds no index concurrently; how it is built is no part of the schema.
            let statement = statement.replacen("INDEX CONCURRENTLY", "INDEX", 1);
            let run = connection.execute(AssertSqlSafe(statement.clone())).await;
            outcome = run.map_err(|error| format!("{error}\n{statement}"));
        }
    }
    connection.execute("ROLLBACK").await.map_err(|error| error.to_string())?;
    outcome.map(drop)
}

#[tokio::test]
async fn the_default_sql_of_every_fixture_runs_in_postgresql() {
    let server = Server::start(&[]);
    let database = server.create_database().await;
    let mut connection = server.connect(&database).await;
    let mut failures = Vec::new();
    let mut ran = 0;
    for project in projects() {
        let name = name(&project);
        let Ok(input) = ours(&project) else { continue };
        let before = read_to_string(project.join("before.sql")).unwrap_or_default();
        let missing = missing_extensions(&mut connection, &before).await;
        if !missing.is_empty() {
            eprintln!("NOT RUN: {name}: the server lacks the extension {}", missing.join(", "));
            continue;
        }
        let not_run = read_to_string(project.join("not-run.txt")).ok();
        match (not_run, run(&mut connection, &before, &sql::script(&input.schema)).await) {
            (None, Ok(())) => ran += 1,
            (None, Err(error)) => failures.push(format!("== {name}\n{error}")),
            (Some(_), Ok(())) => failures.push(format!("== {name}\nruns, and is marked as not running")),
            (Some(why), Err(_)) => eprintln!("NOT RUN: {name}: {}", why.trim()),
        }
    }
    assert!(failures.is_empty(), "{} failures:\n\n{}", failures.len(), failures.join("\n\n"));
    assert!(ran > 20, "only {ran} fixtures ran");
}

/// Every name of a field in the JSON, but for those inside of the schema's own values.
fn fields(json: &serde_json::Value, names: &mut std::collections::BTreeSet<String>) {
    match json {
        serde_json::Value::Array(items) => items.iter().for_each(|item| fields(item, names)),
        serde_json::Value::Object(object) => {
            for (name, value) in object {
                names.insert(name.clone());
                if name != "value" && name != "constant" {
                    fields(value, names);
                }
            }
        }
        _ => {}
    }
}

#[test]
fn every_field_of_the_ir_is_documented() {
    let mut names = std::collections::BTreeSet::new();
    for input in projects().iter().filter_map(|project| ours(project).ok()) {
        fields(&serde_json::to_value(input.schema).expect("the IR is JSON"), &mut names);
    }
    let document = read_to_string(repository().join("docs/schema-ir.md")).expect("the document");
    names.retain(|name| !document.contains(&format!("`{name}`")));
    assert!(names.is_empty(), "docs/schema-ir.md does not mention {names:?}");
}

/// The cells of a row of Markdown: a `|` that is not escaped ends one.
fn cells(row: &str) -> usize {
    let bytes = row.as_bytes();
    (1..bytes.len()).filter(|&at| bytes[at] == b'|' && bytes[at - 1] != b'\\').count()
}

#[test]
fn the_docs_of_every_fixture_name_all_and_keep_their_form() {
    for project in projects() {
        let Ok(Input { schema, .. }) = ours(&project) else { continue };
        let (reference, diagram, name) = (markdown(&schema), mermaid(&schema), name(&project));
        let lines: Vec<&str> = reference.lines().collect();
        let anchors: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("<a id=\"")).collect();
        assert_eq!(anchors.len(), schema.tables.len() + schema.views.len() + schema.enums.len(), "{name}: {reference}");
        let distinct: std::collections::BTreeSet<_> = anchors.iter().collect();
        assert_eq!(distinct.len(), anchors.len(), "{name}: two places have one anchor\n{reference}");
        for target in reference.split("](#").skip(1).filter_map(|rest| rest.split_once(')')) {
            assert!(anchors.contains(&format!("{}\"></a>", target.0).as_str()), "{name}: #{} leads nowhere", target.0);
        }
        for pair in lines.windows(2).filter(|pair| pair.iter().all(|line| line.starts_with('|'))) {
            assert_eq!(cells(pair[0]), cells(pair[1]), "{name}: rows of different lengths\n{}\n{}", pair[0], pair[1]);
        }
        // Each column is a row of the reference, and a line within the braces of the diagram.
        let all = schema.tables.iter().map(|table| table.columns.len()).sum::<usize>();
        assert_eq!(diagram.lines().filter(|line| line.starts_with("        ")).count(), all, "{name}: {diagram}");
        let keys = schema.tables.iter().map(|table| table.foreign_keys.len()).sum::<usize>();
        assert_eq!(diagram.lines().filter(|line| line.contains("--o") && line.contains(" : ")).count(), keys, "{name}");
        let opened = diagram.lines().filter(|line| line.ends_with(" {")).count();
        assert_eq!(opened, diagram.lines().filter(|line| *line == "    }").count(), "{name}: {diagram}");
        for table in &schema.tables {
            for column in table.columns.iter().filter(|column| !column.name.contains(['`', '|', '\n'])) {
                let named = format!("| `{}` | ", column.name);
                assert!(lines.iter().any(|line| line.starts_with(&named)), "{name}: no row of {}", column.name);
            }
        }
    }
}
