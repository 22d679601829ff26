//! Connections, good and bad.

use std::net::TcpListener;

use limbeck::connection::{ConnectionSettings, Environment};
use limbeck::database::{Database, DatabaseError};

use super::lab::target;
use crate::cluster::{Cluster, PASSWORD, USER};

/// Returns message, code and hint of the error, with what differs from run to run taken out.
async fn refused(url: &str) -> String {
    let settings = ConnectionSettings::find(Some(url), "", &Environment::default()).unwrap().unwrap();
    let error = Database::connect(&settings.clone().into(), "test").await.expect_err("this does not connect");
    let shown = format!("{error}\n{}\n{}", error.code(), error.hint().unwrap_or_default());
    assert!(!format!("{shown} {error:?}").contains(PASSWORD), "{shown}");
    shown.replace(settings.server(), "SERVER")
}

fn host_and_port() -> String {
    let url = Cluster::shared().database().url();
    let (_, rest) = url.rsplit_once('@').unwrap();
    rest.split_once('/').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_connection_describes_itself_without_the_password() {
    let database = Cluster::shared().database();
    let connected = Database::connect(&target(&database.url()), "test").await.unwrap();
    let version = database.rows("SHOW server_version").remove(0).split(' ').next().unwrap().to_owned();
    assert_eq!(connected.server_version(), version);
    assert_eq!(connected.describe(), format!("{} @ {} · PostgreSQL {version}", database.name, host_and_port()));
    assert!(!format!("{connected:?}").contains(PASSWORD));
}

#[tokio::test]
async fn a_unix_socket_is_a_host_too() {
    let database = Cluster::shared().database();
    let connected = Database::connect(&target(&database.socket_url()), "test").await.unwrap();
    assert_eq!(connected.name(), database.name);
}

#[tokio::test]
async fn a_server_of_the_other_kind_is_said_to_be_one() {
    let database = Cluster::shared().database();
    let url = format!("{}&target_session_attrs=read-only", database.url());
    insta::assert_snapshot!(refused(&url).await, @"
    SERVER is not of the kind that was asked for: it takes writes
    connection
    name a server of that kind, or leave out target_session_attrs
    ");
    database.execute(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name));
    Database::connect(&target(&url), "test").await.unwrap();
    let url = format!("{}&target_session_attrs=read-write", database.url());
    insta::assert_snapshot!(refused(&url).await, @"
    SERVER is not of the kind that was asked for: it is read-only
    connection
    name a server of that kind, or leave out target_session_attrs
    ");
}

#[tokio::test]
async fn the_url_of_an_alembic_team_is_understood() {
    let url = Cluster::shared().database().url();
    for scheme in ["postgresql+psycopg2", "postgresql+asyncpg", "postgres"] {
        Database::connect(&target(&url.replacen("postgresql", scheme, 1)), "test").await.unwrap();
    }
}

#[tokio::test]
async fn options_of_the_url_reach_the_session() {
    let database = Cluster::shared().database();
    database.execute("CREATE SCHEMA app; CREATE TABLE app.alembic_version (version_num text); INSERT INTO app.alembic_version VALUES ('a')");
    let table = limbeck::database::VersionTable::new("alembic_version", None);
    let plain = Database::connect(&target(&database.url()), "test").await.unwrap();
    assert!(plain.version_rows(&table).await.unwrap().is_empty());
    let url = format!("{}&options=-csearch_path%3Dapp", database.url());
    let app = Database::connect(&target(&url), "test").await.unwrap();
    assert_eq!(app.version_rows(&table).await.unwrap(), ["a"]);
}

#[tokio::test]
async fn nobody_listens() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    insta::assert_snapshot!(refused(&format!("postgresql://u@{free}/d")).await, @r"
    cannot connect to SERVER: connection refused
    connection
    is the server running, and are host and port right?
    ");
    insta::assert_snapshot!(refused("postgresql://u@/d?host=/nowhere/at/all").await, @r"
    cannot connect to SERVER: there is no such socket
    connection
    is the server running, and are host and port right?
    ");
}

#[tokio::test]
async fn the_host_does_not_exist() {
    insta::assert_snapshot!(refused("postgresql://u@no-such-host.invalid/d").await, @r"
    cannot connect to SERVER: no such host
    connection
    check the spelling of the host, and the network
    ");
}

#[tokio::test]
async fn the_server_does_not_answer() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgresql://u@{}/d?connect_timeout=1", silent.local_addr().unwrap());
    insta::assert_snapshot!(refused(&url).await, @r"
    cannot connect to SERVER: no answer within 1 s
    connection
    check host, port and firewall; connect_timeout=SECONDS in the URL waits longer
    ");
}

#[tokio::test]
async fn the_password_is_wrong_or_missing() {
    let database = Cluster::shared().database();
    insta::assert_snapshot!(refused(&database.url_as(USER, "wrong")).await, @r"
    SERVER does not accept the password of 'postgres'
    connection
    check user and password; special characters in a URL are percent-encoded
    ");
    insta::assert_snapshot!(refused(&database.url_as("nobody", PASSWORD)).await, @r"
    SERVER does not accept the password of 'nobody'
    connection
    check user and password; special characters in a URL are percent-encoded
    ");
    let without = format!("postgresql://{USER}@{}/d?sslmode=disable", host_and_port());
    insta::assert_snapshot!(refused(&without).await, @r"
    SERVER asks for a password for 'postgres', and none was given
    connection
    set PGPASSWORD or DATABASE_PASSWORD, or write a line into ~/.pgpass
    ");
}

#[tokio::test]
async fn the_database_does_not_exist() {
    let url = Cluster::shared().database().url();
    let (server, _) = url.rsplit_once('/').unwrap();
    insta::assert_snapshot!(refused(&format!("{server}/no such'shop?sslmode=disable")).await, @r"
    SERVER has no database 'no such'shop'
    connection
    create it with `createdb 'no such'\''shop'`, or name another
    ");
}

#[tokio::test]
async fn the_role_does_not_exist() {
    // The cluster asks nobody of this name for a password.
    insta::assert_snapshot!(refused(&Cluster::shared().database().url_as("no_such_role", PASSWORD)).await, @r"
    SERVER has no role 'no_such_role'
    connection
    create it with `createuser no_such_role`, or name another user in the URL
    ");
}

#[tokio::test]
async fn the_server_turns_the_role_away() {
    // The cluster admits this role over TLS only.
    let cluster = Cluster::shared();
    let database = cluster.database();
    cluster.tls_only_role();
    let shown = refused(&database.url_as("tls_only", PASSWORD)).await;
    insta::assert_snapshot!(shown.replace(&database.name, "NAME"), @r#"
    SERVER does not admit this connection: pg_hba.conf rejects connection for host "127.0.0.1", user "tls_only", database "NAME", no encryption
    connection
    check user and sslmode against pg_hba.conf on the server
    "#);
    let allow = database.url_as("tls_only", PASSWORD).replace("sslmode=disable", "sslmode=allow");
    Database::connect(&target(&allow), "test").await.unwrap();
}

/// Connects with these parameters; says whether the session is encrypted, or what the error is.
async fn encrypted(host: &str, parameters: &str) -> Result<bool, DatabaseError> {
    let database = Cluster::shared().database();
    let url = database.url().replace("127.0.0.1", host).replace("sslmode=disable", parameters);
    let connected = Database::connect(&target(&url), "limbeck tls").await?;
    let sql = format!(
        "SELECT s.ssl FROM pg_stat_ssl AS s JOIN pg_stat_activity AS a USING (pid) WHERE a.datname = '{}' AND a.application_name = 'limbeck tls'",
        database.name
    );
    let rows = database.rows(&sql);
    drop(connected);
    Ok(rows == ["t"])
}

#[tokio::test]
async fn sslmode_decides_whether_and_how_tls_is_used() {
    let certificate = Cluster::shared().certificate();
    let root = format!("sslrootcert={}", certificate.display());
    assert!(!encrypted("127.0.0.1", "sslmode=disable").await.unwrap());
    assert!(!encrypted("127.0.0.1", "sslmode=allow").await.unwrap());
    assert!(encrypted("127.0.0.1", "sslmode=prefer").await.unwrap());
    assert!(encrypted("127.0.0.1", "sslmode=require").await.unwrap());
    assert!(encrypted("127.0.0.1", &format!("sslmode=verify-ca&{root}")).await.unwrap());
    assert!(encrypted("localhost", &format!("sslmode=verify-full&{root}")).await.unwrap());
    // The certificate is for localhost only.
    let error = encrypted("127.0.0.1", &format!("sslmode=verify-full&{root}")).await.unwrap_err();
    assert!(matches!(error, DatabaseError::Tls { .. }), "{error}");
    // And nobody else trusts it.
    let error = encrypted("localhost", "sslmode=verify-full").await.unwrap_err();
    assert!(matches!(error, DatabaseError::Tls { .. } | DatabaseError::TlsSettings(_)), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_an_error_where_tls_is_required() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        stream.read_exact(&mut [0; 8]).unwrap();
        stream.write_all(b"N").unwrap();
    });
    insta::assert_snapshot!(refused(&format!("postgresql://u@{address}/d?sslmode=require")).await, @r"
    no TLS with SERVER: server does not support TLS
    connection
    sslmode=disable connects without TLS; sslrootcert=FILE names a certificate to trust
    ");
    server.join().unwrap();
}

#[tokio::test]
async fn certificates_that_cannot_be_read_are_named() {
    let url = "postgresql://u@localhost/d?sslmode=verify-ca";
    insta::assert_snapshot!(refused(&format!("{url}&sslrootcert=/no/such/file")).await, @r"
    /no/such/file cannot be read as PEM: I/O error: No such file or directory (os error 2)
    connection
    check sslrootcert, sslcert and sslkey
    ");
    insta::assert_snapshot!(refused(url).await, @r"
    sslmode=verify-ca needs a root certificate
    connection
    check sslrootcert, sslcert and sslkey
    ");
}

#[tokio::test]
async fn what_is_no_postgres_is_said() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let server = std::thread::spawn(move || {
        use std::io::{Read, Write};
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    });
    insta::assert_snapshot!(refused(&format!("postgresql://u@{address}/d?sslmode=disable&connect_timeout=2")).await, @r"
    cannot connect to SERVER: what answers there is no Postgres
    connection
    is the server running, and are host and port right?
    ");
    server.join().unwrap();
}
