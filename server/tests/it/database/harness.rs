//! The test cluster itself.

use tokio_postgres::NoTls;

use crate::cluster::{Cluster, PASSWORD, USER};

#[test]
fn each_test_has_an_empty_database_of_its_own() {
    let one = Cluster::shared().database();
    let two = Cluster::shared().database();
    one.execute("CREATE TABLE here (id int); INSERT INTO here VALUES (1), (NULL)");
    assert_eq!(one.rows("SELECT id, 'x' FROM here ORDER BY id"), ["1|x", "NULL|x"]);
    assert_eq!(two.rows("SELECT to_regclass('here')"), ["NULL"]);
}

#[tokio::test]
async fn tcp_asks_for_the_password_and_the_socket_does_not() {
    let database = Cluster::shared().database();
    tokio_postgres::connect(&database.url(), NoTls).await.map(drop).expect("password is right");
    tokio_postgres::connect(&database.socket_url(), NoTls).await.map(drop).expect("no password is needed");
    let wrong = database.url_as(USER, &format!("{PASSWORD}!"));
    assert!(tokio_postgres::connect(&wrong, NoTls).await.is_err());
}
