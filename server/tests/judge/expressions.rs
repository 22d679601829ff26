//! Expressions: what Postgres keeps of them, as it prints it, and what it refuses.

use std::cell::Cell;

use limbeck_core::catalog::expression::{Expression, Node, Value};
use limbeck_core::catalog::function::{Kind, Signature, Volatility};
use limbeck_core::catalog::types::{OwnKind, OwnType, Type, Types};
use limbeck_core::catalog::{Oid, Refusal, SqlState};
use limbeck_core::expression::{Literal, Names, Place, Scope, Stop, analyze, computes, spell};
use limbeck_core::sql::TypeName;
use proptest::prelude::*;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::cluster::Cluster;
use crate::random;

const TABLE: &str = "
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'so so');
    CREATE DOMAIN price AS numeric(10,2);
    CREATE DOMAIN email AS text;
    CREATE TABLE judged (
        i2 int2, i4 int4, i8 int8, f4 float4, f8 float8, n numeric, nn numeric(10,2), t text, v varchar(20), c char(5),
        b bool, d date, ts timestamp, tz timestamptz(3), iv interval, j json, jb jsonb, u uuid, ta text[], ia int4[],
        va varchar(5)[], bt bytea, nm name, \"Mixed Name\" text, m mood, p price, e email, ma mood[]
    );
    CREATE SEQUENCE numbers;
    CREATE FUNCTION twice(of int8) RETURNS int8 IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN 2 * of; END';
    CREATE FUNCTION twice(of mood, times int4 DEFAULT 2) RETURNS text STABLE LANGUAGE plpgsql AS 'BEGIN RETURN of; END';
    CREATE FUNCTION \"Any\"(VARIADIC of text[]) RETURNS bool LANGUAGE plpgsql AS 'BEGIN RETURN true; END'";

/// The table, as the server has it.
struct World {
    relation: Oid,
    /// Name and type, by number less one.
    columns: Vec<(String, Type)>,
    sequence: Oid,
    mood: Oid,
    moods: Oid,
    price: Oid,
    email: Oid,
    prices: Oid,
    emails: Oid,
    twice: Vec<Signature>,
    any: Vec<Signature>,
}

impl World {
    fn read(database: &crate::cluster::TestDatabase) -> Self {
        let number = |sql: &str| -> Oid {
            let rows = database.rows(&format!("SELECT {sql}::oid"));
            Oid(rows.first().and_then(|oid| oid.parse().ok()).unwrap_or_else(|| panic!("{sql} has a number")))
        };
        let columns = database.rows(
            "SELECT attname, atttypid, atttypmod FROM pg_attribute
             WHERE attrelid = 'judged'::regclass AND attnum > 0 ORDER BY attnum",
        );
        let column = |row: String| {
            let fields: Vec<&str> = row.split('|').collect();
            let number = |at: usize| fields[at].parse::<i64>().unwrap_or_else(|_| panic!("{row} has numbers"));
            let oid = Oid(u32::try_from(number(1)).expect("a number of a type"));
            (fields[0].to_owned(), Type { oid, modifier: i32::try_from(number(2)).expect("a modifier") })
        };
        let signature = |spelled: &str, names: &[&str], arguments: &[Oid], result: u32, volatility| Signature {
            oid: number(&format!("'{spelled}'::regprocedure")),
            kind: Kind::Function,
            arguments: arguments.to_vec(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            defaults: names.len() - 1,
            variadic: (result == 16).then_some(Oid(25)),
            result: Oid(result),
            returns_set: false,
            strict: false,
            volatility,
        };
        let mood = number("'mood'::regtype");
        Self {
            twice: vec![
                signature("twice(int8)", &["of"], &[Oid(20)], 20, Volatility::Immutable),
                signature("twice(mood,int4)", &["of", "times"], &[mood, Oid(23)], 25, Volatility::Stable),
            ],
            any: vec![signature("\"Any\"(text[])", &["of"], &[Oid(1009)], 16, Volatility::Volatile)],
            relation: number("'judged'::regclass"),
            columns: columns.into_iter().map(column).collect(),
            sequence: number("'numbers'::regclass"),
            mood,
            moods: number("'mood[]'::regtype"),
            price: number("'price'::regtype"),
            email: number("'email'::regtype"),
            prices: number("'price[]'::regtype"),
            emails: number("'email[]'::regtype"),
        }
    }
}

impl Types for World {
    fn own(&self, oid: Oid) -> Option<OwnType> {
        let numeric = Type { oid: Oid(1700), modifier: ((10 << 16) | 2) + 4 };
        let (kind, array) = match oid {
            oid if oid == self.mood => (OwnKind::Enum, Some(self.moods)),
            oid if oid == self.moods => (OwnKind::Array(self.mood), None),
            oid if oid == self.price => (OwnKind::Domain(numeric), Some(self.prices)),
            oid if oid == self.email => (OwnKind::Domain(Type { oid: Oid(25), modifier: -1 }), Some(self.emails)),
            oid if oid == self.prices => (OwnKind::Array(self.price), None),
            oid if oid == self.emails => (OwnKind::Array(self.email), None),
            _ => return None,
        };
        Some(OwnType { kind, array })
    }
}

impl Scope for World {
    fn column(&self, table: Option<&str>, name: &str) -> Result<Option<Expression>, Stop> {
        if table.is_some_and(|table| table != "judged") {
            let message = "missing FROM-clause entry".to_owned();
            return Err(Stop::Refused(Refusal::new(SqlState("42P01"), message)));
        }
        let found = self.columns.iter().position(|(known, _)| known == name);
        Ok(found.map(|at| {
            let number = i16::try_from(at + 1).expect("a table has few columns");
            Expression { node: Node::Column { relation: self.relation, number }, of: self.columns[at].1 }
        }))
    }

    fn own_type(&self, name: &TypeName) -> Result<Option<Type>, Stop> {
        let oid = match (name.name.as_str(), name.array) {
            ("mood", false) => self.mood,
            ("mood", true) => self.moods,
            ("price", false) => self.price,
            ("email", false) => self.email,
            ("price", true) => self.prices,
            ("email", true) => self.emails,
            _ => return Ok(None),
        };
        Ok(Some(Type { oid, modifier: -1 }))
    }

    fn own_functions(&self, schema: Option<&str>, name: &str) -> Vec<&[Signature]> {
        match name {
            "twice" if schema.is_none_or(|schema| schema == "public") => vec![&self.twice],
            "Any" if schema.is_none_or(|schema| schema == "public") => vec![&self.any],
            _ => Vec::new(),
        }
    }

    fn relation(&self, name: &str) -> Result<Oid, Stop> {
        match name {
            "numbers" => Ok(self.sequence),
            "judged" => Ok(self.relation),
            _ => Err(Stop::Refused(Refusal::new(SqlState("42P01"), "relation does not exist"))),
        }
    }

    fn own_literal(&self, of: Oid, text: &str) -> Literal {
        match text {
            "sad" | "ok" | "so so" if of == self.mood => Literal::Value(text.to_owned()),
            _ if of == self.mood => Literal::Refused(Refusal::new(SqlState("22P02"), "invalid input value for enum")),
            _ => Literal::Unknown,
        }
    }

    fn is_utc(&self) -> bool {
        true
    }
}

impl Names for World {
    fn column(&self, _: Oid, number: i16) -> Option<String> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        self.columns.get(at).map(|(name, _)| name.clone())
    }

    fn own_type(&self, of: Type) -> Option<String> {
        let name = match of.oid {
            oid if oid == self.mood => "mood",
            oid if oid == self.moods => "mood[]",
            oid if oid == self.price => "price",
            oid if oid == self.email => "email",
            oid if oid == self.prices => "price[]",
            oid if oid == self.emails => "email[]",
            _ => return None,
        };
        Some(name.to_owned())
    }

    fn own_function(&self, oid: Oid) -> Option<String> {
        let name = if self.any.iter().any(|it| it.oid == oid) { "\"Any\"" } else { "twice" };
        Some(name.to_owned())
    }

    fn relation(&self, oid: Oid) -> Option<String> {
        (oid == self.sequence)
            .then(|| "numbers".to_owned())
            .or_else(|| (oid == self.relation).then(|| "judged".to_owned()))
    }
}

/// Makes an expression of a row of numbers: fewer and smaller ones make a simpler expression.
struct Writer<'a> {
    choices: std::slice::Iter<'a, u16>,
    depth: usize,
    /// No column may stand here.
    constant: bool,
}

/// Types by which expressions are made; of each a few columns and literals.
const KINDS: [(&str, &[&str], &[&str]); 15] = [
    ("bool", &["b"], &["true", "false", "'t'", "'yes'", "NULL", "bool 'off'"]),
    (
        "int4",
        &["i4", "judged.i4"],
        &["1", "0", "-1", "'7'", "'-7'", "2147483647", "NULL", "int '3'", "' 5 '", "42::int"],
    ),
    ("int2", &["i2"], &["1::int2", "'2'::smallint", "NULL::int2", "'40000'::int2"]),
    ("int8", &["i8"], &["2147483648", "1::bigint", "-9223372036854775808", "'9'::int8"]),
    (
        "numeric",
        &["n", "nn", "p"],
        &[
            "1.5",
            "0.50",
            "-1.5",
            "1e3",
            "1e-3",
            "'1.50'::numeric",
            "99999999999999999999",
            "'NaN'::numeric",
            "1.5::numeric(5,1)",
            "2::price",
            "'2.5'::price",
            ".5",
        ],
    ),
    (
        "float8",
        &["f8", "f4"],
        &[
            "1.5::float8",
            "'1e20'::float8",
            "'0.00001'::float4",
            "'1.10'::real",
            "'-0'::float8",
            "1::float8",
            "'123456789'::float4",
        ],
    ),
    (
        "text",
        &["t", "v", "c", "nm", "e", "\"Mixed Name\""],
        &[
            "'x'",
            "'it''s'",
            "'a\\b'",
            "E'a\\tb'",
            "''",
            "NULL",
            "'y'::text",
            "'abc'::varchar(2)",
            "'abc'::char(2)",
            "$$d$$",
            "'x'::varchar",
            "'z'::name",
            "'x'::email",
            "'q'::bpchar",
        ],
    ),
    (
        "date",
        &["d"],
        &["'2020-01-02'", "date '2020-1-2'", "'2020-02-30'", "current_date", "'hello'::date", "'infinity'::date"],
    ),
    (
        "timestamp",
        &["ts"],
        &["'2020-01-02 03:04'", "timestamp '2020-01-02 03:04:05.600'", "'2020-01-02'::timestamp(0)", "localtimestamp"],
    ),
    (
        "timestamptz",
        &["tz"],
        &[
            "now()",
            "current_timestamp",
            "'2020-01-02 03:04+02'",
            "timestamptz '2020-12-31 23:59:59.5-05:30'",
            "current_timestamp(2)",
            "'2020-01-01T00:00:00Z'",
            "clock_timestamp()",
        ],
    ),
    (
        "interval",
        &["iv"],
        &[
            "'1 day'",
            "interval '90 minutes'",
            "interval '1 year 2 months -3 days'",
            "'-1 day 2:03'::interval",
            "'1.5 days'::interval",
            "interval '2 weeks 04:05:06.7'",
            "'36 hours'::interval",
            "'18 months'::interval",
        ],
    ),
    (
        "jsonb",
        &["jb"],
        &[
            "'{}'",
            "'{\"b\": 1, \"a\": [1,2.50 , null], \"aa\": \"x\\ny\"}'",
            "'[]'::jsonb",
            "'{\"a\":1,\"a\":2}'::jsonb",
            "'{bad}'",
            "'1e2'::jsonb",
        ],
    ),
    (
        "uuid",
        &["u"],
        &[
            "gen_random_uuid()",
            "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'",
            "'nope'::uuid",
            "'{a0eebc999c0b4ef8bb6d6bb9bd380a11}'::uuid",
        ],
    ),
    (
        "text[]",
        &["ta", "va"],
        &[
            "'{}'",
            "'{a,\"b c\",NULL}'",
            "ARRAY['a', 'b']",
            "ARRAY[]::text[]",
            "ARRAY[t, v]",
            "'{\"\",null}'::text[]",
            "ARRAY['x']::varchar(3)[]",
        ],
    ),
    ("mood", &["m"], &["'ok'", "'sad'::mood", "'so so'", "'angry'", "NULL::mood"]),
];

/// The same, for what is asked less often.
const RARE: [&str; 12] = [
    "'10.0.0.1'::inet",
    "'10.1.2.3/08'::inet",
    "time '9:05'",
    "'23:59:59.250'::time",
    "''::tsvector",
    "'10.0.0.1/32'::inet",
    "j",
    "bt",
    "ia",
    "ma",
    "'{\"a\":  1}'::json",
    "'\\xABcd'::bytea",
];

const CASTS: [&str; 28] = [
    "int",
    "bigint",
    "smallint",
    "numeric",
    "numeric(6,2)",
    "float8",
    "real",
    "text",
    "varchar",
    "varchar(10)",
    "char(3)",
    "bool",
    "date",
    "timestamp",
    "timestamptz",
    "timestamp(1)",
    "interval",
    "jsonb",
    "json",
    "uuid",
    "text[]",
    "mood",
    "price",
    "email",
    "int[]",
    "name",
    "varchar(4)[]",
    "time",
];

impl Writer<'_> {
    fn pick(&mut self, of: usize) -> usize {
        self.choices.next().map_or(0, |choice| usize::from(*choice)) % of.max(1)
    }

    fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        let at = self.pick(of.len());
        of[at]
    }

    fn kind(&mut self) -> &'static str {
        KINDS[self.pick(KINDS.len())].0
    }

    /// One that is compared and computed with.
    fn scalar(&mut self) -> &'static str {
        KINDS[1 + self.pick(KINDS.len() - 1)].0
    }

    fn number(&mut self) -> &'static str {
        self.one(&["int4", "numeric", "int8", "float8", "int2", "int4"])
    }

    fn leaf(&mut self, kind: &str) -> String {
        let (_, columns, literals) = KINDS.iter().find(|(name, ..)| *name == kind).unwrap_or(&KINDS[0]);
        match self.pick(4) {
            0 | 1 if !self.constant => self.one(columns).to_owned(),
            _ => self.one(literals).to_owned(),
        }
    }

    /// An operand: mostly in parentheses, unless it is simple.
    fn operand(&mut self, kind: &str) -> String {
        let written = self.write(kind);
        let simple = written.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '\'');
        if simple || self.pick(5) == 4 { written } else { format!("({written})") }
    }

    fn write(&mut self, kind: &str) -> String {
        if self.depth > 4 || self.pick(3) == 0 {
            return self.leaf(kind);
        }
        self.depth += 1;
        let written = match self.pick(30) {
            // What does not fit.
            28 => {
                let other = self.kind();
                self.write(other)
            }
            29 => (*self.one(&RARE)).to_owned(),
            0..=7 => self.common(kind),
            _ => self.own(kind),
        };
        self.depth -= 1;
        written
    }

    /// What there is of any type.
    fn common(&mut self, kind: &str) -> String {
        match self.pick(10) {
            0 => format!("coalesce({}, {})", self.write(kind), self.write(kind)),
            1 => format!("CASE WHEN {} THEN {} ELSE {} END", self.write("bool"), self.write(kind), self.write(kind)),
            2 => {
                let of = self.scalar();
                let (value, one, then) = (self.write(of), self.write(of), self.write(kind));
                format!("CASE {value} WHEN {one} THEN {then} WHEN {} THEN {} END", self.write(of), self.write(kind))
            }
            3 => format!("nullif({}, {})", self.write(kind), self.write(kind)),
            4 => format!("{}({}, {})", self.one(&["greatest", "least"]), self.write(kind), self.write(kind)),
            5 | 6 => {
                let from = self.kind();
                let to = if self.pick(3) == 0 { self.one(&CASTS) } else { kind };
                format!("{}::{to}", self.operand(from))
            }
            7 => format!("CAST({} AS {kind})", self.write("text")),
            8 => format!("({})", self.write(kind)),
            _ => format!("(ARRAY[{}, {}])[{}]", self.write(kind), self.write(kind), self.write("int4")),
        }
    }

    fn own(&mut self, kind: &str) -> String {
        match kind {
            "bool" => self.truth(),
            "int4" => match self.pick(8) {
                0 | 1 => format!(
                    "{} {} {}",
                    self.operand("int4"),
                    self.one(&["+", "-", "*", "/", "%", "&", "|", "#", "<<"]),
                    self.operand("int4")
                ),
                2 => format!("length({})", self.write("text")),
                3 => format!("{} - {}", self.operand("date"), self.operand("date")),
                4 => format!("position({} in {})", self.operand("text"), self.operand("text")),
                5 => format!("array_length({}, {})", self.write("text[]"), self.write("int4")),
                6 => format!("- {}", self.operand("int4")),
                _ => format!(
                    "{}({})",
                    self.one(&["abs", "sign", "jsonb_array_length", "ascii", "cardinality"]),
                    self.write("int4")
                ),
            },
            "int2" | "int8" | "numeric" | "float8" => {
                let other = self.number();
                match self.pick(8) {
                    7 => format!("{}({})", self.one(&["twice", "public.twice"]), self.write(other)),
                    0..=2 => {
                        let operator = self.one(&["+", "-", "*", "/", "%", "^"]);
                        format!("{} {operator} {}", self.operand(kind), self.operand(other))
                    }
                    3 => format!(
                        "{}({})",
                        self.one(&["abs", "round", "ceil", "floor", "sqrt", "trunc", "sign", "ln"]),
                        self.write(kind)
                    ),
                    4 => format!("round({}, {})", self.write("numeric"), self.write("int4")),
                    5 => {
                        let of = self.one(&["timestamptz", "timestamp", "interval", "date"]);
                        let field = self.one(&["year", "epoch", "dow", "'month'", "HOUR"]);
                        format!("extract({field} FROM {})", self.write(of))
                    }
                    _ => format!(
                        "{}({}, {})",
                        self.one(&["power", "mod", "div", "log", "nextval"]),
                        self.write(kind),
                        self.write(other)
                    ),
                }
            }
            "text" => match self.pick(15) {
                14 => match self.pick(3) {
                    0 => format!("twice({})", self.write("mood")),
                    1 => format!("twice({}, times => {})", self.write("mood"), self.write("int4")),
                    _ => format!("twice(times := {}, of := {})", self.write("int4"), self.write("mood")),
                },
                0 | 1 => {
                    let other = self.kind();
                    format!("{} || {}", self.operand("text"), self.operand(other))
                }
                2 => format!(
                    "{}({})",
                    self.one(&["lower", "upper", "trim", "btrim", "md5", "initcap", "reverse", "quote_ident"]),
                    self.write("text")
                ),
                3 => format!(
                    "substring({} from {} for {})",
                    self.operand("text"),
                    self.operand("int4"),
                    self.operand("int4")
                ),
                4 => format!(
                    "{}({}, {})",
                    self.one(&["left", "right", "repeat", "substr", "lpad", "substring"]),
                    self.write("text"),
                    self.write("int4")
                ),
                5 => {
                    let other = self.kind();
                    format!("concat({}, {})", self.write("text"), self.write(other))
                }
                6 => format!("replace({}, {}, {})", self.write("text"), self.write("text"), self.write("text")),
                7 => format!("{} ->> {}", self.operand("jsonb"), self.leaf("text")),
                8 => format!("{} COLLATE \"C\"", self.operand("text")),
                9 => format!(
                    "trim({} {} from {})",
                    self.one(&["both", "leading", "trailing"]),
                    self.leaf("text"),
                    self.operand("text")
                ),
                10 => format!("to_char({}, 'YYYY')", self.write("timestamptz")),
                11 => format!("{}[{}]", self.leaf("text[]"), self.write("int4")),
                12 => self
                    .one(&["current_user", "session_user", "current_setting('x.y', true)", "version()", "user"])
                    .to_owned(),
                _ => format!("format({}, {})", self.leaf("text"), self.write("text")),
            },
            "date" => match self.pick(4) {
                0 => format!("{} {} {}", self.operand("date"), self.one(&["+", "-"]), self.operand("int4")),
                1 => format!("{}::date", self.operand("timestamp")),
                2 => format!("make_date({}, {}, {})", self.write("int4"), self.write("int4"), self.write("int4")),
                _ => format!("date({})", self.write("timestamptz")),
            },
            "timestamp" | "timestamptz" => {
                let other = if kind == "timestamp" { "timestamptz" } else { "timestamp" };
                match self.pick(4) {
                    0 | 1 => format!("{} {} {}", self.operand(kind), self.one(&["+", "-"]), self.operand("interval")),
                    2 => format!("date_trunc({}, {})", self.one(&["'day'", "'month'"]), self.write(kind)),
                    _ => {
                        format!("{} AT TIME ZONE {}", self.operand(other), self.one(&["'UTC'", "t", "'Europe/Berlin'"]))
                    }
                }
            }
            "interval" => match self.pick(4) {
                0 => format!("{} * {}", self.operand("interval"), self.operand("int4")),
                1 => format!("{} - {}", self.operand("timestamptz"), self.operand("timestamp")),
                2 => format!("make_interval(days => {})", self.write("int4")),
                _ => format!("age({}, {})", self.write("timestamptz"), self.write("timestamptz")),
            },
            "jsonb" => match self.pick(5) {
                0 => format!("{} -> {}", self.operand("jsonb"), self.leaf("text")),
                1 => {
                    let other = self.kind();
                    format!("jsonb_build_object({}, {})", self.leaf("text"), self.write(other))
                }
                2 => format!("{} || {}", self.operand("jsonb"), self.operand("jsonb")),
                3 => format!("jsonb_set({}, {}, {})", self.write("jsonb"), self.write("text[]"), self.write("jsonb")),
                _ => {
                    let other = self.kind();
                    format!("to_jsonb({})", self.write(other))
                }
            },
            "text[]" => match self.pick(5) {
                0 => format!("ARRAY[{}, {}]", self.write("text"), self.write("text")),
                1 => format!("{} || {}", self.operand("text[]"), self.operand("text")),
                2 => format!("string_to_array({}, {})", self.write("text"), self.write("text")),
                3 => format!("{}[1:{}]", self.leaf("text[]"), self.write("int4")),
                _ => format!("array_append({}, {})", self.write("text[]"), self.write("text")),
            },
            _ => self.common(kind),
        }
    }

    fn truth(&mut self) -> String {
        let of = self.scalar();
        match self.pick(19) {
            18 => format!("\"Any\"({}, {})", self.write("text"), self.write("text")),
            0..=2 => format!(
                "{} {} {}",
                self.operand(of),
                self.one(&["=", "<>", "<", ">=", "!=", ">", "<="]),
                self.operand(of)
            ),
            3 => {
                let (a, b) = (self.number(), self.number());
                format!("{} {} {}", self.operand(a), self.one(&["=", "<", ">="]), self.operand(b))
            }
            4 => format!("{} AND {}", self.operand("bool"), self.operand("bool")),
            5 => format!("{} OR {} OR {}", self.operand("bool"), self.operand("bool"), self.operand("bool")),
            6 => format!("NOT {}", self.operand("bool")),
            7 => format!("{} IS {}NULL", self.operand(of), self.one(&["", "NOT "])),
            8 => format!(
                "{} {}IN ({}, {}, {})",
                self.operand(of),
                self.one(&["", "NOT "]),
                self.leaf(of),
                self.write(of),
                self.leaf(of)
            ),
            9 => format!(
                "{} {}BETWEEN {} AND {}",
                self.operand(of),
                self.one(&["", "NOT "]),
                self.operand(of),
                self.operand(of)
            ),
            10 => format!(
                "{} {} {}",
                self.operand("text"),
                self.one(&["LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "~", "!~*", "SIMILAR TO"]),
                self.operand("text")
            ),
            11 => format!(
                "{} IS {}{}",
                self.operand("bool"),
                self.one(&["", "NOT "]),
                self.one(&["TRUE", "FALSE", "UNKNOWN"])
            ),
            12 => format!("{} IS {}DISTINCT FROM {}", self.operand(of), self.one(&["", "NOT "]), self.operand(of)),
            13 => format!(
                "{} {} {}(ARRAY[{}, {}])",
                self.operand(of),
                self.one(&["=", "<>", ">"]),
                self.one(&["ANY ", "ALL "]),
                self.write(of),
                self.write(of)
            ),
            14 => format!("{} = ANY ({})", self.operand("text"), self.write("text[]")),
            15 => format!("{} {} {}", self.operand("jsonb"), self.one(&["?", "@>", "<@", "="]), self.leaf("text")),
            16 => {
                format!("{} {} {}", self.operand("text[]"), self.one(&["&&", "@>", "<@", "="]), self.operand("text[]"))
            }
            _ => {
                let (a, b) = (self.scalar(), self.scalar());
                format!(
                    "({}, {}) {} ({}, {})",
                    self.write(a),
                    self.write(b),
                    self.one(&["=", "<>"]),
                    self.write(a),
                    self.write(b)
                )
            }
        }
    }
}

/// An expression at its place.
#[derive(Debug)]
struct Case {
    place: Place,
    /// The type of the column, as it is written, if there is one.
    column: String,
    text: String,
}

const COLUMNS: [(&str, &str); 14] = [
    ("i4", "int4"),
    ("i8", "int8"),
    ("n", "numeric"),
    ("nn", "numeric"),
    ("t", "text"),
    ("v", "text"),
    ("c", "text"),
    ("b", "bool"),
    ("d", "date"),
    ("tz", "timestamptz"),
    ("jb", "jsonb"),
    ("ta", "text[]"),
    ("m", "mood"),
    ("p", "numeric"),
];

fn case(world: &World, choices: &[u16]) -> Case {
    let mut writer = Writer { choices: choices.iter(), depth: 0, constant: false };
    let place = writer.pick(9);
    let (column, kind) = COLUMNS[writer.pick(COLUMNS.len())];
    let of = world.columns.iter().find(|(name, _)| name == column).map_or_else(|| panic!("{column}"), |(_, of)| *of);
    let (place, kind) = match place {
        4 | 5 => {
            writer.constant = writer.pick(10) != 9;
            (Place::Default(of), kind)
        }
        6 => (Place::Generated(of), kind),
        7 => (Place::IndexPredicate, "bool"),
        8 => (Place::IndexKey, kind),
        _ => (Place::Check, "bool"),
    };
    let text = writer.write(kind);
    // What is a column only is no expression to an index.
    let text = if place == Place::IndexKey { format!("coalesce({text}, NULL)") } else { text };
    Case { place, column: column.to_owned(), text }
}

/// Asks the server: what it prints, or the state that it raises.
async fn asked(client: &Client, case: &Case, world: &World) -> String {
    let Case { place, column, text } = case;
    let of = world.columns.iter().find(|(name, _)| name == column).map(|(_, of)| *of);
    let of = of.and_then(|of| of.spelled().or_else(|| Names::own_type(world, of))).unwrap_or_default();
    let sql = match place {
        Place::Default(_) => format!(
            "ALTER TABLE judged ALTER COLUMN {column} SET DEFAULT {text};
             SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'judged'::regclass"
        ),
        Place::Generated(_) => format!(
            "ALTER TABLE judged ADD COLUMN made {of} GENERATED ALWAYS AS ({text}) STORED;
             SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'judged'::regclass"
        ),
        Place::IndexKey => format!(
            "CREATE INDEX made ON judged (({text}));
             SELECT pg_get_expr(indexprs, indrelid) FROM pg_index WHERE indexrelid = 'made'::regclass"
        ),
        Place::IndexPredicate => format!(
            "CREATE INDEX made ON judged (i4) WHERE {text};
             SELECT pg_get_expr(indpred, indrelid) FROM pg_index WHERE indexrelid = 'made'::regclass"
        ),
        _ => format!(
            "ALTER TABLE judged ADD CONSTRAINT made CHECK ({text});
             SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = 'made'"
        ),
    };
    let answer = client.simple_query(&format!("BEGIN; {sql}")).await;
    client.batch_execute("ROLLBACK").await.expect("a transaction ends");
    match answer {
        Ok(messages) => {
            let row = messages.iter().find_map(|message| match message {
                SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                _ => None,
            });
            row.unwrap_or_else(|| "nothing".to_owned())
        }
        Err(error) => error.code().map_or_else(|| panic!("{sql}: {error}"), |code| code.code().to_owned()),
    }
}

/// What the model says in the same words; none if it does not know.
fn modeled(world: &World, case: &Case, is: &str) -> Result<String, String> {
    let tree = match analyze(&case.text, case.place, world) {
        Ok(tree) => tree,
        Err(Stop::Refused(refusal)) => return Ok(refusal.sqlstate.to_string()),
        Err(Stop::Unknown(why)) => return Err(why),
    };
    // What is computed when the server plans the expression may fail; which is not modeled.
    let computed = is.starts_with("22") || ["0A000", "42P22"].contains(&is);
    if computed && is.len() == 5 && computes(&tree, world) {
        return Err("a value that is computed".to_owned());
    }
    // No index is made of documents as text.
    if case.place == Place::IndexKey && tree.of.oid == Oid(114) {
        return Ok("42704".to_owned());
    }
    // A default that is null is none.
    if matches!((&tree.node, case.place), (Node::Constant(Value::Null), Place::Default(_))) {
        return Ok("nothing".to_owned());
    }
    // So is an index of all rows.
    if matches!((&tree.node, case.place), (Node::Constant(Value::Text(text)), Place::IndexPredicate) if text == "t") {
        return Ok("nothing".to_owned());
    }
    match spell(&tree, world) {
        Ok(text) => Ok(text),
        Err(stop) => Err(format!("{stop:?}")),
    }
}

#[test]
fn expressions_are_kept_and_printed_as_the_server_does() {
    const CASES: u32 = 4_000;
    let runtime = Runtime::new().expect("a runtime starts");
    let database = Cluster::shared().database();
    database.execute(&format!("ALTER DATABASE {} SET timezone = 'UTC'", database.name));
    database.execute(TABLE);
    let world = World::read(&database);
    let client = runtime.block_on(database.client());
    let (unknown, refused) = (Cell::new(0), Cell::new(0));
    let choices = prop::collection::vec(any::<u16>(), 0..60);
    random::cases(CASES, &choices, |choices| {
        let case = case(&world, &choices);
        let is = runtime.block_on(asked(&client, &case, &world));
        let said = match modeled(&world, &case, &is) {
            Ok(said) => said,
            Err(why) => {
                if std::env::var("LIMBECK_SHOW_UNKNOWN").is_ok() {
                    println!("{why}: {} ({is})", case.text);
                }
                unknown.set(unknown.get() + 1);
                return Ok(());
            }
        };
        refused.set(refused.get() + u32::from(said.len() == 5));
        if said == is { Ok(()) } else { Err(format!("{case:?}\n  the model says {said}\n  Postgres {is}")) }
    });
    println!("{} unknown, {} refused of {CASES}", unknown.get(), refused.get());
    assert!(unknown.get() * 14 < CASES, "{} of {CASES} are unknown", unknown.get());
}
