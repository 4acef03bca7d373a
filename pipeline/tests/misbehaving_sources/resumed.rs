//! What was asked once is not asked again: by a run that goes on where another was killed, stopped at its budget, or ran beside.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::sources::SOURCES;
use crate::support::{Answer, Site};
use crate::{Patient, job, program};

/// How often each target was asked for.
fn asked(site: &Site) -> BTreeMap<String, usize> {
    let mut asked = BTreeMap::new();
    site.asked().into_iter().for_each(|request| *asked.entry(request.target).or_default() += 1);
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_goes_on_after_a_kill_asks_for_nothing_that_was_answered() {
    for source in SOURCES {
        let healthy = source.healthy;
        let site = Site::start(move |target, _| match target {
            "/robots.txt" => Answer::text(404, ""),
            _ => Answer::Late(Duration::from_millis(30), Box::new(healthy(target))),
        })
        .await;
        let home = tempfile::tempdir().unwrap();
        let mut killed =
            program(source, &site, home.path(), source.test).stdout(std::process::Stdio::null()).spawn().unwrap();
        while site.asked().len() < 12 {
            assert!(killed.try_wait().unwrap().is_none(), "it is killed in the middle");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        killed.kill().unwrap();
        killed.wait().unwrap();
        let before = site.asked().len();

        let (exit, result) = job(program(source, &site, home.path(), source.test)).await;
        assert_eq!(exit, 0, "{result}");
        let after = site.asked().len();
        assert_eq!(result["requests"], after - before);
        // What was under way or being stored when it was killed is asked for again: at most as many as are asked for at once.
        let twice = asked(&site).values().filter(|times| **times == 2).count();
        assert!(twice <= 8 + source.anew && asked(&site).values().all(|times| *times <= 2), "{:?}", asked(&site));

        let (exit, again) = job(program(source, &site, home.path(), source.test)).await;
        assert_eq!((exit, &again["requests"]), (0, &source.anew.into()));
        assert_eq!(again["tables"], result["tables"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_budget_divides_the_work_over_runs() {
    for source in SOURCES {
        let patient = Patient::of(source).await;
        let home = tempfile::tempdir().unwrap();
        let run = |flags: &[&str]| job(program(source, &patient.site, home.path(), &[source.test, flags].concat()));
        let budget = source.anew + 5;
        let mut ends = Vec::new();
        for _ in 0..100 {
            let (exit, result) = run(&["--max-requests", &budget.to_string()]).await;
            let requests = result["requests"].as_u64().unwrap();
            assert!(exit == 0 || (exit, requests) == (75, budget as u64), "{result}");
            ends.push(exit);
            if exit == 0 {
                break;
            }
            assert!(result["error"].as_str().unwrap().contains(&format!("all {budget} requests")), "{result}");
        }
        assert!(ends.len() > 2 && ends.last() == Some(&0), "{ends:?}");
        let twice = asked(&patient.site).values().filter(|times| **times > 1).count();
        assert_eq!(twice, source.anew, "{:?}", asked(&patient.site));

        let all = asked(&patient.site).len();
        let cases: [(&[&str], usize); 4] = [
            (&["--max-requests", "0"], 0),
            (&["--refresh"], all),
            (&["--no-cache"], all),
            (&["--no-cache", "--max-requests", "0"], 0),
        ];
        for (flags, requests) in cases {
            let (exit, result) = run(flags).await;
            let expected = if flags.len() == 3 { 75 } else { 0 };
            assert_eq!((exit, &result["requests"]), (expected, &requests.into()), "{flags:?}: {result}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_runs_at_once_share_what_is_stored() {
    for source in SOURCES {
        let patient = Patient::of(source).await;
        let home = tempfile::tempdir().unwrap();
        let run = || job(program(source, &patient.site, home.path(), source.test));
        let ((one, first), (two, second)) = tokio::join!(run(), run());
        assert_eq!((one, two), (0, 0), "{first} {second}");
        assert_eq!(first["tables"], second["tables"]);
        let answers = asked(&patient.site).len();
        let mut third = program(source, &patient.site, home.path(), source.test);
        let third = tokio::task::spawn_blocking(move || third.output().unwrap()).await.unwrap();
        let summary = String::from_utf8(third.stderr).unwrap();
        // All but the lists, which are asked for anew; where nothing is, robots.txt is not looked at.
        let told = format!(
            "answers from the cache: {} without a request, 0 confirmed by the site",
            answers - source.anew.max(1)
        );
        assert!(summary.contains(&told) && summary.contains(&format!("{} requests", source.anew)), "{summary}");
    }
}
