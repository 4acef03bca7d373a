//! Values of the types that proptest knows no strategy for.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Bound::{Excluded, Included, Unbounded};

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};
use ipnetwork::IpNetwork;
use proptest::collection::vec;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::models::*;

/// The first day of PostgreSQL's calendar, Julian day 0.
pub(crate) fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(-4713, 11, 24).unwrap()
}

pub(crate) fn decimal() -> impl Strategy<Value = Decimal> {
    let mantissa =
        prop_oneof![-(1i128 << 96) + 1..(1i128 << 96), any::<i64>().prop_map(i128::from), -99_999..99_999i128];
    (mantissa, 0..=28u32).prop_map(|(mantissa, scale)| Decimal::from_i128_with_scale(mantissa, scale))
}

pub(crate) fn amount() -> impl Strategy<Value = Decimal> {
    (-999_999_999_999i64..=999_999_999_999).prop_map(|cents| Decimal::new(cents, 2))
}

/// Any text but NUL.
pub(crate) fn text() -> impl Strategy<Value = String> {
    "[^\0]{0,40}"
}

/// JSON with those floats in it: `jsonb` keeps a float that is a whole number as a whole number.
pub(crate) fn json(floats: impl Strategy<Value = f64> + 'static) -> impl Strategy<Value = serde_json::Value> {
    use serde_json::{Map, Value};
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        floats.prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let entries = vec(("[^\0]{0,8}", inner.clone()), 0..6);
        let object = entries.prop_map(|entries| Value::Object(entries.into_iter().collect::<Map<_, _>>()));
        prop_oneof![vec(inner, 0..6).prop_map(Value::from), object]
    })
}

/// Floats that are no whole numbers.
pub(crate) fn halves() -> impl Strategy<Value = f64> {
    any::<i32>().prop_map(|whole| f64::from(whole) + 0.5)
}

pub(crate) fn date() -> impl Strategy<Value = NaiveDate> {
    (0..=(NaiveDate::MAX - first_day()).num_days()).prop_map(|days| first_day() + TimeDelta::days(days))
}

pub(crate) fn time() -> impl Strategy<Value = NaiveTime> {
    (0..86_400_000_000i64).prop_map(|micros| NaiveTime::MIN + TimeDelta::microseconds(micros))
}

pub(crate) fn time_tz() -> impl Strategy<Value = PgTimeTz> {
    // PostgreSQL's MAX_TZDISP_HOUR is 15.
    let offset = (-57_599..=57_599).prop_map(|seconds| FixedOffset::east_opt(seconds).unwrap());
    (time(), offset).prop_map(|(time, offset)| PgTimeTz { time, offset })
}

pub(crate) fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    let first = first_day().and_time(NaiveTime::MIN).and_utc().timestamp_micros();
    let last = DateTime::<Utc>::MAX_UTC.timestamp_micros();
    (first..=last).prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap())
}

pub(crate) fn naive_moment() -> impl Strategy<Value = chrono::NaiveDateTime> {
    moment().prop_map(|moment| moment.naive_utc())
}

pub(crate) fn interval() -> impl Strategy<Value = PgInterval> {
    any::<(i32, i32, i64)>().prop_map(|(months, days, microseconds)| PgInterval { months, days, microseconds })
}

pub(crate) fn network() -> impl Strategy<Value = IpNetwork> {
    prop_oneof![
        (any::<Ipv4Addr>(), 0..=32u8)
            .prop_map(|(address, prefix)| IpNetwork::new(IpAddr::V4(address), prefix).unwrap()),
        (any::<Ipv6Addr>(), 0..=128u8)
            .prop_map(|(address, prefix)| IpNetwork::new(IpAddr::V6(address), prefix).unwrap()),
    ]
}

/// Without bits behind the network's, which `cidr` refuses.
pub(crate) fn cidr() -> impl Strategy<Value = IpNetwork> {
    network().prop_map(|network| IpNetwork::new(network.network(), network.prefix()).unwrap())
}

pub(crate) fn bits(count: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = PgBits> {
    vec(any::<bool>(), count).prop_map(PgBits)
}

pub(crate) fn point() -> impl Strategy<Value = PgPoint> {
    any::<(f64, f64)>().prop_map(|(x, y)| PgPoint { x, y })
}

pub(crate) fn line() -> impl Strategy<Value = PgLine> {
    // PostgreSQL takes what is nearer to 0 than 1e-6 for 0.
    (1e-5..1e300, -1e300..1e300, proptest::num::f64::NORMAL).prop_map(|(a, b, c)| PgLine { a, b, c })
}

/// Ranges as PostgreSQL gives them back: `[lower, upper)` of whole numbers and dates.
pub(crate) fn discrete<S: Strategy>(value: fn() -> S) -> impl Strategy<Value = PgRange<S::Value>>
where
    S::Value: Ord + Clone,
{
    (value(), value(), any::<(bool, bool)>()).prop_map(|(a, b, (from, to))| {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        match (from, to) {
            (true, true) if low == high => PgRange::Empty,
            (from, to) => PgRange::Between(
                if from { Included(low) } else { Unbounded },
                if to { Excluded(high) } else { Unbounded },
            ),
        }
    })
}

/// Ranges with any bounds, of numbers and moments.
pub(crate) fn continuous<S: Strategy>(value: fn() -> S) -> impl Strategy<Value = PgRange<S::Value>>
where
    S::Value: Ord + Clone,
{
    (value(), value(), 0..3u8, 0..3u8).prop_map(|(a, b, from, to)| {
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        let same = low == high;
        let bound = |kind, value| match kind {
            0 => Unbounded,
            1 => Included(value),
            _ => Excluded(value),
        };
        match (from, to) {
            (1.., 1..) if same && (from, to) != (1, 1) => PgRange::Empty,
            (from, to) => PgRange::Between(bound(from, low), bound(to, high)),
        }
    })
}
