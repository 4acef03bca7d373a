//! What is asked and what comes back.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use url::form_urlencoded;

/// A request to a source. Where the source lives is a setting, so a request holds a path, not a URL: live, recorded and
/// redirected to a test server, it is the same request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Request {
    source: &'static str,
    path: String,
    query: Vec<(String, String)>,
    lifetime: Option<Duration>,
}

impl Request {
    /// `GET path` of a source. The path starts with `/` and is not percent-encoded again.
    pub fn get(source: &'static str, path: impl Into<String>) -> Self {
        Self { source, path: path.into(), query: Vec::new(), lifetime: None }
    }

    /// Adds a query parameter. Parameters are kept sorted, so the order of adding makes no difference.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self.query.sort();
        self
    }

    /// How long the answer is fresh once it is stored, where that is known better than for the source as a whole: the page of
    /// a season that has ended no longer changes.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// The lifetime of its own, if it has one.
    pub(super) fn own_lifetime(&self) -> Option<Duration> {
        self.lifetime
    }

    /// The source's name, such as `ncaa-directory`.
    pub fn source(&self) -> &'static str {
        self.source
    }

    /// The method. All sources are read-only.
    pub fn method(&self) -> &'static str {
        "GET"
    }

    /// The path, starting with `/`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The sorted query, form-encoded, without `?`; empty if there is none.
    pub fn query_string(&self) -> String {
        encode_query(&self.query)
    }

    /// The path with the query: what is appended to the base URL.
    pub fn target(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query_string()) }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method(), self.target())
    }
}

/// Form-encodes parameters in the order given.
fn encode_query(query: &[(String, String)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish()
}

/// The same query with its parameters sorted, as [`Request::query_string`] gives it.
pub(crate) fn sorted_query(query: &str) -> String {
    let mut pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    pairs.sort();
    encode_query(&pairs)
}

/// Where a response came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// From the site, just now.
    Live,
    /// From the cache; the site answered so then, or has confirmed it just now.
    Cache,
    /// From a recording.
    Recording,
}

/// A whole response, its body decompressed.
#[derive(Debug, Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// The headers by lower-case name, less cookies and less those that describe the transfer (length, encoding).
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Bytes,
    /// The address that answered, after redirects.
    pub url: String,
    /// The media type of `Content-Type`, lower case, without parameters.
    pub media_type: Option<String>,
    /// When the site answered, or confirmed a stored answer.
    pub fetched_at: DateTime<Utc>,
    /// Live, stored or recorded.
    pub origin: Origin,
}

impl Response {
    /// The site says that there is nothing at this address (404 or 410).
    pub fn is_absent(&self) -> bool {
        matches!(self.status, 404 | 410)
    }
}

/// The media type of a `Content-Type` header, lower case, without parameters.
pub(crate) fn media_type(headers: &BTreeMap<String, String>) -> Option<String> {
    let value = headers.get("content-type")?.split(';').next()?.trim().to_ascii_lowercase();
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_does_not_depend_on_the_order_of_its_parts() {
        let one = Request::get("s", "/p").query("type", 12).query("division", "I");
        let two = Request::get("s", "/p").query("division", "I").query("type", 12);
        assert_eq!(one, two);
        assert_eq!(one.to_string(), "GET /p?division=I&type=12");
        assert_eq!(sorted_query("type=12&division=I"), one.query_string());
    }

    #[test]
    fn a_query_is_encoded_and_an_empty_one_leaves_no_question_mark() {
        assert_eq!(Request::get("s", "/p").query("q", "a b&c").to_string(), "GET /p?q=a+b%26c");
        assert_eq!(Request::get("s", "/p").to_string(), "GET /p");
    }
}
