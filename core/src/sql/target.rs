//! What a statement is about, by its words alone.

use super::name::fold;
use super::token::{Token, TokenKind, tokens};

/// Returns the name of the table that a statement makes or changes, of anything else its own name; without the schema.
pub(crate) fn target(sql: &str, kind: &str) -> Option<String> {
    let tokens = tokens(head(sql));
    let mut tokens = tokens.iter().filter(|token| token.kind != TokenKind::Comment);
    let text = |token: &Token| sql.get(token.range.clone()).unwrap_or_default();
    if matches!(kind, "create_index" | "create_trigger" | "create_policy" | "create_rule") {
        tokens.find(|token| text(token).eq_ignore_ascii_case("on"))?;
    }
    let mut names = tokens.skip_while(|token| matches!(token.kind, TokenKind::Keyword));
    let mut last = names.next()?;
    while names.next().is_some_and(|dot| text(dot) == ".") {
        last = names.next()?;
    }
    fold(text(last))
}

/// Returns a statement up to its first parenthesis, before which all names stand; the whole of it where that may be
/// part of a name or a comment.
fn head(sql: &str) -> &str {
    match sql.split_inclusive('(').next() {
        Some(head) if !head.contains(['"', '\'', '$', '-', '/']) => head,
        _ => sql,
    }
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn what_is_made_or_changed_is_named_without_its_schema() {
        for (sql, kind, expected) in [
            ("CREATE TABLE IF NOT EXISTS s.\"T\" (id int)", "create_table", Some("T")),
            ("CREATE TABLE copy AS SELECT 1", "create_table_as", Some("copy")),
            ("ALTER TABLE ONLY a.b.C ADD d int", "alter_table", Some("c")),
            ("CREATE UNIQUE INDEX CONCURRENTLY i ON ONLY t (n)", "create_index", Some("t")),
            ("CREATE TRIGGER g AFTER INSERT OR UPDATE ON s.t EXECUTE FUNCTION f()", "create_trigger", Some("t")),
            ("DROP FUNCTION f(int)", "drop_function", Some("f")),
            ("DELETE FROM t", "delete", Some("t")),
            ("CREATE TABLE /* (x) */ \"a(b\" (id int)", "create_table", Some("a(b")),
            ("CREATE INDEX", "create_index", None),
            ("", "unknown", None),
        ] {
            assert_eq!(target(sql, kind).as_deref(), expected, "{sql}");
        }
    }
}
