//! Functions and procedures that a database brings: what `pg_proc` lists.

use std::sync::Arc;

use super::function::{Kind, Signature, Volatility};
use super::{Address, Catalog, Class, Dependence, Formula, Oid, TEMPORARY, Type};

/// A function, a procedure or an aggregate.
#[derive(Debug, Clone)]
pub struct Routine {
    /// Its number.
    pub oid: Oid,
    /// Its schema.
    pub schema: Oid,
    /// Its name.
    pub name: Arc<str>,
    /// What it is.
    pub kind: Kind,
    /// Everything in its parentheses, and the columns of `RETURNS TABLE`.
    pub parameters: Vec<Parameter>,
    /// Type of the result; `void` for a procedure that gives nothing back.
    pub result: Oid,
    /// It returns any number of rows.
    pub returns_set: bool,
    /// The language it is written in.
    pub language: Arc<str>,
    /// What it does.
    pub body: Body,
    /// On what its result depends.
    pub volatility: Volatility,
    /// Where it may run when a query is spread over processes.
    pub parallel: Parallel,
    /// It returns null when an argument is null, without being called.
    pub strict: bool,
    /// It runs with the rights of its owner.
    pub security_definer: bool,
    /// It tells nothing about its arguments but by its result.
    pub leakproof: bool,
    /// What a call costs, as a number is written; none for what its language has by itself.
    pub cost: Option<Arc<str>>,
    /// How many rows it returns, as a number is written; none for what sets have by themselves.
    pub rows: Option<Arc<str>>,
    /// Settings while it runs, in their order: the name, and the values of a list or the one value.
    pub settings: Vec<(String, Vec<String>)>,
}

/// A parameter of a routine, or a column of `RETURNS TABLE`.
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Which way values go.
    pub mode: Mode,
    /// Its name, if it has one.
    pub name: Option<Arc<str>>,
    /// Its type; modifiers are not kept.
    pub of: Oid,
    /// What it is when a call leaves it out.
    pub default: Option<Formula>,
}

/// Which way the values of a parameter go: `pg_proc.proargmodes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `IN`
    In,
    /// `OUT`
    Out,
    /// `INOUT`
    InOut,
    /// `VARIADIC`
    Variadic,
    /// A column of `RETURNS TABLE`.
    Table,
}

/// What a routine does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A text in its language.
    Text(Arc<str>),
    /// An object file and a symbol in it.
    Object(Arc<str>, Arc<str>),
    /// It sums up rows.
    Aggregate(Arc<Aggregation>),
}

/// How an aggregate sums up rows: `pg_aggregate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregation {
    /// The function that takes the state and a row, and returns the next state.
    pub transition: Oid,
    /// Type of the state.
    pub state: Oid,
    /// The function that makes the result of the last state; none where the state is the result.
    pub last: Option<Oid>,
    /// The function that makes one state of two.
    pub combine: Option<Oid>,
    /// The first state; none for null.
    pub initial: Option<Arc<str>>,
}

impl Aggregation {
    /// Returns the functions that it calls.
    pub fn functions(&self) -> impl Iterator<Item = Oid> {
        [Some(self.transition), self.last, self.combine].into_iter().flatten()
    }
}

/// Where a function may run when a query is spread over processes: `pg_proc.proparallel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parallel {
    /// Nowhere: its query stays in one process.
    Unsafe,
    /// In the process that leads.
    Restricted,
    /// In every process.
    Safe,
}

impl Mode {
    /// Returns whether a call gives a value.
    pub fn is_input(self) -> bool {
        matches!(self, Self::In | Self::InOut | Self::Variadic)
    }
}

impl Routine {
    /// Returns the parameters that a call gives values for.
    pub fn inputs(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| parameter.mode.is_input())
    }

    /// Returns the types that tell it from others of its name.
    pub fn argument_types(&self) -> Vec<Oid> {
        self.inputs().map(|parameter| parameter.of).collect()
    }

    /// Returns what it gives back by name: OUT and INOUT parameters, or the columns of its table.
    pub fn outputs(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| matches!(parameter.mode, Mode::Out | Mode::InOut | Mode::Table))
    }

    /// Returns the word of statements and messages for what it is.
    pub fn word(&self) -> &'static str {
        if self.kind == Kind::Procedure { "procedure" } else { "function" }
    }

    /// Returns what a call has to know of it.
    pub fn signature(&self, catalog: &Catalog) -> Signature {
        let names: Vec<String> = self.inputs().map(|it| it.name.as_deref().unwrap_or_default().to_owned()).collect();
        let variadic = self.parameters.iter().find(|parameter| parameter.mode == Mode::Variadic);
        let element = |parameter: &Parameter| match parameter.of {
            ANYARRAY => ANYELEMENT,
            ANYCOMPATIBLEARRAY => ANYCOMPATIBLE,
            ANY => ANY,
            other => catalog.element(other).unwrap_or(other),
        };
        Signature {
            oid: self.oid,
            kind: self.kind,
            arguments: self.argument_types(),
            names: if names.iter().all(String::is_empty) { Vec::new() } else { names },
            defaults: self.inputs().filter(|parameter| parameter.default.is_some()).count(),
            variadic: variadic.map(element),
            result: self.result,
            returns_set: self.returns_set,
            strict: self.strict,
            volatility: self.volatility,
        }
    }
}

/// `any`
pub(crate) const ANY: Oid = Oid(2276);
/// `anyarray`
pub(crate) const ANYARRAY: Oid = Oid(2277);
/// `anyelement`
pub(crate) const ANYELEMENT: Oid = Oid(2283);
/// `anycompatible`
pub(crate) const ANYCOMPATIBLE: Oid = Oid(5077);
/// `anycompatiblearray`
pub(crate) const ANYCOMPATIBLEARRAY: Oid = Oid(5078);

impl Catalog {
    /// Returns a function or a procedure.
    pub fn routine(&self, oid: Oid) -> Option<&Routine> {
        self.routines.get(&oid).map(|routine| &**routine)
    }

    /// Returns the functions and procedures by number.
    pub fn routines(&self) -> impl Iterator<Item = &Routine> {
        self.routines.sorted().into_iter().map(|(_, routine)| &**routine)
    }

    /// Returns the functions and procedures of a name in a schema, in the order in which they came.
    pub fn signatures(&self, schema: Oid, name: &str) -> &[Signature] {
        self.signatures.get(&(schema, name.into())).map(|signatures| &**signatures).unwrap_or_default()
    }

    /// Returns the function or procedure of a name that takes arguments of just these types.
    pub fn routine_taking(&self, schema: Oid, name: &str, arguments: &[Oid]) -> Option<Oid> {
        self.signatures(schema, name).iter().find(|it| it.arguments == arguments).map(|it| it.oid)
    }

    /// Adds a routine, or puts one in the place of that with its number; with what it stands on, but for its defaults.
    pub fn set_routine(&mut self, routine: Routine) {
        let oid = routine.oid;
        let address = Address::of(Class::Routine, oid);
        self.take_signature(oid);
        self.dependencies.forget(address);
        if routine.schema != TEMPORARY {
            self.dependencies.add(address, Address::of(Class::Schema, routine.schema), Dependence::Normal);
        }
        let types: Vec<Oid> = routine.parameters.iter().map(|it| it.of).chain([routine.result]).collect();
        for of in types {
            self.depend_on_type(address, Type { oid: of, modifier: -1 });
        }
        self.alter_routine(routine);
    }

    /// Puts a routine with other attributes in the place of the one with its number; what it stands on stays.
    pub fn alter_routine(&mut self, routine: Routine) {
        let key = (routine.schema, Arc::clone(&routine.name));
        self.take_signature(routine.oid);
        let mut signatures = self.signatures(key.0, &key.1).to_vec();
        signatures.push(routine.signature(self));
        signatures.sort_by_key(|signature| signature.oid);
        self.signatures.insert(key, signatures.into());
        self.routines.insert(routine.oid, Arc::new(routine));
    }

    /// Gives a routine another schema or name; what stands on it stays.
    pub fn move_routine(&mut self, oid: Oid, schema: Oid, name: &str) {
        let Some(mut routine) = self.routine(oid).cloned() else { return };
        let address = Address::of(Class::Routine, oid);
        self.take_signature(oid);
        if self.dependencies.take(address, Address::of(Class::Schema, routine.schema)) {
            self.dependencies.add(address, Address::of(Class::Schema, schema), Dependence::Normal);
        }
        routine.schema = schema;
        routine.name = name.into();
        self.alter_routine(routine);
    }

    /// Takes a routine out of those of its name.
    fn take_signature(&mut self, oid: Oid) {
        let Some((schema, name)) = self.routine(oid).map(|it| (it.schema, Arc::clone(&it.name))) else { return };
        let left: Vec<Signature> = self.signatures(schema, &name).iter().filter(|it| it.oid != oid).cloned().collect();
        if left.is_empty() {
            self.signatures.remove(&(schema, name));
        } else {
            self.signatures.insert((schema, name), left.into());
        }
    }

    pub(super) fn forget_routine(&mut self, oid: Oid) {
        self.take_signature(oid);
        self.routines.remove(&oid);
    }

    /// Returns whether a routine is a part of a type: one that makes values of a range.
    pub fn is_of_type(&self, oid: Oid) -> bool {
        let mut wholes = self.dependencies.references(Address::of(Class::Routine, oid));
        wholes.any(|(whole, how)| how == Dependence::Internal && whole.class == Class::Type)
    }

    /// Returns a routine as messages and `regprocedure` name it: `f(integer, text)`.
    pub fn routine_shown(&self, oid: Oid) -> String {
        let Some(routine) = self.routine(oid) else { return String::new() };
        let names = super::Names::of(vec!["public".to_owned()]);
        let types: Vec<String> =
            routine.inputs().map(|it| names.spelled(self, Type { oid: it.of, modifier: -1 })).collect();
        format!("{}({})", routine.name, types.join(","))
    }
}
