//! Lists of `name = value` in parentheses, by which Postgres defines types, collations and aggregates.

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
    Number(String),
    /// An operator, or a word that SQL keeps to itself.
    Other(String),
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
        let read = |value: &ast::AttributeValue| {
            let written = tree::text(value);
            let is_text = written.contains('\'') || written.starts_with('$');
            match (value.ty(), value.literal().and_then(|it| it.string_value())) {
                (Some(ty), _) => Value::Name(tree::parts(&ty), written),
                (None, Some(text)) if is_text => Value::Text(text),
                _ if written.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) => Value::Number(written),
                _ => Value::Other(written),
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
            Value::Number(_) => refused(SqlState::SYNTAX_ERROR, format!("argument of {} must be a name", self.name)),
            Value::Name(None, _) | Value::Other(_) => unknown("a name that is not read here"),
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
            Value::Number(_) => {
                refused(SqlState::SYNTAX_ERROR, format!("argument of {} must be a type name", self.name))
            }
            Value::Other(_) => unknown("a type that is not read here"),
        }
    }

    /// Returns a text; `defGetString`.
    pub(super) fn text(&self) -> Result<String, Stop> {
        match self.given()? {
            Value::Text(text) | Value::Number(text) => Ok(text.clone()),
            Value::Name(Some(parts), _) => Ok(parts.join(".")),
            Value::Name(None, _) => unknown("a value that is not read here"),
            Value::Other(written) => Ok(written.to_ascii_lowercase()),
        }
    }

    /// Returns yes or no; `defGetBoolean`.
    pub(super) fn boolean(&self) -> Result<bool, Stop> {
        if self.value.is_none() {
            return Ok(true);
        }
        match self.text()?.to_ascii_lowercase().as_str() {
            "true" | "on" | "1" => Ok(true),
            "false" | "off" | "0" => Ok(false),
            _ => refused(SqlState::SYNTAX_ERROR, format!("{} requires a Boolean value", self.name)),
        }
    }

    fn given(&self) -> Result<&Value, Stop> {
        match &self.value {
            Some(value) => Ok(value),
            None => refused(SqlState::SYNTAX_ERROR, format!("{} requires a parameter", self.name)),
        }
    }
}
