//! Queries as Postgres keeps them: stars are columns, names are numbers, and every output has a type.

use std::sync::Arc;

use super::expression::Expression;
use super::types::Type;
use super::{Address, Class, Oid};

/// Sources of queries have numbers from here on, unlike any object; a column of one is a
/// [`Node::Column`](super::expression::Node::Column) of that number.
pub const SOURCES: u32 = 0xF000_0000;

/// A query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// `WITH`, in order.
    pub with: Vec<Common>,
    /// `WITH RECURSIVE`
    pub recursive: bool,
    /// What gives the rows.
    pub body: Body,
    /// The output, with what is only sorted or grouped by. Of a set operation, values are of its leftmost query.
    pub targets: Vec<Target>,
    /// `ORDER BY`
    pub order: Vec<Sort>,
    /// `OFFSET`
    pub offset: Option<Expression>,
    /// `LIMIT`
    pub limit: Option<Expression>,
    /// `FETCH FIRST … WITH TIES`
    pub with_ties: bool,
    /// `FOR UPDATE`, with the sources that are named.
    pub locks: Vec<RowLock>,
}

/// What gives the rows of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// `SELECT`, `VALUES`
    Select(Box<Select>),
    /// `UNION`, `INTERSECT`, `EXCEPT`
    Set(Box<SetTree>),
}

/// A `SELECT`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Select {
    /// Everything in FROM, in the order of Postgres's range table.
    pub sources: Vec<Source>,
    /// How the sources are joined.
    pub from: Vec<From>,
    /// `WHERE`
    pub condition: Option<Expression>,
    /// Places of targets in `GROUP BY`.
    pub groups: Vec<usize>,
    /// `HAVING`
    pub having: Option<Expression>,
    /// `DISTINCT`
    pub distinct: Distinct,
    /// `WINDOW`
    pub windows: Vec<(Arc<str>, Window)>,
    /// Constraints that make grouped columns tell others.
    pub proofs: Vec<Oid>,
}

/// `DISTINCT`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Distinct {
    /// Rows may be alike.
    #[default]
    No,
    /// No two rows are alike.
    All,
    /// No two rows are alike in these targets.
    On(Vec<usize>),
}

/// Queries put together, as their nesting says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetTree {
    /// A query.
    Leaf(Box<Query>),
    /// Two of them.
    Node {
        /// `UNION`, `INTERSECT` or `EXCEPT`.
        operation: &'static str,
        /// `ALL`
        all: bool,
        /// What stands before it.
        left: Box<SetTree>,
        /// What stands behind it.
        right: Box<SetTree>,
    },
}

/// An output of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its name.
    pub name: Arc<str>,
    /// Its value.
    pub value: Expression,
    /// It is not put out.
    pub junk: bool,
}

/// One key of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// Place of the target.
    pub target: usize,
    /// `DESC`
    pub descending: bool,
    /// `NULLS FIRST`
    pub nulls_first: bool,
}

/// One key of an order inside an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortValue {
    /// What is sorted by.
    pub value: Expression,
    /// `DESC`
    pub descending: bool,
    /// `NULLS FIRST`
    pub nulls_first: bool,
}

/// A query of `WITH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    /// Its name.
    pub name: Arc<str>,
    /// Names of columns that are written behind it.
    pub columns: Vec<Arc<str>>,
    /// `MATERIALIZED` or not, where it is said.
    pub materialized: Option<bool>,
    /// The query.
    pub query: Query,
}

/// A part of FROM.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// A source.
    Source(Oid),
    /// Two parts.
    Join(Box<Join>),
}

/// A join.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Join {
    /// The number of its source.
    pub source: Oid,
    /// `JOIN`, `LEFT JOIN`, `RIGHT JOIN`, `FULL JOIN`
    pub kind: JoinKind,
    /// Before the word.
    pub left: From,
    /// Behind the word.
    pub right: From,
    /// `USING`, or what NATURAL means.
    pub using: Vec<Used>,
    /// `ON`
    pub condition: Option<Expression>,
}

/// A column of each side, which are compared and seen as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Used {
    /// What both were called when the query was read.
    pub name: Arc<str>,
    /// Source and number of the column before the word and of the one behind it.
    pub sides: [(Oid, i16); 2],
}

/// Which rows without a counterpart a join keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinKind {
    /// None.
    Inner,
    /// Those on the left.
    Left,
    /// Those on the right.
    Right,
    /// All.
    Full,
}

/// Something that rows come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// By which its columns name it.
    pub number: Oid,
    /// What it is called where nobody named it; none for a join.
    pub name: Option<Arc<str>>,
    /// It was named.
    pub named: bool,
    /// Names that were written for its columns.
    pub renamed: Vec<(i16, Arc<str>)>,
    /// Its columns as they were when the query was read: number, name and type.
    pub columns: Vec<(i16, Arc<str>, Type)>,
    /// `LATERAL`
    pub lateral: bool,
    /// What it is.
    pub of: SourceOf,
}

/// What rows come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SourceOf {
    /// A table or a view, or it alone without what inherits from it.
    Relation(Oid, bool),
    /// A query.
    Query(Box<Query>),
    /// A query of `WITH`.
    Common(Arc<str>),
    /// Rows that are written there.
    Values(Vec<Vec<Expression>>),
    /// A function; with `WITH ORDINALITY`.
    Function(Box<Expression>, bool),
    /// Two others.
    Join,
}

/// A window over the rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Window {
    /// The window that it is made from.
    pub based_on: Option<Arc<str>>,
    /// `PARTITION BY`
    pub partition: Vec<Expression>,
    /// `ORDER BY`
    pub order: Vec<SortValue>,
    /// Its frame, as Postgres spells it.
    pub frame: Option<String>,
}

/// Which window a function looks over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Over {
    /// One of the clause WINDOW.
    Named(Arc<str>),
    /// One that is written there.
    Window(Window),
}

/// A function over several rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate {
    /// `pg_proc.oid`
    pub function: Oid,
    /// What is summed up; empty for `count(*)`.
    pub arguments: Vec<Expression>,
    /// Written with a star.
    pub star: bool,
    /// The last argument is an array of all that the function takes there.
    pub variadic: bool,
    /// `DISTINCT`
    pub distinct: bool,
    /// `ORDER BY`
    pub order: Vec<SortValue>,
    /// `FILTER`
    pub filter: Option<Expression>,
    /// `OVER`
    pub over: Option<Over>,
}

/// A query in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubQuery {
    /// What is asked of it.
    pub link: Link,
    /// The query.
    pub query: Query,
}

/// What is asked of a query in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// `EXISTS (…)`
    Exists,
    /// `(…)`
    Value,
    /// `ARRAY(…)`
    Array,
    /// `a = ANY (…)`, `(a, b) IN (…)`: what stands before, and the operator.
    Any(Vec<Expression>, String),
    /// `a <> ALL (…)`
    All(Vec<Expression>, String),
}

/// How rows are locked by `FOR UPDATE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowLock {
    /// `UPDATE`, `SHARE`
    pub strength: &'static str,
    /// The sources whose rows are locked.
    pub of: Vec<Oid>,
    /// ` NOWAIT`, ` SKIP LOCKED`, or nothing.
    pub wait: &'static str,
}

impl Query {
    /// Returns what is put out.
    pub fn outputs(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(|target| !target.junk)
    }

    /// Calls a function with each query, from the outermost.
    pub fn visit_queries(&self, see: &mut dyn FnMut(&Query)) {
        see(self);
        for common in &self.with {
            common.query.visit_queries(see);
        }
        match &self.body {
            Body::Select(select) => {
                for source in &select.sources {
                    if let SourceOf::Query(query) = &source.of {
                        query.visit_queries(see);
                    }
                }
            }
            Body::Set(tree) => tree.visit(&mut |leaf| leaf.visit_queries(see)),
        }
        for value in self.expressions() {
            value.visit(&mut |part| {
                if let super::expression::Node::SubQuery(inner) = &part.node {
                    inner.query.visit_queries(see);
                }
            });
        }
    }

    /// Returns the expressions of this very query, not of those inside. Of a set operation only its order has some.
    pub fn expressions(&self) -> Vec<&Expression> {
        let mut all: Vec<&Expression> = self.offset.iter().chain(&self.limit).collect();
        let Body::Select(select) = &self.body else { return all };
        all.extend(self.targets.iter().map(|target| &target.value));
        all.extend(select.condition.iter().chain(&select.having));
        for (_, window) in &select.windows {
            all.extend(window.parts());
        }
        for source in &select.sources {
            match &source.of {
                SourceOf::Values(rows) => all.extend(rows.iter().flatten()),
                SourceOf::Function(call, _) => all.push(call),
                _ => {}
            }
        }
        let mut joins: Vec<&From> = select.from.iter().collect();
        while let Some(from) = joins.pop() {
            if let From::Join(join) = from {
                all.extend(&join.condition);
                joins.extend([&join.left, &join.right]);
            }
        }
        all
    }

    /// Returns the relations that it reads, in order.
    pub fn relations(&self) -> Vec<Oid> {
        let mut relations = Vec::new();
        self.visit_queries(&mut |query| {
            let Body::Select(select) = &query.body else { return };
            for source in &select.sources {
                if let SourceOf::Relation(oid, _) = source.of
                    && !relations.contains(&oid)
                {
                    relations.push(oid);
                }
            }
        });
        relations
    }

    /// Returns what it stands on: relations, columns, functions, types and constraints of the database's own.
    pub fn references(&self) -> Vec<Address> {
        let mut sources: Vec<(Oid, Oid)> = Vec::new();
        self.visit_queries(&mut |query| {
            if let Body::Select(select) = &query.body {
                for source in &select.sources {
                    if let SourceOf::Relation(oid, _) = source.of {
                        sources.push((source.number, oid));
                    }
                }
            }
        });
        let mut found: Vec<Address> = sources.iter().map(|(_, oid)| Address::of(Class::Relation, *oid)).collect();
        self.visit_queries(&mut |query| {
            if let Body::Select(select) = &query.body {
                found.extend(select.proofs.iter().map(|oid| Address::of(Class::Constraint, *oid)));
                for source in &select.sources {
                    if let SourceOf::Function(call, _) = &source.of {
                        references_of(call, &sources, &mut found);
                    }
                }
                for from in &select.from {
                    joined_columns(from, select, &mut found);
                }
            }
            for value in query.expressions() {
                references_of(value, &sources, &mut found);
            }
        });
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// Adds the columns that joins compare by their names.
fn joined_columns(from: &From, select: &Select, found: &mut Vec<Address>) {
    let From::Join(join) = from else { return };
    joined_columns(&join.left, select, found);
    joined_columns(&join.right, select, found);
    for (number, column) in join.using.iter().flat_map(|used| used.sides) {
        let source = select.sources.iter().find(|source| source.number == number);
        if let Some(SourceOf::Relation(oid, _)) = source.map(|source| &source.of) {
            found.push(Address::column(*oid, column));
        }
    }
}

/// Adds what an expression stands on, without the queries inside.
fn references_of(value: &Expression, sources: &[(Oid, Oid)], found: &mut Vec<Address>) {
    use super::expression::{Node, Value};
    const FIRST: Oid = Oid(16_384);
    value.visit(&mut |part| {
        match &part.node {
            Node::Column { relation, number } => {
                match sources.iter().find(|(source, _)| source == relation) {
                    Some((_, oid)) => found.push(Address::column(*oid, *number)),
                    // Of the table of a policy.
                    None if relation.0 < SOURCES => found.push(Address::column(*relation, *number)),
                    None => {}
                }
                return;
            }
            Node::Constant(Value::Relation(oid)) => found.push(Address::of(Class::Relation, *oid)),
            Node::Collate(_, collation) if *collation >= FIRST => {
                found.push(Address::of(Class::Collation, *collation));
            }
            Node::Call(call) if call.function >= FIRST => found.push(Address::of(Class::Routine, call.function)),
            Node::Aggregate(aggregate) if aggregate.function >= FIRST => {
                found.push(Address::of(Class::Routine, aggregate.function));
            }
            _ => {}
        }
        if part.of.oid >= FIRST {
            found.push(Address::of(Class::Type, part.of.oid));
        }
    });
}

impl SetTree {
    /// Calls a function with each query, from the left.
    pub fn visit(&self, see: &mut dyn FnMut(&Query)) {
        match self {
            Self::Leaf(query) => see(query),
            Self::Node { left, right, .. } => {
                left.visit(see);
                right.visit(see);
            }
        }
    }
}

impl Window {
    /// Returns the expressions inside.
    pub fn parts(&self) -> impl Iterator<Item = &Expression> {
        self.partition.iter().chain(self.order.iter().map(|sort| &sort.value))
    }
}

impl Aggregate {
    /// Returns the expressions inside, in order.
    pub fn parts(&self) -> Vec<&Expression> {
        let mut parts: Vec<&Expression> = self.arguments.iter().collect();
        parts.extend(self.order.iter().map(|sort| &sort.value));
        parts.extend(&self.filter);
        if let Some(Over::Window(window)) = &self.over {
            parts.extend(window.parts());
        }
        parts
    }

    /// Returns the expressions inside, in order, to be changed.
    pub fn parts_mut(&mut self) -> Vec<&mut Expression> {
        let mut parts: Vec<&mut Expression> = self.arguments.iter_mut().collect();
        parts.extend(self.order.iter_mut().map(|sort| &mut sort.value));
        parts.extend(&mut self.filter);
        if let Some(Over::Window(window)) = &mut self.over {
            parts.extend(window.partition.iter_mut());
            parts.extend(window.order.iter_mut().map(|sort| &mut sort.value));
        }
        parts
    }
}
