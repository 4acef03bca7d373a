//! Hosts of schools' sites, as far as they tell schools apart.

use url::Url;

use crate::sources::text::web_address;

/// Parts of a host before its domain that name a service of the whole school, not a campus.
const SERVICES: [&str; 16] = [
    "admissions",
    "apply",
    "college",
    "discover",
    "go",
    "home",
    "new",
    "public",
    "undergrad",
    "undergraduate",
    "visit",
    "web",
    "welcome",
    "wp",
    "www",
    "www2",
];

/// The host of a site, lower case, without the parts that name a service: `www.acu.edu` and `admissions.acu.edu` are `acu.edu`.
/// A part that may name a campus stays, as in `manoa.hawaii.edu`.
pub(super) fn host(site: &str) -> Option<String> {
    let url = Url::parse(&web_address(site)?).ok()?;
    let mut host = url.host_str()?.to_ascii_lowercase();
    while let Some((part, rest)) = host.split_once('.')
        && rest.contains('.')
        && SERVICES.contains(&part)
    {
        host = rest.to_owned();
    }
    Some(host)
}

/// The hosts of a field that may name several sites, divided by `;` or `,`.
pub(super) fn hosts(sites: &str) -> impl Iterator<Item = String> {
    sites.split([';', ',']).filter_map(host)
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn services_are_no_part_of_a_host_and_campuses_are() {
        let cases = [
            ("www.acu.edu", Some("acu.edu")),
            ("https://undergrad.admissions.columbia.edu/", Some("columbia.edu")),
            ("WWW.UCR.EDU", Some("ucr.edu")),
            ("https://manoa.hawaii.edu", Some("manoa.hawaii.edu")),
            ("go.edu", Some("go.edu")),
            ("none", None),
        ];
        for (site, expected) in cases {
            assert_eq!(host(site).as_deref(), expected, "{site}");
        }
    }
}
