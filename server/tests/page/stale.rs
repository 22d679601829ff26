//! What was reviewed is what runs, or nothing runs; and what a page says of the database is so.

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
        visitor.sees("Revision aaaaaaaaaaaa has another script now.").await;
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

#[test]
fn a_page_left_open_follows_what_others_do_to_the_database() {
    visit("stale-database", async |visitor| {
        let (project, database) = (Project::empty(), Cluster::shared().database());
        project.write("aaaaaaaaaaaa", "One", "", "CREATE TABLE one (id bigint);", "DROP TABLE one;");
        project.write("bbbbbbbbbbbb", "Two", "aaaaaaaaaaaa", "CREATE TABLE two (id bigint);", "DROP TABLE two;");
        let served = Served::database(&project, &database.url());
        visitor.open(&served.login).await;
        visitor.sees("Nothing is applied yet, 2 revisions are pending.").await;

        // As `limbeck stamp` in a terminal does.
        database.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)");
        database.execute("INSERT INTO alembic_version VALUES ('aaaaaaaaaaaa')");
        visitor.sees("1 applied, 1 pending.").await;

        // The server of the database lets nobody in, and then does again.
        let (other, name) = (Cluster::shared().database(), &database.name);
        other.execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
        other.execute(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"));
        visitor.sees("where the database stands is not known").await;
        other.execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
        visitor.sees("1 applied, 1 pending.").await;

        // The button asks at once, also on a page that does not look by itself.
        visitor.click("Plan the upgrade of 1").await;
        visitor.sees("Run the upgrade of 1").await;
        visitor.script("Object.defineProperty(document, 'hidden', { value: true })").await;
        database.execute("UPDATE alembic_version SET version_num = 'bbbbbbbbbbbb'");
        visitor.click_on("form.choose button[type=submit]").await;
        visitor.sees("Nothing to do").await;
    });
}
