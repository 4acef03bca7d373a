//! DAGs as pictures: text for a terminal, Mermaid for documents.

use std::fmt::Write;

use super::Dag;

/// A DAG as text: a line a task, with what it waits for and the tables that it loads.
pub fn text(dag: &Dag) -> String {
    let tasks: Vec<_> = dag.all_tasks().collect();
    let widest = tasks.iter().map(|(_, task)| task.name.len()).max().unwrap_or_default();
    let mut text = format!("{}  ({}; {} UTC)\n", dag.name, dag.about, dag.schedule);
    for (source, task) in &tasks {
        let cut: Vec<&str> = task.partitions.iter().map(|dimension| dimension.as_str()).collect();
        let cut = if cut.is_empty() { String::new() } else { format!(" by {}", cut.join(", ")) };
        let after = if task.after.is_empty() { String::new() } else { format!(" after {}", task.after.join(", ")) };
        let off = match (task.is_in_dag, source.is_on) {
            (false, _) => " (when named)",
            (true, false) => " (off unless settings say otherwise)",
            (true, true) => "",
        };
        let tables: Vec<String> = task.tables.iter().map(|table| table.qualified_name()).collect();
        // Writing to a string does not fail.
        let _ = writeln!(text, "  {:widest$}  {}{off}:{cut}{after}", task.name, source.name);
        let _ = writeln!(text, "  {:widest$}    {} -> {}", "", task.about, tables.join(", "));
    }
    text
}

/// A DAG as a Mermaid flow chart. Tasks of other DAGs that it needs are drawn with dashed arrows.
pub fn mermaid(dag: &Dag) -> String {
    let tasks = dag.tasks();
    let mut chart = String::from("flowchart LR\n");
    for (_, task) in &tasks {
        let cut: Vec<&str> = task.partitions.iter().map(|dimension| dimension.as_str()).collect();
        let label = if cut.is_empty() { String::new() } else { format!("<br/>by {}", cut.join(", ")) };
        let _ = writeln!(chart, "  {}[\"{}{label}\"]", node(task.name), task.name);
    }
    for (_, task) in &tasks {
        for before in task.after {
            let arrow = if tasks.iter().any(|(_, other)| other.name == *before) { "-->" } else { "-.->" };
            let _ = writeln!(chart, "  {} {arrow} {}", node(before), node(task.name));
        }
    }
    chart
}

/// Mermaid's identifiers have no hyphens.
fn node(name: &str) -> String {
    name.replace('-', "_")
}
