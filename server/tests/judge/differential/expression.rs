//! Types, and expressions that mostly fit them.

use limbeck_core::document::schema::{Column, Table};

use super::pen::Pen;

/// Types of columns, by how often migrations use them.
const TYPES: [(usize, &str); 44] = [
    (14, "integer"),
    (14, "bigint"),
    (22, "text"),
    (8, "varchar(255)"),
    (4, "varchar(20)"),
    (3, "varchar"),
    (2, "character varying(40)"),
    (10, "boolean"),
    (12, "timestamptz"),
    (4, "timestamp"),
    (3, "timestamp(3)"),
    (2, "timestamp with time zone"),
    (5, "date"),
    (2, "time"),
    (2, "interval"),
    (6, "numeric"),
    (5, "numeric(10,2)"),
    (2, "numeric(6)"),
    (2, "decimal(12, 4)"),
    (6, "uuid"),
    (6, "jsonb"),
    (2, "json"),
    (3, "smallint"),
    (2, "real"),
    (3, "double precision"),
    (2, "float8"),
    (2, "bytea"),
    (2, "char(3)"),
    (1, "char"),
    (3, "text[]"),
    (3, "integer[]"),
    (1, "varchar(10)[]"),
    (2, "inet"),
    (1, "cidr"),
    (1, "int4range"),
    (1, "tstzrange"),
    (1, "bit(3)"),
    (1, "varbit(5)"),
    (1, "money"),
    (1, "name"),
    (1, "int2"),
    (1, "int8"),
    (1, "xml"),
    (1, "tsvector"),
];

/// What a type is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Number,
    Text,
    Boolean,
    Moment,
    Other,
}

impl Pen<'_> {
    /// Returns a type for a column: mostly one of Postgres, sometimes one that a user made, rarely none.
    pub(super) fn data_type(&mut self) -> String {
        match self.dice.below(100) {
            0 => self.dice.one(&["strng", "integr", "varchar(0)", "pg_catalog.nothing", "numeric(2000)"]).to_owned(),
            1..9 => {
                let schema = self.schema;
                let names = schema.enums.iter().map(|found| &found.name);
                let names = names.chain(schema.domains.iter().map(|found| &found.name));
                let names: Vec<&str> =
                    names.chain(schema.composites.iter().map(|found| &found.name)).map(String::as_str).collect();
                match self.dice.any(&names).copied() {
                    Some(name) => {
                        let spelled = self.spelled(name);
                        format!("{spelled}{}", self.dice.maybe(8, "[]"))
                    }
                    None => "integer".to_owned(),
                }
            }
            _ => self.dice.weighted(&TYPES).to_owned(),
        }
    }

    /// Returns a constant of this type, or rarely one of another.
    pub(super) fn literal(&mut self, data_type: &str) -> String {
        if self.dice.percent(2) {
            return self.dice.one(&["'abc'", "true", "now()", "1.5", "NULL", "'{}'::jsonb", "'x'::text"]).to_owned();
        }
        let plain = data_type.to_lowercase();
        if plain.ends_with("[]") {
            return self.dice.one(&["'{}'", "NULL", "ARRAY[]::text[]::integer[]"][..2]).to_owned();
        }
        let plain = plain.split('(').next().unwrap_or_default().trim();
        let of: &[&str] = match plain {
            "smallint" | "int2" => &["0", "1", "7", "-1", "'3'"],
            "integer" | "int" | "int4" | "bigint" | "int8" => &["0", "1", "42", "-1", "'3'", "2 + 3", "1000"],
            "numeric" | "decimal" => &["0", "0.0", "1", "9.99", "-1.5", "'0'", "100"],
            "real" | "double precision" | "float8" | "float4" => &["0", "1.5", "'1e3'", "-2"],
            "money" => &["0", "'1.50'"],
            "text" | "varchar" | "character varying" | "name" => {
                &["''", "'new'", "'x'::text", "'it''s'", "'a' || 'b'", "'open'::character varying", "E'a\\nb'"]
            }
            "char" | "character" | "bpchar" => &["'a'", "'x'::bpchar", "''"],
            "boolean" | "bool" => &["true", "false", "'t'", "1 = 1", "(NOT false)"],
            "timestamptz" | "timestamp with time zone" => {
                &["now()", "CURRENT_TIMESTAMP", "'2020-01-01 00:00:00+00'", "now() + interval '1 day'", "'epoch'"]
            }
            "timestamp" | "timestamp without time zone" => {
                &["now()", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "'2020-01-01'", "timezone('utc', now())"]
            }
            "date" => &["CURRENT_DATE", "'2020-02-29'", "now()", "'2020-01-01'::date"],
            "time" | "time without time zone" => &["'12:00'", "LOCALTIME"],
            "interval" => &["'1 day'", "'1 mon'::interval", "interval '2 hours'"],
            "uuid" => &["gen_random_uuid()", "'00000000-0000-0000-0000-000000000000'"],
            "jsonb" => &["'{}'", "'[]'::jsonb", "'{\"a\": 1}'", "jsonb_build_object()", "'null'"],
            "json" => &["'{}'", "'[]'::json"],
            "bytea" => &["'\\x00'", "''::bytea"],
            "inet" => &["'127.0.0.1'", "'::1'"],
            "cidr" => &["'10.0.0.0/8'"],
            "int4range" => &["'empty'", "int4range(1, 5)", "'[1,5)'"],
            "tstzrange" => &["'empty'", "tstzrange(now(), NULL)"],
            "bit" => &["B'101'", "'010'"],
            "varbit" | "bit varying" => &["B'1'", "'01'"],
            "xml" => &["'<a/>'"],
            "tsvector" => &["''", "to_tsvector('simple', 'a b')"],
            _ => return self.literal_of_user_type(data_type),
        };
        self.dice.one(of).to_owned()
    }

    fn literal_of_user_type(&mut self, data_type: &str) -> String {
        let qualified = if data_type.contains('.') { data_type.to_owned() } else { format!("public.{data_type}") };
        if let Some(found) = self.schema.enums.iter().find(|found| found.name == qualified) {
            let label = self.dice.any(&found.labels).cloned().unwrap_or_default().replace('\'', "''");
            let cast = if self.dice.percent(20) { format!("::{data_type}") } else { String::new() };
            return format!("'{label}'{cast}");
        }
        if let Some(found) = self.schema.domains.iter().find(|found| found.name == qualified) {
            let base = found.data_type.clone();
            return self.literal(&base);
        }
        "NULL".to_owned()
    }

    /// Returns an expression for DEFAULT.
    pub(super) fn default(&mut self, data_type: &str) -> String {
        let number = matches!(data_type, "integer" | "bigint" | "int8" | "numeric");
        match self.dice.below(100) {
            0..6 if number => {
                let sequences: Vec<&str> =
                    self.schema.sequences.iter().map(|sequence| sequence.name.as_str()).collect();
                match self.existing(&sequences) {
                    Some(name) => format!("nextval('{}')", name.replace('\'', "''")),
                    None => "0".to_owned(),
                }
            }
            6..8 => "NULL".to_owned(),
            8 => self.dice.one(&["nothing()", "id", "random()", "(SELECT 1)", "lower('A')", "count(*)"]).to_owned(),
            9..13 => format!("({})", self.literal(data_type)),
            _ => self.literal(data_type),
        }
    }

    /// Returns what the type is good for.
    pub(super) fn class(&self, data_type: &str) -> Class {
        let lower = data_type.to_lowercase();
        if lower.ends_with("[]") {
            return Class::Other;
        }
        match lower.split('(').next().unwrap_or_default().trim() {
            "smallint" | "int2" | "integer" | "int" | "int4" | "bigint" | "int8" | "numeric" | "decimal" | "real"
            | "double precision" | "float8" => Class::Number,
            "text" | "varchar" | "character varying" | "character" | "char" | "name" => Class::Text,
            "boolean" => Class::Boolean,
            "timestamptz" | "timestamp" | "date" | "timestamp with time zone" | "timestamp without time zone" => {
                Class::Moment
            }
            _ => Class::Other,
        }
    }

    /// Returns a condition over these columns: names and types.
    pub(super) fn condition(&mut self, columns: &[(String, String)]) -> String {
        match self.dice.below(100) {
            0..12 => {
                let (left, right) = (self.simple_condition(columns), self.simple_condition(columns));
                format!("{left} {} {right}", self.dice.one(&["AND", "OR"]))
            }
            12..15 => format!("NOT ({})", self.simple_condition(columns)),
            _ => self.simple_condition(columns),
        }
    }

    fn simple_condition(&mut self, columns: &[(String, String)]) -> String {
        let Some((name, data_type)) = self.dice.any(columns).cloned() else { return "true".to_owned() };
        match self.dice.below(100) {
            0..2 => return format!("{} > 0", self.new_column(None)),
            2 => return self.dice.one(&["1", "'x'", "missing(1)", "(SELECT true)", "count(*) > 0"]).to_owned(),
            3..14 => return format!("{name} IS {}NULL", self.dice.maybe(70, "NOT ")),
            14..20 => {
                let same: Vec<&(String, String)> = columns.iter().filter(|(_, other)| *other == data_type).collect();
                if let Some((other, _)) = self.dice.any(&same).copied() {
                    let other = other.clone();
                    return format!("{name} {} {other}", self.dice.one(&["=", "<>", "IS DISTINCT FROM"]));
                }
            }
            _ => {}
        }
        match self.class(&data_type) {
            Class::Number => match self.dice.below(5) {
                0 => format!("{name} BETWEEN 0 AND 100"),
                1 => format!("{name} IN (1, 2, 3)"),
                2 => format!("{name} + 1 > 0"),
                _ => format!("{name} {} 0", self.dice.one(&[">", ">=", "<>", "!=", "<", "="])),
            },
            Class::Text => match self.dice.below(7) {
                0 => format!("length({name}) > 0"),
                1 => format!("{name} <> ''"),
                2 => format!("{name} IN ('a', 'b')"),
                3 => format!("{name} LIKE 'a%'"),
                4 => format!("{name} ~ '^[a-z]+$'"),
                5 => format!("char_length(trim({name})) >= 2"),
                _ => format!("lower({name}) = {name}"),
            },
            Class::Boolean => {
                let form = self.dice.below(3);
                [name.clone(), format!("NOT {name}"), format!("{name} IS TRUE")][form].clone()
            }
            Class::Moment => match self.dice.below(3) {
                0 => format!("{name} > '2000-01-01'"),
                1 => format!("{name} <= now()"),
                _ => format!("{name} >= '2020-01-01'::date"),
            },
            Class::Other => match self.dice.below(10) {
                0 => format!("{name} > 0"),
                1 => {
                    let literal = self.literal(&data_type);
                    format!("{name} = {literal}")
                }
                _ => format!("{name} IS NOT NULL"),
            },
        }
    }

    /// Returns an immutable expression over these columns, and what class it has.
    pub(super) fn scalar(&mut self, columns: &[(String, String)]) -> (String, Class) {
        let Some((name, data_type)) = self.dice.any(columns).cloned() else { return ("1".to_owned(), Class::Number) };
        match self.class(&data_type) {
            Class::Number => {
                let form =
                    self.dice.one(&["$ + 1", "$ * 2", "abs($)", "-$", "COALESCE($, 0)", "($)", "$ / 2", "$::numeric"]);
                (form.replace('$', &name), Class::Number)
            }
            Class::Text => {
                let form = self.dice.one(&[
                    "lower($)",
                    "upper($)",
                    "$ || '!'",
                    "COALESCE($, '')",
                    "trim($)",
                    "substr($, 1, 3)",
                    "md5($::text)",
                ]);
                (form.replace('$', &name), Class::Text)
            }
            Class::Boolean => (format!("NOT {name}"), Class::Boolean),
            class => (name, class),
        }
    }

    /// Returns the columns of a table, in the form in which conditions take them.
    pub(super) fn known(&self, table: &Table) -> Vec<(String, String)> {
        table.columns.iter().map(|Column { name, data_type, .. }| (name.clone(), data_type.clone())).collect()
    }
}
