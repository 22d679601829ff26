//! Functions, procedures and aggregates.

use super::{NAMESPACES, Server, comment, depends, of_extension};

pub(super) fn functions(_: &Server) -> String {
    of_functions(
        "CASE p.prokind WHEN 'p'::\"char\" THEN 'procedure' WHEN 'w'::\"char\" THEN 'window' ELSE 'function' END",
        "pg_catalog.pg_get_functiondef(p.oid)",
        "",
        "p.prokind <> 'a'::\"char\"",
    )
}

pub(super) fn aggregates(_: &Server) -> String {
    // Postgres has no function that spells these.
    let part = |word: &str, function: &str| {
        format!(
            "CASE WHEN {function}::pg_catalog.oid <> 0::pg_catalog.oid THEN ', {word} = ' || {function}::pg_catalog.text END"
        )
    };
    let parts = [
        part("FINALFUNC", "g.aggfinalfn"),
        part("COMBINEFUNC", "g.aggcombinefn"),
        part("SERIALFUNC", "g.aggserialfn"),
        part("DESERIALFUNC", "g.aggdeserialfn"),
        "CASE WHEN g.agginitval IS NOT NULL THEN ', INITCOND = ' || pg_catalog.quote_literal(g.agginitval) END".to_owned(),
        part("MSFUNC", "g.aggmtransfn"),
        part("MINVFUNC", "g.aggminvtransfn"),
        "CASE WHEN g.aggmtranstype <> 0::pg_catalog.oid THEN ', MSTYPE = ' || pg_catalog.format_type(g.aggmtranstype, NULL) END".to_owned(),
        part("MFINALFUNC", "g.aggmfinalfn"),
        "CASE WHEN g.aggminitval IS NOT NULL THEN ', MINITCOND = ' || pg_catalog.quote_literal(g.aggminitval) END".to_owned(),
        "CASE WHEN g.aggsortop <> 0::pg_catalog.oid THEN ', SORTOP = ' || g.aggsortop::pg_catalog.regoperator::pg_catalog.text END".to_owned(),
        "CASE p.proparallel WHEN 's'::\"char\" THEN ', PARALLEL = safe' WHEN 'r'::\"char\" THEN ', PARALLEL = restricted' END".to_owned(),
        "CASE WHEN g.aggkind = 'h'::\"char\" THEN ', HYPOTHETICAL' END".to_owned(),
    ];
    let parts: String = parts.iter().map(|part| format!(" || COALESCE({part}, '')")).collect();
    of_functions(
        "'aggregate'",
        &format!(
            "pg_catalog.format('CREATE AGGREGATE %I.%I(%s) (SFUNC = %s, STYPE = %s', n.nspname, p.proname, \
             pg_catalog.pg_get_function_arguments(p.oid), g.aggtransfn::pg_catalog.text, \
             pg_catalog.format_type(g.aggtranstype, NULL)){parts} || ')'"
        ),
        "JOIN pg_catalog.pg_aggregate AS g ON g.aggfnoid::pg_catalog.oid = p.oid",
        "p.prokind = 'a'::\"char\"",
    )
}

fn of_functions(kind: &str, definition: &str, joins: &str, condition: &str) -> String {
    // The constructors of a range type are parts of it.
    let (part, member) = (depends("pg_proc", "p.oid", 'i'), of_extension("pg_proc", "p.oid"));
    let comment = comment("pg_proc", "p.oid");
    format!(
        "SELECT pg_catalog.row_to_json(r) FROM pg_catalog.pg_proc AS p \
         JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace \
         JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang {joins} \
         CROSS JOIN LATERAL (SELECT pg_catalog.format('%I.%I', n.nspname, p.proname) AS name, \
         pg_catalog.pg_get_function_identity_arguments(p.oid) AS arguments, {kind} AS kind, \
         pg_catalog.pg_get_function_result(p.oid) AS returns, pg_catalog.quote_ident(l.lanname) AS language, \
         {definition} AS definition, {comment} AS comment) AS r \
         WHERE {condition} AND {NAMESPACES} AND NOT {part} AND NOT {member}"
    )
}
