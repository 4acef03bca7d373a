//! The whole of `codegen export` and of the models: a schema gives its outputs, anything else an error that says where.

#![no_main]

use codegen::diagnostic::{Look, render};
use codegen::drizzle::Casing;
use codegen::generate::{Overrides, generate};
use codegen::schema::{Schema, Wording};
use codegen::{ReadOptions, read, snapshot, sql};
use codegen_fuzz::{FILE, schema};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let root = schema(bytes).to_owned();
    let read = read(&ReadOptions { root, patterns: vec![FILE.to_owned()], casing: Casing::Snake });
    for look in [Look::Plain, Look::Json] {
        let said = render(&read.diagnostics, &read.sources, look);
        assert_eq!(said.is_empty(), read.diagnostics.is_empty());
    }
    let Some(schema) = read.schema else {
        assert!(!read.diagnostics.is_empty(), "no schema, and nothing is said of it");
        return;
    };
    for wording in [Wording::Valid, Wording::DrizzleKit] {
        sql::script_in(&schema, wording, true);
        snapshot::snapshot(&schema, wording).expect("a snapshot is JSON");
    }
    let document = serde_json::to_string(&schema).expect("the IR is JSON");
    let again: Schema = serde_json::from_str(&document).expect("the IR reads what it wrote");
    assert_eq!(serde_json::to_string(&again).expect("the IR is JSON"), document);
    // Errors are about names and overrides, and are told.
    let _ = generate(&schema, &Overrides::default());
});
