//! A web site on the loopback interface that misbehaves as told, and remembers what it was asked.

#![allow(dead_code, unreachable_pub, reason = "each test file uses a part of it")]

pub mod college;
pub mod pages;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pipeline::fetch::{FetchConfig, Fetcher, Mode, Rate, Request, SourceAccess};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The name under which tests reach the site.
pub const SOURCE: &str = "ncaa-directory";

/// How long its answers are fresh for the tests' fetchers that have a cache.
pub const HOUR: Duration = Duration::from_secs(3600);

/// What the site does with a request.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Status, headers and body; the length is added.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Exactly these bytes, then the connection is closed.
    Raw(Vec<u8>),
    /// Nothing for that long, then another answer.
    Late(Duration, Box<Answer>),
    /// These bytes one after the other, each after a pause; then the connection is closed.
    Pieces(Duration, Vec<Vec<u8>>),
    /// These bytes, and nothing more; the connection stays open.
    Silence(Vec<u8>),
    /// These bytes, then the connection is reset.
    Reset(Vec<u8>),
}

impl Answer {
    pub fn text(status: u16, body: &str) -> Self {
        Self::Whole(status, vec![("content-type", "text/html; charset=UTF-8".to_owned())], body.into())
    }

    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::Whole(200, vec![("content-type", "application/json;charset=UTF-8".to_owned())], body.into())
    }

    /// A body that is packed, or said to be.
    pub fn packed(body: Vec<u8>) -> Self {
        Self::json(body).with("content-encoding", "gzip")
    }

    pub fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Self::Whole(status, mut headers, body) => {
                headers.push((name, value.into()));
                Self::Whole(status, headers, body)
            }
            other => other,
        }
    }
}

/// A request as the site saw it.
#[derive(Debug, Clone)]
pub struct Asked {
    pub target: String,
    pub head: String,
    pub at: Instant,
}

/// The site. It stops when it is dropped.
pub struct Site {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
    most_at_once: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Site {
    /// Starts a site that answers a target (path and query) and how often it was asked for before.
    pub async fn start(answer: impl Fn(&str, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let most_at_once = Arc::new(AtomicUsize::new(0));
        let now = Arc::new(AtomicUsize::new(0));
        let answer = Arc::new(answer);
        let task = tokio::spawn({
            let (asked, most_at_once) = (Arc::clone(&asked), Arc::clone(&most_at_once));
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    let (asked, most_at_once) = (Arc::clone(&asked), Arc::clone(&most_at_once));
                    let (now, answer) = (Arc::clone(&now), Arc::clone(&answer));
                    tokio::spawn(serve(stream, asked, most_at_once, now, answer));
                }
            }
        });
        Self { url, asked, most_at_once, task }
    }

    /// A site without robots.txt that gives these answers in turn, the last one for ever.
    pub async fn script(answers: Vec<Answer>) -> Self {
        Self::start(move |target, before| match target {
            "/robots.txt" => Answer::text(404, ""),
            _ => answers[before.min(answers.len() - 1)].clone(),
        })
        .await
    }

    /// Everything that was asked for, robots.txt included.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The targets that were asked for, without robots.txt.
    pub fn targets(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.target).filter(|target| target != "/robots.txt").collect()
    }

    /// How many requests were under way at once at the most.
    pub fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::SeqCst)
    }

    /// Settings that reach it: fast, but otherwise as they are by default.
    pub fn config(&self) -> FetchConfig {
        config(&self.url)
    }

    pub fn fetcher(&self) -> Fetcher {
        Fetcher::new(self.config()).unwrap()
    }
}

/// Settings for a site at that address.
pub fn config(url: &str) -> FetchConfig {
    let access = SourceAccess {
        base_url: url.to_owned(),
        rate: Rate::from_gap(Duration::from_millis(1)).unwrap(),
        lifetime: HOUR,
    };
    FetchConfig {
        mode: Mode::Live { record: None },
        sources: BTreeMap::from([(SOURCE.to_owned(), access)]),
        backoff: Duration::from_millis(5),
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(10),
        ..FetchConfig::default()
    }
}

pub fn request(path: &str) -> Request {
    Request::get(SOURCE, path)
}

async fn serve(
    mut stream: TcpStream,
    asked: Arc<Mutex<Vec<Asked>>>,
    most_at_once: Arc<AtomicUsize>,
    now: Arc<AtomicUsize>,
    answer: Arc<impl Fn(&str, usize) -> Answer + Send + Sync + 'static>,
) {
    while let Some(head) = read_head(&mut stream).await {
        let at = Instant::now();
        let target = head.split(' ').nth(1).unwrap_or_default().to_owned();
        let before = {
            let mut asked = asked.lock().unwrap();
            let before = asked.iter().filter(|earlier| earlier.target == target).count();
            asked.push(Asked { target: target.clone(), head, at });
            before
        };
        most_at_once.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let mut what = answer(&target, before);
        while let Answer::Late(time, next) = what {
            tokio::time::sleep(time).await;
            what = *next;
        }
        now.fetch_sub(1, Ordering::SeqCst);
        let (bytes, close) = match what {
            Answer::Whole(status, headers, body) => {
                let mut bytes = format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\n", body.len()).into_bytes();
                for (name, value) in headers {
                    bytes.extend(format!("{name}: {value}\r\n").bytes());
                }
                bytes.extend(b"\r\n");
                bytes.extend(body);
                (bytes, false)
            }
            Answer::Raw(bytes) => (bytes, true),
            Answer::Silence(bytes) => {
                let _ = stream.write_all(&bytes).await;
                // Until the client goes.
                let _ = stream.read_u8().await;
                return;
            }
            Answer::Reset(bytes) => {
                if stream.set_zero_linger().is_ok() {
                    let _ = stream.write_all(&bytes).await;
                }
                return;
            }
            Answer::Pieces(pause, pieces) => {
                for piece in pieces {
                    tokio::time::sleep(pause).await;
                    if stream.write_all(&piece).await.is_err() {
                        return;
                    }
                }
                return;
            }
            Answer::Late(..) => unreachable!("waited for above"),
        };
        if stream.write_all(&bytes).await.is_err() || close {
            return;
        }
    }
}

async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    String::from_utf8(head).ok()
}

/// The body as gzip packs it.
pub fn gzip(body: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packer, body).unwrap();
    packer.finish().unwrap()
}
