//! `POST /api/revisions`: files that the page writes.

use serde_json::{Value, json};

use super::site::{Directory, Site, UNREACHABLE};

fn versions(site: &Site) -> Vec<String> {
    let entries = std::fs::read_dir(site.directory.path().join("versions")).expect("it is there");
    let mut names: Vec<_> =
        entries.map(|entry| entry.expect("readable").file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

fn etag(site: &Site) -> Value {
    site.get("/api/project").send().expect(200).json()["etag"].clone()
}

#[test]
fn two_heads_become_one_with_a_merge() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let body = json!({"message": "merge c and d", "heads": ["heads"], "etag": etag(&site)});
    let file = site.post("/api/revisions", &body).send().expect(201).json();
    let path = file["path"].as_str().expect("a path");
    let text = std::fs::read_to_string(site.directory.path().join(path)).expect("it was written");
    assert_eq!(file["text"], text);
    assert!(text.contains("Revises: c, d"), "{text}");
    let project = site.get("/api/project").send().expect(200).json();
    assert_eq!(project["findings"], json!([]));
    assert_eq!(project["files"].as_array().expect("files").len(), 6);
}

#[test]
fn a_history_that_moved_since_is_a_conflict_and_nothing_is_written() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let seen = etag(&site);
    site.directory
        .write("versions/e.sql", "-- e\n--\n-- Revision ID: e\n-- Revises: d\n\n-- migrate:up\n-- migrate:down\n");
    let body = json!({"message": "merge", "heads": ["c", "d"], "etag": seen});
    let answer = site.post("/api/revisions", &body).send().expect(409);
    assert_eq!(answer.code(), "stale-plan");
    assert_eq!(versions(&site), ["a.sql", "b.sql", "c.sql", "d.sql", "e.sql"]);
}

#[test]
fn of_two_who_saw_the_same_history_one_writes() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let body = json!({"message": "merge", "heads": ["heads"], "etag": etag(&site)});
    let mut statuses = std::thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| site.post("/api/revisions", &body).send().status));
        both.map(|one| one.join().expect("a request"))
    });
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    assert_eq!(versions(&site).len(), 5);
}

#[test]
fn what_cannot_be_a_revision_is_refused_and_nothing_is_written() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for body in [
        json!({"message": "x", "heads": ["nowhere"]}),
        json!({"message": "x", "heads": ["a"]}),
        json!({"message": "x", "heads": ["c"], "id": "a"}),
        json!({"message": "x", "heads": ["c"], "id": "e@f"}),
        json!({"message": "x", "heads": ["c"], "depends_on": ["nowhere"]}),
    ] {
        let answer = site.post("/api/revisions", &body).send();
        assert!((400..500).contains(&answer.status), "{body}: {} {}", answer.status, answer.text());
        answer.code();
    }
    assert_eq!(versions(&site), ["a.sql", "b.sql", "c.sql", "d.sql"]);
}

#[test]
fn a_field_that_nobody_knows_is_named_and_nothing_is_written() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let revision = json!({"message": "x", "heads": ["c"], "dependson": ["b"]});
    let run = json!({"digest": "x", "direction": "upgrade", "target": "heads", "force": true});
    let login = json!({"token": "x", "role": "operator"});
    for (path, body, field) in [
        ("/api/revisions", revision, "unknown field `dependson`"),
        ("/api/runs", run, "unknown field `force`"),
        ("/api/session", login, "unknown field `role`"),
    ] {
        let answer = site.post(path, &body).send().expect(400);
        assert_eq!(answer.code(), "usage");
        let message = answer.json()["error"]["message"].as_str().expect("a message").to_owned();
        assert!(message.contains(field), "{message}");
    }
    assert_eq!(versions(&site), ["a.sql", "b.sql", "c.sql", "d.sql"]);
}

#[test]
fn what_to_do_is_said_in_words_of_the_request() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let hints = [
        json!({"message": "x", "heads": ["a"]}),
        json!({"message": "x", "heads": ["head"]}),
        json!({"message": "", "heads": ["c"]}),
        json!({"message": "x", "heads": ["c"], "depends_on": ["base"]}),
        json!({"message": "x", "heads": ["c"], "id": "e@f"}),
        json!({"message": "x", "heads": ["c"], "id": "a"}),
    ]
    .map(|body| {
        let error = site.post("/api/revisions", &body).send().expect(422).json()["error"].clone();
        format!("{}; {}", error["message"].as_str().unwrap_or("-"), error["hint"].as_str().unwrap_or("-"))
    });
    insta::assert_snapshot!(hints.join("\n"), @"
    revision a is not a head; stand on a head; `splice` opens a branch at a
    'head' is not one revision: there are 2 heads; stand on one of them, or on `heads` to merge them
    the message is empty; say in a line what the revision does
    a revision cannot depend on 'base'; leave it out of `depends_on`
    revision id 'e@f' contains '@', which ids cannot contain; use letters, digits and underscores, or leave out `id`
    revision id 'a' is taken; leave out `id` to get a new one
    ");
}

#[test]
fn a_hostile_id_moves_its_file_nowhere() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let body = json!({"message": "x", "heads": ["c"], "id": "../../evil"});
    let file = site.post("/api/revisions", &body).send().expect(201).json();
    assert_eq!(file["path"], "versions/_._.._evil_x.sql");
    assert_eq!(versions(&site), ["_._.._evil_x.sql", "a.sql", "b.sql", "c.sql", "d.sql"]);
    let project = site.get("/api/project").send().expect(200).json();
    assert_eq!(project["findings"], json!([]));
}

#[test]
fn a_hostile_message_stays_a_message() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    for message in [
        "../../../etc/passwd",
        "<script>alert(1)</script>",
        "x\n-- Revises:\n-- migrate:up\nDROP TABLE a;",
        "\u{0}\u{1b}[2J",
        "con\\..\\nul",
        "",
    ] {
        let body = json!({"message": message, "heads": ["c"], "splice": true});
        let answer = site.post("/api/revisions", &body).send();
        assert!(answer.status == 201 || answer.status < 500, "{message:?}: {}", answer.text());
        if answer.status == 201 {
            let file = answer.json();
            let path = file["path"].as_str().expect("a path");
            assert!(path.starts_with("versions/") && !path.contains(".."), "{message:?} as {path}");
            let project = site.get("/api/project").send().expect(200).json();
            assert_eq!(project["findings"], json!([]), "{message:?}: {}", file["text"]);
            std::fs::remove_file(site.directory.path().join(path)).expect("it was written");
        }
    }
}

#[test]
fn a_directory_that_cannot_be_written_is_said() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    // A file where the directory was: nobody can write below it, not even root.
    let versions = site.directory.path().join("versions");
    std::fs::remove_dir_all(&versions).expect("writable");
    std::fs::write(&versions, "").expect("writable");
    let answer = site.post("/api/revisions", &json!({"message": "first", "heads": []})).send();
    assert!(answer.status >= 400, "{}", answer.text());
    assert!(
        answer.json()["error"]["message"].as_str().is_some_and(|message| message.contains("versions")),
        "{}",
        answer.text()
    );
}

#[test]
fn a_server_and_a_command_do_not_write_at_the_same_time() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let directory = limbeck::directory::Directory::open(site.directory.path()).expect("it is there");
    let body = json!({"message": "merge", "heads": ["heads"]});
    let command = directory.lock().expect("nobody writes");
    let status = std::thread::scope(|scope| {
        let server = scope.spawn(|| site.post("/api/revisions", &body).send().status);
        // What the command writes, the server must have seen.
        site.directory.write(
            "versions/m.sql",
            "-- m\n--\n-- Revision ID: m\n-- Revises: c, d\n\n-- migrate:up\n-- migrate:down\n",
        );
        drop(command);
        server.join().expect("a request")
    });
    assert_eq!(status, 201);
    let project = site.get("/api/project").send().expect(200).json();
    let texts: Vec<&str> =
        project["files"].as_array().expect("files").iter().filter_map(|it| it["text"].as_str()).collect();
    assert!(texts.iter().any(|text| text.contains("Revises: m\n")), "{texts:?}");
}
