//! Libraries that panic over damaged files.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use crate::{Error, Exit, Result};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs what reads a file. A panic of it is an error of the file, told as such and nowhere else: a reader that is gone without a
/// word would look like one that came to the end.
pub(super) fn guarded<T>(name: &str, read: impl FnOnce() -> Result<T>) -> Result<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let others = take_hook();
        set_hook(Box::new(move |info| match GUARDED.get() {
            true => tracing::debug!("a reader panicked: {info}"),
            false => others(info),
        }));
    });
    let before = GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(read));
    GUARDED.set(before);
    done.unwrap_or_else(|_| {
        let message = format!("{name} is damaged in a way that its reader does not expect");
        Err(Error::new(Exit::Input, message).help("nothing was loaded from it"))
    })
}
