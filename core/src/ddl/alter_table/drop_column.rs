//! `DROP COLUMN`

use super::{is_system, missing};
use crate::catalog::{Address, Oid, SqlState};
use crate::ddl::syntax::{behavior, name, part};
use crate::ddl::{Play, Stop, refused};
use crate::sql::ast;

impl Play<'_> {
    pub(super) fn drop_column(&mut self, table: Oid, action: &ast::DropColumn) -> Result<(), Stop> {
        let column = name(action.column_name_ref())?;
        let relation = part(self.catalog.relation(table))?;
        let Some(number) = relation.column(&column).map(|found| found.number) else {
            if is_system(&column) {
                let message = format!("cannot drop system column \"{column}\"");
                return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
            }
            return match action.if_exists() {
                Some(_) => Ok(()),
                None => refused(SqlState::UNDEFINED_COLUMN, missing(relation, &column)),
            };
        };
        self.drop_objects(&[Address::column(table, number)], behavior(action.drop_behavior()))
    }
}
