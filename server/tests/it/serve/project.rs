//! `GET /api/project`: the files as they are now.

use std::io::Read;

use super::site::{Directory, Site, UNREACHABLE};

fn ids(project: &serde_json::Value) -> Vec<String> {
    let files = project["files"].as_array().expect("files");
    files.iter().map(|file| file["path"].as_str().expect("a path").to_owned()).collect()
}

#[test]
fn files_settings_and_role_are_there() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    site.directory.write("limbeck.toml", "name = \"shop\"\n");
    let project = site.request("GET", "/api/project").bearer(&site.viewer).send().expect(200).json();
    assert_eq!(project["format"], 1);
    assert_eq!(project["name"], "shop");
    assert_eq!(project["role"], "viewer");
    assert_eq!(project["findings"], serde_json::json!([]));
    assert_eq!(ids(&project), ["limbeck.toml", "versions/a.sql", "versions/b.sql", "versions/c.sql", "versions/d.sql"]);
    assert!(project["files"][1]["text"].as_str().expect("a text").contains("CREATE TABLE a"));
}

#[test]
fn a_reader_who_has_it_gets_304_until_a_file_changes() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let first = site.get("/api/project").send().expect(200);
    let tag = first.header("etag").expect("a tag").to_owned();
    assert!(site.get("/api/project").header("If-None-Match", &tag).send().expect(304).body.is_empty());

    // What a checkout does: one file goes, another comes, a third one changes.
    std::fs::remove_file(site.directory.path().join("versions/d.sql")).expect("it is there");
    let text = std::fs::read_to_string(site.directory.path().join("versions/c.sql")).expect("it is there");
    site.directory.write("versions/c.sql", &text.replace("CREATE TABLE c", "CREATE TABLE z"));
    let second = site.get("/api/project").header("If-None-Match", &tag).send().expect(200);
    assert_ne!(second.json()["etag"], first.json()["etag"]);
    assert_eq!(ids(&second.json()).len(), 4);
    assert!(second.text().contains("CREATE TABLE z"));
}

#[test]
fn the_tag_tells_roles_and_encodings_apart() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let of = |token: &str, encoding: &str| {
        let request = site.request("GET", "/api/project").bearer(token).header("Accept-Encoding", encoding);
        request.send().expect(200).header("etag").expect("a tag").to_owned()
    };
    let mut tags = vec![
        of(super::site::TOKEN, "gzip"),
        of(super::site::TOKEN, "identity"),
        of(&site.viewer, "gzip"),
        of(&site.viewer, "identity"),
    ];
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 4, "{tags:?}");
}

#[test]
fn it_is_compressed_for_who_reads_gzip() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    let plain = site.get("/api/project").send().expect(200);
    let packed = site.get("/api/project").header("Accept-Encoding", "gzip, br").send().expect(200);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(&packed.body[..]).read_to_end(&mut text).expect("gzip");
    assert_eq!(text, plain.body);
}

#[test]
fn a_broken_history_is_served_with_what_is_wrong() {
    let directory = Directory::two_heads().revision("e", "nowhere", "", "").revision("f", "f", "", "");
    directory.write("versions/g.sql", "no header at all");
    std::fs::write(directory.path().join("versions/h.sql"), [0xff, 0x00, 0xfe]).expect("writable");
    let site = Site::start(directory, Some(UNREACHABLE));
    let project = site.get("/api/project").send().expect(200).json();
    let findings = project["findings"].as_array().expect("findings");
    for file in ["versions/e.sql", "versions/f.sql", "versions/g.sql", "versions/h.sql"] {
        assert!(findings.iter().any(|finding| finding["path"] == file), "{file}: {findings:?}");
    }
    assert!(project["files"].as_array().expect("files").iter().any(|file| file["error"].is_string()));
    let plan = site.get("/api/plan").send();
    assert!(plan.status >= 400, "{}", plan.text());
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_directory_is_named_and_its_text_is_sent_to_nobody() {
    use std::os::unix::fs::symlink;
    let directory = Directory::two_heads();
    let secret = directory.path().with_file_name("secret.txt");
    std::fs::write(&secret, "root:geheim").expect("writable");
    symlink(&secret, directory.path().join("versions/leak.sql")).expect("writable");
    symlink("/", directory.path().join("versions/everything")).expect("writable");
    let site = Site::start(directory, Some(UNREACHABLE));
    for encoding in ["identity", "gzip"] {
        let request = site.request("GET", "/api/project").bearer(&site.viewer).header("Accept-Encoding", encoding);
        let answer = request.send().expect(200);
        let mut text = String::new();
        match encoding {
            "gzip" => flate2::read::GzDecoder::new(&answer.body[..]).read_to_string(&mut text).expect("gzip"),
            _ => (&answer.body[..]).read_to_string(&mut text).expect("UTF-8"),
        };
        assert!(!text.contains("geheim"), "{text}");
        let project: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(ids(&project).len(), 7, "nothing below the linked directory: {:?}", ids(&project));
        let findings = project["findings"].as_array().expect("findings");
        for path in ["versions/everything", "versions/leak.sql"] {
            let finding = findings.iter().find(|finding| finding["path"] == path).expect("a finding");
            assert_eq!(finding["code"], "unreadable-file");
            let message = finding["message"].as_str().expect("a text");
            assert!(message.contains("put the file itself into the directory"), "{message}");
        }
    }
}

#[test]
fn a_database_that_does_not_answer_is_no_reason_to_hide_the_project() {
    let site = Site::start(Directory::two_heads(), Some(UNREACHABLE));
    site.get("/api/project").send().expect(200);
    let database = site.get("/api/database").send().expect(200).json();
    assert_eq!(database["error"]["code"], "connection", "{database}");
    assert_eq!(database["server_version"], serde_json::Value::Null);
    assert_eq!(database["rows"], serde_json::json!([]));
    assert_eq!((&database["schema"], &database["schema_error"]), (&serde_json::Value::Null, &serde_json::Value::Null));
    let plan = site.get("/api/plan").send().expect(502);
    assert_eq!(plan.code(), "connection");
}

#[test]
fn hostile_names_and_texts_arrive_as_they_are_and_as_json() {
    let evil = "</script><script>alert(1)</script>\"'\\\u{202e}\u{1b}[31m";
    let directory = Directory::two_heads();
    let path = "versions/<img src=x onerror=alert(1)>.sql";
    directory
        .write(path, &format!("-- {evil}\n--\n-- Revision ID: <b>\n-- Revises: d\n\n-- migrate:up\n-- migrate:down\n"));
    let site = Site::start(directory, Some(UNREACHABLE));
    let answer = site.get("/api/project").send().expect(200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let project = answer.json();
    let file = project["files"].as_array().expect("files").iter().find(|file| file["path"] == path).expect("the file");
    assert!(file["text"].as_str().expect("a text").contains(evil));
}
