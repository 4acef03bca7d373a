//! What was loaded before, as tasks look it up: a task asks for what hangs on the rows of others.

use std::collections::BTreeMap;

use models::Source;
use sqlx::{FromRow, PgPool};

use crate::Result;
use crate::database::{self, database_error};
use crate::identity::{KnownAlias, KnownSchool, Matcher};
use crate::sources::awards::{KnownAthlete, KnownAthletes};
use crate::sources::ncaa_com::{KnownEntry, KnownRoster};

/// The database as tasks may read it; without one, nothing was loaded before.
#[derive(Debug, Clone)]
pub struct Known {
    pool: Option<PgPool>,
}

#[derive(FromRow)]
struct School {
    ncaa_id: i32,
    name: String,
    state: Option<String>,
    city: Option<String>,
    website_url: Option<String>,
}

#[derive(FromRow)]
struct Entry {
    school: i32,
    source: String,
    player_key: String,
    normalized_name: String,
    position: String,
    class_year: Option<String>,
}

/// A roster entry as far as it tells who it is.
#[derive(Debug, Clone, FromRow)]
pub struct KnownAppearance {
    source: String,
    /// The school's NCAA id.
    pub school: i32,
    /// The season's ending year.
    pub season: i32,
    /// What names the entry within its source and team.
    pub player_key: String,
    /// The name as people write it.
    pub name: String,
    /// The name made comparable.
    pub normalized_name: String,
    /// The hometown as the source writes it.
    pub hometown: Option<String>,
    /// Its city, where that is certain.
    pub hometown_city: Option<String>,
    /// Its state, where that is certain.
    pub hometown_state: Option<String>,
    /// Its country, where that is certain.
    pub hometown_country: Option<String>,
    /// The high school.
    pub high_school: Option<String>,
    /// The class.
    pub class_year: Option<String>,
    /// The height.
    pub height_inches: Option<i32>,
    /// The athlete that the entry is linked to.
    pub identity_key: Option<String>,
}

impl KnownAppearance {
    /// The source of the entry.
    pub fn source(&self) -> Source {
        Source::from(self.source.as_str())
    }
}

const APPEARANCES: &str = "SELECT e.source::text, s.ncaa_id AS school, t.season, e.player_key, e.name, e.normalized_name, e.hometown, \
                           e.hometown_city, e.hometown_state, e.hometown_country, e.high_school, e.class_year, e.height_inches, \
                           a.identity_key FROM public.roster_entry e JOIN public.team t ON t.id = e.team_id \
                           JOIN public.school s ON s.id = t.school_id JOIN public.sport p ON p.id = t.sport_id \
                           LEFT JOIN public.athlete_link l ON l.roster_entry_id = e.id LEFT JOIN public.athlete a ON a.id = l.athlete_id \
                           WHERE p.ncaa_id = $1 AND e.deleted_at IS NULL ORDER BY s.ncaa_id, t.season, e.player_key";

const ROSTERS: &str = "SELECT s.ncaa_id AS school, e.source::text, e.player_key, e.normalized_name, e.position, e.class_year \
                       FROM public.roster_entry e JOIN public.team t ON t.id = e.team_id JOIN public.school s ON s.id = t.school_id \
                       JOIN public.sport p ON p.id = t.sport_id WHERE p.ncaa_id = $1 AND t.season = $2 AND e.source = 'ncaa-stats' ORDER BY e.id";

/// Names that a rule found are no evidence for others: only what is known by id, or was written by hand.
const ALIASES: &str = "SELECT s.ncaa_id, a.source::text, a.alias FROM public.school_alias a \
                       JOIN public.school s ON s.id = a.school_id WHERE a.rule IS NULL OR a.rule = 'id'";

const TEAMS: &str = "SELECT p.ncaa_id, greatest(\
                     (SELECT count(*) FROM public.team t WHERE t.sport_id = p.id \
                      AND t.season = (SELECT max(l.season) FROM public.team l WHERE l.sport_id = p.id)), \
                     (SELECT count(*) FROM public.school_sport s WHERE s.sport_id = p.id)) FROM public.sport p";

const SCHOOLS: &str = "SELECT s.ncaa_id, s.name, s.state, l.city, s.website_url FROM public.school s \
                       LEFT JOIN public.location l ON l.id = s.location_id ORDER BY s.ncaa_id";

impl Known {
    /// What a database holds.
    pub fn of(pool: PgPool) -> Self {
        Self { pool: Some(pool) }
    }

    /// Nothing: `pipeline test` works without a database.
    pub fn nothing() -> Self {
        Self { pool: None }
    }

    /// True where there is no database to look into.
    pub fn is_nothing(&self) -> bool {
        self.pool.is_none()
    }

    /// The schools with their other names.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn schools(&self) -> Result<Vec<KnownSchool>> {
        let Some(pool) = &self.pool else { return Ok(Vec::new()) };
        let failed = |error| database_error("read the schools", error);
        let mut transaction = database::begin(pool).await?;
        let schools: Vec<School> =
            sqlx::query_as(SCHOOLS).persistent(false).fetch_all(&mut *transaction).await.map_err(failed)?;
        let rows: Vec<(i32, String, String)> =
            sqlx::query_as(ALIASES).persistent(false).fetch_all(&mut *transaction).await.map_err(failed)?;
        let mut aliases: BTreeMap<i32, Vec<KnownAlias>> = BTreeMap::new();
        for (school, source, alias) in rows {
            aliases.entry(school).or_default().push(KnownAlias { source: Source::from(source.as_str()), alias });
        }
        let known = schools.into_iter().map(|school| KnownSchool {
            ncaa_id: school.ncaa_id,
            name: school.name,
            state: school.state,
            city: school.city,
            websites: school.website_url.into_iter().collect(),
            aliases: aliases.remove(&school.ncaa_id).unwrap_or_default(),
        });
        Ok(known.collect())
    }

    /// The rosters of a sport and season, as stats.ncaa.org has them: a player whom two sources have would be two.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn rosters(&self, sport: &str, season: i32) -> Result<KnownRoster> {
        let Some(pool) = &self.pool else { return Ok(KnownRoster::new(sport, season, [])) };
        let failed = |error| database_error("read the rosters", error);
        let mut transaction = database::begin(pool).await?;
        let query = sqlx::query_as(ROSTERS).persistent(false).bind(sport).bind(season);
        let entries: Vec<Entry> = query.fetch_all(&mut *transaction).await.map_err(failed)?;
        let known = entries.into_iter().map(|entry| KnownEntry {
            school: entry.school,
            source: Source::from(entry.source.as_str()),
            player_key: entry.player_key,
            normalized_name: entry.normalized_name,
            position: entry.position,
            class_year: entry.class_year,
        });
        Ok(KnownRoster::new(sport, season, known))
    }

    /// About how many teams each sport has: those of its last season, or the schools that sponsor it if they are more.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn teams_by_sport(&self) -> Result<BTreeMap<String, u64>> {
        let Some(pool) = &self.pool else { return Ok(BTreeMap::new()) };
        let failed = |error| database_error("count the teams", error);
        let mut transaction = database::begin(pool).await?;
        let rows: Vec<(String, i64)> =
            sqlx::query_as(TEAMS).persistent(false).fetch_all(&mut *transaction).await.map_err(failed)?;
        Ok(rows.into_iter().map(|(sport, teams)| (sport, teams.unsigned_abs())).collect())
    }

    /// The roster entries of a sport in all seasons, with the athletes that they are linked to.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn appearances(&self, sport: &str) -> Result<Vec<KnownAppearance>> {
        let Some(pool) = &self.pool else { return Ok(Vec::new()) };
        let failed = |error| database_error("read the roster entries", error);
        let mut transaction = database::begin(pool).await?;
        let query = sqlx::query_as(APPEARANCES).persistent(false).bind(sport);
        query.fetch_all(&mut *transaction).await.map_err(failed)
    }

    /// The athletes of a sport by the schools and seasons in which they are on a roster.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn athletes(&self, sport: &str) -> Result<KnownAthletes> {
        let appearances = self.appearances(sport).await?;
        Ok(KnownAthletes::new(appearances.into_iter().filter_map(|entry| {
            Some(KnownAthlete {
                identity_key: entry.identity_key?,
                normalized_name: entry.normalized_name,
                school: entry.school,
                season: entry.season,
            })
        })))
    }

    /// What tells which school a name means.
    ///
    /// # Errors
    /// As [`Known::schools`].
    pub async fn matcher(&self) -> Result<Matcher> {
        Ok(Matcher::new(self.schools().await?))
    }
}
