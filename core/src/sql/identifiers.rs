//! The names in a text, whatever they are names of.

use super::keyword::is_reserved;
use super::kind;
use super::lexer::{Lexer, Raw};
use super::name::fold;

/// Returns every word of a text that may be a name, folded; not those in texts, comments and bodies in dollar quotes.
pub fn identifiers(sql: &str) -> impl Iterator<Item = String> + '_ {
    let word = |raw: Raw, text: &str| match raw {
        Raw::Ident if is_reserved(&text.to_ascii_lowercase()) => None,
        Raw::Ident | Raw::QuotedIdent { .. } => fold(text),
        _ => None,
    };
    Lexer::new(sql, 0).filter_map(move |lexeme| word(lexeme.raw, sql.get(lexeme.range)?))
}

/// Texts inside of texts are looked into so deep.
const DEPTH: usize = 4;

/// Returns the same, and of statements that bring statements as texts (blocks, bodies of routines) the words in those
/// too.
pub fn identifiers_inside(sql: &str) -> impl Iterator<Item = String> + '_ {
    let brings = matches!(kind::by_words(sql), "do" | "create_function" | "create_procedure");
    let mut inside = Vec::new();
    if brings {
        in_texts(sql, DEPTH, &mut inside);
    }
    identifiers(sql).chain(inside)
}

fn in_texts(sql: &str, depth: usize, into: &mut Vec<String>) {
    let texts = Lexer::new(sql, 0).filter(|lexeme| matches!(lexeme.raw, Raw::Literal { .. }));
    for text in texts.filter_map(|lexeme| sql.get(lexeme.range)) {
        let inner = match text.strip_prefix('$') {
            // The tag between dollars stands on both sides.
            Some(rest) => rest.split_once('$').map(|(tag, rest)| {
                let end = rest.len().saturating_sub(tag.len() + 2);
                rest.get(..end).unwrap_or_default()
            }),
            None => text.split_once('\'').map(|(_, rest)| rest.trim_end_matches('\'')),
        };
        if let Some(inner) = inner.filter(|inner| inner.len() < text.len()) {
            into.extend(identifiers(inner));
            if depth > 0 {
                in_texts(inner, depth - 1, into);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{identifiers, identifiers_inside};

    #[test]
    fn names_in_bodies_are_found_where_they_are_asked_for() {
        let found = |sql: &str| identifiers_inside(sql).collect::<Vec<_>>().join(" ");
        assert_eq!(found("DO $x$ BEGIN EXECUTE 'DROP TABLE b'; END $x$"), "begin execute drop b");
        assert_eq!(found("CREATE FUNCTION f() RETURNS int AS 'SELECT g FROM t'"), "function f returns g t");
        assert_eq!(found("SELECT a FROM b WHERE c = 'd'"), "a b c");
    }

    #[test]
    fn names_are_found_and_words_of_the_language_are_not() {
        let found = |sql: &str| identifiers(sql).collect::<Vec<_>>().join(" ");
        assert_eq!(found("SELECT \"A\", b FROM s.T WHERE x = 'y' -- z"), "A b s t x");
        assert_eq!(found("CREATE FUNCTION f() RETURNS int AS $$ SELECT g FROM t $$"), "function f returns");
    }
}
