//! Which certificate a site leaves out of its chain.
//!
//! The verifier says only that the issuer is unknown. Here the chain is looked at once more, on a connection that ends with the
//! handshake: nothing is sent over it, and nothing is trusted for it.

use std::net::{TcpStream, ToSocketAddrs};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme};
use url::Url;

/// Who signed the last certificate of a chain, and is not in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    /// The issuer's common name, else its organisation.
    pub(super) name: String,
    /// Where the certificate that is left out can be had, if the last one says so.
    pub(super) address: Option<String>,
    /// The last certificate vouches for itself: there is nothing to complete.
    pub(super) is_self_signed: bool,
}

/// Asks the site for its chain and gives what is missing at its end. Nothing where it cannot be had, such as through a proxy.
pub(super) fn missing(site: &Url, timeout: Duration) -> Option<Missing> {
    let seen = Arc::new(Seen { provider: CryptoProvider::get_default()?.clone(), chain: Mutex::default() });
    let config = ClientConfig::builder_with_provider(Arc::clone(&seen.provider))
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::<Seen>::clone(&seen))
        .with_no_client_auth();
    let host = site.host_str()?;
    let name = ServerName::try_from(host.to_owned()).ok()?;
    let mut connection = ClientConnection::new(Arc::new(config), name).ok()?;
    let addresses = (host, site.port_or_known_default()?).to_socket_addrs().ok()?;
    let mut stream = addresses.into_iter().find_map(|address| TcpStream::connect_timeout(&address, timeout).ok())?;
    stream.set_read_timeout(Some(timeout)).ok()?;
    stream.set_write_timeout(Some(timeout)).ok()?;
    // It always ends with the refusal of the verifier below.
    let _ = connection.complete_io(&mut stream);
    let chain = seen.chain.lock().unwrap_or_else(PoisonError::into_inner);
    end_of(&chain)
}

/// Keeps the chain and refuses it, whatever it is.
#[derive(Debug)]
struct Seen {
    provider: Arc<CryptoProvider>,
    chain: Mutex<Vec<Vec<u8>>>,
}

fn refused() -> Error {
    Error::General("this connection only looks at the certificates".to_owned())
}

impl ServerCertVerifier for Seen {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(end_entity).chain(intermediates).map(|one| one.as_ref().to_vec()).collect();
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) = chain;
        Err(refused())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(refused())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(refused())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// From the first certificate on to the last that is signed by another of the chain.
fn end_of(chain: &[Vec<u8>]) -> Option<Missing> {
    let all: Vec<Certificate<'_>> = chain.iter().filter_map(|der| Certificate::read(der)).collect();
    let mut last = all.first()?;
    // No chain is longer than it has certificates, even if they sign each other in a circle.
    for _ in 0..all.len() {
        match all.iter().find(|one| one.subject == last.issuer) {
            Some(next) if last.issuer != last.subject => last = next,
            _ => break,
        }
    }
    let name = common_name(last.issuer)?;
    Some(Missing { name, address: issuer_address(last.der), is_self_signed: last.issuer == last.subject })
}

/// The parts of a certificate (RFC 5280, 4.1) that are needed here.
struct Certificate<'a> {
    der: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
}

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;
const VERSION: u8 = 0xa0;
const URI: u8 = 0x86;

/// id-ad-caIssuers, with tag and length.
const CA_ISSUERS: [u8; 10] = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x02];

/// id-at-commonName and id-at-organizationName.
const NAMES: [[u8; 3]; 2] = [[0x55, 0x04, 0x03], [0x55, 0x04, 0x0a]];

impl<'a> Certificate<'a> {
    fn read(der: &'a [u8]) -> Option<Self> {
        let (_, certificate, _) = element(der)?;
        let (_, to_be_signed, _) = element(certificate)?;
        let mut rest = to_be_signed;
        let mut next = || {
            let (tag, content, after) = element(rest)?;
            rest = after;
            Some((tag, content))
        };
        let (tag, _) = next()?;
        // The version is left out in the first one; then this was the serial number.
        if tag == VERSION {
            next()?;
        }
        let (_signature, (tag, issuer), _validity, (_, subject)) = (next()?, next()?, next()?, next()?);
        (tag == SEQUENCE).then_some(Self { der, issuer, subject })
    }
}

/// Tag, content and what follows, of DER with definite lengths.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
            (bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((tag, content, after))
}

/// The common name of a name, else its organisation. It is shown, so it is plain text.
fn common_name(name: &[u8]) -> Option<String> {
    let mut found = [None, None];
    let mut sets = name;
    while let Some((_, set, after)) = element(sets) {
        sets = after;
        let Some((_, pair, _)) = element(set) else { continue };
        let Some((OBJECT_IDENTIFIER, kind, value)) = element(pair) else { continue };
        if let (Some(which), Some((_, text, _))) = (NAMES.iter().position(|known| known == kind), element(value)) {
            let text = String::from_utf8_lossy(text);
            found[which] = Some(text.chars().filter(|c| !c.is_control()).collect());
        }
    }
    found.into_iter().flatten().next()
}

/// Where the issuer's certificate is (RFC 5280, 4.2.2.1).
fn issuer_address(der: &[u8]) -> Option<String> {
    let at = der.windows(CA_ISSUERS.len()).position(|window| window == CA_ISSUERS)?;
    let (tag, text, _) = element(&der[at + CA_ISSUERS.len()..])?;
    let address = std::str::from_utf8(text).ok().filter(|_| tag == URI)?;
    Url::parse(address).ok().map(String::from)
}
