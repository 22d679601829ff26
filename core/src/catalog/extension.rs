//! Extensions that a database has: what `pg_extension` lists.

use std::sync::Arc;

use super::function::Volatility;
use super::{Address, Catalog, Dependence, Oid};

/// An extension. What it brings is not listed here.
#[derive(Debug, Clone)]
pub struct Extension {
    /// Its number.
    pub oid: Oid,
    /// Its name.
    pub name: Arc<str>,
    /// The schema of its objects.
    pub schema: Oid,
}

/// A function that an extension brings.
#[derive(Debug, Clone)]
pub struct Brought {
    /// Its name.
    pub name: &'static str,
    /// Types of its arguments.
    pub arguments: Vec<Oid>,
    /// Type of the result.
    pub result: Oid,
    /// It returns any number of rows.
    pub returns_set: bool,
    /// It returns null when an argument is null, without being called.
    pub strict: bool,
    /// On what its result depends.
    pub volatility: Volatility,
}

/// Returns the functions that an extension brings; none where they are not listed.
pub fn functions_of(extension: &str) -> Option<Vec<Brought>> {
    let rows = include_str!("builtin/extensions.tsv").lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let all: Vec<Brought> =
        rows.filter(|row| row.first() == Some(&extension)).filter_map(|row| brought(&row)).collect();
    (!all.is_empty()).then_some(all)
}

fn brought(row: &[&'static str]) -> Option<Brought> {
    let [_, name, returns_set, strict, volatility, result, arguments] = row else { return None };
    let oid = |text: &str| text.parse().map(Oid).ok();
    Some(Brought {
        name,
        arguments: arguments.split_whitespace().map(oid).collect::<Option<_>>()?,
        result: oid(result)?,
        returns_set: *returns_set == "t",
        strict: *strict == "t",
        volatility: match *volatility {
            "i" => Volatility::Immutable,
            "s" => Volatility::Stable,
            _ => Volatility::Volatile,
        },
    })
}

impl Catalog {
    /// Returns whether an extension is there whose functions, operators and casts are not listed.
    pub fn has_unlisted_extension(&self) -> bool {
        self.extensions().any(|extension| WITH_OPERATORS.contains(&&*extension.name) || !is_listed(&extension.name))
    }

    /// Returns whether an object is a part of an extension.
    pub fn is_of_extension(&self, object: Address) -> bool {
        self.dependencies.references(object).any(|(_, how)| how == Dependence::Extension)
    }

    /// Returns the extension of a name.
    pub fn extension(&self, name: &str) -> Option<&Extension> {
        self.extensions.values().map(|extension| &**extension).find(|extension| *extension.name == *name)
    }

    /// Returns the extensions by number.
    pub fn extensions(&self) -> impl Iterator<Item = &Extension> {
        self.extensions.sorted().into_iter().map(|(_, extension)| &**extension)
    }

    /// Adds an extension.
    pub fn add_extension(&mut self, extension: Extension) {
        self.extensions.insert(extension.oid, Arc::new(extension));
    }
}

/// Extensions whose functions are listed, but that bring operators beside them.
const WITH_OPERATORS: [&str; 2] = ["btree_gist", "pg_trgm"];
/// Extensions that bring no function that an expression or a trigger can call.
const WITHOUT: [&str; 10] = [
    "amcheck",
    "bloom",
    "dict_int",
    "dict_xsyn",
    "file_fdw",
    "pg_buffercache",
    "pg_freespacemap",
    "pg_prewarm",
    "pgrowlocks",
    "pgstattuple",
];

fn is_listed(extension: &str) -> bool {
    WITHOUT.contains(&extension) || functions_of(extension).is_some()
}
