//! Spoiled statements: whatever they say, reading and playing them ends, and nothing panics.
//!
//! Each input is one of `seeds.sql` with some tokens taken out, doubled, exchanged or put in from elsewhere. So many as
//! `LIMBECK_FUZZ` says, from `LIMBECK_SEED`; a failure prints the input and how to get it again.

use std::panic::{AssertUnwindSafe, catch_unwind};

use limbeck_core::ddl::Session;
use limbeck_core::sql;

const SEEDS: &str = include_str!("seeds.sql");
/// Without `LIMBECK_FUZZ`: some seconds where nothing is optimized.
const INPUTS: u64 = 3_000;
/// What people type by mistake, and what parsers like least.
const ODD: [&str; 32] = [
    "'",
    "\"",
    "$$",
    "$1",
    "/*",
    "*/",
    "--",
    "\\",
    ";",
    "(",
    ")",
    "[",
    "]",
    "::",
    ".",
    ",",
    "-",
    "0",
    "''",
    "\"\"",
    "NULL",
    "ü",
    "\u{0}",
    "\u{202e}",
    "1e999999",
    "99999999999999999999",
    "E'\\",
    "U&'\\",
    "B'2'",
    "pg_catalog",
    "int[]",
    "*",
];

#[test]
#[expect(clippy::disallowed_methods, reason = "the environment says how much a test does")]
fn no_statement_makes_reader_or_model_panic() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (seed, inputs) = (number("LIMBECK_SEED").unwrap_or(20_261_122), number("LIMBECK_FUZZ").unwrap_or(INPUTS));
    let seeds: Vec<Vec<&str>> = sql::split(SEEDS).0.into_iter().map(|seed| tokens(&SEEDS[seed.range])).collect();
    let sessions = sessions(&seeds);
    let mut panics = Vec::new();
    for input in 0..inputs {
        let mut random = Random(seed ^ input.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let text = spoiled(&seeds, &mut random);
        let mut session = random.of(&sessions).clone();
        let played = catch_unwind(AssertUnwindSafe(|| {
            sql::split(&text);
            sql::tokens(&text);
            session.play(&text);
            // What one statement left behind is what the next one meets.
            session.play(&random.of(&seeds).join(" "));
        }));
        if played.is_err() {
            panics.push(format!("LIMBECK_SEED={seed}, input {input}: {text:?}"));
        }
    }
    assert!(panics.is_empty(), "{} of {inputs} panic:\n{}", panics.len(), panics.join("\n"));
}

/// Returns sessions in which more and more of the seeds were played.
fn sessions(seeds: &[Vec<&str>]) -> Vec<Session> {
    let mut session = Session::default();
    let mut sessions = vec![session.clone()];
    for seed in seeds {
        session.play(&seed.join(" "));
        sessions.push(session.clone());
    }
    sessions
}

fn tokens(text: &str) -> Vec<&str> {
    sql::tokens(text).into_iter().filter_map(|token| text.get(token.range)).collect()
}

/// Returns a seed after one to six blows.
fn spoiled(seeds: &[Vec<&str>], random: &mut Random) -> String {
    let mut tokens = random.of(seeds).clone();
    for _ in 0..=random.below(6) {
        let at = random.below(tokens.len());
        match random.below(8) {
            0 => drop(tokens.drain(at..(at + 1 + random.below(3)).min(tokens.len()))),
            1 => {
                let end = (at + 1 + random.below(6)).min(tokens.len());
                let again = tokens.get(at..end).unwrap_or_default().to_vec();
                tokens.splice(at..at, again);
            }
            2 if at + 1 < tokens.len() => tokens.swap(at, at + 1),
            3 => tokens.insert(at, *random.of(&ODD)),
            4 => {
                let other = random.of(seeds);
                tokens.truncate(at);
                tokens.extend_from_slice(other.get(random.below(other.len())..).unwrap_or_default());
            }
            _ => {
                let other = random.of(seeds);
                let token = other.get(random.below(other.len())).copied().unwrap_or_default();
                match tokens.get_mut(at) {
                    Some(place) => *place = token,
                    None => tokens.push(token),
                }
            }
        }
    }
    // Now and then without the space that keeps tokens apart.
    let mut text = String::new();
    for token in tokens {
        text.push_str(token);
        text.push_str(if random.below(20) == 0 { "" } else { " " });
    }
    text
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number below `end`; 0 where there is none.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}
