//! Access methods of indexes, and their operator classes: how they treat the values of a type.

use super::builtin;
use super::types::{base, category, is_preferred, is_taken_as_is};
use super::{Address, Catalog, Class, Dependence, Names, Oid, PG_CATALOG, QualifiedName, UserTypeKind};

/// What an access method can do; `pg_indexam_has_property`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessMethod {
    /// Its name.
    pub name: &'static str,
    /// It gives rows in order, so that `DESC` and `NULLS FIRST` mean something.
    pub orders: bool,
    /// It can keep rows apart.
    pub unique: bool,
    /// It takes several columns.
    pub many_columns: bool,
    /// It can keep an EXCLUDE constraint.
    pub excludes: bool,
    /// It carries columns beside the key.
    pub includes: bool,
}

const METHODS: [AccessMethod; 7] = [
    AccessMethod { name: "btree", orders: true, unique: true, many_columns: true, excludes: true, includes: true },
    AccessMethod { name: "hash", orders: false, unique: false, many_columns: false, excludes: true, includes: false },
    AccessMethod { name: "gist", orders: false, unique: false, many_columns: true, excludes: true, includes: true },
    AccessMethod { name: "gin", orders: false, unique: false, many_columns: true, excludes: false, includes: false },
    AccessMethod { name: "spgist", orders: false, unique: false, many_columns: false, excludes: true, includes: true },
    AccessMethod { name: "brin", orders: false, unique: false, many_columns: true, excludes: false, includes: false },
    BLOOM,
];

/// The extension of this name brings it.
const BLOOM: AccessMethod =
    AccessMethod { name: "bloom", orders: false, unique: false, many_columns: true, excludes: false, includes: false };

/// An operator class.
#[derive(Debug, Clone)]
pub struct OperatorClass {
    /// Its name.
    pub name: &'static str,
    /// Its schema.
    pub schema: Oid,
    /// The type that it is for.
    pub input: Oid,
    /// It is taken for that type where none is named.
    pub is_default: bool,
    /// It has parameters.
    pub takes_options: bool,
    /// The operators that an EXCLUDE constraint may name with it, as far as every database has them.
    pub operators: &'static [Oid],
    /// The extension that brings it.
    pub extension: Option<Oid>,
}

impl Catalog {
    /// Returns the access method of a name.
    pub fn access_method(&self, name: &str) -> Option<AccessMethod> {
        let found = METHODS.into_iter().find(|method| method.name == name)?;
        (found != BLOOM || self.extension(name).is_some()).then_some(found)
    }

    /// Returns the operator classes of an access method, those that every database has first.
    fn operator_classes(&self, method: &str) -> impl Iterator<Item = OperatorClass> {
        let of = |class: &'static builtin::Class, schema, input, extension| OperatorClass {
            name: class.name,
            schema,
            input,
            is_default: class.is_default,
            takes_options: class.takes_options,
            operators: &class.operators,
            extension,
        };
        let everywhere = builtin::of(self.version()).classes().iter().filter(move |class| class.method == method);
        let everywhere = everywhere.map(move |class| of(class, PG_CATALOG, class.input, None));
        let is_plain = self.extensions().next().is_none();
        let brought = if is_plain { &[] } else { builtin::of(self.version()).extension_classes() };
        let brought = brought.iter().filter(move |brought| brought.class.method == method).filter_map(move |brought| {
            let extension = self.extension(brought.extension)?;
            let input = match brought.own_input {
                Some(name) => self.type_of_extension(extension.oid, name)?,
                None => brought.class.input,
            };
            Some(of(&brought.class, extension.schema, input, Some(extension.oid)))
        });
        everywhere.chain(brought)
    }

    /// Returns a type that an extension brings; `_name` for that of its arrays.
    fn type_of_extension(&self, extension: Oid, name: &str) -> Option<Oid> {
        let whole = Address::of(Class::Extension, extension);
        let edges = self.dependencies.dependents(whole).filter(|edge| edge.dependence == Dependence::Extension);
        let mut types = edges.filter_map(|edge| self.user_type(edge.dependent.oid));
        let element = name.strip_prefix('_');
        let found = types.find(|it| *it.name == *element.unwrap_or(name))?;
        Some(if element.is_some() { found.array } else { found.oid })
    }

    /// Returns the operator class that an access method takes for a type where none is named; `GetDefaultOpClass`.
    pub fn default_operator_class(&self, of: Oid, method: &str) -> Option<OperatorClass> {
        let of = base(self, of);
        let default = || self.operator_classes(method).filter(|class| class.is_default);
        // Most types have one of their own, and asking what else takes a type is dear.
        if let Some(own) = default().find(|class| class.input == of) {
            return Some(own);
        }
        let category = category(self, of);
        let (mut preferred, mut others) = (Vec::new(), Vec::new());
        for class in default() {
            if self.takes(&class, of) {
                let list = if is_preferred(self, class.input, category) { &mut preferred } else { &mut others };
                list.push(class);
            }
        }
        match (preferred.len(), others.len()) {
            (1, _) => preferred.pop(),
            (0, 1) => others.pop(),
            _ => None,
        }
    }

    /// Returns the operator class of a name; `ResolveOpClass`.
    pub fn operator_class(&self, names: &Names, method: &str, written: &QualifiedName) -> Option<OperatorClass> {
        let schemas = names.schemas_for(self, written.schema.as_deref());
        let all: Vec<OperatorClass> = self.operator_classes(method).collect();
        let in_schema =
            |schema: &Oid| all.iter().find(|class| class.schema == *schema && class.name == written.name).cloned();
        schemas.iter().find_map(in_schema)
    }

    /// Returns whether an operator class is for the values of a type.
    pub fn takes(&self, class: &OperatorClass, of: Oid) -> bool {
        is_taken_as_is(self, of, class.input) || (self.is_citext(of) && [TEXT, VARCHAR].contains(&class.input))
    }

    /// Its casts are not listed, for its functions and operators are not.
    fn is_citext(&self, of: Oid) -> bool {
        let found = self.user_type(base(self, of));
        found.is_some_and(|it| matches!(it.kind, UserTypeKind::Base) && &*it.name == "citext")
    }
}

const TEXT: Oid = Oid(25);
const VARCHAR: Oid = Oid(1043);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_without_a_class_of_its_own_takes_that_of_its_like() {
        let catalog = Catalog::default();
        let class = |of: u32, method| catalog.default_operator_class(Oid(of), method).map(|class| class.name);
        assert_eq!(class(1043, "btree"), Some("text_ops"), "varchar");
        assert_eq!(class(1009, "gin"), Some("array_ops"), "text[]");
        assert_eq!(class(114, "btree"), None, "json");
        assert_eq!(class(3802, "gin"), Some("jsonb_ops"), "jsonb");
        assert_eq!(class(25, "gin"), None, "text");
        assert_eq!(class(25, "gist"), None, "text");
        assert_eq!(class(3904, "gist"), Some("range_ops"), "int4range");
        assert_eq!(class(2205, "btree"), Some("oid_ops"), "regclass");
    }
}
