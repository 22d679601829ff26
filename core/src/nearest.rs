//! Which of the known words somebody may have meant.

/// Returns the known word nearest to the text, or none when nothing is near; upper and lower case, spaces, dashes
/// and underscores count as equal.
pub(crate) fn nearest<'a>(text: &str, known: &[&'a str]) -> Option<&'a str> {
    let text = folded(text);
    if text.len() > 60 {
        return None;
    }
    known
        .iter()
        .map(|word| (folded(word), *word))
        .map(|(folded, word)| (distance(&text, &folded), is_cut_short(&text, &folded), word))
        .filter(|(distance, cut, word)| *distance <= word.chars().count() / 3 || *cut)
        .map(|(distance, _, word)| (distance, word))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// Returns whether a text is a word of which letters were left out: the first stands, and so do half of all.
fn is_cut_short(text: &[char], word: &[char]) -> bool {
    let mut rest = word.iter();
    text.len() > 2
        && text.len() * 2 >= word.len()
        && text.first() == word.first()
        && text.iter().all(|letter| rest.any(|other| other == letter))
}

fn folded(text: &str) -> Vec<char> {
    let plain = |c: char| if matches!(c, '-' | '_') { ' ' } else { c };
    text.chars().map(plain).flat_map(char::to_lowercase).collect()
}

/// Returns how many characters must be inserted, removed, replaced, or swapped with their neighbours.
pub(crate) fn distance(a: &[char], b: &[char]) -> usize {
    let mut before = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && *x == b[j - 1] {
                let swapped: &Vec<usize> = &before;
                best = best.min(swapped[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_word_and_a_stranger_finds_none() {
        let keys = ["Revision ID", "Revises", "Branch Labels", "Depends On", "Create Date"];
        for (text, expected) in [
            ("Revison ID", Some("Revision ID")),
            ("revision-id", Some("Revision ID")),
            ("REVISE", Some("Revises")),
            ("Reviess", Some("Revises")),
            ("Branch Label", Some("Branch Labels")),
            ("Dependson", Some("Depends On")),
            ("Author", None),
            ("Rvss", Some("Revises")),
            ("Rv", None),
            ("", None),
        ] {
            assert_eq!(nearest(text, &keys), expected, "{text}");
        }
    }
}
