//! What the model says, beside each statement of a plan and of a revision.

use crate::browser::visit;
use crate::cluster::Cluster;
use crate::project::Project;
use crate::serve::Served;

const WIDER: &str = "ALTER TABLE product ALTER COLUMN price TYPE bigint;";
const BACK: &str = "ALTER TABLE product ALTER COLUMN price TYPE integer;";

fn products() -> Project {
    let project = Project::empty();
    project.write("aaaaaaaaaaaa", "Products", "", "CREATE TABLE product (price integer);", "DROP TABLE product;");
    project.write("bbbbbbbbbbbb", "Wider prices", "aaaaaaaaaaaa", WIDER, BACK);
    project
}

#[test]
fn a_statement_is_shown_with_its_locks_and_rewrites() {
    visit("judged", async |visitor| {
        let (project, database) = (products(), Cluster::shared().database());
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.click("Plan the upgrade of 2").await;
        visitor.sees("Needs care").await;
        visitor.sees("rewrites public.product").await;
        visitor.sees("AccessExclusive").await;

        visitor.open(served.address()).await;
        visitor.click_row("Wider prices").await;
        visitor.sees("rewrites public.product").await;
        visitor.click("Down").await;
        visitor.sees("price TYPE integer").await;
        visitor.sees("rewrites public.product").await;
    });
}

#[test]
fn what_postgres_would_refuse_blocks_the_plan_before_it_runs() {
    visit("judged-fails", async |visitor| {
        let (project, database) = (products(), Cluster::shared().database());
        let again = "CREATE TABLE product (id bigint);";
        project.write("cccccccccccc", "Again", "bbbbbbbbbbbb", again, "SELECT 1;");
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.sees("3 revisions are pending, and the upgrade is blocked.").await;
        visitor.counts(".row .chip.bad", 1).await;
        visitor.open(&format!("{}plan?direction=upgrade&target=heads", served.address())).await;
        visitor.sees("Blocked").await;
        visitor.sees("Blocked: revision cccccccccccc, line").await;
        assert!(!visitor.can_click("Run the").await);
        visitor.open(&format!("{}?revision=cccccccccccc", served.address())).await;
        visitor.sees("42P07").await;
    });
}

#[test]
fn without_the_model_a_plan_stays_as_it_was_read() {
    visit("judged-not", async |visitor| {
        let (project, database) = (products(), Cluster::shared().database());
        let served = Served::database(&project, &database.url());
        let silent = "const Real = Worker; Worker = class extends EventTarget { constructor(address, options) { \
                      super(); if (!String(address).includes('model')) return new Real(address, options); } \
                      postMessage() {} terminate() {} };";
        visitor.starts_pages_with(silent).await;
        visitor.open(&served.login).await;
        visitor.click("Plan the upgrade of 2").await;
        visitor.sees("What the statements do is being judged…").await;
        assert!(!visitor.can_click("Run the").await);
        visitor.click("Run the upgrade of 2").await;
        visitor.sees("Done: 2 revisions applied.").await;
    });
}
