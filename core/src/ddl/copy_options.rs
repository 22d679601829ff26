//! The options of `COPY`, as `ProcessCopyOptions` reads them: which there are, and what they take.

use super::syntax::name;
use super::{Stop, refused, unknown};
use crate::PostgresVersion;
use crate::catalog::SqlState;
use crate::sql::ast;
use crate::sql::tree;

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
const BOOLEANS: [&str; 8] = ["true", "false", "on", "off", "1", "0", "yes", "no"];

/// What an option was given.
enum Given {
    Nothing,
    /// `*`
    All,
    /// Names in parentheses.
    List,
    /// One word, text or number, in lower case.
    One(String),
}

/// Refuses options that a version does not take. `into`: rows are read, not written.
pub(super) fn check(version: PostgresVersion, list: ast::CopyOptionList, into: bool) -> Result<(), Stop> {
    let mut seen: Vec<(String, Given)> = Vec::new();
    for option in list.copy_options() {
        let key = name(option.copy_option_key())?;
        let given = given(option.copy_option_value());
        let later = LATER.iter().any(|(later, since)| *later == key && version >= *since);
        if !KNOWN.contains(&key.as_str()) && !later {
            if key == "convert_selectively" {
                return unknown("an option that is not for people");
            }
            return syntax(format!("option \"{key}\" not recognized"));
        }
        if key == "format" && version >= PostgresVersion::V16 && matches!(&given, Given::One(word) if word == "json") {
            return syntax("syntax error at or near \"FORMAT\"");
        }
        if seen.iter().any(|(other, _)| *other == key) {
            return syntax("conflicting or redundant options");
        }
        takes(version, &key, &given, into)?;
        seen.push((key, given));
    }
    together(version, &seen, into)
}

fn given(value: Option<ast::CopyOptionValue>) -> Given {
    let Some(value) = value else { return Given::Nothing };
    if value.star_token().is_some() {
        return Given::All;
    }
    if value.copy_option_arg_list().is_some() {
        return Given::List;
    }
    Given::One(tree::text(&value).trim_matches('\'').to_ascii_lowercase())
}

/// Refuses a value that an option does not take.
fn takes(version: PostgresVersion, key: &str, given: &Given, into: bool) -> Result<(), Stop> {
    let invalid = |message: String| refused(SqlState::INVALID_PARAMETER_VALUE, message);
    match (key, given) {
        ("freeze" | "header", Given::Nothing) => Ok(()),
        ("force_quote" | "force_null" | "force_not_null", given) => match given {
            Given::List => Ok(()),
            Given::All if key == "force_quote" || version >= PostgresVersion::V17 => Ok(()),
            _ => invalid(format!("argument to option \"{key}\" must be a list of column names")),
        },
        ("on_error", _) if !into => invalid("COPY ON_ERROR cannot be used with COPY TO".to_owned()),
        (_, Given::Nothing) => syntax(format!("{key} requires a parameter")),
        (_, Given::All | Given::List) => unknown("a list that an option takes"),
        ("format", Given::One(word)) if !["text", "csv", "binary"].contains(&word.as_str()) => {
            invalid(format!("COPY format \"{word}\" not recognized"))
        }
        ("on_error", Given::One(word)) if !["stop", "ignore"].contains(&word.as_str()) => {
            invalid(format!("COPY ON_ERROR \"{word}\" not recognized"))
        }
        ("log_verbosity", Given::One(word)) => match word.as_str() {
            "default" | "verbose" => Ok(()),
            "silent" if version >= PostgresVersion::V18 => Ok(()),
            _ => invalid(format!("COPY LOG_VERBOSITY \"{word}\" not recognized")),
        },
        ("reject_limit", Given::One(number)) => match number.parse::<i64>() {
            Ok(1..) => Ok(()),
            Ok(_) => invalid(format!("REJECT_LIMIT ({number}) must be greater than zero")),
            Err(_) => unknown("a number that is not read here"),
        },
        ("header", Given::One(word)) => match word.as_str() {
            "match" if version >= PostgresVersion::V15 => Ok(()),
            word if BOOLEANS.contains(&word) => Ok(()),
            _ => syntax("header requires a Boolean value or \"match\""),
        },
        _ => Ok(()),
    }
}

/// Refuses options that do not go together.
fn together(version: PostgresVersion, seen: &[(String, Given)], into: bool) -> Result<(), Stop> {
    let find = |key: &str| seen.iter().find(|(other, _)| other == key).map(|(_, given)| given);
    let says = |key: &str, word: &str| matches!(find(key), Some(Given::One(it)) if it == word);
    let not_supported = |message: String| refused(SqlState::FEATURE_NOT_SUPPORTED, message);
    if says("format", "binary") {
        // What a file holds decides next.
        return if seen.len() == 1 { Ok(()) } else { unknown("options of COPY in binary format") };
    }
    let is_csv = says("format", "csv");
    if find("header").is_some() && !is_csv && version < PostgresVersion::V15 {
        return not_supported("COPY HEADER available only in CSV mode".to_owned());
    }
    if says("header", "match") && !into {
        return not_supported("cannot use \"match\" with HEADER in COPY TO".to_owned());
    }
    for key in ["quote", "escape", "force_quote", "force_not_null", "force_null"] {
        if find(key).is_some() && !is_csv {
            return not_supported(format!("COPY {} requires CSV mode", key.to_ascii_uppercase()));
        }
    }
    if find("force_quote").is_some() && into {
        return not_supported("COPY FORCE_QUOTE cannot be used with COPY FROM".to_owned());
    }
    let of_from = ["force_not_null", "force_null", "freeze"].into_iter().find(|key| find(key).is_some());
    match of_from.filter(|_| !into) {
        Some(key) if version >= PostgresVersion::V17 => {
            let message = format!("COPY {} cannot be used with COPY TO", key.to_ascii_uppercase());
            return refused(SqlState::INVALID_PARAMETER_VALUE, message);
        }
        Some("freeze") if version <= PostgresVersion::V15 => {}
        Some(key) if version <= PostgresVersion::V15 => {
            return not_supported(format!("COPY {} only available using COPY FROM", key.to_ascii_uppercase()));
        }
        Some(_) => return unknown("an option of COPY FROM"),
        None if find("freeze").is_some() => return unknown("COPY FREEZE"),
        None => {}
    }
    if find("default").is_some() && !into {
        return not_supported("COPY DEFAULT cannot be used with COPY TO".to_owned());
    }
    if find("reject_limit").is_some() && !says("on_error", "ignore") {
        let message = "COPY REJECT_LIMIT requires ON_ERROR to be set to IGNORE";
        return refused(SqlState::INVALID_PARAMETER_VALUE, message);
    }
    Ok(())
}

fn syntax(message: impl Into<String>) -> Result<(), Stop> {
    refused(SqlState::SYNTAX_ERROR, message)
}
