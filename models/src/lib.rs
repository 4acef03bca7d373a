//! Rust models of the Drizzle schemas.
//!
//! ```no_run
//! use models::{Conference, ConferenceRef, Insert, Keyed, Patch, School, SchoolInsert, SchoolPatch, SchoolRef, Upsert};
//!
//! # async fn example(pool: &sqlx::PgPool) -> Result<(), Box<dyn std::error::Error>> {
//! let insert = SchoolInsert::new(169, "Coastal College").with_conference_id(ConferenceRef::NcaaId(821));
//! insert.validate()?;
//!
//! // By the default conflict key, and by one that is named.
//! let school: School = insert.upsert().fetch_one(pool).await?;
//! insert.upsert_on(School::BY_NCAA_ID).execute(pool).await?;
//!
//! let patch = SchoolPatch::default().with_nickname("Gulls".to_owned());
//! let changed: u64 = patch.update(SchoolRef::NcaaId(169)).execute(pool).await?;
//!
//! let conference: Option<Conference> = Conference::find(ConferenceRef::NcaaId(821)).fetch_optional(pool).await?;
//! println!("{}", School::find(school.id).sql());
//!
//! // Relations have the columns of a join.
//! let together = School::CONFERENCE.on("s", "c");
//! println!("select s.name, c.name from school s join conference c on {together}");
//! # Ok(())
//! # }
//! ```

#[rustfmt::skip]
pub mod generated;

pub use generated::*;
