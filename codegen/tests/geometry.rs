//! PostGIS's types: their EWKB byte by byte, and against a server that has PostGIS.
//!
//! Not every machine has such a server, so that test is asked for: `cargo test -p codegen --test geometry -- --ignored`, as
//! `tests/run` does where it can. To accept a change of the output: `cargo run -p codegen -- --config
//! codegen/tests/fixtures/geometry/codegen.toml`.

#[rustfmt::skip]
#[path = "fixtures/geometry/generated/mod.rs"]
mod models;
#[path = "../../tests/support/postgres.rs"]
mod postgres;

use std::path::Path;

use codegen::config::{Flags, settings};
use codegen::diagnostic::Look;
use codegen::task::{Mode, run};
use models::*;
use postgres::Server;
use sqlx::Executor;

#[test]
fn committed_output_is_what_is_generated() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/geometry");
    let outcome = run(&settings(&Flags::default(), &folder).unwrap(), Mode::Check, Look::Plain).unwrap();
    assert!(outcome.changes.is_empty(), "{}", outcome.diff);
}

/// As `select 'SRID=4326;POINT(1 2)'::geometry` prints it.
const POINT: &str = "0101000020E6100000000000000000F03F0000000000000040";

#[test]
fn ewkb_is_read_and_written_as_postgis_does() {
    // What the server printed for: without a reference system; with one; most significant bytes first (ST_AsEWKB(…, 'XDR'));
    // with z; empty; a line.
    let cases = [
        ("0101000000000000000000F03F0000000000000040", None, Some((1.0, 2.0))),
        (POINT, Some(4326), Some((1.0, 2.0))),
        ("0020000001000010E63FF00000000000004000000000000000", Some(4326), Some((1.0, 2.0))),
        ("01010000A0E6100000000000000000F03F00000000000000400000000000000840", Some(4326), Some((1.0, 2.0))),
        ("0101000020E6100000000000000000F87F000000000000F87F", Some(4326), None),
        ("010200000002000000000000000000F03F000000000000004000000000000008400000000000001040", None, None),
        // No EWKB at all.
        ("", None, None),
        ("01", None, None),
        ("0101000020E610", None, None),
        ("0101000000000000000000F03F", None, None),
    ];
    for (hex, srid, xy) in cases {
        let geometry: PgGeometry = hex.parse().unwrap();
        assert_eq!((geometry.srid(), geometry.xy()), (srid, xy), "{hex}");
        assert_eq!(geometry.to_string(), hex);
        let json = serde_json::to_value(&geometry).unwrap();
        assert_eq!(json, hex);
        assert_eq!(serde_json::from_value::<PgGeometry>(json).unwrap(), geometry);
    }
    assert_eq!(PgGeometry::point(1.0, 2.0).to_string(), cases[0].0);
    let point = PgGeometry::point(1.0, 2.0).with_srid(3857).with_srid(4326);
    assert_eq!(point.to_string(), POINT);
    for wrong in ["0", "0g", "POINT(1 2)", "é0"] {
        assert!(wrong.parse::<PgGeometry>().is_err(), "{wrong}");
    }
}

#[tokio::test]
#[ignore = "needs a server with PostGIS"]
async fn geometries_come_back_as_they_were() {
    let server = Server::start(&[]);
    let mut connection = server.connect(&server.create_database().await).await;
    connection.execute("create extension postgis").await.unwrap();
    connection.execute(SCHEMA_SQL).await.unwrap();

    let spot = PgGeometry::point(-0.1, 51.5).with_srid(4326);
    let triangle = "polygon((0 0, 4 0, 0 3, 0 0))";
    let area: PgGeometry =
        sqlx::query_scalar("select $1::geometry").bind(triangle).fetch_one(&mut connection).await.unwrap();
    let insert = PlaceInsert::new("a", spot.clone())
        .with_area(area.clone())
        .with_home(spot.clone())
        .with_path(vec![PgGeometry::point(1e-300, -0.0), PgGeometry::point(f64::MAX, f64::MIN)]);
    assert_eq!(insert.validate(), Ok(()));
    let row = insert.insert().fetch_one(&mut connection).await.unwrap();
    assert_eq!((&row.spot, row.area.as_ref(), row.home.as_ref()), (&spot, Some(&area), Some(&spot)));
    assert_eq!(row.path, insert.path.value().unwrap().clone());

    // As the server sees them, and by a query of one's own.
    let seen: (f64, f64, i32, f64, String) =
        sqlx::query_as("select st_x(spot), st_y(spot), st_srid(spot), st_area(area), upper(spot::text) from place")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(seen, (-0.1, 51.5, 4326, 6.0, spot.to_string()));
    let (moved, hex): (PgGeometry, String) = sqlx::query_as("select g, g::text from place, st_translate(spot, 1, 1) g")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!((moved.srid(), moved.to_string()), (Some(4326), hex));
    assert_eq!(Place::find(row.id).fetch_one(&mut connection).await.unwrap(), row);

    // The same again changes nothing; another place does.
    assert_eq!(insert.upsert().execute(&mut connection).await.unwrap(), 0);
    let elsewhere = PlaceInsert::new("a", PgGeometry::point(2.0, 1.0).with_srid(4326));
    assert_eq!(elsewhere.upsert().fetch_one(&mut connection).await.unwrap().spot.xy(), Some((2.0, 1.0)));
}
