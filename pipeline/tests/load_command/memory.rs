//! Memory does not grow with the file.

use std::fmt::Write as _;
use std::io::Read as _;

use crate::Scene;

/// The most memory that a load had, in KiB; it has to end well.
fn peak(scene: &Scene, arguments: &[&str]) -> u64 {
    let mut child = scene.command(arguments).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let code = loop {
        // The kernel's own high-water mark: only what comes between the last look and the end can be missed.
        let told = std::fs::read_to_string(&status).unwrap_or_default();
        let line = told.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        peak = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(peak);
        if let Some(code) = child.try_wait().unwrap() {
            break code;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    };
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert!(code.success() && peak > 0, "{said}");
    peak
}

fn players(rows: u32) -> String {
    let mut text = "season.club.ncaa_id,season.year,number,name\n".to_owned();
    (0..rows).for_each(|n| writeln!(text, "1,2025,{},Athlete number {n}", n * 7_919 % 10_000_019).unwrap());
    text
}

/// A first load, and the same again, of a file and of one that is five times as long: 12 MiB more.
#[tokio::test]
async fn a_longer_file_takes_no_more_memory() {
    let mut peaks = Vec::new();
    for rows in [100_000, 500_000] {
        let mut scene = Scene::new().await;
        scene.execute("INSERT INTO club (ncaa_id, name) VALUES (1, 'A')").await;
        scene.execute("INSERT INTO season (club_id, year) SELECT id, 2025 FROM club").await;
        scene.file("players.csv", players(rows));
        let arguments = ["player", "players.csv", "--quiet"];
        peaks.push([peak(&scene, &arguments), peak(&scene, &arguments)]);
        assert_eq!(scene.query("SELECT count(*)::text FROM player").await, [rows.to_string()]);
    }
    let [[fresh, same], [fresh_of_more, same_of_more]] = peaks[..] else { unreachable!() };
    // The allocator's mood is a few MiB; rows that are there are remembered by 16 bytes each, in tables of powers of two.
    assert!(fresh_of_more < fresh + 8 * 1_024, "fresh: {fresh} KiB, then {fresh_of_more} KiB");
    assert!(same_of_more < same + 24 * 1_024, "again: {same} KiB, then {same_of_more} KiB");
}
