//! A database that is compared: one connection, in one transaction that sees one state of it and changes nothing.

use std::str::FromStr;

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::plan::TablePlan;
use super::sql::{ident, literal};
use super::tables::Tables;
use crate::database::{DatabaseConfig, Embedded, connect, database_error};
use crate::error::Result;
use crate::mask::mask_url;
use crate::{Error, Exit};

/// Which database.
#[derive(Clone, PartialEq, Eq)]
pub enum Target {
    /// The embedded one of this user.
    Embedded,
    /// The one of this URL, which may hold a secret.
    Url(String),
}

impl FromStr for Target {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(if text == "embedded" { Self::Embedded } else { Self::Url(text.to_owned()) })
    }
}

/// Without the secret.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Embedded => f.write_str("embedded"),
            Self::Url(url) => f.write_str(&mask_url(url)),
        }
    }
}

/// PostgreSQL 17 has a timeout that others do not know.
const TRANSACTION_TIMEOUT: &str = "SELECT pg_catalog.set_config(name, '0', true) FROM pg_catalog.pg_settings \
    WHERE name = 'transaction_timeout'";

/// What each transaction begins with. Values are to look the same on both sides, and a long reading is no mistake; nothing
/// of this outlives the transaction. With a small cache the planner follows an index only where that leads through the table in its
/// order: whoever reads all rows at random places reads twice as long as whoever sorts them.
const SETTINGS: &str = "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; \
    SET LOCAL client_encoding = 'UTF8'; SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; \
    SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 3; SET LOCAL bytea_output = 'hex'; \
    SET LOCAL xmloption = 'content'; SET LOCAL lc_monetary = 'C'; SET LOCAL jit = off; \
    SET LOCAL effective_cache_size = '32MB'";

pub(super) struct Side {
    /// `left` or `right`.
    pub(super) name: &'static str,
    /// Which database it is, without its password.
    pub(super) shown: String,
    pub(super) connection: PgConnection,
    pub(super) tables: Tables,
    /// The bytes of texts sort as those of UTF-8 do.
    pub(super) is_utf8: bool,
}

impl Side {
    pub(super) async fn open(name: &'static str, target: &Target, config: &DatabaseConfig) -> Result<Self> {
        let (url, shown) = match target {
            Target::Url(url) => (url.clone(), mask_url(url)),
            Target::Embedded => {
                let embedded = Embedded::locate(&config.embedded).await?;
                embedded.ensure_running().await?;
                (embedded.url(), "embedded".to_owned())
            }
        };
        let failed = |error| database_error(&format!("look at the {name} database"), error);
        let mut connection = connect(&url, &config.connection).await?;
        for sql in ["BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", SETTINGS, TRANSACTION_TIMEOUT] {
            sqlx::raw_sql(sql).execute(&mut connection).await.map_err(failed)?;
        }
        let sql = "SELECT pg_catalog.getdatabaseencoding()::text";
        let encoding = sqlx::query(sql).persistent(false).fetch_one(&mut connection).await.map_err(failed)?;
        let encoding: String = encoding.try_get(0).map_err(failed)?;
        // Latin-1 has the first characters of Unicode in its order; of unknown bytes nothing is converted.
        let is_utf8 = ["UTF8", "LATIN1", "SQL_ASCII"].contains(&encoding.as_str());
        let tables = Tables::read(&mut connection, name).await?;
        Ok(Self { name, shown, connection, tables, is_utf8 })
    }

    /// Whether the server knows a time zone; it may know others than this machine.
    pub(super) async fn check_zone(&mut self, zone: &str) -> Result<()> {
        let sql = format!("SELECT pg_catalog.timezone({}, pg_catalog.now())", literal(zone));
        match sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut self.connection).await {
            Ok(_) => Ok(()),
            Err(error) if error.as_database_error().is_some() => {
                Err(Error::new(Exit::Usage, format!("the {} database knows no time zone {zone}", self.name))
                    .help("zones are named as in America/New_York"))
            }
            Err(error) => Err(database_error(&format!("look at the {} database", self.name), error)),
        }
    }

    /// How many rows a table has.
    pub(super) async fn count(&mut self, plan: &TablePlan, side: usize) -> Result<u64> {
        let (schema, table) = &plan.names[side];
        let failed = |error| database_error(&format!("count {schema}.{table} of the {} database", self.name), error);
        let sql = format!("SELECT count(*) FROM {}.{}", ident(schema), ident(table));
        let query = sqlx::query_scalar::<_, i64>(AssertSqlSafe(sql)).persistent(false);
        Ok(query.fetch_one(&mut self.connection).await.map_err(failed)?.unsigned_abs())
    }
}
