//! Variables: what is declared, and what may be assigned, fetched into and opened.

use super::{Check, mismatch, one, syntax};
use crate::catalog::{Oid, QualifiedName, SqlState, UserTypeKind};
use crate::ddl::syntax::{none, part, type_name};
use crate::ddl::{Play, Stop, refused, unknown};
use crate::sql::TypeName;
use crate::sql::ast::{self, AstNode, PlpgsqlDecl as Decl};
use crate::sql::tree;

const RECORD: Oid = Oid(2249);

/// What a variable holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// One value.
    Scalar(Oid),
    /// A row.
    Row,
    /// A cursor with its query, and how many arguments that takes.
    Cursor(usize),
    /// One or the other, by the arguments of a call.
    Either,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Variable {
    pub(super) holds: Holds,
    pub(super) constant: bool,
}

impl Play<'_> {
    pub(super) fn holds(&self, of: Oid) -> Holds {
        match of {
            RECORD => Holds::Row,
            // Rows are elements too.
            Oid(2283 | 2776 | 5077 | 5079) => Holds::Either,
            _ => match self.catalog.user_type(of).filter(|found| found.oid == of).map(|found| &found.kind) {
                Some(UserTypeKind::Row(_)) => Holds::Row,
                Some(UserTypeKind::Domain(domain)) => self.holds(domain.base.oid),
                _ => Holds::Scalar(of),
            },
        }
    }
}

impl Check<'_> {
    pub(super) fn declare(&mut self, declaration: Decl) -> Result<(), Stop> {
        let (name, variable) = match declaration {
            Decl::PlpgsqlVarDecl(variable) => {
                let name = one(&part(variable.name())?)?;
                let of = self.declared(part(variable.ty())?, &name)?;
                if variable.not_null().is_some() && variable.init().is_none() {
                    let message =
                        format!("variable \"{name}\" must have a default value, since it's declared NOT NULL");
                    return refused(SqlState("22004"), message);
                }
                none(variable.collate(), "the collation of a variable")?;
                let constant = variable
                    .syntax()
                    .children_with_tokens()
                    .any(|child| child.as_token().is_some_and(|token| token.text().eq_ignore_ascii_case("constant")));
                (name, Variable { holds: of, constant })
            }
            Decl::PlpgsqlCursorDecl(cursor) => {
                let takes = cursor.args().map_or(0, |args| args.plpgsql_cursor_args().count());
                (one(&part(cursor.name())?)?, Variable { holds: Holds::Cursor(takes), constant: false })
            }
            Decl::PlpgsqlAliasDecl(_) => return unknown("ALIAS of a variable"),
        };
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        match level.variables.insert(name, variable) {
            Some(_) => syntax("duplicate declaration"),
            None => Ok(()),
        }
    }

    pub(super) fn rows(&self, variables: impl Iterator<Item = ast::PlpgsqlForVariable>) -> Result<(), Stop> {
        let mut targets = Vec::new();
        for variable in variables {
            let path = part(tree::parts(&variable))?;
            if self.target(&path)?.is_none() {
                let message = "loop variable of loop over rows must be a record variable or list of scalar variables";
                return syntax(message);
            }
            targets.push(path);
        }
        self.results(&targets)
    }

    pub(super) fn check_into(&self, clause: Option<ast::PlpgsqlIntoClause>) -> Result<(), Stop> {
        let Some(targets) = clause.and_then(|clause| clause.targets()) else { return Ok(()) };
        let paths = targets.plpgsql_into_targets().map(|target| part(tree::parts(&target)));
        self.results(&paths.collect::<Result<Vec<_>, _>>()?)
    }

    /// Refuses variables that cannot take the columns of a row.
    pub(super) fn results(&self, targets: &[Vec<String>]) -> Result<(), Stop> {
        for path in targets {
            match self.target(path)? {
                None => return syntax(format!("\"{}\" is not a known variable", path.join("."))),
                Some(Variable { constant: true, .. }) => {
                    return refused(SqlState("22005"), "a variable is declared CONSTANT");
                }
                Some(Variable { holds: Holds::Row, .. }) if targets.len() > 1 => {
                    return syntax("record variable cannot be part of multiple-item INTO list");
                }
                Some(Variable { holds: Holds::Either, .. }) if targets.len() > 1 => {
                    return unknown("a variable of any type");
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    pub(super) fn diagnostics(&self, statement: &ast::PlpgsqlGetDiagStmt) -> Result<(), Stop> {
        let stacked = statement.area().is_some_and(|area| tree::text(&area).eq_ignore_ascii_case("stacked"));
        for item in part(statement.items())?.plpgsql_diag_items() {
            let kind = tree::text(&part(item.kind())?).to_ascii_lowercase();
            let current = ["row_count", "pg_context", "pg_routine_oid", "result_oid"].contains(&kind.as_str());
            if stacked && current && kind != "pg_context" || !stacked && !current {
                let area = if stacked { "STACKED" } else { "CURRENT" };
                return syntax(format!("diagnostics item {kind} is not allowed in GET {area} DIAGNOSTICS"));
            }
            if ["pg_routine_oid", "result_oid"].contains(&kind.as_str()) {
                return unknown("this item of GET DIAGNOSTICS");
            }
            let target = item.syntax().children().find_map(ast::PlpgsqlDiagTarget::cast);
            let path = part(tree::parts(&part(target)?))?;
            match self.target(&path)? {
                Some(Variable { holds: Holds::Scalar(_), constant: false }) => {}
                None => return syntax(format!("\"{}\" is not a known variable", path.join("."))),
                Some(_) => return unknown("this target of GET DIAGNOSTICS"),
            }
        }
        Ok(())
    }

    pub(super) fn assign(&self, target: &ast::PlpgsqlAssignTarget) -> Result<(), Stop> {
        let name = part(target.name())?;
        let text = tree::text(&name);
        if let Some(number) = text.strip_prefix('$') {
            return match number.parse::<usize>() {
                Ok(number) if (1..=self.arguments).contains(&number) => Ok(()),
                _ => syntax(format!("\"{text}\" is not a known variable")),
            };
        }
        let mut path = vec![one(&name)?];
        for accessor in target.accessors() {
            // What stands behind an index is looked at when the statement runs.
            match accessor {
                ast::Accessor::FieldAccessor(field) => path.extend(part(tree::parts(&field))?),
                _ => break,
            }
        }
        match self.target(&path)? {
            None => syntax(format!("\"{}\" is not a known variable", path.join("."))),
            Some(Variable { constant: true, .. }) => {
                refused(SqlState("22005"), format!("variable \"{}\" is declared CONSTANT", path.join(".")))
            }
            Some(Variable { holds: Holds::Cursor(_), .. }) => unknown("a cursor in a body"),
            Some(_) => Ok(()),
        }
    }

    /// Returns how many arguments a cursor takes; none for one that has no query yet.
    pub(super) fn cursor(&self, variable: Option<ast::PlpgsqlCursorVariableRef>) -> Result<Option<usize>, Stop> {
        /// `refcursor`
        const REFCURSOR: Oid = Oid(1790);
        let path = part(tree::parts(&part(variable)?))?;
        match self.target(&path)?.map(|variable| variable.holds) {
            None => syntax(format!("\"{}\" is not a known variable", path.join("."))),
            Some(Holds::Cursor(takes)) => Ok(Some(takes)),
            Some(Holds::Scalar(REFCURSOR)) => Ok(None),
            Some(Holds::Scalar(_)) => mismatch("the variable must be of type cursor or refcursor"),
            Some(Holds::Row) => mismatch("cursor variable must be a simple variable"),
            Some(Holds::Either) => unknown("a variable of any type"),
        }
    }

    fn variable(&self, name: &str) -> Option<Variable> {
        self.levels.iter().rev().find_map(|level| level.variables.get(name)).copied()
    }

    /// Returns the variable of a dotted name, or the field of one; `plpgsql_ns_lookup`.
    pub(super) fn target(&self, path: &[String]) -> Result<Option<Variable>, Stop> {
        let [first, rest @ ..] = path else { return Ok(None) };
        let field = |variable: Variable, rest: &[String]| match (variable.holds, rest) {
            (_, []) => Ok(Some(variable)),
            (Holds::Row, [_]) => Ok(Some(Variable { holds: Holds::Scalar(Oid(0)), ..variable })),
            (Holds::Scalar(_), [_]) => Ok(None),
            _ => unknown("a variable that is not read here"),
        };
        for level in self.levels.iter().rev() {
            if let Some(variable) = level.variables.get(first) {
                return field(*variable, rest);
            }
            if let [second, rest @ ..] = rest
                && level.label.as_deref() == Some(first.as_str())
                && let Some(variable) = level.variables.get(second)
            {
                return field(*variable, rest);
            }
        }
        Ok(None)
    }

    /// Returns what a variable of a type holds.
    fn declared(&self, of: ast::PlpgsqlDeclType, name: &str) -> Result<Holds, Stop> {
        let ty = match of {
            ast::PlpgsqlDeclType::PlpgsqlPercentRowtype(row) => {
                let parts = part(tree::parts(&part(row.path_ref())?))?;
                return match self.relation(&parts) {
                    Some(_) => Ok(Holds::Row),
                    None => unknown("the rows of what is not found"),
                };
            }
            ast::PlpgsqlDeclType::FuncType(ast::FuncType::PercentType(of)) => {
                let parts = part(tree::parts(&part(of.path_ref())?))?;
                if let [name] = parts.as_slice()
                    && let Some(variable) = self.variable(name)
                {
                    return Ok(variable.holds);
                }
                if let Some((column, table)) = parts.split_last()
                    && let Some(found) = self.relation(table).and_then(|oid| self.play.catalog.relation(oid))
                    && let Some(column) = found.column(column)
                {
                    return Ok(self.play.holds(column.of.oid));
                }
                return unknown("the type of what is not found");
            }
            ast::PlpgsqlDeclType::FuncType(ast::FuncType::Type(ty)) => ty,
        };
        let written: TypeName = type_name(Some(ty))?;
        let of = self.play.names.data_type(&self.play.catalog, &written)?;
        if of.is_pseudo() && of.oid != RECORD {
            let message = format!("variable \"{name}\" has pseudo-type {}", written.name);
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        Ok(self.play.holds(of.oid))
    }

    fn relation(&self, parts: &[String]) -> Option<Oid> {
        let name = match parts {
            [name] => QualifiedName { schema: None, name: name.clone() },
            [schema, name] => QualifiedName { schema: Some(schema.clone()), name: name.clone() },
            _ => return None,
        };
        self.play.names.relation(&self.play.catalog, &name).ok()
    }
}

pub(super) fn check_arguments(takes: usize, given: Option<ast::ArgList>) -> Result<(), Stop> {
    match (takes, given.map(|given| given.args().count())) {
        (0, None) => Ok(()),
        (0, Some(_)) => syntax("the cursor has no arguments"),
        (_, None) => syntax("the cursor has arguments"),
        (takes, Some(given)) if takes == given => Ok(()),
        _ => syntax("the cursor takes another number of arguments"),
    }
}
