//! An identity that is always generated cannot be given.

#[path = "../fixtures/everything/generated/mod.rs"]
mod everything;
use everything::*;

fn main() {
    let _ = CounterInsert { id: 1 };
    let _ = CounterPatch::default().with_id(1);
}
