//! The embedded Postgres of a project, asked directly when no server holds it.

use pglite_oxide::PgliteServer;
use tokio_postgres::{NoTls, SimpleQueryMessage};

use crate::project::Project;

/// Returns the first column of each query's rows as text.
pub(crate) async fn columns(project: &Project, queries: &[&str]) -> Vec<Vec<String>> {
    let data = project.directory().join(".limbeck/postgres");
    let sockets = tempfile::tempdir().expect("/tmp is writable");
    let socket = sockets.path().join(".s.PGSQL.5432");
    let starting = tokio::task::spawn_blocking(move || PgliteServer::builder().path(data).unix(socket).start());
    let server = starting.await.expect("the start does not panic").expect("nobody else has it open");
    let mut config = tokio_postgres::Config::new();
    config.host_path(sockets.path()).port(5432).user("postgres").dbname("limbeck");
    let (client, connection) = config.connect(NoTls).await.expect("the embedded Postgres accepts a connection");
    let driver = tokio::spawn(connection);
    let mut answers = Vec::new();
    for query in queries {
        let messages = client.simple_query(query).await.unwrap_or_else(|error| panic!("{query}: {error:?}"));
        let first = |message: &SimpleQueryMessage| match message {
            SimpleQueryMessage::Row(row) => Some(row.get(0).unwrap_or("NULL").to_owned()),
            _ => None,
        };
        answers.push(messages.iter().filter_map(first).collect());
    }
    drop(client);
    let _ = driver.await;
    let ending = tokio::task::spawn_blocking(move || server.shutdown());
    ending.await.expect("the end does not panic").expect("the embedded Postgres ends");
    answers
}
