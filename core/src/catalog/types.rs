//! Types: which one a name means, what its modifiers come to, and how Postgres spells it.

use super::builtin::{self, Context, TypeKind};
use super::function::Volatility;
use super::operator::Operator;
use super::polymorphic;
use super::{Oid, Refusal, SqlState};
use crate::PostgresVersion;
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
const TEXT: Oid = Oid(25);
const VARCHAR: Oid = Oid(1043);
const ANY: Oid = Oid(2276);
const ANYARRAY: Oid = Oid(2277);
const ANYENUM: Oid = Oid(3500);
const ANYMULTIRANGE: Oid = Oid(4537);
const ANYRANGE: Oid = Oid(3831);
const INT2VECTOR: Oid = Oid(22);
const OIDVECTOR: Oid = Oid(30);
const RECORD: Oid = Oid(2249);
const RECORD_ARRAY: Oid = Oid(2287);
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
    pub fn builtin(version: PostgresVersion, name: &TypeName) -> Option<Result<Self, Refusal>> {
        let builtins = builtin::of(version);
        if name.schema.as_deref().is_some_and(|schema| schema != "pg_catalog") {
            return None;
        }
        // `_int4` is the name that Postgres gives to the type of arrays of `int4`.
        let of_elements =
            || name.name.strip_prefix('_').and_then(|name| builtins.type_named(name)).filter(|_| !name.array);
        let (known, array) = match builtins.type_named(&name.name) {
            Some(known) => (known, name.array),
            None => (of_elements()?, true),
        };
        let modifier = match modifier(version, known.oid, name) {
            Ok(modifier) => modifier,
            Err(refusal) => return Some(Err(refusal)),
        };
        let oid = if array { known.array? } else { known.oid };
        Some(Ok(Self { oid, modifier }))
    }

    /// Returns whether no column can be of this type: it stands for others.
    pub fn is_pseudo(&self) -> bool {
        let known = builtin::of_any().type_of(self.oid).or_else(|| builtin::of_any().element_of(self.oid));
        known.is_some_and(|it| it.kind == TypeKind::Pseudo)
    }

    /// Returns how `format_type` spells a type of `pg_catalog`; none for others.
    pub fn spelled(&self) -> Option<String> {
        let of_oid = builtin::of_any().type_of(self.oid);
        if let Some(known) = of_oid {
            return Some(spelled(known, self.modifier));
        }
        let element = builtin::of_any().element_of(self.oid)?;
        Some(spelled(element, self.modifier) + "[]")
    }
}

/// The types, casts and operators that a database has beyond those of `pg_catalog`.
pub trait Types {
    /// Returns the version of the database, and with it what `pg_catalog` has.
    fn version(&self) -> PostgresVersion;

    /// Returns what a type of the database's own is; none for those of `pg_catalog`.
    fn own(&self, oid: Oid) -> Option<OwnType>;

    /// Returns the cast that somebody made between two types.
    fn own_cast(&self, _from: Oid, _to: Oid) -> Option<Cast> {
        None
    }

    /// Returns whether a text is a value of an enum; none of other types, and where it may not be used yet.
    fn is_label(&self, _of: Oid, _text: &str) -> Option<bool> {
        None
    }

    /// Returns the operators of a name that somebody made.
    fn own_operators(&self, _name: &str) -> Vec<Operator> {
        Vec::new()
    }
}

/// A database of a version without types of its own.
pub struct Builtin(pub PostgresVersion);

impl Types for Builtin {
    fn version(&self) -> PostgresVersion {
        self.0
    }

    fn own(&self, _: Oid) -> Option<OwnType> {
        None
    }
}

/// A type of the database's own, as far as the rules of conversion ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnType {
    /// What it is made of.
    pub kind: OwnKind,
    /// The type of its arrays.
    pub array: Option<Oid>,
}

/// What a type of the database's own is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnKind {
    /// `CREATE TYPE … AS ENUM`
    Enum,
    /// `CREATE TYPE … AS`, or the rows of a relation.
    Composite,
    /// `CREATE DOMAIN`, over this type.
    Domain(Type),
    /// Arrays of elements of this type.
    Array(Oid),
    /// A range.
    Range {
        /// Type of the bounds.
        of: Oid,
        /// The type of several of them.
        multirange: Option<Oid>,
    },
    /// Several ranges.
    Multirange {
        /// Type of their bounds.
        of: Oid,
        /// Type of one of them.
        range: Oid,
    },
    /// A type that an extension brings.
    Base {
        /// `pg_type.typcategory`
        category: u8,
        /// `pg_type.typispreferred`
        preferred: bool,
        /// Texts of it are compared by a collation.
        collatable: bool,
    },
}

/// How values of one type become of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cast {
    /// Where it applies.
    pub context: Context,
    /// What is done.
    pub method: Method,
}

/// What is done to make a value one of another type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Nothing: the bytes are the same.
    Relabel,
    /// A function is called.
    Function(Oid),
    /// It is written as text and read again.
    Text,
    /// Each element of the array is cast.
    Elements,
    /// A row of unnamed fields is taken for one of a composite type, or the other way.
    Row,
}

/// Returns the category of a type, by which Postgres tells what may be tried for what.
pub(crate) fn category(types: &dyn Types, oid: Oid) -> u8 {
    if let Some(known) = builtin::of(types.version()).type_of(oid) {
        return known.category;
    }
    match types.own(oid).map(|own| own.kind) {
        Some(OwnKind::Enum) => b'E',
        Some(OwnKind::Composite) => b'C',
        Some(OwnKind::Domain(base)) => category(types, base.oid),
        Some(OwnKind::Array(_)) => b'A',
        Some(OwnKind::Range { .. } | OwnKind::Multirange { .. }) => b'R',
        Some(OwnKind::Base { category, .. }) => category,
        None if element(types, oid).is_some() => b'A',
        None => b'U',
    }
}

/// Returns whether a type is the one of its category that is tried first.
pub(super) fn is_preferred(types: &dyn Types, oid: Oid, of_category: u8) -> bool {
    match builtin::of(types.version()).type_of(oid) {
        Some(known) => known.preferred && known.category == of_category,
        None => matches!(types.own(oid), Some(OwnType { kind: OwnKind::Base { preferred: true, category, .. }, .. })
            if category == of_category),
    }
}

/// Returns the type that a domain is over; a type that is no domain itself.
pub fn base(types: &dyn Types, oid: Oid) -> Oid {
    base_type(types, Type { oid, modifier: -1 }).oid
}

/// Returns the type that a domain is over, with the modifier that it asks for.
pub fn base_type(types: &dyn Types, of: Type) -> Type {
    match types.own(of.oid) {
        Some(OwnType { kind: OwnKind::Domain(under), .. }) => base_type(types, under),
        _ => of,
    }
}

/// Returns the type of the elements of an array.
pub fn element(types: &dyn Types, array: Oid) -> Option<Oid> {
    match array {
        INT2VECTOR => return Some(Oid(21)),
        OIDVECTOR => return Some(Oid(26)),
        _ => {}
    }
    if let Some(known) = builtin::of(types.version()).element_of(array) {
        return Some(known.oid);
    }
    match types.own(array)?.kind {
        OwnKind::Array(element) => Some(element),
        _ => None,
    }
}

/// Returns the type of arrays of a type.
pub fn array_of(types: &dyn Types, oid: Oid) -> Option<Oid> {
    match builtin::of(types.version()).type_of(oid) {
        Some(known) => known.array,
        None => types.own(oid)?.array,
    }
}

/// Returns how values of a type are stored unless a column says otherwise: `plain`, `main`, `external`, `extended`.
pub fn storage(types: &dyn Types, oid: Oid) -> &'static str {
    if let Some(known) = builtin::of(types.version()).type_of(oid) {
        return match known.storage {
            b'p' => "plain",
            b'm' => "main",
            b'e' => "external",
            _ => "extended",
        };
    }
    match types.own(oid).map(|own| own.kind) {
        Some(OwnKind::Enum) => "plain",
        Some(OwnKind::Domain(under)) => storage(types, under.oid),
        _ => "extended",
    }
}

/// Returns whether values of a type are compared by a collation.
pub fn is_collatable(types: &dyn Types, oid: Oid) -> bool {
    if let Some(known) =
        builtin::of(types.version()).type_of(oid).or_else(|| builtin::of(types.version()).element_of(oid))
    {
        return known.collatable;
    }
    match types.own(oid).map(|own| own.kind) {
        Some(OwnKind::Domain(under)) => is_collatable(types, under.oid),
        Some(OwnKind::Array(element)) => is_collatable(types, element),
        Some(OwnKind::Base { collatable, .. }) => collatable,
        _ => false,
    }
}

/// Returns whether values of a type are those of another as they stand; `IsBinaryCoercible`.
pub(crate) fn is_taken_as_is(types: &dyn Types, from: Oid, to: Oid) -> bool {
    let from = if from == to { return true } else { base(types, from) };
    let kind = types.own(from).map(|own| own.kind);
    let builtin = builtin::of(types.version()).type_of(from).map(|known| known.kind);
    match to {
        _ if from == to => true,
        ANYARRAY => element(types, from).is_some() && ![INT2VECTOR, OIDVECTOR].contains(&from),
        ANYENUM => kind == Some(OwnKind::Enum),
        ANYRANGE => builtin == Some(TypeKind::Range) || matches!(kind, Some(OwnKind::Range { .. })),
        ANYMULTIRANGE => builtin == Some(TypeKind::Multirange) || matches!(kind, Some(OwnKind::Multirange { .. })),
        RECORD => kind == Some(OwnKind::Composite),
        RECORD_ARRAY => is_array_of_records(types, from),
        _ => {
            let cast = builtin::of(types.version()).cast(from, to).or_else(|| types.own_cast(from, to));
            cast.is_some_and(|cast| cast.context == Context::Implicit && cast.method == Method::Relabel)
        }
    }
}

/// Returns whether the catalog has a row for a cast between just these types.
pub(crate) fn is_listed_cast(types: &dyn Types, from: Oid, to: Oid) -> bool {
    builtin::of(types.version()).cast(from, to).or_else(|| types.own_cast(from, to)).is_some()
}

/// Returns whether values of these types can become those, all together.
pub(super) fn can_become_all(types: &dyn Types, from: &[Oid], to: &[Oid], context: Context) -> bool {
    let each = from.len() == to.len() && from.iter().zip(to).all(|(from, to)| can_become(types, *from, *to, context));
    each && polymorphic::agree(types, to, from)
}

/// Returns whether a value can become of another type where the context asks for no more.
pub fn can_become(types: &dyn Types, from: Oid, to: Oid, context: Context) -> bool {
    if from == to || from == UNKNOWN || to == ANY || polymorphic::is_polymorphic(to) {
        return true;
    }
    pathway(types, from, to, context).is_some()
}

/// Returns how a value becomes of another type; none where it cannot, or where the context does not ask for it.
pub fn pathway(types: &dyn Types, from: Oid, to: Oid, context: Context) -> Option<Method> {
    let (domain, from, to) = (to, base(types, from), base(types, to));
    if from == to {
        return Some(Method::Relabel);
    }
    if let Some(cast) = builtin::of(types.version()).cast(from, to).or_else(|| types.own_cast(from, to)) {
        return (cast.context <= context).then_some(cast.method);
    }
    let is_vector = to == OIDVECTOR || to == INT2VECTOR;
    let is_plain = |oid| builtin::of(types.version()).type_of(oid).is_some();
    // No arrays and no rows, as most are that are asked for.
    let are_plain = !is_vector && is_plain(from) && is_plain(to);
    if are_plain && context == Context::Implicit {
        return None;
    }
    if let (false, Some(from), Some(to)) = (is_vector, element(types, from), element(types, to))
        && pathway(types, from, to, context).is_some()
    {
        return Some(Method::Elements);
    }
    let composite = |oid: Oid| matches!(types.own(oid), Some(OwnType { kind: OwnKind::Composite, .. }));
    if (composite(from) && to == RECORD) || (from == RECORD && composite(domain)) {
        return Some(Method::Row);
    }
    if is_vector || (is_array_of_records(types, from) && to == RECORD_ARRAY) {
        return (!is_vector).then_some(Method::Relabel);
    }
    // Every type has a text form.
    let text = (category(types, to) == b'S' && context >= Context::Assignment)
        || (category(types, from) == b'S' && context == Context::Explicit);
    text.then_some(Method::Text)
}

/// Returns how far a value that becomes of another type through text depends on more than itself.
pub(crate) fn text_volatility(types: &dyn Types, from: Oid, to: Oid) -> Volatility {
    // Arrays, enums, domains and rows look into the catalog for it.
    let output = builtin::of(types.version()).type_of(base(types, from)).map_or(Volatility::Stable, |it| it.output);
    let input = builtin::of(types.version()).type_of(to).map_or(Volatility::Stable, |it| it.input);
    output.max(input)
}

/// Returns the function that brings values of a type to the length that its modifier asks for.
pub(crate) fn length_function(oid: Oid) -> Option<Oid> {
    match builtin::of_any().cast(oid, oid)?.method {
        Method::Function(function) => Some(function),
        _ => None,
    }
}

/// Returns the type that values of all these become where they stand side by side, as in `CASE`; none where there is
/// none. [`UNKNOWN`] is a literal without a type.
pub(crate) fn common(types: &dyn Types, all: &[Oid]) -> Option<Oid> {
    let (first, rest) = all.split_first()?;
    if *first != UNKNOWN && rest.iter().all(|oid| oid == first) {
        return Some(*first);
    }
    let mut common = base(types, *first);
    for next in rest.iter().map(|oid| base(types, *oid)) {
        if next == UNKNOWN || next == common {
            continue;
        }
        if common == UNKNOWN {
            common = next;
        } else if category(types, next) != category(types, common) {
            return None;
        } else if !is_preferred(types, common, category(types, common))
            && can_become(types, common, next, Context::Implicit)
            && !can_become(types, next, common, Context::Implicit)
        {
            common = next;
        }
    }
    Some(if common == UNKNOWN { TEXT } else { common })
}

/// Returns whether values of a type are rows of a composite type.
pub(crate) fn is_composite(types: &dyn Types, oid: Oid) -> bool {
    matches!(types.own(base(types, oid)), Some(OwnType { kind: OwnKind::Composite, .. }))
}

fn is_array_of_records(types: &dyn Types, oid: Oid) -> bool {
    let of = element(types, oid).and_then(|element| types.own(element));
    matches!(of, Some(OwnType { kind: OwnKind::Composite, .. }))
}

/// Returns what the modifiers of a name come to.
fn modifier(version: PostgresVersion, oid: Oid, name: &TypeName) -> Result<i32, Refusal> {
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
        (NUMERIC, [precision]) => numeric(version, *precision, 0),
        (NUMERIC, [precision, scale]) => numeric(version, *precision, *scale),
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

fn numeric(version: PostgresVersion, precision: i32, scale: i32) -> Result<i32, Refusal> {
    let message = if !(1..=1000).contains(&precision) {
        format!("NUMERIC precision {precision} must be between 1 and 1000")
    } else if version < PostgresVersion::V15 && !(0..=precision).contains(&scale) {
        format!("NUMERIC scale {scale} must be between 0 and precision {precision}")
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
