//! `ALTER COLUMN … SET EXPRESSION`: a generated column is generated from something else.

use super::Reach;
use super::fitting::always_fits;
use super::rebuild::Rebuild;
use crate::catalog::{Address, Class, ConstraintKind, Oid, Refusal, Rows, SqlState};
use crate::ddl::column::Computed;
use crate::ddl::syntax::{name, part};
use crate::ddl::{Play, Stop, refused};
use crate::sql::ast::{AlterColumnOption, AlterTableAction};
use crate::sql::tree;

impl Play<'_> {
    pub(super) fn set_expression(
        &mut self,
        table: Oid,
        action: &AlterTableAction,
        reach: Reach,
        rebuild: &mut Rebuild,
    ) -> Result<(), Stop> {
        let AlterTableAction::AlterColumn(action) = action else { return Ok(()) };
        let Some(AlterColumnOption::SetExpression(option)) = action.option() else { return Ok(()) };
        let (column, written) = (name(action.column_name_ref())?, tree::text(&part(option.expr())?));
        let all = self.reached(table, reach);
        let are_many = all.len() > 1;
        for oid in all {
            self.set_expression_of(oid, &column, &written, are_many, rebuild)?;
        }
        Ok(())
    }

    /// `ATExecSetExpression`
    fn set_expression_of(
        &mut self,
        table: Oid,
        column: &str,
        written: &str,
        are_many: bool,
        rebuild: &mut Rebuild,
    ) -> Result<(), Stop> {
        let number = self.column_number(table, column)?;
        let relation = part(self.catalog.relation(table))?;
        let (rows, is_partitioned) = (relation.rows, relation.is_partitioned());
        let found = part(relation.numbered(number))?;
        let not_null = found.not_null;
        let Some((old, computed)) = found.default.as_ref().and_then(|it| Some((it.oid, it.computed()?))) else {
            let message = format!("column \"{column}\" of relation \"{}\" is not a generated column", relation.name);
            return refused(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE, message);
        };
        let is_check = |kind: &ConstraintKind| matches!(kind, ConstraintKind::Check(_));
        if computed == Computed::Virtual && self.catalog.constraints_of(table).iter().any(|it| is_check(&it.kind)) {
            let message = "ALTER TABLE / SET EXPRESSION is not supported for virtual generated columns in tables with \
                           check constraints";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let writes = computed == Computed::Stored && !is_partitioned;
        if computed == Computed::Stored {
            let is_one_of_many = are_many || is_partitioned || relation.is_partition();
            rebuild.collect(self, table, number, is_one_of_many)?;
        }
        self.catalog.forget(Address::of(Class::Default, old));
        self.forget_generation(table, number);
        self.make_default(table, number, written, Some(computed))?;
        if !is_partitioned {
            self.ledger.new_values.push(table);
        }
        if writes {
            rebuild.rewritten.push(table);
            self.ledger.rewrite(table);
        }
        let looks = !is_partitioned && (writes || not_null);
        if looks {
            self.ledger.scan(table);
        }
        if looks && rows == Rows::Perhaps {
            let formula = part(self.catalog.relation(table))?.numbered(number).and_then(|it| it.default.as_ref());
            if formula.is_some_and(|default| !always_fits(&default.formula.tree)) {
                let message = "a value cannot be computed, or does not fit the column";
                for state in ["22003", "22001", "22012", "22P02", "22007", "22008", "23514"] {
                    self.ledger.may_raise.push((Refusal::new(SqlState(state), message), table));
                }
            }
            if not_null {
                let message = format!("column \"{column}\" gets null values");
                self.ledger.may_raise.push((Refusal::new(SqlState::NOT_NULL_VIOLATION, message), table));
            }
        }
        Ok(())
    }
}
