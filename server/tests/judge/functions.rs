//! Which function a call means, what its arguments become, and the type of what comes of it.

use limbeck_core::PostgresVersion;
use limbeck_core::catalog::Oid;
use limbeck_core::catalog::function::{self, Call, Given, Kind};
use limbeck_core::catalog::operator::NoOperator;
use limbeck_core::catalog::types::{Builtin, Type, array_of};
use limbeck_core::sql::TypeName;
use proptest::prelude::*;
use proptest::sample::select;
use tokio::runtime::Runtime;

use crate::analyzed::{self, Analyzed};
use crate::cluster::Cluster;
use crate::operators::TYPES;
use crate::random;

const FUNCTIONS: &str = include_str!("../../../core/src/catalog/builtin/functions.tsv");
const ANY: u32 = 2276;

/// Written like functions, and read as something else.
const WORDS: [&str; 11] = [
    "overlay",
    "position",
    "substring",
    "normalize",
    "xmlexists",
    "char",
    "bit",
    "timestamp",
    "time",
    "interval",
    "numeric",
];

fn version() -> PostgresVersion {
    Cluster::shared().version()
}

/// A call of nulls.
#[derive(Debug, Clone)]
struct Case {
    name: String,
    /// Names of types, and of arguments.
    arguments: Vec<(Option<String>, String)>,
    variadic: bool,
}

impl Case {
    fn sql(&self) -> String {
        let over = function::builtin(version(), &self.name).iter().any(|it| it.kind == Kind::Window);
        let last = self.arguments.len().saturating_sub(1);
        let argument = |(at, (name, of)): (usize, &(Option<String>, String))| {
            let mark = if self.variadic && at == last { "VARIADIC " } else { "" };
            let name = name.as_ref().map(|name| format!("\"{name}\" => ")).unwrap_or_default();
            format!("{mark}{name}{}", analyzed::null(of))
        };
        let arguments: Vec<String> = self.arguments.iter().enumerate().map(argument).collect();
        format!("\"{}\"({}){}", self.name, arguments.join(", "), if over { " OVER ()" } else { "" })
    }
}

/// Names of types that a test may write, by number.
fn spelled(oid: u32) -> Option<String> {
    let of = Type { oid: Oid(oid), modifier: -1 };
    let spelled = of.spelled()?;
    let usable = !of.is_pseudo() && Type::builtin(version(), &TypeName::read(&spelled)?)?.ok()?.oid == of.oid;
    usable.then_some(spelled)
}

/// Calls that nearly fit: of the arguments of a real function, some are of another type, missing or one too many.
fn case() -> impl Strategy<Value = Case> {
    let rows: Vec<(String, Vec<String>, Vec<String>)> = FUNCTIONS
        .lines()
        .filter_map(|line| {
            let fields: Vec<&str> = line.split('\t').collect();
            // Those of ordered sets are not called like functions.
            (fields[2] != "o").then_some(())?;
            let words = |at: usize| fields[at].split_ascii_whitespace().map(str::to_owned).collect();
            Some((fields[1].to_owned(), words(9), words(10)))
        })
        .filter(|(name, ..)| !function::builtin(version(), name).is_empty() && !WORDS.contains(&name.as_str()))
        .collect();
    let other = (prop::bool::weighted(0.3), select(&TYPES[..]));
    let changes = (
        prop::collection::vec(other, 12),
        prop_oneof![6 => Just(0_i64), 1 => Just(1), 1 => Just(-1), 1 => Just(2)],
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.3),
        0..12_usize,
    );
    (select(rows), changes).prop_map(|((name, takes, names), (others, more, variadic, by_name, first))| {
        let wanted = usize::try_from(i64::try_from(takes.len()).unwrap_or(0) + more).unwrap_or(0).min(others.len());
        let mut named = false;
        let arguments = others.iter().take(wanted).enumerate().map_while(|(at, (changed, other))| {
            let real = takes.get(at).and_then(|oid| spelled(oid.parse().ok()?));
            let name = names.get(at).filter(|name| by_name && at >= first && !name.is_empty());
            named |= name.is_some();
            let of = if *changed { (*other).to_owned() } else { real.unwrap_or_else(|| (*other).to_owned()) };
            // Behind an argument by name there is none without.
            (!named || name.is_some()).then(|| (name.cloned(), of))
        });
        let arguments: Vec<_> = arguments.collect();
        let variadic = variadic && !arguments.is_empty();
        Case { name, arguments, variadic }
    })
}

fn modeled(case: &Case) -> Analyzed {
    let given: Vec<Given<'_>> =
        case.arguments.iter().map(|(name, of)| Given { name: name.as_deref(), of: analyzed::type_of(of) }).collect();
    let signatures = function::builtin(version(), &case.name);
    let name = TypeName::read(&format!("pg_catalog.\"{}\"", case.name)).expect("a name");
    let as_type = Type::builtin(version(), &name).and_then(Result::ok).map(|it| it.oid);
    let refused = |state: &str| Analyzed::Refused(state.to_owned());
    match function::find(&Builtin(version()), &[signatures], &given, case.variadic, as_type) {
        Err(NoOperator::Undefined) => refused("42883"),
        Err(NoOperator::Ambiguous) => refused("42725"),
        Err(NoOperator::Mismatch) => refused("42804"),
        Err(NoOperator::NoArray) => refused("42704"),
        Ok(Call::Cast) => Analyzed::Other { result: as_type.map_or(0, |oid| oid.0) },
        // Without `WITHIN GROUP`.
        Ok(Call::Function(found)) if found.signature.kind == Kind::OrderedSet => refused("42809"),
        // Of no argument, an aggregate is called with a star.
        Ok(Call::Function(found)) if found.signature.kind == Kind::Aggregate && given.is_empty() => refused("42809"),
        Ok(Call::Function(found)) => {
            let mut arguments: Vec<u32> = found.arguments.iter().map(|oid| oid.0).collect();
            if found.collected > 0 {
                let element = arguments.last().copied().unwrap_or_default();
                arguments.truncate(arguments.len() - found.collected);
                arguments.extend(array_of(&Builtin(version()), Oid(element)).map(|oid| oid.0));
            }
            Analyzed::Call { of: found.signature.oid.0, result: found.result.0, arguments }
        }
    }
}

/// What is compared: not the arguments that stay of any type.
fn comparable(analyzed: Analyzed) -> Analyzed {
    match analyzed {
        Analyzed::Call { of, result, mut arguments } => {
            let any = function::builtin_of(version(), Oid(of)).is_some_and(|it| it.arguments.contains(&Oid(ANY)));
            if any {
                arguments.clear();
            }
            Analyzed::Call { of, result, arguments }
        }
        other => other,
    }
}

#[test]
fn calls_find_their_function_as_the_server_finds_it() {
    let runtime = Runtime::new().expect("a runtime starts");
    let client = runtime.block_on(Cluster::shared().database().client());
    random::cases(4_000, &case(), |case| {
        let said = modeled(&case);
        let sql = case.sql();
        let is = runtime.block_on(analyzed::ask(&client, &sql));
        let (said, is) = (comparable(said), comparable(is));
        if said == is { Ok(()) } else { Err(format!("{sql}: the model says {said:?}, Postgres {is:?}")) }
    });
}
