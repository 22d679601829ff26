//! A statement that Postgres refuses.

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
