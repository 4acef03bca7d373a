//! Formats, compression, standard input: the same rows whatever they come in.

use std::io::Write;
use std::process::Stdio;

use crate::{Ran, Scene, gzip};

const CSV: &str = "ncaa_id,name,isPrivate,colors,links\n1,\"A, \"\"B\"\"\",t,\"{red,\"\"off white\"\"}\",\"{\"\"x\"\": [1]}\"\n2,C,,,\n";
const TSV: &str = "ncaa_id\tname\tisPrivate\tcolors\tlinks\n1\t\"A, \"\"B\"\"\"\tt\t{red,off white}\t\"{\"\"x\"\": [1]}\"\n2\tC\t\t\t\n";
const NDJSON: &str = concat!(
    r#"{"ncaa_id": 1, "name": "A, \"B\"", "isPrivate": true, "colors": ["red", "off white"], "links": {"x": [1]}}"#,
    "\n\n",
    r#"{"name": "C", "ncaaId": 2, "isPrivate": null}"#,
    "\n"
);

fn zstd(content: &str) -> Vec<u8> {
    zstd::stream::encode_all(content.as_bytes(), 1).unwrap()
}

async fn clubs(scene: &mut Scene) -> Vec<String> {
    scene.query("SELECT ncaa_id::text, name, is_private::text, colors::text, links::text FROM club ORDER BY 1").await
}

#[tokio::test]
async fn every_format_gives_the_same_rows() {
    let bom = format!("\u{feff}{}", CSV.replace('\n', "\r\n"));
    let two_members = [gzip(&CSV[..40]), gzip(&CSV[40..])].concat();
    let two_frames = [zstd(&CSV[..40]), zstd(&CSV[40..])].concat();
    let files: [(&str, Vec<u8>); 9] = [
        ("plain.csv", CSV.into()),
        ("windows.csv", bom.into_bytes()),
        ("without-last-line-end.csv", CSV.trim_end().into()),
        ("tabs.tsv", TSV.into()),
        ("gzip.csv.gz", two_members),
        ("zstd", two_frames),
        ("lines.ndjson", NDJSON.into()),
        ("lines.jsonl.zst", zstd(NDJSON)),
        ("tabs.tsv.gz", gzip(TSV)),
    ];
    for (name, content) in files {
        let mut scene = Scene::new().await;
        scene.load_text("club", name, &content).ok("inserted 2, read 2");
        let expected = ["1|A, \"B\"|true|{red,\"off white\"}|{\"x\": [1]}", "2|C|∅|∅|∅"];
        assert_eq!(clubs(&mut scene).await, expected, "{name}");
        scene.load_text("club", name, &content).ok("read 2, unchanged 2");
    }
}

#[tokio::test]
async fn standard_input_is_a_file_too() {
    let mut scene = Scene::new().await;
    let mut command = scene.command(&["club", "-"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&gzip(CSV)).unwrap();
    Ran::from(child.wait_with_output().unwrap()).ok("inserted 2, read 2");
    assert_eq!(clubs(&mut scene).await.len(), 2);
}

#[tokio::test]
async fn signs_and_headers_are_the_users_to_say() {
    let mut scene = Scene::new().await;
    scene.file("bars.txt", "1|'A|B'\n2|''\n");
    let flags = ["--no-header", "--columns", "ncaa_id,name", "--delimiter", "|", "--quote", "'"];
    scene.load(&[&["club", "bars.txt"], &flags[..]].concat()).ok("inserted 2, read 2");
    assert_eq!(scene.query("SELECT name FROM club ORDER BY ncaa_id").await, ["A|B", ""]);

    scene.file("quotes.csv", "ncaa_id,name\n3,5\" pipe\n");
    scene.load(&["club", "quotes.csv", "--no-quote"]).ok("inserted 1, read 1");
    assert_eq!(scene.query("SELECT name FROM club WHERE ncaa_id = 3").await, ["5\" pipe"]);
}

/// An absent key leaves the column alone, a null one empties it: only NDJSON can say both.
#[tokio::test]
async fn absent_is_not_null() {
    let mut scene = Scene::new().await;
    scene.load_text("club", "a.csv", "ncaa_id,name,is_private\n1,A,t\n2,B,t\n").ok("inserted 2, read 2");
    let lines = "{\"ncaa_id\":1,\"name\":\"A2\"}\n{\"ncaa_id\":2,\"is_private\":null}\n";
    scene.load_text("club", "b.ndjson", lines).ok("read 2, updated 2");
    let found = scene.query("SELECT ncaa_id::text, name, is_private::text FROM club ORDER BY 1").await;
    assert_eq!(found, ["1|A2|true", "2|B|∅"]);
}

#[tokio::test]
async fn several_files_are_one_load() {
    let mut scene = Scene::new().await;
    scene.file("one.csv", "ncaa_id,name\n1,A\n2,B\n");
    scene.file("two.ndjson", "{\"name\":\"C\",\"ncaa_id\":1}\n");
    // The last row of a key wins, whichever file it stands in.
    scene.load(&["club", "one.csv", "two.ndjson"]).ok("duplicates 1, inserted 2, read 3");
    assert_eq!(scene.query("SELECT name FROM club ORDER BY ncaa_id").await, ["C", "B"]);
    // One that is cut off takes the others with it.
    scene.file("three.csv", "ncaa_id,name\n3,D\n");
    let whole = gzip(format!("ncaa_id,name\n{}", (10..2_000).map(|n| format!("{n},N\n")).collect::<String>()));
    scene.file("cut.csv.gz", &whole[..whole.len() - 12]);
    let ran = scene.load(&["club", "three.csv", "cut.csv.gz"]);
    ran.failed(65, &["cut.csv.gz", "cut off", "line"]);
    assert_eq!(scene.query("SELECT count(*)::text FROM club").await, ["2"]);
}
