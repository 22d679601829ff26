//! Lists of `name = value` in parentheses, by which Postgres defines types.

use super::syntax::part;
use super::{Stop, refused, unknown};
use crate::catalog::{QualifiedName, SqlState};
use crate::sql::ast;
use crate::sql::{TypeName, tree};

/// One `name = value`.
pub(super) struct Definition {
    /// Its name, in lower case unless it was quoted.
    pub(super) name: String,
    value: Option<Value>,
}

/// What stands behind `=`.
enum Value {
    /// A name, that of a type maybe: its parts, and as it was written.
    Name(Option<Vec<String>>, String),
    /// A text in quotes.
    Text(String),
    Number,
    /// An operator, or a word that SQL keeps to itself.
    Other,
}

impl Definition {
    /// Reads a list, in its order.
    pub(super) fn read(list: Option<ast::AttributeList>) -> Result<Vec<Self>, Stop> {
        part(list)?.attribute_options().map(|option| Self::read_one(&option)).collect()
    }

    fn read_one(option: &ast::AttributeOption) -> Result<Self, Stop> {
        if option.namespace().is_some() {
            return unknown("a definition whose name has two parts");
        }
        let read = |value: &ast::AttributeValue| match (value.ty(), value.literal().map(|it| it.string_value())) {
            (Some(ty), _) => Value::Name(tree::parts(&ty), tree::text(&ty)),
            (None, Some(Some(text))) => Value::Text(text),
            (None, _) => {
                let is_number = tree::text(value).starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
                if is_number { Value::Number } else { Value::Other }
            }
        };
        let value = option.attribute_value().as_ref().map(read);
        let name = option.name().and_then(|name| tree::parts(&name)?.pop());
        Ok(Self { name: part(name)?, value })
    }

    /// Refuses a name that was given twice.
    pub(super) fn only_once<T>(known: Option<&T>) -> Result<(), Stop> {
        match known {
            Some(_) => refused(SqlState::SYNTAX_ERROR, "conflicting or redundant options"),
            None => Ok(()),
        }
    }

    /// Returns the name of an object; `defGetQualifiedName`.
    pub(super) fn qualified(&self) -> Result<QualifiedName, Stop> {
        match self.given()? {
            Value::Name(Some(parts), written) => match parts.as_slice() {
                [name] if !written.ends_with(')') => Ok(QualifiedName { schema: None, name: name.clone() }),
                [schema, name] => Ok(QualifiedName { schema: Some(schema.clone()), name: name.clone() }),
                _ => unknown("a name that is not read here"),
            },
            // What is in quotes is one name, be there a dot in it.
            Value::Text(name) => Ok(QualifiedName { schema: None, name: name.clone() }),
            Value::Number => refused(SqlState::SYNTAX_ERROR, format!("argument of {} must be a name", self.name)),
            Value::Name(None, _) | Value::Other => unknown("a name that is not read here"),
        }
    }

    /// Returns the name of a type; `defGetTypeName`.
    pub(super) fn type_name(&self) -> Result<TypeName, Stop> {
        let read = |written: &str| TypeName::read(written).ok_or_else(|| Stop::unknown("a type that is not read here"));
        match self.given()? {
            Value::Name(_, written) => read(written),
            Value::Text(name) => Ok(TypeName {
                set_of: false,
                schema: None,
                name: name.clone(),
                modifiers: Vec::new(),
                fields: None,
                array: false,
            }),
            Value::Number => refused(SqlState::SYNTAX_ERROR, format!("argument of {} must be a type name", self.name)),
            Value::Other => unknown("a type that is not read here"),
        }
    }

    fn given(&self) -> Result<&Value, Stop> {
        match &self.value {
            Some(value) => Ok(value),
            None => refused(SqlState::SYNTAX_ERROR, format!("{} requires a parameter", self.name)),
        }
    }
}
