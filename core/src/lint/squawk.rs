//! Rules of squawk, under their own names: the only file that knows its linter. Each statement is shown to it alone;
//! what it cannot see, who uses a table and what a change of type costs, is known here.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use squawk_linter::{Linter, Rule};
use squawk_syntax::SourceFile;

use super::Levels;
use super::report::{Complete as _, Findings, Report};
use super::review::{Statement, Step};
use super::rule::Entry;
use crate::catalog::Catalog;
use crate::diagnostic::{Edit, Fix, Level};
use crate::place::Places;
use crate::script::Span;
use crate::sql;
use crate::sql::ast::{AlterColumnOption, AlterTableAction, Stmt};
use crate::sql::tree::Tree;

/// One rule of squawk's.
struct Theirs {
    rule: Rule,
    name: &'static str,
    /// How the kinds of statements begin in which it finds anything, and words of which a statement has one then; none
    /// where that is not known. Each look of theirs takes time, and most would be in vain.
    on: Words,
    words: Words,
    when: When,
    /// What it finds.
    summary: &'static str,
}

/// When a rule of squawk's is asked.
#[derive(Clone, Copy)]
enum When {
    /// Always: it is about how something is written.
    Written(Level),
    /// Where a relation is touched that others may be using.
    InUse(Level),
    /// Where an object goes that others may be using, and does not come back under its name.
    Dropped(Level),
    /// Where the model has no answer; where it has one, a rule of Limbeck's own says it.
    Unknown,
    /// When settings turn it on.
    Wanted,
}

type Words = &'static [&'static str];

const fn theirs(rule: Rule, name: &'static str, on: Words, words: Words, when: When, summary: &'static str) -> Theirs {
    Theirs { rule, name, on, words, when, summary }
}

use Level::{Info, Warning};
use When::{Dropped, InUse, Unknown, Wanted, Written};

#[rustfmt::skip]
const THEIRS: &[Theirs] = &[
    theirs(Rule::AddingFieldWithDefault, "adding-field-with-default", &["alter_table"], &["default"], Unknown, "a column whose default writes the table anew"),
    theirs(Rule::AddingNotNullableField, "adding-not-nullable-field", &["alter_table"], &["null"], Unknown, "SET NOT NULL, which reads the table"),
    theirs(Rule::AddingRequiredField, "adding-required-field", &["alter_table"], &["null"], InUse(Warning), "a column that takes no nulls and has no default"),
    theirs(Rule::AddingSerialPrimaryKeyField, "adding-serial-primary-key-field", &["alter_table"], &["primary"], Unknown, "a primary key whose index is built under the lock"),
    theirs(Rule::BanAddColumn, "ban-add-column", &[], &[], Wanted, "a new column"),
    theirs(Rule::BanAddCompositeAttribute, "ban-add-composite-attribute", &[], &[], Wanted, "a new attribute of a composite type"),
    theirs(Rule::BanAddEnumValue, "ban-add-enum-value", &[], &[], Wanted, "a new label of an enum, which old clients do not know"),
    theirs(Rule::BanAlterDatabaseOptions, "ban-alter-database-options", &[], &[], Wanted, "changed settings of a database"),
    theirs(Rule::BanAlterDomainWithAddConstraint, "ban-alter-domain-with-add-constraint", &["alter_domain"], &[], Unknown, "a constraint added to a domain, which reads every table that uses it"),
    theirs(Rule::BanAlterExtension, "ban-alter-extension", &[], &[], Wanted, "a changed extension"),
    theirs(Rule::BanAlterFunctionOptions, "ban-alter-function-options", &[], &[], Wanted, "changed options of a function"),
    theirs(Rule::BanAlterGeneratedExpression, "ban-alter-generated-expression", &["alter_table"], &[], Wanted, "a changed expression of a generated column"),
    theirs(Rule::BanAlterIdentity, "ban-alter-identity", &["alter_table"], &[], InUse(Info), "a changed identity column"),
    theirs(Rule::BanAlterPolicyCondition, "ban-alter-policy-condition", &[], &[], Wanted, "a changed condition of a policy"),
    theirs(Rule::BanAlterPolicyRoles, "ban-alter-policy-roles", &[], &[], Wanted, "changed roles of a policy"),
    theirs(Rule::BanAlterRoleOptions, "ban-alter-role-options", &[], &[], Wanted, "changed options of a role"),
    theirs(Rule::BanAlterRowLevelSecurity, "ban-alter-row-level-security", &[], &[], Wanted, "row security turned on or off"),
    theirs(Rule::BanAlterSequenceValues, "ban-alter-sequence-values", &[], &[], Wanted, "a sequence that goes on elsewhere"),
    theirs(Rule::BanAlterSystemOptions, "ban-alter-system-options", &[], &[], Wanted, "changed settings of the server"),
    theirs(Rule::BanAlterViewOptions, "ban-alter-view-options", &[], &[], Wanted, "changed options of a view"),
    theirs(Rule::BanCharField, "ban-char-field", &["alter_table", "create_table"], &["char", "character", "bpchar"], Written(Info), "a column of type char, which is padded with spaces"),
    theirs(Rule::BanCreateDomainWithConstraint, "ban-create-domain-with-constraint", &["create_domain"], &[], Written(Info), "a domain with a constraint, which cannot be changed without reading its tables"),
    theirs(Rule::BanCreatePolicy, "ban-create-policy", &[], &[], Wanted, "a new policy"),
    theirs(Rule::BanDetachInheritance, "ban-detach-inheritance", &[], &[], Wanted, "a table that leaves its parent"),
    theirs(Rule::BanDisableTrigger, "ban-disable-trigger", &["alter_table"], &[], Wanted, "a trigger turned off"),
    theirs(Rule::BanDropConstraint, "ban-drop-constraint", &["alter_domain", "alter_foreign_table", "alter_table"], &["drop"], InUse(Info), "a constraint that is dropped"),
    theirs(Rule::BanDropDatabase, "ban-drop-database", &["drop_database"], &[], Written(Level::Error), "a database that is dropped"),
    theirs(Rule::BanDropDefault, "ban-drop-default", &["alter_domain", "alter_foreign_table", "alter_table", "alter_view"], &["drop"], InUse(Info), "a default that old clients may count on"),
    theirs(Rule::BanDropDomain, "ban-drop-domain", &["drop_domain"], &[], Dropped(Warning), "a domain that is dropped"),
    theirs(Rule::BanDropExtension, "ban-drop-extension", &["drop_extension"], &[], Dropped(Warning), "an extension that is dropped"),
    theirs(Rule::BanDropFunction, "ban-drop-function", &["drop_aggregate", "drop_function", "drop_procedure", "drop_routine"], &[], Dropped(Warning), "a function that old clients may call"),
    theirs(Rule::BanDropGeneratedExpression, "ban-drop-generated-expression", &["alter_table"], &["drop"], InUse(Warning), "a column that is no longer generated"),
    theirs(Rule::BanDropIndex, "ban-drop-index", &["drop_index"], &[], Wanted, "an index that is dropped"),
    theirs(Rule::BanDropNotNull, "ban-drop-not-null", &["alter_domain", "alter_foreign_table", "alter_table"], &["drop"], InUse(Info), "nulls that old clients do not expect"),
    theirs(Rule::BanDropPolicy, "ban-drop-policy", &["drop_policy", "drop_rule"], &[], Wanted, "a policy that is dropped"),
    theirs(Rule::BanDropSequence, "ban-drop-sequence", &["drop_sequence"], &[], Dropped(Warning), "a sequence that is dropped"),
    theirs(Rule::BanDropTrigger, "ban-drop-trigger", &["drop_trigger"], &[], Wanted, "a trigger that is dropped"),
    theirs(Rule::BanDropType, "ban-drop-type", &["drop_cast", "drop_operator", "drop_operator_class", "drop_operator_family", "drop_type"], &[], Dropped(Warning), "a type that is dropped"),
    theirs(Rule::BanDropView, "ban-drop-view", &["drop_materialized_view", "drop_view"], &[], Dropped(Warning), "a view that old clients may read"),
    theirs(Rule::BanDuplicateColumnAssignments, "ban-duplicate-column-assignments", &[], &["set", "insert", "into", "view", "table"], Written(Warning), "an UPDATE that sets a column twice"),
    theirs(Rule::BanNewWriteRestriction, "ban-new-write-restriction", &[], &[], Wanted, "a constraint that may refuse what old clients write"),
    theirs(Rule::BanReplaceViewFunction, "ban-replace-view-function", &[], &[], Wanted, "a view or function that is replaced"),
    theirs(Rule::BanReplicaIdentity, "ban-replica-identity", &["alter_publication", "alter_table", "drop_publication"], &[], Wanted, "a changed replica identity"),
    theirs(Rule::BanRevoke, "ban-revoke", &[], &[], Wanted, "a right that is taken away"),
    theirs(Rule::BanSetDefault, "ban-set-default", &["alter_domain", "alter_foreign_table", "alter_table", "alter_view"], &[], Wanted, "a changed default"),
    theirs(Rule::BanSetSchema, "ban-set-schema", &["alter_"], &["schema"], InUse(Warning), "an object that moves to another schema"),
    theirs(Rule::BanTruncateCascade, "ban-truncate-cascade", &["truncate"], &["cascade"], InUse(Warning), "TRUNCATE CASCADE, which empties tables that it does not name"),
    theirs(Rule::ChangingColumnType, "changing-column-type", &["alter_foreign_table", "alter_table", "alter_type"], &["type"], Unknown, "a changed type, which may write the table anew"),
    theirs(Rule::ConstraintMissingNotValid, "constraint-missing-not-valid", &["alter_table"], &["add"], Unknown, "a constraint that is checked under the lock"),
    theirs(Rule::DisallowedUniqueConstraint, "disallowed-unique-constraint", &["alter_table"], &["unique"], Unknown, "a unique constraint whose index is built under the lock"),
    theirs(Rule::IdentifierTooLong, "identifier-too-long", &[], &[], Written(Warning), "a name of more than 63 bytes, which Postgres cuts"),
    theirs(Rule::PreferBigintOverInt, "prefer-bigint-over-int", &["alter_table", "create_table"], &["int", "integer", "int4", "serial", "serial4"], Written(Info), "a key of four bytes, which runs out"),
    theirs(Rule::PreferBigintOverSmallint, "prefer-bigint-over-smallint", &["alter_table", "create_table"], &[], Wanted, "a number of two bytes"),
    theirs(Rule::PreferIdentity, "prefer-identity", &["alter_table", "create_table"], &["serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"], Written(Info), "serial, where an identity column does the same by the standard"),
    theirs(Rule::PreferRepack, "prefer-repack", &["cluster", "vacuum"], &[], Unknown, "CLUSTER or VACUUM FULL, where newer servers have REPACK"),
    theirs(Rule::PreferTextField, "prefer-text-field", &["alter_table", "create_table"], &["varchar", "character", "char"], Written(Info), "a length that is dear to change later"),
    theirs(Rule::PreferTimestampTz, "prefer-timestamp-tz", &["alter_table", "create_table"], &["timestamp", "varchar"], Written(Info), "a time without its zone"),
    theirs(Rule::RenamingColumn, "renaming-column", &["alter_"], &["rename"], InUse(Warning), "a column that old clients know by its old name"),
    theirs(Rule::RenamingObject, "renaming-object", &["alter_"], &["rename"], InUse(Warning), "an object that old clients know by its old name"),
    theirs(Rule::RenamingTable, "renaming-table", &["alter_table"], &["rename"], InUse(Warning), "a table that old clients know by its old name"),
    theirs(Rule::RequireConcurrentIndexCreation, "require-concurrent-index-creation", &["create_index"], &[], Unknown, "an index that is built while nobody can write"),
    theirs(Rule::RequireConcurrentIndexDeletion, "require-concurrent-index-deletion", &["drop_index"], &[], Unknown, "an index that is dropped while nobody can read"),
    theirs(Rule::RequireConcurrentPartitionDetach, "require-concurrent-partition-detach", &["alter_table"], &["detach"], Unknown, "a partition that is detached while nobody can read"),
    theirs(Rule::RequireConcurrentReindex, "require-concurrent-reindex", &["reindex"], &[], Unknown, "an index that is rebuilt while nobody can write"),
    theirs(Rule::RequireEnumValueOrdering, "require-enum-value-ordering", &["alter_type"], &[], Wanted, "a new label without its place among the others"),
    theirs(Rule::RequireStatementTimeout, "require-statement-timeout", &[], &[], Wanted, "a lock without a limit of time for the statement"),
    theirs(Rule::RequireTableSchema, "require-table-schema", &["alter_table", "create_table", "drop_table"], &[], Wanted, "a table named without its schema"),
];

/// Rules that are never asked, and what says the same.
const ANSWERED: [(&str, &str); 12] = [
    ("adding-foreign-key-constraint", "scan-under-lock"),
    ("ban-concurrent-index-creation-in-transaction", "not-in-transaction"),
    ("ban-drop-column", "data-loss"),
    ("ban-drop-schema", "data-loss"),
    ("ban-drop-table", "data-loss"),
    ("ban-uncommitted-transaction", "open-transaction"),
    ("prefer-robust-stmts", "partial-section"),
    ("prefer-timestamptz", "prefer-timestamp-tz"),
    ("require-lock-timeout", "missing-lock-timeout"),
    ("require-timeout-settings", "missing-lock-timeout"),
    ("transaction-nesting", "transaction-control"),
    ("unused-ignore", "unused-allow"),
];

/// Statements in which no rule of squawk's finds anything.
const QUIET: [&str; 10] = ["insert", "select", "copy", "delete", "comment", "set", "do", "call", "grant", "analyze"];

/// Returns the rules.
pub(super) fn entries() -> Vec<Entry> {
    let capitalized = |text: &str| {
        let mut letters = text.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    let entry = |it: &Theirs| Entry {
        name: it.name,
        level: level(it.when),
        summary: capitalized(it.summary),
        of_squawk: true,
        unknown: matches!(it.when, Unknown),
    };
    THEIRS.iter().map(entry).collect()
}

/// Returns what to say of a rule of squawk's that is not among the rules.
pub(super) fn answered_by(name: &str) -> Option<String> {
    let (_, by) = ANSWERED.iter().find(|(theirs, _)| *theirs == name)?;
    Some(format!("'{by}' says what this rule of squawk's does"))
}

impl Theirs {
    /// Returns whether it may find something in a statement of a kind and these words.
    fn looks_at(&self, kind: &str, sql: &str, words: &[&str]) -> bool {
        if self.rule == Rule::IdentifierTooLong {
            // What is quoted may have spaces in it.
            return sql.contains('"') || words.iter().any(|word| word.len() > LONGEST_NAME);
        }
        let any_kind = self.on.is_empty() || self.on.iter().any(|start| kind.starts_with(start));
        let is_there = |wanted: &&str| words.iter().any(|word| word.eq_ignore_ascii_case(wanted));
        any_kind && (self.words.is_empty() || self.words.iter().any(is_there))
    }
}

/// Longest name in bytes that Postgres keeps whole.
const LONGEST_NAME: usize = 63;

/// Returns the words of a text.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').collect()
}

/// Shows the statements of a revision to squawk.
pub(super) fn lint(step: &Step<'_>, levels: &Levels<'_>, report: &mut Report<'_>) {
    let asked: Vec<&Theirs> = THEIRS.iter().filter(|it| levels.asks(it.name, level(it.when).is_some())).collect();
    let section = &step.revision.up;
    let mut places = Places::new(&section.sql, section.start_line);
    let mut from = 0;
    for statement in &step.statements {
        let before = std::mem::replace(&mut from, statement.range.end)..statement.range.start;
        if statement.fails || statement.unread || QUIET.contains(&statement.kind.as_str()) {
            continue;
        }
        let words = words(&statement.sql);
        let looking: Vec<&Theirs> =
            asked.iter().copied().filter(|it| it.looks_at(&statement.kind, &statement.sql, &words)).collect();
        if looking.is_empty() {
            continue;
        }
        let situation = Situation::of(statement, step);
        // Postgres makes no relation that has a column twice.
        let is_needless = |it: &Theirs| {
            let makes = statement.kind.starts_with("create_") || statement.kind.starts_with("alter_");
            it.rule == Rule::BanDuplicateColumnAssignments && makes && statement.effects.is_some()
        };
        // What a change of type costs is known.
        let is_known =
            |it: &Theirs| it.rule == Rule::PreferTextField && statement.effects.is_some() && changes_type(statement);
        let asked = looking.iter().filter(|it| situation.asks(it.when) && !is_needless(it) && !is_known(it));
        let rules: Vec<Rule> = asked.map(|it| it.rule).collect();
        if rules.is_empty() {
            continue;
        }
        let (start, shown) = Shown::of(&section.sql, before, statement);
        for violation in shown.violations(rules, section.transaction) {
            let Some(it) = looking.iter().find(|it| it.rule == violation.code) else { continue };
            let own = level(it.when).unwrap_or(Warning);
            let mut place =
                |range: Range<u32>| (places.of(start + range.start as usize), places.of(start + range.end as usize));
            let bytes = violation.text_range;
            let span = place(bytes.start().into()..bytes.end().into());
            // In a transaction Postgres takes it for an error.
            let runs = |fix: &squawk_linter::Fix| {
                let is_such = |edit: &squawk_linter::Edit| {
                    edit.text.as_ref().is_some_and(|text| text.to_ascii_lowercase().contains("concurrently"))
                };
                statement.transaction.is_none() || !fix.edits.iter().any(is_such)
            };
            let fix = violation.fix.filter(runs).map(|fix| fixed(fix, &mut place));
            let mut findings: Findings<'_, '_> = report.of(it.name, own);
            let found = findings.at(statement, message(violation.code, &violation.message)).fixed(fix);
            (found.start, found.end) = (Some(span.0), Some(span.1));
            if let Some(help) = violation.help {
                found.helped(phrase(&help));
            }
        }
    }
}

fn fixed(fix: squawk_linter::Fix, place: &mut impl FnMut(Range<u32>) -> Span) -> Fix {
    let edit = |edit: squawk_linter::Edit| {
        let (start, end) = place(edit.text_range.start().into()..edit.text_range.end().into());
        Edit { start, end, text: edit.text.unwrap_or_default() }
    };
    Fix { title: fix.title, edits: fix.edits.into_iter().map(edit).collect() }
}

fn level(when: When) -> Option<Level> {
    match when {
        Written(level) | InUse(level) | Dropped(level) => Some(level),
        Unknown => Some(Warning),
        Wanted => None,
    }
}

/// What is known of a statement.
struct Situation {
    /// It touches something that others may be using.
    in_use: bool,
    /// It takes something away that others may be using, and that does not come back.
    goes: bool,
    /// The model has no answer.
    unknown: bool,
}

impl Situation {
    fn of(statement: &Statement, step: &Step<'_>) -> Self {
        let drops = statement.kind.starts_with("drop_");
        if statement.effects.is_some() {
            let (in_use, goes) = (!statement.locks.is_empty(), drops && goes(statement, step));
            return Self { in_use, goes, unknown: false };
        }
        // What the revision makes is in use by nobody, whatever the model knows of it.
        let name = sql::target(&statement.sql, &statement.kind).unwrap_or_default();
        let in_use = !step.makes(statement.at, &name);
        Self { in_use, goes: drops && !step.makes_again(statement.at, &name), unknown: in_use }
    }

    /// Returns whether what a rule finds can matter to anybody.
    fn asks(&self, when: When) -> bool {
        match when {
            Written(_) | Wanted => true,
            InUse(_) => self.in_use,
            Dropped(_) => self.goes,
            Unknown => self.unknown,
        }
    }
}

/// Returns whether a statement takes an object away that was there before the revision, and that the revision does not
/// make again under its name.
fn goes(statement: &Statement, step: &Step<'_>) -> bool {
    let last = step.after();
    let was = |catalog: &Catalog, name: &str| catalog.has_object(name);
    sql::identifiers(&statement.sql)
        .any(|name| was(&step.before, &name) && was(&statement.before, &name) && !was(last, &name))
}

/// A statement as squawk sees it.
struct Shown<'a> {
    text: &'a str,
    /// None where it is read anew.
    tree: Option<&'a Tree>,
}

impl<'a> Shown<'a> {
    /// Returns what squawk is to see of a statement, and where in the section that begins; `before` are the bytes
    /// between the statement before and this one.
    fn of(section: &'a str, before: Range<usize>, statement: &'a Statement) -> (usize, Self) {
        let above = section.get(before.clone()).unwrap_or_default();
        // Squawk has comments of its own that allow.
        if above.contains("squawk") || statement.parsed().is_none() {
            let skipped = above.len() - above.trim_start_matches(';').len();
            let start = before.start + skipped;
            let text = section.get(start..statement.range.end).unwrap_or_default();
            return (start, Self { text, tree: None });
        }
        (statement.range.start, Self { text: &statement.sql, tree: statement.parsed() })
    }

    fn violations(&self, rules: Vec<Rule>, transaction: bool) -> Vec<squawk_linter::Violation> {
        // It asserts what it believes about itself, as the parser does; a belief that is wrong costs its findings.
        catch_unwind(AssertUnwindSafe(|| {
            let mut linter = Linter::from(rules);
            linter.settings.assume_in_transaction = transaction;
            match self.tree {
                Some(tree) => linter.lint(tree.parse(), self.text),
                None => linter.lint(&SourceFile::parse(self.text), self.text),
            }
        }))
        .unwrap_or_default()
    }
}

/// Returns whether a statement gives a column another type.
fn changes_type(statement: &Statement) -> bool {
    let Some(Stmt::AlterTable(tree)) = statement.tree() else { return false };
    let is_such = |action: AlterTableAction| match action {
        AlterTableAction::AlterColumn(alter) => matches!(alter.option(), Some(AlterColumnOption::SetType(_))),
        _ => false,
    };
    tree.actions().any(is_such)
}

/// Returns what a rule of squawk's says, where it is true of every statement in which the rule finds something.
fn message(rule: Rule, text: &str) -> String {
    match rule {
        // A longer one is a matter of a moment.
        Rule::PreferTextField => {
            "to make a `varchar` shorter later reads the whole table while nobody else can".to_owned()
        }
        _ => phrase(text),
    }
}

/// Returns a sentence of squawk's as a phrase.
fn phrase(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let text = text.trim_end_matches('.');
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        // Not the first of a word in capitals.
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Statements in which the rules find something, beside those of the fuzzing.
    const FOUND: &str = "
        ALTER TABLE a ADD COLUMN b int NOT NULL, ADD c serial PRIMARY KEY, ADD d varchar(20) DEFAULT random()::text;
        ALTER TABLE a ALTER b SET NOT NULL, ALTER b DROP NOT NULL, ALTER b DROP DEFAULT, ALTER b SET DEFAULT 1;
        ALTER TABLE a ALTER b TYPE \"int4\", ALTER c TYPE pg_catalog.\"varchar\"(3), ALTER d SET DATA TYPE char(2);
        ALTER TABLE a ADD CONSTRAINT k CHECK (b > 0), ADD UNIQUE (b), ADD FOREIGN KEY (b) REFERENCES c;
        ALTER TABLE a DROP CONSTRAINT k, ALTER b DROP EXPRESSION, ALTER b SET GENERATED ALWAYS, ALTER b DROP IDENTITY;
        ALTER TABLE a ALTER b ADD GENERATED ALWAYS AS IDENTITY, ALTER b RESTART WITH 3;
        ALTER TABLE a RENAME b TO c; ALTER TABLE a RENAME TO b; ALTER TABLE a RENAME CONSTRAINT k TO l;
        ALTER VIEW a RENAME COLUMN b TO c; ALTER VIEW a RENAME TO b; ALTER INDEX a RENAME TO b; ALTER TYPE a RENAME TO b;
        ALTER TYPE a RENAME ATTRIBUTE b TO c; ALTER TYPE a ALTER ATTRIBUTE b TYPE text; ALTER SCHEMA a RENAME TO b;
        ALTER FUNCTION f() RENAME TO g; ALTER SEQUENCE s RENAME TO t; ALTER MATERIALIZED VIEW m RENAME TO n;
        ALTER TABLE a SET SCHEMA b; ALTER FUNCTION f() SET SCHEMA b; ALTER TYPE t SET SCHEMA b; ALTER VIEW v SET SCHEMA b;
        ALTER TABLE a DETACH PARTITION b; ALTER DOMAIN d ADD CONSTRAINT k CHECK (VALUE > 0); ALTER DOMAIN d DROP NOT NULL;
        ALTER DOMAIN d DROP CONSTRAINT k; ALTER DOMAIN d DROP DEFAULT; ALTER FOREIGN TABLE f ALTER c TYPE int;
        CREATE TABLE a (b int, c integer[], d serial, e bigserial, f smallint, g char(3), h bpchar, i varchar(10));
        CREATE TABLE a (j timestamp, k timestamp(3) without time zone, l character varying(3), m INT4, n Serial8);
        CREATE INDEX i ON a (b); DROP INDEX i; REINDEX TABLE a; CLUSTER a; VACUUM FULL a; TRUNCATE a CASCADE;
        CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE DOMAIN e AS text NOT NULL;
        DROP DATABASE d; DROP DOMAIN d; DROP EXTENSION e; DROP FUNCTION f; DROP PROCEDURE p; DROP AGGREGATE g(int);
        DROP ROUTINE r; DROP SEQUENCE s; DROP TYPE t; DROP CAST (a AS b); DROP OPERATOR CLASS c USING btree; DROP VIEW v;
        DROP MATERIALIZED VIEW m; DROP POLICY p ON a; DROP RULE r ON a; DROP TRIGGER t ON a; DROP PUBLICATION p;
        UPDATE a SET b = 1, b = 2; INSERT INTO a VALUES (1) ON CONFLICT (b) DO UPDATE SET b = 1, b = 2;
        WITH x AS (UPDATE a SET b = 1, b = 2 RETURNING *) SELECT * FROM x;
        ALTER TYPE mood ADD VALUE 'wild'; ALTER TABLE a DISABLE TRIGGER t; ALTER TABLE a REPLICA IDENTITY FULL;
        CREATE TABLE a_name_that_is_longer_than_the_sixty_three_bytes_that_are_kept_of_it (b bigint);
        CREATE TABLE \"ä name that is longer than the sixty three bytes that are kept\" (b bigint);
        ALTER TABLE a ALTER b SET EXPRESSION AS (c + 1); CREATE TABLE b AS SELECT 1; DROP TABLE a;";

    #[test]
    fn a_rule_that_is_not_asked_would_find_nothing() {
        let mut found = std::collections::BTreeSet::new();
        for text in [FOUND, include_str!("../../tests/fuzz/seeds.sql")] {
            for statement in sql::split(text).0 {
                let text = &text[statement.range];
                for it in THEIRS {
                    let shown = Shown { text, tree: None };
                    let finds = shown.violations(vec![it.rule], true).iter().any(|violation| violation.code == it.rule);
                    assert!(!finds || it.looks_at(statement.kind, text, &words(text)), "{}: {text}", it.name);
                    found.extend(finds.then_some(it.name));
                }
            }
        }
        let untried = |it: &&Theirs| !(found.contains(it.name) || it.on.is_empty() && it.words.is_empty());
        // It speaks only of servers that have REPACK, and is told of none.
        assert_eq!(THEIRS.iter().filter(untried).map(|it| it.name).collect::<Vec<_>>(), ["prefer-repack"]);
    }
}
