//! What a host's robots.txt asks of us (RFC 9309).

use super::pattern;

/// The longest robots.txt that is read; RFC 9309, 2.5 asks for at least 500 KiB. What is beyond does not count.
pub(super) const SIZE_LIMIT: usize = 500 << 10;

/// The rules that apply to us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Robots {
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allow: bool,
    pattern: String,
}

impl Robots {
    /// A robots.txt without rules: everything may be fetched.
    pub(super) fn allow_all() -> Self {
        Self::default()
    }

    /// Reads the groups that name `agent` (a product token, compared without case), or those for `*` if none does.
    /// Groups for the same agent are one. Unknown lines, and files that are no robots.txt at all, say nothing.
    pub(super) fn parse(text: &str, agent: &str) -> Self {
        let mut own = None::<Vec<Rule>>;
        let mut general = Vec::new();
        // The agents of the group being read; a user-agent line after a rule starts a new group.
        let (mut names_us, mut names_all, mut in_rules) = (false, false, false);
        for line in text.trim_start_matches('\u{feff}').lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let value = value.trim();
            let allow = match key.trim().to_ascii_lowercase().as_str() {
                "user-agent" => {
                    if in_rules {
                        (names_us, names_all, in_rules) = (false, false, false);
                    }
                    if value == "*" {
                        names_all = true;
                    } else if product_token(value).eq_ignore_ascii_case(agent) {
                        names_us = true;
                        own.get_or_insert_default();
                    }
                    continue;
                }
                "allow" => true,
                "disallow" => false,
                _ => continue,
            };
            in_rules = true;
            if value.is_empty() {
                continue;
            }
            let rule = Rule { allow, pattern: value.to_owned() };
            if names_us {
                own.get_or_insert_default().push(rule.clone());
            }
            if names_all {
                general.push(rule);
            }
        }
        Self { rules: own.unwrap_or(general) }
    }

    /// The `Disallow` rule that forbids a path with its query. The longest matching rule decides, `Allow` among equals.
    pub(super) fn forbids(&self, path: &str) -> Option<&str> {
        let matching = self.rules.iter().filter(|rule| pattern::matches_prefix(&rule.pattern, path));
        let decisive = matching.max_by_key(|rule| (rule.pattern.len(), rule.allow))?;
        (!decisive.allow).then_some(decisive.pattern.as_str())
    }
}

/// The product token at the start of a user-agent value: letters, `-` and `_` (RFC 9309, 2.2.1).
pub(super) fn product_token(agent: &str) -> &str {
    let end = agent.find(|c: char| !(c.is_ascii_alphabetic() || c == '-' || c == '_')).unwrap_or(agent.len());
    &agent[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forbidden(text: &str, path: &str) -> bool {
        Robots::parse(text, "drizzle-pipeline").forbids(path).is_some()
    }

    #[test]
    fn the_group_that_names_us_wins_over_the_general_one() {
        let text =
            "User-agent: *\nDisallow: /\n\nUser-Agent: other\nUser-agent: Drizzle-Pipeline/2.0\nDisallow: /private\n";
        assert!(!forbidden(text, "/directory/"));
        assert!(forbidden(text, "/private/x"));
        assert!(forbidden("User-agent: drizzle\nAllow: /\nUser-agent: *\nDisallow: /", "/directory/"));
    }

    #[test]
    fn groups_of_one_agent_are_joined_and_a_rule_ends_the_list_of_agents() {
        let text = "User-agent: *\nDisallow: /a\nUser-agent: other\nDisallow: /b\nUser-agent: *\nDisallow: /c\n";
        assert!(forbidden(text, "/a") && forbidden(text, "/c"));
        assert!(!forbidden(text, "/b"));
    }

    #[test]
    fn the_longest_rule_decides_and_allow_wins_among_equals() {
        let text = "User-agent: *\nDisallow: /directory/\nAllow: /directory/api/\nDisallow: /same\nAllow: /same\n";
        assert!(forbidden(text, "/directory/orgDetail?id=8"));
        assert!(!forbidden(text, "/directory/api/common/sportList"));
        assert!(!forbidden(text, "/same"));
    }

    #[test]
    fn an_empty_disallow_and_a_page_that_is_no_robots_txt_forbid_nothing() {
        assert!(!forbidden("User-agent: *\nDisallow:\n", "/x"));
        assert!(!forbidden("<!doctype html><title>Not here: sorry</title>", "/x"));
        assert!(!forbidden("", "/x"));
        assert!(forbidden("\u{feff}user-agent:*#all\r\ndisallow : /x # no\r\n", "/x?y"));
    }

    #[test]
    fn a_query_can_be_forbidden() {
        assert!(forbidden("User-agent: *\nDisallow: /*?*state=\n", "/list?type=12&state=TX"));
        assert!(!forbidden("User-agent: *\nDisallow: /*?*state=\n", "/list?type=12"));
    }
}
