//! Names as statements write them, and where they are looked for.

use super::function::{self, Signature};
use super::{Catalog, Oid, PG_CATALOG, Refusal, Space, SqlState, TEMPORARY, Type};
use crate::sql::{TypeName, quote_name, quote_name_of};

/// A name with the schema that may stand before it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct QualifiedName {
    /// The schema, if one is named.
    pub schema: Option<String>,
    /// The name.
    pub name: String,
}

impl QualifiedName {
    /// Returns it as SQL writes it.
    pub fn quoted(&self) -> String {
        quote_name(self.schema.as_deref(), &self.name)
    }
}

/// The schemas in which a name without one is looked for, in order: `search_path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    path: Vec<String>,
}

impl Names {
    /// Looks in these schemas.
    pub fn of(path: Vec<String>) -> Self {
        Self { path }
    }

    /// Returns the schemas that are there, in order. `pg_catalog` comes first unless the path names it.
    fn schemas<'a>(&'a self, catalog: &'a Catalog) -> impl Iterator<Item = Oid> + 'a {
        let first = (!self.path.iter().any(|name| name == "pg_catalog")).then_some(PG_CATALOG);
        std::iter::once(TEMPORARY).chain(first).chain(self.path.iter().filter_map(|name| catalog.schema(name)))
    }

    /// Returns the schemas in which a name is looked for: the one that is named, or those of the path.
    pub fn schemas_for(&self, catalog: &Catalog, named: Option<&str>) -> Vec<Oid> {
        match named {
            Some(schema) => catalog.schema(schema).into_iter().collect(),
            None => self.schemas(catalog).collect(),
        }
    }

    /// Returns the schema of a new object.
    pub fn creation(&self, catalog: &Catalog, name: &QualifiedName) -> Result<Oid, Refusal> {
        if let Some(schema) = &name.schema {
            return schema_named(catalog, schema);
        }
        let found = self.path.iter().find_map(|name| catalog.schema(name));
        found.ok_or_else(|| Refusal::new(SqlState::INVALID_SCHEMA_NAME, "no schema has been selected to create in"))
    }

    /// Returns the object of a name; none where there is none. A schema that is not there is no error.
    pub fn find(&self, catalog: &Catalog, space: Space, name: &QualifiedName) -> Option<Oid> {
        match &name.schema {
            Some(schema) => catalog.named(space, catalog.schema(schema)?, &name.name),
            None => self.schemas(catalog).find_map(|schema| catalog.named(space, schema, &name.name)),
        }
    }

    /// Returns the functions and procedures of a name, schema by schema in the order in which they are looked for.
    pub fn functions<'a>(&self, catalog: &'a Catalog, name: &QualifiedName) -> Vec<&'a [Signature]> {
        let of = |schema: Oid| match schema {
            PG_CATALOG => function::builtin(catalog.version(), &name.name),
            _ => catalog.signatures(schema, &name.name),
        };
        match &name.schema {
            Some(schema) => catalog.schema(schema).map(of).into_iter().collect(),
            // Temporary functions are found only by their schema.
            None => self.schemas(catalog).filter(|schema| *schema != TEMPORARY).map(of).collect(),
        }
    }

    /// Returns the relation of a name.
    pub fn relation(&self, catalog: &Catalog, name: &QualifiedName) -> Result<Oid, Refusal> {
        let missing = || {
            let message = format!("relation \"{}\" does not exist", shown(name));
            Refusal::new(SqlState::UNDEFINED_TABLE, message)
        };
        self.find(catalog, Space::Relation, name).ok_or_else(missing)
    }

    /// Returns the type of a name, one of the database's own or of `pg_catalog`.
    pub fn data_type(&self, catalog: &Catalog, name: &TypeName) -> Result<Type, Refusal> {
        let own = |schema: Oid| {
            let named = catalog.named(Space::Type, schema, &name.name);
            // `_name` is how the type of arrays of `name` is called.
            let of_elements = || {
                let element = name.name.strip_prefix('_').filter(|_| !name.array)?;
                catalog.user_type(catalog.named(Space::Type, schema, element)?).map(|found| found.array)
            };
            let found = named.and_then(|oid| catalog.user_type(oid));
            found.map(|found| if name.array { found.array } else { found.oid }).or_else(of_elements)
        };
        let missing = || {
            let shown =
                name.schema.as_ref().map_or_else(|| name.name.clone(), |schema| format!("{schema}.{}", name.name));
            Refusal::new(SqlState::UNDEFINED_OBJECT, format!("type \"{shown}\" does not exist"))
        };
        let oid = match &name.schema {
            Some(schema) if schema == "pg_catalog" => {
                return Type::builtin(catalog.version(), name).unwrap_or_else(|| Err(missing()));
            }
            Some(schema) => own(schema_named(catalog, schema)?),
            None => {
                let mut found = None;
                for schema in self.schemas(catalog) {
                    if schema == PG_CATALOG {
                        if let Some(builtin) = Type::builtin(catalog.version(), name) {
                            return builtin;
                        }
                    } else if let Some(oid) = own(schema) {
                        found = Some(oid);
                        break;
                    }
                }
                found
            }
        };
        let oid = oid.ok_or_else(missing)?;
        if !name.modifiers.is_empty() {
            let message = format!("type modifier is not allowed for type \"{}\"", name.name);
            return Err(Refusal::new(SqlState::SYNTAX_ERROR, message));
        }
        Ok(Type { oid, modifier: -1 })
    }

    /// Returns how `format_type` spells a type: with its schema where it is not found without.
    pub fn spelled(&self, catalog: &Catalog, of: Type) -> String {
        if let Some(builtin) = of.spelled() {
            return builtin;
        }
        let Some(found) = catalog.user_type(of.oid) else { return String::new() };
        let visible = QualifiedName { schema: None, name: found.name.to_string() };
        let is_visible = self.find(catalog, Space::Type, &visible) == Some(found.oid);
        let schema = (!is_visible).then(|| catalog.schema_name(found.schema));
        let name = quote_name_of(catalog.version(), schema, &found.name);
        if found.array == of.oid { name + "[]" } else { name }
    }
}

/// Returns the schema of a name.
pub fn schema_named(catalog: &Catalog, name: &str) -> Result<Oid, Refusal> {
    let missing = || Refusal::new(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{name}\" does not exist"));
    catalog.schema(name).ok_or_else(missing)
}

fn shown(name: &QualifiedName) -> String {
    match &name.schema {
        Some(schema) => format!("{schema}.{}", name.name),
        None => name.name.clone(),
    }
}
