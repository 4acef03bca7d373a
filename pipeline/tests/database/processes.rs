//! The embedded database among several processes and users: this test binary is run again as another process.

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, Uid, User};
use pipeline::database::{Embedded, EmbeddedConfig};

use crate::support::{Home, ends, is_alive, server_pid, value};

const HOME: &str = "PIPELINE_TEST_HOME";
const THEN: &str = "PIPELINE_TEST_THEN";

/// Not a test of its own: what the other process does. It starts the database in the folder it is told, says so, and may
/// then wait.
#[tokio::test]
#[ignore = "run by the other tests as another process"]
async fn in_another_process() {
    let config = EmbeddedConfig { dir: std::env::var_os(HOME).map(Into::into), ..EmbeddedConfig::default() };
    let embedded = Embedded::locate(&config).await.unwrap();
    embedded.ensure_running().await.unwrap();
    let described = embedded.describe();
    let user = value(&embedded.url(), "current_user").await;
    let interrupt = tokio::spawn(tokio::signal::ctrl_c());
    tokio::task::yield_now().await;
    println!("\nstarted {} {} {user} {}", server_pid(&embedded), described.user, described.folder.display());
    if std::env::var(THEN).as_deref() == Ok("wait") {
        // Listened for, since a test run in the background of a script inherits that SIGINT is ignored.
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(60)) => {}
            interrupted = interrupt => panic!("{interrupted:?}"),
        }
    }
}

/// A command that runs [`in_another_process`], to which a test may add.
fn other(program: impl AsRef<std::ffi::OsStr>, home: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--exact", "processes::in_another_process", "--ignored", "--nocapture"])
        .env(HOME, home)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn this_binary() -> std::path::PathBuf {
    std::env::current_exe().unwrap()
}

/// The words after `started`, or everything that the process said.
fn wait_started(child: &mut Child) -> Vec<String> {
    let mut said = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    while output.read_line(&mut said).unwrap() > 0 {
        if let Some((_, rest)) = said.split_once("\nstarted ") {
            // The pipe stays open: its other end has more to say.
            child.stdout = Some(output.into_inner());
            return rest.split_whitespace().map(str::to_owned).collect();
        }
    }
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    panic!("the other process did not start the database:\n{said}");
}

#[tokio::test]
async fn two_processes_start_one_server() {
    let home = Home::new();
    let dir = home.config.dir.clone().unwrap();
    let mut children: Vec<Child> = (0..3).map(|_| other(this_binary(), &dir).spawn().unwrap()).collect();
    let started: Vec<_> = children.iter_mut().map(wait_started).collect();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    assert!(started.iter().all(|words| words == &started[0]), "{started:?}");
    assert_eq!(server_pid(&home.started().await).to_string(), started[0][0]);
}

#[tokio::test]
async fn ctrl_c_ends_the_command_and_not_the_server() {
    let home = Home::new();
    let mut child =
        other(this_binary(), home.config.dir.as_ref().unwrap()).env(THEN, "wait").process_group(0).spawn().unwrap();
    let words = wait_started(&mut child);
    // What a terminal does: the signal goes to the whole process group.
    let group = Pid::from_raw(-i32::try_from(child.id()).unwrap());
    kill(group, Signal::SIGINT).unwrap();
    assert!(!child.wait().unwrap().success());
    let server = Pid::from_raw(words[0].parse().unwrap());
    assert!(is_alive(server));
    assert_eq!(server_pid(&home.started().await), server);
}

#[tokio::test]
async fn a_first_start_that_is_killed_leaves_nothing_half_done() {
    // At any moment of making the files; and when they are there, with the server starting or not.
    let moments: [(&str, Moment); 5] = [
        ("after 50 ms", |_, passed| passed.as_millis() >= 50),
        ("after 250 ms", |_, passed| passed.as_millis() >= 250),
        ("after 600 ms", |_, passed| passed.as_millis() >= 600),
        ("with the files made", |data, _| clusters(data) == 1),
        ("with the socket made", |data, _| sockets(data) == 1),
    ];
    for (moment, has_come) in moments {
        let home = Home::new();
        let data = home.config.dir.clone().unwrap();
        let mut child = other(this_binary(), &data).env(THEN, "wait").spawn().unwrap();
        let started = Instant::now();
        while !has_come(&data, started.elapsed()) && started.elapsed() < Duration::from_secs(60) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let embedded = home.started().await;
        assert_eq!(value(&embedded.url(), "select 1").await, "1", "{moment}");
        // Nothing is left lying about either, once the killed process's own children have gone: only lock and cluster.
        assert!(embedded.stop().await.unwrap());
        embedded.ensure_running().await.unwrap();
        assert_eq!(std::fs::read_dir(&data).unwrap().count(), 2, "{moment}");
    }
}

/// Whether a moment has come, by the data folder and the time that has passed.
type Moment = fn(&Path, Duration) -> bool;

fn clusters(data: &Path) -> usize {
    let entries = std::fs::read_dir(data).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_name().to_string_lossy().starts_with("postgresql-")).count()
}

fn sockets(data: &Path) -> usize {
    let entries = std::fs::read_dir(data).into_iter().flatten().flatten();
    entries.filter(|entry| entry.path().join("socket/.s.PGSQL.5432").exists()).count()
}

#[tokio::test]
async fn a_plain_user_has_a_server_of_ones_own() {
    if !Uid::effective().is_root() {
        // Then every other test of this file is this one.
        return;
    }
    let user = User::from_name("nobody").unwrap().expect("this machine has a user `nobody`");
    let folder = tempfile::Builder::new().permissions(Permissions::from_mode(0o755)).tempdir().unwrap();
    // The build's folder may be closed to others.
    let program = folder.path().join("test");
    std::fs::copy(this_binary(), &program).unwrap();
    std::fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
    let home = folder.path().join("home");
    std::fs::create_dir(&home).unwrap();
    chown(&home, Some(user.uid.as_raw()), Some(user.gid.as_raw())).unwrap();
    std::fs::set_permissions(&home, Permissions::from_mode(0o700)).unwrap();

    // As cron would: no LANG, and hardly any environment. The folder is found through HOME.
    let path = std::env::var_os("PATH").unwrap();
    let mut child = other(&program, &home)
        .env_clear()
        .env("PATH", path)
        .env("HOME", &home)
        .current_dir("/")
        .uid(user.uid.as_raw())
        .gid(user.gid.as_raw())
        .spawn()
        .unwrap();
    let words = wait_started(&mut child);
    assert!(child.wait().unwrap().success());
    assert_eq!(words[1..3], ["nobody", "pipeline"]);
    let data = home.join(".local/share/drizzle-pipeline");
    assert!(words[3].starts_with(data.to_str().unwrap()), "{words:?}");

    // Root, given that folder, finds the same database and runs its server as the user whose it is.
    let config = EmbeddedConfig { dir: Some(data), ..EmbeddedConfig::default() };
    let embedded = Embedded::locate(&config).await.unwrap();
    embedded.ensure_running().await.unwrap();
    assert_eq!(server_pid(&embedded).to_string(), words[0]);
    assert!(embedded.stop().await.unwrap());
    embedded.ensure_running().await.unwrap();
    assert_eq!(embedded.describe().user, "nobody");
    assert!(embedded.reset().await.unwrap());
    assert!(ends(Pid::from_raw(words[0].parse().unwrap())));
}
