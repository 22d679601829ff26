//! Statements whose footprints do not meet may run in either order.

use std::fmt::Write as _;

use limbeck_core::ddl::{Footprint, Played, Session};
use limbeck_core::document::Schema;
use limbeck_core::{reflection, sql};

const SCHEMA: &str = "
CREATE TYPE mood AS ENUM ('calm', 'wild');
CREATE DOMAIN price AS numeric CHECK (VALUE >= 0);
CREATE SEQUENCE numbers;
CREATE TABLE customer (id integer PRIMARY KEY, name text NOT NULL, email text, mood mood);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer REFERENCES customer, total price, note varchar(20));
CREATE TABLE stock (id integer, amount integer);
CREATE INDEX stock_amount ON stock (amount);
CREATE TABLE log (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE log_old PARTITION OF log FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE VIEW names AS SELECT name FROM customer;
CREATE VIEW everything AS SELECT * FROM stock;
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO stock VALUES (1, 2); RETURN NEW; END $$;
CREATE TRIGGER noted BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION noted();
";

/// Each runs on that schema.
const POOL: [&str; 66] = [
    "CREATE TABLE fresh (id integer)",
    "CREATE TABLE fresh (id bigint, more text)",
    "CREATE TABLE other (id integer REFERENCES customer)",
    "CREATE RULE quiet AS ON INSERT TO stock DO INSTEAD NOTHING",
    "CREATE RULE noted AS ON DELETE TO customer DO ALSO UPDATE stock SET amount = 0 WHERE id = old.id",
    "CREATE RULE quiet AS ON UPDATE TO names DO INSTEAD NOTHING",
    "CREATE RULE noted AS ON UPDATE TO stock DO ALSO SELECT new.amount",
    "CREATE TABLE copied (LIKE stock INCLUDING ALL)",
    "CREATE TABLE log_new PARTITION OF log FOR VALUES FROM ('2021-01-01') TO ('2022-01-01')",
    "CREATE TABLE log_newer PARTITION OF log FOR VALUES FROM ('2021-06-01') TO ('2023-01-01')",
    "DROP TABLE stock CASCADE",
    "DROP TABLE log_old",
    "ALTER TABLE stock ADD COLUMN place text",
    "ALTER TABLE stock ADD COLUMN place integer",
    "ALTER TABLE stock ADD COLUMN kind mood",
    "ALTER TABLE stock ADD COLUMN number integer DEFAULT nextval('numbers')",
    "ALTER TABLE stock DROP COLUMN amount CASCADE",
    "ALTER TABLE stock ALTER COLUMN amount SET DEFAULT 3",
    "ALTER TABLE stock ALTER COLUMN amount SET NOT NULL",
    "ALTER TABLE stock RENAME COLUMN id TO stock_id",
    "ALTER TABLE stock RENAME TO store",
    "ALTER TABLE stock ADD CONSTRAINT positive CHECK (amount > 0)",
    "ALTER TABLE stock ADD CONSTRAINT small CHECK (id < 100)",
    "ALTER TABLE stock ADD CHECK (amount > id)",
    "ALTER TABLE stock ADD CHECK (id > 3)",
    "ALTER TABLE stock ADD PRIMARY KEY (id)",
    "ALTER TABLE stock ADD CONSTRAINT main PRIMARY KEY (amount)",
    "ALTER TABLE stock ADD UNIQUE (id)",
    "ALTER TABLE stock ADD CONSTRAINT stock_customer FOREIGN KEY (id) REFERENCES customer",
    "ALTER TABLE stock ADD FOREIGN KEY (id) REFERENCES orders (id)",
    "ALTER TABLE stock SET (fillfactor = 70)",
    "ALTER TABLE customer DROP CONSTRAINT customer_pkey CASCADE",
    "ALTER TABLE customer DROP COLUMN email",
    "ALTER TABLE customer ALTER COLUMN email TYPE varchar(50)",
    "ALTER TABLE customer RENAME COLUMN name TO title",
    "ALTER TABLE customer DROP COLUMN mood",
    "ALTER TABLE orders ALTER COLUMN note TYPE text",
    "ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey",
    "ALTER TABLE orders DISABLE TRIGGER noted",
    "ALTER TABLE log DETACH PARTITION log_old",
    "ALTER TABLE log ADD COLUMN text text",
    "ALTER TYPE mood ADD VALUE 'gone'",
    "ALTER TYPE mood ADD VALUE 'sad'",
    "ALTER TYPE mood RENAME VALUE 'calm' TO 'quiet'",
    "ALTER TYPE mood RENAME TO feeling",
    "ALTER DOMAIN price ADD CONSTRAINT cheap CHECK (VALUE < 1000)",
    "CREATE INDEX ON stock (amount)",
    "CREATE INDEX ON customer (email)",
    "CREATE UNIQUE INDEX customer_name ON customer (name)",
    "DROP INDEX stock_amount",
    "CREATE VIEW rich AS SELECT id FROM stock WHERE amount > 10",
    "CREATE VIEW all_of_it AS SELECT * FROM customer",
    "CREATE OR REPLACE VIEW names AS SELECT name, email FROM customer",
    "DROP VIEW names",
    "CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 2; END'",
    "CREATE FUNCTION twice(bigint) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN 2; END'",
    "CREATE OR REPLACE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "CREATE TRIGGER counted AFTER UPDATE ON stock FOR EACH ROW EXECUTE FUNCTION noted()",
    "CREATE POLICY own ON stock USING (amount > 0)",
    "CREATE SEQUENCE more",
    "DROP SEQUENCE numbers",
    "CREATE SCHEMA apart",
    "COMMENT ON TABLE stock IS 'what is there'",
    "COMMENT ON TABLE stock IS 'what was there'",
    "INSERT INTO stock (id, amount) VALUES (1, 2)",
    "UPDATE customer SET email = name WHERE email IS NULL",
];

struct Base(Session);

impl Base {
    fn new() -> Self {
        let mut session = Session::default();
        for statement in sql::split(SCHEMA).0 {
            let text = &SCHEMA[statement.range];
            let played = session.play(text);
            assert!(matches!(played, Played::Done(_)), "{text}: {played:?}");
        }
        Self(session)
    }

    fn footprint(&self, statement: &str) -> Footprint {
        let mut session = self.0.clone();
        match session.play(statement) {
            Played::Done(effects) => {
                let kind = sql::split(statement).0.first().map_or("unknown", |one| one.kind);
                Footprint::of(statement, kind, self.0.catalog(), session.catalog(), &effects)
            }
            other => panic!("{statement}: {other:?}"),
        }
    }

    /// Plays two statements one after the other; none where the second is not played.
    fn both(&self, first: &str, second: &str) -> Option<Schema> {
        let mut session = self.0.clone();
        session.play(first);
        match session.play(second) {
            Played::Done(_) => Some(reflection::schema(session.catalog())),
            Played::Refused(_) | Played::Unknown(_) => None,
        }
    }

    fn commute(&self, a: &str, b: &str) -> bool {
        let one = self.both(a, b);
        one.is_some() && one == self.both(b, a)
    }
}

#[test]
fn statements_whose_footprints_do_not_meet_commute() {
    let base = Base::new();
    let footprints: Vec<Footprint> = POOL.iter().map(|statement| base.footprint(statement)).collect();
    let (mut wrong, mut apart, mut together, mut careful) = (String::new(), 0, 0, 0);
    for (at, a) in POOL.iter().enumerate() {
        for (b, other) in POOL.iter().zip(&footprints).skip(at + 1) {
            match (footprints[at].may_meet(other), base.commute(a, b)) {
                (false, true) => apart += 1,
                (true, false) => together += 1,
                (true, true) => careful += 1,
                (false, false) => writeln!(wrong, "{a}\n    {b}").expect("a text takes all"),
            }
        }
    }
    assert_eq!(wrong, "", "these do not commute, and their footprints do not meet");
    // A footprint that meets everything would be no help.
    assert!(careful * 3 < apart, "{apart} apart, {together} that matter, {careful} said to matter that do not");
}

#[test]
fn what_two_statements_meet_in_is_named() {
    let base = Base::new();
    let pairs = [
        (
            "ALTER TABLE stock ADD CONSTRAINT positive CHECK (amount > 0)",
            "ALTER TABLE stock ADD CONSTRAINT small CHECK (id < 100)",
        ),
        ("ALTER TABLE stock ADD COLUMN place text", "ALTER TABLE stock ADD COLUMN kind mood"),
        ("ALTER TABLE stock DROP COLUMN amount CASCADE", "CREATE INDEX ON stock (amount)"),
        ("ALTER TABLE customer ALTER COLUMN email TYPE varchar(50)", "UPDATE customer SET email = name"),
        ("ALTER TYPE mood ADD VALUE 'gone'", "ALTER TABLE stock ADD COLUMN kind mood"),
        ("DROP SEQUENCE numbers", "ALTER TABLE stock ADD COLUMN number integer DEFAULT nextval('numbers')"),
        (
            "CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 2; END'",
            "CREATE FUNCTION twice(bigint) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN 2; END'",
        ),
        ("CREATE TABLE fresh (id integer)", "COMMENT ON TABLE stock IS 'what is there'"),
    ];
    let mut shown = String::new();
    for (a, b) in pairs {
        let met = base.footprint(a).meets(&base.footprint(b));
        writeln!(shown, "{a}\n{b}\n    {met:?}").expect("a text takes all");
    }
    insta::assert_snapshot!(shown, @r#"
    ALTER TABLE stock ADD CONSTRAINT positive CHECK (amount > 0)
    ALTER TABLE stock ADD CONSTRAINT small CHECK (id < 100)
        {}
    ALTER TABLE stock ADD COLUMN place text
    ALTER TABLE stock ADD COLUMN kind mood
        {Columns("public.stock")}
    ALTER TABLE stock DROP COLUMN amount CASCADE
    CREATE INDEX ON stock (amount)
        {Column { of: "public.stock", name: "amount" }}
    ALTER TABLE customer ALTER COLUMN email TYPE varchar(50)
    UPDATE customer SET email = name
        {Column { of: "public.customer", name: "email" }, Rows("public.customer")}
    ALTER TYPE mood ADD VALUE 'gone'
    ALTER TABLE stock ADD COLUMN kind mood
        {Type("public.mood")}
    DROP SEQUENCE numbers
    ALTER TABLE stock ADD COLUMN number integer DEFAULT nextval('numbers')
        {Relation("public.numbers")}
    CREATE FUNCTION twice(integer) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 2; END'
    CREATE FUNCTION twice(bigint) RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN 2; END'
        {Routine("public.twice")}
    CREATE TABLE fresh (id integer)
    COMMENT ON TABLE stock IS 'what is there'
        {}
    "#);
}
