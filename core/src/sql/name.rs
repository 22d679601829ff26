//! Names and texts as SQL spells them.

use std::borrow::Cow;

use super::keyword::{is_reserved, is_reserved_in};
use crate::PostgresVersion;

/// Longest name that Postgres keeps, in bytes; it cuts what is longer.
const NAME_BYTES: usize = 63;

/// Returns the name in double quotes if it needs them on any version: when it is not lower case letters, digits and
/// underscores, or is a key word that not every kind of name may be.
pub fn quote_identifier(name: &str) -> Cow<'_, str> {
    if is_plain(name) && !is_reserved(name) { Cow::Borrowed(name) } else { quoted(name) }
}

/// Returns the same as a server of a version writes it: its `quote_ident`.
pub fn quote_identifier_of(version: PostgresVersion, name: &str) -> Cow<'_, str> {
    if is_plain(name) && !is_reserved_in(version, name) { Cow::Borrowed(name) } else { quoted(name) }
}

fn is_plain(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn quoted(name: &str) -> Cow<'_, str> {
    Cow::Owned(format!("\"{}\"", name.replace('"', "\"\"")))
}

/// Returns a name with its schema, each part quoted if it needs it.
pub fn quote_name(schema: Option<&str>, name: &str) -> String {
    match schema {
        Some(schema) => format!("{}.{}", quote_identifier(schema), quote_identifier(name)),
        None => quote_identifier(name).into_owned(),
    }
}

/// Returns the same as a server of a version writes it.
pub fn quote_name_of(version: PostgresVersion, schema: Option<&str>, name: &str) -> String {
    let quoted = quote_identifier_of(version, name);
    match schema {
        Some(schema) => format!("{}.{quoted}", quote_identifier_of(version, schema)),
        None => quoted.into_owned(),
    }
}

/// Returns a text in single quotes; one with a backslash as `E'…'`, so that it means the same under every setting of
/// `standard_conforming_strings`. Postgres's `quote_literal` does the same.
pub fn quote_literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}

/// Returns the name that an identifier in SQL stands for: without quotes folded to lower case, quoted as it is; cut to
/// the 63 bytes that Postgres keeps. None when it is no single identifier.
pub fn fold(identifier: &str) -> Option<String> {
    let name = match identifier.strip_prefix('"') {
        Some(rest) => {
            let inner = rest.strip_suffix('"')?;
            if inner.is_empty() || inner.replace("\"\"", "").contains('"') {
                return None;
            }
            inner.replace("\"\"", "\"")
        }
        None => {
            let start = |c: char| c.is_ascii_alphabetic() || c == '_' || !c.is_ascii();
            if !identifier.starts_with(start) || !identifier.chars().all(|c| start(c) || c.is_ascii_digit() || c == '$')
            {
                return None;
            }
            identifier.to_ascii_lowercase()
        }
    };
    Some(cut(&name).to_owned())
}

/// Returns as much of a text as a name keeps.
pub(crate) fn cut(name: &str) -> &str {
    let mut end = name.len().min(NAME_BYTES);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}
