//! "Did you mean": the nearest of the names that exist.

/// The candidate nearest to a misspelt name, if one is near enough to be meant.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near_enough = (name.chars().count() / 3).max(1);
    let by_distance = candidates.into_iter().map(|candidate| (distance(name, candidate), candidate));
    by_distance
        .filter(|(distance, _)| *distance <= near_enough)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, near)| near)
}

/// Levenshtein distance, not counting case.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.to_lowercase().chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substitution = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substitution.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_near_names_are_suggested() {
        let methods = ["notNull", "default", "primaryKey", "references"];
        assert_eq!(nearest("notnull", methods), Some("notNull"));
        assert_eq!(nearest("primarKey", methods), Some("primaryKey"));
        assert_eq!(nearest("colour", methods), None);
    }
}
