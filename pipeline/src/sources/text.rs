//! Text as people type it into forms, made comparable.

use url::Url;

/// Text without white space at its ends and with one space for each run of it within. The no-break space counts too.
pub fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A web address as people write it, as an absolute URL. Takes `//host`, a bare host, a host with a path, upper-case hosts
/// and, of several addresses divided by `;` or `,`, the first; gives `https` to what names no scheme, and no slash to what
/// names no path. Gives none for what is no web address.
pub fn web_address(text: &str) -> Option<String> {
    let text = text.split([';', ',']).map(str::trim).find(|part| !part.is_empty())?;
    if text.contains(char::is_whitespace) {
        return None;
    }
    let absolute = if let Some(rest) = text.strip_prefix("//") {
        format!("https://{rest}")
    } else if text.starts_with('/') {
        // A path on the site that shows it; the URL standard would take its first part for a host.
        return None;
    } else if text.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let url = Url::parse(&absolute).ok()?;
    let host = url.host_str()?;
    let named = host.contains('.') && !host.starts_with('.') && !host.contains("..");
    if !matches!(url.scheme(), "http" | "https") || !named || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let text = String::from(url);
    Some(if bare { text.trim_end_matches('/').to_owned() } else { text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_is_folded() {
        assert_eq!(folded("  Women's\u{a0} Stunt \n"), "Women's Stunt");
        assert_eq!(folded(" \t"), "");
    }

    #[test]
    fn web_addresses_are_made_absolute() {
        let cases = [
            ("www.rolltide.com", Some("https://www.rolltide.com")),
            ("//lrtrojans.com", Some("https://lrtrojans.com")),
            ("http://www.adams.edu", Some("http://www.adams.edu")),
            ("HTTPS://WWW.Walsh.EDU/", Some("https://www.walsh.edu")),
            ("www.wisc.edu/", Some("https://www.wisc.edu")),
            ("goamcats.com/landing/index", Some("https://goamcats.com/landing/index")),
            ("www.beloit.edu/bucs/", Some("https://www.beloit.edu/bucs/")),
            ("www.dbq.edu/Athletics/", Some("https://www.dbq.edu/Athletics/")),
            ("Www.GoBarryBucs.com", Some("https://www.gobarrybucs.com")),
            ("www.pomona.edu; www.pitzer.edu", Some("https://www.pomona.edu")),
            (" www.acu.edu ", Some("https://www.acu.edu")),
            ("host.edu:8443/a", Some("https://host.edu:8443/a")),
            ("https://example.edu/?q=1", Some("https://example.edu/?q=1")),
            ("", None),
            ("  ", None),
            ("N/A", None),
            ("none", None),
            ("//", None),
            ("/directory/orgDetail", None),
            ("mailto:info@school.edu", None),
            ("ftp://files.school.edu", None),
            ("javascript:void(0)", None),
            ("info@school.edu", None),
            ("no web site", None),
        ];
        for (text, expected) in cases {
            assert_eq!(web_address(text).as_deref(), expected, "{text:?}");
        }
    }
}
