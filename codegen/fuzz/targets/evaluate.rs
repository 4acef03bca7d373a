//! Parsing and evaluating alone: whatever a module holds, running it ends, without a panic.

#![no_main]

use std::thread;

use codegen::drizzle::DrizzlePackages;
use codegen::evaluate::Interpreter;
use codegen::parse::ModuleGraph;
use codegen_fuzz::{FILE, schema};
use libfuzzer_sys::fuzz_target;

/// As `codegen::read` has it.
const STACK_SIZE: usize = 512 << 20;

fuzz_target!(|bytes: &[u8]| {
    let folder = schema(bytes);
    let run = move || {
        let mut diagnostics = Vec::new();
        let graph = ModuleGraph::load(folder, &[folder.join(FILE)], &mut diagnostics);
        let packages = DrizzlePackages::default();
        let mut interpreter = Interpreter::new(&graph.modules, &packages);
        for entry in graph.modules.entries() {
            interpreter.run(*entry);
            interpreter.export_names(*entry);
        }
        diagnostics.extend(interpreter.take_diagnostics());
        for label in diagnostics.iter().flat_map(|diagnostic| diagnostic.primary.iter().chain(&diagnostic.labels)) {
            assert!(graph.sources.locate(label.span).is_some(), "{label:?} is in no file");
        }
    };
    let thread = thread::Builder::new().stack_size(STACK_SIZE).spawn(run).expect("a thread");
    thread.join().expect("evaluation ends without a panic");
});
