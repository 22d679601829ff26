//! Seeded chance.

/// Dice that fall the same way for the same seed.
pub(super) struct Dice(u64);

impl Dice {
    /// Returns the dice of one sequence of a run.
    pub(super) fn new(seed: u64, sequence: usize) -> Self {
        // Neighbors must not be alike.
        Self(Self(Self(seed).throw() ^ u64::try_from(sequence).unwrap_or(0)).throw())
    }

    /// SplitMix64.
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`; 0 if there is none.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.throw().checked_rem(end).unwrap_or(0)).unwrap_or(0)
    }

    /// Says yes so many times out of a hundred.
    pub(super) fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// Returns one of them.
    pub(super) fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of.get(self.below(of.len())).copied().unwrap_or("")
    }

    /// Returns one of them, if there is any.
    pub(super) fn any<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }

    /// Returns the text so many times out of a hundred, otherwise nothing.
    pub(super) fn maybe<'a>(&mut self, chance: usize, text: &'a str) -> &'a str {
        if self.percent(chance) { text } else { "" }
    }

    /// Returns one of them by weight.
    pub(super) fn weighted<T: Copy>(&mut self, of: &[(usize, T)]) -> T {
        let mut left = self.below(of.iter().map(|(weight, _)| weight).sum());
        for (weight, item) in of {
            if left < *weight {
                return *item;
            }
            left -= weight;
        }
        unreachable!("what is below the sum of the weights is within one of them")
    }
}
