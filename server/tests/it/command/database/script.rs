//! Scripts of `--sql`, run by psql.

use super::{HISTORY, with_database};

#[test]
fn what_the_script_of_a_purge_does_is_what_a_purge_does() {
    let (sandbox, database) = with_database(HISTORY);
    sandbox.limbeck("ensure-version");
    database.rows("INSERT INTO alembic_version VALUES ('gone'), ('a1')");
    sandbox.write("purge.sql", sandbox.limbeck("stamp --purge --sql b1 c1").stdout);
    let mut psql = sandbox.command("psql");
    psql.args([database.url().as_str(), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", "purge.sql"]);
    let answer = sandbox.answer(&psql.output().expect("psql starts"));
    assert_eq!(answer.status, 0, "{}", answer.shown());
    assert_eq!(database.rows("SELECT version_num FROM alembic_version ORDER BY 1"), ["b1", "c1"]);
}

#[test]
fn a_script_runs_only_where_the_database_stands_at_its_start() {
    let (sandbox, database) = with_database(HISTORY);
    let run = |file: &str| {
        let mut psql = sandbox.command("psql");
        psql.args([database.url().as_str(), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", file]);
        sandbox.answer(&psql.output().expect("psql starts"))
    };
    let rows = || database.rows("SELECT version_num FROM alembic_version ORDER BY 1");
    sandbox.write("first.sql", sandbox.limbeck("upgrade --sql --from base b1").stdout);
    sandbox.write("second.sql", sandbox.limbeck("upgrade --sql --from b1 heads").stdout);

    // No table yet: the second has nothing to stand on.
    assert_ne!(run("second.sql").status, 0);
    assert_eq!(run("first.sql").status, 0);
    assert_eq!(rows(), ["b1"]);
    let again = run("first.sql");
    assert!(again.shown().contains("this script starts from base, and the database is elsewhere"), "{}", again.shown());
    assert_eq!(run("second.sql").status, 0);
    let (there, tables) = (rows(), database.rows("SELECT count(*) FROM pg_class WHERE relkind = 'r'"));
    assert_ne!(run("second.sql").status, 0);
    assert_eq!((rows(), database.rows("SELECT count(*) FROM pg_class WHERE relkind = 'r'")), (there, tables));
}

#[test]
fn a_script_leaves_as_little_to_the_next_revision_as_a_run_does() {
    let revision = |id: &str, revises: &str, up: &str| {
        format!("-- {id}\n-- Revision ID: {id}\n-- Revises: {revises}\n-- migrate:up\n{up}\n-- migrate:down\n")
    };
    let (sandbox, database) = with_database("");
    let first = "CREATE SCHEMA other;\nCREATE TEMP TABLE job (a int);\n\
                 DO $$ BEGIN EXECUTE 'SET search_path = other'; END $$;\nPREPARE q AS SELECT 1;";
    let second = "CREATE TABLE job (a int);\nINSERT INTO job VALUES (1), (2);\nPREPARE q AS SELECT 2;";
    sandbox.write("migrations/versions/a.sql", revision("a", "", first));
    sandbox.write("migrations/versions/b.sql", revision("b", "a", second));
    sandbox.write("script.sql", sandbox.limbeck("upgrade --sql --from base").stdout);
    let mut psql = sandbox.command("psql");
    psql.args([database.url().as_str(), "--quiet", "--set", "ON_ERROR_STOP=1", "--file", "script.sql"]);
    let answer = sandbox.answer(&psql.output().expect("psql starts"));
    assert_eq!(answer.status, 0, "{}", answer.shown());
    assert_eq!(database.rows("SELECT count(*) FROM public.job"), ["2"]);
    assert_eq!(database.rows("SELECT version_num FROM public.alembic_version"), ["b"]);
}
