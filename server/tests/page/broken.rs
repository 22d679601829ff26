//! A history that is not whole.

use crate::browser::visit;
use crate::cluster::Cluster;
use crate::project::Project;
use crate::serve::Served;

#[test]
fn a_broken_history_shows_what_is_wrong_and_what_could_be_read() {
    visit("broken", async |visitor| {
        let (project, database) = (Project::example(), Cluster::shared().database());
        project.edit("70ad3f4815bc", "-- Revises: ", "-- Revises: ffffffffffff, ");
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.sees("The history is broken").await;
        visitor.sees("ffffffffffff").await;
        visitor.sees("parent missing").await;
        assert_eq!(visitor.count("#rows .row").await, 18);
        assert!(!visitor.can_click("Plan the upgrade of").await);

        // Mended in an editor, the page is whole after a reload, without a new start of the server.
        project.edit("70ad3f4815bc", "ffffffffffff, ", "");
        visitor.reload().await;
        visitor.sees("18 revisions are pending").await;
        visitor.sees_no_more("The history is broken").await;
    });
}
