//! Every source against sites that misbehave, as a user meets it: the real program, a real server, a real database. The right
//! exit code, nothing wrong stored, and nothing asked twice.

#[path = "../../../tests/support/postgres.rs"]
mod postgres;
#[path = "../support/mod.rs"]
mod support;

mod illness;
mod resumed;
mod sources;

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use sources::Source;
use support::{Answer, Site};

/// A site that answers well, but for one target that may be ill.
struct Patient {
    site: Site,
    illness: Arc<Mutex<Option<(String, Answer)>>>,
}

impl Patient {
    async fn of(source: &Source) -> Self {
        let illness = Arc::new(Mutex::new(None::<(String, Answer)>));
        let (ill, healthy) = (Arc::clone(&illness), source.healthy);
        let site = Site::start(move |target, _| match &*ill.lock().unwrap() {
            Some((path, answer)) if path == target => answer.clone(),
            _ if target == "/robots.txt" => Answer::text(404, ""),
            _ => healthy(target),
        })
        .await;
        Self { site, illness }
    }

    fn falls_ill(&self, target: &str, answer: Answer) {
        *self.illness.lock().unwrap() = Some((target.to_owned(), answer));
    }

    fn recovers(&self) {
        *self.illness.lock().unwrap() = None;
    }
}

/// The program in folders of its own, impatient, at a site.
fn program(source: &Source, site: &Site, home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipeline"));
    command.args(arguments).current_dir(home).env_clear().env("HOME", home).stdin(Stdio::null());
    let settings = [
        ("HTTP_ATTEMPTS", "2"),
        ("HTTP_BACKOFF_BASE", "1ms"),
        ("HTTP_IDLE_TIMEOUT", "700ms"),
        ("HTTP_TIMEOUT", "2s"),
        ("HTTP_MAX_BODY_BYTES", "8388608"),
    ];
    command.envs(settings.map(|(name, value)| (format!("PIPELINE_{name}"), value)));
    let name = source.name;
    command.args(["--base-url", &format!("{name}={}", site.url), "--rate", &format!("{name}=1000/s")]);
    command
}

/// Runs a job to its end, and gives its exit code and its result.
async fn job(command: Command) -> (i32, Value) {
    let mut command = command;
    let Output { status, stdout, stderr } =
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let result: Value = serde_json::from_slice(&stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&[stdout, stderr].concat())));
    assert_eq!(result["exit_code"].as_i64(), status.code().map(i64::from));
    (status.code().unwrap_or(-1), result)
}
