//! Functions and procedures, as `pg_get_functiondef` spells them.

use super::Reflection;
use crate::catalog::function::{self, Kind, Signature, Volatility};
use crate::catalog::{
    Address, Aggregation, Body, Catalog, Class, Mode, Oid, PG_CATALOG, Parallel, QualifiedName, Routine, Type,
};
use crate::document::schema::{Function, FunctionKind, Schema};
use crate::sql::quote_literal;

impl Reflection<'_> {
    pub(super) fn functions(&self, schema: &mut Schema) {
        let is_part =
            |oid| self.catalog.is_of_extension(Address::of(Class::Routine, oid)) || self.catalog.is_of_type(oid);
        for routine in self.shown(Catalog::routines, Catalog::routine).filter(|routine| !is_part(routine.oid)) {
            schema.functions.push(Function {
                name: self.routine_name(routine),
                arguments: self.arguments(routine, false),
                kind: match routine.kind {
                    Kind::Procedure => FunctionKind::Procedure,
                    Kind::Window => FunctionKind::Window,
                    Kind::Aggregate | Kind::OrderedSet => FunctionKind::Aggregate,
                    Kind::Function => FunctionKind::Function,
                },
                returns: (routine.kind != Kind::Procedure).then(|| self.returns(routine)),
                language: self.quoted(&routine.language).into_owned(),
                definition: match &routine.body {
                    Body::Aggregate(aggregation) => self.aggregate_definition(routine, aggregation),
                    Body::Text(_) | Body::Object(..) => self.function_definition(routine),
                },
                comment: self.comment(Address::of(Class::Routine, routine.oid)),
            });
        }
    }

    fn routine_name(&self, routine: &Routine) -> String {
        self.quoted_name(Some(self.catalog.schema_name(routine.schema)), &routine.name)
    }

    /// Returns the name of a function without its arguments, with its schema unless it alone has that name.
    pub(super) fn bare_function(&self, oid: Oid) -> String {
        let (schema, name) = match self.catalog.routine(oid) {
            Some(routine) => (routine.schema, routine.name.to_string()),
            None => {
                let name = function::builtin_name(self.catalog.version(), oid).unwrap_or_default();
                (PG_CATALOG, name.to_owned())
            }
        };
        let written = QualifiedName { schema: None, name: name.clone() };
        let mut found: Vec<&Signature> = Vec::new();
        for signature in self.names.functions(self.catalog, &written).into_iter().flatten() {
            if !found.iter().any(|other| other.arguments == signature.arguments) {
                found.push(signature);
            }
        }
        let alone = matches!(found.as_slice(), [one] if one.oid == oid);
        let schema = (!alone).then(|| self.catalog.schema_name(schema));
        self.quoted_name(schema, &name)
    }

    pub(super) fn of(&self, oid: Oid) -> String {
        // Without a modifier these two are not what the words of SQL mean, which count to 1; functions keep none.
        match oid {
            Oid(1042) => "character".to_owned(),
            Oid(1014) => "character[]".to_owned(),
            Oid(1560) => "bit".to_owned(),
            Oid(1561) => "bit[]".to_owned(),
            _ => self.spelled(Type { oid, modifier: -1 }),
        }
    }

    /// As `print_function_arguments`.
    fn arguments(&self, routine: &Routine, with_defaults: bool) -> String {
        let parameters = routine.parameters.iter().filter(|parameter| parameter.mode != Mode::Table);
        let one = |parameter: &crate::catalog::Parameter| {
            let mut text = match parameter.mode {
                Mode::In if routine.kind == Kind::Procedure => "IN ",
                Mode::In | Mode::Table => "",
                Mode::Out => "OUT ",
                Mode::InOut => "INOUT ",
                Mode::Variadic => "VARIADIC ",
            }
            .to_owned();
            if let Some(name) = &parameter.name {
                text.push_str(&format!("{} ", self.quoted(name)));
            }
            text.push_str(&self.of(parameter.of));
            if let Some(default) = parameter.default.as_ref().filter(|_| with_defaults) {
                text.push_str(&format!(" DEFAULT {}", self.formula(default)));
            }
            text
        };
        parameters.map(one).collect::<Vec<_>>().join(", ")
    }

    /// As `pg_get_function_result`.
    fn returns(&self, routine: &Routine) -> String {
        let columns = routine.parameters.iter().filter(|parameter| parameter.mode == Mode::Table);
        let columns: Vec<String> = columns
            .map(|it| format!("{} {}", self.quoted(it.name.as_deref().unwrap_or_default()), self.of(it.of)))
            .collect();
        match (columns.as_slice(), routine.returns_set) {
            ([_, ..], _) => format!("TABLE({})", columns.join(", ")),
            ([], true) => format!("SETOF {}", self.of(routine.result)),
            ([], false) => self.of(routine.result),
        }
    }

    /// As the reflection of a real database puts it together.
    fn aggregate_definition(&self, routine: &Routine, of: &Aggregation) -> String {
        let mut text = format!(
            "CREATE AGGREGATE {}({}) (SFUNC = {}, STYPE = {}",
            self.routine_name(routine),
            self.arguments(routine, true),
            self.bare_function(of.transition),
            self.of(of.state)
        );
        for (word, function) in [("FINALFUNC", of.last), ("COMBINEFUNC", of.combine)] {
            if let Some(function) = function {
                text.push_str(&format!(", {word} = {}", self.bare_function(function)));
            }
        }
        if let Some(initial) = &of.initial {
            text.push_str(&format!(", INITCOND = {}", quote_literal(initial)));
        }
        text.push_str(match routine.parallel {
            Parallel::Safe => ", PARALLEL = safe",
            Parallel::Restricted => ", PARALLEL = restricted",
            Parallel::Unsafe => "",
        });
        text.push(')');
        text
    }

    fn function_definition(&self, routine: &Routine) -> String {
        let is_procedure = routine.kind == Kind::Procedure;
        let word = if is_procedure { "PROCEDURE" } else { "FUNCTION" };
        let mut text =
            format!("CREATE OR REPLACE {word} {}({})\n", self.routine_name(routine), self.arguments(routine, true));
        if !is_procedure {
            text.push_str(&format!(" RETURNS {}\n", self.returns(routine)));
        }
        text.push_str(&format!(" LANGUAGE {}\n", self.quoted(&routine.language)));
        let attributes = attributes(routine);
        if !attributes.is_empty() {
            text.push_str(&format!("{attributes}\n"));
        }
        for (name, values) in &routine.settings {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            text.push_str(&format!(" SET {} TO {}\n", self.quoted(name), values.join(", ")));
        }
        match &routine.body {
            Body::Text(body) => {
                let mut quote = format!("${}", routine.word());
                while body.contains(&quote) {
                    quote.push('x');
                }
                text.push_str(&format!("AS {quote}${body}{quote}$\n"));
            }
            Body::Object(file, symbol) => {
                text.push_str(&format!("AS {}, {}\n", quoted(file), quoted(symbol)));
            }
            Body::Aggregate(_) => {}
        }
        text
    }
}

fn attributes(routine: &Routine) -> String {
    let mut text = String::new();
    if routine.kind == Kind::Window {
        text.push_str(" WINDOW");
    }
    text.push_str(match routine.volatility {
        Volatility::Immutable => " IMMUTABLE",
        Volatility::Stable => " STABLE",
        Volatility::Volatile => "",
    });
    text.push_str(match routine.parallel {
        Parallel::Safe => " PARALLEL SAFE",
        Parallel::Restricted => " PARALLEL RESTRICTED",
        Parallel::Unsafe => "",
    });
    for (is_so, word) in [
        (routine.strict, " STRICT"),
        (routine.security_definer, " SECURITY DEFINER"),
        (routine.leakproof, " LEAKPROOF"),
    ] {
        if is_so {
            text.push_str(word);
        }
    }
    for (word, number) in [("COST", &routine.cost), ("ROWS", &routine.rows)] {
        if let Some(number) = number {
            text.push_str(&format!(" {word} {number}"));
        }
    }
    text
}

/// Returns a text in single quotes, a backslash as it is; `simple_quote_literal`.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
