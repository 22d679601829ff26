//! Names of types: which type, which modifier, which refusal.

use limbeck_core::catalog::types::Type;
use limbeck_core::sql::TypeName;
use proptest::prelude::*;
use proptest::sample::select;
use tokio::runtime::Runtime;
use tokio_postgres::Client;

use crate::cluster::Cluster;
use crate::random;

const NAMES: [&str; 64] = [
    "int",
    "INTEGER",
    "int4",
    "int2",
    "int8",
    "smallint",
    "bigint",
    "real",
    "float",
    "float4",
    "float8",
    "double precision",
    "numeric",
    "decimal",
    "dec",
    "boolean",
    "bool",
    "text",
    "varchar",
    "character varying",
    "char varying",
    "national character varying",
    "char",
    "character",
    "nchar",
    "national char",
    "bpchar",
    "\"char\"",
    "name",
    "bit",
    "bit varying",
    "varbit",
    "date",
    "time",
    "timetz",
    "timestamp",
    "timestamptz",
    "interval",
    "interval year to month",
    "interval day to second",
    "interval hour",
    "interval second",
    "uuid",
    "json",
    "jsonb",
    "bytea",
    "inet",
    "cidr",
    "macaddr",
    "money",
    "oid",
    "regclass",
    "tsvector",
    "tsquery",
    "xml",
    "point",
    "int4range",
    "tstzrange",
    "datemultirange",
    "_int4",
    "_text",
    "pg_catalog.int4",
    "pg_catalog.varchar",
    "pg_catalog.\"char\"",
];

const SUFFIXES: [&str; 9] =
    ["", "", "", "[]", "[3][4]", " array", " with time zone", " without time zone", " ARRAY[2]"];

fn spelling() -> impl Strategy<Value = String> {
    let number = prop_oneof![4 => 0..70_i64, 1 => -3..1_i64, 1 => 990..1_010_i64, 1 => 10_485_750..10_485_770_i64,
        1 => 83_886_070..83_886_090_i64];
    let modifiers = prop_oneof![
        3 => Just(String::new()),
        3 => number.clone().prop_map(|n| format!("({n})")),
        1 => (number.clone(), number).prop_map(|(a, b)| format!("({a}, {b})")),
    ];
    (select(&NAMES), modifiers, select(&SUFFIXES)).prop_map(|(name, modifiers, suffix)| match suffix {
        zone if zone.ends_with("zone") && !["time", "timestamp"].contains(&name) => format!("{name}{modifiers}"),
        suffix => format!("{name}{modifiers}{suffix}"),
    })
}

/// Returns what the server says: the type as it spells it, or the state that it raises.
async fn asked(client: &Client, spelling: &str) -> String {
    let sql = format!("CREATE TEMP TABLE judged (a {spelling})");
    if let Err(error) = client.batch_execute(&sql).await {
        let state = error.code().map(|code| code.code().to_owned());
        return state.unwrap_or_else(|| panic!("{sql}: {error}"));
    }
    let sql =
        "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'judged'::regclass AND attnum = 1";
    let row = client.query_one(sql, &[]).await.expect("the column is there");
    client.batch_execute("DROP TABLE judged").await.expect("it is there");
    row.get(0)
}

/// Returns what the model says in the same words.
fn modeled(spelling: &str) -> String {
    let Some(name) = TypeName::read(spelling) else { return "42601".to_owned() };
    match Type::builtin(Cluster::shared().version(), &name) {
        None => "42704".to_owned(),
        Some(Err(refusal)) => refusal.sqlstate.to_string(),
        Some(Ok(found)) if found.is_pseudo() => "42P16".to_owned(),
        Some(Ok(found)) => found.spelled().unwrap_or_else(|| format!("no spelling of {found:?}")),
    }
}

#[test]
fn each_type_of_the_server_is_spelled_as_it_spells_it() {
    let database = Cluster::shared().database();
    let all = "SELECT format('%I', typname), format_type(oid, -1), typtype = 'p' OR EXISTS (SELECT FROM pg_type e WHERE e.typarray = pg_type.oid AND e.typtype = 'p') FROM pg_type \
               WHERE typnamespace = 'pg_catalog'::regnamespace AND typrelid = 0 \
               AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = pg_type.oid AND e.typrelid <> 0) AND typtype IN ('b', 'p', 'r', 'm') ORDER BY oid";
    let rows = database.rows(all);
    assert!(rows.len() > 150, "{} types", rows.len());
    for row in rows {
        let fields: Vec<&str> = row.split('|').collect();
        let [name, spelled, pseudo] = fields.as_slice() else { panic!("{row}") };
        // Some words are names of types only with a schema.
        let said = modeled(&format!("pg_catalog.{name}"));
        assert_eq!(said, if *pseudo == "t" { "42P16" } else { spelled }, "{name}");
    }
}

#[test]
fn names_with_modifiers_are_taken_and_refused_as_the_server_does() {
    let runtime = Runtime::new().expect("a runtime starts");
    let client = runtime.block_on(Cluster::shared().database().client());
    let checked = |spelling: String| {
        let (said, is) = (modeled(&spelling), runtime.block_on(asked(&client, &spelling)));
        if said == is { Ok(()) } else { Err(format!("{spelling}: the model says {said}, Postgres {is}")) }
    };
    random::cases(3_000, &spelling(), checked);
}
