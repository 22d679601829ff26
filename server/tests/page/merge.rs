//! Two heads, joined by a click.

use crate::browser::visit;
use crate::cluster::Cluster;
use crate::project::Project;
use crate::serve::Served;

#[test]
fn a_click_writes_the_merge_to_disk() {
    visit("merge", async |visitor| {
        let (project, database) = (Project::example(), Cluster::shared().database());
        let before = project.files();
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.sees("two heads wait to be merged").await;
        visitor.click("Merge 2 heads").await;
        visitor.is_at("/merge").await;
        visitor.sees("Validate the currency of orders").await;
        visitor.sees("Require an e-mail for every customer").await;
        visitor.click_on("form.merge-form button[type=submit]").await;
        visitor.sees("is written").await;
        visitor.sees("Nothing is applied yet, 19 revisions are pending.").await;

        let written: Vec<String> = project.files().into_iter().filter(|name| !before.contains(name)).collect();
        let [name] = written.as_slice() else { panic!("one file was to be written, not {written:?}") };
        let text = project.text(name);
        let revises = text.lines().find_map(|line| line.strip_prefix("-- Revises: ")).unwrap_or_default();
        let mut parents: Vec<&str> = revises.split(", ").collect();
        parents.sort_unstable();
        assert_eq!(parents, ["6b1f84e7a920", "8d35f06c2b7a"]);

        visitor.click("Merge").await;
        visitor.sees("One head: nothing to merge").await;
        // Good news stays no longer than the page on which it was told.
        assert!(!visitor.text().await.contains("is written"));
    });
}
