//! What a connection needs, made of the parameters of the source that names the database.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use tokio_postgres::config::{ChannelBinding, LoadBalanceHosts, SslNegotiation, TargetSessionAttrs};

use super::environment::Variables;
use super::parameters::{KNOWN, Parameters};
use super::precedence::{Named, Source};
use super::{Environment, TlsMode, password_file};

/// How long one attempt to connect may take, unless `connect_timeout` says otherwise.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Why the settings name no database. No message quotes a value that could be a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Not a URL and not a list.
    #[error("this is neither a Postgres URL nor a list like 'host=db1 dbname=shop'")]
    NoConnectionString,
    /// A URL of something else.
    #[error("'{scheme}' is no Postgres URL scheme")]
    NotPostgres {
        /// What stands before `://`.
        scheme: String,
    },
    /// The port is no number; an unescaped `/` in the password looks like this too.
    #[error("the port in the database URL is not a number from 1 to 65535")]
    UrlPort,
    /// A `%` that two hexadecimal digits do not follow, or that makes no UTF-8.
    #[error("the {part} in the database URL has a percent sign that is no escape")]
    Escape {
        /// Which part of the URL.
        part: &'static str,
    },
    /// A `key=value` list that does not parse.
    #[error("the list of connection parameters has an open quote or a word without '='")]
    List,
    /// A parameter that Limbeck does not know.
    #[error("connection parameter '{name}' is not known")]
    UnknownParameter {
        /// Its name.
        name: String,
    },
    /// A parameter whose value is not one of those that it can have.
    #[error("connection parameter '{name}' {expected}")]
    Value {
        /// Its name.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// A line of the `.env` file that ought to set a variable of Limbeck or Postgres.
    #[error("line {line} of {path} cannot be read as NAME=value")]
    DotEnv {
        /// The file.
        path: String,
        /// The number of the line, from 1.
        line: usize,
    },
    /// The `.env` file is there and cannot be read.
    #[error("{path} cannot be read: {reason}")]
    DotEnvUnreadable {
        /// The file.
        path: String,
        /// What the operating system says.
        reason: String,
    },
    /// A service file is asked for.
    #[error("PGSERVICE is set, and connection service files are not supported")]
    Service,
    /// Where the settings came from, and what is wrong with them.
    #[error("{from}: {error}")]
    In {
        /// The source.
        from: Source,
        /// What is wrong.
        error: Box<SettingsError>,
    },
}

impl SettingsError {
    /// Returns what to do next.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::In { error, .. } => return error.hint(),
            Self::NoConnectionString | Self::NotPostgres { .. } | Self::List => {
                "write it as postgresql://user@host:5432/database"
            }
            Self::UrlPort | Self::Escape { .. } => {
                "in user and password write / as %2F, ? as %3F, : as %3A, @ as %40 and % as %25"
            }
            Self::UnknownParameter { name } if name == "schema" => {
                "write options=-csearch_path%3DNAME to choose a schema"
            }
            Self::UnknownParameter { .. } => "use the parameter names of libpq",
            Self::DotEnv { .. } => "put values with spaces, quotes or # in single quotes",
            Self::DotEnvUnreadable { .. } => {
                "make it readable, or pass `--database-url postgresql://user@host:5432/name`"
            }
            Self::Service => "set DATABASE_URL, or PGHOST and PGDATABASE",
            Self::Value { .. } => return None,
        };
        Some(hint.to_owned())
    }
}

/// Everything that a connection needs. Never shows its password.
#[derive(Clone)]
pub struct ConnectionSettings {
    config: tokio_postgres::Config,
    pub(super) tls: TlsMode,
    pub(super) root_certificate: Option<String>,
    pub(super) client_certificate: Option<(PathBuf, PathBuf)>,
    pub(super) home: Option<PathBuf>,
    password_file: Option<PathBuf>,
    /// Where the password file has none.
    last_password: Option<String>,
    source: Source,
    server: String,
}

impl ConnectionSettings {
    /// Returns the settings of the first source that is there, as [`Source`] lists them; none when no source is.
    ///
    /// The variables of `.env` are asked only when none of the process names a database, of whichever kind. What the
    /// chosen source leaves open, the `PG…` variables fill, as they do for every program built on libpq.
    pub fn find(
        url: Option<&str>,
        url_variable: &str,
        environment: &Environment,
    ) -> Result<Option<Self>, SettingsError> {
        let Some(named) = Named::find(url, url_variable, environment) else { return Ok(None) };
        let Named { source, origin } = &named;
        let parameters = named.parameters(url, environment).map(|mut parameters| {
            if let Some(password) = named.password(url_variable, environment) {
                parameters.entry("password").or_insert_with(|| password.to_owned());
            }
            parameters
        });
        let settings = parameters.and_then(|parameters| Self::new(source, parameters, origin, environment));
        let last_password = named.last_password().map(str::to_owned);
        settings.map(|settings| Some(Self { last_password, ..settings })).map_err(|error| {
            let from = match &error {
                SettingsError::Value { name, .. } => named.giver(name, url, environment),
                _ => source.clone(),
            };
            SettingsError::In { from, error: Box::new(error) }
        })
    }

    /// Returns database and server as a person would name them, for example `shop @ db1:5433`.
    pub fn describe(&self) -> String {
        match self.config.get_dbname() {
            Some(database) => format!("{database} @ {}", self.server),
            None => self.server.clone(),
        }
    }

    /// Returns where the settings came from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Returns host and port, for messages.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Returns the name of the database; the server takes the user's name where there is none.
    pub fn database(&self) -> Option<&str> {
        self.config.get_dbname().or_else(|| self.config.get_user())
    }

    /// Returns the name of the role; the operating system's user where there is none.
    pub fn user(&self) -> Option<&str> {
        self.config.get_user()
    }

    /// Returns how TLS is used.
    pub fn tls(&self) -> TlsMode {
        self.tls
    }

    /// Returns how long connecting may take.
    pub(crate) fn connect_timeout(&self) -> Option<Duration> {
        self.config.get_connect_timeout().copied()
    }

    /// Returns the driver's configuration, with the password of the password file where none was given, else with what
    /// stands beside libpq's variables.
    pub(crate) fn config(&self, application_name: &str) -> tokio_postgres::Config {
        let mut config = self.config.clone();
        if config.get_application_name().is_none() {
            config.application_name(application_name);
        }
        if config.get_password().is_none() {
            let host = match config.get_hosts().first() {
                Some(tokio_postgres::config::Host::Tcp(host)) => host.as_str(),
                _ => "localhost",
            };
            let port = config.get_ports().first().copied().unwrap_or(5432).to_string();
            let user = config.get_user().unwrap_or_default();
            let wanted = [host, &port, config.get_dbname().unwrap_or(user), user];
            let password = self.password_file.as_ref().and_then(|file| password_file::look_up(file, wanted));
            if let Some(password) = password.as_ref().or(self.last_password.as_ref()) {
                config.password(password);
            }
        }
        config
    }

    fn new(
        source: &Source,
        mut parameters: Parameters,
        origin: &Variables,
        environment: &Environment,
    ) -> Result<Self, SettingsError> {
        let given_mode = parameters.contains_key("sslmode");
        let given_root = parameters.contains_key("sslrootcert");
        for (name, variable) in KNOWN {
            // An address goes before the host's name, so it would not fill what the process leaves open, but replace it.
            let look_up = |variable| if *name == "hostaddr" { origin.get(variable) } else { environment.get(variable) };
            if let Some(value) = variable.and_then(look_up) {
                parameters.entry(name).or_insert_with(|| value.to_owned());
            }
        }
        let get = |name: &str| parameters.get(name).map(String::as_str);

        let mut config = tokio_postgres::Config::new();
        let ports = get("port")
            .unwrap_or("5432")
            .split(',')
            .map(|port| choose("port", port, "must be a number from 1 to 65535"));
        let ports = ports.collect::<Result<Vec<u16>, _>>()?;
        for port in &ports {
            config.port(*port);
        }
        let mut hosts: Vec<String> = get("host").unwrap_or_default().split(',').map(str::to_owned).collect();
        let addresses = get("hostaddr").map(|list| {
            list.split(',')
                .map(|address| choose::<IpAddr>("hostaddr", address, "must be an IP address"))
                .collect::<Result<Vec<_>, _>>()
        });
        if let Some(addresses) = addresses.transpose()? {
            for address in &addresses {
                config.hostaddr(*address);
            }
            if get("host").is_none() {
                hosts = addresses.iter().map(ToString::to_string).collect();
            }
        }
        let port_of = |position: usize| ports.get(position).or_else(|| ports.first()).copied().unwrap_or(5432);
        if ports.len() > 1 && ports.len() != hosts.len() {
            return Err(SettingsError::Value { name: "port", expected: "must name one port, or one for each host" });
        }
        let mut server = Vec::new();
        for (position, host) in hosts.iter_mut().enumerate() {
            let port = port_of(position);
            if host.is_empty() {
                *host = default_host(port);
            }
            server.push(address(host, port));
            config.host(host.as_str());
        }

        if let Some(user) = get("user") {
            config.user(user);
        }
        if let Some(password) = get("password") {
            config.password(password);
        }
        if let Some(database) = get("dbname") {
            config.dbname(database);
        }
        if let Some(options) = get("options") {
            config.options(options);
        }
        if let Some(name) = get("application_name").or_else(|| get("fallback_application_name")) {
            config.application_name(name);
        }
        set_timeouts(&mut config, &get)?;
        set_modes(&mut config, &get)?;

        let home = environment.get("HOME").map(PathBuf::from);
        let mode = get("sslmode").map(|mode| choose::<TlsMode>("sslmode", mode, TlsMode::EXPECTED)).transpose()?;
        let root_certificate = get("sslrootcert").map(str::to_owned);
        let tls = match (mode, root_certificate.as_deref()) {
            (Some(TlsMode::VerifyFull), Some("system")) => TlsMode::VerifyFull,
            (Some(_), Some("system")) if given_mode && given_root => {
                return Err(SettingsError::Value {
                    name: "sslmode",
                    expected: "must be verify-full with sslrootcert=system",
                });
            }
            (None, Some("system")) => TlsMode::VerifyFull,
            // As libpq has it: who names a root certificate wants it used.
            (Some(TlsMode::Require), Some(_)) => TlsMode::VerifyCa,
            (mode, _) => mode.unwrap_or(TlsMode::Prefer),
        };
        let client_certificate = match (get("sslcert"), get("sslkey")) {
            (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
            (None, None) => None,
            _ => return Err(SettingsError::Value { name: "sslcert", expected: "and 'sslkey' belong together" }),
        };
        let password_file = get("passfile").map(PathBuf::from).or_else(|| Some(home.as_ref()?.join(".pgpass")));
        Ok(Self {
            config,
            tls,
            root_certificate,
            client_certificate,
            home,
            password_file,
            last_password: None,
            source: source.clone(),
            server: server.join(","),
        })
    }
}

impl fmt::Debug for ConnectionSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionSettings")
            .field("database", &self.describe())
            .field("user", &self.user())
            .field("tls", &self.tls)
            .field("source", &self.source)
            .finish_non_exhaustive()
    }
}

/// Sets how long to wait and when to take a silent server for gone.
fn set_timeouts<'a>(
    config: &mut tokio_postgres::Config,
    get: &impl Fn(&str) -> Option<&'a str>,
) -> Result<(), SettingsError> {
    let seconds =
        |name: &'static str| get(name).map(|text| choose::<u64>(name, text, "must be a number of seconds")).transpose();
    let limit = seconds("connect_timeout")?.map_or(CONNECT_TIMEOUT, Duration::from_secs);
    if !limit.is_zero() {
        config.connect_timeout(limit);
    }
    // A run waits long for single answers; after about a minute without a sign of life the server is gone.
    config.keepalives(get("keepalives") != Some("0"));
    config.keepalives_idle(Duration::from_secs(seconds("keepalives_idle")?.unwrap_or(30)));
    config.keepalives_interval(Duration::from_secs(seconds("keepalives_interval")?.unwrap_or(10)));
    config.keepalives_retries(seconds("keepalives_count")?.and_then(|count| count.try_into().ok()).unwrap_or(3));
    if let Some(limit) = get("tcp_user_timeout") {
        config.tcp_user_timeout(Duration::from_millis(choose(
            "tcp_user_timeout",
            limit,
            "must be a number of milliseconds",
        )?));
    }
    Ok(())
}

/// Sets what is one of a few words.
fn set_modes<'a>(
    config: &mut tokio_postgres::Config,
    get: &impl Fn(&str) -> Option<&'a str>,
) -> Result<(), SettingsError> {
    let wrong = |name, expected| Err(SettingsError::Value { name, expected });
    match get("target_session_attrs") {
        None | Some("any") => {}
        Some("read-write" | "primary") => {
            config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        }
        Some("read-only" | "standby") => {
            config.target_session_attrs(TargetSessionAttrs::ReadOnly);
        }
        Some(_) => return wrong("target_session_attrs", "must be any, read-write, primary, read-only or standby"),
    }
    match get("channel_binding") {
        None | Some("prefer") => {}
        Some("require") => {
            config.channel_binding(ChannelBinding::Require);
        }
        Some("disable") => {
            config.channel_binding(ChannelBinding::Disable);
        }
        Some(_) => return wrong("channel_binding", "must be disable, prefer or require"),
    }
    match get("load_balance_hosts") {
        None | Some("disable") => {}
        Some("random") => {
            config.load_balance_hosts(LoadBalanceHosts::Random);
        }
        Some(_) => return wrong("load_balance_hosts", "must be disable or random"),
    }
    match get("sslnegotiation") {
        None | Some("postgres") => {}
        Some("direct") => {
            config.ssl_negotiation(SslNegotiation::Direct);
        }
        Some(_) => return wrong("sslnegotiation", "must be postgres or direct"),
    }
    match get("gssencmode") {
        None | Some("disable" | "prefer") => {}
        Some(_) => return wrong("gssencmode", "must be disable or prefer, since GSSAPI is not supported"),
    }
    match get("client_encoding").map(str::to_ascii_lowercase).as_deref() {
        None | Some("utf8" | "utf-8" | "unicode" | "auto") => Ok(()),
        Some(_) => wrong("client_encoding", "must be UTF8"),
    }
}

fn choose<T: FromStr>(name: &'static str, text: &str, expected: &'static str) -> Result<T, SettingsError> {
    text.trim().parse().map_err(|_| SettingsError::Value { name, expected })
}

/// libpq's default: the local socket where there is one, else this machine.
fn default_host(port: u16) -> String {
    let directories = ["/var/run/postgresql", "/run/postgresql", "/tmp"];
    let found = directories.iter().find(|directory| Path::new(directory).join(format!(".s.PGSQL.{port}")).exists());
    (*found.unwrap_or(&"localhost")).to_owned()
}

fn address(host: &str, port: u16) -> String {
    match (host, port) {
        _ if host.starts_with('/') => format!("{host}/.s.PGSQL.{port}"),
        _ if host.contains(':') => format!("[{host}]:{port}"),
        _ => format!("{host}:{port}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is wrong with a URL or variables.
    fn wrong(url: Option<&str>, variables: &[(&str, &str)]) -> String {
        let environment = Environment::from_iter(variables.iter().copied());
        ConnectionSettings::find(url, "DATABASE_URL", &environment).unwrap_err().to_string()
    }

    #[test]
    fn errors_name_the_source_and_never_the_value() {
        insta::assert_snapshot!(wrong(None, &[("DATABASE_URL", "mysql://u:geheim@h/d")]), @"DATABASE_URL: 'mysql' is no Postgres URL scheme");
        insta::assert_snapshot!(wrong(None, &[("DATABASE_HOST", "h"), ("DATABASE_PORT", "geheim")]), @"DATABASE_PORT: connection parameter 'port' must be a number from 1 to 65535");
        insta::assert_snapshot!(wrong(None, &[("DATABASE_HOST", "h"), ("PGSSLMODE", "on")]), @"PGSSLMODE: connection parameter 'sslmode' must be disable, allow, prefer, require, verify-ca or verify-full");
        insta::assert_snapshot!(wrong(Some("postgresql://h/d"), &[("PGPORT", "geheim")]), @"PGPORT: connection parameter 'port' must be a number from 1 to 65535");
        insta::assert_snapshot!(wrong(Some("postgresql://h/d?sslmode=on"), &[]), @"--database-url: connection parameter 'sslmode' must be disable, allow, prefer, require, verify-ca or verify-full");
        insta::assert_snapshot!(wrong(Some("postgresql://h/d?sslmode=require&sslrootcert=system"), &[]), @"--database-url: connection parameter 'sslmode' must be verify-full with sslrootcert=system");
        insta::assert_snapshot!(wrong(None, &[("PGSERVICE", "shop")]), @"PGHOST, PGDATABASE, …: PGSERVICE is set, and connection service files are not supported");
        insta::assert_snapshot!(wrong(Some("postgresql://a,b:1,c/d?port=1,2"), &[]), @"--database-url: connection parameter 'port' must name one port, or one for each host");
    }

    #[test]
    fn debug_and_description_show_no_password() {
        let settings =
            ConnectionSettings::find(Some("postgresql://u:geheim@h/d"), "", &Environment::default()).unwrap().unwrap();
        assert!(!format!("{settings:?} {settings:#?} {}", settings.describe()).contains("geheim"));
    }

    #[test]
    fn sslmode_is_taken_as_libpq_takes_it() {
        let mode = |query: &str| {
            let url = format!("postgresql://h/d?{query}");
            ConnectionSettings::find(Some(&url), "", &Environment::default()).unwrap().unwrap().tls()
        };
        assert_eq!(mode(""), TlsMode::Prefer);
        assert_eq!(mode("sslmode=disable"), TlsMode::Disable);
        assert_eq!(mode("sslmode=require"), TlsMode::Require);
        assert_eq!(mode("sslmode=require&sslrootcert=ca.pem"), TlsMode::VerifyCa);
        assert_eq!(mode("sslrootcert=system"), TlsMode::VerifyFull);
        assert_eq!(mode("sslmode=verify-full"), TlsMode::VerifyFull);
    }

    #[test]
    fn the_password_file_gives_what_nothing_else_does() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(".pgpass");
        std::fs::write(&file, "h:5432:d:u:from the file\n").unwrap();
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let environment = Environment::from_iter([("HOME", directory.path().to_str().unwrap())]);
        let password = |url| {
            let settings = ConnectionSettings::find(Some(url), "", &environment).unwrap().unwrap();
            settings.config("limbeck").get_password().map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        };
        assert_eq!(password("postgresql://u@h/d").as_deref(), Some("from the file"));
        assert_eq!(password("postgresql://u:own@h/d").as_deref(), Some("own"));
        assert_eq!(password("postgresql://v@h/d"), None);

        // It is libpq's, and goes with the variables that are.
        let libpq = [("PGHOST", "h"), ("PGDATABASE", "d"), ("DATABASE_PASSWORD", "last")];
        let home = ("HOME", directory.path().to_str().unwrap());
        for (user, expected) in [("u", "from the file"), ("v", "last")] {
            let environment = Environment::from_iter(libpq.into_iter().chain([home, ("PGUSER", user)]));
            let settings = ConnectionSettings::find(None, "DATABASE_URL", &environment).unwrap().unwrap();
            assert_eq!(settings.config("limbeck").get_password(), Some(expected.as_bytes()), "{user}");
        }
    }
}
