//! What the statements of a plan drop or delete, in words, for the question before a run.
//!
//! A loss is judged by the statements' tokens alone, without a parser and without a model of the schema: it names what
//! is named, and guesses neither at what hangs on it, nor at what a function or trigger that it calls deletes. Of SQL
//! that a block puts together it reads what is written. That nothing is named here is no promise that nothing is lost.

mod executed;
mod list;
mod made;
mod words;

use self::executed::{executed, quoted_body};
use self::list::{Item, Key, Lost};
use self::made::Made;
use self::words::{Word, kind, names, outside, table};
use crate::document::{Outcome, Plan, Statement};

/// Something that is gone after a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What, as a phrase: `table product`.
    pub words: String,
    /// It held data from before the plan. Nobody asks about the rest: it can be made again from the files, or
    /// was made by the plan itself.
    pub data: bool,
}

/// Returns what a plan takes away; at most one for each statement, nothing twice, and nothing that is made again under
/// its name: tables come first, then columns, then rows, then the rest, each in the order of the plan.
///
/// Near linear in the length of the statements.
pub fn losses(plan: &Plan) -> Vec<Loss> {
    losses_in(plan.steps.iter().flat_map(|step| &step.statements))
}

/// Returns what statements take away that run one behind the other, as [`losses`] does.
pub fn losses_in<'a>(statements: impl Iterator<Item = &'a Statement>) -> Vec<Loss> {
    // What fails takes nothing away.
    let statements = statements.filter(|statement| statement.outcome != Outcome::Error);
    of_statements(statements.map(|statement| statement.sql.as_str()))
}

/// Returns what one statement takes away by its words, whoever made it.
#[cfg(feature = "model")]
pub(crate) fn losses_of(statement: &str) -> Vec<Loss> {
    of_statements(std::iter::once(statement))
}

fn of_statements<'a>(statements: impl Iterator<Item = &'a str>) -> Vec<Loss> {
    let mut made = Made::default();
    let mut lost = Lost::default();
    for sql in statements {
        statement(sql, &mut made, &mut lost);
    }
    lost.phrases()
}

fn statement(sql: &str, made: &mut Made, lost: &mut Lost) {
    let words = words::of(sql);
    let mut found = Vec::new();
    if words.first().is_some_and(|word| word.is("DO")) {
        // In dollar quotes, its words are words of the statement already.
        let quoted = quoted_body(&words);
        let words = quoted.as_deref().map_or(words, words::of);
        // The block runs now: every statement in it is judged for itself.
        let opens = |word: &Word<'_>| [";", "BEGIN", "THEN", "ELSE", "LOOP"].iter().any(|it| word.is(it));
        for part in words.split(opens) {
            match executed(part) {
                Some(sql) => judge(&words::of(&sql), made, &mut found),
                None => judge(part, made, &mut found),
            }
        }
        lost.add(found);
        // What it made hangs on its conditions.
        made.forget();
    } else {
        judge(&words, made, &mut found);
        lost.add(found);
        made.note(&words);
        if words.iter().any(|word| word.is("SEARCH_PATH") || word.is("'SEARCH_PATH'")) {
            lost.settle();
        }
        remade(&words).iter().for_each(|key| lost.restore(key));
    }
}

fn judge(words: &[Word<'_>], made: &Made, found: &mut Vec<Item>) {
    let Some(first) = words.first() else { return };
    let second = words.get(1).map_or("", |word| word.upper.as_str());
    let cascade = words.iter().any(|word| word.is("CASCADE"));
    let mut lose = |kind: &str, names: Vec<String>, of: Option<&str>, data: bool| {
        let (kind, of) = (kind.to_owned(), of.map(str::to_owned));
        found.extend(names.into_iter().map(|name| Item { kind: kind.clone(), name, of: of.clone(), data, cascade }));
    };
    match (first.upper.as_str(), second) {
        ("DROP", "OWNED") => lose("everything owned by", names(words, 3, true), None, true),
        ("DROP", _) => {
            let (kind, at) = kind(words, 1);
            let names = names(words, at, true);
            if !kind.is_empty() {
                let of = table(words, "ON").filter(|_| OF_TABLES.contains(&kind.as_str()));
                let data = match kind.as_str() {
                    "table" => !names.iter().all(|name| made.has(name)),
                    "sequence" | "extension" | "database" => true,
                    // Without CASCADE the server refuses as long as a column or table needs it.
                    "schema" | "type" | "domain" => cascade,
                    _ => false,
                };
                lose(&kind, names, of.as_deref(), data);
            }
        }
        ("TRUNCATE", _) => {
            let names = names(words, if second == "TABLE" { 2 } else { 1 }, true);
            let data = cascade || !names.iter().all(|name| made.has(name));
            lose("all rows of", names, None, data);
        }
        ("ALTER", "TABLE") => {
            let name = names(words, 2, false).concat();
            for (kind, part) in parts(words, 3) {
                lose(kind, vec![part], Some(&name), kind != "constraint" && !made.has(&name));
            }
        }
        ("ALTER", "FOREIGN" | "TYPE") => {
            let from = if second == "TYPE" { 2 } else { 3 };
            let name = names(words, from, false).concat();
            let of = if second == "TYPE" { format!("type {name}") } else { name };
            for (kind, part) in parts(words, from + 1) {
                lose(kind, vec![part], Some(&of), second == "TYPE");
            }
        }
        // Here the word stands for a right, a rule or a reference; but a table may be made of what a WITH deletes.
        ("CREATE" | "ALTER" | "GRANT" | "REVOKE" | "COMMENT" | "PREPARE", _) if !makes_table(words) => {}
        _ => {
            let merged = words.iter().position(|word| word.is("MERGE"));
            for (at, pair) in words.windows(2).enumerate() {
                let name = match pair {
                    [delete, from] if delete.is("DELETE") && from.is("FROM") => names(words, at + 2, false),
                    [then, delete] if then.is("THEN") && delete.is("DELETE") && merged.is_some() => {
                        names(words, merged.unwrap_or_default() + 2, false)
                    }
                    _ => continue,
                };
                let name = name.concat();
                let data = !made.has(&name);
                lose("rows of", vec![name], None, data);
            }
        }
    }
}

fn makes_table(words: &[Word<'_>]) -> bool {
    words.first().is_some_and(|word| word.is("CREATE")) && words.iter().take(4).any(|word| word.is("TABLE"))
}

/// Kinds whose names are names only within a table.
const OF_TABLES: [&str; 3] = ["policy", "rule", "trigger"];

/// Returns what a statement makes that may have been dropped before.
fn remade(words: &[Word<'_>]) -> Vec<Key> {
    let is = |at: usize, keyword: &str| words.get(at).is_some_and(|word| word.is(keyword));
    if is(0, "ALTER") && is(1, "TABLE") {
        let table = names(words, 2, false).concat();
        let added = outside(words).filter(|at| is(*at, "ADD") && is(at + 1, "CONSTRAINT"));
        return added.map(|at| Key::new("constraint", &names(words, at + 2, false).concat(), Some(&table))).collect();
    }
    if !is(0, "CREATE") {
        return Vec::new();
    }
    let options = ["OR", "REPLACE", "UNIQUE", "CONSTRAINT", "RECURSIVE"];
    let from = 1 + words.iter().skip(1).take_while(|word| options.iter().any(|it| word.is(it))).count();
    let (kind, from) = kind(words, from);
    let options = ["CONCURRENTLY", "IF", "NOT", "EXISTS"];
    let from = from + words.iter().skip(from).take_while(|word| options.iter().any(|it| word.is(it))).count();
    let name = names(words, from, false).concat();
    let table = table(words, if kind == "rule" { "TO" } else { "ON" });
    let key = match (kind.as_str(), table) {
        ("index", Some(table)) => {
            // An index is in the schema of its table.
            let schema = table.rsplit_once('.').map(|(schema, _)| format!("{schema}.")).unwrap_or_default();
            Key::new(&kind, &format!("{schema}{name}"), None)
        }
        (kind, Some(table)) if OF_TABLES.contains(&kind) => Key::new(kind, &name, Some(&table)),
        (kind, _) => Key::new(kind, &name, None),
    };
    vec![key]
}

/// Returns the columns, attributes and constraints that an `ALTER` drops: of which kind, and the name.
fn parts(words: &[Word<'_>], from: usize) -> Vec<(&'static str, String)> {
    let mut dropped = Vec::new();
    for at in outside(words).filter(|at| *at >= from && words.get(*at).is_some_and(|word| word.is("DROP"))) {
        let (kind, name) = match words.get(at + 1).map_or("", |word| word.upper.as_str()) {
            "" | "DEFAULT" | "NOT" | "EXPRESSION" | "IDENTITY" => continue,
            "COLUMN" => ("column", at + 2),
            "ATTRIBUTE" => ("attribute", at + 2),
            "CONSTRAINT" => ("constraint", at + 2),
            _ => ("column", at + 1),
        };
        dropped.push((kind, names(words, name, false).concat()));
    }
    dropped
}

#[cfg(test)]
mod tests {
    use super::of_statements;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Returns what statements lose; in parentheses what can be made again.
    fn shown(statements: &[&str]) -> String {
        let losses = of_statements(statements.iter().copied()).into_iter();
        let losses = losses.map(|loss| if loss.data { loss.words } else { format!("({})", loss.words) });
        losses.collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn statements_say_what_they_take_away() {
        let cases = [
            ("DROP TABLE product", "table product"),
            ("drop table if exists shop.product, \"Order\" cascade", "table shop.product, \"Order\""),
            ("DROP MATERIALIZED VIEW sales", "(materialized view sales)"),
            ("DROP INDEX CONCURRENTLY IF EXISTS orders_customer", "(index orders_customer)"),
            ("DROP FUNCTION touch()", "(function touch)"),
            ("DROP TRIGGER touch ON customer", "(trigger touch of customer)"),
            ("DROP FOREIGN DATA WRAPPER files", "(foreign data wrapper files)"),
            ("DROP FOREIGN TABLE remote", "(foreign table remote)"),
            ("DROP TYPE mood", "(type mood)"),
            ("DROP TYPE mood CASCADE", "type mood"),
            ("DROP SCHEMA shop", "(schema shop)"),
            ("DROP SCHEMA IF EXISTS shop CASCADE", "schema shop"),
            ("DROP SEQUENCE invoice_number", "sequence invoice_number"),
            ("DROP OWNED BY app, \"Web\"", "everything owned by app, \"Web\""),
            ("ALTER TABLE customer DROP COLUMN phone, DROP fax", "column phone, column fax of customer"),
            ("ALTER TABLE a * ADD c int CHECK (drop > 0), DROP COLUMN IF EXISTS b", "column b of a"),
            ("ALTER TABLE ONLY shop.customer DROP CONSTRAINT c", "(constraint c of shop.customer)"),
            ("ALTER TYPE address DROP ATTRIBUTE IF EXISTS street CASCADE", "attribute street of type address"),
            ("ALTER FOREIGN TABLE remote DROP COLUMN a", "(column a of remote)"),
            ("ALTER TABLE customer ALTER email DROP NOT NULL", ""),
            ("ALTER TABLE customer ALTER email DROP DEFAULT", ""),
            ("TRUNCATE orders, lines", "all rows of orders, lines"),
            ("truncate table only orders", "all rows of orders"),
            ("DELETE FROM currency WHERE code = 'XTS'", "rows of currency"),
            ("delete from only shop.currency", "rows of shop.currency"),
            ("WITH old AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM old", "rows of a"),
            ("CREATE TABLE b AS WITH old AS (DELETE FROM a RETURNING *) SELECT * FROM old", "rows of a"),
            ("EXPLAIN ANALYZE DELETE FROM a", "rows of a"),
            ("MERGE INTO a USING b ON a.n = b.n WHEN MATCHED THEN DELETE", "rows of a"),
            (
                "DO $$ BEGIN IF now() > '2026-01-01' THEN DROP TABLE a; END IF; DELETE FROM b; END $$",
                "table a, rows of b",
            ),
            (
                "DO $$ BEGIN EXECUTE 'TRUNCATE audit'; EXECUTE $q$DELETE FROM b$q$; END $$",
                "all rows of audit, rows of b",
            ),
            ("DO 'BEGIN DROP TABLE a; EXECUTE ''TRUNCATE b''; END'", "table a, all rows of b"),
            ("DO LANGUAGE plpgsql 'BEGIN DELETE FROM a; END'", "rows of a"),
            ("DO $$ BEGIN EXECUTE format('DROP TABLE %I', t); END $$", "a table that only the running block names"),
            ("DO $$ BEGIN EXECUTE 'ALTER TABLE ' || t || ' DROP COLUMN c'; END $$", "column c of …"),
            ("/* DROP TABLE a */ SELECT 1", ""),
            ("/* why */ DROP TABLE a", "table a"),
            ("UPDATE a SET b = 'DROP TABLE c'", ""),
            ("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM a $$", ""),
            ("CREATE TABLE a (b int REFERENCES c ON DELETE CASCADE)", ""),
            ("GRANT DELETE ON a TO b", ""),
            ("DROP", ""),
            ("DROP OWNED", ""),
            ("ALTER TABLE", ""),
            ("ALTER TABLE a DROP", ""),
            ("", ""),
        ];
        for (sql, expected) in cases {
            assert_eq!(shown(&[sql]), expected, "{sql}");
        }
    }

    #[test]
    fn a_long_comment_hides_nothing() {
        let sql = format!("/* {} */ DROP TABLE a", "x".repeat(10_000));
        assert_eq!(shown(&[&sql]), "table a");
    }

    #[test]
    fn what_the_plan_made_itself_is_no_older_data() {
        let cases: [(&[&str], &str); 11] = [
            (&["CREATE TABLE a (n int, m int)", "ALTER TABLE \"a\" DROP COLUMN m"], "(column m of \"a\")"),
            (&["CREATE TEMP TABLE A (n int)", "DROP TABLE a"], "(table a)"),
            (&["CREATE TABLE a (n int)", "DROP TABLE a, b"], "table a, b"),
            (&["CREATE TABLE IF NOT EXISTS a (n int)", "DROP TABLE a"], "table a"),
            (&["CREATE TABLE a (n int)", "DROP TABLE a", "DROP TABLE a"], "table a"),
            (&["CREATE TABLE a (n int)", "ALTER TABLE a RENAME COLUMN n TO m", "DELETE FROM a"], "(rows of a)"),
            (&["CREATE TABLE s.a (n int)", "ALTER TABLE s.a RENAME TO b", "DROP TABLE s.b"], "(table s.b)"),
            (
                &["CREATE TABLE a ()", "ALTER TABLE a RENAME TO x", "ALTER TABLE b RENAME TO a", "DROP TABLE a"],
                "table a",
            ),
            (&["CREATE TABLE a ()", "SET search_path = other", "DROP TABLE a"], "table a"),
            (&["CREATE TABLE a (n int)", "ALTER TABLE a ATTACH PARTITION b DEFAULT", "DROP TABLE a"], "table a"),
            (&["CREATE TABLE a (n int)", "TRUNCATE a CASCADE"], "all rows of a"),
        ];
        for (statements, expected) in cases {
            assert_eq!(shown(statements), expected, "{statements:?}");
        }
    }

    #[test]
    fn what_is_made_again_is_not_lost() {
        let cases: [(&[&str], &str); 22] = [
            (&["ALTER TABLE a DROP CONSTRAINT x, ADD CONSTRAINT x CHECK (n > 0)"], ""),
            (
                &["ALTER TABLE a DROP CONSTRAINT x", "ALTER TABLE ONLY A ADD CONSTRAINT \"x\" CHECK (n > 0) NOT VALID"],
                "",
            ),
            (
                &["ALTER TABLE a DROP CONSTRAINT x", "ALTER TABLE b ADD CONSTRAINT x CHECK (n > 0)"],
                "(constraint x of a)",
            ),
            (&["ALTER TABLE a DROP CONSTRAINT x, DROP n, ADD CONSTRAINT x UNIQUE (m)"], "column n of a"),
            (&["ALTER TABLE a ADD CONSTRAINT x UNIQUE (m)", "ALTER TABLE a DROP CONSTRAINT x"], "(constraint x of a)"),
            (&["ALTER TABLE a DROP COLUMN n, ADD COLUMN n bigint"], "column n of a"),
            (&["DROP VIEW v", "CREATE VIEW v AS SELECT 1"], ""),
            (&["DROP VIEW v, w", "CREATE OR REPLACE VIEW v AS SELECT 1"], "(view w)"),
            (&["DROP VIEW v CASCADE", "CREATE VIEW v AS SELECT 1"], "(view v)"),
            (&["DROP VIEW v", "CREATE VIEW v AS SELECT 1", "DROP VIEW v"], "(view v)"),
            (&["DROP VIEW v", "CREATE TEMP VIEW v AS SELECT 1"], "(view v)"),
            (&["DROP MATERIALIZED VIEW v", "CREATE MATERIALIZED VIEW IF NOT EXISTS v AS SELECT 1"], ""),
            (&["DROP VIEW v", "SET search_path = other", "CREATE VIEW v AS SELECT 1"], "(view v)"),
            (&["DROP FUNCTION f()", "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'"], ""),
            (&["DROP TRIGGER t ON a", "CREATE CONSTRAINT TRIGGER t AFTER UPDATE OF n ON a EXECUTE FUNCTION f()"], ""),
            (&["DROP TRIGGER t ON a", "CREATE TRIGGER t AFTER INSERT ON b EXECUTE FUNCTION f()"], "(trigger t of a)"),
            (&["DROP POLICY p ON a", "CREATE POLICY p ON a USING (true)"], ""),
            (&["DROP RULE r ON a", "CREATE RULE r AS ON INSERT TO a DO INSTEAD NOTHING"], ""),
            (&["DROP INDEX i", "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON a (n)"], ""),
            (&["DROP INDEX s.i", "CREATE INDEX i ON s.a (n)"], ""),
            (&["DROP INDEX s.i", "CREATE INDEX i ON a (n)"], "(index s.i)"),
            (&["DROP TABLE a", "CREATE TABLE a (n int)"], "table a"),
        ];
        for (statements, expected) in cases {
            assert_eq!(shown(statements), expected, "{statements:?}");
        }
    }

    #[test]
    fn a_loss_is_listed_once_and_data_comes_first() {
        let cases: [(&[&str], &str); 4] = [
            (
                &["DROP VIEW v", "DELETE FROM a", "ALTER TABLE b DROP n", "DROP TABLE c"],
                "table c; column n of b; rows of a; (view v)",
            ),
            (&["DELETE FROM a WHERE n = 1", "DELETE FROM A WHERE n = 2"], "rows of a"),
            (&["DROP TABLE IF EXISTS a, b", "DROP TABLE b, c"], "table a, b; table c"),
            (&["DO $$ BEGIN DROP VIEW v; DELETE FROM a; DROP TABLE b; END $$"], "table b, rows of a, view v"),
        ];
        for (statements, expected) in cases {
            assert_eq!(shown(statements), expected, "{statements:?}");
        }
    }
}
