//! SQL that a block puts together and runs: `EXECUTE 'DROP TABLE ' || name`.

use super::words::Word;

/// Stands for what only the running block knows. It is a letter to the lexer, so that it reads as a name.
pub(super) const OPEN: &str = "…";

/// Returns the SQL that an `EXECUTE` of a block runs, as far as it is written there; none of another statement.
pub(super) fn executed(words: &[Word<'_>]) -> Option<String> {
    let (first, rest) = words.split_first()?;
    if !first.is("EXECUTE") {
        return None;
    }
    let mut sql = String::new();
    let mut depth = 0_usize;
    for word in rest {
        let text = word.text;
        if let Some(literal) = literal(text) {
            sql.push_str(&filled(&literal));
        } else {
            match text {
                "(" => depth += 1,
                ")" => depth = depth.saturating_sub(1),
                "||" | "," => {}
                _ if depth == 0 && (word.is("INTO") || word.is("USING")) => break,
                _ if word.is("FORMAT") => {}
                _ if sql.ends_with(OPEN) => {}
                _ => sql.push_str(OPEN),
            }
        }
    }
    Some(sql)
}

/// Returns the body of a `DO` that stands in single quotes.
pub(super) fn quoted_body(words: &[Word<'_>]) -> Option<String> {
    let names_language = words.get(1).is_some_and(|word| word.is("LANGUAGE"));
    let text = words.get(if names_language { 3 } else { 1 })?.text;
    if text.starts_with('$') { None } else { literal(text) }
}

/// Returns what a literal says.
fn literal(text: &str) -> Option<String> {
    if let Some((tag, _)) = text.strip_prefix('$').and_then(|text| text.split_once('$')) {
        let fence = format!("${tag}$");
        return Some(text.strip_prefix(&*fence)?.strip_suffix(&*fence)?.to_owned());
    }
    let quoted = text.strip_prefix(['E', 'e']).unwrap_or(text);
    Some(quoted.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"))
}

/// Returns the pattern of `format()` with what it leaves open.
fn filled(pattern: &str) -> String {
    let mut sql = String::new();
    let mut rest = pattern;
    while let Some((before, behind)) = rest.split_once('%') {
        sql.push_str(before);
        let option = |c: char| c.is_ascii_digit() || c == '$' || c == '-';
        let place = behind.trim_start_matches(option);
        rest = match place.strip_prefix(['I', 's', 'L']) {
            Some(behind) => {
                sql.push_str(OPEN);
                behind
            }
            None => behind,
        };
    }
    sql + rest
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::words;
    use super::executed;

    #[test]
    fn what_is_written_is_read_and_the_rest_left_open() {
        let cases = [
            ("EXECUTE 'TRUNCATE audit'", Some("TRUNCATE audit")),
            ("EXECUTE 'DROP TABLE ' || quote_ident(name) || ' CASCADE'", Some("DROP TABLE … CASCADE")),
            ("EXECUTE format('ALTER TABLE %I.%1$I DROP COLUMN %s', a, b)", Some("ALTER TABLE ….… DROP COLUMN …")),
            ("EXECUTE E'DELETE FROM it''s' INTO n USING 'DROP TABLE a'", Some("DELETE FROM it's")),
            ("EXECUTE $q$DELETE FROM a WHERE n = 'x'$q$", Some("DELETE FROM a WHERE n = 'x'")),
            ("EXECUTE statement", Some("…")),
            ("PERFORM 'DROP TABLE a'", None),
        ];
        for (block, expected) in cases {
            assert_eq!(executed(&words::of(block)).as_deref(), expected, "{block}");
        }
    }
}
