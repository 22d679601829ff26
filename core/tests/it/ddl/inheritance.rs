//! Tables that inherit from others, and tables that are made like others.

use super::played;
use limbeck_core::reflection;

#[test]
fn a_child_merges_the_columns_and_checks_of_its_parents_with_its_own() {
    let (session, lines) = played(
        "CREATE TABLE x (a int, b int DEFAULT 3 CHECK (b > 0), c int NOT NULL);
CREATE TABLE w (c int, b int DEFAULT 4);
CREATE TABLE y (d int, c int DEFAULT 1) INHERITS (x);
CREATE TABLE z (a bigint) INHERITS (x);
CREATE TABLE z () INHERITS (x, x);
CREATE TABLE z () INHERITS (x, w);
CREATE TABLE z () INHERITS (x) PARTITION BY LIST (a);
CREATE TABLE z (b int DEFAULT 5) INHERITS (x, w);
DROP TABLE w;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE x (a int, b int DEFAULT 3 CHECK (b > 0), c int NOT NULL)
        ok
    CREATE TABLE w (c int, b int DEFAULT 4)
        ok
    CREATE TABLE y (d int, c int DEFAULT 1) INHERITS (x)
        ok, locks public.x ShareUpdateExclusiveLock
    CREATE TABLE z (a bigint) INHERITS (x)
        42804: column "a" has a type conflict
    CREATE TABLE z () INHERITS (x, x)
        42P07: relation "x" would be inherited from more than once
    CREATE TABLE z () INHERITS (x, w)
        42611: column "b" inherits conflicting default values
    CREATE TABLE z () INHERITS (x) PARTITION BY LIST (a)
        42P17: cannot create partitioned table as inheritance child
    CREATE TABLE z (b int DEFAULT 5) INHERITS (x, w)
        ok, locks public.w ShareUpdateExclusiveLock, public.x ShareUpdateExclusiveLock
    DROP TABLE w;
        2BP01: cannot drop table w because other objects depend on it: table z
    "#);
    let schema = reflection::schema(session.catalog());
    let shown: Vec<String> = schema
        .tables
        .iter()
        .filter(|table| !table.inherits.is_empty())
        .map(|table| {
            let columns: Vec<String> = table
                .columns
                .iter()
                .map(|column| format!("{}{}", column.name, if column.inherited { " inherited" } else { "" }))
                .collect();
            let checks: Vec<_> = table.checks.iter().map(|check| (check.name.as_str(), check.inherited)).collect();
            format!("{} of {}: {}; {checks:?}", table.name, table.inherits.join(" and "), columns.join(", "))
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    public.y of public.x: a inherited, b inherited, c, d; [("x_b_check", true)]
    public.z of public.x and public.w: a inherited, b, c inherited; [("x_b_check", true)]
    "#);
}

#[test]
fn what_is_inherited_is_changed_at_the_parent() {
    let (_, lines) = played(
        "CREATE TABLE x (a int, b int CHECK (b > 0));
CREATE TABLE y () INHERITS (x);
CREATE TABLE s (a int);
ALTER TABLE s INHERIT x;
ALTER TABLE s ADD b int;
ALTER TABLE s INHERIT x;
ALTER TABLE s ADD CONSTRAINT x_b_check CHECK (b > 0);
ALTER TABLE s INHERIT x;
ALTER TABLE x INHERIT s;
ALTER TABLE y DROP a;
ALTER TABLE y RENAME a TO aa;
ALTER TABLE x RENAME a TO aa;
ALTER TABLE x ADD CONSTRAINT n CHECK (aa > 0) NO INHERIT;
ALTER TABLE y DROP CONSTRAINT x_b_check;
ALTER TABLE ONLY x DROP CONSTRAINT x_b_check;
ALTER TABLE y DROP CONSTRAINT x_b_check;
ALTER TABLE ONLY x DROP b;
ALTER TABLE y DROP b;
ALTER TABLE s NO INHERIT x;
ALTER TABLE s NO INHERIT x;
ALTER TABLE s DROP aa;
DROP TABLE x;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE x (a int, b int CHECK (b > 0))
        ok
    CREATE TABLE y () INHERITS (x)
        ok, locks public.x ShareUpdateExclusiveLock
    CREATE TABLE s (a int)
        ok
    ALTER TABLE s INHERIT x
        42804: child table is missing column "b"
    ALTER TABLE s ADD b int
        ok, locks public.s AccessExclusiveLock
    ALTER TABLE s INHERIT x
        42804: child table is missing constraint "x_b_check"
    ALTER TABLE s ADD CONSTRAINT x_b_check CHECK (b > 0)
        ok, locks public.s AccessExclusiveLock
    ALTER TABLE s INHERIT x
        ok, locks public.s AccessExclusiveLock, public.x ShareUpdateExclusiveLock
    ALTER TABLE x INHERIT s
        42P07: circular inheritance not allowed
    ALTER TABLE y DROP a
        42P16: cannot drop inherited column "a"
    ALTER TABLE y RENAME a TO aa
        42P16: cannot rename inherited column "a"
    ALTER TABLE x RENAME a TO aa
        ok, locks public.s AccessExclusiveLock, public.x AccessExclusiveLock, public.y AccessExclusiveLock
    ALTER TABLE x ADD CONSTRAINT n CHECK (aa > 0) NO INHERIT
        ok, locks public.x AccessExclusiveLock
    ALTER TABLE y DROP CONSTRAINT x_b_check
        42P16: cannot drop inherited constraint "x_b_check" of relation "y"
    ALTER TABLE ONLY x DROP CONSTRAINT x_b_check
        ok, locks public.s AccessExclusiveLock, public.x AccessExclusiveLock, public.y AccessExclusiveLock
    ALTER TABLE y DROP CONSTRAINT x_b_check
        ok, locks public.y AccessExclusiveLock
    ALTER TABLE ONLY x DROP b
        ok, locks public.s AccessExclusiveLock, public.x AccessExclusiveLock, public.y AccessExclusiveLock
    ALTER TABLE y DROP b
        ok, locks public.y AccessExclusiveLock
    ALTER TABLE s NO INHERIT x
        ok, locks public.s AccessExclusiveLock, public.x AccessShareLock
    ALTER TABLE s NO INHERIT x
        42P01: relation "x" is not a parent of relation "s"
    ALTER TABLE s DROP aa
        ok, locks public.s AccessExclusiveLock
    DROP TABLE x;
        2BP01: cannot drop table x because other objects depend on it: table y
    "#);
}

#[test]
fn a_table_like_another_has_of_it_what_is_asked_for() {
    let (session, lines) = played(
        "CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b text DEFAULT 'x' CHECK (b <> ''), c serial UNIQUE);
CREATE TABLE plain (LIKE a);
CREATE TABLE whole (LIKE a INCLUDING ALL);
CREATE TABLE most (LIKE a INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY);
CREATE TABLE twice (LIKE a, LIKE plain);
CREATE TABLE keyed (LIKE a INCLUDING INDEXES, PRIMARY KEY (b));
CREATE TABLE none (LIKE a_id_seq);
DROP TABLE a;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE a (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b text DEFAULT 'x' CHECK (b <> ''), c serial UNIQUE)
        ok
    CREATE TABLE plain (LIKE a)
        ok, locks public.a AccessShareLock
    CREATE TABLE whole (LIKE a INCLUDING ALL)
        ok, locks public.a AccessShareLock
    CREATE TABLE most (LIKE a INCLUDING ALL EXCLUDING INDEXES EXCLUDING IDENTITY)
        ok, locks public.a AccessShareLock
    CREATE TABLE twice (LIKE a, LIKE plain)
        42701: column "id" specified more than once
    CREATE TABLE keyed (LIKE a INCLUDING INDEXES, PRIMARY KEY (b))
        42P16: multiple primary keys for table "keyed" are not allowed
    CREATE TABLE none (LIKE a_id_seq)
        42809: relation "a_id_seq" is invalid in LIKE clause
    DROP TABLE a;
        2BP01: cannot drop table a because other objects depend on it: default value for column c of table most, default value for column c of table whole
    "#);
    let schema = reflection::schema(session.catalog());
    let mut shown = String::new();
    for table in schema.tables.iter().filter(|table| table.name != "public.a") {
        let columns: Vec<String> = table
            .columns
            .iter()
            .map(|column| {
                let default = column.default.as_deref().unwrap_or("-");
                let identity = if column.identity.is_some() { " identity" } else { "" };
                format!("{} {default}{identity}{}", column.name, if column.nullable { "" } else { " not null" })
            })
            .collect();
        let keys = table.primary_key.iter().map(|key| key.name.as_str());
        let keys = keys.chain(table.unique.iter().map(|key| key.name.as_str()));
        let names: Vec<&str> = keys.chain(table.checks.iter().map(|check| check.name.as_str())).collect();
        shown.push_str(&format!("{}: {} ({})\n", table.name, columns.join(", "), names.join(" ")));
    }
    insta::assert_snapshot!(shown, @"
    public.most: id - not null, b 'x'::text, c nextval('a_c_seq'::regclass) not null (a_b_check)
    public.plain: id - not null, b -, c - not null ()
    public.whole: id - identity not null, b 'x'::text, c nextval('a_c_seq'::regclass) not null (whole_pkey whole_c_key a_b_check)
    ");
}

#[test]
fn the_type_of_a_column_reaches_the_identities_of_children() {
    let (session, lines) = played(
        "CREATE TABLE p (id int NOT NULL, u uuid);
CREATE TABLE c () INHERITS (p);
ALTER TABLE ONLY c ALTER id ADD GENERATED ALWAYS AS IDENTITY;
ALTER TABLE p ALTER id TYPE bigint;
ALTER TABLE ONLY p ALTER u TYPE numeric;
ALTER TABLE ONLY p ALTER u TYPE text;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE p (id int NOT NULL, u uuid)
        ok
    CREATE TABLE c () INHERITS (p)
        ok, locks public.p ShareUpdateExclusiveLock
    ALTER TABLE ONLY c ALTER id ADD GENERATED ALWAYS AS IDENTITY
        ok, locks public.c AccessExclusiveLock
    ALTER TABLE p ALTER id TYPE bigint
        ok, locks public.c AccessExclusiveLock, public.p AccessExclusiveLock
    ALTER TABLE ONLY p ALTER u TYPE numeric
        42804: column "u" cannot be cast automatically to type numeric
    ALTER TABLE ONLY p ALTER u TYPE text;
        42P16: type of inherited column "u" must be changed in child tables too
    "#);
    let schema = reflection::schema(session.catalog());
    let types: Vec<&str> = schema.sequences.iter().map(|sequence| sequence.data_type.as_str()).collect();
    assert_eq!(types, ["bigint"]);
}

#[test]
fn what_is_dropped_above_is_gone_below_when_that_has_its_turn() {
    let (_, lines) = played(
        "CREATE TABLE p (a int DEFAULT 1, b int NOT NULL, c int DEFAULT 2);
CREATE TABLE child (c int) INHERITS (p);
ALTER TABLE p ALTER a DROP DEFAULT, DROP a;
ALTER TABLE p ALTER b DROP NOT NULL, DROP b;
ALTER TABLE p ALTER c DROP DEFAULT, DROP c;
ALTER TABLE ONLY p ALTER b DROP NOT NULL, DROP b;",
    );
    insta::assert_snapshot!(lines, @r#"
    CREATE TABLE p (a int DEFAULT 1, b int NOT NULL, c int DEFAULT 2)
        ok
    CREATE TABLE child (c int) INHERITS (p)
        ok, locks public.p ShareUpdateExclusiveLock
    ALTER TABLE p ALTER a DROP DEFAULT, DROP a
        42703: column "a" of relation "child" does not exist
    ALTER TABLE p ALTER b DROP NOT NULL, DROP b
        42703: column "b" of relation "child" does not exist
    ALTER TABLE p ALTER c DROP DEFAULT, DROP c
        ok, locks public.child AccessExclusiveLock, public.p AccessExclusiveLock
    ALTER TABLE ONLY p ALTER b DROP NOT NULL, DROP b;
        ok, locks public.child AccessExclusiveLock, public.p AccessExclusiveLock
    "#);
}
