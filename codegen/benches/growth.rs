//! How the time to read a schema and write its DDL grows with the schema. `cargo bench -p codegen --bench growth`
//!
//! It is linear where the tables a second stay the same from row to row.

mod schemas;

use codegen::drizzle::Casing;
use codegen::{ReadOptions, read, sql};
use divan::Bencher;
use divan::counter::ItemsCount;
use schemas::Layout;

/// As the command has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    divan::main();
}

#[divan::bench(args = [10, 100, 1_000, 10_000], max_time = 5)]
fn one_file(bencher: Bencher<'_, '_>, tables: usize) {
    measure(bencher, tables, Layout::OneFile);
}

/// Five tables a file, behind barrels.
#[divan::bench(args = [10, 100, 1_000, 10_000], max_time = 5)]
fn many_files(bencher: Bencher<'_, '_>, tables: usize) {
    measure(bencher, tables, Layout::Files(tables / 5));
}

fn measure(bencher: Bencher<'_, '_>, tables: usize, layout: Layout) {
    let folder = tempfile::tempdir().expect("a folder");
    let schema = schemas::write(folder.path(), tables, layout).expect("the schema");
    let options =
        ReadOptions { root: folder.path().to_owned(), patterns: vec![schema.to_owned()], casing: Casing::Keep };
    bencher.counter(ItemsCount::new(tables)).bench(|| {
        let schema = read(&options).schema.expect("no errors");
        assert_eq!(schema.tables.len(), tables);
        sql::script(&schema)
    });
}
