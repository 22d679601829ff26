//! From the tree to the text that Postgres prints: `ruleutils.c`, as `pg_get_expr` calls it.

mod aggregate;
mod pretty;
mod query;
mod rule;
mod source;

pub(crate) use rule::spell_rule;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Answer, Names, Stop};
use crate::PostgresVersion;
use crate::catalog::Oid;
use crate::catalog::expression::{Argument, Call, Expression, Form, Node, Operation, Subscript, Value};
use crate::catalog::function;
use crate::catalog::query::{Body, Query, SOURCES};
use crate::catalog::types::{Type, UNKNOWN};
use crate::sql::quote_identifier_of;
use pretty::Within;

const BOOL: Oid = Oid(16);
const INT4: Oid = Oid(23);
const NUMERIC: Oid = Oid(1700);
const TEXT: Oid = Oid(25);

/// Returns what `pg_get_expr` prints of an expression.
pub fn spell(tree: &Expression, names: &dyn Names) -> Answer<String> {
    let mut speller = Speller::new(names);
    speller.node(tree, false)?;
    Ok(speller.text)
}

/// Returns what Postgres prints of an expression of statistics: with those parentheses only that it takes.
pub(crate) fn spell_with_few_parentheses(tree: &Expression, names: &dyn Names) -> Answer<String> {
    let mut speller = Speller::new(names);
    speller.is_pretty = true;
    speller.node(tree, false)?;
    Ok(speller.text)
}

/// Returns what `pg_get_expr` prints of the condition of a policy, whose queries may name the table of it.
pub(crate) fn spell_policy(tree: &Expression, table: &str, names: &dyn Names) -> Answer<String> {
    let mut speller = Speller::new(names);
    speller.taken = vec![table.to_owned()];
    speller.node(tree, false)?;
    Ok(speller.text)
}

/// Returns what `pg_get_viewdef` prints of the query of a view, with the names that its columns have now.
pub(crate) fn spell_query(query: &Query, columns: &[&str], names: &dyn Names) -> Answer<String> {
    let mut speller = Speller::new(names);
    if names.version() < PostgresVersion::V16 {
        // The rule of a view has rows of these names.
        speller.taken = vec!["old".to_owned(), "new".to_owned()];
    } else {
        // It has the rows of its own query, and a lone source needs no name before its columns.
        speller.prefixes = !matches!(&query.body, Body::Select(select) if select.sources.len() == 1);
    }
    speller.query(query, Some(columns), true)?;
    speller.push(";");
    Ok(speller.text)
}

struct Speller<'a> {
    names: &'a dyn Names,
    text: String,
    indent: usize,
    /// Names of sources around, in order.
    taken: Vec<String>,
    /// What the sources of queries are called.
    sources: BTreeMap<Oid, Called>,
    /// What joins of queries call the columns by which they are made.
    using: BTreeMap<Oid, Vec<String>>,
    /// The name of its source stands before each column.
    prefixes: bool,
    /// Parentheses stand only where it takes them, and all is in one line. `PRETTYFLAG_PAREN`
    is_pretty: bool,
    /// It is a query inside an expression that is spelled, or a query at all.
    inside: bool,
    /// The names of the outputs, each with the column that it shows, while a column is sorted by that they might be taken for.
    outputs: Vec<(String, Option<(Oid, i16)>)>,
    /// The same of the query that is spelled, at all times.
    listed: Vec<(String, Option<(Oid, i16)>)>,
}

/// What a source is called here, and its columns.
struct Called {
    /// None for a join, whose columns need no name before them.
    name: Option<String>,
    columns: BTreeMap<i16, String>,
    /// The names of columns stand behind its own.
    lists_columns: bool,
}

impl<'a> Speller<'a> {
    fn new(names: &'a dyn Names) -> Self {
        Self {
            names,
            text: String::new(),
            indent: 0,
            taken: Vec::new(),
            sources: BTreeMap::new(),
            using: BTreeMap::new(),
            prefixes: true,
            is_pretty: false,
            inside: false,
            outputs: Vec::new(),
            listed: Vec::new(),
        }
    }
}

impl Speller<'_> {
    fn quoted<'n>(&self, name: &'n str) -> Cow<'n, str> {
        quote_identifier_of(self.names.version(), name)
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Begins a line, as for the parts of `CASE`.
    fn line(&mut self, text: &str) {
        self.line_with(text, 0);
    }

    /// Begins a line that is indented by so much more. `appendContextKeyword`
    fn line_with(&mut self, text: &str, more: usize) {
        if self.is_pretty {
            if !self.text.is_empty() && !self.text.ends_with([' ', '(']) {
                self.push(" ");
            }
            self.push(text);
            return;
        }
        // Where much is indented, it begins anew from the left.
        const LIMIT: usize = 40;
        let indent = if self.indent < LIMIT { self.indent } else { (LIMIT + (self.indent - LIMIT) / 4) % LIMIT };
        let kept = self.text.trim_end_matches(' ').len();
        self.text.truncate(kept);
        self.text.push('\n');
        self.text.push_str(&" ".repeat(indent + more));
        self.push(text);
    }

    fn type_(&self, of: Type) -> Answer<String> {
        let known = of.spelled().or_else(|| self.names.own_type(of));
        known.ok_or_else(|| Stop::unknown("the name of a type"))
    }

    fn list(&mut self, values: &[Expression]) -> Answer<()> {
        for (at, value) in values.iter().enumerate() {
            self.push(if at > 0 { ", " } else { "" });
            self.node(value, true)?;
        }
        Ok(())
    }

    fn around(&mut self, before: &str, values: &[Expression], after: &str) -> Answer<()> {
        self.push(before);
        self.list(values)?;
        self.push(after);
        Ok(())
    }

    /// `implicit`: also casts that nobody asked for are shown.
    fn node(&mut self, tree: &Expression, implicit: bool) -> Answer<()> {
        match &tree.node {
            Node::Column { relation, number } if relation.0 >= SOURCES => self.source_column(*relation, *number),
            Node::Column { relation, number } => {
                let name = self.names.column(*relation, *number);
                let name = name.ok_or_else(|| Stop::unknown("the name of a column"))?;
                if let Some(row) = self.names.row(*relation) {
                    self.push(row);
                    self.push(".");
                } else if self.inside
                    && let Some(table) = self.names.relation_name(*relation)
                {
                    self.push(&format!("{}.", self.quoted(&table)));
                }
                self.push(&self.quoted(&name));
                Ok(())
            }
            Node::DomainValue => {
                self.push("VALUE");
                Ok(())
            }
            Node::Placeholder => Err(Stop::unknown("a value that stands for another")),
            Node::Constant(value) => self.constant(value, tree.of, true),
            Node::Operator(operation) => self.operation(operation, None),
            Node::Distinct(operation) => self.operation(operation, Some("IS DISTINCT FROM")),
            Node::NullIf(operation) => {
                self.push("NULLIF(");
                if let Some(left) = &operation.left {
                    self.node(left, true)?;
                    self.push(", ");
                }
                self.node(&operation.right, true)?;
                self.push(")");
                Ok(())
            }
            Node::Quantified { operation, any } => {
                self.open();
                if let Some(left) = &operation.left {
                    self.part(left, true, Within::Other)?;
                }
                self.push(&format!(" {} {} (", operation.name, if *any { "ANY" } else { "ALL" }));
                self.part(&operation.right, true, Within::Other)?;
                self.push(")");
                self.close();
                Ok(())
            }
            Node::Call(call) => self.call(call, tree.of, implicit),
            Node::Relabel(cast) | Node::ViaText(cast) | Node::ToDomain(cast) | Node::Elements { cast, .. } => {
                if cast.implicit && !implicit {
                    return self.part(&cast.value, false, Within::Other);
                }
                self.cast(&cast.value, tree.of, Within::Other)
            }
            Node::Collate(value, collation) => {
                self.open();
                self.part(value, implicit, Within::Other)?;
                let collation =
                    self.names.collation(*collation).ok_or_else(|| Stop::unknown("a name of a collation"))?;
                self.push(&format!(" COLLATE {collation}"));
                self.close();
                Ok(())
            }
            Node::And(parts) => self.junction(parts, " AND ", Within::And),
            Node::Or(parts) => self.junction(parts, " OR ", Within::Or),
            Node::Not(value) => {
                self.open();
                self.push("NOT ");
                self.part(value, false, Within::Not)?;
                self.close();
                Ok(())
            }
            Node::Null { value, negated } => {
                self.open();
                self.part(value, true, Within::Other)?;
                self.push(if *negated { " IS NOT NULL" } else { " IS NULL" });
                self.close();
                Ok(())
            }
            Node::Truth { value, is, negated } => {
                self.open();
                self.part(value, false, Within::Other)?;
                self.push(if *negated { " IS NOT " } else { " IS " });
                self.push(match is {
                    Some(true) => "TRUE",
                    Some(false) => "FALSE",
                    None => "UNKNOWN",
                });
                self.close();
                Ok(())
            }
            Node::Case { operand, branches, otherwise } => self.case(operand.as_deref(), branches, otherwise),
            Node::Coalesce(values) => self.around("COALESCE(", values, ")"),
            Node::Greatest(values) => self.around("GREATEST(", values, ")"),
            Node::Least(values) => self.around("LEAST(", values, ")"),
            Node::Array(values) => {
                self.around("ARRAY[", values, "]")?;
                if values.is_empty() {
                    let of = self.type_(tree.of)?;
                    self.push(&format!("::{of}"));
                }
                Ok(())
            }
            Node::Row(values) => self.around("ROW(", values, ")"),
            Node::Subscript { value, subscripts } => self.subscripted(value, subscripts),
            Node::Aggregate(aggregate) => self.aggregate(aggregate),
            Node::SubQuery(inner) => self.sub_query(inner),
            Node::Keyword(word, precision) => {
                self.push(word);
                if let Some(precision) = precision {
                    self.push(&format!("({precision})"));
                }
                Ok(())
            }
        }
    }

    fn operation(&mut self, operation: &Operation, word: Option<&str>) -> Answer<()> {
        let within = |is_left| match word {
            Some(_) => Within::Other,
            None => Within::Operator { of: operation, is_left },
        };
        self.open();
        if let Some(left) = &operation.left {
            self.part(left, true, within(true))?;
            self.push(" ");
        }
        self.push(word.unwrap_or(&operation.name));
        self.push(" ");
        self.part(&operation.right, true, within(false))?;
        self.close();
        Ok(())
    }

    fn junction(&mut self, parts: &[Expression], word: &str, within: Within) -> Answer<()> {
        self.open();
        for (at, part) in parts.iter().enumerate() {
            self.push(if at > 0 { word } else { "" });
            self.part(part, false, within)?;
        }
        self.close();
        Ok(())
    }

    fn case(
        &mut self,
        operand: Option<&Expression>,
        branches: &[(Expression, Expression)],
        otherwise: &Expression,
    ) -> Answer<()> {
        self.line("CASE");
        self.indent += 4;
        if let Some(operand) = operand {
            self.push(" ");
            self.node(operand, true)?;
        }
        for (condition, result) in branches {
            self.line("WHEN ");
            let compared = match (&condition.node, operand) {
                (Node::Operator(operation), Some(_))
                    if operation.left.as_ref().is_some_and(|left| is_placeholder(left)) =>
                {
                    &operation.right
                }
                _ => condition,
            };
            self.node(compared, false)?;
            self.push(" THEN ");
            self.node(result, true)?;
        }
        self.line("ELSE ");
        self.node(otherwise, true)?;
        self.indent = self.indent.saturating_sub(4);
        self.line("END");
        Ok(())
    }

    fn subscripted(&mut self, value: &Expression, subscripts: &[Subscript]) -> Answer<()> {
        let plain = matches!(value.node, Node::Column { .. });
        self.push(if plain { "" } else { "(" });
        self.node(value, true)?;
        self.push(if plain { "" } else { ")" });
        for subscript in subscripts {
            self.push("[");
            if let Some(lower) = &subscript.lower {
                self.node(lower, false)?;
            }
            self.push(if subscript.slice { ":" } else { "" });
            if let Some(upper) = &subscript.upper {
                self.node(upper, false)?;
            }
            self.push("]");
        }
        Ok(())
    }

    fn cast(&mut self, value: &Expression, to: Type, within: Within) -> Answer<()> {
        match &value.node {
            // A literal of that very type needs no parentheses, nor the name of the type twice.
            Node::Constant(constant) if value.of.oid == to.oid && value.of.modifier == -1 => {
                self.constant(constant, value.of, false)?;
            }
            _ => {
                self.open();
                self.part(value, false, within)?;
                self.close();
            }
        }
        let to = self.type_(to)?;
        self.push(&format!("::{to}"));
        Ok(())
    }

    fn constant(&mut self, value: &Value, of: Type, labeled: bool) -> Answer<()> {
        let (text, needs_label) = match value {
            Value::Null => {
                self.push("NULL");
                if labeled {
                    let of = self.type_(of)?;
                    self.push(&format!("::{of}"));
                }
                return Ok(());
            }
            Value::Text(text) => match of.oid {
                BOOL => (if text == "t" { "true" } else { "false" }.to_owned(), false),
                INT4 if !text.starts_with('-') => (text.clone(), false),
                NUMERIC if text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('.') => {
                    (text.clone(), of.modifier >= 0)
                }
                oid => (quoted(text), oid != UNKNOWN),
            },
            Value::Relation(oid) => {
                let name = self.names.relation(*oid).ok_or_else(|| Stop::unknown("the name of a relation"))?;
                (quoted(&name), true)
            }
        };
        self.push(&text);
        if labeled && needs_label {
            let of = self.type_(of)?;
            self.push(&format!("::{of}"));
        }
        Ok(())
    }

    fn function(&self, oid: Oid) -> Answer<String> {
        match function::builtin_name(self.names.version(), oid) {
            Some(name) => Ok(self.quoted(name).into_owned()),
            None => self.names.own_function(oid).ok_or_else(|| Stop::unknown("the name of a function")),
        }
    }

    fn call(&mut self, call: &Call, of: Type, implicit: bool) -> Answer<()> {
        match (call.form, call.arguments.as_slice()) {
            (Form::Implicit, [argument, ..]) if !implicit => return self.part(&argument.value, false, Within::Cast),
            (Form::Implicit | Form::Explicit, [argument, ..]) => return self.cast(&argument.value, of, Within::Cast),
            _ => {}
        }
        let builtin = function::builtin_name(self.names.version(), call.function);
        if call.form == Form::Syntax
            && let Some(name) = builtin
            && self.syntax(name, &call.arguments)?
        {
            return Ok(());
        }
        let name = self.function(call.function)?;
        self.push(&format!("{name}("));
        for (at, argument) in call.arguments.iter().enumerate() {
            self.push(if at > 0 { ", " } else { "" });
            self.push(if call.variadic && at + 1 == call.arguments.len() { "VARIADIC " } else { "" });
            if let Some(name) = &argument.name {
                self.push(&format!("{} => ", self.quoted(name)));
            }
            self.node(&argument.value, true)?;
        }
        self.push(")");
        Ok(())
    }

    /// Spells a call with words of its own; false if this function has none. `get_func_sql_syntax`
    fn syntax(&mut self, name: &str, arguments: &[Argument]) -> Answer<bool> {
        let values: Vec<&Expression> = arguments.iter().map(|argument| &argument.value).collect();
        let words: Vec<(&str, &Expression)> = match (name, values.as_slice()) {
            ("timezone", [zone, time]) => vec![("(", time), (" AT TIME ZONE ", zone)],
            ("overlaps", [a, b, c, d]) => vec![("((", a), (", ", b), (") OVERLAPS (", c), (", ", d)],
            ("extract", [field, value]) => {
                let Some(field) = super::call::literal_text(field) else { return Ok(false) };
                self.push(&format!("EXTRACT({field} FROM "));
                self.node(value, false)?;
                self.push(")");
                return Ok(true);
            }
            ("position", [whole, part]) => {
                self.push("POSITION((");
                self.node(part, false)?;
                self.push(") IN (");
                self.node(whole, false)?;
                self.push("))");
                return Ok(true);
            }
            ("overlay", [value, what, from]) => {
                vec![("OVERLAY(", value), (" PLACING ", what), (" FROM ", from)]
            }
            ("overlay", [value, what, from, length]) => {
                vec![("OVERLAY(", value), (" PLACING ", what), (" FROM ", from), (" FOR ", length)]
            }
            ("substring", [value, pattern, escape]) if pattern.of.oid == TEXT => {
                vec![("SUBSTRING(", value), (" SIMILAR ", pattern), (" ESCAPE ", escape)]
            }
            // With a pattern alone it is spelled like any other.
            ("substring", [_, from, ..]) if from.of.oid != INT4 => return Ok(false),
            ("substring", [value, from]) => vec![("SUBSTRING(", value), (" FROM ", from)],
            ("substring", [value, from, length]) => {
                vec![("SUBSTRING(", value), (" FROM ", from), (" FOR ", length)]
            }
            ("btrim" | "ltrim" | "rtrim", [value, what @ ..]) if what.len() < 2 => {
                self.push(match name {
                    "btrim" => "TRIM(BOTH",
                    "ltrim" => "TRIM(LEADING",
                    _ => "TRIM(TRAILING",
                });
                for what in what {
                    self.push(" ");
                    self.node(what, false)?;
                }
                vec![(" FROM ", value)]
            }
            _ => return Ok(false),
        };
        for (before, value) in words {
            self.push(before);
            match name {
                "timezone" => self.part(value, false, Within::Cast)?,
                _ => self.node(value, false)?,
            }
        }
        self.push(if name == "overlaps" { "))" } else { ")" });
        Ok(true)
    }
}

fn is_placeholder(value: &Expression) -> bool {
    match &value.node {
        Node::Placeholder => true,
        Node::Relabel(cast) | Node::ViaText(cast) | Node::ToDomain(cast) | Node::Elements { cast, .. } => {
            cast.implicit && is_placeholder(&cast.value)
        }
        Node::Call(call) if call.form == Form::Implicit => {
            call.arguments.first().is_some_and(|argument| is_placeholder(&argument.value))
        }
        _ => false,
    }
}

/// A backslash stands for itself, as under `standard_conforming_strings`.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
