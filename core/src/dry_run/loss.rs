//! What the statements of a plan drop or delete, in words, for the question before a run.
//!
//! A loss is judged by the statements' tokens alone, without a parser and without a model of the schema: it names what
//! is named, and guesses neither at what hangs on it, nor at SQL that a statement puts together while it runs, nor at
//! what a function or trigger that it calls deletes. That nothing is named here is no promise that nothing is lost.

use std::collections::BTreeSet;

use crate::document::Plan;
use crate::sql::{TokenKind, fold, tokens};

/// Something that is gone after a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What, as a phrase: `table product`.
    pub words: String,
    /// It held data from before the plan. Nobody asks about the rest: it can be made again from the files, or
    /// was made by the plan itself.
    pub data: bool,
}

/// Returns what a plan takes away, in its order; at most one for each statement.
///
/// Linear in the length of the statements.
pub fn losses(plan: &Plan) -> Vec<Loss> {
    let mut made = Made::default();
    let statements = plan.steps.iter().flat_map(|step| &step.statements);
    statements.filter_map(|statement| loss(&statement.sql, &mut made)).collect()
}

fn loss(sql: &str, made: &mut Made) -> Option<Loss> {
    let words: Vec<Word<'_>> = tokens(sql)
        .into_iter()
        .filter(|token| token.kind != TokenKind::Comment)
        .filter_map(|token| sql.get(token.range))
        .map(Word::new)
        .collect();
    let mut found = Vec::new();
    if words.first().is_some_and(|word| word.is("DO")) {
        // The block runs now: every statement in it is judged for itself.
        let opens = |word: &Word<'_>| [";", "BEGIN", "THEN", "ELSE", "LOOP"].iter().any(|it| word.is(it));
        for part in words.split(opens) {
            judge(part, made, &mut found);
        }
        // What it made hangs on its conditions.
        made.0.clear();
    } else {
        judge(&words, made, &mut found);
        made.note(&words);
    }
    let data = found.iter().any(|loss| loss.data);
    let words: Vec<String> = found.into_iter().map(|loss| loss.words).collect();
    (!words.is_empty()).then(|| Loss { words: words.join(", "), data })
}

fn judge(words: &[Word<'_>], made: &Made, found: &mut Vec<Loss>) {
    let Some(first) = words.first() else { return };
    let second = words.get(1).map_or("", |word| word.upper.as_str());
    let cascade = words.iter().any(|word| word.is("CASCADE"));
    let mut lose = |words: String, data: bool| found.push(Loss { words, data });
    match (first.upper.as_str(), second) {
        ("DROP", "OWNED") => lose(format!("everything owned by {}", names(words, 3, true).join(", ")), true),
        ("DROP", _) => {
            let kind = words.iter().skip(1).take_while(|word| KINDS.contains(&word.upper.as_str())).count();
            let names = names(words, 1 + kind, true);
            let kind = words.get(1..=kind).unwrap_or_default();
            let kind = kind.iter().map(|word| word.upper.to_lowercase()).collect::<Vec<_>>().join(" ");
            if !kind.is_empty() {
                let data = match kind.as_str() {
                    "table" => !names.iter().all(|name| made.has(name)),
                    "sequence" | "extension" | "database" => true,
                    // Without CASCADE the server refuses as long as a column or table needs it.
                    "schema" | "type" | "domain" => cascade,
                    _ => false,
                };
                lose(format!("{kind} {}", names.join(", ")), data);
            }
        }
        ("TRUNCATE", _) => {
            let names = names(words, if second == "TABLE" { 2 } else { 1 }, true);
            let data = cascade || !names.iter().all(|name| made.has(name));
            lose(format!("all rows of {}", names.join(", ")), data);
        }
        ("ALTER", "TABLE") => {
            let name = names(words, 2, false).concat();
            if let Some((parts, data)) = parts(words, 3) {
                lose(format!("{parts} of {name}"), data && !made.has(&name));
            }
        }
        ("ALTER", "FOREIGN" | "TYPE") => {
            let from = if second == "TYPE" { 2 } else { 3 };
            let name = names(words, from, false).concat();
            if let Some((parts, _)) = parts(words, from + 1) {
                let what = if second == "TYPE" { format!("type {name}") } else { name };
                lose(format!("{parts} of {what}"), second == "TYPE");
            }
        }
        // Here the word stands for a right, a rule or a reference.
        ("CREATE" | "ALTER" | "GRANT" | "REVOKE" | "COMMENT" | "PREPARE", _) => {}
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
                lose(format!("rows of {name}"), data);
            }
        }
    }
}

/// Returns the columns, attributes and constraints that an `ALTER` drops, and whether one of them holds data.
fn parts(words: &[Word<'_>], from: usize) -> Option<(String, bool)> {
    let mut dropped = Vec::new();
    let mut data = false;
    let mut depth = 0_usize;
    for (at, word) in words.iter().enumerate().skip(from) {
        match word.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > 0 || !word.is("DROP") {
            continue;
        }
        let (kind, name) = match words.get(at + 1).map_or("", |word| word.upper.as_str()) {
            "" | "DEFAULT" | "NOT" | "EXPRESSION" | "IDENTITY" => continue,
            "COLUMN" => ("column", at + 2),
            "ATTRIBUTE" => ("attribute", at + 2),
            "CONSTRAINT" => ("constraint", at + 2),
            _ => ("column", at + 1),
        };
        data |= kind != "constraint";
        dropped.push(format!("{kind} {}", names(words, name, false).concat()));
    }
    (!dropped.is_empty()).then(|| (dropped.join(", "), data))
}

/// A token as it stands, and in capitals for comparison; a quoted one keeps its quotes in both.
struct Word<'a> {
    text: &'a str,
    upper: String,
}

impl<'a> Word<'a> {
    fn new(text: &'a str) -> Self {
        // No key word is longer, and a long text need not be copied to see that it is none.
        let upper = if text.len() <= 63 { text.to_ascii_uppercase() } else { String::new() };
        Self { text, upper }
    }

    fn is(&self, keyword: &str) -> bool {
        self.upper == keyword
    }
}

/// The tables that the plan itself has made so far: what is in them was put there by the plan.
///
/// A loss of older data shows where it leaves its older table; so a history that makes a column and drops it later
/// runs on an empty database without a question.
#[derive(Debug, Default)]
struct Made(BTreeSet<String>);

impl Made {
    fn has(&self, name: &str) -> bool {
        self.0.contains(&key(name))
    }

    /// Takes note of what a statement makes, renames or drops.
    fn note(&mut self, words: &[Word<'_>]) {
        let is = |at: usize, keyword: &str| words.get(at).is_some_and(|word| word.is(keyword));
        let any = |keyword: &str| words.iter().any(|word| word.is(keyword));
        // Names may mean other tables from here on, or rows of other tables stand in those made.
        if any("SEARCH_PATH") || words.iter().any(|word| word.is("'SEARCH_PATH'")) {
            self.0.clear();
        } else if is(0, "CREATE") {
            let options = ["GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED"];
            let at = 1 + words.iter().skip(1).take_while(|word| options.iter().any(|it| word.is(it))).count();
            if is(at, "TABLE") && !is(at + 1, "IF") {
                self.0.extend(names(words, at + 1, false).iter().map(|name| key(name)));
            }
        } else if is(0, "DROP") && is(1, "TABLE") {
            for name in names(words, 2, true) {
                self.0.remove(&key(&name));
            }
        } else if is(0, "DROP") && is(1, "SCHEMA") {
            self.0.clear();
        } else if is(0, "ALTER") && (any("ATTACH") || any("INHERIT") || any("SCHEMA") || any("RENAME")) {
            self.rename(words);
        }
    }

    fn rename(&mut self, words: &[Word<'_>]) {
        let to = words.windows(2).position(|pair| matches!(pair, [a, b] if a.is("RENAME") && b.is("TO")));
        let was = key(&names(words, 2, false).concat());
        match to.and_then(|at| words.get(at + 2)) {
            Some(name) if words.get(1).is_some_and(|word| word.is("TABLE")) => {
                let schema = was.rsplit_once('.').map(|(schema, _)| format!("{schema}.")).unwrap_or_default();
                let is = format!("{schema}{}", key(name.text));
                if self.0.remove(&was) {
                    self.0.insert(is);
                } else {
                    self.0.remove(&is);
                }
            }
            // A column; its table stays.
            None if words.iter().any(|word| word.is("RENAME")) && words.get(1).is_some_and(|word| word.is("TABLE")) => {
            }
            _ => self.0.clear(),
        }
    }
}

/// The name as the server folds it, part by part; two spellings of one name have one key.
fn key(name: &str) -> String {
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
fn names(words: &[Word<'_>], from: usize, many: bool) -> Vec<String> {
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

#[cfg(test)]
mod tests {
    use super::{Loss, Made, loss};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    /// Returns what is lost; in parentheses what can be made again.
    fn shown(loss: Option<Loss>) -> String {
        loss.map(|loss| if loss.data { loss.words } else { format!("({})", loss.words) }).unwrap_or_default()
    }

    #[test]
    fn statements_say_what_they_take_away() {
        let cases = [
            ("DROP TABLE product", "table product"),
            ("drop table if exists shop.product, \"Order\" cascade", "table shop.product, \"Order\""),
            ("DROP MATERIALIZED VIEW sales", "(materialized view sales)"),
            ("DROP INDEX CONCURRENTLY IF EXISTS orders_customer", "(index orders_customer)"),
            ("DROP FUNCTION touch()", "(function touch)"),
            ("DROP TRIGGER touch ON customer", "(trigger touch)"),
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
            ("EXPLAIN ANALYZE DELETE FROM a", "rows of a"),
            ("MERGE INTO a USING b ON a.n = b.n WHEN MATCHED THEN DELETE", "rows of a"),
            (
                "DO $$ BEGIN IF now() > '2026-01-01' THEN DROP TABLE a; END IF; DELETE FROM b; END $$",
                "table a, rows of b",
            ),
            ("/* DROP TABLE a */ SELECT 1", ""),
            ("/* why */ DROP TABLE a", "table a"),
            ("UPDATE a SET b = 'DROP TABLE c'", ""),
            ("CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM a $$", ""),
            ("CREATE TABLE a (b int REFERENCES c ON DELETE CASCADE)", ""),
            ("GRANT DELETE ON a TO b", ""),
            ("DROP", ""),
            ("DROP OWNED", "everything owned by "),
            ("ALTER TABLE", ""),
            ("ALTER TABLE a DROP", ""),
            ("", ""),
        ];
        for (sql, expected) in cases {
            assert_eq!(shown(loss(sql, &mut Made::default())), expected, "{sql}");
        }
    }

    #[test]
    fn a_long_comment_hides_nothing() {
        let sql = format!("/* {} */ DROP TABLE a", "x".repeat(10_000));
        assert_eq!(shown(loss(&sql, &mut Made::default())), "table a");
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
            let mut made = Made::default();
            let last = statements.iter().map(|sql| loss(sql, &mut made)).last().flatten();
            assert_eq!(shown(last), expected, "{statements:?}");
        }
    }
}
