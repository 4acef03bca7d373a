//! Which staged rows may repeat the key of another: a Bloom filter of the keys, so that the server need not group all rows to
//! find that there are none.
//!
//! The filter takes 8 MiB, however many rows there are, of which a load of few rows touches few. It may suspect a row wrongly
//! (of a million rows less than one, of ten millions some ten thousands), but misses none. The server looks at the suspects.

/// Words of a block, which is a line of the processor's cache: a key sets one bit in each.
const WORDS: usize = 8;
const BLOCKS: usize = 1 << 17;

/// Of more suspects than these, the server groups all rows.
const MOST_SUSPECTS: usize = 200_000;

/// Odd numbers without a pattern: each picks another bit of a word.
const PICKS: [u64; WORDS] = [
    0x9e37_79b9_7f4a_7c15,
    0xc2b2_ae3d_27d4_eb4f,
    0x1656_67b1_9e37_79f9,
    0xd6e8_feb8_6659_fd93,
    0xa076_1d64_78bd_642f,
    0xe703_7ed1_a0b4_28db,
    0x8ebc_6af0_9c88_c6e3,
    0x5899_65cc_7537_4cc3,
];

/// The keys of the staged rows.
#[derive(Debug)]
pub(super) struct Repeats {
    blocks: Vec<[u64; WORDS]>,
    suspects: Vec<u64>,
}

impl Default for Repeats {
    fn default() -> Self {
        Self { blocks: vec![[0; WORDS]; BLOCKS], suspects: Vec::new() }
    }
}

impl Repeats {
    /// Notes the key of a staged row.
    pub(super) fn note(&mut self, key: u64, ordinal: u64) {
        let block = &mut self.blocks[(key >> 47) as usize % BLOCKS];
        let mut known = true;
        for (word, pick) in block.iter_mut().zip(PICKS) {
            let bit = 1 << (key.wrapping_mul(pick) >> 58);
            known &= *word & bit != 0;
            *word |= bit;
        }
        if known && self.suspects.len() <= MOST_SUSPECTS {
            self.suspects.push(ordinal);
        }
    }

    /// The ordinals of rows whose key may be that of an earlier one; `None` if they are too many to tell.
    pub(super) fn suspects(self) -> Option<Vec<u64>> {
        (self.suspects.len() <= MOST_SUSPECTS).then_some(self.suspects)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, RandomState};

    use super::*;

    #[test]
    fn every_repeat_is_suspected_and_hardly_anything_else() {
        let (state, mut repeats) = (RandomState::new(), Repeats::default());
        let keys = 500_000u64;
        (0..keys).for_each(|key| repeats.note(state.hash_one(key), key));
        (0..keys).step_by(1_000).for_each(|key| repeats.note(state.hash_one(key), keys + key));
        let suspects = repeats.suspects().unwrap();
        let (right, wrong): (Vec<u64>, Vec<u64>) = suspects.iter().partition(|ordinal| **ordinal >= keys);
        assert_eq!(right, (0..keys).step_by(1_000).map(|key| keys + key).collect::<Vec<_>>());
        assert!(wrong.len() < 50, "{}", wrong.len());
    }

    #[test]
    fn too_many_suspects_are_none() {
        let mut repeats = Repeats::default();
        (0..300_000).for_each(|ordinal| repeats.note(7, ordinal));
        assert_eq!(repeats.suspects(), None);
    }
}
