//! The links of a detail page.

use std::sync::LazyLock;

use models::SocialLinks;
use scraper::{ElementRef, Html, Selector};
use url::Url;

use super::selector;
use crate::sources::text::web_address;

static ITEMS: LazyLock<Selector> = LazyLock::new(|| selector("a.list-group-item"));
static ANCHORS: LazyLock<Selector> = LazyLock::new(|| selector("a[href]"));

/// Platforms by host.
const PLATFORMS: [(&str, &str); 8] = [
    ("facebook.com", "facebook"),
    ("instagram.com", "instagram"),
    ("linkedin.com", "linkedin"),
    ("tiktok.com", "tiktok"),
    ("twitter.com", "x"),
    ("x.com", "x"),
    ("youtube.com", "youtube"),
    ("youtu.be", "youtube"),
];

/// The links of a page, absolute.
#[derive(Default)]
pub(super) struct Links {
    pub(super) institution: Option<String>,
    pub(super) athletics: Option<String>,
    pub(super) social: SocialLinks,
}

/// The first item of the list of links leads to the institution, the second to its athletics. An item that leads nowhere
/// still takes its place; those that lead to social media or elsewhere in the directory do not.
pub(super) fn links(html: &Html) -> Links {
    let mut links = Links::default();
    let mut items = html.select(&ITEMS).filter(|item| {
        let href = href(item);
        let within = href.starts_with(['#', '?']) || (href.starts_with('/') && !href.starts_with("//"));
        !within && platform(href).is_none() && !href.is_empty()
    });
    links.institution = items.next().and_then(|item| web_address(href(&item)));
    links.athletics = items.next().and_then(|item| web_address(href(&item)));
    for anchor in html.select(&ANCHORS).filter(|anchor| !is_furniture(anchor)) {
        if let Some((platform, profile)) = platform(href(&anchor))
            && let Some(known) = profile_of(&mut links.social, platform)
        {
            known.get_or_insert(profile);
        }
    }
    links
}

/// Where the profile on a platform is kept.
fn profile_of<'a>(links: &'a mut SocialLinks, platform: &str) -> Option<&'a mut Option<String>> {
    Some(match platform {
        "facebook" => &mut links.facebook,
        "instagram" => &mut links.instagram,
        "linkedin" => &mut links.linkedin,
        "tiktok" => &mut links.tiktok,
        "x" => &mut links.x,
        "youtube" => &mut links.youtube,
        _ => return None,
    })
}

fn href<'a>(anchor: &ElementRef<'a>) -> &'a str {
    anchor.value().attr("href").unwrap_or_default().trim()
}

/// Whether a link belongs to the site's own frame, not to the school.
fn is_furniture(anchor: &ElementRef) -> bool {
    let mut parents = anchor.ancestors().filter_map(ElementRef::wrap);
    parents.any(|parent| matches!(parent.value().name(), "header" | "footer" | "nav"))
}

/// The platform and the profile that a link leads to. Links without a profile, links that share the page, and the NCAA's own
/// profiles are none.
fn platform(href: &str) -> Option<(&'static str, String)> {
    let address = web_address(href)?;
    let url = Url::parse(&address).ok()?;
    let host = url.host_str()?;
    let (_, name) = PLATFORMS
        .iter()
        .find(|(domain, _)| host.strip_suffix(domain).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))?;
    let profile = url.path_segments()?.find(|part| !part.is_empty())?.trim_start_matches('@').to_ascii_lowercase();
    let shares = matches!(profile.as_str(), "share" | "sharer" | "sharer.php" | "intent" | "sharearticle");
    (!shares && !profile.starts_with("ncaa")).then_some((*name, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_recognised_by_host() {
        let cases = [
            ("https://www.facebook.com/SomeCollege", Some("facebook")),
            ("//twitter.com/SomeCollege", Some("x")),
            ("https://x.com/SomeCollege", Some("x")),
            ("https://netflix.com/SomeCollege", None),
            ("https://m.youtube.com/@SomeCollege", Some("youtube")),
            ("https://www.tiktok.com/@somecollege", Some("tiktok")),
            ("https://www.linkedin.com/school/some-college/", Some("linkedin")),
            ("https://www.facebook.com/", None),
            ("https://www.facebook.com/sharer.php?u=x", None),
            ("https://twitter.com/intent/tweet?x", None),
            ("https://twitter.com/NCAA", None),
            ("https://www.instagram.com/ncaasports", None),
            ("mailto:x@facebook.com", None),
            ("/facebook.com/x", None),
        ];
        for (href, expected) in cases {
            assert_eq!(platform(href).map(|(name, _)| name), expected, "{href}");
        }
    }

    #[test]
    fn an_item_that_is_no_address_keeps_its_place() {
        let page = r#"<a class="list-group-item" href="/directory/">back</a>
            <a class="list-group-item" href="http://">Institution</a>
            <a class="list-group-item" href="www.SomeCollegeSports.com">Athletics</a>
            <footer><a href="https://x.com/elsewhere">x</a></footer>"#;
        let links = links(&Html::parse_document(page));
        assert_eq!(links.institution, None);
        assert_eq!(links.athletics.as_deref(), Some("https://www.somecollegesports.com"));
        assert_eq!(links.social, SocialLinks::default());
    }

    #[test]
    fn every_platform_has_its_place() {
        for (domain, platform) in PLATFORMS {
            assert!(profile_of(&mut SocialLinks::default(), platform).is_some(), "{domain}");
        }
    }
}
