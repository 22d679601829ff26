//! Connection strings: URLs and `key=value` lists, as libpq and SQLAlchemy spell them, into named parameters.

use std::collections::BTreeMap;

use super::SettingsError;

/// Parameters by libpq's name.
pub(super) type Parameters = BTreeMap<&'static str, String>;

/// Parameters that are understood, with the variable that gives them when the connection string does not.
pub(super) const KNOWN: &[(&str, Option<&str>)] = &[
    ("application_name", Some("PGAPPNAME")),
    ("channel_binding", Some("PGCHANNELBINDING")),
    ("client_encoding", None),
    ("connect_timeout", Some("PGCONNECT_TIMEOUT")),
    ("dbname", Some("PGDATABASE")),
    ("fallback_application_name", None),
    ("gssencmode", Some("PGGSSENCMODE")),
    ("host", Some("PGHOST")),
    ("hostaddr", Some("PGHOSTADDR")),
    ("keepalives", None),
    ("keepalives_count", None),
    ("keepalives_idle", None),
    ("keepalives_interval", None),
    ("load_balance_hosts", Some("PGLOADBALANCEHOSTS")),
    ("options", Some("PGOPTIONS")),
    ("passfile", Some("PGPASSFILE")),
    ("password", Some("PGPASSWORD")),
    ("port", Some("PGPORT")),
    ("sslcert", Some("PGSSLCERT")),
    ("sslkey", Some("PGSSLKEY")),
    ("sslmode", Some("PGSSLMODE")),
    ("sslnegotiation", Some("PGSSLNEGOTIATION")),
    ("sslrootcert", Some("PGSSLROOTCERT")),
    ("target_session_attrs", Some("PGTARGETSESSIONATTRS")),
    ("tcp_user_timeout", None),
    ("user", Some("PGUSER")),
];

/// Returns the parameters of a connection string.
///
/// Accepted are `postgres://` and `postgresql://` URLs, with a SQLAlchemy driver behind a `+` or without, and
/// libpq's `key=value` lists.
pub(super) fn parse(text: &str) -> Result<Parameters, SettingsError> {
    let text = text.trim();
    match text.split_once("://") {
        Some((scheme, rest)) if scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-._".contains(c)) => {
            let dialect = scheme.split('+').next().unwrap_or(scheme);
            if !matches!(dialect, "postgres" | "postgresql") {
                return Err(SettingsError::NotPostgres { scheme: scheme.to_owned() });
            }
            url(rest)
        }
        _ if text.contains('=') => list(text),
        _ => Err(SettingsError::NoConnectionString),
    }
}

/// What stands behind `postgresql://`.
fn url(rest: &str) -> Result<Parameters, SettingsError> {
    let mut parameters = Parameters::new();
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let hosts = match authority.rsplit_once('@') {
        Some((who, hosts)) => {
            let (user, password) = who.split_once(':').map_or((who, None), |(user, password)| (user, Some(password)));
            set(&mut parameters, "user", decode(user, "user")?)?;
            if let Some(password) = password {
                set(&mut parameters, "password", decode(password, "password")?)?;
            }
            hosts
        }
        None => authority,
    };

    let (mut names, mut ports) = (Vec::new(), Vec::new());
    for host in hosts.split(',') {
        let (name, port) = match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
            Some((address, port)) => (address, port.strip_prefix(':').unwrap_or(port)),
            None => host.split_once(':').unwrap_or((host, "")),
        };
        names.push(decode(name, "host")?);
        if !port.is_empty() && port.parse::<u16>().is_err() {
            return Err(SettingsError::UrlPort);
        }
        ports.push(port);
    }
    if names.iter().any(|name| !name.is_empty()) {
        set(&mut parameters, "host", names.join(","))?;
    }
    if ports.iter().any(|port| !port.is_empty()) {
        let ports: Vec<_> = ports.iter().map(|port| if port.is_empty() { "5432" } else { port }).collect();
        set(&mut parameters, "port", ports.join(","))?;
    }
    if !database.is_empty() {
        set(&mut parameters, "dbname", decode(database, "database")?)?;
    }

    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = (decode(name, "parameter name")?, decode(value, "parameter")?);
        match (name.as_str(), value.as_str()) {
            // asyncpg and JDBC spell it `ssl`.
            ("ssl", "true" | "True") => set(&mut parameters, "sslmode", "require".to_owned())?,
            ("ssl", "false" | "False") => set(&mut parameters, "sslmode", "disable".to_owned())?,
            ("ssl", _) => set(&mut parameters, "sslmode", value)?,
            _ => set(&mut parameters, &name, value)?,
        }
    }
    Ok(parameters)
}

/// `host=db1 dbname='two words'`.
fn list(text: &str) -> Result<Parameters, SettingsError> {
    let mut parameters = Parameters::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=').ok_or(SettingsError::List)?;
        let mut value = String::new();
        let mut characters = after.trim_start().chars();
        let quoted = characters.clone().next() == Some('\'');
        if quoted {
            characters.next();
        }
        loop {
            match characters.next() {
                Some('\\') => value.push(characters.next().ok_or(SettingsError::List)?),
                Some('\'') if quoted => break,
                Some(c) if c.is_whitespace() && !quoted => break,
                Some(c) => value.push(c),
                None if quoted => return Err(SettingsError::List),
                None => break,
            }
        }
        set(&mut parameters, name.trim(), value)?;
        rest = characters.as_str().trim_start();
    }
    Ok(parameters)
}

fn set(parameters: &mut Parameters, name: &str, value: String) -> Result<(), SettingsError> {
    let known = KNOWN.iter().find(|(known, _)| *known == name);
    let (name, _) = known.ok_or_else(|| SettingsError::UnknownParameter { name: name.to_owned() })?;
    if !value.is_empty() {
        parameters.insert(name, value);
    }
    Ok(())
}

fn decode(text: &str, part: &'static str) -> Result<String, SettingsError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
            let (Some(high), Some(low)) = (digit(), digit()) else { return Err(SettingsError::Escape { part }) };
            bytes.push((high * 16 + low) as u8);
        } else {
            bytes.push(byte);
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(SettingsError::Escape { part }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text) {
            Ok(parameters) => {
                parameters.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
            }
            Err(error) => format!("error: {error}"),
        }
    }

    #[test]
    fn the_spellings_of_libpq_and_sqlalchemy_are_understood() {
        let cases = [
            ("postgresql://", ""),
            ("postgres://db1", "host=db1"),
            ("postgresql://u@db1:5433/shop", "dbname=shop host=db1 port=5433 user=u"),
            ("postgresql+psycopg2://u:p%40ss@db1/shop", "dbname=shop host=db1 password=p@ss user=u"),
            ("postgresql+asyncpg://db1/shop?ssl=require", "dbname=shop host=db1 sslmode=require"),
            ("postgresql://u:a@b@db1/shop", "dbname=shop host=db1 password=a@b user=u"),
            ("postgresql://[2001:db8::1]:5433/shop", "dbname=shop host=2001:db8::1 port=5433"),
            ("postgresql://one:1,two:2/shop", "dbname=shop host=one,two port=1,2"),
            ("postgresql://one,two:2/shop", "dbname=shop host=one,two port=5432,2"),
            ("postgresql:///shop?host=/run/pg&port=1", "dbname=shop host=/run/pg port=1"),
            ("postgresql://%2Frun%2Fpg/shop", "dbname=shop host=/run/pg"),
            ("postgresql:///s?options=-csearch_path%3Dapp", "dbname=s options=-csearch_path=app"),
            ("host=db1 dbname='two words' user = u\\'s", "dbname=two words host=db1 user=u's"),
            ("  host=db1\n", "host=db1"),
        ];
        for (text, expected) in cases {
            assert_eq!(shown(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said_without_quoting_it() {
        insta::assert_snapshot!(shown("mysql://u:geheim@db1/shop"), @"error: 'mysql' is no Postgres URL scheme");
        insta::assert_snapshot!(shown("db1"), @"error: this is neither a Postgres URL nor a list like 'host=db1 dbname=shop'");
        insta::assert_snapshot!(shown("postgresql://u:ge/heim@db1/shop"), @"error: the port in the database URL is not a number from 1 to 65535");
        insta::assert_snapshot!(shown("postgresql://u:geheim%4@db1/shop"), @"error: the password in the database URL has a percent sign that is no escape");
        insta::assert_snapshot!(shown("postgresql://db1/shop?schema=app"), @"error: connection parameter 'schema' is not known");
        insta::assert_snapshot!(shown("host='geheim"), @"error: the list of connection parameters has an open quote or a word without '='");
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*", prefix in "(postgresql://|host=|)") {
            let _ = parse(&format!("{prefix}{text}"));
        }

        #[test]
        fn an_escaped_password_comes_back(password in "[^\\x00]{1,20}") {
            let escaped: String = password.bytes().map(|byte| format!("%{byte:02x}")).collect();
            let parameters = parse(&format!("postgresql://u:{escaped}@h/d")).unwrap();
            proptest::prop_assert_eq!(&parameters["password"], &password);
        }
    }
}
