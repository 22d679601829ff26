//! `CREATE DOMAIN`, `ALTER DOMAIN`

use super::constraint::{Options, given_name};
use super::syntax::{behavior, name, part, qualified, type_name};
use super::{LockMode, Play, Stop, refused, unknown};
use crate::catalog::{
    Address, Class, Constraint, ConstraintKind, Dependence, Domain, Oid, Refusal, Relation, RelationKind, Rows,
    SqlState, UserType, UserTypeKind, naming, schema_named,
};
use crate::ddl::column::is_null;
use crate::expression::Place;
use crate::sql::{ast, tree};

impl Play<'_> {
    pub(super) fn create_domain(&mut self, tree: &ast::CreateDomain) -> Result<(), Stop> {
        let written = qualified(tree.domain())?;
        let schema = self.names.creation(&self.catalog, &written)?;
        self.type_name_is_free(schema, &written.name)?;
        let base = self.names.data_type(&self.catalog, &type_name(tree.ty())?)?;
        if base.is_pseudo() {
            return refused(SqlState::DATATYPE_MISMATCH, "this is not a valid base type for a domain");
        }
        if let Some(UserTypeKind::Row(_)) = self.catalog.user_type(base.oid).map(|found| &found.kind) {
            return unknown("a domain over a composite type");
        }
        let mut domain = Domain { base, not_null: false, default: None, collation: None, constraints: Vec::new() };
        let mut checks = Vec::new();
        let (mut said_null, mut said_not_null) = (false, false);
        // One over another domain begins with its default.
        let below = self.catalog.user_type(base.oid).filter(|found| found.oid == base.oid);
        if let Some(UserTypeKind::Domain(below)) = below.map(|found| &found.kind) {
            domain.default.clone_from(&below.default);
        }
        let mut said_default = false;
        for qualifier in tree.domain_qualifiers() {
            let constraint = match qualifier {
                ast::DomainQualifier::Collate(collate) => {
                    domain.collation = self.collation(&collate, base)?;
                    continue;
                }
                ast::DomainQualifier::Constraint(constraint) => constraint,
            };
            match constraint {
                ast::Constraint::NotNullConstraint(_) => {
                    if said_null {
                        return refused(SqlState::SYNTAX_ERROR, "conflicting NULL/NOT NULL constraints");
                    }
                    (said_not_null, domain.not_null) = (true, true);
                }
                ast::Constraint::NullConstraint(_) => {
                    if said_not_null {
                        return refused(SqlState::SYNTAX_ERROR, "conflicting NULL/NOT NULL constraints");
                    }
                    said_null = true;
                }
                ast::Constraint::DefaultConstraint(default) => {
                    if std::mem::replace(&mut said_default, true) {
                        return refused(SqlState::SYNTAX_ERROR, "multiple default expressions");
                    }
                    let written = tree::text(&part(default.expr())?);
                    let formula = self.formula_of_domain(&written, None, Place::Default(base))?;
                    domain.default = (!is_null(&formula)).then_some(formula);
                }
                ast::Constraint::CheckConstraint(check) => checks.push(check),
                ast::Constraint::UniqueConstraint(_) => {
                    return refused(SqlState::SYNTAX_ERROR, "unique constraints not possible for domains");
                }
                ast::Constraint::PrimaryKeyConstraint(_) => {
                    return refused(SqlState::SYNTAX_ERROR, "primary key constraints not possible for domains");
                }
                _ => return unknown("this constraint of a domain"),
            }
        }
        let (oid, array) = (self.catalog.allocate(), self.catalog.allocate());
        let name = written.name.as_str();
        self.catalog.add_type(UserType { oid, schema, name: name.into(), array, kind: UserTypeKind::Domain(domain) });
        for check in checks {
            self.add_domain_check(oid, &check)?;
        }
        Ok(())
    }

    pub(super) fn alter_domain(&mut self, tree: &ast::AlterDomain) -> Result<(), Stop> {
        use ast::AlterDomainAction as A;
        let written = qualified(tree.domain_ref())?;
        let oid = self.type_named(&written)?;
        let Some(UserTypeKind::Domain(domain)) = self.catalog.user_type(oid).map(|found| found.kind.clone()) else {
            return refused(SqlState::WRONG_OBJECT_TYPE, format!("\"{}\" is not a domain", written.name));
        };
        match part(tree.action())? {
            A::SetDefault(action) => {
                let written = tree::text(&part(action.expr())?);
                let default = self.formula_of_domain(&written, None, Place::Default(domain.base))?;
                self.change_domain(oid, |domain| domain.default = (!is_null(&default)).then_some(default))
            }
            A::DropDefault(_) => self.change_domain(oid, |domain| domain.default = None),
            A::SetNotNull(_) => {
                if !domain.not_null {
                    self.recheck_users(oid, SqlState::NOT_NULL_VIOLATION)?;
                }
                self.change_domain(oid, |domain| domain.not_null = true)
            }
            A::DropNotNull(_) => self.change_domain(oid, |domain| domain.not_null = false),
            A::AddConstraint(action) => match part(action.constraint())? {
                ast::Constraint::CheckConstraint(check) => {
                    let not_valid = self.add_domain_check(oid, &check)?;
                    if !not_valid {
                        // It is made ready to run, be there rows or not.
                        self.check_of_domain_folds(oid)?;
                        self.recheck_users(oid, SqlState::CHECK_VIOLATION)?;
                    }
                    Ok(())
                }
                _ => unknown("this constraint of a domain"),
            },
            A::DropConstraint(action) => {
                let constraint = name(action.constraint_name_ref())?;
                let found = self.catalog.constraints_of(oid).into_iter().find(|it| *it.name == *constraint);
                match found.map(|found| found.oid) {
                    Some(found) => {
                        self.drop_objects(&[Address::of(Class::Constraint, found)], behavior(action.drop_behavior()))
                    }
                    None if action.if_exists().is_some() => Ok(()),
                    None => self.no_such_constraint(oid, &constraint),
                }
            }
            A::RenameConstraint(action) => {
                let (from, to) = (name(action.constraint_name_ref())?, name(action.constraint_name())?);
                let found = self.catalog.constraints_of(oid).into_iter().find(|it| *it.name == *from);
                match found.map(|found| found.oid) {
                    Some(found) => self.rename_constraint_to(found, &to),
                    None => {
                        let message = format!("constraint \"{from}\" for domain {} does not exist", written.name);
                        refused(SqlState::UNDEFINED_OBJECT, message)
                    }
                }
            }
            A::ValidateConstraint(action) => {
                let constraint = name(action.constraint_name_ref())?;
                let found = self.catalog.constraints_of(oid).into_iter().find(|it| *it.name == *constraint);
                let Some(found) = found.map(|found| found.oid) else {
                    return self.no_such_constraint(oid, &constraint);
                };
                self.recheck_users(oid, SqlState::CHECK_VIOLATION)?;
                if let Some(found) = self.catalog.constraint_mut(found) {
                    found.validated = true;
                }
                Ok(())
            }
            A::DomainRenameTo(action) => self.rename_type(oid, &name(action.domain())?),
            A::SetSchema(action) => self.set_schema_of_type(oid, &name(action.schema_ref())?),
            A::OwnerTo(to) => self.own(to.role_ref()),
        }
    }

    /// Refuses a new check whose constant parts cannot be computed.
    fn check_of_domain_folds(&self, domain: Oid) -> Result<(), Stop> {
        let newest = self.catalog.constraints_of(domain).into_iter().max_by_key(|it| it.oid);
        match newest.map(|it| &it.kind) {
            Some(ConstraintKind::Check(formula)) => Ok(crate::expression::folds(&self.catalog, &formula.tree)?),
            _ => Ok(()),
        }
    }

    fn no_such_constraint(&self, domain: Oid, constraint: &str) -> Result<(), Stop> {
        let domain = self.catalog.user_type(domain).map(|found| found.name.to_string()).unwrap_or_default();
        let message = format!("constraint \"{constraint}\" of domain \"{domain}\" does not exist");
        refused(SqlState::UNDEFINED_OBJECT, message)
    }

    fn change_domain(&mut self, oid: Oid, change: impl FnOnce(&mut Domain)) -> Result<(), Stop> {
        if let Some(UserTypeKind::Domain(domain)) = self.catalog.user_type_mut(oid).map(|found| &mut found.kind) {
            change(domain);
        }
        Ok(())
    }

    /// The rows of every table with a column of the domain, or of one over it, are read; `get_rels_with_domain`.
    fn recheck_users(&mut self, domain: Oid, state: SqlState) -> Result<(), Stop> {
        let found = part(self.catalog.user_type(domain))?;
        let (array, name) = (found.array, found.name.clone());
        let inside = |relation: &Relation| {
            let is_stored = relation.is_table() || matches!(relation.kind, RelationKind::MaterializedView(_));
            is_stored && relation.live().any(|column| column.of.oid == array)
        };
        if let Some(holder) = self.catalog.relations().find(|relation| inside(relation)) {
            let message = format!("cannot alter type \"{name}\" because a column of \"{}\" uses it", holder.name);
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        let of_others = |relation: &&Relation| {
            matches!(relation.kind, RelationKind::Composite)
                && relation.live().any(|column| [domain, array].contains(&column.of.oid))
        };
        if self.catalog.relations().any(|relation| of_others(&relation)) {
            return unknown("a domain inside of a composite type");
        }
        let users: Vec<(Oid, Rows)> = self
            .catalog
            .relations()
            .filter(|relation| relation.is_table() && relation.live().any(|column| column.of.oid == domain))
            .map(|relation| (relation.oid, relation.rows))
            .collect();
        for (table, rows) in users {
            self.lock(table, LockMode::Share);
            self.ledger.scan(table);
            if rows == Rows::Perhaps {
                let message = "a column contains values that violate the new constraint";
                self.ledger.may_raise.push((Refusal::new(state, message), table));
            }
        }
        let is_over = |kind: &UserTypeKind| matches!(kind, UserTypeKind::Domain(it) if it.base.oid == domain);
        let above: Vec<Oid> =
            self.catalog.user_types().filter(|found| is_over(&found.kind)).map(|found| found.oid).collect();
        above.into_iter().try_for_each(|above| self.recheck_users(above, state))
    }

    /// Adds a check to a domain; returns whether its values are left alone.
    fn add_domain_check(&mut self, domain: Oid, check: &ast::CheckConstraint) -> Result<bool, Stop> {
        let options = Options::read(check.constraint_options())?;
        if options.enforced.is_some() {
            return unknown("whether a domain enforces a check");
        }
        let base = match self.catalog.user_type(domain).map(|found| &found.kind) {
            Some(UserTypeKind::Domain(domain)) => domain.base,
            _ => return unknown("a domain that is none"),
        };
        let formula = self.formula_of_domain(&tree::text(&part(check.expr())?), Some(base), Place::Check)?;
        let found = part(self.catalog.user_type(domain))?;
        let (schema, domain_name) = (found.schema, found.name.clone());
        let name = match given_name(check.constraint_name_clause())? {
            Some(name) => {
                if self.catalog.constraints_of(domain).iter().any(|other| *other.name == *name) {
                    let message = format!("constraint \"{name}\" for domain \"{domain_name}\" already exists");
                    return refused(SqlState::DUPLICATE_OBJECT, message);
                }
                name
            }
            None => naming::constraint_name(&self.catalog, &domain_name, None, "check", schema, &[]),
        };
        let oid = self.catalog.allocate();
        let address = Address::of(Class::Constraint, oid);
        self.depend_on_formula(address, &formula);
        self.catalog.dependencies.add(address, Address::of(Class::Type, domain), Dependence::Auto);
        self.catalog.add_constraint(Constraint {
            oid,
            name: name.into(),
            on: domain,
            kind: ConstraintKind::Check(formula),
            deferrable: None,
            validated: !options.not_valid,
            enforced: true,
            local: true,
            inherited: 0,
            no_inherit: false,
            parent: None,
        });
        Ok(options.not_valid)
    }

    /// Gives a type another name.
    pub(super) fn rename_type(&mut self, oid: Oid, to: &str) -> Result<(), Stop> {
        let found = part(self.catalog.user_type(oid))?;
        let (schema, kind) = (found.schema, found.kind.clone());
        match kind {
            UserTypeKind::Row(relation) => {
                let composite = self.catalog.relation(relation).map(|it| it.word() == "composite type");
                if composite != Some(true) {
                    let message = format!("{to} is the row type of a table");
                    return refused(SqlState::WRONG_OBJECT_TYPE, message);
                }
                self.relation_name_is_free(schema, to)?;
                self.type_name_is_free(schema, to)?;
                self.catalog.move_relation(relation, schema, to);
            }
            _ => {
                self.type_name_is_free(schema, to)?;
                self.catalog.move_type(oid, schema, to);
            }
        }
        Ok(())
    }

    /// Puts a type into another schema.
    pub(super) fn set_schema_of_type(&mut self, oid: Oid, to: &str) -> Result<(), Stop> {
        let found = part(self.catalog.user_type(oid))?;
        let (name, old, kind) = (found.name.clone(), found.schema, found.kind.clone());
        let schema = schema_named(&self.catalog, to)?;
        let row_of = match kind {
            UserTypeKind::Row(relation) => Some(relation),
            _ => None,
        };
        if schema != old {
            self.type_name_is_free(schema, &name)?;
        }
        let is_composite = |oid: &Oid| self.catalog.relation(*oid).is_some_and(|it| it.word() == "composite type");
        if row_of.as_ref().is_some_and(|relation| !is_composite(relation)) {
            return refused(SqlState::WRONG_OBJECT_TYPE, format!("{name} is a table's row type"));
        }
        match row_of {
            _ if schema == old => {}
            Some(relation) => {
                self.relation_name_is_free(schema, &name)?;
                self.catalog.move_relation(relation, schema, &name);
            }
            None => self.catalog.move_type(oid, schema, &name),
        }
        Ok(())
    }
}
