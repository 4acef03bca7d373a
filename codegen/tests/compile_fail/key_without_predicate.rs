//! A key's columns do not go without its predicate.

#[path = "../fixtures/everything/generated/mod.rs"]
mod everything;
use everything::*;

fn main() {
    let _ = KeysInsert::new("a", "c").upsert_on(Keys::BY_A.definition().columns.clone());
}
