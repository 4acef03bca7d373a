//! TSDoc comments and what they stand before.

use swc_common::comments::{CommentKind, SingleThreadedComments};

/// The TSDoc comments of a module, with the position of what each stands before.
pub(super) fn docs(comments: &SingleThreadedComments) -> Vec<(u32, String)> {
    let (leading, _) = comments.borrow_all();
    let docs = leading.iter().filter_map(|(position, comments)| {
        let last = comments.iter().rev().find(|c| c.kind == CommentKind::Block && c.text.starts_with('*'));
        last.map(|comment| (position.0, clean(&comment.text)))
    });
    docs.collect()
}

/// The text without the stars that frame it.
fn clean(comment: &str) -> String {
    let lines = comment.trim_start_matches('*').lines().map(|line| {
        let line = line.trim();
        line.strip_prefix('*').map_or(line, |rest| rest.strip_prefix(' ').unwrap_or(rest)).trim_end()
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}
