//! For tests: what was logged.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

/// Collects what is written to it. Clones share what they hold.
#[derive(Clone, Default)]
pub(super) struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Buffer {
    /// A maker of writers, as `tracing` wants one.
    pub(super) fn writer(&self) -> impl Fn() -> Self + Send + Sync + 'static {
        let shared = self.clone();
        move || shared.clone()
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
