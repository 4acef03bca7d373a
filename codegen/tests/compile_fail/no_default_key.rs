//! Without a default conflict key, a key must be named.

#[path = "../fixtures/everything/generated/mod.rs"]
mod everything;
use everything::*;

fn main() {
    let _ = KeysInsert::new("a", "c").upsert();
}
