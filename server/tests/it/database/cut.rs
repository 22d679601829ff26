//! A network that fails: connections that break at a chosen moment.

use std::sync::{Arc, Mutex};

use limbeck::database::Cancel;
use limbeck_core::document::Direction;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::lab::{Lab, file, shown, target};

/// When the wire breaks: at the message that holds this text, before or after it has been passed on. It breaks once.
#[derive(Clone, Copy)]
enum Cut {
    Before(&'static str),
    After(&'static str),
}

/// Passes everything on to the server at the port behind `@127.0.0.1:`, until the cut. Returns the URL to use instead.
async fn wire(url: &str, cut: Cut) -> String {
    let (before, rest) = url.split_once("@127.0.0.1:").expect("the cluster is there");
    let (port, after) = rest.split_once('/').expect("the URL names a database");
    let server = format!("127.0.0.1:{port}");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has free ports");
    let own = listener.local_addr().expect("a bound socket has an address");
    let cut = Arc::new(Mutex::new(Some(cut)));
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&server).await.expect("the cluster serves");
            tokio::spawn(pass(client, server, Arc::clone(&cut)));
        }
    });
    format!("{before}@{own}/{after}")
}

async fn pass(client: TcpStream, server: TcpStream, cut: Arc<Mutex<Option<Cut>>>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
        let message = &buffer[..length];
        let holds = |text: &str| message.windows(text.len()).any(|part| part == text.as_bytes());
        let hit = cut.lock().expect("nobody panics here").take_if(|cut| match cut {
            Cut::Before(text) | Cut::After(text) => holds(text),
        });
        match hit {
            Some(Cut::Before(_)) => break,
            Some(Cut::After(_)) => {
                // The answer is on its way, and does not arrive.
                answers.abort();
                let _ = answers.await;
                let _ = to_server.write_all(message).await;
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                return;
            }
            None => to_server.write_all(message).await.expect("the cluster serves"),
        }
    }
    answers.abort();
}

fn two() -> Lab {
    Lab::new(&[
        file("a", "", "\nCREATE TABLE one (id int);", None),
        file("b", "a", "\nCREATE TABLE two (id int);", None),
        file("c", "b", " transaction:false\nCREATE TABLE three (id int);\nCREATE TABLE four (id int);", None),
    ])
}

/// Runs everything over a wire that breaks; returns what is said and what is there.
async fn broken(cut: Cut) -> (Lab, String) {
    let mut lab = two();
    lab.upgrade("a").await.expect("nothing is broken yet");
    let plan = lab.plan(Direction::Upgrade, "heads").await;
    lab.target = target(&wire(&lab.database.url(), cut).await);
    let error = lab.run(&plan, &Cancel::never()).await.0.expect_err("the wire breaks");
    assert_eq!(error.code(), "connection");
    let tables = lab
        .database
        .rows("SELECT string_agg(tablename, ' ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'public'");
    let rows = lab.rows().await;
    let said = shown(&error);
    (lab, format!("{said}\ntables {} at {}", tables.join(" "), rows.join(" ")))
}

#[tokio::test]
async fn before_commit_nothing_is_kept() {
    let (lab, shown) = broken(Cut::Before("COMMIT")).await;
    insta::assert_snapshot!(shown, @r"
    upgrade of b (versions/b.sql): at COMMIT: the connection to the server is gone: the server closed it
    connection
    nothing of this revision was kept, the database is at a; when the server is back, look where the database is; to upgrade again goes on from there
    tables alembic_version one at a
    ");
    assert_eq!(lab.upgrade("heads").await.unwrap().rows, ["c"]);
}

#[tokio::test]
async fn after_commit_the_revision_is_there_and_that_is_what_is_said() {
    let (lab, shown) = broken(Cut::After("COMMIT")).await;
    insta::assert_snapshot!(shown, @r"
    upgrade of b (versions/b.sql): at COMMIT: the connection to the server is gone: the server closed it
    connection
    the database is at b; when the server is back, look where the database is; to upgrade again goes on from there
    tables alembic_version one two at b
    ");
    assert_eq!(lab.upgrade("heads").await.unwrap().rows, ["c"]);
}

#[tokio::test]
async fn in_the_first_statement_nothing_is_kept() {
    let (lab, shown) = broken(Cut::After("CREATE TABLE two")).await;
    insta::assert_snapshot!(shown, @"
    upgrade of b, statement 1 (versions/b.sql:5:1): the connection to the server is gone: the server closed it
    connection
    nothing of this revision was kept, the database is at a; when the server is back, look where the database is; to upgrade again goes on from there
    tables alembic_version one at a
    ");
    assert_eq!(lab.upgrade("heads").await.unwrap().rows, ["c"]);
}

#[tokio::test]
async fn outside_a_transaction_the_statements_that_ran_are_named() {
    let (_, shown) = broken(Cut::Before("CREATE TABLE four")).await;
    insta::assert_snapshot!(shown, @"
    upgrade of c, statement 2 (versions/c.sql:6:1): the connection to the server is gone: the server closed it
    connection
    statement 1 of 2 was committed and stays, what of statement 2 stays is not known, the database is at b; when the server is back, make the section fit for what stays, then upgrade again
    tables alembic_version one three two at b
    ");
}

#[tokio::test]
async fn outside_a_transaction_whether_the_last_statement_ran_is_not_claimed() {
    let (_, shown) = broken(Cut::After("CREATE TABLE four")).await;
    insta::assert_snapshot!(shown, @"
    upgrade of c, statement 2 (versions/c.sql:6:1): the connection to the server is gone: the server closed it
    connection
    statement 1 of 2 was committed and stays, what of statement 2 stays is not known, the database is at b; when the server is back, make the section fit for what stays, then upgrade again
    tables alembic_version four one three two at b
    ");
}
