//! `limbeck schema --database`, on a real Postgres.

use super::sandbox::Sandbox;
use crate::cluster::Cluster;

const SHOP: &str = "
    CREATE TYPE state AS ENUM ('open', 'paid');
    CREATE TABLE customer (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE);
    COMMENT ON TABLE customer IS 'who buys \u{1b}[31m';
    CREATE TABLE \"order\" (
        id bigint PRIMARY KEY,
        customer bigint NOT NULL REFERENCES customer ON DELETE CASCADE,
        state state DEFAULT 'open',
        total numeric(12,2) CHECK (total >= 0)
    );
    CREATE INDEX ON \"order\" (customer) WHERE state = 'open';
    CREATE FUNCTION add(a integer, b integer) RETURNS integer LANGUAGE sql AS 'SELECT a + b';
";

#[test]
fn it_is_printed_for_people_without_the_version_table() {
    let mut sandbox = Sandbox::history("a <- : first");
    let database = Cluster::shared().database();
    sandbox.set("DATABASE_URL", &database.url());
    assert_eq!(sandbox.limbeck("upgrade").status, 0);
    database.execute(SHOP);
    insta::assert_snapshot!(sandbox.session(&["schema --database"]), @r#"
    $ limbeck schema --database
    enum public.state 'open', 'paid'

    sequence public.customer_id_seq bigint identity of public.customer.id

    table public."order"
      id        bigint         not null
      customer  bigint         not null
      state     state          default 'open'::state
      total     numeric(12,2)
      primary key order_pkey          (id)
      foreign key order_customer_fkey (customer) → public.customer (id) on delete cascade
      check       order_total_check   (total >= (0)::numeric)
      index       order_customer_idx  btree (customer) where (state = 'open'::state)

    table public.a
      n  integer

    table public.customer
      -- who buys ␛[31m
      id     bigint  not null, generated always as identity
      email  text    not null
      primary key customer_pkey      (id)
      unique      customer_email_key (email)

    function public.add(a integer, b integer) returns integer, sql
    "#);
}

#[test]
fn as_a_document_it_is_the_servers_answer() {
    let mut sandbox = Sandbox::history("a <- : first");
    let database = Cluster::shared().database();
    sandbox.set("DATABASE_URL", &database.url());
    database.execute(SHOP);
    let document = sandbox.limbeck("schema --database --json").document();
    assert_eq!(document["format"], 1);
    let order = &document["tables"][0];
    assert_eq!(order["name"], "public.\"order\"");
    assert_eq!(order["foreign_keys"][0]["references"], "public.customer");
    assert_eq!(order["foreign_keys"][0]["on_delete"], "cascade");
    assert_eq!(order["indexes"][0]["where"], "(state = 'open'::state)");
    assert_eq!(document["functions"][0]["arguments"], "a integer, b integer");
}

#[test]
fn a_broken_history_does_not_hide_the_database() {
    let mut sandbox = Sandbox::history("a <- gone : first");
    let database = Cluster::shared().database();
    sandbox.set("DATABASE_URL", &database.url());
    insta::assert_snapshot!(sandbox.session(&["schema --database"]), @"
    $ limbeck schema --database
    No tables, types or functions
    ");
}

#[test]
fn without_a_database_or_without_a_question_nothing_is_printed() {
    let mut sandbox = Sandbox::history("a <- : first");
    insta::assert_snapshot!(sandbox.session(&["schema --database", "schema --at a --database"]), @"
    $ limbeck schema --database
    ! error: no database is named
    ! hint: set DATABASE_URL, or pass `--database-url postgresql://user@host:5432/name`
    exit 1

    $ limbeck schema --at a --database
    ! error: the argument '--at <REVISION>' cannot be used with '--database'
    !
    ! Usage: limbeck schema <--at <REVISION>|--database>
    !
    ! For more information, try '--help'.
    exit 2
    ");
    assert_eq!(sandbox.limbeck("schema").status, 2);
    sandbox.set("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none");
    let answer = sandbox.limbeck("schema --database --json");
    assert_eq!((answer.status, answer.document()["error"]["code"].as_str()), (1, Some("connection")));
}
