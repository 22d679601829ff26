//! What two schemas do not have in common, in words.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::schema::Schema;

/// Returns what of the first schema is missing or different in the second, and what is left over there, by name.
pub(super) fn differences(before: &Schema, after: &Schema) -> Vec<String> {
    let (before, after) = (parts(before), parts(after));
    let mut found = Vec::new();
    let is_part_of = |name: &str, wholes: &[String]| wholes.iter().any(|whole| name.ends_with(&format!(" of {whole}")));
    let (mut missing, mut left) = (Vec::new(), Vec::new());
    for (name, value) in &before {
        match after.get(name) {
            None => {
                missing.push(object(name));
                found.push((name, "is missing"));
            }
            Some(other) if other != value => found.push((name, "is different")),
            Some(_) => {}
        }
    }
    for name in after.keys().filter(|name| !before.contains_key(*name)) {
        left.push(object(name));
        found.push((name, "is left over"));
    }
    // What belongs to a table that is missing or left over goes without saying.
    found.retain(|(name, _)| !is_part_of(name, &missing) && !is_part_of(name, &left));
    found.sort();
    found.into_iter().map(|(name, what)| format!("{name} {what}")).collect()
}

/// Returns an object's name without the word for what it is.
fn object(name: &str) -> String {
    name.split_once(' ').map_or(name, |(_, name)| name).to_owned()
}

/// The members of a table that are compared for themselves, and what one of them is called.
const MEMBERS: [(&str, &str); 10] = [
    ("columns", "column"),
    ("unique", "constraint"),
    ("foreign_keys", "foreign key"),
    ("checks", "constraint"),
    ("exclusions", "constraint"),
    ("indexes", "index"),
    ("triggers", "trigger"),
    ("policies", "policy"),
    ("rules", "rule"),
    ("not_nulls", "constraint"),
];

/// The lists of a schema, and what one of their objects is called.
const LISTS: [(&str, &str); 9] = [
    ("schemas", "schema"),
    ("extensions", "extension"),
    ("enums", "enum"),
    ("domains", "domain"),
    ("composites", "type"),
    ("ranges", "range"),
    ("collations", "collation"),
    ("sequences", "sequence"),
    ("functions", "function"),
];

/// Returns everything in a schema by what it is called.
fn parts(schema: &Schema) -> BTreeMap<String, Value> {
    let mut parts = BTreeMap::new();
    let Ok(Value::Object(mut all)) = serde_json::to_value(schema) else { return parts };
    for (list, word) in LISTS {
        for item in items(all.remove(list)) {
            let arguments = item.get("arguments").and_then(Value::as_str).map(|text| format!("({text})"));
            parts.insert(format!("{word} {}{}", name(&item), arguments.unwrap_or_default()), item);
        }
    }
    for mut table in items(all.remove("tables")) {
        let of = name(&table);
        if let Some(fields) = table.as_object_mut() {
            for (list, word) in MEMBERS {
                for item in items(fields.remove(list)) {
                    parts.insert(format!("{word} {} of {of}", name(&item)), item);
                }
            }
            if let Some(key @ Value::Object(_)) = fields.remove("primary_key") {
                parts.insert(format!("primary key {} of {of}", name(&key)), key);
            }
        }
        let kind = table.get("kind").and_then(Value::as_str).unwrap_or("table");
        let word = if kind == "partitioned" { "table" } else { kind };
        parts.insert(format!("{word} {of}"), table);
    }
    parts
}

fn items(list: Option<Value>) -> Vec<Value> {
    match list {
        Some(Value::Array(items)) => items,
        _ => Vec::new(),
    }
}

fn name(item: &Value) -> String {
    item.get("name").and_then(Value::as_str).unwrap_or_default().to_owned()
}
