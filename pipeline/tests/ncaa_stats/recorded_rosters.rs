//! The normalisers over ten recorded seasons of baseball rosters. `-- --nocapture` shows the shares.

use std::collections::{BTreeMap, HashMap, HashSet};

use pipeline::sources::hometown::hometown;
use pipeline::sources::names::person;
use pipeline::sources::profile::{Reading, class_year, height_inches, is_blank, position, weight_pounds};

use super::support::pages;

/// How often a normaliser knew, found nothing given, and could not read.
#[derive(Debug, Default, PartialEq, Eq)]
struct Share {
    known: usize,
    blank: usize,
    unreadable: usize,
}

impl Share {
    fn count<T>(&mut self, reading: Reading<T>) {
        match reading {
            Reading::Known(_) => self.known += 1,
            Reading::Blank => self.blank += 1,
            Reading::Unreadable => self.unreadable += 1,
        }
    }
}

#[test]
fn ten_seasons_of_rosters_are_normalised_and_keep_to_their_keys() {
    let (mut heights, mut weights, mut classes) = (Share::default(), Share::default(), Share::default());
    let (mut total, mut nameless, mut positions) = (0, 0, BTreeMap::<String, usize>::new());
    let (mut towns, mut certain) = (0, 0);
    let (mut ids, mut without_id): (HashSet<String>, HashMap<String, usize>) = Default::default();
    for season in 2014..=2023 {
        let Some(text) = pages::recorded(&format!("baseball/rosters-{season}.csv.gz")) else { return };
        let mut rows = pages::csv(&text).into_iter();
        let header = rows.next().unwrap();
        let at = |name: &str| header.iter().position(|header| header == name).unwrap();
        let [school, id, number, name, class, plays, height, weight, town] = [
            "school_id",
            "player_id",
            "player_jersey_num",
            "player_full_name",
            "player_class",
            "player_positions",
            "player_height_string",
            "player_weight",
            "player_hometown",
        ]
        .map(at);
        for row in rows {
            total += 1;
            heights.count(height_inches(&row[height]));
            weights.count(weight_pounds(&row[weight]));
            classes.count(class_year(&row[class]));
            let position = position(&row[plays]);
            *positions.entry(position.clone()).or_default() += 1;
            if !is_blank(&row[town]) {
                towns += 1;
                certain += usize::from(hometown(&row[town]).is_some_and(|town| town.country.is_some()));
            }
            let team = format!("{season}|{}", row[school]);
            assert!(ids.insert(format!("{team}|{}", row[id])), "an id comes once a team");
            match person(&row[name]) {
                Some(person) => {
                    *without_id
                        .entry(format!("{team}|{}|{}|{position}", person.normalized, row[number]))
                        .or_default() += 1
                }
                None => nameless += 1,
            }
        }
    }
    let colliding: usize = without_id.values().filter(|count| **count > 1).sum();
    eprintln!("{total} rows: heights {heights:?}, weights {weights:?}, classes {classes:?}");
    eprintln!(
        "{nameless} without a name; {certain} of {towns} hometowns with a certain country; {} positions",
        positions.len()
    );
    eprintln!("were there no ids: {colliding} rows would share their key with another");
    // Counted over the same files with another program.
    assert_eq!(total, 341_778);
    assert_eq!(heights, Share { known: 47_134, blank: 294_638, unreadable: 6 });
    assert_eq!(weights, Share { known: 0, blank: total, unreadable: 0 }, "these files hold no weight");
    assert_eq!(classes, Share { known: 335_370, blank: 6_408, unreadable: 0 });
    assert!(positions.keys().all(|position| *position == position.to_uppercase()));
    assert!(certain * 1000 > towns * 995, "{certain} of {towns}");
    assert_eq!(nameless, 78, "these have a number for a name, or nothing");
    assert_eq!(colliding, 146);
}
