//! Policies, privileges and extensions.

use super::played;
use limbeck_core::reflection;

#[test]
fn a_policy_is_made_altered_and_dropped() {
    let (session, lines) = played(
        "CREATE TABLE t (a int, b text);
CREATE POLICY p ON t USING (b = 'x');
CREATE POLICY p ON t USING (b = 'x');
CREATE POLICY q ON t AS RESTRICTIVE FOR INSERT TO pg_monitor WITH CHECK (a > 0);
CREATE POLICY r ON t FOR INSERT USING (a > 0);
CREATE POLICY r ON t FOR SELECT WITH CHECK (a > 0);
CREATE POLICY r ON t USING (nothing > 0);
CREATE POLICY r ON nothing USING (true);
CREATE POLICY r ON t TO app USING (true);
CREATE POLICY r ON t USING (EXISTS (SELECT 1));
ALTER POLICY p ON t RENAME TO q;
ALTER POLICY p ON t RENAME TO o;
ALTER POLICY o ON t TO PUBLIC USING (a = 1) WITH CHECK (b = 'y');
ALTER POLICY q ON t USING (true);
ALTER TABLE t ALTER COLUMN a TYPE bigint;
ALTER TABLE t DROP COLUMN b;
DROP POLICY p ON t;
DROP POLICY IF EXISTS p ON t;
DROP POLICY IF EXISTS p ON nothing;
ALTER TABLE t DROP COLUMN b CASCADE;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (a int, b text)
        ok
    CREATE POLICY p ON t USING (b = 'x')
        ok, locks public.t AccessExclusiveLock
    CREATE POLICY p ON t USING (b = 'x')
        42710: policy "p" for table "t" already exists
    CREATE POLICY q ON t AS RESTRICTIVE FOR INSERT TO pg_monitor WITH CHECK (a > 0)
        ok, locks public.t AccessExclusiveLock
    CREATE POLICY r ON t FOR INSERT USING (a > 0)
        42601: only WITH CHECK expression allowed for INSERT
    CREATE POLICY r ON t FOR SELECT WITH CHECK (a > 0)
        42601: WITH CHECK cannot be applied to SELECT or DELETE
    CREATE POLICY r ON t USING (nothing > 0)
        42703: column "nothing" does not exist
    CREATE POLICY r ON nothing USING (true)
        42P01: relation "nothing" does not exist
    CREATE POLICY r ON t TO app USING (true)
        ok, locks public.t AccessExclusiveLock
    CREATE POLICY r ON t USING (EXISTS (SELECT 1))
        42710: policy "r" for table "t" already exists
    ALTER POLICY p ON t RENAME TO q
        42710: policy "q" for table "t" already exists
    ALTER POLICY p ON t RENAME TO o
        ok, locks public.t AccessExclusiveLock
    ALTER POLICY o ON t TO PUBLIC USING (a = 1) WITH CHECK (b = 'y')
        ok, locks public.t AccessExclusiveLock
    ALTER POLICY q ON t USING (true)
        42601: only WITH CHECK expression allowed for INSERT
    ALTER TABLE t ALTER COLUMN a TYPE bigint
        0A000: cannot alter type of a column used in a policy definition
    ALTER TABLE t DROP COLUMN b
        2BP01: cannot drop column b of table t because other objects depend on it: policy o on table t
    DROP POLICY p ON t
        42704: policy "p" for table "t" does not exist
    DROP POLICY IF EXISTS p ON t
        ok
    DROP POLICY IF EXISTS p ON nothing
        ok
    ALTER TABLE t DROP COLUMN b CASCADE;
        ok, locks public.t AccessExclusiveLock
    "#);
    let tables = reflection::schema(session.catalog()).tables;
    let policies: Vec<String> = tables
        .iter()
        .flat_map(|table| &table.policies)
        .map(|it| format!("{} {} {} {:?}", it.name, it.command, it.permissive, it.roles))
        .collect();
    insta::assert_snapshot!(policies.join("\n"), @r#"
    q insert false ["pg_monitor"]
    r all true ["app"]
    "#);
}

#[test]
fn privileges_are_granted_on_what_is_there() {
    let (_, lines) = played(
        "CREATE TABLE t (a int, b text);
CREATE SEQUENCE s;
CREATE FUNCTION f(a int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
GRANT SELECT, UPDATE (a) ON t TO PUBLIC, CURRENT_USER;
GRANT SELECT (nothing) ON t TO PUBLIC;
GRANT SELECT ON nothing TO app;
GRANT SELECT ON t TO app;
GRANT USAGE ON t TO PUBLIC;
GRANT USAGE ON s TO PUBLIC;
GRANT EXECUTE ON TABLE t TO PUBLIC;
GRANT USAGE ON SEQUENCE t TO PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
GRANT USAGE ON SCHEMA nowhere TO PUBLIC;
GRANT EXECUTE ON FUNCTION f(text) TO PUBLIC;
GRANT SELECT ON t TO PUBLIC WITH GRANT OPTION;
REVOKE ALL ON FUNCTION f(int) FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA nowhere GRANT SELECT ON TABLES TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE EXECUTE ON TABLES FROM PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;
ALTER TABLE t OWNER TO CURRENT_USER;
ALTER FUNCTION f(int) OWNER TO app;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (a int, b text)
        ok
    CREATE SEQUENCE s
        ok
    CREATE FUNCTION f(a int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$
        ok
    GRANT SELECT, UPDATE (a) ON t TO PUBLIC, CURRENT_USER
        ok
    GRANT SELECT (nothing) ON t TO PUBLIC
        42703: column "nothing" of relation "t" does not exist
    GRANT SELECT ON nothing TO app
        42P01: relation "nothing" does not exist
    GRANT SELECT ON t TO app
        ok
    GRANT USAGE ON t TO PUBLIC
        0LP01: invalid privilege type USAGE for table
    GRANT USAGE ON s TO PUBLIC
        ok
    GRANT EXECUTE ON TABLE t TO PUBLIC
        0LP01: invalid privilege type EXECUTE for relation
    GRANT USAGE ON SEQUENCE t TO PUBLIC
        42809: "t" is not a sequence
    GRANT USAGE ON SCHEMA public TO PUBLIC
        ok
    GRANT USAGE ON SCHEMA nowhere TO PUBLIC
        3F000: schema "nowhere" does not exist
    GRANT EXECUTE ON FUNCTION f(text) TO PUBLIC
        42883: function f(text) does not exist
    GRANT SELECT ON t TO PUBLIC WITH GRANT OPTION
        0LP01: grant options can only be granted to roles
    REVOKE ALL ON FUNCTION f(int) FROM PUBLIC
        ok
    ALTER DEFAULT PRIVILEGES IN SCHEMA nowhere GRANT SELECT ON TABLES TO PUBLIC
        3F000: schema "nowhere" does not exist
    ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE EXECUTE ON TABLES FROM PUBLIC
        0LP01: invalid privilege type EXECUTE for relation
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC
        ok
    ALTER TABLE t OWNER TO CURRENT_USER
        ok, locks public.t AccessExclusiveLock
    ALTER FUNCTION f(int) OWNER TO app;
        ok
    "#);
}

#[test]
fn an_extension_stands_on_its_schema_and_on_others() {
    let (session, lines) = played(
        "CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE EXTENSION citext;
CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS plpgsql;
CREATE EXTENSION earthdistance;
CREATE EXTENSION earthdistance CASCADE;
CREATE EXTENSION nothing;
CREATE EXTENSION pg_trgm SCHEMA nowhere;
DROP EXTENSION cube;
DROP EXTENSION nothing;
DROP EXTENSION IF EXISTS nothing;
DROP SCHEMA ext;
DROP SCHEMA ext CASCADE;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE SCHEMA ext
        ok
    CREATE EXTENSION citext SCHEMA ext
        ok
    CREATE EXTENSION citext
        42710: extension "citext" already exists
    CREATE EXTENSION IF NOT EXISTS citext
        ok
    CREATE EXTENSION IF NOT EXISTS plpgsql
        ok
    CREATE EXTENSION earthdistance
        42704: required extension "cube" is not installed
    CREATE EXTENSION earthdistance CASCADE
        ok
    CREATE EXTENSION nothing
        unknown: what this extension brings, and whether the server has it
    CREATE EXTENSION pg_trgm SCHEMA nowhere
        3F000: schema "nowhere" does not exist
    DROP EXTENSION cube
        2BP01: cannot drop extension cube because other objects depend on it: extension earthdistance
    DROP EXTENSION nothing
        42704: extension "nothing" does not exist
    DROP EXTENSION IF EXISTS nothing
        ok
    DROP SCHEMA ext
        2BP01: cannot drop schema ext because other objects depend on it: extension citext
    DROP SCHEMA ext CASCADE;
        ok
    "#);
    let extensions = reflection::schema(session.catalog()).extensions;
    let shown: Vec<String> = extensions.iter().map(|it| format!("{} in {}", it.name, it.schema)).collect();
    insta::assert_snapshot!(shown.join("\n"), @"
    cube in public
    earthdistance in public
    ");
}

#[test]
fn what_an_extension_brings_goes_with_it() {
    let (session, lines) = played(
        "CREATE EXTENSION \"uuid-ossp\";
CREATE EXTENSION moddatetime;
CREATE EXTENSION citext;
CREATE TABLE t (id uuid DEFAULT uuid_generate_v4(), at timestamptz, email citext);
CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION moddatetime(at);
DROP FUNCTION uuid_generate_v4();
DROP TYPE citext;
CREATE TABLE u (email text DEFAULT nothing('x'));
DROP EXTENSION citext CASCADE;
CREATE TABLE u (email text DEFAULT nothing('x'));
DROP EXTENSION \"uuid-ossp\";
DROP EXTENSION \"uuid-ossp\", moddatetime CASCADE;
CREATE TABLE u (id uuid DEFAULT uuid_generate_v4());",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE EXTENSION "uuid-ossp"
        ok
    CREATE EXTENSION moddatetime
        ok
    CREATE EXTENSION citext
        ok
    CREATE TABLE t (id uuid DEFAULT uuid_generate_v4(), at timestamptz, email citext)
        ok
    CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION moddatetime(at)
        ok, locks public.t ShareRowExclusiveLock
    DROP FUNCTION uuid_generate_v4()
        2BP01: cannot drop function uuid_generate_v4() because extension uuid-ossp requires it
    DROP TYPE citext
        2BP01: cannot drop type citext because extension citext requires it
    CREATE TABLE u (email text DEFAULT nothing('x'))
        unknown: a function, operator or cast that an extension may bring
    DROP EXTENSION citext CASCADE
        ok, locks public.t AccessExclusiveLock
    CREATE TABLE u (email text DEFAULT nothing('x'))
        42883: function nothing does not exist
    DROP EXTENSION "uuid-ossp"
        2BP01: cannot drop extension uuid-ossp because other objects depend on it: default value for column id of table t
    DROP EXTENSION "uuid-ossp", moddatetime CASCADE
        ok, locks public.t AccessExclusiveLock
    CREATE TABLE u (id uuid DEFAULT uuid_generate_v4());
        42883: function uuid_generate_v4 does not exist
    "#);
    assert_eq!(reflection::schema(session.catalog()).functions, []);
}

#[test]
fn a_role_that_no_statement_made_must_be_there() {
    let (_, lines) = played(
        "CREATE TABLE t (a int);
ALTER TABLE t OWNER TO app;
CREATE SCHEMA s AUTHORIZATION app;
CREATE SCHEMA AUTHORIZATION app;
GRANT app TO app;
CREATE ROLE app LOGIN;
CREATE ROLE app;
CREATE ROLE pg_app;
GRANT SELECT ON t TO app;
ALTER ROLE app RENAME TO web;
DROP ROLE web;
CREATE ROLE other;
DROP ROLE other;
ALTER TABLE t OWNER TO public;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE t (a int)
        ok
    ALTER TABLE t OWNER TO app
        ok, locks public.t AccessExclusiveLock
    CREATE SCHEMA s AUTHORIZATION app
        ok
    CREATE SCHEMA AUTHORIZATION app
        ok
    GRANT app TO app
        0LP01: role "app" is a member of role "app"
    CREATE ROLE app LOGIN
        ok
    CREATE ROLE app
        42710: role "app" already exists
    CREATE ROLE pg_app
        42939: role name "pg_app" is reserved
    GRANT SELECT ON t TO app
        ok
    ALTER ROLE app RENAME TO web
        ok
    DROP ROLE web
        unknown: whether a role still owns something, or may do something
    CREATE ROLE other
        ok
    DROP ROLE other
        ok
    ALTER TABLE t OWNER TO public;
        42704: role "public" does not exist
    "#);
}

#[test]
fn a_policy_may_ask_other_tables_and_stands_on_them() {
    let (session, lines) = played(
        "CREATE TABLE project (id integer PRIMARY KEY, owner integer, name text);
CREATE TABLE member (id integer, who integer, project_id integer);
CREATE POLICY seen ON project USING (EXISTS (SELECT 1 FROM member m WHERE m.who = owner AND m.project_id = project.id));
CREATE POLICY own ON project USING (owner IN (SELECT who FROM member) OR id = (SELECT max(p.id) FROM project p, project));
CREATE POLICY bad ON project USING (EXISTS (SELECT nothing FROM member));
CREATE POLICY bad ON project USING (owner IN (SELECT id, who FROM member));
CREATE POLICY bad ON project USING ((SELECT count(*) FROM member));
ALTER TABLE project ADD CHECK (EXISTS (SELECT 1));
ALTER TABLE project ALTER COLUMN owner SET DEFAULT (SELECT 1);
ALTER TABLE member DROP COLUMN who;
ALTER TABLE member ALTER COLUMN who TYPE bigint;
ALTER TABLE member RENAME COLUMN who TO person;
ALTER TABLE project RENAME TO work;
DROP TABLE member;
SELECT rank() FROM member;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE project (id integer PRIMARY KEY, owner integer, name text)
        ok
    CREATE TABLE member (id integer, who integer, project_id integer)
        ok
    CREATE POLICY seen ON project USING (EXISTS (SELECT 1 FROM member m WHERE m.who = owner AND m.project_id = project.id))
        ok, locks public.member AccessShareLock, public.project AccessExclusiveLock
    CREATE POLICY own ON project USING (owner IN (SELECT who FROM member) OR id = (SELECT max(p.id) FROM project p, project))
        ok, locks public.member AccessShareLock, public.project AccessExclusiveLock
    CREATE POLICY bad ON project USING (EXISTS (SELECT nothing FROM member))
        42703: column "nothing" does not exist
    CREATE POLICY bad ON project USING (owner IN (SELECT id, who FROM member))
        42601: subquery has too many columns
    CREATE POLICY bad ON project USING ((SELECT count(*) FROM member))
        42804: argument of POLICY must be type boolean
    ALTER TABLE project ADD CHECK (EXISTS (SELECT 1))
        0A000: cannot use subquery in check constraint
    ALTER TABLE project ALTER COLUMN owner SET DEFAULT (SELECT 1)
        0A000: cannot use subquery in DEFAULT expression
    ALTER TABLE member DROP COLUMN who
        2BP01: cannot drop column who of table member because other objects depend on it: policy own on table project, policy seen on table project
    ALTER TABLE member ALTER COLUMN who TYPE bigint
        0A000: cannot alter type of a column used in a policy definition
    ALTER TABLE member RENAME COLUMN who TO person
        ok, locks public.member AccessExclusiveLock
    ALTER TABLE project RENAME TO work
        ok, locks public.project AccessExclusiveLock
    DROP TABLE member
        2BP01: cannot drop table member because other objects depend on it: policy own on table work, policy seen on table work
    SELECT rank() FROM member;
        42809: window function rank requires an OVER clause
    "#);
    let tables = reflection::schema(session.catalog()).tables;
    let policies: Vec<&str> =
        tables.iter().flat_map(|table| &table.policies).filter_map(|it| it.using.as_deref()).collect();
    insta::assert_snapshot!(policies.join("\n"), @"
    ((owner IN ( SELECT member.person AS who
       FROM member)) OR (id = ( SELECT max(p.id) AS max
       FROM work p,
        work work_1)))
    (EXISTS ( SELECT 1
       FROM member m
      WHERE ((m.person = work.owner) AND (m.project_id = work.id))))
    ");
}

#[test]
fn limit_all_is_kept() {
    let (session, _) = played("CREATE TABLE t (id integer);\nCREATE VIEW v AS SELECT id FROM t LIMIT ALL OFFSET 2;");
    let tables = reflection::schema(session.catalog()).tables;
    let definition = tables.iter().find_map(|table| table.definition.clone()).unwrap_or_default();
    insta::assert_snapshot!(definition, @"
    SELECT id
      FROM t
    OFFSET 2
    LIMIT ALL;
    ");
}
