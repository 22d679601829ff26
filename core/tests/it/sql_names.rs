//! Names and texts as SQL spells them.

use limbeck_core::sql::{fold, quote_identifier, quote_literal, quote_name};
use proptest::prelude::*;

#[test]
fn a_name_is_quoted_when_it_needs_quotes() {
    for (name, expected) in [
        ("users", "users"),
        ("_a1", "_a1"),
        ("Users", "\"Users\""),
        ("order", "\"order\""),
        ("user", "\"user\""),
        ("left", "\"left\""),
        ("int", "\"int\""),
        ("name", "name"),
        ("system_user", "\"system_user\""),
        ("1st", "\"1st\""),
        ("a b", "\"a b\""),
        ("größe", "\"größe\""),
        ("a$", "\"a$\""),
        ("a\"; DROP", "\"a\"\"; DROP\""),
        ("", "\"\""),
    ] {
        assert_eq!(quote_identifier(name), expected);
    }
    assert_eq!(quote_name(Some("Shop"), "order"), "\"Shop\".\"order\"");
    assert_eq!(quote_name(None, "users"), "users");
}

#[test]
fn a_text_is_quoted_so_that_no_setting_changes_it() {
    for (text, expected) in [("", "''"), ("it's", "'it''s'"), ("a\\'b", "E'a\\\\''b'"), ("x\ny", "'x\ny'")] {
        assert_eq!(quote_literal(text), expected);
    }
}

#[test]
fn a_name_without_quotes_is_folded_and_cut_as_postgres_does() {
    for (identifier, expected) in [
        ("Users", Some("users")),
        ("\"Users\"", Some("Users")),
        ("\"a\"\"b\"", Some("a\"b")),
        ("GRÖSSE", Some("grÖsse")),
        ("\"\"", None),
        ("\"a\"b\"", None),
        ("a b", None),
        ("1a", None),
        ("", None),
    ] {
        assert_eq!(fold(identifier).as_deref(), expected, "{identifier}");
    }
    assert_eq!(fold(&"x".repeat(80)), Some("x".repeat(63)));
    assert_eq!(fold(&"é".repeat(40)), Some("é".repeat(31)));
}

proptest! {
    #[test]
    fn a_quoted_name_folds_back_to_itself(name in "[a-zA-Z_\"é ]{1,20}") {
        prop_assert_eq!(fold(&quote_identifier(&name)), Some(name));
    }
}
