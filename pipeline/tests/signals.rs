//! SIGINT and SIGTERM: the first asks a job to end, the second ends the process. The job is this test program itself, started
//! again, since a signal is for a whole process.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pipeline::shutdown::Shutdown;

/// Says to the program started again which kind of job it is.
const JOB: &str = "SHUTDOWN_TEST_JOB";

#[tokio::test]
async fn job() {
    let Ok(kind) = std::env::var(JOB) else {
        return;
    };
    let shutdown = Shutdown::listen().unwrap();
    println!("ready");
    shutdown.requested().await;
    println!("asked");
    if kind == "deaf" {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
    std::process::exit(shutdown.check().unwrap_err().exit().code().into());
}

/// A job, and what it says.
struct Running(Child, BufReader<ChildStdout>);

impl Running {
    fn start(kind: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "job", "--nocapture"]).env(JOB, kind).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut running = Self(child, stdout);
        running.wait_for("ready");
        running
    }

    fn wait_for(&mut self, word: &str) {
        let found = self.1.by_ref().lines().any(|line| line.unwrap().contains(word));
        assert!(found, "the job ended before it said {word}");
    }

    fn send(&self, signal: Signal) {
        kill(Pid::from_raw(self.0.id().try_into().unwrap()), signal).unwrap();
    }

    fn exit_code(&mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }
}

#[test]
fn the_first_signal_asks_and_the_exit_code_says_which_it_was() {
    for (signal, code) in [(Signal::SIGINT, 130), (Signal::SIGTERM, 143)] {
        let mut job = Running::start("willing");
        job.send(signal);
        assert_eq!(job.exit_code(), Some(code), "{signal}");
    }
}

#[test]
fn the_second_signal_ends_a_job_that_does_not_listen() {
    for (first, second, code) in [(Signal::SIGINT, Signal::SIGINT, 130), (Signal::SIGINT, Signal::SIGTERM, 143)] {
        let mut job = Running::start("deaf");
        job.send(first);
        job.wait_for("asked");
        job.send(second);
        assert_eq!(job.exit_code(), Some(code), "{first}, {second}");
    }
}
