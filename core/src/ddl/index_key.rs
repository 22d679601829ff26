//! The parts of the key of an index: what they are made of, their collation, operator class and order.

use std::sync::Arc;

use super::collation::Derived;
use super::index::bare;
use super::storage::Storage;
use super::syntax::{name, part, qualified};
use super::{Play, Stop, refused, unknown};
use crate::catalog::expression::{Node, Value};
use crate::catalog::types::is_collatable;
use crate::catalog::{
    AccessMethod, Formula, IndexKey, KeyClass, KeyOf, Oid, OperatorClass, QualifiedName, Refusal, Relation, SqlState,
    Type,
};
use crate::expression::{Place, folds};
use crate::sql::{ast, tree};

/// A part of a key as it is written, with what it is made of.
pub(super) struct WrittenKey {
    pub(super) of: KeyOf,
    /// What the column of the index is called.
    pub(super) word: String,
    /// The collation inside the parentheses of a column, `(a COLLATE "C")`.
    inside: Option<Oid>,
    collation: Option<ast::Collate>,
    class: Option<QualifiedName>,
    options: Option<ast::AttributeList>,
    descending: Option<bool>,
    nulls_first: Option<bool>,
}

impl WrittenKey {
    /// Returns the type of its values.
    pub(super) fn value(&self, relation: &Relation) -> Result<Oid, Stop> {
        match &self.of {
            KeyOf::Column(number) => Ok(part(relation.numbered(*number))?.of.oid),
            KeyOf::Expression(formula) => Ok(formula.tree.of.oid),
        }
    }
}

/// What a part of a key is, before columns are looked for: Postgres reads all expressions first.
pub(super) enum ReadKey {
    Column(String),
    Expression(Result<Formula, Refusal>, Option<String>),
}

impl Play<'_> {
    /// Reads an expression of an index. That its value changes is said only later; `transformIndexStmt`.
    fn index_expression(
        &self,
        written: &str,
        relation: &Relation,
        place: Place,
    ) -> Result<Result<Formula, Refusal>, Stop> {
        match self.formula(written, relation, place) {
            Ok(formula) => {
                folds(&self.catalog, &formula.tree)?;
                Ok(Ok(formula))
            }
            Err(Stop::Refused(refusal)) if refusal.sqlstate == SqlState::INVALID_OBJECT_DEFINITION => Ok(Err(refusal)),
            Err(stop) => Err(stop),
        }
    }

    /// Reads the condition under which an index holds a row; none where that is the word `true`, of which Postgres makes
    /// an index of all rows.
    pub(super) fn index_predicate(
        &self,
        written: Option<&str>,
        relation: &Relation,
    ) -> Result<Result<Option<Formula>, Refusal>, Stop> {
        let Some(written) = written else { return Ok(Ok(None)) };
        let says_more = |formula: &Formula| !matches!(&formula.tree.node, Node::Constant(Value::Text(text)) if text.starts_with(['t', 'T']));
        let read = self.index_expression(written, relation, Place::IndexPredicate)?;
        Ok(read.map(|formula| Some(formula).filter(says_more)))
    }

    /// Reads a part of a key as far as the statement is analyzed before anything else is done.
    pub(super) fn read_key(&self, expression: ast::Expr, relation: &Relation) -> Result<ReadKey, Stop> {
        if let ast::Expr::NameRef(reference) = expression {
            return Ok(ReadKey::Column(name(Some(reference))?));
        }
        let written = tree::text(&bare(expression));
        let formula = self.index_expression(&written, relation, Place::IndexKey)?;
        Ok(ReadKey::Expression(formula, tree::column_name(&written)))
    }

    /// Returns what a part of a key is made of, and nothing else of it.
    pub(super) fn key_column(&self, read: ReadKey, relation: &Relation) -> Result<WrittenKey, Stop> {
        let mut inside = None;
        let (of, word) = match read {
            ReadKey::Column(column) => (KeyOf::Column(self.number(relation, &column)?), Some(column)),
            ReadKey::Expression(formula, word) => {
                let formula = formula?;
                let mut tree = &*formula.tree;
                while let Node::Collate(value, collation) = &tree.node {
                    inside = inside.or(Some(*collation));
                    tree = value;
                }
                match tree.node {
                    Node::Column { number, .. } => (KeyOf::Column(number), word),
                    _ => {
                        let tree = Arc::new(tree.clone());
                        (KeyOf::Expression(Formula { tree, ..formula }), word)
                    }
                }
            }
        };
        Ok(WrittenKey {
            of,
            word: word.unwrap_or_else(|| "expr".to_owned()),
            inside,
            collation: None,
            class: None,
            options: None,
            descending: None,
            nulls_first: None,
        })
    }

    /// Returns what is written of a part of a key, with its column.
    pub(super) fn written_key(
        &self,
        read: ReadKey,
        item: &ast::PartitionItem,
        relation: &Relation,
    ) -> Result<WrittenKey, Stop> {
        Ok(WrittenKey {
            collation: parts_of(item)?.1,
            class: item.op_class_ref().map(|class| qualified(Some(class))).transpose()?,
            options: item.attribute_list(),
            descending: item.sort_order().map(|order| tree::text(&order).eq_ignore_ascii_case("desc")),
            nulls_first: item.nulls_order().map(|order| tree::text(&order).to_ascii_lowercase().contains("first")),
            ..self.key_column(read, relation)?
        })
    }

    /// Refuses what a column beside the key cannot have.
    pub(super) fn included(&self, item: &ast::PartitionItem, relation: &Relation) -> Result<(i16, String), Stop> {
        let (expression, collation) = parts_of(item)?;
        let ast::Expr::NameRef(column) = expression else {
            return refused(SqlState::FEATURE_NOT_SUPPORTED, "expressions are not supported in included columns");
        };
        let column = name(Some(column))?;
        let number = self.number(relation, &column)?;
        let wrong = [
            (collation.is_some(), "a collation"),
            (item.op_class_ref().is_some(), "an operator class"),
            (item.sort_order().is_some(), "ASC/DESC options"),
            (item.nulls_order().is_some(), "NULLS FIRST/LAST options"),
        ];
        match wrong.into_iter().find(|(is, _)| *is) {
            Some((_, what)) => {
                let message = format!("including column does not support {what}");
                refused(SqlState::INVALID_OBJECT_DEFINITION, message)
            }
            None => Ok((number, column)),
        }
    }

    /// Returns a part of a key that an index by an access method has, with its operator class; `ComputeIndexAttrs`.
    pub(super) fn key_of(
        &self,
        written: &WrittenKey,
        relation: &Relation,
        method: AccessMethod,
    ) -> Result<(IndexKey, OperatorClass), Stop> {
        let (value, own) = match &written.of {
            KeyOf::Column(number) => {
                let column = part(relation.numbered(*number))?;
                (column.of, Derived::One(self.collation_of_column(column)))
            }
            KeyOf::Expression(formula) => (formula.tree.of, self.collation_of(&formula.tree, relation)),
        };
        let named = match &written.collation {
            Some(collate) => Some(self.collation_named(collate)?),
            None => written.inside,
        };
        if named.is_some() && !is_collatable(&self.catalog, value.oid) {
            let of = self.names.spelled(&self.catalog, value);
            let message = format!("collations are not supported by type {of}");
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        let of_value = if let Derived::One(oid) = own { Some(oid) } else { None };
        let collation = match (own, named) {
            (Derived::Several, _) => return unknown("which collation an expression has"),
            (Derived::One(own), Some(named)) if own != named => Some(named),
            _ => None,
        };
        let class = self.class_of_key(written.class.as_ref(), value, method)?;
        const PATTERNS: [&str; 3] = ["text_pattern_ops", "varchar_pattern_ops", "bpchar_pattern_ops"];
        let decides = collation.or(of_value);
        let is_pattern = method.name == "btree" && PATTERNS.contains(&class.name);
        if is_pattern && decides.is_some_and(|it| self.catalog.is_nondeterministic(it)) {
            let message =
                format!("nondeterministic collations are not supported for operator class \"{}\"", class.name);
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if !method.orders && written.descending.is_some() {
            let message = format!("access method \"{}\" does not support ASC/DESC options", method.name);
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if !method.orders && written.nulls_first.is_some() {
            let message = format!("access method \"{}\" does not support NULLS FIRST/LAST options", method.name);
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if written.options.is_some() && !class.takes_options {
            let message = format!("operator class {} has no options", class.name);
            return refused(SqlState::INVALID_PARAMETER_VALUE, message);
        }
        let options = Storage::Class(method.name, class.name).read(self.catalog.version(), written.options.clone())?;
        let is_own = self
            .catalog
            .default_operator_class(value.oid, method.name)
            .is_some_and(|own| (own.name, own.schema, own.input) == (class.name, class.schema, class.input));
        let kept = (!is_own || !options.is_empty()).then(|| KeyClass {
            name: class.name.into(),
            schema: class.schema,
            options,
        });
        let descending = written.descending == Some(true);
        let nulls_first = written.nulls_first.unwrap_or(descending);
        Ok((IndexKey { of: written.of.clone(), collation, class: kept, descending, nulls_first }, class))
    }

    /// Returns the operator class that is named, or that of the type; `ResolveOpClass`.
    fn class_of_key(
        &self,
        named: Option<&QualifiedName>,
        of: Type,
        method: AccessMethod,
    ) -> Result<OperatorClass, Stop> {
        let Some(named) = named else { return self.own_class(of, method.name) };
        if let Some(schema) = named.schema.as_deref().filter(|schema| self.catalog.schema(schema).is_none()) {
            return refused(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{schema}\" does not exist"));
        }
        let Some(class) = self.catalog.operator_class(&self.names, method.name, named) else {
            let message =
                format!("operator class \"{}\" does not exist for access method \"{}\"", named.name, method.name);
            return refused(SqlState::UNDEFINED_OBJECT, message);
        };
        if !self.catalog.takes(&class, of.oid) {
            let of = self.names.spelled(&self.catalog, of);
            let message = format!("operator class \"{}\" does not accept data type {of}", named.name);
            return refused(SqlState::DATATYPE_MISMATCH, message);
        }
        Ok(class)
    }

    /// Returns the operator class that is taken for a type where none is named.
    pub(super) fn own_class(&self, of: Type, method: &str) -> Result<OperatorClass, Stop> {
        match self.catalog.default_operator_class(of.oid, method) {
            Some(class) => Ok(class),
            None => {
                let of = self.names.spelled(&self.catalog, Type { modifier: -1, ..of });
                let message = format!("data type {of} has no default operator class for access method \"{method}\"");
                refused(SqlState::UNDEFINED_OBJECT, message)
            }
        }
    }

    /// Refuses types that have no default operator class for btree.
    pub(super) fn can_be_sorted(&self, of: Type) -> Result<(), Stop> {
        self.own_class(of, "btree").map(|_| ())
    }

    /// Returns the number of the column of a name.
    pub(super) fn number(&self, relation: &Relation, name: &str) -> Result<i16, Stop> {
        match relation.column(name) {
            Some(column) => Ok(column.number),
            None if super::column::may_be_named(name).is_err() => {
                refused(SqlState::FEATURE_NOT_SUPPORTED, "index creation on system columns is not supported")
            }
            None => refused(SqlState::UNDEFINED_COLUMN, format!("column \"{name}\" does not exist")),
        }
    }
}

/// Returns what a part of a key is made of, and the collation behind it.
pub(super) fn parts_of(item: &ast::PartitionItem) -> Result<(ast::Expr, Option<ast::Collate>), Stop> {
    Ok(match part(item.expr())? {
        ast::Expr::Collate(collate) => (part(collate.expr())?, Some(collate)),
        other => (other, item.collate()),
    })
}

impl IndexKey {
    /// Returns a part of a key with nothing but what it is made of.
    pub(super) fn plain(of: KeyOf) -> Self {
        Self { of, collation: None, class: None, descending: false, nulls_first: false }
    }
}
