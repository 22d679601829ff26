//! The names in a text, whatever they are names of.

use super::keyword::is_reserved;
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

#[cfg(test)]
mod tests {
    use super::identifiers;

    #[test]
    fn names_are_found_and_words_of_the_language_are_not() {
        let found = |sql: &str| identifiers(sql).collect::<Vec<_>>().join(" ");
        assert_eq!(found("SELECT \"A\", b FROM s.T WHERE x = 'y' -- z"), "A b s t x");
        assert_eq!(found("CREATE FUNCTION f() RETURNS int AS $$ SELECT g FROM t $$"), "function f returns");
    }
}
