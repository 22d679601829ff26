//! What the database holds, over HTTP.

use serde_json::{Value, json};

use super::site::{Directory, Site};
use crate::cluster::Cluster;

#[test]
fn the_schema_is_part_of_the_database_unless_it_is_not_wanted() {
    let database = Cluster::shared().database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    database.execute("CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE alembic_version (version_num text)");
    for path in ["/api/database", "/api/database?schema=true"] {
        let document = site.get(path).send().expect(200).json();
        assert_eq!(document["schema"]["format"], 1, "{document}");
        let tables = document["schema"]["tables"].as_array().expect("tables");
        let names: Vec<_> = tables.iter().map(|table| &table["name"]).collect();
        assert_eq!(names, ["public.users"]);
        assert_eq!((&document["schema_error"], &document["journal"]), (&Value::Null, &Value::Null));
    }
    let document = site.get("/api/database?schema=false").send().expect(200).json();
    assert_eq!((&document["schema"], &document["schema_error"]), (&Value::Null, &Value::Null));
    assert_eq!(document["rows"], json!([]));
    assert!(document["server_version"].is_string(), "{document}");
}

#[test]
fn a_table_that_somebody_makes_is_there_the_next_time() {
    let database = Cluster::shared().database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    let count = || site.get("/api/database").send().expect(200).json()["schema"]["tables"].as_array().map(Vec::len);
    assert_eq!(count(), Some(0));
    database.execute("CREATE TABLE users (id bigint PRIMARY KEY)");
    assert_eq!(count(), Some(1));
}

#[test]
fn a_schema_that_cannot_be_had_does_not_hide_where_the_database_stands() {
    let database = Cluster::shared().database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    database.execute("CREATE VIEW v AS SELECT 1 AS one");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _holder = runtime.block_on(async {
        let client = database.client().await;
        client.batch_execute("BEGIN; LOCK TABLE v IN ACCESS EXCLUSIVE MODE").await.expect("the lock is free");
        client
    });
    let document = site.get("/api/database").send().expect(200).json();
    assert_eq!((&document["schema"], &document["error"]), (&Value::Null, &Value::Null));
    assert_eq!(document["schema_error"]["code"], "sql", "{document}");
    assert!(document["server_version"].is_string(), "{document}");
}

#[test]
fn a_query_that_is_not_known_is_refused() {
    let database = Cluster::shared().database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    for (query, why) in [
        ("schema=1", "schema: provided string was not `true` or `false`"),
        ("schema=", "schema: provided string was not `true` or `false`"),
        ("shema=true", "shema: unknown field `shema`, expected `schema`"),
        ("schema=true&schema=false", "duplicate field `schema`"),
    ] {
        let document = site.get(&format!("/api/database?{query}")).send().expect(400).json();
        let error = &document["error"];
        assert_eq!(error["code"], "usage", "{query}");
        assert_eq!(error["message"], format!("the query is not as expected: {why}"), "{query}");
    }
}

#[test]
fn who_asks_where_the_database_stands_does_not_wait_for_who_asks_for_its_schema() {
    let database = Cluster::shared().database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    database.execute("CREATE VIEW v AS SELECT 1 AS one");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let _holder = runtime.block_on(async {
        let client = database.client().await;
        client.batch_execute("BEGIN; LOCK TABLE v IN ACCESS EXCLUSIVE MODE").await.expect("the lock is free");
        client
    });
    // It waits for the lock, some seconds.
    std::thread::scope(|scope| {
        let schema = scope.spawn(|| site.get("/api/database").send().expect(200).json());
        let waits =
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        while database.rows(waits) == ["0"] && !schema.is_finished() {
            std::thread::yield_now();
        }
        site.get("/api/database?schema=false").send().expect(200);
        assert!(!schema.is_finished(), "the schema was there first");
        assert_eq!(schema.join().expect("it is answered")["schema_error"]["code"], "sql");
    });
}
