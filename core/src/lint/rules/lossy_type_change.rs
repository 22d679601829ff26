//! A change of type that rounds, cuts or forgets.

use super::super::report::{Complete as _, Findings};
use super::super::review::{Review, Statement, Step};
use super::super::rule::rule;
use crate::catalog::{Names, Oid, Type};
use crate::sql::ast::{AlterColumnOption, AlterTableAction, Stmt};
use crate::sql::{quote_identifier, tree};

rule! {
    /// A change of type loses part of the values, without an error.
    ///
    /// ## What it finds
    ///
    /// A column in use whose new type keeps less of a value than the old one did, where Postgres rounds or cuts instead of
    /// refusing: fewer digits, no time of day, no zone, floating point with half the precision; a text that USING casts
    /// to a shorter one. Any other USING is taken for what it says.
    ///
    /// ## Why it hurts
    ///
    /// Nothing fails and nothing tells. No downgrade brings the digits back.
    ///
    /// ## Example
    ///
    /// ```sql before
    /// CREATE TABLE visit (id bigint PRIMARY KEY, at timestamptz);
    /// ```
    ///
    /// ```sql
    /// ALTER TABLE visit ALTER COLUMN at TYPE date;
    /// ```
    ///
    /// ## Instead
    ///
    /// Keep the column, and add what is wanted beside it:
    ///
    /// ```sql
    /// ALTER TABLE visit ADD COLUMN day date;
    /// ```
    ///
    /// ```sql
    /// UPDATE visit SET day = at::date WHERE day IS NULL AND id BETWEEN 1 AND 10000;
    /// ```
    "lossy-type-change", Warning, Revision(check)
}

const INT8: Oid = Oid(20);
const INT2: Oid = Oid(21);
const INT4: Oid = Oid(23);
const TEXT: Oid = Oid(25);
const JSON: Oid = Oid(114);
const FLOAT4: Oid = Oid(700);
const FLOAT8: Oid = Oid(701);
const BPCHAR: Oid = Oid(1042);
const VARCHAR: Oid = Oid(1043);
const DATE: Oid = Oid(1082);
const TIME: Oid = Oid(1083);
const TIMESTAMP: Oid = Oid(1114);
const TIMESTAMPTZ: Oid = Oid(1184);
const TIMETZ: Oid = Oid(1266);
const NUMERIC: Oid = Oid(1700);
const JSONB: Oid = Oid(3802);

/// What a numeric's modifier counts from.
const HEADER: i32 = 4;

fn check(step: &Step<'_>, _: &Review<'_>, findings: &mut Findings<'_, '_>) {
    for statement in step.statements.iter().filter(|statement| statement.kind == "alter_table") {
        let mut plain = None;
        for lock in &statement.locks {
            let relations = statement.before.relation(lock.on).zip(statement.after.relation(lock.on));
            let Some((before, after)) = relations.filter(|(before, _)| before.is_table()) else { continue };
            for old in before.live() {
                let Some(new) = after.numbered(old.number).filter(|new| new.of != old.of) else { continue };
                let Some(casts) = plain.get_or_insert_with(|| casts(statement)).as_ref() else { continue };
                let Some((_, cast)) = casts.iter().find(|(column, _)| **column == *new.name) else { continue };
                let Some(what) = lost(old.of, new.of, *cast) else { continue };
                let names = Names::of(vec!["public".to_owned()]);
                let (from, to) = (names.spelled(&statement.before, old.of), names.spelled(&statement.after, new.of));
                let column = quote_identifier(&new.name);
                let message = format!("loses {what} of {column} of {}: {from} becomes {to}", lock.name);
                findings.at(statement, message).helped("keep the column, and add what is wanted beside it");
            }
        }
    }
}

/// Returns the columns whose type a statement changes by a cast alone, and whether USING spells the cast.
fn casts(statement: &Statement) -> Option<Vec<(String, bool)>> {
    let Stmt::AlterTable(tree) = statement.tree()? else { return None };
    let mut casts = Vec::new();
    for action in tree.actions() {
        let AlterTableAction::AlterColumn(alter) = action else { continue };
        let Some(AlterColumnOption::SetType(set)) = alter.option() else { continue };
        let column = tree::parts(&alter.column_name_ref()?)?.pop()?;
        match set.using_expr() {
            None => casts.push((column, false)),
            Some(using) => {
                let words = tree::words(&using.expr()?);
                let names_it = words.first().and_then(|word| crate::sql::fold(word)).as_ref() == Some(&column);
                if names_it && words.get(1).is_some_and(|word| word.starts_with(':')) {
                    casts.push((column, true));
                }
            }
        }
    }
    Some(casts)
}

/// Returns which part of a value a cast does away with in silence; `explicit` where it is spelled.
fn lost(from: Type, to: Type, explicit: bool) -> Option<&'static str> {
    let exact = [INT2, INT4, INT8];
    match (from.oid, to.oid) {
        (NUMERIC, NUMERIC) => (scale(to)? < scale(from).unwrap_or(i32::MAX)).then_some("the last digits"),
        (NUMERIC | FLOAT4 | FLOAT8, to) if exact.contains(&to) => Some("what stands behind the point"),
        (FLOAT4 | FLOAT8, NUMERIC) if scale(to).is_some() => Some("the last digits"),
        (FLOAT8 | NUMERIC, FLOAT4) | (NUMERIC, FLOAT8) => Some("the last digits"),
        (INT8, FLOAT4 | FLOAT8) | (INT4, FLOAT4) => Some("the last digits"),
        (TIMESTAMP | TIMESTAMPTZ, DATE) => Some("the time of day"),
        (TIMESTAMP | TIMESTAMPTZ, TIME | TIMETZ) => Some("the day"),
        (TIMESTAMPTZ, TIMESTAMP) | (TIMETZ, TIME) => Some("the zone"),
        (JSON, JSONB) => Some("the order of keys"),
        (TIMESTAMP, TIMESTAMP) | (TIMESTAMPTZ, TIMESTAMPTZ) | (TIME, TIME) if to.modifier >= 0 => {
            (from.modifier < 0 || to.modifier < from.modifier).then_some("the last digits of seconds")
        }
        // Without the cast, a text that is too long is an error.
        (TEXT | VARCHAR | BPCHAR, VARCHAR | BPCHAR) if explicit && to.modifier >= 0 => {
            (from.modifier < 0 || to.modifier < from.modifier).then_some("the end")
        }
        _ => None,
    }
}

/// Returns how many digits of a numeric stand behind the point, where that is fixed.
fn scale(of: Type) -> Option<i32> {
    // The last eleven bits, with a sign.
    let bits = (of.modifier >= HEADER).then(|| (of.modifier - HEADER) & 0x7ff)?;
    Some((bits ^ 1024) - 1024)
}
