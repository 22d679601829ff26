//! `CREATE TABLE`

use super::column::NewColumn;
use super::constraint::Wanted;
use super::enum_type::blank;
use super::key;
use super::sequence::persistence;
use super::syntax::{none, options, part, qualified};
use super::{Play, Stop, unknown};
use crate::catalog::{Oid, PartitionKey, Persistence, RelationKind, Space, TEMPORARY};
use crate::sql::ast::{self, AstNode};

impl Play<'_> {
    pub(super) fn create_table(&mut self, tree: &ast::CreateTable) -> Result<(), Stop> {
        none(tree.partition_of(), "PARTITION OF")?;
        none(tree.of_type(), "OF a type")?;
        none(tree.inherits(), "INHERITS")?;
        none(tree.using_method(), "USING an access method")?;
        none(tree.tablespace_clause(), "a tablespace")?;
        let written = qualified(tree.table_name())?;
        let persistence = persistence(tree.persistence());
        let schema = if persistence == Persistence::Temporary {
            none(written.schema.as_ref(), "the schema of a temporary table")?;
            TEMPORARY
        } else {
            none(tree.on_commit(), "ON COMMIT of a table that stays")?;
            self.names.creation(&self.catalog, &written)?
        };
        let exists = self.catalog.named(Space::Relation, schema, &written.name).is_some();
        if exists && tree.if_not_exists().is_some() {
            return Ok(());
        }
        let (columns, wanted) = self.read_parts(tree.table_arg_list())?;
        let keys = key::in_order(wanted.keys);
        self.check_keys(&keys, &written.name, false, |name| columns.iter().any(|column| column.name == name))?;

        let mut table = blank(self.catalog.allocate(), schema, &written.name, RelationKind::Table, Vec::new());
        table.persistence = persistence;
        // Sequences are made before the table that needs them.
        let sequences: Vec<Option<Oid>> =
            columns.iter().map(|column| self.make_sequence_for(&table, column)).collect::<Result<_, _>>()?;
        table.columns = self.columns_of(&columns)?;
        table.options = match tree.table_params() {
            Some(ast::TableParams::WithParams(with)) => options(with.attribute_list())?,
            _ => Vec::new(),
        };
        if let Some(partition_by) = tree.partition_by() {
            table.kind = RelationKind::Partitioned(self.partition_key(&partition_by, &table)?);
        }
        self.relation_name_is_free(schema, &written.name)?;
        self.type_name_is_free(schema, &written.name)?;
        let oid = self.catalog.add_relation(table);
        for (at, (column, sequence)) in columns.iter().zip(sequences).enumerate() {
            let number = i16::try_from(at + 1).map_err(|_| Stop::unknown("too many columns"))?;
            self.finish_column(oid, number, column, sequence)?;
        }
        self.add_checks(oid, &wanted.checks, false)?;
        for key in &keys {
            self.add_key(oid, key)?;
        }
        for foreign in &wanted.foreign_keys {
            self.add_foreign_key(oid, foreign, true)?;
        }
        Ok(())
    }

    /// Reads what stands in the parentheses.
    fn read_parts(&self, list: Option<ast::TableArgList>) -> Result<(Vec<NewColumn>, Wanted), Stop> {
        let (mut columns, mut wanted) = (Vec::new(), Wanted::default());
        for argument in list.iter().flat_map(ast::TableArgList::args) {
            match argument {
                ast::TableArg::Column(column) => columns.push(self.read_column(&column, &mut wanted)?),
                ast::TableArg::TableConstraint(constraint) => {
                    let constraint = part(ast::Constraint::cast(constraint.syntax().clone()))?;
                    wanted.read(constraint, None)?;
                }
                ast::TableArg::LikeClause(_) => return unknown("LIKE is outside the model"),
            }
        }
        Ok((columns, wanted))
    }

    fn partition_key(&self, _by: &ast::PartitionBy, _table: &crate::catalog::Relation) -> Result<PartitionKey, Stop> {
        unknown("PARTITION BY is outside the model")
    }
}
