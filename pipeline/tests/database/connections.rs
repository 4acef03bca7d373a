//! What goes wrong on the way to a database, and how it is told.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pipeline::Exit;
use pipeline::database::{ConnectionSettings, Embedded, connect, pool};
use tokio::net::{TcpListener, UnixStream};

use crate::support::{Home, open, run, value};

/// Lets TCP clients reach an embedded server, which itself only listens on a Unix socket.
async fn over_tcp(embedded: &Embedded) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let socket: PathBuf = embedded.describe().folder.join("socket/.s.PGSQL.5432");
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = UnixStream::connect(&socket).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
        }
    });
    port
}

async fn error_of(url: &str) -> pipeline::Error {
    let settings = ConnectionSettings { acquire_timeout: Duration::from_secs(5), ..ConnectionSettings::default() };
    connect(url, &settings).await.map(drop).unwrap_err()
}

#[tokio::test]
async fn each_trouble_has_its_exit_code_and_shows_no_password() {
    let home = Home::new();
    let embedded = home.started().await;
    run(&embedded.url(), "create role app login password 'right'").await;
    let rules = embedded.describe().folder.join("data/pg_hba.conf");
    let old = std::fs::read_to_string(&rules).unwrap();
    std::fs::write(&rules, format!("local all app scram-sha-256\n{old}")).unwrap();
    run(&embedded.url(), "select pg_reload_conf()").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let port = over_tcp(&embedded).await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();

    let cases = [
        (format!("postgres://app:s3cret@127.0.0.1:{port}/pipeline"), Exit::Permission, "password"),
        (format!("postgres://app@127.0.0.1:{port}/pipeline?password=s3cret"), Exit::Permission, "password"),
        (format!("postgres://pipeline:s3cret@127.0.0.1:{port}/nowhere"), Exit::Configuration, "nowhere"),
        (format!("postgres://app:s3cret@127.0.0.1:{port}/x?sslmode=require"), Exit::Configuration, "sslmode="),
        (format!("postgres://app:s3cret@127.0.0.1:{port}/x?sslmode=verify-full"), Exit::Configuration, "sslmode="),
        (format!("postgres://app:s3cret@127.0.0.1:{closed}/x"), Exit::Temporary, "refused"),
        ("postgres://app:s3cret@localhost/x?host=/nowhere".to_owned(), Exit::Temporary, "No such file"),
    ];
    for (url, exit, word) in cases {
        let error = error_of(&url).await;
        let told = format!("{error} {}", error.help_text().unwrap_or_default());
        assert_eq!(error.exit(), exit, "{url}: {told}");
        assert!(told.contains(word), "{url}: {told}");
        assert!(!format!("{told} {error:?}").contains("s3cret"), "{url}: {error:?}");
    }
    open(&format!("postgres://app:right@127.0.0.1:{port}/pipeline")).await;
}

/// The cluster's server over TCP with TLS, which the embedded one does not offer; it ends when dropped.
struct TlsServer {
    process: Child,
    port: u16,
}

impl TlsServer {
    async fn start(embedded: &Embedded, certificate: &str, key: &str) -> Self {
        embedded.stop().await.unwrap();
        let described = embedded.describe();
        let data = described.folder.join("data");
        let owner = std::fs::metadata(&data).unwrap();
        for (name, text) in [("server.crt", certificate), ("server.key", key)] {
            let file = data.join(name);
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
            chown(&file, Some(owner.uid()), Some(owner.gid())).unwrap();
        }
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let process = Command::new(described.binaries.join("postgres"))
            .arg("-D")
            .arg(&data)
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="])
            .args(["-c", "ssl=on"])
            .current_dir("/")
            .uid(owner.uid())
            .gid(owner.gid())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { process, port }
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        // SIGINT: fast shutdown.
        kill(Pid::from_raw(i32::try_from(self.process.id()).unwrap()), Signal::SIGINT).unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test]
async fn certificates_are_checked_as_the_url_says() {
    let home = Home::new();
    let embedded = home.started().await;
    if value(&embedded.url(), "select current_setting('ssl_library')").await.is_empty() {
        eprintln!("SKIPPED: PostgreSQL in {} is built without TLS", embedded.describe().binaries.display());
        return;
    }
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let rules = embedded.describe().folder.join("data/pg_hba.conf");
    std::fs::write(&rules, "hostssl all all 127.0.0.1/32 trust\n").unwrap();
    let server = TlsServer::start(&embedded, &own.cert.pem(), &own.signing_key.serialize_pem()).await;
    let authority = home.path().join("authority.pem");
    std::fs::write(&authority, own.cert.pem()).unwrap();
    let (port, authority) = (server.port, authority.display());

    let url = |host: &str, query: &str| format!("postgres://pipeline@{host}:{port}/pipeline{query}");
    let settings = ConnectionSettings::default();
    let mut tries = 0;
    while connect(&url("localhost", ""), &settings).await.is_err() {
        tries += 1;
        assert!(tries < 100, "the server does not take TLS connections");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for query in ["?sslmode=require".to_owned(), format!("?sslmode=verify-full&sslrootcert={authority}")] {
        open(&url("localhost", &query)).await;
    }
    let cases = [
        // Nobody vouches for it.
        url("localhost", "?sslmode=verify-full"),
        url("localhost", "?sslrootcert=system"),
        // It is for another name.
        url("127.0.0.1", &format!("?sslmode=verify-full&sslrootcert={authority}")),
        // This server refuses what is not encrypted.
        url("localhost", "?sslmode=disable"),
    ];
    for url in cases {
        let error = error_of(&url).await;
        assert!(error.help_text().unwrap().contains("sslmode="), "{url}: {error:?}");
        assert!(matches!(error.exit(), Exit::Configuration | Exit::Permission), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://app@127.0.0.1:{}/x", listener.local_addr().unwrap().port());
    let settings = ConnectionSettings { acquire_timeout: Duration::from_millis(200), ..ConnectionSettings::default() };
    let error = connect(&url, &settings).await.map(drop).unwrap_err();
    assert_eq!(error.exit(), Exit::Temporary);
    assert!(error.to_string().contains("0.2 s"), "{error}");
}

#[tokio::test]
async fn the_pool_keeps_to_its_size_and_names_itself() {
    let home = Home::new();
    let embedded = home.started().await;
    let settings = ConnectionSettings {
        application_name: "pipeline test".to_owned(),
        pool_size: 2,
        acquire_timeout: Duration::from_millis(300),
    };
    let pool = pool(&embedded.url(), &settings).unwrap();
    let (_first, mut second) = (pool.acquire().await.unwrap(), pool.acquire().await.unwrap());
    let name: String = sqlx::query_scalar("select current_setting('application_name')")
        .persistent(false)
        .fetch_one(&mut *second)
        .await
        .unwrap();
    assert_eq!(name, "pipeline test");
    let error = pipeline::database::database_error("begin", pool.acquire().await.map(drop).unwrap_err());
    assert_eq!(error.exit(), Exit::Temporary);
    assert!(error.help_text().unwrap().contains("pool size"), "{error}");
}
