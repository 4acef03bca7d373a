//! The types of JSON values: what `fixtures/json` gives is what is committed there, compiles (as a module of this test),
//! reads and writes every value of its TypeScript type, and does so through PostgreSQL.
//!
//! Whether a value is of a type, TypeScript itself says: `tsc` checks every value that is tried here.
//!
//! To accept a change: `cargo run -p codegen -- --schema codegen/tests/fixtures/json/schema.ts --out
//! codegen/tests/fixtures/json/generated`.

#[rustfmt::skip]
#[path = "fixtures/json/generated/mod.rs"]
mod generated;
#[path = "../../tests/support/postgres.rs"]
mod postgres;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use codegen::drizzle::Casing;
use codegen::generate::{Overrides, generate};
use codegen::schema::{JsonType, Schema, TypeDeclaration};
use codegen::{ReadOptions, read};
use generated::*;
use proptest::prelude::*;
use serde_json::{Value, json};
use sqlx::Executor;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn schema() -> Schema {
    let patterns = vec!["codegen/tests/fixtures/json/schema.ts".to_owned()];
    read(&ReadOptions { root: root(), patterns, casing: Casing::Keep }).schema.unwrap()
}

#[test]
fn committed_output_is_what_is_generated() {
    let files = generate(&schema(), &Overrides::default()).unwrap().files;
    let out = root().join("codegen/tests/fixtures/json/generated");
    let changes = codegen::write::changes(&files, &out).unwrap();
    let diff = codegen::write::diff(&files, &out, Path::new("generated"), &changes);
    assert!(changes.is_empty(), "{diff}");
}

/// Reads a value as a type and writes it again.
type Trip = fn(Value) -> Result<Value, String>;

fn trip<T: serde::de::DeserializeOwned + serde::Serialize>(value: Value) -> Result<Value, String> {
    let typed: T = serde_json::from_value(value).map_err(|error| error.to_string())?;
    Ok(serde_json::to_value(typed).unwrap())
}

/// Columns, what TypeScript calls their types, and what Rust does.
const TYPES: &[(&str, &str, Trip)] = &[
    ("block", "Block", trip::<Block>),
    ("blocks", "Block[]", trip::<Json<Vec<Block>>>),
    ("person", "Person", trip::<Person>),
    ("page", "Page<Category>", trip::<PageCategory>),
    ("pages", "Page<people.Address, { total: number }>", trip::<PageAddress>),
    ("anything", "Json", trip::<Json<Option<JsonValue>>>),
    ("tree", "Tree", trip::<Tree>),
    ("settings", "NonNullable<typeof document.$inferSelect.settings>", trip::<Settings>),
    ("audited", "NonNullable<typeof document.$inferSelect.audited>", trip::<Audited>),
    ("contact", "NonNullable<typeof document.$inferSelect.contact>", trip::<DocumentContact>),
    ("inline", "NonNullable<typeof document.$inferSelect.inline>", trip::<DocumentInline>),
    ("numbers", "Record<string, number[]>", trip::<Json<std::collections::BTreeMap<String, Vec<serde_json::Number>>>>),
    ("sizes", "Size[]", trip::<Json<Vec<Size>>>),
];

/// Values that a person has checked, by column.
fn values() -> Vec<(&'static str, Value)> {
    vec![
        ("block", json!({"kind": "text", "text": "x", "marks": ["bold", "A+", ""]})),
        ("block", json!({"kind": "image", "url": "u", "size": [1, 2.5]})),
        ("block", json!({"kind": "image", "url": "u", "size": null, "place": null})),
        ("block", json!({"kind": "columns", "columns": [[{"kind": "text", "text": ""}], []]})),
        (
            "person",
            json!({"type": "person", "firstName": "A", "born": "2026-01-02T03:04:05.000Z", "level": 3, "active": true}),
        ),
        (
            "person",
            json!({"type": "person", "firstName": "A", "born": "", "level": 1, "active": false, "nickname": null,
            "zip-code": "1"}),
        ),
        (
            "page",
            json!({"items": [{"name": "a", "children": [], "parent": {"name": "b", "children": []}}], "next": null,
            "meta": {"k": "v"}}),
        ),
        ("pages", json!({"items": [{"street": "s"}], "next": "n", "meta": {"total": 9_007_199_254_740_991_u64}})),
        ("anything", json!(null)),
        ("anything", json!([1, "a", null, {"b": [true, {}]}])),
        ("tree", json!([[], [[]]])),
        (
            "settings",
            json!({"theme": "dark", "sizes": {"small": 1}, "limit": "large", "flags": {"a": true}, "anything": null}),
        ),
        (
            "settings",
            json!({"theme": {"custom": "c"}, "sizes": {}, "limit": "small", "flags": {}, "anything": [1], "shirt": "s"}),
        ),
        ("audited", json!({"by": "a", "at": "b", "limit": "small", "street": "s", "zip-code": "1"})),
        ("contact", json!({"email": "a", "role": "owner", "tags": null, "link": "none"})),
        ("contact", json!({"email": "a", "role": "guest", "tags": ["b"], "age": 1, "link": {"url": "u"}})),
        ("inline", json!({"ok": true, "value": 1e300})),
        ("inline", json!({"ok": false, "error": "e"})),
        ("numbers", json!({"a": [1, -0.5], "b": []})),
        ("sizes", json!(["small", "large"])),
    ]
}

/// Values that are not of the type, and what Rust says.
fn mismatches() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("person", json!({"type": "person"}), ".firstName is absent, and not a value"),
        ("person", json!({"type": "company"}), ".type is \"company\", and not \"person\""),
        ("block", json!({"kind": "text", "text": 1}), ".text is 1, and not a string"),
        ("block", json!({"kind": "image", "url": "u", "size": [1]}), ".size is [1], and not an array of length 2"),
        (
            "page",
            json!({"items": [{"name": "a", "children": [{"name": null, "children": []}]}], "next": null, "meta": {}}),
            ".items[0].children[0].name is null, and not a string",
        ),
        ("person", json!({"type": "person", "firstName": "a", "zip-code": 1}), "[\"zip-code\"] is 1, and not a string"),
        ("tree", json!([1]), "[0] is 1, and not an array"),
        ("numbers", json!([]), "the JSON value is [], and not an object"),
    ]
}

fn trip_of(column: &str) -> Trip {
    TYPES.iter().find(|(name, ..)| *name == column).unwrap().2
}

#[test]
fn values_are_written_as_they_were_read() {
    for (column, value) in values() {
        assert_eq!(trip_of(column)(value.clone()), Ok(value), "{column}");
    }
    // What the types do not name or do not know is kept.
    let kept = [
        ("block", json!({"kind": "video", "url": "u"})),
        ("block", json!({"kind": "text", "text": "x", "marks": ["new"], "added": [1]})),
        ("person", json!({"type": "person", "firstName": "A", "born": "", "level": 4, "active": true, "street": null})),
        ("sizes", json!(["huge"])),
        (
            "settings",
            json!({"theme": 1, "sizes": {}, "limit": "none", "flags": {}, "anything": 1, "unseen": {"a": null}}),
        ),
    ];
    for (column, value) in kept {
        assert_eq!(trip_of(column)(value.clone()), Ok(value), "{column}");
    }
}

#[test]
fn a_value_that_does_not_fit_says_where() {
    for (column, value, message) in mismatches() {
        assert_eq!(trip_of(column)(value), Err(message.to_owned()), "{column}");
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let schema = schema();
    let table = schema.tables.iter().find(|table| table.name == "document").unwrap();
    let reason = |column: &str| match table.column(column).unwrap().value_type.as_deref() {
        Some(JsonType::Unknown { reason: Some(reason) }) => reason.clone(),
        other => panic!("{column}: {other:?}"),
    };
    assert_eq!(reason("unseen"), "`Unseen` is declared in the package `somewhere-else`, whose types are not read");
    assert_eq!(reason("indirect"), "`T` is a type parameter of the function that makes the column");
    // What the column gives a function for its type parameter is the type.
    let type_of = |column: &str| table.column(column).unwrap().value_type.clone();
    assert_eq!(type_of("generic"), type_of("person"));
    assert_eq!(type_of("packed"), type_of("page").map(|page| Box::new(JsonType::Array(page))));
    // A branded string is a string.
    assert_eq!(table.column("branded").unwrap().value_type, None);
}

#[test]
fn relations_know_their_columns() {
    let facts = |relations: &[RelationDef]| -> Vec<String> {
        let fact = |r: &RelationDef| {
            format!("{} {:?} {:?} -> {}.{:?}", r.name, r.kind, r.columns, r.foreign_table, r.foreign_columns)
        };
        relations.iter().map(fact).collect()
    };
    assert_eq!(
        facts(Document::RELATIONS),
        [r#"owner One ["owner_id"] -> owner.["id"]"#, r#"editor One ["editor_id"] -> owner.["id"]"#]
    );
    assert_eq!(
        facts(Owner::RELATIONS),
        [r#"owned Many ["id"] -> document.["owner_id"]"#, r#"edited Many ["id"] -> document.["editor_id"]"#]
    );
}

/// drizzle-orm 1.0 has them in one place.
#[test]
fn defined_relations_are_relations_too() {
    let project = tempfile::tempdir().unwrap();
    let source = "
        import { defineRelations } from 'drizzle-orm';
        import { integer, pgTable, primaryKey, serial } from 'drizzle-orm/pg-core';
        export const users = pgTable('user', { id: serial('id').primaryKey(), invitedBy: integer('invited_by') });
        export const posts = pgTable('post', { id: serial('id').primaryKey(), ownerId: integer('owner_id'), editorId: integer('editor_id') });
        export const groups = pgTable('group', { id: serial('id').primaryKey() });
        export const members = pgTable('member', { userId: integer('user_id'), groupId: integer('group_id') });
        export const relations = defineRelations({ users, posts, groups, members }, (r) => ({
          users: {
            invitee: r.one.users({ from: r.users.invitedBy, to: r.users.id }),
            posts: r.many.posts({ alias: 'owned' }),
            groups: r.many.groups({
              from: r.users.id.through(r.members.userId),
              to: r.groups.id.through(r.members.groupId),
            }),
          },
          posts: {
            author: r.one.users({ from: [r.posts.ownerId], to: [r.users.id], alias: 'owned' }),
            editor: r.one.users({ from: r.posts.editorId, to: r.users.id, optional: false }),
          },
        }));";
    fs::write(project.path().join("schema.ts"), source).unwrap();
    let root = project.path().to_owned();
    let read = read(&ReadOptions { root, patterns: vec!["schema.ts".to_owned()], casing: Casing::Keep });
    let told: Vec<_> = read.diagnostics.iter().map(|told| (told.code, told.message.as_str())).collect();
    assert_eq!(told, [("W0408", "the relation `groups` of table `user` goes through a third table")]);
    let schema = read.schema.unwrap();
    let mut notices = Vec::new();
    let overrides = Overrides::default();
    let model = codegen::model::build(&schema, &overrides, &mut notices);
    assert!(notices.iter().all(|notice| notice.code == "conflict-key"), "{notices:?}");
    let facts: Vec<String> = model
        .tables
        .iter()
        .flat_map(|table| table.relations.iter().map(move |relation| (table, relation)))
        .map(|(table, r)| {
            let (kind, to) = (if r.many { "many" } else { "one" }, &model.tables[r.foreign].name);
            format!("{}::{} {kind} {to} {:?} {:?}", table.name, r.constant, r.columns, r.foreign_columns)
        })
        .collect();
    assert_eq!(
        facts,
        [
            r#"Post::AUTHOR one User ["owner_id"] ["id"]"#,
            r#"Post::EDITOR one User ["editor_id"] ["id"]"#,
            r#"User::INVITEE one User ["invited_by"] ["id"]"#,
            r#"User::POSTS many Post ["id"] ["owner_id"]"#,
        ]
    );
}

/// A value of a type, chosen by the numbers that come.
fn value_of(ty: &JsonType, types: &[TypeDeclaration], next: &mut dyn FnMut() -> u64, depth: u32) -> Value {
    let deep = depth > 5;
    match ty {
        JsonType::Unknown { .. } => [json!(1), json!("any"), json!({"a": [null]})][next() as usize % 3].clone(),
        JsonType::Null => Value::Null,
        JsonType::Boolean => (next().is_multiple_of(2)).into(),
        JsonType::Number => match next() % 3 {
            0 => ((next() % 2_000_001) as i64 - 1_000_000).into(),
            1 => (next() as f64 / 7.0).into(),
            _ => 0.into(),
        },
        JsonType::String => ["", "a", "ü\"\\", "\u{1F600}", "null"][next() as usize % 5].into(),
        JsonType::Literals(values) => values[next() as usize % values.len()].clone(),
        JsonType::Array(element) => {
            let count = if deep { 0 } else { next() % 3 };
            (0..count).map(|_| value_of(element, types, next, depth + 1)).collect()
        }
        JsonType::Tuple(items) => items.iter().map(|item| value_of(item, types, next, depth + 1)).collect(),
        JsonType::Record(value) => {
            let count = if deep { 0 } else { next() % 3 };
            (0..count)
                .map(|key| (format!("key {key}"), value_of(value, types, next, depth + 1)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
        JsonType::Object(object) => {
            let mut map = serde_json::Map::new();
            for member in &object.members {
                if !member.optional || (!deep && next().is_multiple_of(2)) {
                    map.insert(member.name.clone(), value_of(&member.value, types, next, depth + 1));
                }
            }
            map.into()
        }
        JsonType::Union(parts) => {
            let part = if deep { 0 } else { next() as usize % parts.len() };
            value_of(&parts[part], types, next, depth + 1)
        }
        JsonType::Nullable(inner) if deep || next().is_multiple_of(3) => {
            let _ = inner;
            Value::Null
        }
        JsonType::Nullable(inner) | JsonType::Optional(inner) => value_of(inner, types, next, depth + 1),
        JsonType::Declared(index) => value_of(&types[*index].body, types, next, depth + 1),
        other => panic!("{other:?}"),
    }
}

/// Values for a column, by a seed.
fn generated_value(schema: &Schema, column: &str, seed: u64) -> Value {
    let table = schema.tables.iter().find(|table| table.name == "document").unwrap();
    let ty = table.column(column).unwrap().value_type.as_ref().unwrap();
    let mut state = seed | 1;
    // Knuth's linear congruential generator; its upper bits are the good ones.
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    value_of(ty, &schema.types, &mut next, 0)
}

proptest! {
    #[test]
    fn every_value_of_a_type_survives(seed: u64) {
        thread_local!(static SCHEMA: Schema = schema());
        SCHEMA.with(|schema| {
            for (column, _, trip) in TYPES {
                let value = generated_value(schema, column, seed);
                prop_assert_eq!(trip(value.clone()), Ok(value), "{}", column);
            }
            Ok(())
        })?;
    }
}

/// TypeScript agrees: what is read here is of the type, and what is refused is not.
#[test]
fn typescript_has_the_same_values() {
    let root = root();
    let modules = root.join("drizzle-schemas/node_modules");
    let compiler = modules.join("typescript/bin/tsc");
    assert!(compiler.exists(), "TypeScript is not installed: `npm ci` in drizzle-schemas");
    let schema = schema();
    let folder = tempfile::tempdir().unwrap();
    let copy = |from: &str| {
        let text = fs::read_to_string(root.join("codegen/tests/fixtures/json").join(from)).unwrap();
        let target = folder.path().join(from);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        // In JSON a date is a string, and there are no methods.
        let text = text.replace("born: Date", "born: string").replace("at: Date", "at: string");
        fs::write(target, text.replace("greet(): string;", "")).unwrap();
    };
    ["schema.ts", "types/content.ts", "types/people.ts", "types/index.ts"].into_iter().for_each(copy);
    std::os::unix::fs::symlink(&modules, folder.path().join("node_modules")).unwrap();
    let stubs = "declare module 'somewhere-else' { export type Unseen = unknown; }\n\
        declare module 'zod' { export const z: any; export namespace z { type infer<T> = any; } }\n";
    fs::write(folder.path().join("stubs.d.ts"), stubs).unwrap();

    let mut checks = "import { document, type Size } from './schema';\n\
        import type { Block, Category, Json, Page, Person, Tree, people } from './types';\n"
        .to_owned();
    let mut number = 0;
    let mut check = |column: &str, value: &Value, fits: bool| {
        // `zod` is not installed: what it infers is checked by eye.
        if column == "contact" {
            return;
        }
        number += 1;
        let name = TYPES.iter().find(|(known, ..)| *known == column).unwrap().1;
        let expected = if fits { "" } else { "// @ts-expect-error\n" };
        // Enums take their members only.
        let text = value
            .to_string()
            .replace(r#""shirt":"s""#, r#""shirt":"s" as any"#)
            .replace(r#""shirt":"l""#, r#""shirt":"l" as any"#);
        writeln!(checks, "{expected}export const value{number}: {name} = {text};").unwrap();
    };
    values().iter().for_each(|(column, value)| check(column, value, true));
    mismatches().iter().for_each(|(column, value, _)| check(column, value, false));
    for (column, ..) in TYPES {
        (0..40).for_each(|seed| check(column, &generated_value(&schema, column, seed * 7919), true));
    }
    fs::write(folder.path().join("checks.ts"), checks).unwrap();
    let output = Command::new("node")
        .arg(&compiler)
        .args(["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--module", "esnext"])
        .args(["--moduleResolution", "bundler", "stubs.d.ts", "checks.ts"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[tokio::test]
async fn postgres_keeps_what_is_written() {
    let server = postgres::Server::start(&[]);
    let name = server.create_database().await;
    let mut connection = server.connect(&name).await;
    connection.execute(SCHEMA_SQL).await.unwrap();

    let person =
        Person { nickname: Field::Value(None), ..Person::new("A", "2026-01-02T03:04:05.000Z", PersonLevel::_2, true) };
    let blocks = vec![Block::Text(BlockText::new("x")), Block::Unrecognized(json!({"kind": "video"}))];
    let sql = "insert into document (block, blocks, block_list, person, size, sizes, status, statuses, anything)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning *";
    let row: Document = sqlx::query_as(sql)
        .bind(&blocks[0])
        .bind(Json(blocks.clone()))
        .bind(&blocks)
        .bind(&person)
        .bind(Size::Medium)
        .bind(Json(vec![Size::Small, Size::from("huge")]))
        .bind(DocumentStatus::from("in progress"))
        .bind(vec![DocumentStatuses::On])
        .bind(Json(None::<JsonValue>))
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!((&row.block, &row.block_list), (&blocks[0], &Some(blocks.clone())));
    assert_eq!((row.blocks, row.person), (Some(Json(blocks)), Some(person)));
    assert_eq!((row.size, row.status), (Size::Medium, DocumentStatus::InProgress));
    assert_eq!(row.sizes.unwrap()[1], Size::Unrecognized("huge".into()));
    assert_eq!((row.statuses, row.anything), (Some(vec![DocumentStatuses::On]), Some(Json(None))));
    // As the database itself reads it.
    let read: (String, i32, bool) =
        sqlx::query_as("select person->>'type', (person->'level')::text::int, anything = 'null' from document")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(read, ("person".to_owned(), 2, true));

    connection.execute(r#"update document set person = '{"type": "person", "firstName": 7}'"#).await.unwrap();
    let error = sqlx::query_as::<_, Document>("select * from document").fetch_one(&mut connection).await.unwrap_err();
    let message = error.to_string();
    assert!(message.contains("person") && message.contains(".firstName is 7, and not a string"), "{message}");
}
