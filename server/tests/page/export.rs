//! What `limbeck export --site` writes, on a server of files below a path.

use std::path::PathBuf;
use std::process::Command;

use crate::browser::{Visitor, visit};
use crate::files::Files;
use crate::project::Project;

const BELOW: &str = "/reviews/412/shop/";

/// Exports a project and returns the directory.
fn export(project: &Project) -> PathBuf {
    export_to_end(project, 0)
}

/// Exports a project, which ends with `status`, and returns the directory.
fn export_to_end(project: &Project, status: i32) -> PathBuf {
    let site = project.directory().join("site");
    let mut command = Command::new(env!("CARGO_BIN_EXE_limbeck"));
    command.env("LIMBECK_CACHE", "off");
    command.arg("--dir").arg(project.migrations()).arg("export").arg("--site").arg(&site);
    let output = command.output().expect("limbeck starts");
    assert_eq!(output.status.code(), Some(status), "{}", String::from_utf8_lossy(&output.stderr));
    site
}

/// Fails if anything was asked for that is not there, or elsewhere.
async fn stays_inside(visitor: &Visitor, files: &Files) {
    let asked = files.asked();
    let outside: Vec<_> = asked.iter().filter(|line| !line.starts_with(&format!("200 {BELOW}"))).collect();
    assert!(outside.is_empty(), "{outside:#?}");
    let loaded = visitor.script("return performance.getEntriesByType('resource').map(entry => entry.name)").await;
    let loaded: Vec<&str> = loaded.as_array().into_iter().flatten().filter_map(|name| name.as_str()).collect();
    assert!(loaded.len() > 5 && loaded.iter().all(|name| name.starts_with(&files.address())), "{loaded:#?}");
}

#[test]
fn an_exported_site_is_read_and_planned_in_below_any_path() {
    visit("export", async |visitor| {
        let project = Project::example();
        let files = Files::serve(&export(&project), BELOW);
        visitor.open(&files.address()).await;
        visitor.sees("18 revisions; two heads wait to be merged.").await;
        visitor.sees("exported copy, no database").await;
        assert!(visitor.count("#rows .row").await > 10);
        for name in ["New revision", "Runs", "Plan the upgrade of"] {
            assert!(!visitor.can_click(name).await, "{name}");
        }

        visitor.click_row("Refunds").await;
        visitor.is_at(&format!("{BELOW}?revision=70ad3f4815bc")).await;
        visitor.reload().await;
        visitor.sees("CREATE TABLE refund").await;
        visitor.sees_no_more("not known whether applied").await;

        // From base, as long as nothing else is said.
        visitor.click("Plan the upgrade to here").await;
        visitor.is_at(&format!("{BELOW}?page=plan&direction=upgrade&target=70ad3f4815bc")).await;
        visitor.sees("Needs care: applies 11 revisions").await;
        assert!(!visitor.can_click("Run the upgrade").await);
        visitor.sees("on the command line").await;

        // From chosen rows; the address brings it back.
        visitor.fills("input[aria-label^='Start']", "5c8e19d4").await;
        visitor.is_at(&format!("{BELOW}?page=plan&direction=upgrade&target=70ad3f4815bc&from=5c8e19d4")).await;
        visitor.reload().await;
        visitor.sees("Needs care: applies 7 revisions").await;

        // Back from the heads, one of which is to be chosen.
        visitor.click("Downgrade").await;
        visitor.click("crm@-1").await;
        visitor.sees("undoes 1 revision").await;

        visitor.click("Merge").await;
        visitor.is_at(&format!("{BELOW}?page=merge")).await;
        visitor.sees("On the command line it is limbeck merge").await;
        assert_eq!(visitor.count("form.merge-form").await, 0);
        stays_inside(visitor, &files).await;

        // Where no index is found by itself, a visitor comes by the file's name, and stays there.
        visitor.open(&format!("{}index.html?page=plan", files.address())).await;
        visitor.sees("Needs care: applies 18 revisions").await;
        visitor.click("History").await;
        visitor.is_at(&format!("{BELOW}index.html")).await;
        stays_inside(visitor, &files).await;
    });
}

#[test]
fn a_broken_history_is_exported_as_far_as_it_could_be_read() {
    visit("export-broken", async |visitor| {
        let project = Project::example();
        project.edit("70ad3f4815bc", "-- Revises: ", "-- Revises: ffffffffffff, ");
        let files = Files::serve(&export_to_end(&project, 4), BELOW);
        visitor.open(&files.address()).await;
        visitor.sees("The history is broken").await;
        visitor.sees("parent missing").await;
        assert_eq!(visitor.count("#rows .row").await, 18);
        stays_inside(visitor, &files).await;
    });
}

#[test]
fn what_the_settings_hold_besides_settings_stays_at_home() {
    let project = Project::example();
    let settings = project.migrations().join("limbeck.toml");
    let text = std::fs::read_to_string(&settings).expect("file is readable");
    std::fs::write(&settings, format!("password = \"geheim\" # geheim\n{text}")).expect("file is writable");
    let site = export_to_end(&project, 4);
    let data = std::fs::read_to_string(site.join("project.json")).expect("the data is there");
    let document: serde_json::Value = serde_json::from_str(&data).expect("it is JSON");
    assert_eq!((document["role"].as_str(), document["format"].as_u64()), (Some("viewer"), Some(1)));
    assert_eq!(document["findings"][0]["code"], "unknown-setting");
    assert!(!data.contains("geheim"), "{data}");
}

#[test]
fn a_site_is_replaced_by_the_next_one_and_the_same_project_gives_the_same_bytes() {
    let project = Project::example();
    let read = |site: &PathBuf| {
        let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(site)
            .expect("it is a directory")
            .map(|entry| entry.expect("it can be listed"))
            .map(|entry| {
                let content = std::fs::read(entry.path()).expect("file is readable");
                (entry.file_name().to_string_lossy().into_owned(), content)
            })
            .collect();
        files.sort();
        files
    };
    let first = read(&export(&project));
    assert!(first == read(&export(&project)));
    project.edit("70ad3f4815bc", "Refunds", "Repayments");
    let changed = read(&export(&project));
    let differ: Vec<&str> =
        first.iter().zip(&changed).filter(|(old, new)| old != new).map(|(old, _)| old.0.as_str()).collect();
    assert_eq!(differ, ["project.json"]);
}
