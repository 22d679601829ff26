//! Definitions of columns, as CREATE TABLE and ADD COLUMN have them: read first, checked against each other, then made.

use std::collections::BTreeSet;

use super::syntax::{name, none, part, type_name};
use super::{Play, Stop, refused, unknown};
use crate::catalog::expression::{Expression, Node, Value};
use crate::catalog::types::storage;
use crate::catalog::{
    Address, BIGINT, Class, Column, Default, Dependence, Formula, Identity, Oid, QualifiedName, Relation, Sequence,
    SequenceOptions, SqlState, Type, UserTypeKind, naming,
};
use crate::ddl::constraint::{Options, Wanted, given_name};
use crate::ddl::not_null::SaidNotNull;
use crate::expression::{Place, folds, without_implicit};
use crate::sql::ast::AstNode;
use crate::sql::{TypeName, quote_literal, quote_name_of};
use crate::sql::{ast, tree};

/// A column that a statement defines.
pub(super) struct NewColumn {
    pub(super) name: String,
    pub(super) of: Type,
    pub(super) not_null: bool,
    /// What its constraint is called, where that is said, and whether children get it.
    pub(super) said_not_null: SaidNotNull,
    pub(super) default: Option<String>,
    pub(super) generated: Option<String>,
    /// What is generated is computed when it is read.
    pub(super) is_virtual: bool,
    pub(super) identity: Option<(Identity, SequenceOptions, Option<QualifiedName>)>,
    /// It is serial: a sequence of its own gives the default.
    pub(super) serial: bool,
    pub(super) collation: Option<Oid>,
    pub(super) storage: Option<&'static str>,
    pub(super) compression: Option<String>,
}

/// When the values of a generated column are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Computed {
    /// When a row is written.
    Stored,
    /// When it is read.
    Virtual,
}

impl Default {
    /// Returns when the values are computed of a column that is generated.
    pub(super) fn computed(&self) -> Option<Computed> {
        self.generated.then_some(if self.is_virtual { Computed::Virtual } else { Computed::Stored })
    }
}

/// What has at least this number, users made.
const FIRST_OWN: Oid = Oid(16_384);

const INT2: Oid = Oid(21);
const INT4: Oid = Oid(23);
const INT8: Oid = Oid(20);

/// Columns that every table has.
const SYSTEM: [&str; 6] = ["tableoid", "cmax", "xmax", "cmin", "xmin", "ctid"];

impl NewColumn {
    /// Returns when its values are computed, if it is generated.
    pub(super) fn computed(&self) -> Computed {
        if self.is_virtual { Computed::Virtual } else { Computed::Stored }
    }

    /// Returns a column with a name and a type, and nothing else.
    pub(super) fn plain(name: String, of: Type) -> Self {
        Self {
            name,
            of,
            not_null: false,
            said_not_null: SaidNotNull::default(),
            default: None,
            generated: None,
            is_virtual: false,
            identity: None,
            serial: false,
            collation: None,
            storage: None,
            compression: None,
        }
    }
}

impl Column {
    /// Returns a column with a name and a type, and nothing else.
    pub(super) fn plain(at: usize, name: &str, of: Type) -> Self {
        Self {
            number: i16::try_from(at + 1).unwrap_or(i16::MAX),
            name: name.into(),
            of,
            not_null: false,
            default: None,
            identity: None,
            collation: None,
            storage: None,
            compression: None,
            statistics: None,
            options: Vec::new(),
            local: true,
            inherited: 0,
            dropped: false,
        }
    }
}

const GENERATED_FROM_GENERATED: &str = "cannot use generated column in column generation expression";

impl Play<'_> {
    /// Reads a column of CREATE TABLE; what it asks for beside itself goes to `wanted`.
    pub(super) fn read_column(&self, column: &ast::Column, wanted: &mut Wanted) -> Result<NewColumn, Stop> {
        let mut constraints = Vec::new();
        let (mut collate, mut mode, mut compression) = (None, None, None);
        for clause in column.clauses() {
            match clause {
                ast::ColumnClause::ColumnConstraint(constraint) => {
                    constraints.push(part(ast::Constraint::cast(constraint.syntax().clone()))?);
                }
                ast::ColumnClause::Collate(clause) => collate = Some(clause),
                ast::ColumnClause::Storage(clause) => mode = Some(clause),
                ast::ColumnClause::CompressionMethod(clause) => compression = Some(clause),
                ast::ColumnClause::WithOptions(_) | ast::ColumnClause::AlterOptionList(_) => {
                    return unknown("options of a column");
                }
            }
        }
        none(mode, "STORAGE of a new column")?;
        let compression = match compression {
            Some(method) => tree::text(&part(method.compression_method_name())?).to_ascii_lowercase(),
            None => "default".to_owned(),
        };
        let new = self.read_definition(name(column.name())?, column.ty(), collate, constraints, wanted)?;
        match compression.as_str() {
            "default" => Ok(new),
            "pglz" | "lz4" if storage(&self.catalog, new.of.oid) != "plain" => {
                Ok(NewColumn { compression: Some(compression), ..new })
            }
            _ => unknown("this compression of a new column"),
        }
    }

    /// Reads a column of a partition: it has a name, and options beside those that the parent gives it.
    pub(super) fn read_partition_column(
        &self,
        column: &ast::Column,
        parent: &Relation,
        wanted: &mut Wanted,
    ) -> Result<NewColumn, Stop> {
        none(column.ty(), "the type of a column of a partition")?;
        let name = name(column.name())?;
        let mut constraints = Vec::new();
        for clause in column.clauses() {
            match clause {
                ast::ColumnClause::ColumnConstraint(constraint) => {
                    constraints.push(part(ast::Constraint::cast(constraint.syntax().clone()))?);
                }
                ast::ColumnClause::WithOptions(_) => {}
                _ => return unknown("options of a column"),
            }
        }
        let Some(inherited) = parent.column(&name) else {
            return refused(SqlState::UNDEFINED_COLUMN, format!("column \"{name}\" does not exist"));
        };
        let new = NewColumn { collation: inherited.collation, ..NewColumn::plain(name, inherited.of) };
        self.read_constraints(new, constraints, wanted)
    }

    /// Reads a column from its parts; `transformColumnDefinition`.
    pub(super) fn read_definition(
        &self,
        name: String,
        ty: Option<ast::Type>,
        collate: Option<ast::Collate>,
        constraints: Vec<ast::Constraint>,
        wanted: &mut Wanted,
    ) -> Result<NewColumn, Stop> {
        let is_collated = |constraint: &ast::Constraint| match constraint {
            ast::Constraint::DefaultConstraint(default) => default.expr().is_some_and(|expr| has_bare_collate(&expr)),
            _ => false,
        };
        // Postgres takes it for a clause of the column.
        if constraints.iter().any(is_collated) {
            return match collate {
                Some(_) => refused(SqlState::SYNTAX_ERROR, "multiple COLLATE clauses not allowed"),
                None => unknown("a collation behind a default"),
            };
        }
        let written = type_name(ty)?;
        let (of, serial) = match serial(&written)? {
            Some(oid) => (Type { oid, modifier: -1 }, true),
            None => (self.names.data_type(&self.catalog, &written)?, false),
        };
        let collation = match collate {
            Some(collate) => self.collation(&collate, of)?,
            None => None,
        };
        self.read_constraints(
            NewColumn { serial, not_null: serial, collation, ..NewColumn::plain(name, of) },
            constraints,
            wanted,
        )
    }

    /// Reads what stands behind the name and type of a column.
    pub(super) fn read_constraints(
        &self,
        mut new: NewColumn,
        constraints: Vec<ast::Constraint>,
        wanted: &mut Wanted,
    ) -> Result<NewColumn, Stop> {
        let (mut said_null, mut said_not_null, mut said_primary) = (false, false, false);
        let wrong = |new: &NewColumn, what: &str| {
            refused::<NewColumn>(SqlState::SYNTAX_ERROR, format!("{what} for column \"{}\" of table", new.name))
        };
        for constraint in constraints {
            match constraint {
                ast::Constraint::NullConstraint(_) => {
                    let in_key = self.names_not_nulls() && said_primary;
                    if said_not_null || new.serial || new.identity.is_some() || in_key {
                        return wrong(&new, "conflicting NULL/NOT NULL declarations");
                    }
                    said_null = true;
                }
                ast::Constraint::NotNullConstraint(constraint) => {
                    let options = Options::read(constraint.constraint_options())?;
                    if options.enforced.is_some() {
                        return refused(SqlState::SYNTAX_ERROR, "misplaced ENFORCED or NOT ENFORCED");
                    }
                    if options.deferrable.is_some() || options.not_valid {
                        return unknown("an option of NOT NULL");
                    }
                    let name = given_name(constraint.constraint_name_clause())?;
                    new.said_not_null = SaidNotNull { name, no_inherit: options.no_inherit, ..new.said_not_null };
                    if said_null {
                        return wrong(&new, "conflicting NULL/NOT NULL declarations");
                    }
                    said_not_null = true;
                    new.not_null = true;
                }
                ast::Constraint::DefaultConstraint(constraint) => {
                    if new.default.is_some() || new.serial {
                        return wrong(&new, "multiple default values specified");
                    }
                    new.default = Some(tree::text(&part(constraint.expr())?));
                }
                ast::Constraint::GeneratedConstraint(constraint) => match part(constraint.generated_as())? {
                    ast::GeneratedAs::GeneratedIdentity(identity) => {
                        if new.identity.is_some() {
                            return wrong(&new, "multiple identity specifications");
                        }
                        if said_null {
                            return wrong(&new, "conflicting NULL/NOT NULL declarations");
                        }
                        new.not_null = true;
                        new.identity = Some(self.identity(&identity)?);
                    }
                    ast::GeneratedAs::GeneratedStored(stored) => {
                        if new.generated.is_some() {
                            return wrong(&new, "multiple generation clauses specified");
                        }
                        if matches!(stored.generated_when(), Some(ast::GeneratedWhen::GeneratedByDefault(_))) {
                            let message = "for a generated column, GENERATED ALWAYS must be specified";
                            return refused(SqlState::SYNTAX_ERROR, message);
                        }
                        // That is what the word means that is left out.
                        new.is_virtual = !matches!(stored.generated_kind(), Some(ast::GeneratedKind::Stored(_)));
                        new.generated = Some(tree::text(&part(stored.expr())?));
                    }
                },
                other => {
                    if matches!(other, ast::Constraint::PrimaryKeyConstraint(_)) {
                        if said_null && self.names_not_nulls() {
                            return wrong(&new, "conflicting NULL/NOT NULL declarations");
                        }
                        said_primary = true;
                    }
                    wanted.read(other, Some(&new.name))?;
                }
            }
        }
        if new.said_not_null.no_inherit && (said_primary || new.serial || new.identity.is_some()) {
            return wrong(&new, "conflicting NO INHERIT declarations for not-null constraints");
        }
        let twice = [
            (new.default.is_some() || new.serial, new.identity.is_some(), "both default and identity specified"),
            (
                new.default.is_some() || new.serial,
                new.generated.is_some(),
                "both default and generation expression specified",
            ),
            (new.identity.is_some(), new.generated.is_some(), "both identity and generation expression specified"),
        ];
        for (one, other, message) in twice {
            if one && other {
                return wrong(&new, message);
            }
        }
        Ok(new)
    }

    fn identity(
        &self,
        identity: &ast::GeneratedIdentity,
    ) -> Result<(Identity, SequenceOptions, Option<QualifiedName>), Stop> {
        let when = match identity.generated_when() {
            Some(ast::GeneratedWhen::GeneratedByDefault(_)) => Identity::ByDefault,
            _ => Identity::Always,
        };
        let mut wanted = super::sequence::Wanted::default();
        if let Some(list) = identity.sequence_option_list() {
            wanted = self.sequence_options(list.sequence_options())?;
        }
        if wanted.owner.is_some() || wanted.options.restart.is_some() || wanted.options.of.is_some() {
            return unknown("this option of an identity column");
        }
        Ok((when, wanted.options, wanted.name))
    }

    /// Refuses more columns than a row of a table can hold, those that were dropped among them.
    pub(super) fn columns_may_be_as_many(&self, count: usize) -> Result<(), Stop> {
        const MOST: usize = 1600;
        if count > MOST {
            return refused(SqlState::TOO_MANY_COLUMNS, format!("tables can have at most {MOST} columns"));
        }
        Ok(())
    }

    /// Refuses a type whose values would hold rows of the relation that gets a column of it; `CheckAttributeType`.
    pub(super) fn is_no_member_of_itself(&self, relation: Oid, of: Type) -> Result<(), Stop> {
        let (mut seen, mut waiting) = (BTreeSet::new(), vec![of.oid]);
        while let Some(next) = waiting.pop() {
            let Some(found) = self.catalog.user_type(next).filter(|found| seen.insert(found.oid)) else { continue };
            match &found.kind {
                UserTypeKind::Row(row) if *row == relation => {
                    let message = format!("composite type {} cannot be made a member of itself", found.name);
                    return refused(SqlState::INVALID_TABLE_DEFINITION, message);
                }
                UserTypeKind::Row(row) => {
                    let fields = self.catalog.relation(*row).into_iter().flat_map(Relation::live);
                    waiting.extend(fields.map(|column| column.of.oid));
                }
                UserTypeKind::Domain(domain) => waiting.push(domain.base.oid),
                UserTypeKind::Range(range) => waiting.push(range.of.oid),
                UserTypeKind::Multirange(range) => waiting.push(*range),
                UserTypeKind::Enum(_) | UserTypeKind::Base => {}
            }
        }
        Ok(())
    }

    /// Refuses what no column can be of; `CheckAttributeType`.
    pub(super) fn column_may_be_of(&self, name: &str, of: Type) -> Result<(), Stop> {
        if of.is_pseudo() {
            let message = format!("column \"{name}\" has pseudo-type");
            return refused(SqlState::INVALID_TABLE_DEFINITION, message);
        }
        Ok(())
    }

    /// Refuses a type for a column that is computed when it is read; `CheckAttributeType`.
    pub(super) fn virtual_may_be_of(&self, name: &str, of: Type) -> Result<(), Stop> {
        if of.oid >= FIRST_OWN {
            let message = format!("virtual generated column \"{name}\" cannot have a user-defined type");
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        Ok(())
    }

    /// Makes the columns of a new table; `BuildDescForRelation` and what comes before it.
    pub(super) fn columns_of(&self, new: &[NewColumn]) -> Result<Vec<Column>, Stop> {
        let mut columns: Vec<Column> = Vec::with_capacity(new.len());
        for (at, column) in new.iter().enumerate() {
            if columns.iter().any(|other| *other.name == *column.name) {
                let message = format!("column \"{}\" specified more than once", column.name);
                return refused(SqlState::DUPLICATE_COLUMN, message);
            }
            columns.push(made(at, column));
        }
        for column in &columns {
            may_be_named(&column.name)?;
            self.column_may_be_of(&column.name, column.of)?;
        }
        for column in new.iter().filter(|column| column.is_virtual) {
            self.virtual_may_be_of(&column.name, column.of)?;
        }
        Ok(columns)
    }

    /// Refuses an identity or serial column whose sequence cannot be, and returns the sequence.
    pub(super) fn sequence_for(&self, column: &NewColumn) -> Result<Option<Sequence>, Stop> {
        let options = match (&column.identity, column.serial) {
            (Some((_, options, _)), _) => options.clone(),
            (None, true) => SequenceOptions::default(),
            (None, false) => return Ok(None),
        };
        if ![INT2, INT4, INT8].contains(&column.of.oid) {
            let message = "identity column type must be smallint, integer, or bigint";
            return refused(SqlState::INVALID_PARAMETER_VALUE, message);
        }
        Ok(Some(Sequence::new(&SequenceOptions { of: options.of.or(Some(column.of)), ..options })?))
    }

    /// Makes the sequence of a serial or identity column.
    pub(super) fn make_sequence_for(&mut self, table: &Relation, column: &NewColumn) -> Result<Option<Oid>, Stop> {
        let Some(sequence) = self.sequence_for(column)? else { return Ok(None) };
        let named = column.identity.as_ref().and_then(|(_, _, name)| name.clone());
        let (schema, name) = match named {
            Some(name) => (self.names.creation(&self.catalog, &name)?, name.name),
            None => {
                let name =
                    naming::relation_name(&self.catalog, &table.name, Some(&column.name), "seq", table.schema, false);
                (table.schema, name)
            }
        };
        self.relation_name_is_free(schema, &name)?;
        self.type_name_is_free(schema, &name)?;
        Ok(Some(self.add_sequence(schema, &name, sequence, table.persistence)))
    }

    /// Gives a column of a table its default, generation or sequence, once the table is there.
    pub(super) fn finish_column(
        &mut self,
        table: Oid,
        number: i16,
        new: &NewColumn,
        sequence: Option<Oid>,
    ) -> Result<(), Stop> {
        if new.not_null {
            self.say_not_null(table, number, SaidNotNull { local: true, ..new.said_not_null.clone() });
        }
        if let Some(sequence) = sequence {
            self.give_sequence(sequence, table, number, new.identity.is_some());
            if new.serial {
                let formula = self.nextval(sequence)?;
                let oid = self.catalog.allocate();
                self.depend_on_formula(Address::of(Class::Default, oid), &formula);
                self.catalog.set_default(table, number, Default { oid, formula, generated: false, is_virtual: false });
            }
        }
        if let Some(written) = &new.default {
            self.make_default(table, number, written, None)?;
        }
        if let Some(written) = &new.generated {
            self.make_default(table, number, written, Some(new.computed()))?;
        }
        Ok(())
    }

    /// Returns `nextval('t_id_seq'::regclass)`.
    fn nextval(&self, sequence: Oid) -> Result<Formula, Stop> {
        let name = self.catalog.relation(sequence).map(|it| {
            let schema = self.catalog.schema_name(it.schema);
            quote_name_of(self.catalog.version(), (schema != "public").then_some(schema), &it.name)
        });
        let text = format!("nextval({}::regclass)", quote_literal(&name.unwrap_or_default()));
        self.formula_of_domain(&text, None, Place::Default(BIGINT))
    }

    /// Sets the default of a column, or what it is generated from.
    pub(super) fn make_default(
        &mut self,
        table: Oid,
        number: i16,
        written: &str,
        generated: Option<Computed>,
    ) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        let of = part(relation.numbered(number))?.of;
        let place = if generated.is_some() { Place::Generated(of) } else { Place::Default(of) };
        let formula = self.formula(written, relation, place)?;
        if generated.is_some() {
            let mentions_generated = formula.columns.iter().any(|column| {
                *column == number
                    || relation.numbered(*column).and_then(|it| it.default.as_ref()).is_some_and(|it| it.generated)
            });
            if mentions_generated {
                return refused(SqlState::INVALID_OBJECT_DEFINITION, GENERATED_FROM_GENERATED);
            }
        }
        if generated.is_some() {
            // What it depends on is looked at after that.
            folds(&self.catalog, &without_implicit((*formula.tree).clone()))?;
        }
        if generated == Some(Computed::Virtual) {
            is_of_postgres(&formula)?;
        }
        if generated.is_none() && is_null(&formula) {
            return Ok(());
        }
        self.store_default(table, number, formula, generated);
        Ok(())
    }

    /// Refuses a new table with a column that is generated from one that is generated too, which may come behind it.
    pub(super) fn generated_from_plain(&self, table: Oid) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        let generated = |column: &Column| column.default.clone().filter(|default| default.generated);
        let of_generated = |number: &i16| relation.numbered(*number).is_some_and(|column| generated(column).is_some());
        if relation.live().filter_map(generated).any(|default| default.formula.columns.iter().any(of_generated)) {
            return refused(SqlState::INVALID_OBJECT_DEFINITION, GENERATED_FROM_GENERATED);
        }
        Ok(())
    }

    /// Keeps the default of a column, or what it is generated from, with what that depends on.
    pub(super) fn store_default(&mut self, table: Oid, number: i16, formula: Formula, generated: Option<Computed>) {
        let oid = self.catalog.allocate();
        let mentioned = formula.columns.clone();
        self.depend_on_formula(Address::of(Class::Default, oid), &formula);
        let is_virtual = generated == Some(Computed::Virtual);
        self.catalog.set_default(table, number, Default { oid, formula, generated: generated.is_some(), is_virtual });
        for column in mentioned {
            // A generated column goes with what it is made of only when that is asked for.
            let (dependent, on) = (Address::column(table, number), Address::column(table, column));
            self.catalog.dependencies.add(dependent, on, Dependence::Normal);
        }
    }
}

/// Refuses what a column that is computed when it is read cannot be computed with, since who reads it need not trust who
/// made that; `check_virtual_generated_security`.
fn is_of_postgres(formula: &Formula) -> Result<(), Stop> {
    let is_own = |oid: Oid| oid >= FIRST_OWN;
    let uses = |part: &Expression| match &part.node {
        Node::Call(call) => is_own(call.function),
        Node::Operator(operation) | Node::Quantified { operation, .. } => is_own(operation.function),
        _ => false,
    };
    if formula.tree.any(&mut |part| uses(part) || is_own(part.of.oid)) {
        let message = "generation expression uses a user-defined function or type";
        return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
    }
    Ok(())
}

/// Returns whether a default is none: NULL of the type of a column.
pub(super) fn is_null(formula: &Formula) -> bool {
    matches!(formula.tree.node, Node::Constant(Value::Null))
}

/// Refuses the names of the columns that every table has.
pub(super) fn may_be_named(name: &str) -> Result<(), Stop> {
    if SYSTEM.contains(&name) {
        let message = format!("column name \"{name}\" conflicts with a system column name");
        return refused(SqlState::DUPLICATE_COLUMN, message);
    }
    Ok(())
}

/// Returns the column that a definition makes.
pub(super) fn made(at: usize, new: &NewColumn) -> Column {
    let mut column = Column::plain(at, &new.name, new.of);
    column.not_null = new.not_null;
    column.identity = new.identity.as_ref().map(|(identity, ..)| *identity);
    column.collation = new.collation;
    column.storage = new.storage;
    column.compression = new.compression.as_deref().map(Into::into);
    column
}

/// Returns the type below `serial` and its like, which are no types but abbreviations.
fn serial(name: &TypeName) -> Result<Option<Oid>, Stop> {
    if name.schema.is_some() {
        return Ok(None);
    }
    let oid = match name.name.as_str() {
        "smallserial" | "serial2" => INT2,
        "serial" | "serial4" => INT4,
        "bigserial" | "serial8" => INT8,
        _ => return Ok(None),
    };
    if name.array {
        return refused(SqlState::FEATURE_NOT_SUPPORTED, "array of serial is not implemented");
    }
    Ok(Some(oid))
}

/// Returns whether COLLATE stands in an expression outside of all parentheses.
fn has_bare_collate(expression: &ast::Expr) -> bool {
    let mut depth = 0_usize;
    tree::words(expression).iter().any(|word| {
        match word.as_str() {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && word.eq_ignore_ascii_case("collate")
    })
}
