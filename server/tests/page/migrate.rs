//! From base to the heads and back to base, by clicks.

use crate::browser::{Visitor, visit};
use crate::cluster::Cluster;
use crate::embedded;
use crate::project::Project;
use crate::serve::Served;

/// The open heads of the example.
const HEADS: [&str; 2] = ["6b1f84e7a920", "8d35f06c2b7a"];
const ROWS: &str = "SELECT version_num FROM alembic_version ORDER BY version_num";
/// Everything of the application that a downgrade to base must not leave behind.
const LEFT_OVER: &str = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                         AND relkind IN ('r', 'v', 'm', 'S', 'f', 'p') AND relname <> 'alembic_version' \
                         UNION ALL SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')";

#[test]
fn a_real_postgres_goes_to_the_heads_and_back_to_base() {
    visit("migrate-real", async |visitor| {
        let (project, database) = (Project::example(), Cluster::shared().database());
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        upgrades_to_the_heads(visitor).await;
        assert_eq!(database.rows(ROWS), HEADS);
        assert_eq!(database.rows("SELECT count(*) > 5 FROM pg_tables WHERE schemaname = 'public'"), ["t"]);
        downgrades_to_base(visitor, 2).await;
        assert_eq!(database.rows(ROWS), [""; 0]);
        assert_eq!(database.rows(LEFT_OVER), [""; 0]);
    });
}

#[test]
fn the_embedded_postgres_goes_to_the_heads_and_back_to_base() {
    visit("migrate-embedded", async |visitor| {
        let project = Project::example();
        let served = Served::embedded(&project);
        visitor.open(&served.login).await;
        upgrades_to_the_heads(visitor).await;
        served.stop();
        assert_eq!(embedded::columns(&project, &[ROWS]).await, [HEADS]);

        // What ran stays there for the next start.
        let served = Served::embedded(&project);
        visitor.open(&served.login).await;
        visitor.sees("All 18 revisions are applied").await;
        downgrades_to_base(visitor, 1).await;
        served.stop();
        assert_eq!(embedded::columns(&project, &[ROWS, LEFT_OVER]).await, [[""; 0], [""; 0]]);
    });
}

async fn upgrades_to_the_heads(visitor: &Visitor) {
    visitor.sees("Nothing is applied yet, 18 revisions are pending; two heads wait to be merged.").await;
    // The token is out of the address, where it would stay in the browser's history.
    visitor.is_at("/").await;
    assert!(visitor.count("svg.lanes path").await >= 18);
    assert_eq!(visitor.count("#rows .row.pending").await, 18);

    visitor.click_row("Refunds").await;
    visitor.is_at("/?revision=70ad3f4815bc").await;
    visitor.counts("#side .sql", 1).await;
    visitor.click("Plan the upgrade to here").await;
    visitor.is_at("/plan?direction=upgrade&target=70ad3f4815bc").await;
    visitor.sees("Run the upgrade of").await;
    assert!(visitor.count("section.step").await > 5);

    visitor.fills("form.choose input", "heads").await;
    visitor.is_at("/plan?direction=upgrade&target=heads").await;
    visitor.counts("section.step", 18).await;
    visitor.click("Run the upgrade of 18").await;
    visitor.is_at("/runs/1").await;
    visitor.sees("Done: 18 revisions applied.").await;
    assert_eq!(visitor.count("section.step").await, 18);
    visitor.click("To the history").await;
    visitor.sees("All 18 revisions are applied; two heads wait to be merged.").await;
    assert_eq!(visitor.count("#rows .row.pending").await, 0);
}

async fn downgrades_to_base(visitor: &Visitor, run: u32) {
    visitor.click("Plan").await;
    visitor.sees("Nothing to do").await;
    visitor.click("Downgrade").await;
    // One step back has no one meaning with two heads: the page names the exact forms and takes none of them.
    visitor.is_at("/plan?direction=downgrade&target=-1").await;
    visitor.sees("crm@-1").await;
    assert!(!visitor.can_click("Run the downgrade").await);
    visitor.click("crm@-1").await;
    visitor.sees("undoes 1 revision with 2 statements.").await;
    visitor.fills("form.choose input", "base").await;
    visitor.click("Run the downgrade of 18").await;
    visitor.sees("Run this downgrade?").await;
    visitor.sees("Gone afterwards, with all they hold").await;
    visitor.click("Undo 18 revisions").await;
    visitor.is_at(&format!("/runs/{run}")).await;
    visitor.sees("Done: 18 revisions undone.").await;
    visitor.click("To the history").await;
    visitor.sees("Nothing is applied yet, 18 revisions are pending").await;
}
