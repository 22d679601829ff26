//! `CREATE OPERATOR`, `ALTER OPERATOR`, `DROP OPERATOR`

use super::definition::Definition;
use super::syntax::{behavior, name, part, type_name};
use super::{Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::function::Signature;
use crate::catalog::{Address, Class, Oid, PG_CATALOG, QualifiedName, SqlState, UserOperator, schema_named};
use crate::sql::{TypeName, ast, fold, tree};

const BOOLEAN: Oid = Oid(16);

/// Functions of Postgres that say how many rows an operator leaves, or, with `join` before the `sel`, joined rows.
const ESTIMATORS: [&str; 12] = [
    "eqsel",
    "neqsel",
    "scalarltsel",
    "scalarlesel",
    "scalargtsel",
    "scalargesel",
    "areasel",
    "positionsel",
    "contsel",
    "likesel",
    "iclikesel",
    "regexeqsel",
];

/// The definition, as it is written.
#[derive(Default)]
struct Written {
    left: Option<TypeName>,
    right: Option<TypeName>,
    function: Option<QualifiedName>,
    commutator: Option<QualifiedName>,
    negator: Option<QualifiedName>,
    restrict: Option<QualifiedName>,
    join: Option<QualifiedName>,
    hashes: bool,
    merges: bool,
}

impl Play<'_> {
    /// In the order of `DefineOperator` and `OperatorCreate`, for of several errors the first is raised.
    pub(super) fn create_operator(&mut self, tree: &ast::CreateOperator) -> Result<(), Stop> {
        let named = operator_name(&tree::text(&part(tree.op())?))?;
        if named.name == "=>" {
            return refused(SqlState::SYNTAX_ERROR, "syntax error at or near \"=>\"");
        }
        let schema = self.names.creation(&self.catalog, &named)?;
        if schema == PG_CATALOG {
            return unknown("an operator among those of Postgres");
        }
        let written = read(&Definition::read(tree.attribute_list())?)?;
        let wrong = |message: &str| refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
        let Some(function) = &written.function else { return wrong("operator function must be specified") };
        let operand = |of: &Option<TypeName>| match of {
            Some(of) => Ok::<_, Stop>(Some(self.names.data_type(&self.catalog, of)?.oid)),
            None => Ok(None),
        };
        let (left, right) = (operand(&written.left)?, operand(&written.right)?);
        let Some(right) = right else {
            if left.is_some() && self.catalog.version() < PostgresVersion::V14 {
                return unknown("an operator behind its operand");
            }
            return wrong("operator right argument type must be specified");
        };
        let step = self.function_of_operator(function, left, right)?;
        for estimator in [&written.restrict, &written.join].into_iter().flatten() {
            let is_known = estimator.schema.as_deref().is_none_or(|schema| schema == "pg_catalog")
                && ESTIMATORS.contains(&estimator.name.replace("joinsel", "sel").as_str());
            if !is_known {
                return unknown("a function that says how many rows an operator leaves");
            }
        }
        let is_about_two = written.commutator.is_some() || written.join.is_some() || written.merges || written.hashes;
        if left.is_none() && is_about_two {
            return wrong("only binary operators can have commutators, or be used to join");
        }
        let is_about_truth = written.negator.is_some()
            || written.restrict.is_some()
            || written.join.is_some()
            || written.merges
            || written.hashes;
        if step.result != BOOLEAN && is_about_truth {
            return wrong("only boolean operators can have negators, estimates, or be used to join");
        }
        let old = self.catalog.operator_taking(schema, &named.name, left, right);
        if old.and_then(|old| self.catalog.user_operator(old)).is_some_and(|old| old.does.is_some()) {
            return refused(SqlState::DUPLICATE_FUNCTION, format!("operator {} already exists", named.name));
        }
        let is_itself = |other: &QualifiedName, left: Option<Oid>, right: Oid, same: (Option<Oid>, Oid)| {
            let in_same_schema = other.schema.as_deref().is_none_or(|it| it == self.catalog.schema_name(schema));
            in_same_schema && other.name == named.name && (left, right) == same
        };
        if written.negator.as_ref().is_some_and(|other| is_itself(other, left, right, (left, right))) {
            return wrong("operator cannot be its own negator");
        }
        let commutes_itself = written
            .commutator
            .as_ref()
            .is_some_and(|other| is_itself(other, Some(right), left.unwrap_or(right), (left, right)));
        let (old_commutator, old_negator) = old
            .and_then(|old| self.catalog.user_operator(old))
            .map_or((None, None), |old| (old.commutator, old.negator));
        let oid = old.unwrap_or_else(|| self.catalog.allocate());
        let mut new = UserOperator {
            oid,
            schema,
            name: named.name.as_str().into(),
            left,
            right,
            does: Some((step.oid, step.result)),
            commutator: old_commutator,
            negator: old_negator,
        };
        self.catalog.set_operator(new.clone());
        if commutes_itself {
            new.commutator = Some(oid);
        } else if let (Some(other), Some(left)) = (&written.commutator, left) {
            new.commutator = Some(self.counterpart(&new, other, Some(right), left, true)?);
        }
        if let Some(other) = &written.negator {
            new.negator = Some(self.counterpart(&new, other, left, right, false)?);
        }
        self.catalog.set_operator(new);
        Ok(())
    }

    /// Returns the number of the operator that another names as its counterpart, which is made where it is not there.
    fn counterpart(
        &mut self,
        of: &UserOperator,
        named: &QualifiedName,
        left: Option<Oid>,
        right: Oid,
        commutes: bool,
    ) -> Result<Oid, Stop> {
        let found = self.names.operator(&self.catalog, named, left, right);
        let mut other = match found {
            None => UserOperator {
                oid: self.catalog.allocate(),
                schema: self.names.creation(&self.catalog, named)?,
                name: named.name.as_str().into(),
                left,
                right,
                does: None,
                commutator: None,
                negator: None,
            },
            Some(oid) => match self.catalog.user_operator(oid) {
                Some(found) => found.clone(),
                None => return unknown("an operator of Postgres's own as the counterpart of another"),
            },
        };
        let place = if commutes { &mut other.commutator } else { &mut other.negator };
        let said = if commutes { of.commutator } else { of.negator };
        if place.is_some_and(|linked| linked != of.oid) || said.is_some_and(|linked| linked != other.oid) {
            return unknown("an operator that has another counterpart");
        }
        *place = Some(of.oid);
        let oid = other.oid;
        self.catalog.set_operator(other);
        Ok(oid)
    }

    pub(super) fn alter_operator(&mut self, tree: &ast::AlterOperator) -> Result<(), Stop> {
        use ast::AlterOperatorAction as A;
        let action = part(tree.action())?;
        if let A::OwnerTo(to) = &action {
            self.own(to.role_ref())?;
        }
        let written = part(tree.op_sig())?;
        let of = self.operands(written.lhs(), written.rhs())?;
        let oid = self.operator_named(&operator_name(&tree::text(&part(written.op())?))?, of)?;
        let Some(found) = self.catalog.user_operator(oid) else {
            return unknown("an operator of Postgres's own");
        };
        match action {
            A::OwnerTo(_) => Ok(()),
            A::SetOptions(_) => unknown("another estimate of an operator"),
            A::SetSchema(to) => {
                let mut moved = found.clone();
                let schema = schema_named(&self.catalog, &name(to.schema_ref())?)?;
                if schema == moved.schema {
                    return Ok(());
                }
                if self.catalog.operator_taking(schema, &moved.name, moved.left, moved.right).is_some() {
                    let message = format!("operator {} already exists in this schema", moved.name);
                    return refused(SqlState::DUPLICATE_FUNCTION, message);
                }
                moved.schema = schema;
                self.catalog.set_operator(moved);
                Ok(())
            }
        }
    }

    pub(super) fn drop_operator(&mut self, tree: &ast::DropOperator) -> Result<(), Stop> {
        let mut gone = Vec::new();
        let missing = [SqlState::UNDEFINED_FUNCTION, SqlState::UNDEFINED_OBJECT, SqlState::INVALID_SCHEMA_NAME];
        for written in tree.op_sig_list().into_iter().flat_map(|list| list.op_sigs()) {
            let named = operator_name(&tree::text(&part(written.op())?))?;
            let found = self.operands(written.lhs(), written.rhs()).and_then(|of| self.operator_named(&named, of));
            let oid = match found {
                Err(Stop::Refused(refusal)) if tree.if_exists().is_some() && missing.contains(&refusal.sqlstate) => {
                    continue;
                }
                found => found?,
            };
            if self.catalog.may_operators_be_used() {
                return unknown("what uses this operator");
            }
            if self.catalog.user_operator(oid).is_none() {
                let message =
                    format!("cannot drop operator {} because it is required by the database system", named.name);
                return refused(SqlState::DEPENDENT_OBJECTS_STILL_EXIST, message);
            }
            gone.push(Address::of(Class::Operator, oid));
        }
        self.drop_objects(&gone, behavior(tree.drop_behavior()))
    }

    /// Returns the operator that COMMENT ON names.
    pub(super) fn commented_operator(&self, on: &ast::ObjectOperator) -> Result<Address, Stop> {
        let of = self.operands(on.lhs(), on.rhs())?;
        let oid = self.operator_named(&operator_name(&tree::text(&part(on.op())?))?, of)?;
        match self.catalog.user_operator(oid) {
            Some(_) => Ok(Address::of(Class::Operator, oid)),
            None => unknown("a comment on an operator of Postgres's own"),
        }
    }

    /// Returns the types of operands; where one is written, `NONE` stands before it.
    fn operands(&self, first: Option<ast::Type>, second: Option<ast::Type>) -> Result<(Option<Oid>, Oid), Stop> {
        let of = |written| Ok::<_, Stop>(self.names.data_type(&self.catalog, &type_name(Some(written))?)?.oid);
        match (first, second) {
            (_, Some(right)) if tree::text(&right).eq_ignore_ascii_case("none") => {
                refused(SqlState::SYNTAX_ERROR, "postfix operators are not supported")
            }
            (Some(left), Some(right)) => Ok((Some(of(left)?), of(right)?)),
            (Some(right), None) => Ok((None, of(right)?)),
            _ => unknown("the operands of an operator"),
        }
    }

    fn operator_named(&self, named: &QualifiedName, (left, right): (Option<Oid>, Oid)) -> Result<Oid, Stop> {
        match self.names.operator(&self.catalog, named, left, right) {
            Some(oid) => Ok(oid),
            None if self.catalog.has_unlisted_extension() => unknown("an operator that an extension may bring"),
            None => refused(SqlState::UNDEFINED_FUNCTION, format!("operator does not exist: {}", named.name)),
        }
    }

    /// `LookupFuncName`
    fn function_of_operator(&self, named: &QualifiedName, left: Option<Oid>, right: Oid) -> Result<Signature, Stop> {
        if let Some(schema) = named.schema.as_deref().filter(|schema| self.catalog.schema(schema).is_none()) {
            return refused(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{schema}\" does not exist"));
        }
        let takes: Vec<Oid> = left.into_iter().chain([right]).collect();
        let path = self.names.functions(&self.catalog, named);
        match path.into_iter().flatten().find(|it| it.arguments == takes) {
            Some(found) => Ok(found.clone()),
            None => Err(self.no_function(format!("function {} does not exist", named.name))),
        }
    }
}

/// Reads the name of an operator, which may have a schema before it.
fn operator_name(written: &str) -> Result<QualifiedName, Stop> {
    let (schema, name) = match written.rsplit_once('.') {
        Some((schema, name)) => (Some(schema.trim()), name.trim()),
        None => (None, written.trim()),
    };
    let is_operator = !name.is_empty() && name.bytes().all(|byte| b"+-*/<>=~!@#%^&|`?".contains(&byte));
    let is_plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !is_operator || schema.is_some_and(|schema| !is_plain(schema)) {
        return unknown("a name of an operator that is not read here");
    }
    // As the lexer of Postgres has it.
    let name = if name == "!=" { "<>" } else { name };
    Ok(QualifiedName { schema: schema.and_then(fold), name: name.to_owned() })
}

fn read(definitions: &[Definition]) -> Result<Written, Stop> {
    let mut written = Written::default();
    for definition in definitions {
        let operand = |definition: &Definition| {
            let of = definition.type_name()?;
            if of.set_of {
                let message = "SETOF type not allowed for operator argument";
                return refused(SqlState::INVALID_FUNCTION_DEFINITION, message);
            }
            Ok(of)
        };
        match definition.name.as_str() {
            "leftarg" => written.left = Some(operand(definition)?),
            "rightarg" => written.right = Some(operand(definition)?),
            "function" | "procedure" => written.function = Some(definition.qualified()?),
            "commutator" => written.commutator = Some(operator_name(&definition.text()?)?),
            "negator" => written.negator = Some(operator_name(&definition.text()?)?),
            "restrict" => written.restrict = Some(definition.qualified()?),
            "join" => written.join = Some(definition.qualified()?),
            "hashes" => written.hashes = definition.boolean()?,
            "merges" => written.merges = definition.boolean()?,
            "sort1" | "sort2" | "ltcmp" | "gtcmp" => written.merges = true,
            // Postgres warns of it.
            _ => {}
        }
    }
    Ok(written)
}
