//! `LIKE`.

/// Returns whether a text is like a pattern; none where the pattern ends in the middle of an escape.
pub(super) fn like(text: &str, pattern: &str) -> Option<bool> {
    let text: Vec<char> = text.chars().collect();
    // Whether the pattern so far matches so many characters.
    let mut reached = vec![false; text.len() + 1];
    reached[0] = true;
    let mut symbols = pattern.chars();
    while let Some(symbol) = symbols.next() {
        let (symbol, is_escaped) = if symbol == '\\' { (symbols.next()?, true) } else { (symbol, false) };
        let before = reached.clone();
        for at in 0..=text.len() {
            let behind_one = at > 0 && before[at - 1];
            reached[at] = match symbol {
                '%' if !is_escaped => before[at] || (at > 0 && reached[at - 1]),
                '_' if !is_escaped => behind_one,
                symbol => behind_one && text.get(at - 1) == Some(&symbol),
            };
        }
    }
    reached.last().copied()
}

#[cfg(test)]
mod tests {
    use super::like;

    #[test]
    fn a_pattern_stands_for_texts() {
        for (text, pattern, is) in [
            ("", "", Some(true)),
            ("", "%", Some(true)),
            ("", "_", Some(false)),
            ("abc", "a%", Some(true)),
            ("abc", "%b%", Some(true)),
            ("abc", "a_c", Some(true)),
            ("abc", "a_", Some(false)),
            ("äö", "_ö", Some(true)),
            ("a%c", r"a\%c", Some(true)),
            ("abc", r"a\%c", Some(false)),
            (r"a\", r"a\\", Some(true)),
            ("a", r"a\", None),
        ] {
            assert_eq!(like(text, pattern), is, "{text} like {pattern}");
        }
    }
}
