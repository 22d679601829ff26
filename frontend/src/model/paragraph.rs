//! The body of a message, wrapped for the screen instead of for an editor.

/// Returns the paragraphs of a text: lines wrapped by an editor are joined, lines that start a list item or are
/// indented keep their own line.
pub fn paragraphs(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() {
            open = false;
        } else if let Some(last) = out.last_mut().filter(|_| open && !stands_alone(line)) {
            last.push(' ');
            last.push_str(trimmed);
        } else {
            out.push(trimmed.to_owned());
            open = true;
        }
    }
    out
}

fn stands_alone(line: &str) -> bool {
    let numbered = line
        .split_once(['.', ')'])
        .is_some_and(|(n, rest)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()) && rest.starts_with(' '));
    numbered || line.starts_with(char::is_whitespace) || ["- ", "* ", "• "].iter().any(|mark| line.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::paragraphs;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn wrapped_lines_are_joined_and_blank_lines_part_paragraphs() {
        assert_eq!(
            paragraphs("One sentence\nover two lines.\n\n\nAnother.\n"),
            ["One sentence over two lines.", "Another."]
        );
    }

    #[test]
    fn items_of_a_list_keep_their_lines() {
        assert_eq!(
            paragraphs("Does:\n- a thing\n  and more\n- another\n1. first\n3.5 is a number"),
            ["Does:", "- a thing", "and more", "- another", "1. first 3.5 is a number"]
        );
    }

    #[test]
    fn nothing_has_no_paragraph() {
        assert!(paragraphs(" \n\n").is_empty());
    }
}
