//! What a matcher says of a name, as rows of `school_alias` and as reasons for the quarantine.

use std::str::FromStr;

use models::{Field, SchoolAliasInsert, SchoolRef, Source};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Candidate, Match, Matcher, Query, Resolution, Rule, normalized};
use crate::sources::found::{Fault, Kept, Reason};

/// The row that says that the source's name means this school. What is found by such a row keeps its rule: that a person made it must
/// not be forgotten.
pub fn alias_row(source: Source, alias: &str, found: &Match) -> SchoolAliasInsert {
    let mut row = SchoolAliasInsert::new(SchoolRef::NcaaId(found.school), source, alias, normalized(alias));
    if found.rule != Rule::OwnAlias {
        row.rule = Field::Value(Some(found.rule.as_str().to_owned()));
        row.score = Field::Value(Some(Decimal::new(i64::from(found.score), 2)));
    }
    row
}

/// The key of the row that an alias has or would have, and the alias itself, which [`replayed_alias`] reads.
pub fn alias_key(source: &Source, alias: &str) -> Value {
    json!({ "source": source.as_str(), "normalized_alias": normalized(alias), "alias": alias })
}

/// The row that a refused alias means by now.
///
/// # Errors
/// Why it still means none.
pub fn replayed_alias(kept: &Kept<'_>, matcher: &Matcher) -> Result<SchoolAliasInsert, Fault> {
    let part = |name: &str| kept.key.and_then(|key| key.get(name)?.as_str());
    let missing = || Fault::new(Reason::Missing, "the key does not tell the source and the alias");
    let (source, alias) = part("source").zip(part("alias")).ok_or_else(missing)?;
    let source = Source::from_str(source).map_err(|_| missing())?;
    match matcher.resolve(&Query { source: Some(source.clone()), ..Query::named(alias) }) {
        Resolution::Resolved(found) => Ok(alias_row(source, alias, &found)),
        other => Err(unresolved(alias, &other).unwrap_or_else(missing)),
    }
}

/// Why a name is not resolved, with the candidates; none if it is.
pub fn unresolved(name: &str, resolution: &Resolution) -> Option<Fault> {
    let (reason, message) = match resolution {
        Resolution::Resolved(_) => return None,
        Resolution::Ambiguous(candidates) => {
            (Reason::AmbiguousSchool, format!("{name:?} may be {}", listed(candidates)))
        }
        Resolution::Unknown(candidates) if candidates.is_empty() => {
            (Reason::UnknownSchool, format!("{name:?} is no known school, nor similar to one"))
        }
        Resolution::Unknown(candidates) => {
            (Reason::UnknownSchool, format!("{name:?} is no known school; similar are {}", listed(candidates)))
        }
    };
    Some(Fault::new(reason, message))
}

/// `Some College (17; similar 54 %), …`
fn listed(candidates: &[Candidate]) -> String {
    let listed = candidates.iter().map(|candidate| {
        let Candidate { school, name, rule, score } = candidate;
        format!("{name} ({school}; {} {score} %)", rule.as_str())
    });
    listed.collect::<Vec<_>>().join(", ")
}
