//! Through PgBouncer in transaction mode: each transaction may get another server connection, and nothing of a session stays.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::{Ran, Scene, server};

/// A pooler in front of the tests' server, on a Unix socket; it ends when dropped.
struct Pooler {
    folder: tempfile::TempDir,
    process: Child,
}

impl Pooler {
    fn start(database: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let here = folder.path().display();
        fs::write(folder.path().join("users.txt"), "\"postgres\" \"\"\n").unwrap();
        // The default list of startup parameters, and two server connections for all clients.
        let settings = format!(
            "[databases]\n{database} = host={} dbname={database} user=postgres\n[pgbouncer]\nlisten_addr =\nunix_socket_dir = \
             {here}\nauth_type = trust\nauth_file = {here}/users.txt\npool_mode = transaction\ndefault_pool_size = 2\nlogfile = \
             {here}/log\nserver_reset_query =\n",
            server().folder()
        );
        fs::write(folder.path().join("pgbouncer.ini"), settings).unwrap();
        let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].into_iter().find(|path| fs::exists(path).unwrap());
        let program = program.expect("tests/setup installs pgbouncer");
        // It refuses root, as the server does.
        let root = nix::unistd::geteuid().is_root();
        let mut command = Command::new(if root { "setpriv" } else { program });
        if root {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", program]);
        }
        command
            .arg(folder.path().join("pgbouncer.ini"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let process = command.spawn().unwrap();
        let pooler = Self { folder, process };
        for _ in 0..200 {
            if pooler.folder.path().join(".s.PGSQL.6432").exists() {
                return pooler;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        panic!(
            "PgBouncer does not start: {}",
            fs::read_to_string(pooler.folder.path().join("log")).unwrap_or_default()
        );
    }

    fn url(&self, database: &str) -> String {
        format!("postgresql://postgres@localhost:6432/{database}?host={}", self.folder.path().display())
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        kill(Pid::from_raw(self.process.id().try_into().unwrap()), Signal::SIGTERM).unwrap();
        self.process.wait().unwrap();
    }
}

#[tokio::test]
async fn everything_works_through_a_pooler_in_transaction_mode() {
    let mut scene = Scene::new().await;
    let pooler = Pooler::start(&scene.database);
    let url = pooler.url(&scene.database);
    let through = |mut command: Command| command.env("DATABASE_URL", &url).output().unwrap();
    let load = |arguments: &[&str]| Ran::from(through(scene.command(arguments)));
    let rows: String = (0..12_000).map(|n| format!("{n},Club {n},L{}\n", n % 3)).collect();
    scene.file("clubs.csv", format!("ncaa_id,name,league.code\n{rows}12001,a name that is much too long,L1\n"));
    scene.file("leagues.csv", "code\nL0\nL1\n");
    load(&["league", "leagues.csv"]).ok("inserted 2, read 2");
    load(&["club", "clubs.csv"]).ok("inserted 12000, quarantined 1, read 12001");
    load(&["club", "clubs.csv"]).ok("quarantined 1, read 12001, unchanged 12000");
    // Side by side on two server connections: one waits for the other.
    let mut commands = ["club", "club"].map(|table| scene.command(&[table, "clubs.csv"]));
    let children = commands.each_mut().map(|command| command.env("DATABASE_URL", &url).spawn().unwrap());
    for child in children {
        Ran::from(child.wait_with_output().unwrap()).ok("quarantined 1, read 12001, unchanged 12000");
    }
    let listed = through(scene.pipeline(&["quarantine", "list", "--summary"]));
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    scene.execute("ALTER TABLE club ALTER name TYPE text; INSERT INTO league (code) VALUES ('L2')").await;
    scene.file("wide.ts", crate::SCHEMA.replace("length: 20", "length: 60"));
    let ran = Ran::from(through(scene.pipeline(&["quarantine", "replay", "--schema", "wide.ts"])));
    ran.ok("inserted 1, read 4001, updated 4000");
    let leagues = "SELECT count(*)::text, count(league_id)::text FROM club";
    assert_eq!(scene.query(leagues).await, ["12001|12001"]);
    // Nothing of a session is left on the server's connections, which outlive their clients.
    let left = "SELECT count(*)::text FROM pg_locks JOIN pg_database d ON d.oid = database \
                WHERE locktype = 'advisory' AND datname = current_database()";
    assert_eq!(scene.query(left).await, ["0"]);
}
