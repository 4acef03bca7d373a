//! Names with words in common: candidates for people to choose from, never an answer.

use std::collections::HashMap;

use super::Rule;

/// Less in common than this, in percent, is nothing.
const LEAST: u8 = 30;

/// Names by their words. Rare words count more.
#[derive(Debug, Default)]
pub(super) struct Similar {
    by_word: HashMap<String, Vec<usize>>,
    /// The words of each name.
    names: Vec<Vec<String>>,
}

impl Similar {
    /// Adds a name; names are numbered in the order of adding.
    pub(super) fn add(&mut self, full: &str) {
        let words = distinct(full);
        for word in &words {
            self.by_word.entry(word.clone()).or_default().push(self.names.len());
        }
        self.names.push(words);
    }

    /// The names most similar to any of these, with the similarity in percent: the weight of the words in common by that of all
    /// words of both; in no order.
    pub(super) fn to<'q>(&self, names: impl Iterator<Item = &'q str>) -> Vec<(usize, u8)> {
        let mut best: HashMap<usize, u8> = HashMap::new();
        for words in names.map(distinct) {
            let mut common: HashMap<usize, f64> = HashMap::new();
            for word in &words {
                for name in self.by_word.get(word).into_iter().flatten() {
                    *common.entry(*name).or_default() += self.weight(word);
                }
            }
            let ours: f64 = words.iter().map(|word| self.weight(word)).sum();
            for (name, common) in common {
                let theirs: f64 = self.names[name].iter().map(|word| self.weight(word)).sum();
                let score = (common / (ours + theirs - common) * f64::from(Rule::Similar.score())).round() as u8;
                let known = best.entry(name).or_default();
                *known = score.max(*known);
            }
        }
        best.into_iter().filter(|(_, score)| *score >= LEAST).collect()
    }

    fn weight(&self, word: &str) -> f64 {
        let with = self.by_word.get(word).map_or(0, Vec::len);
        ((self.names.len() + 1) as f64 / (with + 1) as f64).ln() + 0.1
    }
}

fn distinct(full: &str) -> Vec<String> {
    let mut words: Vec<String> = full.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    words.sort();
    words.dedup();
    words
}
