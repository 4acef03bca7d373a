//! The rule for the default conflict key, case by case.

use codegen::generate::Overrides;
use codegen::model;
use codegen::schema::Schema;
use serde_json::{Value, json};

fn column(name: &str, changes: Value) -> Value {
    let mut column = json!({"name": name, "key": name, "docs": null,
        "location": {"file": "s.ts", "line": 1, "column": 1}, "sql_type": "text", "data_type": "text", "mode": null,
        "not_null": true, "primary_key": false, "default": null, "runtime_default": null, "on_update": null,
        "identity": null, "generated": null, "typescript_type": null, "text_enum": null});
    merge(&mut column, changes);
    column
}

fn merge(into: &mut Value, changes: Value) {
    for (key, value) in changes.as_object().unwrap() {
        into[key] = value.clone();
    }
}

/// A table `t` with `id serial` and given `a`, `b`, changed as said.
fn schema(changes: Value) -> Schema {
    let mut table = json!({"schema": null, "name": "t", "key": "t", "docs": null, "conflict_key": null,
        "location": {"file": "s.ts", "line": 1, "column": 1},
        "columns": [
            column("id", json!({"data_type": "serial", "sql_type": "serial", "primary_key": true})),
            column("a", json!({})),
            column("b", json!({}))],
        "primary_key": null, "uniques": [], "indexes": [], "foreign_keys": [], "checks": []});
    merge(&mut table, changes);
    serde_json::from_value(json!({"version": 1, "schemas": [], "enums": [], "tables": [table], "relations": []}))
        .unwrap()
}

fn unique(name: &str, columns: &[&str]) -> Value {
    json!({"name": name, "columns": columns, "nulls_not_distinct": false})
}

fn index(name: &str, part: &str, expression: bool, predicate: Option<&str>) -> Value {
    let part =
        json!({"expression": part, "is_expression": expression, "ascending": true, "nulls": null, "opclass": null});
    json!({"name": name, "columns": [part], "unique": true, "method": "btree", "predicate": predicate,
        "concurrently": false, "with": []})
}

/// The chosen key and all that was said.
fn choose(schema: &Schema, setting: Option<&str>) -> (Option<String>, Vec<String>) {
    let conflict_keys = setting.map(|key| ("public.t".to_owned(), key.to_owned())).into_iter().collect();
    let overrides = Overrides { conflict_keys, ..Overrides::default() };
    let mut notices = Vec::new();
    let model = model::build(schema, &overrides, &mut notices);
    let table = &model.tables[0];
    let key = table.conflict.key.map(|key| table.keys[key].0.name.clone());
    (key, notices.iter().map(ToString::to_string).collect())
}

#[test]
fn the_one_natural_key_is_chosen() {
    let computed = |change: Value| {
        json!([column("id", json!({"primary_key": true})), column("a", change), column("b", json!({}))])
    };
    let a = unique("t_a", &["a"]);
    let cases = [
        ("one unique constraint", json!({"uniques": [a]}), Some("t_a")),
        ("one unique index", json!({"indexes": [index("t_a", "a", false, None)]}), Some("t_a")),
        (
            "two over the same columns",
            json!({"uniques": [a], "indexes": [index("t_i", "a", false, None)]}),
            Some("t_a"),
        ),
        ("two: not decided", json!({"uniques": [a, unique("t_b", &["b"])]}), None),
        (
            "a partial one does not count",
            json!({"uniques": [a], "indexes": [index("t_i", "b", false, Some("true"))]}),
            Some("t_a"),
        ),
        ("nor one over an expression", json!({"indexes": [index("t_i", "lower(a)", true, None)]}), None),
        ("a serial is not given", json!({"uniques": [unique("t_id", &["id"])]}), None),
        ("nullable", json!({"columns": computed(json!({"not_null": false})), "uniques": [a]}), Some("t_pkey")),
        (
            "a constant default is no computation",
            json!({"columns": computed(json!({"default": {"sql": "''", "expression": false}})), "uniques": [a]}),
            Some("t_a"),
        ),
        (
            "a computed default is",
            json!({"columns": computed(json!({"default": {"sql": "f()", "expression": true}})), "uniques": [a]}),
            Some("t_pkey"),
        ),
        (
            "so is the client's",
            json!({"columns": computed(json!({"runtime_default": "uuid"})), "uniques": [a]}),
            Some("t_pkey"),
        ),
        ("generated", json!({"columns": computed(json!({"generated": "lower(b)"})), "uniques": [a]}), Some("t_pkey")),
        ("only a natural primary key", json!({"columns": computed(json!({}))}), Some("t_pkey")),
        ("only a surrogate one", json!({}), None),
    ];
    for (case, changes, expected) in cases {
        let (key, notices) = choose(&schema(changes), None);
        assert_eq!(key.as_deref(), expected, "{case}");
        assert_eq!(notices.len(), usize::from(expected.is_none()), "{case}: {notices:?}");
        assert!(
            notices.iter().all(|notice| notice.starts_with("warning[conflict-key]: table `public.t`")),
            "{notices:?}"
        );
    }
}

#[test]
fn a_named_key_wins_and_must_exist() {
    let two = json!({"uniques": [unique("t_a", &["a"]), unique("t_b", &["b"])],
        "indexes": [index("t_part", "b", false, Some("a = ''"))], "conflict_key": "t_b"});
    let two = schema(two);
    assert_eq!(choose(&two, None), (Some("t_b".to_owned()), vec![]));
    assert_eq!(choose(&two, Some("t_part")), (Some("t_part".to_owned()), vec![]));
    let (key, notices) = choose(&two, Some("t_prat"));
    assert_eq!(key, None);
    assert!(
        notices[0].starts_with("error[conflict-key]") && notices[0].contains("did you mean `t_part`?"),
        "{notices:?}"
    );
}
