//! What a run would lose: asked about before it starts, and nothing runs before that is known.

use crate::browser::visit;
use crate::cluster::Cluster;
use crate::project::Project;
use crate::serve::Served;

const ROWS: &str = "SELECT version_num FROM alembic_version";

#[test]
fn an_upgrade_that_loses_data_asks_first() {
    visit("losses-upgrade", async |visitor| {
        let (project, database) = (Project::empty(), Cluster::shared().database());
        project.write("aaaaaaaaaaaa", "Products", "", "CREATE TABLE product (id bigint);", "DROP TABLE product;");
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.click("Plan the upgrade of 1").await;
        // What the plan itself makes is no loss: it runs by one click.
        visitor.click("Run the upgrade of 1").await;
        visitor.sees("Done: 1 revision applied.").await;

        project.write("bbbbbbbbbbbb", "No products", "aaaaaaaaaaaa", "DROP TABLE product;", "SELECT 1;");
        visitor.open(&format!("{}plan?direction=upgrade&target=heads", served.address())).await;
        visitor.click("Run the upgrade of 1…").await;
        visitor.sees("Run this upgrade?").await;
        visitor.sees("Gone afterwards, with all they hold: table product").await;
        visitor.click("Keep everything").await;
        visitor.sees_no_more("Run this upgrade?").await;
        assert_eq!(database.rows(ROWS), ["aaaaaaaaaaaa"]);
        visitor.click("Run the upgrade of 1…").await;
        visitor.click("Run 1 revision").await;
        visitor.sees("Done: 1 revision applied.").await;
        assert_eq!(database.rows(ROWS), ["bbbbbbbbbbbb"]);
    });
}

#[test]
fn nothing_can_be_run_before_the_worker_has_said_what_is_lost() {
    visit("losses-silent", async |visitor| {
        let (project, database) = (Project::empty(), Cluster::shared().database());
        project.write("aaaaaaaaaaaa", "Products", "", "CREATE TABLE product (id bigint);", "DROP TABLE product;");
        let served = Served::database(&project, &database.url());
        visitor.starts_pages_with("Worker = class extends EventTarget { postMessage() {} terminate() {} };").await;
        visitor.open(&served.login).await;
        visitor.click("Plan the upgrade of 1").await;
        visitor.sees("Reading the scripts… …and looking for what would be lost.").await;
        assert!(!visitor.can_click("Run the").await);
        visitor.sees("The worker, which reads the scripts, has not answered for 15 seconds.").await;
        visitor.sees("If it does not, reload the page.").await;
        assert!(!visitor.can_click("Run the").await);
        assert_eq!(database.rows("SELECT to_regclass('alembic_version') IS NULL"), ["t"]);
    });
}
