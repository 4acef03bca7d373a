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
    assert_eq!(TABLES.len(), 19);
    // A table's names go before those of the runtime, which are there as `runtime::Rule` and so on.
    assert_eq!(
        (Rule::TABLE.name.as_ref(), _2fa::TABLE.name.as_ref(), Nothing::TABLE.columns.len()),
        ("rule", "2fa", 0)
    );
    assert!(matches!(RuleRef::RuleSelfUnique("x".to_owned()).key().columns[..], [ref column] if column == "self"));

    let row = serde_json::json!({"id": 1, "flag": true, "type": "t", "2fa": "x", "Weird Name!": "y", "café": "z",
        "created_at": "a", "createdAt": "b", "numbers": [1], "changed": "2026-01-02T03:04:05Z",
        "token": uuid::Uuid::nil(), "status": "new label", "role": "Men's"});
    let row: Everything = serde_json::from_value(row).unwrap();
    assert_eq!(row.r#type, "t");
    assert_eq!(
        (row._2fa.as_deref(), row.weird_name.as_deref(), row.café.as_deref()),
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
    let everything = EverythingInsert::new("t").with_token(token).with_numbers(vec![1, 2]).with_matrix(vec![vec![1]]);
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
fn a_relation_says_in_its_type_where_it_leads() {
    let codes: Relation<Rule, _2fa> = Rule::TABLE_RELATION;
    let rule: Relation<_2fa, Rule> = _2fa::RULE;
    assert_eq!((codes.definition().kind, rule.definition().kind), (RelationKind::Many, RelationKind::One));
    assert_eq!(codes.on("r", "t"), r#"r."id" = t."rule_id""#);
    assert_eq!(rule.on("t", "r"), r#"t."rule_id" = r."id""#);
    assert_eq!(Rule::RELATIONS, [codes.definition().clone()]);
}

#[test]
fn keys_are_whole() {
    assert_eq!(Keys::BY_A.definition().predicate.as_deref(), Some("\"keys\".\"b\" is null"));
    assert_eq!(Keys::BY_KEYS_A_OTHER_INDEX.definition().predicate.as_deref(), Some("\"keys\".\"b\" = 'x'"));
    assert_eq!(Keys::BY_KEYS_LOWER_INDEX.definition().expressions.to_vec(), ["lower(\"a\")"]);
    assert!(Keys::BY_B.definition().nulls_not_distinct);
    assert_eq!(Keys::TABLE.default_conflict_key(), None);
    // As PostgreSQL cuts it: 63 bytes.
    let cut = ATableWithANameThatIsQuiteLongButStillFitsSixty::BY_EXTERNAL_REFERENCE;
    assert_eq!(cut.definition().name, "a_table_with_a_name_that_is_quite_long_but_still_fits_sixty_ext");
    // The columns of a primary key are not null, whatever they say themselves.
    assert!(Tagging::TABLE.columns.iter().all(|column| column.not_null));
}

/// Statements are made without a database.
#[test]
fn statements_show_their_sql() {
    let key = AuthUserRef::Login("ada".into());
    let insert = KeysInsert::new("a", "c").with_owner(key.clone()).insert();
    assert_eq!(
        insert.sql(),
        r#"INSERT INTO "public"."keys" ("a", "c", "owner") SELECT $1, $2, (SELECT "id" FROM "auth"."user" WHERE "login" = $3) WHERE (SELECT "id" FROM "auth"."user" WHERE "login" = $3) IS NOT NULL"#
    );
    assert_eq!(insert.parameters(), ["a", "c", "ada"].map(|text| Some(text.to_owned())));
    let upsert = KeysInsert::new("a", "c").upsert_on(Keys::BY_KEYS_A_OTHER_INDEX);
    assert_eq!(
        upsert.sql(),
        r#"INSERT INTO "public"."keys" ("a", "c") VALUES ($1, $2) ON CONFLICT ("a") WHERE "keys"."b" = 'x' DO UPDATE SET "c" = excluded."c" WHERE "public"."keys"."c" IS DISTINCT FROM excluded."c""#
    );
    let update = KeysPatch::default().with_b(None).update(7);
    assert_eq!(update.sql(), r#"UPDATE "public"."keys" SET "b" = $1 WHERE "id" = $2::integer"#);
    assert_eq!(update.parameters(), [None, Some("7".to_owned())]);
    assert_eq!(AuthUser::find(key).sql(), r#"SELECT "id", "login", "phone" FROM "auth"."user" WHERE "login" = $1"#);
}

#[test]
fn every_violation_is_told() {
    let insert = LimitInsert::new(1)
        .with_small(11)
        .with_label("löngest".to_owned())
        .with_amount("1000".parse::<rust_decimal::Decimal>().unwrap())
        .with_status(TextStatus::from("paused"))
        .with_level(LimitLevel::from("middling"))
        .with_document(serde_json::json!({"a": ["\0"]}))
        .with_words(vec!["four".to_owned()]);
    let violations = insert.validate().unwrap_err();
    let told: Vec<_> =
        violations.iter().map(|each| (each.column.as_str(), each.rule, each.value.as_deref().unwrap())).collect();
    assert_eq!(
        told,
        [
            ("small", runtime::Rule::Check, "11"),
            ("label", runtime::Rule::TooLong, "löngest"),
            ("amount", runtime::Rule::OutOfRange, "1000"),
            ("status", runtime::Rule::UnknownLabel, "paused"),
            ("level", runtime::Rule::NotListed, "middling"),
            ("document", runtime::Rule::NulCharacter, r#"{"a":["\u0000"]}"#),
            ("words", runtime::Rule::TooLong, r#"{"four"}"#),
        ]
    );
    assert!(violations.iter().all(|each| each.table == "public.limit"));
    assert!(violations[0].to_string().contains("limit_small"), "{}", violations[0]);
    // A value is shown by its start.
    let long = LimitPatch::default().with_label("x".repeat(200)).validate().unwrap_err();
    assert_eq!(long[0].value.as_deref(), Some(&*format!("{}…", "x".repeat(60))));
    assert_eq!(LimitPatch::default().with_label(None).validate(), Ok(()));
    // In the parts of a natural key too.
    let owner = AuthUserRef::Login("a\0".into());
    let violations = KeysInsert::new("a", "c").with_owner(owner).validate().unwrap_err();
    assert_eq!((violations[0].column.as_str(), violations[0].rule), ("owner.login", runtime::Rule::NulCharacter));
}

#[test]
fn checks_are_read_or_left_whole() {
    let read = |sql: &str| {
        let schema = fixture().0;
        let table = schema.tables.iter().find(|table| table.name == "limit").unwrap();
        let check = codegen::schema::Check { name: "c".to_owned(), expression: sql.to_owned().into() };
        codegen::model::checks::read(table, &check).len()
    };
    let cases = [
        ("small > 0", 1),
        ("(\"limit\".\"small\" > 0)", 1),
        ("public.limit.small >= -1 and small < 5", 2),
        ("7 > small", 1),
        ("amount between 0 and 0.5", 2),
        ("char_length(label) <= 4", 1),
        ("label = 'x'", 1),
        ("label in ('x', 'y') AND small != 3", 2),
        // Another table's column, arithmetic, functions, casts, escapes, other operators: the database's to tell.
        ("other.small > 0", 0),
        ("missing > 0", 0),
        ("small > 0 or amount > 0", 0),
        ("not small > 0", 0),
        ("small + 1 > 0", 0),
        ("small > 1e3", 0),
        ("small > - 1 - 1", 0),
        ("small = '5'", 0),
        ("label > 'a'", 0),
        ("label = E'\\n'", 0),
        ("label ~ '^a'", 0),
        ("lower(label) = 'x'", 0),
        ("code = 'abc'", 0),
        ("day > '2020-01-01'", 0),
        ("small::int > 0", 0),
        ("small > amount", 0),
        ("small > 0 and label ~ 'x'", 0),
        ("length(words) > 1", 0),
        ("small is not null", 0),
        ("", 0),
    ];
    for (sql, conditions) in cases {
        assert_eq!(read(sql), conditions, "{sql}");
    }
}

#[test]
fn a_numeric_fits_where_postgresql_says_so() {
    let cases = [
        ("99.99", 4, 2, true),
        ("99.994", 4, 2, true),
        ("99.995", 4, 2, false),
        ("100", 4, 2, false),
        ("-99.995", 4, 2, false),
        ("0.004", 2, 2, true),
        ("0.995", 2, 2, false),
        ("12345", 3, -2, true),
        ("99950", 3, -2, false),
        ("0", 1, 1, true),
        ("1e2", 3, 0, true),
        ("1e3", 3, 0, false),
        ("NaN", 1, 0, true),
        ("Infinity", 1, 0, false),
        ("0.0000001", 2, 4, true),
        ("0.0099", 2, 4, true),
        ("0.00995", 2, 4, false),
    ];
    for (form, precision, scale, expected) in cases {
        let number = Number::parse(form).unwrap_or_else(|| panic!("{form} is a number"));
        assert_eq!(number.fits(Some(precision), scale), expected, "{form} in numeric({precision}, {scale})");
    }
}

#[test]
fn what_is_no_number_is_none() {
    for form in ["", ".", "-", "1.2.3", "1e", "0x10", "1 2", "-NaN", "1,5"] {
        assert_eq!(Number::parse(form), None, "{form:?}");
    }
}
