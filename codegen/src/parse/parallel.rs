//! Parsing files, and parts of long files, beside one another, on as many threads as there are processors.
//!
//! The results are taken in the order in which the files were found, whoever parsed them: positions, the modules' order and
//! the diagnostics' do not depend on timing.

use std::cell::OnceCell;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, Scope};

use rustc_hash::FxHashMap;

use super::script::{Parsed, Part, join, parse};
use super::split::split;
use crate::read::STACK_SIZE;
use crate::source::SourceFile;

/// From how many bytes on a file is long.
const LONG: usize = 48 << 10;

/// Files to parse, and what they gave.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Task>,
    parsed: FxHashMap<usize, Found>,
    closed: bool,
}

/// A part of a module's file to be parsed.
#[derive(Debug)]
struct Task {
    module: usize,
    part: usize,
    file: Arc<SourceFile>,
    range: Range<usize>,
}

/// What has been found of a module so far.
#[derive(Debug)]
struct Found {
    file: Arc<SourceFile>,
    parts: Vec<Option<Part>>,
}

impl State {
    fn put(&mut self, task: &Task, parsed: Part) {
        if let Some(found) = self.parsed.get_mut(&task.module) {
            found.parts[task.part] = Some(parsed);
        }
    }

    /// All that was found of a module, once that is all there is.
    fn take(&mut self, module: usize) -> Option<(Arc<SourceFile>, Vec<Part>)> {
        let complete = self.parsed.get(&module)?.parts.iter().all(Option::is_some);
        let found = if complete { self.parsed.remove(&module)? } else { return None };
        Some((found.file, found.parts.into_iter().flatten().collect()))
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Parses what waits until the queue is closed.
    fn help(&self) {
        let mut state = self.lock();
        loop {
            if let Some(task) = state.waiting.pop_front() {
                drop(state);
                let parsed = parse(&task.file, task.range.clone());
                state = self.lock();
                state.put(&task, parsed);
                self.changed.notify_all();
            } else if state.closed {
                return;
            } else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    fn close(&self) {
        self.lock().closed = true;
        self.changed.notify_all();
    }
}

/// The side that finds files and takes results.
pub(super) struct Parsers<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    queue: &'env Queue,
    has_helpers: bool,
    /// Asked for only where there is something to share out.
    processors: OnceCell<usize>,
}

impl<'scope, 'env> Parsers<'scope, 'env> {
    pub(super) fn new(scope: &'scope Scope<'scope, 'env>, queue: &'env Queue) -> Self {
        Self { scope, queue, has_helpers: false, processors: OnceCell::new() }
    }

    /// Adds a file. From the second task that waits on, there is something to do for others.
    pub(super) fn add(&mut self, module: usize, file: Arc<SourceFile>) {
        let ranges = self.ranges(&file);
        let waiting = {
            let mut state = self.queue.lock();
            let parts = ranges.iter().map(|_| None).collect();
            state.parsed.insert(module, Found { file: Arc::clone(&file), parts });
            let tasks = ranges.into_iter().enumerate();
            state.waiting.extend(tasks.map(|(part, range)| Task { module, part, file: Arc::clone(&file), range }));
            state.waiting.len()
        };
        if self.has_helpers {
            self.queue.changed.notify_all();
        } else if waiting > 1 {
            self.has_helpers = true;
            for _ in 1..self.processors() {
                let queue = self.queue;
                let helper = Builder::new().name("parse".to_owned()).stack_size(STACK_SIZE);
                // Without helpers it only takes longer.
                let _ = helper.spawn_scoped(self.scope, move || queue.help());
            }
        }
    }

    /// The parts that a file is parsed in.
    fn ranges(&self, file: &SourceFile) -> Vec<Range<usize>> {
        let is_long = file.text.len() >= LONG && file.path.extension().is_none_or(|extension| extension != "json");
        split(&file.text, if is_long { self.processors() } else { 1 })
    }

    fn processors(&self) -> usize {
        *self.processors.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
    }

    /// What a file that was added gave: waits for it, or parses it here.
    pub(super) fn take(&self, module: usize) -> Parsed {
        let mut state = self.queue.lock();
        loop {
            if let Some((file, parts)) = state.take(module) {
                drop(state);
                return join(&file, parts);
            }
            state = match state.waiting.pop_front() {
                Some(task) => {
                    drop(state);
                    let parsed = parse(&task.file, task.range.clone());
                    let mut state = self.queue.lock();
                    state.put(&task, parsed);
                    state
                }
                None => self.queue.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

impl Drop for Parsers<'_, '_> {
    /// The scope waits for the helpers, and they for this.
    fn drop(&mut self) {
        self.queue.close();
    }
}
