//! What is kept of an expression, by examples that a server printed; the test binary `judge` asks one many more.

use proptest::prelude::*;

use super::*;
use crate::PostgresVersion;
use crate::catalog::Known;
use crate::catalog::expression::Node;
use crate::catalog::types::{OwnKind, OwnType};

const MOOD: Oid = Oid(16_400);

/// A table with a column of some types, and the enum of one of them.
struct Table;

const COLUMNS: [(&str, u32, i32); 8] = [
    ("id", 23, -1),
    ("price", 1700, -1),
    ("name", 25, -1),
    ("code", 1043, 24),
    ("tags", 1009, -1),
    ("data", 3802, -1),
    ("at", 1184, -1),
    ("mood", 16_400, -1),
];

impl Types for Table {
    fn version(&self) -> PostgresVersion {
        PostgresVersion::V15
    }

    fn own(&self, oid: Oid) -> Option<OwnType> {
        (oid == MOOD).then_some(OwnType { kind: OwnKind::Enum, array: None })
    }
}

impl Scope for Table {
    fn column(&self, table: Option<&str>, name: &str) -> Result<Option<Expression>, Stop> {
        if table.is_some_and(|table| table != "t") {
            return Err(Stop::refused("42P01", "missing FROM-clause entry"));
        }
        let found = COLUMNS.iter().zip(1..).find(|((known, ..), _)| *known == name);
        Ok(found.map(|((_, oid, modifier), number)| Expression {
            node: Node::Column { relation: Oid(16_384), number },
            of: Type { oid: Oid(*oid), modifier: *modifier },
        }))
    }

    fn own_type(&self, name: &TypeName) -> Result<Option<Type>, Stop> {
        Ok((name.name == "mood").then_some(Type { oid: MOOD, modifier: -1 }))
    }

    fn own_literal(&self, _: Oid, text: &str) -> Literal {
        match text {
            "happy" => Literal::Value(text.to_owned()),
            _ => Literal::Refused(Refusal::new(SqlState("22P02"), "invalid input value for enum")),
        }
    }
}

impl Names for Table {
    fn column(&self, _: Oid, number: i16) -> Option<String> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        COLUMNS.get(at).map(|(name, ..)| (*name).to_owned())
    }

    fn own_type(&self, of: Type) -> Option<String> {
        (of.oid == MOOD).then(|| "mood".to_owned())
    }
}

fn kept(text: &str, place: Place) -> String {
    match analyze(text, place, &Table).and_then(|tree| spell(&tree, &Table)) {
        Ok(text) => text,
        Err(Stop::Refused(refusal)) => refusal.sqlstate.to_string(),
        Err(Stop::Unknown(why)) => format!("unknown: {why}"),
    }
}

#[test]
fn a_check_is_printed_as_postgres_prints_it() {
    for (text, expected) in [
        ("price > 0", "(price > (0)::numeric)"),
        ("((x))", "42703"),
        ("((t.price)) >0 and NAME <> ''", "((price > (0)::numeric) AND (name <> ''::text))"),
        (
            "code IN ('a', 'b')",
            "((code)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
        ),
        ("name IN ('a', 'b')", "(name = ANY (ARRAY['a'::text, 'b'::text]))"),
        ("code LIKE 'a%' OR code IS NULL", "(((code)::text ~~ 'a%'::text) OR (code IS NULL))"),
        ("id BETWEEN 1 AND 10", "((id >= 1) AND (id <= 10))"),
        ("id = -1", "(id = '-1'::integer)"),
        ("mood = 'happy'", "(mood = 'happy'::mood)"),
        ("mood = 'hapy'", "22P02"),
        (
            "data ? 'a' AND jsonb_typeof(data -> 'a') = 'array'",
            "((data ? 'a'::text) AND (jsonb_typeof((data -> 'a'::text)) = 'array'::text))",
        ),
        ("'x' = ANY (tags)", "('x'::text = ANY (tags))"),
        ("at > '2020-01-01 00:00Z'", "(at > '2020-01-01 00:00:00+00'::timestamp with time zone)"),
        ("extract(year from at) >= 2000", "(EXTRACT(year FROM at) >= (2000)::numeric)"),
        (
            "CASE WHEN id = 1 THEN price > 1 ELSE true END",
            "\nCASE\n    WHEN (id = 1) THEN (price > (1)::numeric)\n    ELSE true\nEND",
        ),
        ("id = '1x'", "22P02"),
        ("id || id", "42883"),
        ("id", "42804"),
        ("count(*) > 1", "42803"),
        ("id IN (SELECT 1)", "0A000"),
        ("nosuch(id)", "42883"),
        ("id::nosuch IS NULL", "42704"),
        ("u.id = 1", "42P01"),
    ] {
        assert_eq!(kept(text, Place::Check), expected, "{text}");
    }
}

#[test]
fn spellings_of_one_meaning_are_one() {
    let all =
        ["name = 'a'", "name = 'a'::text", "((name) = ('a')::text)", "t.name = text 'a'", "NAME = CAST('a' AS text)"];
    let kept: Vec<String> = all.iter().map(|text| kept(text, Place::Check)).collect();
    assert_eq!(kept, ["(name = 'a'::text)"; 5]);
}

#[test]
fn a_default_becomes_of_the_type_of_its_column() {
    let (numeric, varchar) = (Type { oid: Oid(1700), modifier: -1 }, Type { oid: Oid(1043), modifier: 24 });
    let timestamptz = Type { oid: Oid(1184), modifier: -1 };
    for (text, of, expected) in [
        ("0", numeric, "0"),
        ("'x'", varchar, "'x'::character varying"),
        ("now()", timestamptz, "now()"),
        ("CURRENT_TIMESTAMP", timestamptz, "CURRENT_TIMESTAMP"),
        ("now() + interval '1 week'", timestamptz, "(now() + '7 days'::interval)"),
        ("true", numeric, "42804"),
        ("id", numeric, "0A000"),
    ] {
        assert_eq!(kept(text, Place::Default(of)), expected, "{text}");
    }
}

#[test]
fn an_index_takes_only_what_depends_on_nothing_else() {
    assert_eq!(kept("lower(name)", Place::IndexKey), "lower(name)");
    assert_eq!(kept("at > now()", Place::IndexPredicate), "42P17");
    assert_eq!(kept("at::date", Place::IndexKey), "42P17");
    assert_eq!(kept("name || id > 'a'", Place::IndexPredicate), "((name || id) > 'a'::text)");
}

#[test]
fn chains_and_nesting_end_without_a_crash() {
    let chain = vec!["id > 0"; 4_000].join(" AND ");
    assert_eq!(kept(&chain, Place::Check).matches("(id > 0)").count(), 4_000);
    let sum = format!("{} > 0", vec!["id"; 4_000].join(" + "));
    assert_eq!(kept(&sum, Place::Check), "unknown: an expression nested so deep");
    let nested = format!("{}true{}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(kept(&nested, Place::Check).starts_with("unknown: "));
}

/// Returns what the planner knows of an expression, and what is known of it for a row where `name` is `abc`, `id` is
/// some number, and of the rest nothing is known.
fn come_to(text: &str) -> (String, String) {
    let tree = analyze(text, Place::Query(Clause::Select), &Table).unwrap_or_else(|stop| panic!("{text}: {stop:?}"));
    let said = |known: Result<(), Refusal>| known.err().map_or_else(String::new, |it| it.sqlstate.to_string());
    let leaf = |leaf: &Expression| match leaf.node {
        Node::Column { number: 1, .. } => Known::Some,
        Node::Column { number, .. } if COLUMNS[usize::try_from(number).unwrap() - 1].0 == "name" => {
            Known::Is("abc".into())
        }
        _ => Known::Perhaps,
    };
    let known = match evaluate(&Table, &tree, &leaf) {
        Err(refusal) => refusal.sqlstate.to_string(),
        Ok(Known::Null) => "null".to_owned(),
        Ok(Known::Is(text)) => text.to_string(),
        Ok(Known::Some) => "some".to_owned(),
        Ok(Known::Perhaps) => "perhaps".to_owned(),
    };
    (said(folds(&Table, &tree)), known)
}

#[test]
fn what_is_written_is_computed_as_the_server_does() {
    for (text, planned, known) in [
        ("1 + 1", "", "2"),
        ("2147483647 + 1", "22003", "22003"),
        ("-(-32768::int2)", "22003", "22003"),
        ("(-2147483648)::int4 / -1", "22003", "22003"),
        ("(-2147483648)::int4 % -1", "", "0"),
        ("1::int8 + 9223372036854775807", "22003", "22003"),
        ("7 / 2 - 7 % 4", "", "0"),
        ("-7 / 2", "", "-3"),
        ("10.50 % 3", "", "1.50"),
        ("-10.5 % 3", "", "-1.5"),
        ("1.50 * 2.0", "", "3.000"),
        ("1.50 - 1.5", "", "0.00"),
        ("1.0 / 3", "", "0.33333333333333333333"),
        ("-20000.5 / 3.0", "", "-6666.8333333333333333"),
        ("1.0 / 3 > 0.3", "", "t"),
        ("1 / 0", "22012", "22012"),
        ("1.5 / 0", "22012", "22012"),
        ("1.5::float8 / 0", "22012", "22012"),
        ("'NaN'::float8 / 0", "", "some"),
        ("'NaN'::numeric / 0", "", "some"),
        ("'Infinity'::numeric / 0", "22012", "22012"),
        ("null::int / 0", "", "null"),
        ("id / 0", "", "22012"),
        ("price / 0", "", "perhaps"),
        ("id + 1", "", "some"),
        ("1.5::int", "", "2"),
        ("40000::int2", "22003", "22003"),
        ("99.995::numeric(4,2)", "22003", "22003"),
        ("99.994::numeric(4,2)", "", "99.99"),
        ("'12'::text::int + 1", "", "13"),
        ("('x' || 'y')::int", "22P02", "22P02"),
        ("name::int", "", "22P02"),
        ("'x'::text::bool", "22P02", "22P02"),
        ("'yes'::text::bool", "", "t"),
        ("'99999'::text::int2", "22003", "22003"),
        ("12::text || 'x'", "", "12x"),
        ("'abc'::varchar(2)", "", "ab"),
        ("b'101'::bit(2)", "", "some"),
        ("'x' || true", "", "xtrue"),
        ("true::int + 1", "", "2"),
        ("true::char(3)", "", "tru"),
        ("'a '::char(3) || 'b'", "", "ab"),
        ("ARRAY[1, null]::text", "", "{1,NULL}"),
        ("ARRAY['a b', '']::text", "", r#"{"a b",""}"#),
        ("ARRAY[1, 2]::text::int", "", "22P02"),
        ("(date '2020-01-01')::text::int", "", "22P02"),
        ("'{1}'::int[] || null::int", "", "some"),
        ("null::int || '{1}'::int[]", "", "some"),
        ("'{1}'::int[] || null::int[]", "", "some"),
        ("null::int[] || null::int[]", "", "null"),
        ("array_append(null::int[], null)", "", "some"),
        ("data - null::text", "", "null"),
        ("concat('a', null, 1)", "", "a1"),
        (
            "repeat('ab', 2) || left('abc', 2) || left('abc', -1) || right('abc', 1) || right('abc', -2)",
            "",
            "ababababcc",
        ),
        ("repeat('ab', -1)", "", ""),
        ("abs(-5.5)", "", "5.5"),
        ("abs(-2147483648)", "22003", "22003"),
        ("mod(7, 0)", "22012", "22012"),
        ("sqrt(-1)", "2201F", "2201F"),
        ("sqrt(-1::float8)", "2201F", "2201F"),
        ("sqrt(2)", "", "some"),
        ("ln(0)", "2201E", "2201E"),
        ("log(10, 0)", "2201E", "2201E"),
        ("make_date(2020, 2, 29)", "", "some"),
        ("make_date(2021, 2, 29)", "22008", "22008"),
        ("int4range(7, 5)", "22000", "22000"),
        ("int4range(5, 7)", "", "some"),
        ("int4range(null, 5)", "", "some"),
        ("int8range(1, 0, 'xx')", "42601", "42601"),
        ("'x' ~ '('", "2201B", "2201B"),
        ("name ~ '['", "", "2201B"),
        ("length(name) > 2", "", "t"),
        ("name LIKE 'a%'", "", "t"),
        (r"name LIKE 'a\b%'", "", "t"),
        ("name < 'b'", "", "some"),
        ("name IN ('x', 'abc')", "", "t"),
        ("id IN (1, 1 / 0)", "22012", "22012"),
        ("true OR 1 / 0 = 1", "", "t"),
        ("1 / 0 = 1 OR true", "22012", "22012"),
        ("price > 0 OR 1 / 0 = 1", "22012", "perhaps"),
        ("price > 0 OR id / 0 = 1 OR name = 'abc'", "", "perhaps"),
        ("price > 0 OR name = 'abc' OR id / 0 = 1", "", "t"),
        ("name <> 'abc' OR id / 0 = 1", "", "22012"),
        ("null IS DISTINCT FROM 1 OR 1 / 0 = 1", "", "t"),
        ("NULLIF(1, 1) IS NULL OR 1 / 0 = 1", "", "t"),
        ("now() IS NOT NULL OR 1 / 0 = 1", "22012", "t"),
        ("CASE 1 WHEN 2 THEN 1 / 0 ELSE 3 END", "", "3"),
        ("CASE id WHEN 2 THEN 1 / 0 ELSE 3 END", "22012", "perhaps"),
        ("CASE WHEN price > 0 THEN 1 / 0 END", "22012", "perhaps"),
        ("CASE WHEN name = 'abc' THEN 1 ELSE id / 0 END", "", "1"),
        ("CASE WHEN price > 0 THEN id / 0 ELSE 3 END", "", "perhaps"),
        ("COALESCE(null, 1, 1 / 0)", "", "1"),
        ("COALESCE(price, 1, 1 / 0)", "", "some"),
        ("COALESCE(price, 1 / 0)", "22012", "perhaps"),
        ("GREATEST(1, 1 / 0)", "22012", "22012"),
        ("(ARRAY[1, 1 / 0])[1]", "22012", "perhaps"),
        ("ROW(1 / 0) IS NULL", "22012", "22012"),
    ] {
        assert_eq!(come_to(text), (planned.to_owned(), known.to_owned()), "{text}");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,60}") {
        kept(&text, Place::Check);
    }

    #[test]
    fn no_literal_makes_it_panic(text in "[-+0-9a-z:. {}\\[\\]\"\\\\,TZ]{0,20}", of in prop::sample::select(vec![
        "int", "numeric", "float8", "float4", "bool", "date", "timestamp", "timestamptz", "interval", "json", "jsonb", "uuid", "bytea", "text[]", "int[]",
        "bit", "\"char\"",
    ])) {
        kept(&format!("'{text}'::{of} IS NULL"), Place::Check);
    }
}
