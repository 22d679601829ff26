//! Names that Postgres gives to what is made without one: `orders_pkey`, `orders_customer_id_fkey1`.

use super::{Catalog, Oid, Space};

/// Longest name that is kept, in bytes.
pub const NAME_BYTES: usize = 63;

/// Returns `name1_name2_label`, the two names shortened evenly where all of it would be too long; `makeObjectName`.
pub fn object_name(name1: &str, name2: Option<&str>, label: Option<&str>) -> String {
    let overhead = name2.map_or(0, |_| 1) + label.map_or(0, |label| label.len() + 1);
    let room = NAME_BYTES.saturating_sub(overhead);
    let (mut first, mut second) = (name1.len(), name2.map_or(0, str::len));
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let mut name = clipped(name1, first).to_owned();
    for (part, length) in [(name2, second), (label, usize::MAX)] {
        if let Some(part) = part {
            name.push('_');
            name.push_str(clipped(part, length));
        }
    }
    name
}

/// Returns the longest beginning of so many bytes that ends with a whole character.
pub fn clipped(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Returns a name that none of the others is: `a`, `a1`, `a2`, …; cut to what is kept.
pub fn distinct(name: &str, others: &[String]) -> String {
    let mut candidate = clipped(name, NAME_BYTES).to_owned();
    let mut number = 0;
    while others.contains(&candidate) {
        number += 1;
        let suffix = number.to_string();
        candidate = format!("{}{suffix}", clipped(name, NAME_BYTES - suffix.len()));
    }
    candidate
}

/// Returns the first of `label`, `label1`, `label2`, … for which the whole name is free; no empty label stands alone.
fn first_free(name1: &str, name2: Option<&str>, label: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let mut name = object_name(name1, name2, Some(label));
    let mut pass = 0;
    while is_taken(&name) || (label.is_empty() && pass == 0) {
        pass += 1;
        name = object_name(name1, name2, Some(&format!("{label}{pass}")));
    }
    name
}

/// Returns the name of a new relation; `ChooseRelationName`. For an index that keeps a constraint it is no name of
/// another constraint either.
pub fn relation_name(
    catalog: &Catalog,
    name1: &str,
    name2: Option<&str>,
    label: &str,
    schema: Oid,
    of_constraint: bool,
) -> String {
    let has_constraint = |name: &str| of_constraint && catalog.has_constraint(schema, name);
    first_free(name1, name2, label, |name| {
        catalog.named(Space::Relation, schema, name).is_some() || has_constraint(name)
    })
}

/// Returns the name of a new constraint, distinct from those of the whole schema; `ChooseConstraintName`. `others` are
/// names that were chosen in the same statement.
pub fn constraint_name(
    catalog: &Catalog,
    name1: &str,
    name2: Option<&str>,
    label: &str,
    schema: Oid,
    others: &[String],
) -> String {
    let taken = |name: &str| others.iter().any(|other| other == name) || catalog.has_constraint(schema, name);
    first_free(name1, name2, label, taken)
}

/// Returns the columns of an index as a part of its name; `ChooseIndexNameAddition`.
pub fn columns_part(columns: &[&str]) -> String {
    let mut part = String::new();
    for column in columns {
        if !part.is_empty() {
            part.push('_');
        }
        part.push_str(column);
        if part.len() >= NAME_BYTES {
            return clipped(&part, NAME_BYTES).to_owned();
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_shortened_evenly_and_between_characters() {
        assert_eq!(object_name("t", Some("a"), Some("key")), "t_a_key");
        let long = object_name(&"t".repeat(60), Some(&"c".repeat(20)), Some("fkey"));
        assert_eq!(long, format!("{}_{}_fkey", "t".repeat(37), "c".repeat(20)));
        let both = object_name(&"t".repeat(60), Some(&"c".repeat(60)), Some("fkey"));
        assert_eq!(both, format!("{}_{}_fkey", "t".repeat(29), "c".repeat(28)));
        assert_eq!(object_name(&"ä".repeat(31), None, Some("pkey")), format!("{}_pkey", "ä".repeat(29)));
    }
}
