//! Collations: what `pg_collation` lists.

use std::sync::Arc;

use super::{Address, Catalog, Class, Dependence, Names, Oid, PG_CATALOG, QualifiedName, Space};
use crate::PostgresVersion;
use crate::sql::quote_name_of;

/// The collation of the database, which every text has that names no other.
pub(crate) const DEFAULT: Oid = Oid(100);
/// `C`, by bytes.
pub(crate) const C: Oid = Oid(950);
/// `POSIX`, the same.
pub(crate) const POSIX: Oid = Oid(951);

/// Those that every database has whatever its server was built with, and since when.
const BUILTIN: [(Oid, &str, PostgresVersion); 6] = [
    (DEFAULT, "default", PostgresVersion::V12),
    (C, "C", PostgresVersion::V12),
    (POSIX, "POSIX", PostgresVersion::V12),
    (Oid(962), "ucs_basic", PostgresVersion::V12),
    (Oid(811), "pg_c_utf8", PostgresVersion::V17),
    (Oid(6411), "pg_unicode_fast", PostgresVersion::V18),
];

/// Names that the C library gives to languages beside their codes, under which a server lists them.
const LANGUAGES: [&str; 46] = [
    "bokmal",
    "bokmål",
    "catalan",
    "català",
    "croatian",
    "czech",
    "danish",
    "dansk",
    "deutsch",
    "dutch",
    "eesti",
    "estonian",
    "finnish",
    "français",
    "french",
    "galego",
    "galician",
    "german",
    "greek",
    "hebrew",
    "hrvatski",
    "hungarian",
    "icelandic",
    "italian",
    "japanese",
    "korean",
    "lithuanian",
    "norwegian",
    "nynorsk",
    "polish",
    "portuguese",
    "romanian",
    "russian",
    "slovak",
    "slovene",
    "slovenian",
    "spanish",
    "swedish",
    "thai",
    "turkish",
    "english",
    "chinese",
    "arabic",
    "hindi",
    "ukrainian",
    "unicode",
];

/// A collation of the database's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collation {
    /// Its number.
    pub oid: Oid,
    /// Its schema.
    pub schema: Oid,
    /// Its name.
    pub name: Arc<str>,
    /// By whose rules it compares.
    pub rules: Rules,
}

/// By whose rules a collation compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Who knows the locale.
    pub provider: Provider,
    /// The locale, as the provider calls it.
    pub locale: Arc<str>,
    /// The locale of characters, where it is another.
    pub characters: Option<Arc<str>>,
    /// Two texts are equal only if their bytes are.
    pub deterministic: bool,
    /// Rules beyond those of the locale.
    pub tailored: Option<Arc<str>>,
}

/// Who knows a locale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// Postgres itself.
    Builtin,
    /// The C library.
    Libc,
    /// ICU.
    Icu,
}

impl Provider {
    /// Returns the word of statements.
    pub fn word(self) -> &'static str {
        match self {
            Self::Builtin => "builtin",
            Self::Libc => "libc",
            Self::Icu => "icu",
        }
    }
}

impl Catalog {
    /// Returns a collation of the database's own.
    pub fn collation(&self, oid: Oid) -> Option<&Collation> {
        self.collations.get(&oid).map(|found| &**found)
    }

    /// Returns the collations of the database's own, by number.
    pub fn collations(&self) -> impl Iterator<Item = &Collation> {
        self.collations.sorted().into_iter().map(|(_, found)| &**found)
    }

    /// Returns by whose rules a collation compares; none of that of the database, and of one that is not there.
    pub fn comparing_rules_of(&self, collation: Oid) -> Option<Rules> {
        let (provider, locale) = match BUILTIN.into_iter().find(|(oid, ..)| *oid == collation) {
            Some((DEFAULT, ..)) => return None,
            Some((_, name @ ("C" | "POSIX"), _)) => (Provider::Libc, name),
            Some((_, "ucs_basic", _)) if self.version() < PostgresVersion::V17 => (Provider::Libc, "C"),
            Some((_, "ucs_basic", _)) => (Provider::Builtin, "C"),
            Some((_, "pg_c_utf8", _)) => (Provider::Builtin, "C.UTF-8"),
            Some(_) => (Provider::Builtin, "PG_UNICODE_FAST"),
            None => return self.collation(collation).map(|found| found.rules.clone()),
        };
        Some(Rules { provider, locale: locale.into(), characters: None, deterministic: true, tailored: None })
    }

    /// Returns whether texts of other bytes may be equal by a collation.
    pub fn is_nondeterministic(&self, collation: Oid) -> bool {
        self.collation(collation).is_some_and(|found| !found.rules.deterministic)
    }

    /// Adds a collation, or puts one in the place of that with its number. Its name must be free.
    pub fn set_collation(&mut self, new: Collation) {
        if let Some((schema, name)) = self.collation(new.oid).map(|old| (old.schema, Arc::clone(&old.name))) {
            self.unname(Space::Collation, schema, &name);
        }
        self.name(Space::Collation, new.schema, &new.name, new.oid);
        self.collations.insert(new.oid, Arc::new(new));
    }

    /// Records that something depends on a collation of the database's own.
    pub fn depend_on_collation(&mut self, dependent: Address, of: Option<Oid>) {
        if let Some(found) = of.filter(|oid| self.collation(*oid).is_some()) {
            self.dependencies.add(dependent, Address::of(Class::Collation, found), Dependence::Normal);
        }
    }

    pub(super) fn forget_collation(&mut self, oid: Oid) {
        let Some(found) = self.collations.remove(&oid) else { return };
        self.unname(Space::Collation, found.schema, &found.name);
    }

    /// Returns schema and name of a collation.
    fn named_as(&self, oid: Oid) -> Option<(Oid, &str)> {
        builtin_name(oid)
            .map(|name| (PG_CATALOG, name))
            .or_else(|| self.collation(oid).map(|found| (found.schema, &*found.name)))
    }
}

impl Names {
    /// Returns the collation of a name; a schema that is not there is no error.
    pub fn collation(&self, catalog: &Catalog, name: &QualifiedName) -> Option<Oid> {
        let of = |schema: Oid| match schema {
            PG_CATALOG => builtin(catalog.version(), &name.name),
            _ => catalog.named(Space::Collation, schema, &name.name),
        };
        self.schemas_for(catalog, name.schema.as_deref()).into_iter().find_map(of)
    }

    /// Returns how Postgres spells a collation: with its schema where it is not found without.
    pub fn collation_spelled(&self, catalog: &Catalog, oid: Oid) -> String {
        let Some((schema, name)) = catalog.named_as(oid) else { return String::new() };
        let bare = QualifiedName { schema: None, name: name.to_owned() };
        let is_visible = self.collation(catalog, &bare) == Some(oid);
        quote_name_of(catalog.version(), (!is_visible).then(|| catalog.schema_name(schema)), name)
    }
}

/// Returns the collation of a name that every database of a version has.
pub(crate) fn builtin(version: PostgresVersion, name: &str) -> Option<Oid> {
    let found = BUILTIN.into_iter().find(|(_, known, since)| *known == name && *since <= version);
    found.map(|(oid, ..)| oid)
}

/// Returns the name of a collation that every database has.
pub(crate) fn builtin_name(oid: Oid) -> Option<&'static str> {
    BUILTIN.into_iter().find(|(number, ..)| *number == oid).map(|(_, name, _)| name)
}

/// Returns whether a server may list a collation of this name because its libraries know it: `de_DE.utf8`, `de-x-icu`.
pub(crate) fn may_come_with_the_server(name: &str) -> bool {
    let first = name.split(['_', '-', '.', '@']).next().unwrap_or_default();
    let is_code = (2..=3).contains(&first.len()) && first.bytes().all(|byte| byte.is_ascii_lowercase());
    is_code || ["C", "POSIX"].contains(&first) || name.ends_with("-x-icu") || LANGUAGES.contains(&first)
}
