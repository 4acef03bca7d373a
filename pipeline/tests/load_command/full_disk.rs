//! A disk that is full: the load ends with 75, and the tables are as they were.
//!
//! The disk is a small file system in memory, which only root may mount.

use std::path::Path;
use std::process::Command;

use crate::{Scene, server};

/// A small file system; it is unmounted when dropped.
struct Disk(tempfile::TempDir);

impl Disk {
    /// `None`, and a word about it, where it cannot be mounted.
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let run = |program: &str, arguments: &[&str]| Command::new(program).args(arguments).arg(folder.path()).status();
        let mounted = run("mount", &["-t", "tmpfs", "-o", "size=12m", "none"]).is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("NOT RUN: mounting a small file system needs root");
            return None;
        }
        assert!(run("chown", &["postgres"]).is_ok_and(|status| status.success()));
        Some(Self(folder))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The server's files are still open: it goes when they do.
        Command::new("umount").arg("--lazy").arg(self.path()).status().unwrap();
    }
}

#[tokio::test]
async fn a_full_disk_ends_a_load_and_changes_nothing() {
    let rows = |version: u32| -> String {
        let row = |n: u32| {
            format!("{n},Club {n},\"{{{}}}\"\n", format!("{version}{n:_>60},").repeat(2).trim_end_matches(','))
        };
        format!("ncaa_id,name,colors\n{}", (0..12_000).map(row).collect::<String>())
    };
    let state =
        "SELECT md5(string_agg(ncaa_id || name || colors::text, ',' ORDER BY ncaa_id)), count(*)::text FROM club";
    let Some(disk) = Disk::mount() else { return };
    let mut scene = Scene::new().await;
    let space = format!("space_of_{}", scene.database);
    scene.execute(&format!("CREATE TABLESPACE {space} LOCATION '{}'", disk.path().display())).await;
    // Where the rows are staged; where they are merged into.
    for full in ["temp_tablespaces", "table"] {
        scene.execute("TRUNCATE club CASCADE").await;
        scene.load_text("club", "first.csv", "ncaa_id,name\n1,A\n2,B\n");
        let before = scene.query(state).await;
        let set = match full {
            "table" => format!("ALTER TABLE club SET TABLESPACE {space}"),
            setting => format!("ALTER DATABASE {} SET {setting} = {space}", scene.database),
        };
        scene.execute(&set).await;
        // Little is left of it.
        let filler = disk.path().join("filler");
        std::fs::write(&filler, vec![0; 11 << 20]).unwrap();
        let ran = scene.load_text("club", "second.csv", rows(1));
        ran.failed(75, &["53100", "nothing was changed"]);
        assert_eq!(
            (ran.result["retries"].as_u64(), ran.counts().as_str()),
            (Some(0), "read 12000, rolled_back 12000"),
            "{full}"
        );
        assert_eq!(scene.query(state).await, before, "{full}");
        std::fs::remove_file(&filler).unwrap();
        scene.execute(&format!("ALTER DATABASE {} RESET temp_tablespaces", scene.database)).await;
        let ran = scene.load(&["club", "second.csv"]);
        assert_eq!(ran.code, Some(0), "{full}: {}", ran.stderr);
        assert_eq!(scene.query("SELECT count(*)::text FROM club").await, ["12000"]);
    }
    // The database goes before the disk, since it would be missed.
    let database = scene.database.clone();
    drop(scene);
    let mut connection = server().connect("postgres").await;
    for sql in [format!("DROP DATABASE {database} WITH (FORCE)"), format!("DROP TABLESPACE {space}")] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
}
