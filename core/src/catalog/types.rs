//! Types: which one a name means, what its modifiers come to, and how Postgres spells it.

use super::builtin::{self, Context, TypeKind};
use super::polymorphic;
use super::{Oid, Refusal, SqlState};
use crate::sql::{IntervalFields, Modifier, TypeName, quote_identifier};

/// A type with its modifier, as a column has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Type {
    /// `pg_type.oid`
    pub oid: Oid,
    /// `pg_attribute.atttypmod`: -1 for none, else in the coding of the type.
    pub modifier: i32,
}

const BIT: Oid = Oid(1560);
const BPCHAR: Oid = Oid(1042);
const CHAR: Oid = Oid(18);
const FLOAT8: Oid = Oid(701);
const INTERVAL: Oid = Oid(1186);
const NUMERIC: Oid = Oid(1700);
const TIME: Oid = Oid(1083);
const TIMESTAMP: Oid = Oid(1114);
const TIMESTAMPTZ: Oid = Oid(1184);
const TIMETZ: Oid = Oid(1266);
const VARBIT: Oid = Oid(1562);
const VARCHAR: Oid = Oid(1043);
/// A literal without a type.
pub const UNKNOWN: Oid = Oid(705);

/// Bytes in front of a value of variable length, which modifiers count too.
const HEADER: i32 = 4;
/// All fields of an interval are kept.
const FULL_RANGE: i32 = 0x7FFF;
/// No precision of an interval was named.
const FULL_PRECISION: i32 = 0xFFFF;
/// The fields of an interval in order, with their bits in its modifier.
const FIELDS: [(&str, i32); 6] =
    [("year", 1 << 2), ("month", 1 << 1), ("day", 1 << 3), ("hour", 1 << 10), ("minute", 1 << 11), ("second", 1 << 12)];

impl Type {
    /// Returns the type of `pg_catalog` that a name means; none when it names another schema or there is none of that
    /// name, so that it may be a type of the database's own.
    pub fn builtin(name: &TypeName) -> Option<Result<Self, Refusal>> {
        if name.schema.as_deref().is_some_and(|schema| schema != "pg_catalog") {
            return None;
        }
        // `_int4` is the name that Postgres gives to the type of arrays of `int4`.
        let of_elements = || name.name.strip_prefix('_').and_then(by_name).filter(|_| !name.array);
        let (known, array) = match by_name(&name.name) {
            Some(known) => (known, name.array),
            None => (of_elements()?, true),
        };
        let modifier = match modifier(known.oid, name) {
            Ok(modifier) => modifier,
            Err(refusal) => return Some(Err(refusal)),
        };
        let oid = if array { known.array? } else { known.oid };
        Some(Ok(Self { oid, modifier }))
    }

    /// Returns whether no column can be of this type: it stands for others.
    pub fn is_pseudo(&self) -> bool {
        builtin::types()
            .iter()
            .any(|it| (it.oid == self.oid || it.array == Some(self.oid)) && it.kind == TypeKind::Pseudo)
    }

    /// Returns how `format_type` spells a type of `pg_catalog`; none for others.
    pub fn spelled(&self) -> Option<String> {
        let of_oid = builtin::types().iter().find(|it| it.oid == self.oid);
        if let Some(known) = of_oid {
            return Some(spelled(known, self.modifier));
        }
        let element = builtin::types().iter().find(|it| it.array == Some(self.oid))?;
        Some(spelled(element, self.modifier) + "[]")
    }
}

/// Returns the category of a type, by which Postgres tells what may be tried for what.
pub(super) fn category(oid: Oid) -> u8 {
    match builtin::types().iter().find(|it| it.oid == oid) {
        Some(known) => known.category,
        None if element(oid).is_some() => b'A',
        None => b'U',
    }
}

/// Returns whether a type is the one of its category that is tried first.
pub(super) fn is_preferred(oid: Oid, of_category: u8) -> bool {
    builtin::types().iter().any(|it| it.oid == oid && it.preferred && it.category == of_category)
}

/// Returns the type of the elements of an array.
pub fn element(array: Oid) -> Option<Oid> {
    builtin::types().iter().find(|it| it.array == Some(array)).map(|it| it.oid)
}

/// Returns whether values of these types can become those, all together.
pub(super) fn can_become_all(from: &[Oid], to: &[Oid], context: Context) -> bool {
    let each = from.len() == to.len() && from.iter().zip(to).all(|(from, to)| can_become(*from, *to, context));
    each && polymorphic::agree(to, from)
}

/// Returns whether a value can become of another type where the context asks for no more.
pub fn can_become(from: Oid, to: Oid, context: Context) -> bool {
    if from == to || from == UNKNOWN || polymorphic::is_polymorphic(to) {
        return true;
    }
    if let Some(cast) = builtin::cast(from, to) {
        return cast.context <= context;
    }
    if let (Some(from), Some(to)) = (element(from), element(to)) {
        return can_become(from, to, context);
    }
    // Every type has a text form.
    (category(to) == b'S' && context >= Context::Assignment) || (category(from) == b'S' && context == Context::Explicit)
}

fn by_name(name: &str) -> Option<&'static builtin::Type> {
    builtin::types().iter().find(|it| it.name == name)
}

/// Returns what the modifiers of a name come to.
fn modifier(oid: Oid, name: &TypeName) -> Result<i32, Refusal> {
    let shown = || quote_for_message(&name.name);
    if name.modifiers.is_empty() && name.fields.is_none() {
        return Ok(-1);
    }
    if let (FLOAT8, [Modifier::Number(bits)]) = (oid, name.modifiers.as_slice())
        && name.schema.is_some()
    {
        let message = match bits {
            ..1 => "precision for type float must be at least 1 bit",
            _ => "precision for type float must be less than 54 bits",
        };
        return Err(Refusal::new(SqlState::INVALID_PARAMETER_VALUE, message));
    }
    let takes = [BIT, BPCHAR, INTERVAL, NUMERIC, TIME, TIMESTAMP, TIMESTAMPTZ, TIMETZ, VARBIT, VARCHAR].contains(&oid);
    if !takes {
        let message = format!("type modifier is not allowed for type {}", shown());
        return Err(Refusal::new(SqlState::SYNTAX_ERROR, message));
    }
    let mut numbers = Vec::new();
    for modifier in &name.modifiers {
        match modifier {
            Modifier::Number(number) => numbers.push(i32::try_from(*number).unwrap_or(i32::MAX)),
            Modifier::Word(word) => {
                let message = format!("invalid input syntax for type integer: {}", quote_for_message(word));
                return Err(Refusal::new(SqlState("22P02"), message));
            }
        }
    }
    let invalid = || Err(Refusal::new(SqlState::INVALID_PARAMETER_VALUE, "invalid type modifier"));
    match (oid, numbers.as_slice()) {
        (VARCHAR | BPCHAR, [length]) => {
            within(*length, 1, 10_485_760, if oid == VARCHAR { "varchar" } else { "char" })?;
            Ok(length + HEADER)
        }
        (BIT | VARBIT, [length]) => {
            within(*length, 1, 83_886_080, if oid == BIT { "bit" } else { "varbit" })?;
            Ok(*length)
        }
        (NUMERIC, [precision]) => numeric(*precision, 0),
        (NUMERIC, [precision, scale]) => numeric(*precision, *scale),
        (TIME | TIMETZ | TIMESTAMP | TIMESTAMPTZ | INTERVAL, [precision]) if *precision < 0 => {
            let (shown, zone) = match oid {
                TIME => ("TIME", ""),
                TIMETZ => ("TIME", " WITH TIME ZONE"),
                TIMESTAMP => ("TIMESTAMP", ""),
                TIMESTAMPTZ => ("TIMESTAMP", " WITH TIME ZONE"),
                _ => ("INTERVAL", ""),
            };
            let message = format!("{shown}({precision}){zone} precision must not be negative");
            Err(Refusal::new(SqlState::INVALID_PARAMETER_VALUE, message))
        }
        // More is cut to six, with a warning.
        (TIME | TIMETZ | TIMESTAMP | TIMESTAMPTZ, [precision]) => Ok((*precision).min(6)),
        (INTERVAL, []) => Ok(interval(name.fields, None)),
        (INTERVAL, [precision]) => Ok(interval(name.fields, Some((*precision).min(6)))),
        _ => invalid(),
    }
}

fn within(length: i32, least: i32, most: i32, shown: &str) -> Result<(), Refusal> {
    let message = if length < least {
        format!("length for type {shown} must be at least {least}")
    } else if length > most {
        format!("length for type {shown} cannot exceed {most}")
    } else {
        return Ok(());
    };
    Err(Refusal::new(SqlState::INVALID_PARAMETER_VALUE, message))
}

fn numeric(precision: i32, scale: i32) -> Result<i32, Refusal> {
    let message = if !(1..=1000).contains(&precision) {
        format!("NUMERIC precision {precision} must be between 1 and 1000")
    } else if !(-1000..=1000).contains(&scale) {
        format!("NUMERIC scale {scale} must be between -1000 and 1000")
    } else {
        return Ok(((precision << 16) | (scale & 0x7FF)) + HEADER);
    };
    Err(Refusal::new(SqlState::INVALID_PARAMETER_VALUE, message))
}

fn interval(fields: Option<IntervalFields>, precision: Option<i32>) -> i32 {
    let range = fields.map_or(FULL_RANGE, |IntervalFields { first, last }| {
        let place = |field| FIELDS.iter().position(|(name, _)| *name == field).unwrap_or(0);
        FIELDS[place(first)..=place(last)].iter().map(|(_, bit)| bit).sum()
    });
    (range << 16) | precision.unwrap_or(FULL_PRECISION)
}

/// Returns how `format_type` spells a type with a modifier.
fn spelled(known: &builtin::Type, modifier: i32) -> String {
    let plain = |name: &str| if modifier < 0 { name.to_owned() } else { format!("{name}({modifier})") };
    let length = |name: &str| if modifier < 0 { name.to_owned() } else { format!("{name}({})", modifier - HEADER) };
    let precise = |name: &str, zone: &str| format!("{} {zone} time zone", plain(name));
    match known.oid {
        BIT if modifier < 0 => "\"bit\"".to_owned(),
        BIT => plain("bit"),
        BPCHAR if modifier < 0 => "bpchar".to_owned(),
        BPCHAR => length("character"),
        CHAR => "\"char\"".to_owned(),
        VARCHAR => length("character varying"),
        VARBIT => plain("bit varying"),
        TIME => precise("time", "without"),
        TIMETZ => precise("time", "with"),
        TIMESTAMP => precise("timestamp", "without"),
        TIMESTAMPTZ => precise("timestamp", "with"),
        NUMERIC if modifier >= HEADER => {
            let coded = modifier - HEADER;
            // Eleven bits with a sign.
            let scale = ((coded & 0x7FF) ^ 1024) - 1024;
            format!("numeric({},{scale})", (coded >> 16) & 0xFFFF)
        }
        INTERVAL if modifier >= 0 => spelled_interval(modifier),
        _ => match known.name {
            "bool" => "boolean".to_owned(),
            "int2" => "smallint".to_owned(),
            "int4" => "integer".to_owned(),
            "int8" => "bigint".to_owned(),
            "float4" => "real".to_owned(),
            "float8" => "double precision".to_owned(),
            // Words of the grammar that stand for themselves.
            name @ ("interval" | "json" | "numeric") => name.to_owned(),
            name => quote_identifier(name).into_owned(),
        },
    }
}

fn spelled_interval(modifier: i32) -> String {
    let (range, precision) = ((modifier >> 16) & FULL_RANGE, modifier & FULL_PRECISION);
    let kept: Vec<&str> = FIELDS.iter().filter(|(_, bit)| range & bit != 0).map(|(name, _)| *name).collect();
    let fields = match kept.as_slice() {
        _ if range == FULL_RANGE => String::new(),
        [only] => format!(" {only}"),
        [first, .., last] => format!(" {first} to {last}"),
        [] => String::new(),
    };
    let precision = if precision == FULL_PRECISION { String::new() } else { format!("({precision})") };
    format!("interval{fields}{precision}")
}

fn quote_for_message(name: &str) -> String {
    format!("\"{name}\"")
}
