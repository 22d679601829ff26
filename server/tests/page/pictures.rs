//! The README's pictures, in light and in dark; `cargo xtask screenshots` puts them into `docs/`.

use crate::browser::{Visitor, visit};
use crate::project::Project;
use crate::serve::Served;

#[test]
fn pictures_for_the_readme() {
    visit("pictures", async |visitor| {
        let project = Project::example();
        let served = Served::embedded(&project);
        visitor.resizes(1280, 800).await;
        visitor.open(&served.login).await;
        visitor.sees("18 revisions are pending").await;

        // Somewhere in the middle: some of it applied, some pending.
        visitor.open(&format!("{}plan?direction=upgrade&target=70ad3f4815bc", served.address())).await;
        visitor.click("Run the upgrade of").await;
        visitor.sees("Done:").await;
        visitor.open(&format!("{}?revision=e07b6aa41c09", served.address())).await;
        visitor.sees("the database is here").await;
        takes(visitor, "history").await;

        visitor.open(&format!("{}plan?direction=upgrade&target=heads", served.address())).await;
        visitor.sees("Run the upgrade of").await;
        takes(visitor, "plan").await;

        visitor.click("Run the upgrade of").await;
        visitor.sees("Done:").await;
        // The header learns of the end from the database.
        visitor.sees("PostgreSQL 17").await;
        takes(visitor, "run").await;

        visitor.open(&format!("{}merge", served.address())).await;
        visitor.sees("Write the merge").await;
        takes(visitor, "merge").await;

        visitor.open(&format!("{}draft", served.address())).await;
        visitor.sees("Stands on").await;
        visitor.fills(".editor textarea", DRAFT).await;
        visitor.sees("Blocked: line 8").await;
        takes(visitor, "draft").await;
    });
}

const DRAFT: &str = "-- migrate:up
-- Gifts are wrapped, and counted by the day.
ALTER TABLE orders
  ADD COLUMN gift boolean NOT NULL DEFAULT false;

CREATE INDEX orders_gift ON orders (placed_at) WHERE gift;

ALTER TABLE orders ADD CONSTRAINT orders_gift_total CHECK (totl > 0);

-- migrate:down
ALTER TABLE orders DROP COLUMN gift;
";

async fn takes(visitor: &Visitor, name: &str) {
    for (dark, mode) in [(false, "light"), (true, "dark")] {
        visitor.prefers_dark(dark).await;
        visitor.take_picture(&format!("{name}-{mode}")).await;
    }
    visitor.prefers_dark(false).await;
}
