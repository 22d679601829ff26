//! Expressions: what Postgres keeps of them, as it prints it, and what it refuses.

mod world;
mod writer;

use std::cell::Cell;

use limbeck_core::catalog::Oid;
use limbeck_core::catalog::expression::{Node, Value};
use limbeck_core::expression::{Names, Place, Stop, analyze, computes, spell};
use proptest::prelude::*;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, SimpleQueryMessage};

use crate::cluster::Cluster;
use crate::random;

use self::world::{TABLE, World};
use self::writer::Writer;

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
