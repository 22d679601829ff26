//! Each revision starts with the session as the run made it.

use super::lab::{Lab, file};

#[tokio::test]
async fn a_setting_of_one_revision_does_not_reach_the_next() {
    // The head of every pg_dump file.
    let dump = "\nSELECT pg_catalog.set_config('search_path', '', false);\nSET client_min_messages = warning;\n\
                SET statement_timeout = 1234;\nSET row_security = off;\nCREATE TABLE public.one (id int);";
    let lab = Lab::new(&[
        file("a", "", dump, None),
        file(
            "b",
            "a",
            "\nCREATE TABLE settings AS SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS timeout;",
            None,
        ),
    ]);
    lab.upgrade("heads").await.unwrap();
    assert_eq!(lab.database.rows("SELECT path, timeout FROM settings"), [r#""$user", public|0"#]);
}

#[tokio::test]
async fn role_temporary_tables_and_prepared_statements_do_not_reach_the_next_revision() {
    let lab = Lab::new(&[
        file(
            "a",
            "",
            "\nCREATE ROLE owner_a;\nGRANT CREATE ON SCHEMA public TO owner_a;\nSET ROLE owner_a;\nCREATE TABLE one (id int);\n\
                       CREATE TEMPORARY TABLE scratch (id int);\nPREPARE p AS SELECT 1;\nDECLARE c CURSOR WITH HOLD FOR SELECT 1;",
            None,
        ),
        file(
            "b",
            "a",
            "\nCREATE TABLE state AS SELECT current_user::text AS who, to_regclass('scratch') IS NULL AS dropped, \
                        (SELECT count(*) FROM pg_prepared_statements) AS prepared, (SELECT count(*) FROM pg_cursors WHERE is_holdable) AS cursors;",
            None,
        ),
        file(
            "c",
            "b",
            "\nDROP TABLE one;\nDROP TABLE state;\nREVOKE CREATE ON SCHEMA public FROM owner_a;\nDROP ROLE owner_a;",
            None,
        ),
    ]);
    lab.upgrade("b").await.unwrap();
    assert_eq!(lab.database.rows("SELECT * FROM state"), ["postgres|t|0|0"]);
    assert_eq!(
        lab.database
            .rows("SELECT tableowner FROM pg_tables WHERE tablename IN ('alembic_version', 'one') ORDER BY tablename"),
        ["postgres", "owner_a"]
    );
    lab.upgrade("c").await.unwrap();
}

#[tokio::test]
async fn version_rows_are_written_whatever_the_search_path_is() {
    let lab = Lab::new(&[
        file(
            "a",
            "",
            "\nCREATE SCHEMA other;\nSET search_path = other;\nCREATE TABLE alembic_version (version_num text);",
            None,
        ),
        file("b", "a", "\nSET LOCAL search_path = other;", None),
        file("c", "b", " transaction:false\nSET search_path = other;", None),
    ]);
    assert_eq!(lab.upgrade("heads").await.unwrap().rows, ["c"]);
    assert_eq!(lab.database.rows("SELECT version_num FROM public.alembic_version"), ["c"]);
    assert!(lab.database.rows("SELECT version_num FROM other.alembic_version").is_empty());
}

#[tokio::test]
async fn reset_all_inside_a_section_is_harmless() {
    let lab = Lab::new(&[file("a", "", "\nSET work_mem = '1MB';\nRESET ALL;\nCREATE TABLE one (id int);", None)]);
    assert_eq!(lab.upgrade("heads").await.unwrap().rows, ["a"]);
}

#[tokio::test]
async fn deferred_constraints_are_checked_with_the_sections_own_search_path() {
    let up = "
CREATE SCHEMA app;
SET search_path = app;
CREATE TABLE log (id int);
CREATE TABLE one (id int);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO log VALUES (1);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER later AFTER INSERT ON one DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note();
INSERT INTO one VALUES (1);";
    let lab = Lab::new(&[file("a", "", up, None)]);
    lab.upgrade("heads").await.unwrap();
    assert_eq!(lab.database.rows("SELECT id FROM app.log"), ["1"]);
}
