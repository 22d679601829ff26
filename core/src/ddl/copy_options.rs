//! The options of `COPY`, as `ProcessCopyOptions` reads them: which there are, and what they take.

use super::syntax::{name, names, part};
use super::{Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::{Relation, SqlState};
use crate::sql::query::ast::{Expr, Value};
use crate::sql::{ast, query, tree};

/// The options of COPY, and since when there are some.
const KNOWN: [&str; 11] = [
    "format",
    "freeze",
    "delimiter",
    "null",
    "header",
    "quote",
    "escape",
    "force_quote",
    "force_not_null",
    "force_null",
    "encoding",
];
const LATER: [(&str, PostgresVersion); 4] = [
    ("default", PostgresVersion::V16),
    ("on_error", PostgresVersion::V17),
    ("log_verbosity", PostgresVersion::V17),
    ("reject_limit", PostgresVersion::V18),
];
/// Names of encodings as they are compared: letters and digits alone.
#[rustfmt::skip]
const ENCODINGS: [&str; 77] = [
    "abc", "alt", "big5", "euccn", "eucjis2004", "eucjp", "euckr", "euctw", "gb18030", "gbk", "iso88591", "iso885910",
    "iso885913", "iso885914", "iso885915", "iso885916", "iso88592", "iso88593", "iso88594", "iso88595", "iso88596",
    "iso88597", "iso88598", "iso88599", "johab", "koi8", "koi8r", "koi8u", "latin1", "latin10", "latin2", "latin3",
    "latin4", "latin5", "latin6", "latin7", "latin8", "latin9", "mskanji", "muleinternal", "shiftjis", "shiftjis2004",
    "sjis", "sqlascii", "tcvn", "tcvn5712", "uhc", "unicode", "utf8", "vscii", "win", "win1250", "win1251", "win1252",
    "win1253", "win1254", "win1255", "win1256", "win1257", "win1258", "win866", "win874", "win932", "win936", "win949",
    "win950", "windows1250", "windows1251", "windows1252", "windows1253", "windows1254", "windows1255", "windows1256",
    "windows1257", "windows1258", "windows866", "windows874",
];

/// What an option was given.
enum Given {
    Nothing,
    /// `*`
    All,
    /// In parentheses.
    List(Vec<String>),
    /// A word in lower case, or a text.
    Text(String),
    Number(String),
}

impl Given {
    /// Returns a word or text, as most options take a number too.
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Nothing | Self::All | Self::List(_) => None,
        }
    }

    /// `defGetBoolean`
    fn boolean(&self) -> Option<bool> {
        match self {
            Self::Nothing => Some(true),
            Self::Number(number) => [("1", true), ("0", false)].iter().find(|it| it.0 == number).map(|it| it.1),
            Self::Text(word) => match word.to_ascii_lowercase().as_str() {
                "true" | "on" => Some(true),
                "false" | "off" => Some(false),
                _ => None,
            },
            Self::All | Self::List(_) => None,
        }
    }
}

/// Options with what each was given, in order.
pub(super) struct Options(Vec<(String, Given)>);

impl Options {
    /// Reads the options of a statement, in parentheses or as they were written before 9.0.
    pub(super) fn read(tree: &ast::Copy) -> Result<Self, Stop> {
        let mut read = Vec::new();
        if tree.copy_table().is_some_and(|table| table.binary_token().is_some()) {
            read.push(("format".to_owned(), Given::Text("binary".to_owned())));
        }
        for option in tree.copy_option_list().into_iter().flat_map(|list| list.copy_options()) {
            read.push((name(option.copy_option_key())?, given(option.copy_option_value())?));
        }
        for option in tree.copy_legacy_options() {
            read.push(legacy(&option)?);
        }
        Ok(Self(read))
    }

    /// Refuses options that a version does not take. `into`: rows are read, not written.
    pub(super) fn check(&self, version: PostgresVersion, into: bool) -> Result<(), Stop> {
        for (at, (key, given)) in self.0.iter().enumerate() {
            let later = LATER.iter().any(|(later, since)| later == key && version >= *since);
            if !KNOWN.contains(&key.as_str()) && !later {
                if key == "convert_selectively" {
                    return unknown("an option that is not for people");
                }
                return syntax(format!("option \"{key}\" not recognized"));
            }
            if key == "format" && version >= PostgresVersion::V16 && given.text() == Some("json") {
                return syntax("syntax error at or near \"FORMAT\"");
            }
            if self.0.iter().take(at).any(|(other, _)| other == key) {
                return syntax("conflicting or redundant options");
            }
            takes(version, key, given, into)?;
        }
        self.together(version, into)
    }

    /// Refuses columns of `FORCE_…` that are not copied.
    pub(super) fn check_columns(&self, relation: &Relation, copied: &[String]) -> Result<(), Stop> {
        for (key, given) in &self.0 {
            let Given::List(columns) = given else { continue };
            copied_columns(relation, columns)?;
            let is_copied = |column: &&String| copied.is_empty() || copied.contains(column);
            if let Some(column) = columns.iter().find(|column| !is_copied(column)) {
                let message = format!("{} column \"{column}\" not referenced by COPY", key.to_ascii_uppercase());
                return refused(SqlState::INVALID_COLUMN_REFERENCE, message);
            }
        }
        Ok(())
    }

    fn find(&self, key: &str) -> Option<&Given> {
        self.0.iter().find(|(other, _)| other == key).map(|(_, given)| given)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.find(key).and_then(Given::text)
    }

    /// Refuses options that do not go together.
    fn together(&self, version: PostgresVersion, into: bool) -> Result<(), Stop> {
        let has = |key: &str| self.find(key).is_some();
        let says = |key: &str| self.find(key).is_some_and(|given| given.boolean() != Some(false));
        let (is_csv, is_binary) = (self.text("format") == Some("csv"), self.text("format") == Some("binary"));
        if is_binary {
            if let Some(key) = ["delimiter", "null", "default"].into_iter().find(|key| has(key)) {
                return syntax(format!("cannot specify {} in BINARY mode", key.to_ascii_uppercase()));
            }
            if self.text("on_error").is_some_and(|it| !it.eq_ignore_ascii_case("stop")) {
                return syntax("only ON_ERROR STOP is allowed in BINARY mode");
            }
        }
        let delimiter = self.text("delimiter").unwrap_or(if is_csv { "," } else { "\t" });
        let null = self.text("null").unwrap_or(if is_csv { "" } else { "\\N" });
        let quote = self.text("quote").unwrap_or("\"");
        let breaks = |text: &str| text.contains(['\r', '\n']);
        if delimiter.len() != 1 {
            return not_supported("COPY delimiter must be a single one-byte character");
        }
        for (what, text) in
            [("delimiter", delimiter), ("null", null), ("default", self.text("default").unwrap_or_default())]
        {
            if breaks(text) {
                return invalid(format!("COPY {what} cannot use newline or carriage return"));
            }
        }
        let is_taken = |it: char| matches!(it, '\\' | '.' | 'a'..='z' | '0'..='9');
        if !is_csv && delimiter.starts_with(is_taken) {
            return invalid(format!("COPY delimiter cannot be \"{delimiter}\""));
        }
        if says("header") && if version < PostgresVersion::V15 { !is_csv } else { is_binary } {
            return not_supported("cannot specify HEADER in this format");
        }
        for (key, text) in [("quote", quote), ("escape", self.text("escape").unwrap_or(quote))] {
            if !is_csv && has(key) {
                return not_supported(format!("COPY {} requires CSV mode", key.to_ascii_uppercase()));
            }
            if is_csv && text.len() != 1 {
                return not_supported(format!("COPY {key} must be a single one-byte character"));
            }
            if is_csv && key == "quote" && text == delimiter {
                return invalid("COPY delimiter and quote must be different");
            }
        }
        self.of_one_direction(version, into, is_csv)?;
        let late = |message: String| match version {
            PostgresVersion::V16 => unknown("which error this is"),
            version if version < PostgresVersion::V16 => not_supported(message),
            _ => invalid(message),
        };
        if null.contains(delimiter) {
            return late("COPY delimiter character must not appear in the NULL specification".to_owned());
        }
        if is_csv && null.contains(quote) {
            return late("CSV quote character must not appear in the NULL specification".to_owned());
        }
        if let Some(default) = self.text("default") {
            if !into {
                return not_supported("COPY DEFAULT cannot be used with COPY TO");
            }
            if default.contains(delimiter) || (is_csv && default.contains(quote)) || default == null {
                return not_supported("a character or a text means something else than DEFAULT");
            }
        }
        if has("reject_limit") && !self.text("on_error").is_some_and(|it| it.eq_ignore_ascii_case("ignore")) {
            return invalid("COPY REJECT_LIMIT requires ON_ERROR to be set to IGNORE");
        }
        match is_binary && into {
            // What the file holds decides.
            true => unknown("rows in binary format"),
            false => Ok(()),
        }
    }

    /// Refuses what is there for COPY FROM or COPY TO alone.
    fn of_one_direction(&self, version: PostgresVersion, into: bool, is_csv: bool) -> Result<(), Stop> {
        for key in ["force_quote", "force_not_null", "force_null"] {
            let shown = key.to_ascii_uppercase();
            if self.find(key).is_none() {
                continue;
            }
            if !is_csv {
                return not_supported(format!("COPY {shown} requires CSV mode"));
            }
            match (key == "force_quote", into) {
                (true, true) => return not_supported("COPY FORCE_QUOTE cannot be used with COPY FROM"),
                (false, false) if version >= PostgresVersion::V17 => {
                    return invalid(format!("COPY {shown} cannot be used with COPY TO"));
                }
                (false, false) if version == PostgresVersion::V16 => return unknown("an option of COPY FROM"),
                (false, false) => return not_supported(format!("COPY {shown} only available using COPY FROM")),
                _ => {}
            }
        }
        match self.find("freeze").and_then(Given::boolean) {
            Some(true) if into => unknown("COPY FREEZE"),
            Some(true) if version >= PostgresVersion::V17 => invalid("COPY FREEZE cannot be used with COPY TO"),
            Some(true) if version == PostgresVersion::V16 => unknown("an option of COPY FROM"),
            _ => Ok(()),
        }
    }
}

/// Refuses columns that a relation does not have, that it computes, or that are named twice; `CopyGetAttnums`.
pub(super) fn copied_columns(relation: &Relation, columns: &[String]) -> Result<(), Stop> {
    for (at, column) in columns.iter().enumerate() {
        let Some(found) = relation.column(column) else {
            let message = format!("column \"{column}\" of relation \"{}\" does not exist", relation.name);
            return refused(SqlState::UNDEFINED_COLUMN, message);
        };
        if found.default.as_ref().is_some_and(|default| default.generated) {
            let message = format!("column \"{column}\" is a generated column");
            return refused(SqlState::INVALID_COLUMN_REFERENCE, message);
        }
        if columns.iter().take(at).any(|other| other == column) {
            let message = format!("column \"{column}\" specified more than once");
            return refused(SqlState::DUPLICATE_COLUMN, message);
        }
    }
    Ok(())
}

fn given(value: Option<ast::CopyOptionValue>) -> Result<Given, Stop> {
    let Some(value) = value else { return Ok(Given::Nothing) };
    if value.star_token().is_some() {
        return Ok(Given::All);
    }
    if let Some(list) = value.copy_option_arg_list() {
        let item = |item: ast::CopyOptionArg| match one(&tree::text(&item))? {
            Given::Text(text) => Ok(text),
            _ => unknown("a list that an option takes"),
        };
        return Ok(Given::List(list.copy_option_args().map(item).collect::<Result<_, _>>()?));
    }
    one(&tree::text(&value))
}

/// Reads a word, a text or a number.
fn one(written: &str) -> Result<Given, Stop> {
    let is_word = |it: char| it.is_ascii_alphanumeric() || it == '_';
    if written.starts_with(|it: char| it.is_ascii_alphabetic()) && written.chars().all(is_word) {
        return Ok(Given::Text(written.to_ascii_lowercase()));
    }
    let number = crate::sql::decimal(written);
    if number.trim_start_matches(['-', '+']).bytes().all(|it| it.is_ascii_digit()) && !number.is_empty() {
        return Ok(Given::Number(number.trim_start_matches('+').to_owned()));
    }
    match query::expression(written) {
        Ok(Expr::Value(value)) => match value.value {
            Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) => Ok(Given::Text(text)),
            _ => unknown("what an option takes"),
        },
        Ok(Expr::Identifier(name)) => Ok(Given::Text(name.value)),
        _ => unknown("what an option takes"),
    }
}

fn legacy(option: &ast::CopyLegacyOption) -> Result<(String, Given), Stop> {
    let is = |token: Option<_>| token.is_some();
    let format = |word: &str| Ok(("format".to_owned(), Given::Text(word.to_owned())));
    if let Some(kind) = option.copy_force_kind() {
        let key = match kind {
            ast::CopyForceKind::ForceQuote(_) => "force_quote",
            ast::CopyForceKind::ForceNull(_) => "force_null",
            ast::CopyForceKind::ForceNotNull(_) => "force_not_null",
        };
        let columns = match option.star_token() {
            Some(_) => Given::All,
            None => Given::List(names(option.column_name_refs())?),
        };
        return Ok((key.to_owned(), columns));
    }
    let key = match option {
        _ if is(option.binary_token()) => return format("binary"),
        _ if is(option.csv_token()) => return format("csv"),
        _ if is(option.freeze_token()) => return Ok(("freeze".to_owned(), Given::Nothing)),
        _ if is(option.header_token()) => return Ok(("header".to_owned(), Given::Nothing)),
        _ if is(option.delimiter_token()) => "delimiter",
        _ if is(option.null_token()) => "null",
        _ if is(option.quote_token()) => "quote",
        _ if is(option.escape_token()) => "escape",
        _ if is(option.encoding_token()) => "encoding",
        _ => return unknown("an option of COPY"),
    };
    Ok((key.to_owned(), one(&tree::text(&part(option.literal())?))?))
}

/// Refuses a value that an option does not take.
fn takes(version: PostgresVersion, key: &str, given: &Given, into: bool) -> Result<(), Stop> {
    match (key, given) {
        ("force_quote" | "force_null" | "force_not_null", given) => match given {
            Given::List(_) => Ok(()),
            Given::All if key == "force_quote" || version >= PostgresVersion::V17 => Ok(()),
            _ => invalid(format!("argument to option \"{key}\" must be a list of column names")),
        },
        ("on_error", _) if !into => invalid("COPY ON_ERROR cannot be used with COPY TO"),
        ("header", Given::Text(word)) if word.eq_ignore_ascii_case("match") && version >= PostgresVersion::V15 => {
            match into {
                true => Ok(()),
                false => not_supported("cannot use \"match\" with HEADER in COPY TO"),
            }
        }
        ("freeze" | "header", Given::Nothing | Given::Text(_) | Given::Number(_)) => match given.boolean() {
            Some(_) => Ok(()),
            None => syntax(format!("{key} requires a Boolean value")),
        },
        (_, Given::Nothing) => syntax(format!("{key} requires a parameter")),
        (_, Given::All | Given::List(_)) => unknown("a list that an option takes"),
        ("format", Given::Text(word)) if !["text", "csv", "binary"].contains(&word.as_str()) => {
            invalid(format!("COPY format \"{word}\" not recognized"))
        }
        ("encoding", Given::Text(name)) => {
            let plain: String =
                name.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect();
            match ENCODINGS.contains(&plain.as_str()) || ["win", "windows"].iter().any(|it| plain.starts_with(it)) {
                true => Ok(()),
                false => invalid("argument to option \"encoding\" must be a valid encoding name"),
            }
        }
        ("on_error", Given::Text(word)) if !["stop", "ignore"].contains(&word.to_ascii_lowercase().as_str()) => {
            invalid(format!("COPY ON_ERROR \"{word}\" not recognized"))
        }
        ("log_verbosity", Given::Text(word)) => match word.to_ascii_lowercase().as_str() {
            "default" | "verbose" => Ok(()),
            "silent" if version >= PostgresVersion::V18 => Ok(()),
            _ => invalid(format!("COPY LOG_VERBOSITY \"{word}\" not recognized")),
        },
        ("reject_limit", Given::Text(number) | Given::Number(number)) => match number.parse::<i64>() {
            Ok(1..) => Ok(()),
            Ok(_) => invalid(format!("REJECT_LIMIT ({number}) must be greater than zero")),
            Err(_) => unknown("a number that is not read here"),
        },
        ("delimiter" | "null" | "quote" | "escape" | "default", Given::Text(_)) => Ok(()),
        (_, Given::Number(_)) => unknown("a number for an option"),
        _ => Ok(()),
    }
}

fn syntax(message: impl Into<String>) -> Result<(), Stop> {
    refused(SqlState::SYNTAX_ERROR, message)
}

fn invalid(message: impl Into<String>) -> Result<(), Stop> {
    refused(SqlState::INVALID_PARAMETER_VALUE, message)
}

fn not_supported(message: impl Into<String>) -> Result<(), Stop> {
    refused(SqlState::FEATURE_NOT_SUPPORTED, message)
}
