//! A visitor who may read and nothing else.

use crate::browser::visit;
use crate::cluster::Cluster;
use crate::project::Project;
use crate::serve::Served;

#[test]
fn a_viewer_reads_everything_and_changes_nothing() {
    visit("viewer", async |visitor| {
        let (project, database) = (Project::example(), Cluster::shared().database());
        let files = project.files();
        let served = Served::start(&project, &["--database-url", &database.url(), "--viewer"]);
        visitor.open(served.viewer.as_deref().expect("the server prints the viewer's address")).await;
        visitor.sees("18 revisions are pending").await;
        assert!(!visitor.can_click("New revision").await);

        visitor.click_row("Refunds").await;
        visitor.sees("70ad3f4815bc").await;
        visitor.click("Plan the upgrade to here").await;
        visitor.sees("needs an operator").await;
        assert!(visitor.count("section.step").await > 5);
        assert!(!visitor.can_click("Run the upgrade").await);

        visitor.click("Merge").await;
        visitor.sees("Writing it needs the editor's token.").await;
        assert_eq!(visitor.count("form.merge-form").await, 0);

        // What the page does not offer, the server refuses.
        let run = r#"{"digest":"sha256:0","direction":"upgrade","target":"heads"}"#;
        let merge = r#"{"message":"x","heads":["9c41d07b58e3","e07b6aa41c09"]}"#;
        for (path, body) in [("/api/runs", run), ("/api/revisions", merge)] {
            let post = format!(
                "const answer = await fetch('{path}', {{ method: 'POST', body: '{body}', \
                 headers: {{ 'Content-Type': 'application/json' }} }}); return answer.status"
            );
            assert_eq!(visitor.script(&post).await, 403, "{path}");
        }
        assert_eq!(project.files(), files);
        assert_eq!(database.rows("SELECT to_regclass('alembic_version') IS NULL"), ["t"]);
        // The browser notes both refusals, and nothing else.
        let refused: Vec<String> =
            visitor.console().await.into_iter().filter(|line| line.starts_with("SEVERE")).collect();
        assert!(refused.len() == 2 && refused.iter().all(|line| line.contains("403")), "{refused:#?}");
    });
}
