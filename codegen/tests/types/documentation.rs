//! docs/types.md shows the table of types.

use codegen::model::types::TYPES;

#[test]
fn every_row_of_the_table_is_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/types.md");
    let documentation = std::fs::read_to_string(path).unwrap();
    let rows = TYPES.iter().map(|mapping| {
        let names: Vec<String> = mapping.sql.iter().map(|name| format!("`{name}`")).collect();
        format!("| {} | `{}` | {} |", names.join(", "), mapping.rust, mapping.beyond)
    });
    let expected: Vec<String> = rows.collect();
    let found: Vec<&str> = documentation.lines().filter(|line| line.starts_with("| `")).collect();
    assert_eq!(found, expected);
}
