//! How much work it is.

use std::cell::Cell;

use super::*;
use crate::PostgresVersion;
use crate::catalog::types::Builtin;
use crate::expression::{Place, Scope, Stop, analyze};

thread_local! {
    static LOOKED: Cell<usize> = const { Cell::new(0) };
}

/// Counts expressions of this thread that are looked at.
pub(super) fn count() {
    LOOKED.set(LOOKED.get() + 1);
}

/// Without columns.
struct Nowhere(Builtin);

impl Types for Nowhere {
    fn version(&self) -> PostgresVersion {
        self.0.version()
    }

    fn own(&self, oid: crate::catalog::Oid) -> Option<types::OwnType> {
        self.0.own(oid)
    }
}

impl Scope for Nowhere {
    fn column(&self, _: Option<&str>, _: &str) -> Result<Option<Expression>, Stop> {
        Ok(None)
    }
}

/// Returns how many parts are looked at while an expression is computed that is wrapped so often, twice over.
fn looked(wrap: fn(String, usize) -> String, depth: usize) -> usize {
    let scope = Nowhere(Builtin(PostgresVersion::V17));
    let text = (0..depth).fold("'a'::text".to_owned(), wrap);
    let tree = analyze(&text, Place::Query(crate::expression::Clause::Select), &scope)
        .unwrap_or_else(|stop| panic!("{text}: {stop:?}"));
    LOOKED.set(0);
    evaluate(&scope, &tree, &|_| Known::Perhaps).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"));
    folds(&scope, &tree).unwrap_or_else(|refusal| panic!("{text}: {refusal:?}"));
    LOOKED.get()
}

#[test]
fn each_part_is_looked_at_once_however_deep_it_stands() {
    let wraps: [fn(String, usize) -> String; 7] = [
        |inner, at| format!("NULLIF({inner}, 'b{at}')"),
        |inner, at| format!("({inner} IS DISTINCT FROM 'b{at}')::text"),
        |inner, at| format!("CASE {inner} WHEN 'b{at}' THEN 'c' ELSE 'd' END"),
        |inner, at| format!("CASE WHEN {inner} = 'b{at}' THEN 'c' ELSE 'd' END"),
        |inner, at| format!("COALESCE({inner}, 'b{at}')"),
        |inner, at| format!("({inner} IN ('b{at}', 'c'))::text"),
        |inner, at| format!("lower({inner} || 'b{at}')"),
    ];
    for wrap in wraps {
        let (small, large) = (looked(wrap, 6), looked(wrap, 12));
        assert!(large <= 2 * small, "{}: {small} at 6 and {large} at 12", wrap("x".to_owned(), 0));
    }
}
