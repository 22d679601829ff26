//! Names of types as SQL spells them: `int`, `varchar(20)[]`, `timestamp(3) with time zone`, `shop.mood`.
//!
//! The names that the grammar of Postgres gives to its own types become what they stand for, `int` the type `int4` of
//! `pg_catalog`, so that whoever looks the name up need not know the grammar.

use std::ops::Range;

use super::lexer::{Lexer, Raw};
use super::name::fold;

/// The name of a type, before anybody looked whether there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeName {
    /// Of a set, as a function returns it.
    pub set_of: bool,
    /// Schema, if one is named; `pg_catalog` for the names of the grammar.
    pub schema: Option<String>,
    /// Name of the type, folded.
    pub name: String,
    /// What stands in parentheses behind the name.
    pub modifiers: Vec<Modifier>,
    /// Fields of an interval.
    pub fields: Option<IntervalFields>,
    /// It is an array of that type. Postgres does not keep how many dimensions were named, nor their bounds.
    pub array: bool,
}

/// What stands in the parentheses behind the name of a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Modifier {
    /// `20`, `-2`.
    Number(i64),
    /// A word or a text, which types of extensions take: `geometry(Point, 4326)`.
    Word(String),
}

/// Which fields of an interval are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalFields {
    /// The first, `day` in `day to second`.
    pub first: &'static str,
    /// The last, `second` in `day to second`.
    pub last: &'static str,
}

const FIELDS: [&str; 6] = ["year", "month", "day", "hour", "minute", "second"];

impl TypeName {
    /// Reads a whole text as the name of a type; none when it is none.
    pub fn read(text: &str) -> Option<Self> {
        let text = super::decimal(text);
        let mut reader = Reader::new(&text);
        let name = reader.type_name()?;
        reader.at_end().then_some(name)
    }

    fn builtin(name: &str, modifiers: Vec<Modifier>) -> Self {
        Self {
            set_of: false,
            schema: Some("pg_catalog".to_owned()),
            name: name.to_owned(),
            modifiers,
            fields: None,
            array: false,
        }
    }
}

/// A token with its text; words are folded.
struct Piece<'a> {
    raw: Raw,
    text: &'a str,
    /// Lower case, when it is a name without quotes.
    word: Option<String>,
}

struct Reader<'a> {
    pieces: Vec<Piece<'a>>,
    at: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let piece = |raw: Raw, range: Range<usize>| {
            let text = text.get(range).unwrap_or_default();
            let word = (raw == Raw::Ident).then(|| text.to_ascii_lowercase());
            Piece { raw, text, word }
        };
        let lexemes = Lexer::new(text, 0).filter(|lexeme| !lexeme.is_comment());
        Self { pieces: lexemes.map(|lexeme| piece(lexeme.raw, lexeme.range)).collect(), at: 0 }
    }

    fn at_end(&self) -> bool {
        self.at == self.pieces.len()
    }

    fn word(&self, ahead: usize) -> &str {
        self.pieces.get(self.at + ahead).and_then(|piece| piece.word.as_deref()).unwrap_or_default()
    }

    fn takes(&mut self, words: &[&str]) -> bool {
        let all = words.iter().enumerate().all(|(ahead, word)| self.word(ahead) == *word);
        self.at += if all { words.len() } else { 0 };
        all
    }

    fn takes_raw(&mut self, raw: Raw) -> bool {
        let is = self.pieces.get(self.at).is_some_and(|piece| piece.raw == raw);
        self.at += usize::from(is);
        is
    }

    fn type_name(&mut self) -> Option<TypeName> {
        let set_of = self.takes(&["setof"]);
        let mut name = self.element()?;
        name.set_of = set_of;
        if self.takes(&["array"]) {
            name.array = true;
            if self.takes_raw(Raw::OpenBracket) {
                self.number()?;
                self.takes_raw(Raw::CloseBracket).then_some(())?;
            }
            return Some(name);
        }
        while self.takes_raw(Raw::OpenBracket) {
            name.array = true;
            if !self.takes_raw(Raw::CloseBracket) {
                self.number()?;
                self.takes_raw(Raw::CloseBracket).then_some(())?;
            }
        }
        Some(name)
    }

    fn element(&mut self) -> Option<TypeName> {
        let simple = match self.word(0) {
            "int" | "integer" => Some("int4"),
            "smallint" => Some("int2"),
            "bigint" => Some("int8"),
            "real" => Some("float4"),
            "boolean" => Some("bool"),
            _ => None,
        };
        if let Some(name) = simple {
            self.at += 1;
            return Some(TypeName::builtin(name, Vec::new()));
        }
        if self.takes(&["double", "precision"]) {
            return Some(TypeName::builtin("float8", Vec::new()));
        }
        if self.takes(&["float"]) {
            return self.float();
        }
        if self.takes(&["decimal"]) || self.takes(&["dec"]) || self.takes(&["numeric"]) {
            return Some(TypeName::builtin("numeric", self.modifiers()?));
        }
        if self.takes(&["bit"]) {
            let varying = self.takes(&["varying"]);
            let modifiers = self.modifiers()?;
            return Some(match varying {
                true => TypeName::builtin("varbit", modifiers),
                false => TypeName::builtin("bit", one_if_none(modifiers)),
            });
        }
        if self.takes(&["varchar"]) {
            return Some(TypeName::builtin("varchar", self.precision()?));
        }
        let national = self.takes(&["national"]);
        if self.takes(&["character"]) || self.takes(&["char"]) || (!national && self.takes(&["nchar"])) {
            let varying = self.takes(&["varying"]);
            let modifiers = self.precision()?;
            return Some(match varying {
                true => TypeName::builtin("varchar", modifiers),
                false => TypeName::builtin("bpchar", one_if_none(modifiers)),
            });
        }
        if national {
            return None;
        }
        for (word, without, with) in [("timestamp", "timestamp", "timestamptz"), ("time", "time", "timetz")] {
            if self.takes(&[word]) {
                let modifiers = self.precision()?;
                let zoned = self.takes(&["with", "time", "zone"]);
                let _ = zoned || self.takes(&["without", "time", "zone"]);
                return Some(TypeName::builtin(if zoned { with } else { without }, modifiers));
            }
        }
        if self.takes(&["interval"]) {
            return self.interval();
        }
        self.generic()
    }

    /// A precision up to 24 bits is a `real`, one up to 53 a `double precision`.
    fn float(&mut self) -> Option<TypeName> {
        match self.precision()?.as_slice() {
            [] => Some(TypeName::builtin("float8", Vec::new())),
            [Modifier::Number(1..=24)] => Some(TypeName::builtin("float4", Vec::new())),
            [Modifier::Number(25..=53)] => Some(TypeName::builtin("float8", Vec::new())),
            // Read as it is written; the type takes no such number.
            out_of_range => Some(TypeName::builtin("float8", out_of_range.to_vec())),
        }
    }

    fn interval(&mut self) -> Option<TypeName> {
        let mut name = TypeName::builtin("interval", self.precision()?);
        // A precision stands behind the seconds, or alone.
        let first = if name.modifiers.is_empty() { self.field() } else { None };
        let Some(first) = first else { return Some(name) };
        let last = if self.takes(&["to"]) { self.field()? } else { first };
        let known = matches!((first, last), ("year", "month") | ("day" | "hour" | "minute", "minute" | "second"))
            || (first, last) == ("day", "hour")
            || first == last;
        known.then_some(())?;
        name.fields = Some(IntervalFields { first, last });
        if last == "second" && name.modifiers.is_empty() {
            name.modifiers = self.precision()?;
        }
        Some(name)
    }

    fn field(&mut self) -> Option<&'static str> {
        let field = FIELDS.into_iter().find(|field| *field == self.word(0))?;
        self.at += 1;
        Some(field)
    }

    fn generic(&mut self) -> Option<TypeName> {
        let first = self.name()?;
        let (schema, name) = if self.takes_raw(Raw::Dot) { (Some(first), self.name()?) } else { (None, first) };
        let modifiers = self.modifiers()?;
        Some(TypeName { set_of: false, schema, name, modifiers, fields: None, array: false })
    }

    fn name(&mut self) -> Option<String> {
        let piece = self.pieces.get(self.at)?;
        matches!(piece.raw, Raw::Ident | Raw::QuotedIdent { .. }).then_some(())?;
        self.at += 1;
        fold(piece.text)
    }

    /// Reads `(20)` or nothing: the types of the grammar take one number without a sign.
    fn precision(&mut self) -> Option<Vec<Modifier>> {
        let modifiers = self.modifiers()?;
        matches!(modifiers.as_slice(), [] | [Modifier::Number(0..)]).then_some(modifiers)
    }

    /// Reads `(20)`, `(10, -2)`, or nothing.
    fn modifiers(&mut self) -> Option<Vec<Modifier>> {
        let mut modifiers = Vec::new();
        if !self.takes_raw(Raw::OpenParen) {
            return Some(modifiers);
        }
        loop {
            modifiers.push(self.modifier()?);
            if self.takes_raw(Raw::CloseParen) {
                return Some(modifiers);
            }
            self.takes_raw(Raw::Comma).then_some(())?;
        }
    }

    fn modifier(&mut self) -> Option<Modifier> {
        if let Some(number) = self.number() {
            return Some(Modifier::Number(number));
        }
        let piece = self.pieces.get(self.at)?;
        let word = match piece.raw {
            Raw::Ident | Raw::QuotedIdent { .. } => fold(piece.text)?,
            Raw::Literal { .. } => piece.text.strip_prefix('\'')?.strip_suffix('\'')?.replace("''", "'"),
            _ => return None,
        };
        self.at += 1;
        Some(Modifier::Word(word))
    }

    fn number(&mut self) -> Option<i64> {
        let start = self.at;
        let negative = self.takes_raw(Raw::Minus);
        let digits = self.pieces.get(self.at).and_then(|piece| piece.text.parse::<i64>().ok());
        match digits {
            Some(digits) => {
                self.at += 1;
                Some(if negative { -digits } else { digits })
            }
            None => {
                self.at = start;
                None
            }
        }
    }
}

fn one_if_none(modifiers: Vec<Modifier>) -> Vec<Modifier> {
    if modifiers.is_empty() { vec![Modifier::Number(1)] } else { modifiers }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let Some(name) = TypeName::read(text) else { return "none".to_owned() };
        let set = if name.set_of { "set of " } else { "" };
        let schema = name.schema.map(|schema| format!("{schema}.")).unwrap_or_default();
        let modifiers = match name.modifiers.as_slice() {
            [] => String::new(),
            some => format!("{some:?}").replace("Number", "").replace("Word", ""),
        };
        let fields = name.fields.map(|fields| format!(" {} to {}", fields.first, fields.last)).unwrap_or_default();
        format!("{set}{schema}{}{modifiers}{fields}{}", name.name, if name.array { " array" } else { "" })
    }

    #[test]
    fn names_of_the_grammar_become_names_of_the_catalog() {
        for (text, expected) in [
            ("int", "pg_catalog.int4"),
            ("INTEGER[]", "pg_catalog.int4 array"),
            ("\"int\"", "int"),
            ("int4", "int4"),
            ("double precision", "pg_catalog.float8"),
            ("float(24)", "pg_catalog.float4"),
            ("float", "pg_catalog.float8"),
            ("dec(10, 2)", "pg_catalog.numeric[(10), (2)]"),
            ("numeric(3, -2)", "pg_catalog.numeric[(3), (-2)]"),
            ("char", "pg_catalog.bpchar[(1)]"),
            ("\"char\"", "char"),
            ("national character varying(20)", "pg_catalog.varchar[(20)]"),
            ("nchar(3)", "pg_catalog.bpchar[(3)]"),
            ("bit", "pg_catalog.bit[(1)]"),
            ("bit varying", "pg_catalog.varbit"),
            ("timestamp(3) with time zone", "pg_catalog.timestamptz[(3)]"),
            ("time without time zone[][]", "pg_catalog.time array"),
            ("interval day to second(3)", "pg_catalog.interval[(3)] day to second"),
            ("interval(2)", "pg_catalog.interval[(2)]"),
            ("text ARRAY[4]", "text array"),
            ("shop.\"Mood\"", "shop.Mood"),
            ("geometry(Point, 4326)", "geometry[(\"point\"), (4326)]"),
            ("SETOF text", "set of text"),
            ("int int", "none"),
            ("float(54)", "pg_catalog.float8[(54)]"),
            ("interval month to year", "none"),
            ("interval(2) day", "none"),
            ("varchar()", "none"),
            ("", "none"),
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
    }
}
