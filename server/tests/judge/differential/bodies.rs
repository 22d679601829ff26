//! Functions whose bodies are SQL or PL/pgSQL with cursors, and blocks of DO.

use super::family::Family;
use super::pen::Pen;
use super::tables::created;
use super::{queries, rows};

pub(super) const FAMILIES: &[Family] =
    &[(18, "CREATE FUNCTION in SQL", in_sql), (4, "CREATE FUNCTION with a cursor", with_cursor), (14, "DO", block)];

/// Results of functions, that fit their bodies as often as not.
const RESULTS: [&str; 14] = [
    "void",
    "integer",
    "bigint",
    "text",
    "boolean",
    "numeric",
    "date",
    "text[]",
    "SETOF integer",
    "SETOF text",
    "SETOF record",
    "TABLE (a integer, b text)",
    "TABLE (n bigint)",
    "record",
];

/// What functions are called with: parameters, and how a body names one.
const ARGUMENTS: [(&str, &str); 9] = [
    ("integer", "$1"),
    ("a integer, b text", "a"),
    ("a integer, b text", "b"),
    ("a text DEFAULT 'x', b integer DEFAULT 2", "$2"),
    ("VARIADIC a integer[]", "a[1]"),
    ("a bigint, OUT b text, OUT c integer", "a"),
    ("x anyelement", "x"),
    ("a numeric", "a + 1"),
    ("", "$1"),
];

fn in_sql(pen: &mut Pen) -> Option<String> {
    let (or_replace, name) = (pen.dice.maybe(60, "OR REPLACE "), created(pen));
    let (arguments, argument) = *pen.dice.any(&ARGUMENTS)?;
    let table = pen.table()?;
    let (from, column) = (pen.named(table), pen.column(table));
    let mut result = pen.dice.one(&RESULTS).to_owned();
    let body = match pen.dice.below(12) {
        0 => format!("SELECT {argument}"),
        1 => format!("SELECT {column} FROM {from} WHERE {argument} IS NOT NULL"),
        2 => {
            result = if pen.dice.percent(50) { "bigint".to_owned() } else { result };
            format!(
                "SELECT count(*) FROM {from} AS t WHERE t.{column} IS NOT DISTINCT FROM t.{column} OR {argument} IS NULL"
            )
        }
        3 => {
            result = if pen.dice.percent(70) { format!("SETOF {from}") } else { result };
            format!("SELECT * FROM {from} LIMIT 3")
        }
        4 => format!("SELECT 1, {argument}"),
        5 => format!("SELECT {argument}; SELECT {column} FROM {from}"),
        6 => {
            result = if pen.dice.percent(50) { "SETOF record".to_owned() } else { result };
            queries::query(pen)?
        }
        7 => rows::insert(pen)?,
        8 => rows::delete(pen)?,
        9 => format!("SELECT ROW({argument}, 'x')"),
        10 => {
            let (argument, field) = (format!("({from})"), pen.column(table));
            let taken = pen.dice.one(&["r", "$1"]);
            let body = format!("SELECT {taken}.{field}");
            let body = body.replace('\'', "''");
            return Some(format!(
                "CREATE {or_replace}FUNCTION {name}(r {}) RETURNS {result} LANGUAGE sql AS '{body}'",
                argument.trim_matches(['(', ')'])
            ));
        }
        _ => rows::update(pen)?,
    };
    let parameter = if arguments.contains("OUT") { "" } else { "RETURNS" };
    let result = if parameter.is_empty() { String::new() } else { format!(" {parameter} {result}") };
    Some(format!("CREATE {or_replace}FUNCTION {name}({arguments}){result} LANGUAGE sql AS $body$ {body} $body$"))
}

fn with_cursor(pen: &mut Pen) -> Option<String> {
    let name = created(pen);
    let table = pen.table()?;
    let from = pen.named(table);
    let declared =
        pen.dice.one(&["CURSOR FOR", "NO SCROLL CURSOR FOR", "CURSOR (n integer) FOR", "refcursor"]).to_owned();
    let declared = if declared == "refcursor" { declared } else { format!("{declared} SELECT * FROM {from}") };
    let statements = pen.dice.one(&[
        "OPEN c; FETCH c INTO r; CLOSE c;",
        "FOR r IN c LOOP NULL; END LOOP;",
        "OPEN c FOR SELECT 1; CLOSE c;",
        "OPEN c (1); MOVE NEXT FROM c; CLOSE c;",
        "FOR one IN c (2) LOOP NULL; END LOOP;",
        "OPEN d; CLOSE d;",
        "CLOSE r;",
        "FETCH c INTO d;",
    ]);
    Some(format!(
        "CREATE OR REPLACE FUNCTION {name}() RETURNS void LANGUAGE plpgsql AS $$ DECLARE c {declared}; r record; BEGIN {statements} END $$"
    ))
}

fn block(pen: &mut Pen) -> Option<String> {
    let inner = statement(pen)?;
    let body = match pen.dice.below(11) {
        0..3 => {
            let condition = condition(pen)?;
            format!("IF {}EXISTS ({condition}) THEN {inner}; END IF;", pen.dice.maybe(55, "NOT "))
        }
        3 => {
            let (first, second) = (condition(pen)?, condition(pen)?);
            let both = pen.dice.one(&["AND", "OR", "AND NOT"]);
            let other = statement(pen)?;
            format!("IF EXISTS ({first}) {both} EXISTS ({second}) THEN {inner}; ELSE {other}; END IF;")
        }
        4 => {
            let handled = pen.dice.one(&[
                "duplicate_object",
                "duplicate_table",
                "duplicate_column",
                "undefined_table OR undefined_object OR undefined_column",
                "OTHERS",
                "SQLSTATE '42P07'",
                "syntax_error_or_access_rule_violation",
            ]);
            let then = pen.dice.one(&["NULL;", "RAISE NOTICE 'it is there';", "RAISE EXCEPTION 'no';", "RETURN;"]);
            format!("{inner}; EXCEPTION WHEN {handled} THEN {then}")
        }
        5 => {
            let other = statement(pen)?;
            format!("{inner}; {other};")
        }
        6 => format!("EXECUTE '{}';", inner.replace('\'', "''")),
        7 => {
            let condition = condition(pen)?;
            let counted = condition.replacen("SELECT 1", "SELECT count(*)", 1);
            format!("IF ({counted}) {} THEN {inner}; END IF;", pen.dice.one(&["= 0", "> 0", "<> 1"]))
        }
        8 => {
            let turns = pen.dice.one(&["1..2", "REVERSE 3..1 BY 2", "2..1", "1..1"]);
            let made = pen.dice.one(&[
                "format('CREATE TABLE turn_%s (n integer DEFAULT %L)', i, i * 2)",
                "'CREATE TABLE turn_' || i || ' (n integer)'",
                "format('DROP TABLE IF EXISTS %I CASCADE', 'turn_' || i)",
                "format('ALTER TABLE turn_%1$s ADD COLUMN n%1$s integer', to_char(i, 'FM0'))",
            ]);
            format!("FOR i IN {turns} LOOP EXECUTE {made}; {inner}; END LOOP;")
        }
        9 => {
            let names = pen.dice.one(&["ARRAY['a', 'B']", "'{x,y}'::text[]", "ARRAY['user']"]);
            let made = pen.dice.one(&["CREATE TABLE %I (n text DEFAULT %L)", "DROP TABLE IF EXISTS %I -- %s"]);
            format!(
                "DECLARE t text; BEGIN FOREACH t IN ARRAY {names} LOOP EXECUTE format('{made}', t, t); END LOOP; END;"
            )
        }
        _ => {
            let other = statement(pen)?;
            format!("BEGIN {inner}; EXCEPTION WHEN OTHERS THEN NULL; END; {other};")
        }
    };
    Some(format!("DO $$ BEGIN {body} END $$"))
}

/// A statement of a block.
fn statement(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let (on, column) = (pen.named(table), pen.column(table));
    let (name, new) = (pen.part_name(), pen.stray());
    Some(match pen.dice.below(8) {
        0 => format!("ALTER TABLE {on} ADD COLUMN {column} integer"),
        1 => format!("ALTER TABLE {on} ADD CONSTRAINT {name} CHECK ({column} IS NOT NULL)"),
        2 => format!("ALTER TABLE {on} DROP CONSTRAINT {name}"),
        3 => format!("CREATE TYPE {new} AS ENUM ('a', 'b')"),
        4 => format!("CREATE TABLE {new} (id integer PRIMARY KEY)"),
        5 => format!("CREATE INDEX {name} ON {on} ({column})"),
        6 => format!("ALTER TABLE {on} DROP COLUMN {column}"),
        _ => format!("CREATE SCHEMA {}", pen.other_schema()),
    })
}

/// A query of the catalogs, as migrations ask them.
fn condition(pen: &mut Pen) -> Option<String> {
    let table = pen.table()?;
    let text = |name: &str| {
        let bare = name.rsplit('.').next().unwrap_or(name);
        format!("'{}'", bare.trim_matches('"').replace("\"\"", "\"").replace('\'', "''"))
    };
    let (named, column) = (text(&table.name), text(&pen.column(table)));
    let regclass = format!("'{}'", table.name.replace('\'', "''"));
    let (part, stray) = (text(&pen.part_name()), text(&pen.stray()));
    let enumerated = pen.schema.enums.first().map_or_else(|| stray.clone(), |found| text(&found.name));
    Some(match pen.dice.below(12) {
        0 => format!("SELECT 1 FROM pg_constraint WHERE conname = {part}"),
        1 => format!("SELECT 1 FROM pg_constraint WHERE conname = {part} AND conrelid = {regclass}::regclass"),
        2 => format!("SELECT 1 FROM pg_type WHERE typname = {enumerated}"),
        3 => format!("SELECT 1 FROM information_schema.columns WHERE table_name = {named} AND column_name = {column}"),
        4 => format!("SELECT 1 FROM information_schema.tables WHERE table_schema = 'public' AND table_name = {stray}"),
        5 => format!(
            "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = {stray} AND n.nspname = 'public'"
        ),
        6 => format!(
            "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass({regclass}) AND attname = {column} AND NOT attisdropped"
        ),
        7 => format!("SELECT 1 FROM pg_indexes WHERE indexname = {part}"),
        8 => format!(
            "SELECT 1 FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid WHERE t.typname = {enumerated} AND e.enumlabel = 'a'"
        ),
        9 => format!("SELECT 1 FROM pg_namespace WHERE nspname = {}", text(pen.other_schema())),
        10 => format!("SELECT 1 FROM pg_trigger WHERE tgname = {part} AND NOT tgisinternal"),
        _ => format!(
            "SELECT 1 FROM information_schema.table_constraints WHERE table_name = {named} AND constraint_type = 'PRIMARY KEY'"
        ),
    })
}
