//! `verify` against a real PostgreSQL: no difference where there is none, and each planted one is found with what it breaks.

#![cfg(feature = "cli")]

#[path = "../../tests/support/postgres.rs"]
mod postgres;

use std::path::{Path, PathBuf};
use std::process::Command;

use codegen::drizzle::{Casing, read_config};
use codegen::schema::Schema;
use codegen::verify::{Comparison, Severity, verify};
use codegen::{ReadOptions, read, sql};
use postgres::Server;
use sqlx::{AssertSqlSafe, Executor, PgConnection};

fn server() -> &'static Server {
    static SERVER: std::sync::OnceLock<Server> = std::sync::OnceLock::new();
    SERVER.get_or_init(|| Server::start(&["-c fsync=off"]))
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn schema(project: &Path, patterns: &[&str], casing: Casing) -> Option<Schema> {
    let patterns = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
    read(&ReadOptions { root: project.to_owned(), patterns, casing }).schema
}

/// A database that has the schema.
async fn created(schema: &Schema) -> Result<(String, PgConnection), sqlx::Error> {
    let name = server().create_database().await;
    let mut connection = server().connect(&name).await;
    connection.execute(AssertSqlSafe(sql::script(schema))).await?;
    Ok((name, connection))
}

fn shown(comparison: &Comparison) -> Vec<String> {
    let differences = comparison.differences.iter();
    differences.map(|d| format!("{:?} {}: {}", d.severity, d.object, d.message).to_lowercase()).collect()
}

#[tokio::test]
async fn a_database_made_from_the_schema_has_no_difference() {
    let mut compared = 0;
    let fixtures = repository().join("tests/oracle/fixtures");
    let mut projects: Vec<PathBuf> = std::fs::read_dir(fixtures).unwrap().map(|entry| entry.unwrap().path()).collect();
    projects.push(repository().join("codegen/tests/fixtures/everything"));
    projects.push(repository().join("drizzle-schemas"));
    projects.sort();
    for project in projects {
        let config = project.join("drizzle.config.ts");
        let read = if config.is_file() {
            let config = read_config(&config).unwrap();
            let patterns: Vec<&str> = config.schema.iter().map(String::as_str).collect();
            schema(&project, &patterns, config.casing)
        } else {
            schema(&project, &["schema.ts"], Casing::Keep)
        };
        // What codegen refuses, or what needs an extension that this server does not have, makes no database to compare.
        let Some(schema) = read else { continue };
        let Ok((_, mut connection)) = created(&schema).await else { continue };
        let comparison = verify(&mut connection, &schema).await.unwrap();
        assert_eq!(shown(&comparison), [""; 0], "{}", project.display());
        compared += 1;
    }
    assert!(compared > 30, "only {compared} fixtures could be created");
}

const SCHEMA: &str = r#"
    import { sql } from 'drizzle-orm';
    import * as p from 'drizzle-orm/pg-core';
    export const level = p.pgEnum('level', ['low', 'high']);
    export const team = p.pgTable('team', { id: p.serial().primaryKey(), name: p.text().notNull().unique() });
    export const player = p.pgTable('player', {
        id: p.bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
        name: p.varchar({ length: 40 }).notNull(),
        level: level().default('low').notNull(),
        teamId: p.integer('team_id').references(() => team.id, { onDelete: 'cascade' }),
        height: p.integer(),
        doubled: p.integer().generatedAlwaysAs(sql`height * 2`),
        joined: p.timestamp({ withTimezone: true }).defaultNow().notNull(),
    }, (t) => [
        p.uniqueIndex('player_live').on(t.name).where(sql`${t.height} > 0`),
        p.index('player_team').on(t.teamId),
        p.check('tall', sql`${t.height} in (1, 2, 3)`),
    ]);
"#;

/// What is done to the database, and all that must be said of it.
const CASES: &[(&str, &[&str])] = &[
    ("drop table player", &["error public.player: the table is missing"]),
    (
        "alter table player rename to players",
        &[
            "error public.player: the table is missing; the database has `players`",
            "note public.players: the schema does not know this table",
        ],
    ),
    (
        "alter table team rename name to nome",
        &[
            "error public.team: column `name` (text) is missing; the database has `nome`",
            "error public.team: column `nome` (text) is in the database only, not null and without a default",
            "error public.team: unique constraint `team_name_unique` unique (name) is unique (nome) there",
        ],
    ),
    ("alter table team add colors text", &["warning public.team: column `colors` (text) is in the database only"]),
    (
        "alter table player alter name type text",
        &["error public.player: column `name` is text, not character varying(40)"],
    ),
    ("alter table player alter name drop not null", &["error public.player: column `name` allows null there"]),
    ("alter table player alter height set not null", &["error public.player: column `height` is not null there"]),
    (
        "alter table player alter level set default 'high'",
        &["warning public.player: column `level` has the default 'high'::level, not 'low'::level"],
    ),
    ("alter table player alter joined drop default", &["error public.player: column `joined` lacks the default now()"]),
    (
        "alter table player alter height set default 7",
        &["warning public.player: column `height` has the default 7, and none in the schema"],
    ),
    (
        "alter table player alter id set generated by default",
        &[
            "warning public.player: column `id` is generated by default as identity there, not generated always as identity",
        ],
    ),
    (
        "alter table player alter doubled drop expression",
        &["error public.player: column `doubled` is not generated there, and is in the schema"],
    ),
    (
        "alter table team drop constraint team_name_unique",
        &["error public.team: unique constraint `team_name_unique` unique (name) is missing"],
    ),
    (
        "alter table team rename constraint team_name_unique to by_name",
        &["note public.team: unique constraint `team_name_unique` is called `by_name` there"],
    ),
    (
        "alter table player drop constraint tall",
        &["warning public.player: check `tall` check ((height = any (array[1, 2, 3]))) is missing"],
    ),
    (
        "alter table player add constraint named check (name <> '')",
        &["warning public.player: check `named` check (((name)::text <> ''::text)) is in the database only"],
    ),
    (
        "drop index player_live; create unique index player_live on player (name)",
        &[
            "error public.player: unique index `player_live` using btree (name) where (height > 0) is unique index using btree (name) there",
        ],
    ),
    ("drop index player_team", &["warning public.player: index `player_team` using btree (team_id) is missing"]),
    (
        "create unique index extra on player (height)",
        &["warning public.player: unique index `extra` using btree (height) is in the database only"],
    ),
    (
        "alter table player drop constraint player_team_id_team_id_fk",
        &["warning public.player: the foreign key (team_id) to public.team(id) is missing"],
    ),
    (
        "alter table player drop constraint player_team_id_team_id_fk;
         alter table player add constraint player_team_id_team_id_fk foreign key (team_id) references team (id)",
        &["warning public.player: the foreign key (team_id) to public.team(id) says on delete no action, not cascade"],
    ),
    ("alter type level add value 'top'", &["warning public.level: the label 'top' is in the database only"]),
    (
        "alter type level rename value 'high' to 'higher'",
        &[
            "error public.level: the label 'high' is missing",
            "warning public.level: the label 'higher' is in the database only",
        ],
    ),
    (
        "drop table player; create view player as select 1 as id",
        &["error public.player: it is a view there, not a table"],
    ),
    ("alter table team enable row level security", &["warning public.team: row level security is enabled there only"]),
    ("create table elsewhere (id int)", &["note public.elsewhere: the schema does not know this table"]),
];

#[tokio::test]
async fn each_difference_is_found_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("schema.ts"), SCHEMA).unwrap();
    let schema = schema(folder.path(), &["schema.ts"], Casing::Keep).unwrap();
    for (change, expected) in CASES {
        let (_, mut connection) = created(&schema).await.unwrap();
        connection.execute(*change).await.unwrap();
        let comparison = verify(&mut connection, &schema).await.unwrap();
        let mut found = shown(&comparison);
        if change.contains("create view") {
            // A view has none of the table's columns and keys; that it is one is what matters.
            found.truncate(1);
        }
        assert_eq!(found, *expected, "{change}");
        let is_drift = expected.iter().any(|line| !line.starts_with("note"));
        assert_eq!(comparison.has_drifted(), is_drift, "{change}");
        assert!(comparison.differences.iter().all(|d| d.severity == Severity::Note || !d.consequence.is_empty()));
        // Looking has left nothing behind.
        let temporary: i64 =
            sqlx::query_scalar("select count(*) from pg_class where relpersistence = 't' and relkind = 'r'")
                .fetch_one(&mut connection)
                .await
                .unwrap();
        assert_eq!(temporary, 0, "{change}");
    }
}

#[tokio::test]
async fn the_command_says_drift_by_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("schema.ts"), SCHEMA).unwrap();
    let schema = schema(folder.path(), &["schema.ts"], Casing::Keep).unwrap();
    let (name, mut connection) = created(&schema).await.unwrap();
    let run = |url: &str, more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_codegen"));
        command.args(["verify", "--schema", "schema.ts", "--database-url", url]).args(more).current_dir(folder.path());
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    };
    let url = server().url(&name);
    let (code, out, _) = run(&url, &[]);
    assert_eq!((code, out.as_str()), (0, "2 tables compared: the database is what the schema says\n"));

    connection.execute("alter table team drop name").await.unwrap();
    let (code, out, _) = run(&url, &[]);
    assert_eq!(code, 1);
    assert!(out.contains("every statement that names it fails (42703)\n           schema.ts:5:"), "{out}");
    let (code, out, _) = run(&url, &["--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (code, &document["drift"], &document["differences"][0]["object"]),
        (1, &true.into(), &"public.team".into())
    );

    // A role that may not make temporary tables is told so.
    let revoke = format!("create role reader login; revoke temp on database {name} from public");
    connection.execute(AssertSqlSafe(revoke)).await.unwrap();
    let (code, _, err) = run(&url.replace("postgres@", "reader@"), &[]);
    assert!(code == 69 && err.contains("GRANT TEMP"), "{code} {err}");

    let (code, _, err) = run("postgresql://someone:s3cret@127.0.0.1:1/none", &[]);
    assert!(code == 69 && err.contains("127.0.0.1:1") && !err.contains("s3cret"), "{code} {err}");
    assert_eq!(run("mysql://u:s3cret@h/d", &[]).0, 64);
}
