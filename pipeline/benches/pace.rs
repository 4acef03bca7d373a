//! How near the client comes to the rate that it is allowed, as the site sees it.
//!
//! `cargo bench -p pipeline --bench pace` prints a table; see docs/fetching.md.

#[path = "../tests/support/mod.rs"]
mod support;

use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use pipeline::fetch::{FetchConfig, Fetcher, Rate};
use support::{Answer, SOURCE, Site, request};

const CONCURRENCY: usize = 4;

/// Requests a second; how long the site takes to answer, and how long each answer keeps us busy, in milliseconds.
const CASES: [(u32, u64, u64); 12] = [
    (2, 50, 0),
    (2, 1_000, 0),
    (2, 1_900, 0),
    (2, 50, 400),
    (10, 50, 0),
    (10, 350, 0),
    (10, 50, 80),
    (50, 5, 0),
    (50, 60, 0),
    (200, 1, 0),
    // Beyond the limit: four at once, each half a second, are eight a second.
    (10, 500, 0),
    (50, 500, 0),
];

#[tokio::main]
async fn main() {
    println!("    rate   latency      busy   allowed       seen      of it  least gap");
    for (rate, latency, busy) in CASES {
        let gap = Duration::from_secs(1) / rate;
        let latency = Duration::from_millis(latency);
        let site = Site::start(move |target, _| match target {
            "/robots.txt" => Answer::text(404, ""),
            _ => Answer::Late(latency, Box::new(Answer::text(200, "yes"))),
        })
        .await;
        let mut config = FetchConfig { concurrency: CONCURRENCY, ..site.config() };
        config.sources.get_mut(SOURCE).expect("the source").rate = Rate::from_gap(gap).expect("a rate");
        let fetcher = Fetcher::new(config).expect("settings");
        let number = (rate * 12).clamp(24, 600);
        let requests = stream::iter(0..number).map(|number| {
            let fetcher = &fetcher;
            async move { fetcher.get(&request(&format!("/{number}"))).await.expect("an answer") }
        });
        requests
            .buffer_unordered(fetcher.concurrency())
            .for_each(|_| tokio::time::sleep(Duration::from_millis(busy)))
            .await;
        // The first pages find nothing under way; what counts is how it goes on.
        let starts: Vec<_> = site.asked().into_iter().filter(|asked| asked.target != "/robots.txt").collect();
        let starts = &starts[CONCURRENCY..];
        let whole = starts[starts.len() - 1].at - starts[0].at;
        let seen = (starts.len() - 1) as f64 / whole.as_secs_f64();
        let fitting = f64::from(rate).min(CONCURRENCY as f64 / latency.as_secs_f64());
        let least = starts.windows(2).map(|pair| pair[1].at - pair[0].at).min().unwrap_or_default();
        println!(
            "{rate:>6}/s  {:>5} ms  {busy:>5} ms  {fitting:>6.1}/s  {seen:>7.2}/s  {:>7.1} %  {:>6.1} ms",
            latency.as_millis(),
            100.0 * seen / fitting,
            least.as_secs_f64() * 1000.0,
        );
    }
}
