//! What was reviewed is what runs, or nothing runs.

use crate::browser::visit;
use crate::cluster::Cluster;
use crate::project::Project;
use crate::serve::Served;

#[test]
fn a_plan_whose_script_changed_meanwhile_does_not_run() {
    visit("stale", async |visitor| {
        let (project, database) = (Project::empty(), Cluster::shared().database());
        project.write("aaaaaaaaaaaa", "One", "", "CREATE TABLE one (id bigint);", "DROP TABLE one;");
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.click("Plan the upgrade of 1").await;
        visitor.sees("Run the upgrade of 1").await;

        // Nobody looks at the page, so it does not look for changes either.
        visitor.script("Object.defineProperty(document, 'hidden', { value: true })").await;
        project.edit("aaaaaaaaaaaa", "id bigint", "id integer");
        visitor.click("Run the upgrade of 1").await;
        visitor.sees("The plan changed since you read it.").await;
        visitor.sees("id integer").await;
        assert_eq!(database.rows("SELECT to_regclass('one') IS NULL"), ["t"]);

        // Read again, it runs.
        visitor.click("Run the upgrade of 1").await;
        visitor.sees("Done: 1 revision applied.").await;
        let kind = "SELECT data_type FROM information_schema.columns WHERE table_name = 'one'";
        assert_eq!(database.rows(kind), ["integer"]);
        // The browser notes the refusal, and nothing else.
        let refused: Vec<String> =
            visitor.console().await.into_iter().filter(|line| line.starts_with("SEVERE")).collect();
        assert!(refused.len() == 1 && refused.iter().all(|line| line.contains("409")), "{refused:#?}");
    });
}
