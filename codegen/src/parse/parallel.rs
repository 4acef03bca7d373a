//! Parsing files beside one another, on as many threads as there are processors.
//!
//! The results are taken in the order in which the files were found, whoever parsed them: positions, the modules' order and
//! the diagnostics' do not depend on timing.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, Scope};

use rustc_hash::FxHashMap;

use super::script::{Parsed, parse};
use crate::read::STACK_SIZE;
use crate::source::SourceFile;

/// Files to parse, and what they gave.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<(usize, Arc<SourceFile>)>,
    parsed: FxHashMap<usize, Parsed>,
    closed: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Parses what waits until the queue is closed.
    fn help(&self) {
        let mut state = self.lock();
        loop {
            if let Some((module, file)) = state.waiting.pop_front() {
                drop(state);
                let parsed = parse(&file);
                state = self.lock();
                state.parsed.insert(module, parsed);
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
}

impl<'scope, 'env> Parsers<'scope, 'env> {
    pub(super) fn new(scope: &'scope Scope<'scope, 'env>, queue: &'env Queue) -> Self {
        Self { scope, queue, has_helpers: false }
    }

    /// Adds a file. From the second that waits on, there is something to do for others.
    pub(super) fn add(&mut self, module: usize, file: Arc<SourceFile>) {
        let waiting = {
            let mut state = self.queue.lock();
            state.waiting.push_back((module, file));
            state.waiting.len()
        };
        if self.has_helpers {
            self.queue.changed.notify_one();
        } else if waiting > 1 {
            self.has_helpers = true;
            let processors = std::thread::available_parallelism().map_or(1, usize::from);
            for _ in 1..processors {
                let queue = self.queue;
                let helper = Builder::new().name("parse".to_owned()).stack_size(STACK_SIZE);
                // Without helpers it only takes longer.
                let _ = helper.spawn_scoped(self.scope, move || queue.help());
            }
        }
    }

    /// What a file that was added gave: waits for it, or parses it here.
    pub(super) fn take(&self, module: usize) -> Parsed {
        let mut state = self.queue.lock();
        loop {
            if let Some(parsed) = state.parsed.remove(&module) {
                return parsed;
            }
            state = match state.waiting.pop_front() {
                Some((next, file)) => {
                    drop(state);
                    let parsed = parse(&file);
                    if next == module {
                        return parsed;
                    }
                    let mut state = self.queue.lock();
                    state.parsed.insert(next, parsed);
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
