//! Where redirects lead.

use reqwest::header::{self, HeaderMap};
use url::Url;

use crate::fetch::FetchError;

/// Where a redirect leads, or why it is not followed; none if the answer is no redirect.
pub(super) fn target(from: &Url, status: u16, headers: &HeaderMap) -> Option<Result<Url, FetchError>> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = String::from_utf8_lossy(headers.get(header::LOCATION)?.as_bytes()).into_owned();
    let refuse = |reason| Err(FetchError::Redirect { url: from.to_string(), to: location.clone(), reason });
    let Ok(to) = from.join(&location) else {
        return Some(refuse("that is not a URL"));
    };
    let upgrade = from.scheme() == "http" && to.scheme() == "https" && from.port().is_none() && to.port().is_none();
    let same_port = from.scheme() == to.scheme() && from.port_or_known_default() == to.port_or_known_default();
    if from.host() != to.host() || !(same_port || upgrade) {
        return Some(refuse("redirects are followed within the host only"));
    }
    Some(Ok(to))
}
