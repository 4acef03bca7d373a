//! The HTTP client that OTLP goes out by: reqwest, as for all else, on the program's runtime. The library's own would bring a second
//! one, for its thread has none.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tokio::runtime::Handle;

use crate::error::{Error, Exit, Result};

/// The longest that one request takes, whatever the environment says of longer ones.
const LONGEST: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Sender {
    http: reqwest::Client,
    runtime: Handle,
    /// How many requests were not taken.
    lost: Arc<AtomicU64>,
}

impl Sender {
    pub(super) fn new(runtime: &Handle, certificate: Option<&Path>, lost: Arc<AtomicU64>) -> Result<Self> {
        let mut builder = reqwest::Client::builder().timeout(LONGEST).redirect(reqwest::redirect::Policy::none());
        if let Some(path) = certificate {
            let unusable = || {
                let message = format!("the collector's certificate file {} cannot be used", path.display());
                Error::new(Exit::Configuration, message).help("OTEL_EXPORTER_OTLP_CERTIFICATE names a PEM file")
            };
            let pem = std::fs::read(path).map_err(|error| unusable().caused_by(error))?;
            let found = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| unusable().caused_by(error))?;
            builder = builder.tls_certs_merge(found);
        }
        let http = builder.build().map_err(|error| {
            Error::new(Exit::Configuration, "the HTTP client for traces cannot be set up").caused_by(error)
        })?;
        Ok(Self { http, runtime: runtime.clone(), lost })
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (http, request) = (self.http.clone(), request.try_into()?);
        // This is called on the library's thread, where no runtime is.
        let sent = self.runtime.spawn(async move {
            let answer = http.execute(request).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            Ok::<_, reqwest::Error>((status, headers, answer.bytes().await?))
        });
        let (status, headers, body) = match sent.await.map_err(HttpError::from).and_then(|sent| Ok(sent?)) {
            Ok(answer) => answer,
            Err(error) => {
                self.lost.fetch_add(1, Ordering::Relaxed);
                return Err(error);
            }
        };
        if !status.is_success() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
        let mut response = Response::builder().status(status).body(body)?;
        *response.headers_mut() = headers;
        Ok(response)
    }
}
