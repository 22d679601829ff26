//! The kind of a statement, as the documents spell it.

use std::borrow::Cow;
use std::sync::OnceLock;

use squawk_syntax::ast;

use super::lexer::{Lexer, Raw};

/// Kind of a statement that could not be read.
pub(super) const UNKNOWN: &str = "unknown";

/// Names each statement of the parser; several may share a kind.
macro_rules! kinds {
    ($($statement:ident $kind:literal)*) => {
        /// Returns the kind of a statement that was parsed.
        pub(crate) fn of(statement: &ast::Stmt) -> &'static str {
            match statement {
                $(ast::Stmt::$statement(_) => $kind,)*
                ast::Stmt::EmptyStmt(_) => UNKNOWN,
            }
        }

        const KINDS: &[&str] = &[$($kind),*];
    };
}

kinds! {
    AlterAggregate "alter_aggregate"
    AlterCollation "alter_collation"
    AlterConversion "alter_conversion"
    AlterDatabase "alter_database"
    AlterDefaultPrivileges "alter_default_privileges"
    AlterDomain "alter_domain"
    AlterEventTrigger "alter_event_trigger"
    AlterExtension "alter_extension"
    AlterForeignDataWrapper "alter_foreign_data_wrapper"
    AlterForeignTable "alter_foreign_table"
    AlterFunction "alter_function"
    AlterGroup "alter_group"
    AlterIndex "alter_index"
    AlterLanguage "alter_language"
    AlterLargeObject "alter_large_object"
    AlterMaterializedView "alter_materialized_view"
    AlterOperator "alter_operator"
    AlterOperatorClass "alter_operator_class"
    AlterOperatorFamily "alter_operator_family"
    AlterPolicy "alter_policy"
    AlterProcedure "alter_procedure"
    AlterPropertyGraph "alter_property_graph"
    AlterPublication "alter_publication"
    AlterRole "alter_role"
    AlterRoutine "alter_routine"
    AlterRule "alter_rule"
    AlterSchema "alter_schema"
    AlterSequence "alter_sequence"
    AlterServer "alter_server"
    AlterStatistics "alter_statistics"
    AlterSubscription "alter_subscription"
    AlterSystem "alter_system"
    AlterTable "alter_table"
    AlterTablespace "alter_tablespace"
    AlterTextSearchConfiguration "alter_text_search_configuration"
    AlterTextSearchDictionary "alter_text_search_dictionary"
    AlterTextSearchParser "alter_text_search_parser"
    AlterTextSearchTemplate "alter_text_search_template"
    AlterTrigger "alter_trigger"
    AlterType "alter_type"
    AlterUser "alter_user"
    AlterUserMapping "alter_user_mapping"
    AlterView "alter_view"
    Analyze "analyze"
    Begin "begin"
    Call "call"
    Checkpoint "checkpoint"
    Close "close"
    Cluster "cluster"
    CommentOn "comment"
    Commit "commit"
    CompoundSelect "select"
    Copy "copy"
    CreateAccessMethod "create_access_method"
    CreateAggregate "create_aggregate"
    CreateCast "create_cast"
    CreateCollation "create_collation"
    CreateConversion "create_conversion"
    CreateDatabase "create_database"
    CreateDomain "create_domain"
    CreateEventTrigger "create_event_trigger"
    CreateExtension "create_extension"
    CreateForeignDataWrapper "create_foreign_data_wrapper"
    CreateForeignTable "create_foreign_table"
    CreateFunction "create_function"
    CreateGroup "create_group"
    CreateIndex "create_index"
    CreateLanguage "create_language"
    CreateMaterializedView "create_materialized_view"
    CreateOperator "create_operator"
    CreateOperatorClass "create_operator_class"
    CreateOperatorFamily "create_operator_family"
    CreatePolicy "create_policy"
    CreateProcedure "create_procedure"
    CreatePropertyGraph "create_property_graph"
    CreatePublication "create_publication"
    CreateRole "create_role"
    CreateRule "create_rule"
    CreateSchema "create_schema"
    CreateSequence "create_sequence"
    CreateServer "create_server"
    CreateStatistics "create_statistics"
    CreateSubscription "create_subscription"
    CreateTable "create_table"
    CreateTableAs "create_table_as"
    CreateTablespace "create_tablespace"
    CreateTextSearchConfiguration "create_text_search_configuration"
    CreateTextSearchDictionary "create_text_search_dictionary"
    CreateTextSearchParser "create_text_search_parser"
    CreateTextSearchTemplate "create_text_search_template"
    CreateTransform "create_transform"
    CreateTrigger "create_trigger"
    CreateType "create_type"
    CreateUser "create_user"
    CreateUserMapping "create_user_mapping"
    CreateView "create_view"
    Deallocate "deallocate"
    Declare "declare"
    Delete "delete"
    Discard "discard"
    Do "do"
    DropAccessMethod "drop_access_method"
    DropAggregate "drop_aggregate"
    DropCast "drop_cast"
    DropCollation "drop_collation"
    DropConversion "drop_conversion"
    DropDatabase "drop_database"
    DropDomain "drop_domain"
    DropEventTrigger "drop_event_trigger"
    DropExtension "drop_extension"
    DropForeignDataWrapper "drop_foreign_data_wrapper"
    DropForeignTable "drop_foreign_table"
    DropFunction "drop_function"
    DropGroup "drop_group"
    DropIndex "drop_index"
    DropLanguage "drop_language"
    DropMaterializedView "drop_materialized_view"
    DropOperator "drop_operator"
    DropOperatorClass "drop_operator_class"
    DropOperatorFamily "drop_operator_family"
    DropOwned "drop_owned"
    DropPolicy "drop_policy"
    DropProcedure "drop_procedure"
    DropPropertyGraph "drop_property_graph"
    DropPublication "drop_publication"
    DropRole "drop_role"
    DropRoutine "drop_routine"
    DropRule "drop_rule"
    DropSchema "drop_schema"
    DropSequence "drop_sequence"
    DropServer "drop_server"
    DropStatistics "drop_statistics"
    DropSubscription "drop_subscription"
    DropTable "drop_table"
    DropTablespace "drop_tablespace"
    DropTextSearchConfig "drop_text_search_configuration"
    DropTextSearchDict "drop_text_search_dictionary"
    DropTextSearchParser "drop_text_search_parser"
    DropTextSearchTemplate "drop_text_search_template"
    DropTransform "drop_transform"
    DropTrigger "drop_trigger"
    DropType "drop_type"
    DropUser "drop_user"
    DropUserMapping "drop_user_mapping"
    DropView "drop_view"
    Execute "execute"
    Explain "explain"
    Fetch "fetch"
    Grant "grant"
    ImportForeignSchema "import_foreign_schema"
    Insert "insert"
    Listen "listen"
    Load "load"
    Lock "lock"
    Merge "merge"
    Move "move"
    Notify "notify"
    ParenSelect "select"
    Prepare "prepare"
    PrepareTransaction "prepare_transaction"
    Reassign "reassign_owned"
    Refresh "refresh_materialized_view"
    Reindex "reindex"
    ReleaseSavepoint "release_savepoint"
    Repack "repack"
    Reset "reset"
    ResetRole "reset_role"
    ResetSessionAuth "reset_session_authorization"
    Revoke "revoke"
    Rollback "rollback"
    SavepointCreate "savepoint"
    SecurityLabel "security_label"
    Select "select"
    SelectInto "select_into"
    Set "set"
    SetConstraints "set_constraints"
    SetRole "set_role"
    SetSessionAuth "set_session_authorization"
    SetTransaction "set_transaction"
    Show "show"
    Table "table"
    Truncate "truncate"
    Unlisten "unlisten"
    Update "update"
    Vacuum "vacuum"
    Values "values"
}

/// Returns the kind of a statement by its words, as far as they tell; it agrees with [`of`] where both know an answer.
pub(super) fn by_words(sql: &str) -> &'static str {
    let words = Words::of(sql);
    let first = words.get(0);
    match first {
        "" => "select",
        "abort" => "rollback",
        "end" => "commit",
        "start" => "begin",
        "refresh" => "refresh_materialized_view",
        "release" => "release_savepoint",
        "reassign" => "reassign_owned",
        "with" => words.main_verb(),
        "select" if words.has("into") => "select_into",
        "create" | "alter" | "drop" => {
            let kind = longest(first, words.object());
            if kind == "create_table" && words.has("as") { "create_table_as" } else { kind }
        }
        _ => longest(first, words.rest()),
    }
}

/// Returns the kind that the most of these words name.
fn longest<'a>(first: &str, rest: impl Iterator<Item = &'a str>) -> &'static str {
    let mut name = first.to_owned();
    let mut best = known(&name);
    for word in rest.take(4) {
        name.push('_');
        name.push_str(word);
        best = known(&name).or(best);
    }
    best.unwrap_or(UNKNOWN)
}

fn known(name: &str) -> Option<&'static str> {
    static SORTED: OnceLock<Vec<&str>> = OnceLock::new();
    let sorted = SORTED.get_or_init(|| {
        let mut kinds = KINDS.to_vec();
        kinds.sort_unstable();
        kinds
    });
    sorted.binary_search(&name).ok().and_then(|at| sorted.get(at)).copied()
}

/// The words of a statement outside parentheses, in lower case; empty ones stand for what is no word at its start.
struct Words<'a> {
    /// The first ones.
    head: Vec<Cow<'a, str>>,
    sql: &'a str,
}

impl<'a> Words<'a> {
    /// Longest part that is looked at, in tokens: the head says what it is, but a query may have a long `WITH`.
    const MOST: usize = 20_000;
    /// More words than any statement needs to be named.
    const HEAD: usize = 16;

    fn of(sql: &'a str) -> Self {
        Self { head: Self::all(sql).take(Self::HEAD).collect(), sql }
    }

    fn all(sql: &'a str) -> impl Iterator<Item = Cow<'a, str>> {
        let mut depth = 0_usize;
        let mut first = true;
        let lexemes = Lexer::new(sql, 0).filter(|lexeme| !lexeme.is_comment()).take(Self::MOST);
        lexemes.filter_map(move |lexeme| {
            let word = match lexeme.raw {
                Raw::OpenParen => {
                    depth += 1;
                    first.then_some(Cow::Borrowed(""))
                }
                Raw::CloseParen => {
                    depth = depth.saturating_sub(1);
                    None
                }
                Raw::Ident if depth == 0 => Some(lower(sql.get(lexeme.range).unwrap_or_default())),
                Raw::QuotedIdent { .. } if depth == 0 => Some(Cow::Borrowed("\"")),
                _ => None,
            };
            first = first && word.is_none();
            word
        })
    }

    fn get(&self, at: usize) -> &str {
        self.head.get(at).map_or("", Cow::as_ref)
    }

    fn rest(&self) -> impl Iterator<Item = &str> {
        self.head.iter().skip(1).map(Cow::as_ref)
    }

    /// The words behind the command, without those that only say how.
    fn object(&self) -> impl Iterator<Item = &str> {
        const MODIFIERS: [&str; 14] = [
            "or",
            "replace",
            "unique",
            "temp",
            "temporary",
            "unlogged",
            "global",
            "local",
            "recursive",
            "constraint",
            "trusted",
            "procedural",
            "default",
            "force",
        ];
        let default_privileges = self.get(1) == "default" && self.get(2) == "privileges";
        self.rest().skip_while(move |word| !default_privileges && MODIFIERS.contains(word))
    }

    fn has(&self, word: &str) -> bool {
        Self::all(self.sql).any(|known| known == word)
    }

    fn main_verb(&self) -> &'static str {
        let verbs = ["insert", "update", "delete", "merge", "select", "values"];
        let verb = Self::all(self.sql).find_map(|word| verbs.into_iter().find(|verb| *verb == word));
        match verb {
            Some("select") if self.has("into") => "select_into",
            Some(verb) => verb,
            None => "select",
        }
    }
}

fn lower(word: &str) -> Cow<'_, str> {
    if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(word.to_ascii_lowercase())
    } else {
        Cow::Borrowed(word)
    }
}

#[cfg(test)]
mod tests {
    use squawk_syntax::SourceFile;

    use super::{by_words, of};

    #[test]
    fn words_and_parser_agree() {
        for sql in [
            "CREATE TABLE t (a int)",
            "CREATE UNLOGGED TABLE t (a int GENERATED ALWAYS AS (1) STORED)",
            "CREATE TEMP TABLE IF NOT EXISTS t AS SELECT 1",
            "CREATE UNIQUE INDEX CONCURRENTLY ON t (a)",
            "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "CREATE OR REPLACE PROCEDURE p() LANGUAGE sql AS ''",
            "CREATE MATERIALIZED VIEW v AS SELECT 1",
            "CREATE RECURSIVE VIEW v (a) AS SELECT 1",
            "CREATE CONSTRAINT TRIGGER g AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
            "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
            "CREATE TEXT SEARCH CONFIGURATION c (PARSER = p)",
            "CREATE FOREIGN DATA WRAPPER w",
            "CREATE USER MAPPING FOR u SERVER s",
            "CREATE USER u",
            "CREATE EXTENSION IF NOT EXISTS citext",
            "CREATE TYPE m AS ENUM ('a')",
            "CREATE DOMAIN d AS int",
            "CREATE SCHEMA s",
            "CREATE DEFAULT CONVERSION c FOR 'a' TO 'b' FROM f",
            "ALTER TABLE t ADD COLUMN a int",
            "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r",
            "ALTER SYSTEM SET a = 1",
            "ALTER DATABASE d SET a = 1",
            "ALTER MATERIALIZED VIEW v RENAME TO w",
            "ALTER TEXT SEARCH DICTIONARY d (a = 1)",
            "DROP TABLE t",
            "DROP INDEX CONCURRENTLY i",
            "DROP TEXT SEARCH CONFIGURATION c",
            "DROP OWNED BY r",
            "REASSIGN OWNED BY a TO b",
            "COMMENT ON TABLE t IS 'x'",
            "INSERT INTO t SELECT 1",
            "WITH a AS (SELECT 1) UPDATE t SET a = 1",
            "WITH a AS (INSERT INTO t VALUES (1) RETURNING 1) SELECT 1",
            "SELECT 1",
            "SELECT 1 INTO t",
            "(SELECT 1) UNION SELECT 2",
            "VALUES (1)",
            "TABLE t",
            "DO 'x'",
            "CALL p()",
            "BEGIN",
            "START TRANSACTION",
            "COMMIT",
            "END",
            "ROLLBACK TO s",
            "ABORT",
            "SAVEPOINT s",
            "RELEASE SAVEPOINT s",
            "PREPARE TRANSACTION 'x'",
            "PREPARE p AS SELECT 1",
            "SET a = 1",
            "SET LOCAL a = 1",
            "SET ROLE r",
            "SET SESSION AUTHORIZATION r",
            "SET CONSTRAINTS ALL DEFERRED",
            "SET TRANSACTION READ ONLY",
            "RESET ROLE",
            "RESET a",
            "VACUUM t",
            "ANALYZE t",
            "REINDEX TABLE t",
            "CLUSTER t",
            "LOCK TABLE t",
            "TRUNCATE t",
            "REFRESH MATERIALIZED VIEW v",
            "COPY t FROM stdin",
            "GRANT SELECT ON t TO r",
            "REVOKE SELECT ON t FROM r",
            "SECURITY LABEL ON TABLE t IS 'x'",
            "IMPORT FOREIGN SCHEMA s FROM SERVER x INTO y",
            "NOTIFY c",
            "EXPLAIN SELECT 1",
        ] {
            let parsed = SourceFile::parse(sql).tree().stmts().next().map(|statement| of(&statement));
            assert_eq!(Some(by_words(sql)), parsed, "{sql}");
        }
    }
}
