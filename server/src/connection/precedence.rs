//! Which source names the database: the command line before variables, the process before `.env`, a URL before its
//! parts, Limbeck's variables before libpq's.

use std::fmt;

use super::environment::Variables;
use super::parameters::{KNOWN, Parameters, parse};
use super::{Environment, SettingsError};

/// Where connection settings came from; the first that is there wins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `--database-url`.
    CommandLine,
    /// One variable: the one that holds a URL, `DATABASE_URL` unless `limbeck.toml` names another; where one parameter
    /// is wrong, the one that gave it.
    Variable(String),
    /// `DATABASE_HOST` and those beside it.
    DatabaseVariables,
    /// libpq's `PG…` variables.
    Libpq,
}

impl Source {
    /// Returns the first kind of variable by which these variables name a database.
    ///
    /// Who connects, and how, names none: a user, a password, a TLS mode.
    fn named_by(variables: &Variables, url_variable: &str) -> Option<Self> {
        let has = |name: &&str| variables.get(name).is_some();
        if has(&url_variable) {
            Some(Self::Variable(url_variable.to_owned()))
        } else if ["DATABASE_HOST", "DATABASE_NAME"].iter().any(has) {
            Some(Self::DatabaseVariables)
        } else if ["PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGSERVICE"].iter().any(has) {
            Some(Self::Libpq)
        } else {
            None
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => f.write_str("--database-url"),
            Self::Variable(name) => f.write_str(name),
            Self::DatabaseVariables => f.write_str("DATABASE_HOST, DATABASE_NAME, …"),
            Self::Libpq => f.write_str("PGHOST, PGDATABASE, …"),
        }
    }
}

/// Limbeck's own variables, with the parameter that each gives.
const DATABASE_VARIABLES: [(&str, &str); 5] = [
    ("DATABASE_HOST", "host"),
    ("DATABASE_PORT", "port"),
    ("DATABASE_NAME", "dbname"),
    ("DATABASE_USER", "user"),
    ("DATABASE_PASSWORD", "password"),
];

/// The source that names the database, and whose variables do.
pub(super) struct Named<'a> {
    pub(super) source: Source,
    /// The process or `.env`.
    pub(super) origin: &'a Variables,
}

impl<'a> Named<'a> {
    /// Returns the first source that is there. `.env` names the database only when nothing of the process does.
    pub(super) fn find(url: Option<&str>, url_variable: &str, environment: &'a Environment) -> Option<Self> {
        if url.is_some() {
            return Some(Self { source: Source::CommandLine, origin: &environment.process });
        }
        let mut origins = [&environment.process, &environment.file].into_iter();
        origins.find_map(|origin| Some(Self { source: Source::named_by(origin, url_variable)?, origin }))
    }

    /// Returns what the source says; what it leaves open is not filled yet.
    pub(super) fn parameters(&self, url: Option<&str>, environment: &Environment) -> Result<Parameters, SettingsError> {
        match &self.source {
            Source::CommandLine => parse(url.unwrap_or_default()),
            Source::Variable(name) => parse(self.origin.get(name).unwrap_or_default()),
            Source::DatabaseVariables => Ok(database_variables(environment)),
            Source::Libpq if self.origin.get("PGSERVICE").is_some() => Err(SettingsError::Service),
            Source::Libpq => Ok(Parameters::new()),
        }
    }

    /// Returns the password beside a connection string that has none: Limbeck's variable before libpq's, and what
    /// stands where the database is named before what stands elsewhere. That of a place which names another database is
    /// not sent to this one.
    pub(super) fn password(&self, url_variable: &str, environment: &'a Environment) -> Option<&'a str> {
        if !matches!(self.source, Source::CommandLine | Source::Variable(_)) {
            return None;
        }
        let beside = ["DATABASE_PASSWORD", "PGPASSWORD"].iter().find_map(|name| self.origin.get(name));
        let mut places = [&environment.process, &environment.file].into_iter();
        let mut elsewhere = || places.find(|place| Source::named_by(place, url_variable).is_none());
        beside.or_else(|| elsewhere()?.get("DATABASE_PASSWORD"))
    }

    /// Returns the password for a database that libpq's variables name, where neither they nor the password file have
    /// one: whoever sets them means them first.
    pub(super) fn last_password(&self) -> Option<&'a str> {
        if self.source == Source::Libpq { self.origin.get("DATABASE_PASSWORD") } else { None }
    }

    /// Returns what gave a parameter: the source itself when it is a connection string that has it, else the variable.
    pub(super) fn giver(&self, parameter: &str, url: Option<&str>, environment: &Environment) -> Source {
        let own = self.parameters(url, environment).is_ok_and(|own| own.contains_key(parameter));
        let variable = match &self.source {
            Source::CommandLine | Source::Variable(_) if own => None,
            Source::DatabaseVariables if own => {
                DATABASE_VARIABLES.iter().find(|(_, name)| *name == parameter).map(|(variable, _)| *variable)
            }
            _ => KNOWN.iter().find(|(name, _)| *name == parameter).and_then(|(_, variable)| *variable),
        };
        variable.map_or_else(|| self.source.clone(), |variable| Source::Variable(variable.to_owned()))
    }
}

fn database_variables(environment: &Environment) -> Parameters {
    let given = |(variable, name): &(&str, &'static str)| Some((*name, environment.get(variable)?.to_owned()));
    DATABASE_VARIABLES.iter().filter_map(given).collect()
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::super::{ConnectionSettings, Environment};

    /// What is found, as `source: database as user/password`.
    fn found(url: Option<&str>, variables: &[(&str, &str)]) -> String {
        found_with_file(url, variables, &[])
    }

    /// The same with variables of `.env`.
    fn found_with_file(url: Option<&str>, process: &[(&str, &str)], file: &[(&str, &str)]) -> String {
        let file = file.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let environment = Environment::from_iter(process.iter().copied()).completed(file.collect());
        match ConnectionSettings::find(url, "DATABASE_URL", &environment) {
            Ok(Some(settings)) => {
                let password =
                    settings.config("").get_password().map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                let who = settings.user().unwrap_or("-");
                format!(
                    "{}: {} as {who}/{}",
                    settings.source(),
                    settings.describe(),
                    password.as_deref().unwrap_or("-")
                )
            }
            Ok(None) => "nothing".to_owned(),
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn the_first_source_that_is_there_wins() {
        let libpq = [("PGHOST", "p"), ("PGDATABASE", "pd"), ("PGUSER", "pu"), ("PGPASSWORD", "pp")];
        let names = [
            ("DATABASE_HOST", "n"),
            ("DATABASE_NAME", "nd"),
            ("DATABASE_USER", "nu"),
            ("DATABASE_PASSWORD", "np"),
            ("DATABASE_PORT", "1"),
        ];
        let variable = [("DATABASE_URL", "postgresql://vu:vp@v/vd")];
        let mut all = Vec::new();
        assert_eq!(found(None, &all), "nothing");
        all.extend(libpq);
        assert_eq!(found(None, &all), "PGHOST, PGDATABASE, …: pd @ p:5432 as pu/pp");
        all.extend(names);
        assert_eq!(found(None, &all), "DATABASE_HOST, DATABASE_NAME, …: nd @ n:1 as nu/np");
        all.extend(variable);
        assert_eq!(found(None, &all), "DATABASE_URL: vd @ v:5432 as vu/vp");
        assert_eq!(found(Some("postgresql://cu:cp@c/cd"), &all), "--database-url: cd @ c:5432 as cu/cp");
    }

    #[test]
    fn dot_env_names_the_database_only_when_nothing_of_the_process_does() {
        let url = ("DATABASE_URL", "postgresql://fu:fp@f/fd");
        let names = [("DATABASE_HOST", "f"), ("DATABASE_NAME", "fd"), ("DATABASE_PASSWORD", "fp")];
        let libpq = [("PGHOST", "f"), ("PGDATABASE", "fd"), ("PGPASSWORD", "fp")];
        let own_names = [("DATABASE_HOST", "p"), ("DATABASE_NAME", "pd")];
        let own_libpq = [("PGHOST", "p"), ("PGDATABASE", "pd")];
        let by_names = "DATABASE_HOST, DATABASE_NAME, …: pd @ p:5432 as -/-";
        let by_libpq = "PGHOST, PGDATABASE, …: pd @ p:5432 as -/-";
        let table: &[(&[_], &[_], &str)] = &[
            // Across kinds, the process wins.
            (&own_names, &[url], by_names),
            (&own_libpq, &[url], by_libpq),
            (&own_libpq, &names, by_libpq),
            (&[("DATABASE_URL", "postgresql://p/pd")], &names, "DATABASE_URL: pd @ p:5432 as -/-"),
            // Variables that name no database leave it to the file, and win one by one.
            (&[], &[url], "DATABASE_URL: fd @ f:5432 as fu/fp"),
            (&[("PGPASSWORD", "pp"), ("PGSSLMODE", "disable")], &[url], "DATABASE_URL: fd @ f:5432 as fu/fp"),
            (&[("PGPASSWORD", "pp"), ("PGSSLMODE", "disable")], &libpq, "PGHOST, PGDATABASE, …: fd @ f:5432 as -/pp"),
            (&[("DATABASE_USER", "pu")], &names, "DATABASE_HOST, DATABASE_NAME, …: fd @ f:5432 as pu/fp"),
            (&[("DATABASE_URL", "")], &[url], "nothing"),
            // What the process leaves open, the file completes by the same variable.
            (&own_names, &names, "DATABASE_HOST, DATABASE_NAME, …: pd @ p:5432 as -/fp"),
            (&own_libpq, &libpq, "PGHOST, PGDATABASE, …: pd @ p:5432 as -/fp"),
            (&[("DATABASE_HOST", "p")], &names, "DATABASE_HOST, DATABASE_NAME, …: fd @ p:5432 as -/fp"),
            (&[("DATABASE_URL", "postgresql://p/pd")], &libpq, "DATABASE_URL: pd @ p:5432 as -/fp"),
            // A service that it names is none of the process.
            (&own_libpq, &[("PGSERVICE", "shop")], by_libpq),
        ];
        for (process, file, expected) in table {
            assert_eq!(found_with_file(None, process, file), *expected, "{process:?} over {file:?}");
        }
    }

    #[test]
    fn an_address_of_dot_env_does_not_replace_a_host_of_the_process() {
        let addresses = |process: &[(&str, &str)]| {
            let file = [("PGHOSTADDR".to_owned(), "192.0.2.1".to_owned())];
            let environment = Environment::from_iter(process.iter().copied()).completed(file.into());
            let settings = ConnectionSettings::find(None, "DATABASE_URL", &environment).unwrap().unwrap();
            settings.config("").get_hostaddrs().to_vec()
        };
        assert_eq!(addresses(&[("PGHOST", "p")]), [] as [IpAddr; 0]);
        assert_eq!(addresses(&[("PGUSER", "u")]), ["192.0.2.1".parse::<IpAddr>().unwrap()]);
    }

    #[test]
    fn the_variables_of_libpq_fill_what_a_url_leaves_open() {
        let libpq = [("PGPASSWORD", "pp"), ("PGUSER", "pu"), ("PGPORT", "7"), ("PGDATABASE", "pd")];
        assert_eq!(found(Some("postgresql://u@h/d"), &libpq), "--database-url: d @ h:7 as u/pp");
        assert_eq!(found(Some("postgresql://h"), &libpq), "--database-url: pd @ h:7 as pu/pp");
    }

    #[test]
    fn a_password_may_stand_apart_from_what_names_the_database() {
        let password = ("DATABASE_PASSWORD", "np");
        let url = ("DATABASE_URL", "postgresql://vu@v/vd");
        let of_url = "DATABASE_URL: vd @ v:5432 as vu/np";
        assert_eq!(found(None, &[url, password]), of_url);
        assert_eq!(found(None, &[url, password, ("PGPASSWORD", "pp")]), of_url);
        assert_eq!(found_with_file(None, &[url], &[password]), of_url);
        assert_eq!(found_with_file(None, &[password], &[url]), of_url);
        assert_eq!(found(Some("postgresql://cu@c/cd"), &[password]), "--database-url: cd @ c:5432 as cu/np");
        assert_eq!(found(Some("postgresql://cu:cp@c/cd"), &[password]), "--database-url: cd @ c:5432 as cu/cp");
        // What stands beside the URL is meant for it, whatever else is set.
        let beside_libpq = "DATABASE_URL: vd @ v:5432 as vu/pp";
        assert_eq!(found_with_file(None, &[url, ("PGPASSWORD", "pp")], &[password]), beside_libpq);
        assert_eq!(found_with_file(None, &[("PGPASSWORD", "pp")], &[url, password]), of_url);
        // It is not sent to a database that another place names.
        let other = [("DATABASE_HOST", "f"), password];
        assert_eq!(found_with_file(None, &[url], &other), "DATABASE_URL: vd @ v:5432 as vu/-");
    }

    #[test]
    fn where_the_variables_of_libpq_name_the_database_their_password_goes_first() {
        let (host, own, other) = (("PGHOST", "p"), ("PGPASSWORD", "pp"), ("DATABASE_PASSWORD", "np"));
        let with = |password: &str| format!("PGHOST, PGDATABASE, …: p:5432 as -/{password}");
        assert_eq!(found(None, &[host, own, other]), with("pp"));
        assert_eq!(found_with_file(None, &[host, own], &[other]), with("pp"));
        assert_eq!(found_with_file(None, &[own, other], &[host]), with("pp"));
        // Without one, that of the same place serves, and of no other.
        assert_eq!(found(None, &[host, other]), with("np"));
        assert_eq!(found_with_file(None, &[], &[host, other]), with("np"));
        assert_eq!(found_with_file(None, &[host], &[other]), with("-"));
        assert_eq!(found_with_file(None, &[other], &[host]), with("-"));
    }

    #[test]
    fn a_user_or_password_alone_configures_no_database() {
        assert_eq!(found(None, &[("PGUSER", "u"), ("PGPASSWORD", "p"), ("DATABASE_USER", "u")]), "nothing");
        assert_eq!(found(None, &[("DATABASE_URL", "")]), "nothing");
    }

    #[test]
    fn limbeck_toml_can_name_another_variable() {
        let environment =
            Environment::from_iter([("SHOP_URL", "postgresql://h/shop"), ("DATABASE_URL", "postgresql://h/other")]);
        let settings = ConnectionSettings::find(None, "SHOP_URL", &environment).unwrap().unwrap();
        assert_eq!(settings.describe(), "shop @ h:5432");
        assert_eq!(settings.source().to_string(), "SHOP_URL");
    }
}
