//! The statements that a block may run, as far as they are written in it: what it puts together itself has holes.

use sqlparser::ast::{BinaryOperator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments};
use squawk_syntax::ast::{self, AstNode, PlpgsqlStmt as S};

use super::keyword::is_reserved;
use super::kind;
use super::lexer::{Lexer, Raw};
use super::name::fold;
use super::plpgsql::Body;
use super::query;
use super::tree;

/// Stands for what is not written there; to the lexer a letter.
const HOLE: char = '\u{e000}';

/// A statement that a block may run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    /// What it is, as far as its first words tell.
    pub(crate) kind: &'static str,
    /// It, with holes.
    pub(crate) text: String,
    /// Names in it of which a part is written: what they begin with, and what they end with.
    pub(crate) partial: Vec<(String, String)>,
    /// Nothing is written of a name that says what is changed.
    pub(crate) of_anything: bool,
}

/// Returns what a block may run; none where it may run anything.
pub(crate) fn runs(block: &ast::Do) -> Option<Vec<Run>> {
    runs_of_body(&block.body()?.string_value()?)
}

/// Returns what the body of a routine in SQL runs.
pub(crate) fn runs_of_statements(body: &str) -> Vec<Run> {
    let (pieces, _) = super::split::pieces(body);
    pieces.iter().filter_map(|piece| body.get(piece.range.clone())).map(|text| Run::of(text.to_owned())).collect()
}

/// Returns what a body in PL/pgSQL may run; none where it may run anything.
pub(crate) fn runs_of_body(text: &str) -> Option<Vec<Run>> {
    let body = Body::read(text).ok()?;
    // What expressions call may do anything too.
    let expressions = body.block.syntax().descendants().filter_map(ast::PlpgsqlExpr::cast);
    let mut runs: Vec<Run> = expressions
        .map(|expression| tree::text(&expression))
        .filter(|written| called(written).next().is_some())
        .map(|written| Run::of(format!("SELECT {written}")))
        .collect();
    for statement in body.block.syntax().descendants().filter_map(S::cast) {
        match statement {
            S::PlpgsqlExecSqlStmt(it) => runs.push(Run::of(tree::text(&it.stmt()?))),
            S::PlpgsqlPerformStmt(it) => {
                let written = tree::text(&it);
                runs.push(Run::of(format!("SELECT {}", written.get("perform".len()..)?)));
            }
            S::PlpgsqlDynExecuteStmt(it) => runs.push(Run::of(put_together(&it.query()?)?)),
            S::PlpgsqlForQueryStmt(it) => runs.push(Run::of(tree::text(&it.query()?))),
            S::PlpgsqlForDynStmt(it) => runs.push(Run::of(put_together(&it.query()?)?)),
            S::PlpgsqlCallStmt(_)
            | S::PlpgsqlDoStmt(_)
            | S::PlpgsqlRollbackStmt(_)
            | S::PlpgsqlReturnQueryExecuteStmt(_)
            | S::PlpgsqlOpenStmt(_) => return None,
            _ => {}
        }
    }
    Some(runs)
}

impl Run {
    fn of(text: String) -> Self {
        let kind = kind::by_words(&text);
        let (mut partial, mut of_anything) = (Vec::new(), false);
        let words = Lexer::new(&text, 0).filter(|lexeme| !lexeme.is_comment());
        let words: Vec<(Raw, &str)> =
            words.map(|lexeme| (lexeme.raw, text.get(lexeme.range).unwrap_or_default())).collect();
        let mut in_bounds = false;
        for (at, (raw, word)) in words.iter().enumerate() {
            let before = |back: usize| at.checked_sub(back).and_then(|at| words.get(at)).map_or("", |(_, word)| *word);
            let follows = |word: &str| before(1).eq_ignore_ascii_case(word);
            in_bounds |= word.eq_ignore_ascii_case("values") && follows("for");
            let is_name = matches!(raw, Raw::Ident | Raw::QuotedIdent { .. });
            // What stands in quotes may end there.
            of_anything |= !is_name && word.contains(HOLE);
            let Some((begins, ends)) = word.split_once(HOLE).filter(|_| is_name) else { continue };
            let ends = ends.rsplit_once(HOLE).map_or(ends, |(_, ends)| ends);
            let part = |part: &str| match part.trim_matches('"') {
                "" => String::new(),
                part if word.starts_with('"') => part.to_owned(),
                part => fold(part).unwrap_or_else(|| part.to_ascii_lowercase()),
            };
            let (begins, ends) = (part(begins), part(ends));
            if !(begins.is_empty() && ends.is_empty()) {
                partial.push((begins, ends));
            } else if !in_bounds && !follows("column") {
                of_anything = true;
            }
        }
        Self { kind, partial, of_anything, text }
    }

    /// Returns the names that are written in it.
    pub(crate) fn names(&self) -> impl Iterator<Item = String> + '_ {
        super::identifiers_inside(&self.text).filter(|name| !name.contains(HOLE))
    }
}

/// Returns the names of what a text calls.
pub(crate) fn called(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = Lexer::new(text, 0).filter(|lexeme| !lexeme.is_comment());
    let words: Vec<(Raw, &str)> =
        words.map(|lexeme| (lexeme.raw, text.get(lexeme.range).unwrap_or_default())).collect();
    let calls: Vec<String> = words
        .windows(2)
        .filter_map(|pair| match pair {
            [(Raw::Ident, word), (_, "(")] if is_reserved(&word.to_ascii_lowercase()) => None,
            [(Raw::Ident | Raw::QuotedIdent { .. }, word), (_, "(")] => fold(word),
            _ => None,
        })
        .collect();
    calls.into_iter()
}

/// Returns a text that an expression puts together.
fn put_together(written: &ast::PlpgsqlExpr) -> Option<String> {
    let tree = query::expression(&tree::text(written)).ok()?;
    let mut text = String::new();
    put(&tree, &mut text);
    Some(text)
}

fn put(tree: &Expr, into: &mut String) {
    match tree {
        Expr::Nested(inner) => put(inner, into),
        Expr::BinaryOp { left, op: BinaryOperator::StringConcat, right } => {
            put(left, into);
            put(right, into);
        }
        Expr::Value(value) => match value.value.clone().into_string() {
            Some(text) => into.push_str(&text),
            None => into.push(HOLE),
        },
        Expr::Function(call) => {
            let first = match &call.args {
                FunctionArguments::List(list) => list.args.first(),
                FunctionArguments::None | FunctionArguments::Subquery(_) => None,
            };
            let pattern = match first {
                Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))) => {
                    value.value.clone().into_string()
                }
                _ => None,
            };
            match (call.name.to_string().to_ascii_lowercase().as_str(), pattern) {
                ("format", Some(pattern)) => put_pattern(&pattern, into),
                ("quote_literal" | "quote_nullable", _) => into.push_str("''"),
                _ => into.push(HOLE),
            }
        }
        _ => into.push(HOLE),
    }
}

/// The pattern of `format`.
fn put_pattern(pattern: &str, into: &mut String) {
    let mut rest = pattern;
    while let Some((before, behind)) = rest.split_once('%') {
        into.push_str(before);
        let place = behind.trim_start_matches(|letter: char| letter.is_ascii_digit() || "-$*".contains(letter));
        let mut letters = place.chars();
        match letters.next() {
            Some('%') => into.push('%'),
            Some('L') => into.push_str("''"),
            _ => into.push(HOLE),
        }
        rest = letters.as_str();
    }
    into.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::{HOLE, Run, runs};
    use crate::sql::ast;
    use crate::sql::tree;

    fn of(body: &str) -> Option<Vec<Run>> {
        match tree::statement(&format!("DO $x$ BEGIN {body} END $x$")).ok()?.statement()? {
            ast::Stmt::Do(block) => runs(&block),
            _ => None,
        }
    }

    #[test]
    fn what_a_block_puts_together_is_known_up_to_its_holes() {
        let shown = |body: &str| {
            let runs = of(body)?;
            let show = |run: &Run| {
                let partial: Vec<String> =
                    run.partial.iter().map(|(begins, ends)| format!(" {begins}~{ends}")).collect();
                let anything = if run.of_anything { " anything" } else { "" };
                format!("{}{}{anything}", run.kind, partial.concat())
            };
            let is_put_together = |run: &&Run| !run.text.starts_with("SELECT format(");
            Some(runs.iter().filter(is_put_together).map(show).collect::<Vec<_>>().join(", "))
        };
        for (body, expected) in [
            ("UPDATE t SET a = 1;", Some("update")),
            (
                "EXECUTE format('CREATE TABLE p_%s PARTITION OF e FOR VALUES FROM (%s) TO (%L)', a, b, c);",
                Some("create_table p_~"),
            ),
            ("EXECUTE 'CREATE TABLE P' || x || '_old (a int)';", Some("create_table p~_old")),
            ("EXECUTE format('GRANT SELECT ON %I TO reader', x);", Some("grant anything")),
            ("EXECUTE format('ALTER TABLE t ADD COLUMN %I text', x);", Some("alter_table")),
            ("EXECUTE format('ALTER TABLE %I ADD COLUMN a text', x);", Some("alter_table anything")),
            ("EXECUTE x;", Some("unknown anything")),
            ("EXECUTE 'DROP ' || x;", Some("unknown anything")),
            ("EXECUTE 'CREATE TABLE a (b text DEFAULT ''' || x || ''')';", Some("create_table anything")),
            ("IF a THEN PERFORM f(); END IF;", Some("select")),
            ("IF f() THEN NULL; END IF; FOR x IN SELECT 1 LOOP NULL; END LOOP;", Some("select, select")),
            ("CALL p();", None),
        ] {
            assert_eq!(shown(body).as_deref(), expected, "{body}");
        }
        assert!(of("EXECUTE 'DROP TABLE a' || x;").is_some_and(|runs| runs.iter().all(|run| run.text.contains(HOLE))));
    }
}
