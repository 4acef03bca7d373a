//! The words of awards: what a list and a title say together, teams, and who is no player.

use crate::sources::text;

/// The award of a list, a conference and a title: `All Conference (BIG TEN): Player of the Year`. None if there is none of them.
pub(super) fn award(list: Option<&str>, conference: Option<&str>, title: Option<&str>) -> Option<String> {
    let conference = conference.map(|conference| conference.replace('_', " ").to_uppercase());
    let list = list.map(|list| written_out(list, conference.as_deref()));
    let title = title.map(|title| written_out(title, conference.as_deref()));
    // `Freshman All SEC` says the conference itself.
    let says_it = |text: &Option<String>, conference: &str| {
        text.as_deref().is_some_and(|text| text.split(' ').any(|word| word == conference))
    };
    let conference = conference.filter(|conference| !says_it(&list, conference) && !says_it(&title, conference));
    let of = |text: String| match &conference {
        Some(conference) => format!("{text} ({conference})"),
        None => text,
    };
    Some(match (list, title) {
        (Some(list), Some(title)) => format!("{}: {title}", of(list)),
        (Some(one), None) | (None, Some(one)) => of(one),
        (None, None) => return None,
    })
}

/// A name that a program made (`PlayerOfTheYear`, `all_american`) in words; what a person wrote as it is.
fn written_out(name: &str, conference: Option<&str>) -> String {
    let made = name.contains('_') || (name.chars().all(char::is_alphanumeric) && humps(name) > 1);
    if !made {
        return text::folded(name);
    }
    let mut spaced = String::new();
    let mut before = ' ';
    for sign in name.chars() {
        if sign == '_' {
            spaced.push(' ');
        } else {
            if sign.is_uppercase() && before.is_lowercase() {
                spaced.push(' ');
            }
            spaced.push(sign);
        }
        before = sign;
    }
    let mut words: Vec<String> = Vec::new();
    for word in spaced.split_whitespace() {
        let small = matches!(word.to_ascii_lowercase().as_str(), "of" | "the");
        let upper = word.to_uppercase();
        words.push(match word.chars().next() {
            _ if conference == Some(&upper) => upper,
            Some(_) if small && !words.is_empty() => word.to_lowercase(),
            Some(first) => first.to_uppercase().chain(word.chars().skip(1)).collect(),
            None => continue,
        });
    }
    words.join(" ")
}

/// How often a capital follows a small letter.
fn humps(name: &str) -> usize {
    name.chars().zip(name.chars().skip(1)).filter(|(one, next)| one.is_lowercase() && next.is_uppercase()).count()
}

/// The team, in the words of the table: `1` to `9`, `HM`; none for what is no team.
pub(super) fn team_level(text: &str) -> Option<String> {
    let words: Vec<String> = text
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("team"))
        .map(str::to_lowercase)
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let number = match words[..] {
        ["hm" | "honorable" | "honourable"] | ["honorable" | "honourable" | "hon", "mention"] => {
            return Some("HM".to_owned());
        }
        ["1st" | "first"] => "1",
        ["2nd" | "second"] => "2",
        ["3rd" | "third"] => "3",
        ["4th" | "fourth"] => "4",
        // Spreadsheets write whole numbers so.
        [number] | [number, "0"] => number,
        _ => return None,
    };
    matches!(number.as_bytes(), [b'1'..=b'9']).then(|| number.to_owned())
}

/// Why an award is no player's, if it is none.
pub(super) fn no_player(player: &str, position: Option<&str>, award: &str) -> Option<&'static str> {
    let (player, award) = (player.to_lowercase(), award.to_lowercase());
    let position = position.unwrap_or_default().to_lowercase();
    let last = |text: &str| text.split([' ', '/', '-']).next_back().unwrap_or_default().to_owned();
    if last(&position) == "coach"
        || position.starts_with("coach")
        || player.starts_with("coach ")
        || names_coach(&award)
    {
        return Some("award-of-a-coach");
    }
    let of_unit = ["offensive line", "defensive line", "secondary", "backfield", "special teams unit"];
    let is_unit = last(&position) == "unit"
        || matches!(position.as_str(), "secondary" | "offensive line" | "defensive line" | "team")
        || matches!(last(&player).as_str(), "unit" | "secondary")
        || of_unit.iter().any(|unit| award.ends_with(&format!("{unit} of the year")))
        // It goes to an offensive line.
        || award.contains("joe moore award");
    is_unit.then_some("award-of-a-unit")
}

fn names_coach(award: &str) -> bool {
    award.contains("coach of the year") || award.ends_with(" coach")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn awards_are_put_together_from_their_parts() {
        let cases = [
            ((Some("all_american"), None, None), Some("All American")),
            ((Some("all_conference"), Some("big_ten"), None), Some("All Conference (BIG TEN)")),
            (
                (Some("all_conference"), Some("sec"), Some("PlayerOfTheYear")),
                Some("All Conference (SEC): Player of the Year"),
            ),
            ((Some("freshman_all_sec"), Some("sec"), None), Some("Freshman All SEC")),
            ((None, None, Some("AP Player of the Year")), Some("AP Player of the Year")),
            ((None, None, Some("All-America")), Some("All-America")),
            ((None, None, Some("MVP")), Some("MVP")),
            ((None, None, Some("McDonald")), Some("McDonald")),
            ((None, Some("sec"), None), None),
        ];
        for ((list, conference, title), expected) in cases {
            assert_eq!(award(list, conference, title).as_deref(), expected, "{list:?} {conference:?} {title:?}");
        }
    }

    #[test]
    fn teams_in_every_spelling() {
        let cases = [
            ("1", Some("1")),
            ("1.0", Some("1")),
            ("First Team", Some("1")),
            ("2nd", Some("2")),
            ("third-team", Some("3")),
            ("honorable_mention", Some("HM")),
            ("HM", Some("HM")),
            ("Hon. Mention", Some("HM")),
            ("0", None),
            ("12", None),
            ("Harbor", None),
        ];
        for (text, expected) in cases {
            assert_eq!(team_level(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn coaches_and_units_are_no_players() {
        let (coach, unit) = (Some("award-of-a-coach"), Some("award-of-a-unit"));
        let cases = [
            ("Sam Field", Some("Coach"), "All American", coach),
            ("Sam Field", Some("Head Coach"), "", coach),
            ("Sam Field", None, "Coach of the Year", coach),
            ("Harbor Otters", Some("OL Unit"), "", unit),
            ("Harbor Otters / OL Unit", None, "", unit),
            ("Harbor secondary", None, "", unit),
            ("Harbor Otters", Some("DL"), "All Conference (SEC): Defensive Line of the Year", unit),
            ("Harbor Otters", Some("Secondary"), "", unit),
            ("Sam Field", Some("OL"), "Offensive Lineman of the Year", None),
            ("Unity Field", Some("C"), "All American", None),
        ];
        for (player, position, award, expected) in cases {
            assert_eq!(no_player(player, position, award), expected, "{player}, {position:?}, {award}");
        }
    }
}
