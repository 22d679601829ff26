//! What is computed of values, and put into columns.

use super::new_rows::feared;

#[test]
fn what_a_column_has_no_room_for_is_refused() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE label (short varchar(2), code char(3), tags integer[] NOT NULL DEFAULT '{}');
INSERT INTO label (code) VALUES (true);
INSERT INTO label (short) VALUES (123);
INSERT INTO label (code) VALUES (now());
INSERT INTO label (code) VALUES (DATE '2020-01-01');
INSERT INTO label (short) VALUES (lower(current_user) || 'abc');
CREATE TABLE log (day varchar(9), at varchar(25));
ALTER TABLE log ADD year char(4) DEFAULT DATE '2020-01-01';
INSERT INTO log (day) VALUES (current_date);
INSERT INTO log (at) VALUES (now());
INSERT INTO label (code) VALUES (true::char(3));
INSERT INTO label (tags) VALUES ('{1}'::integer[] || NULL::integer), (NULL::integer || '{1}'::integer[]);
INSERT INTO label (tags) VALUES (NULL::integer[] || NULL::integer[]);"
    ), @r#"
    CREATE TABLE label (short varchar(2), code char(3), tags integer[] NOT NULL DEFAULT '{}')
        ok
    INSERT INTO label (code) VALUES (true)
        22001: value too long for type character(3)
    INSERT INTO label (short) VALUES (123)
        22001: value too long for type character varying(2)
    INSERT INTO label (code) VALUES (now())
        22001: value too long for type character(3)
    INSERT INTO label (code) VALUES (DATE '2020-01-01')
        22001: value too long for type character(3)
    INSERT INTO label (short) VALUES (lower(current_user) || 'abc')
        22001: value too long for type character varying(2)
    CREATE TABLE log (day varchar(9), at varchar(25))
        ok
    ALTER TABLE log ADD year char(4) DEFAULT DATE '2020-01-01'
        22001: value too long for type character(4)
    INSERT INTO log (day) VALUES (current_date)
        22001: value too long for type character varying(9)
    INSERT INTO log (at) VALUES (now())
        may raise 22001: value too long for its type, by public.log
    INSERT INTO label (code) VALUES (true::char(3))
        ok
    INSERT INTO label (tags) VALUES ('{1}'::integer[] || NULL::integer), (NULL::integer || '{1}'::integer[])
        ok
    INSERT INTO label (tags) VALUES (NULL::integer[] || NULL::integer[]);
        23502: null value in column "tags" of relation "label" violates not-null constraint
    "#);
}

#[test]
fn constants_of_a_query_are_put_into_columns_like_others() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE label (id integer, short varchar(2), long text);
INSERT INTO label (short) SELECT 'abc' WHERE false;
INSERT INTO label (short) SELECT repeat('x', 3) FROM label;
INSERT INTO label (short) SELECT c FROM (SELECT 'abc' AS c) AS s;
INSERT INTO label (short) WITH w AS (SELECT 'abc' AS c) SELECT c FROM w;
WITH w AS (SELECT 'abc' AS c) INSERT INTO label (short) SELECT c FROM w;
INSERT INTO label (short) SELECT 'ab' UNION SELECT 'abc';
INSERT INTO label (short) SELECT c FROM (VALUES ('ab'), ('abc')) AS v (c);
INSERT INTO label (short) SELECT c FROM (VALUES ('ab'), ('abc')) AS v (c) WHERE c <> 'abc';
INSERT INTO label (short) VALUES ((SELECT 'abc'));
INSERT INTO label (id) SELECT c FROM (VALUES (1), (3000000000)) AS v (c);
INSERT INTO label (id, short) SELECT c, c::text FROM (VALUES (1), (2)) AS v (c) WHERE NOT EXISTS (SELECT FROM label);
INSERT INTO label (short) SELECT long || 'abc' FROM label;
INSERT INTO label (short) SELECT id FROM label;
INSERT INTO label (long) SELECT id FROM label;
INSERT INTO label (id) SELECT 1 LIMIT -1;
INSERT INTO label (id) SELECT 1 OFFSET 1 - 2;
UPDATE label SET short = short || 'abc';
ALTER TABLE label ADD code char(3) GENERATED ALWAYS AS (id) STORED;"
    ), @"
    CREATE TABLE label (id integer, short varchar(2), long text)
        ok
    INSERT INTO label (short) SELECT 'abc' WHERE false
        22001: value too long for type character varying(2)
    INSERT INTO label (short) SELECT repeat('x', 3) FROM label
        22001: value too long for type character varying(2)
    INSERT INTO label (short) SELECT c FROM (SELECT 'abc' AS c) AS s
        22001: value too long for type character varying(2)
    INSERT INTO label (short) WITH w AS (SELECT 'abc' AS c) SELECT c FROM w
        22001: value too long for type character varying(2)
    WITH w AS (SELECT 'abc' AS c) INSERT INTO label (short) SELECT c FROM w
        22001: value too long for type character varying(2)
    INSERT INTO label (short) SELECT 'ab' UNION SELECT 'abc'
        22001: value too long for type character varying(2)
    INSERT INTO label (short) SELECT c FROM (VALUES ('ab'), ('abc')) AS v (c)
        22001: value too long for type character varying(2)
    INSERT INTO label (short) SELECT c FROM (VALUES ('ab'), ('abc')) AS v (c) WHERE c <> 'abc'
        may raise 22001: value too long for type character varying(2), by public.label
    INSERT INTO label (short) VALUES ((SELECT 'abc'))
        22001: value too long for type character varying(2)
    INSERT INTO label (id) SELECT c FROM (VALUES (1), (3000000000)) AS v (c)
        22003: integer out of range
    INSERT INTO label (id, short) SELECT c, c::text FROM (VALUES (1), (2)) AS v (c) WHERE NOT EXISTS (SELECT FROM label)
        ok
    INSERT INTO label (short) SELECT long || 'abc' FROM label
        may raise 22001: value too long for its type, by public.label
    INSERT INTO label (short) SELECT id FROM label
        may raise 22001: value too long for its type, by public.label
    INSERT INTO label (long) SELECT id FROM label
        ok
    INSERT INTO label (id) SELECT 1 LIMIT -1
        2201W: LIMIT must not be negative
    INSERT INTO label (id) SELECT 1 OFFSET 1 - 2
        2201X: OFFSET must not be negative
    UPDATE label SET short = short || 'abc'
        may raise 22001: value too long for its type, by public.label
    ALTER TABLE label ADD code char(3) GENERATED ALWAYS AS (id) STORED;
        may raise 22001: value too long for its type, by public.label
    ");
}

#[test]
fn what_cannot_be_computed_for_a_row_is_said_as_that() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE part (id integer PRIMARY KEY, pieces integer, name text);
INSERT INTO part VALUES (1, 2, 'a'), (2, 3, 'b');
CREATE INDEX ON part ((1 / (pieces - 2)));
CREATE INDEX ON part (id) WHERE 1 / (pieces - 2) > 0;
ALTER TABLE part ADD CHECK (1 / (pieces - 2) > 0);
ALTER TABLE part ADD CHECK (name ~ '(');
CREATE INDEX ON part ((1 / (pieces - 4)));
INSERT INTO part VALUES (3, 4, 'c');
UPDATE part SET pieces = pieces + 1;
UPDATE part SET name = 'd';
ALTER TABLE part ADD CONSTRAINT odd CHECK (name ~ '(') NOT VALID;
INSERT INTO part VALUES (4, 1, 'd');
INSERT INTO part VALUES (5, 1, NULL);
INSERT INTO part SELECT id + 5, 1, name FROM part;
ALTER TABLE part VALIDATE CONSTRAINT odd;
CREATE DOMAIN share AS integer CHECK (1 / VALUE >= 0);
CREATE TABLE owner (id integer, share share);
INSERT INTO owner VALUES (1, 0);
SELECT CASE WHEN id > 1 THEN ('zz' || 'z')::text::integer END FROM part;"
    ), @r#"
    CREATE TABLE part (id integer PRIMARY KEY, pieces integer, name text)
        ok
    INSERT INTO part VALUES (1, 2, 'a'), (2, 3, 'b')
        ok
    CREATE INDEX ON part ((1 / (pieces - 2)))
        22012: division by zero
    CREATE INDEX ON part (id) WHERE 1 / (pieces - 2) > 0
        22012: division by zero
    ALTER TABLE part ADD CHECK (1 / (pieces - 2) > 0)
        22012: division by zero
    ALTER TABLE part ADD CHECK (name ~ '(')
        2201B: invalid regular expression
    CREATE INDEX ON part ((1 / (pieces - 4)))
        ok
    INSERT INTO part VALUES (3, 4, 'c')
        22012: division by zero
    UPDATE part SET pieces = pieces + 1
        may raise 22012: division by zero, by public.part
    UPDATE part SET name = 'd'
        ok
    ALTER TABLE part ADD CONSTRAINT odd CHECK (name ~ '(') NOT VALID
        ok
    INSERT INTO part VALUES (4, 1, 'd')
        2201B: invalid regular expression
    INSERT INTO part VALUES (5, 1, NULL)
        may raise 23505: duplicate key value violates unique constraint "part_pkey", by public.part
    INSERT INTO part SELECT id + 5, 1, name FROM part
        may raise 2201B: invalid regular expression, by public.part
        may raise 23514: new row for relation "part" violates check constraint "odd", by public.part
        may raise 23505: duplicate key value violates unique constraint "part_pkey", by public.part
    ALTER TABLE part VALIDATE CONSTRAINT odd
        may raise 2201B: invalid regular expression, by public.part
        may raise 23514: constraint "odd" is violated by some row, by public.part
    CREATE DOMAIN share AS integer CHECK (1 / VALUE >= 0)
        ok
    CREATE TABLE owner (id integer, share share)
        ok
    INSERT INTO owner VALUES (1, 0)
        22012: division by zero
    SELECT CASE WHEN id > 1 THEN ('zz' || 'z')::text::integer END FROM part;
        22P02: invalid input syntax for type integer: "zzz"
    "#);
}

#[test]
fn a_guard_asks_for_the_value_that_is_put_in() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE size (number integer PRIMARY KEY, name varchar(3));
INSERT INTO size VALUES (1, 'a');
INSERT INTO size SELECT 1.4 WHERE NOT EXISTS (SELECT FROM size WHERE number = 1.4);
INSERT INTO size SELECT 1.0 WHERE NOT EXISTS (SELECT FROM size WHERE number = 1);
INSERT INTO size SELECT 2 WHERE NOT EXISTS (SELECT FROM size WHERE number = 2::bigint);
CREATE TABLE measured (value numeric, whole smallint);
INSERT INTO measured VALUES (2.4, 2);
INSERT INTO size SELECT DISTINCT value FROM measured AS m WHERE NOT EXISTS (SELECT FROM size WHERE number = m.value);
INSERT INTO size SELECT DISTINCT whole FROM measured AS m WHERE NOT EXISTS (SELECT FROM size WHERE number = m.whole);"
    ), @r#"
    CREATE TABLE size (number integer PRIMARY KEY, name varchar(3))
        ok
    INSERT INTO size VALUES (1, 'a')
        ok
    INSERT INTO size SELECT 1.4 WHERE NOT EXISTS (SELECT FROM size WHERE number = 1.4)
        may raise 23505: duplicate key value violates unique constraint "size_pkey", by public.size
    INSERT INTO size SELECT 1.0 WHERE NOT EXISTS (SELECT FROM size WHERE number = 1)
        ok
    INSERT INTO size SELECT 2 WHERE NOT EXISTS (SELECT FROM size WHERE number = 2::bigint)
        ok
    CREATE TABLE measured (value numeric, whole smallint)
        ok
    INSERT INTO measured VALUES (2.4, 2)
        ok
    INSERT INTO size SELECT DISTINCT value FROM measured AS m WHERE NOT EXISTS (SELECT FROM size WHERE number = m.value)
        may raise 23502: null value in column "number" of relation "size" violates not-null constraint, by public.measured
        may raise 23505: duplicate key value violates unique constraint "size_pkey", by public.size
        may raise 22003: a number is out of range, by public.measured
    INSERT INTO size SELECT DISTINCT whole FROM measured AS m WHERE NOT EXISTS (SELECT FROM size WHERE number = m.whole);
        may raise 23502: null value in column "number" of relation "size" violates not-null constraint, by public.measured
    "#);
}

#[test]
fn no_row_is_changed_twice() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE tag (id integer PRIMARY KEY, name text UNIQUE, uses integer);
INSERT INTO tag VALUES (1, 'a', 0), (1, 'b', 0) ON CONFLICT (id) DO UPDATE SET name = excluded.name;
INSERT INTO tag VALUES (1, 'a', 0), (2, 'b', 0) ON CONFLICT (id) DO UPDATE SET name = excluded.name;
INSERT INTO tag VALUES (3, NULL, 0), (4, NULL, 0) ON CONFLICT (name) DO UPDATE SET uses = 1;
INSERT INTO tag VALUES (1, 'a', 0), (1, 'b', 0) ON CONFLICT (id) DO NOTHING;
INSERT INTO tag VALUES (1, 'a', 0), (1, 'b', 0) ON CONFLICT (id) DO UPDATE SET uses = 1 WHERE tag.uses > 0;
INSERT INTO tag VALUES (1, 'a', 0), (1, 'b', 0) ON CONFLICT (id) DO UPDATE SET id = 77;
INSERT INTO tag SELECT v.id FROM (VALUES (1), (1)) AS v (id) ON CONFLICT (id) DO UPDATE SET uses = 1;
INSERT INTO tag SELECT v.id FROM (SELECT 1 UNION SELECT 1) AS v (id) ON CONFLICT (id) DO UPDATE SET uses = 1;
INSERT INTO tag SELECT v.id FROM (VALUES (1), (2)) AS v (id) ON CONFLICT (id) DO UPDATE SET uses = 1;
INSERT INTO tag (id) SELECT g FROM generate_series(1, 9) AS g ON CONFLICT (id) DO UPDATE SET uses = 1;
INSERT INTO tag (id) SELECT uses FROM tag ON CONFLICT (id) DO UPDATE SET uses = 1;
MERGE INTO tag USING (VALUES (1, 'a'), (1, 'b')) AS v (id, name) ON tag.id = v.id WHEN MATCHED THEN DELETE;
MERGE INTO tag USING (VALUES (1, 'a'), (2, 'b')) AS v (id, name) ON tag.id = v.id WHEN MATCHED THEN DELETE;
MERGE INTO tag USING (VALUES (1, 'a')) AS v (id, name) ON true WHEN MATCHED THEN DELETE;
MERGE INTO tag USING tag AS s ON tag.id = s.id AND s.uses > 0 WHEN MATCHED THEN UPDATE SET uses = s.uses;
MERGE INTO tag USING tag AS s ON tag.id = s.uses WHEN MATCHED THEN UPDATE SET uses = s.uses;
MERGE INTO tag USING tag AS s ON tag.id = s.uses WHEN MATCHED THEN DO NOTHING;
CREATE TABLE empty (id integer PRIMARY KEY);
MERGE INTO empty USING tag AS s ON empty.id = s.uses WHEN MATCHED THEN DELETE;"
    ), @r#"
    CREATE TABLE tag (id integer PRIMARY KEY, name text UNIQUE, uses integer)
        ok
    INSERT INTO tag VALUES (1, 'a', 0), (1, 'b', 0) ON CONFLICT (id) DO UPDATE SET name = excluded.name
        21000: ON CONFLICT DO UPDATE command cannot affect row a second time
    INSERT INTO tag VALUES (1, 'a', 0), (2, 'b', 0) ON CONFLICT (id) DO UPDATE SET name = excluded.name
        ok
    INSERT INTO tag VALUES (3, NULL, 0), (4, NULL, 0) ON CONFLICT (name) DO UPDATE SET uses = 1
        may raise 23505: duplicate key value violates unique constraint "tag_pkey", by public.tag
    INSERT INTO tag VALUES (1, 'a', 0), (1, 'b', 0) ON CONFLICT (id) DO NOTHING
        may raise 23505: duplicate key value violates unique constraint "tag_name_key", by public.tag
    INSERT INTO tag VALUES (1, 'a', 0), (1, 'b', 0) ON CONFLICT (id) DO UPDATE SET uses = 1 WHERE tag.uses > 0
        may raise 23505: duplicate key value violates unique constraint "tag_name_key", by public.tag
        may raise 21000: ON CONFLICT DO UPDATE command cannot affect row a second time, by public.tag
    INSERT INTO tag VALUES (1, 'a', 0), (1, 'b', 0) ON CONFLICT (id) DO UPDATE SET id = 77
        may raise 23505: duplicate key value violates unique constraint "tag_name_key", by public.tag
        may raise 21000: ON CONFLICT DO UPDATE command cannot affect row a second time, by public.tag
        may raise 23505: duplicate key value violates unique constraint "tag_pkey", by public.tag
    INSERT INTO tag SELECT v.id FROM (VALUES (1), (1)) AS v (id) ON CONFLICT (id) DO UPDATE SET uses = 1
        21000: ON CONFLICT DO UPDATE command cannot affect row a second time
    INSERT INTO tag SELECT v.id FROM (SELECT 1 UNION SELECT 1) AS v (id) ON CONFLICT (id) DO UPDATE SET uses = 1
        may raise 21000: ON CONFLICT DO UPDATE command cannot affect row a second time, by public.tag
    INSERT INTO tag SELECT v.id FROM (VALUES (1), (2)) AS v (id) ON CONFLICT (id) DO UPDATE SET uses = 1
        ok
    INSERT INTO tag (id) SELECT g FROM generate_series(1, 9) AS g ON CONFLICT (id) DO UPDATE SET uses = 1
        ok
    INSERT INTO tag (id) SELECT uses FROM tag ON CONFLICT (id) DO UPDATE SET uses = 1
        may raise 23502: null value in column "id" of relation "tag" violates not-null constraint, by public.tag
        may raise 21000: ON CONFLICT DO UPDATE command cannot affect row a second time, by public.tag
    MERGE INTO tag USING (VALUES (1, 'a'), (1, 'b')) AS v (id, name) ON tag.id = v.id WHEN MATCHED THEN DELETE
        may raise 21000: MERGE command cannot affect row a second time, by public.tag
    MERGE INTO tag USING (VALUES (1, 'a'), (2, 'b')) AS v (id, name) ON tag.id = v.id WHEN MATCHED THEN DELETE
        ok
    MERGE INTO tag USING (VALUES (1, 'a')) AS v (id, name) ON true WHEN MATCHED THEN DELETE
        ok
    MERGE INTO tag USING tag AS s ON tag.id = s.id AND s.uses > 0 WHEN MATCHED THEN UPDATE SET uses = s.uses
        ok
    MERGE INTO tag USING tag AS s ON tag.id = s.uses WHEN MATCHED THEN UPDATE SET uses = s.uses
        may raise 21000: MERGE command cannot affect row a second time, by public.tag
    MERGE INTO tag USING tag AS s ON tag.id = s.uses WHEN MATCHED THEN DO NOTHING
        ok
    CREATE TABLE empty (id integer PRIMARY KEY)
        ok
    MERGE INTO empty USING tag AS s ON empty.id = s.uses WHEN MATCHED THEN DELETE;
        ok
    "#);
}
