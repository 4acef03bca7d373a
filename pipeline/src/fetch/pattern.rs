//! Patterns over paths: `*` is any run of characters, a final `$` is the end. Those of robots.txt (RFC 9309, 2.2.3).

/// Whether `path` starts with what `pattern` describes; with a final `$`, whether it is exactly that.
pub(super) fn matches_prefix(pattern: &str, path: &str) -> bool {
    let (pattern, anchored) = match pattern.strip_suffix('$') {
        Some(pattern) => (pattern, true),
        None => (pattern, false),
    };
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return !anchored || rest.is_empty();
    };
    for part in middle {
        // The leftmost occurrence leaves the most for the parts that follow.
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    if anchored { rest.ends_with(last) } else { rest.contains(last) }
}

/// Whether `path` is exactly what `pattern` describes.
pub(super) fn matches_all(pattern: &str, path: &str) -> bool {
    matches_prefix(&format!("{}$", pattern.trim_end_matches('$')), path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_robots_txt_has_them() {
        let cases = [
            ("/", "/anything", true),
            ("/fish", "/fish.html", true),
            ("/fish", "/Fish", false),
            ("/fish*", "/fishheads/yummy", true),
            ("/fish/", "/fish", false),
            ("/*.php", "/folder/any.php.file.html", true),
            ("/*.php", "/windows.PHP", false),
            ("/*.php$", "/filename.php", true),
            ("/*.php$", "/filename.php?x", false),
            ("/fish*.php", "/fishheads/catfish.php?id=1", true),
            ("/a*b*c$", "/abbcc", true),
            ("/a*b*c$", "/abbcd", false),
            ("/a$", "/a", true),
            ("/a$", "/ab", false),
            ("/é*", "/école", true),
        ];
        for (pattern, path, expected) in cases {
            assert_eq!(matches_prefix(pattern, path), expected, "{pattern} on {path}");
        }
    }

    #[test]
    fn a_whole_path_matches_to_its_end() {
        assert!(matches_all("/directory/orgDetail", "/directory/orgDetail"));
        assert!(!matches_all("/directory/orgDetail", "/directory/orgDetails"));
        assert!(matches_all("/teams/*/roster", "/teams/17/roster"));
        assert!(!matches_all("/teams/*/roster", "/teams/17/roster/old"));
    }
}
