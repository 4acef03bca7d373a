//! A site that sends its certificate without the intermediate that signed it.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, IsCa, KeyPair, KeyUsagePurpose,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// The name of the authority that the site leaves out.
pub(crate) const MISSING: &str = "Lost Intermediate CA";

/// Where the site's certificate says that the authority's is.
pub(crate) const ADDRESS: &str = "http://ca.example/lost.der";

/// The extension that says so (RFC 5280, 4.2.2.1): one access description, caIssuers and a URI.
fn authority_information_access() -> CustomExtension {
    let wrapped = |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
    let ca_issuers = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];
    let description = wrapped(0x30, &[&ca_issuers[..], &wrapped(0x86, ADDRESS.as_bytes())].concat());
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], wrapped(0x30, &description))
}

/// An authority below a root that nobody knows.
pub(crate) fn intermediate() -> CertifiedIssuer<'static, KeyPair> {
    let authority = |name: &str| {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params
    };
    let root = CertifiedIssuer::self_signed(authority("Far Root"), KeyPair::generate().unwrap()).unwrap();
    CertifiedIssuer::signed_by(authority(MISSING), KeyPair::generate().unwrap(), &root).unwrap()
}

/// A site that sends its own certificate and leaves out the intermediate. It answers `200` to everything.
pub(crate) async fn site(issuer: &CertifiedIssuer<'static, KeyPair>) -> (String, tokio::task::JoinHandle<()>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.custom_extensions = vec![authority_information_access()];
    let leaf = params.signed_by(&key, issuer).unwrap();
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
