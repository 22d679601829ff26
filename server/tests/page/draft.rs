//! SQL that is judged while it is typed, and becomes a revision.

use crate::browser::visit;
use crate::cluster::Cluster;
use crate::project::Project;
use crate::serve::Served;

fn products() -> Project {
    let project = Project::empty();
    project.write("aaaaaaaaaaaa", "Products", "", "CREATE TABLE product (price integer);", "DROP TABLE product;");
    project
}

const FIELD: &str = ".editor textarea";

#[test]
fn a_draft_is_judged_while_it_is_typed_and_written_as_a_revision() {
    visit("draft", async |visitor| {
        let (project, database) = (products(), Cluster::shared().database());
        let before = project.files();
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.click("Draft").await;
        visitor.is_at("/draft").await;
        visitor.sees("Write SQL: what it would do is said here while you type.").await;

        visitor.fills(FIELD, "-- migrate:up\nALTER TABLE produkt ADD COLUMN name text;\n").await;
        visitor.sees("relation \"produkt\" does not exist").await;
        visitor.counts(".editor .l.warn, .editor .l.bad", 1).await;
        let wider = "-- migrate:up\nALTER TABLE product ALTER COLUMN price TYPE bigint;\n\n-- migrate:down\n\
                     ALTER TABLE product ALTER COLUMN price TYPE integer;\n";
        visitor.fills(FIELD, wider).await;
        visitor.sees("Needs care").await;
        visitor.sees("rewrites public.product").await;

        // What is typed last is undone first, by the browser itself.
        visitor.types("DROP TABLE product;").await;
        visitor.counts(".said > li", 3).await;
        visitor
            .until("typing can be undone", async || {
                let undo = "document.execCommand('undo'); return document.querySelector('textarea').value";
                visitor.script(undo).await.as_str().is_some_and(|text| text.trim_end().ends_with("integer;"))
            })
            .await;
        visitor.counts(".said > li", 2).await;

        visitor.reload().await;
        visitor.sees("rewrites public.product").await;

        visitor.click("Write as revision…").await;
        visitor.fills("dialog input[required]", "Wider prices").await;
        visitor.sees("is written").await;
        let written: Vec<String> = project.files().into_iter().filter(|name| !before.contains(name)).collect();
        let [name] = written.as_slice() else { panic!("one file was to be written, not {written:?}") };
        let text = project.text(name);
        assert!(text.contains("-- Revises: aaaaaaaaaaaa\n"), "{text}");
        assert!(text.contains("\n-- migrate:up\nALTER TABLE product ALTER COLUMN price TYPE bigint;\n"), "{text}");
        assert!(text.contains("\n-- migrate:down\nALTER TABLE product ALTER COLUMN price TYPE integer;\n"), "{text}");

        // The next one begins anew, on the one that was just written.
        visitor.click("Draft").await;
        visitor.sees("Write SQL: what it would do is said here while you type.").await;
        visitor.fills(FIELD, "ALTER TABLE product ALTER COLUMN price TYPE bigint;").await;
        visitor.sees("Safe: 1 statement would run.").await;
    });
}

#[test]
fn a_draft_that_runs_outside_a_transaction_says_so_in_its_file() {
    visit("draft-outside", async |visitor| {
        let (project, database) = (products(), Cluster::shared().database());
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.open(&format!("{}draft", served.address())).await;
        let index = "CREATE INDEX CONCURRENTLY product_price ON product (price);\n";
        visitor.fills(FIELD, &format!("-- migrate:up\n{index}")).await;
        visitor.sees("cannot run inside a transaction block").await;
        visitor.sees("Blocked: line 2").await;
        visitor.fills(FIELD, &format!("-- migrate:up transaction:false\n{index}")).await;
        visitor.sees_no_more("Blocked").await;
        visitor.click("Write as revision…").await;
        visitor.fills("dialog input[required]", "Find products by price").await;
        visitor.sees("is written").await;
        let name = project.files().into_iter().find(|name| name.contains("find_products")).expect("it is written");
        let text = project.text(&name);
        assert!(text.contains(&format!("\n-- migrate:up transaction:false\n{index}")), "{text}");
        assert!(!text.contains("migrate:down"), "nobody wrote a way back: {text}");
    });
}
