//! What the statements of a plan drop or delete, in words, for the question before a downgrade.
//!
//! Read off the statements' first tokens: names what is named, and does not guess at what hangs on it.

use limbeck_core::document::Plan;
use limbeck_core::sql::{TokenKind, tokens};

/// Something that is gone after a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What, as a phrase: `table product`.
    pub words: String,
}

/// Returns what a plan takes away, in its order; at most one for each statement.
pub fn losses(plan: &Plan) -> Vec<Loss> {
    let statements = plan.steps.iter().flat_map(|step| &step.statements);
    statements.filter_map(|statement| loss(&statement.sql)).map(|words| Loss { words }).collect()
}

fn loss(sql: &str) -> Option<String> {
    // No statement needs more than its head to say what it drops; a long one is not read to its end.
    let head = sql.char_indices().nth(4_000).map_or(sql, |(at, _)| sql.get(..at).unwrap_or(sql));
    let words: Vec<&str> = tokens(head)
        .into_iter()
        .filter(|token| token.kind != TokenKind::Comment)
        .filter_map(|token| head.get(token.range))
        .collect();
    let upper: Vec<String> = words.iter().map(|word| word.to_uppercase()).collect();
    let upper: Vec<&str> = upper.iter().map(String::as_str).collect();
    match upper.as_slice() {
        ["DROP", rest @ ..] => {
            let kind = rest.iter().take_while(|word| is_kind(word)).count();
            let names = after_options(&words, &upper, 1 + kind, true);
            (kind > 0)
                .then(|| format!("{} {}", words.get(1..=kind).unwrap_or_default().join(" ").to_lowercase(), names))
        }
        ["TRUNCATE", "TABLE", ..] => Some(format!("all rows of {}", after_options(&words, &upper, 2, true))),
        ["TRUNCATE", ..] => Some(format!("all rows of {}", after_options(&words, &upper, 1, true))),
        ["DELETE", "FROM", ..] => Some(format!("rows of {}", after_options(&words, &upper, 2, true))),
        ["ALTER", "TABLE", ..] => {
            let table = after_options(&words, &upper, 2, true);
            let dropped: Vec<String> = (3..words.len())
                .filter(|&at| upper.get(at) == Some(&"DROP"))
                .filter_map(|at| match upper.get(at + 1).copied()? {
                    "COLUMN" => Some(format!("column {}", after_options(&words, &upper, at + 2, false))),
                    "CONSTRAINT" => Some(format!("constraint {}", after_options(&words, &upper, at + 2, false))),
                    "DEFAULT" | "NOT" | "EXPRESSION" | "IDENTITY" => None,
                    _ => Some(format!("column {}", after_options(&words, &upper, at + 1, false))),
                })
                .collect();
            (!dropped.is_empty()).then(|| format!("{} of {table}", dropped.join(", ")))
        }
        _ => None,
    }
}

fn is_kind(word: &str) -> bool {
    matches!(
        word,
        "TABLE"
            | "VIEW"
            | "MATERIALIZED"
            | "INDEX"
            | "TYPE"
            | "DOMAIN"
            | "SEQUENCE"
            | "SCHEMA"
            | "FUNCTION"
            | "PROCEDURE"
            | "ROUTINE"
            | "AGGREGATE"
            | "TRIGGER"
            | "POLICY"
            | "EXTENSION"
            | "FOREIGN"
            | "ROLE"
            | "RULE"
            | "COLLATION"
            | "PUBLICATION"
            | "SUBSCRIPTION"
            | "SERVER"
            | "CAST"
            | "OPERATOR"
            | "STATISTICS"
            | "DATABASE"
    )
}

/// The names that follow, without `IF EXISTS`, `ONLY` and `CONCURRENTLY` and without what stands behind them;
/// only the first where a comma opens something else.
fn after_options(words: &[&str], upper: &[&str], from: usize, many: bool) -> String {
    let option = |word: &str| matches!(word, "IF" | "EXISTS" | "ONLY" | "CONCURRENTLY" | "FROM");
    let start = from + upper.get(from..).unwrap_or_default().iter().take_while(|word| option(word)).count();
    let mut out = String::new();
    let mut joined = true;
    for word in words.get(start..).unwrap_or_default() {
        match *word {
            "." => {
                out.push('.');
                joined = true;
            }
            "," if many => {
                out.push_str(", ");
                joined = true;
            }
            name if joined => {
                out.push_str(name);
                joined = false;
            }
            _ => break,
        }
    }
    out.trim_end_matches(", ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::loss;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn statements_say_what_they_take_away() {
        let cases = [
            ("DROP TABLE product", Some("table product")),
            ("drop table if exists shop.product, \"Order\" cascade", Some("table shop.product, \"Order\"")),
            ("DROP MATERIALIZED VIEW sales", Some("materialized view sales")),
            ("DROP INDEX CONCURRENTLY IF EXISTS orders_customer", Some("index orders_customer")),
            ("DROP FUNCTION touch()", Some("function touch")),
            ("DROP TRIGGER touch ON customer", Some("trigger touch")),
            ("ALTER TABLE customer DROP COLUMN phone, DROP fax", Some("column phone, column fax of customer")),
            ("ALTER TABLE ONLY shop.customer DROP CONSTRAINT c", Some("constraint c of shop.customer")),
            ("ALTER TABLE customer ALTER email DROP NOT NULL", None),
            ("ALTER TABLE customer ALTER email DROP DEFAULT", None),
            ("TRUNCATE orders, lines", Some("all rows of orders, lines")),
            ("DELETE FROM currency WHERE code = 'XTS'", Some("rows of currency")),
            ("/* DROP TABLE a */ SELECT 1", None),
            ("UPDATE a SET b = 'DROP TABLE c'", None),
            ("DROP", None),
            ("ALTER TABLE", None),
            ("", None),
        ];
        for (sql, expected) in cases {
            assert_eq!(loss(sql).as_deref(), expected, "{sql}");
        }
    }
}
