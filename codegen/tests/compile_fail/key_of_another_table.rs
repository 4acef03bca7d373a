//! A key belongs to its table.

#[path = "../fixtures/everything/generated/mod.rs"]
mod everything;
use everything::*;

fn main() {
    let _ = KeysInsert::new("a", "c").upsert_on(User::BY_EMAIL);
}
