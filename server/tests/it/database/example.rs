//! The example that comes with Limbeck, on real servers.

use std::path::Path;
use std::sync::Arc;

use limbeck::database::{Cancel, Database, Embedded, RunOptions, Target, run};
use limbeck::directory::Directory;
use limbeck_core::document::Direction;
use limbeck_core::project::Project;

use super::lab::target;
use crate::cluster::{Cluster, TestDatabase};

pub(super) fn example() -> Project {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let project = Project::load(Directory::open(&directory).expect("the example is there").read());
    assert!(!project.is_broken(), "{:?}", project.findings());
    project
}

/// Runs to a target on a new connection; returns the rows.
pub(super) async fn go(target: &Target, project: &Project, direction: Direction, goal: &str) -> Vec<String> {
    let options = RunOptions::from(project.settings());
    let mut database = Database::connect(target, "test").await.expect("it serves");
    let rows = database.version_rows(&options.version_table).await.expect("rows can be read");
    let plan = project.plan(&rows, direction, goal).expect("there is one plan");
    let report = run(&mut database, project, &plan, &options, &mut |_| {}, &Cancel::never()).await;
    report.unwrap_or_else(|error| panic!("{error}")).rows
}

fn heads(project: &Project) -> Vec<String> {
    let graph = project.graph();
    let mut heads: Vec<String> = graph.real_heads().iter().map(|&head| graph.node(head).id.to_string()).collect();
    heads.sort();
    heads
}

/// Everything in the database that is not Postgres's own: kind and name.
fn contents(database: &TestDatabase) -> Vec<String> {
    database.rows(
        "SELECT 'relation', oid::regclass::text FROM pg_class WHERE relnamespace >= 16384 OR relnamespace = 'public'::regnamespace \
         UNION ALL SELECT 'type', oid::regtype::text FROM pg_type WHERE typnamespace = 'public'::regnamespace \
         UNION ALL SELECT 'function', oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace \
         UNION ALL SELECT 'schema', nspname FROM pg_namespace WHERE oid >= 16384 \
         UNION ALL SELECT 'extension', extname FROM pg_extension \
         UNION ALL SELECT 'role', rolname FROM pg_roles WHERE oid >= 16384 AND rolname LIKE 'shop%' \
         ORDER BY 1, 2",
    )
}

#[tokio::test]
async fn up_and_down_restores_emptiness_and_up_again_gives_the_same() {
    let (project, database) = (example(), Cluster::shared().database());
    let target = target(&database.url());
    // An empty plan makes no table; the version table stays at base.
    limbeck::database::ensure_version_table(
        &mut Database::connect(&target, "test").await.unwrap(),
        &RunOptions::from(project.settings()),
    )
    .await
    .unwrap();
    let empty = contents(&database);
    assert_eq!(go(&target, &project, Direction::Upgrade, "heads").await, heads(&project));
    let full = contents(&database);
    assert!(full.len() > empty.len() + 20, "{full:?}");
    assert!(go(&target, &project, Direction::Downgrade, "base").await.is_empty());
    assert_eq!(contents(&database), empty);
    assert_eq!(go(&target, &project, Direction::Upgrade, "heads").await, heads(&project));
    assert_eq!(contents(&database), full);
}

#[tokio::test]
async fn the_embedded_postgres_carries_it_too() {
    let (project, root) = (example(), tempfile::tempdir().unwrap());
    let embedded = Embedded::start(&root.path().join("migrations")).await.unwrap();
    let target = Target::Embedded(Arc::new(embedded));
    assert_eq!(go(&target, &project, Direction::Upgrade, "heads").await, heads(&project));
    assert!(go(&target, &project, Direction::Downgrade, "base").await.is_empty());
    assert_eq!(go(&target, &project, Direction::Upgrade, "heads").await, heads(&project));
    target.close().await.unwrap();
}
