//! A statement as words: which kind of object stands where, and by which names.

use crate::sql::{TokenKind, fold, tokens};

/// Returns a statement's tokens without its comments.
pub(super) fn of(sql: &str) -> Vec<Word<'_>> {
    let texts = tokens(sql).into_iter().filter(|token| token.kind != TokenKind::Comment);
    texts.filter_map(|token| sql.get(token.range)).map(Word::new).collect()
}

/// A token as it stands, and in capitals for comparison; a quoted one keeps its quotes in both.
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) upper: String,
}

impl<'a> Word<'a> {
    fn new(text: &'a str) -> Self {
        // No key word is longer, and a long text need not be copied to see that it is none.
        let upper = if text.len() <= 63 { text.to_ascii_uppercase() } else { String::new() };
        Self { text, upper }
    }

    pub(super) fn is(&self, keyword: &str) -> bool {
        self.upper == keyword
    }
}

/// Returns the kind of object that is named from a word on, in small letters, and where it ends.
pub(super) fn kind(words: &[Word<'_>], from: usize) -> (String, usize) {
    let kind = words.iter().skip(from).take_while(|word| KINDS.contains(&word.upper.as_str()));
    let kind: Vec<String> = kind.map(|word| word.upper.to_lowercase()).collect();
    (kind.join(" "), from + kind.len())
}

/// Returns the table behind a key word.
pub(super) fn table(words: &[Word<'_>], behind: &str) -> Option<String> {
    let at = words.iter().position(|word| word.is(behind))?;
    Some(names(words, at + 1, false).concat())
}

/// Returns the places of words that stand in no parentheses.
pub(super) fn outside(words: &[Word<'_>]) -> impl Iterator<Item = usize> {
    let depths = words.iter().scan(0_usize, |depth, word| {
        match word.text {
            "(" => *depth += 1,
            ")" => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    depths.enumerate().filter(|(_, depth)| *depth == 0).map(|(at, _)| at)
}

/// The name as the server folds it, part by part; two spellings of one name have one key.
pub(super) fn key(name: &str) -> String {
    match name.contains('"') {
        true => name.split('.').map(|part| fold(part).unwrap_or_else(|| part.to_owned())).collect::<Vec<_>>().join("."),
        false => name.to_ascii_lowercase(),
    }
}

/// Kinds of objects; those of more than one word are read word by word.
const KINDS: [&str; 35] = [
    "ACCESS",
    "AGGREGATE",
    "CAST",
    "COLLATION",
    "CONVERSION",
    "DATA",
    "DATABASE",
    "DOMAIN",
    "EVENT",
    "EXTENSION",
    "FOREIGN",
    "FUNCTION",
    "INDEX",
    "LANGUAGE",
    "MATERIALIZED",
    "METHOD",
    "OPERATOR",
    "POLICY",
    "PROCEDURE",
    "PUBLICATION",
    "ROLE",
    "ROUTINE",
    "RULE",
    "SCHEMA",
    "SEQUENCE",
    "SERVER",
    "STATISTICS",
    "SUBSCRIPTION",
    "TABLE",
    "TABLESPACE",
    "TRIGGER",
    "TYPE",
    "USER",
    "VIEW",
    "WRAPPER",
];

/// The names that follow, without `IF EXISTS`, `ONLY` and `CONCURRENTLY` and without what stands behind them;
/// only the first where a comma opens something else.
pub(super) fn names(words: &[Word<'_>], from: usize, many: bool) -> Vec<String> {
    let option = |word: &Word<'_>| ["IF", "EXISTS", "ONLY", "CONCURRENTLY", "FROM"].iter().any(|it| word.is(it));
    let rest = words.get(from..).unwrap_or_default();
    let options = rest.iter().take_while(|word| option(word)).count();
    let mut names: Vec<String> = Vec::new();
    let mut follows = true;
    for word in rest.iter().skip(options) {
        match (word.text, names.last_mut()) {
            (".", Some(name)) => name.push('.'),
            (",", Some(_)) if many => {
                follows = true;
                continue;
            }
            // Old spelling of "with the tables below it".
            ("*", Some(_)) => continue,
            (text, Some(name)) if name.ends_with('.') => name.push_str(text),
            (text, _) if follows => names.push(text.to_owned()),
            _ => break,
        }
        follows = false;
    }
    names
}
