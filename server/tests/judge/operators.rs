//! Which operator stands between two operands, and the type of what comes of it.

use limbeck_core::catalog::Oid;
use limbeck_core::catalog::operator::{self, NoOperator};
use limbeck_core::catalog::types::{Type, UNKNOWN};
use limbeck_core::sql::TypeName;
use proptest::prelude::*;
use proptest::sample::select;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::cluster::Cluster;
use crate::random;

/// The empty one is a literal without a type.
const TYPES: [&str; 41] = [
    "",
    "",
    "",
    "",
    "int2",
    "int4",
    "int8",
    "float4",
    "float8",
    "numeric",
    "text",
    "varchar",
    "bpchar",
    "name",
    "\"char\"",
    "bool",
    "date",
    "time",
    "timetz",
    "timestamp",
    "timestamptz",
    "interval",
    "uuid",
    "json",
    "jsonb",
    "bytea",
    "inet",
    "cidr",
    "macaddr",
    "money",
    "oid",
    "bit",
    "varbit",
    "point",
    "tsvector",
    "int4[]",
    "text[]",
    "int8[]",
    "int4range",
    "tstzrange",
    "int4multirange",
];

const OPERATORS: [&str; 36] = [
    "=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^", "||", "~~", "!~~", "~~*", "~", "!~", "~*", "&&",
    "@>", "<@", "->", "->>", "#>", "?", "?|", "<<", ">>", "-|-", "@@", "&", "|", "#", "<->", "@?",
];

fn type_of(name: &str) -> Oid {
    if name.is_empty() {
        return UNKNOWN;
    }
    let name = TypeName::read(name).unwrap_or_else(|| panic!("{name} is a type"));
    Type::builtin(&name).and_then(Result::ok).unwrap_or_else(|| panic!("{name:?} is a type")).oid
}

fn operand(name: &str) -> String {
    if name.is_empty() { "NULL".to_owned() } else { format!("NULL::{name}") }
}

/// Returns the type of the result as the server spells it, or the state that it raises.
async fn asked(client: &Client, sql: &str) -> String {
    match client.simple_query(&format!("SELECT pg_typeof({sql})")).await {
        Ok(messages) => messages
            .iter()
            .find_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            })
            .unwrap_or_else(|| panic!("{sql} has a type")),
        Err(error) => error.code().map_or_else(|| panic!("{sql}: {error}"), |code| code.code().to_owned()),
    }
}

fn modeled(name: &str, left: Option<Oid>, right: Oid) -> String {
    match operator::find(name, left, right) {
        Ok(found) => {
            let result = Type { oid: found.result, modifier: -1 };
            // Without a modifier these two are spelled for a column otherwise than for a value.
            let spelled = result.spelled().unwrap_or_else(|| format!("no spelling of {result:?}"));
            // Without a modifier these two are spelled for a column otherwise than for a value.
            spelled.replace("bpchar", "character").replace("\"bit\"", "bit")
        }
        Err(NoOperator::Undefined) => "42883".to_owned(),
        Err(NoOperator::Ambiguous) => "42725".to_owned(),
    }
}

#[test]
fn operators_between_any_two_types_are_found_as_the_server_finds_them() {
    let runtime = Runtime::new().expect("a runtime starts");
    let client = runtime.block_on(Cluster::shared().database().client());
    let case = (select(&TYPES), select(&OPERATORS), select(&TYPES), prop::bool::weighted(0.9));
    random::cases(6_000, &case, |(left, name, right, binary)| {
        // Spelled like this, each name may stand before a single operand.
        let operator = format!("OPERATOR(pg_catalog.{name})");
        let (sql, left) = match binary {
            true => (format!("{} {operator} {}", operand(left), operand(right)), Some(type_of(left))),
            false => (format!("{operator} {}", operand(right)), None),
        };
        let (said, is) = (modeled(name, left, type_of(right)), runtime.block_on(asked(&client, &sql)));
        if said == is { Ok(()) } else { Err(format!("{sql}: the model says {said}, Postgres {is}")) }
    });
}
