//! The client against every way in which a site misbehaves: what becomes of the request, and how often the site was asked.

mod support;

use std::time::Duration;

use pipeline::Exit;
use pipeline::fetch::{FetchConfig, FetchError, Fetcher};
use support::{Answer, Site, gzip, request};

/// What comes of a request.
enum Outcome {
    /// This body.
    Body(&'static [u8]),
    /// A failure that may pass: exit 69, told with these words.
    Down(&'static str),
    /// A refusal: exit 69, blocked.
    Blocked(&'static str),
    /// An answer that cannot be used: exit 65.
    Unusable(&'static str),
}

use Outcome::{Blocked, Body, Down, Unusable};

const GOOD: &[u8] = b"[1,2]";

fn good() -> Answer {
    Answer::json(GOOD)
}

fn raw(text: &str) -> Answer {
    Answer::Raw(text.as_bytes().to_vec())
}

fn stalled(start: &str) -> Answer {
    Answer::Silence(start.into())
}

/// What the site does (the last answer for ever), the outcome, and how often it is asked.
fn cases() -> Vec<(&'static str, Vec<Answer>, Outcome, usize)> {
    let late = || Answer::Late(Duration::from_secs(30), Box::new(good()));
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n";
    let drop_by_drop = || {
        let rest = b"[1,2                                        ".iter().map(|byte| vec![*byte]);
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n".to_vec();
        Answer::Pieces(Duration::from_millis(100), [head].into_iter().chain(rest).collect())
    };
    let half = || raw("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[1,");
    let half_chunked = || raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\n[1,\r\n");
    let packed = gzip(GOOD);
    let cut = || Answer::packed(packed[..packed.len() - 9].to_vec());
    let bomb = Answer::packed(gzip(&vec![b' '; 6 << 20]));
    let retry_after = |value: String| Answer::text(429, "slow down").with("retry-after", value);
    let in_two_seconds = httpdate::fmt_http_date(std::time::SystemTime::now() + Duration::from_secs(2));
    let away = Answer::text(302, "").with("location", "https://elsewhere.example/page");
    let round = Answer::text(302, "").with("location", "/page");
    let challenge = Answer::text(200, "<script src='/_sec/verify?provider=interstitial'></script>");
    let long_header = raw(&format!("HTTP/1.1 200 OK\r\nx-long: {}\r\n\r\n[1,2]", "x".repeat(1 << 20)));
    let many_headers = raw(&format!("HTTP/1.1 200 OK\r\n{}\r\n[1,2]", "x-many: 1\r\n".repeat(1000)));
    vec![
        ("slow headers, then good", vec![late(), good()], Body(GOOD), 2),
        ("slow headers", vec![late()], Down("said nothing for 0.7 seconds"), 3),
        ("half of the headers, then silence", vec![stalled("HTTP/1.1 200 OK\r\ncont")], Down("said nothing"), 3),
        ("half of the body, then silence", vec![stalled(&format!("{head}[1,"))], Down("said nothing"), 3),
        ("a body drop by drop, then good", vec![drop_by_drop(), good()], Body(GOOD), 2),
        ("a body drop by drop", vec![drop_by_drop()], Down("no whole answer within 2 seconds"), 3),
        ("429 with Retry-After in seconds", vec![retry_after("1".to_owned()), good()], Body(GOOD), 2),
        ("429 with Retry-After as a date", vec![retry_after(in_two_seconds), good()], Body(GOOD), 2),
        (
            "429 with a long Retry-After",
            vec![retry_after("86400".to_owned())],
            Blocked("asks to wait 86400 seconds"),
            1,
        ),
        ("429 without end", vec![Answer::text(429, "no")], Blocked("HTTP 429"), 3),
        ("500 then good", vec![Answer::text(500, "no"), good()], Body(GOOD), 2),
        ("500", vec![Answer::text(500, "no")], Down("HTTP 500"), 3),
        ("reset, then good", vec![Answer::Reset(Vec::new()), good()], Body(GOOD), 2),
        ("reset", vec![Answer::Reset(Vec::new())], Down("reset"), 3),
        ("reset in the body", vec![Answer::Reset(format!("{head}[1,").into_bytes()), good()], Body(GOOD), 2),
        ("closed without a word", vec![raw("")], Down("closed"), 3),
        ("half a body, then good", vec![half(), good()], Body(GOOD), 2),
        ("half a body", vec![half()], Down("end of file"), 3),
        ("half a body in chunks, then good", vec![half_chunked(), good()], Body(GOOD), 2),
        ("half a body in chunks", vec![half_chunked()], Down("EOF"), 3),
        ("plain, said to be gzip", vec![Answer::packed(GOOD.to_vec())], Down("cannot be unpacked"), 3),
        ("plain, said to be gzip, then good", vec![Answer::packed(GOOD.to_vec()), good()], Body(GOOD), 2),
        ("gzip cut short", vec![cut()], Down("cannot be unpacked"), 3),
        ("gzip cut short, then good", vec![cut(), Answer::packed(gzip(GOOD))], Body(GOOD), 2),
        ("a gzip bomb", vec![bomb], Unusable("unpacks to more than 200 times its size"), 1),
        ("too long", vec![Answer::json(vec![b' '; 9 << 20])], Unusable("larger than 8388608 bytes"), 1),
        ("packed as nobody asked", vec![good().with("content-encoding", "br")], Unusable("packed as `br`"), 1),
        ("a redirect away", vec![away], Unusable("within the host"), 1),
        ("a redirect in a loop", vec![round], Unusable("too many redirects"), 6),
        ("a redirect to nowhere", vec![Answer::text(302, "")], Unusable("HTTP 302"), 1),
        ("a challenge page as 200", vec![challenge], Blocked("/_sec/verify"), 1),
        ("403", vec![Answer::text(403, "no")], Blocked("HTTP 403"), 1),
        // What an empty page means is for the source to say; that it is one, nobody hides.
        ("an empty 200", vec![Answer::json("")], Body(b""), 1),
        ("a long header", vec![long_header], Down("too large"), 3),
        ("many headers", vec![many_headers], Down("too large"), 3),
        ("another protocol", vec![raw("SSH-2.0-OpenSSH_9.9\r\n")], Down("invalid HTTP version"), 3),
        (
            "two lengths",
            vec![raw("HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 3\r\n\r\n[1,2]")],
            Down("content-length"),
            3,
        ),
        (
            "a length that is none",
            vec![raw("HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\n[1,2]")],
            Down("content-length"),
            3,
        ),
        // Where a body ends by the close of the connection, or before the last byte that is sent, HTTP says that this is it.
        ("no length", vec![raw("HTTP/1.1 200 OK\r\n\r\n[1,2]")], Body(GOOD), 1),
        ("a length that is too short", vec![raw("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n[1,2]")], Body(b"[1,"), 1),
    ]
}

#[tokio::test]
async fn every_misbehaviour_has_its_outcome() {
    let runs = cases().into_iter().map(|(name, answers, outcome, asked)| async move {
        let site = Site::script(answers).await;
        let config = FetchConfig {
            idle_timeout: Duration::from_millis(700),
            timeout: Duration::from_secs(2),
            body_limit: 8 << 20,
            ..site.config()
        };
        let answer = Fetcher::new(config).unwrap().get(&request("/page")).await;
        let told = match &answer {
            Ok(response) => format!("{:?}", response.body),
            Err(error) => error.to_string(),
        };
        let is_so = match (&outcome, &answer) {
            (Body(body), Ok(response)) => response.status == 200 && response.body == *body,
            (Down(says), Err(error @ FetchError::Down { .. })) => {
                error.exit() == Exit::Unavailable && !error.is_blocked() && told.contains(says)
            }
            (Blocked(says), Err(error)) => {
                error.exit() == Exit::Unavailable && error.is_blocked() && told.contains(says)
            }
            (Unusable(says), Err(error)) => error.exit() == Exit::Input && told.contains(says),
            _ => false,
        };
        let seen = site.targets().len();
        (!is_so || seen != asked).then(|| format!("{name}: asked {seen} times, not {asked}: {told}"))
    });
    let wrong: Vec<_> = futures::future::join_all(runs).await.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn text_in_a_charset_that_is_not_what_was_said_tells_what_could_not_be_read() {
    let cases: [(&str, &[u8], &str, usize); 3] = [
        ("text/html; charset=UTF-8", b"Jos\xc3\xa9", "José", 0),
        ("text/html; charset=ISO-8859-1", b"Jos\xe9", "José", 0),
        ("text/html; charset=UTF-8", b"Jos\xe9", "Jos\u{fffd}", 1),
    ];
    for (content_type, body, expected, malformed) in cases {
        let answer = Answer::Whole(200, vec![("content-type", content_type.to_owned())], body.to_vec());
        let site = Site::script(vec![answer]).await;
        let text = site.fetcher().get(&request("/page")).await.unwrap().text();
        assert_eq!((text.text.as_str(), text.malformed), (expected, malformed), "{content_type}");
    }
}
