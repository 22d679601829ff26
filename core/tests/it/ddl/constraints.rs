//! Constraints as Postgres 18 knows them: not enforced, and NOT NULL with a name.

use limbeck_core::PostgresVersion::{V17, V18};
use limbeck_core::catalog::Catalog;
use limbeck_core::ddl::Session;
use limbeck_core::reflection;

use super::refusals::last;

fn on_18(before: &[&str]) -> Session {
    let mut session = Session::new(Catalog::new(V18));
    for statement in before {
        assert_eq!(last(&mut session, &[statement]), "ok", "{statement}");
    }
    session
}

const ORDERS: [&str; 4] = [
    "CREATE TABLE customer (id int PRIMARY KEY)",
    "CREATE TABLE orders (id int, customer_id int, CONSTRAINT positive CHECK (id > 0) NOT ENFORCED, \
     CONSTRAINT paying FOREIGN KEY (customer_id) REFERENCES customer NOT ENFORCED)",
    "CREATE TABLE old (id int, CONSTRAINT positive CHECK (id > 0))",
    "CREATE TABLE recent () INHERITS (orders)",
];

#[test]
fn what_is_not_enforced_is_checked_by_nobody() {
    for (statement, expected) in [
        ("ALTER TABLE orders VALIDATE CONSTRAINT positive", "55000"),
        ("ALTER TABLE orders VALIDATE CONSTRAINT paying", "55000"),
        ("ALTER TABLE orders ALTER CONSTRAINT positive ENFORCED", "42809"),
        ("ALTER TABLE orders ALTER CONSTRAINT paying ENFORCED", "ok"),
        ("ALTER TABLE old INHERIT orders", "42804"),
        ("ALTER TABLE recent ADD CONSTRAINT more CHECK (id > 1) NOT ENFORCED", "ok"),
        ("ALTER TABLE orders ADD CHECK (id > 1) NOT ENFORCED NOT VALID", "ok"),
        ("ALTER TABLE orders ADD CHECK (id > 1) ENFORCED NOT ENFORCED", "42601"),
        ("ALTER TABLE orders ADD UNIQUE (id) NOT ENFORCED", "0A000"),
        ("CREATE TABLE k (a int UNIQUE NOT ENFORCED)", "42601"),
        ("CREATE TABLE k (a int NOT NULL NOT ENFORCED)", "42601"),
        ("CREATE TABLE k (a int CHECK (a > 0) NOT ENFORCED REFERENCES customer NOT ENFORCED)", "ok"),
        ("CREATE TABLE k (id int, CONSTRAINT positive CHECK (id > 0)) INHERITS (orders)", "ok"),
        ("CREATE TABLE k (id int, CONSTRAINT positive CHECK (id > 0) NOT ENFORCED) INHERITS (old)", "42P17"),
        ("TRUNCATE customer", "unknown"),
        ("TRUNCATE customer CASCADE", "ok"),
        ("DROP TABLE customer", "2BP01"),
    ] {
        assert_eq!(last(&mut on_18(&ORDERS), &[statement]), expected, "{statement}");
    }
    let mut on_17 = Session::new(Catalog::new(V17));
    assert_eq!(last(&mut on_17, &["CREATE TABLE k (a int CHECK (a > 0) NOT ENFORCED)"]), "42601");
}

#[test]
fn a_foreign_key_that_is_enforced_from_then_on_holds_for_all_rows() {
    let mut session = on_18(&ORDERS);
    let shown = |session: &Session| {
        let schema = reflection::schema(session.catalog());
        let orders = schema.tables.iter().find(|table| table.name == "public.orders").cloned();
        let keys = orders.map(|table| table.foreign_keys).unwrap_or_default();
        keys.iter().map(|key| (key.enforced, key.validated)).collect::<Vec<_>>()
    };
    assert_eq!(shown(&session), [(false, false)]);
    assert_eq!(last(&mut session, &["ALTER TABLE orders ALTER CONSTRAINT paying ENFORCED"]), "ok");
    assert_eq!(shown(&session), [(true, true)]);
    assert_eq!(last(&mut session, &["ALTER TABLE orders ALTER CONSTRAINT paying NOT ENFORCED"]), "ok");
    assert_eq!(shown(&session), [(false, false)]);
}

#[test]
fn not_null_is_a_constraint_of_the_table_too() {
    for (statement, expected) in [
        ("CREATE TABLE k (a int, CONSTRAINT n NOT NULL a)", "ok"),
        ("CREATE TABLE k (a int NOT NULL, CONSTRAINT n NOT NULL a)", "ok"),
        ("CREATE TABLE k (a int NULL, NOT NULL a, NOT NULL a NOT VALID)", "ok"),
        ("CREATE TABLE k (a int CONSTRAINT m NOT NULL, CONSTRAINT n NOT NULL a)", "42601"),
        ("CREATE TABLE k (a int NOT NULL, NOT NULL a NO INHERIT)", "42601"),
        ("CREATE TABLE k (a int PRIMARY KEY, NOT NULL a NO INHERIT)", "42601"),
        ("CREATE TABLE k (a int, NOT NULL b)", "42703"),
        ("CREATE TABLE k (a int, NOT NULL ctid)", "0A000"),
        ("CREATE TABLE k (a int, NOT NULL a DEFERRABLE)", "0A000"),
        ("CREATE TABLE k (a int, NOT NULL a NOT ENFORCED)", "0A000"),
        ("ALTER TABLE t ADD CONSTRAINT n NOT NULL a", "ok"),
        ("ALTER TABLE t ADD NOT NULL a NO INHERIT", "ok"),
        ("ALTER TABLE t ADD NOT NULL nothing", "42703"),
        ("ALTER TABLE t ADD CONSTRAINT other NOT NULL b", "55000"),
        ("ALTER TABLE t ADD NOT NULL b", "ok"),
        ("ALTER TABLE t ADD NOT NULL b NO INHERIT", "55000"),
        ("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0), ADD CONSTRAINT c NOT NULL a", "42710"),
        ("ALTER TABLE t ADD NOT NULL open NOT VALID", "ok"),
        ("ALTER TABLE t ADD NOT NULL open", "55000"),
        ("ALTER TABLE t ADD PRIMARY KEY (open)", "55000"),
        ("ALTER TABLE t ALTER open ADD GENERATED ALWAYS AS IDENTITY", "55000"),
        ("ALTER TABLE t VALIDATE CONSTRAINT t_open_not_null", "ok"),
        ("ALTER TABLE t ALTER open SET NOT NULL", "ok"),
        ("ALTER TABLE t ALTER open DROP NOT NULL", "ok"),
        ("CREATE TABLE k () INHERITS (t)", "unknown"),
    ] {
        let before = ["CREATE TABLE t (a int, b int NOT NULL, open int)", "ALTER TABLE t ADD NOT NULL open NOT VALID"];
        assert_eq!(last(&mut on_18(&before), &[statement]), expected, "{statement}");
    }
}

#[test]
fn rows_are_read_for_nulls_when_a_not_null_is_validated() {
    let mut session = on_18(&["CREATE TABLE t (a int)"]);
    let mut shown = |statement: &str| {
        let state = last(&mut session, &[statement]);
        let schema = reflection::schema(session.catalog());
        let open = schema.tables.iter().flat_map(|table| &table.not_nulls).any(|it| !it.validated);
        let nullable = schema.tables.iter().flat_map(|table| &table.columns).any(|column| column.nullable);
        (state, open, nullable)
    };
    let ok = || "ok".to_owned();
    assert_eq!(shown("ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID"), (ok(), true, false));
    assert_eq!(shown("ALTER TABLE t VALIDATE CONSTRAINT n"), (ok(), false, false));
    assert_eq!(shown("ALTER TABLE t DROP CONSTRAINT n"), (ok(), false, true));
}
