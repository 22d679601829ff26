//! The table, types and functions that expressions are about, as the server has them.

use limbeck_core::PostgresVersion;
use limbeck_core::catalog::expression::{Expression, Node};
use limbeck_core::catalog::function::{Kind, Signature, Volatility};
use limbeck_core::catalog::types::{OwnKind, OwnType, Type, Types};
use limbeck_core::catalog::{Oid, Refusal, SqlState};
use limbeck_core::expression::{Literal, Names, Scope, Stop};
use limbeck_core::sql::TypeName;

use crate::cluster::Cluster;

pub(super) const TABLE: &str = "
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
pub(super) struct World {
    relation: Oid,
    /// Name and type, by number less one.
    pub(super) columns: Vec<(String, Type)>,
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
    pub(super) fn read(database: &crate::cluster::TestDatabase) -> Self {
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
    fn version(&self) -> PostgresVersion {
        Cluster::shared().version()
    }

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
