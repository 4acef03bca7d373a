//! Parsing files, and parts of long files, beside one another, on as many threads as there are processors.
//!
//! The results are taken in the order in which the files were found, whoever parsed them: positions, the modules' order and
//! the diagnostics' do not depend on timing.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::script::{Parsed, Part, join, parse};
use super::split::split;
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
pub(super) struct State {
    waiting: VecDeque<Task>,
    parsed: FxHashMap<usize, Found>,
    /// How many threads wait for a change.
    asleep: usize,
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

    /// Adds a module's file, in the parts that it is parsed in.
    pub(super) fn add(&self, module: usize, file: &Arc<SourceFile>) {
        let is_long = file.text.len() >= LONG && file.path.extension().is_none_or(|extension| extension != "json");
        let ranges = split(&file.text, if is_long { processors() } else { 1 });
        let mut state = self.lock();
        let parts = ranges.iter().map(|_| None).collect();
        state.parsed.insert(module, Found { file: Arc::clone(file), parts });
        let tasks = ranges.into_iter().enumerate();
        state.waiting.extend(tasks.map(|(part, range)| Task { module, part, file: Arc::clone(file), range }));
        self.tell(&state);
    }

    /// How many files and parts nobody has begun to parse.
    pub(super) fn waiting(&self) -> usize {
        self.lock().waiting.len()
    }

    /// What a file that was added gave.
    pub(super) fn take(&self, module: usize) -> Option<Parsed> {
        self.parse_until(|state| state.take(module)).map(|(file, parts)| join(&file, parts))
    }

    /// Parses what waits, until `done` gives something; `None` when it has not and the queue is closed.
    pub(super) fn parse_until<T>(&self, mut done: impl FnMut(&mut State) -> Option<T>) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(found) = done(&mut state) {
                return Some(found);
            }
            if let Some(task) = state.waiting.pop_front() {
                drop(state);
                let parsed = parse(&task.file, task.range.clone());
                state = self.lock();
                state.put(&task, parsed);
                self.tell(&state);
            } else if state.closed {
                return None;
            } else {
                state.asleep += 1;
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                state.asleep -= 1;
            }
        }
    }

    /// Has those who wait look again whether what they wait for is there.
    pub(super) fn wake(&self) {
        self.tell(&self.lock());
    }

    /// Tells who waits that something has changed: a call of the system, though nobody may wait.
    fn tell(&self, state: &State) {
        if state.asleep > 0 {
            self.changed.notify_all();
        }
    }

    /// Nothing will be added any more.
    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        self.tell(&state);
    }
}

/// How many threads run at a time. To find out takes longer than to parse a short file.
pub(super) fn processors() -> usize {
    static PROCESSORS: OnceLock<usize> = OnceLock::new();
    *PROCESSORS.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from))
}
