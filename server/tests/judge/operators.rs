//! Which operator stands between two operands, what they become, and the type of what comes of it.

use limbeck_core::PostgresVersion;
use limbeck_core::catalog::Oid;
use limbeck_core::catalog::operator::{self, NoOperator};
use limbeck_core::catalog::types::Builtin;
use proptest::prelude::*;
use proptest::sample::select;
use tokio::runtime::Runtime;

use crate::analyzed::{self, Analyzed};
use crate::cluster::Cluster;
use crate::random;

/// The empty one is a literal without a type.
pub(crate) const TYPES: [&str; 41] = [
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

fn version() -> PostgresVersion {
    Cluster::shared().version()
}

fn modeled(name: &str, left: Option<Oid>, right: Oid) -> Analyzed {
    match operator::find(&Builtin(version()), name, left, right) {
        Ok(found) => Analyzed::Call {
            of: found.oid.0,
            result: found.result.0,
            arguments: found.left.into_iter().chain([found.right]).map(|oid| oid.0).collect(),
        },
        Err(NoOperator::Undefined) => Analyzed::Refused("42883".to_owned()),
        Err(NoOperator::Ambiguous) => Analyzed::Refused("42725".to_owned()),
        Err(NoOperator::Mismatch) => Analyzed::Refused("42804".to_owned()),
        Err(NoOperator::NoArray) => Analyzed::Refused("42704".to_owned()),
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
            true => (
                format!("{} {operator} {}", analyzed::null(left), analyzed::null(right)),
                Some(analyzed::type_of(left)),
            ),
            false => (format!("{operator} {}", analyzed::null(right)), None),
        };
        let said = modeled(name, left, analyzed::type_of(right));
        let is = runtime.block_on(analyzed::ask(&client, &sql));
        if said == is { Ok(()) } else { Err(format!("{sql}: the model says {said:?}, Postgres {is:?}")) }
    });
}
