//! Casts and operators.

use limbeck_core::document::schema::FunctionKind;

use super::family::Family;
use super::pen::Pen;

pub(super) const FAMILIES: &[Family] = &[
    (5, "CREATE CAST", create_cast),
    (3, "DROP CAST", drop_cast),
    (4, "CREATE OPERATOR", create_operator),
    (3, "DROP OPERATOR", drop_operator),
];

/// They are nobody else's, so that no expression means one of them.
const OPERATORS: [&str; 3] = ["@@@", "#~#", "<@@>"];

/// Returns a type: one of the database's own, or one of Postgres's. A cast has at least one that is its own, for others
/// would outlive the schemas that are dropped between two sequences.
fn a_type(pen: &mut Pen, own: bool) -> Option<String> {
    let names: Vec<&str> = pen
        .schema
        .enums
        .iter()
        .map(|found| &*found.name)
        .chain(pen.schema.domains.iter().map(|it| &*it.name))
        .collect();
    if own {
        return if names.is_empty() { None } else { pen.existing(&names) };
    }
    Some(pen.dice.one(&["integer", "text", "bigint", "date", "varchar"]).to_owned())
}

fn create_cast(pen: &mut Pen) -> Option<String> {
    let own_first = pen.dice.percent(50);
    let (from, to) = (a_type(pen, own_first)?, a_type(pen, !own_first)?);
    let of_one: Vec<(&str, &str)> = pen
        .schema
        .functions
        .iter()
        .filter(|it| it.kind == FunctionKind::Function && !it.arguments.is_empty() && !it.arguments.contains(','))
        .map(|it| (it.name.as_str(), it.arguments.as_str()))
        .collect();
    let how = match pen.dice.below(6) {
        0 => "WITHOUT FUNCTION".to_owned(),
        1 | 2 if !of_one.is_empty() => {
            let (name, takes) = *pen.dice.any(&of_one)?;
            let name = pen.spelled(name);
            format!("WITH FUNCTION {name}({takes})")
        }
        _ => "WITH INOUT".to_owned(),
    };
    Some(format!("CREATE CAST ({from} AS {to}) {how}{}", pen.dice.one(&["", "", " AS ASSIGNMENT", " AS IMPLICIT"])))
}

fn drop_cast(pen: &mut Pen) -> Option<String> {
    let if_exists = pen.if_exists();
    let types = match pen.dice.any(&pen.schema.casts) {
        Some(cast) if pen.dice.percent(80) => format!("{} AS {}", cast.from, cast.to),
        _ => format!("{} AS {}", a_type(pen, false)?, a_type(pen, true)?),
    };
    Some(match pen.dice.below(5) {
        0 => format!("COMMENT ON CAST ({types}) IS 'made here'"),
        _ => format!("DROP CAST {if_exists}({types}){}", pen.behavior()),
    })
}

fn create_operator(pen: &mut Pen) -> Option<String> {
    let of_two: Vec<&str> = pen
        .schema
        .functions
        .iter()
        .filter(|function| function.arguments == "integer, integer")
        .map(|function| function.name.as_str())
        .collect();
    let function = if of_two.is_empty() || pen.dice.percent(50) {
        pen.dice.one(&["int4eq", "int4pl", "int4lt", "missing"]).to_owned()
    } else {
        pen.existing(&of_two)?
    };
    let name = pen.dice.one(&OPERATORS);
    let schema = if pen.dice.percent(20) { format!("{}.", pen.schema_name()) } else { String::new() };
    let left = pen.dice.maybe(92, "LEFTARG = integer, ");
    let more = pen.dice.one(&[
        "",
        "",
        ", COMMUTATOR = #~#",
        ", NEGATOR = @@@",
        ", NEGATOR = <@@>",
        ", RESTRICT = eqsel, JOIN = eqjoinsel",
        ", HASHES",
    ]);
    Some(format!("CREATE OPERATOR {schema}{name} ({left}RIGHTARG = integer, FUNCTION = {function}{more})"))
}

fn drop_operator(pen: &mut Pen) -> Option<String> {
    let if_exists = pen.if_exists();
    let named = match pen.dice.any(&pen.schema.operators) {
        Some(found) if pen.dice.percent(80) => {
            format!("{} ({}, {})", found.name, found.left.as_deref().unwrap_or("NONE"), found.right)
        }
        _ => format!("{} (integer, integer)", pen.dice.one(&OPERATORS)),
    };
    Some(match pen.dice.below(6) {
        0 => format!("COMMENT ON OPERATOR {named} IS 'made here'"),
        1 => format!("ALTER OPERATOR {named} SET SCHEMA {}", pen.schema_name()),
        _ => format!("DROP OPERATOR {if_exists}{named}{}", pen.behavior()),
    })
}
