//! `CREATE COLLATION`, `ALTER COLLATION`, `DROP COLLATION`

use super::collation::found;
use super::definition::Definition;
use super::syntax::{behavior, name, part, qualified};
use super::{Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::collation::{C, DEFAULT, POSIX};
use crate::catalog::{
    Address, Class, Collation, Dependence, Oid, PG_CATALOG, Provider, QualifiedName, Rules, Space, SqlState,
    schema_named,
};
use crate::sql::ast;

/// The definition, as it is written.
#[derive(Default)]
struct Written {
    from: Option<QualifiedName>,
    provider: Option<String>,
    locale: Option<String>,
    order: Option<String>,
    characters: Option<String>,
    deterministic: Option<bool>,
    tailored: Option<String>,
    version: Option<String>,
}

impl Play<'_> {
    /// In the order of `DefineCollation`, for of several errors the first is raised.
    pub(super) fn create_collation(&mut self, tree: &ast::CreateCollation) -> Result<(), Stop> {
        let written = qualified(tree.collation())?;
        let schema = self.names.creation(&self.catalog, &written)?;
        if schema == PG_CATALOG {
            return unknown("a collation among those of Postgres");
        }
        let rules = match part(tree.definition())? {
            ast::CreateCollationDefinition::CollationFrom(from) => self.copied(&qualified(from.collation_ref())?)?,
            ast::CreateCollationDefinition::AttributeList(list) => self.collation_rules(list)?,
        };
        if self.catalog.named(Space::Collation, schema, &written.name).is_some() {
            if tree.if_not_exists().is_some() {
                return Ok(());
            }
            return refused(SqlState::DUPLICATE_OBJECT, format!("collation \"{}\" already exists", written.name));
        }
        let oid = self.catalog.allocate();
        self.catalog.set_collation(Collation { oid, schema, name: written.name.as_str().into(), rules });
        let (new, lies_in) = (Address::of(Class::Collation, oid), Address::of(Class::Schema, schema));
        self.catalog.dependencies.add(new, lies_in, Dependence::Normal);
        Ok(())
    }

    /// Returns the rules of another collation.
    fn copied(&self, from: &QualifiedName) -> Result<Rules, Stop> {
        let from = found(&self.catalog, &self.names, from)?;
        match self.catalog.comparing_rules_of(from) {
            Some(rules) => Ok(rules),
            None => refused(SqlState::INVALID_OBJECT_DEFINITION, "collation \"default\" cannot be copied"),
        }
    }

    fn collation_rules(&mut self, list: ast::AttributeList) -> Result<Rules, Stop> {
        let version = self.catalog.version();
        let definitions = Definition::read(Some(list))?;
        let written = read(version, &definitions)?;
        if written.locale.is_some() && (written.order.is_some() || written.characters.is_some()) {
            return refused(SqlState::SYNTAX_ERROR, "conflicting or redundant options");
        }
        if let Some(from) = &written.from {
            if definitions.len() > 1 {
                return refused(SqlState::SYNTAX_ERROR, "conflicting or redundant options");
            }
            return self.copied(from);
        }
        let wrong = |message: String| refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        let provider = match written.provider.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None | Some("libc") => Provider::Libc,
            Some("icu") => Provider::Icu,
            Some("builtin") if version >= PostgresVersion::V17 => Provider::Builtin,
            Some(other) => return wrong(format!("unrecognized collation provider: {other}")),
        };
        // Before 15 ICU has two as the C library.
        let has_two = provider == Provider::Libc || (provider == Provider::Icu && version < PostgresVersion::V15);
        let order = if has_two { written.order.or_else(|| written.locale.clone()) } else { written.locale.clone() };
        let characters = if has_two { written.characters.or(written.locale) } else { order.clone() };
        let (Some(locale), Some(characters)) = (order, characters) else {
            return wrong("parameter \"locale\" must be specified".to_owned());
        };
        let locale = self.locale(provider, locale)?;
        let deterministic = written.deterministic.unwrap_or(true);
        if !deterministic && provider != Provider::Icu {
            let message = "nondeterministic collations not supported with this provider";
            return refused(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        if written.tailored.is_some() && provider != Provider::Icu {
            return wrong("ICU rules cannot be specified unless locale provider is ICU".to_owned());
        }
        if written.version.is_some() {
            return unknown("the version of a collation");
        }
        if has_two && characters != locale {
            self.locale(provider, characters.clone())?;
        }
        let characters = (has_two && characters != locale).then(|| characters.into());
        let tailored = written.tailored.map(Into::into);
        Ok(Rules { provider, locale: locale.into(), characters, deterministic, tailored })
    }

    /// Returns a locale as the catalog keeps it; whether there is one of that name is for the server to say.
    fn locale(&mut self, provider: Provider, locale: String) -> Result<String, Stop> {
        let version = self.catalog.version();
        match provider {
            Provider::Builtin => match locale.as_str() {
                "C" => Ok(locale),
                "C.UTF-8" | "C.UTF8" => Ok("C.UTF-8".to_owned()),
                "PG_UNICODE_FAST" if version >= PostgresVersion::V18 => Ok(locale),
                _ => {
                    let message = format!("invalid locale name \"{locale}\" for builtin provider");
                    refused(SqlState::WRONG_OBJECT_TYPE, message)
                }
            },
            Provider::Libc => {
                if !["C", "POSIX"].contains(&locale.as_str()) {
                    self.ledger.locales.push(format!("the locale \"{locale}\""));
                }
                Ok(locale)
            }
            Provider::Icu => {
                if version >= PostgresVersion::V16 && !is_standard(&locale) {
                    return unknown("how ICU spells this locale");
                }
                self.ledger.locales.push(format!("ICU and its locale \"{locale}\""));
                Ok(locale)
            }
        }
    }

    pub(super) fn alter_collation(&mut self, tree: &ast::AlterCollation) -> Result<(), Stop> {
        use ast::AlterCollationAction as A;
        let written = qualified(tree.collation_ref())?;
        let action = part(tree.action())?;
        if let A::OwnerTo(to) = &action {
            self.own(to.role_ref())?;
        }
        let oid = found(&self.catalog, &self.names, &written)?;
        let Some(collation) = self.catalog.collation(oid).cloned() else {
            return unknown("a collation of Postgres's own");
        };
        match action {
            A::CollationRenameTo(to) => self.move_collation(collation, None, Some(name(to.collation())?)),
            A::SetSchema(to) => {
                let schema = schema_named(&self.catalog, &name(to.schema_ref())?)?;
                if schema == collation.schema {
                    return Ok(());
                }
                self.move_collation(collation, Some(schema), None)
            }
            A::OwnerTo(_) => Ok(()),
            A::RefreshVersion(_) => {
                if collation.rules.provider == Provider::Icu {
                    self.ledger.locales.push(format!("ICU and its locale \"{}\"", collation.rules.locale));
                }
                Ok(())
            }
        }
    }

    fn move_collation(&mut self, mut of: Collation, schema: Option<Oid>, name: Option<String>) -> Result<(), Stop> {
        let old = of.schema;
        of.schema = schema.unwrap_or(old);
        if let Some(name) = name {
            of.name = name.into();
        }
        if self.catalog.named(Space::Collation, of.schema, &of.name).is_some() {
            let message = format!("collation \"{}\" already exists in this schema", of.name);
            return refused(SqlState::DUPLICATE_OBJECT, message);
        }
        self.catalog.move_dependency(Address::of(Class::Collation, of.oid), old, of.schema);
        self.catalog.set_collation(of);
        Ok(())
    }

    pub(super) fn drop_collation(&mut self, tree: &ast::DropCollation) -> Result<(), Stop> {
        let mut named = Vec::new();
        for collation in tree.collation_refs() {
            let written = qualified(Some(collation))?;
            let oid = match found(&self.catalog, &self.names, &written) {
                Ok(oid) => oid,
                Err(Stop::Refused(_)) if tree.if_exists().is_some() => continue,
                Err(stop) => return Err(stop),
            };
            if !is_kept(oid) && self.catalog.collation(oid).is_none() {
                return unknown("a collation of Postgres's own");
            }
            if self.catalog.collation(oid).is_none() {
                let message = "cannot drop a collation that is required by the database system";
                return refused(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message);
            }
            named.push(Address::of(Class::Collation, oid));
        }
        self.drop_objects(&named, behavior(tree.drop_behavior()))
    }

    /// Returns the collation that COMMENT ON names.
    pub(super) fn commented_collation(&self, written: &QualifiedName) -> Result<Address, Stop> {
        let oid = found(&self.catalog, &self.names, written)?;
        match self.catalog.collation(oid) {
            Some(_) => Ok(Address::of(Class::Collation, oid)),
            None => unknown("a comment on a collation of Postgres's own"),
        }
    }
}

/// Returns whether Postgres keeps a collation from being dropped.
fn is_kept(oid: Oid) -> bool {
    [DEFAULT, C, POSIX].contains(&oid)
}

fn read(version: PostgresVersion, definitions: &[Definition]) -> Result<Written, Stop> {
    let mut written = Written::default();
    // Before 15 the last of a name counts.
    let once = |given: bool| match given && version >= PostgresVersion::V15 {
        true => Definition::only_once(Some(&())),
        false => Ok(()),
    };
    let mut booleans = Vec::new();
    for definition in definitions {
        let place = match definition.name.as_str() {
            "from" => {
                once(written.from.is_some())?;
                written.from = Some(definition.qualified()?);
                continue;
            }
            "deterministic" => {
                once(!booleans.is_empty())?;
                booleans.push(definition);
                continue;
            }
            "provider" => &mut written.provider,
            "locale" => &mut written.locale,
            "lc_collate" => &mut written.order,
            "lc_ctype" => &mut written.characters,
            "version" => &mut written.version,
            "rules" if version >= PostgresVersion::V16 => &mut written.tailored,
            other => {
                let message = format!("collation attribute \"{other}\" not recognized");
                return refused(SqlState::SYNTAX_ERROR, message);
            }
        };
        once(place.is_some())?;
        *place = Some(definition.text()?);
    }
    if let Some(last) = booleans.last() {
        written.deterministic = Some(last.boolean()?);
    }
    Ok(written)
}

/// Returns whether ICU spells a locale as it is written: `de-DE-u-co-phonebk`.
fn is_standard(locale: &str) -> bool {
    let mut parts = locale.split('-').peekable();
    let lower = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    let is_language = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && lower(part));
    parts.next_if(|part| part.len() == 4 && part.starts_with(|c: char| c.is_ascii_uppercase()));
    parts.next_if(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase()));
    // More than one key has an order of its own.
    let rest: Vec<&str> = parts.collect();
    let is_key = match rest.as_slice() {
        [] => true,
        ["u", key, value] => key.len() == 2 && lower(key) && lower(value) && !["yes", "true"].contains(value),
        _ => false,
    };
    is_language && is_key
}
