//! The output for `fixtures/everything` is what is committed there, compiles (as a module of this test, without
//! warnings), and behaves.
//!
//! To accept a change: `cargo run -p codegen -- --schema codegen/tests/fixtures/everything/schema.ts --out
//! codegen/tests/fixtures/everything/generated`.

#[rustfmt::skip]
#[path = "fixtures/everything/generated/mod.rs"]
mod everything;

use std::path::{Path, PathBuf};

use codegen::drizzle::Casing;
use codegen::generate::{Overrides, generate};
use codegen::schema::Schema;
use codegen::{ReadOptions, read};
use everything::*;

/// The fixture's schema and folder. Places in it are named as they are for the command above.
fn fixture() -> (Schema, PathBuf) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    let folder = root.join("codegen/tests/fixtures/everything");
    let patterns = vec!["codegen/tests/fixtures/everything/schema.ts".to_owned()];
    let read = read(&ReadOptions { root, patterns, casing: Casing::Keep });
    (read.schema.unwrap(), folder)
}

#[test]
fn committed_output_is_what_is_generated() {
    let (schema, folder) = fixture();
    let generated = generate(&schema, &Overrides::default()).unwrap();
    let out = folder.join("generated");
    let changes = codegen::write::changes(&generated.files, &out).unwrap();
    let diff = codegen::write::diff(&generated.files, &out, Path::new("generated"), &changes);
    assert!(changes.is_empty(), "{diff}");
    assert_eq!(generate(&schema, &Overrides::default()).unwrap(), generated);
}

#[test]
fn names_are_distinct_and_keep_the_columns_spelling() {
    // `public.user` and `auth.user`, and tables called like types that generated code uses.
    assert_eq!(User::TABLE.qualified_name(), "public.user");
    assert_eq!(AuthUser::TABLE.qualified_name(), "auth.user");
    assert_eq!(OptionRow::TABLE.name, "option");
    assert_eq!(TABLES.len(), 13);

    let row = serde_json::json!({"id": 1, "flag": true, "type": "t", "2fa": "x", "Weird Name!": "y", "café": "z",
        "created_at": "a", "createdAt": "b", "numbers": [1], "changed": "2026-01-02T03:04:05Z",
        "token": uuid::Uuid::nil(), "status": "new label", "role": "Men's"});
    let row: Everything = serde_json::from_value(row).unwrap();
    assert_eq!(row.r#type, "t");
    assert_eq!(
        (row._2fa.as_deref(), row.weird_name.as_deref(), row.cafu00e9.as_deref()),
        (Some("x"), Some("y"), Some("z"))
    );
    assert_eq!((row.created_at.as_deref(), row.created_at_2.as_deref()), (Some("a"), Some("b")));
    assert_eq!(serde_json::to_value(&row).unwrap()["status"], "new label");
}

#[test]
fn enums_carry_what_they_do_not_know() {
    assert_eq!(TextStatus::from("A+"), TextStatus::APlus);
    assert_eq!(TextStatus::from(""), TextStatus::Empty);
    assert_eq!(Role::from("unrecognized"), Role::Unrecognized2);
    let unknown: TextStatus = "paused".parse().unwrap();
    assert_eq!(unknown, TextStatus::Unrecognized("paused".into()));
    assert_eq!(unknown.to_string(), "paused");
    for known in TextStatus::ALL {
        assert_eq!(&TextStatus::from(known.as_str()), known);
    }
}

/// The columns an insert hands over, by name.
fn given(insert: &impl Insert) -> Vec<String> {
    fn table<I: Insert>(_: &I) -> &'static TableDef {
        I::TABLE
    }
    let columns = &table(insert).columns;
    let mut names = Vec::new();
    insert.visit(&mut |index, cell| names.push(format!("{}={cell:?}", columns[index].name)));
    names
}

#[test]
fn an_insert_hands_over_what_is_given() {
    let insert = KeysInsert::new("a", "c").with_b(None).with_owner(AuthUserRef::Id(uuid::Uuid::nil()));
    assert_eq!(
        given(&insert),
        ["a=Text(\"a\")", "b=Null", "c=Text(\"c\")", "owner=Uuid(00000000-0000-0000-0000-000000000000)"]
    );
    // Neither an identity that is always generated nor a generated column can be given.
    assert!(given(&CounterInsert::default()).is_empty());
    let token = uuid::Uuid::nil();
    let everything = EverythingInsert::new("t", token).with_numbers(vec![1, 2]).with_matrix(PgText::from("{{1}}"));
    let names: Vec<String> =
        given(&everything).iter().map(|field| field.split('=').next().unwrap().to_owned()).collect();
    assert_eq!(names, ["numbers", "matrix", "type", "token"]);
    assert!(Everything::TABLE.columns.iter().any(|column| column.name == "total" && column.generated.is_some()));
}

#[test]
fn a_reference_is_the_plain_id_or_a_natural_key() {
    let parent = CategoryRef::ParentIdName { parent_id: Box::new(1.into()), name: "leaf".into() };
    let insert = CategoryInsert::new(parent.clone(), "x");
    assert!(given(&insert)[0].starts_with("parent_id=Reference("));
    assert_eq!(given(&CategoryInsert::new(7, "x"))[0], "parent_id=Int4(7)");
    assert_eq!(parent.key().name, "category_parent_id_name_unique");
    let mut parts = Vec::new();
    parent.visit(&mut |index, cell| parts.push(format!("{index}:{cell:?}")));
    assert_eq!(parts, ["0:Int4(1)", "1:Text(\"leaf\")"]);
    // A foreign key to another column than the primary key, and a composite one, hold plain values.
    let _: Field<Option<String>> = KeysInsert::new("a", "c").owner_email;
    let _: i32 = TaggingNoteInsert::new(1, "tag", "note").user_id;
}

#[test]
fn keys_are_whole() {
    assert_eq!(Keys::BY_A.predicate.as_deref(), Some("\"keys\".\"b\" is null"));
    assert_eq!(Keys::BY_KEYS_A_OTHER_INDEX.predicate.as_deref(), Some("\"keys\".\"b\" = 'x'"));
    assert_eq!(Keys::BY_KEYS_LOWER_INDEX.expressions.to_vec(), ["lower(\"a\")"]);
    assert!(Keys::BY_B.nulls_not_distinct);
    assert_eq!(Keys::TABLE.default_conflict_key(), None);
    // As PostgreSQL cuts it: 63 bytes.
    let cut = ATableWithANameThatIsQuiteLongButStillFitsSixty::BY_EXTERNAL_REFERENCE;
    assert_eq!(cut.name, "a_table_with_a_name_that_is_quite_long_but_still_fits_sixty_ext");
    // The columns of a primary key are not null, whatever they say themselves.
    assert!(Tagging::TABLE.columns.iter().all(|column| column.not_null));
}
