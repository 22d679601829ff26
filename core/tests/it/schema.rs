//! SCHEMA: its order, its fields, and its rendering as text.

use insta::assert_snapshot;
use limbeck_core::document::schema::{Schema, Table};
use limbeck_core::report::{self, Style};
use serde_json::{Value, json};

/// Returns the schema that a document spells.
fn schema(document: Value) -> Schema {
    serde_json::from_value::<Schema>(document).expect("it is a schema").in_order()
}

fn text(document: Value) -> String {
    report::schema(&schema(document)).to_string()
}

#[test]
fn what_stands_alone_comes_first_and_lines_up() {
    assert_snapshot!(text(json!({
        "schemas": [{"name": "public"}, {"name": "\"Lager 1\"", "comment": "what is\nin stock"}],
        "extensions": [{"name": "\"uuid-ossp\"", "schema": "public"}, {"name": "citext", "schema": "public"}],
        "enums": [{"name": "public.mood", "labels": ["sad", "it's ok"], "comment": "how one feels"}],
        "domains": [
            {"name": "public.price", "type": "numeric(10,2)", "nullable": false, "default": "0", "checks": [
                {"name": "small", "expression": "(VALUE < (1000)::numeric)", "validated": false},
                {"name": "positive", "expression": "(VALUE >= (0)::numeric)", "validated": true},
            ]},
            {"name": "public.word", "type": "text", "nullable": true, "collation": "\"C\""},
        ],
        "composites": [{"name": "public.\"order\"", "attributes": [
            {"name": "total", "type": "numeric(12,2)"}, {"name": "\"User\"", "type": "text", "collation": "\"C\""},
        ]}],
        "ranges": [{"name": "public.money_range", "subtype": "numeric"}],
        "sequences": [
            {"name": "public.usual", "type": "bigint", "start": 1, "increment": 1, "min": 1, "max": i64::MAX, "cache": 1},
            {"name": "public.down", "type": "smallint", "start": -10, "increment": -2, "min": -100, "max": -1,
             "cache": 5, "cycle": true, "owned_by": "public.t.id"},
            {"name": "public.id", "type": "integer", "start": 1, "increment": 1, "min": 1, "max": i32::MAX, "cache": 1,
             "owned_by": "public.u.id", "identity": true, "unlogged": true},
        ],
        "functions": [
            {"name": "public.add", "arguments": "text", "kind": "function", "returns": "SETOF text", "language": "sql"},
            {"name": "public.add", "arguments": "a integer", "kind": "function", "returns": "integer",
             "language": "plpgsql", "comment": "adds"},
            {"name": "public.\"do it\"", "arguments": "", "kind": "procedure", "returns": null, "language": "sql"},
        ],
    })), @r#"
    extension "uuid-ossp" in public
    extension citext      in public

    schema "Lager 1" -- what is in stock
    schema public

    enum public.mood 'sad', 'it''s ok' -- how one feels

    domain public.price numeric(10,2) not null default 0 check (VALUE >= (0)::numeric) check (VALUE < (1000)::numeric) not validated
    domain public.word  text collate "C"

    composite public."order" total numeric(12,2), "User" text collate "C"

    range public.money_range of numeric

    sequence          public.down  smallint, increment -2, min -100, start -10, cache 5, cycle owned by public.t.id
    unlogged sequence public.id    integer identity of public.u.id
    sequence          public.usual bigint

    procedure public."do it"()      sql
    function  public.add(a integer) returns integer, plpgsql -- adds
    function  public.add(text)      returns SETOF text, sql
    "#);
}

#[test]
fn a_table_is_followed_by_all_that_belongs_to_it() {
    assert_snapshot!(text(json!({"tables": [{
        "name": "public.\"order\"", "kind": "table", "comment": "what people bought", "row_security": true,
        "with": ["fillfactor=70"],
        "columns": [
            {"name": "id", "type": "bigint", "nullable": false, "identity": "always"},
            {"name": "\"Größe\"", "type": "character varying(20)", "nullable": true, "default": "'n/a'::character varying",
             "collation": "\"C\"", "comment": "as worn"},
            {"name": "double", "type": "bigint", "nullable": true,
             "generated": {"expression": "(id * 2)", "kind": "stored"}},
            {"name": "note", "type": "text", "nullable": true, "comment": "free"},
            {"name": "plain", "type": "text", "nullable": true},
        ],
        "primary_key": {"name": "order_pkey", "columns": ["id"], "include": ["note"]},
        "unique": [{"name": "u", "columns": ["note"], "deferrable": "deferred", "nulls_not_distinct": true}],
        "foreign_keys": [
            {"name": "b", "columns": ["id", "span"], "references": "public.p", "referenced_columns": ["id", "span"],
             "on_delete": "set null", "on_delete_columns": ["id"], "on_update": "cascade", "validated": false,
             "period": true},
            {"name": "a", "columns": ["id"], "references": "public.p", "referenced_columns": ["id"],
             "on_delete": "no action", "on_update": "no action", "validated": false, "enforced": false},
        ],
        "checks": [{"name": "named", "expression": "(note <> ''::text)", "validated": true, "no_inherit": true}],
        "not_nulls": [{"name": "given", "column": "note", "validated": false}],
        "exclusions": [{"name": "no_overlap", "definition": "EXCLUDE USING gist (span WITH &&)"}],
        "indexes": [
            {"name": "i", "unique": true, "method": "btree", "keys": ["lower(note) DESC", "id"], "include": ["plain"],
             "where": "(id > 0)", "valid": false},
            {"name": "g", "unique": false, "method": "gin", "keys": ["tags"], "include": [], "where": null, "valid": true,
             "partition_of": "public.all_tags"},
        ],
        "triggers": [
            {"name": "touch", "definition": "CREATE TRIGGER touch BEFORE UPDATE ON public.\"order\" FOR EACH ROW EXECUTE FUNCTION touch()",
             "enabled": "disabled"},
        ],
        "policies": [{"name": "own", "command": "update", "permissive": false, "roles": ["public", "app"],
                      "using": "(id > 0)", "check": null}],
        "rules": [{"name": "quiet", "definition": "CREATE RULE quiet AS ON DELETE TO public.\"order\" DO INSTEAD NOTHING;"}],
        "statistics": [{"name": "public.s", "definition": "CREATE STATISTICS public.s ON id, note FROM \"order\""}],
    }]})), @r#"
    table public."order" with fillfactor=70, row security
      -- what people bought
      id       bigint                 not null, generated always as identity
      "Größe"  character varying(20)  default 'n/a'::character varying, collate "C"  -- as worn
      double   bigint                 generated always as (id * 2) stored
      note     text                   -- free
      plain    text
      primary key order_pkey (id) include (note)
      unique      u          (note) nulls not distinct deferrable initially deferred
      foreign key a          (id) → public.p (id) not enforced
      foreign key b          (id, period span) → public.p (id, period span) on update cascade on delete set null (id) not validated
      check       named      (note <> ''::text) no inherit
      not null    given      note not validated
      exclude     no_overlap USING gist (span WITH &&)
      index       g          gin (tags) of public.all_tags
      index       i          unique btree (lower(note) DESC, id) include (plain) where (id > 0) not valid
      trigger     touch      BEFORE UPDATE ON public."order" FOR EACH ROW EXECUTE FUNCTION touch() disabled
      policy      own        restrictive for update to app, public using (id > 0)
      rule        quiet      ON DELETE TO public."order" DO INSTEAD NOTHING;
      statistics  public.s   ON id, note FROM "order"
    "#);
}

#[test]
fn every_kind_of_table_is_named() {
    assert_snapshot!(text(json!({"tables": [
        {"name": "public.a", "kind": "partitioned", "partition_by": "RANGE (day)"},
        {"name": "public.b", "kind": "partition", "partition_of": "public.a", "partition_bound": "FOR VALUES IN (1)",
         "columns": [{"name": "day", "type": "date", "nullable": true, "inherited": true}]},
        {"name": "public.c", "kind": "view", "definition": " SELECT 1 AS one,\n    2 AS two;", "comment": "numbers"},
        {"name": "public.d", "kind": "materialized view", "definition": " SELECT 1 AS one;"},
        {"name": "public.e", "kind": "foreign table", "server": "far", "server_options": ["file=/x"]},
        {"name": "public.f", "kind": "table", "unlogged": true, "inherits": ["public.x", "public.y"]},
    ]})), @"
    partitioned table public.a by RANGE (day)

    partition public.b of public.a FOR VALUES IN (1)
      day  date  inherited

    view public.c
      -- numbers
       SELECT 1 AS one,
          2 AS two;

    materialized view public.d
       SELECT 1 AS one;

    foreign table public.e server far, options file=/x

    unlogged table public.f inherits public.x, public.y
    ");
}

#[test]
fn nothing_at_all_is_said_so() {
    assert_snapshot!(text(json!({"schemas": [{"name": "public"}]})), @"No tables, types or functions");
}

#[test]
fn what_is_not_valid_stands_out() {
    let report =
        report::schema(&schema(json!({"tables": [{"name": "t", "indexes": [{"name": "i", "valid": false}]}]})));
    let warnings: Vec<_> = report.spans().iter().filter(|span| span.style == Style::Warning).collect();
    assert_eq!(warnings.iter().map(|span| span.text.as_str()).collect::<Vec<_>>(), ["not valid"]);
}

#[test]
fn the_fields_of_the_contract_are_always_there_and_others_only_where_they_say_something() {
    let table = Table { name: "public.users".into(), ..Table::default() };
    assert_snapshot!(
        serde_json::to_string(&Schema { format: 1, tables: vec![table], ..Schema::default() }).expect("JSON"),
        @r#"{"format":1,"schemas":[],"extensions":[],"tables":[{"name":"public.users","kind":"table","columns":[],"primary_key":null,"unique":[],"foreign_keys":[],"checks":[],"exclusions":[],"indexes":[],"triggers":[],"policies":[],"comment":null}],"enums":[],"domains":[],"composites":[],"ranges":[],"sequences":[],"functions":[]}"#
    );
    let full = json!({
        "columns": [{"name": "id"}], "primary_key": {"name": "p", "columns": []}, "unique": [{}], "foreign_keys": [{}],
        "checks": [{}], "indexes": [{}],
    });
    let table: Table = serde_json::from_value(full).expect("a table");
    assert_snapshot!(serde_json::to_string(&table).expect("JSON"), @r#"{"name":"","kind":"table","columns":[{"name":"id","type":"","nullable":false,"default":null,"identity":null,"generated":null}],"primary_key":{"name":"p","columns":[]},"unique":[{"name":"","columns":[]}],"foreign_keys":[{"name":"","columns":[],"references":"","referenced_columns":[],"on_delete":"no action","on_update":"no action","validated":true}],"checks":[{"name":"","expression":"","validated":true}],"exclusions":[],"indexes":[{"name":"","unique":false,"method":"btree","keys":[],"include":[],"where":null,"valid":true}],"triggers":[],"policies":[],"comment":null}"#);
}

#[test]
fn order_is_by_name_but_columns_and_labels_keep_theirs() {
    let document = json!({
        "tables": [{"name": "public.b"}, {"name": "public.\"A\""}, {"name": "public.a",
            "columns": [{"name": "z"}, {"name": "a"}], "checks": [{"name": "z"}, {"name": "a"}], "with": ["z=1", "a=1"]}],
        "enums": [{"name": "public.e", "labels": ["z", "a"]}],
    });
    let schema = schema(document);
    let names: Vec<_> = schema.tables.iter().map(|table| table.name.as_str()).collect();
    assert_eq!(names, ["public.\"A\"", "public.a", "public.b"]);
    let table = &schema.tables[1];
    assert_eq!(table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(), ["z", "a"]);
    assert_eq!(table.checks.iter().map(|check| check.name.as_str()).collect::<Vec<_>>(), ["a", "z"]);
    assert_eq!(table.with, ["a=1", "z=1"]);
    assert_eq!(schema.enums[0].labels, ["z", "a"]);
}
