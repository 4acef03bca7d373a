//! Publishing the metrics of a run: as a file, at an address, or both.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use prometheus_client::encoding::prometheus_text::encode;
use prometheus_client::registry::Registry;

use super::endpoint;
use super::table::METRICS;
use super::textfile::Textfile;
use crate::config::MetricsSettings;
use crate::report::{Run, RunResult, Status};
use crate::{Error, Exit, Result};

/// The metrics of a run, where they can be read.
#[derive(Debug)]
pub struct Publisher {
    registry: Arc<Registry>,
    textfile: Option<Textfile>,
}

impl Publisher {
    /// Begins to publish the metrics of a run, if settings ask for it: the file is written a first time, the address is taken. Both go
    /// on in the background, until the runtime ends.
    ///
    /// # Errors
    /// For a file that cannot be written and an address that cannot be taken: [`Exit::Configuration`] or [`Exit::Permission`], and
    /// [`Exit::Temporary`] for one that is in use.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub async fn begin(settings: &MetricsSettings, command: &str, run: &Run) -> Result<Option<Self>> {
        if !settings.is_on() {
            return Ok(None);
        }
        let labels = settings.labels.iter().map(|(name, value)| (name.clone().into(), value.clone().into()));
        let mut registry = Registry::with_labels(labels);
        METRICS.register(&mut registry);
        METRICS.run_info.of([command, env!("CARGO_PKG_VERSION")]).set(1.0);
        METRICS.run_started.of([]).set(seconds(run.started_at()));
        status("running");
        let registry = Arc::new(registry);
        let listener = match settings.listen {
            Some(address) => Some(endpoint::bind(address).await.map_err(|error| untaken(address, error))?),
            None => None,
        };
        let textfile = settings.textfile.as_deref().map(|path| Textfile::new(path, &run.id().to_string()));
        if let Some(textfile) = &textfile {
            textfile.write(&text(&registry), false).map_err(|error| unwritable(textfile.path(), error))?;
            tokio::spawn(write_now_and_then(textfile.clone(), Arc::clone(&registry), settings.interval));
        }
        if let Some((listener, bound)) = listener {
            tracing::info!("metrics are at http://{bound}/metrics while the run lasts");
            let registry = Arc::clone(&registry);
            tokio::spawn(endpoint::serve(listener, Arc::new(move || text(&registry))));
        }
        Ok(Some(Self { registry, textfile }))
    }

    /// Writes the file for the last time, with how the run ended.
    ///
    /// # Errors
    /// As [`Publisher::begin`].
    pub fn end(&self, result: &RunResult) -> Result<()> {
        status(result.status.as_str());
        METRICS.run_exit_code.of([]).set(f64::from(result.exit_code.code()));
        METRICS.run_ended.of([]).set(seconds(Utc::now()));
        let Some(textfile) = &self.textfile else { return Ok(()) };
        textfile.write(&text(&self.registry), true).map_err(|error| unwritable(textfile.path(), error))
    }
}

fn status(now: &str) {
    for known in Status::ALL.map(Status::as_str).into_iter().chain(["running"]) {
        METRICS.run_status.of([known]).set(f64::from(u8::from(known == now)));
    }
}

fn text(registry: &Registry) -> String {
    let mut text = String::new();
    // Writing to a String does not fail.
    let _ = encode(&mut text, registry);
    text
}

async fn write_now_and_then(textfile: Textfile, registry: Arc<Registry>, interval: Duration) {
    let mut was_well = true;
    loop {
        tokio::time::sleep(interval).await;
        let (file, text) = (textfile.clone(), text(&registry));
        let written = tokio::task::spawn_blocking(move || file.write(&text, false)).await;
        let Ok(written) = written else { return };
        if let Err(error) = &written
            && was_well
        {
            tracing::warn!(path = %textfile.path().display(), %error, "the metrics were not written");
        }
        was_well = written.is_ok();
    }
}

fn unwritable(path: &Path, error: std::io::Error) -> Error {
    let denied = matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem);
    let exit = if denied { Exit::Permission } else { Exit::Configuration };
    let message = format!("the metrics cannot be written to {} (metrics.textfile)", path.display());
    Error::new(exit, message)
        .caused_by(error)
        .help("name a file in a folder that exists and that this user may write to")
}

fn untaken(address: SocketAddr, error: std::io::Error) -> Error {
    let message = format!("metrics cannot be offered at {address} (metrics.listen)");
    let (exit, help) = match error.kind() {
        ErrorKind::AddrInUse => (
            Exit::Temporary,
            "another program has that port, perhaps another run: wait for it, or give each its own (`--metrics-listen 9465`)",
        ),
        ErrorKind::PermissionDenied => (Exit::Permission, "ports below 1024 are for root: take a higher one"),
        _ => (Exit::Configuration, "name an address of this machine, or a port alone for the loopback interface"),
    };
    Error::new(exit, message).caused_by(error).help(help)
}

fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis() as f64 / 1e3
}
