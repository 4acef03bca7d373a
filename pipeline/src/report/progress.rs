//! Progress: bars for who watches, a line now and then for who reads the log later, nothing with `--quiet`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{HumanCount, MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal::{Terminal, write_to_stderr};

/// How often a task says in the log how far it is, where no bars can be drawn.
const INTERVAL: Duration = Duration::from_secs(10);

/// The progress of a run. Clones share the terminal.
#[derive(Debug, Clone)]
pub struct Progress {
    mode: Mode,
}

#[derive(Debug, Clone)]
enum Mode {
    Bars(MultiProgress),
    Lines(Duration),
    Silent,
}

impl Progress {
    /// Bars on a terminal, log lines elsewhere, nothing if `quiet`.
    pub fn new(terminal: &Terminal, quiet: bool) -> Self {
        let mode = match (quiet, terminal.interactive) {
            (true, _) => Mode::Silent,
            (false, true) => Mode::Bars(MultiProgress::with_draw_target(ProgressDrawTarget::stderr())),
            (false, false) => Mode::Lines(INTERVAL),
        };
        Self { mode }
    }

    /// No progress at all.
    pub fn silent() -> Self {
        Self { mode: Mode::Silent }
    }

    /// Begins a task of `total` steps, if their number is known.
    pub fn task(&self, name: &str, total: Option<u64>) -> ProgressTask {
        let state = match &self.mode {
            Mode::Bars(bars) => State::Bar(bars.add(bar(name, total))),
            Mode::Lines(interval) => State::Lines(Arc::new(Lines::new(name, total, *interval))),
            Mode::Silent => State::Silent,
        };
        ProgressTask { state }
    }

    /// Begins a task that counts rows while it reads `total` bytes, if their number is known.
    pub fn rows(&self, name: &str, total: Option<u64>) -> RowsTask {
        let state = match &self.mode {
            Mode::Bars(bars) => {
                let bar = bars.add(bar(name, total));
                let template = match total {
                    Some(_) => "{prefix:22} {wide_bar} {msg} {eta:>4} left",
                    None => "{prefix:22} {spinner} {msg} {elapsed}",
                };
                bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
                State::Bar(bar)
            }
            Mode::Lines(interval) => State::Lines(Arc::new(Lines::new(name, None, *interval))),
            Mode::Silent => State::Silent,
        };
        RowsTask { state, rows: 0, started: Instant::now(), total }
    }

    /// Writes whole lines to standard error, above the bars if there are any. Nobody may be reading: that is no error.
    pub fn write(&self, text: &str) {
        match &self.mode {
            Mode::Bars(bars) => bars.suspend(|| write_to_stderr(text)),
            Mode::Lines(_) | Mode::Silent => write_to_stderr(text),
        }
    }
}

fn bar(name: &str, total: Option<u64>) -> ProgressBar {
    let template = match total {
        Some(_) => "{prefix:22} {wide_bar} {human_pos}/{human_len} {eta:>4}",
        None => "{prefix:22} {spinner} {human_pos} {elapsed}",
    };
    let bar = match total {
        Some(total) => ProgressBar::new(total),
        None => ProgressBar::no_length(),
    };
    // The templates are constants, and every test on a terminal shows a broken one.
    bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_prefix(name.to_owned());
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// One task's progress. Clones count together; the task ends when the last is dropped.
#[derive(Debug, Clone)]
pub struct ProgressTask {
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    Bar(ProgressBar),
    Lines(Arc<Lines>),
    Silent,
}

impl ProgressTask {
    /// `steps` more are done.
    pub fn advance(&self, steps: u64) {
        match &self.state {
            State::Bar(bar) => bar.inc(steps),
            State::Lines(lines) => lines.advance(steps),
            State::Silent => {}
        }
    }
}

/// A task that counts rows: how many, how fast, and how long it will still take.
#[derive(Debug)]
pub struct RowsTask {
    state: State,
    rows: u64,
    started: Instant,
    total: Option<u64>,
}

impl RowsTask {
    /// `rows` more went by, and `bytes` have been read by now.
    pub fn advance(&mut self, rows: u64, bytes: u64) {
        self.rows += rows;
        let seconds = self.started.elapsed().as_secs_f64().max(0.001);
        let rate = (self.rows as f64 / seconds) as u64;
        match &self.state {
            State::Bar(bar) => {
                bar.set_position(bytes);
                bar.set_message(format!("{} rows, {}/s", HumanCount(self.rows), HumanCount(rate)));
            }
            State::Lines(lines) => {
                lines.tell(rows, |done| {
                    let left = self.total.filter(|_| bytes > 0).map(|total| {
                        let seconds = seconds * (total.saturating_sub(bytes)) as f64 / bytes as f64;
                        seconds.round()
                    });
                    tracing::info!(
                        what = lines.name,
                        rows = done,
                        rows_per_second = rate,
                        seconds_left = left,
                        "progress"
                    );
                });
            }
            State::Silent => {}
        }
    }
}

/// A task that tells its progress in the log.
#[derive(Debug)]
struct Lines {
    name: String,
    total: Option<u64>,
    done: AtomicU64,
    interval: Duration,
    started: Instant,
    told: Mutex<Instant>,
}

impl Lines {
    fn new(name: &str, total: Option<u64>, interval: Duration) -> Self {
        let now = Instant::now();
        let done = AtomicU64::new(0);
        Self { name: name.to_owned(), total, done, interval, started: now, told: Mutex::new(now) }
    }

    fn advance(&self, steps: u64) {
        self.tell(steps, |done| tracing::info!(what = self.name, done, total = self.total, "progress"));
    }

    /// Counts, and now and then calls `tell` with the count.
    fn tell(&self, steps: u64, tell: impl FnOnce(u64)) {
        let done = self.done.fetch_add(steps, Ordering::Relaxed) + steps;
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.elapsed() >= self.interval {
            *told = Instant::now();
            tell(done);
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        let seconds = self.started.elapsed().as_secs_f64();
        let seconds = (seconds * 1000.0).round() / 1000.0;
        tracing::info!(what = self.name, done = self.done.get_mut(), total = self.total, seconds, "progress ended");
    }
}

#[cfg(test)]
mod tests {
    use super::super::capture::Buffer;
    use super::*;

    /// What was logged while `work` ran.
    fn logged(work: impl FnOnce()) -> String {
        let buffer = Buffer::default();
        let subscriber = tracing_subscriber::fmt().with_writer(buffer.writer()).with_ansi(false).finish();
        tracing::subscriber::with_default(subscriber, work);
        buffer.text()
    }

    #[test]
    fn without_a_terminal_progress_is_a_line_now_and_then() {
        let often = logged(|| {
            let task = Progress { mode: Mode::Lines(Duration::ZERO) }.task("schools", Some(3));
            let other = task.clone();
            task.advance(1);
            other.advance(2);
        });
        let lines: Vec<&str> = often.lines().collect();
        assert_eq!(lines.len(), 3, "{often}");
        assert!(lines[1].contains("done=3") && lines[1].contains("total=3"), "{often}");
        assert!(lines[2].contains("progress ended") && lines[2].contains("schools"), "{often}");

        let seldom = logged(|| {
            let task = Progress::new(&Terminal::plain(), false).task("schools", None);
            (0..1000).for_each(|_| task.advance(1));
        });
        assert_eq!(seldom.lines().count(), 1, "{seldom}");
        assert_eq!(logged(|| Progress::new(&Terminal::plain(), true).task("schools", None).advance(1)), "");
    }
}
