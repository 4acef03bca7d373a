//! URLs as they may be shown: without their secrets.

use url::{Url, form_urlencoded};

const MASK: &str = "***";

/// The URL with its secrets replaced by `***`: the password before the host, of a web site's URL the user too, for that is how
/// tokens are given, and every query parameter whose name speaks of a secret. It also takes URLs that do not parse, since those end up in error messages, and then rather masks too much;
/// of text that is no URL at all nothing is shown.
pub fn mask_url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return MASK.to_owned();
    };
    // The last @ of the whole text, not of the authority: an unescaped `/`, `?` or `#` in a password moves the
    // authority's end into the password.
    let (user, rest) = match rest.rsplit_once('@') {
        Some((_, rest)) if matches!(scheme, "http" | "https") => (format!("{MASK}@"), rest),
        Some((credentials, rest)) => match credentials.split_once(':') {
            Some((user, _)) => (format!("{user}:{MASK}@"), rest),
            None => (format!("{credentials}@"), rest),
        },
        None => (String::new(), rest),
    };
    match rest.split_once('?') {
        Some((place, query)) => {
            format!("{scheme}://{}{place}?{}", mask_query(&user), mask_query(query))
        }
        None => format!("{scheme}://{}{rest}", mask_query(&user)),
    }
}

/// The URL without what stands before its `@`: for addresses below it.
pub(crate) fn without_credentials(url: &str) -> String {
    let parsed = Url::parse(url).map(|mut url| {
        // Of a URL with a host, neither fails.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.to_string()
    });
    // What is no URL is no address either, and refused where it is asked.
    parsed.unwrap_or_else(|_| mask_url(url))
}

/// A message without the values that it quotes (`"…"`), for logs: a value that makes no sense may still be a person's name.
pub(crate) fn mask_quoted(message: &str) -> String {
    let mut shown = String::with_capacity(message.len());
    let mut is_quoted = false;
    let mut characters = message.chars();
    while let Some(c) = characters.next() {
        match c {
            '"' => {
                shown.push_str(if is_quoted { "…\"" } else { "\"" });
                is_quoted = !is_quoted;
            }
            // An escaped quote ends nothing.
            '\\' if is_quoted => drop(characters.next()),
            _ if is_quoted => {}
            c => shown.push(c),
        }
    }
    shown
}

/// Masks the values of `key=value` pairs; text without such pairs stays as it is.
fn mask_query(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((key, _)) if is_secret(key) => format!("{key}={MASK}"),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Whether a query parameter's value is a secret. The name may be percent-encoded, as readers of URLs decode it.
fn is_secret(key: &str) -> bool {
    let decoded = form_urlencoded::parse(key.as_bytes()).next().map(|(key, _)| key.to_ascii_lowercase());
    decoded.is_some_and(|key| ["pass", "pwd", "secret", "token"].iter().any(|word| key.contains(word)))
}

#[cfg(test)]
mod tests {
    use super::{mask_quoted, mask_url};

    #[test]
    fn no_quoted_value_is_shown() {
        let cases = [
            (r#"`Name` is "J0hn \"Jo\" Smith", which is no name"#, r#"`Name` is "…", which is no name"#),
            (r#"cut off "in the"#, r#"cut off ""#),
            ("nothing quoted", "nothing quoted"),
        ];
        for (message, shown) in cases {
            assert_eq!(mask_quoted(message), shown);
        }
    }

    #[test]
    fn no_secret_is_shown() {
        let cases = [
            ("postgres://host/db", "postgres://host/db"),
            ("postgres://ann@host/db", "postgres://ann@host/db"),
            ("postgres://ann:s3cret@host:5432/db", "postgres://ann:***@host:5432/db"),
            ("postgres://:s3cret@host/db", "postgres://:***@host/db"),
            // Unescaped delimiters in a password.
            ("postgres://ann:s3/c?r#et@host/db", "postgres://ann:***@host/db"),
            ("postgres://ann:s3c@ret@host/db", "postgres://ann:***@host/db"),
            ("postgres://ann:12/s3cret@host/db", "postgres://ann:***@host/db"),
            // Passwords among the parameters.
            ("postgres://host/db?user=ann&password=s3cret", "postgres://host/db?user=ann&password=***"),
            ("postgres://host/db?PASSWORD=s3cret&sslmode=require", "postgres://host/db?PASSWORD=***&sslmode=require"),
            ("postgres://host/db?pass%77ord=s3cret", "postgres://host/db?pass%77ord=***"),
            ("postgres://host/db?sslpassword=s3cret", "postgres://host/db?sslpassword=***"),
            ("postgres://ann:s3cret@host/db?password=s3cret", "postgres://ann:***@host/db?password=***"),
            ("postgres://ann@host/db?password=s3cret@x", "postgres://ann@host/db?password=***x"),
            ("postgresql://u@localhost:5432/u?host=%2Ftmp%2Fx", "postgresql://u@localhost:5432/u?host=%2Ftmp%2Fx"),
            ("http://127.0.0.1:8080/?access_token=s3cret", "http://127.0.0.1:8080/?access_token=***"),
            ("https://example.org", "https://example.org"),
            ("https://s3cret@example.org/a", "https://***@example.org/a"),
            ("https://ann:s3cret@example.org/a", "https://***@example.org/a"),
            // No URL: nothing of it is shown.
            ("host=db password=s3cret", "***"),
            ("s3cret", "***"),
        ];
        for (url, masked) in cases {
            let shown = mask_url(url);
            assert!(!shown.contains("s3"), "{url} shows {shown}");
            assert!(!shown.contains("ret"), "{url} shows {shown}");
            assert_eq!(shown, masked, "{url}");
        }
    }
}
