//! `GET /metrics`, for a Prometheus that asks while a run lasts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The longest head of a request that is read, in bytes.
const HEAD: usize = 16 << 10;

/// How long a client may take for its request, and for taking the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Answers requests with what `text` gives, one connection each, until it is dropped.
pub(super) async fn serve(listener: TcpListener, text: Arc<impl Fn() -> String + Send + Sync + 'static>) {
    loop {
        match listener.accept().await {
            Ok((stream, client)) => {
                let text = Arc::clone(&text);
                tokio::spawn(async move {
                    let answered = tokio::time::timeout(PATIENCE, answer(stream, &*text)).await;
                    if let Some(error) = answered
                        .map_or_else(|late| Some(late.to_string()), |it| it.err().map(|error| error.to_string()))
                    {
                        tracing::debug!(%client, error, "the metrics were not read");
                    }
                });
            }
            Err(error) => {
                // Too many open files, mostly: that passes.
                tracing::debug!(%error, "a connection for metrics was not accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// Takes the place to listen at.
pub(super) async fn bind(address: SocketAddr) -> std::io::Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(address).await?;
    let bound = listener.local_addr()?;
    Ok((listener, bound))
}

async fn answer(mut stream: TcpStream, text: &(impl Fn() -> String + Sync)) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if head.len() >= HEAD || stream.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let line = String::from_utf8_lossy(&head);
    let mut words = line.lines().next().unwrap_or_default().split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = target.split('?').next().unwrap_or_default();
    let (status, kind, body) = match (method, path) {
        ("GET" | "HEAD", "/metrics") => ("200 OK", CONTENT_TYPE, text()),
        ("GET" | "HEAD", _) => ("404 Not Found", "text/plain", "metrics are at /metrics\n".to_owned()),
        _ => ("405 Method Not Allowed", "text/plain", "GET /metrics\n".to_owned()),
    };
    let allow = if status.starts_with("405") { "allow: GET, HEAD\r\n" } else { "" };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{allow}content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    if method != "HEAD" {
        stream.write_all(body.as_bytes()).await?;
    }
    stream.shutdown().await
}
