//! Arrays as text: `{a,"b c",NULL}`, of one dimension.

use super::{Literal, read as read_element, trimmed};
use crate::catalog::Oid;
use crate::catalog::types::{self, Type};
use crate::expression::Scope;

/// Its elements are parted by another character.
const BOX: Oid = Oid(603);

pub(super) fn read(scope: &dyn Scope, element: Oid, text: &str) -> Literal {
    let of = types::base_type(scope, Type { oid: element, modifier: -1 });
    if element == BOX || of.oid != element {
        return Literal::Unknown;
    }
    let written = trimmed(text);
    if !written.starts_with('{') && !written.starts_with('[') {
        return Literal::refused("22P02", format!("malformed array literal: \"{text}\""));
    }
    let Some(items) = items(written) else { return Literal::Unknown };
    let mut shown = Vec::new();
    for item in items {
        let Some(item) = item else {
            shown.push("NULL".to_owned());
            continue;
        };
        match read_element(scope, of, &item) {
            Literal::Value(value) => shown.push(quoted(&value)),
            other => return other,
        }
    }
    Literal::Value(format!("{{{}}}", shown.join(",")))
}

/// Returns the elements, none for a null; none at all for what is not of such a form.
fn items(text: &str) -> Option<Vec<Option<String>>> {
    let inner = text.strip_prefix('{')?.strip_suffix('}')?;
    let mut items = Vec::new();
    if trimmed(inner).is_empty() {
        return Some(items);
    }
    let mut rest = inner;
    loop {
        rest = rest.trim_start();
        if let Some(mut behind) = rest.strip_prefix('"') {
            let mut item = String::new();
            loop {
                let mut characters = behind.chars();
                match characters.next()? {
                    '"' => break,
                    '\\' => item.push(characters.next()?),
                    other => item.push(other),
                }
                behind = characters.as_str();
            }
            items.push(Some(item));
            rest = behind.strip_prefix('"')?.trim_start();
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let item = rest.get(..end)?.trim_end();
            if item.is_empty() || item.contains(['{', '}', '"', '\\']) {
                return None;
            }
            items.push((!item.eq_ignore_ascii_case("null")).then(|| item.to_owned()));
            rest = rest.get(end..)?;
        }
        match rest.strip_prefix(',') {
            Some(behind) => rest = behind,
            None => return rest.is_empty().then_some(items),
        }
    }
}

/// Returns an element as it stands in an array.
pub(in crate::expression) fn quoted(value: &str) -> String {
    let special = |c: char| matches!(c, '{' | '}' | ',' | '"' | '\\') || c.is_ascii_whitespace() || c == '\u{b}';
    if value.is_empty() || value.eq_ignore_ascii_case("null") || value.contains(special) {
        format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        value.to_owned()
    }
}
