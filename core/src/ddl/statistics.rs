//! `CREATE STATISTICS`, `ALTER STATISTICS`, `DROP STATISTICS`

use super::syntax::{behavior, integer, name, part, qualified};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{
    Address, Class, Column, Formula, Oid, QualifiedName, Refusal, RelationKind, Space, SqlState, Statistics,
    schema_named,
};
use crate::expression::Place;
use crate::sql::{ast, tree};

const KINDS: [&str; 3] = ["ndistinct", "dependencies", "mcv"];
/// `STATS_MAX_DIMENSIONS`
const MOST_COLUMNS: usize = 8;

/// What statistics are over: a column, or an expression.
enum Part {
    Column(String),
    Expression(Formula),
}

impl Play<'_> {
    /// `CreateStatistics`
    pub(super) fn create_statistics(&mut self, tree: &ast::CreateStatistics) -> Result<(), Stop> {
        let Some(named) = tree.statistics() else {
            return unknown("statistics without a name, which there are since version 16");
        };
        let table = self.relation_found(&qualified(part(tree.from_table())?.table_name_ref())?)?;
        self.lock(table, LockMode::ShareUpdateExclusive);
        let relation = part(self.catalog.relation(table))?.clone();
        let (mut parts, mut computed) = (Vec::new(), false);
        for expression in part(tree.statistics_on_clause())?.exprs() {
            parts.push(match expression {
                ast::Expr::NameRef(column) => Part::Column(name(Some(column))?),
                other if self.catalog.version() < PostgresVersion::V14 => match super::index::bare(other) {
                    ast::Expr::NameRef(column) => Part::Column(name(Some(column))?),
                    _ => {
                        computed = true;
                        continue;
                    }
                },
                other => {
                    let formula = self.formula(&tree::text(&other), &relation, Place::Statistics)?;
                    let column = formula.as_column().and_then(|number| relation.numbered(number));
                    column.map_or(Part::Expression(formula), |column| Part::Column(column.name.to_string()))
                }
            });
        }
        if !relation.is_table() && !matches!(relation.kind, RelationKind::MaterializedView(_)) {
            let message = format!("cannot define statistics for relation \"{}\"", relation.name);
            return refused(SqlState::WRONG_OBJECT_TYPE, message);
        }
        let written = qualified(Some(named))?;
        let schema = self.names.creation(&self.catalog, &written)?;
        if self.catalog.named(Space::Statistics, schema, &written.name).is_some() {
            if tree.if_not_exists().is_some() {
                return Ok(());
            }
            let message = format!("statistics object \"{}\" already exists", written.name);
            return refused(SqlState::DUPLICATE_OBJECT, message);
        }
        if computed {
            let message = "only simple column references are allowed in CREATE STATISTICS";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if parts.len() > MOST_COLUMNS {
            let message = format!("cannot have more than {MOST_COLUMNS} columns in statistics");
            return refused(SqlState::TOO_MANY_COLUMNS, message);
        }
        let (mut columns, mut expressions) = (Vec::new(), Vec::new());
        let many = parts.len() > 1;
        for part in parts {
            match part {
                Part::Column(column) => {
                    let Some(column) = relation.column(&column) else {
                        if super::column::may_be_named(&column).is_err() {
                            let message = "statistics creation on system columns is not supported";
                            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
                        }
                        return refused(SqlState::UNDEFINED_COLUMN, format!("column \"{column}\" does not exist"));
                    };
                    if column.is_virtual() {
                        return of_virtual();
                    }
                    self.can_be_counted(column.of)?;
                    columns.push(column.number);
                }
                Part::Expression(formula) => {
                    if formula.columns.iter().any(|number| relation.numbered(*number).is_some_and(Column::is_virtual)) {
                        return of_virtual();
                    }
                    if many {
                        self.can_be_counted(formula.tree.of)?;
                    }
                    expressions.push(formula);
                }
            }
        }
        let kinds = kinds(tree.stat_types())?;
        columns.sort_unstable();
        if expressions.len() == 1 && columns.is_empty() {
            if !kinds.is_empty() {
                let message = "when building statistics on a single expression, statistics kinds may not be specified";
                return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
            }
        } else if columns.len() + expressions.len() < 2 {
            let message = "extended statistics require at least 2 columns";
            return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        }
        if columns.windows(2).any(|pair| pair.first() == pair.last()) {
            return refused(SqlState::DUPLICATE_COLUMN, "duplicate column name in statistics definition");
        }
        let twice =
            |(at, formula): (usize, &Formula)| expressions.iter().take(at).any(|other| other.tree == formula.tree);
        if expressions.iter().enumerate().any(twice) {
            return refused(SqlState::DUPLICATE_COLUMN, "duplicate expression in statistics definition");
        }
        let oid = self.catalog.allocate();
        for formula in &expressions {
            self.depend_on_formula(Address::of(Class::Statistics, oid), formula);
        }
        let kinds = if kinds.len() == KINDS.len() { Vec::new() } else { kinds };
        let name = written.name.as_str().into();
        self.catalog.add_statistics(Statistics { oid, schema, name, on: table, kinds, columns, expressions });
        Ok(())
    }

    /// Refuses a type that has no order.
    fn can_be_counted(&self, of: crate::catalog::Type) -> Result<(), Stop> {
        if self.catalog.default_operator_class(of.oid, "btree").is_some() {
            return Ok(());
        }
        let of = self.names.spelled(&self.catalog, of);
        let message =
            format!("column cannot be used in statistics because its type {of} has no default btree operator class");
        refused(SqlState::FEATURE_NOT_SUPPORTED, message)
    }

    pub(super) fn alter_statistics(&mut self, tree: &ast::AlterStatistics) -> Result<(), Stop> {
        use ast::AlterStatisticsAction as A;
        let written = qualified(tree.statistics_ref())?;
        let action = part(tree.action())?;
        // That comes before anything is looked for.
        if let A::SetStatistics(set) = &action {
            let target = integer(set.expr())?;
            if target < -1 {
                let message = format!("statistics target {target} is too low");
                return refused(SqlState::INVALID_PARAMETER_VALUE, message);
            }
        }
        let Some(oid) = self.statistics_named(&written)? else {
            let if_exists = tree::words(tree).windows(2).any(|pair| {
                matches!(pair, [one, other] if one.eq_ignore_ascii_case("if") && other.eq_ignore_ascii_case("exists"))
            });
            return if if_exists { Ok(()) } else { missing(&written) };
        };
        match action {
            A::OwnerTo(to) => self.own(to.role_ref()),
            A::SetStatistics(_) => Ok(()),
            A::StatisticsRenameTo(to) => {
                let schema = part(self.catalog.statistics(oid))?.schema;
                self.move_statistics(oid, schema, &name(to.statistics())?)
            }
            A::SetSchema(to) => {
                let schema = schema_named(&self.catalog, &name(to.schema_ref())?)?;
                let found = part(self.catalog.statistics(oid))?;
                let (old, name) = (found.schema, found.name.to_string());
                if schema == old { Ok(()) } else { self.move_statistics(oid, schema, &name) }
            }
        }
    }

    fn move_statistics(&mut self, oid: Oid, schema: Oid, name: &str) -> Result<(), Stop> {
        if self.catalog.named(Space::Statistics, schema, name).is_some() {
            let message = format!("statistics object \"{name}\" already exists in schema");
            return refused(SqlState::DUPLICATE_OBJECT, message);
        }
        self.catalog.move_statistics(oid, schema, name);
        Ok(())
    }

    pub(super) fn drop_statistics(&mut self, tree: &ast::DropStatistics) -> Result<(), Stop> {
        let mut gone = Vec::new();
        let if_exists = tree.if_exists().is_some();
        for named in tree.statistics_refs() {
            let written = qualified(Some(named))?;
            let found = match self.statistics_named(&written) {
                Err(Stop::Refused(refusal)) if if_exists && refusal.sqlstate == SqlState::INVALID_SCHEMA_NAME => None,
                found => found?,
            };
            match found {
                Some(oid) => gone.push(Address::of(Class::Statistics, oid)),
                None if if_exists => {}
                None => return missing(&written),
            }
        }
        self.drop_objects(&gone, behavior(tree.drop_behavior()))
    }

    fn statistics_named(&self, written: &QualifiedName) -> Result<Option<Oid>, Stop> {
        if let Some(schema) = &written.schema {
            schema_named(&self.catalog, schema)?;
        }
        Ok(self.names.find(&self.catalog, Space::Statistics, written))
    }

    /// Returns the statistics that COMMENT ON names.
    pub(super) fn commented_statistics(&self, written: &QualifiedName) -> Result<Address, Stop> {
        match self.statistics_named(written)? {
            Some(oid) => Ok(Address::of(Class::Statistics, oid)),
            None => Err(Stop::Refused(no_such(written))),
        }
    }
}

fn no_such(written: &QualifiedName) -> Refusal {
    Refusal::new(SqlState::UNDEFINED_OBJECT, format!("statistics object \"{}\" does not exist", written.name))
}

fn missing(written: &QualifiedName) -> Result<(), Stop> {
    Err(Stop::Refused(no_such(written)))
}

/// Returns the kinds that are asked for, each once and in their order.
fn kinds(types: Option<ast::StatTypes>) -> Result<Vec<&'static str>, Stop> {
    let mut wanted = Vec::new();
    for kind in types.into_iter().flat_map(|types| types.statistics_kinds()) {
        let kind = name(Some(kind))?;
        match KINDS.into_iter().find(|known| *known == kind) {
            Some(known) => wanted.push(known),
            None => return refused(SqlState::SYNTAX_ERROR, format!("unrecognized statistics kind \"{kind}\"")),
        }
    }
    Ok(KINDS.into_iter().filter(|kind| wanted.contains(kind)).collect())
}

/// Refuses statistics over values that no row holds.
fn of_virtual() -> Result<(), Stop> {
    refused(SqlState::FEATURE_NOT_SUPPORTED, "statistics creation on virtual generated columns is not supported")
}
