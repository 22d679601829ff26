//! Runs over HTTP, on a real server and on the embedded one.

use std::time::Duration;

use serde_json::{Value, json};

use super::site::{Directory, Site, TOKEN};
use crate::cluster::{Cluster, TestDatabase};

fn database() -> TestDatabase {
    Cluster::shared().database()
}

fn kinds(run: &Value) -> Vec<&str> {
    let events = run["events"].as_array().expect("events");
    events.iter().map(|event| event["type"].as_str().expect("a type")).collect()
}

/// One step that takes long, between two that do not.
fn slow() -> Directory {
    Directory::new()
        .revision("a", "", "CREATE TABLE a (id int);", "DROP TABLE a;")
        .revision("b", "a", "CREATE TABLE b (id int);\nSELECT pg_sleep(30);", "DROP TABLE b;")
        .revision("c", "b", "CREATE TABLE c (id int);", "DROP TABLE c;")
}

/// Waits until the run is in the middle of its slow statement.
fn wait_until_slow(database: &TestDatabase) {
    for _ in 0..200 {
        let sleeping = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()";
        if !database.rows(sleeping).is_empty() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("the slow statement never started");
}

fn there_and_back(site: &Site) {
    assert_eq!(site.rows(), [""; 0]);
    let up = site.finished(site.run("upgrade", "heads"));
    assert_eq!(up["state"], "done", "{up}");
    assert_eq!(site.rows(), ["c", "d"]);
    let kinds = kinds(&up);
    assert_eq!(kinds.iter().filter(|kind| **kind == "step_done").count(), 4);
    assert_eq!(kinds.iter().filter(|kind| **kind == "statement_done").count(), 5);
    assert_eq!(kinds.last(), Some(&"finished"));

    let down = site.finished(site.run("downgrade", "base"));
    assert_eq!(down["state"], "done", "{down}");
    assert_eq!(site.rows(), [""; 0]);
    let runs = site.get("/api/runs").send().expect(200).json();
    let ids: Vec<_> = runs["runs"].as_array().expect("runs").iter().map(|run| run["id"].as_u64()).collect();
    assert_eq!(ids, [Some(2), Some(1)], "newest first");
}

#[test]
fn from_base_to_the_heads_and_back_on_a_real_server() {
    let database = database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    there_and_back(&site);
    let tables = database.rows("SELECT relname FROM pg_class WHERE relname IN ('a', 'b', 'c', 'd')");
    assert_eq!(tables, [""; 0]);
}

#[test]
fn from_base_to_the_heads_and_back_on_the_embedded_server() {
    let site = Site::start(Directory::two_heads(), None);
    let document = site.get("/api/database").send().expect(200).json();
    assert_eq!(document["embedded"], true, "{document}");
    assert!(document["server_version"].is_string(), "{document}");
    there_and_back(&site);
}

#[test]
fn a_run_says_what_it_is_and_where_to_follow_it() {
    let database = database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    let request = site.reviewed("upgrade", "c");
    let answer = site.post("/api/runs", &request).send().expect(202);
    assert_eq!(answer.header("location"), Some("/api/runs/1"));
    let run = answer.json();
    assert_eq!((run["format"].as_u64(), run["id"].as_u64()), (Some(1), Some(1)));
    assert_eq!(run["digest"], request["digest"]);
    assert_eq!((run["who"].as_str(), run["target"].as_str()), (Some("operator"), Some("c")));
    assert_eq!(run["plan"]["to"], json!(["c"]));
    let ended = site.finished(1);
    assert!(ended["finished_at"].as_str() >= ended["started_at"].as_str());
}

#[test]
fn a_digest_is_good_for_one_run() {
    let database = database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    let request = site.reviewed("upgrade", "heads");
    let id = site.post("/api/runs", &request).send().expect(202).json()["id"].as_u64().expect("a number");
    site.finished(id);
    let replay = site.post("/api/runs", &request).send().expect(409);
    assert_eq!(replay.code(), "stale-plan");
    assert!(replay.json()["digest"].as_str().expect("the new one").starts_with("sha256:"));
    assert_ne!(replay.json()["digest"], request["digest"]);
}

#[test]
fn a_plan_is_stale_when_a_script_changed_after_the_review() {
    let database = database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    let request = site.reviewed("upgrade", "heads");
    let path = site.directory.path().join("versions/c.sql");
    let text = std::fs::read_to_string(&path).expect("it is there");
    std::fs::write(&path, text.replace("CREATE TABLE c", "DROP TABLE a; CREATE TABLE c")).expect("writable");
    let answer = site.post("/api/runs", &request).send().expect(409);
    assert_eq!(answer.code(), "stale-plan");
    assert_eq!(site.rows(), [""; 0]);

    // The digest in the answer is that of the plan as it is now.
    let now = site.reviewed("upgrade", "heads");
    assert_eq!(answer.json()["digest"], now["digest"]);
}

#[test]
fn a_plan_is_stale_when_the_database_moved_after_the_review() {
    let database = database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    site.finished(site.run("upgrade", "a"));
    let request = site.reviewed("upgrade", "heads");
    database.execute("UPDATE alembic_version SET version_num = 'b'");
    assert_eq!(site.post("/api/runs", &request).send().expect(409).code(), "stale-plan");
}

#[test]
fn a_digest_that_nobody_reviewed_runs_nothing() {
    let database = database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    for digest in ["", "sha256:", "sha256:0", &format!("sha256:{}", "0".repeat(64))] {
        let request = json!({"digest": digest, "direction": "upgrade", "target": "heads"});
        assert_eq!(site.post("/api/runs", &request).send().expect(409).code(), "stale-plan");
    }
    assert_eq!(database.rows("SELECT to_regclass('alembic_version')"), ["NULL"]);
}

#[test]
fn what_has_no_plan_is_refused_with_its_reason() {
    let database = database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    for (direction, target, code) in [
        ("upgrade", "nowhere", "unknown-revision"),
        ("upgrade", "head", "multiple-heads"),
        ("upgrade", "+99", "ambiguous-walk"),
        ("upgrade", "c+1", "too-far"),
        ("downgrade", "-1", "too-far"),
    ] {
        let request = json!({"digest": "sha256:", "direction": direction, "target": target});
        let answer = site.post("/api/runs", &request).send().expect(422);
        assert_eq!(answer.code(), code, "{direction} {target}: {}", answer.text());
        let target = target.replace('+', "%2B");
        let plan = site.get(&format!("/api/plan?direction={direction}&target={target}")).send().expect(422);
        assert_eq!(plan.code(), code, "{direction} {target}");
    }
}

#[test]
fn a_blocked_plan_is_refused() {
    let database = database();
    let directory = Directory::two_heads();
    directory
        .write("versions/e.sql", "-- no way back\n--\n-- Revision ID: e\n-- Revises: d\n\n-- migrate:up\nSELECT 1;\n");
    let site = Site::start(directory, Some(&database.url()));
    site.finished(site.run("upgrade", "heads"));
    let plan = site.get("/api/plan?direction=downgrade&target=base").send().expect(200).json();
    assert_eq!(plan["verdict"], "blocked", "{plan}");
    let request = json!({"digest": plan["digest"], "direction": "downgrade", "target": "base"});
    assert_eq!(site.post("/api/runs", &request).send().expect(422).code(), "irreversible");
    assert_eq!(site.rows(), ["c", "e"]);
}

#[test]
fn a_failing_statement_ends_the_run_at_the_last_whole_revision() {
    let database = database();
    let directory =
        Directory::two_heads().revision("e", "d", "CREATE TABLE e (id int);\nSELECT 1/(random() * 0)::int;", "");
    let site = Site::start(directory, Some(&database.url()));
    let run = site.finished(site.run("upgrade", "e"));
    assert_eq!(run["state"], "failed");
    let last = run["events"].as_array().and_then(|events| events.last()).expect("an event");
    assert_eq!(last["type"], "failed");
    assert_eq!(last["error"]["code"], "sql");
    assert!(last["error"]["message"].as_str().expect("a message").contains("22012"), "{last}");
    assert_eq!((last["step"].as_u64(), last["statement"].as_u64()), (Some(3), Some(1)));
    assert_eq!(last["rows"], json!(["d"]));
    assert_eq!(site.rows(), ["d"]);
    assert_eq!(database.rows("SELECT to_regclass('e')"), ["NULL"]);
}

#[test]
fn the_stream_tells_every_event_once_and_ends() {
    let database = database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    let id = site.run("upgrade", "heads");
    let stream = site.events(id);
    assert_eq!(stream.status, 200);
    assert_eq!(stream.header("content-type"), Some("text/event-stream"));
    let messages = stream.messages();
    let ids: Vec<_> = messages.iter().map(|message| message.id.clone()).collect();
    assert_eq!(ids, (1..=messages.len()).map(|id| id.to_string()).collect::<Vec<_>>());
    assert!(messages.iter().all(|message| message.event == "event"));
    let run = site.get(&format!("/api/runs/{id}")).send().expect(200).json();
    let told: Vec<_> = messages.iter().map(super::http::Message::json).collect();
    assert_eq!(Value::from(told), run["events"]);
}

#[test]
fn a_reader_that_was_cut_off_goes_on_behind_the_last_event_it_saw() {
    let database = database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    let id = site.run("upgrade", "heads");
    let all = site.events(id).messages();
    let events = format!("/api/runs/{id}/events");
    for seen in 0..all.len() {
        let stream = site.get(&events).header("Last-Event-ID", seen.to_string()).open();
        assert_eq!(stream.messages(), all[seen..], "behind {seen}");
    }
    // Nothing is left: a browser must not ask again.
    site.get(&events).header("Last-Event-ID", all.len().to_string()).send().expect(204);
    site.get(&events).header("Last-Event-ID", "999999").send().expect(204);
    let nonsense = site.get(&events).header("Last-Event-ID", "nonsense").open();
    assert_eq!(nonsense.messages(), all);
}

#[test]
fn many_follow_one_run_while_it_is_at_work() {
    let database = database();
    let site = Site::start(slow(), Some(&database.url()));
    let id = site.run("upgrade", "heads");
    wait_until_slow(&database);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..20).map(|_| scope.spawn(|| site.events(id).messages())).collect();
        std::thread::sleep(Duration::from_millis(200));
        site.post(&format!("/api/runs/{id}/cancel"), &json!({})).send().expect(202);
        let read: Vec<_> = readers.into_iter().map(|reader| reader.join().expect("a reader")).collect();
        assert!(read.iter().all(|messages| *messages == read[0]));
        assert_eq!(read[0].last().map(super::http::Message::kind).as_deref(), Some("failed"));
    });
}

#[test]
fn one_run_at_a_time_and_the_database_is_answered_for_meanwhile() {
    let database = database();
    let site = Site::start(slow(), Some(&database.url()));
    let id = site.run("upgrade", "heads");
    wait_until_slow(&database);

    let request = json!({"digest": "sha256:", "direction": "upgrade", "target": "heads"});
    let second = site.post("/api/runs", &request).send().expect(409);
    assert_eq!(second.code(), "lock-held");
    assert!(second.json()["error"]["message"].as_str().expect("a message").contains("run 1"));

    let document = site.get("/api/database").send().expect(200).json();
    assert_eq!(document["rows"], json!(["a"]), "the first step is whole");
    assert!(document["lock_holder"].as_str().expect("held").contains("run 1"), "{document}");
    assert_eq!((&document["schema"], &document["schema_error"]["code"]), (&Value::Null, &json!("lock-held")));
    let standing = site.get("/api/database?schema=false").send().expect(200).json();
    assert_eq!((&standing["rows"], &standing["schema_error"]), (&json!(["a"]), &Value::Null));
    let plan = site.get("/api/plan").send().expect(200).json();
    assert_eq!(plan["from"], json!(["a"]));

    site.post(&format!("/api/runs/{id}/cancel"), &json!({})).send().expect(202);
    assert_eq!(site.finished(id)["state"], "cancelled");
}

#[test]
fn a_cancelled_run_leaves_whole_revisions_and_lets_the_next_one_start() {
    let database = database();
    let site = Site::start(slow(), Some(&database.url()));
    let id = site.run("upgrade", "heads");
    wait_until_slow(&database);
    // Without a body, as a script would.
    site.request("POST", &format!("/api/runs/{id}/cancel")).bearer(TOKEN).send().expect(202);
    let run = site.finished(id);
    assert_eq!(run["state"], "cancelled", "{run}");
    assert_eq!(site.rows(), ["a"]);
    assert_eq!(database.rows("SELECT to_regclass('b')"), ["NULL"]);
    let down = site.finished(site.run("downgrade", "base"));
    assert_eq!(down["state"], "done", "{down}");
    // One that has ended stays as it ended.
    site.post(&format!("/api/runs/{id}/cancel"), &json!({})).send().expect(202);
    assert_eq!(site.get(&format!("/api/runs/{id}")).send().expect(200).json(), run);
}

#[test]
fn another_limbeck_that_holds_the_lock_is_named() {
    let database = database();
    let first = Site::start(slow(), Some(&database.url()));
    let second = Site::start(slow(), Some(&database.url()));
    let id = first.run("upgrade", "heads");
    wait_until_slow(&database);
    let document = second.get("/api/database").send().expect(200).json();
    assert!(document["lock_holder"].as_str().is_some_and(|holder| holder.contains("limbeck")), "{document}");
    first.post(&format!("/api/runs/{id}/cancel"), &json!({})).send().expect(202);
    first.finished(id);
    assert_eq!(second.get("/api/database").send().expect(200).json()["lock_holder"], Value::Null);
}

#[test]
fn a_run_goes_on_when_nobody_follows_it() {
    let database = database();
    let directory =
        Directory::new().revision("a", "", "SELECT pg_sleep(1);\nCREATE TABLE a (id int);", "DROP TABLE a;");
    let site = Site::start(directory, Some(&database.url()));
    let id = site.run("upgrade", "heads");
    drop(site.events(id));
    assert_eq!(site.finished(id)["state"], "done");
    assert_eq!(site.rows(), ["a"]);
}

#[test]
fn a_server_that_is_told_to_end_rolls_the_step_back_first() {
    let database = database();
    let site = Site::start(slow(), Some(&database.url()));
    let id = site.run("upgrade", "heads");
    wait_until_slow(&database);
    let stream = site.events(id);
    let (status, took) = site.terminate();
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(10), "{took:?}");
    // Who follows learns how it ended.
    assert_eq!(stream.messages().last().map(super::http::Message::kind).as_deref(), Some("failed"));
    assert_eq!(database.rows("SELECT version_num FROM alembic_version"), ["a"]);
    assert_eq!(database.rows("SELECT to_regclass('b')"), ["NULL"]);
    let held = "SELECT l.pid FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database \
                WHERE l.locktype = 'advisory' AND d.datname = current_database()";
    assert_eq!(database.rows(held), [""; 0]);
}

#[test]
fn rows_that_no_revision_has_are_named() {
    let database = database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    database.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)");
    database.execute("INSERT INTO alembic_version VALUES ('b'), ('gone')");
    let document = site.get("/api/database").send().expect(200).json();
    assert_eq!(document["rows"], json!(["b", "gone"]));
    assert_eq!(document["unknown_rows"], json!(["gone"]));
    assert_eq!(site.get("/api/plan").send().expect(422).code(), "unknown-revision");
}

#[test]
fn a_run_that_is_not_known_is_not_found() {
    let database = database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    for id in ["1", "0", "-1", "99999999999999999999999", "x", "1%2F..%2F2", "%00"] {
        for path in [format!("/api/runs/{id}"), format!("/api/runs/{id}/events")] {
            assert_eq!(site.get(&path).send().expect(404).code(), "usage", "{path}");
        }
        let cancel = site.post(&format!("/api/runs/{id}/cancel"), &json!({})).send();
        assert_eq!(cancel.status, 404);
    }
}

#[test]
fn a_query_that_the_plan_does_not_know_is_refused() {
    let database = database();
    let site = Site::start(Directory::two_heads(), Some(&database.url()));
    for query in ["direction=sideways", "direction=", "sql=DROP", "target=a&target=b", "target=%ff"] {
        let answer = site.get(&format!("/api/plan?{query}")).send();
        assert!([400, 422].contains(&answer.status), "{query}: {}", answer.status);
        answer.code();
    }
}
