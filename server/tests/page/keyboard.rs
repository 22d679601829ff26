//! The whole way without a mouse.

use fantoccini::key::Key;

use crate::browser::visit;
use crate::cluster::Cluster;
use crate::project::Project;
use crate::serve::Served;

#[test]
fn keys_lead_from_the_history_through_a_plan_to_a_run() {
    visit("keyboard", async |visitor| {
        let (project, database) = (Project::example(), Cluster::shared().database());
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.sees("18 revisions are pending").await;

        visitor.types("?").await;
        visitor.sees("where the database is").await;
        visitor.presses(&[Key::Escape]).await;
        visitor.counts("dialog", 0).await;

        // The oldest revision, opened and closed again, then the one above it.
        visitor.presses(&[Key::End]).await;
        visitor.until("the oldest row is selected", async || visitor.place().await == "/?revision=a0c4411e9d02").await;
        visitor.presses(&[Key::Enter]).await;
        visitor.until("the revision has the focus", async || visitor.focused().await.contains("a0c4411e9d02")).await;
        visitor.presses(&[Key::Escape, Key::End, Key::Up]).await;
        visitor
            .until("a row above is selected", async || {
                let place = visitor.place().await;
                place.starts_with("/?revision=") && !place.ends_with("a0c4411e9d02")
            })
            .await;

        visitor.types("p").await;
        visitor.sees("Run the upgrade of 2").await;
        for _ in 0..40 {
            if visitor.focused().await.starts_with("Run the upgrade") {
                break;
            }
            visitor.presses(&[Key::Tab]).await;
        }
        assert!(visitor.focused().await.starts_with("Run the upgrade"), "Tab never reached the button");
        visitor.presses(&[Key::Enter]).await;
        visitor.sees("Done: 2 revisions applied.").await;
        assert_eq!(database.rows("SELECT count(*) FROM alembic_version"), ["1"]);

        visitor.types("gh").await;
        visitor.sees("2 applied, 16 pending").await;
        visitor.types("/").await;
        visitor.types("refund").await;
        visitor.sees("70ad3f4").await;
        visitor.until("only what was found is shown", async || visitor.count("#rows .row").await < 5).await;
    });
}
