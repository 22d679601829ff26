//! The variables that name a database: those of the process, and those of `.env` beside the migrations directory.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Component, Path, PathBuf};

use super::SettingsError;

/// Variables by name. Values may be secrets, so [`fmt::Debug`] shows names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Environment {
    variables: BTreeMap<String, String>,
}

impl Environment {
    /// Returns the variables of the process, completed by those of the file `.env` beside the migrations directory.
    ///
    /// A variable that the process has wins over the same variable of the file.
    pub fn read(migrations: &Path) -> Result<Self, SettingsError> {
        let file = beside(migrations).join(".env");
        let mut variables = BTreeMap::new();
        if file.is_file() {
            // What the parser says of a bad line quotes it, and the line may hold a password.
            let unreadable = || SettingsError::DotEnv { path: file.display().to_string() };
            for entry in dotenvy::from_path_iter(&file).map_err(|_| unreadable())? {
                let (name, value) = entry.map_err(|_| unreadable())?;
                variables.insert(name, value);
            }
        }
        let own =
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        variables.extend(own);
        Ok(Self { variables })
    }

    /// Returns the value of a variable; an empty one counts as not set, as for libpq.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
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
        Self { variables: pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect() }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_env_beside_the_directory_is_read_and_the_process_wins() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join(".env"), "PATH='from the file'\nLIMBECK_TEST_ONLY='a b'\nexport X=1 # why\n")
            .unwrap();
        let environment = Environment::read(&root.path().join("migrations")).unwrap();
        assert_eq!(environment.get("LIMBECK_TEST_ONLY"), Some("a b"));
        assert_eq!(environment.get("X"), Some("1"));
        assert_ne!(environment.get("PATH"), Some("from the file"));
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
    fn a_bad_line_in_dot_env_is_an_error_that_does_not_quote_it() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join(".env"), "DATABASE_PASSWORD='geheim\n").unwrap();
        let error = Environment::read(&root.path().join("migrations")).unwrap_err();
        assert!(error.to_string().contains(".env"));
        assert!(!format!("{error} {error:?}").contains("geheim"));
    }

    #[test]
    fn debug_shows_no_values() {
        let environment = Environment::from_iter([("DATABASE_PASSWORD", "geheim")]);
        assert_eq!(format!("{environment:?}"), r#"{"DATABASE_PASSWORD"}"#);
    }
}
