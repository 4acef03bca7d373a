//! The graph as a picture: tasks in layers from top to bottom, each below those that it needs.

use std::collections::BTreeMap;

use super::filters::kind_of;
use crate::report;
use crate::run_report::tasks::{TaskFacts, severity};

/// The size of a box.
pub(super) const WIDTH: f64 = 188.0;
pub(super) const HEIGHT: f64 = 66.0;
/// Between boxes of a layer, and between layers.
const GAP: f64 = 18.0;
const FALL: f64 = 44.0;
/// What an arrow takes that passes a layer.
const LANE: f64 = 14.0;
const MARGIN: f64 = 4.0;
/// So many characters of a name fit.
const NAME: usize = 20;
/// And so many of its states.
const STATES: usize = 26;

/// The picture.
pub(super) struct Graph {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) boxes: Vec<TaskBox>,
    /// The arrows as paths.
    pub(super) arrows: Vec<String>,
}

/// A task in it.
pub(super) struct TaskBox {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) kind: &'static str,
    pub(super) name: String,
    /// Its partitions by state.
    pub(super) states: String,
    /// Its rows and time.
    pub(super) work: String,
    /// All of it, in words.
    pub(super) title: String,
}

/// What stands in a layer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Task(usize),
    /// An arrow on its way from one task to another.
    Lane(usize, usize),
}

impl Graph {
    pub(super) fn of(tasks: &[TaskFacts]) -> Self {
        let parents = parents(tasks);
        let depth = depths(&parents);
        let layers = layers(&parents, &depth);
        let width_of = |place: &Place| if matches!(place, Place::Task(_)) { WIDTH } else { LANE };
        let length =
            |layer: &Vec<Place>| layer.iter().map(width_of).sum::<f64>() + GAP * (layer.len().saturating_sub(1)) as f64;
        let widest = layers.iter().map(length).fold(0.0, f64::max);
        let mut middles = BTreeMap::<(Place, usize), f64>::new();
        for (number, layer) in layers.iter().enumerate() {
            let mut x = MARGIN + (widest - length(layer)) / 2.0;
            for place in layer {
                middles.insert((*place, number), x + width_of(place) / 2.0);
                x += width_of(place) + GAP;
            }
        }
        let top = |layer: usize| MARGIN + layer as f64 * (HEIGHT + FALL);
        let middle = |place: Place, layer: usize| middles.get(&(place, layer)).copied().unwrap_or_default();
        let boxes = tasks.iter().enumerate().map(|(number, task)| {
            let layer = depth[number];
            TaskBox::of(task, middle(Place::Task(number), layer) - WIDTH / 2.0, top(layer))
        });
        let mut arrows = Vec::new();
        for (child, before) in parents.iter().enumerate() {
            for parent in before {
                let mut x = middle(Place::Task(*parent), depth[*parent]);
                let mut path = format!("M{x:.0} {:.0}", top(depth[*parent]) + HEIGHT);
                for layer in depth[*parent] + 1..=depth[child] {
                    let is_end = layer == depth[child];
                    let place = if is_end { Place::Task(child) } else { Place::Lane(*parent, child) };
                    let (to, y, half) = (middle(place, layer), top(layer), FALL / 2.0);
                    // The arrow's head needs some room.
                    let end = if is_end { y - 5.0 } else { y };
                    path.push_str(&format!("C{x:.0} {:.0} {to:.0} {:.0} {to:.0} {end:.0}", y - half, y - half));
                    if !is_end {
                        path.push_str(&format!("V{:.0}", y + HEIGHT));
                    }
                    x = to;
                }
                arrows.push(path);
            }
        }
        let height = top(layers.len().saturating_sub(1)) + HEIGHT + MARGIN;
        Self { width: widest + 2.0 * MARGIN, height, boxes: boxes.collect(), arrows }
    }
}

/// What each task needs, by position, without what follows from the rest.
fn parents(tasks: &[TaskFacts]) -> Vec<Vec<usize>> {
    // Only of those before it: whatever a record says, there is no circle.
    let direct = |number: usize| -> Vec<usize> {
        (0..number).filter(|before| tasks[number].after.contains(&tasks[*before].task)).collect()
    };
    let direct: Vec<Vec<usize>> = (0..tasks.len()).map(direct).collect();
    let mut all: Vec<Vec<usize>> = Vec::new();
    for before in &direct {
        let mut reached = before.clone();
        reached.extend(before.iter().flat_map(|parent| all[*parent].iter().copied()));
        all.push(reached);
    }
    let is_needed = |before: &[usize], parent: &usize| !before.iter().any(|other| all[*other].contains(parent));
    direct.iter().map(|before| before.iter().copied().filter(|parent| is_needed(before, parent)).collect()).collect()
}

/// In which layer each task is.
fn depths(parents: &[Vec<usize>]) -> Vec<usize> {
    let mut depths: Vec<usize> = Vec::new();
    for before in parents {
        depths.push(before.iter().map(|parent| depths[*parent] + 1).max().unwrap_or(0));
    }
    depths
}

/// The layers, each ordered so that what belongs together is near: by the middle of what it hangs on.
fn layers(parents: &[Vec<usize>], depth: &[usize]) -> Vec<Vec<Place>> {
    let number = depth.iter().max().map_or(0, |deepest| deepest + 1);
    let mut layers: Vec<Vec<Place>> = vec![Vec::new(); number];
    for (child, before) in parents.iter().enumerate() {
        layers[depth[child]].push(Place::Task(child));
        for parent in before {
            for layer in &mut layers[depth[*parent] + 1..depth[child]] {
                layer.push(Place::Lane(*parent, child));
            }
        }
    }
    for number in 1..layers.len() {
        let (above, below) = layers.split_at_mut(number);
        let above = &above[number - 1];
        let position = |place: Place| above.iter().position(|known| *known == place);
        let hangs_on = |place: &Place| -> f64 {
            let before: Vec<usize> = match place {
                Place::Task(child) => {
                    let of = |parent: &usize| {
                        position(Place::Task(*parent)).or_else(|| position(Place::Lane(*parent, *child)))
                    };
                    parents[*child].iter().filter_map(of).collect()
                }
                Place::Lane(parent, _) => {
                    position(*place).or_else(|| position(Place::Task(*parent))).into_iter().collect()
                }
            };
            before.iter().sum::<usize>() as f64 / before.len().max(1) as f64
        };
        below[0].sort_by(|one, other| hangs_on(one).total_cmp(&hangs_on(other)));
    }
    layers
}

impl TaskBox {
    fn of(task: &TaskFacts, x: f64, y: f64) -> Self {
        let mut states: Vec<(&String, &usize)> = task.states.iter().collect();
        states.sort_by_key(|(state, _)| severity(state));
        let told = |(state, number): &(&String, &usize)| {
            let state = state.replace('-', " ");
            if task.partitions == 1 { state } else { format!("{} {state}", report::number(**number as u64)) }
        };
        let told: Vec<String> = states.iter().map(told).collect();
        let work = match (task.started_at, task.rows_read) {
            (None, _) => String::new(),
            (_, 0) => report::duration(task.busy_seconds),
            (_, 1) => format!("1 row, {}", report::duration(task.busy_seconds)),
            (_, rows) => format!("{} rows, {}", report::number(rows), report::duration(task.busy_seconds)),
        };
        let needs = if task.after.is_empty() { String::new() } else { format!("; after {}", task.after.join(", ")) };
        let all = told.join(", ");
        // The worst tells enough; the table below has all of them.
        let short = if all.chars().count() > STATES { format!("{}, …", told[0]) } else { all.clone() };
        Self {
            x,
            y,
            kind: states.first().map_or("idle", |(state, _)| kind_of(state)),
            name: cut(&task.task),
            states: short,
            title: format!("{}: {all}{}{work}{needs}", task.task, if work.is_empty() { "" } else { "; " }),
            work,
        }
    }
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}
