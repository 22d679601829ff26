//! What the server makes of an expression: its own tree, as a view keeps it.

use crate::cluster::Cluster;
use limbeck_core::catalog::Oid;
use limbeck_core::catalog::types::{Type, UNKNOWN};
use limbeck_core::sql::TypeName;
use tokio_postgres::{Client, SimpleQueryMessage};

/// What the topmost node of an expression is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Analyzed {
    /// An operator or a function with its number, the types of its result and of its arguments.
    Call { of: u32, result: u32, arguments: Vec<u32> },
    /// Another node of this type.
    Other { result: u32 },
    /// The state that the server raises.
    Refused(String),
}

/// Returns the type of a name; the empty one is that of a literal without a type.
pub(crate) fn type_of(name: &str) -> Oid {
    if name.is_empty() {
        return UNKNOWN;
    }
    let name = TypeName::read(name).unwrap_or_else(|| panic!("{name} is a type"));
    Type::builtin(Cluster::shared().version(), &name)
        .and_then(Result::ok)
        .unwrap_or_else(|| panic!("{name:?} is a type"))
        .oid
}

/// Returns a null of a type.
pub(crate) fn null(name: &str) -> String {
    if name.is_empty() { "NULL".to_owned() } else { format!("NULL::{name}") }
}

/// Asks what an expression without columns is; it is not computed.
pub(crate) async fn ask(client: &Client, expression: &str) -> Analyzed {
    let sql = format!(
        "CREATE TEMP VIEW judged AS SELECT ({expression}) IS NULL AS x;
         SELECT ev_action FROM pg_rewrite WHERE ev_class = 'judged'::regclass;
         DROP VIEW judged"
    );
    let messages = match client.simple_query(&sql).await {
        Ok(messages) => messages,
        Err(error) => {
            let code = error.code().unwrap_or_else(|| panic!("{sql}: {error}"));
            return Analyzed::Refused(code.code().to_owned());
        }
    };
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    let tree = row.unwrap_or_else(|| panic!("{sql} makes a view"));
    let (_, node) = tree.split_once("{NULLTEST :arg ").unwrap_or_else(|| panic!("{tree} tests for null"));
    read(node)
}

fn read(node: &str) -> Analyzed {
    let (function, result) = match kind(node) {
        "OPEXPR" => ("opno", "opresulttype"),
        "FUNCEXPR" => ("funcid", "funcresulttype"),
        "AGGREF" => ("aggfnoid", "aggtype"),
        "WINDOWFUNC" => ("winfnoid", "wintype"),
        _ => return Analyzed::Other { result: result(node) },
    };
    let arguments = match kind(node) {
        "AGGREF" => {
            let (_, types) = node.split_once(":aggargtypes ").unwrap_or_else(|| panic!("{node} has types"));
            let types =
                types.strip_prefix("(o ").and_then(|types| types.split_once(')')).map_or("", |(types, _)| types);
            types.split(' ').filter_map(|oid| oid.parse().ok()).collect()
        }
        _ => arguments(node).into_iter().map(self::result).collect(),
    };
    Analyzed::Call { of: number(node, function), result: number(node, result), arguments }
}

fn kind(node: &str) -> &str {
    node.trim_start_matches('{').split(' ').next().unwrap_or_default()
}

/// Returns a field of the node itself, not of those inside.
fn number(node: &str, field: &str) -> u32 {
    let mut depth = 0;
    let own = node.char_indices().find(|(at, character)| {
        depth += i32::from(*character == '{') - i32::from(*character == '}');
        depth == 1 && node[*at..].starts_with(&format!(":{field} "))
    });
    let value = own.and_then(|(at, _)| node[at..].split([' ', '}']).nth(1));
    value.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{node} has {field}"))
}

/// Returns the type of a node.
fn result(node: &str) -> u32 {
    if let Some(value) = node.strip_prefix("{NAMEDARGEXPR :arg ") {
        return result(value);
    }
    let field = match kind(node) {
        "CONST" => "consttype",
        "ARRAYEXPR" => "array_typeid",
        "FUNCEXPR" => "funcresulttype",
        "RELABELTYPE" | "COERCEVIAIO" | "ARRAYCOERCEEXPR" => "resulttype",
        other => panic!("a node {other} in {node}"),
    };
    number(node, field)
}

/// Returns the nodes of the list of arguments.
fn arguments(node: &str) -> Vec<&str> {
    let (_, list) = node.split_once(":args ").unwrap_or_else(|| panic!("{node} has arguments"));
    let Some(list) = list.strip_prefix('(') else { return Vec::new() };
    let (mut depth, mut start, mut found) = (0, 0, Vec::new());
    for (at, byte) in list.bytes().enumerate() {
        match byte {
            b'{' => {
                start = if depth == 0 { at } else { start };
                depth += 1;
            }
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    found.push(&list[start..]);
                }
            }
            b')' if depth == 0 => break,
            _ => {}
        }
    }
    found
}
