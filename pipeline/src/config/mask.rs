//! Passwords in URLs are never shown.

use url::Url;

const MASK: &str = "***";

/// `raw` without its secrets: the password of the authority and every query parameter that names a password, secret or
/// token become `***`. Of a text that is no proper URL, or whose password may have spilled into another part (an unescaped
/// `/`, `?` or `#` in it), only the scheme is left.
pub fn mask_url(raw: &str) -> String {
    let Some((scheme, _)) = raw.split_once("://") else {
        return if raw.contains(['@', '=']) { MASK.to_owned() } else { raw.to_owned() };
    };
    let hidden = format!("{scheme}://{MASK}");
    let Ok(mut url) = Url::parse(raw) else {
        return hidden;
    };
    let without_user = url.username().is_empty() && url.password().is_none();
    if url.fragment().is_some() || (raw.contains('@') && without_user) {
        return hidden;
    }
    let query = url.query().map(|query| query.split('&').map(mask_parameter).collect::<Vec<_>>().join("&"));
    if url.password().is_none() && query.as_deref() == url.query() {
        // Nothing to hide: as it was written, for `Url` adds a slash here and there.
        return raw.to_owned();
    }
    if url.password().is_some() && url.set_password(Some(MASK)).is_err() {
        return hidden;
    }
    url.set_query(query.as_deref());
    url.to_string()
}

fn mask_parameter(pair: &str) -> String {
    let Some((key, _)) = pair.split_once('=') else {
        return pair.to_owned();
    };
    // Decoded, because `p%61ssword` is a password too.
    let name: String = url::form_urlencoded::parse(key.as_bytes()).map(|(name, _)| name.to_lowercase()).collect();
    let secret = ["pass", "pwd", "secret", "token"].iter().any(|word| name.contains(word));
    if secret { format!("{key}={MASK}") } else { pair.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::mask_url;

    #[test]
    fn no_part_of_a_password_is_shown() {
        let cases = [
            ("postgres://ann@db/x", "postgres://ann@db/x"),
            ("https://example.org", "https://example.org"),
            ("postgres://ann:hunter2@db:5432/x", "postgres://ann:***@db:5432/x"),
            ("postgres://ann:hunter2@%2Ftmp%2Fsocket/x", "postgres://ann:***@%2Ftmp%2Fsocket/x"),
            ("postgres:///x?host=/tmp&user=ann&password=hunter2", "postgres:///x?host=/tmp&user=ann&password=***"),
            ("postgres://db/x?p%61ssword=hunter2&sslmode=require", "postgres://db/x?p%61ssword=***&sslmode=require"),
            ("http://127.0.0.1:8080/?access_token=hunter2", "http://127.0.0.1:8080/?access_token=***"),
            // A password with characters that should have been escaped spills into port, path, query or fragment.
            ("postgres://ann:12/hunter2@db/x", "postgres://***"),
            ("postgres://ann:12?hunter2@db/x", "postgres://***"),
            ("postgres://ann:12#hunter2@db/x", "postgres://***"),
            ("postgres://ann:hunter2#@db/x", "postgres://***"),
            ("ann:hunter2@db", "***"),
            ("host=db password=hunter2", "***"),
            ("localhost", "localhost"),
        ];
        for (raw, shown) in cases {
            assert_eq!(mask_url(raw), shown, "{raw}");
        }
    }
}
