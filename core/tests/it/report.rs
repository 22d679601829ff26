//! Renderings of a plan: text, Markdown, SQL to be run by somebody else.

use insta::assert_snapshot;
use limbeck_core::document::{Direction, Plan, Verdict};
use limbeck_core::project::Project;
use limbeck_core::report::{Cut, Style, markdown, offline, offline_ensure_version, offline_stamp, text};

use crate::project::file;

fn plan(project: &Project, from: &[&str], direction: Direction, target: &str) -> Plan {
    let rows: Vec<String> = from.iter().map(|row| (*row).to_owned()).collect();
    project.plan(&rows, direction, target).expect("a plan")
}

/// A base, two branches of which one builds an index outside a transaction, and a merge that does nothing.
fn shop() -> Project {
    let text = |head: &str, sql: &str| format!("{head}\n{sql}");
    Project::load(vec![
        file(
            "versions/a.sql",
            &text(
                "-- customers\n-- Revision ID: a\n-- Revises:\n",
                "-- migrate:up\n-- who buys\nCREATE TABLE customer (\n    id bigint\n);\nSET search_path = '';\nCREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM f -- last\n-- migrate:down\nDROP TABLE customer;\n",
            ),
        ),
        file(
            "versions/b.sql",
            &text(
                "-- index\n-- Revision ID: b\n-- Revises: a\n",
                "-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY i ON customer (id);\n-- migrate:down\nDROP INDEX i;\n",
            ),
        ),
        file(
            "versions/c.sql",
            &text(
                "-- it's 'quoted' | <b>@you</b>\n-- Revision ID: c'c\n-- Revises: a\n",
                "-- migrate:up\nSELECT '```';\n",
            ),
        ),
        file(
            "versions/m.sql",
            &text("-- merge\n-- Revision ID: m\n-- Revises: b, c'c\n", "-- migrate:up\n-- migrate:down\n"),
        ),
    ])
}

#[test]
fn a_plan_is_shown_step_by_step() {
    let project = shop();
    assert_snapshot!(text(&project, &plan(&project, &[], Direction::Upgrade, "heads")), @"
    upgrade from base to m: 4 steps, 5 statements
    sha256:c0d9db4be9520c0fba62685323ab7c37b1a0f822d02af8f05e32089ef47c2270

    1  a    customers
        7  CREATE TABLE customer ( id bigint )
       10  SET search_path = ''
       11  CREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM f
           not judged
           note: what this does is not known: CREATE CONVERSION is outside the model

    2  b    index
       outside a transaction, statement by statement
       6  CREATE INDEX CONCURRENTLY i ON customer (id)
          locks customer (share update exclusive), reads all of it

    3  c'c  it's 'quoted' | <b>@you</b>
       6  SELECT '```'

    4  m    merge
       no statement

    caution: what 1 statement will do is not judged
    ");
    assert_snapshot!(text(&project, &plan(&project, &["m"], Direction::Downgrade, "base")), @"
    downgrade from m to base: 4 steps, 2 statements
    sha256:5e759167cbd3333cc9dfc6e9367470b946667aea777bf5726c85fab941dc5d79

    1  m    merge
       no statement

    2  c'c  it's 'quoted' | <b>@you</b>
       no statement
       error: revision c'c is irreversible: its file has no down section
         at versions/c.sql
         help: add `-- migrate:down` with what undoes it; a section without statements undoes nothing on purpose

    3  b    index
       8  DROP INDEX i
          locks customer (access exclusive)

    4  a    customers
       13  DROP TABLE customer
           locks customer (access exclusive)

    blocked: 1 error, it takes away table customer
    ");
    let nothing = |rows: &[&str], direction, target| text(&project, &plan(&project, rows, direction, target));
    assert_snapshot!(nothing(&["m"], Direction::Upgrade, "heads"), @"Nothing to do: already at heads (m)");
    assert_snapshot!(nothing(&["m"], Direction::Upgrade, "b"), @"Nothing to do: m already includes b");
    assert_snapshot!(nothing(&["m"], Direction::Downgrade, "m"), @"Nothing to do: already at m");
    assert_snapshot!(nothing(&[], Direction::Downgrade, "base"), @"Nothing to do: already at base");
    assert_snapshot!(nothing(&["m"], Direction::Upgrade, "base"), @"
    Nothing to do: m is past base, and an upgrade does not go back
    help: `limbeck plan --downgrade base` goes back
    ");
}

#[test]
fn findings_stand_under_what_they_are_about() {
    let project = Project::load(vec![file(
        "versions/a.sql",
        "-- Revision ID: a\n-- Revises:\n-- migrate:up\nSELECT 1;\nVACUUM;\nCREATE TABEL t ();\n\\x\n",
    )]);
    assert_snapshot!(text(&project, &plan(&project, &[], Direction::Upgrade, "heads")), @r"
    upgrade from base to a: 1 step, 3 statements
    sha256:81179a3f93efd5a8e066b3dacb1440173864a5f5d8648a0bf1ada254eeefc925

    1  a
       4  SELECT 1
       5  VACUUM
          error: VACUUM cannot run inside a transaction block
            at versions/a.sql:5:1
            help: put it into a revision of its own whose section opens with `-- migrate:up transaction:false`
       6  CREATE TABEL t ()
          error: syntax error: no statement of Postgres starts with `CREATE TABEL`
            at versions/a.sql:6:1
       error: '\x' is a command of psql, not SQL
         at versions/a.sql:7:1
         help: take the line out: a migration is sent to the server as it stands

    blocked: 3 errors
    ");
}

#[test]
fn parts_of_the_text_carry_their_meaning() {
    let project = shop();
    let text = text(&project, &plan(&project, &[], Direction::Upgrade, "a"));
    let painted =
        text.painted(|style, part| if style == Style::Revision { format!("<{part}>") } else { part.to_owned() });
    assert_eq!(painted.lines().next(), Some("upgrade from <base> to <a>: 1 step, 3 statements"));
    assert_eq!(text.painted(|_, part| part.to_owned()), text.to_string());
}

#[test]
fn a_comment_for_a_pull_request_shows_texts_from_files_as_they_are() {
    let project = shop();
    assert_snapshot!(markdown(&project, &plan(&project, &[], Direction::Upgrade, "heads")), @r"
    ### Limbeck: upgrade from `base` to `m`

    **caution**: what 1 statement will do is not judged

    4 steps, 5 statements, digest `sha256:c0d9db4be9520c0fba62685323ab7c37b1a0f822d02af8f05e32089ef47c2270`

    - **note** what this does is not known: CREATE CONVERSION is outside the model (`versions/a.sql:11:1`)

    |  | revision | what it does | statements | transaction | rows afterwards |
    |---:|---|---|---:|---|---|
    | 1 | `a` | customers | 3 | yes | `a` |
    | 2 | `b` | index | 1 | **no** | `b` |
    | 3 | `c'c` | it's 'quoted' \| &lt;b&gt;@&ZeroWidthSpace;you&lt;/b&gt; | 1 | yes | `b, c'c` |
    | 4 | `m` | merge | 0 | yes | `m` |

    <details><summary>1. a customers</summary>

    ```sql
    CREATE TABLE customer (
        id bigint
    );
    SET search_path = '';
    CREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM f;
    ```

    </details>
    <details><summary>2. b index</summary>

    ```sql
    -- locks customer (share update exclusive), reads all of it
    CREATE INDEX CONCURRENTLY i ON customer (id);
    ```

    </details>
    <details><summary>3. c'c it's 'quoted' | &lt;b&gt;@&ZeroWidthSpace;you&lt;/b&gt;</summary>

    ````sql
    SELECT '```';
    ````

    </details>
    ");
    assert_snapshot!(markdown(&project, &plan(&project, &["m"], Direction::Upgrade, "heads")), @"### Nothing to do: already at heads (m)");
    assert_snapshot!(markdown(&project, &plan(&project, &["m"], Direction::Downgrade, "a")), @r"
    ### Limbeck: downgrade from `m` to `a`

    **blocked**: 1 error

    3 steps, 1 statement, digest `sha256:b5bbd0501d21d6ad049f3a1c4d0eafe2481996c3654cf6ed46ce86c0ec770352`

    - **error** revision c'c is irreversible: its file has no down section (`versions/c.sql`) — add \`-- migrate:down\` with what undoes it; a section without statements undoes nothing on purpose

    |  | revision | what it does | statements | transaction | rows afterwards |
    |---:|---|---|---:|---|---|
    | 1 | `m` | merge | 0 | yes | `b, c'c` |
    | 2 | `c'c` | it's 'quoted' \| &lt;b&gt;@&ZeroWidthSpace;you&lt;/b&gt; | 0 | yes | `b` |
    | 3 | `b` | index | 1 | yes | `a` |

    <details><summary>3. b index</summary>

    ```sql
    -- locks customer (access exclusive)
    DROP INDEX i;
    ```

    </details>
    ");
}

#[test]
fn a_comment_stays_below_what_a_comment_may_have_and_says_what_it_left_out() {
    let revision = |i: usize, sql: &str| {
        let parent = i.checked_sub(1).map(|i| format!("r{i}")).unwrap_or_default();
        file(
            &format!("versions/{i:04}.sql"),
            &format!("-- {}\n-- Revision ID: r{i}\n-- Revises: {parent}\n-- migrate:up\n{sql}\n", "title ".repeat(60)),
        )
    };
    for (count, sql) in [
        (800, "SELECT 1;"),
        (800, "VACUUM;"),
        (30, &*"SELECT 1;\n".repeat(2_000)),
        (2, &*format!("SELECT '{}';", "`".repeat(90_000))),
    ] {
        let project = Project::load((0..count).map(|i| revision(i, sql)).collect());
        let comment = markdown(&project, &plan(&project, &[], Direction::Upgrade, "heads"));
        assert!(comment.len() < 65_535, "{} bytes of {count} {}", comment.len(), &sql[..7]);
        assert!(comment.contains("left out"), "{}", &comment[..400]);
    }
}

fn script(project: &Project, rows: &[&str], direction: Direction, target: &str) -> String {
    let rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
    let offline = offline(project, &rows, direction, target, |_| None).expect("there is a way");
    offline.map_or_else(|| "the plan says why not".to_owned(), |offline| offline.sql)
}

#[test]
fn offline_sql_runs_each_revision_with_its_rows() {
    let project = shop();
    assert_snapshot!(script(&project, &[], Direction::Upgrade, "heads"), @"
    -- Limbeck: upgrade from base to m
    -- sha256:c0d9db4be9520c0fba62685323ab7c37b1a0f822d02af8f05e32089ef47c2270
    -- psql --set ON_ERROR_STOP=1 --file THIS_FILE

    DO $limbeck$
    BEGIN
        IF to_regclass('alembic_version') IS NOT NULL THEN
            IF EXISTS (SELECT FROM alembic_version) THEN
                RAISE EXCEPTION USING MESSAGE = 'this script starts from base, and the database is elsewhere', HINT = 'make it again for where `limbeck status` says it is';
            END IF;
        END IF;
    END
    $limbeck$;

    BEGIN;

    SET LOCAL lock_timeout = 3000;

    -- Running upgrade -> a, customers

    -- who buys
    CREATE TABLE customer (
        id bigint
    );
    SET search_path = '';
    CREATE CONVERSION c FOR 'LATIN1' TO 'UTF8' FROM f;

    RESET SESSION AUTHORIZATION;
    RESET ROLE;
    RESET ALL;
    CLOSE ALL;
    DEALLOCATE ALL;
    UNLISTEN *;
    DISCARD TEMP;
    DISCARD SEQUENCES;

    CREATE TABLE IF NOT EXISTS alembic_version (
        version_num character varying(255) NOT NULL,
        CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
    );

    INSERT INTO alembic_version (version_num) VALUES ('a');

    COMMIT;

    -- Running upgrade a -> b, index

    CREATE INDEX CONCURRENTLY i ON customer (id);

    BEGIN;

    SET LOCAL lock_timeout = 3000;

    UPDATE alembic_version SET version_num = 'b' WHERE version_num = 'a';

    COMMIT;

    BEGIN;

    SET LOCAL lock_timeout = 3000;

    -- Running upgrade a -> c'c, it's 'quoted' | <b>@you</b>

    SELECT '```';

    RESET SESSION AUTHORIZATION;
    RESET ROLE;
    RESET ALL;
    CLOSE ALL;
    DEALLOCATE ALL;
    UNLISTEN *;
    DISCARD TEMP;
    DISCARD SEQUENCES;

    INSERT INTO alembic_version (version_num) VALUES ('c''c');

    COMMIT;

    BEGIN;

    SET LOCAL lock_timeout = 3000;

    -- Running upgrade b, c'c -> m, merge

    UPDATE alembic_version SET version_num = 'm' WHERE version_num = 'b';

    DELETE FROM alembic_version WHERE version_num = 'c''c';

    COMMIT;
    ");
    assert_snapshot!(script(&project, &["b"], Direction::Downgrade, "a"), @r#"
    -- Limbeck: downgrade from b to a
    -- sha256:3fb14b26d52ccf700f8e58294e83a72d1c6fdced9830b621274a6904b95dc812
    -- psql --set ON_ERROR_STOP=1 --file THIS_FILE

    DO $limbeck$
    BEGIN
        IF (SELECT array_agg(version_num::text ORDER BY version_num COLLATE "C") FROM alembic_version)
                IS DISTINCT FROM ARRAY['b'] THEN
            RAISE EXCEPTION USING MESSAGE = 'this script starts from b, and the database is elsewhere', HINT = 'make it again for where `limbeck status` says it is';
        END IF;
    END
    $limbeck$;

    BEGIN;

    SET LOCAL lock_timeout = 3000;

    -- Running downgrade b -> a, index

    DROP INDEX i;

    UPDATE alembic_version SET version_num = 'a' WHERE version_num = 'b';

    COMMIT;
    "#);
}

#[test]
fn a_blocked_plan_gives_no_sql() {
    let project = shop();
    assert_snapshot!(script(&project, &["m"], Direction::Downgrade, "base"), @"the plan says why not");
}

#[test]
fn there_is_a_script_just_where_the_plan_is_not_blocked() {
    for (marker, sql, blocked) in [
        ("", "CREATE TABLE t (a int);", false),
        ("", "", false),
        ("", "CREATE TABLE t (a int, b NOT NULL);", true),
        ("", "CREATE TABLE t (a);", true),
        ("", "INSERT INTO c (a, b) SELECT VALUES (1, 2);", true),
        ("", "CREATE TYPE o AS (total numeric(*/12, 2));", true),
        ("", "SELECT 'a", true),
        ("", "VACUUM;", true),
        (" transaction:false", "VACUUM;", false),
        (" transaction:false", "CREATE TABLE a (x int); CREATE TABLE t (a NOT NULL);", true),
        (" transaction:false", "BEGIN; SELECT 1;", true),
        ("", "COPY t FROM stdin;", true),
    ] {
        let text = format!("-- Revision ID: a\n-- Revises:\n-- migrate:up{marker}\n{sql}\n");
        let project = Project::load(vec![file("versions/a.sql", &text)]);
        let verdict = plan(&project, &[], Direction::Upgrade, "heads").verdict;
        let scripted = script(&project, &[], Direction::Upgrade, "heads") != "the plan says why not";
        assert_eq!((verdict == Verdict::Blocked, scripted), (blocked, !blocked), "{sql}");
    }
}

#[test]
fn a_plan_is_judged_anew_when_anything_changed_that_it_is_judged_by() {
    let revision = |id: &str, parent: &str, title: &str, sql: &str| {
        let text = format!("-- {title}\n\n-- Revision ID: {id}\n-- Revises: {parent}\n-- migrate:up\n{sql}\n");
        file(&format!("versions/{id}.sql"), &text)
    };
    let project = |title: &str, first: &str, settings: &str| {
        let second = revision("b", "a", "second", "ALTER TABLE t ADD COLUMN n int;");
        Project::load(vec![revision("a", "", title, first), second, file("limbeck.toml", settings)])
    };
    let of = |project: &Project| {
        let made = offline(project, &["a".to_owned()], Direction::Upgrade, "heads", |_| None);
        let made = made.expect("there is a way").expect("nothing blocks it");
        (made.digest, made.judgement)
    };
    let base = of(&project("first", "CREATE TABLE t ();", ""));
    assert_eq!(of(&project("another title", "CREATE TABLE t ();", "")), base);
    for (what, other) in [
        ("a revision that ran before", project("first", "CREATE TABLE u ();", "")),
        ("the settings", project("first", "CREATE TABLE t ();", "version_table = 'v'\n")),
    ] {
        let other = of(&other);
        assert_eq!(other.0, base.0, "{what} is not in the digest of the plan");
        assert_ne!(other.1, base.1, "{what}");
    }
}

#[test]
fn a_script_made_with_known_cuts_is_the_same_script() {
    let project = shop();
    let made = |known: &dyn Fn(&str) -> Option<Vec<Cut>>| {
        offline(&project, &[], Direction::Upgrade, "heads", known).expect("there is a way").expect("it can run")
    };
    let first = made(&|_| None);
    let again = made(&|judgement| (judgement == first.judgement).then(|| first.cuts.clone()));
    assert_eq!(again, first);
    let of_another_plan = made(&|_| Some(first.cuts[1..].to_vec()));
    assert_eq!(of_another_plan, first, "cuts that cannot be those of its steps are not believed");
}

#[test]
fn offline_stamps_and_tables_follow_the_settings() {
    let settings =
        file("limbeck.toml", "version_table = 'Order'\nversion_table_schema = 'ops'\nlock_timeout = 'off'\n");
    let revision = file("versions/a.sql", "-- Revision ID: a\n-- Revises:\n-- migrate:up\n");
    let project = Project::load(vec![settings, revision]);
    let changes = project.graph().stamp(&[], &["a"], false).expect("a stamp");
    assert_snapshot!(offline_stamp(&project, &[], &changes), @r#"
    BEGIN;

    CREATE TABLE IF NOT EXISTS ops."Order" (
        version_num character varying(255) NOT NULL,
        CONSTRAINT "Order_pkc" PRIMARY KEY (version_num)
    );

    INSERT INTO ops."Order" (version_num) VALUES ('a');

    COMMIT;
    "#);
    assert_snapshot!(offline_ensure_version(project.settings()), @r#"
    CREATE TABLE IF NOT EXISTS ops."Order" (
        version_num character varying(255) NOT NULL,
        CONSTRAINT "Order_pkc" PRIMARY KEY (version_num)
    );
    "#);
    assert_snapshot!(script(&project, &[], Direction::Upgrade, "heads"), @r#"
    -- Limbeck: upgrade from base to a
    -- sha256:482e316b82bb8ff98d9f0c189744c613d867ad74583ba7cb4cbb389f29521c51
    -- psql --set ON_ERROR_STOP=1 --file THIS_FILE

    DO $limbeck$
    BEGIN
        IF to_regclass('ops."Order"') IS NOT NULL THEN
            IF EXISTS (SELECT FROM ops."Order") THEN
                RAISE EXCEPTION USING MESSAGE = 'this script starts from base, and the database is elsewhere', HINT = 'make it again for where `limbeck status` says it is';
            END IF;
        END IF;
    END
    $limbeck$;

    BEGIN;

    -- Running upgrade -> a

    CREATE TABLE IF NOT EXISTS ops."Order" (
        version_num character varying(255) NOT NULL,
        CONSTRAINT "Order_pkc" PRIMARY KEY (version_num)
    );

    INSERT INTO ops."Order" (version_num) VALUES ('a');

    COMMIT;
    "#);
}
