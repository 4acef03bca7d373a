//! Certificates: a chain that a site sends incomplete is completed by a file, and nothing else makes it trusted.

mod support;

use std::sync::Arc;

use pipeline::Exit;
use pipeline::fetch::{FetchError, Fetcher};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use support::{config, request};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// An authority below a root that nobody knows.
fn intermediate() -> CertifiedIssuer<'static, KeyPair> {
    let authority = || {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params
    };
    let root = CertifiedIssuer::self_signed(authority(), KeyPair::generate().unwrap()).unwrap();
    CertifiedIssuer::signed_by(authority(), KeyPair::generate().unwrap(), &root).unwrap()
}

/// A site that sends its own certificate and leaves out the intermediate. It answers `200` to everything.
async fn site(issuer: &CertifiedIssuer<'static, KeyPair>) -> (String, tokio::task::JoinHandle<()>) {
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, issuer).unwrap();
    let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(server));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok").await;
            let _ = stream.shutdown().await;
        }
    });
    (url, task)
}

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
