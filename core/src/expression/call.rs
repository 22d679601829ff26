//! Calls of functions, and what the grammar of Postgres makes one: `EXTRACT`, `TRIM`, `AT TIME ZONE`.

use super::aggregate::OverRows;
use super::analyze::{Analysis, constant, parts, text, unwrapped};
use super::coerce::{self, plain};
use super::{Answer, Scope, Stop};
use crate::catalog::expression::{Argument, Call, Expression, Form, Node, Value};
use crate::catalog::function::{self, Found, Given, Kind, Signature};
use crate::catalog::operator::NoOperator;
use crate::catalog::types::{self, Type, UNKNOWN};
use crate::catalog::{Context, Oid};
use crate::sql::query::ast::{
    self, BinaryOperator, CeilFloorKind, DateTimeField, Expr, FunctionArg, FunctionArgExpr, FunctionArgOperator,
    FunctionArguments, TrimWhereField,
};
use crate::sql::{TypeName, is_reserved_in};

const INT4: Oid = Oid(23);

/// Words of the grammar that stand for a value, with their type; those with `true` take a precision.
const KEYWORDS: [(&str, &str, u32, bool); 11] = [
    ("current_date", "CURRENT_DATE", 1082, false),
    ("current_time", "CURRENT_TIME", 1266, true),
    ("current_timestamp", "CURRENT_TIMESTAMP", 1184, true),
    ("localtime", "LOCALTIME", 1083, true),
    ("localtimestamp", "LOCALTIMESTAMP", 1114, true),
    ("current_role", "CURRENT_ROLE", 19, false),
    ("current_user", "CURRENT_USER", 19, false),
    ("user", "USER", 19, false),
    ("session_user", "SESSION_USER", 19, false),
    ("current_catalog", "CURRENT_CATALOG", 19, false),
    ("current_schema", "CURRENT_SCHEMA", 19, false),
];
/// Calls with a grammar of their own that is not read here.
const SPECIAL: [&str; 24] = [
    "system_user",
    "xmlconcat",
    "xmlelement",
    "xmlexists",
    "xmlforest",
    "xmlparse",
    "xmlpi",
    "xmlroot",
    "xmlserialize",
    "grouping",
    "treat",
    "normalize",
    "json_object",
    "json_array",
    "json_objectagg",
    "json_arrayagg",
    "json",
    "json_scalar",
    "json_serialize",
    "json_exists",
    "json_query",
    "json_value",
    "merge_action",
    "setof",
];
/// Types whose name is a word of the grammar: no function is called by it without quotes.
const TYPE_WORDS: [&str; 19] = [
    "int",
    "integer",
    "smallint",
    "bigint",
    "real",
    "boolean",
    "decimal",
    "dec",
    "numeric",
    "float",
    "char",
    "character",
    "varchar",
    "nchar",
    "bit",
    "time",
    "timestamp",
    "interval",
    "national",
];

impl<'a> Analysis<'a> {
    pub(super) fn call(&mut self, tree: &Expr) -> Answer {
        match tree {
            Expr::Function(call) => self.function(call),
            Expr::Extract { field, expr, .. } => {
                let field = match field {
                    DateTimeField::Custom(name) if name.quote_style == Some('\'') => name.value.clone(),
                    field => field.to_string().to_ascii_lowercase(),
                };
                let field = constant(&ast::Value::SingleQuotedString(field))?;
                let field = coerce::coerced(self.scope, field, text(), -1, Context::Implicit, Form::Implicit)?;
                let value = self.expression(expr)?;
                self.builtin("extract", vec![field, value], Form::Syntax)
            }
            Expr::Ceil { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                let value = self.expression(expr)?;
                self.named(None, "ceil", vec![value])
            }
            Expr::Floor { expr, field: CeilFloorKind::DateTimeField(DateTimeField::NoDateTime) } => {
                let value = self.expression(expr)?;
                self.named(None, "floor", vec![value])
            }
            Expr::Position { expr, r#in } => {
                let (whole, part) = (self.expression(r#in)?, self.expression(expr)?);
                self.builtin("position", vec![whole, part], Form::Syntax)
            }
            Expr::Substring { expr, substring_from, substring_for, special, shorthand } => {
                let value = self.expression(expr)?;
                let from = substring_from.as_ref().map(|from| self.expression(from)).transpose()?;
                let length = substring_for.as_ref().map(|length| self.expression(length)).transpose()?;
                if *special || *shorthand {
                    let arguments = [Some(value), from, length].into_iter().flatten().collect();
                    return self.named(None, if *shorthand { "substr" } else { "substring" }, arguments);
                }
                let arguments = match (from, length) {
                    (None, Some(length)) => {
                        let one = constant(&ast::Value::Number("1".to_owned(), false))?;
                        vec![value, one, self.cast(length, plain(INT4))?]
                    }
                    (from, length) => [Some(value), from, length].into_iter().flatten().collect(),
                };
                self.builtin("substring", arguments, Form::Syntax)
            }
            Expr::Trim { trim_where, trim_what, expr, trim_characters } => {
                let name = match trim_where {
                    None | Some(TrimWhereField::Both) => "btrim",
                    Some(TrimWhereField::Leading) => "ltrim",
                    Some(TrimWhereField::Trailing) => "rtrim",
                };
                let mut arguments = vec![self.expression(expr)?];
                for what in trim_what.iter().map(AsRef::as_ref).chain(trim_characters.iter().flatten()) {
                    arguments.push(self.expression(what)?);
                }
                self.builtin(name, arguments, Form::Syntax)
            }
            Expr::Overlay { expr, overlay_what, overlay_from, overlay_for } => {
                let trees = [expr, overlay_what, overlay_from].into_iter().chain(overlay_for);
                let arguments = self.expressions(trees.map(AsRef::as_ref))?;
                self.builtin("overlay", arguments, Form::Syntax)
            }
            Expr::AtTimeZone { timestamp, time_zone } => {
                let (zone, time) = (self.expression(time_zone)?, self.expression(timestamp)?);
                self.builtin("timezone", vec![zone, time], Form::Syntax)
            }
            _ => Err(Stop::unknown("a call of such a form")),
        }
    }

    /// `(a, b) OVERLAPS (c, d)`
    pub(super) fn overlaps(&mut self, left: &Expr, right: &Expr) -> Answer {
        let (Expr::Tuple(left), Expr::Tuple(right)) = (unwrapped(left), unwrapped(right)) else {
            return Err(Stop::unknown("OVERLAPS of other than rows"));
        };
        if left.len() != 2 || right.len() != 2 {
            return Err(Stop::refused("42601", "wrong number of parameters beside OVERLAPS expression"));
        }
        let arguments = self.expressions(left.iter().chain(right))?;
        self.builtin("overlaps", arguments, Form::Syntax)
    }

    fn function(&mut self, call: &ast::Function) -> Answer {
        let names = parts(&call.name)?;
        let (schema, name) = match names.as_slice() {
            [name] => (None, name.as_str()),
            [schema, name] => (Some(schema.as_str()), name.as_str()),
            _ => return Err(Stop::unknown("a function by database, schema and name")),
        };
        let plain_word = schema.is_none()
            && call.name.0.iter().all(|part| part.as_ident().is_some_and(|name| name.quote_style.is_none()));
        let odd = call.uses_odbc_syntax || !matches!(call.parameters, FunctionArguments::None);
        // A word that a version does not know yet is a name like any other.
        let is_special = SPECIAL.contains(&name) && is_reserved_in(self.scope.version(), name);
        if odd || (plain_word && (is_special || TYPE_WORDS.contains(&name))) {
            return Err(Stop::unknown("a call with a grammar of its own"));
        }
        let list = match &call.args {
            FunctionArguments::None => &[][..],
            FunctionArguments::List(list) => &list.args[..],
            FunctionArguments::Subquery(query) if plain_word && name == "array" => return self.array_of_query(query),
            _ => return Err(Stop::unknown("a call of such a form")),
        };
        if plain_word && let Some(keyword) = KEYWORDS.iter().find(|keyword| keyword.0 == name) {
            // `current_schema()` is a function.
            if !(name == "current_schema" && matches!(call.args, FunctionArguments::List(_))) {
                return keyword_value(keyword, list);
            }
        }
        if matches!(call.args, FunctionArguments::None) {
            return Err(Stop::unknown("a call without parentheses"));
        }
        let mut over_rows = OverRows::of(call)?;
        let arguments = self.arguments(list, &mut over_rows)?;
        self.read_filter(call, &mut over_rows)?;
        if plain_word && !over_rows.is_said() {
            let values = || arguments.iter().map(|argument| argument.value.clone()).collect::<Vec<_>>();
            match (name, arguments.as_slice()) {
                ("coalesce" | "greatest" | "least", _) => return self.first_or_best(name, values()),
                ("nullif", [left, right]) => return self.null_if(left.value.clone(), right.value.clone()),
                ("nullif", _) => return Err(Stop::unknown("NULLIF of other than two")),
                ("row", _) => return Ok(Expression { node: Node::Row(values()), of: plain(Oid(2249)) }),
                _ => {}
            }
        }
        self.called_by(schema, name, arguments, Form::Call, over_rows)
    }

    /// Reads what stands in the parentheses of a call.
    fn arguments(&mut self, list: &[FunctionArg], over_rows: &mut OverRows<'_>) -> Answer<Vec<Argument>> {
        let mut arguments = Vec::new();
        for argument in list {
            let (name, tree) = match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::BinaryOp {
                    left,
                    op: BinaryOperator::Assignment,
                    right,
                })) => match &**left {
                    Expr::Identifier(name) => (Some(super::analyze::folded(name)), right.as_ref()),
                    _ => return Err(Stop::unknown("an argument of such a form")),
                },
                FunctionArg::Unnamed(FunctionArgExpr::Expr(tree)) => (None, tree),
                FunctionArg::Named {
                    name,
                    arg: FunctionArgExpr::Expr(tree),
                    operator: FunctionArgOperator::RightArrow | FunctionArgOperator::Assignment,
                } => (Some(super::analyze::folded(name)), tree),
                FunctionArg::ExprNamed {
                    name: Expr::Identifier(name),
                    arg: FunctionArgExpr::Expr(tree),
                    operator: FunctionArgOperator::RightArrow | FunctionArgOperator::Assignment,
                } => (Some(super::analyze::folded(name)), tree),
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) if list.len() == 1 => {
                    over_rows.star = true;
                    return Ok(Vec::new());
                }
                _ => return Err(Stop::unknown("an argument of such a form")),
            };
            if name.is_none() && arguments.iter().any(|before: &Argument| before.name.is_some()) {
                return Err(Stop::refused("42601", "positional argument cannot follow named argument"));
            }
            arguments.push(Argument { name, value: self.expression(tree)? });
        }
        Ok(arguments)
    }

    /// Calls a function of `pg_catalog`, as the grammar does.
    pub(super) fn builtin(&mut self, name: &str, arguments: Vec<Expression>, form: Form) -> Answer {
        let arguments = arguments.into_iter().map(|value| Argument { name: None, value }).collect();
        self.called_by(Some("pg_catalog"), name, arguments, form, OverRows::default())
    }

    fn named(&mut self, schema: Option<&str>, name: &str, arguments: Vec<Expression>) -> Answer {
        let arguments = arguments.into_iter().map(|value| Argument { name: None, value }).collect();
        self.called_by(schema, name, arguments, Form::Call, OverRows::default())
    }

    /// Returns the functions of a name, schema by schema.
    fn path(&self, schema: Option<&str>, name: &str) -> Vec<&'a [Signature]> {
        let scope: &'a dyn Scope = self.scope;
        let own = match schema {
            Some("pg_catalog") => Vec::new(),
            schema => scope.own_functions(schema, name),
        };
        let of_catalog = match schema {
            None | Some("pg_catalog") => function::builtin(scope.version(), name),
            Some(_) => &[],
        };
        [of_catalog].into_iter().chain(own).collect()
    }

    /// `ParseFuncOrColumn`
    fn called_by(
        &mut self,
        schema: Option<&str>,
        name: &str,
        arguments: Vec<Argument>,
        form: Form,
        over_rows: OverRows<'_>,
    ) -> Answer {
        let path = self.path(schema, name);
        let given: Vec<Given<'_>> = arguments
            .iter()
            .map(|argument| Given { name: argument.name.as_deref(), of: argument.value.of.oid })
            .collect();
        let may_cast = given.len() == 1 && !over_rows.is_said();
        let as_type = if may_cast { self.type_of_name(schema, name)? } else { None };
        let found = function::find(self.scope, &path, &given, false, as_type.map(|it| it.oid));
        let found = found.map_err(|no| match no {
            NoOperator::Undefined => Stop::refused("42883", format!("function {name} does not exist")),
            NoOperator::Ambiguous => Stop::refused("42725", format!("function {name} is not unique")),
            NoOperator::Mismatch => Stop::refused("42804", "could not determine polymorphic type"),
            NoOperator::NoArray => Stop::refused("42704", "could not find array type"),
        })?;
        match (found, as_type) {
            (function::Call::Cast, Some(to)) => {
                let value = arguments.into_iter().next().map(|argument| argument.value);
                let value = value.ok_or_else(|| Stop::unknown("a cast of nothing"))?;
                self.cast(value, plain(to.oid))
            }
            (function::Call::Cast, None) => Err(Stop::unknown("a cast to no type")),
            (function::Call::Function(found), _) => {
                let builtin = function::builtin_of(self.scope.version(), found.signature.oid).is_some();
                if !builtin {
                    let signature = found.signature.clone();
                    let call = self.finished_call(name, &found, arguments, form, over_rows)?;
                    self.called.push(signature);
                    return Ok(call);
                }
                self.finished_call(name, &found, arguments, form, over_rows)
            }
        }
    }

    /// Returns the type that a name means where a function was expected.
    fn type_of_name(&self, schema: Option<&str>, name: &str) -> Answer<Option<Type>> {
        let name = TypeName {
            set_of: false,
            schema: schema.map(str::to_owned),
            name: name.to_owned(),
            modifiers: Vec::new(),
            fields: None,
            array: false,
        };
        match Type::builtin(self.scope.version(), &name) {
            Some(found) => Ok(found.ok()),
            None => self.scope.own_type(&name),
        }
    }

    fn finished_call(
        &mut self,
        name: &str,
        found: &Found<'_>,
        arguments: Vec<Argument>,
        form: Form,
        over_rows: OverRows<'_>,
    ) -> Answer {
        let signature = found.signature;
        self.may_be_called(name, signature, &arguments, &over_rows)?;
        let mut becomes = Vec::new();
        for (argument, to) in arguments.into_iter().zip(&found.arguments) {
            let value = coerce::coerced(self.scope, argument.value, *to, -1, Context::Implicit, Form::Implicit)?;
            becomes.push(Argument { name: argument.name, value });
        }
        if signature.returns_set {
            self.may_return_rows()?;
        }
        let variadic = found.collected > 0;
        if variadic {
            let rest = becomes.split_off(becomes.len().saturating_sub(found.collected));
            let element = found.arguments.last().copied().unwrap_or(UNKNOWN);
            let array = types::array_of(self.scope, element).ok_or_else(|| Stop::unknown("an array of such a type"))?;
            let elements: Vec<Expression> = rest.into_iter().map(|argument| argument.value).collect();
            let of = Type { oid: array, modifier: coerce::common_modifier(&elements) };
            becomes.push(Argument { name: None, value: Expression { node: Node::Array(elements), of } });
        }
        let node = match signature.kind {
            Kind::Aggregate | Kind::Window => {
                let arguments = becomes.into_iter().map(|argument| argument.value).collect();
                self.over_rows(over_rows, signature.oid, arguments, variadic)?
            }
            _ => Node::Call(Call { function: signature.oid, arguments: becomes, variadic, form }),
        };
        Ok(Expression { node, of: plain(found.result) })
    }
}

/// Returns the value of a word of the grammar that sqlparser takes for a column. Neither can be the name of one.
pub(super) fn bare_keyword(name: &ast::Ident) -> Option<Expression> {
    let is_it = |word: &str| name.quote_style.is_none() && name.value.eq_ignore_ascii_case(word);
    let (_, word, oid, _) =
        KEYWORDS.iter().find(|keyword| ["current_role", "current_schema"].contains(&keyword.0) && is_it(keyword.0))?;
    Some(Expression { node: Node::Keyword(word, None), of: plain(Oid(*oid)) })
}

fn keyword_value(keyword: &(&str, &'static str, u32, bool), arguments: &[FunctionArg]) -> Answer {
    let (_, word, oid, precise) = *keyword;
    let precision = match arguments {
        [] => None,
        [FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Value(value)))] if precise => match &value.value {
            ast::Value::Number(digits, false) => {
                digits.parse::<i32>().ok().filter(|precision| (0..=6).contains(precision))
            }
            _ => None,
        },
        _ => None,
    };
    if precision.is_none() && !arguments.is_empty() {
        return Err(Stop::unknown("a word of the grammar with an argument"));
    }
    let of = Type { oid: Oid(oid), modifier: precision.unwrap_or(-1) };
    Ok(Expression { node: Node::Keyword(word, precision), of })
}

/// Returns the text of a literal.
pub(super) fn literal_text(value: &Expression) -> Option<&str> {
    match &value.node {
        Node::Constant(Value::Text(text)) => Some(text),
        _ => None,
    }
}
