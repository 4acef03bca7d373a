//! Connections: from a URL to options, a first connection that says clearly what is wrong, and a pool.

use std::net::IpAddr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};
use url::Url;

use super::errors::database_error;
use crate::error::{Error, Exit, Result};
use crate::mask::mask_url;

/// The parameters of a URL that sqlx knows. It logs the others with their values, and one may be a secret
/// (`sslpassword`), so those never reach it.
const KNOWN_PARAMETERS: [&str; 17] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
    "options",
];

const SSL_MODE: [&str; 2] = ["sslmode", "ssl-mode"];
const SSL_ROOT: [&str; 3] = ["sslrootcert", "ssl-root-cert", "ssl-ca"];

/// How to connect, apart from where.
#[derive(Debug, Clone)]
pub struct ConnectionSettings {
    /// What `pg_stat_activity` shows, unless the URL or `PGAPPNAME` says otherwise.
    pub application_name: String,
    /// The most connections at once; at least 1.
    pub pool_size: u32,
    /// How long to wait for a connection, the first one included.
    pub acquire_timeout: Duration,
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self { application_name: "pipeline".to_owned(), pool_size: 4, acquire_timeout: Duration::from_secs(30) }
    }
}

/// The options for a URL. What the URL leaves open comes from libpq's environment (`PGUSER`, `PGSSLMODE`, …); where that
/// says nothing about TLS either, another host's certificate is verified in full, loopback is encrypted if the server
/// offers it, and a Unix socket is not.
///
/// Nothing is sent or prepared that PgBouncer in transaction mode refuses: no `extra_float_digits` and no cached
/// statements. Queries must still say `.persistent(false)`, because sqlx names a persistent query's statement even
/// without a cache.
///
/// # Errors
/// [`Exit::Configuration`] for a URL that is none, or that has a parameter of the wrong form.
pub fn connect_options(url: &str, application_name: &str) -> Result<PgConnectOptions> {
    let parsed = parse_url(url)?;
    let given = |names: &[&str]| parsed.query_pairs().find(|(key, _)| names.contains(&&**key)).map(|(_, value)| value);
    let mode = given(&SSL_MODE);
    let root = given(&SSL_ROOT);
    // libpq 16's word for the system's certificate store, which sqlx uses anyway: not a file.
    let system_root = root.as_deref() == Some("system");

    let mut known = parsed.clone();
    let pairs = parsed.query_pairs().filter(|(key, value)| {
        let known = KNOWN_PARAMETERS.contains(&&**key) || key.starts_with("options[");
        known && !(system_root && SSL_ROOT.contains(&&**key) && value == "system")
    });
    known.query_pairs_mut().clear().extend_pairs(pairs);

    let mut options = PgConnectOptions::from_url(&known)
        .map_err(|error| database_error("read the database URL", error))?
        .extra_float_digits(None)
        .statement_cache_capacity(0)
        // A merge of a large load takes its time; that is no reason to warn.
        .log_slow_statements(log::LevelFilter::Debug, Duration::from_secs(1));
    if options.get_application_name().is_none() {
        options = options.application_name(application_name);
    }
    let place = Place::of(&options);
    let said = mode.is_some() || std::env::var_os("PGSSLMODE").is_some();
    // libpq's rule for `require`: with a root certificate it is checked; sqlx would not.
    let checked = matches!(options.get_ssl_mode(), PgSslMode::Require) && root.is_some();
    match place {
        Place::Socket => options = options.ssl_mode(PgSslMode::Disable),
        _ if system_root => options = options.ssl_mode(PgSslMode::VerifyFull),
        _ if checked => options = options.ssl_mode(PgSslMode::VerifyCa),
        Place::Loopback if !said => options = options.ssl_mode(PgSslMode::Prefer),
        Place::Network if !said => options = options.ssl_mode(PgSslMode::VerifyFull),
        Place::Loopback | Place::Network => {}
    }
    Ok(options)
}

/// One connection, outside any pool.
///
/// # Errors
/// As [`connect_options`] and [`database_error`]; [`Exit::Temporary`] when nothing answers within the acquire timeout.
pub async fn connect(url: &str, settings: &ConnectionSettings) -> Result<PgConnection> {
    let options = connect_options(url, &settings.application_name)?;
    let doing = format!("connect to {}", mask_url(url));
    match tokio::time::timeout(settings.acquire_timeout, PgConnection::connect_with(&options)).await {
        Ok(connected) => connected.map_err(|error| database_error(&doing, error)),
        Err(_) => {
            let waited = settings.acquire_timeout.as_secs_f64();
            Err(Error::new(Exit::Temporary, format!("cannot {doing}: no answer within {waited} s")))
        }
    }
}

/// A pool that opens its connections when they are needed. Open one with [`connect`] first: the pool retries what cannot
/// be reached until the acquire timeout and then only says that it timed out.
///
/// # Errors
/// As [`connect_options`].
pub fn pool(url: &str, settings: &ConnectionSettings) -> Result<PgPool> {
    let options = connect_options(url, &settings.application_name)?;
    Ok(PgPoolOptions::new()
        .max_connections(settings.pool_size.max(1))
        .acquire_timeout(settings.acquire_timeout)
        .connect_lazy_with(options))
}

/// Parses a database URL.
///
/// # Errors
/// [`Exit::Configuration`]; the message masks the URL.
pub(super) fn parse_url(url: &str) -> Result<Url> {
    let wrong = |reason: &str| {
        Error::new(Exit::Configuration, format!("the database URL {} is not usable: {reason}", mask_url(url))).help(
            "it looks like postgresql://user:password@host:5432/database, with special characters of the password \
             percent-encoded (`/` as %2F, `@` as %40)",
        )
    };
    let parsed = Url::parse(url).map_err(|error| wrong(&error.to_string()))?;
    match parsed.scheme() {
        "postgres" | "postgresql" => Ok(parsed),
        scheme => Err(wrong(&format!("its scheme is `{scheme}`, not `postgresql`"))),
    }
}

/// How far away the server is, which decides what TLS is for.
enum Place {
    Socket,
    Loopback,
    Network,
}

impl Place {
    fn of(options: &PgConnectOptions) -> Self {
        let host = options.get_host();
        if options.get_socket().is_some() || host.starts_with('/') {
            return Place::Socket;
        }
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        if host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback()) {
            return Place::Loopback;
        }
        Place::Network
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tls_is_as_the_url_says_and_verified_where_it_says_nothing() {
        let cases = [
            ("postgres://u@db.example.org/d", PgSslMode::VerifyFull),
            ("postgres://u@10.1.2.3/d", PgSslMode::VerifyFull),
            ("postgres://u@db.example.org/d?sslmode=disable", PgSslMode::Disable),
            ("postgres://u@db.example.org/d?sslmode=prefer", PgSslMode::Prefer),
            ("postgres://u@db.example.org/d?sslmode=require", PgSslMode::Require),
            ("postgres://u@db.example.org/d?sslmode=require&sslrootcert=/ca.pem", PgSslMode::VerifyCa),
            ("postgres://u@db.example.org/d?sslrootcert=system", PgSslMode::VerifyFull),
            ("postgres://u@localhost/d", PgSslMode::Prefer),
            ("postgres://u@127.0.0.1/d", PgSslMode::Prefer),
            ("postgres://u@[::1]/d", PgSslMode::Prefer),
            ("postgres://u@localhost/d?sslmode=verify-full", PgSslMode::VerifyFull),
            ("postgres://u@localhost/d?host=/run/pg", PgSslMode::Disable),
            ("postgres://u@%2Frun%2Fpg/d", PgSslMode::Disable),
            ("postgres://u@localhost/d?host=db.example.org", PgSslMode::VerifyFull),
        ];
        for (url, mode) in cases {
            let options = connect_options(url, "test").unwrap();
            assert_eq!(format!("{:?}", options.get_ssl_mode()), format!("{mode:?}"), "{url}");
        }
    }

    #[test]
    fn the_applications_name_is_the_urls_or_ours() {
        let name = |url| connect_options(url, "ours").unwrap().get_application_name().map(str::to_owned);
        assert_eq!(name("postgres://u@localhost/d").as_deref(), Some("ours"));
        assert_eq!(name("postgres://u@localhost/d?application_name=theirs").as_deref(), Some("theirs"));
    }

    #[test]
    fn unusable_urls_are_configuration_errors_without_their_secrets() {
        let cases = [
            "host=db password=s3cret",
            "mysql://u:s3cret@db/d",
            "postgres://u:s3cret@db:port/d",
            "postgres://u:s3c/ret@db/d",
            "postgres://u:s3cret@db/d?sslmode=maybe",
        ];
        for url in cases {
            let error = connect_options(url, "test").unwrap_err();
            assert_eq!(error.exit(), Exit::Configuration, "{url}");
            assert!(!format!("{error} {error:?}").contains("s3c"), "{url}: {error:?}");
        }
    }
}
