//! `CREATE TABLE … AS`, `SELECT … INTO`

use super::enum_type::blank;
use super::sequence::persistence;
use super::storage::of_new_table;
use super::syntax::{name, none, part, qualified};
use super::{Play, Stop, refused, unknown};
use crate::catalog::{Persistence, QualifiedName, RelationKind, Rows, Space, SqlState, TEMPORARY};
use crate::expression::{folded, parts};
use crate::query::{Change, Reading};
use crate::sql::query::{self as syntax, ast as query};
use crate::sql::{ast, tree};

/// A table that holds what a query put out.
struct NewTable {
    written: QualifiedName,
    persistence: Persistence,
    names: Vec<String>,
    options: Option<ast::AttributeList>,
    if_not_exists: bool,
    filled: bool,
}

impl Play<'_> {
    pub(super) fn create_table_as(&mut self, tree: &ast::CreateTableAs) -> Result<(), Stop> {
        none(tree.using_method(), "USING an access method")?;
        none(tree.tablespace_clause(), "a tablespace")?;
        let Some(ast::CreateTableAsQuery::SelectVariant(select)) = tree.query() else {
            return unknown("CREATE TABLE AS of other than a query");
        };
        let mut names = Vec::new();
        for argument in tree.table_arg_list().iter().flat_map(ast::TableArgList::args) {
            let ast::TableArg::Column(column) = argument else { return unknown("parts of a table made of a query") };
            if column.ty().is_some() || column.clauses().next().is_some() {
                return unknown("parts of a table made of a query");
            }
            names.push(name(column.name())?);
        }
        let persistence = persistence(tree.persistence());
        if persistence != Persistence::Temporary {
            none(tree.on_commit(), "ON COMMIT of a table that stays")?;
        }
        let options = match tree.table_params() {
            Some(ast::TableParams::WithParams(with)) => with.attribute_list(),
            Some(ast::TableParams::WithoutOids(_)) | None => None,
        };
        let filled = !matches!(tree.data_option(), Some(ast::DataOption::WithNoData(_)));
        let written = qualified(tree.table_name())?;
        let reading = self.reading(&tree::text(&select), None)?;
        let if_not_exists = tree.if_not_exists().is_some();
        self.make_table_of(reading, NewTable { written, persistence, names, options, if_not_exists, filled })
    }

    pub(super) fn select_into(&mut self, tree: &ast::SelectInto) -> Result<(), Stop> {
        let mut query = syntax::query(&tree::text(tree)).map_err(|error| Stop::unknown(error.to_string()))?;
        let into = match &mut *query.body {
            query::SetExpr::Select(select) => select.into.take(),
            _ => None,
        };
        let into = part(into)?;
        let written = match into.targets.as_slice() {
            [query::Expr::Identifier(name)] => QualifiedName { schema: None, name: folded(name) },
            [query::Expr::CompoundIdentifier(names)] => match parts(&names.clone().into())?.as_slice() {
                [schema, name] => QualifiedName { schema: Some(schema.clone()), name: name.clone() },
                _ => return unknown("a name that is not read here"),
            },
            _ => return unknown("a name that is not read here"),
        };
        let persistence = match (into.temporary, into.unlogged) {
            (true, _) => Persistence::Temporary,
            (_, true) => Persistence::Unlogged,
            _ => Persistence::Permanent,
        };
        let reading = self.reading_of(&query, None)?;
        let new =
            NewTable { written, persistence, names: Vec::new(), options: None, if_not_exists: false, filled: true };
        self.make_table_of(reading, new)
    }

    fn make_table_of(&mut self, reading: Reading, new: NewTable) -> Result<(), Stop> {
        self.lock_reading(&reading);
        let Reading { query, changes } = reading;
        let written = new.written;
        let schema = match new.persistence {
            Persistence::Temporary if written.schema.is_some() => {
                return unknown("the schema of a temporary table");
            }
            Persistence::Temporary => TEMPORARY,
            _ => self.names.creation(&self.catalog, &written)?,
        };
        if new.if_not_exists && self.catalog.named(Space::Relation, schema, &written.name).is_some() {
            return Ok(());
        }
        self.relation_name_is_free(schema, &written.name)?;
        self.relation_may_be_in(schema, &written.name)?;
        let collates = |change: &Change| {
            let target = self.catalog.relation(change.target);
            target.is_some_and(|target| target.live().any(|column| column.collation.is_some()))
        };
        if changes.iter().any(collates) {
            return unknown("the collation of what a change gives back");
        }
        if new.filled {
            self.run(&query, changes)?;
        }
        if new.names.len() > query.outputs().count() {
            return refused(SqlState::SYNTAX_ERROR, "too many column names were specified");
        }
        let columns = self.columns_from(&query, &new.names)?;
        self.columns_may_be_made(&columns)?;
        let options = of_new_table(new.options, &columns, &self.catalog)?;
        self.type_name_is_free(schema, &written.name)?;
        let mut table = blank(self.catalog.allocate(), schema, &written.name, RelationKind::Table, columns);
        table.persistence = new.persistence;
        table.options = options;
        table.rows = if new.filled { Rows::Perhaps } else { Rows::None };
        self.catalog.add_relation(table);
        Ok(())
    }
}
