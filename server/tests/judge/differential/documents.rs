//! Where two documents of a schema differ.

use limbeck_core::document::schema::Schema;
use serde_json::Value;

use super::compare::{Difference, Kind, Signature};

/// Returns the first difference, with all lines that only one of the documents has.
pub(super) fn difference(postgres: &Schema, model: &Schema) -> Option<Difference> {
    if postgres == model {
        return None;
    }
    let value = |schema: &Schema| serde_json::to_value(schema).expect("it is JSON");
    let (left, right) = (value(postgres), value(model));
    let what = place(&left, &right).unwrap_or_default();
    let (left, right) = (lines(&left), lines(&right));
    let only = |these: &[String], those: &[String]| {
        let lines: Vec<&str> = these.iter().filter(|line| !those.contains(line)).map(String::as_str).collect();
        lines.join("\n             ")
    };
    let (postgres, model) = (only(&left, &right), only(&right, &left));
    Some(Difference { signature: Signature { kind: Kind::Catalog, what }, postgres, model })
}

/// Returns the path to the first difference, without names and numbers.
fn place(postgres: &Value, model: &Value) -> Option<String> {
    match (postgres, model) {
        (Value::Object(left), Value::Object(right)) => {
            let keys = left.keys().chain(right.keys().filter(|key| !left.contains_key(*key)));
            keys.into_iter().find_map(|key| {
                let null = &Value::Null;
                let inner = place(left.get(key).unwrap_or(null), right.get(key).unwrap_or(null))?;
                Some(if inner.is_empty() { key.clone() } else { format!("{key}.{inner}") })
            })
        }
        (Value::Array(left), Value::Array(right)) => {
            let missing = |these: &[Value], those: &[Value]| {
                these.iter().any(|this| !those.iter().any(|that| this.get("name") == that.get("name")))
            };
            if missing(left, right) {
                return Some("missing".to_owned());
            }
            if missing(right, left) {
                return Some("too many".to_owned());
            }
            left.iter()
                .zip(right)
                .find_map(|(left, right)| place(left, right))
                .or((left.len() != right.len()).then(String::new))
        }
        _ => (postgres != model).then(String::new),
    }
}

/// Returns a line for each object and each part of one.
fn lines(schema: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let Value::Object(kinds) = schema else { return lines };
    for (kind, objects) in kinds {
        for object in objects.as_array().into_iter().flatten() {
            let name = object.get("name").and_then(Value::as_str).unwrap_or_default();
            for (part, value) in object.as_object().into_iter().flatten() {
                match value {
                    Value::Array(values) if !values.is_empty() => {
                        lines.extend(values.iter().map(|value| format!("{kind} {name} {part} {value}")));
                    }
                    Value::Null => {}
                    value => lines.push(format!("{kind} {name} {part} {value}")),
                }
            }
        }
    }
    lines
}
