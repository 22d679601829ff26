//! Spoiled statements: whatever they say, reading, playing and judging them ends, and nothing panics.
//!
//! Each input is one of `seeds.sql`. In most, words are exchanged for others of their kind, so that the model has to say
//! what becomes of them; in the rest tokens are taken out, doubled, swapped or put in from elsewhere. Now and then letters
//! change, or something is nested deep. So many as `LIMBECK_FUZZ` says, from `LIMBECK_SEED`; a failure prints the input
//! and how to get it again, and `--nocapture` how many were read and played.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use limbeck_core::ddl::{Played, Session};
use limbeck_core::dry_run::Ground;
use limbeck_core::project::{File, Project};
use limbeck_core::reflection;
use limbeck_core::script::Section;
use limbeck_core::sql::{self, TokenKind};

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

/// How deep a nest gets: past what the parsers are given, and far past what a stack holds.
const DEEP: [usize; 4] = [20, 90, 300, 3_000];
/// What nests, and what closes it.
const NESTS: [(&str, &str); 8] = [
    ("(", ")"),
    ("NOT ", ""),
    ("- ", ""),
    ("ARRAY[", "]"),
    ("CASE WHEN true THEN ", " END"),
    ("(SELECT ", ")"),
    ("x.", ""),
    ("1 + ", ""),
];

/// What became of the inputs.
#[derive(Default)]
struct Count {
    /// No error of syntax was found.
    read: u64,
    done: u64,
    refused: u64,
    unknown: u64,
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the environment says how much a test does")]
#[expect(clippy::disallowed_macros, reason = "a long run says how far it is")]
fn no_statement_makes_reader_or_model_panic() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (seed, inputs) = (number("LIMBECK_SEED").unwrap_or(20_261_122), number("LIMBECK_FUZZ").unwrap_or(INPUTS));
    let seeds: Vec<Vec<&'static str>> =
        sql::split(SEEDS).0.into_iter().map(|seed| tokens(&SEEDS[seed.range])).collect();
    let words = words();
    let sessions = sessions(&seeds);
    let (project, grounds) = grounds(&seeds);
    let mut count = Count::default();
    let mut panics = Vec::new();
    for input in 0..inputs {
        let mut random = Random(seed ^ input.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let at = random.below(seeds.len());
        let text = input_of(&seeds[at], &seeds, &words, &mut random);
        // Where the seed itself would run, or anywhere.
        let mut session = if random.below(2) == 0 { sessions[at].clone() } else { random.of(&sessions).clone() };
        let played = catch_unwind(AssertUnwindSafe(|| {
            let (_, errors) = sql::split(&text);
            sql::tokens(&text);
            let played = session.play(&text);
            // What one statement left behind is what the next one meets.
            let next = random.of(&seeds).join(" ");
            session.play(&next);
            match random.below(32) {
                0 => drop(reflection::schema(session.catalog())),
                // As a draft, with all that the rules ask.
                1 => {
                    let transaction = random.below(4) > 0;
                    let section = |sql: &str| Section { transaction, start_line: 1, sql: sql.to_owned() };
                    drop(project.draft(random.of(&grounds), section(&text), Some(section(&next))));
                }
                _ => {}
            }
            count.read += u64::from(errors.is_empty());
            match played {
                Played::Done(_) => count.done += 1,
                Played::Refused(_) => count.refused += 1,
                Played::Unknown(_) => count.unknown += 1,
            }
        }));
        if played.is_err() {
            panics.push(format!("LIMBECK_SEED={seed}, input {input}: {text:?}"));
        }
        if (input + 1) % 100_000 == 0 || input + 1 == inputs {
            let Count { read, done, refused, unknown } = count;
            println!(
                "{} inputs from {seed}: {read} read, {done} played, {refused} refused, {unknown} unknown, {} panics",
                input + 1,
                panics.len()
            );
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

/// Returns a project of the seeds, ten to a revision, and what more and more of them made.
fn grounds(seeds: &[Vec<&str>]) -> (Project, Vec<Ground>) {
    let revision = |(at, seeds): (usize, &[Vec<&str>])| {
        let statements: Vec<String> = seeds.iter().map(|seed| seed.join(" ")).collect();
        let parent = at.checked_sub(1).map(|parent| format!("r{parent}")).unwrap_or_default();
        let text = format!(
            "-- Revision ID: r{at}\n-- Revises: {parent}\n-- migrate:up transaction:false\n{};",
            statements.join(";\n")
        );
        File { path: format!("versions/{at}.sql"), content: Ok(text) }
    };
    let files: Vec<File> = seeds.chunks(10).enumerate().map(revision).collect();
    let rows = (0..files.len()).map(|at| vec![format!("r{at}")]);
    let rows: Vec<Vec<String>> = std::iter::once(Vec::new()).chain(rows).collect();
    let project = Project::load(files);
    let grounds = rows.iter().map(|rows| project.ground(rows).expect("the revisions stand in a line")).collect();
    (project, grounds)
}

fn tokens(text: &str) -> Vec<&str> {
    sql::tokens(text).into_iter().filter_map(|token| text.get(token.range)).collect()
}

/// Returns the words of the seeds by what they are: from a word to the others of its kind.
fn words() -> BTreeMap<&'static str, Arc<[&'static str]>> {
    let tokens = sql::tokens(SEEDS).into_iter();
    let words: Vec<(&str, TokenKind)> =
        tokens.filter_map(|token| Some((SEEDS.get(token.range)?, token.kind))).collect();
    let mut kinds: Vec<(TokenKind, Arc<[&str]>)> = Vec::new();
    // Another word of the language or another comma is mostly an error of syntax.
    let exchanged = |kind| !matches!(kind, TokenKind::Keyword | TokenKind::Punctuation | TokenKind::Comment);
    for (_, kind) in words.iter().filter(|(_, kind)| exchanged(*kind)) {
        if kinds.iter().all(|(known, _)| known != kind) {
            let of_kind = words.iter().filter(|(_, other)| other == kind).map(|(word, _)| *word);
            kinds.push((*kind, of_kind.chain(odd(*kind).iter().copied()).collect()));
        }
    }
    let others = |kind| kinds.iter().find(|(known, _)| *known == kind).map(|(_, words)| Arc::clone(words));
    words.into_iter().filter_map(|(word, kind)| Some((word, others(kind)?))).collect()
}

/// Returns words of a kind at which somebody may stumble.
fn odd(kind: TokenKind) -> &'static [&'static str] {
    match kind {
        TokenKind::Number => &["0", "1e999999", "99999999999999999999", "2147483648", "32768", "0.5", "0x1F"],
        TokenKind::String => &["''", "'{'", "'{{1},{2,3}}'", "'24:00:00'", "'infinity'", "E'\\x'", "'ü'", "B'1'"],
        TokenKind::Identifier => &["ctid", "excluded", "new", "pg_class", "information_schema", "ü", "_"],
        TokenKind::QuotedIdentifier => &["\"\"\"\"", "\"a.b\"", "\"PUBLIC\""],
        TokenKind::Type => &["int4range", "regclass", "bit", "\"char\"", "interval", "numeric", "money", "record"],
        TokenKind::Function => &["count", "unnest", "row_number", "coalesce", "nextval", "array_agg", "now"],
        _ => &[],
    }
}

/// Returns a seed that is not what it was.
fn input_of(
    seed: &[&'static str],
    seeds: &[Vec<&'static str>],
    words: &BTreeMap<&str, Arc<[&'static str]>>,
    random: &mut Random,
) -> String {
    let mut tokens = seed.to_vec();
    if random.below(4) == 0 {
        spoil(&mut tokens, seeds, random);
    } else {
        for _ in 0..=random.below(4) {
            let at = random.below(tokens.len());
            let Some(token) = tokens.get_mut(at) else { continue };
            if let Some(others) = words.get(*token) {
                *token = *random.of(others);
            }
        }
    }
    if random.below(500) == 0 && !tokens.is_empty() {
        let (open, close) = *random.of(&NESTS);
        let (at, depth) = (random.below(tokens.len()), *random.of(&DEEP));
        let end = (at + 1 + random.below(3)).min(tokens.len());
        tokens.splice(end..end, std::iter::repeat_n(close, depth));
        tokens.splice(at..at, std::iter::repeat_n(open, depth));
    }
    // Now and then without the space that keeps tokens apart.
    let mut text = String::new();
    for token in tokens {
        text.push_str(token);
        text.push_str(if random.below(20) == 0 { "" } else { " " });
    }
    if random.below(8) == 0 {
        let mut letters: Vec<char> = text.chars().collect();
        for _ in 0..=random.below(3) {
            let (at, with) = (random.below(letters.len()), random.below(0x80));
            let with = u8::try_from(with).map_or(' ', char::from);
            match (random.below(3), letters.get_mut(at)) {
                (0, Some(_)) => drop(letters.remove(at)),
                (1, Some(letter)) => *letter = with,
                _ => letters.insert(at, with),
            }
        }
        text = letters.into_iter().collect();
    }
    text
}

/// Deals one to six blows to a statement.
fn spoil<'a>(tokens: &mut Vec<&'a str>, seeds: &[Vec<&'a str>], random: &mut Random) {
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
