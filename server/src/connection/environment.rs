//! The variables that name a database: those of the process, and those of `.env` beside the migrations directory.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use super::{SettingsError, dot_env};

/// Variables by name, of the process and of the file apart. Values may be secrets, so [`fmt::Debug`] shows names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    pub(super) process: Variables,
    /// Without those that the process has, were they empty.
    pub(super) file: Variables,
}

/// Variables of one origin.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Variables(BTreeMap<String, String>);

impl Environment {
    /// Returns the variables of the process alone.
    pub fn of_process() -> Self {
        let variables =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        variables.collect()
    }

    /// Returns the variables of the process, completed by those of the file `.env` beside the migrations directory.
    ///
    /// A variable that the process has wins over the same variable of the file. `url_variable` is the one that can
    /// hold a URL; of other names the file gives those that begin as names of Limbeck or Postgres do.
    pub fn read(migrations: &Path, url_variable: &str) -> Result<Self, SettingsError> {
        let file = dot_env::read(&beside(migrations).join(".env"), url_variable)?;
        Ok(Self::of_process().completed(file))
    }

    /// Returns the value of a variable; an empty one counts as not set, as for libpq.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.process.get(name).or_else(|| self.file.get(name))
    }

    /// Adds the variables of a file.
    pub(super) fn completed(mut self, mut file: BTreeMap<String, String>) -> Self {
        file.retain(|name, _| !self.process.0.contains_key(name));
        self.file = Variables(file);
        self
    }
}

impl Variables {
    /// Returns the value of a variable; an empty one counts as not set.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

/// Returns the directory that holds the migrations directory.
pub(crate) fn beside(migrations: &Path) -> PathBuf {
    let absolute = std::path::absolute(migrations).unwrap_or_else(|_| migrations.to_path_buf());
    let steps_back = absolute.components().any(|part| part == Component::ParentDir);
    // A symbolic link stands where it stands; only `..` has to be followed.
    let directory = if steps_back { absolute.canonicalize().unwrap_or(absolute) } else { absolute };
    directory.parent().map_or_else(|| directory.clone(), Path::to_path_buf)
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        let variables = pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { process: Variables(variables), file: Variables::default() }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.process.0.keys().chain(self.file.0.keys())).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_env_beside_the_directory_is_read() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join(".env"), "LIMBECK_TEST_ONLY='a b'\nSHOP_URL=d$1x\nFOO=a b c\n").unwrap();
        let environment = Environment::read(&root.path().join("migrations"), "SHOP_URL").unwrap();
        assert_eq!(environment.get("LIMBECK_TEST_ONLY"), Some("a b"));
        assert_eq!(environment.get("SHOP_URL"), Some("d$1x"));
        assert_eq!(environment.get("PATH"), std::env::var("PATH").ok().as_deref());
    }

    #[test]
    fn a_variable_of_the_process_hides_that_of_the_file_even_when_it_is_empty() {
        let file = [("PGHOST", "file"), ("PGUSER", "file"), ("PGPORT", "1")];
        let file = file.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let environment = Environment::from_iter([("PGHOST", "process"), ("PGUSER", "")]).completed(file.into());
        for (name, expected) in [("PGHOST", Some("process")), ("PGUSER", None), ("PGPORT", Some("1"))] {
            assert_eq!(environment.get(name), expected, "{name}");
        }
    }

    #[test]
    fn beside_is_the_parent_however_the_directory_is_named() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("shop/migrations")).unwrap();
        assert_eq!(beside(&root.join("shop/migrations")), root.join("shop"));
        assert_eq!(beside(&root.join("shop/migrations/.")), root.join("shop"));
        assert_eq!(beside(&root.join("shop/migrations/../migrations")), root.join("shop"));
        assert_eq!(beside(&root.join("shop/migrations/..")), root);
        assert_eq!(beside(Path::new("/")), Path::new("/"));
        assert_eq!(beside(Path::new("migrations")), std::env::current_dir().unwrap());
    }

    #[test]
    fn debug_shows_no_values() {
        let environment = Environment::from_iter([("DATABASE_PASSWORD", "geheim")])
            .completed(BTreeMap::from([("PGPASSWORD".to_owned(), "geheim".to_owned())]));
        assert_eq!(format!("{environment:?}"), r#"{"DATABASE_PASSWORD", "PGPASSWORD"}"#);
    }
}
