//! Bad input: each fault is a quarantined row or one clear error, and never a load that only seems to have worked.

use crate::{Scene, gzip};

#[tokio::test]
async fn a_bad_record_is_quarantined_with_its_place_and_bytes() {
    let head = "ncaa_id,name,founded,is_private\r\n";
    let cases: [(&[u8], &str, &str); 11] = [
        (b"9,caf\xe9,,", "invalid-utf8", "field 2"),
        (b"9,a\0b,,", "nul-character", "NUL"),
        (b"9,a", "ragged-line", "2 fields, but 4"),
        (b"9,a,,,", "ragged-line", "5 fields, but 4"),
        (b"nine,a,,", "invalid-value", "ncaa_id"),
        (b"99999999999,a,,", "out-of-range", "ncaa_id"),
        (b"9,this name is too long,,", "too-long", "holds 20 characters"),
        (b"9,a,2023-02-29,", "invalid-value", "founded"),
        (b"9,a,,maybe", "invalid-value", "is_private"),
        (b"9,,,", "null-not-allowed", "name"),
        (b",a,,", "null-not-allowed", "ncaa_id"),
    ];
    for (bad, reason, word) in cases {
        let mut scene = Scene::new().await;
        let before = format!("{head}1,A,,\r\n\"2\",\"two\nlines\",,t\r\n");
        let content = [before.as_bytes(), bad, b"\r\n3,C,,\r\n"].concat();
        scene.load_text("club", "clubs.csv", &content).ok("inserted 3, quarantined 1, read 4");
        let kept = "SELECT reason, file, byte_offset::text, encode(raw, 'escape'), message FROM pipeline.quarantine";
        let kept = scene.query(kept).await.remove(0);
        let raw = String::from_utf8(
            bad.iter()
                .flat_map(|byte| match byte {
                    0 | 128.. => format!("\\{byte:03o}").into_bytes(),
                    _ => vec![*byte],
                })
                .collect(),
        );
        let start = format!("{reason}|clubs.csv|{}|{}|line 5: ", before.len(), raw.unwrap());
        assert!(kept.starts_with(&start) && kept.contains(word), "{kept}\nis not\n{start}… {word}");
        let repeat = scene.load_text("club", "clubs.csv", &content);
        repeat.ok("quarantined 1, read 4, unchanged 3");
        assert_eq!(scene.query("SELECT times_seen::text FROM pipeline.quarantine").await, ["2"]);
    }
}

#[tokio::test]
async fn bad_lines_of_ndjson_are_quarantined_too() {
    let good = "{\"ncaa_id\":1,\"name\":\"A\"}\n";
    let cases: [(&[u8], &str); 9] = [
        (b"{\"ncaa_id\":2,", "invalid-json"),
        (b"[1]", "invalid-json"),
        (b"{\"ncaa_id\":2,\"name\":\"x\"} x", "invalid-json"),
        (b"{\"ncaa_id\":2,\"name\":\"\xff\"}", "invalid-utf8"),
        (b"{\"ncaa_id\":2,\"name\":\"x\",\"name\":\"y\"}", "repeated-field"),
        (b"{\"ncaa_id\":2,\"ncaaId\":2,\"name\":\"y\"}", "repeated-field"),
        (b"{\"ncaa_id\":2,\"name\":{}}", "wrong-type"),
        (b"{\"ncaa_id\":2.5,\"name\":\"x\"}", "invalid-value"),
        (b"{\"name\":\"x\"}", "missing-key"),
    ];
    for (bad, reason) in cases {
        let mut scene = Scene::new().await;
        let content = [good.as_bytes(), bad, b"\n"].concat();
        scene.load_text("club", "clubs.ndjson", &content).ok("inserted 1, quarantined 1, read 2");
        let kept = scene.query("SELECT reason, byte_offset::text FROM pipeline.quarantine").await;
        assert_eq!(kept, [format!("{reason}|{}", good.len())]);
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_read_to_its_end_loads_nothing() {
    let rows: String = (0..20_000).map(|n| format!("{n},Club {n}\n")).collect();
    let whole = format!("ncaa_id,name\n{rows}");
    let zstd = zstd::stream::encode_all(whole.as_bytes(), 1).unwrap();
    let mut damaged = zstd.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 64].fill(0xaa);
    let endless = format!("ncaa_id,name\n1,A\n2,\"{}", "x".repeat(80_000));
    let cases: [(&str, Vec<u8>, &[&str]); 5] = [
        ("cut.csv.zst", zstd[..zstd.len() - 9].to_vec(), &["cut.csv.zst", "cut off or damaged"]),
        ("damaged.csv.zst", damaged, &["damaged.csv.zst", "cut off or damaged"]),
        ("endless.csv", endless.clone().into_bytes(), &["endless.csv, line 3", "65536 bytes", "never closed"]),
        ("endless.ndjson", [b"{\"name\":\"", endless.as_bytes()].concat(), &["endless.ndjson, line 3", "65536 bytes"]),
        ("utf16.csv", b"\xff\xfen\0a\0".to_vec(), &["UTF-16", "iconv"]),
    ];
    for (name, content, words) in cases {
        let mut scene = Scene::new().await;
        scene.file(name, content.as_slice());
        let mut command = scene.command(&["club", name]);
        let output = command.env("PIPELINE_LOAD_MAX_RECORD_BYTES", "65536").output().unwrap();
        crate::Ran::from(output).failed(65, words);
        assert_eq!(scene.query("SELECT count(*)::text FROM club").await, ["0"], "{name}");
    }
}

#[tokio::test]
async fn an_open_quote_at_the_end_is_no_row() {
    let mut scene = Scene::new().await;
    scene.load_text("club", "open.csv", "ncaa_id,name\n1,A\n2,\"B\n3,C\n").ok("inserted 1, quarantined 1, read 2");
    let kept = scene.query("SELECT reason, message, convert_from(raw, 'UTF8') FROM pipeline.quarantine").await;
    assert_eq!(kept, ["open-quote|line 3: a quote is opened and never closed|2,\"B\n3,C"]);
}

#[tokio::test]
async fn a_header_alone_is_an_empty_load() {
    let scene = Scene::new().await;
    scene.load_text("club", "header.csv", "ncaa_id,name\n").ok("");
    scene.load_text("club", "empty.ndjson", "").ok("");
}

/// A line of 1 GiB takes no more memory than the limit for records allows.
#[tokio::test]
async fn a_line_without_end_is_given_up_in_bounded_memory() {
    let part = gzip(vec![b'x'; 16 << 20]);
    for (name, start) in
        [("line.csv.gz", "ncaa_id,name\n1,"), ("line.ndjson.gz", "{\"ncaa_id\":1,\"name\":\"A\"}\n{\"name\":\"")]
    {
        let scene = Scene::new().await;
        let line: Vec<u8> = std::iter::once(gzip(start)).chain((0..64).map(|_| part.clone())).flatten().collect();
        scene.file(name, line);
        let load = scene.command(&["club", name]);
        // Half of these addresses are taken while the schema is read, and given back; the line would not fit.
        let mut command = std::process::Command::new("sh");
        command.args(["-c", "ulimit -v 1000000; exec \"$@\"", "sh"]).arg(load.get_program()).args(load.get_args());
        scene.surround(&mut command);
        crate::Ran::from(command.output().unwrap()).failed(65, &[name, "line 2", "16777216 bytes"]);
    }
}

#[tokio::test]
async fn a_gzip_file_cut_anywhere_loads_nothing() {
    let rows: String = (0..3_000).map(|n| format!("{n},Club {n}\n")).collect();
    let whole = gzip(format!("ncaa_id,name\n{rows}"));
    let mut scene = Scene::new().await;
    for kept in [5, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        scene.file("cut.csv.gz", &whole[..kept]);
        scene.load(&["club", "cut.csv.gz"]).failed(65, &["cut.csv.gz", "cut off or damaged"]);
        assert_eq!(scene.query("SELECT count(*)::text FROM club").await, ["0"], "{kept} bytes");
    }
}
