//! A page that stays open while the world goes on.

use crate::browser::visit;
use crate::cluster::Cluster;
use crate::project::Project;
use crate::serve::Served;

#[test]
fn an_open_page_notices_changed_files_and_a_server_that_is_gone() {
    visit("open", async |visitor| {
        let (project, database) = (Project::empty(), Cluster::shared().database());
        project.write("aaaaaaaaaaaa", "One", "", "CREATE TABLE one (id bigint);", "DROP TABLE one;");
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.sees("1 revision is pending.").await;

        project.write("bbbbbbbbbbbb", "Two", "aaaaaaaaaaaa", "CREATE TABEL two ();", "");
        visitor.sees("2 revisions are pending, and the upgrade is blocked.").await;
        project.edit("bbbbbbbbbbbb", "TABEL", "TABLE");
        visitor.sees("2 revisions are pending.").await;

        visitor.click("Plan the upgrade of 2").await;
        visitor.sees("Run the upgrade of 2").await;
        project.edit("bbbbbbbbbbbb", "two ()", "two (id bigint)");
        visitor.sees("The plan changed since you read it.").await;
        visitor.sees("Revision bbbbbbbbbbbb has another script now.").await;
        visitor.sees("two (id bigint)").await;

        served.stop();
        visitor.sees("no answer").await;
    });
}

#[test]
fn what_is_not_there_or_comes_to_nothing_is_not_offered() {
    visit("offers", async |visitor| {
        let (project, database) = (Project::empty(), Cluster::shared().database());
        project.write("aaaaaaaaaaaa", "Base", "", "CREATE TABLE one (id bigint);", "DROP TABLE one;");
        project.write("bbbbbbbbbbbb", "Left", "aaaaaaaaaaaa", "CREATE TABLE two (id bigint);", "DROP TABLE two;");
        project.write("cccccccccccc", "Right", "aaaaaaaaaaaa", "CREATE TABLE three (id bigint);", "DROP TABLE three;");
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.click("Plan the upgrade of 3").await;
        visitor.click("Run the upgrade of 3").await;
        visitor.sees("Done: 3 revisions applied.").await;

        visitor.open(&format!("{}?revision=nosuch", served.address())).await;
        visitor.sees("There is no such revision").await;
        visitor.sees("nosuch").await;
        visitor.click("To the history").await;
        visitor.is_at("/").await;

        // One of two current revisions: only what undoes it, and nothing else, is offered.
        visitor.click_row("Left").await;
        visitor.click("Plan to undo it").await;
        visitor.sees("Needs care: undoes 1 revision with 1 statement; loses table two.").await;
        visitor.sees("DROP TABLE two").await;
    });
}
