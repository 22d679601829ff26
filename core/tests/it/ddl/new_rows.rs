//! What constraints say to rows.

use limbeck_core::ddl::{Played, Session};

/// Plays a script whose statements end with `;` at the end of a line; returns of each how it ends or what it fears.
pub(super) fn feared(script: &str) -> String {
    let mut session = Session::default();
    let mut lines = String::new();
    for statement in script.split(";\n").map(str::trim).filter(|statement| !statement.is_empty()) {
        let answer = match session.play(statement.trim_end_matches(';')) {
            Played::Done(effects) => {
                let each =
                    effects.may_raise.iter().map(|may| format!("may raise {}, by {}", may.refusal, may.relation));
                let all: Vec<String> = each.collect();
                if all.is_empty() { "ok".to_owned() } else { all.join("\n    ") }
            }
            Played::Refused(refusal) => refusal.to_string(),
            Played::Unknown(why) => format!("unknown: {why}"),
        };
        lines.push_str(&format!("{statement}\n    {answer}\n"));
    }
    lines
}

#[test]
fn rows_that_are_written_are_compared_with_those_before() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE country (code char(2) PRIMARY KEY, name text NOT NULL);
CREATE UNIQUE INDEX ON country (lower(name));
INSERT INTO country VALUES ('de', 'Germany'), ('fr', 'France');
INSERT INTO country VALUES ('DE', 'germany');
INSERT INTO country VALUES ('it', 'Italy');
CREATE TABLE city (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, country char(2) REFERENCES country);
INSERT INTO city (country) VALUES ('fr'), (NULL), ('it');
INSERT INTO city (country) VALUES ('es');
UPDATE country SET name = 'Italia' WHERE code = 'it';
INSERT INTO city (country) VALUES ('es');
DELETE FROM country;"
    ), @r#"
    CREATE TABLE country (code char(2) PRIMARY KEY, name text NOT NULL)
        ok
    CREATE UNIQUE INDEX ON country (lower(name))
        ok
    INSERT INTO country VALUES ('de', 'Germany'), ('fr', 'France')
        ok
    INSERT INTO country VALUES ('DE', 'germany')
        23505: duplicate key value violates unique constraint "country_lower_idx"
    INSERT INTO country VALUES ('it', 'Italy')
        ok
    CREATE TABLE city (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, country char(2) REFERENCES country)
        ok
    INSERT INTO city (country) VALUES ('fr'), (NULL), ('it')
        ok
    INSERT INTO city (country) VALUES ('es')
        23503: insert or update on table "city" violates foreign key constraint "city_country_fkey"
    UPDATE country SET name = 'Italia' WHERE code = 'it'
        may raise 23505: duplicate key value violates unique constraint "country_lower_idx", by public.country
    INSERT INTO city (country) VALUES ('es')
        may raise 23503: insert or update on table "city" violates foreign key constraint "city_country_fkey", by public.country
    DELETE FROM country;
        may raise 23503: update or delete violates foreign key constraint "city_country_fkey" on table "city", by public.city
    "#);
}

#[test]
fn rows_of_a_query_are_as_good_as_where_they_come_from() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE author (id integer PRIMARY KEY, name text, born date NOT NULL);
CREATE TABLE book (id integer PRIMARY KEY, author_id integer NOT NULL REFERENCES author, title text NOT NULL);
CREATE TABLE review (id integer PRIMARY KEY, book_id integer NOT NULL REFERENCES book, author_id integer REFERENCES author, text text NOT NULL);
INSERT INTO book SELECT id, id, name FROM author;
INSERT INTO author SELECT g, 'a', now() FROM generate_series(1, 9) AS g;
INSERT INTO book SELECT id, id, name FROM author;
INSERT INTO review SELECT b.id, b.id, b.author_id, b.title FROM book AS b;
INSERT INTO review SELECT b.id, b.id, a.id, a.name FROM book AS b LEFT JOIN author AS a ON a.id = b.author_id;
INSERT INTO author (id, born) SELECT 10, '2000-01-01' WHERE NOT EXISTS (SELECT FROM author WHERE id = 10);
INSERT INTO author (id, born) SELECT v.id, '2000-01-01' FROM (VALUES (11), (12)) AS v (id);
INSERT INTO book SELECT id + 100, id, name FROM author WHERE name IS NOT NULL;
UPDATE book SET title = a.name FROM author AS a WHERE a.id = author_id AND a.name <> '';
UPDATE book SET title = coalesce(title, 'none');
UPDATE book SET author_id = (SELECT a.id FROM author AS a WHERE a.name = title);"
    ), @r#"
    CREATE TABLE author (id integer PRIMARY KEY, name text, born date NOT NULL)
        ok
    CREATE TABLE book (id integer PRIMARY KEY, author_id integer NOT NULL REFERENCES author, title text NOT NULL)
        ok
    CREATE TABLE review (id integer PRIMARY KEY, book_id integer NOT NULL REFERENCES book, author_id integer REFERENCES author, text text NOT NULL)
        ok
    INSERT INTO book SELECT id, id, name FROM author
        ok
    INSERT INTO author SELECT g, 'a', now() FROM generate_series(1, 9) AS g
        may raise 23505: duplicate key value violates unique constraint "author_pkey", by public.author
    INSERT INTO book SELECT id, id, name FROM author
        may raise 23502: null value in column "title" of relation "book" violates not-null constraint, by public.author
        may raise 23505: duplicate key value violates unique constraint "book_pkey", by public.book
    INSERT INTO review SELECT b.id, b.id, b.author_id, b.title FROM book AS b
        ok
    INSERT INTO review SELECT b.id, b.id, a.id, a.name FROM book AS b LEFT JOIN author AS a ON a.id = b.author_id
        may raise 23502: null value in column "text" of relation "review" violates not-null constraint, by public.book
        may raise 23505: duplicate key value violates unique constraint "review_pkey", by public.review
    INSERT INTO author (id, born) SELECT 10, '2000-01-01' WHERE NOT EXISTS (SELECT FROM author WHERE id = 10)
        ok
    INSERT INTO author (id, born) SELECT v.id, '2000-01-01' FROM (VALUES (11), (12)) AS v (id)
        may raise 23505: duplicate key value violates unique constraint "author_pkey", by public.author
    INSERT INTO book SELECT id + 100, id, name FROM author WHERE name IS NOT NULL
        may raise 23505: duplicate key value violates unique constraint "book_pkey", by public.book
    UPDATE book SET title = a.name FROM author AS a WHERE a.id = author_id AND a.name <> ''
        ok
    UPDATE book SET title = coalesce(title, 'none')
        ok
    UPDATE book SET author_id = (SELECT a.id FROM author AS a WHERE a.name = title);
        may raise 23502: null value in column "author_id" of relation "book" violates not-null constraint, by public.book
    "#);
}

#[test]
fn what_is_generated_follows_from_what_is_written() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE person (name text, key text GENERATED ALWAYS AS (lower(name)) STORED NOT NULL UNIQUE, CHECK (key <> 'nobody'));
INSERT INTO person VALUES ('Ada');
INSERT INTO person VALUES ('ADA');
INSERT INTO person VALUES ('Nobody');
INSERT INTO person VALUES (NULL);
UPDATE person SET name = 'Bob';"
    ), @r#"
    CREATE TABLE person (name text, key text GENERATED ALWAYS AS (lower(name)) STORED NOT NULL UNIQUE, CHECK (key <> 'nobody'))
        ok
    INSERT INTO person VALUES ('Ada')
        ok
    INSERT INTO person VALUES ('ADA')
        23505: duplicate key value violates unique constraint "person_key_key"
    INSERT INTO person VALUES ('Nobody')
        23514: new row for relation "person" violates check constraint "person_key_check"
    INSERT INTO person VALUES (NULL)
        23502: null value in column "key" of relation "person" violates not-null constraint
    UPDATE person SET name = 'Bob';
        may raise 23505: duplicate key value violates unique constraint "person_key_key", by public.person
    "#);
}

#[test]
fn triggers_make_what_is_sure_a_fear() {
    insta::assert_snapshot!(feared(
        "CREATE FUNCTION slug() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.slug := NEW.title; RETURN NEW; END $$;
CREATE TABLE page (id integer PRIMARY KEY, title text NOT NULL, slug text NOT NULL);
INSERT INTO page (id, title) VALUES (1, 'a');
CREATE TRIGGER slug BEFORE INSERT ON page FOR EACH ROW EXECUTE FUNCTION slug();
INSERT INTO page (id, title) VALUES (1, 'a');"
    ), @r#"
    CREATE FUNCTION slug() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.slug := NEW.title; RETURN NEW; END $$
        ok
    CREATE TABLE page (id integer PRIMARY KEY, title text NOT NULL, slug text NOT NULL)
        ok
    INSERT INTO page (id, title) VALUES (1, 'a')
        23502: null value in column "slug" of relation "page" violates not-null constraint
    CREATE TRIGGER slug BEFORE INSERT ON page FOR EACH ROW EXECUTE FUNCTION slug()
        ok
    INSERT INTO page (id, title) VALUES (1, 'a');
        may raise 23502: null value in column "slug" of relation "page" violates not-null constraint, by public.page
    "#);
}

#[test]
fn rows_that_refer_to_others_keep_them() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE a (id integer PRIMARY KEY, key text UNIQUE);
CREATE TABLE restricts (a_id integer REFERENCES a);
CREATE TABLE cascades (id integer PRIMARY KEY, a_id integer REFERENCES a ON DELETE CASCADE);
CREATE TABLE below (id integer REFERENCES cascades);
CREATE TABLE nulls (a_key text NOT NULL REFERENCES a (key) ON DELETE SET NULL ON UPDATE CASCADE);
INSERT INTO a VALUES (1, 'a');
DELETE FROM a;
INSERT INTO restricts VALUES (1);
INSERT INTO cascades VALUES (1, 1);
INSERT INTO below VALUES (1);
INSERT INTO nulls VALUES ('a');
DELETE FROM a;
UPDATE a SET key = 'b';
UPDATE a SET id = 2;"
    ), @r#"
    CREATE TABLE a (id integer PRIMARY KEY, key text UNIQUE)
        ok
    CREATE TABLE restricts (a_id integer REFERENCES a)
        ok
    CREATE TABLE cascades (id integer PRIMARY KEY, a_id integer REFERENCES a ON DELETE CASCADE)
        ok
    CREATE TABLE below (id integer REFERENCES cascades)
        ok
    CREATE TABLE nulls (a_key text NOT NULL REFERENCES a (key) ON DELETE SET NULL ON UPDATE CASCADE)
        ok
    INSERT INTO a VALUES (1, 'a')
        ok
    DELETE FROM a
        ok
    INSERT INTO restricts VALUES (1)
        may raise 23503: insert or update on table "restricts" violates foreign key constraint "restricts_a_id_fkey", by public.a
    INSERT INTO cascades VALUES (1, 1)
        may raise 23503: insert or update on table "cascades" violates foreign key constraint "cascades_a_id_fkey", by public.a
    INSERT INTO below VALUES (1)
        ok
    INSERT INTO nulls VALUES ('a')
        may raise 23503: insert or update on table "nulls" violates foreign key constraint "nulls_a_key_fkey", by public.a
    DELETE FROM a
        may raise 23503: update or delete violates foreign key constraint "restricts_a_id_fkey" on table "restricts", by public.restricts
        may raise 23502: null value in column "a_key" of relation "nulls", by public.nulls
        may raise 23503: update or delete violates foreign key constraint "below_id_fkey" on table "below", by public.below
    UPDATE a SET key = 'b'
        may raise 23505: duplicate key value violates unique constraint "a_key_key", by public.a
    UPDATE a SET id = 2;
        may raise 23505: duplicate key value violates unique constraint "a_pkey", by public.a
        may raise 23503: update or delete violates foreign key constraint "restricts_a_id_fkey" on table "restricts", by public.restricts
        may raise 23503: update or delete violates foreign key constraint "cascades_a_id_fkey" on table "cascades", by public.cascades
    "#);
}

#[test]
fn constraints_that_come_later_look_at_the_rows_that_are_known() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE kind (id integer, name text, weight integer);
INSERT INTO kind VALUES (1, 'a', 5), (2, 'b', NULL), (3, 'b', 7);
ALTER TABLE kind ADD PRIMARY KEY (id);
ALTER TABLE kind ADD CHECK (weight < 10);
ALTER TABLE kind ADD CHECK (weight < 7);
ALTER TABLE kind ALTER COLUMN name SET NOT NULL;
ALTER TABLE kind ALTER COLUMN weight SET NOT NULL;
CREATE UNIQUE INDEX ON kind (name);
CREATE UNIQUE INDEX ON kind (name, weight);
CREATE TABLE thing (id integer, kind integer);
INSERT INTO thing VALUES (1, 1), (2, NULL), (3, 3);
ALTER TABLE thing ADD FOREIGN KEY (kind) REFERENCES kind;
INSERT INTO thing (id, kind) VALUES (4, 4);
ALTER TABLE kind ALTER COLUMN weight TYPE bigint;
ALTER TABLE kind ADD CHECK (weight < 7);"
    ), @r#"
    CREATE TABLE kind (id integer, name text, weight integer)
        ok
    INSERT INTO kind VALUES (1, 'a', 5), (2, 'b', NULL), (3, 'b', 7)
        ok
    ALTER TABLE kind ADD PRIMARY KEY (id)
        ok
    ALTER TABLE kind ADD CHECK (weight < 10)
        ok
    ALTER TABLE kind ADD CHECK (weight < 7)
        23514: check constraint "kind_weight_check1" of relation "kind" is violated by some row
    ALTER TABLE kind ALTER COLUMN name SET NOT NULL
        ok
    ALTER TABLE kind ALTER COLUMN weight SET NOT NULL
        23502: column "weight" of relation "kind" contains null values
    CREATE UNIQUE INDEX ON kind (name)
        23505: could not create unique index "kind_name_idx"
    CREATE UNIQUE INDEX ON kind (name, weight)
        ok
    CREATE TABLE thing (id integer, kind integer)
        ok
    INSERT INTO thing VALUES (1, 1), (2, NULL), (3, 3)
        ok
    ALTER TABLE thing ADD FOREIGN KEY (kind) REFERENCES kind
        ok
    INSERT INTO thing (id, kind) VALUES (4, 4)
        23503: insert or update on table "thing" violates foreign key constraint "thing_kind_fkey"
    ALTER TABLE kind ALTER COLUMN weight TYPE bigint
        ok
    ALTER TABLE kind ADD CHECK (weight < 7);
        may raise 23514: check constraint "kind_weight_check1" of relation "kind" is violated by some row, by public.kind
    "#);
}

#[test]
fn what_a_condition_says_is_not_there_meets_nothing() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE role (code text PRIMARY KEY, name text);
CREATE TABLE old (code text, name text);
INSERT INTO role SELECT code, name FROM old;
INSERT INTO role (code) SELECT 'admin' WHERE NOT EXISTS (SELECT FROM role WHERE code = 'admin');
INSERT INTO role (code) SELECT 'reader' WHERE NOT EXISTS (SELECT FROM role WHERE code = 'admin');
INSERT INTO role (code) SELECT 'admin' WHERE NOT EXISTS (SELECT FROM role WHERE code = 'admin' AND name = 'A');
INSERT INTO role (code) SELECT v.code FROM (VALUES ('a'), ('b')) v (code)
 WHERE NOT EXISTS (SELECT FROM role WHERE role.code = v.code);
INSERT INTO role (code) SELECT v.code FROM (VALUES ('a'), ('a')) v (code) WHERE v.code NOT IN (SELECT code FROM role);
INSERT INTO role (code) SELECT v.code FROM (VALUES ('a'), ('b')) v (code) WHERE v.code NOT IN (SELECT code FROM role);
INSERT INTO role (code) SELECT DISTINCT o.code FROM old o
 WHERE o.code IS NOT NULL AND NOT EXISTS (SELECT FROM role WHERE role.code = o.code);"
    ), @r#"
    CREATE TABLE role (code text PRIMARY KEY, name text)
        ok
    CREATE TABLE old (code text, name text)
        ok
    INSERT INTO role SELECT code, name FROM old
        ok
    INSERT INTO role (code) SELECT 'admin' WHERE NOT EXISTS (SELECT FROM role WHERE code = 'admin')
        ok
    INSERT INTO role (code) SELECT 'reader' WHERE NOT EXISTS (SELECT FROM role WHERE code = 'admin')
        may raise 23505: duplicate key value violates unique constraint "role_pkey", by public.role
    INSERT INTO role (code) SELECT 'admin' WHERE NOT EXISTS (SELECT FROM role WHERE code = 'admin' AND name = 'A')
        may raise 23505: duplicate key value violates unique constraint "role_pkey", by public.role
    INSERT INTO role (code) SELECT v.code FROM (VALUES ('a'), ('b')) v (code)
     WHERE NOT EXISTS (SELECT FROM role WHERE role.code = v.code)
        ok
    INSERT INTO role (code) SELECT v.code FROM (VALUES ('a'), ('a')) v (code) WHERE v.code NOT IN (SELECT code FROM role)
        may raise 23505: duplicate key value violates unique constraint "role_pkey", by public.role
    INSERT INTO role (code) SELECT v.code FROM (VALUES ('a'), ('b')) v (code) WHERE v.code NOT IN (SELECT code FROM role)
        ok
    INSERT INTO role (code) SELECT DISTINCT o.code FROM old o
     WHERE o.code IS NOT NULL AND NOT EXISTS (SELECT FROM role WHERE role.code = o.code);
        ok
    "#);
}

#[test]
fn an_update_asks_what_inherits() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE parent (a int);
CREATE TABLE child (first int, CHECK (a > 0), a int UNIQUE) INHERITS (parent);
INSERT INTO parent VALUES (1);
UPDATE parent SET a = 0;
INSERT INTO child VALUES (1, 2);
UPDATE parent SET a = 0;
UPDATE parent SET a = a;
UPDATE parent SET a = 5;"
    ), @r#"
    CREATE TABLE parent (a int)
        ok
    CREATE TABLE child (first int, CHECK (a > 0), a int UNIQUE) INHERITS (parent)
        ok
    INSERT INTO parent VALUES (1)
        ok
    UPDATE parent SET a = 0
        ok
    INSERT INTO child VALUES (1, 2)
        ok
    UPDATE parent SET a = 0
        may raise 23514: new row for relation "child" violates check constraint "child_a_check", by public.child
        may raise 23505: duplicate key value violates unique constraint "child_a_key", by public.child
    UPDATE parent SET a = a
        ok
    UPDATE parent SET a = 5;
        may raise 23505: duplicate key value violates unique constraint "child_a_key", by public.child
    "#);
}

#[test]
fn queries_in_queries_are_each_looked_at_once() {
    let inside = (0..40).fold("SELECT 1 AS a".to_owned(), |inside, _| format!("SELECT a + a AS a FROM ({inside}) q"));
    let said = feared(&format!("CREATE TABLE t (a int NOT NULL);\nINSERT INTO t {inside}"));
    assert_eq!(said.matches("\n    ").count(), 2, "{said}");
}

#[test]
fn what_on_conflict_and_merge_put_in_is_as_good_as_where_it_comes_from() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE plan (code text PRIMARY KEY, price int NOT NULL, name text NOT NULL);
CREATE TABLE offer (code text, price int NOT NULL, name text);
INSERT INTO plan VALUES ('a', 1, 'A') ON CONFLICT (code) DO UPDATE SET price = EXCLUDED.price, name = EXCLUDED.name;
INSERT INTO plan VALUES ('a', 1, 'A') ON CONFLICT (code) DO UPDATE SET name = NULL;
INSERT INTO offer VALUES ('a', 1, 'A');
MERGE INTO plan USING (VALUES ('a', 1), ('b', 2)) v (code, price) ON plan.code = v.code
 WHEN MATCHED THEN UPDATE SET price = v.price WHEN NOT MATCHED THEN INSERT VALUES (v.code, v.price, 'new');
MERGE INTO plan USING offer o ON plan.code = o.code
 WHEN MATCHED THEN UPDATE SET price = o.price WHEN NOT MATCHED THEN INSERT VALUES (o.code, o.price, o.name);"
    ), @r#"
    CREATE TABLE plan (code text PRIMARY KEY, price int NOT NULL, name text NOT NULL)
        ok
    CREATE TABLE offer (code text, price int NOT NULL, name text)
        ok
    INSERT INTO plan VALUES ('a', 1, 'A') ON CONFLICT (code) DO UPDATE SET price = EXCLUDED.price, name = EXCLUDED.name
        ok
    INSERT INTO plan VALUES ('a', 1, 'A') ON CONFLICT (code) DO UPDATE SET name = NULL
        may raise 23502: null value in column "name" of relation "plan" violates not-null constraint, by public.plan
    INSERT INTO offer VALUES ('a', 1, 'A')
        ok
    MERGE INTO plan USING (VALUES ('a', 1), ('b', 2)) v (code, price) ON plan.code = v.code
     WHEN MATCHED THEN UPDATE SET price = v.price WHEN NOT MATCHED THEN INSERT VALUES (v.code, v.price, 'new')
        may raise 23505: duplicate key value violates unique constraint "plan_pkey", by public.plan
    MERGE INTO plan USING offer o ON plan.code = o.code
     WHEN MATCHED THEN UPDATE SET price = o.price WHEN NOT MATCHED THEN INSERT VALUES (o.code, o.price, o.name);
        may raise 23502: null value in column "code" of relation "plan" violates not-null constraint, by public.offer
        may raise 23502: null value in column "name" of relation "plan" violates not-null constraint, by public.offer
        may raise 23505: duplicate key value violates unique constraint "plan_pkey", by public.plan
        may raise 21000: MERGE command cannot affect row a second time, by public.plan
    "#);
}

#[test]
fn what_asks_nothing_in_a_session_or_was_disabled_refuses_nothing() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE c (p int REFERENCES p, n int CHECK (n > 0));
SET session_replication_role = replica;
INSERT INTO c VALUES (7, 1);
INSERT INTO c VALUES (7, 0);
DELETE FROM p;
SET session_replication_role = origin;
INSERT INTO c VALUES (8, 1);
ALTER TABLE c DISABLE TRIGGER ALL;
INSERT INTO c VALUES (9, 1);
ALTER TABLE c ENABLE TRIGGER USER;
INSERT INTO c VALUES (10, 1);
ALTER TABLE c ENABLE TRIGGER ALL;
INSERT INTO c VALUES (11, 1);
DELETE FROM p;
ALTER TABLE p DISABLE TRIGGER ALL;
DELETE FROM p"
    ), @r#"
    CREATE TABLE p (id int PRIMARY KEY)
        ok
    CREATE TABLE c (p int REFERENCES p, n int CHECK (n > 0))
        ok
    SET session_replication_role = replica
        ok
    INSERT INTO c VALUES (7, 1)
        ok
    INSERT INTO c VALUES (7, 0)
        23514: new row for relation "c" violates check constraint "c_n_check"
    DELETE FROM p
        ok
    SET session_replication_role = origin
        ok
    INSERT INTO c VALUES (8, 1)
        23503: insert or update on table "c" violates foreign key constraint "c_p_fkey"
    ALTER TABLE c DISABLE TRIGGER ALL
        ok
    INSERT INTO c VALUES (9, 1)
        ok
    ALTER TABLE c ENABLE TRIGGER USER
        ok
    INSERT INTO c VALUES (10, 1)
        ok
    ALTER TABLE c ENABLE TRIGGER ALL
        ok
    INSERT INTO c VALUES (11, 1)
        23503: insert or update on table "c" violates foreign key constraint "c_p_fkey"
    DELETE FROM p
        ok
    ALTER TABLE p DISABLE TRIGGER ALL
        ok
    DELETE FROM p
        ok
    "#);
}

#[test]
fn sequences_do_not_know_of_values_that_were_given() {
    insta::assert_snapshot!(feared(
        "CREATE TABLE a (id serial PRIMARY KEY, n int);
INSERT INTO a (n) VALUES (0);
INSERT INTO a VALUES (7, 0), (8, 0);
INSERT INTO a (n) VALUES (1);
SELECT setval('a_id_seq', 8);
INSERT INTO a (n) VALUES (2);
CREATE TABLE b (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int);
INSERT INTO b VALUES (1, 0);
INSERT INTO b OVERRIDING SYSTEM VALUE VALUES (1, 0);
INSERT INTO b OVERRIDING USER VALUE VALUES (1, 0);
ALTER TABLE b ALTER id RESTART WITH 0;
ALTER TABLE b ALTER id RESTART WITH 10;
INSERT INTO b (n) VALUES (1);
INSERT INTO b (n) VALUES (2);
ALTER TABLE b ALTER id RESTART;
INSERT INTO b (n) VALUES (3)"
    ), @r#"
    CREATE TABLE a (id serial PRIMARY KEY, n int)
        ok
    INSERT INTO a (n) VALUES (0)
        ok
    INSERT INTO a VALUES (7, 0), (8, 0)
        may raise 23505: duplicate key value violates unique constraint "a_pkey", by public.a
    INSERT INTO a (n) VALUES (1)
        may raise 23505: duplicate key value violates unique constraint "a_pkey", by public.a
    SELECT setval('a_id_seq', 8)
        ok
    INSERT INTO a (n) VALUES (2)
        ok
    CREATE TABLE b (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int)
        ok
    INSERT INTO b VALUES (1, 0)
        428C9: cannot insert a non-DEFAULT value into column "id"
    INSERT INTO b OVERRIDING SYSTEM VALUE VALUES (1, 0)
        ok
    INSERT INTO b OVERRIDING USER VALUE VALUES (1, 0)
        may raise 23505: duplicate key value violates unique constraint "b_pkey", by public.b
    ALTER TABLE b ALTER id RESTART WITH 0
        22023: RESTART value (0) cannot be less than MINVALUE (1)
    ALTER TABLE b ALTER id RESTART WITH 10
        ok
    INSERT INTO b (n) VALUES (1)
        ok
    INSERT INTO b (n) VALUES (2)
        ok
    ALTER TABLE b ALTER id RESTART
        ok
    INSERT INTO b (n) VALUES (3)
        may raise 23505: duplicate key value violates unique constraint "b_pkey", by public.b
    "#);
}
