//! One connection to the database that is to be compared.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, PgConnection};

/// How long to wait for an answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Why there is no connection. No message holds a password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The URL is none.
    #[error(
        "the database URL is not usable: {0}\n  = help: it looks like postgresql://user:password@host:5432/database, with \
         special characters of the password percent-encoded"
    )]
    Url(String),
    /// Nothing answers, or the server refuses.
    #[error("cannot connect to {place}: {reason}")]
    Refused {
        /// The host and database.
        place: String,
        /// What the server or the network says.
        reason: String,
    },
}

/// Connects. Where neither the URL nor `PGSSLMODE` says how, the certificate of any host that is not this machine is verified
/// in full.
///
/// # Errors
/// [`ConnectError`]
pub async fn connect(url: &str) -> Result<PgConnection, ConnectError> {
    let scheme = url.split_once("://").map(|(scheme, _)| scheme);
    if !matches!(scheme, Some("postgres" | "postgresql")) {
        return Err(ConnectError::Url("it does not begin with postgresql://".to_owned()));
    }
    let mut options = PgConnectOptions::from_str(url)
        .map_err(|error| ConnectError::Url(error.to_string()))?
        .statement_cache_capacity(0)
        .extra_float_digits(None)
        .disable_statement_logging();
    if options.get_application_name().is_none() {
        options = options.application_name("codegen verify");
    }
    let said = url.contains("sslmode=") || url.contains("ssl-mode=") || std::env::var_os("PGSSLMODE").is_some();
    if !said && !is_local(&options) {
        options = options.ssl_mode(PgSslMode::VerifyFull);
    }
    let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |path| path.display().to_string());
    let place = format!("database `{}` on {host}:{}", options.get_database().unwrap_or("postgres"), options.get_port());
    let refused = |reason: String| ConnectError::Refused { place: place.clone(), reason };
    match tokio::time::timeout(TIMEOUT, options.connect()).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(sqlx::Error::Database(error))) => Err(refused(error.message().to_owned())),
        Ok(Err(sqlx::Error::Tls(error))) => Err(refused(format!(
            "TLS: {error}\n  = help: `?sslmode=` in the URL says how far the server is trusted; without it the certificate is \
             verified in full"
        ))),
        Ok(Err(error)) => Err(refused(error.to_string())),
        Err(_) => Err(refused(format!("no answer within {} s", TIMEOUT.as_secs()))),
    }
}

fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || address.is_ok_and(|address| address.is_loopback())
}
