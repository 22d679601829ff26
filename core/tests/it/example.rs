//! The example migrations of the repository.

use limbeck_core::document::{Direction, Plan};
use limbeck_core::dry_run::losses;
use limbeck_core::project::{File, Project};
use limbeck_core::script::parse;

use crate::show;

#[expect(clippy::disallowed_methods, reason = "the test brings the files that core only sees as text")]
/// Returns path and text of each file of the example's `versions/`, by path.
pub(crate) fn versions() -> Vec<(String, String)> {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/versions");
    let mut files: Vec<(String, String)> = std::fs::read_dir(directory)
        .expect("the example has versions")
        .map(|entry| {
            let path = entry.expect("a readable entry").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a UTF-8 name").to_owned();
            (format!("versions/{name}"), std::fs::read_to_string(&path).expect("a readable file"))
        })
        .collect();
    files.sort();
    files
}

#[test]
fn every_revision_of_the_example_is_read_without_a_finding() {
    let files = versions();
    assert!(files.len() >= 14, "the example has {} revisions", files.len());
    for (path, text) in files {
        let (revision, findings) = parse(&path, &text);
        assert_eq!(show::findings(&findings), "", "{path}");
        assert!(revision.is_some_and(|revision| revision.down.is_some() && !revision.title.is_empty()), "{path}");
    }
}

/// Returns the example as a project.
pub(crate) fn project() -> Project {
    Project::load(versions().into_iter().map(|(path, text)| File { path, content: Ok(text) }).collect())
}

#[test]
fn the_way_up_from_nothing_loses_no_older_data_and_the_way_down_does() {
    let data =
        |plan: &Plan| losses(plan).into_iter().filter(|loss| loss.data).map(|loss| loss.words).collect::<Vec<_>>();
    let project = project();
    let up = project.plan(&[], Direction::Upgrade, "heads").expect("a plan");
    assert_eq!(data(&up), Vec::<String>::new());
    let down = data(&project.plan(&up.to, Direction::Downgrade, "base").expect("a plan"));
    assert!(down.contains(&"table customer".to_owned()) && down.contains(&"column currency of orders".to_owned()));
    let contract = project.plan(&["b52f7d0a961e".to_owned()], Direction::Upgrade, "c7196e0d84b3").expect("a plan");
    assert_eq!(data(&contract), ["column category of product"]);
}
