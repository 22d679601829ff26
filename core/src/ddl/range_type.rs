//! `CREATE TYPE … AS RANGE`: the range, its multirange, and the functions that make values of both.

use std::sync::Arc;

use super::definition::Definition;
use super::{Play, Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::function::{Kind, Volatility};
use crate::catalog::types::is_collatable;
use crate::catalog::{
    Address, Body, Class, Dependence, Mode, Oid, OperatorClass, Parallel, Parameter, QualifiedName, Range, Routine,
    SqlState, Type, UserType, UserTypeKind, naming,
};
use crate::sql::ast;

const TEXT: Oid = Oid(25);
const FLOAT8: Oid = Oid(701);

/// The definition, as it is written.
#[derive(Default)]
struct Written {
    of: Option<Type>,
    class: Option<QualifiedName>,
    collation: Option<QualifiedName>,
    canonical: Option<QualifiedName>,
    difference: Option<QualifiedName>,
    multirange: Option<(Oid, String)>,
}

impl Play<'_> {
    /// In the order of `DefineRange`, for of several errors the first is raised.
    pub(super) fn create_range(&mut self, schema: Oid, name: &str, body: &ast::RangeType) -> Result<(), Stop> {
        self.type_name_is_free(schema, name)?;
        let written = self.range_definition(body)?;
        let Some(of) = written.of else {
            return refused(SqlState::SYNTAX_ERROR, "type attribute \"subtype\" is required");
        };
        if of.is_pseudo() {
            return refused(SqlState::DATATYPE_MISMATCH, "range subtype cannot be a pseudo-type");
        }
        let class = self.class_of_bounds(of, written.class.as_ref())?;
        let collation = match &written.collation {
            Some(_) if !is_collatable(&self.catalog, of.oid) => {
                let message = "range collation specified but subtype does not support collation";
                return refused(SqlState::WRONG_OBJECT_TYPE, message);
            }
            Some(named) => self.collation_of_name(named, of)?,
            None => None,
        };
        if written.canonical.is_some() {
            let message = "cannot specify a canonical function without a pre-created shell type";
            return refused(SqlState::INVALID_OBJECT_DEFINITION, message);
        }
        let difference = written.difference.map(|named| self.difference_of_bounds(&named, of.oid)).transpose()?;
        let has_multirange = self.catalog.version() >= PostgresVersion::V14;
        let multirange = match written.multirange {
            _ if !has_multirange => None,
            Some((in_schema, multirange)) => {
                self.type_name_is_free(in_schema, &multirange)?;
                if (in_schema, multirange.as_str()) == (schema, name) {
                    let message = "duplicate key value violates unique constraint \"pg_type_typname_nsp_index\"";
                    return refused(SqlState("23505"), message);
                }
                Some((in_schema, multirange))
            }
            None => {
                let multirange = name_of_multirange(name);
                self.type_name_is_free(schema, &multirange)?;
                Some((schema, multirange))
            }
        };
        let (oid, array) = (self.catalog.allocate(), self.catalog.allocate());
        let kept = (!class.is_default).then(|| (class.schema, Arc::from(class.name)));
        let range = Range { of, multirange: None, to_multirange: None, class: kept, collation, difference };
        self.add_range_type(oid, array, schema, name, UserTypeKind::Range(range));
        let address = Address::of(Class::Type, oid);
        if let Some(function) = difference.filter(|function| self.catalog.routine(*function).is_some()) {
            self.catalog.dependencies.add(address, Address::of(Class::Routine, function), Dependence::Normal);
        }
        if let Some(extension) = class.extension {
            self.catalog.dependencies.add(address, Address::of(Class::Extension, extension), Dependence::Normal);
        }
        self.add_constructor(oid, schema, name, &[of.oid, of.oid], false)?;
        self.add_constructor(oid, schema, name, &[of.oid, of.oid, TEXT], false)?;
        let Some((in_schema, multirange)) = multirange else { return Ok(()) };
        let (of_several, of_arrays) = (self.catalog.allocate(), self.catalog.allocate());
        self.add_range_type(of_several, of_arrays, in_schema, &multirange, UserTypeKind::Multirange(oid));
        // They lie where the range lies, wherever its multirange does.
        self.add_constructor(of_several, schema, &multirange, &[], false)?;
        let to_multirange = self.add_constructor(of_several, schema, &multirange, &[oid], false)?;
        self.add_constructor(of_several, schema, &multirange, &[array], true)?;
        if let Some(UserTypeKind::Range(range)) = self.catalog.user_type_mut(oid).map(|found| &mut found.kind) {
            (range.multirange, range.to_multirange) = (Some(of_several), Some(to_multirange));
        }
        Ok(())
    }

    fn range_definition(&self, body: &ast::RangeType) -> Result<Written, Stop> {
        let mut written = Written::default();
        for definition in Definition::read(body.attribute_list())? {
            match definition.name.as_str() {
                "subtype" => {
                    Definition::only_once(written.of.as_ref())?;
                    let of = self.names.data_type(&self.catalog, &definition.type_name()?)?;
                    written.of = Some(Type { oid: of.oid, modifier: -1 });
                }
                "multirange_type_name" if self.catalog.version() >= PostgresVersion::V14 => {
                    Definition::only_once(written.multirange.as_ref())?;
                    let name = definition.qualified()?;
                    written.multirange = Some((self.names.creation(&self.catalog, &name)?, name.name));
                }
                other => {
                    let place = match other {
                        "subtype_opclass" => &mut written.class,
                        "collation" => &mut written.collation,
                        "canonical" => &mut written.canonical,
                        "subtype_diff" => &mut written.difference,
                        _ => {
                            let message = format!("type attribute \"{other}\" not recognized");
                            return refused(SqlState::SYNTAX_ERROR, message);
                        }
                    };
                    Definition::only_once(place.as_ref())?;
                    *place = Some(definition.qualified()?);
                }
            }
        }
        Ok(written)
    }

    /// Returns the operator class of the bounds; `findRangeSubOpclass`.
    fn class_of_bounds(&self, of: Type, named: Option<&QualifiedName>) -> Result<OperatorClass, Stop> {
        let unlisted = self.catalog.has_unlisted_extension();
        let Some(named) = named else {
            return match self.catalog.default_operator_class(of.oid, "btree") {
                Some(class) => Ok(class),
                None if unlisted => unknown("an operator class that an extension may bring"),
                None => {
                    let message = "data type has no default operator class for access method \"btree\"";
                    refused(SqlState::UNDEFINED_OBJECT, message)
                }
            };
        };
        if let Some(schema) = named.schema.as_deref().filter(|schema| self.catalog.schema(schema).is_none()) {
            return refused(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{schema}\" does not exist"));
        }
        match self.catalog.operator_class(&self.names, "btree", named) {
            None if unlisted => unknown("an operator class that an extension may bring"),
            None => {
                let message = format!("operator class \"{}\" does not exist for access method \"btree\"", named.name);
                refused(SqlState::UNDEFINED_OBJECT, message)
            }
            Some(class) if !self.catalog.takes(&class, of.oid) => {
                let message = format!("operator class \"{}\" does not accept this data type", named.name);
                refused(SqlState::DATATYPE_MISMATCH, message)
            }
            Some(class) => Ok(class),
        }
    }

    /// Returns the function that says how far two bounds are apart; `findRangeSubtypeDiffFunction`.
    fn difference_of_bounds(&self, named: &QualifiedName, of: Oid) -> Result<Oid, Stop> {
        if let Some(schema) = named.schema.as_deref().filter(|schema| self.catalog.schema(schema).is_none()) {
            return refused(SqlState::INVALID_SCHEMA_NAME, format!("schema \"{schema}\" does not exist"));
        }
        let paths = self.names.functions(&self.catalog, named);
        let found = paths.into_iter().flatten().find(|it| it.arguments == [of, of]);
        let Some(found) = found else {
            return Err(self.no_function(format!("function {} does not exist", named.name)));
        };
        let wrong = |what: &str| {
            let message = format!("range subtype diff function {} must {what}", named.name);
            refused(SqlState::INVALID_OBJECT_DEFINITION, message)
        };
        if found.result != FLOAT8 {
            return wrong("return type double precision");
        }
        if found.volatility != Volatility::Immutable {
            return wrong("be immutable");
        }
        Ok(found.oid)
    }

    fn add_range_type(&mut self, oid: Oid, array: Oid, schema: Oid, name: &str, kind: UserTypeKind) {
        self.catalog.add_type(UserType { oid, schema, name: name.into(), array, kind });
    }

    /// Adds a function that makes values of a type, as a part of it.
    fn add_constructor(
        &mut self,
        result: Oid,
        schema: Oid,
        name: &str,
        arguments: &[Oid],
        variadic: bool,
    ) -> Result<Oid, Stop> {
        if self.catalog.routine_taking(schema, name, arguments).is_some() {
            let message = format!("function \"{name}\" already exists with same argument types");
            return refused(SqlState::DUPLICATE_FUNCTION, message);
        }
        let oid = self.catalog.allocate();
        let is_range = self.catalog.range(result).is_some();
        let mode = if variadic { Mode::Variadic } else { Mode::In };
        let symbol = match (is_range, arguments.len()) {
            (true, 2) => "range_constructor2",
            (true, _) => "range_constructor3",
            (false, 0) => "multirange_constructor0",
            (false, _) if variadic => "multirange_constructor2",
            (false, _) => "multirange_constructor1",
        };
        self.catalog.set_routine(Routine {
            oid,
            schema,
            name: name.into(),
            kind: Kind::Function,
            parameters: arguments.iter().map(|of| Parameter { mode, name: None, of: *of, default: None }).collect(),
            result,
            returns_set: false,
            language: "internal".into(),
            body: Body::Text(symbol.into()),
            volatility: Volatility::Immutable,
            parallel: Parallel::Safe,
            strict: !is_range,
            security_definer: false,
            leakproof: false,
            cost: None,
            rows: None,
            settings: Vec::new(),
        });
        let (part, whole) = (Address::of(Class::Routine, oid), Address::of(Class::Type, result));
        self.catalog.dependencies.add(part, whole, Dependence::Internal);
        Ok(oid)
    }
}

/// Returns the name of the multirange type of a range type that names none; `makeMultirangeTypeName`.
fn name_of_multirange(range: &str) -> String {
    match range.split_once("range") {
        Some((before, behind)) => {
            naming::clipped(&format!("{before}multirange{behind}"), naming::NAME_BYTES).to_owned()
        }
        None => naming::object_name(range, None, Some("multirange")),
    }
}
