//! The whole process against drizzle-kit's, on the same schemas, taking turns.
//! `cargo bench -p codegen --bench against_drizzle_kit [-- ROUNDS]`
//!
//! drizzle-kit comes from `drizzle-schemas/node_modules` (`npm ci` there). Peak memory is what GNU time says. *swc alone* is
//! the bound that the parser sets: a process that reads the same files and parses them, one after the other, and nothing else.

mod schemas;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use schemas::Layout;
use swc_common::BytePos;
use swc_ecma_parser::{Parser, StringInput, Syntax, TsSyntax};

/// As the command has it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What this program is called with to be the process that only parses.
const PARSE: &str = "--parse-only";

const SHAPES: [(&str, usize, Layout); 3] = [
    ("4 tables", 4, Layout::OneFile),
    ("150 tables in a file", 150, Layout::OneFile),
    ("150 tables in 100 files", 150, Layout::Files(100)),
];

fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().is_some_and(|first| first == PARSE) {
        return arguments.for_each(|file| parse(&file));
    }
    let rounds = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(10);
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../drizzle-schemas/node_modules");
    let packages = packages.canonicalize().expect("drizzle-schemas/node_modules: run `npm ci` in drizzle-schemas");
    println!("medians of {rounds} rounds, the fastest in parentheses\n");
    println!(
        "| schema | codegen, ms | drizzle-kit, ms | times faster | swc alone, ms | peak memory, MB | theirs | part |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for (name, tables, layout) in SHAPES {
        let folder = tempfile::tempdir().expect("a folder");
        let schema = schemas::write(folder.path(), tables, layout).expect("the schema");
        std::os::unix::fs::symlink(&packages, folder.path().join("node_modules")).expect("a link");
        let kit = packages.join("drizzle-kit/bin.cjs").to_string_lossy().into_owned();
        let ours = [env!("CARGO_BIN_EXE_codegen"), "export", "--format", "sql", "--schema", schema];
        let theirs = ["node", &kit, "export", "--dialect", "postgresql", "--schema", schema];
        let this = std::env::current_exe().expect("this program").to_string_lossy().into_owned();
        let mut parse_only = vec![this, PARSE.to_owned()];
        typescript_files(folder.path(), &mut parse_only);
        let parse_only: Vec<&str> = parse_only.iter().map(String::as_str).collect();
        let [mut our_times, mut their_times, mut parse_times] = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..rounds {
            // Ours is too short for one sample to say much.
            our_times.extend((0..10).map(|_| milliseconds(&ours, folder.path())));
            parse_times.extend((0..10).map(|_| milliseconds(&parse_only, folder.path())));
            their_times.push(milliseconds(&theirs, folder.path()));
        }
        let (our_time, their_time, parse_time) =
            (median(&mut our_times), median(&mut their_times), median(&mut parse_times));
        let (our_peak, their_peak) = (peak(&ours, folder.path()), peak(&theirs, folder.path()));
        println!(
            "| {name} | {our_time:.2} ({:.2}) | {their_time:.0} ({:.0}) | {:.0} ({:.0}) | {parse_time:.2} ({:.2}) | {our_peak:.1} | {their_peak:.1} | 1/{:.1} |",
            our_times[0],
            their_times[0],
            their_time / our_time,
            their_times[0] / our_times[0],
            parse_times[0],
            their_peak / our_peak,
        );
    }
}

/// All TypeScript files below a folder, but for what is linked.
fn typescript_files(folder: &Path, files: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry")) {
        let (path, kind) = (entry.path(), entry.file_type().expect("a kind"));
        if kind.is_dir() {
            typescript_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "ts") {
            files.push(path.to_string_lossy().into_owned());
        }
    }
}

fn parse(file: &str) {
    let text = std::fs::read_to_string(file).expect("the file can be read");
    let input = StringInput::new(&text, BytePos(1), BytePos(1 + text.len() as u32));
    let tree = Parser::new(Syntax::Typescript(TsSyntax::default()), input, None).parse_module();
    // As in the command, nobody waits for the tree's memory to be given back.
    std::mem::forget(tree.expect("the file has no error"));
}

fn milliseconds(arguments: &[&str], folder: &Path) -> f64 {
    let start = Instant::now();
    let mut command = Command::new(arguments[0]);
    let status = command.args(&arguments[1..]).current_dir(folder).stdout(Stdio::null()).status();
    assert!(status.expect("it runs").success(), "{arguments:?}");
    start.elapsed().as_secs_f64() * 1000.0
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// The largest resident set, in MB; not a number where GNU time is not installed.
fn peak(arguments: &[&str], folder: &Path) -> f64 {
    let mut command = Command::new("time");
    let output = command.args(["-f", "%M"]).args(arguments).current_dir(folder).stdout(Stdio::null()).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stderr).into_owned()).unwrap_or_default();
    text.lines().last().and_then(|line| line.parse::<f64>().ok()).map_or(f64::NAN, |kilobytes| kilobytes / 1000.0)
}
