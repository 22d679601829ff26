//! Plans and SQL without a database.

use super::sandbox::Sandbox;

const HISTORY: &str = "
    a1 <-      : Customers
    b1 <- a1   : Orders
    c1 <- a1   : Notes
    m1 <- b1, c1 : Merge
";

#[test]
fn the_sql_of_a_run_is_printed() {
    let sandbox = Sandbox::history(HISTORY);
    insta::assert_snapshot!(sandbox.session(&["upgrade --sql a1"]), @"
    $ limbeck upgrade --sql a1
    -- Limbeck: upgrade from base to a1
    -- sha256:c3e1bb00a611c934405f11480e6b5ef510cb26845d229fed0ad4bd149691859d
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

    -- Running upgrade -> a1, Customers

    CREATE TABLE a1 (n integer);

    CREATE TABLE IF NOT EXISTS alembic_version (
        version_num character varying(255) NOT NULL,
        CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
    );

    INSERT INTO alembic_version (version_num) VALUES ('a1');

    COMMIT;
    ");
    insta::assert_snapshot!(sandbox.session(&["upgrade --sql --from b1 m1"]), @r#"
    $ limbeck upgrade --sql --from b1 m1
    -- Limbeck: upgrade from b1 to m1
    -- sha256:459cd8b4a4a2eb8dd0d9608574fd4b7e6a2a76583646a603dfcfaf3c9c5ddb3a
    -- psql --set ON_ERROR_STOP=1 --file THIS_FILE

    DO $limbeck$
    BEGIN
        IF (SELECT array_agg(version_num::text ORDER BY version_num COLLATE "C") FROM alembic_version)
                IS DISTINCT FROM ARRAY['b1'] THEN
            RAISE EXCEPTION USING MESSAGE = 'this script starts from b1, and the database is elsewhere', HINT = 'make it again for where `limbeck status` says it is';
        END IF;
    END
    $limbeck$;

    BEGIN;

    SET LOCAL lock_timeout = 3000;

    -- Running upgrade a1 -> c1, Notes

    CREATE TABLE c1 (n integer);

    INSERT INTO alembic_version (version_num) VALUES ('c1');

    COMMIT;

    BEGIN;

    SET LOCAL lock_timeout = 3000;

    -- Running upgrade b1, c1 -> m1, Merge

    CREATE TABLE m1 (n integer);

    UPDATE alembic_version SET version_num = 'm1' WHERE version_num = 'b1';

    DELETE FROM alembic_version WHERE version_num = 'c1';

    COMMIT;
    "#);
    insta::assert_snapshot!(sandbox.session(&["downgrade --sql --from m1 a1"]), @r#"
    $ limbeck downgrade --sql --from m1 a1
    -- Limbeck: downgrade from m1 to a1
    -- sha256:cd607f7a74c8f2954be2f573cdbd8d947a97a79562d6500535bb4cc5cb787274
    -- psql --set ON_ERROR_STOP=1 --file THIS_FILE

    DO $limbeck$
    BEGIN
        IF (SELECT array_agg(version_num::text ORDER BY version_num COLLATE "C") FROM alembic_version)
                IS DISTINCT FROM ARRAY['m1'] THEN
            RAISE EXCEPTION USING MESSAGE = 'this script starts from m1, and the database is elsewhere', HINT = 'make it again for where `limbeck status` says it is';
        END IF;
    END
    $limbeck$;

    BEGIN;

    SET LOCAL lock_timeout = 3000;

    -- Running downgrade m1 -> b1, c1, Merge

    DROP TABLE m1;

    UPDATE alembic_version SET version_num = 'b1' WHERE version_num = 'm1';

    INSERT INTO alembic_version (version_num) VALUES ('c1');

    COMMIT;

    BEGIN;

    SET LOCAL lock_timeout = 3000;

    -- Running downgrade c1 -> a1, Notes

    DROP TABLE c1;

    DELETE FROM alembic_version WHERE version_num = 'c1';

    COMMIT;

    BEGIN;

    SET LOCAL lock_timeout = 3000;

    -- Running downgrade b1 -> a1, Orders

    DROP TABLE b1;

    UPDATE alembic_version SET version_num = 'a1' WHERE version_num = 'b1';

    COMMIT;
    "#);
    let range = sandbox.limbeck("downgrade --sql m1:a1");
    assert_eq!(range.stdout, sandbox.limbeck("downgrade --sql --from m1 a1").stdout);
    assert_eq!(sandbox.limbeck("upgrade --sql").stdout, sandbox.limbeck("upgrade heads --sql --from base").stdout);
}

#[test]
fn wrong_starts_and_targets_are_said() {
    insta::assert_snapshot!(Sandbox::history(HISTORY).session(&[
        "upgrade --from a1",
        "upgrade a1:m1",
        "upgrade --sql a1:m1 --from a1",
        "downgrade --sql",
        "upgrade --sql --from nothing",
        "downgrade --sql --from a1 m1",
        "upgrade --sql --from a1,b1",
        "plan --from ''",
    ]), @"
    $ limbeck upgrade --from a1
    ! error: the following required arguments were not provided:
    !   --sql
    !
    ! Usage: limbeck upgrade --sql --from <REVISIONS> [TARGET]
    !
    ! For more information, try '--help'.
    exit 2

    $ limbeck upgrade a1:m1
    ! error: `a1:m1` is a range, and only `--sql` takes one
    ! hint: the database knows where it stands; name only the target
    exit 2

    $ limbeck upgrade --sql a1:m1 --from a1
    ! error: the start is named twice
    ! hint: leave out `--from`
    exit 2

    $ limbeck downgrade --sql
    ! error: '-1' goes too far: there is nothing below
    ! hint: it starts from base; name another start with `--from`, or the database with `--database-url`
    exit 4

    $ limbeck upgrade --sql --from nothing
    ! error: no revision or branch label is 'nothing' or starts with it
    ! hint: `limbeck history` lists the revisions
    exit 4

    $ limbeck downgrade --sql --from a1 m1
    ! error: 'm1' is not a valid downgrade target from a1
    ! hint: `limbeck current` shows where the database stands
    exit 4

    $ limbeck upgrade --sql --from a1,b1
    ! error: current revision b1 already includes a1
    ! hint: take the row a1 out: `limbeck stamp --purge` with the other current revisions
    exit 4

    $ limbeck plan --from ''
    ! error: `--from` names no revision
    ! hint: write `base` for an empty database
    exit 2
    ");
}

#[test]
fn a_stamp_is_printed() {
    insta::assert_snapshot!(
        Sandbox::history(HISTORY).session(&["stamp --sql m1", "stamp --sql --from m1 b1 c1", "ensure-version --sql"]),
        @"
    $ limbeck stamp --sql m1
    BEGIN;

    CREATE TABLE IF NOT EXISTS alembic_version (
        version_num character varying(255) NOT NULL,
        CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
    );

    INSERT INTO alembic_version (version_num) VALUES ('m1');

    COMMIT;

    $ limbeck stamp --sql --from m1 b1 c1
    BEGIN;

    UPDATE alembic_version SET version_num = 'b1' WHERE version_num = 'm1';

    INSERT INTO alembic_version (version_num) VALUES ('c1');

    COMMIT;

    $ limbeck ensure-version --sql
    CREATE TABLE IF NOT EXISTS alembic_version (
        version_num character varying(255) NOT NULL,
        CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
    );
    "
    );
}

#[test]
fn a_plan_is_text_markdown_or_a_document() {
    let sandbox = Sandbox::history(HISTORY);
    insta::assert_snapshot!(sandbox.session(&["plan --from a1 b1", "plan --from m1 --downgrade -1"]), @"
    $ limbeck plan --from a1 b1
    upgrade from a1 to b1: 1 step, 1 statement
    sha256:7622b04bea46d9cba7cd4a3ad27a989b7848ce6cfcf47fb641536a48ce2c9ce7

    1  b1  Orders
       8  CREATE TABLE b1 (n integer)
          note: using 32-bit integer fields can result in hitting the max `int` limit
            help: use 64-bit integer values instead to prevent hitting this limit

    safe: nothing in the revisions speaks against it

    $ limbeck plan --from m1 --downgrade -1
    downgrade from m1 to b1, c1: 1 step, 1 statement
    sha256:47da836ccc09117d0404437b6aab003cdcfc95440455d8b8a49a31e55ac9c996

    1  m1  Merge
       11  DROP TABLE m1
           locks m1 (access exclusive)

    caution: it takes away table m1
    ");
    insta::assert_snapshot!(sandbox.session(&["plan --from a1 b1 --markdown"]), @r"
    $ limbeck plan --from a1 b1 --markdown
    ### Limbeck: upgrade from `a1` to `b1`

    **safe**: nothing in the revisions speaks against it

    1 step, 1 statement, digest `sha256:7622b04bea46d9cba7cd4a3ad27a989b7848ce6cfcf47fb641536a48ce2c9ce7`

    - **note** using 32-bit integer fields can result in hitting the max \`int\` limit (`versions/b1.sql:8:20`) — use 64-bit integer values instead to prevent hitting this limit

    |  | revision | what it does | statements | transaction | rows afterwards |
    |---:|---|---|---:|---|---|
    | 1 | `b1` | Orders | 1 | yes | `b1` |

    <details><summary>1. b1 Orders</summary>

    ```sql
    CREATE TABLE b1 (n integer);
    ```

    </details>
    ");
    insta::assert_snapshot!(sandbox.session(&["plan --from a1 b1 --json"]), @r#"
    $ limbeck plan --from a1 b1 --json
    {
      "format": 1,
      "digest": "sha256:7622b04bea46d9cba7cd4a3ad27a989b7848ce6cfcf47fb641536a48ce2c9ce7",
      "from": [
        "a1"
      ],
      "target": "b1",
      "to": [
        "b1"
      ],
      "verdict": "safe",
      "steps": [
        {
          "revision": "b1",
          "direction": "upgrade",
          "rows_before": [
            "a1"
          ],
          "rows_after": [
            "b1"
          ],
          "transaction": true,
          "statements": [
            {
              "sql": "CREATE TABLE b1 (n integer)",
              "line": 8,
              "kind": "create_table",
              "outcome": "ok",
              "error": null,
              "locks": [],
              "rewrites": [],
              "scans": [],
              "findings": [
                {
                  "code": "prefer-bigint-over-int",
                  "level": "info",
                  "message": "using 32-bit integer fields can result in hitting the max `int` limit",
                  "revision": "b1",
                  "path": "versions/b1.sql",
                  "start": {
                    "line": 8,
                    "column": 20
                  },
                  "end": {
                    "line": 8,
                    "column": 27
                  },
                  "help": "use 64-bit integer values instead to prevent hitting this limit",
                  "fix": {
                    "title": "Replace with a 64-bit integer type: `bigint`",
                    "edits": [
                      {
                        "start": {
                          "line": 8,
                          "column": 20
                        },
                        "end": {
                          "line": 8,
                          "column": 27
                        },
                        "text": "bigint"
                      }
                    ]
                  }
                }
              ]
            }
          ]
        }
      ],
      "findings": []
    }
    "#);
    insta::assert_snapshot!(sandbox.session(&["plan", "plan --from m1"]), @"
    $ limbeck plan
    ! error: no database is named
    ! hint: name where it starts with `--from base`, or the database with `--database-url`
    exit 1

    $ limbeck plan --from m1
    Nothing to do: already at heads (m1)
    ");
}

#[test]
fn an_irreversible_step_blocks_the_plan() {
    let sandbox = Sandbox::history("a1 <- : Customers");
    sandbox.write(
        "migrations/versions/b.sql",
        "-- one way\n-- Revision ID: b1\n-- Revises: a1\n\n-- migrate:up\nSELECT 1;\n",
    );
    insta::assert_snapshot!(sandbox.session(&[
        "plan --from b1 --downgrade base",
        "downgrade --sql --from b1 base",
        "downgrade --sql --from b1 base --json",
    ]), @r#"
    $ limbeck plan --from b1 --downgrade base
    downgrade from b1 to base: 2 steps, 1 statement
    sha256:57a6b518d27238f7cb627dc958538ebbe22dc501d0efb6884985ca73b3cb8f66

    1  b1  one way
       no statement
       error: revision b1 is irreversible: its file has no down section
         at migrations/versions/b.sql
         help: add `-- migrate:down` with what undoes it; a section without statements undoes nothing on purpose

    2  a1  Customers
       11  DROP TABLE a1
           locks a1 (access exclusive)

    blocked: 1 error, it takes away table a1
    exit 3

    $ limbeck downgrade --sql --from b1 base
    ! error[irreversible]: revision b1 is irreversible: its file has no down section
    ! --> migrations/versions/b.sql
    !  = help: add `-- migrate:down` with what undoes it; a section without statements undoes nothing on purpose
    !
    ! 1 error
    ! error: the plan is blocked, nothing was run
    ! hint: `limbeck plan` shows every step with what stands against it
    exit 3

    $ limbeck downgrade --sql --from b1 base --json
    {
      "format": 1,
      "error": {
        "code": "irreversible",
        "message": "the plan is blocked, nothing was run: revision b1 is irreversible: its file has no down section",
        "hint": "`limbeck plan` shows every step with what stands against it",
        "candidates": []
      }
    }
    exit 3
    "#);
}

#[test]
fn only_the_reviewed_plan_is_accepted() {
    let sandbox = Sandbox::history(HISTORY);
    let digest = sandbox.limbeck("plan --from a1 --json").document()["digest"].as_str().expect("a digest").to_owned();
    let accepted = sandbox.limbeck(&format!("upgrade --sql --from a1 --plan {digest}"));
    assert_eq!(accepted.status, 0, "{}", accepted.shown());
    // A new message and a new file name are no new plan; another statement is.
    let text = sandbox.text("migrations/versions/b1.sql");
    sandbox.write("migrations/versions/b1.sql", text.replace("Orders", "Orders of customers"));
    assert_eq!(sandbox.limbeck(&format!("upgrade --sql --from a1 --plan {digest}")).status, 0);
    sandbox.write("migrations/versions/b1.sql", text.replace("integer", "bigint"));
    let refused = sandbox.limbeck(&format!("upgrade --sql --from a1 --plan {digest} --json"));
    assert_eq!((refused.status, &refused.document()["error"]["code"]), (3, &"stale-plan".into()));
}

#[test]
fn a_purge_is_printed_whatever_the_database_holds() {
    let sandbox = Sandbox::history("a1 <- : Customers");
    insta::assert_snapshot!(sandbox.session(&["stamp --purge --sql a1", "stamp --purge --sql --from a1 base"]), @"
    $ limbeck stamp --purge --sql a1
    BEGIN;

    CREATE TABLE IF NOT EXISTS alembic_version (
        version_num character varying(255) NOT NULL,
        CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
    );

    DELETE FROM alembic_version;

    INSERT INTO alembic_version (version_num) VALUES ('a1');

    COMMIT;

    $ limbeck stamp --purge --sql --from a1 base
    ! error: the argument '--purge' cannot be used with '--from <REVISIONS>'
    !
    ! Usage: limbeck stamp --purge --sql <REVISION>...
    !
    ! For more information, try '--help'.
    exit 2
    ");
}

#[test]
fn a_plan_names_files_as_validate_does() {
    let sandbox = Sandbox::with(&[(
        "versions/a.sql",
        "-- Revision ID: a\n-- Revises:\n\n-- migrate:up\nVACUUM;\n\n-- migrate:down\n",
    )]);
    insta::assert_snapshot!(sandbox.session(&["plan --from base", "validate"]), @"
    $ limbeck plan --from base
    upgrade from base to a: 1 step, 1 statement
    sha256:0b6b40d97c5bab926a4100419f0a72309da6b6e407dc6707ddcc59da2527a43e

    1  a
       5  VACUUM
          error: VACUUM cannot run inside a transaction block
            at migrations/versions/a.sql:5:1
            help: put it into a revision of its own whose section opens with `-- migrate:up transaction:false`

    blocked: 1 error
    exit 3

    $ limbeck validate
    error[not-in-transaction]: VACUUM cannot run inside a transaction block
     --> migrations/versions/a.sql:5:1
      |
    5 | VACUUM;
      | ^^^^^^
      |
      = help: put it into a revision of its own whose section opens with `-- migrate:up transaction:false`

    1 error
    exit 3
    ");
    let document = sandbox.limbeck("plan --from base --json").document();
    assert_eq!(document["steps"][0]["statements"][0]["findings"][0]["path"], "versions/a.sql");
}

#[test]
fn the_schema_at_a_revision_is_what_its_files_make() {
    let sandbox = Sandbox::history(HISTORY);
    sandbox.write(
        "migrations/versions/e.sql",
        "-- Later\n--\n-- Revision ID: e\n-- Revises: m1\n\n-- migrate:up\nDO LANGUAGE plperl $$ 1 $$;\nCREATE INDEX ON m1 (n);\n",
    );
    insta::assert_snapshot!(sandbox.session(&["schema --at b1", "schema --at heads", "schema --at nowhere"]), @"
    $ limbeck schema --at b1
    table public.a1
      n  integer

    table public.b1
      n  integer

    $ limbeck schema --at heads
    table public.a1
      n  integer

    table public.b1
      n  integer

    table public.c1
      n  integer

    table public.m1
      n  integer
      index m1_n_idx btree (n)
    ! warning: 1 statement is not in this picture; the first in line 7 of revision e: a block in another language

    $ limbeck schema --at nowhere
    ! error: no revision or branch label is 'nowhere' or starts with it
    ! hint: `limbeck history` lists the revisions
    exit 4
    ");
    let document = sandbox.limbeck("--json schema --at b1").document();
    assert_eq!(document["tables"].as_array().map(Vec::len), Some(2), "{document}");
}
