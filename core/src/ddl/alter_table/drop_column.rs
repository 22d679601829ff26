//! `DROP COLUMN`

use super::{Reach, is_system, missing};
use crate::catalog::{Address, Oid, SqlState};
use crate::ddl::syntax::{behavior, name, part};
use crate::ddl::{Play, Stop, refused};
use crate::sql::ast;

impl Play<'_> {
    pub(super) fn drop_column(&mut self, table: Oid, action: &ast::DropColumn, reach: Reach) -> Result<(), Stop> {
        let column = name(action.column_name_ref())?;
        let relation = part(self.catalog.relation(table))?;
        if relation.column(&column).is_none() {
            if is_system(&column) {
                let message = format!("cannot drop system column \"{column}\"");
                return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
            }
            return match action.if_exists() {
                Some(_) => Ok(()),
                None => refused(SqlState::UNDEFINED_COLUMN, missing(relation, &column)),
            };
        }
        let mut gone = Vec::new();
        self.drop_column_of(table, &column, reach, false, &mut gone)?;
        self.drop_objects(&gone, behavior(action.drop_behavior()))
    }

    /// Collects a column and those of children that have it from nobody else; `ATExecDropColumn`.
    fn drop_column_of(
        &mut self,
        table: Oid,
        column: &str,
        reach: Reach,
        recursing: bool,
        gone: &mut Vec<Address>,
    ) -> Result<(), Stop> {
        let relation = part(self.catalog.relation(table))?;
        let found = part(relation.column(column))?;
        let invalid = |message: String| refused(SqlState::INVALID_TABLE_DEFINITION, message);
        if found.inherited > 0 && !recursing {
            return invalid(format!("cannot drop inherited column \"{column}\""));
        }
        let number = found.number;
        if self.in_partition_key(table, number) {
            let of = &relation.name;
            return invalid(format!(
                "cannot drop column \"{column}\" because it is part of the partition key of relation \"{of}\""
            ));
        }
        let children = self.children(table);
        if reach.only && relation.is_partitioned() && !children.is_empty() {
            let message = "cannot drop column from only the partitioned table when partitions exist";
            return invalid(message.to_owned());
        }
        for child in children {
            self.lock(child, reach.mode);
            let below = part(self.catalog.relation(child))?;
            let inherited = part(below.column(column))?;
            if !reach.only && inherited.inherited == 1 && !inherited.local {
                self.drop_column_of(child, column, reach, true, gone)?;
                continue;
            }
            let number = inherited.number;
            if let Some(inherited) = self.catalog.relation_mut(child).and_then(|it| it.numbered_mut(number)) {
                inherited.inherited = inherited.inherited.saturating_sub(1);
                inherited.local |= reach.only;
            }
        }
        gone.push(Address::column(table, number));
        Ok(())
    }
}
