//! The keys of an index, cut from the statement that `pg_get_indexdef` spells: asked for a single key, it leaves out
//! collation, operator class and order.

/// Returns the keys of a `CREATE INDEX … USING method (key, key) …`; none when it is no such statement.
pub(super) fn index_keys(definition: &str) -> Option<Vec<String>> {
    let mut keys = Vec::new();
    let mut depth = 0_usize;
    // Where the key begins that is being read.
    let mut start = None;
    let mut quote: Option<char> = None;
    for (at, c) in definition.char_indices() {
        match (quote, c) {
            // A doubled quote ends the text and begins it again.
            (Some(open), _) => quote = (c != open).then_some(open),
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[') => {
                depth += 1;
                if depth == 1 {
                    start = Some(at + 1);
                }
            }
            (None, ')' | ']') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    keys.push(definition.get(start?..at)?.trim().to_owned());
                    return Some(keys);
                }
            }
            (None, ',') if depth == 1 => {
                keys.push(definition.get(start?..at)?.trim().to_owned());
                start = Some(at + 1);
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::index_keys;

    #[test]
    fn keys_are_cut_where_a_reader_would_cut_them() {
        let cases: &[(&str, &[&str])] = &[
            ("CREATE INDEX i ON public.t USING btree (a)", &["a"]),
            (
                "CREATE INDEX i ON ONLY public.t USING btree (a, b DESC NULLS LAST) INCLUDE (c)",
                &["a", "b DESC NULLS LAST"],
            ),
            (
                r#"CREATE INDEX "i(" ON public."t,)" USING gin (a gin_trgm_ops (siglen='32'), "b,)""" jsonb_path_ops)"#,
                &["a gin_trgm_ops (siglen='32')", r#""b,)""" jsonb_path_ops"#],
            ),
            (
                "CREATE INDEX i ON public.t USING btree (((a || ','''::text)), (ARRAY[b, c]), lower(d) COLLATE \"C\") WHERE (a > 0)",
                &["((a || ','''::text))", "(ARRAY[b, c])", "lower(d) COLLATE \"C\""],
            ),
        ];
        for (definition, keys) in cases {
            assert_eq!(index_keys(definition).expect("it has keys"), *keys, "{definition}");
        }
    }

    #[test]
    fn what_is_no_index_has_no_keys() {
        for text in ["", "CREATE INDEX", ")", "(a", "('a)", "]"] {
            assert_eq!(index_keys(text), None, "{text}");
        }
    }
}
