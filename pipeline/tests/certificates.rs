//! Certificates: a chain that a site sends incomplete is completed by a file, and nothing else makes it trusted.

mod support;
#[path = "support/tls.rs"]
mod tls;

use pipeline::Exit;
use pipeline::fetch::{FetchError, Fetcher};
use support::{config, request};
use tls::{intermediate, site};

#[tokio::test]
async fn an_incomplete_chain_is_told_with_its_way_out_and_not_tried_again() {
    let (url, task) = site(&intermediate()).await;
    let fetcher = Fetcher::new(config(&url)).unwrap();
    let error = fetcher.get(&request("/page")).await.unwrap_err();
    assert!(matches!(error, FetchError::Certificate { .. }), "{error:?}");
    assert_eq!(fetcher.statistics().requests, 1);
    let error = pipeline::Error::from(error);
    assert_eq!(error.exit(), Exit::Configuration);
    assert!(error.help_text().is_some_and(|help| help.contains("--ca-file")));
    task.abort();
}

#[tokio::test]
async fn a_certificate_file_completes_the_chain_and_another_does_not() {
    let issuer = intermediate();
    let (url, task) = site(&issuer).await;
    for (pem, trusted) in [(issuer.pem(), true), (intermediate().pem(), false)] {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), pem).unwrap();
        let mut config = config(&url);
        config.ca_file = Some(file.path().to_owned());
        let answer = Fetcher::new(config).unwrap().get(&request("/page")).await;
        assert_eq!(answer.is_ok(), trusted, "{answer:?}");
    }
    task.abort();
}
