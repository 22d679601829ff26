//! Owners and privileges. The catalog keeps neither: what counts is whether the statement runs.

use super::syntax::part;
use super::{Stop, unknown};
use crate::ddl::Play;
use crate::sql::ast;

impl Play<'_> {
    /// Gives an object to a role.
    pub(super) fn own(&self, role: Option<ast::RoleRef>) -> Result<(), Stop> {
        match part(part(role)?.role_ref_value())? {
            ast::RoleRefValue::RoleRefCurrentRole(_)
            | ast::RoleRefValue::RoleRefCurrentUser(_)
            | ast::RoleRefValue::RoleRefSessionUser(_) => Ok(()),
            ast::RoleRefValue::RoleNameRef(_) => unknown("whether there is such a role"),
        }
    }
}
