//! How a statement stands to transactions.

use super::lexer::{Lexer, Raw};

/// What a statement does to a transaction, or asks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transactions {
    /// Runs inside and outside.
    Either,
    /// Postgres refuses it inside a transaction block; the words are those of its error message.
    OnlyOutside(&'static str),
    /// Opens a transaction block.
    Begins,
    /// Ends the transaction block.
    Ends,
    /// Reads rows that the client sends behind it, or sends rows to the client: `COPY … FROM stdin`, `… TO stdout`.
    Streams,
}

/// Returns how a statement of a known kind stands to transactions. It says [`Transactions::Either`] where that depends
/// on what is in the database.
pub fn transactions(sql: &str, kind: &str) -> Transactions {
    use Transactions::{Begins, Either, Ends, OnlyOutside, Streams};
    let words = || Words::of(sql);
    let concurrently = || mentions(sql, "concurrently");
    match kind {
        "begin" => Begins,
        "commit" if words().has("prepared") => OnlyOutside("COMMIT PREPARED"),
        "rollback" if words().has("prepared") => OnlyOutside("ROLLBACK PREPARED"),
        "rollback" if words().has("to") => Either,
        "commit" | "rollback" | "prepare_transaction" => Ends,
        "vacuum" => OnlyOutside("VACUUM"),
        "create_database" => OnlyOutside("CREATE DATABASE"),
        "drop_database" => OnlyOutside("DROP DATABASE"),
        "create_tablespace" => OnlyOutside("CREATE TABLESPACE"),
        "drop_tablespace" => OnlyOutside("DROP TABLESPACE"),
        "alter_system" => OnlyOutside("ALTER SYSTEM"),
        "alter_database" if words().follow(&["set", "tablespace"]) => OnlyOutside("ALTER DATABASE SET TABLESPACE"),
        "create_index" if concurrently() && words().follow(&["index", "concurrently"]) => {
            OnlyOutside("CREATE INDEX CONCURRENTLY")
        }
        "drop_index" if concurrently() && words().follow(&["index", "concurrently"]) => {
            OnlyOutside("DROP INDEX CONCURRENTLY")
        }
        "alter_table" if concurrently() && words().detaches_concurrently() => {
            OnlyOutside("ALTER TABLE ... DETACH CONCURRENTLY")
        }
        "cluster" if words().names_nothing() => OnlyOutside("CLUSTER"),
        "discard" if words().has("all") => OnlyOutside("DISCARD ALL"),
        "reindex" => match words() {
            words if words.has("concurrently") => OnlyOutside("REINDEX CONCURRENTLY"),
            words if words.object_is("schema") => OnlyOutside("REINDEX SCHEMA"),
            words if words.object_is("database") => OnlyOutside("REINDEX DATABASE"),
            words if words.object_is("system") => OnlyOutside("REINDEX SYSTEM"),
            _ => Either,
        },
        "create_subscription" => match words() {
            words if words.has("create_slot") || words.has("connect") => Either,
            _ => OnlyOutside("CREATE SUBSCRIPTION ... WITH (create_slot = true)"),
        },
        "copy" if words().follow(&["from", "stdin"]) || words().follow(&["to", "stdout"]) => Streams,
        _ => Either,
    }
}

/// Returns whether a lower-case word is somewhere in a text, in whatever case.
fn mentions(sql: &str, word: &str) -> bool {
    sql.as_bytes().windows(word.len()).any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

/// The words of a statement that are no quoted names, in lower case, with how deep in parentheses they stand.
struct Words(Vec<(String, usize)>);

impl Words {
    fn of(sql: &str) -> Self {
        let mut depth = 0_usize;
        let mut words = Vec::new();
        for lexeme in Lexer::new(sql, 0) {
            match lexeme.raw {
                Raw::OpenParen => depth += 1,
                Raw::CloseParen => depth = depth.saturating_sub(1),
                Raw::Ident => words.push((sql.get(lexeme.range).unwrap_or_default().to_ascii_lowercase(), depth)),
                // What is quoted is a name; it keeps words apart that stand around it.
                Raw::QuotedIdent { .. } => words.push((String::new(), depth)),
                _ => {}
            }
        }
        Self(words)
    }

    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|(known, _)| known == word)
    }

    fn follow(&self, sequence: &[&str]) -> bool {
        self.0
            .windows(sequence.len())
            .any(|window| window.iter().zip(sequence).all(|((word, depth), expected)| word == expected && *depth == 0))
    }

    /// `ALTER TABLE t DETACH PARTITION p CONCURRENTLY`: the last word, unless the partition has that name.
    fn detaches_concurrently(&self) -> bool {
        let Some(at) = self.0.windows(2).position(|pair| pair[0].0 == "detach" && pair[1].0 == "partition") else {
            return false;
        };
        self.0.len() > at + 3 && self.0.last().is_some_and(|(word, _)| word == "concurrently")
    }

    /// The first word behind the command's own and its options in parentheses.
    fn object_is(&self, object: &str) -> bool {
        self.0.iter().skip(1).find(|(_, depth)| *depth == 0).is_some_and(|(word, _)| word == object)
    }

    fn names_nothing(&self) -> bool {
        self.0.iter().skip(1).all(|(word, depth)| *depth > 0 || word == "verbose")
    }
}
