//! TSDoc comments and what they stand before.

use std::collections::HashMap;

use swc_common::comments::{CommentKind, SingleThreadedComments};

/// The TSDoc comments of all modules, by the position of what they stand before.
#[derive(Debug, Default)]
pub(super) struct Docs {
    before: HashMap<u32, String>,
}

impl Docs {
    pub(super) fn add(&mut self, comments: &SingleThreadedComments) {
        let (leading, _) = comments.borrow_all();
        for (position, comments) in leading.iter() {
            let last = comments.iter().rev().find(|c| c.kind == CommentKind::Block && c.text.starts_with('*'));
            if let Some(comment) = last {
                self.before.insert(position.0, clean(&comment.text));
            }
        }
    }

    pub(super) fn before(&self, position: u32) -> Option<&str> {
        self.before.get(&position).map(String::as_str)
    }
}

/// The text without the stars that frame it.
fn clean(comment: &str) -> String {
    let lines = comment.trim_start_matches('*').lines().map(|line| {
        let line = line.trim();
        line.strip_prefix('*').map_or(line, |rest| rest.strip_prefix(' ').unwrap_or(rest)).trim_end()
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
