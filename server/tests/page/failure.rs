//! Runs that do not reach their end: a statement that Postgres refuses, a visitor or a server that stops.

use crate::browser::visit;
use crate::cluster::Cluster;
use crate::project::Project;
use crate::serve::Served;

#[test]
fn a_failed_run_says_where_and_leaves_the_last_whole_revision() {
    visit("failure", async |visitor| {
        let (project, database) = (Project::empty(), Cluster::shared().database());
        project.write("aaaaaaaaaaaa", "Good", "", "CREATE TABLE good (id bigint);", "DROP TABLE good;");
        let bad = "CREATE TABLE half (id bigint);\nINSERT INTO nowhere VALUES (1);";
        project.write("bbbbbbbbbbbb", "Bad", "aaaaaaaaaaaa", bad, "DROP TABLE half;");
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.click("Plan the upgrade of 2").await;
        visitor.click("Run the upgrade of 2").await;
        visitor.sees("Failed after 1 of 2 revisions").await;
        visitor.sees("nowhere").await;
        visitor.sees("failed here").await;
        assert_eq!(database.rows("SELECT version_num FROM alembic_version"), ["aaaaaaaaaaaa"]);
        assert_eq!(database.rows("SELECT to_regclass('good') IS NOT NULL, to_regclass('half') IS NULL"), ["t|t"]);
    });
}

#[test]
fn a_cancelled_run_is_asked_to_stop_until_it_stopped() {
    visit("failure-cancelled", async |visitor| {
        let (project, database) = (slow(), Cluster::shared().database());
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.click("Plan the upgrade of 1").await;
        visitor.click("Run the upgrade of 1").await;
        visitor.sees("Running: 0 of 1 revision done.").await;
        visitor.click("Cancel").await;
        visitor.sees("Cancelled before the revision was complete.").await;
        visitor.sees("stopped here").await;
        assert!(!visitor.text().await.contains("The run is asked to stop"));
    });
}

#[test]
fn a_run_whose_server_went_away_is_not_said_to_run() {
    visit("failure-gone", async |visitor| {
        let (project, database) = (slow(), Cluster::shared().database());
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.click("Plan the upgrade of 1").await;
        visitor.click("Run the upgrade of 1").await;
        visitor.sees("Running: 0 of 1 revision done.").await;
        served.stop();
        visitor.sees("before the revision was complete.").await;
        visitor.sees("stopped here").await;
        let text = visitor.text().await;
        assert!(!text.contains("Running:") && !text.contains("failed here"), "{text}");
        assert_eq!(database.rows("SELECT to_regclass('slow') IS NULL"), ["t"]);
        // The browser notes that nobody answers any more, and nothing else.
        let errors: Vec<String> =
            visitor.console().await.into_iter().filter(|line| line.starts_with("SEVERE")).collect();
        assert!(errors.iter().all(|line| line.contains("net::ERR_")), "{errors:#?}");
    });
}

#[test]
fn a_run_that_the_server_forgot_is_explained() {
    visit("failure-forgotten", async |visitor| {
        let (project, database) = (slow(), Cluster::shared().database());
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.sees("1 revision is pending").await;
        visitor.open(&format!("{}runs/7", served.address())).await;
        visitor.sees("It remembers only what ran since it was started.").await;
        visitor.click("All runs").await;
        visitor.sees("Nothing ran yet").await;
        let errors: Vec<String> =
            visitor.console().await.into_iter().filter(|line| line.starts_with("SEVERE")).collect();
        assert!(errors.iter().all(|line| line.contains("404")), "{errors:#?}");
    });
}

/// A project of one revision that is at work until somebody stops it.
fn slow() -> Project {
    let project = Project::empty();
    let up = "CREATE TABLE slow (id bigint);\nSELECT pg_sleep(300);";
    project.write("aaaaaaaaaaaa", "Slow", "", up, "DROP TABLE slow;");
    project
}
