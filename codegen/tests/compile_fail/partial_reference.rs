//! A partial key does not name a row among all.

#[path = "../fixtures/everything/generated/mod.rs"]
mod everything;
use everything::*;

fn main() {
    let _ = KeysRef::A("a".to_owned());
}
