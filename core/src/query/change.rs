//! What INSERT, UPDATE and DELETE have in common: the table that they change, and what they put into its columns.

use std::sync::Arc;

use super::Answer;
use super::insert::Overriding;
use super::level::{Item, Level};
use crate::PostgresVersion;
use crate::catalog::expression::Expression;
use crate::catalog::query::{Body, Common, From, Query, Select, Target};
use crate::catalog::types::Types;
use crate::catalog::{Column, Identity, Oid, QualifiedName, Refusal, Relation, RelationKind};
use crate::expression::{self, Clause, Stop, folded, parts};
use crate::sql::query::ast::{Expr, Ident, ObjectName, SelectItem, Statement, With};

/// What a statement changes.
#[derive(Debug)]
pub(crate) struct Change {
    /// The table.
    pub(crate) target: Oid,
    /// What is read beside it: FROM and WHERE of an UPDATE, USING and ON of a MERGE.
    pub(crate) from: Option<Box<Select>>,
    /// What it inserts.
    pub(crate) rows: Rows,
    /// Into which columns, as far as they are named or there are values for them.
    pub(crate) inserts: Vec<i16>,
    /// What becomes of values for identity columns.
    pub(crate) overriding: Overriding,
    /// How what a query puts out becomes of the types of the columns, as what is done to a placeholder.
    pub(crate) puts: Vec<Expression>,
    /// What tells that a row is there already.
    pub(crate) arbiter: Arbiter,
    /// Rows that are there already may be left as they are.
    pub(crate) may_skip: bool,
    /// ON CONFLICT asks of a row that is there whether it is changed.
    pub(crate) asks: bool,
    /// It changes rows that are there, of which columns.
    pub(crate) updates: Option<Vec<i16>>,
    /// What it puts into the columns that it changes.
    pub(crate) assigned: Row,
    /// The number of `excluded` among the sources of ON CONFLICT.
    pub(crate) excluded: Option<Oid>,
    /// It deletes rows.
    pub(crate) deletes: bool,
    /// It is a MERGE.
    pub(crate) merges: bool,
    /// Why Postgres refuses it when all is read.
    pub(crate) refused: Option<Refusal>,
    /// The number of the table among the sources.
    pub(crate) number: Oid,
    /// What the table is called there, where it was given a name.
    pub(crate) alias: Option<Arc<str>>,
    /// One query gives values to several columns.
    pub(crate) together: bool,
    /// It has RETURNING.
    pub(crate) returns: bool,
    /// It stands in WITH.
    pub(crate) inside: bool,
}

impl Change {
    pub(super) fn of(target: Oid) -> Self {
        let (rows, inserts) = (Rows::None, Vec::new());
        Self {
            target,
            from: None,
            rows,
            inserts,
            overriding: Overriding::None,
            puts: Vec::new(),
            arbiter: Arbiter::None,
            may_skip: true,
            asks: false,
            updates: None,
            assigned: Row::new(),
            excluded: None,
            deletes: false,
            merges: false,
            refused: None,
            number: Oid(0),
            alias: None,
            together: false,
            returns: false,
            inside: false,
        }
    }

    /// Says by which number and name the table is mentioned.
    pub(super) fn over(self, item: &Item) -> Self {
        let (number, alias) = (item.source(), item.name.clone().filter(|_| item.relation.is_none()));
        Self { number, alias, ..self }
    }
}

/// By what ON CONFLICT tells that a row is there already.
#[derive(Debug)]
pub(crate) enum Arbiter {
    /// There is no ON CONFLICT.
    None,
    /// Any key of the table.
    Any,
    /// The keys over these columns.
    Columns(Vec<i16>),
    /// A constraint that is checked at once.
    Constraint(Oid),
}

/// What is inserted.
#[derive(Debug)]
pub(crate) enum Rows {
    /// Nothing.
    None,
    /// Rows that are written there.
    Written(Vec<Row>),
    /// What a query puts out, into the columns of [`Change::inserts`]; none where more happens to it.
    Query(Option<Box<Query>>),
    /// One for each row that a MERGE finds no counterpart of.
    Merged(Row),
}

/// The value of each column that has one; none for its default.
pub(crate) type Row = Vec<(i16, Option<Expression>)>;

/// The table that a statement changes.
pub(super) struct Changed<'a> {
    pub(super) relation: &'a Relation,
    pub(super) item: Item,
}

impl<'a> Level<'a> {
    /// Reads a statement that changes rows; returns what it reads beside: FROM, conditions, values, RETURNING.
    pub(super) fn change(self, tree: &Statement, with: Option<&With>) -> Answer<Query> {
        match tree {
            Statement::Insert(tree) => self.insert(tree, with),
            Statement::Update(tree) => self.update(tree, with),
            Statement::Delete(tree) => self.delete(tree, with),
            Statement::Merge(tree) => self.merge(tree, with),
            _ => Err(Stop::unknown("a statement of such a form")),
        }
    }

    /// Finds the table that is changed.
    pub(super) fn target(&self, name: &ObjectName, alias: Option<&Ident>) -> Answer<Changed<'a>> {
        let written = match parts(name)?.as_slice() {
            [name] => QualifiedName { schema: None, name: name.clone() },
            [schema, name] => QualifiedName { schema: Some(schema.clone()), name: name.clone() },
            _ => return Err(Stop::unknown("a relation by database, schema and name")),
        };
        let is_only = name.0.first().and_then(|part| part.as_ident());
        if is_only.is_some_and(|word| word.quote_style.is_none() && word.value.eq_ignore_ascii_case("only")) {
            return Err(Stop::unknown("ONLY"));
        }
        let oid = self.relation_named(&written)?;
        let relation = self.world.catalog.relation(oid).ok_or_else(|| Stop::unknown("a relation"))?;
        match relation.kind {
            RelationKind::Table
            | RelationKind::Partitioned(_)
            | RelationKind::View(_)
            | RelationKind::MaterializedView(_) => {}
            RelationKind::Sequence(_) => return Err(Stop::unknown("a change of a sequence")),
            RelationKind::Index(_) | RelationKind::Composite => {
                return Err(Stop::refused("42809", format!("\"{}\" is a {}", written.name, relation.word())));
            }
        }
        let called: Arc<str> = alias.map_or_else(|| written.name.as_str().into(), |alias| folded(alias).into());
        if !self.rows.is_empty() && ["old", "new"].contains(&&*called) {
            return Err(Stop::unknown("a table that is called as a row of a rule"));
        }
        let own = alias.is_none().then_some(oid);
        let item = Item { relation: own, ..Item::over(relation, self.world.number(), called) };
        Ok(Changed { relation, item })
    }

    /// Returns the columns that values of an INSERT are for.
    pub(super) fn target_columns<'r>(&self, relation: &'r Relation, names: &[ObjectName]) -> Answer<Vec<&'r Column>> {
        if names.is_empty() {
            return Ok(relation.live().collect());
        }
        let mut columns: Vec<&Column> = Vec::new();
        for name in names {
            let column = self.target_column(relation, name)?;
            if columns.iter().any(|before| before.number == column.number) {
                return Err(Stop::refused("42701", format!("column \"{}\" specified more than once", column.name)));
            }
            columns.push(column);
        }
        Ok(columns)
    }

    /// Returns the column that a name means that something is put into.
    pub(super) fn target_column<'r>(&self, relation: &'r Relation, name: &ObjectName) -> Answer<&'r Column> {
        let [name] = parts(name)?.try_into().map_err(|_| Stop::unknown("a field of a column"))?;
        relation.column(&name).ok_or_else(|| {
            let message = format!("column \"{name}\" of relation \"{}\" does not exist", relation.name);
            Stop::refused("42703", message)
        })
    }

    /// Makes a value one that a column can hold. `transformAssignedExpr`
    pub(super) fn put(&self, value: Expression, column: &Column) -> Answer<Expression> {
        expression::assigned(self, value, column.of)?.ok_or_else(|| {
            let message = format!("column \"{}\" is of another type than its expression", column.name);
            Stop::refused("42804", message)
        })
    }

    /// Ends a statement: what it changes, and what is read beside the table.
    pub(super) fn changing(
        self,
        change: Change,
        with: Vec<Common>,
        from: Vec<From>,
        condition: Option<Expression>,
        values: Vec<Expression>,
        returning: Vec<Target>,
    ) -> Query {
        let refused = self.world.late.take();
        let beside = || {
            let (sources, from, condition) = (self.sources.clone(), from.clone(), condition.clone());
            Box::new(Select { sources, from, condition, ..Select::default() })
        };
        let beside = (change.updates.is_some() || change.merges).then(beside);
        let returns = !returning.is_empty();
        self.world.changes.borrow_mut().push(Change { refused, from: beside, returns, ..change });
        let target = |value| Target { name: "".into(), value, junk: true };
        let select = Select { sources: self.sources, from, condition, ..Select::default() };
        Query {
            with,
            recursive: false,
            body: Body::Select(Box::new(select)),
            targets: returning.into_iter().chain(values.into_iter().map(target)).collect(),
            order: Vec::new(),
            offset: None,
            limit: None,
            with_ties: false,
            locks: Vec::new(),
        }
    }

    pub(super) fn returning(&mut self, items: Option<&Vec<SelectItem>>) -> Answer<Vec<Target>> {
        let Some(items) = items else { return Ok(Vec::new()) };
        self.has_old_and_new = Types::version(self) >= PostgresVersion::V18;
        let targets = self.targets(items, Clause::Returning);
        self.has_old_and_new = false;
        let mut targets = targets?;
        if targets.is_empty() {
            return Err(Stop::refused("42601", "RETURNING must have at least one column"));
        }
        targets.iter_mut().try_for_each(|target| self.typed(target))?;
        Ok(targets)
    }
}

/// Returns whether a value is the word DEFAULT.
pub(super) fn is_default(tree: &Expr) -> bool {
    if let Expr::Nested(inner) = tree {
        return is_default(inner);
    }
    matches!(tree, Expr::Identifier(word) if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("default"))
}

/// Refuses a value of a column that is always generated. `rewriteTargetListIU`
pub(super) fn may_be_given(column: &Column) -> Answer<()> {
    let generated = column.default.as_ref().is_some_and(|default| default.generated);
    if generated || column.identity == Some(Identity::Always) {
        let message = format!("cannot insert a non-DEFAULT value into column \"{}\"", column.name);
        return Err(Stop::refused("428C9", message));
    }
    Ok(())
}
