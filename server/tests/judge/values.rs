//! What an expression comes to: arithmetic, casts, and texts that match patterns, as the server computes them.
//!
//! The model tells it by what it says of a row that is put into a table whose check is the value.

use limbeck_core::PostgresVersion;
use limbeck_core::catalog::Catalog;
use limbeck_core::ddl::{Played, Session};
use limbeck_core::sql::quote_literal;
use proptest::prelude::*;
use proptest::sample::select;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::cluster::Cluster;
use crate::random;

const TEXTS: [&str; 22] = [
    "",
    "a",
    "A",
    "b",
    "ab",
    "abc",
    "ABC",
    "abcd",
    "aaa",
    "a1",
    "12",
    "2020-01-31",
    "a b",
    " a",
    "a\nb",
    "a_b",
    "a.b",
    "a-b",
    "x@y.de",
    "ä",
    "[a]",
    r"a\b",
];

/// Patterns that the model computes.
const COMPUTED: [&str; 47] = [
    "",
    "a",
    "^a",
    "a$",
    "^a$",
    "^$",
    "^ab?c",
    "a|b",
    "^(a|b)$",
    "^(a|)$",
    "^(ab)*$",
    "^(ab){0,1}c?$",
    "^a{2,}$",
    "^a{3}$",
    "^a{1,2}$",
    "^[A-Z]{3}$",
    "^[a-z0-9]+$",
    "^[^a]*$",
    "^[]a[]+$",
    "[-a]$",
    "[a-]$",
    r"^\d{4}-\d{2}-\d{2}$",
    r"^\w+$",
    r"\W",
    r"\s",
    r"^\S+$",
    r"\D$",
    r"\.",
    r"[\d.]",
    r"a\\b",
    r"^[\w.+-]+@[\w.-]+\.[a-z]{2,}$",
    "a.b",
    "^.$",
    "^.*$",
    "a^b",
    "a$b",
    "(?:ab)+c",
    "^(a+)+$",
    "^(a*)*$",
    "^[[:alpha:]]+$",
    "^[[:upper:][:digit:]]+$",
    "[[:space:]]",
    "a+?b",
    "a*?$",
    "^ä$",
    r"\Aab\Z",
    "a{0}b",
];

/// Patterns that Postgres refuses, and the model too.
const INVALID: [&str; 24] = [
    "(", ")", "a)", "(a", "[a", "[b-a]", "*a", "a**", "a+*", "a???", "^*", "$+", "(*a)", "a|*b", "a{2,1}", "a{256}",
    "a{1", "a{1,", "a{1x}", "a{1}{2}", "{1}", "[]", "[a-", r"a\",
];

/// Patterns that it leaves alone, whether they are some or not.
const LEFT_ALONE: [&str; 15] = [
    "a{",
    "a{,2}",
    "a{x}",
    r"(a)\1",
    "a(?=b)",
    "a(?!b)",
    "(?<=a)b",
    "(?i)a",
    "***=a",
    r"\ma",
    r"a\y",
    "[[:nothing:]]",
    "[[.a.]]",
    r"\u0061",
    r"[\D]",
];

/// Of these, random patterns are made.
const PARTS: [&str; 34] = [
    "a",
    "b",
    "c",
    "1",
    " ",
    ".",
    "^",
    "$",
    "|",
    "(",
    ")",
    "(?:",
    "[ab]",
    "[^a]",
    "[a-c]",
    "[",
    "]",
    "-",
    "*",
    "+",
    "?",
    "{2}",
    "{1,2}",
    "{0,}",
    r"\d",
    r"\w",
    r"\s",
    r"\.",
    r"\W",
    "[[:alnum:]_]",
    "A",
    "_",
    "{",
    r"\n",
];

const NUMBERS: [&str; 20] = [
    "0",
    "1",
    "2",
    "7",
    "-3",
    "10",
    "32767::int2",
    "(-32768)::int2",
    "2147483647",
    "(-2147483648)::int4",
    "9223372036854775807",
    "1.50",
    "0.005",
    "99.995",
    "-2.5",
    "null::int",
    "null::numeric",
    "'12'::text::int",
    "'x'::text::int",
    "' 1.5 '::text::numeric",
];

const CASTS: [&str; 7] = ["int2", "int4", "int8", "numeric", "numeric(4,2)", "numeric(3)", "text::numeric"];

/// What the model says of a value that is true or not.
#[derive(Debug, PartialEq)]
enum Said {
    Is(bool),
    Null,
    Refused(String),
    Unknown,
}

struct Model(Session);

impl Model {
    fn new(version: PostgresVersion) -> Self {
        let mut session = Session::new(Catalog::new(version));
        let made = session.play("CREATE TABLE m (is_so boolean NOT NULL CHECK (is_so))");
        assert!(matches!(made, Played::Done(_)), "a table is made");
        Self(session)
    }

    fn says(&self, value: &str) -> Said {
        match self.0.clone().play(&format!("INSERT INTO m VALUES ({value})")) {
            Played::Done(effects) if effects.may_raise.is_empty() => Said::Is(true),
            Played::Done(_) => Said::Unknown,
            Played::Refused(refusal) => match refusal.sqlstate.to_string() {
                state if state == "23514" => Said::Is(false),
                state if state == "23502" => Said::Null,
                state => Said::Refused(state),
            },
            Played::Unknown(_) => Said::Unknown,
        }
    }
}

/// Returns the value of an expression as text, or the state that computing it raises.
async fn computed(client: &Client, value: &str) -> Result<Option<String>, String> {
    let messages = client
        .simple_query(&format!("SELECT ({value})::text"))
        .await
        .map_err(|error| error.code().unwrap_or_else(|| panic!("{value}: {error}")).code().to_owned())?;
    let row = messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row.get(0).map(str::to_owned)),
        _ => None,
    });
    Ok(row.unwrap_or_else(|| panic!("{value} is a value")))
}

fn matching(text: &str, operator: &str, pattern: &str) -> String {
    format!("{}::text {operator} {}", quote_literal(text), quote_literal(pattern))
}

/// Returns which of the texts match, or the state that asking raises.
async fn matched(client: &Client, operator: &str, pattern: &str) -> Result<Vec<bool>, String> {
    let all: Vec<String> = TEXTS.iter().map(|text| format!("({})", matching(text, operator, pattern))).collect();
    let found = computed(client, &format!("ARRAY[{}]", all.join(", "))).await?.unwrap_or_default();
    Ok(found.trim_matches(['{', '}']).split(',').map(|is| is == "t").collect())
}

#[tokio::test]
async fn texts_match_patterns_as_the_server_says() {
    let model = Model::new(PostgresVersion::V18);
    let clusters = [Cluster::shared(), Cluster::of(PostgresVersion::V17), Cluster::of(PostgresVersion::V18)];
    let mut clients = Vec::new();
    for cluster in clusters {
        clients.push(cluster.database().client().await);
    }
    for operator in ["~", "!~*"] {
        for pattern in COMPUTED.iter().chain(&INVALID).chain(&LEFT_ALONE) {
            let said: Vec<Said> = TEXTS.iter().map(|text| model.says(&matching(text, operator, pattern))).collect();
            for client in &clients {
                let is = matched(client, operator, pattern).await;
                for ((at_text, text), said) in TEXTS.iter().enumerate().zip(&said) {
                    let is = is.as_ref().map(|all| all[at_text]);
                    let value = matching(text, operator, pattern);
                    let is_right = match said {
                        Said::Refused(state) => is == Err(state),
                        Said::Unknown => LEFT_ALONE.contains(pattern) || !text.is_ascii() || !pattern.is_ascii(),
                        said => is == Ok(*said == Said::Is(true)),
                    };
                    assert!(is_right, "{value}: {said:?}, Postgres {is:?}");
                    assert!(!LEFT_ALONE.contains(pattern) || *said == Said::Unknown, "{value}: {said:?}");
                }
            }
        }
    }
}

#[test]
fn random_patterns_match_as_the_server_says() {
    let runtime = Runtime::new().expect("a runtime starts");
    let client = runtime.block_on(Cluster::shared().database().client());
    let model = Model::new(Cluster::shared().version());
    let case = (prop::collection::vec(select(&PARTS), 0..8), select(&["~", "~*", "~~", "~~*"]), select(&TEXTS));
    random::cases(2_000, &case, |(parts, operator, text)| {
        let value = matching(text, operator, &parts.concat());
        let said = model.says(&value);
        if said == Said::Unknown {
            return Ok(());
        }
        let is = runtime.block_on(computed(&client, &value));
        let expected = match &said {
            Said::Refused(state) => Err(state.clone()),
            said => Ok(Some((*said == Said::Is(true)).to_string())),
        };
        match is == expected {
            true => Ok(()),
            false => Err(format!("{value}: the model says {said:?}, Postgres {is:?}")),
        }
    });
}

fn numbers() -> impl Strategy<Value = String> {
    select(&NUMBERS).prop_map(str::to_owned).prop_recursive(4, 16, 3, |inner| {
        let operators = select(&["+", "-", "*", "/", "%"]);
        let comparisons = select(&["=", "<>", "<", "<=", ">", ">="]);
        prop_oneof![
            4 => (inner.clone(), operators, inner.clone()).prop_map(|(a, operator, b)| format!("({a} {operator} {b})")),
            2 => (inner.clone(), select(&CASTS)).prop_map(|(a, cast)| format!("(({a})::{cast})")),
            1 => inner.clone().prop_map(|a| format!("(- {a})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("COALESCE({a}, {b})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("NULLIF({a}, {b})")),
            1 => (inner.clone(), comparisons, inner.clone(), inner)
                .prop_map(|(a, compare, b, c)| format!("(CASE WHEN {a} {compare} {b} THEN {b} ELSE {c} END)")),
        ]
    })
}

#[test]
fn numbers_are_computed_as_the_server_computes_them() {
    let runtime = Runtime::new().expect("a runtime starts");
    let client = runtime.block_on(Cluster::shared().database().client());
    let model = Model::new(Cluster::shared().version());
    let (all, known) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    random::cases(2_000, &numbers(), |value| {
        let is = runtime.block_on(computed(&client, &value));
        let said = match &is {
            Ok(Some(text)) => model.says(&format!("({value})::text = {}", quote_literal(text))),
            Ok(None) | Err(_) => model.says(&format!("({value}) IS NULL")),
        };
        let is_right = match (&is, &said) {
            (_, Said::Unknown) | (Ok(_), Said::Is(true)) => true,
            (Err(state), Said::Refused(said)) => state == said,
            // What is not known is not feared to be out of range.
            (Err(_), Said::Is(false)) => true,
            _ => false,
        };
        all.set(all.get() + 1);
        known.set(known.get() + i32::from(!matches!((&is, &said), (_, Said::Unknown) | (Err(_), Said::Is(false)))));
        if is_right { Ok(()) } else { Err(format!("{value}: the model says {said:?}, Postgres {is:?}")) }
    });
    println!("{} of {} are known", known.get(), all.get());
    assert!(known.get() * 10 > all.get() * 7, "most are known: {} of {}", known.get(), all.get());
}
