//! `CREATE EXTENSION`, `ALTER EXTENSION`, `DROP EXTENSION`

use super::syntax::{behavior, name, part};
use super::{Play, Stop, refused, unknown};
use crate::catalog::function::Kind;
use crate::catalog::{
    Address, Body, Class, Dependence, Extension, Mode, Oid, Parallel, Parameter, Refusal, Routine, SqlState, UserType,
    UserTypeKind, functions_of, schema_named,
};
use crate::sql::ast;

/// Extensions that come with Postgres, with those that they stand on.
const CONTRIB: [(&str, &str); 34] = [
    ("amcheck", ""),
    ("autoinc", ""),
    ("bloom", ""),
    ("btree_gin", ""),
    ("btree_gist", ""),
    ("citext", ""),
    ("cube", ""),
    ("dblink", ""),
    ("dict_int", ""),
    ("dict_xsyn", ""),
    ("earthdistance", "cube"),
    ("file_fdw", ""),
    ("fuzzystrmatch", ""),
    ("hstore", ""),
    ("insert_username", ""),
    ("intarray", ""),
    ("isn", ""),
    ("lo", ""),
    ("ltree", ""),
    ("moddatetime", ""),
    ("pg_buffercache", ""),
    ("pg_freespacemap", ""),
    ("pg_prewarm", ""),
    ("pg_stat_statements", ""),
    ("pg_trgm", ""),
    ("pgcrypto", ""),
    ("pgrowlocks", ""),
    ("pgstattuple", ""),
    ("postgres_fdw", ""),
    ("seg", ""),
    ("tablefunc", ""),
    ("tcn", ""),
    ("unaccent", ""),
    ("uuid-ossp", ""),
];

/// The types that they bring; the rest bring none.
const TYPES: [(&str, &[&str]); 13] = [
    ("btree_gist", &["gbtreekey4", "gbtreekey8", "gbtreekey16", "gbtreekey32", "gbtreekey_var", "gbtreekey2"]),
    ("citext", &["citext"]),
    ("cube", &["cube"]),
    ("dblink", &["dblink_pkey_results"]),
    ("earthdistance", &["earth"]),
    ("hstore", &["hstore", "ghstore"]),
    ("intarray", &["query_int", "intbig_gkey"]),
    ("isn", &["ean13", "isbn13", "ismn13", "issn13", "isbn", "ismn", "issn", "upc"]),
    ("lo", &["lo"]),
    ("ltree", &["ltree", "lquery", "ltxtquery", "ltree_gist"]),
    ("pg_trgm", &["gtrgm"]),
    ("seg", &["seg"]),
    ("tablefunc", &["tablefunc_crosstab_2", "tablefunc_crosstab_3", "tablefunc_crosstab_4"]),
];

impl Play<'_> {
    pub(super) fn create_extension(&mut self, tree: &ast::CreateExtension) -> Result<(), Stop> {
        let written = name(tree.extension())?;
        if written == "plpgsql" || self.catalog.extension(&written).is_some() {
            if tree.if_not_exists().is_some() {
                return Ok(());
            }
            return refused(SqlState::DUPLICATE_OBJECT, format!("extension \"{written}\" already exists"));
        }
        let Some((_, required)) = CONTRIB.into_iter().find(|(known, _)| *known == written) else {
            return unknown("what this extension brings, and whether the server has it");
        };
        if tree.extension_version_clause().is_some() {
            return unknown("the version of an extension");
        }
        let schema = match tree.extension_schema() {
            Some(schema) => schema_named(&self.catalog, &name(schema.schema_ref())?)?,
            None => self
                .names
                .creation(&self.catalog, &crate::catalog::QualifiedName { schema: None, name: written.clone() })?,
        };
        let mut on = None;
        if !required.is_empty() {
            on = self.catalog.extension(required).map(|it| it.oid);
            if on.is_none() && tree.cascade_token().is_none() {
                let message = format!("required extension \"{required}\" is not installed");
                return refused(SqlState::UNDEFINED_OBJECT, message);
            }
            if on.is_none() {
                on = Some(self.add_extension(required, schema)?);
            }
        }
        let oid = self.add_extension(&written, schema)?;
        if let Some(on) = on {
            let (new, on) = (Address::of(Class::Extension, oid), Address::of(Class::Extension, on));
            self.catalog.dependencies.add(new, on, Dependence::Normal);
        }
        Ok(())
    }

    /// Adds an extension with its types, and with its functions where those are listed.
    fn add_extension(&mut self, name: &str, schema: Oid) -> Result<Oid, Stop> {
        let oid = self.catalog.allocate();
        let (new, lies_in) = (Address::of(Class::Extension, oid), Address::of(Class::Schema, schema));
        self.catalog.dependencies.add(new, lies_in, Dependence::Normal);
        self.catalog.add_extension(Extension { oid, name: name.into(), schema });
        let types = TYPES.into_iter().find(|(of, _)| *of == name).map(|(_, types)| types);
        for brought in types.unwrap_or_default() {
            self.type_name_is_free(schema, brought)?;
            let (of, array) = (self.catalog.allocate(), self.catalog.allocate());
            let kind = UserTypeKind::Base;
            self.catalog.add_type(UserType { oid: of, schema, name: (*brought).into(), array, kind });
            self.catalog.dependencies.add(Address::of(Class::Type, of), new, Dependence::Extension);
        }
        for brought in functions_of(name).unwrap_or_default() {
            if self.catalog.routine_taking(schema, brought.name, &brought.arguments).is_some() {
                let message = format!("function \"{}\" already exists with same argument types", brought.name);
                return refused(SqlState::DUPLICATE_FUNCTION, message);
            }
            let function = self.catalog.allocate();
            let input = |of: &Oid| Parameter { mode: Mode::In, name: None, of: *of, default: None };
            self.catalog.set_routine(Routine {
                oid: function,
                schema,
                name: brought.name.into(),
                kind: Kind::Function,
                parameters: brought.arguments.iter().map(input).collect(),
                result: brought.result,
                returns_set: brought.returns_set,
                language: "c".into(),
                body: Body::Object("".into(), "".into()),
                volatility: brought.volatility,
                parallel: Parallel::Safe,
                strict: brought.strict,
                security_definer: false,
                leakproof: false,
                cost: None,
                rows: None,
                settings: Vec::new(),
            });
            self.catalog.dependencies.add(Address::of(Class::Routine, function), new, Dependence::Extension);
        }
        Ok(oid)
    }

    /// Returns an error for a function that is not found: one of an extension may have that name.
    pub(super) fn no_function(&self, message: String) -> Stop {
        if self.catalog.has_unlisted_extension() {
            return Stop::unknown("a function that an extension may bring");
        }
        Stop::Refused(Refusal::new(SqlState::UNDEFINED_FUNCTION, message))
    }

    pub(super) fn drop_extension(&mut self, tree: &ast::DropExtension) -> Result<(), Stop> {
        let mut gone = Vec::new();
        for extension in tree.extension_refs() {
            let written = name(Some(extension))?;
            if written == "plpgsql" {
                return unknown("PL/pgSQL is dropped");
            }
            match self.catalog.extension(&written) {
                Some(found) => gone.push(Address::of(Class::Extension, found.oid)),
                None if tree.if_exists().is_some() => {}
                None => {
                    let message = format!("extension \"{written}\" does not exist");
                    return refused(SqlState::UNDEFINED_OBJECT, message);
                }
            }
        }
        self.drop_objects(&gone, behavior(tree.drop_behavior()))
    }

    pub(super) fn alter_extension(&mut self, tree: &ast::AlterExtension) -> Result<(), Stop> {
        let written = name(tree.extension_ref())?;
        if self.catalog.extension(&written).is_none() && written != "plpgsql" {
            return refused(SqlState::UNDEFINED_OBJECT, format!("extension \"{written}\" does not exist"));
        }
        match part(tree.action())? {
            // To the version that the server has as the newest.
            ast::AlterExtensionAction::AlterExtensionUpdate(update) if update.update_to().is_none() => Ok(()),
            _ => unknown("this form of ALTER EXTENSION"),
        }
    }

    /// Returns the extension that COMMENT ON names.
    pub(super) fn commented_extension(&self, on: &ast::ObjectExtension) -> Result<Address, Stop> {
        let written = name(on.extension_ref())?;
        match self.catalog.extension(&written) {
            Some(found) => Ok(Address::of(Class::Extension, found.oid)),
            None if written == "plpgsql" => unknown("a comment on PL/pgSQL"),
            None => refused(SqlState::UNDEFINED_OBJECT, format!("extension \"{written}\" does not exist")),
        }
    }
}
